# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The scripted initiator tests/tools/iser_raw: PDUs no real initiator sends. Its
# README describes the commands of a script.

RAW_INITIATOR=iqn.2026-11.com.example:iser-raw

# Asked a thousand times, so not by modprobe each time.
_raw_modules() {
	[ -d /sys/module/rdma_ucm ] || modprobe -q rdma_ucm
	[ -d /sys/module/ib_uverbs ] || modprobe -q ib_uverbs
}

# raw [OPTION...]: runs the script on stdin against the usual target.
raw() {
	_raw_modules
	within 120 iser_raw -T "$IQN" -i "$RAW_INITIATOR" "$@" "$TISER_ADDR:${RAW_PORT-3260}"
}

# raw_test DESCRIPTION [OPTION...]: one result for the script on stdin.
raw_test() {
	local description=$1
	shift
	ktap_test_result "$description" raw "$@"
}

# raw_start NAME [OPTION...]: the script on stdin beside the test; its process id
# in $NAME_PID.
raw_start() {
	local name=$1
	shift
	_raw_modules
	cat >"$TMP/$name.script"
	iser_raw -T "$IQN" -i "$RAW_INITIATOR" "$@" "$TISER_ADDR:3260" \
		<"$TMP/$name.script" >"$TMP/$name.log" 2>&1 &
	printf -v "${name}_PID" %s $!
}

# raw_end NAME: it succeeded.
raw_end() {
	local pid=${1}_PID rc=0
	reap "${!pid}" 120 || rc=$?
	[ "$rc" = 0 ] || cat "$TMP/$1.log" >&2
	return "$rc"
}

# raw_is_served: somebody new logs in and gets data.
raw_is_served() {
	raw -i "$RAW_INITIATOR.check" <<-SCRIPT
		session
		io count=8 depth=4 size=4096
		logout
		expect logout response=00
	SCRIPT
}

# raw_whole_command MIB: written and read back by one command each.
raw_whole_command() {
	raw <<-SCRIPT
		session
		write lba=0 blocks=$(($1 * 2048)) pattern=$1
		expect scsi status=00 residual=0
		read lba=0 blocks=$(($1 * 2048))
		expect scsi status=00 residual=0
		verify pattern=$1
	SCRIPT
}

# raw_held PATTERN [COUNT]: the script on stdin, while the device "slow" holds its
# commands back until the kernel has logged PATTERN COUNT times, or, with "-", the
# script has said "echo release".
raw_held() {
	klog_mark
	slow_device_set slow 3600000 || return 1
	raw_start HELD
	if wait_for 60 _raw_may_release "$1" "${2-1}" && slow_device_set slow 0; then
		raw_end HELD
		return
	fi
	cat "$TMP/HELD.log" >&2
	slow_device_set slow 0
	return 1
}

# Also when the script has failed: its end says so.
_raw_may_release() {
	if ! kill -0 "$HELD_PID" 2>/dev/null; then
		return 0
	elif [ "$1" = - ]; then
		grep -q '^# release' "$TMP/HELD.log"
	else
		[ "$(klog_since | grep -c "$1")" -ge "$2" ]
	fi
}
