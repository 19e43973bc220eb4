#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw, then open-iscsi, against a portal group with InitialR2T=No;
# LUN 0 and 1 are ramdisks.
# Proves: unsolicited Data-Out PDUs of any size and alignment end up where they
# belong, with immediate data before and solicited data behind them (RFC 7143,
# 4.2.5.2, 11.7, 13.10; RFC 7145, 7.3.4, 9.5.1); wrong ones are answered and write
# nothing (11.4.7.2), and no response precedes the last of them (11.4.2); a
# command they never come for can be aborted; there are receive buffers for all of
# them (RFC 7145, 8.1.1).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

# TargetRecvDataSegmentLength, FirstBurstLength, blocks, immediate bytes.
WRITES=("512 512 1 0" "512 8192 16 0" "512 8192 40 1" "4096 65536 16 4096"
	"4096 10000 64 513" "4096 40000 100 4096" "8192 9001 100 333"
	"8192 65536 128 8192" "8192 65536 300 0" "8192 131072 256 8192")
# Description | PDUs without F | the PDU with F, behind 512 of 16384 bytes.
ERRORS=(
	"Buffer Offset behind the next byte|datasn=0 offset=1024 len=8192|datasn=1 offset=9216 len=7168"
	"Buffer Offset before the next byte|datasn=0 offset=0 len=8192|datasn=1 offset=8192 len=8192"
	"Buffer Offset beyond everything|datasn=0 offset=0xffffff00 len=512|datasn=1 offset=512 len=512"
	"DataSN left out|datasn=1 offset=512 len=8192|datasn=2 offset=8704 len=7680"
	"DataSN twice|datasn=0 offset=512 len=8192|datasn=0 offset=8704 len=7680"
	"more than EDTL|datasn=0 offset=512 len=8192|datasn=1 offset=8704 len=8192"
	"more behind the end|datasn=0 offset=512 len=8192;datasn=1 offset=8704 len=7680|datasn=2 offset=16384 len=1"
	"less than EDTL|datasn=0 offset=512 len=8192|datasn=1 offset=8704 len=7679"
	"nothing but the F bit||len=0"
)
# Description | command | sense; the answer has to wait for F.
LATE=(
	"no such LUN|write lun=77 blocks=8 final=0|05/25/00"
	"LBA out of range|write lba=0x7ffffff0 blocks=8 final=0|05/21/00"
	"CDB asks for more than EDTL|write blocks=32 edtl=4096 final=0|05/0e/03"
	"CDB asks for less than EDTL|write blocks=1 edtl=4096 final=0|05/0e/03"
	"4 GiB expected|write blocks=8 edtl=0xfffffe00 mrlen=4096 imm=512 final=0|05/0e/03"
	"more immediate data than EDTL|write blocks=1 imm=1024 final=0|0b/0c/0d"
	"bidirectional|scsi cdb=53000000000000000100 read write edtl=512 final=0|05/24/00"
	"unknown CDB|scsi cdb=ff0000000000 write edtl=512 final=0|05/20/00"
)
# TargetRecvDataSegmentLength, FirstBurstLength, command sizes of open-iscsi.
TERMS_OF_LINUX=("8192 65536 4k 60k 64k 68k 512k" "5000 10000 4k 12k 256k")

# dataouts FROM TO SEGMENT WORDS...: a burst of full PDUs for the last command.
dataouts() {
	local at=$1 to=$2 segment=$3 datasn=0 len final=0
	shift 3
	while [ "$final" = 0 ]; do
		len=$((to - at < segment ? to - at : segment))
		[ $((at + len)) -lt "$to" ] || final=1
		echo "dataout datasn=$datasn offset=$at len=$len final=$final $*"
		at=$((at + len))
		datasn=$((datasn + 1))
	done
}

# written LBA BLOCKS SEGMENT FIRST IMM WORDS...: a write with its burst, not yet
# answered.
written() {
	local lba=$1 bytes=$(($2 * 512)) segment=$3 first=$4 imm=$5 burst
	burst=$((bytes < first ? bytes : first))
	echo "write lba=$lba blocks=$2 imm=$imm unsol=$((burst - imm)) final=0 ${*:6}"
	dataouts "$imm" "$burst" "$segment" "pos=$((lba * 512))"
}

