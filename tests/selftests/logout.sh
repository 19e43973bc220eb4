#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw and open-iscsi against a ramdisk.
# Proves: Logout is answered (RFC 7143, 11.14 and 11.15), also with commands in
# progress, and ends session and connection; what comes after it is not executed.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

one_cycle() {
	initiator_login "$IQN" && wait_for 20 initiator_is_logged_in "$IQN" &&
		initiator_logout "$IQN" && wait_for 20 initiator_has_no_session &&
		wait_for 20 equals "" target_sessions "$IQN" &&
		iscsiadm -m node -T "$IQN" -o delete
}

# The initiator's own clean-up runs into the errors, not the target.
logout_under_io() {
	traffic_start_careless main "$DISK" &&
		initiator_logout "$IQN" || return 1
	stop_process "$(traffic_pid main)"
	wait_for 20 equals "" target_sessions "$IQN"
}

begin 12
serve_ramdisk
before=$(rdma_snapshot)

raw_test "close the session" <<-SCRIPT
	session
	tur
	expect scsi
	logout reason=0
	expect logout response=00
	expect disconnect
SCRIPT
raw_test "close the connection" <<-SCRIPT
	session
	logout reason=1
	expect logout response=00
	expect disconnect
SCRIPT
raw_test "a connection that does not exist" <<-SCRIPT
	session
	logout reason=1 cid=99
	expect logout response=01
SCRIPT
raw_test "recovery is not supported" <<-SCRIPT
	session
	logout reason=2
	expect logout response=02
SCRIPT
raw_test "Logout that takes a CmdSN" <<-SCRIPT
	session
	logout queued
	expect logout response=00
	expect disconnect
SCRIPT
raw_test "a command that waits behind a Logout is not executed" <<-SCRIPT
	session cmdsn=100
	tur cmdsn=101 itt=0x101
	expect nothing ms=300
	logout queued
	expect logout response=00 next
	expect disconnect silent
SCRIPT
raw_test "Logout with commands in progress" <<-SCRIPT
	session
	repeat 16 read blocks=128
	logout
	expect logout response=00
	expect disconnect
SCRIPT
raw_test "Logout of a discovery session" <<-SCRIPT
	connect
	login discovery
	expect login status=0000 t=1
	logout
	expect logout response=00
	expect disconnect
SCRIPT
ktap_test_result "nothing is left" rdma_back_to "$before"

must initiator_start
ktap_test_result "open-iscsi in and out, again and again" repeat "$(amount 3 2)" one_cycle
attach
ktap_test_result "open-iscsi logs out under I/O" logout_under_io
ktap_test_result "nothing is left of that either" rdma_back_to "$before"
ktap_finished
