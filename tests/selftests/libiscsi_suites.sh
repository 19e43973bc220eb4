#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: libiscsi's conformance suites over rxe in user space, a file as LUN 0,
# two initiators with ACLs.
# Proves: no suite passes fewer tests than it did. Documentation/interop.rst says
# why some do not pass all of theirs; those with fewer than a handful of seconds
# are here, "make interop" runs the rest.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

URL=iser://$TISER_ADDR/$IQN/0
STORE_MIB=${TISER_SUITES_MIB:-32}

# Suites and how many of their tests pass at least.
least_passed() {
	cat <<-SUITES
	SUITES
}

# passes SUITE LEAST
passes() {
	local result passed
	result=$(suite_run "$TMP/suite.log" 15 "$URL" "$1")
	read -r passed _ <<<"$result"
	[ "$passed" -ge "$2" ] && return 0
	echo "$1: $result; at least $2 should pass"
	tail -n 60 "$TMP/suite.log"
	return 1
}

serve_suites() {
	backstore_file disk "$TMP/backing" "$STORE_MIB" && backstore_set disk emulate_tpu=1 &&
		backstore_set disk emulate_tpws=1 && suite_target disk &&
		target_portal "$IQN" "$TISER_ADDR:3260" && target_enable "$IQN"
}

sessions_left() {
	cat "$(tpg_dir "$IQN")"/acls/*/info | grep -c '^InitiatorName'
}

libiscsi_loads && not libiscsi_is_old || {
	ktap_print_header
	ktap_skip_all "no libiscsi 1.20 or newer with iSER here"
}
mapfile -t SUITES < <(least_passed)
begin $((${#SUITES[@]} + 2))
must serve_suites
before=$(rdma_snapshot)
for suite in "${SUITES[@]}"; do
	read -r name least <<<"$suite"
	ktap_test_result "$name" passes "$name" "$least"
done
ktap_test_result "no session is left" wait_for 20 equals 0 sessions_left
ktap_test_result "nothing is left on the RDMA device" rdma_back_to "$before"
ktap_finished
