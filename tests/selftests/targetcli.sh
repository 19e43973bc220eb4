#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: Debian's targetcli with tools/rtslib configures, open-iscsi logs in.
# Proves: every step of an export works in /iser as it does in /iscsi, and what
# was saved comes back the same after clearing, by targetcli and by targetctl.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"
. "$(dirname "$0")/../lib/targetcli.sh"

TARGET=/iser/$IQN
TPG=$TARGET/tpg1
OTHER=iqn.2026-11.com.example:other
SAVE=$TMP/save
USER_IN=the.initiator
SECRET_IN=initiator-secret-1
USER_OUT=the.target
SECRET_OUT=target-secret-22
MUTUAL=(node.session.auth.authmethod=CHAP node.session.auth.username="$USER_IN"
	node.session.auth.password="$SECRET_IN" node.session.auth.username_in="$USER_OUT"
	node.session.auth.password_in="$SECRET_OUT")
PORTALS=("$TISER_ADDR:3260" "[$TISER_ADDR6]:3260")

test_cleanup() {
	tcli_stop
	initiator_reset
	target_destroy_all
	[ ! -d "$FABRIC" ] || echo 0 >"$FABRIC/discovery_auth/enforce_discovery_auth"
}

shown_but_not_loaded() {
	tcli_says 'o- iser .*Targets: 0' ls / 1 && not target_is_loaded
}

backstores() {
	tcli /backstores/fileio create file "$TMP/backing" 32M &&
		tcli /backstores/ramdisk create ram 16M &&
		tcli /backstores/block create block "$TISER_SCRATCH"
}

# Its default portal is any address: 0.0.0.0, or ::0 in later releases.
create_target() {
	tcli_says "Created target $IQN" /iser create "$IQN" && target_is_loaded &&
		equals 1 cat "$(tpg_dir "$IQN")/enable" &&
		equals 0 cat "$(tpg_dir "$IQN")/attrib/authentication" &&
		equals 1 _count "$(tpg_dir "$IQN")/np"
}

_count() {
	find "$1" -mindepth 1 -maxdepth 1 | wc -l
}

