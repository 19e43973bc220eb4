#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: configfs only; the kernel's iscsi fabric beside ours.
# Proves: every file of the iscsi fabric that management tools read or write is
# here, with its name, its mode and a value that may be written; whatever is shown
# may be written back, in any order, and changes nothing; values of the iscsi
# fabric load without an error.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

PATTERN_OF_FILES='%m %P\n'
GROUPS_OF_TPG=(. attrib param auth "acls/$INITIATOR" "acls/$INITIATOR/attrib"
	"acls/$INITIATOR/param" "acls/$INITIATOR/auth"
	"acls/$INITIATOR/fabric_statistics/iscsi_sess_stats"
	../fabric_statistics/iscsi_{instance,login_stats,logout_stats,sess_err,tgt_attr})
# Secrets are for root alone, where the iscsi fabric shows them to everybody.
SECRETS='password(_mutual)?$'
# What iSER or this target decides otherwise.
OTHER_DEFAULTS=(HeaderDigest DataDigest MaxBurstLength DefaultTime2Retain)
# Values a configuration of the iscsi fabric may hold and that mean nothing here.
FOREIGN=(param/DataDigest=CRC32C param/MaxConnections=4 param/ErrorRecoveryLevel=2
	param/DataPDUInOrder=No param/DataSequenceInOrder=No param/IFMarker=Yes
	param/OFMarker=Yes attrib/default_erl=2 "acls/$INITIATOR/attrib/default_erl=1")
ISCSI=$CFS/iscsi/$IQN/tpgt_1

test_cleanup() {
	rmdir "$ISCSI/acls/$INITIATOR" "$ISCSI" "${ISCSI%/*}" "$CFS/iscsi" 2>/dev/null
	! grep -q '^iscsi_target_mod ' /proc/modules || wait_for 10 rmmod iscsi_target_mod
}

both_fabrics() {
	local fabric
	modprobe iscsi_target_mod && target_load || return 1
	for fabric in iscsi iser; do
		mkdir -p "$CFS/$fabric/$IQN/tpgt_1" &&
			mkdir "$CFS/$fabric/$IQN/tpgt_1/acls/$INITIATOR" || return 1
	done
}

put() {
	printf '%s' "$1" >"$2"
}

# files_of DIR: mode and name of its files, but for those of secrets.
files_of() {
	find "$1" -maxdepth 1 -type f -printf "$PATTERN_OF_FILES" | sort | grep -vE "$SECRETS"
}

# has_files_of DIR DIR: the second has what the first has.
has_files_of() {
	local missing
	missing=$(comm -23 <(files_of "$1") <(files_of "$2"))
	[ -z "$missing" ] || {
		echo "missing or of another mode: $missing" >&2
		return 1
	}
}

root_is_clean() {
	has_files_of "$CFS/iscsi" "$FABRIC" &&
		equals "cpus_allowed_list discovery_auth lio_version version" \
			echo "$(find "$FABRIC" -mindepth 1 -maxdepth 1 ! -name 'iqn.*' -printf '%f\n' |
				sort | paste -sd ' ')" &&
		has_files_of "$CFS/iscsi/discovery_auth" "$FABRIC/discovery_auth"
}

groups_have_files() {
	local group
	for group in "${GROUPS_OF_TPG[@]}"; do
		has_files_of "$ISCSI/$group" "$TPG/$group" || return 1
	done
}

# settings_of TPG: files that tools save, as group/name.
settings_of() {
	(cd "$1" && find attrib param acls/*/attrib -maxdepth 1 -type f -perm -200 | sort)
}

same_defaults() {
	local setting expected
	for setting in $(settings_of "$ISCSI"); do
		[[ " ${OTHER_DEFAULTS[*]} " != *" ${setting##*/} "* ]] || continue
		expected=$(<"$ISCSI/$setting")
		equals "$expected" cat "$TPG/$setting" || return 1
	done
}

takes_defaults_of_iscsi() {
	local setting
	klog_mark
	for setting in $(settings_of "$ISCSI"); do
		put "$(<"$ISCSI/$setting")" "$TPG/$setting" || return 1
	done
	equals "" klog_ours
}

