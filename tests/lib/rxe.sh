# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The RDMA device: what is allocated on it, what it carried, and whether the
# kernel's memory grew.

TISER_RDMADEV=${TISER_RDMADEV:-rxe0}
TISER_NETDEV=${TISER_NETDEV:-dummy0}

# rdma_count qp|cm_id|mr|pd: how many the device has, whoever owns them.
rdma_count() {
	rdma resource show "$TISER_RDMADEV" | awk -v type="$1" '{
		for (i = 1; i < NF; i++)
			if ($i == type) { print $(i + 1); found = 1; exit }
	} END { if (!found) print 0 }'
}

# rdma_owned qp|cm_id|mr|pd: how many the module made.
rdma_owned() {
	rdma resource show "$1" | awk -v owner="[$TISER_MODULE_NAME]" '
		index($0, owner) { count++ } END { print count + 0 }'
}

# rdma_snapshot: one line, comparable. Completion queues are left out: they are
# pooled per device and stay.
rdma_snapshot() {
	echo "qp $(rdma_count qp) cm_id $(rdma_count cm_id)" \
		"mr $(rdma_count mr) pd $(rdma_count pd)"
}

# rdma_back_to SNAPSHOT: it takes the device a moment to let go.
rdma_back_to() {
	wait_for 30 equals "$1" rdma_snapshot && return 0
	echo "was: $1; is: $(rdma_snapshot)" >&2
	rdma resource show qp >&2
	return 1
}

# rxe_counter NAME: a hardware counter of the port.
rxe_counter() {
	cat "/sys/class/infiniband/$TISER_RDMADEV/ports/1/hw_counters/$1"
}

# slab_snapshot FILE: active objects per cache, after what can be dropped was.
slab_snapshot() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk 'NR > 2 { print $1, $2 }' /proc/slabinfo | sort >"$1"
}

# slab_usable: are counts meaningful? A sanitizer's quarantine keeps freed
# objects; there kmemleak looks for leaks instead.
slab_usable() {
	[ -r /proc/slabinfo ] && [ ! -e /sys/kernel/debug/kmemleak ]
}

# slab_growth BEFORE AFTER LIMIT: caches whose active objects grew by more than
# LIMIT, one a line. Caches that belong to files and processes are left out.
slab_growth() {
	join "$1" "$2" | awk -v limit="$3" '
		$1 ~ /^(dentry|filp|vm_area|anon_vma|maple_node|pid|task_|sighand|signal)/ { next }
		$1 ~ /inode_cache|^(radix_tree_node|buffer_head|ext4_|jbd2_|files_cache|mm_struct)/ { next }
		$1 ~ /^(cred_jar|lsm_|fs_cache|names_cache|proc_|ovl_|overlay|ep|seq_file)/ { next }
		$3 - $2 > limit { print $1 ": " $2 " -> " $3 }'
}
