#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw with the keys, their order, the connect parameters and the
# habits of initiators that do not run here.
# Proves: what they send is answered as they need it, and verified reads and
# writes work: FreeBSD (security stage with and without transition, buffers posted
# late, no immediate data, no invalidation), illumos (Hello, two retries for want of a
# buffer, base of the whole buffer, MaxOutstandingUnexpectedPDUs), ESXi
# (security stage, text in pieces, one RDMA Read at a time), libiscsi (one login
# buffer, WSV on every write, digests offered) and open-iscsi's usual text.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

# hex TEXT: printf's escapes, as iser_raw takes bytes.
hex() {
	printf '%b' "$1" | od -An -v -tx1 | tr -d ' \n'
}

FREEBSD="HeaderDigest=None DataDigest=None ImmediateData=Yes MaxBurstLength=262144 \
FirstBurstLength=65536 InitialR2T=Yes MaxOutstandingR2T=1 \
InitiatorRecvDataSegmentLength=131072 TargetRecvDataSegmentLength=131072 \
RDMAExtensions=Yes DefaultTime2Wait=0 DefaultTime2Retain=0 ErrorRecoveryLevel=0"
FREEBSD_ANSWER="HeaderDigest=None DataDigest=None InitialR2T=Yes RDMAExtensions=Yes \
MaxBurstLength=262144 MaxOutstandingR2T=1 ErrorRecoveryLevel=0"
ILLUMOS="HeaderDigest=None DataDigest=None MaxConnections=1 InitialR2T=Yes \
ImmediateData=No MaxBurstLength=262144 FirstBurstLength=65536 DefaultTime2Wait=2 \
DefaultTime2Retain=20 MaxOutstandingR2T=1 DataPDUInOrder=Yes DataSequenceInOrder=Yes \
ErrorRecoveryLevel=0 RDMAExtensions=Yes TargetRecvDataSegmentLength=8192 \
InitiatorRecvDataSegmentLength=131072 MaxOutstandingUnexpectedPDUs=8"
ESXI="HeaderDigest=None DataDigest=None MaxRecvDataSegmentLength=131072 \
InitialR2T=No ImmediateData=Yes MaxBurstLength=262144 FirstBurstLength=262144 \
DefaultTime2Wait=0 DefaultTime2Retain=0 MaxOutstandingR2T=1 MaxConnections=1 \
DataPDUInOrder=Yes DataSequenceInOrder=Yes ErrorRecoveryLevel=0 RDMAExtensions=Yes \
TargetRecvDataSegmentLength=131072 InitiatorRecvDataSegmentLength=131072"
LIBISCSI="SessionType=Normal HeaderDigest=None,CRC32C DataDigest=None InitialR2T=No \
ImmediateData=Yes MaxBurstLength=262144 FirstBurstLength=262144 DefaultTime2Wait=2 \
DefaultTime2Retain=0 MaxOutstandingR2T=1 ErrorRecoveryLevel=0 IFMarker=No OFMarker=No \
MaxConnections=1 MaxRecvDataSegmentLength=8192 DataPDUInOrder=Yes \
DataSequenceInOrder=Yes RDMAExtensions=Yes InitiatorRecvDataSegmentLength=8192 \
TargetRecvDataSegmentLength=8192"
READY="repeat 2 tur; repeat 2 expect scsi"
BYE="logout; expect logout response=00"

# security WORDS: the first request of those that begin with security.
security() {
	echo "login csg=0 nsg=1 keys=names SessionType=Normal $*"
}

# written_and_read WRITE-WORDS: 64 KiB at another place each time, checked.
written_and_read() {
	cat <<-SCRIPT
		write lba=512 blocks=128 pattern=9 $*
		expect scsi status=00 inv=no
		read lba=512 blocks=128
		expect scsi status=00 inv=no
		verify pattern=9
		write lba=700 blocks=1 pattern=8 $*
		expect scsi status=00 inv=no
		read lba=700 blocks=1
		expect scsi status=00 inv=no
		verify pattern=8
		io count=32 depth=8 size=8192
	SCRIPT
}

begin 9
serve_ramdisk
before=$(rdma_snapshot)

raw_test "FreeBSD: security stage with T=1" <<-SCRIPT
	connect priv=c0000000 reppriv=c0000000 rnr=6
	$(security AuthMethod=None)
	expect login status=0000 t=1 csg=0 nsg=1 AuthMethod=None TargetPortalGroupTag=1
	login csg=1 nsg=3 $FREEBSD
	expect login status=0000 t=1 nsg=3 $FREEBSD_ANSWER absent=MaxRecvDataSegmentLength
	$READY
	$(written_and_read va=base)
	$BYE
SCRIPT
raw_test "FreeBSD: security stage with T=0, buffers posted late" <<-SCRIPT
	connect priv=c0000000 reppriv=c0000000 rnr=6
	$(security t=0 AuthMethod=None)
	expect login status=0000 t=0 csg=0 AuthMethod=None TargetPortalGroupTag=1
	login csg=0 nsg=1
	expect login status=0000 t=1 csg=0 nsg=1
	login csg=1 nsg=3 late $FREEBSD
	expect login status=0000 t=1 nsg=3 $FREEBSD_ANSWER
	expect nothing ms=300
	$READY
	$(written_and_read va=base)
	$BYE
