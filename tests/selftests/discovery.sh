#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: three targets on four portals (IPv4, IPv6, both wildcards), two
# initiators of open-iscsi on the same rxe device.
# Proves: SendTargets over iSER (RFC 7143, Appendix C; 4.3) lists what this
# initiator may use, a wildcard portal as the address it came in on, IPv6 in
# brackets; targets without permission or disabled are not listed.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

OPEN=iqn.2026-11.com.example:open
CLOSED=iqn.2026-11.com.example:closed
OFF=iqn.2026-11.com.example:off
OTHER=iqn.2026-11.com.example:other-initiator
LONG=$(printf 'a%.0s' {1..180})

lists() {
	initiator_discover "$1" "${3-iser}" | grep -qxF "$2"
}

lists_not() {
	local list
	list=$(initiator_discover "$1" "${3-iser}") || return 1
	! grep -qF "$2" <<<"$list" || {
		echo "$list" >&2
		return 1
	}
}

serve_three() {
	must target_load
	must target_create $OPEN
	must target_demo $OPEN
	must target_portal $OPEN "$TISER_ADDR:3260"
	must target_portal $OPEN "[$TISER_ADDR6]:3260"
	must target_portal $OPEN 0.0.0.0:3261
	must target_portal $OPEN "[::]:3262"
	must target_create $CLOSED
	must target_portal $CLOSED "$TISER_ADDR:3263"
	must tpg_set $CLOSED demo_mode_discovery=0
	must target_acl $CLOSED $OTHER
	must target_create $OFF
	must target_demo $OFF
	must target_portal $OFF "$TISER_ADDR:3264"
	must target_enable $OPEN
	must target_enable $CLOSED
}

ends_silently() {
	klog_mark
	initiator_discover "$TISER_ADDR:3260" >/dev/null && not klog_has '.'
}

disabled_portal_refuses() {
	! initiator_discover "$TISER_ADDR:3264"
}

# Text Responses of 8 KiB, of which they need a dozen; open-iscsi asks for more.
many_targets() {
	local number dirs=() wanted
	wanted=$(amount 500 60)
	for number in $(seq "$wanted"); do
		dirs+=("$(printf '%s/%s-%03d-%s/tpgt_1/np/%s:%d' "$FABRIC" "$OPEN" \
			"$number" "${LONG:0:140}" "$TISER_ADDR2" $((5000 + number)))")
	done
	mkdir -p "${dirs[@]}" || return 1
	for number in "$FABRIC/$OPEN"-*/tpgt_1/enable; do
		echo 1 >"$number" || return 1
	done
	equals "$wanted" eval "initiator_discover $TISER_ADDR:3260 |
		sort -u | grep -c '$OPEN-.*${LONG:0:140}'"
}

# All at once; one by one takes long.
no_more_targets() {
	rmdir "$FABRIC/$OPEN"-*/tpgt_1/np/* && rmdir "$FABRIC/$OPEN"-*/tpgt_1 &&
		rmdir "$FABRIC/$OPEN"-*
}

begin 19
serve_three
must initiator_start
must initiator_add second $OTHER

ktap_test_result "IPv4 portal" lists "$TISER_ADDR:3260" "$TISER_ADDR:3260,1 $OPEN"
ktap_test_result "IPv6 portal in brackets" lists "$TISER_ADDR:3260" "[$TISER_ADDR6]:3260,1 $OPEN"
ktap_test_result "asked over IPv6" lists "[$TISER_ADDR6]:3260" "$TISER_ADDR:3260,1 $OPEN"
ktap_test_result "IPv4 wildcard as the address used" lists "$TISER_ADDR:3261" "$TISER_ADDR:3261,1 $OPEN"
ktap_test_result "IPv4 wildcard as the other address" lists "$TISER_ADDR2:3261" "$TISER_ADDR2:3261,1 $OPEN"
ktap_test_result "IPv6 wildcard as the address used" lists "[$TISER_ADDR6]:3262" "[$TISER_ADDR6]:3262,1 $OPEN"
ktap_test_result "no wildcard address, IPv4" lists_not "$TISER_ADDR:3261" 0.0.0.0
ktap_test_result "no wildcard address, IPv6" lists_not "[$TISER_ADDR6]:3262" "[::]"
ktap_test_result "target without an ACL for us is hidden" lists_not "$TISER_ADDR:3260" $CLOSED
ktap_test_result "target is listed to whom its ACL names" \
	lists "$TISER_ADDR:3260" "$TISER_ADDR:3263,1 $CLOSED" second
ktap_test_result "disabled group is hidden" lists_not "$TISER_ADDR:3260" $OFF
ktap_test_result "portal of a disabled group answers no discovery" disabled_portal_refuses
ktap_test_result "end without Logout is no reason to log" ends_silently
ktap_test_result "again and again" repeat "$(amount 10 3)" \
	lists "$TISER_ADDR:3260" "$TISER_ADDR:3260,1 $OPEN"
ktap_test_result "more targets than one answer holds" many_targets
ktap_test_result "and away with them" no_more_targets
must tpg_set $OPEN generate_node_acls=0
must tpg_set $OFF generate_node_acls=0
raw_test "an initiator that has no target at all is told nothing" <<-SCRIPT
	connect
	login discovery
	expect login status=0000 t=1
	text SendTargets=All
	expect text f=1 data=0 absent=TargetName
SCRIPT
ktap_test_result "one that has a target sees what demo_mode_discovery adds" \
	lists "$TISER_ADDR:3260" "$TISER_ADDR:3260,1 $OPEN" second
target_destroy_all
ktap_test_result "no session and no resource is left" wait_for 20 equals 0 rdma_owned cm_id
ktap_finished
