#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw on several connections against a ramdisk; one of them is
# looked at after every offence of another.
# Proves: every kind of Send is taken (RFC 7145, 1.5.2); what an initiator does to
# the target's memory or to its own receive queue costs its own connection and
# nobody else's; an initiator that keeps to the window never finds the target's
# receive queue empty (RFC 7145, 8.1).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

# offence SCRIPT: on a connection of its own, beside a healthy one that goes on.
offence() {
	{
		printf '%s\n' session 'io count=4 depth=4' 'conn other'
		tr ';' '\n' <<<"$1"
		printf '%s\n' 'conn c0' 'io count=16 depth=8 seed=2'
	} | raw
}

rnr_naks() {
	echo "$(rxe_counter sent_rnr_err) $(rxe_counter rcvd_rnr_err)"
}

# As many commands as the window has places, immediate ones beside them, and all
# of it as fast as it goes.
full_window() {
	raw <<-SCRIPT
		session
		io count=256 depth=128 size=512 imm=512
		repeat 16 nop data=4
		repeat 16 expect nop data=4
		io count=128 depth=128 size=8192 imm=8192 seed=2
	SCRIPT
}

begin 11
serve_ramdisk
must raw_is_served
before=$(rdma_snapshot)
naks=$(rnr_naks)

raw_test "solicited Sends" <<-SCRIPT
	connect
	login solicited
	expect login status=0000 t=1
	tur solicited
	expect scsi status=00
	write blocks=16 solicited
	expect scsi status=00
	nop data=8 solicited
	expect nop data=8
SCRIPT
raw_test "Sends with immediate data of the RDMA kind" <<-SCRIPT
	connect
	login with_imm
	expect login status=0000 t=1
	tur with_imm
	expect scsi status=00
	write blocks=16 imm=4096 with_imm solicited
	expect scsi status=00
SCRIPT
ktap_test_result "a full window" full_window
ktap_test_result "never found the receive queue empty" equals "$naks" rnr_naks
ktap_test_result "Send that invalidates an STag of nobody's" \
	offence 'session;tur invalidate=deadbeef;expect disconnect'
ktap_test_result "the same before the login" \
	offence 'connect;login invalidate=1;expect disconnect silent'
ktap_test_result "RDMA Write to the target's memory" \
	offence 'session;rdmawrite stag=1234 va=0xffff888000000000 len=64;expect disconnect silent'
ktap_test_result "the same before the login" \
	offence 'connect;rdmawrite stag=1;expect disconnect silent'
ktap_test_result "receive queue that is not filled again" \
	offence 'connect depth=2 rnr=1;login;expect login status=0000;set repost=no;repeat 8 nop;expect disconnect'
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_test_result "somebody new is served" raw_is_served
ktap_finished
