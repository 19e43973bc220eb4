#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi over rxe, a ramdisk; commands through the SCSI generic
# interface; then iser_raw, which sees the PDUs.
# Proves: what a command transfers less or more than expected is reported as
# residual (RFC 7143, 11.4.5), sense data comes with the response (11.4.7), and
# neither disturbs the session.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

INQUIRY_255=(12 00 00 00 ff 00)
INQUIRY_36=(12 00 00 00 24 00)
INQUIRY_5=(12 00 00 00 05 00)
READ_1=(28 00 00 00 00 00 00 00 01 00)
READ_BEYOND=(28 00 7f ff ff ff 00 00 01 00)
ILLEGAL=(12 00 7f 00 ff 00)
UNKNOWN=(ff 00 00 00 00 00)

# received EXPECTED BUFFER CDB...: bytes that arrive of a command that may
# transfer BUFFER bytes. sg_raw computes them from the residual.
received() {
	local expected=$1 buffer=$2
	shift 2
	sg_raw -r "$buffer" -o "$TMP/data" "$DISK" "$@" || return 1
	equals "$expected" stat -c %s "$TMP/data"
}

# sense KEY TEXT CDB...: CHECK CONDITION with this sense key and explanation.
sense() {
	local status=$1 text=$2 output rc=0
	shift 2
	output=$(sg_raw -r 512 "$DISK" "$@" 2>&1) || rc=$?
	equals "$status" echo "$rc" && grep -qi "$text" <<<"$output" && return 0
	echo "$output" >&2
	return 1
}

wrote_one_block() {
	head -c 512 /dev/zero | tr '\0' '\245' >"$TMP/block"
	sg_raw -s 512 -i "$TMP/block" "$DISK" 2a 00 00 00 00 08 00 00 01 00 &&
		cmp "$TMP/block" <(dd if="$DISK" bs=512 skip=8 count=1 iflag=direct status=none)
}

# Two blocks by the CDB, one block of data: the rest must not be written.
overflow_writes_nothing_else() {
	dd if=/dev/zero of="$DISK" bs=4k count=4 oflag=direct status=none || return 1
	sg_raw -s 512 -i "$TMP/block" "$DISK" 2a 00 00 00 00 00 00 00 02 00 >/dev/null 2>&1
	cmp -n 3584 <(dd if="$DISK" bs=512 skip=1 count=7 iflag=direct status=none) /dev/zero
}

# One block by the CDB, two blocks of room for data.
underflow_writes_nothing_else() {
	cat "$TMP/block" "$TMP/block" >"$TMP/two"
	sg_raw -s 1024 -i "$TMP/two" "$DISK" 2a 00 00 00 00 00 00 00 01 00
	cmp -n 3584 <(dd if="$DISK" bs=512 skip=1 count=7 iflag=direct status=none) /dev/zero
}

same_session() {
	equals "$session" initiator_session "$IQN" && not klog_has "session of $INITIATOR .*ended"
}

begin 18
serve_ramdisk
attach
session=$(initiator_session "$IQN")
klog_mark
ktap_test_result "INQUIRY of 36 bytes" received 36 36 "${INQUIRY_36[@]}"
ktap_test_result "INQUIRY of 5 bytes" received 5 5 "${INQUIRY_5[@]}"
ktap_test_result "underflow: room for 255 bytes, 5 asked for" received 5 255 "${INQUIRY_5[@]}"
ktap_test_result "underflow: less data than the CDB allows" \
	received "$(sg_inq --len=255 --raw "$DISK" | wc -c)" 255 "${INQUIRY_255[@]}"
ktap_test_result "underflow: READ of one block, room for two" received 512 1024 "${READ_1[@]}"
ktap_test_result "READ of one block" received 512 512 "${READ_1[@]}"
ktap_test_result "sense of an illegal field" sense 5 'Invalid field in cdb' "${ILLEGAL[@]}"
ktap_test_result "sense of an unknown command" sense 9 'Invalid command operation code' "${UNKNOWN[@]}"
ktap_test_result "sense of an address out of range" sense 22 'Logical block address out of range' "${READ_BEYOND[@]}"
ktap_test_result "WRITE of one block" wrote_one_block
ktap_test_result "overflow: WRITE of two blocks with data for one" overflow_writes_nothing_else
ktap_test_result "underflow: WRITE of one block with data for two" underflow_writes_nothing_else
raw_test "residual of a READ with more than it needs" <<-SCRIPT
	session
	read blocks=1 edtl=1024
	expect scsi status=00 underflow=512
	verify off=512 len=512 fill=a5
SCRIPT
raw_test "residual of a READ with less than it needs" <<-SCRIPT
	session
	read blocks=4 edtl=512
	expect scsi status=00 overflow=1536
SCRIPT
raw_test "residual of an INQUIRY" <<-SCRIPT
	session
	scsi cdb=120000002400 edtl=255 read
	expect scsi status=00 underflow=219
	verify off=36 len=219 fill=a5
SCRIPT
raw_test "sense data with the response" <<-SCRIPT
	session
	scsi cdb=12007f00ff00 edtl=255 read
	expect scsi status=02 sense=05/24/00
	scsi cdb=ff0000000000
	expect scsi status=02 sense=05/20/00
SCRIPT
ktap_test_result "data still come back unchanged" fio_verify "$DISK" 4k 4 128k
ktap_test_result "all in one session" same_session
ktap_finished
