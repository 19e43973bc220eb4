#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: targets that share addresses and ports of one rxe device; iser_raw,
# and open-iscsi with verified I/O.
# Proves: a login gets to the target it names (RFC 7143, 6.1: SendTargets and
# TargetName, 13.4), whoever else is reached there; removing one leaves the others
# alone; a portal waits for its address and survives its loss; a wildcard serves
# every address beside portals of single ones, [::] also IPv4; what cannot be is
# refused with the reason in the log.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

OTHER=iqn.2026-11.com.example:other
NEW_ADDR=10.0.0.77

# target_for IQN BACKSTORE: enabled, with no portal.
target_for() {
	must target_create "$1"
	must target_demo "$1"
	must target_lun "$1" 0 "$2"
	must target_enable "$1"
}

portal_remove() {
	rmdir "$(tpg_dir "$1")/np/$2"
}

portal_state() {
	cat "$(tpg_dir "$1")/np/$2/state"
}

# state_is IQN PORTAL PATTERN
state_is() {
	[[ $(portal_state "$1" "$2") =~ ^$3 ]]
}

# served ADDRESS IQN: verified I/O.
served() {
	iser_raw -T "$2" -i "$RAW_INITIATOR" "$1" <<-SCRIPT
		session
		io count=8 depth=4 size=4096
		logout
		expect logout response=00
	SCRIPT
}

both_served() {
	served "$1" "$IQN" && served "$1" $OTHER
}

# not_found ADDRESS IQN: a target that is not reached there.
not_found() {
	iser_raw -T "$2" -i "$RAW_INITIATOR" "$1" <<-SCRIPT
		connect
		login
		expect login status=0203
		expect disconnect
	SCRIPT
}

# discovered ADDRESS KEY=VALUE...: by SendTargets=All there.
discovered() {
	local address=$1
	shift
	iser_raw -T "$IQN" -i "$RAW_INITIATOR" "$address" <<-SCRIPT
		connect
		login discovery
		expect login status=0000 t=1
		text SendTargets=All
		expect text $*
	SCRIPT
}

nobody_listens() {
	iser_raw -T "$IQN" -i "$RAW_INITIATOR" "$1" <<-SCRIPT
		connect expect=reject
	SCRIPT
}

# refused PATTERN IQN TAG PORTAL: with one line that says why.
refused() {
	klog_mark
	fails_with "Invalid argument" mkdir "$(tpg_dir "$2" "$3")/np/$4" &&
		klog_said_why && klog_has "refused: $1"
}

# logged_once PATTERN
logged_once() {
	[ "$(klog_ours | grep -c "$1")" = 1 ] && return 0
	klog_ours >&2
	return 1
}

removal_leaves_others() {
	portal_remove $OTHER "$TISER_ADDR:3260" && not_found "$TISER_ADDR:3260" $OTHER &&
		traffic_is_healthy main "$DISK"
}

disabled_leaves_others() {
	target_disable $OTHER && traffic_is_healthy main "$DISK" &&
		discovered "$TISER_ADDR:3260" "TargetName=$IQN" &&
		target_enable $OTHER && served "$TISER_ADDR:3260" $OTHER
}

waits_for_address() {
	klog_mark
	target_portal "$IQN" $NEW_ADDR:3260 && klog_said_why &&
		klog_has 'waiting: no interface has the address' &&
		state_is "$IQN" $NEW_ADDR:3260 'waiting: no interface'
}

address_comes() {
	ip addr add $NEW_ADDR/24 dev "$TISER_NETDEV" &&
		wait_for 20 state_is "$IQN" $NEW_ADDR:3260 "listening $TISER_RDMADEV" &&
		served $NEW_ADDR:3260 "$IQN"
}

address_goes() {
	klog_mark
	ip addr del $NEW_ADDR/24 dev "$TISER_NETDEV" &&
		wait_for 20 state_is "$IQN" $NEW_ADDR:3260 waiting &&
		logged_once "$NEW_ADDR:3260: no longer listening"
}

# Under a session of an initiator that is silent meanwhile: ib_iser may crash when
# its source address goes.
address_moves() {
	background HELD iser_raw -T "$IQN" -i "$RAW_INITIATOR.held" \
		-c "session; echo begun; sleep_ms 600000" $NEW_ADDR:3260
	wait_for 20 grep -q begun "$TMP/HELD.log" && address_goes && address_comes &&
		is_alive "$HELD_PID" && stop_process "$HELD_PID"
}

# A wildcard takes over from portals of addresses and gives the port back.
wildcard_comes() {
	target_portal $OTHER "[::0]:3260" && served "$TISER_ADDR2:3260" $OTHER &&
		served "[$TISER_ADDR6]:3260" $OTHER && both_served "$TISER_ADDR:3260" &&
		state_is "$IQN" "$TISER_ADDR:3260" listening &&
		state_is $OTHER "[::0]:3260" listening &&
		not_found "$TISER_ADDR2:3260" "$IQN"
}

wildcard_is_listed() {
	discovered "$TISER_ADDR2:3260" "TargetName=$OTHER" "TargetAddress=$TISER_ADDR2:3260,1" \
		"TargetName=$IQN" "TargetAddress=$TISER_ADDR:3260,1"
}

