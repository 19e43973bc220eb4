#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; open-iscsi with verified I/O on another target; LUN 1 is a
# block device whose answers can be held back.
# Proves (H020, H021, H036 to H043, H050 to H079): messages that are too short,
# too long or say so, steering tags that are wrong, useless or revoked, headers
# that contradict themselves and numbers out of order end the connection or are
# answered, and nothing else. hostile.sh has the rest of these rows.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

# AHS of a 32-byte CDB (RFC 7143, 11.2.2.3) and of a bidirectional read.
EXTENDED_CDB=0011010000000000000000000000000000000000
BIDI_READ=0005020000001000

BEFORE_LOGIN=(
	"H020 Send of no byte, first|raw hex=|expect disconnect silent"
	"H020 Send of 27 bytes, first|login cut=27|expect disconnect silent"
	"H020 Send of 75 bytes, first|login cut=75|expect disconnect silent"
	"H021 Login Request longer than any buffer|login extra=9000|expect disconnect"
	"H028 Login Request announced, not sent|login bhs=5:002000|expect disconnect"
	"H054 AHS in a Login Request|login bhs=4:01 extra=4|expect disconnect"
	"H031 reserved bits in a Login Request|login hdr=0:13,1:ffffff bhs=4:00|expect login status=0000"
	"H040 STags in a Login Request|login hdr=4:deadbeef,16:deadbeef|expect login status=0000"
)

IN_SESSION=(
	"H020 Send of no byte|raw hex=|expect disconnect"
	"H020 Send of 28 bytes|nop cut=28|expect disconnect"
	"H036 WSV with STag 0|write blocks=8 stag=0|expect disconnect|scsi status=02"
	"H036 RSV with STag 0|read blocks=8 stag=0|expect disconnect|scsi"
	"H036 address 0|write blocks=8 va=0|expect disconnect|scsi status=02"
	"H036 address and length beyond 2^64|write blocks=8 va=0xfffffffffffffff0|expect disconnect|scsi status=02"
	"H041 half of what is read has room|read blocks=16 mrlen=4096|expect disconnect"
	"H041 half of what is written is there|write blocks=16 mrlen=4096|expect disconnect|scsi status=02"
	"H050 2^24-1 bytes announced|write blocks=8 imm=4096 bhs=5:ffffff|expect disconnect"
	"H051 four bytes too many|nop data=8 extra=4|expect disconnect"
	"H051 three bytes of padding|nop data=8 extra=3|expect nop data=8|alive"
	"H052 CDB of 32 bytes|rawpdu op=01 data=$EXTENDED_CDB bhs=1:81,4:05,5:000000,32:7f|expect scsi status=02"
	"H053 AHS of length 0|rawpdu op=01 data=00000100 bhs=1:81,4:01,5:000000|expect disconnect"
	"H053 AHS of length 0xffff|rawpdu op=01 data=ffff0100 bhs=1:81,4:01,5:000000|expect disconnect"
	"H053 AHS of a reserved type|rawpdu op=01 data=00010400 bhs=1:81,4:01,5:000000|expect disconnect"
	"H053 two extended CDBs|rawpdu op=01 data=$EXTENDED_CDB$EXTENDED_CDB bhs=1:81,4:0a,5:000000|expect disconnect"
	"H055 data in a SNACK|snack bhs=5:000004 extra=4|expect disconnect"
	"H058 task management with the reserved tag|tmf function=5 itt=0xffffffff|expect disconnect"
	"H061 flat LUN 16383|tur rawlun=7fff000000000000|expect scsi status=02 sense=05/25/00|alive"
	"H061 logical unit addressing|tur rawlun=8001000000000000|expect scsi status=02 sense=05/25/00|alive"
	"H061 extended addressing|tur rawlun=d2000001ffffffff|expect scsi status=02 sense=05/25/00|alive"
	"H062 reserved attribute 5|tur attr=5|expect scsi status=00|alive"
	"H062 reserved attribute 6|tur attr=6|expect scsi status=00|alive"
	"H062 ACA without an ACA|tur attr=4|expect scsi|alive"
	"H077 ExpStatSN of the future|tur statsn=+100000|expect scsi|alive"
	"H077 ExpStatSN of the past|tur statsn=-100000|expect scsi|alive"
	"H078 ExpStatSN half the circle away|tur statsn=+0x7fffffff|expect scsi|alive"
	"H131 bidirectional command|rawpdu op=01 data=$BIDI_READ bhs=1:e1,4:02,5:000000,20:00000200,32:53|expect scsi status=02"
)

