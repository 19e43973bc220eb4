#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: configfs only, no initiator.
# Proves: names and values are checked as RFC 7143 (4.2.7 names, 13 keys) and the
# iscsi fabric have them; what is wrong is refused with an errno and one line in
# the kernel log that says why; defaults are those of the iscsi fabric, except that
# nothing is retained (ErrorRecoveryLevel is 0) and bursts may be as long as a
# command.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

LONG=$(printf 'a%.0s' {1..224})
GOOD_NAMES=(iqn.2026-11.com.example iqn.2026-11.com.example:a.b-c:1
	iqn.2026-11.example eui.02004567a425678d naa.52004567ba64678d
	naa.62004567ba64678d0123456789abcdef)
BAD_NAMES=(disk iqn. iqn.2026-11 iqn.2026-11. iqn.2026-13.com.example:a
	iqn.2026-00.com.example:a iqn.26-11.com.example:a iqn.2026-11-com.example:a
	iqn.2026-11.com.example. iqn.2026-11.com..example IQN.2026-11.com.example:a
	iqn.2026-11.com.example:A
	'iqn.2026-11.com.example:a b' eui.0200456 eui.02004567A425678D eui.02004567a425678g
	eui.02004567a425678d0 naa.5200 naa.52004567ba64678x naa.
	"iqn.2026-11.com.example:${LONG:0:200}")
GOOD_GROUPS=(tpgt_0 tpgt_2 tpgt_65535)
BAD_GROUPS=(tpgt_ tpgt_x tpgt_65536 tpgt_-1 tpgt_1x tpgt_01 tpgt 1 group_1)
GOOD_PORTALS=("$TISER_ADDR:3260" "$TISER_ADDR:65535" "$TISER_ADDR2:3260"
	"[$TISER_ADDR6]:3260" 0.0.0.0:4000 "[::]:4001" "[::0]:4001"
	192.0.2.77:3260)
BAD_PORTALS=("$TISER_ADDR" "$TISER_ADDR:" "$TISER_ADDR:0" "$TISER_ADDR:65536"
	"$TISER_ADDR:-1" "$TISER_ADDR:iscsi" "$TISER_ADDR:03260" 10.0.0.256:3260
	10.0.0:3260 host:3260 :3260 "$TISER_ADDR6:3260" "[$TISER_ADDR6]"
	"[$TISER_ADDR6]3260" "[fd00::zz]:3260" "[fe80::1]:3260" 224.0.0.1:3260
	"[ff02::1]:3260")
DEFAULTS=(enable=0 dynamic_sessions=
	attrib/authentication=1 attrib/cache_dynamic_acls=0
	attrib/default_cmdsn_depth=64 attrib/default_erl=0
	attrib/demo_mode_discovery=1 attrib/demo_mode_write_protect=1
	attrib/fabric_prot_type=0 attrib/generate_node_acls=0
	attrib/login_timeout=15 attrib/prod_mode_write_protect=0 attrib/t10_pi=0
	attrib/tpg_enabled_sendtargets=1
	attrib/netif_timeout=2 attrib/login_keys_workaround=1
	attrib/tmr_warm_reset=1 attrib/tmr_cold_reset=0
	attrib/nopin_timeout=15 attrib/nopin_response_timeout=30
	attrib/base_offset_solicited=1 attrib/logout_grace=2 attrib/drain=0
	param/DataPDUInOrder=Yes param/DataSequenceInOrder=Yes
	param/DefaultTime2Retain=0 param/DefaultTime2Wait=2
	param/ErrorRecoveryLevel=0 param/FirstBurstLength=65536
	param/ImmediateData=Yes param/InitialR2T=Yes param/MaxBurstLength=16776192
	param/MaxConnections=1 param/MaxOutstandingR2T=1
	param/AuthMethod=CHAP param/LoginRedirect=None
	auth/userid= auth/password= auth/userid_mutual= auth/password_mutual=
	auth/authenticate_target=0 "auth/chap_algorithms=SHA3-256,SHA-256,SHA1,MD5")
