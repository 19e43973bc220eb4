#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: the module alone, then a target with a portal and no initiator.
# Proves: the module loads, registers the fabric "iser" with LIO, cannot be
# removed while its configfs root exists, leaves nothing on the RDMA device when
# it goes, and loads again.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

root_needs_module() {
	fails_with "Invalid argument" mkdir "$FABRIC"
}

root_appears() {
	mkdir "$FABRIC" && grep -q "$TISER_MODULE_NAME" "$FABRIC/version"
}

is_in_use() {
	fails_with "in use" rmmod "$TISER_MODULE_NAME"
}

portal_listens() {
	backstore_ramdisk disk 4 && target_create "$IQN" && target_lun "$IQN" 0 disk &&
		target_portal "$IQN" "$TISER_ADDR:3260" && target_enable "$IQN" &&
		rdma resource show cm_id | grep -F "[$TISER_MODULE_NAME]" |
			grep -q "state LISTEN.*$TISER_ADDR:3260"
}

one_reload() {
	target_load && target_create "$IQN" &&
		target_portal "$IQN" "$TISER_ADDR:3260" && target_enable "$IQN" &&
		target_destroy "$IQN" && target_unload
}

begin 11
must modprobe -a target_core_mod rdma_cm
must not target_is_loaded
before=$(rdma_snapshot)

ktap_test_result "no fabric directory without the module" root_needs_module
ktap_test_result "module loads" target_insert
ktap_test_result "fabric directory appears" root_appears
ktap_test_result "module with a fabric directory cannot be removed" is_in_use
ktap_test_result "portal of an enabled group listens" portal_listens
ktap_test_result "module with a target cannot be removed" is_in_use
ktap_test_result "target is removed with everything below it" target_destroy "$IQN"
ktap_test_result "module unloads" target_unload
ktap_test_result "fabric directory is gone with it" test ! -d "$FABRIC"
ktap_test_result "RDMA device is as before" rdma_back_to "$before"
ktap_test_result "module loads and unloads again and again" \
	repeat "$(amount 5 2)" one_reload
ktap_finished
