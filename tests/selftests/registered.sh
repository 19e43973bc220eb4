#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw and open-iscsi over rxe, while ib_core's parameter force_mr has
# rdma_rw register memory for every transfer, as it does on iWARP and, for long
# transfers, on some InfiniBand and RoCE adapters. The RDMA modules are loaded anew
# for it; where they are built in, as in the debug kernel, this cannot be done.
# Proves: commands of any size, with more than one memory region each, many at a
# time; a connection lost while regions are in use.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

# In the order in which they can go.
RDMA_MODULES=(ib_iser ib_isert rdma_ucm rdma_rxe siw ib_umad ib_uverbs rdma_cm iw_cm ib_cm ib_core)
LARGE_MIB=(1 2 4 16)

# rdma_anew 0|1: the RDMA modules, with this for force_mr.
rdma_anew() {
	local module
	restore || return 1
	stop_iscsid
	rdma link del "$TISER_RDMADEV" || return 1
	for module in "${RDMA_MODULES[@]}"; do
		[ ! -d "/sys/module/$module" ] || wait_for 20 rmmod "$module" || return 1
	done
	modprobe ib_core force_mr="$1" && modprobe -a rdma_rxe rdma_cm rdma_ucm ib_uverbs ib_iser &&
		rdma link add "$TISER_RDMADEV" type rxe netdev "$TISER_NETDEV"
}

stop_iscsid() {
	pkill -x iscsid && wait_for 20 not pgrep -x iscsid
}

test_cleanup() {
	rdma_anew 0
}

# Three regions each. They share an STag, so it is not to be invalidated.
side_by_side() {
	raw <<-SCRIPT
		session priv=c0000000 rdreads=1
		write blocks=4104
		repeat 59 write blocks=4104 stag=last va=last
		repeat 60 expect scsi status=00
		read blocks=4104
		expect scsi status=00
		verify
	SCRIPT
}

[ -e /sys/module/ib_core/refcnt ] || {
	ktap_print_header
	ktap_skip_all "ib_core is built in"
}
begin $((${#LARGE_MIB[@]} + 6))
must rdma_anew 1
serve_ramdisk
for size in "${LARGE_MIB[@]}"; do
	ktap_test_result "$size MiB in one command" raw_whole_command "$size"
done
raw_test "between sizes of pages and regions" <<-SCRIPT
	session
	io count=12 depth=6 size=512 imm=512
	io count=12 depth=6 size=8704 imm=4096
	io count=6 depth=3 size=1049088 imm=512 lba=7 span=16777216
SCRIPT
ktap_test_result "60 writes side by side" side_by_side
raw_test "death with commands under way" <<-SCRIPT
	session
	repeat 8 write blocks=2048
	abandon
SCRIPT
attach
ktap_test_result "verified I/O of open-iscsi" fio_verify "$DISK" 64k 8 2m
ktap_test_result "logout" initiator_logout "$IQN"
ktap_test_result "the modules go and come back" rdma_anew 0
ktap_finished
