#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a ramdisk, with the module's trace events on.
# Proves: each primitive of RFC 5047 has its event, in the order of RFC 7145, 7.3,
# for a read, writes of both kinds and an abort; a login that fails and a session
# that ends without a logout say who, from where, to what and why in one line of
# the kernel log, and have an event; one that logs out is silent; logins and
# logouts are uevents; the RDMA objects are shown as the module's.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"
. "$(dirname "$0")/../lib/counters.sh"

TPG=$(tpg_dir "$IQN")

ANSWER="dm_send_control dm_send_control_done cmd_end"

test_cleanup() {
	trace_stop
	kill -KILL ${MONITOR_PID-} ${LIVE_PID-} 2>/dev/null
	return 0
}

# traced_all EVENT=FIELDS...: every one of them was seen.
traced_all() {
	local event
	for event; do
		traced "${event%%=*}" "${event#*=}" || {
			echo "not traced: $event" >&2
			return 1
		}
	done
}

# said PATTERN COMMAND...: COMMAND, then one line of the log, which matches.
said() {
	local pattern=$1
	shift
	klog_mark
	"$@" && wait_for 60 klog_has "$pattern" && klog_said_why
}

# counted EVENT FIELDS: once, for the reason that the event names, and for no other.
counted() {
	local family=endings reason
	[ "$1" != login_failed ] || family=login_failures
	reason=$(traced "$1" "$2" | sed -E 's/.* reason=([a-z_]+).*/\1/')
	equals "${family}_$reason=1" moved_of "${family}_"
}

# outcome EVENT FIELDS LINE COMMAND...: an event, a line and a count.
outcome() {
	local event=$1 fields=$2 line=$3
	shift 3
	trace_clear
	mark_counters
	said "$line" "$@" && wait_for 10 traced "$event" "$fields" && counted "$event" "$fields"
}

io_and_logout() {
	klog_mark
	raw <<-SCRIPT && not klog_has '.'
		session cmdsn=100 InitialR2T=No ImmediateData=Yes
		read blocks=8 itt=0x101
		expect scsi status=00
		write blocks=8 imm=4096 itt=0x102
		expect scsi status=00
		write blocks=64 itt=0x103
		expect scsi status=00
		write blocks=8 final=0 itt=0x104
		tmf function=1 rtt=0x104 ref_cmdsn=103 itt=0x105
		expect tmf response=00
		logout
		expect logout response=00
	SCRIPT
}

login_events() {
	traced_all conn_new="qp=[0-9]+ device=$TISER_RDMADEV peer=[0-9.]+:[0-9]+ local=$TISER_ADDR:3260" \
		dm_state='CONNECTING -> NATIVE' conn_state='XPT_UP -> IN_LOGIN' \
		login_response='next=full-feature transit=1 status=0000' \
		dm_notice_key_values='TargetRecvDataSegmentLength=[0-9]+' \
		dm_allocate_connection_resources='tasks=[0-9]+ rx_bufs=[0-9]+ status=0' \
		session_start="discovery=0 initiator=$RAW_INITIATOR target=$IQN" \
		dm_enable_datamover=conn dm_state='NATIVE -> ASSISTED' \
		conn_state='IN_LOGIN -> LOGGED_IN'
}

logout_events() {
	wait_for 30 traced conn_state 'CLEANUP_WAIT -> FREE' &&
		traced_all conn_state='LOGGED_IN -> IN_LOGOUT' \
			dm_connection_terminate=conn dm_state='CLOSING -> CLOSED' \
			session_end="initiator=$RAW_INITIATOR target=$IQN reason=logout"
}

read_events() {
	equals "dm_control_notify cmd_start dm_put_data $ANSWER" trace_of_task 0x00000101 &&
		traced_all cmd_start='itt=0x00000101 .*lun=0 opcode=0x28 dir=read edtl=4096' \
			dm_put_data='len=4096 remote_offset=0 wrs=[1-9]' \
			cmd_end='itt=0x00000101 lun=0 opcode=0x28 len=4096 .*status=0x00 aborted=0'
}

