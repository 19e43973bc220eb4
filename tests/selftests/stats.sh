#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw and open-iscsi against a ramdisk.
# Proves: counters and histograms of Documentation/statistics.rst are exact, add
# up over sessions and outlive them; anybody may read them; fabric_statistics has
# the names and values of the iscsi fabric; a connection has a file in debugfs
# that may be open when the connection ends.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"
. "$(dirname "$0")/../lib/counters.sh"

SAMPLE=/sys/module/tcm_iser/parameters/latency_sample
DEBUGFS=/sys/kernel/debug/tcm_iser
TPG=$(tpg_dir "$IQN")
STATS=$FABRIC/$IQN/fabric_statistics

# timed CLASS STAGE: commands in a histogram.
timed() {
	awk -v stage="$2" '$1 == stage { for (i = 2; i <= NF; i++) n += $i }
		END { print n + 0 }' "$TPG/latency_$1"
}

timed_all() {
	local class stage
	for class in read immediate solicited; do
		for stage in submit rdma_read backend send total; do
			echo -n "$(timed $class $stage) "
		done
	done
}

test_cleanup() {
	[ ! -b /dev/mapper/slow ] || slow_device_set slow 0
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove slow
}

# slowest CLASS STAGE: the highest bucket that has a command.
slowest() {
	awk -v stage="$2" '$1 == stage { print NF - 2 }' "$TPG/latency_$1"
}

# all_ended: every connection's numbers are with the group.
all_ended() {
	wait_for 20 equals 0 counter connections
}

# come_to NAME=N...: the last acknowledgements may be on their way.
come_to() {
	wait_for 10 have_moved "$@" || have_moved "$@"
}

# Each "io" begins with a TEST UNIT READY.
a_bit_of_all() {
	raw <<-SCRIPT && all_ended
		session
		repeat 3 tur
		expect scsi
		expect scsi
		expect scsi
		io mode=write count=30 size=8192 depth=8
		io mode=write count=20 size=4096 imm=4096 depth=8
		io mode=read count=50 size=4096 depth=8
		scsi cdb=ff0000000000
		expect scsi status=02
		tmf function=1 rtt=0x4711
		expect tmf
		snack
		expect reject
		logout
		expect logout response=00
	SCRIPT
}

# A disk takes longer than a second, and nothing else does: bucket 21 begins there.
slow_backend() {
	raw <<-SCRIPT && all_ended || return 1
		session
		repeat 2 tur lun=1
		repeat 2 expect scsi
		read lun=1 blocks=8
		expect scsi status=00
		write lun=1 blocks=8 imm=4096
		expect scsi status=00
		write lun=1 blocks=64
		expect scsi status=00
		logout
		expect logout response=00
	SCRIPT
	local class
	for class in read immediate solicited; do
		[ "$(slowest $class backend)" -ge 21 ] && [ "$(slowest $class total)" -ge 21 ] || return 1
	done
}

