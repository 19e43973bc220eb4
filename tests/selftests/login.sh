#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw and open-iscsi against a target in demo mode, one that wants
# an ACL, one that wants authentication and one that is disabled.
# Proves: a good login is answered in one PDU with every offered key and none
# else (RFC 7143, 6 and 13; RFC 7145, 6); a bad one with the status of RFC 7143,
# 11.13.5, before the connection is closed.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

CLOSED=iqn.2026-11.com.example:closed
SECRET=iqn.2026-11.com.example:secret
OFF=iqn.2026-11.com.example:off
NOBODY=iqn.2026-11.com.example:nobody

serve_all() {
	serve_ramdisk
	must target_create $CLOSED
	must target_portal $CLOSED "$TISER_ADDR:3261"
	must target_enable $CLOSED
	must target_create $SECRET
	must target_demo $SECRET
	must tpg_set $SECRET authentication=1
	must target_portal $SECRET "$TISER_ADDR:3262"
	must target_enable $SECRET
	must target_create $OFF
	must target_demo $OFF
	must target_portal $OFF "$TISER_ADDR:3263"
}

# refused STATUS DESCRIPTION LOGIN-ARGUMENTS: answered, then closed.
refused() {
	raw_test "$2: $1" <<-SCRIPT
		connect
		login $3
		expect login status=$1
		expect disconnect
	SCRIPT
}

oi_login() {
	returns "$1" initiator_login "$2" "$TISER_ADDR:$3" iser \
		node.session.initial_login_retry_max=1
}

oi_logs_in() {
	initiator_login "$IQN" && wait_for 10 initiator_is_logged_in "$IQN" &&
		equals "$INITIATOR" target_sessions "$IQN" && initiator_logout "$IQN" &&
		wait_for 10 equals "" target_sessions "$IQN"
}

begin 51
serve_all
before=$(rdma_snapshot)

raw_test "keys of the usual initiator are answered in one PDU" <<-SCRIPT
	connect
	login
	expect login status=0000 t=1 nsg=3 RDMAExtensions=Yes InitialR2T=Yes ImmediateData=Yes
	logout
	expect logout response=00
SCRIPT
raw_test "numbers are the smaller ones" <<-SCRIPT
	connect
	login MaxBurstLength=131072 FirstBurstLength=16776192 DefaultTime2Wait=5
	expect login MaxBurstLength=131072 FirstBurstLength=65536 DefaultTime2Wait=5 MaxConnections=1 MaxOutstandingR2T=1 ErrorRecoveryLevel=0 TargetRecvDataSegmentLength=8192 DataPDUInOrder=Yes DataSequenceInOrder=Yes
SCRIPT
raw_test "FirstBurstLength stays within MaxBurstLength" <<-SCRIPT
	connect
	login MaxBurstLength=4096 FirstBurstLength=4096
	expect login MaxBurstLength=4096 FirstBurstLength=4096
SCRIPT
raw_test "portal group tag comes with the first answer" <<-SCRIPT
	connect
	login
	expect login status=0000 TargetPortalGroupTag=1
SCRIPT
raw_test "no key is volunteered" <<-SCRIPT
	connect
	login
	expect login status=0000 absent=HeaderDigest,DataDigest,MaxRecvDataSegmentLength,MaxOutstandingUnexpectedPDUs,MaxAHSLength,TaggedBufferForSolicitedDataOnly,iSERHelloRequired,TaskReporting,iSCSIProtocolLevel,AuthMethod
SCRIPT
raw_test "keys of RFC 7145 are understood" <<-SCRIPT
	connect
	login MaxOutstandingUnexpectedPDUs=8 MaxAHSLength=256 TaggedBufferForSolicitedDataOnly=No text=6953455248656c6c6f52657175697265643d4e6f00
	expect login status=0000 MaxOutstandingUnexpectedPDUs=* MaxAHSLength=*
SCRIPT
raw_test "digests are None" <<-SCRIPT
	connect
	login HeaderDigest=CRC32C,None DataDigest=None
	expect login status=0000 HeaderDigest=None DataDigest=None
SCRIPT
raw_test "unknown keys are NotUnderstood" <<-SCRIPT
	connect
	login X-com.example.key=1 Frobnicate=Yes
	expect login status=0000 X-com.example.key=NotUnderstood Frobnicate=NotUnderstood
SCRIPT
raw_test "security stage without authentication" <<-SCRIPT
	connect
	login csg=0 nsg=1 keys=names SessionType=Normal AuthMethod=CHAP,None
	expect login status=0000 t=1 csg=0 nsg=1 AuthMethod=None TargetPortalGroupTag=1
	login csg=1 nsg=3 keys=ops drop=SessionType
	expect login status=0000 t=1 nsg=3 RDMAExtensions=Yes
	tur
	expect scsi