write_events() {
	equals "dm_control_notify cmd_start $ANSWER" trace_of_task 0x00000102 &&
		traced cmd_start 'itt=0x00000102 .*opcode=0x2a dir=write edtl=4096 immediate=4096' &&
		equals "dm_control_notify cmd_start dm_get_data dm_data_completion $ANSWER" \
			trace_of_task 0x00000103 &&
		traced_all dm_get_data='len=32768 remote_offset=0 wrs=[1-9]' dm_data_completion=status=0
}

abort_events() {
	equals "dm_control_notify cmd_start dm_deallocate_task cmd_end" trace_of_task 0x00000104 &&
		traced_all cmd_end='itt=0x00000104 .*aborted=1' \
			tmf_request='itt=0x00000105 function=1 rtt=0x00000104' \
			tmf_response='itt=0x00000105 response=0'
}

unknown_target() {
	raw -c "connect; login target=$IQN.none; expect login status=0203"
}

# refused_login STATUS [WORD...]
refused_login() {
	local status=$1
	shift
	raw -c "connect; login $*; expect login status=$status"
}

# A PDU in the midst of the login that is none of it.
no_login_request() {
	raw -c "connect; login t=0; expect login status=0000 t=0; nop; expect login status=020b"
}

# while_set NAME=VALUE NAME=VALUE COMMAND...: with the first setting, then the second.
while_set() {
	local then=$2 rc=0
	tpg_set "$IQN" "$1" || return 1
	shift 2
	"$@" || rc=1
	tpg_set "$IQN" "$then" && return "$rc"
}

while_disabled() {
	local rc=0
	target_disable "$IQN" || return 1
	"$@" || rc=1
	target_enable "$IQN" && return "$rc"
}

gone_in_login() {
	raw -c "connect; disconnect"
}

gone_in_session() {
	raw -c "session; disconnect"
}

breaks_a_rule() {
	raw -c "session; tur bhs=5:000100; expect disconnect silent"
}

is_silent() {
	raw -c "set autonop=no; session; expect nop itt=0xffffffff; expect disconnect"
}

