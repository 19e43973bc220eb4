#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; open-iscsi with verified I/O on another target.
# Proves (H120 to H136): lengths, directions and unsolicited data that contradict
# the CDB or what was negotiated are answered as RFC 7143, 11.4.5 and 11.4.7.2
# say, or end the connection; nothing is written with data that did not arrive,
# and nothing is sent that the backend did not produce. residual.sh and hostile.sh
# have the rest of these rows.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

OPEN="repeat 2 tur; repeat 2 expect scsi"
CASES=(
	"H120 4 GiB expected of a read of 4 KiB|read blocks=8 edtl=0xffffffff mrlen=4096|expect scsi status=00 underflow=4294963199|alive"
	"H120 4 GiB expected of a command without data|scsi cdb=000000000000 read edtl=0xffffffff mrlen=512|expect scsi status=00 underflow=4294967295|alive"
	"H120 4 GiB announced for a write of 4 KiB|write blocks=8 edtl=0xffffffff mrlen=4096|expect scsi|disconnect underflow=4294963199"
	"H121 less expected than is read|read blocks=8 edtl=1024|expect scsi overflow=3072|alive"
	"H121 less announced than is written|write blocks=8 edtl=1024|expect scsi overflow=3072|alive"
	"H121 more announced than is written|write blocks=8 edtl=8192|expect scsi underflow=4096|alive"
	"H124 immediate data of a command without data|tur imm=512|expect scsi|reject|disconnect"
	"H124 immediate data of a read|read blocks=8 imm=512|expect scsi|reject|disconnect"
	"H123 more immediate data than announced|write blocks=1 imm=4096|expect scsi|disconnect status=02"
	"H123 immediate data is all, the CDB says more|write blocks=8 edtl=512 imm=512|expect scsi overflow=3584|alive"
	"H132 variable length CDB cut off|scsi cdb=7f000000000000180009200000000000|expect scsi status=02|alive"
	"H132 CDB of a vendor|scsi cdb=c1000000000000000000000000000000|expect scsi status=02 sense=05/20/00|alive"
	"H133 read of nothing, with RSV|read blocks=0 edtl=0 rsv|expect scsi status=00 inv=no|alive"
	"H133 write of nothing, with WSV|write blocks=0 edtl=0 wsv|expect scsi status=00 inv=no|alive"
	"H133 read of nothing, with a good STag|read blocks=0 edtl=0 rsv mrlen=512|expect scsi status=00|alive"
	"H133 read of something, nothing expected|read blocks=8 edtl=0|expect scsi overflow=4096|alive"
	"H133 write of something, nothing announced|write blocks=8 edtl=0|expect scsi overflow=4096|alive"
	"H136 block beyond the disk|read lba=0x7fffffff blocks=8|expect scsi status=02 sense=05/21/00|alive"
	"H136 write beyond the disk|write lba=0x7fffffff blocks=8 imm=4096|expect scsi status=02 sense=05/21/00|alive"
)

begin $((${#CASES[@]} + 6 + BYSTANDER_RESULTS))
serve_ramdisk
bystander_start

case_rows "session; $OPEN" "${CASES[@]}"
raw_test "H122 immediate data although it was refused" <<-SCRIPT
	session ImmediateData=No
	repeat 2 tur
	repeat 2 expect scsi
	write lba=64 blocks=8 pattern=1
	expect scsi status=00
	write lba=64 blocks=8 pattern=2 imm=4096
	expect scsi|disconnect status=02 sense=0B/0C/0C
	conn look
	session
	repeat 2 tur
	repeat 2 expect scsi
	read lba=64 blocks=8
	expect scsi status=00
	verify pattern=1
SCRIPT
raw_test "H123 more immediate data than FirstBurstLength" <<-SCRIPT
	session FirstBurstLength=512
	repeat 2 tur
	repeat 2 expect scsi
	write blocks=8 imm=4096
	expect scsi|disconnect status=02 sense=0B/0C/0D|0B/0C/0C
SCRIPT
raw_test "H130 base of the buffer, declared either way or not at all" <<-SCRIPT
	session TaggedBufferForSolicitedDataOnly=No
	repeat 2 tur
	repeat 2 expect scsi
	write lba=128 blocks=32 imm=4096 va=base pattern=3
	expect scsi status=00
	read lba=128 blocks=32
	expect scsi status=00
	verify pattern=3
	conn yes
	session TaggedBufferForSolicitedDataOnly=Yes
	repeat 2 tur
	repeat 2 expect scsi
	write lba=128 blocks=32 imm=512 va=adv pattern=4
	expect scsi status=00
	read lba=128 blocks=32
	expect scsi status=00
	verify pattern=4
	conn silent
	session
	repeat 2 tur
	repeat 2 expect scsi
	write lba=128 blocks=32 imm=1536 va=adv pattern=5
	expect scsi status=00
	read lba=128 blocks=32
	expect scsi status=00
	verify pattern=5
SCRIPT
raw_test "H134 a write whose data ends halfway is not written" <<-SCRIPT
	session
	repeat 2 tur
	repeat 2 expect scsi
	write lba=256 blocks=128 pattern=6
	expect scsi status=00
	write lba=256 blocks=128 pattern=7 mrlen=32768
	expect disconnect|scsi status=02
	conn look
	session
	repeat 2 tur
	repeat 2 expect scsi
	read lba=256 blocks=128
	expect scsi status=00
	verify pattern=6
SCRIPT
raw_test "H134 the same behind immediate data" <<-SCRIPT
	session
	repeat 2 tur
	repeat 2 expect scsi
	write lba=256 blocks=128 pattern=6
	expect scsi status=00
	write lba=256 blocks=128 pattern=7 imm=4096 mrlen=8192
	expect disconnect|scsi status=02
	conn look
	session
	repeat 2 tur
	repeat 2 expect scsi
	read lba=256 blocks=128
	expect scsi status=00
	verify pattern=6
SCRIPT
raw_test "H136 nothing behind what the backend produced" <<-SCRIPT
	session
	repeat 2 tur
	repeat 2 expect scsi
	scsi cdb=12000000ff00 read edtl=255
	expect scsi status=00
	verify off=128 len=127 fill=a5
	scsi cdb=a00000000000000010000000 read edtl=4096
	expect scsi status=00
	verify off=64 len=4032 fill=a5
SCRIPT
bystander_end
ktap_finished
