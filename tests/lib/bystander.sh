# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Somebody who must not notice: open-iscsi with verified I/O on a target of its
# own, served through another portal of the same RDMA device, while the test
# mistreats the usual target.

BYSTANDER_IQN=iqn.2026-11.com.example:bystander

# bystander_start: its disk in $BYSTANDER; what is allocated by then is the
# baseline of bystander_end.
bystander_start() {
	must backstore_ramdisk bystander 16
	must target_load
	must target_create $BYSTANDER_IQN
	must target_demo $BYSTANDER_IQN
	must target_portal $BYSTANDER_IQN "$TISER_ADDR2:3260"
	must target_lun $BYSTANDER_IQN 0 bystander
	must target_enable $BYSTANDER_IQN
	must initiator_start
	must initiator_login $BYSTANDER_IQN "$TISER_ADDR2:3260"
	BYSTANDER=$(initiator_disk $BYSTANDER_IQN 0) || ktap_exit_fail_msg "no disk"
	# It must go on, not keep the processors busy.
	must traffic_start bystander "$BYSTANDER" --rate_iops=40
	must raw_is_served
	BASELINE=$(rdma_snapshot)
}

# BYSTANDER_RESULTS: how many results bystander_end adds to the plan.
# shellcheck disable=SC2034 # used by the scripts that source this file
BYSTANDER_RESULTS=4

# bystander_end: nothing is left, the other session was not disturbed, and
# somebody new is served.
bystander_end() {
	ktap_test_result "nothing of it is left" rdma_back_to "$BASELINE"
	ktap_test_result "the other session goes on" traffic_is_healthy bystander "$BYSTANDER"
	ktap_test_result "and saw no error" traffic_stop bystander
	ktap_test_result "somebody new is served" raw_is_served
}
