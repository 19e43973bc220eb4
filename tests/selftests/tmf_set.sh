#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; LUN 0 is a ramdisk, LUN 1 a block device whose answers can
# be held back.
# Proves: task management functions on many tasks, of several sessions, in their
# order (RFC 7143, 4.2.3.2, 4.2.3.3, 11.5, 11.6), the identity of tasks (11.2.1.7)
# and the limit of immediate commands (4.2.2.1).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

# The words of a session that has heard of its initial unit attentions.
READY='session
	repeat 2 tur
	repeat 2 expect scsi
	repeat 2 tur lun=1
	repeat 2 expect scsi'
FOUND="ABORT_TASK: Found referenced"

begin 25
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
must raw_is_served
before=$(rdma_snapshot)

ktap_test_result "ABORT TASK SET: every task of the unit, no other" raw_held "$FOUND" 3 <<-SCRIPT
	$READY
	read lun=1 blocks=8 itt=0x100
	write lun=1 blocks=64 itt=0x101
	read lun=1 blocks=8 itt=0x102
	tur itt=0x103
	tmf function=2 lun=1
	expect tmf response=00
	expect scsi itt=0x103 status=00
	expect nothing ms=1000
	read lun=1 blocks=8
	expect scsi status=00
SCRIPT
ktap_test_result "ABORT TASK SET: no task of another session" raw_held "$FOUND" <<-SCRIPT
	conn other
	$READY
	read lun=1 blocks=8 itt=0x100
	conn mine
	$READY
	read lun=1 blocks=8 itt=0x100
	tmf function=2 lun=1
	expect tmf response=00
	expect nothing ms=500
	conn other
	expect scsi itt=0x100 status=00
SCRIPT
ktap_test_result "CLEAR TASK SET: tasks of others end with TASK ABORTED" raw_held "$FOUND" 2 <<-SCRIPT
	conn other
	$READY
	read lun=1 blocks=8 itt=0x200
	conn mine
	$READY
	read lun=1 blocks=8 itt=0x100
	tmf function=4 lun=1
	expect tmf response=00
	expect nothing ms=500
	conn other
	expect scsi itt=0x200 status=40
	tur lun=1
	expect scsi status=00
SCRIPT
# Not while it is exported.
must target_destroy_all
must backstore_set slow emulate_tas=0
serve "$IQN" disk slow
ktap_test_result "CLEAR TASK SET: or in silence, and the session is told" raw_held "$FOUND" 3 <<-SCRIPT
	conn other
	$READY
	repeat 2 read lun=1 blocks=8
	conn mine
	$READY
	read lun=1 blocks=8 itt=0x100
	tmf function=4 lun=1
	expect tmf response=00
	expect nothing ms=500
	tur lun=1
	expect scsi status=00
	conn other
	expect nothing ms=500
	tur
	expect scsi status=00
	tur lun=1
	expect scsi status=02 sense=06/2f/00
	tur lun=1
	expect scsi status=00
SCRIPT
raw_test "ABORT TASK SET and CLEAR TASK SET of nothing" <<-SCRIPT
	session
	tmf function=2 lun=0
	expect tmf response=00
	tmf function=4 lun=0
	expect tmf response=00
	tmf function=2 lun=77
	expect tmf response=02
	tmf function=4 lun=77
	expect tmf response=02
SCRIPT
ktap_test_result "ABORT TASK twice: each is answered once" raw_held "$FOUND" <<-SCRIPT
	$READY
	read lun=1 blocks=8 itt=0x100
	tmf function=1 lun=1 itt=0x200 rtt=0x100 ref_cmdsn=-1
	tmf function=1 lun=1 itt=0x201 rtt=0x100 ref_cmdsn=-1
	expect tmf itt=0x200 response=00
	expect tmf itt=0x201 response=00
	expect nothing ms=500
SCRIPT
ktap_test_result "ABORT TASK, then LOGICAL UNIT RESET: likewise" raw_held "$FOUND" <<-SCRIPT
	$READY
	read lun=1 blocks=8 itt=0x100
	tmf function=1 lun=1 itt=0x200 rtt=0x100 ref_cmdsn=-1
	tmf function=5 lun=1 itt=0x201
	expect tmf itt=0x200 response=00
	expect tmf itt=0x201 response=00
	expect nothing ms=500
SCRIPT
ktap_test_result "ABORT TASK of a request of task management" raw_held "$FOUND" <<-SCRIPT
	$READY
	read lun=1 blocks=8
	tmf function=2 lun=1 itt=0x200
	tmf function=1 lun=1 rtt=0x200 itt=0x201
	expect tmf itt=0x201 response=ff
	expect tmf itt=0x200 response=00
SCRIPT
ktap_test_result "ABORT TASK with another LUN aborts nothing" raw_held - <<-SCRIPT
	$READY
	read lun=1 blocks=8 itt=0x100
	tmf function=1 lun=0 rtt=0x100 ref_cmdsn=-1
	expect tmf response=01
	echo release
	expect scsi itt=0x100 status=00
