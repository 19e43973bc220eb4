# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# KTAP results on stdout, under the function names of the kernel's own
# ktap_helpers.sh. A test that ends before its plan is fulfilled has failed.

KSFT_PASS=0
KSFT_FAIL=1
KSFT_SKIP=4

KTAP_PLAN=
KTAP_TESTNO=0
KTAP_PASSED=0
KTAP_FAILED=0
KTAP_SKIPPED=0
KTAP_DONE=

ktap_print_header() {
	echo "KTAP version 1"
}

ktap_print_msg() {
	local line
	while IFS= read -r line; do
		echo "# $line"
	done <<<"$*"
}

ktap_set_plan() {
	KTAP_PLAN=$1
	echo "1..$KTAP_PLAN"
}

# ktap_skip_all REASON: nothing of this file can run here.
ktap_skip_all() {
	echo "1..0 # SKIP $*"
	KTAP_DONE=1
	exit "$KSFT_SKIP"
}

_ktap_test() {
	local result=$1 description=$2 directive=${3-}
	KTAP_TESTNO=$((KTAP_TESTNO + 1))
	echo "$result $KTAP_TESTNO $description${directive:+ # $directive}"
}

ktap_test_pass() {
	_ktap_test ok "$1"
	KTAP_PASSED=$((KTAP_PASSED + 1))
}

ktap_test_skip() {
	_ktap_test ok "$1" "SKIP ${2-}"
	KTAP_SKIPPED=$((KTAP_SKIPPED + 1))
}

ktap_test_fail() {
	_ktap_test "not ok" "$1"
	KTAP_FAILED=$((KTAP_FAILED + 1))
}

# ktap_test_result DESCRIPTION COMMAND...: passes if COMMAND succeeds. What it
# prints is shown when it fails. It runs in this shell: what it starts in the
# background can be waited for later.
ktap_test_result() {
	local description=$1 log=${TMP:-/tmp}/ktap.log rc=0
	shift
	"$@" >"$log" 2>&1 || rc=$?
	if [ "$rc" = 0 ]; then
		ktap_test_pass "$description"
		return 0
	fi
	ktap_print_msg "'$*' returned $rc: $(<"$log")"
	ktap_test_fail "$description"
	return 1
}

# ktap_exit_fail_msg MESSAGE: the rest makes no sense without what just failed.
ktap_exit_fail_msg() {
	ktap_print_msg "$*"
	ktap_test_fail "set-up"
	exit "$KSFT_FAIL"
}

# ktap_status: the exit status for what has been reported.
ktap_status() {
	if [ "$KTAP_FAILED" != 0 ] || [ "$KTAP_TESTNO" != "$KTAP_PLAN" ]; then
		return "$KSFT_FAIL"
	elif [ "$KTAP_PASSED" = 0 ] && [ "$KTAP_SKIPPED" != 0 ]; then
		return "$KSFT_SKIP"
	fi
	return "$KSFT_PASS"
}

ktap_print_totals() {
	[ "$KTAP_TESTNO" = "$KTAP_PLAN" ] ||
		ktap_print_msg "planned ${KTAP_PLAN:-nothing}, ran $KTAP_TESTNO"
	echo "# Totals: pass:$KTAP_PASSED fail:$KTAP_FAILED xfail:0 xpass:0" \
		"skip:$KTAP_SKIPPED error:0"
}

ktap_finished() {
	KTAP_DONE=1
	ktap_print_totals
	ktap_status
	exit $?
}
