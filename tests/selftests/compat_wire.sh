#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw and open-iscsi over rxe; 20 logical units, one numbered 300.
# Proves what initiators rely on: every offered key is answered (L02), InitialR2T
# is Yes whatever was offered (L03), immediate data of any agreed length (L05,
# L06), CmdSN beginning anywhere (L15), a command at the moment of the final Login
# Response (L17), long lists of logical units (F11), windows of any size (F12).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

READY="repeat 2 tur; repeat 2 expect scsi"

# segment_length BYTES: immediate data of that length, whole writes and parts.
segment_length() {
	local imm=$(($1 < 16384 ? $1 : 16384))
	tpg_set "$IQN" "TargetRecvDataSegmentLength=$1" FirstBurstLength=65536 || return 1
	raw <<-SCRIPT
		connect
		login TargetRecvDataSegmentLength=$1 FirstBurstLength=65536
		expect login status=0000 t=1 TargetRecvDataSegmentLength=$1
		$READY
		io count=16 depth=8 size=$imm imm=$imm
		io count=16 depth=8 size=32768 imm=$imm
		io count=16 depth=8 size=8192 imm=512
	SCRIPT
}

# first_burst BYTES: with data segments of 4096 bytes.
first_burst() {
	local imm=$(($1 < 4096 ? $1 : 4096))
	tpg_set "$IQN" TargetRecvDataSegmentLength=4096 "FirstBurstLength=$1" || return 1
	raw <<-SCRIPT
		connect
		login TargetRecvDataSegmentLength=4096 FirstBurstLength=$1
		expect login status=0000 t=1 FirstBurstLength=$1
		$READY
		io count=16 depth=8 size=$imm imm=$imm
		io count=16 depth=8 size=16384 imm=$imm
	SCRIPT
}

# kernel_initiator SEGMENT BURST: fio with checksums over what it negotiates.
kernel_initiator() {
	tpg_set "$IQN" "TargetRecvDataSegmentLength=$1" "FirstBurstLength=$2" || return 1
	initiator_login "$IQN" && DISK=$(initiator_disk "$IQN" 0) &&
		fio_verify "$DISK" 512 8 64k && fio_verify "$DISK" 4k 8 256k &&
		fio_verify "$DISK" 64k 4 1m && initiator_logout "$IQN"
}

# window_of COMMANDS: an initiator of its own, because ACLs remember.
window_of() {
	tpg_set "$IQN" "default_cmdsn_depth=$1" || return 1
	raw -i "$RAW_INITIATOR.window$1" <<-SCRIPT
		session depth=192
		window min=$1 max=$1
		io count=$(($1 < 64 ? 64 : 2 * $1)) depth=160 size=4096
		window min=$1 max=$1
	SCRIPT
}

begin 20
serve_ramdisk
for lun in {1..18} 300; do
	must target_lun "$IQN" "$lun" disk
done
before=$(rdma_snapshot)

raw_test "L02 every key of the usual initiator is answered" <<-SCRIPT
	connect
	login
	expect login status=0000 t=1 TargetPortalGroupTag=1 DefaultTime2Wait=2 DefaultTime2Retain=0 IFMarker=No OFMarker=No ErrorRecoveryLevel=0 InitialR2T=Yes ImmediateData=Yes MaxBurstLength=16776192 FirstBurstLength=65536 MaxOutstandingR2T=1 MaxConnections=1 DataPDUInOrder=Yes DataSequenceInOrder=Yes InitiatorRecvDataSegmentLength=* TargetRecvDataSegmentLength=8192 RDMAExtensions=Yes absent=InitiatorName,TargetName,SessionType,TargetAddress
SCRIPT
for value in Yes No; do
	raw_test "L03 InitialR2T=$value" <<-SCRIPT
		connect
		login InitialR2T=$value
		expect login status=0000 InitialR2T=Yes
	SCRIPT
done
for value in 512 4096 8192 65536; do
	ktap_test_result "L05 data segments of $value bytes" segment_length $value
done
for value in 512 4096 262144; do
	ktap_test_result "L06 first bursts of $value bytes" first_burst $value
done
for value in 1 0xfffffff0; do
	raw_test "L15 CmdSN begins with $value" <<-SCRIPT
		session cmdsn=$value
		window exp=$value
		io count=32 depth=8 size=4096
	SCRIPT
done
ktap_test_result "L17 a command as soon as the login is answered" raw <<<"login_loop count=$(amount 20 8)"
raw_test "F11 REPORT LUNS of 20 logical units" <<-SCRIPT
	session
	$READY
	scsi cdb=a00000000000000010000000 read edtl=4096
	expect scsi status=00 underflow=3928
	verify off=0 hex=000000a0
	read rawlun=012c000000000000 blocks=8
	expect scsi
	read rawlun=012c000000000000 blocks=8
	expect scsi status=00
	tur lun=299
	expect scsi status=02 sense=05/25/00
SCRIPT
for value in 1 2 16 128; do
	ktap_test_result "F12 window of $value commands" window_of $value
done
must initiator_start
ktap_test_result "L05 L06 the kernel's initiator, segments of 512 bytes" kernel_initiator 512 4096
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_finished