read_back() {
	printf '%s\n' "read lba=$1 blocks=$2" 'expect scsi status=00' verify
}

write_terms() {
	local segment first blocks imm
	read -r segment first blocks imm <<<"$1"
	{
		echo "session TargetRecvDataSegmentLength=$segment FirstBurstLength=$first"
		written 100 "$blocks" "$segment" "$first" "$imm"
		echo 'expect scsi status=00'
		read_back 100 "$blocks"
	} | raw
}

# The initiator declares that its buffer begins with the first byte.
write_from_base() {
	{
		echo "session TaggedBufferForSolicitedDataOnly=No FirstBurstLength=10000"
		written 5000 64 8192 10000 1000 va=base
		echo 'expect scsi status=00'
		read_back 5000 64
	} | raw
}

# Commands of both LUNs, each with its burst behind all of them.
write_interleaved() {
	local i
	{
		printf '%s\n' 'session FirstBurstLength=16384' 'repeat 2 tur lun=1' \
			'repeat 2 expect scsi'
		for i in 0 1 2 3; do
			echo "write lun=$((i % 2)) lba=$((6000 + 32 * i)) blocks=32 itt=$((256 + i)) imm=100 unsol=16284 final=0"
		done
		printf '%s\n' nop 'expect nop' 'read lba=0' 'expect scsi status=00'
		for i in 0 1 2 3; do
			dataouts 100 16384 8192 "itt=$((256 + i)) pos=$(((6000 + 32 * i) * 512))"
		done
		repeat_line 4 'expect scsi status=00'
		for i in 0 1 2 3; do
			printf '%s\n' "read lun=$((i % 2)) lba=$((6000 + 32 * i)) blocks=32" \
				'expect scsi status=00' verify
		done
	} | raw
}

repeat_line() {
	local i
	for ((i = 0; i < $1; i++)); do echo "$2"; done
}

# As many commands as the window takes, all at once.
write_window() {
	local i rnr
	rnr=$(rnr_naks) || return 1
	{
		echo "session txdepth=64 TargetRecvDataSegmentLength=512 FirstBurstLength=8192"
		echo 'window min=64 max=64'
		for ((i = 0; i < 64; i++)); do
			written $((8000 + 17 * i)) 17 512 8192 0
		done
		repeat_line 64 'expect scsi status=00'
		for ((i = 0; i < 64; i += 21)); do
			read_back $((8000 + 17 * i)) 17
		done
	} | raw && equals "$rnr" rnr_naks
}

