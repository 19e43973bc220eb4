# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the two VMs of the package test tell each other: words in blocks of the
# exported disk that no I/O of the test touches. The initiator opens the disk
# uncached, the target the file behind it.

# Blocks of 4 KiB.
FLAG_OF_INITIATOR=8192
FLAG_OF_TARGET=8193

# flag_put FILE BLOCK WORD [dd's flag]
flag_put() {
	printf '%-4096s' "$3" |
		dd of="$1" bs=4096 seek="$2" count=1 iflag=fullblock conv=notrunc ${4:+oflag=$4} 2>/dev/null
}

# flag_is FILE BLOCK WORD [dd's flag]
flag_is() {
	[ "$(dd if="$1" bs=4096 skip="$2" count=1 ${4:+iflag=$4} 2>/dev/null | tr -d ' \0')" = "$3" ]
}
