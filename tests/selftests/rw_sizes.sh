#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi over rxe, a file as LUN 0; the same initiator logs in with
# different terms for immediate data.
# Proves: commands of 512 bytes up to the largest the initiator makes, 1 to 32 at
# a time, at every alignment, with all, part or none of a write's data in the
# command itself, transfer the right bytes (RFC 7143, 13.11 and 13.14; RFC 7145,
# 6.9 and 7.3.6). The initiator's MaxBurstLength does not limit a command.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

SIZES=(512 4k 8704 65k 512k 1m)
DEPTHS=(1 32)
ALIGNMENTS=(1536)
if [ "${TISER_PROFILE-}" = full ]; then
	SIZES=(512 1k 4k 8k 8704 12k 64k 65k 256k 512k 1m 2m)
	DEPTHS=(1 2 4 8 16 32)
	ALIGNMENTS=(512 1536 3584 4096 7680)
fi
STORE_MIB=24
BIG_SECTORS=4096

# Terms of a session: NAME=VALUE of the initiator's record.
NO_IMMEDIATE=(node.session.iscsi.ImmediateData=No)
SMALL_IMMEDIATE=(node.session.iscsi.FirstBurstLength=512)
PART_IMMEDIATE=(node.session.iscsi.FirstBurstLength=4096)

# The largest command is a parameter of the initiator's module.
allow_big_commands() {
	[ -e /sys/module/ib_iser/initstate ] && modprobe -r ib_iser &&
		modprobe ib_iser "max_sectors=$BIG_SECTORS"
}

use_big_commands() {
	local queue=/sys/block/${DISK##*/}/queue
	cat "$queue/max_hw_sectors_kb" >"$queue/max_sectors_kb"
	echo none >"$queue/scheduler"
}

bytes() {
	case $1 in
	*k) echo $((${1%k} * 1024)) ;;
	*m) echo $((${1%m} * MIB)) ;;
	*) echo "$1" ;;
	esac
}

fits() {
	[ "$(bytes "$1")" -le $(($(cat "/sys/block/${DISK##*/}/queue/max_sectors_kb") * 1024)) ]
}

writes_done() {
	awk '{ print $5, $7 }' "/sys/block/${DISK##*/}/stat"
}

# one_size SIZE [OPTION...]: checks data, and that commands were of that size.
one_size() {
	local size=$1 count=32 before after
	shift
	[ "$(bytes "$size")" -lt $((512 * 1024)) ] || count=4
	read -ra before < <(writes_done)
	fio_verify "$DISK" "$size" 4 $(($(bytes "$size") * count)) "$@" || return 1
	read -ra after < <(writes_done)
	equals $(($(bytes "$size") / 512)) \
		echo $(((after[1] - before[1]) / (after[0] - before[0])))
}

check_sizes() {
	local size what=$1
	shift
	for size; do
		if fits "$size"; then
			ktap_test_result "$what, $size per command" one_size "$size"
		else
			ktap_test_skip "$what, $size per command" "the initiator splits it"
		fi
	done
}

check_depths() {
	local depth
	for depth in "${DEPTHS[@]}"; do
		ktap_test_result "$depth at a time" \
			fio_verify "$DISK" 4k "$depth" "$(amount 512k 256k)"
	done
}

check_alignments() {
	local offset
	for offset in "${ALIGNMENTS[@]}"; do
		ktap_test_result "offset $offset" fio_verify "$DISK" 4608 8 144k \
			--offset="$offset" --blockalign=512 --iomem_align=512
	done
}

# compare_with_target: what the initiator reads is what is in the target's file.
compare_with_target() {
	flush_cache "$DISK"
	cmp <(dd if="$DISK" bs=64k iflag=direct status=none) "$TMP/backing"
}

# relogin [NAME=VALUE...]
relogin() {
	must initiator_reset
	TERMS=("$@")
	attach
	use_big_commands
}

begin $((${#SIZES[@]} + ${#DEPTHS[@]} + ${#ALIGNMENTS[@]} + 10))
must initiator_start
allow_big_commands || ktap_print_msg "largest command is the initiator's default"
must backstore_file disk "$TMP/backing" $STORE_MIB
serve "$IQN" disk

attach
use_big_commands
check_sizes "immediate data" "${SIZES[@]}"
check_depths
check_alignments
ktap_test_result "target's file is what the initiator sees" compare_with_target

relogin "${NO_IMMEDIATE[@]}"
check_sizes "no immediate data" 512 65k
relogin "${SMALL_IMMEDIATE[@]}"
check_sizes "512 bytes immediate" 1k 64k
relogin "${PART_IMMEDIATE[@]}"
check_sizes "4 KiB immediate" 8k 65k

must tpg_set "$IQN" ImmediateData=No
relogin node.session.iscsi.ImmediateData=Yes
check_sizes "target wants no immediate data" 4k 65k
ktap_test_result "target's file is what the initiator sees, again" compare_with_target
ktap_finished