# A value without effect: taken, one line says so, the old one stays.
takes_foreign_value() {
	local file=$TPG/${1%%=*} before
	before=$(<"$file")
	klog_mark
	put "${1#*=}" "$file" && equals "$before" cat "$file" || return 1
	klog_said_why && klog_has 'has no effect'
}

takes_foreign_values() {
	local setting
	for setting in "${FOREIGN[@]}"; do
		takes_foreign_value "$setting" || return 1
	done
}

values_of() {
	local setting
	for setting in $(settings_of "$TPG"); do
		echo "$setting=$(<"$TPG/$setting")"
	done
}

# round_trip SORT-OPTION: what is shown may be written, without and, in param,
# with a newline, as rtslib does it.
round_trip() {
	local setting value before
	before=$(values_of)
	klog_mark
	for setting in $(settings_of "$TPG" | sort "$1"); do
		value=$(<"$TPG/$setting")
		[[ $setting != param/* ]] || value+=$'\n'
		put "$value" "$TPG/$setting" || return 1
	done
	equals "$before" values_of && equals "" klog_ours
}

# Far from the defaults, so that an order in which one refuses the other shows.
unusual_values() {
	tpg_set "$IQN" authentication=0 generate_node_acls=1 default_cmdsn_depth=512 \
		login_timeout=30 FirstBurstLength=16777215 MaxBurstLength=512 \
		InitialR2T=No ImmediateData=No TargetRecvDataSegmentLength=65536
}

cpus() {
	local all
	all=$(<"$FABRIC/cpus_allowed_list")
	equals "$(<"$CFS/iscsi/cpus_allowed_list")" echo "$all" &&
		put 0 "$FABRIC/cpus_allowed_list" && equals 0 cat "$FABRIC/cpus_allowed_list" &&
		put "$all" "$FABRIC/cpus_allowed_list" && equals "$all" cat "$FABRIC/cpus_allowed_list"
}

no_such_cpus() {
	local value
	for value in x 0- 70000 ""$'\n'; do
		klog_mark
		fails_with "Invalid argument" put "$value" "$FABRIC/cpus_allowed_list" &&
			klog_said_why || return 1
	done
}

enable_without_anything() {
	target_enable "$IQN" && target_enable "$IQN" && equals 1 cat "$TPG/enable"
}

# configfs itself refuses; its links say who.
lun_in_use() {
	local acl=$TPG/acls/$INITIATOR
	target_lun "$IQN" 0 disk && mkdir "$acl/lun_0" &&
		ln -s "$TPG/lun/lun_0" "$acl/lun_0/map" &&
		fails_with "Device or resource busy" rmdir "$TPG/lun/lun_0" &&
		equals "$acl/lun_0/map" find "$FABRIC" -lname '*/lun_0' -path '*/acls/*' &&
		fails_with "Device or resource busy" rmdir "$(backstore_path disk)" &&
		equals "$TPG/lun/lun_0/disk" find "$CFS" -lname '*/core/rd_mcp_0/disk'
}

begin 13
must backstore_ramdisk disk 4
must both_fabrics
TPG=$(tpg_dir "$IQN")
ktap_test_result "root of the fabric: the names tools know and no other" root_is_clean
ktap_test_result "files of the iscsi fabric are here, with their modes" groups_have_files
ktap_test_result "so are their defaults" same_defaults
ktap_test_result "defaults of the iscsi fabric load" takes_defaults_of_iscsi
ktap_test_result "values that mean nothing here load, too" takes_foreign_values
must unusual_values
ktap_test_result "round trip, disabled" round_trip --
ktap_test_result "round trip, disabled, backwards" round_trip -r
ktap_test_result "enable without portals, LUNs, ACLs" enable_without_anything
ktap_test_result "round trip, enabled" round_trip --
ktap_test_result "round trip, enabled, backwards" round_trip -r
ktap_test_result "cpus_allowed_list" cpus
ktap_test_result "processors that do not exist" no_such_cpus
ktap_test_result "what is in use stays, and by whom can be found" lun_in_use
ktap_finished
