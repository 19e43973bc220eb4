#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw opens connections and says nothing; others log in.
# Proves: a silent peer holds up nobody; the number of connections that have not
# logged in is bounded per portal, other portals are not affected; the login
# time-out frees them (RFC 7145, 5.1.2 wants little to be spent on them).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

BOUND=200
SILENT=240

log_in_beside_silence() {
	raw <<-SCRIPT
		storm connections=20 keep
		conn half
		connect
		login t=0
		expect login status=0000 t=0
		conn good
		connect
		login
		expect login status=0000 t=1 nsg=3 ms=5000
		io count=16
		logout
		expect logout response=00 ms=5000
	SCRIPT
}

storm_is_up() {
	[ "$(rdma_owned cm_id)" -gt 100 ]
}

is_bounded() {
	wait_for 60 storm_is_up || return 1
	local count
	count=$(rdma_owned cm_id)
	[ "$count" -le "$BOUND" ] || {
		echo "$count connections" >&2
		return 1
	}
}

other_portal_serves() {
	RAW_PORT=3261 raw_is_served
}

begin 8
serve_ramdisk
must target_portal "$IQN" "$TISER_ADDR:3261"
must raw_is_served
before=$(rdma_snapshot)

must tpg_set "$IQN" login_timeout=30
ktap_test_result "login beside silent connections" log_in_beside_silence
ktap_test_result "they are gone with their process" rdma_back_to "$before"

raw_start STORM <<-SCRIPT
	storm connections=$SILENT hold=40000 min=50
SCRIPT
ktap_test_result "silent connections are bounded" is_bounded
ktap_test_result "other portal is not affected" other_portal_serves
stop_process "$STORM_PID"
ktap_test_result "storm leaves nothing" rdma_back_to "$before"

must tpg_set "$IQN" login_timeout=5
raw_test "login time-out ends silence" <<-SCRIPT
	connect
	expect disconnect silent
	conn two
	connect
	login t=0
	expect login status=0000
	expect disconnect|login
SCRIPT
ktap_test_result "time-out leaves nothing" rdma_back_to "$before"
ktap_test_result "somebody else is served" raw_is_served
ktap_finished
