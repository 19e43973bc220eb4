#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; LUN 0 is a file.
# Proves: command descriptor blocks of more than 16 bytes come in an additional
# header segment (RFC 7143, 11.2.2.3), with and without data behind it; segments
# that make no sense end the connection (11.2.2); bidirectional commands are
# refused (11.2.2.4).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

WRITE_SAME_32=7f00000000000018000d00000000000000005000000000000000000000000008
READ_32=7f00000000000018000900000000000000000010000000000000000000000008

# Description | words of a scsi command with a malformed segment.
MALFORMED=(
	"AHSLength 0|ahs=00000100"
	"AHSLength of a segment without a CDB|ahs=00010100"
	"AHSLength 0xffff|ahs=ffff0100"
	"AHSLength beyond TotalAHSLength|ahs=000d0100000000000000"
	"CDB of more than 260 bytes|ahs=00f60100$(printf '00%.0s' {1..248})"
	"reserved AHSType|ahs=00050300000000000000"
	"two extended CDBs|ahs=00050100000000000005010000000000"
	"bidirectional length of four bytes|ahs=0004020000000000"
	"two bidirectional lengths|ahs=00050200000002000005020000000200"
)

malformed() {
	printf '%s\n' session "scsi cdb=7f00000000000018 ${1#*|}" 'expect disconnect' | raw
}

# Behind what "io" of iser_raw writes. eight_blocks PATTERN POS: LBA 20480 to 20487 hold the same block, others nothing.
eight_blocks() {
	local lba
	for lba in 20480 20481 20487; do
		printf '%s\n' "read lba=$lba pos=$2" 'expect scsi status=00' "verify pattern=$1"
	done
	for lba in 20479 20488; do
		printf '%s\n' "read lba=$lba" 'expect scsi status=00' 'verify fill=00'
	done
}

# write_same PATTERN WORDS...
write_same() {
	{
		printf '%s\n' 'session FirstBurstLength=512' \
			"scsi cdb=$WRITE_SAME_32 write edtl=512 pattern=$1 pos=77 ${*:2}" \
			'expect scsi status=00'
		eight_blocks "$1" 77
	} | raw
}

write_same_in_pdus() {
	{
		printf '%s\n' 'session FirstBurstLength=512' \
			"scsi cdb=$WRITE_SAME_32 write edtl=512 pattern=9 imm=100 unsol=412 final=0" \
			'dataout datasn=0 offset=100 len=13 pattern=9 final=0' \
			'dataout datasn=1 offset=113 len=399 pattern=9' 'expect scsi status=00'
		eight_blocks 9 0
	} | raw
}

begin $((${#MALFORMED[@]} + 9))
must backstore_file disk "$TMP/backing" 16
serve "$IQN" disk
must tpg_set "$IQN" InitialR2T=No
must raw_is_served

ktap_test_result "WRITE SAME(32) with immediate data" write_same 3 imm=512
ktap_test_result "WRITE SAME(32) with solicited data" write_same 4
ktap_test_result "WRITE SAME(32) with both" write_same 5 imm=200
ktap_test_result "WRITE SAME(32) with Data-Out PDUs" write_same_in_pdus
raw_test "READ(32), which target core does not know" <<-SCRIPT
	session
	scsi cdb=$READ_32 read edtl=4096
	expect scsi status=02 sense=05/20/00
	io count=4
SCRIPT
raw_test "CDB of 260 bytes" <<-SCRIPT
	session
	scsi cdb=7f000000000000fc$(printf '00%.0s' {1..252})
	expect scsi status=02 sense=05/20/00
	scsi cdb=7f000000000000fc$(printf '00%.0s' {1..252}) write edtl=512 imm=512
	expect scsi status=02 sense=05/20/00
	io count=4
SCRIPT
raw_test "CDB that says it is longer than what came" <<-SCRIPT
	session
	scsi cdb=${READ_32/18/f0} read edtl=4096
	expect scsi status=02 sense=05/24/00
	scsi cdb=7f00000000000018 read edtl=4096
	expect scsi status=02 sense=05/24/00
	io count=4
SCRIPT
raw_test "bidirectional command" <<-SCRIPT
	session
	scsi cdb=53000000000000000100 read write edtl=512 ahs=0005020000000200
	expect scsi status=02 sense=05/24/00
	scsi cdb=53000000000000000100 read write edtl=512 imm=512 ahs=0005020000000200
	expect scsi status=02 sense=05/24/00
	scsi cdb=53000000000000000100 read write edtl=512 imm=10 final=0 itt=0x100 ahs=0005020000000200
	expect nothing ms=200
	dataout itt=0x100 offset=10 len=502
	expect scsi itt=0x100 status=02 sense=05/24/00
	io count=4
SCRIPT
for row in "${MALFORMED[@]}"; do
	ktap_test_result "${row%%|*}" malformed "$row"
done
ktap_test_result "somebody else is served" raw_is_served
ktap_finished
