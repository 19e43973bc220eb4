#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw and open-iscsi; LUN 0 is a ramdisk, LUN 1 a block device
# whose answers can be held back.
# Proves: a ping is answered with its data (RFC 7143, 11.18.3), in either way of
# numbering, also while every command hangs in the backend; what is no ping is
# not answered.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

packets_grew() {
	[ "$(rxe_counter sent_pkts)" -gt $(($1 + 12)) ]
}

# Nothing but pings is sent on an idle session.
pings_keep_it() {
	wait_for 60 packets_grew "$(rxe_counter sent_pkts)" &&
		initiator_is_logged_in "$IQN" &&
		! klog_since | grep -E 'ping timeout|detected conn error'
}

begin 11
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow

raw_test "ping without data" <<-SCRIPT
	session
	nop
	expect nop data=0 ttt=0xffffffff
SCRIPT
raw_test "ping with data" <<-SCRIPT
	session
	nop data=1
	expect nop data=1
	nop data=128
	expect nop data=128
SCRIPT
raw_test "ping with much data" <<-SCRIPT
	connect ffpbuf=8192
	login
	expect login status=0000 t=1
	nop data=4096
	expect nop data=4096
	nop data=8192
	expect nop data=8192
SCRIPT
raw_test "ping that takes a CmdSN" <<-SCRIPT
	session cmdsn=40
	nop queued data=16
	expect nop data=16
	window exp=41
SCRIPT
raw_test "immediate ping takes no CmdSN" <<-SCRIPT
	session cmdsn=40
	repeat 5 nop
	repeat 5 expect nop
	window exp=40
SCRIPT
raw_test "answer to no question is not answered" <<-SCRIPT
	session
	nop itt=0xffffffff
	nop itt=0xffffffff ttt=0x1234
	expect nothing ms=500
	nop
	expect nop
SCRIPT
raw_test "many pings" <<-SCRIPT
	session
	repeat 10 nop data=32
	repeat 10 expect nop data=32
	repeat 10 nop data=32
	repeat 10 expect nop data=32
SCRIPT

must slow_device_set slow 3600000
raw_test "ping while commands hang in the backend" <<-SCRIPT
	session
	repeat 2 tur lun=1
	repeat 2 expect scsi
	repeat 16 read lun=1 blocks=8
	nop data=64
	expect nop data=64
	tur
	expect scsi
SCRIPT
must slow_device_set slow 0
ktap_test_result "somebody else is served" raw_is_served

# shellcheck disable=SC2034 # read by attach
TERMS=("node.conn[0].timeo.noop_out_interval=1")
attach
klog_mark
ktap_test_result "pings of open-iscsi are answered" pings_keep_it
ktap_test_result "logout" initiator_logout "$IQN"
ktap_finished
