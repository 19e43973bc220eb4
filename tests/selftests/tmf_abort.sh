#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi over rxe; LUN 0 is a ramdisk, LUN 1 a block device whose
# answers can be held back.
# Proves: ABORT TASK and the resets are executed and answered (RFC 7143,
# 11.5, 11.6), the initiator's error handling succeeds with them, and neither
# costs the session. tmf_raw.sh looks at the PDUs.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

statistic() {
	iscsiadm -m session -r "$sid" -s | awk -v name="$1:" '$1 == name { print $2 }'
}

more_than() {
	[ "$(statistic "$1")" -gt "$2" ]
}

hold_back_a_read() {
	slow_device_set slow 3600000 || return 1
	background READ dd if="$SLOW" of="$TMP/read" bs=4k count=1 iflag=direct
	wait_for 20 not equals 0 in_flight "$SLOW"
}

abort_is_sent() {
	wait_for 60 more_than tmfcmd_pdus "$requests"
}

abort_is_answered() {
	slow_device_set slow 0 && wait_for 60 more_than tmfrsp_pdus "$responses"
}

read_succeeds() {
	returns 0 reap "$READ_PID" 60 && equals 4096 stat -c %s "$TMP/read"
}

connection_survived() {
	! klog_since | grep -E 'detected conn error|ping timeout|session recovery timed out'
}

reset_idle() {
	sg_reset --no-esc --device "$DISK"
}

reset_answered() {
	[ "$(statistic tmfrsp_pdus)" -gt "$responses" ]
}

reset_busy() {
	sg_reset --no-esc --device "$DISK" && traffic_is_healthy main "$DISK"
}

reset_target_busy() {
	requests=$(statistic tmfcmd_pdus)
	sg_reset --no-esc --target "$DISK" && more_than tmfcmd_pdus "$requests" &&
		traffic_is_healthy main "$DISK"
}

reset_with_held_command() {
	hold_back_a_read || return 1
	requests=$(statistic tmfcmd_pdus)
	background RESET sg_reset --no-esc --device "$SLOW"
	wait_for 60 more_than tmfcmd_pdus "$requests" && slow_device_set slow 0 &&
		returns 0 reap "$RESET_PID" 60 && read_succeeds
}

begin 11
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
attach
SLOW=$(initiator_disk "$IQN" 1) || ktap_exit_fail_msg "no slow disk"
echo 5 >"/sys/block/${SLOW##*/}/device/timeout"
sid=$(initiator_session "$IQN")
sid=${sid##*session}
requests=$(statistic tmfcmd_pdus)
responses=$(statistic tmfrsp_pdus)
klog_mark

must hold_back_a_read
ktap_test_result "command that hangs is aborted" abort_is_sent
ktap_test_result "ABORT TASK is answered" abort_is_answered
ktap_test_result "command succeeds when tried again" read_succeeds
responses=$(statistic tmfrsp_pdus)
ktap_test_result "LOGICAL UNIT RESET of an idle disk" reset_idle
ktap_test_result "is answered" reset_answered
must traffic_start main "$DISK"
ktap_test_result "LOGICAL UNIT RESET under I/O" repeat "$(amount 5 2)" reset_busy
ktap_test_result "TARGET WARM RESET under I/O" reset_target_busy
ktap_test_result "I/O saw no error" traffic_stop main
ktap_test_result "LOGICAL UNIT RESET of a unit that hangs" reset_with_held_command
ktap_test_result "connection survived all of it" connection_survived
ktap_test_result "data come back unchanged" fio_verify "$DISK" 4k 4 128k
ktap_finished
