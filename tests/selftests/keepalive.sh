#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw and open-iscsi with ACLs of their own; LUN 0 is a ramdisk,
# LUN 1 a block device that answers late.
# Proves: an idle session is pinged as RFC 7143, 11.19 says; who does not answer
# loses the session, and nobody else does; tags we did not give are ignored; a
# window that aborted tasks have reopened is told of (RFC 7143, 11.4.11).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

SHALLOW=iqn.2026-11.com.example:shallow

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

# acl_set INITIATOR NAME=VALUE...
acl_set() {
	local acl setting
	acl=$(tpg_dir "$IQN")/acls/$1
	shift
	for setting; do
		echo "${setting#*=}" >"$acl/attrib/${setting%%=*}" || return 1
	done
}

# Both LUNs under their own numbers.
add_acl() {
	target_acl "$IQN" "$1" 0 && mkdir "$(tpg_dir "$IQN")/acls/$1/lun_1" &&
		ln -s "$(tpg_dir "$IQN")/lun/lun_1" "$(tpg_dir "$IQN")/acls/$1/lun_1/map"
}

packets_grew() {
	[ "$(rxe_counter sent_pkts)" -gt $(($1 + 12)) ]
}

# Nothing but our pings is sent on an idle session.
pings_are_answered() {
	wait_for 60 packets_grew "$(rxe_counter sent_pkts)" &&
		initiator_is_logged_in "$IQN" &&
		! klog_since | grep -E 'not answered|detected conn error'
}

is_dropped() {
	klog_mark
	raw <<-SCRIPT && equals 1 eval "klog_since | grep -c 'session of $RAW_INITIATOR .*ended: keepalive timeout: nothing received'"
		set autonop=no
		session
		expect nop itt=0xffffffff
		expect disconnect
	SCRIPT
}

begin 11
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
must backstore_set slow emulate_tas=0
serve "$IQN" disk slow
must tpg_set "$IQN" generate_node_acls=0 nopin_timeout=1
must add_acl "$RAW_INITIATOR"
must tpg_set "$IQN" nopin_timeout=15
must add_acl "$SHALLOW"
echo 2 >"$(tpg_dir "$IQN")/acls/$SHALLOW/cmdsn_depth"
must add_acl "$INITIATOR"
must acl_set "$INITIATOR" nopin_timeout=1 nopin_response_timeout=20

raw_test "an idle session is pinged, again and again" <<-SCRIPT
	set autonop=no
	session
	expect nop itt=0xffffffff data=0 lun=0
	nop itt=0xffffffff ttt=last
	expect nop itt=0xffffffff data=0 lun=0
	nop itt=0xffffffff ttt=last
	nop itt=0x55 data=8
	expect nop itt=0x55 data=8
	logout
	expect logout response=00
SCRIPT
raw_test "other tags and a NOP-Out that is no ping are ignored" <<-SCRIPT
	set autonop=no
	session cmdsn=40
	expect nop itt=0xffffffff
	nop itt=0xffffffff ttt=0x1234567
	nop itt=0xffffffff ttt=last lun=7
	nop itt=0xffffffff ttt=last
	nop itt=0xffffffff ttt=last
	nop itt=0xffffffff
	nop itt=0xffffffff queued cmdsn=40
	repeat 2 tur
	repeat 2 expect scsi
	window exp=42
SCRIPT
raw_test "a ping of the initiator's with a tag is a ping" <<-SCRIPT
	session
	nop data=16 ttt=0x77 itt=0x55
	expect nop itt=0x55 ttt=0xffffffff data=16
SCRIPT

must initiator_start
must initiator_login "$IQN"
DISK=$(initiator_disk "$IQN" 0) || ktap_exit_fail_msg "no disk"
klog_mark
ktap_test_result "open-iscsi answers" pings_are_answered
must traffic_start main "$DISK"
must acl_set "$RAW_INITIATOR" nopin_response_timeout=1
ktap_test_result "who is silent is dropped, with one message" is_dropped
ktap_test_result "others go on" traffic_is_healthy main "$DISK"
ktap_test_result "and saw no error" traffic_stop main

must acl_set "$RAW_INITIATOR" nopin_timeout=0
raw_test "0: no pings" <<-SCRIPT
	set autonop=no
	session
	expect nothing ms=600
	nop
	expect nop
SCRIPT
must acl_set "$RAW_INITIATOR" nopin_timeout=1
must tpg_set "$IQN" nopin_timeout=1
raw_test "no pings in discovery sessions" <<-SCRIPT
	set autonop=no
	connect
	login discovery
	expect login status=0000 t=1
	expect nothing ms=600
	text SendTargets=All
	expect text f=1 TargetName=$IQN
SCRIPT

must slow_device_set slow 2000
raw_test "a reopened window is told of" -i "$SHALLOW" <<-SCRIPT
	set autonop=no
	session cmdsn=70
	repeat 2 tur lun=1
	repeat 2 expect scsi
	repeat 2 read lun=1
	conn other
	session
	tmf function=5 lun=1
	expect tmf response=00
	conn c0
	expect nop itt=0xffffffff ttt=0xffffffff data=0
	window exp=74 min=2
	tur
	expect scsi
SCRIPT
must slow_device_set slow 0
raw_test "somebody new is served" <<-SCRIPT
	session
	tur
	expect scsi
	io count=8
SCRIPT
ktap_finished
