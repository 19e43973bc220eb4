#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw, with open-iscsi's verified I/O beside it.
# Proves: well-formed requests the target does not support, or that have no place
# where they are sent, are answered with Reject (RFC 7143, 11.17; RFC 7145, 7.3.9
# and 7.3.11) and the session goes on; what is rejected has not used its CmdSN
# (RFC 7143, 7.3); discovery sessions take nothing but Text
# and Logout (RFC 7143, 4.3).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

OTHER=iqn.2026-11.com.example:other
UNASSIGNED=(07 08 0f 1c 1e 20 25 31 3f)

# rejected REASON DESCRIPTION REQUEST: and the session is not harmed.
rejected() {
	raw_test "$2: $1" <<-SCRIPT
		session
		$3
		expect reject reason=$1
		nop data=8
		expect nop data=8
		io count=4
	SCRIPT
}

# The same for a request that takes a CmdSN, which stays to be sent again
# (RFC 7143, 7.3).
rejected_with_gap() {
	raw_test "$2: $1, its CmdSN is not used" <<-SCRIPT
		session cmdsn=100
		$3
		expect reject reason=$1
		nop data=8
		expect nop data=8
		window exp=100
		set cmdsn=100
		io count=4
	SCRIPT
}

rejected_in_discovery() {
	raw_test "discovery: $2: $1" <<-SCRIPT
		connect
		login discovery
		expect login status=0000 t=1
		$3
		expect reject reason=$1
	SCRIPT
}

# RFC 7143, Appendix C: All is for discovery. Reject or this target alone will do.
no_other_target() {
	raw >"$TMP/all" <<-SCRIPT || return 1
		session
		text SendTargets=All
		expect text|reject
		nop
		expect nop
	SCRIPT
	! grep "TargetName=$OTHER" "$TMP/all"
}

begin $((${#UNASSIGNED[@]} + 16))
must backstore_ramdisk disk 16
must backstore_ramdisk other 16
serve "$IQN" disk other
must target_create $OTHER
must target_demo $OTHER
must target_portal $OTHER "$TISER_ADDR2:3260"
must target_enable $OTHER
must initiator_start
must initiator_login "$IQN"
DISK=$(initiator_disk "$IQN" 1) || ktap_exit_fail_msg "no disk"
must traffic_start main "$DISK"

for opcode in "${UNASSIGNED[@]}"; do
	rejected 05 "opcode $opcode" "rawpdu op=$opcode"
done
rejected 04 "SNACK" "snack"
rejected 04 "Login in full feature phase" "login"
rejected 04 "Data-Out nobody asked for" "dataout itt=0x777 len=64"
rejected_with_gap 09 "Text that continues nothing" "text ttt=0x1234 SendTargets=All"
rejected_with_gap 04 "Text complete and continued" "text c=1 SendTargets=All"
rejected 09 "Logout for no known reason" "logout reason=9"
rejected_with_gap 09 "Logout in its turn for no known reason" "logout queued reason=9"
raw_test "SendTargets in a normal session names this target alone" <<-SCRIPT
	session
	text SendTargets=
	expect text f=1 TargetName=$IQN
	nop
	expect nop
SCRIPT
ktap_test_result "SendTargets=All in a normal session names no other" no_other_target
raw_test "unknown key in a Text Request" <<-SCRIPT
	session
	text X-example=1
	expect text f=1 X-example=NotUnderstood
SCRIPT
rejected_in_discovery 04 "SCSI command" "tur"
rejected_in_discovery 04 "task management" "tmf function=5"
rejected_in_discovery 04 "SNACK" "snack"
raw_test "discovery: Text and Logout" <<-SCRIPT
	connect
	login discovery
	expect login status=0000 t=1
	text SendTargets=All
	expect text f=1 TargetName=$IQN TargetAddress=$TISER_ADDR:3260,1
	logout
	expect logout response=00
SCRIPT
ktap_test_result "the other session goes on" traffic_is_healthy main "$DISK"
ktap_test_result "and saw no error" traffic_stop main
ktap_finished
