#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; two targets, of which one is not for it.
# Proves: Text negotiations over several PDUs, their flags and tags (RFC 7143,
# 11.10 and 11.11), one at a time; what is no legal request is rejected and the
# session goes on; SendTargets in every form, in either type of session
# (RFC 7143, Appendix C); keys that are not for full feature phase are refused.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

OTHER=iqn.2026-11.com.example:other
NOBODY=iqn.2026-11.com.example:nobody
LONG=$(printf 'a%.0s' {1..224})
PORTALS=8

# text_hex TEXT: as the argument of text=, with a NUL where TEXT has a '|'.
text_hex() {
	printf %s "$1" | tr '|' '\0' | od -An -v -tx1 | tr -d ' \n'
}

# times COUNT HEX
times() {
	printf "$2%.0s" $(seq "$1")
}

# rejected REASON DESCRIPTION REQUEST
rejected() {
	raw_test "$2: Reject $1" <<-SCRIPT
		session
		$3
		expect reject reason=$1
		nop data=8
		expect nop data=8
		text immediate X-b=1 itt=0x501
		expect text f=1 X-b=NotUnderstood
	SCRIPT
}

discovery() {
	raw_test "discovery: $1" <<-SCRIPT
		connect
		login discovery
		expect login status=0000 t=1
		text "SendTargets=$2"
		expect text f=1 c=0 ttt=0xffffffff $3
	SCRIPT
}

begin 28
serve_ramdisk
must target_create $OTHER
must target_demo $OTHER
must target_portal $OTHER "$TISER_ADDR2:3260"
must target_enable $OTHER

raw_test "a key over three PDUs" <<-SCRIPT
	session
	text c=1 f=0 itt=0x500 lun=3 text=$(text_hex 'X-exam')
	expect text f=0 c=0 data=0 lun=3
	text c=1 f=0 itt=0x500 ttt=last text=$(text_hex 'ple')
	expect text f=0 c=0 data=0 lun=0
	text itt=0x500 ttt=last text=$(text_hex '=1|')
	expect text f=1 c=0 ttt=0xffffffff lun=0 X-example=NotUnderstood
SCRIPT
raw_test "F=0 without C: the set is answered, F stays 0" <<-SCRIPT
	session
	text f=0 itt=0x500 X-a=1
	expect text f=0 c=0 X-a=NotUnderstood
	text f=0 itt=0x500 ttt=last X-b=1
	expect text f=0 c=0 X-b=NotUnderstood absent=X-a
	text itt=0x500 ttt=last
	expect text f=1 c=0 ttt=0xffffffff data=0
SCRIPT
raw_test "immediate requests, too" <<-SCRIPT
	session cmdsn=40
	text immediate c=1 f=0 itt=0x500 text=$(text_hex 'X-a=')
	expect text f=0 c=0 data=0
	text immediate itt=0x500 ttt=last text=$(text_hex '1|')
	expect text f=1 X-a=NotUnderstood
	window exp=40
SCRIPT
raw_test "empty request" <<-SCRIPT
	session
	text
	expect text f=1 c=0 ttt=0xffffffff data=0
SCRIPT
raw_test "8192 bytes" <<-SCRIPT
	session
	text c=1 f=0 itt=0x500 text=$(text_hex X-a=)$(times 4092 78)
	expect text f=0 c=0 data=0
	text itt=0x500 ttt=last text=$(times 4095 78)00
	expect text f=1 X-a=NotUnderstood
SCRIPT
raw_test "a new request resets" <<-SCRIPT
	session
	text c=1 f=0 itt=0x500 text=$(text_hex X-a=)
	expect text f=0 data=0
	text itt=0x501 X-b=1
	expect text f=1 X-b=NotUnderstood absent=X-a
	text itt=0x500 ttt=last text=$(text_hex '1|')
	expect reject reason=04
SCRIPT
raw_test "a negotiation under way disturbs nobody" <<-SCRIPT
	session
	text c=1 f=0 itt=0x500 text=$(text_hex X-a=)
	expect text f=0 data=0
	io count=8
	nop data=8
	expect nop data=8
	text itt=0x500 ttt=last text=$(text_hex '1|')
	expect text f=1 X-a=NotUnderstood
