#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi over rxe, a ramdisk as LUN 0 and a file as LUN 1.
# Proves: login, reads and writes of 512 bytes to 1 MiB arrive unchanged and in
# place, seen from the initiator (checksums) and from the target (the file);
# RDMA carried them; logout, and the module unloads.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

SIZES=(512 4k 8k 64k 1m)

write_pattern() {
	dd if="$TMP/pattern" of="$FILE_DISK" bs=256k oflag=direct status=none &&
		cmp "$TMP/pattern" "$TMP/backing"
}

read_pattern() {
	flush_cache "$FILE_DISK"
	cmp <(dd if="$FILE_DISK" bs=256k iflag=direct status=none) "$TMP/pattern"
}

rdma_carried() {
	local now
	now=$(rxe_counter sent_pkts)
	[ $((now - packets)) -gt 1000 ] || {
		echo "only $((now - packets)) packets" >&2
		return 1
	}
}

begin $((${#SIZES[@]} + 6))
before=$(rdma_snapshot)
must backstore_ramdisk disk 16
must backstore_file file "$TMP/backing" 4
serve "$IQN" disk file
attach
FILE_DISK=$(initiator_disk "$IQN" 1) || ktap_exit_fail_msg "no second disk"
packets=$(rxe_counter sent_pkts)
for size in "${SIZES[@]}"; do
	case $size in
	512) volume=64k ;;
	1m) volume=4m ;;
	*) volume=1m ;;
	esac
	ktap_test_result "$size blocks come back unchanged" \
		fio_verify "$DISK" "$size" 8 $volume
done
pattern_file "$TMP/pattern" $((4 * MIB))
ktap_test_result "written data is in the target's file" write_pattern
ktap_test_result "it reads back unchanged" read_pattern
ktap_test_result "it went over RDMA" rdma_carried
ktap_test_result "logout" initiator_logout "$IQN"
ktap_test_result "no session is left on the target" equals "" target_sessions "$IQN"
restore
ktap_test_result "module unloads and leaves nothing on the RDMA device" rdma_back_to "$before"
ktap_finished