SCRIPT
raw_test "illumos: two retries, the whole buffer's base" <<-SCRIPT
	connect priv=c0000000 reppriv=c0000000 rdreads=4 initdepth=4 rnr=2
	login keys=names SessionType=Normal $ILLUMOS
	expect login status=0000 t=1 nsg=3 RDMAExtensions=Yes ImmediateData=No MaxOutstandingUnexpectedPDUs=*
	hello maxver=1 minver=1 ird=4
	expect hello rej=0 maxver=1 curver=1 ord=4
	$READY
	$(written_and_read va=base)
	io count=64 depth=16 size=65536
	$BYE
SCRIPT
raw_test "ESXi: security stage, text in pieces, one RDMA Read" <<-SCRIPT
	connect priv=80000000 rdreads=1 mem=mw
	$(security "AuthMethod=CHAP,None")
	expect login status=0000 t=1 csg=0 nsg=1 AuthMethod=None TargetPortalGroupTag=1
	login csg=1 t=0 c=1 ${ESXI%% RDMAExtensions*} text=$(hex 'RDMAExt')
	expect login status=0000 t=0 data=0
	login csg=1 nsg=3 text=$(hex "ensions=Yes\\0TargetRecvDataSegmentLength=131072\\0InitiatorRecvDataSegmentLength=131072\\0")
	expect login status=0000 t=1 nsg=3 RDMAExtensions=Yes InitialR2T=Yes absent=MaxRecvDataSegmentLength
	$READY
	io count=64 depth=16 size=65536
	io count=32 depth=8 size=8192 imm=4096
	tmf function=5
	expect tmf response=00
	$READY
	nop
	expect nop
	$BYE
SCRIPT
raw_test "ESXi: keys in another order, rounds without a transition" <<-SCRIPT
	connect priv=80000000 rdreads=1 mem=mw
	login csg=0 t=0 keys=none AuthMethod=None SessionType=Normal TargetName=$IQN InitiatorName=$RAW_INITIATOR
	expect login status=0000 t=0 AuthMethod=None
	login csg=0 nsg=1
	expect login status=0000 t=1 nsg=1
	login csg=1 t=0 RDMAExtensions=Yes ErrorRecoveryLevel=0
	expect login status=0000 t=0 RDMAExtensions=Yes ErrorRecoveryLevel=0
	login csg=1 t=0
	expect login status=0000 t=0 data=0
	login csg=1 nsg=3 InitialR2T=Yes ImmediateData=No
	expect login status=0000 t=1 nsg=3 InitialR2T=Yes ImmediateData=No
	$READY
	io count=16 depth=4 size=65536
	$BYE
SCRIPT
raw_test "ESXi: SendTargets in a discovery session that began with security" <<-SCRIPT
	connect rdreads=1
	login csg=0 nsg=1 discovery keys=names SessionType=Discovery AuthMethod=None
	expect login status=0000 t=1 csg=0 nsg=1 AuthMethod=None
	login csg=1 nsg=3 MaxRecvDataSegmentLength=131072 HeaderDigest=None DataDigest=None
	expect login status=0000 t=1 nsg=3 HeaderDigest=None DataDigest=None
	text SendTargets=All
	expect text f=1 TargetName=$IQN TargetAddress=$TISER_ADDR:3260,1
SCRIPT
raw_test "libiscsi: its text, WSV on every write, few buffers" <<-SCRIPT
	connect priv=c0000000 reppriv=c0000000 rdreads=4 initdepth=0
	login keys=names cmdsn=0x9a3b11f0 isid=80123456789a $LIBISCSI
	expect login status=0000 t=1 nsg=3 HeaderDigest=None DataDigest=None InitialR2T=Yes RDMAExtensions=Yes IFMarker=No
	$READY
	write lba=64 blocks=8 imm=4096 wsv pattern=3
	expect scsi status=00 inv=no
	read lba=64 blocks=8
	expect scsi status=00
	verify pattern=3
	$(written_and_read imm=512 wsv va=adv)
	nop queued data=8
	expect nop data=8
	text SendTargets=All
	expect text f=1 TargetName=$IQN
	$BYE
SCRIPT
raw_test "open-iscsi: its text, its window, its pings" <<-SCRIPT
	connect priv=80000000 rdreads=128
	login cmdsn=0
	expect login status=0000 t=1 nsg=3 InitialR2T=Yes MaxOutstandingR2T=1 DataPDUInOrder=Yes
	$READY
	io count=64 depth=32 size=65536
	io count=64 depth=32 size=4096 imm=4096
	nop
	expect nop data=0 ttt=0xffffffff
	$BYE
SCRIPT
ktap_test_result "nothing is left of them" rdma_back_to "$before"
ktap_finished
