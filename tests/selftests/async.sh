#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw and open-iscsi; LUN 0 and LUN 1 are ramdisks.
# Proves: sessions are asked to log out (RFC 7143, 11.9.1) when a portal group is
# disabled or drained or its portal removed, are served until they do, and end
# after the grace period if they do not; a drained group takes no new session and
# ends none; a changed LUN inventory is reported (06/3F/0E).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

ACLS=("$RAW_INITIATOR" "$INITIATOR")

has_session() {
	not has_no_session "$1"
}

has_no_session() {
	grep -q 'No active iSCSI Session' "$(tpg_dir "$IQN")/acls/$1/info"
}

# asked NAME COMMAND...: what the script of iser_raw on stdin sees while COMMAND
# runs, which it does once the script has echoed "ready".
asked() {
	local name=$1
	shift
	raw_start "$name"
	wait_for 30 grep -q ready "$TMP/$name.log" && "$@" && raw_end "$name"
}

raw_remove_portal() {
	rmdir "$(tpg_dir "$IQN")/np/$TISER_ADDR:3260"
}

map_lun() {
	local acl
	acl=$(tpg_dir "$IQN")/acls/$RAW_INITIATOR
	mkdir "$acl/lun_1" && ln -s "$(tpg_dir "$IQN")/lun/lun_1" "$acl/lun_1/map"
}

# The request to log out tells the script that the LUN is there.
map_and_drain() {
	map_lun && tpg_set "$IQN" drain=1
}

drain_twice() {
	tpg_set "$IQN" drain=1 drain=1
}

logs_out() {
	asked polite "$@" <<-SCRIPT
		session
		tur
		expect scsi
		echo ready
		expect async event=1 p1=0 p2=0 p3=60
		tur
		expect scsi status=00
		io count=4
		logout
		expect logout response=00
		expect disconnect
	SCRIPT
}

begin 14
must backstore_ramdisk disk 16
must backstore_ramdisk more 16
must target_load
must target_create "$IQN"
must target_portal "$IQN" "$TISER_ADDR:3260"
must target_lun "$IQN" 0 disk
must target_lun "$IQN" 1 more
for acl in "${ACLS[@]}"; do
	must target_acl "$IQN" "$acl" 0
done
must target_enable "$IQN"

must tpg_set "$IQN" logout_grace=60
ktap_test_result "disable: asked, served, and waited for" logs_out target_disable "$IQN"
must target_enable "$IQN"
ktap_test_result "portal removed: the same" logs_out raw_remove_portal
must target_portal "$IQN" "$TISER_ADDR:3260"

must tpg_set "$IQN" logout_grace=3
ktap_test_result "who does not log out is cut off" asked stubborn target_disable "$IQN" <<-SCRIPT
	session
	echo ready
	expect async event=1 p3=3
	expect disconnect
SCRIPT
must target_enable "$IQN"
ktap_test_result "not while the initiator takes no more" asked full target_disable "$IQN" <<-SCRIPT
	set autonop=no
	session MaxOutstandingUnexpectedPDUs=2
	snack
	expect reject
	echo ready
	expect nop itt=0xffffffff
	expect disconnect silent
SCRIPT
must target_enable "$IQN"
must tpg_set "$IQN" logout_grace=0
ktap_test_result "no grace: not asked" asked abrupt target_disable "$IQN" <<-SCRIPT
	session
	tur
	expect scsi
	echo ready
	expect disconnect silent
SCRIPT
must target_enable "$IQN"
must tpg_set "$IQN" logout_grace=2

ktap_test_result "drain: asked once, served on" asked stays drain_twice <<-SCRIPT
	session
	echo ready
	expect async event=1 p3=60
	expect nothing ms=500
	tur
	expect scsi
	io count=8
	conn late
	connect
	login
	expect login status=0301
	conn c0
	nop
	expect nop
	logout
	expect logout response=00
SCRIPT
raw_test "drain: discovery goes on" <<-SCRIPT
	connect
	login discovery
	expect login status=0000 t=1
	text SendTargets=All
	expect text f=1 TargetName=$IQN
SCRIPT
must tpg_set "$IQN" drain=0
raw_test "drained no more: sessions are taken" <<-SCRIPT
	session
	tur
	expect scsi
SCRIPT

ktap_test_result "LUN inventory change is reported" asked luns map_and_drain <<-SCRIPT
	session
	repeat 2 tur
	repeat 2 expect scsi
	echo ready
	expect async event=1
	tur
	expect scsi status=02 sense=06/3f/0e
	tur lun=1
	expect scsi
	tur
	expect scsi status=00
	read lun=1
	expect scsi status=00
SCRIPT
must tpg_set "$IQN" drain=0

attach
ktap_test_result "I/O of open-iscsi" traffic_start main "$DISK"
must tpg_set "$IQN" drain=1
ktap_test_result "open-iscsi logs out when drained" wait_for 60 has_no_session "$INITIATOR"
must tpg_set "$IQN" drain=0
ktap_test_result "and comes back" wait_for 90 has_session "$INITIATOR"
ktap_test_result "its I/O goes on" traffic_is_healthy main "$DISK"
ktap_test_result "without an error" traffic_stop main
ktap_finished
