#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw's connect requests, open-iscsi with verified I/O on another
# target.
# Proves (H001 to H012): whatever a connect request carries, a connection comes
# of it or a refusal; Send with Invalidate is used only where the private data
# says so; half-open connections and floods of requests hold up nobody and leave
# nothing; a portal may go while requests come.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

repeated() {
	printf "$1%.0s" $(seq "$2")
}

GARBAGE=5a3c$(repeated c3 54)
# Description | words of connect | what becomes of Send with Invalidate
REQUESTS=(
	"H001 no private data|priv=none reppriv=c0000000|no"
	"H001 one byte of private data|priv=80|any"
	"H001 private data of zeroes|priv=$(repeated 00 56) reppriv=c0000000|no"
	"H001 private data of garbage|priv=$GARBAGE reppriv=c0000000|no"
	"H001 private data that takes invalidation|priv=80000000 reppriv=80000000|yes"
	"H001 private data that does not|priv=c0000000 reppriv=c0000000|no"
	"H002 every bit of the private data|priv=$(repeated ff 56) reppriv=c0000000|no"
	"H002 reserved bits and bytes|priv=bfffffff mem=mw reppriv=80000000|yes"
	"H004 initiator depth 255|initdepth=255|any"
	"H005 no retries|retry=0 rnr=0|any"
)

request_row() {
	local description words inv
	IFS='|' read -r description words inv <<<"$1"
	[ "$inv" = any ] && inv='' || inv=inv=$inv
	raw_test "$description" <<-SCRIPT
		session $words
		repeat 2 tur
		repeat 2 expect scsi
		read blocks=8
		expect scsi status=00 $inv
		io count=8 depth=4
	SCRIPT
}

half_open() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf 'conn half%d\nconnect half depth=8 txdepth=4\n' "$i"
	done
}

half_open_beside_login() {
	{
		half_open "$(amount 20 10)"
		echo "conn good; session; io count=8; logout; expect logout response=00"
	} | raw
}

requests_and_no_more() {
	raw <<-SCRIPT
		repeat $(amount 24 10) connect depth=8 txdepth=4
		disconnect
		repeat $(amount 24 10) connect half depth=8 txdepth=4
		disconnect
	SCRIPT
}

# What came of a request depends on when the portal went.
requests_while() {
	raw_start REQUESTS -k <<-SCRIPT
		repeat 40 connect expect=any depth=8 txdepth=4
	SCRIPT
	repeat 6 "$@" && raw_end REQUESTS
}

portal_goes() {
	local np
	np=$(tpg_dir "$IQN")/np/$TISER_ADDR:3260
	rmdir "$np" && target_portal "$IQN" "$TISER_ADDR:3260"
}

group_goes() {
	target_disable "$IQN" && target_enable "$IQN"
}

begin $((${#REQUESTS[@]} + 8 + BYSTANDER_RESULTS))
serve_ramdisk
bystander_start

for row in "${REQUESTS[@]}"; do
	request_row "$row"
done
ktap_test_result "H006 half-open connections beside a login" half_open_beside_login
ktap_test_result "H006 nothing of them is left" rdma_back_to "$BASELINE"
ktap_test_result "H006 H008 a flood of requests, abandoned at every stage" requests_and_no_more
raw_test "H007 Login Request before the connection is established" <<-SCRIPT
	connect early
	login
	expect login status=0000 t=1 nsg=3
	tur
	expect scsi
	establish
	io count=8
	logout
	expect logout response=00
SCRIPT
raw_test "H007 never established, and gone" <<-SCRIPT
	connect early
	login
	expect login status=0000
	abandon
SCRIPT
raw_test "H009 Logout and disconnect at once" <<-SCRIPT
	session
	logout
	disconnect
	conn two
	session
	logout
	abandon
	conn three
	session
	repeat 8 read blocks=64
	logout
	disconnect
SCRIPT
ktap_test_result "H010 requests while the portal goes and comes" requests_while portal_goes
ktap_test_result "H010 requests while the group is disabled and enabled" \
	requests_while group_goes
bystander_end
ktap_finished
