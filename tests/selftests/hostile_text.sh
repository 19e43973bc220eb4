#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; open-iscsi with verified I/O on another target.
# Proves (H160 to H177): Text, NOP-Out, Logout, SNACK and Login Requests that make
# no sense where they come are answered or end the connection, tell nothing about
# other targets, and execute nothing after a Logout. reject.sh, nop.sh and
# logout.sh have the rest of these rows.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

VALUE=$(printf 'x%.0s' {1..400})
CASES=(
	"H160 Text complete and to be continued|text c=1 SendTargets=|expect reject reason=04|alive"
	"H160 Text that continues nothing|text ttt=0x1234 SendTargets=|expect reject reason=09|alive"
	"H160 Text without its end|text text=53656e6454617267657473|expect reject reason=04|alive"
	"H160 Text without a value|text text=53656e645461726765747300|expect reject reason=04|alive"
	"H162 InitiatorName in full feature phase|text InitiatorName=iqn.2026-11.com.example:other|expect text InitiatorName=Reject|alive"
	"H162 RDMAExtensions in full feature phase|text RDMAExtensions=No|expect text RDMAExtensions=Reject|alive"
	"H162 MaxBurstLength in full feature phase|text MaxBurstLength=512|expect text MaxBurstLength=Reject|alive"
	"H162 CHAP in full feature phase|text CHAP_A=5|expect text CHAP_A=Reject|alive"
	"H162 MaxRecvDataSegmentLength is ignored|text MaxRecvDataSegmentLength=512|expect text f=1 absent=MaxRecvDataSegmentLength|alive"
	"H163 name of 400 characters|text SendTargets=$VALUE|expect text SendTargets=Reject absent=TargetName|alive"
	"H163 format string|text SendTargets=%s%n%s%n|expect text SendTargets=Reject absent=TargetName|alive"
	"H163 name of another target|text SendTargets=$BYSTANDER_IQN|expect text data=0|alive"
	"H164 Text with the reserved tag|text itt=0xffffffff SendTargets=|expect disconnect"
	"H166 answer to no ping of ours|nop itt=0xffffffff ttt=0x1234 lun=5|expect nothing ms=200|alive"
	"H166 answer to no ping with data|nop itt=0xffffffff ttt=0x1234 data=64|expect nothing ms=200|alive"
	"H169 ping with a Target Transfer Tag|nop ttt=0x1234|expect nop|alive"
	"H170 Logout of another connection|logout reason=1 cid=9|expect logout response=01|alive"
	"H170 Logout for recovery|logout reason=2|expect logout response=02|alive"
	"H170 Logout of this connection|logout reason=1|expect logout response=00;expect disconnect"
	"H171 Logout for reason 127|logout reason=127|expect reject reason=09|alive"
	"H172 commands behind a Logout|logout;tur itt=0x77;nop itt=0x78|expect logout response=00;expect disconnect|reject"
	"H174 SNACK of data|snack type=0 ttt=0x12|expect reject reason=04|alive"
	"H174 SNACK of R2T and status|snack type=1 begrun=1 runlength=9|expect reject reason=04|alive"
	"H175 Login Request of garbage|rawpdu op=43 fill=64|expect reject|disconnect reason=04"
	"H175 Login Request for another session|login isid=00023d0000ee|expect reject reason=04|alive"
)
# Text over several PDUs (RFC 7143, 11.10.1, 11.10.2).
PARTS=(
	"H161 a Text in two parts|text itt=0x77 f=0 c=1 text=53656e64546172;expect text f=0 data=0;text itt=0x77 ttt=last text=676574733d00|expect text f=1 TargetName=$IQN|alive"
	"H161 a new Text drops the unfinished one|text f=0 X-first=1;expect text f=0;text SendTargets=|expect text f=1 TargetName=$IQN|alive"
)
DISCOVERY=(
	"H173 discovery: Logout of a connection|logout reason=1|expect reject reason=09"
	"H173 discovery: Logout for recovery|logout reason=2|expect reject reason=09"
	"H177 discovery: ping|nop|expect reject reason=04"
	"H176 discovery: write with data|write blocks=8 imm=4096|expect reject reason=04"
	"H176 discovery: Login Request|login|expect reject reason=04"
	"H163 discovery: name of 400 characters|text SendTargets=$VALUE|expect text SendTargets=Reject absent=TargetName"
	"H163 discovery: a target by its name|text SendTargets=$IQN|expect text f=1 TargetName=$IQN"
)

begin $((${#CASES[@]} + ${#DISCOVERY[@]} + ${#PARTS[@]} + 4 + BYSTANDER_RESULTS))
serve_ramdisk
bystander_start

case_rows session "${CASES[@]}"
case_rows "connect; login discovery; expect login status=0000 t=1" "${DISCOVERY[@]}"
case_rows session "${PARTS[@]}"
raw_test "H161 a Text never finished, and others beside it" <<-SCRIPT
	session
	text f=0 X-first=1
	expect text|reject
	text f=0 X-second=1
	expect text|reject
	text X-third=1
	expect text|reject
	nop data=4
	expect nop data=4
	io count=4
SCRIPT
raw_test "H167 an answer that wants a CmdSN gets none" <<-SCRIPT
	session cmdsn=5
	nop itt=0xffffffff queued cmdsn=5
	nop
	expect nop|disconnect
	window exp=5
SCRIPT
raw_test "H168 many pings with data, before any answer is read" <<-SCRIPT
	session
	repeat 48 nop data=128
	repeat 48 expect nop data=128
	io count=4
SCRIPT
raw_test "H173 discovery: ends with the Logout" <<-SCRIPT
	connect
	login discovery
	expect login status=0000 t=1
	logout
	expect logout response=00
	expect disconnect
SCRIPT
bystander_end
ktap_finished
