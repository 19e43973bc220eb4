# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The target, configured through configfs only. TISER_FABRIC=iscsi runs the same
# test against the kernel's ib_isert, to tell a mistake of a test from one of the
# module.

TISER_FABRIC=${TISER_FABRIC:-iser}
CFS=/sys/kernel/config/target
CORE=$CFS/core
FABRIC=$CFS/$TISER_FABRIC

if [ "$TISER_FABRIC" = iser ]; then
	TISER_MODULE_NAME=tcm_iser
else
	TISER_MODULE_NAME=ib_isert
fi
TISER_LOG_PREFIX="$TISER_MODULE_NAME: "

target_is_loaded() {
	[ -d "/sys/module/$TISER_MODULE_NAME" ]
}

# target_insert: the module alone, without its configfs root.
target_insert() {
	target_is_loaded && return 0
	if [ -f "${TISER_MODULE-}" ]; then
		modprobe -a target_core_mod rdma_cm && insmod "$TISER_MODULE"
	else
		modprobe "$TISER_MODULE_NAME"
	fi
}

target_load() {
	target_insert && mkdir -p "$FABRIC"
}

target_unload() {
	target_is_loaded || return 0
	[ ! -d "$FABRIC" ] || rmdir "$FABRIC" || return 1
	wait_for 10 rmmod "$TISER_MODULE_NAME"
}

# tpg_dir IQN [TAG]
tpg_dir() {
	echo "$FABRIC/$1/tpgt_${2-1}"
}

# tpg_set IQN NAME=VALUE...: attributes (lower case) and parameters (capitals).
tpg_set() {
	local dir setting group
	dir=$(tpg_dir "$1")
	shift
	for setting; do
		[[ $setting == [A-Z]* ]] && group=param || group=attrib
		echo "${setting#*=}" >"$dir/$group/${setting%%=*}" || return 1
	done
}

# target_create IQN: a target with portal group 1, not enabled.
target_create() {
	mkdir -p "$(tpg_dir "$1")" && tpg_set "$1" authentication=0
}

# target_demo IQN: anybody may log in and write.
target_demo() {
	tpg_set "$1" generate_node_acls=1 cache_dynamic_acls=1 demo_mode_write_protect=0
}

# target_portal IQN ADDRESS:PORT
target_portal() {
	local dir
	dir=$(tpg_dir "$1")/np/$2
	mkdir "$dir" || return 1
	[ ! -e "$dir/iser" ] || echo 1 >"$dir/iser"
}

# target_lun IQN LUN BACKSTORE
target_lun() {
	local lun path
	lun=$(tpg_dir "$1")/lun/lun_$2
	path=$(backstore_path "$3") || return 1
	mkdir "$lun" && ln -s "$path" "$lun/$3"
}

target_lun_remove() {
	local lun
	lun=$(tpg_dir "$1")/lun/lun_$2
	find "$lun" -maxdepth 1 -type l -delete && rmdir "$lun"
}

# target_acl IQN INITIATOR [LUN]: with LUN mapped under the same number.
target_acl() {
	local tpg acl
	tpg=$(tpg_dir "$1")
	acl=$tpg/acls/$2
	mkdir "$acl" || return 1
	[ -n "${3-}" ] || return 0
	mkdir "$acl/lun_$3" && ln -s "$tpg/lun/lun_$3" "$acl/lun_$3/map"
}

target_acl_remove() {
	_acl_remove "$(tpg_dir "$1")/acls/$2"
}

_acl_remove() {
	find "$1"/lun_* -maxdepth 1 -type l -delete 2>/dev/null
	_rmdirs "$1"/lun_* && rmdir "$1"
}

target_enable() {
	echo 1 >"$(tpg_dir "$1")/enable"
}

target_disable() {
	echo 0 >"$(tpg_dir "$1")/enable"
}

# target_sessions IQN: initiators with a session that demo mode admitted.
target_sessions() {
	tr '\0' '\n' <"$(tpg_dir "$1")/dynamic_sessions" | awk NF
}
