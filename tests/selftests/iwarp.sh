#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi and iser_raw over siw, which does iWARP in software, on a
# link of its own; a ramdisk and a file. Debian's kernels have no siw: the debug
# kernel has.
# Proves: what iWARP does otherwise than RoCE (RFC 7145, 5.1.2 and 5.1.3):
# connections come up in RDMA mode, a Hello or command may follow the final Login
# Response at once, private data may be missing, the target's RDMA Reads need
# registered memory; data is right at every size, and nothing is left.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

TISER_RDMADEV=siw0
TISER_NETDEV=tiser_iw
TISER_ADDR=10.9.0.1
LARGE_MIB=(1 4 16)
# Description | script, requests separated by ";".
CASES=(
	"H001 no private data|session priv=none;io count=8"
	"H001 one byte of private data|session priv=80;io count=8"
	"H001 three bytes of private data|session priv=800000;io count=8"
	"private data that takes invalidation|session priv=80000000;read blocks=8;expect scsi status=00;io count=8"
	"Hello as soon as the login is over|session iSERHelloRequired=Yes;hello;expect hello rej=0 curver=10;tur;expect scsi status=00;io count=8"
	"Hello missing|session iSERHelloRequired=Yes;tur;expect disconnect silent"
	"command as soon as the login is over|session;tur;expect scsi status=00"
	"one RDMA Read at a time|session rdreads=1;io count=32 depth=16 size=65536"
	"many large writes side by side|session;io count=8 depth=8 size=2097152 span=16777216"
	"death with commands under way|session;repeat 16 write blocks=512;abandon"
	"a command for memory that is not there|session;write blocks=512 stag=deadbeef;expect disconnect"
)

# As a module or built in.
has_siw() {
	modprobe -q siw || grep -qw siw_newlink /proc/kallsyms
}

link_up() {
	ip link add "$TISER_NETDEV" type dummy &&
		ip link set "$TISER_NETDEV" up &&
		ip addr add "$TISER_ADDR/24" dev "$TISER_NETDEV" &&
		rdma link add "$TISER_RDMADEV" type siw netdev "$TISER_NETDEV" &&
		rdma link show "$TISER_RDMADEV/1" | grep -q 'state ACTIVE'
}

test_cleanup() {
	initiator_reset
	target_destroy_all
	ip link del "$TISER_NETDEV" 2>/dev/null
}

run_case() {
	tr ';' '\n' <<<"$1" | raw
}

# What the initiator sends the moment it has the final Login Response.
hello_at_once() {
	local turn
	for turn in $(seq 20); do
		echo "conn at_once$turn; session iSERHelloRequired=Yes; hello"
		echo "expect hello rej=0; tur; expect scsi status=00; disconnect"
	done | raw
}

discovered() {
	initiator_discover "$TISER_ADDR:3260" | grep -qF "$TISER_ADDR:3260,1 $IQN"
}

over_siw() {
	[ "$(rdma_count qp)" -ge 2 ]
}

has_siw || ktap_skip_all "this kernel has no siw"
begin $((${#CASES[@]} + ${#LARGE_MIB[@]} + 8))
must link_up
before=$(rdma_snapshot)
serve_ramdisk
attach
ktap_test_result "discovery" discovered
ktap_test_result "the connection is one of siw" over_siw
for size in 4k 64k 1m; do
	ktap_test_result "$size blocks come back unchanged" fio_verify "$DISK" $size 8 2m
done
ktap_test_result "logout" initiator_logout "$IQN"
for case in "${CASES[@]}"; do
	ktap_test_result "${case%%|*}" run_case "${case#*|}"
done
ktap_test_result "20 times login, Hello, command" hello_at_once
for size in "${LARGE_MIB[@]}"; do
	ktap_test_result "$size MiB in one command" raw_whole_command "$size"
done
restore
ktap_test_result "module unloads and leaves nothing on the RDMA device" rdma_back_to "$before"
ktap_finished