address_beside_wildcard() {
	target_portal "$IQN" "$TISER_ADDR2:3260" && both_served "$TISER_ADDR2:3260" &&
		portal_remove "$IQN" "$TISER_ADDR2:3260" && not_found "$TISER_ADDR2:3260" "$IQN" &&
		target_portal "$IQN" 0.0.0.0:3260 && both_served "$TISER_ADDR2:3260" &&
		portal_remove "$IQN" 0.0.0.0:3260 && traffic_is_healthy main "$DISK"
}

wildcard_goes() {
	portal_remove $OTHER "[::0]:3260" && nobody_listens "$TISER_ADDR2:3260" &&
		served "$TISER_ADDR:3260" "$IQN" && traffic_is_healthy main "$DISK"
}

# A session belongs to the portal that fits best, whichever was there first, and
# goes with that one alone.
best_portal_has_session() {
	local rc=0
	target_portal "$IQN" 0.0.0.0:3260 && target_portal "$IQN" "$TISER_ADDR2:3260" || return 1
	background BEST iser_raw -T "$IQN" -i "$RAW_INITIATOR.best" \
		-c "session; echo begun; sleep_ms 600000" "$TISER_ADDR2:3260"
	wait_for 20 grep -q begun "$TMP/BEST.log" || rc=1
	klog_mark
	portal_remove "$IQN" 0.0.0.0:3260 && not klog_has "session of $RAW_INITIATOR.best" || rc=1
	portal_remove "$IQN" "$TISER_ADDR2:3260" && wait_for 20 klog_has \
		"session of $RAW_INITIATOR.best .* ended: administrator: its portal was removed" || rc=1
	stop_process "$BEST_PID"
	return "$rc"
}

# Another RDMA CM listener, in user space.
start_foreign() {
	modprobe -q rdma_ucm
	background FOREIGN rping -s -a "$1" -p 3265
	wait_for 10 foreign_listens
}

foreign_listens() {
	rdma resource show cm_id | grep -q '3265.*rping\|rping.*3265'
}

foreign_takes() {
	local rc=0
	start_foreign "$1" || return 1
	shift
	while [ $# -gt 0 ]; do
		refused 'the port is taken' "$IQN" 1 "$1" || rc=1
		shift
	done
	stop_process "$FOREIGN_PID"
	return "$rc"
}

second_group() {
	mkdir -p "$(tpg_dir "$IQN" 2)" &&
		refused 'another portal group of this target' "$IQN" 2 "$1"
}

same_address() {
	target_portal $OTHER "[::]:3266" &&
		refused 'this portal group has the address' $OTHER 1 "[::0]:3266" &&
		portal_remove $OTHER "[::]:3266"
}

test_cleanup() {
	initiator_reset
	ip addr del $NEW_ADDR/24 dev "$TISER_NETDEV" 2>/dev/null
}

begin 23
must backstore_ramdisk disk 16
must backstore_ramdisk other 16
must target_load
_raw_modules
target_for "$IQN" disk
target_for $OTHER other
for portal in "$TISER_ADDR:3260" "[$TISER_ADDR6]:3260"; do
	must target_portal "$IQN" "$portal"
	must target_portal $OTHER "$portal"
done

ktap_test_result "two targets on one IPv4 address" both_served "$TISER_ADDR:3260"
ktap_test_result "two targets on one IPv6 address" both_served "[$TISER_ADDR6]:3260"
ktap_test_result "one listener for both" equals 2 rdma_owned cm_id
ktap_test_result "a third is not found" not_found "$TISER_ADDR:3260" iqn.2026-11.com.example:third
ktap_test_result "discovery lists both" discovered "$TISER_ADDR:3260" "TargetName=$IQN" "TargetName=$OTHER"
ktap_test_result "portal before its address" waits_for_address
ktap_test_result "comes up with the address" address_comes
ktap_test_result "address goes" address_goes
ktap_test_result "and comes back" address_comes
ktap_test_result "address goes and comes under a session" address_moves
attach
# iser_raw writes at the beginning of the disk.
must traffic_start main "$DISK" --rate_iops=40 --offset=8M
ktap_test_result "disabling a target leaves the other alone" disabled_leaves_others
ktap_test_result "removing a portal leaves the other alone" removal_leaves_others
must target_portal $OTHER "$TISER_ADDR:3260"
ktap_test_result "both again" both_served "$TISER_ADDR:3260"
must portal_remove $OTHER "$TISER_ADDR:3260"
must portal_remove $OTHER "[$TISER_ADDR6]:3260"
must portal_remove "$IQN" "[$TISER_ADDR6]:3260"
ktap_test_result "wildcard for both families takes over" wildcard_comes
ktap_test_result "wildcard in SendTargets" wildcard_is_listed
ktap_test_result "address and second wildcard beside it" address_beside_wildcard
ktap_test_result "wildcard gives the port back" wildcard_goes
ktap_test_result "a session is the best portal's, not the first's" best_portal_has_session
ktap_test_result "I/O saw no error" traffic_stop main
ktap_test_result "two groups of a target on one address" second_group "$TISER_ADDR:3260"
ktap_test_result "nor behind a wildcard" second_group 0.0.0.0:3260
ktap_test_result "one address, two spellings" same_address
ktap_test_result "port taken by another listener" \
	foreign_takes "$TISER_ADDR" "$TISER_ADDR:3265" 0.0.0.0:3265 "[::]:3265"
ktap_finished
