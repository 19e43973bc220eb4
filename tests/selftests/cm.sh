#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a ramdisk, over IPv4 and IPv6.
# Proves: any connect request an initiator may send is answered properly: RDMA
# Reads from none to 255 (RFC 7145, 7.3.6: none and data to fetch is the end, so
# it is refused at once), retries from none to all, any private data (IBTA A12).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

TCP=iqn.2026-11.com.example:tcp

bytes() {
	printf "$1%.0s" $(seq 56)
}

# visit CONNECT-WORDS [LOAD]: script of a connection that logs in and moves data.
visit() {
	cat <<-SCRIPT
		connect $1
		login
		expect login status=0000 t=1
		${2-io count=4 depth=2 size=16384}
		disconnect
	SCRIPT
}

# served CONNECT-WORDS...: one visit after the other.
served() {
	local words
	for words; do
		visit "$words"
	done | raw
}

many_writes() {
	visit "rdreads=1 repord=1 repird=0 txdepth=80" \
		"io count=128 depth=64 size=32768" | raw
}

over_ipv6() {
	visit "" | within 60 iser_raw -T "$IQN" -i "$RAW_INITIATOR" "[$TISER_ADDR6]:3260"
}

# A target of the iscsi fabric listens on the same port of the same address.
tcp_listen() {
	modprobe -q iscsi_target_mod
	mkdir -p "$CFS/iscsi/$TCP/tpgt_1" 2>/dev/null || return 4
	mkdir "$CFS/iscsi/$TCP/tpgt_1/np/$TISER_ADDR:3260" &&
		echo 1 >"$CFS/iscsi/$TCP/tpgt_1/enable"
}

tcp_gone() {
	[ -d "$CFS/iscsi/$TCP" ] || return 0
	echo 0 >"$CFS/iscsi/$TCP/tpgt_1/enable"
	_rmdirs "$CFS/iscsi/$TCP/tpgt_1/np/"* "$CFS/iscsi/$TCP/tpgt_1" \
		"$CFS/iscsi/$TCP" "$CFS/iscsi"
}

side_by_side() {
	raw_is_served && (exec 3<>"/dev/tcp/$TISER_ADDR/3260")
}

test_cleanup() {
	tcp_gone
}

begin 10
serve_ramdisk
must target_portal "$IQN" "[$TISER_ADDR6]:3260"
must raw_is_served
before=$(rdma_snapshot)

raw_test "no RDMA Reads: refused" <<-SCRIPT
	connect rdreads=0 expect=reject reason=28
	connect rdreads=1
SCRIPT
ktap_test_result "one RDMA Read, 64 writes under way" many_writes
ktap_test_result "more of them, and of ours, and none of ours" served \
	"rdreads=2 repord=2" "rdreads=255 initdepth=255 repird=0" "initdepth=0 repird=0"
ktap_test_result "retries: none, all" served "retry=0 rnr=0" "retry=7 rnr=7"
ktap_test_result "private data that takes invalidation" served \
	"priv=80000000 reppriv=80000000" "priv=80 reppriv=80000000" \
	"priv=$(bytes bf) reppriv=80000000"
ktap_test_result "private data that does not" served \
	"priv=c0000000 reppriv=c0000000" "priv=$(bytes ff) reppriv=c0000000"
ktap_test_result "private data that is none of annex A12" served \
	"priv=none reppriv=c0000000" "priv=00000000 reppriv=c0000000" \
	"priv=$(bytes 3f) reppriv=c0000000"
ktap_test_result "IPv6" over_ipv6
if tcp_listen; then
	ktap_test_result "iSCSI over TCP on the same port" side_by_side
	tcp_gone
else
	ktap_test_skip "iSCSI over TCP on the same port" "no iscsi fabric"
fi
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_finished
