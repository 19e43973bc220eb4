#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: libiscsi's tools over rxe in user space, a file as LUN 0.
# Proves: an initiator other than the kernel's logs in over iser:// and gets the
# same answers. libiscsi before 1.20 announces immediate data it does not send.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

URL=iser://$TISER_ADDR/$IQN/0
STORE_MIB=8

libiscsi_is_usable() {
	command -v iscsi-inq >/dev/null && modprobe -q rdma_ucm && modprobe -q ib_uverbs &&
		dpkg-query -W -f '${Version}\n' libiscsi-bin | grep -qvE '^1\.1[0-9]\.'
}

inquiry() {
	within 30 iscsi-inq "$URL" >"$TMP/inquiry" && grep -q 'LIO-ORG' "$TMP/inquiry"
}

vital_product_data() {
	within 30 iscsi-inq -e 1 -c 0x83 "$URL" | grep -qi 'designat\|LIO-ORG'
}

# The last block's address and the size of a block, however they are labelled.
capacity() {
	within 30 iscsi-readcapacity16 "$URL" >"$TMP/capacity" || return 1
	cat "$TMP/capacity"
	grep -qw $((STORE_MIB * 2048 - 1)) "$TMP/capacity" && grep -qw 512 "$TMP/capacity"
}

begin 6
libiscsi_is_usable || {
	ktap_print_msg "no libiscsi 1.20 or newer with iSER here"
	for test in inquiry data capacity repeat session resources; do
		ktap_test_skip "$test" "no usable libiscsi"
	done
	ktap_finished
}
must backstore_file disk "$TMP/backing" $STORE_MIB
serve "$IQN" disk
before=$(rdma_snapshot)
ktap_test_result "iscsi-inq" inquiry
ktap_test_result "iscsi-inq of vital product data" vital_product_data
ktap_test_result "iscsi-readcapacity16" capacity
ktap_test_result "iscsi-inq once more" inquiry
ktap_test_result "no session is left" wait_for 20 equals "" target_sessions "$IQN"
ktap_test_result "nothing is left on the RDMA device" rdma_back_to "$before"
ktap_finished
