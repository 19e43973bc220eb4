#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: iser_raw against a portal group that wants authentication, where the
# kernel has no SHA3-256 (its module is kept out), or, in FIPS mode, no MD5.
# Proves: CHAP with a digest that the kernel does not have is not offered, the
# others are, and the log says so (RFC 7143, 12.1.3); and that the comparison of
# proofs takes constant time.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

KEPT_OUT=/etc/modprobe.d/tiser-digests.conf
FIPS=$(cat /proc/sys/crypto/fips_enabled 2>/dev/null)
NUMBER=8
NAME=SHA3-256
if [ "${FIPS:-0}" = 1 ]; then
	NUMBER=5
	NAME=MD5
fi

test_cleanup() {
	unwatch
	rm -f "$KEPT_OUT"
	restore
}

has_sha3() {
	grep -qE '^name +: sha3-256$' /proc/crypto
}

# Not where it is built in. The module's name is not the same everywhere.
sha3_goes() {
	target_unload || return 1
	modprobe -r sha3_generic 2>/dev/null
	modprobe -r sha3 2>/dev/null
	not has_sha3 && printf 'install %s /bin/false\n' sha3_generic sha3 >"$KEPT_OUT"
}

digest_goes() {
	[ "$NAME" = MD5 ] || sha3_goes
}

group_that_asks() {
	serve_ramdisk
	must tpg_set "$IQN" authentication=1
	printf user >"$(tpg_dir "$IQN")/auth/userid"
	printf a-secret-of-16-b >"$(tpg_dir "$IQN")/auth/password"
}

# chooses LIST NUMBER
chooses() {
	raw <<-SCRIPT
		connect
		login csg=0 t=0 keys=names AuthMethod=CHAP CHAP_A=$1
		expect login status=0000 t=0 AuthMethod=CHAP CHAP_A=$2 CHAP_I=* CHAP_C=*
	SCRIPT
}

chooses_nothing() {
	klog_mark
	raw <<-SCRIPT && klog_has "none of its CHAP algorithms"
		connect
		login csg=0 t=0 keys=names AuthMethod=CHAP CHAP_A=$1
		expect login status=0201
		expect disconnect
	SCRIPT
}

comes_back() {
	[ "$NAME" = SHA3-256 ] || return 0
	must target_destroy "$IQN"
	must backstore_destroy_all
	must target_unload
	rm "$KEPT_OUT"
	group_that_asks
	chooses "$NUMBER,7" "$NUMBER"
}

watch() {
	[ -w "$TRACEFS/kprobe_events" ] &&
		echo 'p:tiser/compare __crypto_memneq size=%dx:u64' >"$TRACEFS/kprobe_events" &&
		echo 1 >"$TRACEFS/events/tiser/enable" && trace_clear
}

unwatch() {
	[ ! -d "$TRACEFS/events/tiser" ] || {
		echo 0 >"$TRACEFS/events/tiser/enable"
		echo >"$TRACEFS/kprobe_events"
	}
}

# All 32 bytes of a proof by SHA-256, and the name, though the proof is wrong.
compares() {
	raw <<-SCRIPT || return 1
		connect
		login csg=0 t=0 keys=names AuthMethod=CHAP CHAP_A=7
		expect login status=0000 CHAP_C=*
		login csg=0 nsg=1 CHAP_N=user CHAP_R=0x$(printf '00%.0s' {1..32})
		expect login status=0201
		expect disconnect
	SCRIPT
	grep -q 'compare: .*size=4$' "$TRACEFS/trace" &&
		grep -q 'compare: .*size=32$' "$TRACEFS/trace"
}

mountpoint -q "$TRACEFS" || mount -t tracefs tracefs "$TRACEFS"
digest_goes || {
	ktap_print_header
	ktap_skip_all "$NAME is built in"
}
begin 6
group_that_asks

ktap_test_result "the log says which is missing" \
	klog_has "CHAP without $NAME, which this kernel does not have"
ktap_test_result "another of the list is chosen" chooses "$NUMBER,7" 7
ktap_test_result "nothing else in the list: 0201" chooses_nothing "$NUMBER"
if watch; then
	ktap_test_result "name and proof are compared in constant time" compares
	unwatch
else
	ktap_test_skip "name and proof are compared in constant time" "no kprobes"
fi
ktap_test_result "where it is there again it is chosen" comes_back
ktap_test_result "all but CHAP goes on" raw <<-SCRIPT
	connect
	login discovery
	expect login status=0000 t=1
SCRIPT
ktap_finished
