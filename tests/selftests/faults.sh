#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a ramdisk and a slow device while allocations fail
# below the module; open-iscsi has a session on the same portal group. Needs a
# kernel with fault injection and its stack trace filter. One run is traced to
# find out where the module has memory allocated; then one place after the other
# fails: with the profiles soak and full all of them, with others a choice.
# Proves: whatever cannot be allocated, a login is refused with status 0302 or by
# the CM (RFC 7145, 10.1.3.1, 10.1.4.6), a command is answered, or the connection
# ends; nothing is left, and the other session has its disk all the time.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

DEBUGFS=/sys/kernel/debug
TRACE=/sys/kernel/tracing
KINDS=(failslab fail_page_alloc)
EVENTS=(kmalloc kmalloc_node kmem_cache_alloc kmem_cache_alloc_node mm_page_alloc)
# Common allocators: what fails below them is told apart by who called them.
COMMON='^_*(k[mvz]|kcalloc|kstr|krealloc|vmalloc|alloc_pages|get_free|pcpu|ida_|xa[s_]|idr_|radix|slab_)'
# Where a page belongs to a slab or to a sanitizer, failing would be the same
# again, or nothing.
NO_PAGE='slab|stack_depot|kasan|vmap'

# What a victim does; every answer is one of those allowed.
VICTIM='connect expect=any
login InitialR2T=No iSERHelloRequired=Yes
expect login|disconnect
hello
expect hello|disconnect
tur
expect scsi|reject|disconnect
tur lun=1
expect scsi|reject|disconnect
write blocks=128 imm=4096
expect scsi|reject|disconnect
read blocks=128
expect scsi|reject|disconnect
scsi cdb=7f0000000000001800090000000000000000000000000000000000000000000100 read edtl=512
expect scsi|reject|disconnect
nop data=64
expect nop|disconnect
read lun=1 blocks=8 itt=0x100
tmf function=1 lun=1 rtt=0x100 ref_cmdsn=-1
expect tmf|disconnect
tmf function=5 lun=0
expect tmf|disconnect
tmf function=4 lun=0
expect tmf|disconnect
text SendTargets=
expect text|reject|disconnect
snack
expect reject|disconnect
write cmdsn=+1 itt=0x200 blocks=8 unsol=4096 final=0
dataout itt=0x200 len=4096
tur
expect scsi|reject|disconnect
expect scsi|reject|disconnect
logout
expect logout|disconnect
conn found
connect expect=any
login discovery
expect login|disconnect
text SendTargets=All
expect text|reject|disconnect
logout
expect logout|disconnect'

can_inject() {
	local kind
	for kind in "${KINDS[@]}"; do
		[ -e "$DEBUGFS/$kind/require-start" ] || return 1
	done
	[ -d $TRACE/events/kmem ]
}

# set_fault NAME=VALUE...: for both kinds of memory.
set_fault() {
	local kind setting
	for kind in "${KINDS[@]}"; do
		for setting; do
			echo "${setting#*=}" >"$DEBUGFS/$kind/${setting%%=*}" || return 1
		done
	done
}

# fail_within KIND START END TIMES: what is allocated below that code.
fail_within() {
	set_fault probability=0 "require-start=0x$2" "require-end=0x$3" "times=$4" &&
		echo 100 >"$DEBUGFS/$1/probability"
}

plenty() {
	set_fault probability=0
}

# symbols: "START END NAME" of the kernel's functions.
symbols() {
	awk '$2 ~ /[tT]/ { print $1, $3 }' /proc/kallsyms | sort |
		awk 'NR > 1 { print start, $1, name } { start = $1; name = $2 }'
}

# spare_device: soft RoCE stumbles when it cannot make a queue pair, so what it
# allocates is there. Built in, its functions lie side by side.
spare_device() {
	awk '$3 == "_etext" { end = $1 }
		$2 ~ /[tT]/ && $3 ~ /^rxe_/ { at[NR] = $1 }
		END {
			for (i in at) {
				if (at[i] >= end) continue
				if (first == "" || at[i] < first) first = at[i]
				if (at[i] > last) last = at[i]
			}
			print "reject-start=0x" first, "reject-end=0x" last
		}' /proc/kallsyms
}

victim() {
	raw -i "$RAW_INITIATOR.victim" <<<"$VICTIM" >"$TMP/victim.log" 2>&1
}

# trace_events 1|0: of what the module does, all is done by kernel workers.
trace_events() {
	local event filter=0
	[ "$1" = 0 ] || filter='COMM ~ "kworker*"'
	for event in "${EVENTS[@]}"; do
		[ -d "$TRACE/events/kmem/$event" ] || continue
		echo "$filter" >"$TRACE/events/kmem/$event/filter"
		echo "$1" >"$TRACE/events/kmem/$event/enable"
	done
}

