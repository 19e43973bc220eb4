#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw, LUN 1 a block device whose answers can be held back;
# open-iscsi with verified I/O on another target of the same RDMA device.
# Proves (H180 to H193): an initiator may die at any step, with commands anywhere;
# the RDMA device may go with connections in every state and come back; what is
# configured may change under I/O. Nothing stays, nobody waits for a backend that
# hangs, and others go on. connloss.sh, reinstate.sh, disable_busy.sh and
# unload_busy.sh have the rest of these rows.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

HANG=3600000

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	rdma link show "$TISER_RDMADEV/1" >/dev/null 2>&1 || rdma_device_returns
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

rdma_device_goes() {
	rdma link del "$TISER_RDMADEV"
}

rdma_device_returns() {
	rdma link add "$TISER_RDMADEV" type rxe netdev "$TISER_NETDEV"
}

# killed_at MARK: SIGKILL to the script on stdin when it has said MARK.
killed_at() {
	raw_start VICTIM
	wait_for 30 grep -q "^# $1" "$TMP/VICTIM.log" || {
		cat "$TMP/VICTIM.log" >&2
		return 1
	}
	kill -9 "$VICTIM_PID"
	wait "$VICTIM_PID" 2>/dev/null
	return 0
}

# STEPS: what was done before the kill.
STEPS=(
	"connect"
	"connect; login t=0"
	"connect; login t=0; expect login status=0000"
	"connect; login csg=0 nsg=1 keys=names AuthMethod=None; expect login status=0000"
	"connect; login"
	"session"
	"session; tur"
	"session; logout"
	"session; repeat 16 write blocks=128; repeat 16 read blocks=128"
	"session; repeat 32 read lun=1 blocks=8"
	"session; repeat 16 write lun=1 blocks=64"
	"session; repeat 4 read lun=1 blocks=8; tmf function=5 lun=1"
)

kill_after() {
	killed_at reached <<<"$1; echo reached; sleep_ms 60000"
}

# Everything of the dead is gone, whatever still hangs in the backend.
gone_without_backend() {
	rdma_back_to "$BASELINE" && raw_is_served
}

release_backend() {
	slow_device_set slow 0 &&
		wait_for 60 equals "" target_sessions "$IQN"
}

hold_backend() {
	raw <<<"session; repeat 2 tur lun=1; repeat 2 expect scsi; logout; expect logout" \
		>/dev/null && slow_device_set slow $HANG
}

# The old session is in its Logout, or waits for an abort, when the new one comes.
reinstated_over() {
	raw <<-SCRIPT
		conn old
		session isid=00023d0000dd
		$1
		conn new
		session isid=00023d0000dd
		io count=4
	SCRIPT
}

# Connections in every state when the device goes.
device_goes_with_all() {
	local name
	raw_start SILENT <<<"connect; echo reached; expect disconnect"
	raw_start LOGIN <<<"connect; login t=0; expect login; echo reached; expect disconnect"
	raw_start IDLE <<<"session; echo reached; expect disconnect"
	raw_start HELD <<-SCRIPT
		session
		repeat 8 read lun=1 blocks=8
		repeat 8 write lun=1 blocks=64
		echo reached
		expect disconnect
	SCRIPT
	raw_start DISCOVERY <<<"connect; login discovery; expect login; echo reached; expect disconnect"
	for name in SILENT LOGIN IDLE HELD DISCOVERY; do
		wait_for 30 grep -q '^# reached' "$TMP/$name.log" || {
			cat "$TMP/$name.log" >&2
			return 1
		}
	done
	within 60 rdma link del "$TISER_RDMADEV" || return 1
	for name in SILENT LOGIN IDLE HELD DISCOVERY; do
		raw_end $name >/dev/null 2>&1
	done
	return 0
}

portals_serve_again() {
	wait_for 60 raw_is_served
}

bystander_is_back() {
	wait_for 90 initiator_is_logged_in "$BYSTANDER_IQN" &&
		traffic_is_healthy bystander "$BYSTANDER"
}

flood_while_disabled() {
	raw_start FLOOD -k <<-SCRIPT
		session
		echo reached
		repeat 400 nop data=64
	SCRIPT
	wait_for 30 grep -q '^# reached' "$TMP/FLOOD.log" && target_disable "$IQN" &&
		target_enable "$IQN" && reap "$FLOOD_PID" 60
	[ $? -le 1 ]
}

acl_changes_under_io() {
	target_acl "$IQN" "$RAW_INITIATOR.acl" 0 || return 1
	raw_start UNDER -k -i "$RAW_INITIATOR.acl" <<-SCRIPT
		session
		echo reached
		repeat 20 io count=32 depth=16 size=16384
	SCRIPT
	wait_for 30 grep -q '^# reached' "$TMP/UNDER.log" &&
		target_acl_remove "$IQN" "$RAW_INITIATOR.acl" && reap "$UNDER_PID" 60
	[ $? -le 1 ]
}

lun_goes_under_io() {
	raw_start UNDER -k <<-SCRIPT
		session
		echo reached
		repeat 20 io count=32 depth=16 size=16384
	SCRIPT
	wait_for 30 grep -q '^# reached' "$TMP/UNDER.log" && target_lun_remove "$IQN" 0 &&
		target_lun "$IQN" 0 disk && reap "$UNDER_PID" 60
	[ $? -le 1 ]
}

begin $((${#STEPS[@]} + 13 + BYSTANDER_RESULTS))
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
bystander_start

must hold_backend
for step in "${STEPS[@]}"; do
	ktap_test_result "H183 killed after: $step" kill_after "$step"
done
ktap_test_result "H180 H182 all of them are gone while the backend hangs" gone_without_backend
ktap_test_result "H186 reinstatement of a session in its Logout" reinstated_over "logout"
ktap_test_result "H186 reinstatement of a session with an abort that hangs" \
	reinstated_over "read lun=1 blocks=8 itt=0x100; tmf function=1 lun=1 rtt=0x100 ref_cmdsn=-1"
ktap_test_result "H181 the backend answers when nobody is there" release_backend
raw_test "H188 more transfers than the send queue holds" <<-SCRIPT
	session
	io count=64 depth=32 size=131072
SCRIPT
ktap_test_result "H192 pings while the group is disabled" flood_while_disabled
ktap_test_result "H185 ACL is removed under I/O" acl_changes_under_io
ktap_test_result "H185 LUN is removed under I/O" lun_goes_under_io
ktap_test_result "H191 new connections at once, again and again" raw <<<"login_loop count=5"
ktap_test_result "and the other session goes on" traffic_is_healthy bystander "$BYSTANDER"

must hold_backend
ktap_test_result "H184 R09 RDMA device goes with connections in every state" device_goes_with_all
must slow_device_set slow 0
must rdma_device_returns
ktap_test_result "R09 portals serve again when it is back" portals_serve_again
ktap_test_result "R09 the other session is back" bystander_is_back
bystander_end
ktap_finished
