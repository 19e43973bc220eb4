#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi over rxe, a ramdisk that keeps nothing; iserstat beside it.
# Proves: what iserstat shows of sessions, as text and JSON; its commands, bytes
# and rates are fio's within 1 %, class by class; what it writes for a collector;
# what it says without root, debugfs or the module.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

AGREE=$TISER_LIB/../tools/agree
SIZE=$(amount 3000 1000)
SPAN=$(amount 10 15)

# says STATUS PATTERN COMMAND...: the exit status, and the one line on stderr.
says() {
	local expected=$1 pattern=$2 rc=0
	shift 2
	"$@" >"$TMP/out" 2>"$TMP/err" || rc=$?
	[ "$rc" = "$expected" ] && [ "$(wc -l <"$TMP/err")" = 1 ] && grep -qE "$pattern" "$TMP/err" && return 0
	echo "status $rc, said: $(<"$TMP/err")" >&2
	return 1
}

# shows PATTERNS OPTION...: each line of PATTERNS matches the picture.
shows() {
	local patterns=$1 pattern
	shift
	within 60 iserstat "$@" >"$TMP/picture" || return 1
	while IFS= read -r pattern; do
		grep -qE "$pattern" "$TMP/picture" && continue
		echo "no '$pattern' in: $(<"$TMP/picture")" >&2
		return 1
	done <<<"$patterns"
}

picture_is_whole() {
	shows "^$IQN tpgt_1: 1 session
^  read +[1-9]
 rdma_read +
$INITIATOR +$TISER_ADDR.* +$TISER_RDMADEV/1 +none +[0-9]+/64 +[0-9]+ 
MaxBurstLength=[0-9]+" --totals --wide --stages --details
}

# json_is EXPRESSION OPTION...: true of the document d.
json_is() {
	local expression=$1
	shift
	within 60 iserstat --json "$@" >"$TMP/document" || return 1
	python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
t, c = d["targets"][0], d["connections"][0]
sys.exit(not eval("(" + sys.argv[2] + ")"))' "$TMP/document" "$expression"
}

json_is_sound() {
	json_is "d['iserstat'] == 1 and d['module']['exports'] == 1 and d['root'] and
		d['sessions'][0]['initiator'] == '$INITIATOR' and
		t['target'] == '$IQN' and t['counters']['sessions'] == 1 and
		t['interval_seconds'] > 0.5 and t['classes']['all']['iops'] >= 0 and
		c['initiator'] == '$INITIATOR' and c['state'] == 'LOGGED_IN' and
		c['device'] == '$TISER_RDMADEV' and c['keys']['HeaderDigest'] == 'None'"
}

# figures_agree CLASS DIRECTION BYTES COUNT: a fixed number of I/Os.
figures_agree() {
	iserstat -t -j >"$TMP/before" &&
		fio_run "agree-$1" "$DISK" --rw="rand$2" --bs="$3" --iodepth=8 --size=8M \
			--io_size="$(($3 * $4))" --norandommap \
			--output-format=json --output="$TMP/fio" &&
		iserstat -t -j >"$TMP/after" &&
		"$AGREE" totals "$TMP/before" "$TMP/after" "$TMP/fio" "$2" "$1" >"$TMP/figures"
}

# fio runs before, throughout and after the interval.
rates_agree() {
	"${FIO[@]}" --name=rate --filename="$DISK" --rw=randread --bs=4k --iodepth=4 \
		--size=4M --time_based=1 --runtime=86400 --write_lat_log="$TMP/rate" \
		--log_unix_epoch=1 >"$TMP/rate.log" 2>&1 &
	local pid=$!
	wait_for 30 progressed "$DISK" "$(completed "$DISK")" &&
		within 120 iserstat --json -i "$SPAN" >"$TMP/document" || return 1
	kill "$pid"
	reap "$pid" 60
	"$AGREE" rate "$TMP/document" "$TMP/rate_clat.1.log" read >"$TMP/figures"
}