SCRIPT

begun="text immediate c=1 f=0 itt=0x500 text=$(text_hex X-a=)
	expect text f=0 data=0"
rejected 04 "C and F" "text immediate c=1 X-a=1"
rejected 09 "tag of nothing" "text immediate ttt=0x1234 X-a=1"
rejected 09 "other tag" "$begun
	text immediate itt=0x500 ttt=0x1234567 text=$(text_hex '1|')"
rejected 09 "other task" "$begun
	text immediate itt=0x502 ttt=last text=$(text_hex '1|')"
rejected 04 "other I bit" "$begun
	text itt=0x500 ttt=last text=$(text_hex '1|')"
rejected 04 "more than 8192 bytes" "text immediate c=1 f=0 itt=0x500 text=$(times 8192 78)
	expect text f=0 data=0
	text immediate itt=0x500 ttt=last text=00"
rejected 04 "no NUL in the end" "text immediate text=$(text_hex X-a=1)"
rejected 04 "a key twice" "text immediate SendTargets= text=$(text_hex 'SendTargets=|')"
rejected 04 "text while an answer is fetched" "text immediate itt=0x500 text=$(text_hex "$(
	printf 'X-%s=1|' {1..12})")
	expect text f=0 c=1 data=128
	text immediate itt=0x500 ttt=last X-z=1"

raw_test "keys of login phase are refused" <<-SCRIPT
	session
	text InitiatorName=x RDMAExtensions=No MaxBurstLength=512
	expect text f=1 InitiatorName=Reject RDMAExtensions=Reject MaxBurstLength=Reject
	text AuthMethod=None CHAP_A=5 TargetName=x
	expect text f=1 AuthMethod=Reject TargetName=Reject CHAP_A=*
	text KRB_AP_REQ=0x00 SRP_U=x TargetAuth=Yes
	expect text f=1 KRB_AP_REQ=Reject SRP_U=Reject TargetAuth=Reject
	text MaxRecvDataSegmentLength=512
	expect text f=1 data=0
	io count=4
SCRIPT
raw_test "SendTargets of a normal session: its own target" <<-SCRIPT
	session
	text SendTargets=
	expect text f=1 TargetName=$IQN TargetAddress=$TISER_ADDR:3260,1
	text SendTargets=$IQN
	expect text f=1 TargetName=$IQN TargetAddress=$TISER_ADDR:3260,1
	text SendTargets=$OTHER
	expect text f=1 data=0
SCRIPT
raw_test "SendTargets=All of a normal session: no other" <<-SCRIPT
	session
	text SendTargets=All
	expect text f=1 TargetName=$IQN
	text SendTargets=%s%n%p
	expect text f=1 SendTargets=Reject
SCRIPT
discovery "All" All "TargetName=$IQN TargetName=$OTHER"
discovery "one" $OTHER "TargetName=$OTHER TargetAddress=$TISER_ADDR2:3260,1"
discovery "one that is not there" $NOBODY data=0
discovery "nothing" "" SendTargets=Reject
discovery "no name" %s%n SendTargets=Reject
discovery "a name too long" "iqn.2026-11.com.example:$LONG" SendTargets=Reject
raw_test "discovery: other keys" <<-SCRIPT
	connect
	login discovery
	expect login status=0000 t=1
	text MaxRecvDataSegmentLength=4096 X-a=1 InitiatorName=x
	expect text f=1 X-a=NotUnderstood InitiatorName=Reject
SCRIPT
for number in $(seq "$PORTALS"); do
	must target_portal "$IQN" "$TISER_ADDR2:$((4000 + number))"
done
raw_test "an answer in several PDUs, cut anywhere" <<-SCRIPT
	session
	text SendTargets=$IQN itt=0x500
	expect text f=0 c=1 data=128 TargetName=$IQN
	text ttt=last itt=0x500
	expect text f=0 c=1 data=128
	text ttt=last itt=0x500
	expect text f=1 c=0 ttt=0xffffffff TargetAddress=$TISER_ADDR2:$((4000 + PORTALS)),1
SCRIPT
ktap_test_result "somebody else is served" raw_is_served
ktap_finished
