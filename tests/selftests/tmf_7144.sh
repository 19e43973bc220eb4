#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; LUN 0 is a ramdisk, LUN 1 a block device whose answers can
# be held back.
# Proves: the task management functions of RFC 7144, 6, for sessions that have
# negotiated iSCSIProtocolLevel=2, and for nobody else.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

READY='connect
	login iSCSIProtocolLevel=2
	expect login status=0000 t=1 nsg=3 iSCSIProtocolLevel=2
	repeat 2 tur
	repeat 2 expect scsi
	repeat 2 tur lun=1
	repeat 2 expect scsi'

begin 7
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
must raw_is_served
before=$(rdma_snapshot)

raw_test "not at level 1" <<-SCRIPT
	connect
	login iSCSIProtocolLevel=1
	expect login status=0000 t=1 nsg=3 iSCSIProtocolLevel=1
	tmf function=9 rtt=0x100 ref_cmdsn=-1
	expect tmf response=05
	tmf function=10
	expect tmf response=05
	tmf function=11
	expect tmf response=05
	tmf function=12
	expect tmf response=05
	nop
	expect nop
SCRIPT
ktap_test_result "QUERY TASK" raw_held - <<-SCRIPT
	$READY
	read lun=1 blocks=8 itt=0x100
	tmf function=9 lun=1 rtt=0x100 ref_cmdsn=-1
	expect tmf response=07
	tmf function=9 lun=1 rtt=0x101 ref_cmdsn=-1
	expect tmf response=00
	tmf function=9 lun=0 rtt=0x100 ref_cmdsn=-1
	expect tmf response=00
	tmf function=9 lun=77 rtt=0x100 ref_cmdsn=-1
	expect tmf response=02
	tmf function=9 lun=1 itt=0x200 rtt=0x200
	expect tmf response=ff
	echo release
	expect scsi itt=0x100 status=00
	tmf function=9 lun=1 rtt=0x100 ref_cmdsn=-1
	expect tmf response=00
SCRIPT
ktap_test_result "QUERY TASK SET" raw_held - <<-SCRIPT
	conn other
	$READY
	read lun=1 blocks=8 itt=0x100
	conn mine
	$READY
	tmf function=10 lun=1
	expect tmf response=00
	conn other
	tmf function=10 lun=0
	expect tmf response=00
	tmf function=10 lun=77
	expect tmf response=02
	tmf function=10 lun=1
	expect tmf response=07
	echo release
	expect scsi itt=0x100 status=00
	tmf function=10 lun=1
	expect tmf response=00
SCRIPT
raw_test "QUERY ASYNCHRONOUS EVENT" <<-SCRIPT
	$READY
	tmf function=12 lun=0
	expect tmf response=00
	tmf function=5 lun=0
	expect tmf response=00
	tmf function=12 lun=0
	expect tmf response=07
	tmf function=12 lun=1
	expect tmf response=00
	tur
	expect scsi status=02 sense=06/29/03
	tmf function=12 lun=0
	expect tmf response=00
	tmf function=12 lun=77
	expect tmf response=02
SCRIPT
ktap_test_result "I_T NEXUS RESET" raw_held "ABORT_TASK: Found referenced" 2 <<-SCRIPT
	conn old
	connect
	login isid=00023d0000aa iSCSIProtocolLevel=2
	expect login status=0000 t=1 nsg=3 iSCSIProtocolLevel=2
	repeat 2 tur lun=1
	repeat 2 expect scsi
	repeat 2 read lun=1 blocks=8
	tmf function=11
	expect tmf response=00
	expect disconnect
	conn new
	connect
	login isid=00023d0000aa iSCSIProtocolLevel=2
	expect login status=0000 t=1 nsg=3 iSCSIProtocolLevel=2
	tmf function=12 lun=0
	expect tmf response=07
	tur
	expect scsi status=02 sense=06/29/07
	tur lun=1
	expect scsi status=02 sense=06/29/07
	io count=4
SCRIPT
raw_test "function 13" <<-SCRIPT
	connect
	login iSCSIProtocolLevel=2
	expect login status=0000 t=1 nsg=3 iSCSIProtocolLevel=2
	tmf function=13
	expect tmf response=05
SCRIPT
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_finished