# agrees DESCRIPTION COMMAND...: a result, and both sides' figures in any case.
agrees() {
	: >"$TMP/figures"
	ktap_test_result "$@"
	ktap_print_msg "$(<"$TMP/figures")"
}

latencies_were_taken() {
	json_is "t['classes']['read']['latency_us']['total']['p50'] > 0 and
		t['classes']['solicited']['latency_us']['rdma_read']['count'] > 0 and
		sum(t['histograms']['read']['total']) <= t['counters']['commands_read']" --totals
}

watch_counts() {
	[ "$(within 60 iserstat watch -j -n 3 -i 0.2 | wc -l)" = 3 ]
}

# Every line is a description or a sample.
metrics_are_sound() {
	local file=$TMP/iser.prom value='[-+0-9.e]+'
	iserstat -m -o "$file" || return 1
	[ "$(tail -n 1 "$file")" = "# EOF" ] && [ "$(stat -c %a "$file")" = 644 ] &&
		! grep -vE "^(# (TYPE|UNIT|HELP) tcm_iser_|tcm_iser_[a-z0-9_]+(\{.*\})? $value$|# EOF$)" "$file" &&
		grep -qE "^tcm_iser_commands_total\{target=\"$IQN\",tpg=\"1\",class=\"read\"\} [1-9]" "$file" &&
		grep -qE "^tcm_iser_latency_seconds_bucket\{.*le=\"\+Inf\"\} [1-9]" "$file"
}

everybody_may_look() {
	says 0 "^iserstat: root also sees" setpriv --reuid=65534 --regid=65534 --clear-groups iserstat &&
		grep -qE "$INITIATOR +$TISER_ADDR.* +LOGGED_IN" "$TMP/out" &&
		grep -qE "^  read +[0-9]" "$TMP/out"
}

without_debugfs() {
	says 0 "debugfs is not mounted" unshare -m sh -c \
		'umount -l /sys/kernel/debug && exec iserstat -t' &&
		grep -qE "^  read +[1-9]" "$TMP/out"
}

ended_sessions_count() {
	initiator_logout "$IQN" && wait_for 30 json_keeps_totals
}

json_keeps_totals() {
	iserstat -t -j | python3 -c '
import json, sys
d = json.load(sys.stdin)
n = d["targets"][0]["counters"]
sys.exit(not (n["sessions"] == 0 and n["logouts"] > 0 and n["commands_read"] > '"$SIZE"'))'
}

command -v iserstat >/dev/null || ktap_skip_all "no iserstat here"
begin 15
must not target_is_loaded
ktap_test_result "without the module" says 3 "tcm_iser is not loaded" iserstat
must target_load
ktap_test_result "without a target" shows "0 targets" -t
must backstore_null disk 16
serve "$IQN" disk
must target_acl "$IQN" "$INITIATOR" 0
attach
# One command for each I/O of fio's.
must tee "/sys/block/${DISK##*/}/queue/nomerges" <<<2
agrees "reads: commands and bytes are those of fio" figures_agree read read 4096 "$SIZE"
agrees "immediate writes" figures_agree immediate write 4096 "$SIZE"
agrees "solicited writes" figures_agree solicited write 131072 "$((SIZE / 4))"
agrees "rates are those of fio" rates_agree
ktap_test_result "the picture shows the session" picture_is_whole
ktap_print_msg "$(iserstat -t -s 2>&1)"
ktap_test_result "JSON does" json_is_sound
ktap_test_result "latencies were taken" latencies_were_taken
ktap_test_result "watching writes a document a line" watch_counts
ktap_test_result "OpenMetrics" metrics_are_sound
ktap_test_result "without root" everybody_may_look
ktap_test_result "without debugfs" without_debugfs
ktap_test_result "what has ended still counts" ended_sessions_count
restore
ktap_test_result "without the module, after it" says 3 "tcm_iser is not loaded" iserstat --json
ktap_finished
