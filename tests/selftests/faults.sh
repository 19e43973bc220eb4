#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a ramdisk while allocations fail below one function
# of the module after the other; open-iscsi has a session on the same portal
# group. Needs a kernel with fault injection and its stack trace filter.
# Proves: whatever cannot be allocated, a login is refused with status 03xx or by
# the CM (RFC 7145, 10.1.3.1, 10.1.4.6) and a command is answered, or the
# connection ends; nothing is left, the other session goes on and the next login
# works.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

DEBUGFS=/sys/kernel/debug
KINDS=(failslab fail_page_alloc)

# Where the phases of a connection begin: anything below may fail, now this, now
# that.
PHASES=(tiser_rdma_conn_request tiser_login_work tiser_rdma_recv_done
	tiser_rdma_send_done tiser_lio_queue_data_in tiser_lio_write_pending)
# And what allocates by itself; a compiler may have merged some of them.
SITES='alloc|_tx$|_start|_hold$|_get$|_map$|_join$|_setup$|_accept$|create_qp|get_cq|connected$|conn_init|receive$|_submit|_prep|_session$|_reject$|put_data|get_data|write_pending|queue_data_in'

# What a victim does; every answer is one of those allowed.
VICTIM='connect expect=any
login
expect login|disconnect
tur
expect scsi|reject|disconnect
write blocks=128 imm=4096
expect scsi|reject|disconnect
read blocks=128
expect scsi|reject|disconnect
nop data=64
expect nop|disconnect
tmf rtt=0x12345
expect tmf|disconnect
text SendTargets=
expect text|reject|disconnect
snack
expect reject|disconnect
tur cmdsn=+1
tur
expect scsi|reject|disconnect
expect scsi|reject|disconnect
logout
expect logout|disconnect'

can_inject() {
	local kind
	for kind in "${KINDS[@]}"; do
		[ -e "$DEBUGFS/$kind/require-start" ] || return 1
	done
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

# functions: "START END NAME" of the module's functions.
functions() {
	awk -v module="[$TISER_MODULE_NAME]" '
		$4 == module && $2 ~ /[tT]/ { print $1, $3 }' /proc/kallsyms | sort |
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

has_fired() {
	[ "$(cat "$DEBUGFS/$1/times")" = 0 ]
}

# Nobody waited in vain, and no login failed for another reason.
victim_is_fine() {
	! grep -q 'in time' "$TMP/victim.log" &&
		! grep 'Login Response status=' "$TMP/victim.log" |
		grep -vqE 'status=(0000|0301|0302)'
}

# inject KIND START END NAME ODDS: one failure at most, then memory is plentiful
# again.
inject() {
	local kind=$1 rc=0
	set_fault probability=0 "require-start=0x$2" "require-end=0x$3" times=1
	echo "$5" >"$DEBUGFS/$kind/probability"
	raw -i "$RAW_INITIATOR.victim" <<<"$VICTIM" >"$TMP/victim.log" 2>&1 || rc=$?
	set_fault probability=0
	! has_fired "$kind" || FIRED+=("$4")
	{ [ "$rc" -lt 124 ] && victim_is_fine; } && return 0
	echo "failure below $4: status $rc" >&2
	cat "$TMP/victim.log" >&2
	return 1
}

each_site() {
	local start end name
	FIRED=()
	while read -r start end name; do
		[[ $name =~ $SITES ]] || continue
		inject failslab "$start" "$end" "$name" 100 || return 1
	done < <(functions)
	echo "${#FIRED[@]} sites: ${FIRED[*]}" >"$TMP/sites"
	[ "${#FIRED[@]}" -ge 12 ] || {
		cat "$TMP/sites" >&2
		return 1
	}
}

each_phase() {
	local start end name odds
	FIRED=()
	while read -r start end name; do
		[[ " ${PHASES[*]} " == *" $name "* ]] || continue
		for odds in 50 20 5; do
			inject failslab "$start" "$end" "$name" $odds || return 1
			inject fail_page_alloc "$start" "$end" "$name" $odds || return 1
		done
	done < <(functions)
	echo "${#FIRED[@]} times: ${FIRED[*]}" >"$TMP/phases"
}

read_some() {
	flush_cache "$DISK" && dd if="$DISK" of=/dev/null bs=64k count=8 iflag=direct
}

test_cleanup() {
	! can_inject || set_fault probability=0 require-start=0 require-end=0
}

can_inject || ktap_skip_all "the kernel has no fault injection with stack traces"
begin 6
serve_ramdisk
attach
must raw_is_served
must set_fault stacktrace-depth=32 interval=1 space=0 verbose=0 \
	task-filter=N ignore-gfp-wait=N probability=0
must tee $DEBUGFS/fail_page_alloc/min-order <<<0
read -ra DEVICE < <(spare_device)
must set_fault "${DEVICE[@]}"
before=$(rdma_snapshot)

ktap_test_result "each site that allocates fails once" each_site
ktap_print_msg "$(cat "$TMP/sites" 2>/dev/null)"
ktap_test_result "something or other fails in each phase" each_phase
ktap_print_msg "$(cat "$TMP/phases" 2>/dev/null)"
ktap_test_result "nothing is left on the RDMA device" rdma_back_to "$before"
ktap_test_result "the other session is there" initiator_is_logged_in "$IQN"
ktap_test_result "and has its disk" read_some
ktap_test_result "somebody new is served" raw_is_served
ktap_finished
