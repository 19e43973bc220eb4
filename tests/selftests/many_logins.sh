#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: four iser_raw with 16 connections each against a ramdisk.
# Proves: 64 sessions log in at the same time, none fails, all live side by side;
# a login costs no more messages than it must.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

NAMES=(one two three four)
SHARE=16

crowd() {
	local name rc=0
	for name in "${NAMES[@]}"; do
		raw_start "$name" -i "$RAW_INITIATOR.$name" <<-SCRIPT
			storm connections=$SHARE together keep min=$SHARE alive=$SHARE
			sleep_ms 600000
		SCRIPT
	done
	for name in "${NAMES[@]}"; do
		wait_for 60 logged_in "$name" || {
			cat "$TMP/$name.log" >&2
			rc=1
		}
	done
	return "$rc"
}

logged_in() {
	grep -q "$SHARE of $SHARE connections made, $SHARE alive" "$TMP/$1.log"
}

# Ours and theirs.
queue_pairs() {
	[ "$(rdma_count qp)" -ge $((2 * ${#NAMES[@]} * SHARE)) ]
}

leave() {
	local name pid
	for name in "${NAMES[@]}"; do
		pid=${name}_PID
		stop_process "${!pid}"
	done
}

begin 6
serve_ramdisk
must raw_is_served
before=$(rdma_snapshot)

ktap_test_result "$((${#NAMES[@]} * SHARE)) logins at once" crowd
ktap_test_result "all are sessions" queue_pairs
ktap_test_result "somebody else is served" raw_is_served
leave
ktap_test_result "nothing is left" rdma_back_to "$before"
raw_test "a login takes two round trips" <<-SCRIPT
	session
	requests max=2
SCRIPT
raw_test "with a security stage three" <<-SCRIPT
	connect
	login csg=0 nsg=1 keys=names AuthMethod=None SessionType=Normal
	expect login status=0000 t=1 csg=0 nsg=1
	login keys=ops drop=SessionType
	expect login status=0000 t=1 nsg=3
	requests max=3
SCRIPT
ktap_finished
