#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi over rxe with verified I/O on a ramdisk.
# Proves: the module cannot be removed under its users; the whole configuration
# can, with commands in progress; then the module unloads, nothing is left on the
# RDMA device, and after a reload the initiator goes on without an error.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

configure() {
	target_load && target_create "$IQN" && target_demo "$IQN" &&
		target_lun "$IQN" 0 disk && target_portal "$IQN" "$TISER_ADDR:3260" &&
		target_enable "$IQN"
}

goes_on() {
	wait_for 90 initiator_is_logged_in "$IQN" && traffic_is_healthy main "$DISK"
}

is_used() {
	fails_with "in use" rmmod "$TISER_MODULE_NAME"
}

begin 8
must backstore_ramdisk disk 16
must configure
attach
must traffic_start main "$DISK"

ktap_test_result "module with sessions cannot be removed" is_used
ktap_test_result "I/O is not disturbed by the attempt" traffic_is_healthy main "$DISK"
ktap_test_result "configuration is removed under I/O" target_destroy "$IQN"
ktap_test_result "module unloads" target_unload
ktap_test_result "nothing of it is left on the RDMA device" equals 0 rdma_owned cm_id
must configure
ktap_test_result "I/O goes on after a reload" goes_on
ktap_test_result "without an error" traffic_stop main
ktap_test_result "logout" initiator_logout "$IQN"
ktap_finished
