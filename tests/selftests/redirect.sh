#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: a target with two portal groups on two addresses; the first sends
# initiators elsewhere. iser_raw and open-iscsi.
# Proves: param/LoginRedirect makes logins end with 0101 or 0102 and the address
# to go to, before authentication, not in discovery (RFC 7143, 11.13.5, 13.8), also
# while the group is drained, and open-iscsi follows it.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

PARAM=$(tpg_dir "$IQN")/param/LoginRedirect
GOOD=("Temporary 192.0.2.1:3260" "Permanent 192.0.2.1" "Temporary [2001:db8::1]:3260"
	"Permanent [::1]" "Temporary storage.example.com:3261" "Permanent s1" None)
BAD=("" Temporary "Temporary " "Elsewhere 192.0.2.1:3260" 192.0.2.1:3260
	"Temporary 192.0.2.1:3260,1" "Temporary 192.0.2.1:0" "Temporary 192.0.2.1:65536"
	"Temporary 192.0.2.300:3260" "Temporary 2001:db8::1" "Temporary [2001:db8::1"
	"Temporary [192.0.2.1]:3260" "Temporary a..b" "Temporary -a" "Temporary a b"
	"Temporary  192.0.2.1" "Temporary 192.0.2.1:" "Temporary $(printf 'a%.0s' {1..256})")

# The group that serves, at the second address.
second_group() {
	local dir
	dir=$(tpg_dir "$IQN" 2)
	mkdir -p "$dir/np/$TISER_ADDR2:3260" "$dir/lun/lun_0" &&
		ln -s "$(backstore_path disk)" "$dir/lun/lun_0/disk" &&
		echo 0 >"$dir/attrib/authentication" &&
		echo 1 >"$dir/attrib/generate_node_acls" &&
		echo 0 >"$dir/attrib/demo_mode_write_protect" && echo 1 >"$dir/enable"
}

put() {
	printf '%s\n' "$1" >"$PARAM"
}

takes() {
	put "$1" && equals "$1" cat "$PARAM"
}

refuses() {
	local before
	before=$(cat "$PARAM")
	klog_mark
	fails_with "Invalid argument" put "$1" && klog_said_why && equals "$before" cat "$PARAM"
}

# is_sent STATUS ADDRESS [LOGIN-WORDS]
is_sent() {
	raw <<-SCRIPT
		connect
		login ${3-}
		expect login status=$1 t=0 TargetAddress=$2 absent=TargetPortalGroupTag
		expect disconnect
	SCRIPT
}

is_served() {
	raw <<-SCRIPT
		session ${1-}
		io count=4
	SCRIPT
}

# is_refused STATUS: a login that is sent nowhere
is_refused() {
	raw <<-SCRIPT
		connect
		login
		expect login status=$1
		expect disconnect
	SCRIPT
}

discovers() {
	initiator_discover "$TISER_ADDR:3260" | grep -qxF "$TISER_ADDR:3260,1 $IQN"
}

# A record without a tag, or open-iscsi would insist on the first group's.
follows() {
	iscsiadm -m node -T "$IQN" -p "$TISER_ADDR:3260" -I iser -o new &&
		within 90 iscsiadm -m node -T "$IQN" -p "$TISER_ADDR:3260" -I iser --login &&
		wait_for 20 initiator_is_logged_in "$IQN" &&
		equals "$TISER_ADDR2" cat /sys/class/iscsi_connection/connection*/address &&
		equals "" target_sessions "$IQN" && initiator_logout "$IQN"
}

begin $((${#GOOD[@]} + ${#BAD[@]} + 11))
serve_ramdisk
must second_group
must initiator_start
before=$(rdma_snapshot)

for value in "${GOOD[@]}"; do
	ktap_test_result "accepts ${value:0:60}" takes "$value"
done
for value in "${BAD[@]}"; do
	ktap_test_result "refuses '${value:0:60}'" refuses "$value"
done
ktap_test_result "None: no redirection" is_served ""
must put "Permanent [2001:db8::7]:3260"
ktap_test_result "permanently" is_sent 0102 "[2001:db8::7]:3260"
must put "Temporary $TISER_ADDR2:3260"
ktap_test_result "temporarily" is_sent 0101 "$TISER_ADDR2:3260"
must tpg_set "$IQN" authentication=1
ktap_test_result "before authentication" is_sent 0101 "$TISER_ADDR2:3260" \
	"csg=0 nsg=1 keys=names AuthMethod=CHAP"
must tpg_set "$IQN" authentication=0
ktap_test_result "only who may log in" raw <<-SCRIPT
	connect
	login target=$IQN.other
	expect login status=0203
SCRIPT
ktap_test_result "not in discovery" discovers
ktap_test_result "open-iscsi follows" follows
must tpg_set "$IQN" drain=1
ktap_test_result "while the group is drained, too" is_sent 0101 "$TISER_ADDR2:3260"
must put None
ktap_test_result "drained, and nowhere to go" is_refused 0301
must tpg_set "$IQN" drain=0
ktap_test_result "no longer" is_served ""
must initiator_reset
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_finished
