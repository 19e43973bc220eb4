#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a ramdisk.
# Proves: a receive buffer holds a full data segment and an AHS of the length we
# declare (RFC 7145, 6.4, 6.8, 8.1), also when all buffers are in use at once and
# with another TargetRecvDataSegmentLength; the data behind an AHS is the data.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

zeros() {
	printf '%0*d' $(($1 * 2)) 0
}

# Extended CDB (RFC 7143, 11.2.2.3) of 244 bytes: a CDB of 260 bytes is the
# longest SPC knows. 248 bytes.
LONG=00f50100$(zeros 244)
# and an Expected Bidirectional Read Data Length: 256 bytes in all.
LONGEST=${LONG}0005020000001000
# The longest TotalAHSLength there is: two of 508 bytes and padding do not fit
# the meaning of an AHS, but the buffer.
ABSURD=01f90100$(zeros 504)01f90100$(zeros 504)

begin 8
serve_ramdisk
must tpg_set "$IQN" TargetRecvDataSegmentLength=16384
must raw_is_served
before=$(rdma_snapshot)

raw_test "AHS of 248 bytes and 8192 of data" <<-SCRIPT
	session
	write blocks=16 imm=8192 ahs=$LONG pattern=3
	expect scsi status=00 residual=0
	read blocks=16
	expect scsi status=00
	verify pattern=3
SCRIPT
raw_test "the same, and more to be fetched" <<-SCRIPT
	session
	write blocks=40 imm=8192 ahs=$LONG pattern=4
	expect scsi status=00 residual=0
	read blocks=40
	expect scsi status=00
	verify pattern=4
SCRIPT
raw_test "AHS of 256 bytes and 8192 of data" <<-SCRIPT
	session
	scsi cdb=2a000000000000001000 edtl=8192 read write imm=8192 ahs=$LONGEST
	expect scsi status=02 sense=05/24/00
	scsi cdb=7f edtl=8192 write imm=8192 ahs=$LONG
	expect scsi status=02
	tur
	expect scsi status=00
SCRIPT
raw_test "AHS that fits the buffer and means nothing" <<-SCRIPT
	session
	write blocks=16 imm=8192 ahs=$ABSURD
	expect disconnect silent
SCRIPT
raw_test "every buffer of the window at once" <<-SCRIPT
	session
	io count=128 depth=64 size=8192 imm=8192 ahs=$LONG
	io count=32 depth=16 size=12288 imm=8192 ahs=$LONG seed=2
SCRIPT
raw_test "TargetRecvDataSegmentLength of 16384" <<-SCRIPT
	connect
	login TargetRecvDataSegmentLength=16384
	expect login status=0000 TargetRecvDataSegmentLength=16384
	io count=48 depth=32 size=16384 imm=16384 ahs=$LONG
SCRIPT
raw_test "TargetRecvDataSegmentLength of 512" <<-SCRIPT
	connect
	login TargetRecvDataSegmentLength=512
	expect login status=0000 TargetRecvDataSegmentLength=512
	io count=16 depth=8 size=4096 imm=512 ahs=$LONG
SCRIPT
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_finished
