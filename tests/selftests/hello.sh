#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a ramdisk.
# Proves: the iSER Hello (RFC 7145, 5.1.3, 9.3, 9.4, 10.1.3): when it is answered
# and when it ends the connection, which version is answered, and that no more
# RDMA Reads are in flight than it allows. The last is watched where kernel and
# RDMA device meet, with kprobes, where the kernel has them.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

TRACING=/sys/kernel/tracing
[ -e $TRACING/events ] || TRACING=/sys/kernel/debug/tracing
MI=$((1 << 20))

# Description | script, requests separated by ";".
CASES=(
	"unasked, key absent|session;hello ird=16;expect hello rej=0 maxver=10 curver=10 ord=16;tur;expect scsi status=00"
	"required|session iSERHelloRequired=Yes;hello;expect hello rej=0 curver=10;tur;expect scsi status=00"
	"required and missing|session iSERHelloRequired=Yes;tur;expect disconnect silent"
	"after the key said No|session iSERHelloRequired=No;hello;expect disconnect silent"
	"twice|session;hello;expect hello rej=0;hello;expect disconnect silent"
	"after the first command|session;tur;expect scsi status=00;hello;expect disconnect silent"
	"after the first command, which was immediate|session;nop;expect nop;hello;expect disconnect silent"
	"before the login|connect;hello;expect disconnect silent"
	"within the login|connect;login t=0;expect login status=0000;hello;expect disconnect silent"
	"version 1, that of RFC 5046|session;hello maxver=1 minver=1;expect hello rej=0 maxver=1 curver=1;tur;expect scsi status=00"
	"versions 1 to 15|session;hello maxver=15 minver=1;expect hello rej=0 curver=10;tur;expect scsi status=00"
	"versions 0 to 5|session;hello maxver=5 minver=0;expect hello rej=0 curver=1;tur;expect scsi status=00"
	"versions 2 to 9|session;hello maxver=9 minver=2;expect hello rej=1;expect disconnect"
	"versions from 11 on|session;hello maxver=15 minver=11;expect hello rej=1;expect disconnect"
	"versions the wrong way round|session;hello maxver=1 minver=10;expect hello rej=1;expect disconnect"
	"reserved bits|session;hello hdr=0:2f,4:ffffffff;expect hello rej=0;tur;expect scsi status=00"
	"more than the connect request granted|connect rdreads=4;login;expect login status=0000;hello ird=65535;expect hello rej=0 ord=4;tur;expect scsi status=00"
	"no RDMA Reads: what needs none goes on|session;hello ird=0;expect hello rej=0 ord=0;write blocks=8 imm=4096;expect scsi status=00;read blocks=8;expect scsi status=00;verify"
	"no RDMA Reads: a write ends it|session;hello ird=0;expect hello ord=0;write blocks=8;expect disconnect|scsi"
	"death with RDMA Reads waiting|session;hello ird=1;expect hello ord=1;repeat 24 write blocks=512;abandon"
	"write that cannot be read|session;hello ird=1;expect hello ord=1;repeat 4 write blocks=512;write blocks=512 stag=deadbeef;repeat 4 write blocks=512;expect disconnect"
)

run_case() {
	tr ';' '\n' <<<"$1" | raw
}

can_watch() {
	[ -w $TRACING/kprobe_events ]
}

# Work request: next, completion, list, length of it, opcode. 4 is RDMA Read. The
# completion that counts is that of the last one. Behind a null pointer there is
# whatever was in the buffer before.
watch_reads() {
	cat <<-PROBES >$TRACING/kprobe_events || return 1
		p:tiser/post rxe_post_send w0=%si:x64 w1=+0(%si):x64 w2=+0(+0(%si)):x64 o0=+28(%si):u32 o1=+28(+0(%si)):u32 o2=+28(+0(+0(%si))):u32 c0=+8(%si):x64 c1=+8(+0(%si)):x64 c2=+8(+0(+0(%si))):x64
		p:tiser/done tiser_rdma_send_done cqe=+0(%si):x64
	PROBES
	echo 1 >$TRACING/events/tiser/enable
	echo >$TRACING/trace
}

# Taking a probe away empties the trace, so it has to be read before.
unwatch_reads() {
	echo 0 >$TRACING/events/tiser/enable
	echo >$TRACING/kprobe_events
}

# most_reads: how many were posted and not yet completed at any time, from "all
# there were" down.
most_reads() {
	awk '
		function field(name) {
			if (!match($0, " " name "=[^ ]+"))
				return ""
			return substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 2)
		}
		/ post: / {
			n = 0
			for (i = 0; i < 3 && field("w" i) != "0x0" && field("o" i) == 4; i++) {
				n++
				last = field("c" i)
			}
			at[last] += n
			flight += n
			all += n
			if (flight > most)
				most = flight
		}
		/ done: / {
			flight -= at[field("cqe")]
			at[field("cqe")] = 0
		}
		END { print most, all < 16 ? "of " all : "of many" }
	' $TRACING/trace
}

# limited IRD: 1 MiB writes side by side, and one of many work requests.
limited() {
	raw <<-SCRIPT
		session
		hello ird=$1
		expect hello rej=0 ord=$1
		io count=64 depth=64 size=65536
		io count=4 depth=4 size=$((4 * MI)) span=$((16 * MI))
	SCRIPT
}

watched() {
	local rc=0
	watch_reads || return 1
	limited "$1" || rc=1
	echo 0 >$TRACING/events/tiser/enable
	equals "$1 of many" most_reads || rc=1
	unwatch_reads
	return "$rc"
}

test_cleanup() {
	! can_watch || unwatch_reads 2>/dev/null
}

begin $((${#CASES[@]} + 6))
serve_ramdisk
must raw_is_served
before=$(rdma_snapshot)

for case in "${CASES[@]}"; do
	ktap_test_result "${case%%|*}" run_case "${case#*|}"
done
for reads in 1 2; do
	if can_watch; then
		ktap_test_result "IRD $reads: no more RDMA Reads in flight" watched $reads
	else
		ktap_test_skip "IRD $reads: no more RDMA Reads in flight" "no kprobes"
	fi
done
ktap_test_result "IRD 1: data is right" limited 1
raw_test "illumos" <<-SCRIPT
	connect priv=c0000000 rdreads=4 initdepth=4 rnr=2 reppriv=c0000000 repord=4
	login ImmediateData=No MaxOutstandingUnexpectedPDUs=8
	expect login status=0000 t=1 ImmediateData=No MaxOutstandingUnexpectedPDUs=*
	hello maxver=1 minver=1 ird=4
	expect hello rej=0 maxver=1 curver=1 ord=4
	write blocks=256 va=base pattern=9
	expect scsi status=00 inv=no
	read blocks=256
	expect scsi status=00 inv=no
	verify pattern=9
	io count=32 depth=16 size=65536
	logout
	expect logout response=00
SCRIPT
ktap_test_result "nothing of them is left" rdma_back_to "$before"
ktap_test_result "somebody new is served" raw_is_served
ktap_finished
