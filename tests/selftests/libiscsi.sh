#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: libiscsi's tools over rxe in user space, a file as LUN 0.
# Proves: an initiator other than the kernel's logs in over iser:// and gets the
# same data. libiscsi before 1.20 announces immediate data it does not send: the
# portal group must not offer any.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

URL=iser://$TISER_ADDR/$IQN/0
STORE_MIB=8

inquiry() {
	within 30 iscsi-inq "$URL" >"$TMP/inquiry" && grep -q 'LIO-ORG' "$TMP/inquiry"
}

# Page 0x83; 1.19 reads decimal numbers only.
vital_product_data() {
	within 30 iscsi-inq -e 1 -c 131 "$URL" | grep -qi 'designat\|LIO-ORG'
}

# The last block's address and the size of a block, however they are labelled.
capacity() {
	within 30 iscsi-readcapacity16 "$URL" >"$TMP/capacity" || return 1
	cat "$TMP/capacity"
	grep -qw $((STORE_MIB * 2048 - 1)) "$TMP/capacity" && grep -qw 512 "$TMP/capacity"
}

# A second of reads; it says how many were done in each.
reads() {
	within 30 iscsi-perf -m 8 -b 8 -t 2 "$URL" >"$TMP/perf" 2>&1
	tr '\r' '\n' <"$TMP/perf" | grep -qE 'iops (average|current) [1-9]' && return 0
	cat "$TMP/perf"
	return 1
}

write_protection() {
	within 30 iscsi-swp "$URL" | grep -qx 'SWP:0'
}

checksum() {
	equals "$(md5sum <"$TMP/backing" | cut -d' ' -f1)" within 30 iscsi-md5sum "$URL"
}

# test_tool DESCRIPTION PROGRAM FUNCTION
test_tool() {
	if command -v "$2" >/dev/null; then
		ktap_test_result "$1" "$3"
	else
		ktap_test_skip "$1" "no $2 here"
	fi
}

libiscsi_loads || ktap_print_header
libiscsi_loads || ktap_skip_all "no libiscsi with iSER here"
begin 9
must pattern_file "$TMP/backing" $((STORE_MIB * MIB))
must backstore_file disk "$TMP/backing" $STORE_MIB
serve "$IQN" disk
! libiscsi_is_old || must tpg_set "$IQN" ImmediateData=No
before=$(rdma_snapshot)
ktap_test_result "iscsi-inq" inquiry
ktap_test_result "iscsi-inq of vital product data" vital_product_data
ktap_test_result "iscsi-readcapacity16" capacity
test_tool "iscsi-perf" iscsi-perf reads
test_tool "iscsi-swp" iscsi-swp write_protection
test_tool "iscsi-md5sum" iscsi-md5sum checksum
ktap_test_result "iscsi-inq once more" inquiry
ktap_test_result "no session is left" wait_for 20 equals "" target_sessions "$IQN"
ktap_test_result "nothing is left on the RDMA device" rdma_back_to "$before"
ktap_finished
