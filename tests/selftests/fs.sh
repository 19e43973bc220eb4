#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi over rxe, a file as LUN 0.
# Proves: a file system on the exported disk keeps what is written to it, over an
# unmount and over a new session, and is consistent.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

MNT=$TMP/mnt
FILES=12

test_cleanup() {
	! mountpoint -q "$MNT" || umount "$MNT"
}

fill() {
	local number
	for number in $(seq "$FILES"); do
		mkdir -p "$MNT/dir$((number % 3))"
		pattern_file "$MNT/dir$((number % 3))/file$number" $((number * 37777)) || return 1
	done
	(cd "$MNT" && find . -type f -exec sha256sum {} +) >"$TMP/sums"
	equals "$FILES" grep -c . "$TMP/sums"
}

is_intact() {
	(cd "$MNT" && sha256sum --quiet -c "$TMP/sums")
}

new_session() {
	initiator_reset && initiator_login "$IQN" && DISK=$(initiator_disk "$IQN" 0)
}

begin 9
must backstore_file disk "$TMP/backing" 32
serve "$IQN" disk
attach
mkdir "$MNT"
ktap_test_result "make a file system" mkfs.ext4 -q -F "$DISK"
ktap_test_result "mount" mount "$DISK" "$MNT"
ktap_test_result "write files" fill
ktap_test_result "unmount" umount "$MNT"
ktap_test_result "file system is consistent" e2fsck -fn "$DISK"
must new_session
ktap_test_result "mount in a new session" mount "$DISK" "$MNT"
ktap_test_result "files are intact" is_intact
ktap_test_result "unmount again" umount "$MNT"
initiator_reset
ktap_test_result "file system in the target's file is consistent" e2fsck -fn "$TMP/backing"
ktap_finished
