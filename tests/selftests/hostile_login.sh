#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw's logins; open-iscsi with verified I/O on another target.
# Proves (H080 to H109): names, keys, stages, numbers and order that a login must
# not have are refused with the status of RFC 7143, 11.13.5, or answered as
# RFC 7143, 6.2 asks; peers that never come to an end, do not listen or fight for
# one session cost nobody else anything. login.sh has the rest of these rows.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

PREFIX=iqn.2026-11.com.example

# hex TEXT: printf's escapes, as iser_raw takes bytes.
hex() {
	printf '%b' "$1" | od -An -v -tx1 | tr -d ' \n'
}

# many COUNT FORMAT: FORMAT with 1, 2, ... in it.
many() {
	local i
	for ((i = 1; i <= $1; i++)); do
		# shellcheck disable=SC2059 # that is what it is for
		printf "$2" "$i"
	done
}

LONG=$(many 224 a)
REFUSED=(
	"H083 name of 224 characters|login initiator=${PREFIX:0:23}:${LONG:0:200}|0200"
	"H083 name with a slash|login initiator=$PREFIX:a/b|0200"
	"H083 name with a blank|login \"initiator=$PREFIX:a b\"|0200"
	"H083 name with a format string|login initiator=$PREFIX:%s%n|0200"
	"H083 name with a control character|login drop=InitiatorName text=$(hex "InitiatorName=$PREFIX:a\\x01\\0")|0200"
	"H083 name of bytes beyond ASCII|login drop=InitiatorName text=$(hex "InitiatorName=$PREFIX:\\xff\\xfe\\0")|0200"
	"H083 empty name|login drop=InitiatorName text=$(hex 'InitiatorName=\0')|0200|0207"
	"H083 parent directory|login initiator=../../../etc|0200"
	"H084 name of a target with a slash|login target=$PREFIX:disk/tpgt_1|0200|0203"
	"H085 SessionType twice in one value|login SessionType=Normal,Discovery|0209|0200"
	"H087 CID changes|login t=0;expect login status=0000;login cid=7|0200"
	"H087 TSIH changes|login t=0;expect login status=0000;login tsih=7|0200|020a"
	"H087 CmdSN changes|login t=0;expect login status=0000;login cmdsn=+1|0200"
	"H087 tag changes|login t=0;expect login status=0000;login itt=0x999|0200"
	"H088 current stage 3|login csg=3|0200"
	"H088 next stage is the present one|login csg=1 nsg=1|0200"
	"H088 next security stage|login csg=0 nsg=0|0200"
	"H088 back to the security stage|login csg=0 nsg=1 keys=names SessionType=Normal AuthMethod=None;expect login status=0000;login csg=0 nsg=1|0200"
	"H088 stage jumps ahead|login csg=0 t=0 keys=names SessionType=Normal;expect login status=0000;login csg=1 nsg=3 keys=ops drop=SessionType|0200"
	"H092 empty name of a key|login text=$(hex '=1\0')|0200"
	"H092 name of a key of 64 characters|login text=$(hex "${LONG:0:64}=1\\0")|0200"
	"H092 nothing but NULs|login keys=none text=$(hex '\0\0\0\0')|0207|0200"
	"H092 8192 letters|login keys=none text=$(hex "$(many 8192 A)")|0200"
	"H092 characters no key has|login text=$(hex 'Max Burst\x07=1\0')|0200"
	"H093 key repeated in a later request|login t=0;expect login status=0000;login MaxBurstLength=65536|0200"
	"H093 key repeated with the same value|login text=$(hex 'ErrorRecoveryLevel=0\0')|0200"
	"H094 more unknown keys than answers have room|login keys=names text=$(hex "$(many 700 'X%d=1\\0')")|0200|0300"
	"H096 CHAP_A in the operational stage|login CHAP_A=5|0200"
	"H096 operational key in the security stage|login csg=0 nsg=1 keys=names MaxBurstLength=4096|0200"
	"H096 SendTargets in the login|login SendTargets=All|0200"
	"H096 what only targets send|login TargetPortalGroupTag=1|0200"
	"H102 nothing but CHAP, and none set up|login csg=0 nsg=1 keys=names SessionType=Normal AuthMethod=CHAP|0201"
	"H102 nothing but an unknown method|login csg=0 nsg=1 keys=names SessionType=Normal AuthMethod=KRB5,X-none|0201"
	"H081 SCSI command in the login|login t=0;expect login status=0000;tur|020b"
	"H081 Logout in the login|login t=0;expect login status=0000;logout|020b"
	"H081 Text in the login|login t=0;expect login status=0000;text SendTargets=All|020b"
)

# The key comes with an illegal value: Reject, or the end of the login.
ILLEGAL=(
	MaxBurstLength=0 MaxBurstLength=-1 MaxBurstLength=0x MaxBurstLength=4294967296
	MaxBurstLength=16777216 MaxBurstLength=Reject MaxBurstLength=NotUnderstood
	MaxBurstLength= MaxBurstLength=1e3 ImmediateData=maybe ImmediateData=yes
	InitialR2T=1 ErrorRecoveryLevel=3 MaxConnections=0 DefaultTime2Wait=3601
	MaxConnections=65536 DataPDUInOrder=Irrelevant
	TargetRecvDataSegmentLength=511 InitiatorRecvDataSegmentLength=0
)