SCRIPT
raw_test "security stage left in a second exchange" <<-SCRIPT
	connect
	login csg=0 t=0 keys=names SessionType=Normal AuthMethod=None
	expect login status=0000 t=0 csg=0 AuthMethod=None
	login csg=0 nsg=1
	expect login status=0000 t=1 csg=0 nsg=1
	login csg=1 nsg=3 keys=ops drop=SessionType
	expect login status=0000 t=1 nsg=3
SCRIPT
raw_test "a key split between two PDUs" <<-SCRIPT
	connect
	login c=1 t=0 drop=RDMAExtensions text=52444d41457874656e
	expect login status=0000 t=0 data=0
	login text=73696f6e733d59657300
	expect login status=0000 t=1 RDMAExtensions=Yes
SCRIPT
raw_test "more rounds than needed" <<-SCRIPT
	connect
	login t=0
	expect login status=0000 t=0
	repeat 6 login t=0
	repeat 6 expect login status=0000 t=0
	login
	expect login status=0000 t=1 nsg=3
SCRIPT

refused 0203 "unknown target" "target=$NOBODY"
RAW_PORT=3261 refused 0202 "no ACL" "target=$CLOSED"
RAW_PORT=3262 refused 0201 "authentication required" "target=$SECRET"
RAW_PORT=3262 refused 0201 "authentication required, security stage" \
	"target=$SECRET csg=0 nsg=1 keys=names SessionType=Normal AuthMethod=CHAP,None"
RAW_PORT=3263 refused 0301 "disabled group" "target=$OFF"
refused 0209 "unknown SessionType" "SessionType=Bogus"
refused 0207 "no InitiatorName" "drop=InitiatorName"
refused 0207 "no TargetName" "drop=TargetName"
refused 0200 "invalid InitiatorName" "initiator=nonsense"
refused 0205 "unknown version" "vmax=1 vmin=1"
refused 020a "unknown TSIH" "tsih=77"
refused 0200 "no RDMAExtensions" "drop=RDMAExtensions"
refused 0200 "RDMAExtensions=No" "RDMAExtensions=No"
refused 0200 "key twice" "MaxBurstLength=65536 MaxBurstLength=4096"
refused 0200 "nothing but CRC32C" "HeaderDigest=CRC32C"
refused 0200 "next stage reserved" "nsg=2"
refused 0200 "current stage reserved" "csg=2"
refused 0200 "stage backwards" "csg=1 nsg=0"
refused 0200 "transit and continue" "c=1"
refused 0200 "key without a value" "text=466f6f00"
refused 0200 "CHAP in the operational stage" "CHAP_A=5"
refused 0200 "CHAP without AuthMethod" "csg=0 t=0 keys=names CHAP_A=5"
refused 0200 "operational key in the security stage" \
	"csg=0 nsg=1 keys=names MaxBurstLength=4096"
refused 0201 "CHAP where there are no secrets" \
	"csg=0 nsg=1 keys=names AuthMethod=CHAP"
refused 0200 "illegal number" "MaxBurstLength=0"
refused 0200 "illegal boolean" "ImmediateData=maybe"
refused 0200 "text without an end" "text=466f6f3d3141"

raw_test "transition that is never asked for: 0200" <<-SCRIPT
	connect
	$(for _ in {1..32}; do echo "login t=0; expect login status=0000 t=0"; done)
	login t=0
	expect login status=0200
	expect disconnect
SCRIPT
raw_test "a first PDU that is no Login Request is not answered" <<-SCRIPT
	connect
	nop
	expect disconnect silent
SCRIPT
raw_test "another PDU within the login: 020b" <<-SCRIPT
	connect
	login t=0
	expect login status=0000 t=0
	nop
	expect login status=020b
	expect disconnect
SCRIPT
raw_test "ISID that changes within the login: 0200" <<-SCRIPT
	connect
	login t=0
	expect login status=0000 t=0
	login isid=00023d0000ff
	expect login status=0200
	expect disconnect
SCRIPT
raw_test "a second PDU before the first was answered: both in turn, or the end" <<-SCRIPT
	connect
	repeat 2 login t=0
	expect login|disconnect
SCRIPT
ktap_test_result "and nobody else notices" raw_is_served
ktap_test_result "none of it left anything" rdma_back_to "$before"

must initiator_start
ktap_test_result "open-iscsi logs in and out" oi_logs_in
ktap_test_result "open-iscsi: unknown target" oi_login 19 $NOBODY 3260
ktap_test_result "open-iscsi: no ACL" oi_login 24 $CLOSED 3261
ktap_test_result "open-iscsi: authentication required" oi_login 24 $SECRET 3262
must initiator_reset
ktap_test_result "still nothing is left" rdma_back_to "$before"
ktap_finished
