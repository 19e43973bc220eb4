#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; LUN 0 is a ramdisk, LUN 1 a block device whose answers can
# be held back.
# Proves: task management PDU by PDU (RFC 7143, 11.5 and 11.6): the response code,
# and no response of a task that was aborted, neither before nor after.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

FOUND="ABORT_TASK: Found referenced"

begin 13
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
must raw_is_served

ktap_test_result "ABORT TASK of a read: success, no response of the read" raw_held "$FOUND" <<-SCRIPT
	session
	repeat 2 tur lun=1
	repeat 2 expect scsi
	read lun=1 blocks=8 itt=0x100
	tmf function=1 lun=1 rtt=0x100 ref_cmdsn=-1
	expect tmf response=00
	expect nothing ms=1000
	read lun=1 blocks=8
	expect scsi status=00
SCRIPT
ktap_test_result "ABORT TASK of a write: success, no response of the write" raw_held "$FOUND" <<-SCRIPT
	session
	repeat 2 tur lun=1
	repeat 2 expect scsi
	write lun=1 blocks=64 itt=0x100
	tmf function=1 lun=1 rtt=0x100 ref_cmdsn=-1
	expect tmf response=00
	expect nothing ms=1000
	write lun=1 blocks=64 imm=4096
	expect scsi status=00
SCRIPT
ktap_test_result "others of the session are not aborted" raw_held "$FOUND" <<-SCRIPT
	session
	repeat 2 tur lun=1
	repeat 2 expect scsi
	read lun=1 blocks=8 itt=0x100
	read lun=1 blocks=8 itt=0x101
	tmf function=1 lun=1 rtt=0x100 ref_cmdsn=-2
	expect tmf response=00
	expect scsi itt=0x101 status=00
	expect nothing ms=500
SCRIPT
raw_test "ABORT TASK of a finished task: it does not exist" <<-SCRIPT
	session
	tur itt=0x100
	expect scsi
	tmf function=1 rtt=0x100 ref_cmdsn=-1
	expect tmf response=01
SCRIPT
raw_test "ABORT TASK of a task outside the window: it does not exist" <<-SCRIPT
	session
	tmf function=1 rtt=0x999 ref_cmdsn=+500
	expect tmf response=01
SCRIPT
raw_test "ABORT TASK of a command that never came takes its place" <<-SCRIPT
	session cmdsn=100
	tur
	expect scsi
	tur cmdsn=102 itt=0x102
	expect nothing ms=300
	set cmdsn=103
	tmf function=1 rtt=0x101 ref_cmdsn=101
	expect tmf response=00
	expect scsi itt=0x102
	tur
	expect scsi
SCRIPT
raw_test "ABORT TASK of itself is refused" <<-SCRIPT
	session
	tmf function=1 itt=0x100 rtt=0x100
	expect tmf response=ff|01
	nop
	expect nop
SCRIPT
raw_test "LOGICAL UNIT RESET" <<-SCRIPT
	session
	tmf function=5 lun=0
	expect tmf response=00
	repeat 2 tur
	repeat 2 expect scsi
	tur
	expect scsi status=00
SCRIPT
raw_test "LOGICAL UNIT RESET of a unit that does not exist" <<-SCRIPT
	session
	tmf function=5 lun=77
	expect tmf response=02
SCRIPT
raw_test "TASK REASSIGN is not supported" <<-SCRIPT
	session
	tmf function=8 rtt=0x100
	expect tmf response=04
SCRIPT
raw_test "unknown function" <<-SCRIPT
	session
	tmf function=99
	expect tmf response=05|ff
	nop
	expect nop
SCRIPT
raw_test "function that takes a CmdSN" <<-SCRIPT
	session cmdsn=50
	tmf function=5 queued
	expect tmf response=00
	window exp=51
SCRIPT
ktap_test_result "somebody else is served" raw_is_served
ktap_finished
