#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw; LUN 0 is a ramdisk, LUN 1 a block device that answers late.
# Proves: the scripts of scripts/bpftrace, all at once over the same sessions,
# print what happened in them, and so do the recipes of Documentation/tracing.rst
# for trace-cmd and perf. The guest needs what the profile "tracing" lists.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

SCRIPTS=$TISER_ROOT/scripts/bpftrace
NAMES=(latency logins rdma slow)
SLOW_MS=2000 LIMIT_MS=1000

test_cleanup() {
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

# make_gate: bpftrace ends with the command it was given. This one says that
# tracing has begun, and waits. (Debian 12's does not notice every interrupt.)
make_gate() {
	: >"$TMP/tracing"
	cat >"$TMP/gate" <<-SCRIPT
		: >"$TMP/\$1.attached"
		while [ -e "$TMP/tracing" ]; do
			sleep 0.2
		done
	SCRIPT
}

# watch NAME [ARGUMENT...]: its output goes to $TMP/NAME.log.
watch() {
	local name=$1
	shift
	background "$name" bpftrace -c "/bin/sh $TMP/gate $name" \
		"$SCRIPTS/iser-$name.bt" "$@"
}

attached() {
	[ -e "$TMP/$1.attached" ]
}

# attached_or_over NAME: it need not be waited for.
attached_or_over() {
	local pid=${1}_PID
	attached "$1" || ! is_alive "${!pid}"
}

start_scripts() {
	local name
	make_gate
	watch latency
	watch logins
	watch rdma
	watch slow "$LIMIT_MS"
	for name in "${NAMES[@]}"; do
		wait_for 120 attached_or_over "$name"
		if not attached "$name"; then
			cat "$TMP/$name.log"
			return 1
		fi
	done
}

# The session with an unknown STag is the target's to end.
workload() {
	raw <<-SCRIPT
		session cmdsn=100 InitialR2T=No ImmediateData=Yes
		io mode=write count=20 depth=4 size=8192
		io mode=read count=30 depth=4 size=4096
		scsi cdb=c00000000000
		expect scsi status=02
		write blocks=8 final=0 itt=0x9104
		tmf function=1 rtt=0x9104 ref_cmdsn=-1
		expect tmf response=00
		tur lun=1
		expect scsi
		write lun=1 blocks=8
		expect scsi status=00
		read lun=1 blocks=8
		expect scsi status=00
		logout
		expect logout response=00
		conn wrong
		session
		write blocks=8 stag=deadbeef
		expect disconnect
		conn gone
		session
		disconnect
		conn refused
		connect
		login target=$IQN.none
		expect login status=0203
	SCRIPT
}

# The last events may come after the last answer.
stop_scripts() {
	local name pid
	rdma_back_to "$BASELINE" || return 1
	rm "$TMP/tracing"
	for name in "${NAMES[@]}"; do
		pid=${name}_PID
		returns 0 reap "${!pid}" 60 || return 1
	done
}

# counted NAME MAP [BUCKET]: sum of the counts of the histograms whose heading is
# MAP (extended RE), or of one of their buckets.
counted() {
	map="^@$2: *\$" awk -v bucket="${3-}" '
		/^@/ { inside = $0 ~ ENVIRON["map"] }
		inside && match($0, /^[[(][^])]*[])]/) {
			name = substr($0, 1, RLENGTH)
			split(substr($0, RLENGTH + 1), rest)
			if (bucket == "" || name == bucket) sum += rest[1]
		}
		END { print sum + 0 }' "$TMP/$1.log"
}

# printed NAME LINE...: these lines are there, each once (extended RE).
printed() {
	local name=$1 line
	shift
	for line; do
		[ "$(grep -cE "^$line\$" "$TMP/$name.log")" = 1 ] || {
			echo "not once: $line"
			cat "$TMP/$name.log"
			return 1
		}
	done
}

# histograms NAME MAP=COUNT...
histograms() {
	local name=$1 entry
	shift
	for entry; do
		equals "${entry##*=}" counted "$name" "${entry%=*}" || {
			echo "of ${entry%=*}"
			cat "$TMP/$name.log"
			return 1
		}
	done
}

# Of the 22 writes one was aborted and one never got its data.
latency_counts() {
	histograms latency 'latency_us\[0, 40\]=30' 'latency_us\[0, 42\]=22' \
		'latency_us\[0, 192\]=1' 'latency_us\[1, 40\]=1' 'latency_us\[1, 42\]=1'
}

# 0xc0 is no operation code; 0x2a is WRITE(10).
latency_outcomes() {
	printed latency '@bad_status\[0, 192, 2\]: 1' '@aborted\[0, 42\]: 2'
}

# Of the 22 reads of writes one failed.
rdma_counts() {
	histograms rdma 'rdma_write_bytes\[[0-9]+\]=31' 'rdma_write_wrs=31' \
		'rdma_read_bytes\[[0-9]+\]=22' 'rdma_read_wrs=22' 'rdma_read_us\[[0-9]+\]=22'
}

rdma_sizes() {
	equals 31 counted rdma 'rdma_write_bytes\[[0-9]+\]' '[4K, 8K)' &&
		equals 20 counted rdma 'rdma_read_bytes\[[0-9]+\]' '[8K, 16K)' &&
		equals 2 counted rdma 'rdma_read_bytes\[[0-9]+\]' '[4K, 8K)' &&
		printed rdma '@rdma_read_errors\[[0-9]+\]: 1'
}