default_portal_goes() {
	local address
	address=$(basename "$(tpg_dir "$IQN")"/np/*:3260)
	address=${address%:*}
	tcli "$TPG/portals" delete "${address//[\[\]]/}" 3260 &&
		equals 0 _count "$(tpg_dir "$IQN")/np"
}

portals() {
	tcli "$TPG/portals" create "$TISER_ADDR" 3260 &&
		tcli "$TPG/portals" create "$TISER_ADDR6" 3260 || return 1
	for portal in "${PORTALS[@]}"; do
		[ -d "$(tpg_dir "$IQN")/np/$portal" ] || return 1
	done
}

second_group() {
	tcli "$TARGET" create 2 && [ -d "$(tpg_dir "$IQN" 2)" ] &&
		tcli "$TARGET" delete 2 && [ ! -d "$(tpg_dir "$IQN" 2)" ]
}

luns() {
	tcli "$TPG/luns" create /backstores/fileio/file &&
		tcli "$TPG/luns" create /backstores/ramdisk/ram &&
		tcli "$TPG/luns" create /backstores/block/block lun=7 &&
		equals 3 _count "$(tpg_dir "$IQN")/lun"
}

lun_goes_and_comes() {
	tcli "$TPG/luns" delete 7 && tcli "$TPG/luns" create /backstores/block/block 2
}

acls() {
	tcli_says 'Created mapped LUN 2' "$TPG/acls" create "$INITIATOR" &&
		tcli "$TPG/acls" create "$OTHER" && tcli "$TPG/acls" delete "$OTHER" &&
		equals 1 _count "$(tpg_dir "$IQN")/acls"
}

mapped_luns() {
	local acl
	acl=$(tpg_dir "$IQN")/acls/$INITIATOR
	tcli "$TPG/acls/$INITIATOR" delete 2 &&
		tcli "$TPG/acls/$INITIATOR" create 2 2 1 &&
		equals 1 cat "$acl/lun_2/write_protect" &&
		tcli "$TPG/acls/$INITIATOR" delete 2 &&
		tcli "$TPG/acls/$INITIATOR" create 2 2 0 &&
		equals 0 cat "$acl/lun_2/write_protect"
}

tags() {
	tcli "$TPG/acls" tag "$INITIATOR" hosts && tcli_says hosts "$TPG/acls" ls &&
		tcli "$TPG/acls" untag hosts
}

attributes() {
	tcli "$TPG" set attribute default_cmdsn_depth=32 login_timeout=20 logout_grace=1 &&
		tcli_says 'default_cmdsn_depth=32' "$TPG" get attribute default_cmdsn_depth &&
		tcli "$TPG/acls/$INITIATOR" set attribute nopin_timeout=20 authentication=1 &&
		tcli_says 'authentication=1' "$TPG/acls/$INITIATOR" get attribute authentication &&
		tcli "$TPG" get attribute
}

parameters() {
	tcli "$TPG" set parameter MaxBurstLength=1048576 ImmediateData=No &&
		tcli_says 'ImmediateData=No' "$TPG" get parameter ImmediateData &&
		tcli "$TPG" get parameter
}

disable_enable() {
	tcli "$TPG" disable && equals 0 cat "$(tpg_dir "$IQN")/enable" &&
		tcli "$TPG" enable && equals 1 cat "$(tpg_dir "$IQN")/enable"
}

credentials() {
	tcli "$1" set auth userid=$USER_IN password=$SECRET_IN \
		mutual_userid=$USER_OUT mutual_password=$SECRET_OUT &&
		tcli_says "userid=$USER_IN" "$1" get auth userid
}

discovery_credentials() {
	tcli /iser set discovery_auth enable=1 userid=$USER_IN password=$SECRET_IN &&
		equals 1 cat "$FABRIC/discovery_auth/enforce_discovery_auth" &&
		tcli_says 'enable=True' /iser get discovery_auth enable
}

logs_in() {
	initiator_reset
	initiator_start && initiator_login "$IQN" "$TISER_ADDR:3260" iser "${MUTUAL[@]}" &&
		wait_for 20 initiator_is_logged_in "$IQN"
}

# For the ACL the group's attribute does not matter.
needs_secrets() {
	initiator_start && returns 24 initiator_login "$IQN" "$TISER_ADDR:3260" iser \
		node.session.initial_login_retry_max=1
}

disks_hold_data() {
	local lun disk
	for lun in 0 1 2; do
		disk=$(initiator_disk "$IQN" $lun) && fio_verify "$disk" 4k 8 256k || return 1
	done
}

sessions() {
	grep -rqx 'authentication mutual-chap' /sys/kernel/debug/tcm_iser/conn &&
		tcli_says "alias: [^ ]* *sid: [0-9]+ type: Normal session-state: LOGGED_IN" sessions &&
		tcli_says "name: $INITIATOR \(authenticated\)" sessions detail &&
		tcli_says "mapped-lun: 0 backstore: fileio/file mode: rw" sessions detail &&
		tcli_says "address: $TISER_ADDR.* \(iSER\) *cid: 0 connection-state: LOGGED_IN" sessions detail
}

nothing_is_configured() {
	equals "" find "$FABRIC" -maxdepth 1 -name 'iqn.*' &&
		equals "" find "$CORE" -maxdepth 2 -name file &&
		equals 0 cat "$FABRIC/discovery_auth/enforce_discovery_auth" &&
		equals "" cat "$FABRIC/discovery_auth/userid"
}

write_pattern() {
	local disk
	disk=$(initiator_disk "$IQN" 0) && pattern_file "$TMP/pattern" 65536 &&
		dd if="$TMP/pattern" of="$disk" bs=4k oflag=direct status=none
}

reads_pattern() {
	local disk
	disk=$(initiator_disk "$IQN" 0) &&
		cmp -n 65536 "$TMP/pattern" <(dd if="$disk" bs=4k count=16 iflag=direct status=none)
}

begin 36
ktap_print_msg "$(python3 --version), rtslib $(dpkg-query -W -f '${Version}' python3-rtslib-fb), targetcli $(dpkg-query -W -f '${Version}' targetcli-fb)"
ktap_test_result "unit tests of the integration, with this rtslib" env PYTHONDONTWRITEBYTECODE=1 \
	RTSLIB_PATH=/usr/lib/python3/dist-packages \
	python3 -m unittest discover -s "$TISER_ROOT/tools/rtslib/tests"
must tcli_start
ktap_test_result "/iser is shown and the module not loaded" shown_but_not_loaded
ktap_test_result "backstores: fileio, ramdisk, block" backstores
ktap_test_result "target, group and default portal" create_target
ktap_test_result "default portal can be deleted" default_portal_goes
ktap_test_result "portals: IPv4 and IPv6" portals
ktap_test_result "second portal group" second_group
ktap_test_result "LUNs" luns
ktap_test_result "a LUN goes and comes" lun_goes_and_comes
ktap_test_result "ACLs, with mapped LUNs" acls
ktap_test_result "a mapped LUN goes and comes" mapped_luns
ktap_test_result "tag of an ACL" tags
ktap_test_result "attributes" attributes
ktap_test_result "parameters" parameters
ktap_test_result "disable, enable" disable_enable
ktap_test_result "CHAP both ways of an ACL" credentials "$TPG/acls/$INITIATOR"
ktap_test_result "CHAP both ways of the group" credentials "$TPG"
ktap_test_result "CHAP of discovery" discovery_credentials
ktap_test_result "ls shows all of it" tcli_says "$IQN" ls /iser
ktap_test_result "initiator needs the secrets" needs_secrets
ktap_test_result "initiator logs in" logs_in
ktap_test_result "sessions, sessions detail" sessions
ktap_test_result "verified I/O on three disks" disks_hold_data
must write_pattern
must initiator_reset

ktap_test_result "saveconfig" tcli_says "Configuration saved" saveconfig "$SAVE.1"
ktap_test_result "clearconfig" tcli_says "cleared" clearconfig confirm=True
ktap_test_result "nothing is configured" nothing_is_configured
klog_mark
ktap_test_result "restoreconfig" tcli_says "Configuration restored" restoreconfig "$SAVE.1"
ktap_test_result "the kernel had no objection" not klog_has 'refused'
must tcli saveconfig "$SAVE.2"
ktap_test_result "what was saved is what was restored" saves_agree "$SAVE.1" "$SAVE.2"
tcli_stop

ktap_test_result "targetctl clear" targetctl_clear
ktap_test_result "nothing is configured" nothing_is_configured
ktap_test_result "targetctl restore" equals "" targetctl restore "$SAVE.1"
must targetctl save "$SAVE.3"
ktap_test_result "targetctl restores the same" saves_agree "$SAVE.1" "$SAVE.3"
ktap_test_result "initiator logs in again" logs_in
ktap_test_result "its data is there" reads_pattern
must initiator_reset
must targetctl_clear
ktap_test_result "module unloads" target_unload
ktap_finished
