#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The unit tests of drivers/proto as a KUnit module. Topology: none; the module
# runs its suites when it is loaded. Needs a kernel with KUnit, which of ours
# the debug kernel is.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/ktap.sh"

RESULTS=/sys/kernel/debug/kunit

ktap_print_header
modinfo tcm_iser_kunit >/dev/null 2>&1 || ktap_skip_all "this kernel has no KUnit"
trap 'rmmod tcm_iser_kunit 2>/dev/null' EXIT
if ! modprobe tcm_iser_kunit; then
	ktap_set_plan 1
	ktap_test_fail "unit tests load"
	ktap_finished
fi
mapfile -t SUITES < <(find "$RESULTS" -mindepth 1 -maxdepth 1 -name 'tiser_*' | sort)
ktap_set_plan $((${#SUITES[@]} + 1))
for suite in "${SUITES[@]}"; do
	if grep -q '^ok ' "$suite/results" && ! grep -q 'not ok' "$suite/results"; then
		ktap_test_pass "${suite##*/}"
	else
		grep 'not ok' "$suite/results" | sed 's/^/# /'
		ktap_test_fail "${suite##*/}"
	fi
done
if [ ${#SUITES[@]} -ge 6 ]; then
	ktap_test_pass "every suite ran"
else
	ktap_print_msg "suites: ${SUITES[*]-none}"
	ktap_test_fail "every suite ran"
fi
ktap_finished
