#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a ramdisk.
# Proves: CmdSN (RFC 7143, 4.2.2.1): commands are executed in their order, once,
# within the window, which is what was configured; numbers wrap. What is rejected
# has not used its CmdSN (7.3).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

begin 17
serve_ramdisk

raw_test "window begins with the login's CmdSN" <<-SCRIPT
	session cmdsn=1000
	window exp=1000 min=64 max=64
SCRIPT
raw_test "window wraps around" <<-SCRIPT
	session cmdsn=0xfffffff0
	window exp=0xfffffff0
	io count=48 depth=8 size=4096
SCRIPT
raw_test "CmdSN 0" <<-SCRIPT
	session cmdsn=0
	window exp=0
	tur
	expect scsi
	window exp=1
SCRIPT
raw_test "commands ahead of their turn wait for it" <<-SCRIPT
	session cmdsn=100
	tur
	expect scsi
	tur cmdsn=103 itt=0x103
	tur cmdsn=102 itt=0x102
	expect nothing ms=500
	tur cmdsn=101 itt=0x101
	expect scsi itt=0x101
	expect scsi itt=0x102
	expect scsi itt=0x103
	set cmdsn=104
	nop
	expect nop
	window exp=104
SCRIPT
raw_test "ordered commands are answered in order" <<-SCRIPT
	session cmdsn=100
	tur
	expect scsi
	tur cmdsn=103 itt=0x103 attr=2
	tur cmdsn=102 itt=0x102 attr=2
	tur cmdsn=101 itt=0x101 attr=2
	expect scsi itt=0x101 next
	expect scsi itt=0x102 next
	expect scsi itt=0x103 next
SCRIPT
raw_test "CmdSN beyond the window is ignored" <<-SCRIPT
	session
	tur cmdsn=+64
	tur cmdsn=+1000
	tur cmdsn=+0x7fffffff
	expect nothing ms=500
	tur
	expect scsi
SCRIPT
raw_test "CmdSN before the window is ignored" <<-SCRIPT
	session
	tur
	expect scsi
	tur cmdsn=-1
	tur cmdsn=-2
	tur cmdsn=-1000
	expect nothing ms=500
	tur
	expect scsi
SCRIPT
raw_test "CmdSN of a command that waits is ignored" <<-SCRIPT
	session cmdsn=100
	tur cmdsn=101 itt=0x101
	tur cmdsn=101 itt=0x201
	expect nothing ms=500
	tur cmdsn=100 itt=0x100
	expect scsi itt=0x100
	expect scsi itt=0x101
	expect nothing ms=500
	set cmdsn=102
	tur
	expect scsi
SCRIPT
raw_test "last CmdSN of the window is taken" <<-SCRIPT
	session cmdsn=100
	tur cmdsn=163 itt=0x163
	expect nothing ms=300
	repeat 63 tur
	expect scsi itt=0x163
	window exp=164
SCRIPT
raw_test "CmdSN of a rejected request is used by another" <<-SCRIPT
	session cmdsn=100
	text ttt=0x1234 SendTargets=All
	expect reject
	tur itt=0x101
	expect nothing ms=500
	tur cmdsn=100 itt=0x100
	expect scsi itt=0x100
	expect scsi itt=0x101
	window exp=102
SCRIPT
raw_test "CmdSN of a rejected request is used by ABORT TASK" <<-SCRIPT
	session cmdsn=100
	text itt=0x100 ttt=0x1234 SendTargets=All
	expect reject
	tur itt=0x101
	expect nothing ms=500
	tmf function=1 rtt=0x100 ref_cmdsn=100
	expect tmf response=00
	expect scsi itt=0x101
	window exp=102
SCRIPT
raw_test "a request ahead of its turn is rejected at its turn" <<-SCRIPT
	session cmdsn=100
	text cmdsn=101 itt=0x101 ttt=0x1234 SendTargets=All
	expect nothing ms=500
	tur itt=0x100
	repeat 2 expect scsi|reject
	nop
	expect nop
	window exp=101
	tur itt=0x201
	expect scsi itt=0x201
SCRIPT
raw_test "every task attribute is taken" <<-SCRIPT
	session
	read blocks=8 attr=0
	expect scsi status=00
	read blocks=8 attr=1
	expect scsi status=00
	read blocks=8 attr=2
	expect scsi status=00
	read blocks=8 attr=3
	expect scsi status=00
SCRIPT
raw_test "a full window at once" <<-SCRIPT
	session
	io count=256 depth=64 size=4096
SCRIPT
must tpg_set "$IQN" default_cmdsn_depth=4
raw_test "window of 4, 16 wanted" -i "$RAW_INITIATOR.four" <<-SCRIPT
	session
	window min=4 max=4
	io count=64 depth=16 size=4096
SCRIPT
must target_acl "$IQN" "$RAW_INITIATOR.acl" 0
echo 2 >"$(tpg_dir "$IQN")/acls/$RAW_INITIATOR.acl/cmdsn_depth"
raw_test "window of an ACL" -i "$RAW_INITIATOR.acl" <<-SCRIPT
	session
	window min=2 max=2
	io count=16 depth=8 size=4096
SCRIPT
ktap_test_result "somebody else is served" raw_is_served
ktap_finished
