#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi over rxe against a target without any ACL.
# Proves: iscsiadm gives up at once, with the reason that the Login Response gave
# (RFC 7143, 11.13.5), and the same initiator gets in once it may.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

# refused STATUS TEXT IQN: iscsiadm's exit status and explanation.
refused() {
	local output rc=0
	output=$(initiator_login "$3" 2>&1) || rc=$?
	iscsiadm -m node -T "$3" -o delete
	equals "$1" echo "$rc" && grep -qi "$2" <<<"$output" && return 0
	echo "$output"
	return 1
}

gets_in() {
	target_acl "$IQN" "$INITIATOR" 0 && initiator_login "$IQN" && initiator_disk "$IQN" 0
}

begin 5
must backstore_ramdisk disk 16
must target_load
must target_create "$IQN"
must target_portal "$IQN" "$TISER_ADDR:3260"
must target_lun "$IQN" 0 disk
must target_enable "$IQN"
must initiator_start
before=$(rdma_snapshot)
ktap_test_result "no ACL" refused 24 'authorization failure' "$IQN"
ktap_test_result "no such target" refused 19 'non-retryable' "$IQN.unknown"
ktap_test_result "neither left a session" initiator_has_no_session
ktap_test_result "nothing is left on the RDMA device" rdma_back_to "$before"
ktap_test_result "with an ACL it gets in" gets_in
ktap_finished
