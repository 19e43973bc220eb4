#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw dies again and again with commands in flight (RDMA CM
# disconnect, destroyed queue pair, SIGKILL in turn) while open-iscsi has verified
# I/O on the same portal group.
# Proves: nothing of a lost connection stays, on the RDMA device or in memory; the
# other initiator's I/O goes on between any two deaths and sees no error.
# TISER_KILLS: how many (100 in the profile soak).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

KILLS=${TISER_KILLS:-$(amount 12 6)}
[ "${TISER_PROFILE-}" != soak ] || KILLS=${TISER_KILLS:-100}

kill_and_look() {
	raw <<-SCRIPT || return 1
		kill_loop count=3 depth=16 size=65536
	SCRIPT
	traffic_is_healthy main "$DISK"
}

many_deaths() {
	repeat $((KILLS / 3)) kill_and_look
}

death_in_login() {
	raw <<-SCRIPT
		connect
		abandon
		conn two
		connect
		login t=0
		expect login status=0000
		abandon
		conn three
		connect
		login
		disconnect
	SCRIPT
}

memory_is_flat() {
	slab_snapshot "$TMP/after"
	local grown
	grown=$(slab_growth "$TMP/before" "$TMP/after" $((KILLS * 3 + 300)))
	[ -z "$grown" ] || {
		echo "$grown" >&2
		return 1
	}
}

begin 7
must backstore_ramdisk disk 16
must backstore_ramdisk other 16
serve "$IQN" other disk
must initiator_start
must initiator_login "$IQN"
DISK=$(initiator_disk "$IQN" 1) || ktap_exit_fail_msg "no disk"
must traffic_start main "$DISK"
must raw_is_served
before=$(rdma_snapshot)
slab_snapshot "$TMP/before"

ktap_test_result "$KILLS deaths under I/O, the other initiator goes on" many_deaths
ktap_test_result "deaths during the login" death_in_login
ktap_test_result "nothing is left on the RDMA device" rdma_back_to "$before"
ktap_test_result "one session is left" wait_for 30 equals "$INITIATOR" target_sessions "$IQN"
if slab_usable; then
	ktap_test_result "memory does not grow" memory_is_flat
else
	ktap_test_skip "memory does not grow" "kmemleak looks for leaks here"
fi
ktap_test_result "the other initiator saw no error" traffic_stop main
ktap_print_msg "its longest wait: $(grep -m 1 'clat.*max=' "$TMP/main.log" | tr -s ' ')"
ktap_test_result "somebody new is served" raw_is_served
ktap_finished