GOOD_VALUES=(attrib/authentication=0 attrib/login_timeout=5 attrib/login_timeout=30
	attrib/default_cmdsn_depth=1 attrib/default_cmdsn_depth=512
	attrib/demo_mode_write_protect=0 attrib/prod_mode_write_protect=1
	attrib/demo_mode_discovery=0 attrib/tpg_enabled_sendtargets=0
	attrib/tmr_warm_reset=0 attrib/tmr_cold_reset=1
	attrib/netif_timeout=15 attrib/login_keys_workaround=0
	attrib/nopin_timeout=0 attrib/nopin_timeout=60
	attrib/nopin_response_timeout=1 attrib/base_offset_solicited=0
	attrib/logout_grace=0 attrib/logout_grace=60 attrib/drain=1
	param/ImmediateData=No param/InitialR2T=No param/FirstBurstLength=512
	param/MaxBurstLength=65536
	param/DefaultTime2Wait=0 param/DefaultTime2Retain=0)
BAD_VALUES=(attrib/authentication=2 attrib/authentication=yes attrib/authentication=
	attrib/authentication=-1 attrib/login_timeout=4 attrib/login_timeout=31
	attrib/default_cmdsn_depth=0 attrib/default_cmdsn_depth=513
	attrib/default_cmdsn_depth=4294967297 attrib/generate_node_acls=2
	attrib/cache_dynamic_acls=x attrib/demo_mode_write_protect=2
	attrib/prod_mode_write_protect=2 attrib/demo_mode_discovery=2
	attrib/netif_timeout=1 attrib/netif_timeout=16
	attrib/login_keys_workaround=2 attrib/default_erl=3 attrib/t10_pi=2 attrib/fabric_prot_type=4
	attrib/tmr_warm_reset=2 attrib/tmr_cold_reset=-1
	attrib/tpg_enabled_sendtargets=2 attrib/nopin_timeout=61
	attrib/nopin_response_timeout=0 attrib/base_offset_solicited=2
	attrib/logout_grace=61 attrib/drain=2
	param/ImmediateData=maybe param/InitialR2T=1x param/FirstBurstLength=511
	param/FirstBurstLength=16777216 param/MaxBurstLength=0
	param/MaxBurstLength=16777216 param/MaxBurstLength=-1
	param/MaxConnections=0 param/MaxConnections=65536
	param/ErrorRecoveryLevel=3 param/DefaultTime2Wait=3601
	param/MaxOutstandingR2T=0 param/DataPDUInOrder=Perhaps
	param/AuthMethod=KRB5 param/HeaderDigest=MD5 param/IFMarkInt=2048)

good_directory() {
	mkdir "$1" && rmdir "$1"
}

bad_directory() {
	klog_mark
	fails_with "Invalid argument" mkdir "$1" && klog_said_why
}

put() {
	echo "$1" >"$2"
}

bad_value() {
	local before
	before=$(cat "$2")
	klog_mark
	fails_with "Invalid argument" put "$1" "$2" && klog_said_why &&
		equals "$before" cat "$2"
}

good_value() {
	local before
	before=$(cat "$2")
	put "$1" "$2" && equals "$1" cat "$2" && put "$before" "$2"
}

check_all() {
	local check=$1 what=$2 parent=$3 name
	shift 3
	for name; do
		ktap_test_result "$what ${name:0:40}" "$check" "$parent/$name"
	done
}

check_values() {
	local check=$1 what=$2 setting
	shift 2
	for setting; do
		ktap_test_result "$what $setting" "$check" "${setting#*=}" "$TPG/${setting%%=*}"
	done
}

check_defaults() {
	local setting
	for setting in "${DEFAULTS[@]}"; do
		ktap_test_result "default $setting" equals "${setting#*=}" cat "$TPG/${setting%%=*}"
	done
}

# Where the address does not exist.
other_namespace() {
	klog_mark
	unshare -n mkdir "$TPG/np/$TISER_ADDR:3260" && klog_has 'waiting: no interface' &&
		equals "waiting: no interface has the address" cat "$TPG/np/$TISER_ADDR:3260/state" &&
		rmdir "$TPG/np/$TISER_ADDR:3260"
}

iser_file() {
	local file=$TPG/np/$TISER_ADDR:3260/iser value
	mkdir "${file%/*}" || return 1
	for value in 0 1; do
		put "$value" "$file" && equals 1 cat "$file" || return 1
	done
	bad_value 2 "$file" && bad_value no "$file" && rmdir "${file%/*}"
}

same_portal_twice() {
	mkdir "$TPG/np/$TISER_ADDR:3260" &&
		fails_with "File exists" mkdir "$TPG/np/$TISER_ADDR:3260" &&
		rmdir "$TPG/np/$TISER_ADDR:3260"
}