SCRIPT
ktap_test_result "RefCmdSN of an immediate task" raw_held "$FOUND" <<-SCRIPT
	$READY
	read lun=1 blocks=8 itt=0x100 immediate
	tmf function=1 lun=1 rtt=0x100 ref_cmdsn=-1
	expect tmf response=01
	tmf function=1 lun=1 rtt=0x100 ref_cmdsn=+0
	expect tmf response=00
	expect nothing ms=500
SCRIPT
raw_test "function on many tasks waits for lower CmdSNs" <<-SCRIPT
	session cmdsn=100
	tmf function=5 lun=0 cmdsn=102 itt=0x200
	tmf function=1 lun=0 cmdsn=102 itt=0x201 rtt=0x999 ref_cmdsn=50
	expect tmf itt=0x201 response=01
	expect nothing ms=500
	tur cmdsn=101 itt=0x101
	expect nothing ms=500
	tur cmdsn=100 itt=0x100
	expect scsi itt=0x100
	expect scsi|tmf
	expect scsi|tmf
	set cmdsn=102
	tur
	expect scsi
	window exp=103
SCRIPT
raw_test "but not when no command will ever release it" <<-SCRIPT
	session cmdsn=100
	tmf function=2 lun=0 cmdsn=1000
	expect tmf response=00
	tmf function=2 lun=0 cmdsn=50
	expect tmf response=00
SCRIPT
raw_test "CLEAR ACA" <<-SCRIPT
	session
	tmf function=3
	expect tmf response=05
SCRIPT
raw_test "TARGET WARM RESET" <<-SCRIPT
	$READY
	tmf function=6
	expect tmf response=00
	tur
	expect scsi status=02 sense=06/29/03
	tur lun=1
	expect scsi status=02 sense=06/29/03
	tur
	expect scsi status=00
SCRIPT
raw_test "TARGET COLD RESET is not allowed" <<-SCRIPT
	session
	tmf function=7
	expect tmf response=06
	nop
	expect nop
SCRIPT
must tpg_set "$IQN" tmr_warm_reset=0 tmr_cold_reset=1
raw_test "TARGET WARM RESET is not allowed" <<-SCRIPT
	session
	tmf function=6
	expect tmf response=06
SCRIPT
raw_test "TARGET COLD RESET ends all sessions" <<-SCRIPT
	conn other
	session
	conn mine
	session
	tmf function=7
	expect tmf response=00
	expect disconnect
	conn other
	expect disconnect
SCRIPT
ktap_test_result "a 17th immediate command" raw_held - <<-SCRIPT
	$READY
	repeat 16 read lun=1 blocks=8 immediate
	read lun=1 blocks=8 immediate itt=0x300
	expect reject itt=0x300 reason=06
	tmf function=2 lun=0 itt=0x301
	expect reject itt=0x301 reason=06
	nop
	expect nop
	tur
	expect scsi status=00
	echo release
	repeat 16 expect scsi status=00
	sleep_ms 500
	tur immediate
	expect scsi status=00
SCRIPT
ktap_test_result "command with a tag in use" raw_held - <<-SCRIPT
	$READY
	read lun=1 blocks=8 itt=0x100
	tur itt=0x100
	expect reject reason=07
	expect disconnect
	echo release
SCRIPT
ktap_test_result "immediate command with a tag in use" raw_held - <<-SCRIPT
	$READY
	read lun=1 blocks=8 itt=0x100
	tur itt=0x100 immediate
	expect reject reason=07
	expect disconnect
	echo release
SCRIPT
ktap_test_result "task management with a tag in use" raw_held - <<-SCRIPT
	$READY
	read lun=1 blocks=8 itt=0x100
	tmf function=5 lun=0 itt=0x100
	expect reject reason=07
	expect disconnect
	echo release
SCRIPT
raw_test "tag that has become free" <<-SCRIPT
	$READY
	tur itt=0x100
	expect scsi itt=0x100 status=00
	read itt=0x100 blocks=8
	expect scsi itt=0x100 status=00
	tmf function=2 itt=0x100
	expect tmf itt=0x100 response=00
	tur itt=0x100
	expect scsi itt=0x100 status=00
SCRIPT
ktap_test_result "Logout while a function waits" raw_held - <<-SCRIPT
	$READY
	repeat 4 read lun=1 blocks=8
	tmf function=2 lun=1
	logout
	expect logout response=00
	expect disconnect
	echo release
SCRIPT
ktap_test_result "death while functions wait" raw_held - <<-SCRIPT
	conn other
	$READY
	repeat 4 read lun=1 blocks=8
	conn mine
	$READY
	repeat 4 read lun=1 blocks=8
	tmf function=4 lun=1
	tmf function=5 lun=1
	nop
	expect nop
	abandon
	conn other
	disconnect
	conn new
	session
	io count=4
	echo release
SCRIPT
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_finished
