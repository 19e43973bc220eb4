#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw with two connections that give the same ISID; LUN 0 is a
# ramdisk, LUN 1 a block device whose answers can be held back. Then open-iscsi,
# whose session the target closes under I/O.
# Proves: session reinstatement (RFC 7143, 6.3.5): the old session ends, the new
# one works, whatever the old one was doing; another initiator with the same ISID
# is somebody else. Connection reinstatement (6.3.4) goes on with the TSIH and the
# keys of the session, and every other TSIH is refused (6.3.1). Of discovery
# sessions, too, there is one per ISID (7.4.2.1).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

close_from_here() {
	klog_mark
	echo $((RANDOM % 64 + 64)) >"$(tpg_dir "$IQN")/acls/$INITIATOR/cmdsn_depth"
	wait_for 60 initiator_noticed && wait_for 90 initiator_is_logged_in "$IQN" &&
		traffic_is_healthy main "$DISK"
}

initiator_noticed() {
	klog_since | grep -q 'detected conn error'
}

begin 18
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
before=$(rdma_snapshot)

raw_test "same ISID: the old session ends, the new one works" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	io count=4
	conn new
	session isid=00023d0000aa
	io count=4
	conn old
	expect disconnect
	conn new
	io count=4
SCRIPT
raw_test "with commands in progress" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	repeat 16 read blocks=128
	conn new
	session isid=00023d0000aa
	io count=4
	conn old
	expect disconnect
SCRIPT
raw_test "the old initiator is dead and told nobody" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	repeat 8 read blocks=128
	abandon
	conn new
	session isid=00023d0000aa
	io count=4
SCRIPT
raw_test "CmdSN goes on where the old session stopped" <<-SCRIPT
	conn old
	session isid=00023d0000aa cmdsn=500
	tur
	expect scsi
	conn new
	session isid=00023d0000aa cmdsn=501
	window exp=501
	io count=4
SCRIPT
raw_test "again and again" <<-SCRIPT
	conn a
	session isid=00023d0000aa
	conn b
	session isid=00023d0000aa
	conn c
	session isid=00023d0000aa
	conn d
	session isid=00023d0000aa
	io count=4
	conn c
	expect disconnect
SCRIPT
raw_test "a login that is not complete is in nobody's way" <<-SCRIPT
	conn old
	connect
	login isid=00023d0000aa t=0
	expect login status=0000 t=0
	conn new
	session isid=00023d0000aa
	io count=4
SCRIPT
raw_test "another initiator's ISID" <<-SCRIPT
	conn one
	session isid=00023d0000aa
	conn two
	session isid=00023d0000aa initiator=$RAW_INITIATOR.two
	io count=4
	conn one
	io count=4
SCRIPT
raw_test "connection reinstatement: same TSIH, keys hold" <<-SCRIPT
	conn old
	session isid=00023d0000aa cmdsn=700
	repeat 4 read blocks=128
	conn new
	connect
	login isid=00023d0000aa tsih=@old cmdsn=900 drop=RDMAExtensions,InitialR2T,ImmediateData,MaxBurstLength,FirstBurstLength,MaxOutstandingR2T,MaxConnections,DataPDUInOrder,DataSequenceInOrder,ErrorRecoveryLevel,DefaultTime2Wait,DefaultTime2Retain
	expect login status=0000 t=1 nsg=3
	conn old
	expect disconnect
	conn new
	window exp=900
	io count=4
SCRIPT
raw_test "and once more" <<-SCRIPT
	conn one
	session isid=00023d0000aa
	conn two
	session isid=00023d0000aa tsih=@one
	conn three
	session isid=00023d0000aa tsih=@two
	io count=4
	conn two
	expect disconnect
SCRIPT
raw_test "TSIH of a session that has ended: 020a" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	logout
	expect logout response=00
	expect disconnect
	conn new
	connect
	login isid=00023d0000aa tsih=@old
	expect login status=020a
	expect disconnect
SCRIPT
raw_test "TSIH with another CID: 0206" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	conn new
	connect
	login isid=00023d0000aa tsih=@old cid=1
	expect login status=0206
	expect disconnect
	conn old
	io count=4
SCRIPT
raw_test "TSIH with another ISID, initiator or session type: 020a" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	conn isid
	connect
	login isid=00023d0000ab tsih=@old
	expect login status=020a
	expect disconnect
	conn initiator
	connect
	login isid=00023d0000aa tsih=@old initiator=$RAW_INITIATOR.two
	expect login status=020a
	expect disconnect
	conn discovery
	connect
	login isid=00023d0000aa tsih=@old discovery
	expect login status=020a
	expect disconnect
	conn old
	io count=4
SCRIPT
raw_test "upper case is the same initiator" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	conn new
	session isid=00023d0000aa initiator=${RAW_INITIATOR^^}
	io count=4
	conn old
	expect disconnect
SCRIPT
raw_test "discovery sessions replace each other, and no others" <<-SCRIPT
	conn normal
	session isid=00023d0000aa
	conn old
	connect
	login isid=00023d0000aa discovery RDMAExtensions=Yes
	expect login status=0000 t=1 nsg=3 RDMAExtensions=Irrelevant
	conn other
	connect
	login isid=00023d0000ab discovery
	expect login status=0000 t=1 nsg=3
	conn new
	connect
	login isid=00023d0000aa discovery
	expect login status=0000 t=1 nsg=3
	conn old
	expect disconnect
	conn new
	text SendTargets=All
	expect text f=1 TargetName=*
	conn other
	text SendTargets=All
	expect text f=1 TargetName=*
	conn normal
	io count=4
SCRIPT
must slow_device_set slow 3600000
raw_test "while the old session's commands hang in the backend" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	repeat 2 tur lun=1
	repeat 2 expect scsi
	repeat 8 read lun=1 blocks=8
	conn new
	session isid=00023d0000aa
	io count=4
	conn old
	expect disconnect
	conn new
	io count=4
SCRIPT
must slow_device_set slow 0
ktap_test_result "nothing is left of the old ones" rdma_back_to "$before"

must target_acl "$IQN" "$INITIATOR" 0
attach
must traffic_start main "$DISK"
ktap_test_result "open-iscsi comes back under I/O, again and again" \
	repeat "$(amount 3 2)" close_from_here
ktap_test_result "without an error" traffic_stop main
ktap_finished
