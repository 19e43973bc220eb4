#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw, which advertises memory windows, against a ramdisk.
# Proves: private data of the connection (IBTA A12): what the target says of
# itself, and that it invalidates an STag with the SCSI Response exactly where
# both sides agreed and the command advertised one (RFC 7145, 7.3.2).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

# connection DESCRIPTION CONNECT-WORDS YES-OR-NO: of a read and a solicited write.
connection() {
	raw_test "$1: $3" <<-SCRIPT
		connect $2
		login
		expect login status=0000 t=1
		read blocks=8
		expect scsi status=00 inv=$3
		write blocks=32
		expect scsi status=00 inv=$3
		read blocks=32
		expect scsi status=00 inv=$3
		verify
	SCRIPT
}

begin 11
serve_ramdisk
must raw_is_served

connection "initiator takes invalidation" "priv=80000000 reppriv=80" yes
connection "initiator does not" "priv=c0000000" no
connection "initiator speaks no A12" "priv=00000000" no
connection "initiator sends nothing" "priv=none" no
connection "unknown bits and bytes" "priv=bfffffff" yes
raw_test "zeros behind the header of 56 bytes" <<-SCRIPT
	connect priv=80000000$(printf '00%.0s' {1..52})
	login
	expect login status=0000 t=1
	io count=8
SCRIPT
raw_test "write of immediate data alone: nothing to invalidate" <<-SCRIPT
	session
	write blocks=8 imm=4096
	expect scsi status=00 inv=no
SCRIPT
raw_test "write of immediate data with an STag nevertheless" <<-SCRIPT
	session
	write blocks=8 imm=4096 wsv stag=0
	expect scsi status=00 inv=no
SCRIPT
raw_test "command without data" <<-SCRIPT
	session
	tur
	expect scsi inv=no
SCRIPT
raw_test "command that fails" <<-SCRIPT
	session
	scsi cdb=12007f00ff00 edtl=255 read
	expect scsi status=02
	io count=8
SCRIPT
raw_test "pings, task management and Logout invalidate nothing" <<-SCRIPT
	session
	read blocks=8
	expect scsi
	nop hdr=4:deadbeef,16:deadbeef
	expect nop
	tmf function=5
	expect tmf response=00
	logout
	expect logout response=00
SCRIPT
ktap_finished
