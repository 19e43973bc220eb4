# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash source-path=SCRIPTDIR
#
# What every selftest starts from: the helpers beside this file, a scratch
# directory, one clean-up for every way out, and the usual target.

# shellcheck disable=SC2034 # used by the scripts that source this file
{
	TISER_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
	TISER_ADDR=${TISER_ADDR:-10.0.0.1}
	TISER_ADDR2=${TISER_ADDR2:-10.0.0.2}
	TISER_ADDR6=${TISER_ADDR6:-fd00::1}
	TMP=$(mktemp -d /tmp/tiser.XXXXXX)
	IQN=iqn.2026-11.com.example:disk
	FAST=${TISER_FAST:-}
	# NAME=VALUE settings of the initiator's record, for attach.
	TERMS=()
}
[[ ${TISER_PROFILE-} != debug* ]] || FAST=1

. "$TISER_LIB/ktap.sh"
. "$TISER_LIB/wait.sh"
. "$TISER_LIB/klog.sh"
. "$TISER_LIB/tracefs.sh"
. "$TISER_LIB/rxe.sh"
. "$TISER_LIB/target.sh"
. "$TISER_LIB/teardown.sh"
. "$TISER_LIB/backstore.sh"
. "$TISER_LIB/initiator.sh"
. "$TISER_LIB/io.sh"
. "$TISER_LIB/raw.sh"
. "$TISER_LIB/bystander.sh"
. "$TISER_LIB/cases.sh"
. "$TISER_LIB/suites.sh"

# amount NORMAL FAST: how much of something, less on a slow kernel.
amount() {
	if [ -n "$FAST" ]; then echo "$2"; else echo "$1"; fi
}

# Everything any test may have made, in reverse. Runs on every way out.
cleanup() {
	local rc=$? job
	trap - EXIT INT TERM
	for job in $(jobs -p); do
		stop_process "$job"
	done
	if declare -F test_cleanup >/dev/null; then
		test_cleanup
	fi
	if ! restore; then
		ktap_print_msg "clean-up failed; the next test may too"
		[ "$rc" != 0 ] || rc=1
	fi
	rm -rf "$TMP"
	if [ -z "$KTAP_DONE" ] && [ "$rc" = 0 ]; then
		ktap_print_msg "ended without ktap_finished"
		rc=1
	fi
	exit "$rc"
}

restore() {
	local rc=0
	initiator_reset || rc=1
	target_destroy_all || rc=1
	backstore_destroy_all || rc=1
	target_unload || rc=1
	return "$rc"
}

# begin PLAN: header, plan, clean-up.
begin() {
	trap cleanup EXIT
	trap 'exit 1' INT TERM
	ktap_print_header
	ktap_set_plan "$1"
	klog_mark
}

# must COMMAND...: part of the set-up; the test ends when it fails.
must() {
	"$@" >"$TMP/must.log" 2>&1 ||
		ktap_exit_fail_msg "set-up failed: $*: $(<"$TMP/must.log")"
}

# serve IQN BACKSTORE...: a target in demo mode on the first address with the
# backstores as LUN 0, 1, ..., enabled.
serve() {
	local iqn=$1 store lun=0
	shift
	must target_load
	must target_create "$iqn"
	must target_demo "$iqn"
	must target_portal "$iqn" "$TISER_ADDR:3260"
	for store; do
		must target_lun "$iqn" "$lun" "$store"
		lun=$((lun + 1))
	done
	must target_enable "$iqn"
}

# serve_ramdisk: the usual target with a ramdisk of 16 MiB as LUN 0.
serve_ramdisk() {
	must backstore_ramdisk disk 16
	serve "$IQN" disk
}

# attach: the usual initiator logs in, with TERMS; its disk is in $DISK.
attach() {
	must initiator_start
	must initiator_login "$IQN" "$TISER_ADDR:3260" iser "${TERMS[@]}"
	DISK=$(initiator_disk "$IQN" 0) || ktap_exit_fail_msg "no disk appeared"
	ktap_print_msg "disk is $DISK"
}
