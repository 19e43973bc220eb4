#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw damages requests at random in the login phase and in full
# feature phase; open-iscsi has verified I/O on another target.
# Proves (H194): whatever arrives, the target answers or disconnects, its answers
# keep the rules of RFC 7143 and RFC 7145, and nobody else notices.
# TISER_FUZZ_ROUNDS: how many rounds; TISER_FUZZ_SEED: of which sequence. Both
# are printed, and a failure says how to repeat its round.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

ROUNDS=${TISER_FUZZ_ROUNDS:-$(amount 120 60)}
[ "${TISER_PROFILE-}" != soak ] || ROUNDS=${TISER_FUZZ_ROUNDS:-10000}
SEED=${TISER_FUZZ_SEED:-1}
PART=200

# fuzz_part FIRST COUNT LOGINS
fuzz_part() {
	raw <<<"fuzz seed=$SEED first=$1 rounds=$2 logins=$3"
}

# fuzz_all ROUNDS LOGINS: in parts, because each has its deadline.
fuzz_all() {
	local rounds=$1 logins=$2 first=1 count
	while [ "$first" -le "$rounds" ]; do
		count=$((rounds - first + 1))
		[ "$count" -le $PART ] || count=$PART
		fuzz_part "$first" "$count" "$logins" | tee -a "$TMP/fuzz.log" || return 1
		first=$((first + count))
	done
	return 0
}

begin $((3 + BYSTANDER_RESULTS))
serve_ramdisk
bystander_start
set -o pipefail
ktap_test_result "H194 $ROUNDS rounds of seed $SEED in full feature phase" fuzz_all "$ROUNDS" 5
ktap_test_result "H194 $((ROUNDS / 2)) rounds of seed $SEED in the login" \
	fuzz_all $((ROUNDS / 2)) 100
ktap_print_msg "$(grep -h '^# fuzz:' "$TMP/fuzz.log")"
bystander_end
must target_destroy "$IQN"
ktap_test_result "the target can be removed" not test -d "$(tpg_dir "$IQN")"
ktap_finished