# uses_queue N: the session of iser_raw has N places of its window in use.
uses_queue() {
	local file
	file=$(grep -lx "initiator $RAW_INITIATOR" "$DEBUGFS"/conn/*) &&
		[ "$(grep -cxE "queue(_max)?_used $1" "$file")" = 2 ]
}

deep_queue() {
	local rc=0
	slow_device_set slow 3600000 || return 1
	raw_start DEEP <<-SCRIPT
		session
		repeat 2 tur lun=1
		repeat 2 expect scsi
		repeat 4 read lun=1 blocks=8
		repeat 4 expect scsi status=00
		logout
		expect logout response=00
	SCRIPT
	wait_for 30 uses_queue 4 || rc=1
	slow_device_set slow 0 && raw_end DEEP && all_ended && return "$rc"
}

# What is held and dropped for its CmdSN, a Data-Out, a task that is aborted, and
# Rejects in want of credits: the target sends one, then a ping that asks for more.
what_is_rarer() {
	raw <<-SCRIPT && all_ended
		set autonop=no
		session cmdsn=100 MaxOutstandingUnexpectedPDUs=2
		tur cmdsn=101 itt=0x101
		expect nothing ms=200
		tur cmdsn=100 itt=0x100
		expect scsi itt=0x100
		expect scsi itt=0x101
		set cmdsn=102
		tur cmdsn=101
		tur cmdsn=+1000
		expect nothing ms=200
		write blocks=8 unsol=4096 final=0 itt=0x102
		dataout itt=0x102 len=4096
		expect scsi status=00
		write blocks=8 final=0 itt=0x103
		tmf function=1 rtt=0x103 ref_cmdsn=103
		expect tmf response=00
		repeat 3 snack
		expect reject
		expect nop itt=0xffffffff
		nop itt=0xffffffff ttt=last
		logout
		expect logout response=00
	SCRIPT
}

discovers() {
	raw <<-SCRIPT
		connect
		login discovery
		expect login status=0000 t=1
		text SendTargets=All
		expect text TargetName=$IQN
		logout
		expect logout response=00
	SCRIPT
}

damaged_header() {
	raw <<-SCRIPT && all_ended
		session
		tur bhs=5:000100
		expect disconnect silent
	SCRIPT
}

# A session beside the one of open-iscsi.
another_session() {
	mark_counters
	raw <<-SCRIPT || return 1
		session
		io mode=write count=10 size=512 imm=512
		io mode=read count=10 size=512
		logout
		expect logout response=00
	SCRIPT
	wait_for 20 equals 1 counter connections &&
		have_moved commands_read=10 bytes_read=5120 commands_immediate=10 \
			logins=1 logouts=1
}

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

everybody_reads() {
	as_nobody cat "$TPG/counters" "$TPG"/latency_* "$STATS"/*/* >"$TMP/seen" &&
		grep -q '^version 1$' "$TMP/seen"
}

# fio_agrees CLASS OPTION...: 256 I/Os of 4 KiB, as fio and as the target counts.
fio_agrees() {
	local class=$1
	shift
	mark_counters
	fio_run agree "$DISK" --bs=4k --iodepth=8 --size=1M "$@" >"$TMP/fio" &&
		come_to "commands_$class=256" "bytes_$class=$((256 * 4096))"
}

in_file() {
	grep -qx "$1" "$TMP/conn" || {
		echo "no line '$1'" >&2
		return 1
	}
}

conn_file() {
	grep -lx "initiator $INITIATOR" "$DEBUGFS"/conn/*
}

shows_connection() {
	local line
	cat "$(conn_file)" >"$TMP/conn" || return 1
	for line in "state LOGGED_IN" "session_type normal" "target $IQN" "tpg 1" \
		"target_address $TISER_ADDR:3260" "device rxe0" "authentication none" \
		"key_HeaderDigest None" "key_RDMAExtensions Yes" \
		"key_MaxBurstLength [0-9]*" "queue_depth 64" "queue_used 0" \
		"sq_used 0" "rx_bufs_held 0" "isid [0-9a-f]\{12\}" \
		"commands_read [1-9][0-9]*" "latency_read total .*"; do
		in_file "$line" || return 1
	done
	[ "$(awk '$1 == "queue_max_used" { print $2 }' "$TMP/conn")" -ge 1 ]
}

# Its reader is shut out, and nobody waits for it.
open_file_when_it_ends() {
	local file
	file=$(conn_file) || return 1
	exec 9<"$file"
	initiator_logout "$IQN" && all_ended && [ ! -e "$file" ] &&
		fails_with "Input/output error" cat <&9
	local rc=$?
	exec 9<&-
	return "$rc"
}

# in_conn NAME...: the sum of these counters of the connection.
in_conn() {
	local wanted=" $* "
	awk -v wanted="$wanted" 'index(wanted, " " $1 " ") { n += $2 } END { print n + 0 }' "$(conn_file)"
}

acl_counts() {
	local dir=$TPG/acls/$INITIATOR/fabric_statistics/iscsi_sess_stats
	equals "$(in_conn bytes_read)" cat "$dir/txdata_octs" &&
		equals "$(in_conn bytes_immediate bytes_solicited)" cat "$dir/rxdata_octs" &&
		equals "$(in_conn tsih)" cat "$dir/indx" || return 1
	[ "$(<"$dir/txdata_octs")" -ge $((1 << 20)) ] &&
		[ "$(<"$dir/rxdata_octs")" -ge $((1 << 20)) ] &&
		[ "$(<"$dir/cmd_pdus")" -ge 512 ] &&
		equals "$(<"$dir/cmd_pdus")" cat "$dir/rsp_pdus" &&
		equals 1 cat "$STATS/iscsi_instance/sessions" &&
		equals 1 cat "$STATS/iscsi_instance/portals"
}

no_session_no_counts() {
	local dir=$TPG/acls/$INITIATOR/fabric_statistics/iscsi_sess_stats
	equals "" cat "$dir/cmd_pdus" "$dir/indx"
}

same_names_as_iscsi() {
	local dirs=(iscsi_instance iscsi_login_stats iscsi_logout_stats iscsi_sess_err
		iscsi_tgt_attr)
	equals "${dirs[*]}" echo "$(cd "$STATS" && echo *)" &&
		equals "description disc_time fail_rem_name fail_sess fail_type inst max_ver min_ver nodes portals sessions vendor version" \
			echo "$(cd "$STATS/iscsi_instance" && echo *)"
}

# login_stats DIRECTORY FILE...: their values, on one line.
login_stats() {
	local dir=$STATS/$1
	shift
	(cd "$dir" && cat "$@") | xargs
}

same_as_counters() {
	equals "$(counter logins) 0 0 0 0 0" login_stats iscsi_login_stats accepts other_fails \
		redirects authorize_fails authenticate_fails negotiate_fails &&
		equals "$(counter logouts) $(counter abnormal_logouts)" \
			login_stats iscsi_logout_stats normal_logouts abnormal_logouts &&
		equals "0 0 1" login_stats iscsi_sess_err digest_errors cxn_errors format_errors &&
		[ "$(counter logins)" -ge 2 ] && [ "$(counter logouts)" -ge 1 ]
}

LAST_FAIL=(login_fails last_fail_type fail_intr_name fail_intr_addr_type fail_intr_addr)

no_login_failed() {
	equals "0 0 None unknown None" login_stats iscsi_tgt_attr "${LAST_FAIL[@]}" &&
		equals 0 login_stats iscsi_tgt_attr last_fail_time
}

# login_fails STATUS TYPE INITIATOR COUNT [WORD...]: the module's log has the address.
login_fails() {
	local status=$1 type=$2 who=$3 count=$4 was address
	shift 4
	was=$(login_stats iscsi_tgt_attr last_fail_time)
	klog_mark
	raw <<-SCRIPT || return 1
		connect
		login initiator=$who $*
		expect login status=$status
		expect disconnect
	SCRIPT
	address=$(klog_ours | sed -nE 's/.* conn [0-9]+ ([0-9.]+):.* login of .*/\1/p')
	equals "$count $type $who ipv4 $address" login_stats iscsi_tgt_attr "${LAST_FAIL[@]}" &&
		[ "$(login_stats iscsi_tgt_attr last_fail_time)" -gt "$was" ]
}

# A redirection is none: the last failure stays the one before.
redirection_is_no_failure() {
	local before
	before=$(login_stats iscsi_tgt_attr "${LAST_FAIL[@]}" last_fail_time)
	tpg_set "$IQN" LoginRedirect="Temporary 192.0.2.99" && raw <<-SCRIPT || return 1
		connect
		login initiator=$RAW_INITIATOR.moved
		expect login status=0101
	SCRIPT
	tpg_set "$IQN" LoginRedirect=None &&
		equals "$before" login_stats iscsi_tgt_attr "${LAST_FAIL[@]}" last_fail_time &&
		equals "1 1 1 1 1" login_stats iscsi_login_stats other_fails redirects \
			authorize_fails authenticate_fails negotiate_fails
}

sample_is_refused() {
	klog_mark
	fails_with "Invalid argument" tee "$SAMPLE" <<<"$1" &&
		klog_since | grep -q 'latency_sample .* refused: must be 0 or a power of two'
}

untimed() {
	local before
	echo 0 >"$SAMPLE" && before=$(timed_all) || return 1
	raw_is_served && equals "$before" timed_all
}

begin 36
must slow_device slow 0
must backstore_block slow /dev/mapper/slow
serve_ramdisk
must target_lun "$IQN" 1 slow
must equals 16 cat "$SAMPLE"
must tee "$SAMPLE" <<<1

mark_counters
ktap_test_result "commands of each kind" a_bit_of_all
ktap_test_result "they were counted" have_moved commands_read=50 \
	commands_immediate=20 commands_solicited=30 commands_nodata=7
ktap_test_result "their bytes" have_moved bytes_read=204800 \
	bytes_immediate=81920 bytes_solicited=245760
ktap_test_result "their transfers" have_moved rdma_reads=30 rdma_writes=50
ktap_test_result "what else there was" have_moved check_conditions=1 tmfs=1 \
	rejects=1 logins=1 logouts=1 abnormal_logouts=0 format_errors=0
ktap_test_result "each was timed at each stage" \
	equals "50 0 50 50 50 20 0 20 20 20 30 30 30 30 30 " timed_all

must slow_device_set slow 1200
ktap_test_result "a slow disk is the backend's time" slow_backend
ktap_test_result "commands that wait take places of the window" deep_queue

must tpg_set "$IQN" InitialR2T=No
mark_counters
ktap_test_result "what is rarer" what_is_rarer
ktap_test_result "was counted" have_moved held_pdus=1 dropped_pdus=2 data_outs=1 \
	aborted_tasks=1 rejects=3 nopin_sent=1 nopin_timeouts=0 task_set_full=0
ktap_test_result "so was every PDU" have_moved rx_pdus=13 tx_pdus=8 commands_nodata=2 \
	commands_immediate=1 bytes_immediate=4096
must tpg_set "$IQN" InitialR2T=Yes
ktap_test_result "a discovery session" discovers
ktap_test_result "is none of the others" have_moved discoveries=1 logins=1 logouts=1

mark_counters
ktap_test_result "a damaged header ends a session" damaged_header
ktap_test_result "and is counted" have_moved format_errors=1 logouts=0 \
	abnormal_logouts=1
ktap_test_result "with the name of the initiator" \
	equals "3 $RAW_INITIATOR" echo "$(cat "$STATS"/iscsi_instance/fail_{type,rem_name} |
		xargs)"

