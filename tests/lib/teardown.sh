# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Taking targets apart again, whatever was made below them.

_rmdirs() {
	local dir rc=0
	for dir; do
		[ ! -d "$dir" ] || rmdir "$dir" || rc=1
	done
	return "$rc"
}

_tpg_destroy() {
	local dir
	echo 0 2>/dev/null >"$1/enable"
	_rmdirs "$1"/np/*
	for dir in "$1"/acls/*/; do
		[ ! -d "$dir" ] || _acl_remove "${dir%/}"
	done
	find "$1"/lun/ -mindepth 2 -maxdepth 2 -type l -delete
	_rmdirs "$1"/lun/lun_*
	rmdir "$1"
}

# target_destroy IQN: whatever was made below it.
target_destroy() {
	local dir
	[ -d "$FABRIC/$1" ] || return 0
	for dir in "$FABRIC/$1"/tpgt_*; do
		[ ! -d "$dir" ] || _tpg_destroy "$dir"
	done
	rmdir "$FABRIC/$1"
}

target_destroy_all() {
	local dir
	for dir in "$FABRIC"/*.*; do
		[ ! -d "$dir" ] || target_destroy "${dir##*/}"
	done
}
