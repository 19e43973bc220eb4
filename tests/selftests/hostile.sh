#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw sends what no initiator may, open-iscsi has verified I/O on
# the same portal group.
# Proves: malformed headers and lengths, bad STags and inconsistent PDUs end the
# connection or are answered (RFC 7143, 7.7 to 7.13; RFC 7145, 10.1), have no
# effect, and touch nobody else.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

# Description | request(s) in full feature phase | what must come of it. Requests
# are separated by ";". "alive" at the end: the session must go on.
CASES=(
	"Send of one byte|raw hex=10|expect disconnect"
	"Send shorter than the iSER header|raw hex=1000000000000000|expect disconnect"
	"Send that ends within the BHS|nop cut=60|expect disconnect"
	"Send without the last byte of the BHS|nop cut=75|expect disconnect"
	"Send longer than any buffer|nop data=8192 extra=8000|expect disconnect"
	"iSER opcode 0|nop hdr=0:00|expect disconnect"
	"iSER opcode 4|nop hdr=0:40|expect disconnect"
	"iSER opcode 15|nop hdr=0:f0|expect disconnect"
	"HelloReply from an initiator|nop hdr=0:30|expect disconnect"
	"Hello with a tail|hello extra=8|expect disconnect"
	"reserved bits of the iSER header|nop hdr=0:13,1:ffffff|expect nop|alive"
	"STags in a ping|nop hdr=4:deadbeef,16:deadbeef|expect nop|alive"
	"more data declared than sent|nop bhs=5:000100|expect disconnect"
	"all data declared, none sent|nop bhs=5:ffffff|expect disconnect"
	"immediate data declared, none sent|write blocks=8 bhs=5:001000|expect disconnect"
	"less data declared than sent|nop data=64 bhs=5:000004|expect disconnect"
	"padding|nop data=5 extra=3|expect nop data=5|alive"
	"TotalAHSLength beyond the PDU|tur bhs=4:ff|expect disconnect"
	"AHS of impossible length|tur bhs=4:01 extra=4|expect disconnect"
	"AHS in a ping|nop bhs=4:01 extra=4|expect disconnect"
	"AHS in a task management request|tmf function=5 bhs=4:01 extra=4|expect disconnect"
	"data in a task management request|tmf function=5 bhs=5:000004 extra=4|expect disconnect"
	"data in a Logout|logout bhs=5:000004 extra=4|expect disconnect"
	"command with the reserved tag|tur itt=0xffffffff|expect disconnect"
	"Logout with the reserved tag|logout itt=0xffffffff|expect disconnect"
	"command neither final nor a write|tur final=0|expect disconnect"
	"length without a direction|scsi cdb=000000000000 edtl=512|expect disconnect"
	"LUN of nonsense|tur rawlun=ffffffffffffffff|expect scsi status=02 sense=05/25/00|alive"
	"LUN that is not there|tur lun=99|expect scsi status=02 sense=05/25/00|alive"
	"reserved task attribute|tur attr=7|expect scsi status=00|alive"
	"CDB of no known command|scsi cdb=ff0000000000|expect scsi status=02 sense=05/20/00|alive"
	"write with an unknown STag|write blocks=8 stag=deadbeef|expect disconnect|scsi"
	"write without an STag|write blocks=8 stag=none|expect disconnect|scsi status=02"
	"read with an unknown STag|read blocks=8 stag=deadbeef|expect disconnect"
	"read without an STag|read blocks=8 stag=none|expect disconnect|scsi"
	"read into too small a buffer|read blocks=8 mrlen=512|expect disconnect"
	"write from too small a buffer|write blocks=8 mrlen=512|expect disconnect"
	"address that wraps around|read blocks=8 va=0xfffffffffffffe00|expect disconnect|scsi"
	"more immediate data than expected|write blocks=1 imm=1024|expect disconnect|scsi"
	"immediate data of a read|read blocks=1 imm=512|expect disconnect|scsi|reject"
	"4 GiB expected|read blocks=1 edtl=0xfffffe00 mrlen=4096|expect disconnect|scsi"
	"tag in use|repeat 2 tur lun=2;repeat 2 expect scsi;read lun=2 blocks=8 itt=0x100;tur itt=0x100|expect reject reason=07"
	"Login of garbage|rawpdu op=43 fill=64|expect disconnect|reject"
)

# run_case REQUESTS EXPECTATION [alive]
run_case() {
	{
		echo session
		tr ';' '\n' <<<"$1"
		echo "$2"
		[ "${3-}" != alive ] || printf '%s\n' 'nop data=4' 'expect nop data=4'
	} | raw
}

check_case() {
	local description request expectation alive
	description=${1%%|*}
	request=${1#*|}
	expectation=${request#*|}
	request=${request%%|*}
	alive=${expectation##*|}
	expectation=${expectation%|alive}
	ktap_test_result "$description" run_case "$request" "$expectation" "$alive"
}

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

login_is_garbage() {
	raw <<-SCRIPT
		connect
		rawpdu op=43 fill=512
		expect login|disconnect status=0200|0205|0207
		expect disconnect
	SCRIPT
}

first_send_is_short() {
	raw <<-SCRIPT
		connect
		raw hex=10
		expect disconnect silent
	SCRIPT
}

begin $((${#CASES[@]} + 6))
must slow_device slow 300
must backstore_ramdisk disk 16
must backstore_ramdisk other 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk other slow
must initiator_start
must initiator_login "$IQN"
DISK=$(initiator_disk "$IQN" 1) || ktap_exit_fail_msg "no disk"
must traffic_start main "$DISK"
must raw_is_served
before=$(rdma_snapshot)

for case in "${CASES[@]}"; do
	check_case "$case"
done
ktap_test_result "first Send is one byte" first_send_is_short
ktap_test_result "first PDU is a Login of garbage" login_is_garbage
ktap_test_result "nothing of them is left" rdma_back_to "$before"
ktap_test_result "the other session goes on" traffic_is_healthy main "$DISK"
ktap_test_result "and saw no error" traffic_stop main
ktap_test_result "somebody new is served" raw_is_served
ktap_finished