ktap_test_result "fabric_statistics count the same" same_as_counters

ktap_test_result "no login has failed" no_login_failed
ktap_test_result "a login to no target" login_fails 0203 2 "$RAW_INITIATOR" 1 target=$IQN.none
ktap_test_result "one with wrong keys" login_fails 0209 6 "$RAW_INITIATOR" 2 SessionType=Odd
must tpg_set "$IQN" generate_node_acls=0 cache_dynamic_acls=0
ktap_test_result "one without an ACL" login_fails 0202 4 "$RAW_INITIATOR.stranger" 3
must target_demo "$IQN"
must tpg_set "$IQN" authentication=1
ktap_test_result "one without a proof" login_fails 0201 5 "$RAW_INITIATOR" 4
must tpg_set "$IQN" authentication=0
ktap_test_result "one that is redirected" redirection_is_no_failure

must target_acl "$IQN" "$INITIATOR" 0
attach
# The kernel has looked for partitions when it can be opened.
must flush_cache "$DISK"
# Or two of fio's requests may become one command.
must tee "/sys/block/${DISK##*/}/queue/nomerges" <<<2
ktap_test_result "reads agree with fio" fio_agrees read --rw=randread
ktap_test_result "writes agree with fio" fio_agrees immediate --rw=randwrite
ktap_test_result "sessions add up" another_session
ktap_test_result "anybody may read" everybody_reads
ktap_test_result "the connection in debugfs" shows_connection
ktap_test_result "the version of debugfs" equals 1 cat "$DEBUGFS/version"
ktap_test_result "names as in the iscsi fabric" same_names_as_iscsi
ktap_test_result "statistics of the ACL" acl_counts
mark_counters
ktap_test_result "a file in debugfs that is open when the session ends" \
	open_file_when_it_ends
ktap_test_result "nothing was lost or counted twice" have_moved commands_read=0 \
	bytes_read=0 bytes_immediate=0 logins=0 logouts=1
ktap_test_result "no session, no statistics of the ACL" no_session_no_counts
ktap_test_result "wrong samples are refused" sample_is_refused 3
ktap_test_result "nothing is timed with 0" untimed
ktap_finished
