#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a ramdisk and a file.
# Proves: commands of up to 16 MiB, more than the kernel's initiator makes, move
# all their bytes (RFC 7145, 7.3.5 and 7.3.6), at any split between immediate and
# solicited data, and with as little as one RDMA Read at a time. rw_sizes.sh does
# it with the kernel's initiator.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

LARGE_MIB=(1 2 4 8 16)
IMMEDIATE=(0 512 4096 8192)

# Sizes around pages and buffers, at places that no page begins at.
split() {
	local size
	{
		echo session
		for size in 512 1024 3584 4096 4608 8192 8704 16384 66560; do
			echo "io count=12 depth=6 size=$size imm=$1 lba=7 seed=$((size + $1))"
		done
	} | raw
}

begin $((${#LARGE_MIB[@]} + ${#IMMEDIATE[@]} + 3))
must backstore_ramdisk disk 16
must backstore_file file "$TMP/backing" 8
serve "$IQN" disk file

for size in "${LARGE_MIB[@]}"; do
	ktap_test_result "$size MiB in one command" raw_whole_command "$size"
done
for bytes in "${IMMEDIATE[@]}"; do
	ktap_test_result "$bytes bytes immediate" split "$bytes"
done
raw_test "4 MiB to and from a file" <<-SCRIPT
	session
	repeat 2 tur lun=1
	repeat 2 expect scsi
	write lun=1 lba=0 blocks=8192 pattern=7
	expect scsi status=00
	read lun=1 lba=0 blocks=8192
	expect scsi status=00
	verify pattern=7
SCRIPT
ktap_test_result "the file holds no zeroes" not cmp -s -n 4096 "$TMP/backing" /dev/zero
raw_test "one RDMA Read at a time" <<-SCRIPT
	connect rdreads=1
	login
	expect login status=0000 t=1
	io count=32 depth=16 size=65536
SCRIPT
ktap_finished
