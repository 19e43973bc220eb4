#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a ramdisk.
# Proves: what the target sends unasked stays within the initiator's
# MaxOutstandingUnexpectedPDUs; at the limit nothing is sent but a ping, for which
# the last credit is kept; ExpStatSN and the ping's answer give credits back,
# nonsense does not (RFC 7145, 6.7 and 8.1.2). Floods of requests are answered or
# end the connection, and nobody else notices.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

begin 8
serve_ramdisk

raw_test "one Reject, then a ping; the answer gives both credits back" <<-SCRIPT
	set autonop=no
	session MaxOutstandingUnexpectedPDUs=2
	repeat 3 snack
	expect reject reason=04
	expect nop itt=0xffffffff
	expect nothing ms=300
	nop itt=0xffffffff ttt=last
	repeat 3 snack
	expect reject reason=04
	expect nop itt=0xffffffff
	expect nothing ms=300
	tur
	expect scsi
SCRIPT
raw_test "ExpStatSN of any PDU gives credits back" <<-SCRIPT
	set autonop=no
	session MaxOutstandingUnexpectedPDUs=4
	repeat 5 snack
	repeat 3 expect reject reason=04
	expect nop itt=0xffffffff
	expect nothing ms=300
	nop itt=0xffffffff
	repeat 4 dataout itt=0x777 len=16
	repeat 3 expect reject
	expect nothing ms=300
SCRIPT
raw_test "ExpStatSN of the future or the past gives nothing back" <<-SCRIPT
	set autonop=no
	session MaxOutstandingUnexpectedPDUs=2
	snack
	expect reject
	repeat 2 tur statsn=+1000
	tur statsn=-1000
	tur statsn=+2147483647
	repeat 4 expect scsi
	snack statsn=+1000
	expect nop itt=0xffffffff
	expect nothing ms=300
	nop itt=0xffffffff
	snack
	expect reject
SCRIPT
raw_test "a Reject in place of an answer does not count" <<-SCRIPT
	set autonop=no
	session MaxOutstandingUnexpectedPDUs=2
	repeat 4 text immediate ttt=0x1234 statsn=-1
	repeat 4 expect reject reason=09
	snack statsn=-4
	expect reject reason=04
SCRIPT
raw_test "no limit" <<-SCRIPT
	session
	repeat 20 snack
	repeat 20 expect reject reason=04
	session MaxOutstandingUnexpectedPDUs=0
	repeat 20 snack
	repeat 20 expect reject reason=04
SCRIPT
raw_test "flood of pings" <<-SCRIPT
	session
	repeat 200 nop data=128
	repeat 200 expect nop data=128
SCRIPT
raw_test "flood of Text Requests that never end" <<-SCRIPT
	session
	repeat 60 text c=1 f=0 X-a=1
	repeat 60 expect text f=0 c=0 data=0
	text SendTargets=
	expect text f=1|0 c=0|1
SCRIPT
ktap_test_result "somebody else is served" raw_is_served
ktap_finished