# trace_options 1|0: what is recorded, and how it is shown.
trace_options() {
	local option
	for option in stacktrace sym-addr sym-offset; do
		echo "$1" >$TRACE/options/$option
	done
}

# traced COMMAND...: every allocation, with who wanted it, is in $TMP/trace.
traced() {
	local rc=0
	echo 32768 >$TRACE/buffer_size_kb
	echo >$TRACE/trace
	trace_options 1
	trace_events 1
	"$@" || rc=$?
	trace_events 0
	cat $TRACE/trace >"$TMP/trace"
	trace_options 0
	echo >$TRACE/trace
	echo 1 >$TRACE/buffer_size_kb
	return "$rc"
}

# sites: "KIND ADDRESS NAME" of each place to fail: where the module called the
# allocator, or where that was called by the function that the module called.
# Processors take turns in the trace; a stack follows the event of its own.
sites() {
	awk -v module="[$TISER_MODULE_NAME]" -v common="$COMMON" -v no_page="$NO_PAGE" '
	function site(    at) {
		if (!depth || stack ~ / rxe_/) return
		if (kind == "fail_page_alloc" && stack ~ no_page) return
		at = depth > 1 && name[depth - 1] !~ common ? depth - 1 : depth
		print kind, addr[at], name[at] (at < depth ? "<" name[depth] : "")
	}
	match($0, /\[[0-9]+\]/) { cpu = substr($0, RSTART, RLENGTH) }
	/: (kmalloc|kmem_cache_alloc)/ { last[cpu] = "failslab" }
	/: mm_page_alloc/ { last[cpu] = "fail_page_alloc" }
	/<stack trace>/ { site(); kind = last[cpu]; n = depth = 0; stack = "" }
	/^ => / && !depth {
		name[++n] = $2
		sub(/\+.*/, "", name[n])
		addr[n] = $NF
		gsub(/[<>]/, "", addr[n])
		stack = stack " " name[n]
		if (index($0, module)) depth = n
	}
	END { site() }' "$TMP/trace" | sort -u -k 1,2
}

# A choice of the sites, spread over all of them, or all with the long profiles.
chosen_sites() {
	case $TISER_PROFILE in
	soak | full) cat ;;
	*) awk -v most="$1" '{ line[NR] = $0 }
		END {
			step = NR > most ? NR / most : 1
			for (i = 1; i <= NR; i += step) print line[int(i)]
		}' ;;
	esac
}

finds_sites() {
	traced victim && sites >"$TMP/sites" && [ "$(wc -l <"$TMP/sites")" -ge 20 ] && return 0
	cat "$TMP/victim.log" "$TMP/sites" >&2
	head -n 40 "$TMP/trace" >&2
	return 1
}

# Nobody waited in vain, and no login failed for another reason.
victim_is_fine() {
	! grep -q 'in time' "$TMP/victim.log" &&
		! grep 'Login Response status=' "$TMP/victim.log" |
		grep -vqE 'status=(0000|0302)'
}

# The other session's disk is there, at once and unharmed.
other_goes_on() {
	head -c 4096 /dev/urandom >"$TMP/block"
	dd if="$TMP/block" of="$DISK" bs=4k seek=2000 oflag=direct conv=notrunc status=none &&
		dd if="$DISK" bs=4k skip=2000 count=1 iflag=direct status=none |
		cmp - "$TMP/block"
}

# inject KIND ADDRESS NAME: one failure at most.
inject() {
	local rc=0
	fail_within "$1" "$2" "$(printf %x $((0x$2 + 1)))" 1 || return 1
	victim || rc=$?
	[ "$(cat "$DEBUGFS/$1/times")" != 0 ] || FIRED=$((FIRED + 1))
	plenty
	[ "$rc" -lt 124 ] && victim_is_fine && other_goes_on && return 0
	echo "$1 at $3: status $rc" >&2
	cat "$TMP/victim.log" >&2
	return 1
}

each_site() {
	local kind address name turns=0
	FIRED=0
	while read -r kind address name; do
		inject "$kind" "$address" "$name" || return 1
		turns=$((turns + 1))
	done < <(chosen_sites 16 <"$TMP/sites")
	echo "$FIRED of $turns" >"$TMP/fired"
	[ "$FIRED" -gt $((turns / 2)) ]
}

