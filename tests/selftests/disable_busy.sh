#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: two initiators of open-iscsi over rxe, each with verified I/O on a
# target of its own.
# Proves: disabling a portal group, removing its portal, changing an ACL's window
# and removing an ACL or a LUN while commands are in progress ends the sessions
# concerned, returns, leaves no queue pair and does not touch the other target;
# what was only interrupted goes on without an error when the way is back.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

OTHER_IQN=iqn.2026-11.com.example:bystander
SECOND=iqn.2026-11.com.example:second

serve_two() {
	must backstore_ramdisk disk 16
	must backstore_ramdisk bystander 16
	must target_load
	must target_create "$IQN"
	must target_portal "$IQN" "$TISER_ADDR:3260"
	must target_lun "$IQN" 0 disk
	must target_acl "$IQN" "$INITIATOR" 0
	must target_enable "$IQN"
	must target_create $OTHER_IQN
	must target_demo $OTHER_IQN
	must target_portal $OTHER_IQN "$TISER_ADDR2:3260"
	must target_lun $OTHER_IQN 0 bystander
	must target_enable $OTHER_IQN
}

attach_two() {
	must initiator_start
	must initiator_add second $SECOND
	must initiator_login $OTHER_IQN "$TISER_ADDR2:3260" second
	BYSTANDER=$(initiator_disk $OTHER_IQN 0 second) || ktap_exit_fail_msg "no second disk"
	attach
}

has_no_session() {
	grep -q 'No active iSCSI Session' "$(tpg_dir "$IQN")/acls/$INITIATOR/info"
}

has_session() {
	not has_no_session
}

goes_on() {
	wait_for 90 has_session && wait_for 60 initiator_is_logged_in "$IQN" &&
		traffic_is_healthy main "$DISK"
}

disable() {
	target_disable "$IQN" && has_no_session && wait_for 30 equals "$without" rdma_count qp
}

is_cut_off() {
	not initiator_is_logged_in "$IQN" && is_alive "$(traffic_pid main)"
}

remove_portal() {
	rmdir "$(tpg_dir "$IQN")/np/$TISER_ADDR:3260" && has_no_session
}

change_window() {
	echo 16 >"$(tpg_dir "$IQN")/acls/$INITIATOR/cmdsn_depth"
}

# The initiator gets errors from here on, as it must.
remove_acl() {
	target_acl_remove "$IQN" "$INITIATOR" && wait_for 30 equals "$without" rdma_count qp
}

restore_acl() {
	target_acl "$IQN" "$INITIATOR" 0 && wait_for 90 has_session &&
		wait_for 60 initiator_is_logged_in "$IQN"
}

remove_lun() {
	local acl
	acl=$(tpg_dir "$IQN")/acls/$INITIATOR
	rm "$acl/lun_0/map" && rmdir "$acl/lun_0" && target_lun_remove "$IQN" 0
}

restore_lun() {
	local acl
	acl=$(tpg_dir "$IQN")/acls/$INITIATOR
	target_lun "$IQN" 0 disk && mkdir "$acl/lun_0" &&
		ln -s "$(tpg_dir "$IQN")/lun/lun_0" "$acl/lun_0/map"
}

# A fresh session, because the initiator may have given up the old disk.
verified_again() {
	initiator_logout "$IQN" >/dev/null && iscsiadm -m node -T "$IQN" -o delete &&
		initiator_login "$IQN" >/dev/null && DISK=$(initiator_disk "$IQN" 0) &&
		fio_verify "$DISK" 4k 4 128k
}

begin 16
serve_two
attach_two
# One queue pair at either end of a session.
without=$(($(rdma_count qp) - 2))
must traffic_start other "$BYSTANDER"
must traffic_start main "$DISK"

ktap_test_result "disable under I/O ends the session and returns" disable
ktap_test_result "I/O is cut off, not failed" wait_for 30 is_cut_off
ktap_test_result "the other target is not disturbed" traffic_is_healthy other "$BYSTANDER"
must target_enable "$IQN"
ktap_test_result "I/O goes on when enabled again" goes_on
ktap_test_result "portal is removed under I/O" remove_portal
must target_portal "$IQN" "$TISER_ADDR:3260"
ktap_test_result "I/O goes on when the portal is back" goes_on
ktap_test_result "ACL's window changes under I/O" change_window
ktap_test_result "I/O goes on in the new window" goes_on
ktap_test_result "no error in all of that" traffic_stop main

must traffic_start_careless main "$DISK"
ktap_test_result "LUN is removed under I/O" remove_lun
must restore_lun
ktap_test_result "ACL is removed under I/O" remove_acl
ktap_test_result "initiator comes back with the ACL" restore_acl
stop_process "$(traffic_pid main)"
ktap_test_result "verified I/O after all that" verified_again
ktap_test_result "the other target was never disturbed" traffic_is_healthy other "$BYSTANDER"
ktap_test_result "and saw no error" traffic_stop other
must initiator_reset
ktap_test_result "group without sessions can be removed" target_destroy "$IQN"
ktap_finished
