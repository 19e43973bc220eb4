#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: ib_isert and this module on the same RDMA device and address, ports
# 3261 and 3260, a ramdisk each; open-iscsi uses both.
# Proves: both serve at a time, and either comes and goes without the other
# noticing.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

ISERT=iqn.2026-11.com.example:isert

# use_fabric iscsi|iser: what tests/lib/target.sh configures from now on.
use_fabric() {
	TISER_FABRIC=$1
	# shellcheck source=tests/lib/target.sh
	. "$TISER_LIB/target.sh"
}

# with_isert COMMAND...: COMMAND configures the iscsi fabric.
with_isert() {
	local rc=0
	use_fabric iscsi
	"$@" || rc=$?
	use_fabric iser
	return "$rc"
}

test_cleanup() {
	initiator_reset
	with_isert target_is_loaded && with_isert go_away
}

# come IQN PORT BACKSTORE, go_away: on the fabric in use.
come() {
	target_load && target_create "$1" && target_demo "$1" &&
		target_portal "$1" "$TISER_ADDR:$2" && target_lun "$1" 0 "$3" && target_enable "$1"
}

go_away() {
	target_destroy_all && target_unload && not target_is_loaded
}

log_in() {
	initiator_login "$1" "$TISER_ADDR:$2" && initiator_disk "$1" 0
}

verify() {
	fio_verify "$(initiator_disk "$1" 0)" 4k 4 256k
}

verify_both() {
	local rc=0
	background BESIDE verify "$ISERT"
	verify "$IQN" || rc=1
	reap "$BESIDE_PID" 60 && return "$rc"
	cat "$TMP/BESIDE.log"
	return 1
}

# leaves IQN COMMAND...: the initiator logs out, and COMMAND takes the target away.
leaves() {
	initiator_logout "$1" || return 1
	iscsiadm -m node -T "$1" -o delete
	shift
	"$@"
}

modprobe -q ib_isert || {
	ktap_print_header
	ktap_skip_all "this kernel has no ib_isert"
}
begin 9
must backstore_ramdisk disk 16
must backstore_ramdisk other 16
must initiator_start
must with_isert come "$ISERT" 3261 other
must come "$IQN" 3260 disk
ktap_test_result "logins to both" eval 'log_in "$ISERT" 3261 && log_in "$IQN" 3260'
ktap_test_result "verified I/O to both at a time" verify_both
ktap_test_result "the other's port is refused" \
	fails_with "Invalid argument" target_portal "$IQN" "$TISER_ADDR:3261"
ktap_test_result "this module unloads" leaves "$IQN" go_away
ktap_test_result "ib_isert serves on" verify "$ISERT"
ktap_test_result "this module comes back" eval 'come "$IQN" 3260 disk && log_in "$IQN" 3260'
ktap_test_result "verified I/O to both once more" verify_both
ktap_test_result "ib_isert unloads" leaves "$ISERT" with_isert go_away
ktap_test_result "this module serves on" verify "$IQN"
ktap_finished