GRANTED=(
	"H088 NSG of a request that does not transit|login t=0 bhs=1:07|expect login status=0000 t=0"
	"H092 superfluous NULs at the end|login text=00000000|expect login status=0000 t=1"
	"H094 300 unknown keys|login text=$(hex "$(many 300 'X%d=1\\0')")|expect login status=0000 X1=NotUnderstood X300=NotUnderstood"
	"H094 name of a key of 63 characters|login text=$(hex "X${LONG:0:62}=1\\0")|expect login status=0000 X${LONG:0:62}=NotUnderstood"
	"H095 numbers in hexadecimal|login MaxBurstLength=0x10000 FirstBurstLength=0x1000|expect login status=0000 MaxBurstLength=65536 FirstBurstLength=4096"
	"H100 larger buffers than there are|login TargetRecvDataSegmentLength=16777215|expect login status=0000 TargetRecvDataSegmentLength=8192"
)

# Rows of REFUSED end with statuses: any of them, and then a disconnect.
refused_rows() {
	local row rows=() head
	for row; do
		head=$(cut -d'|' -f1,2 <<<"$row")
		rows+=("$head|expect login status=${row#"$head|"};expect disconnect")
	done
	case_rows connect "${rows[@]}"
}

illegal_logins() {
	local i
	for i in "${!ILLEGAL[@]}"; do
		printf '%s\n' "echo case $i" "conn case$i" connect "login ${ILLEGAL[i]}" \
			"expect login status=0000|0200" disconnect "echo end $i"
	done | raw -k >"$TMP/illegal.log" 2>&1
}

# is_refused NUMBER KEY: Reject as its value, or the end of the login.
is_refused() {
	sed -n "/^# case $1 \$/,/^# end $1 \$/p" "$TMP/illegal.log" |
		grep -E "status=0200|^#.* $2=Reject"
}

# without_end REQUEST: the same request again and again comes to an end.
without_end() {
	{
		echo "connect; login t=0 $2"
		yes "expect login; login keys=none t=0 $1" | head -n 70
	} | raw -k >"$TMP/endless"
	grep -q 'status=0200' "$TMP/endless" || {
		head -n 40 "$TMP/endless"
		return 1
	}
}

bursts_fit() {
	raw >"$TMP/bursts" <<-SCRIPT || return 1
		connect
		login MaxBurstLength=4096 FirstBurstLength=65536
		expect login status=0000|0200
	SCRIPT
	grep -qE 'status=0200|FirstBurstLength=(4096|[1-3]?[0-9]{3})$' "$TMP/bursts"
}

deaths_in_login() {
	local i
	for ((i = 0; i < 5; i++)); do
		printf '%s\n' "conn a$i; connect; login; abandon" \
			"conn b$i; connect; login t=0; disconnect" \
			"conn c$i; connect; login t=0; login; abandon" \
			"conn d$i; connect; login csg=0 nsg=1 keys=names AuthMethod=None; disconnect"
	done | raw
}

# Everybody wants the session of one initiator port; who wins does not matter.
fight_for_session() {
	local name
	for name in ONE TWO THREE FOUR; do
		raw_start $name -k <<<"repeat 8 session isid=00023d0000bb"
	done
	for name in ONE TWO THREE FOUR; do
		raw_end $name >/dev/null 2>&1
		[ $? -le 1 ] || return 1
	done
	raw <<-SCRIPT
		session isid=00023d0000bb
		io count=8
		logout
		expect logout response=00
	SCRIPT
}

# Two requests at once: the second is a breach, unless the first was answered.
two_at_once() {
	raw <<-SCRIPT
		connect
		repeat 3 login t=0
		expect login|disconnect
		disconnect
	SCRIPT
}

begin $((${#REFUSED[@]} + ${#ILLEGAL[@]} + ${#GRANTED[@]} + 13 + BYSTANDER_RESULTS))
serve_ramdisk
bystander_start

raw_test "H080 first PDU is a SCSI command" <<-SCRIPT
	connect
	tur
	expect disconnect silent
SCRIPT
refused_rows "${REFUSED[@]}"
case_rows connect "${GRANTED[@]}"
illegal_logins
for i in "${!ILLEGAL[@]}"; do
	ktap_test_result "H095 ${ILLEGAL[i]}" is_refused "$i" "${ILLEGAL[i]%%=*}"
done
raw_test "H086 TSIH of a session with another CID" <<-SCRIPT
	conn old
	session isid=00023d0000cc
	conn new
	connect
	login isid=00023d0000cc tsih=@old cid=9
	expect login status=0206|020a
	expect disconnect
	conn old
	io count=4
SCRIPT
ktap_test_result "H090 a login that never asks to go on" without_end "" ""
ktap_test_result "H091 text that is always continued" \
	without_end "c=1 text=$(hex "$(many 2000 B)")" "c=1"
ktap_test_result "H097 FirstBurstLength beyond MaxBurstLength" bursts_fit
ktap_test_result "H103 a request before the last one was answered" two_at_once
ktap_test_result "H104 gone before the answer" deaths_in_login
ktap_test_result "H105 four fight for one session" fight_for_session
raw_test "H106 nobody there to read the answer" <<-SCRIPT
	connect retry=1 rnr=1
	login nobuf
	expect disconnect
SCRIPT
raw_test "H107 command at once after the login" <<-SCRIPT
	login_loop count=$(amount 10 4)
SCRIPT
must tpg_set "$IQN" login_timeout=5
raw_test "H108 answers are not read, and the login time-out ends it" <<-SCRIPT
	connect rnr=7
	login t=0 nobuf
	expect disconnect
SCRIPT
raw_test "H109 refused, and the target closes" <<-SCRIPT
	connect
	login target=$PREFIX:nobody
	expect login status=0203
	expect disconnect
SCRIPT
# Pings are what notices it; the peer's queue pair takes nothing.
must tpg_set "$IQN" nopin_timeout=1 nopin_response_timeout=1
raw_test "H108 the final answer is not read, the session is kept" <<-SCRIPT
	connect rnr=7
	login nobuf
	expect disconnect
SCRIPT
must tpg_set "$IQN" nopin_timeout=15 nopin_response_timeout=30
bystander_end
ktap_finished