# Receiver not ready: a Send that found no buffer.
rnr_naks() {
	cat /sys/class/infiniband/*/ports/1/hw_counters/send_rnr_err
}

# burst_error PDUS-WITHOUT-F PDU-WITH-F: nothing is written.
burst_error() {
	local pdu
	{
		printf '%s\n' session 'write lba=1000 blocks=32 imm=512 final=0 itt=0x100'
		while read -r pdu; do
			[ -z "$pdu" ] || echo "dataout itt=0x100 final=0 $pdu"
		done < <(tr ';' '\n' <<<"$1")
		printf '%s\n' 'expect nothing ms=200' "dataout itt=0x100 $2" \
			'expect scsi itt=0x100 status=02 sense=0b/0c/0d' \
			'dataout itt=0x100' 'expect reject reason=09' \
			'read lba=1000 blocks=32' 'expect scsi status=00' 'verify fill=00'
	} | raw
}

# late COMMAND SENSE
late() {
	printf '%s\n' session "$1 itt=0x100" 'expect nothing ms=200' \
		'dataout itt=0x100 len=512 final=0' 'expect nothing ms=200' \
		'dataout itt=0x100 len=512' \
		"expect scsi itt=0x100 status=02 sense=$2" 'io count=2' | raw
}

check_list() {
	local check=$1 what=$2 row
	shift 2
	for row; do
		ktap_test_result "$what: ${row%%|*}" "$check" "$row"
	done
}

error_row() {
	local rest=${1#*|}
	burst_error "${rest%|*}" "${rest##*|}"
}

late_row() {
	local rest=${1#*|}
	late "${rest%|*}" "${rest##*|}"
}

# aborted FUNCTION RESPONSE: also of what waits for data, on LUN 0 alone.
aborted() {
	{
		cat <<-SCRIPT
			session cmdsn=100
			write lba=2000 blocks=8 imm=512 final=0 itt=0x100
			write lun=1 lba=2000 blocks=8 imm=512 final=0 itt=0x101
			write lun=77 blocks=8 final=0 itt=0x102
			expect nothing ms=200
			tmf function=$1 rtt=0x100 ref_cmdsn=100
			expect tmf response=$2
			expect nothing ms=200
			nop
			expect nop
			window min=62 max=62
			dataout itt=0x100 offset=512 len=3584
			expect reject reason=09
		SCRIPT
		dataouts 512 4096 8192 itt=0x101 pos=1024000
		cat <<-SCRIPT
			expect scsi itt=0x101 status=00
			tmf function=1 rtt=0x102 lun=77 ref_cmdsn=102
			expect tmf response=00
			repeat 2 tur
			repeat 2 expect scsi
			read lba=2000 blocks=8
			expect scsi status=00
			verify fill=00
			read lun=1 lba=2000 blocks=8
			expect scsi status=00
			verify
		SCRIPT
	} | raw
}

data_before_its_turn() {
	{
		printf '%s\n' 'session cmdsn=100' tur 'expect scsi'
		echo 'write lba=3000 blocks=32 imm=512 final=0 itt=0x102 cmdsn=102'
		dataouts 512 16384 8192 itt=0x102 pos=1536000
		printf '%s\n' 'expect nothing ms=300' 'tur itt=0x101 cmdsn=101' \
			'expect scsi itt=0x101' 'expect scsi itt=0x102 status=00' 'set cmdsn=103'
		read_back 3000 32
	} | raw
}

linux_has_no_r2t() {
	equals 0 cat "$(initiator_session "$IQN")/initial_r2t" &&
		equals "$1" cat "$(initiator_session "$IQN")/first_burst_len"
}

check_linux() {
	local segment first size
	read -r segment first _ <<<"$1"
	must initiator_reset
	must tpg_set "$IQN" TargetRecvDataSegmentLength="$segment" FirstBurstLength="$first"
	attach
	ktap_test_result "open-iscsi, $first of it in PDUs of $segment" linux_has_no_r2t "$first"
	for size in ${1#* * }; do
		ktap_test_result "open-iscsi, $size per command" \
			fio_verify "$DISK" "$size" 8 $((${size%k} * 1024 * $(amount 24 8)))
	done
}

begin $((${#WRITES[@]} + ${#ERRORS[@]} + ${#LATE[@]} + 19 + 10))
must backstore_ramdisk disk 16
must backstore_ramdisk other 16
serve "$IQN" disk other
must tpg_set "$IQN" InitialR2T=No FirstBurstLength=262144
must raw_is_served
before=$(rdma_snapshot)

raw_test "InitialR2T is No when both say so, FirstBurstLength within 16 PDUs" <<-SCRIPT
	connect
	login
	expect login t=1 InitialR2T=No FirstBurstLength=131072
	conn small
	connect
	login TargetRecvDataSegmentLength=512
	expect login t=1 InitialR2T=No FirstBurstLength=8192
	conn yes
	connect
	login InitialR2T=Yes
	expect login t=1 InitialR2T=Yes FirstBurstLength=262144
SCRIPT
for terms in "${WRITES[@]}"; do
	read -r segment first blocks imm <<<"$terms"
	ktap_test_result "$((blocks * 512)) bytes, $imm immediate, $first unsolicited in PDUs of $segment" \
		write_terms "$terms"
done
ktap_test_result "buffer that begins with the first byte" write_from_base
ktap_test_result "interleaved commands and bursts" write_interleaved
ktap_test_result "a window of bursts, and a buffer for each PDU" write_window
ktap_test_result "data of a command ahead of its turn" data_before_its_turn
raw_test "data of a command that was aborted before its turn" <<-SCRIPT
	session cmdsn=100
	write lba=3100 blocks=8 final=0 itt=0x101 cmdsn=101
	dataout itt=0x101 len=4096
	expect nothing ms=200
	set cmdsn=102
	tmf function=1 rtt=0x101 ref_cmdsn=101
	expect reject reason=09
	expect tmf response=00
	tur cmdsn=100
	expect scsi
	read lba=3100 blocks=8
	expect scsi status=00
	verify fill=00
SCRIPT
raw_test "nothing unsolicited, nothing but immediate data: both are allowed" <<-SCRIPT
	session
	write lba=3200 blocks=64
	expect scsi status=00
	read lba=3200 blocks=64
	expect scsi status=00
	verify
	write lba=3300 blocks=64 imm=1000
	expect scsi status=00
	read lba=3300 blocks=64
	expect scsi status=00
	verify
SCRIPT
check_list error_row "Data-Out" "${ERRORS[@]}"
check_list late_row "response waits for F" "${LATE[@]}"
raw_test "Data-Out that answers an R2T nobody sent" <<-SCRIPT
	session
	write blocks=8 final=0 itt=0x100
	dataout itt=0x100 ttt=1 len=4096
	expect disconnect
SCRIPT
raw_test "Data-Out of a finished read, and of no task" <<-SCRIPT
	session
	read itt=0x100
	expect scsi status=00
	dataout itt=0x100 len=512
	expect reject reason=09
	dataout itt=0x777 len=512
	expect reject reason=09
	io count=2
SCRIPT
raw_test "immediate data although ImmediateData=No" <<-SCRIPT
	session ImmediateData=No
	write blocks=8 imm=512
	expect scsi status=02 sense=0b/0c/0c
	write blocks=8 imm=512 final=0 itt=0x100
	expect nothing ms=200
	dataout itt=0x100 offset=512 len=3584
	expect scsi itt=0x100 status=02 sense=0b/0c/0c
	write lba=3400 blocks=8 unsol=4096 final=0
	dataout len=4096 pos=1740800
	expect scsi status=00
	read lba=3400 blocks=8
	expect scsi status=00
	verify
SCRIPT
raw_test "more immediate data than FirstBurstLength, or EDTL" <<-SCRIPT
	session FirstBurstLength=512
	write blocks=8 imm=1024
	expect scsi status=02 sense=0b/0c/0d
	write blocks=1 imm=513
	expect scsi status=02 sense=0b/0c/0d
SCRIPT
raw_test "Data-Out although InitialR2T=Yes" <<-SCRIPT
	session InitialR2T=Yes
	write lba=1000 blocks=8 final=0 itt=0x100
	expect scsi itt=0x100 status=02 sense=0b/0c/0c
	dataout itt=0x100 len=4096
	expect reject reason=04
	read lba=1000 blocks=8
	expect scsi status=00
	verify fill=00
SCRIPT
ktap_test_result "ABORT TASK" aborted 1 00
ktap_test_result "LOGICAL UNIT RESET" aborted 5 00
raw_test "session ends while data is owed" <<-SCRIPT
	session
	repeat 8 write blocks=8 imm=512 final=0
	repeat 8 write lun=77 blocks=8 imm=512 final=0
	write blocks=8 final=0 cmdsn=+4 itt=0x200
	dataout itt=0x200 len=4096
	logout
	expect logout response=00
	conn lost
	session
	repeat 8 write blocks=8 imm=512 final=0
	nop
	expect nop
	abandon
SCRIPT
ktap_test_result "nothing is left" rdma_back_to "$before"
must tpg_set "$IQN" FirstBurstLength=65536
raw_test "window shrinks to what the queue pair has buffers for" <<-SCRIPT
	session TargetRecvDataSegmentLength=512
	window min=33 max=33
	io count=64 depth=33 size=512
SCRIPT
must initiator_start
klog_mark
for terms in "${TERMS_OF_LINUX[@]}"; do
	check_linux "$terms"
done
ktap_test_result "no complaint about them" not klog_has 'is not what was announced|ended'
ktap_test_result "somebody else is served" raw_is_served
ktap_finished