generated_acls_are_cached() {
	put 1 "$TPG/attrib/generate_node_acls" &&
		equals 1 cat "$TPG/attrib/cache_dynamic_acls" &&
		put 0 "$TPG/attrib/generate_node_acls" &&
		put 0 "$TPG/attrib/cache_dynamic_acls"
}

acl_files() {
	local acl=$TPG/acls/$INITIATOR
	mkdir "$acl" && equals 64 cat "$acl/cmdsn_depth" &&
		put 16 "$acl/cmdsn_depth" && equals 16 cat "$acl/cmdsn_depth" &&
		grep -q 'No active iSCSI Session' "$acl/info" &&
		put group1 "$acl/tag" && equals group1 cat "$acl/tag" &&
		fails_with "File exists" mkdir "$acl"
}

acl_bad_depth() {
	bad_value "$1" "$TPG/acls/$INITIATOR/cmdsn_depth"
}

# The window of new ACLs is the group's default.
acl_default_depth() {
	put 32 "$TPG/attrib/default_cmdsn_depth" && mkdir "$TPG/acls/$INITIATOR.2" &&
		equals 32 cat "$TPG/acls/$INITIATOR.2/cmdsn_depth" &&
		rmdir "$TPG/acls/$INITIATOR.2"
}

acl_mapped_lun() {
	backstore_ramdisk disk 1 && target_lun "$IQN" 0 disk &&
		target_acl "$IQN" "$INITIATOR.3" 0 &&
		target_acl_remove "$IQN" "$INITIATOR.3" && target_lun_remove "$IQN" 0
}

enable_twice() {
	put 1 "$TPG/enable" && equals 1 cat "$TPG/enable" && put 1 "$TPG/enable" &&
		put 0 "$TPG/enable" && equals 0 cat "$TPG/enable"
}

enable_bad_value() {
	fails_with "Invalid argument" put maybe "$TPG/enable" && equals 0 cat "$TPG/enable"
}

begin $((${#GOOD_NAMES[@]} + ${#BAD_NAMES[@]} + 8 + ${#GOOD_GROUPS[@]} +
	${#BAD_GROUPS[@]} + ${#GOOD_PORTALS[@]} + ${#BAD_PORTALS[@]} +
	${#DEFAULTS[@]} + ${#GOOD_VALUES[@]} + ${#BAD_VALUES[@]} + 14))
must target_load
must mkdir -p "$(tpg_dir "$IQN")"
TPG=$(tpg_dir "$IQN")

check_all good_directory "target" "$FABRIC" "${GOOD_NAMES[@]}"
check_all bad_directory "no target" "$FABRIC" "${BAD_NAMES[@]}"
check_all good_directory "group" "$FABRIC/$IQN" "${GOOD_GROUPS[@]}"
check_all bad_directory "no group" "$FABRIC/$IQN" "${BAD_GROUPS[@]}"
check_all good_directory "portal" "$TPG/np" "${GOOD_PORTALS[@]}"
check_all bad_directory "no portal" "$TPG/np" "${BAD_PORTALS[@]}"
check_all bad_directory "no ACL" "$TPG/acls" "${BAD_NAMES[@]::8}"
check_defaults
check_values good_value "accepts" "${GOOD_VALUES[@]}"
check_values bad_value "refuses" "${BAD_VALUES[@]}"
ktap_test_result "same portal twice" same_portal_twice
ktap_test_result "other spelling of the same portal" bad_directory "$TPG/np/010.0.0.1:3260"
ktap_test_result "iser of a portal is 1, and may be written" iser_file
ktap_test_result "portal in another network namespace" other_namespace
ktap_test_result "generate_node_acls implies cache_dynamic_acls" generated_acls_are_cached
ktap_test_result "files of an ACL" acl_files
ktap_test_result "ACL depth 0" acl_bad_depth 0
ktap_test_result "ACL depth 513" acl_bad_depth 513
ktap_test_result "ACL depth of words" acl_bad_depth many
ktap_test_result "default depth of an ACL" acl_default_depth
ktap_test_result "mapped LUN" acl_mapped_lun
ktap_test_result "enable, enable, disable" enable_twice
ktap_test_result "enable refuses words" enable_bad_value
ktap_test_result "nothing is left on the RDMA device" equals 0 rdma_owned cm_id
ktap_finished
