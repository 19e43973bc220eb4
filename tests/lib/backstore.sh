# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Backstores of the target core, by name. Sizes are in MiB.

MIB=1048576

_backstore_create() {
	local dir=$CORE/$1/$2 control=$3
	mkdir -p "$dir" || return 1
	echo -n "$control" >"$dir/control" &&
		echo "serial-$2" >"$dir/wwn/vpd_unit_serial" &&
		echo 1 >"$dir/enable"
}

# backstore_ramdisk NAME MIB
backstore_ramdisk() {
	_backstore_create rd_mcp_0 "$1" "rd_pages=$(($2 * 256))"
}

# backstore_null NAME MIB: keeps nothing, reads zeroes; for counting.
backstore_null() {
	_backstore_create rd_mcp_0 "$1" "rd_pages=$(($2 * 256)),rd_nullio=1"
}

# backstore_file NAME FILE MIB
backstore_file() {
	truncate -s "$(($3 * MIB))" "$2" &&
		_backstore_create fileio_0 "$1" "fd_dev_name=$2,fd_dev_size=$(($3 * MIB))"
}

# backstore_block NAME DEVICE
backstore_block() {
	_backstore_create iblock_0 "$1" "udev_path=$2"
}

# backstore_path NAME
backstore_path() {
	local dir
	for dir in "$CORE"/*_*/"$1"; do
		[ -d "$dir" ] && echo "$dir" && return 0
	done
	echo "no backstore $1" >&2
	return 1
}

# backstore_set NAME ATTRIBUTE=VALUE
backstore_set() {
	echo "${2#*=}" >"$(backstore_path "$1")/attrib/${2%%=*}"
}

backstore_destroy_all() {
	local dir
	for dir in "$CORE"/{rd_mcp,fileio,iblock}_0/*/; do
		[ ! -e "$dir/enable" ] || rmdir "$dir"
	done
	_rmdirs "$CORE"/{rd_mcp,fileio,iblock}_0
}

# slow_device NAME MILLISECONDS: a block device that answers late, over a null
# block device. The delay can be changed while commands wait.
slow_device() {
	modprobe -a dm_delay null_blk || return 1
	dmsetup create "$1" --noudevsync --table "$(_slow_table "$2")" &&
		dmsetup mknodes "$1" && wait_for 5 test -b "/dev/mapper/$1"
}

# slow_device_set NAME MILLISECONDS: releases the commands that wait.
slow_device_set() {
	dmsetup suspend --nolockfs --noudevsync "$1" &&
		dmsetup load "$1" --table "$(_slow_table "$2")" &&
		dmsetup resume --noudevsync "$1"
}

_slow_table() {
	echo "0 $(blockdev --getsz /dev/nullb0) delay /dev/nullb0 0 $1"
}

slow_device_remove() {
	[ ! -b "/dev/mapper/$1" ] || dmsetup remove --noudevsync "$1"
}