counted_as_timeout() {
	have_moved nopin_timeouts=1 abnormal_logouts=1 logouts=0 &&
		equals "$(counter nopin_timeouts) 2 $RAW_INITIATOR" echo "$(cd "${TPG%/*}/fabric_statistics" &&
			cat iscsi_sess_err/cxn_errors iscsi_instance/fail_type \
				iscsi_instance/fail_rem_name | xargs)"
}

resets() {
	raw -c "session; tmf function=7; expect tmf response=00; expect disconnect"
}

reinstates() {
	raw <<-SCRIPT
		session isid=00023d0000aa
		conn new
		session isid=00023d0000aa
		logout
		expect logout response=00
	SCRIPT
}

# stay: a session that is there until it is killed or closed.
stay() {
	raw_start LIVE <<-SCRIPT
		session
		echo up
		sleep_ms 600000
	SCRIPT
	wait_for 30 grep -q '^# up' "$TMP/LIVE.log"
}

# The RDMA CM makes the queue pair for us, and so in its own name.
owns_its_objects() {
	local what qp
	stay || return 1
	for what in cm_id pd; do
		[ "$(rdma_owned "$what")" -ge 1 ] || {
			rdma resource show "$what" >&2
			return 1
		}
	done
	qp=$(traced conn_new 'qp=[0-9]+' | sed -E 's/.* qp=([0-9]+) .*/\1/' | tail -n 1)
	rdma resource show qp | grep -E "lqpn $qp .*state RTS .*\[rdma_cm\]"
}

dies() {
	kill -KILL "$LIVE_PID" && LIVE_PID=
}

disable() {
	stay && echo 0 >"$(tpg_dir "$IQN")/enable" && target_enable "$IQN"
}

uevents() {
	local event
	for event in "TISER_EVENT=login" "TISER_EVENT=logout" "TISER_INITIATOR=$RAW_INITIATOR" \
		"TISER_TARGET=$IQN" "TISER_REASON=logout" "TISER_ADDRESS=10"; do
		wait_for 10 grep -q "^$event" "$TMP/uevents" || {
			cat "$TMP/uevents" >&2
			return 1
		}
	done
}

begin 26
serve_ramdisk
# For a command that waits to be aborted.
must tpg_set "$IQN" InitialR2T=No
must trace_start
stdbuf -oL udevadm monitor --kernel --property --subsystem-match=module >"$TMP/uevents" &
MONITOR_PID=$!
must wait_for 30 grep -q "^KERNEL" "$TMP/uevents"
WHO="of $RAW_INITIATOR (to|with) $IQN"
AT="at $TISER_ADDR:3260"

ktap_test_result "I/O, an abort, a logout, and not a word in the log" io_and_logout
ktap_test_result "events of a logout" logout_events
ktap_test_result "events of a login" login_events
ktap_test_result "events of a read" read_events
ktap_test_result "events of writes" write_events
ktap_test_result "events of an abort" abort_events
ktap_test_result "uevents of login and logout" uevents
ktap_test_result "no such target" outcome login_failed "target=$IQN.none reason=not_found status=0203" \
	"conn [0-9]+ [0-9.]+:[0-9]+: login of $RAW_INITIATOR to $IQN.none $AT refused: target not found \(0203\)" \
	unknown_target
ktap_test_result "a peer that goes before it logs in" outcome login_failed \
	"initiator=unknown target=unknown reason=transport" \
	"login of unknown to unknown $AT failed: peer disconnected" gone_in_login
REFUSED="login of $RAW_INITIATOR to $IQN $AT refused:"
ktap_test_result "no proof" outcome login_failed "reason=authentication status=0201" \
	"$REFUSED authentication failure \(0201\)" \
	while_set authentication=1 authentication=0 refused_login 0201
ktap_test_result "no ACL" outcome login_failed "reason=authorization status=0202" \
	"login of $RAW_INITIATOR.none to $IQN $AT refused: authorization failure \(0202\)" \
	while_set generate_node_acls=0 generate_node_acls=1 refused_login 0202 \
	initiator="$RAW_INITIATOR.none"
ktap_test_result "no such type of session" outcome login_failed "reason=negotiation status=0209" \
	"login of $RAW_INITIATOR .* refused: unsupported session type \(0209\)" \
	refused_login 0209 SessionType=Odd
ktap_test_result "no such session" outcome login_failed "reason=session status=020a" \
	"$REFUSED .* \(020a\)" refused_login 020a tsih=4711
ktap_test_result "no Login Request" outcome login_failed "reason=protocol status=020b" \
	"$REFUSED .* \(020b\)" no_login_request
ktap_test_result "sent elsewhere" outcome login_failed "reason=redirected status=0101" \
	"$REFUSED .* \(0101\)" while_set LoginRedirect="Temporary 192.0.2.9" LoginRedirect=None \
	refused_login 0101
ktap_test_result "a group that is disabled" outcome login_failed "reason=unavailable status=0301" \
	"$REFUSED service unavailable \(0301\)" while_disabled refused_login 0301
ktap_test_result "a session that goes without a logout" outcome session_end reason=disconnected \
	"session $WHO $AT ended: peer disconnected" gone_in_session
ktap_test_result "a format error" outcome session_end "reason=protocol .*why=format error" \
	"session $WHO $AT ended: protocol error: format error in opcode 0x01" breaks_a_rule
must tpg_set "$IQN" nopin_timeout=1 nopin_response_timeout=1
ktap_test_result "a peer that is silent" outcome session_end reason=keepalive \
	"session $WHO $AT ended: keepalive timeout: nothing received for" is_silent
ktap_test_result "which is a time-out in fabric_statistics" counted_as_timeout
must tpg_set "$IQN" nopin_timeout=15 nopin_response_timeout=30 tmr_cold_reset=1
ktap_test_result "a reset" outcome session_end reason=reset \
	"session $WHO $AT ended: reset" resets
must tpg_set "$IQN" tmr_cold_reset=0
ktap_test_result "reinstatement" outcome session_end reason=reinstated \
	"session $WHO $AT ended: reinstated: session replaced by conn [0-9]+ from [0-9.]+:" reinstates
ktap_test_result "rdma resource shows ids, domains and the queue pair" owns_its_objects
ktap_test_result "an initiator that dies" outcome session_end "reason=(disconnected|transport)" \
	"session $WHO $AT ended: (peer disconnected|transport lost)" dies
ktap_test_result "a disabled group" outcome session_end reason=administrator \
	"session $WHO $AT ended: administrator: its portal group was disabled" disable
ktap_test_result "every event can be read" not grep -qE '\[FAILED TO PARSE\]|\?\?\?' "$TRACEFS/trace"
ktap_finished
