#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; LUN 0 is a ramdisk, LUN 1 a block device with a stretch in it
# that can neither be read nor written.
# Proves: an error of the backend is CHECK CONDITION with sense, never another
# iSCSI response (RFC 7143, 11.4.3), also where part of the data was good; the
# task's place in the window comes back, and the session goes on.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

BAD=2048	# its first block; 64 of them

test_cleanup() {
	target_destroy_all
	backstore_destroy_all
	slow_device_remove bad
}

bad_device() {
	local size behind=$((BAD + 64))
	modprobe -a dm_mod null_blk && size=$(blockdev --getsz /dev/nullb0) || return 1
	dmsetup create bad --noudevsync <<-TABLE || return 1
		0 $BAD linear /dev/nullb0 0
		$BAD 64 error
		$behind $((size - behind)) linear /dev/nullb0 $behind
	TABLE
	dmsetup mknodes bad && wait_for 5 test -b /dev/mapper/bad
}

# Requests for LUN 1, separated by ";", each of which fails.
CASES=(
	"read|read lun=1 lba=$BAD blocks=8"
	"read that begins well|read lun=1 lba=$((BAD - 128)) blocks=256"
	"write|write lun=1 lba=$BAD blocks=8"
	"write of immediate data|write lun=1 lba=$BAD blocks=8 imm=4096"
	"write that begins well|write lun=1 lba=$((BAD - 128)) blocks=256 imm=512"
)

fails() {
	raw <<-SCRIPT
		session cmdsn=100
		repeat 2 tur lun=1
		repeat 2 expect scsi
		repeat 8 $1
		repeat 8 expect scsi status=02 response=00 sense=any
		tur lun=1
		expect scsi status=00
		read lun=1 lba=$((BAD - 8)) blocks=8
		expect scsi status=00
		read lun=1 lba=$((BAD + 64)) blocks=8
		expect scsi status=00
		window exp=113 min=32
		io count=8
	SCRIPT
}

begin $((${#CASES[@]} + 2))
must bad_device
must backstore_ramdisk disk 16
must backstore_block bad /dev/mapper/bad
serve "$IQN" disk bad
must raw_is_served
before=$(rdma_snapshot)

for case in "${CASES[@]}"; do
	ktap_test_result "${case%%|*}" fails "${case#*|}"
done
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_test_result "somebody new is served" raw_is_served
ktap_finished
