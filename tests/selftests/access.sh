#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against one portal group with two LUNs, under changing rules
# of access.
# Proves: who may log in, what he sees and whether he may write follow the ACLs
# and attributes as in the iscsi fabric; info and dynamic_sessions tell who is
# there.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

# In demo mode an initiator keeps the LUNs it has seen; the ACL is of another one.
DEMO=$RAW_INITIATOR.demo
ACL=$(tpg_dir "$IQN")/acls/$RAW_INITIATOR

# may_write LUN [LOGIN-WORDS], may_only_read LUN [LOGIN-WORDS]: on a session of
# its own.
may_write() {
	raw <<-SCRIPT
		session ${2-}
		repeat 2 tur lun=$1
		repeat 2 expect scsi
		write lun=$1 blocks=8 imm=4096
		expect scsi status=00
	SCRIPT
}

may_only_read() {
	raw <<-SCRIPT
		session ${2-}
		repeat 2 tur lun=$1
		repeat 2 expect scsi
		write lun=$1 blocks=8 imm=4096
		expect scsi status=02 sense=07/27/00
		read lun=$1 blocks=8
		expect scsi status=00
	SCRIPT
}

sees_nothing_at() {
	raw <<-SCRIPT
		session
		tur
		expect scsi
		tur lun=$1
		expect scsi status=02 sense=05/25/00
	SCRIPT
}

# luns NUMBER [LOGIN-WORDS]: REPORT LUNS lists that many.
luns() {
	raw <<-SCRIPT
		session ${2-}
		scsi cdb=a00000000000000010000000 edtl=4096 read
		expect scsi status=00
		verify len=8 hex=$(printf %08x $(($1 * 8)))00000000
	SCRIPT
}

# beside_session INITIATOR COMMAND...: while that one is logged in.
beside_session() {
	local rc=0
	raw_start SESSION <<-SCRIPT
		session initiator=$1
		sleep_ms 600000
	SCRIPT
	shift
	wait_for 20 "$@" || rc=1
	stop_process "$SESSION_PID"
	return "$rc"
}

info_names_session() {
	grep -q "InitiatorName: $RAW_INITIATOR" "$ACL/info" &&
		grep -qi 'logged.in' "$ACL/info"
}

is_dynamic() {
	target_sessions "$IQN" | grep -qxF "$1"
}

# Named in an ACL of its own, so not from the list of dynamic sessions.
is_static() {
	info_names_session && not is_dynamic "$RAW_INITIATOR"
}

# refused_without_acl [LOGIN-WORDS]
refused_without_acl() {
	raw <<-SCRIPT
		connect
		login ${1-}
		expect login status=0202
		expect disconnect
	SCRIPT
}

# What a peer calls itself is shown in ASCII: tools decode the file and parse it.
info_is_plain() {
	grep -qx 'InitiatorAlias: caf??:?a' "$ACL/info" && info_names_session
}

info_is_empty() {
	grep -q 'No active iSCSI Session' "$ACL/info"
}

# removal_names_session LINE COMMAND...: what is removed under a session names its session in one line of the log.
removal_names_session() {
	local line=$1 rc=0
	shift
	raw_start SESSION <<-SCRIPT
		session
		sleep_ms 600000
	SCRIPT
	wait_for 20 info_names_session && klog_mark && "$@" && wait_for 30 klog_has "$line" &&
		klog_said_why || rc=1
	stop_process "$SESSION_PID"
	return "$rc"
}

begin 20
must backstore_ramdisk disk 16
must backstore_ramdisk other 16
serve "$IQN" disk other

ktap_test_result "demo mode: both LUNs" luns 2 "initiator=$DEMO"
ktap_test_result "demo mode: may write" may_write 1 "initiator=$DEMO"
ktap_test_result "demo mode: session is dynamic" \
	beside_session "$DEMO" is_dynamic "$DEMO"
must tpg_set "$IQN" demo_mode_write_protect=1
ktap_test_result "demo mode with write protection" \
	may_only_read 1 "initiator=$DEMO.protected"
must tpg_set "$IQN" generate_node_acls=0 cache_dynamic_acls=0
ktap_test_result "no demo mode: no login" \
	refused_without_acl "initiator=$DEMO.new"

must target_acl "$IQN" "$RAW_INITIATOR" 0
ktap_test_result "ACL: login, LUN 0 alone" luns 1
ktap_test_result "ACL: LUN that is not mapped" sees_nothing_at 1
ktap_test_result "ACL: may write" may_write 0
ktap_test_result "ACL: info names the session, which is not dynamic" \
	beside_session "$RAW_INITIATOR" is_static
ktap_test_result "ACL: info has an alias in ASCII" beside_session \
	"$RAW_INITIATOR InitiatorAlias=$(printf 'caf\303\251:\240a')" info_is_plain
ktap_test_result "ACL: a name in capitals is the same name" \
	beside_session "${RAW_INITIATOR^^}" is_static
ktap_test_result "ACL: info is empty without one" wait_for 30 info_is_empty
echo 1 >"$ACL/lun_0/write_protect"
ktap_test_result "ACL: write-protected LUN" may_only_read 0
echo 0 >"$ACL/lun_0/write_protect"
must mkdir "$ACL/lun_5"
must ln -s "$(tpg_dir "$IQN")/lun/lun_1" "$ACL/lun_5/map"
ktap_test_result "ACL: LUN under another number" may_write 5
ktap_test_result "ACL: two LUNs are listed" luns 2
must tpg_set "$IQN" prod_mode_write_protect=1
must rm "$ACL/lun_5/map"
must ln -s "$(tpg_dir "$IQN")/lun/lun_1" "$ACL/lun_5/map"
ktap_test_result "prod_mode_write_protect" may_only_read 5
must rm "$ACL/lun_5/map"
WHO="conn [0-9]+ [0-9.]+:[0-9]+: "
ktap_test_result "a LUN is removed under a session" removal_names_session \
	"${WHO}LUN 1 of $IQN tpgt_1 removed while $RAW_INITIATOR is logged in" \
	target_lun_remove "$IQN" 1
must wait_for 30 info_is_empty
ktap_test_result "a portal is" removal_names_session \
	"${WHO}session of $RAW_INITIATOR with $IQN at .* ended: administrator: its portal was removed" \
	rmdir "$(tpg_dir "$IQN")/np/$TISER_ADDR:3260"
must wait_for 30 info_is_empty
must target_portal "$IQN" "$TISER_ADDR:3260"
ktap_test_result "an ACL is" removal_names_session \
	"${WHO}session of $RAW_INITIATOR with $IQN at .* ended: administrator: its ACL was removed" \
	target_acl_remove "$IQN" "$RAW_INITIATOR"
ktap_test_result "no ACL any more: no login" refused_without_acl ""
ktap_finished