# without_memory KIND FUNCTION: the script on stdin, while nothing is allocated
# below FUNCTION.
without_memory() {
	local kind=$1 function=$2 start end name rc=0
	read -r start end name < <(grep " $function\$" "$TMP/symbols")
	[ -n "$start" ] && fail_within "$kind" "$start" "$end" -1 || return 1
	raw -i "$RAW_INITIATOR.victim" || rc=$?
	plenty
	[ "$rc" = 0 ] && other_goes_on
}

# starved FUNCTION DESCRIPTION [KIND]
starved() {
	if grep -q " $1\$" "$TMP/symbols"; then
		ktap_test_result "$2" without_memory "${3-failslab}" "$1"
	else
		ktap_test_skip "$2: the compiler has merged $1"
	fi
}

# reset_waits: a read whose answer finds no memory is complete for target core,
# and passed over by its resets. RFC 7143, 11.5.1: no response of a task follows
# that of the function.
reset_waits() {
	local start end name rc=0
	read -r start end name < <(grep ' rdma_rw_ctx_init$' "$TMP/symbols")
	fail_within failslab "$start" "$end" -1 || return 1
	raw_start RESET <<-SCRIPT
		session
		read blocks=512 itt=0x100
		expect nothing ms=300
		tmf function=5
		expect nothing ms=500
		echo release
		expect scsi itt=0x100 status=00 next
		expect tmf response=00 next
	SCRIPT
	wait_for 60 grep -q '^# release' "$TMP/RESET.log" || rc=1
	plenty
	raw_end RESET && other_goes_on && return "$rc"
}

test_cleanup() {
	if can_inject; then
		plenty
		set_fault require-start=0 require-end=0
		trace_events 0
		trace_options 0
	fi
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

conn_errors() {
	dmesg | grep -c 'detected conn error'
}

other_was_not_disturbed() {
	initiator_is_logged_in "$IQN" &&
		equals "$conn_errors" conn_errors
}

can_inject || ktap_skip_all "the kernel has no fault injection with stack traces"
begin 13
must slow_device slow 500
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
must tpg_set "$IQN" nopin_timeout=0 InitialR2T=No
must tpg_set "$IQN" default_cmdsn_depth=16
TERMS=("node.conn[0].timeo.noop_out_interval=0")
attach
must raw_is_served
symbols >"$TMP/symbols"
must set_fault stacktrace-depth=32 interval=1 space=0 verbose=0 \
	task-filter=N ignore-gfp-wait=N probability=0
conn_errors=$(conn_errors)
must tee $DEBUGFS/fail_page_alloc/min-order <<<0
read -ra DEVICE < <(spare_device)
must set_fault "${DEVICE[@]}"
before=$(rdma_snapshot)

ktap_test_result "where the module has memory allocated" finds_sites
ktap_test_result "each place fails once" each_site
ktap_print_msg "$(wc -l <"$TMP/sites") places: $(cut -d ' ' -f 3 "$TMP/sites" | paste -sd ' ')"
ktap_print_msg "failed: $(cat "$TMP/fired" 2>/dev/null)"
starved tiser_conn_connected "no connection: refused by the CM" <<-SCRIPT
	connect expect=reject
SCRIPT
starved tiser_dm_alloc_conn_resources "no connection resources: 0302" <<-SCRIPT
	connect
	login
	expect login status=0302
	expect disconnect
SCRIPT
starved target_setup_session "no session: 0302" <<-SCRIPT
	connect
	login
	expect login status=0302
	expect disconnect
SCRIPT
starved tiser_cmds_alloc "no tasks: 0302" <<-SCRIPT
	connect
	login
	expect login status=0302
	expect disconnect
SCRIPT
starved tiser_sgl_alloc "no pages for data: TASK SET FULL, then served" <<-SCRIPT
	session
	read blocks=16
	expect scsi status=28
	write blocks=16 imm=512
	expect scsi status=28
	write blocks=8 imm=4096
	expect scsi status=00
SCRIPT
starved tiser_tmf_set_start "no task management: rejected, the task ends as ever" <<-SCRIPT
	session
	tur lun=1
	expect scsi
	read lun=1 blocks=8 itt=0x100
	tmf function=1 lun=1 rtt=0x100 ref_cmdsn=-1
	expect tmf response=ff
	expect scsi itt=0x100 status=00
	tmf function=5
	expect tmf response=ff
	logout
	expect logout response=00
	expect disconnect
SCRIPT
ktap_test_result "a reset is answered behind the tasks it concerns" reset_waits
ktap_test_result "nothing is left on the RDMA device" rdma_back_to "$before"
ktap_test_result "the other session was not disturbed" other_was_not_disturbed
ktap_test_result "and has its disk" other_goes_on
ktap_test_result "somebody new is served" raw_is_served
ktap_finished