# strings_result DESCRIPTION COMMAND...: a result where bpftrace can read strings of
# events. Debian 13's cannot (https://github.com/bpftrace/bpftrace/pull/4238).
strings_result() {
	if [ "$(bpftrace --version)" = "bpftrace v0.23.2" ]; then
		ktap_test_skip "$1" "this bpftrace reads no strings"
	else
		ktap_test_result "$@"
	fi
}

login_lines() {
	local who="conn [0-9]+ $RAW_INITIATOR" when='[0-9:]{8}'
	equals 3 grep -cE "^$when login +$who to $IQN, tsih [0-9]+, window [0-9]+\$" \
		"$TMP/logins.log" &&
		printed logins "$when failed +$who to $IQN.none: not_found, status 0203 .*" \
			"$when ended +$who with $IQN: logout .*" \
			"$when ended +$who with $IQN: disconnected .*"
}

login_counts() {
	printed logins "@logins\[$IQN\]: 3" '@failures\[not_found\]: 1' \
		'@endings\[logout\]: 1' '@endings\[disconnected\]: 1'
}

# slow_lines OPCODE CONDITION: exactly one of LUN 1 with it, for which an awk
# condition on the columns holds.
slow_lines() {
	awk -v opcode="$1" '
		$1 ~ /^[0-9]+$/ && $3 == 1 && $4 == opcode {
			submit = $5; rdma_read = $6; backend = $7; send = $8; total = $9
			if ('"$2"') count++
			else print "has not '"$2"': " $0
		}
		END { exit count != 1 }' "$TMP/slow.log" || {
		cat "$TMP/slow.log"
		return 1
	}
}

# Each of the parts was rounded down.
slow_stages() {
	local all="backend >= $LIMIT_MS * 1000"
	all+=' && submit + rdma_read + backend + send <= total'
	all+=' && submit + rdma_read + backend + send > total - 5'
	slow_lines 0x28 "$all && !submit && !rdma_read" &&
		slow_lines 0x2a "$all && submit && rdma_read"
}

only_slow_ones() {
	! awk -v limit="$LIMIT_MS" '$1 ~ /^[0-9]+$/ && $NF < limit * 1000' \
		"$TMP/slow.log" | grep .
}

no_connections() {
	wait_for 60 equals '' ls /sys/kernel/debug/tcm_iser/conn
}

# Numbers of connections are used again: one and two.
trace_cmd_filters() {
	no_connections || return 1
	within 120 trace-cmd record -e tcm_iser -f 'conn == 1' -o "$TMP/trace.dat" \
		"${TURS[@]}" || return 1
	trace-cmd report -i "$TMP/trace.dat" >"$TMP/report" || return 1
	equals 7 grep -cE ' cmd_start: +conn=1 ' "$TMP/report" &&
		grep -E " conn_new: .* peer=$TISER_ADDR:[0-9]+ " "$TMP/report" &&
		not grep -E 'conn=([02-9]|1[0-9])|FAILED TO PARSE' "$TMP/report" && return 0
	cat "$TMP/report"
	return 1
}

perf_counts() {
	within 120 perf stat -e 'tcm_iser:*' -a -o "$TMP/stat" "${TURS[@]}" || return 1
	grep -E '^ +10 +tcm_iser:cmd_start ' "$TMP/stat" && return 0
	cat "$TMP/stat"
	return 1
}

perf_prints() {
	within 120 perf trace -e 'tcm_iser:*' -a -o "$TMP/trace" "${TURS[@]}" || return 1
	equals 10 grep -c 'tcm_iser:cmd_start(conn: [12], ' "$TMP/trace" && return 0
	cat "$TMP/trace"
	return 1
}

command -v bpftrace >/dev/null || ktap_skip_all "no bpftrace here"
[ -e /sys/kernel/btf/vmlinux ] || ktap_skip_all "a kernel without BTF"
begin 14
must slow_device slow "$SLOW_MS"
must backstore_ramdisk disk 16
must backstore_block slow /dev/mapper/slow
serve "$IQN" disk slow
# For a command that waits to be aborted.
must tpg_set "$IQN" InitialR2T=No
must raw_is_served
BASELINE=$(rdma_snapshot)
TURS=(iser_raw -T "$IQN" -i "$RAW_INITIATOR" -c "session; repeat 7 tur
	repeat 7 expect scsi status=00; conn two; session; repeat 3 tur
	repeat 3 expect scsi status=00; logout; expect logout response=00
	conn c0; logout; expect logout response=00" "$TISER_ADDR:3260")

ktap_test_result "all scripts attach" start_scripts
ktap_test_result "I/O, logins and losses" workload
ktap_test_result "all scripts end and print" stop_scripts
ktap_test_result "iser-latency.bt counts every command" latency_counts
ktap_test_result "and those that failed or were aborted" latency_outcomes
ktap_test_result "iser-rdma.bt counts every transfer" rdma_counts
ktap_test_result "by size, and those that failed" rdma_sizes
strings_result "iser-logins.bt has a line for each" login_lines
strings_result "and counts them" login_counts
ktap_test_result "iser-slow.bt prints slow commands only" only_slow_ones
ktap_test_result "and where the time went" slow_stages
ktap_test_result "trace-cmd records one connection" trace_cmd_filters
ktap_test_result "perf stat counts" perf_counts
ktap_test_result "perf trace prints" perf_prints
ktap_finished