# With LUN 1 not answering.
IN_USE=(
	"H075 tag of a task that is active|read lun=1 blocks=8 itt=0x100;read blocks=8 itt=0x100|expect reject reason=07"
	"H076 tag of a task that is active, immediate|read lun=1 blocks=8 itt=0x100;tmf function=5 lun=0 itt=0x100|expect reject reason=07"
)

# No invalidation agreed on, so that what is there twice does not go at once.
TAGS=(
	"H037 RSV and WSV on a write|write blocks=8 hdr=0:1c,16:deadbeef|expect scsi status=00|alive"
	"H037 RSV and WSV on a read|read blocks=8 hdr=0:1c,4:deadbeef|expect scsi status=00|alive"
	"H037 WSV on a command without data|tur hdr=0:18,4:deadbeef|expect scsi|alive"
	"H037 WSV where all data is immediate|write blocks=8 imm=4096 wsv|expect scsi status=00|alive"
	"H042 one STag for two commands|read blocks=8;read blocks=8 stag=last va=last;expect scsi status=00|expect scsi|disconnect|alive"
)

revoked_in_the_backend() {
	slow_device_set slow 3600000 || return 1
	raw_start REVOKE <<-SCRIPT
		session
		$1 lun=1 blocks=8 itt=0x100
		revoke itt=0x100
		echo revoked
		expect disconnect|scsi
	SCRIPT
	wait_for 30 grep -q '^# revoked' "$TMP/REVOKE.log" || return 1
	slow_device_set slow 0 && raw_end REVOKE
}

# Its first two commands clear the unit attentions.
OPEN="session; repeat 2 tur; repeat 2 expect scsi"

begin $((${#BEFORE_LOGIN[@]} + ${#IN_SESSION[@]} + ${#TAGS[@]} + ${#IN_USE[@]} + 7 + BYSTANDER_RESULTS))
must slow_device slow 0
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
bystander_start

case_rows connect "${BEFORE_LOGIN[@]}"
case_rows "$OPEN" "${IN_SESSION[@]}"
case_rows "session priv=c0000000; repeat 2 tur; repeat 2 expect scsi" "${TAGS[@]}"
ktap_test_result "H043 STag revoked while a read is in the backend" revoked_in_the_backend read
raw_test "H043 STag revoked while a write is fetched" <<-SCRIPT
	session priv=c0000000
	repeat 2 tur
	repeat 2 expect scsi
	write blocks=2048 mrlen=1048576 itt=0x100
	revoke itt=0x100
	expect disconnect|scsi
SCRIPT
raw_test "H056 data segment beyond TargetRecvDataSegmentLength" <<-SCRIPT
	session TargetRecvDataSegmentLength=512
	nop data=100
	expect nop data=100
	nop data=516
	expect disconnect
SCRIPT
raw_test "H074 a flood of immediate commands" <<-SCRIPT
	session
	repeat 100 nop
	repeat 100 expect nop|reject
	nop
	expect nop
SCRIPT
raw_test "H074 immediate SCSI commands" <<-SCRIPT
	session
	repeat 16 tur immediate
	repeat 16 expect scsi|reject reason=06|09
	nop
	expect nop
SCRIPT
raw_test "H079 a Text Request takes a CmdSN" <<-SCRIPT
	session cmdsn=70
	text SendTargets=
	expect text
	window exp=71
	tur
	expect scsi
	window exp=72
SCRIPT
raw_test "H073 CmdSN of commands, pings and text wraps around" <<-SCRIPT
	session cmdsn=0xfffffffd
	tur
	expect scsi
	nop queued
	expect nop
	text X-example=1
	expect text
	window exp=0
	tur
	expect scsi
	window exp=1
SCRIPT
must slow_device_set slow 3600000
case_rows "session; repeat 2 tur lun=1; repeat 2 expect scsi" "${IN_USE[@]}"
must slow_device_set slow 0
bystander_end
ktap_finished
