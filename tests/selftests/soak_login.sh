#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi and iser_raw log in and out of a ramdisk's target.
# Proves: TISER_LOOPS logins (20; 1000 in the profile soak) by either leave no
# session, no queue pair and no memory behind, and the module unloads.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

LOOPS=${TISER_LOOPS:-$(amount 20 8)}
[ "${TISER_PROFILE-}" != soak ] || LOOPS=${TISER_LOOPS:-1000}
# The kernel's initiator makes and removes a SCSI host each time: much slower.
OI_LOOPS=${TISER_OI_LOOPS:-$LOOPS}
[ "$LOOPS" -ge 100 ] || OI_LOOPS=$((LOOPS / 4))

one_cycle() {
	within 90 iscsiadm -m node -T "$IQN" --login >/dev/null &&
		within 60 iscsiadm -m node -T "$IQN" --logout >/dev/null
}

raw_cycles() {
	local left=$1 count
	while [ "$left" -gt 0 ]; do
		count=$((left < 50 ? left : 50))
		raw <<<"login_loop count=$count" || return 1
		left=$((left - count))
	done
}

warm_up() {
	repeat 2 one_cycle && raw_cycles 4 && rdma_back_to "$before"
}

grown() {
	slab_snapshot "$TMP/after"
	slab_growth "$TMP/before" "$TMP/after" $((LOOPS / 2 + 300))
}

begin 7
serve_ramdisk
must initiator_start
must initiator_node "$IQN" "$TISER_ADDR:3260" iser
before=$(rdma_snapshot)
must warm_up
slab_snapshot "$TMP/before"

ktap_test_result "$LOOPS logins of iser_raw" raw_cycles "$LOOPS"
ktap_test_result "$OI_LOOPS logins of open-iscsi" repeat "$OI_LOOPS" one_cycle
ktap_test_result "no session is left" wait_for 30 equals "" target_sessions "$IQN"
ktap_test_result "no queue pair is left" rdma_back_to "$before"
if slab_usable; then
	ktap_test_result "memory does not grow" equals "" grown
else
	ktap_test_skip "memory does not grow" "kmemleak looks for leaks here"
fi
must initiator_reset
must target_destroy_all
ktap_test_result "module unloads" target_unload
ktap_test_result "nothing of it is left on the RDMA device" equals 0 rdma_owned cm_id
ktap_finished
