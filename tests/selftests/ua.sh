#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw, and open-iscsi for what takes its time; LUN 0 is a ramdisk,
# LUN 1 a block device whose answers can be held back, and which can be resized.
# Proves: unit attentions of the iSCSI layer: session reinstatement is a loss of
# the nexus (RFC 7143, 6.3.5.1), tasks that ended with their session are reported
# (11.14.5), to that nexus only, once for each unit, and not by commands that
# report none; a changed capacity is reported, once.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

resize() {
	dmsetup suspend --nolockfs --noudevsync slow &&
		dmsetup load slow --table "0 $1 delay /dev/nullb0 0 0" &&
		dmsetup resume --noudevsync slow
}

read_a_block() {
	dd if="$DISK" of=/dev/null bs=4096 count=1 iflag=direct
}

# has_heard COUNT: the kernel's initiator says so for each unit attention.
has_heard() {
	read_a_block
	equals "$1" grep -c "Capacity data has changed" < <(klog_since)
}

# resized SECTORS COUNT: the initiator hears of it, and asks for the new one.
resized() {
	resize "$1" && wait_for 60 has_heard "$2" &&
		echo 1 >"/sys/class/block/${DISK##*/}/device/rescan" &&
		wait_for 10 equals "$1" blockdev --getsz "$DISK"
}

begin 10
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
must raw_is_served
before=$(rdma_snapshot)

raw_test "session reinstatement: once for each unit" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	repeat 2 tur
	repeat 2 expect scsi
	repeat 2 tur lun=1
	repeat 2 expect scsi
	conn new
	session isid=00023d0000aa
	scsi cdb=120000002400 edtl=36 read
	expect scsi status=00
	scsi cdb=a00000000000000010000000 edtl=4096 read
	expect scsi status=00
	scsi cdb=030000001200 edtl=18 read
	expect scsi status=00
	read blocks=8
	expect scsi status=02 sense=06/29/07 underflow=4096
	read blocks=8
	expect scsi status=00
	write lun=1 blocks=8 imm=4096
	expect scsi status=02 sense=06/29/07
	tur lun=1
	expect scsi status=00
	tur
	expect scsi status=00
SCRIPT
raw_test "window and tags are as with any command" <<-SCRIPT
	conn old
	session isid=00023d0000aa
	conn new
	session isid=00023d0000aa cmdsn=100
	tur itt=0x100
	expect scsi itt=0x100 sense=06/29/07
	window exp=101
	tur itt=0x100 immediate
	expect scsi itt=0x100
	window exp=101
	io count=200 depth=64
SCRIPT
raw_test "no reinstatement, no loss" <<-SCRIPT
	conn old
	session isid=00023d0000ab
	repeat 2 tur
	repeat 2 expect scsi
	logout
	expect logout response=00
	expect disconnect
	conn new
	session isid=00023d0000ab
	tur
	expect scsi status=00
SCRIPT
ktap_test_result "tasks ended by a Logout: the unit they were on" raw_held - <<-SCRIPT
	conn old
	session isid=00023d0000ac
	repeat 2 tur lun=1
	repeat 2 expect scsi
	read lun=1 blocks=8
	logout
	expect logout response=00
	expect disconnect
	conn another
	session isid=00023d0000ad
	tur lun=1
	expect scsi status=00
	conn new
	session isid=00023d0000ac
	tur
	expect scsi status=00
	tur lun=1
	expect scsi status=02 sense=06/47/7f
	tur lun=1
	expect scsi status=00
	echo release
SCRIPT
ktap_test_result "and told the session after the next when the next did not ask" raw_held - <<-SCRIPT
	conn old
	session isid=00023d0000ac
	repeat 2 tur lun=1
	repeat 2 expect scsi
	read lun=1 blocks=8
	logout
	expect logout response=00
	expect disconnect
	conn next
	session isid=00023d0000ac
	tur
	expect scsi status=00
	logout
	expect logout response=00
	expect disconnect
	conn after
	session isid=00023d0000ac
	tur lun=1
	expect scsi status=02 sense=06/47/7f
	echo release
SCRIPT
ktap_test_result "tasks ended by a lost connection" raw_held - <<-SCRIPT
	conn old
	session isid=00023d0000ae
	repeat 2 tur lun=1
	repeat 2 expect scsi
	read lun=1 blocks=8
	nop
	expect nop
	disconnect
	conn new
	session isid=00023d0000ae
	tur lun=1
	expect scsi status=02 sense=06/47/7f|06/29/07
	echo release
SCRIPT
must initiator_start
must initiator_login "$IQN"
DISK=$(initiator_disk "$IQN" 1) || ktap_exit_fail_msg "no disk"
SECTORS=$(blockdev --getsz "$DISK")
klog_mark
ktap_test_result "a smaller capacity is reported" resized $((SECTORS / 2)) 1
ktap_test_result "once" repeat 5 has_heard 1
ktap_test_result "and a larger one" resized "$SECTORS" 2
must initiator_reset
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_finished
