#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: open-iscsi and iser_raw against a portal group that wants
# authentication.
# Proves: CHAP in one and in both directions with each algorithm, credentials of
# an ACL, of the group and of discovery, and that a login without a good proof
# ends with the status of RFC 7143, 9.2 and one line in the log (RFC 7143, 9.2.1,
# 12.1.3).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

USER_IN=the.initiator
SECRET_IN=initiator-secret-1
USER_OUT=the.target
SECRET_OUT=target-secret-22
DISCOVERY=$FABRIC/discovery_auth
ONE_WAY=(node.session.auth.authmethod=CHAP node.session.auth.username="$USER_IN"
	node.session.auth.password="$SECRET_IN")
MUTUAL=("${ONE_WAY[@]}" node.session.auth.username_in="$USER_OUT"
	node.session.auth.password_in="$SECRET_OUT")

test_cleanup() {
	discovery_wants 0 NULL
	initiator_reset
	target_destroy_all
	backstore_destroy_all
}

# credentials DIRECTORY USERID PASSWORD [USERID PASSWORD]: as rtslib writes them.
credentials() {
	local dir=$1
	printf %s "$2" >"$dir/userid" && printf %s "$3" >"$dir/password" &&
		printf %s "${4-NULL}" >"$dir/userid_mutual" &&
		printf %s "${5-NULL}" >"$dir/password_mutual"
}

discovery_wants() {
	credentials "$DISCOVERY" "${2-$USER_IN}" "${2-$SECRET_IN}" &&
		echo "$1" >"$DISCOVERY/enforce_discovery_auth"
}

# The login of open-iscsi, once; a long wait for one that the initiator has spoilt
# would be in vain.
login_once() {
	iscsiadm -m node -T "$IQN" -o delete >/dev/null 2>&1
	initiator_login "$IQN" "$TISER_ADDR:3260" iser \
		node.session.initial_login_retry_max=1 \
		"node.conn[0].timeo.login_timeout=$(seconds 5)" "$@"
}

# logs_in [NAME=VALUE...], fails_to [NAME=VALUE...]
logs_in() {
	login_once "$@" || return 1
	wait_for 20 initiator_is_logged_in "$IQN" && initiator_logout "$IQN"
}

fails_to() {
	klog_mark
	returns 24 login_once "$@"
}

# because PATTERN COMMAND...: COMMAND succeeds and the log has the reason.
because() {
	local reason=$1
	shift
	"$@" && klog_has "refused: authentication failure.*$reason"
}

with_algorithm() {
	klog_mark
	echo "$1" >"$AUTH/chap_algorithms" &&
		logs_in "${MUTUAL[@]}" node.session.auth.chap_algs="$2"
}

discovery_secret() {
	cat >>/etc/iscsi/iscsid.conf <<-CONF
		discovery.sendtargets.auth.authmethod = CHAP
		discovery.sendtargets.auth.username = $USER_IN
		discovery.sendtargets.auth.password = $1
	CONF
}

discovers() {
	discovery_secret "$1"
	initiator_discover "$TISER_ADDR:3260" | grep -q "$IQN"
}

# discovers_from TARGET-SECRET: only from a target that proves to have it.
discovers_from() {
	cat >>/etc/iscsi/iscsid.conf <<-CONF
		discovery.sendtargets.auth.username_in = $USER_OUT
		discovery.sendtargets.auth.password_in = $1
	CONF
	discovers $SECRET_IN
}

discovery_fails() {
	discovery_secret "$1"
	klog_mark
	not _discover "$TISER_ADDR:3260" iser
}

put() {
	printf '%s\n' "$1" >"$2"
}

# refuses VALUE FILE: nothing changes, one line says why and not what.
refuses() {
	local before
	before=$(cat "$2")
	klog_mark
	fails_with "Invalid argument" put "$1" "$2" && klog_said_why &&
		equals "$before" cat "$2" && not klog_has "$SECRET_OUT"
}

# warns VALUE FILE: taken, but not without a word.
warns() {
	klog_mark
	keeps "$1" "$2" && klog_said_why && not klog_has "$1"
}

keeps() {
	put "$1" "$2" && equals "${3-$1}" cat "$2"
}

modes() {
	equals "600 600 644 644 444" echo "$(stat -c %a "$1/password" \
		"$1/password_mutual" "$1/userid" "$1/userid_mutual" \
		"$1/authenticate_target" | paste -sd ' ')"
}

# refused STATUS DESCRIPTION KEYS...: CHAP_R and what comes with it, after the
# challenge.
refused() {
	local status=$1 description=$2
	shift 2
	raw_test "$description: $status" <<-SCRIPT
		connect
		login csg=0 t=0 keys=names SessionType=Normal AuthMethod=CHAP,None CHAP_A=7,5
		expect login status=0000 t=0 csg=0 AuthMethod=CHAP CHAP_A=7 CHAP_I=* CHAP_C=*
		login csg=0 nsg=1 $*
		expect login status=$status data=0
		expect disconnect
	SCRIPT
}

# refused_at_once STATUS DESCRIPTION LOGIN-WORDS...
refused_at_once() {
	local status=$1 description=$2
	shift 2
	raw_test "$description: $status" <<-SCRIPT
		connect
		login $*
		expect login status=$status data=0
		expect disconnect
	SCRIPT
}

# long HEX BYTES: a binary value that long.
long() {
	printf '0x'
	printf "$1%.0s" $(seq "$2")
}

begin 62
serve_ramdisk
must tpg_set "$IQN" authentication=1
AUTH=$(tpg_dir "$IQN")/auth
before=$(rdma_snapshot)
must initiator_start

ktap_test_result "without credentials nobody gets in" \
	because "neither" fails_to "${ONE_WAY[@]}"
must credentials "$AUTH" $USER_IN $SECRET_IN
ktap_test_result "one way" logs_in "${ONE_WAY[@]}"
ktap_test_result "wrong secret" \
	because "wrong CHAP secret" fails_to "${ONE_WAY[@]}" node.session.auth.password=nonsense-12345
ktap_test_result "wrong name" \
	because "wrong CHAP name" fails_to "${ONE_WAY[@]}" node.session.auth.username=somebody
ktap_test_result "initiator without credentials" \
	because "skips|offers no CHAP" fails_to node.session.auth.authmethod=None
ktap_test_result "initiator wants a proof of the target, which has none" \
	because "authenticate itself" fails_to "${MUTUAL[@]}"
must credentials "$AUTH" $USER_IN $SECRET_IN $USER_OUT $SECRET_OUT
ktap_test_result "authenticate_target" equals 1 cat "$AUTH/authenticate_target"
ktap_test_result "both ways" logs_in "${MUTUAL[@]}"
ktap_test_result "one way is still enough" logs_in "${ONE_WAY[@]}"
must put shortsecret "$AUTH/password_mutual"
ktap_test_result "the target proves nothing with less than 96 bits" \
	because "96 bits" fails_to "${MUTUAL[@]}"
must put $SECRET_OUT "$AUTH/password_mutual"
ktap_test_result "MD5" with_algorithm MD5 MD5
ktap_test_result "SHA1" with_algorithm SHA1,MD5 SHA1
ktap_test_result "SHA-256" with_algorithm SHA-256 MD5,SHA256
ktap_test_result "SHA3-256" with_algorithm SHA3-256,SHA-256,SHA1,MD5 SHA3-256,MD5
must put SHA3-256 "$AUTH/chap_algorithms"
ktap_test_result "an algorithm that is not allowed" \
	because "algorithms" fails_to "${ONE_WAY[@]}" node.session.auth.chap_algs=MD5,SHA1
must put MD5,SHA1,SHA-256,SHA3-256 "$AUTH/chap_algorithms"

must target_acl "$IQN" "$INITIATOR" 0
ACL=$(tpg_dir "$IQN")/acls/$INITIATOR/auth
ktap_test_result "an ACL without credentials: those of the group" logs_in "${ONE_WAY[@]}"
must credentials "$ACL" own.name own-secret-4711
ktap_test_result "the ACL's own credentials" logs_in "${ONE_WAY[@]}" \
	node.session.auth.username=own.name node.session.auth.password=own-secret-4711
ktap_test_result "and no others" because "wrong CHAP" fails_to "${ONE_WAY[@]}"
must credentials "$ACL" NULL NULL
must put 0 "${ACL%/*}/attrib/authentication"
ktap_test_result "an ACL that needs no proof in a group that wants one" \
	logs_in node.session.auth.authmethod=None
must tpg_set "$IQN" authentication=0
must put 1 "${ACL%/*}/attrib/authentication"
ktap_test_result "an ACL that wants a proof in a group that needs none" \
	because "skips|offers no CHAP" fails_to node.session.auth.authmethod=None
ktap_test_result "and gets it" logs_in "${ONE_WAY[@]}"
must put -1 "${ACL%/*}/attrib/authentication"
ktap_test_result "an ACL that leaves it to the group" \
	logs_in node.session.auth.authmethod=None
must tpg_set "$IQN" authentication=1

ktap_test_result "discovery needs no proof" initiator_discover "$TISER_ADDR:3260"
must discovery_wants 1
ktap_test_result "discovery that must authenticate" discovers $SECRET_IN
must credentials "$DISCOVERY" $USER_IN $SECRET_IN $USER_OUT $SECRET_OUT
ktap_test_result "discovery, both ways" discovers_from $SECRET_OUT
ktap_test_result "the initiator notices that the target is another" \
	not discovers_from "not-$SECRET_OUT"
ktap_test_result "discovery with a wrong secret" \
	because "wrong CHAP secret" discovery_fails wrong-secret-123
must discovery_wants 0 NULL
must initiator_reset

raw_test "steps of the usual initiator" <<-SCRIPT
	connect
	login csg=0 nsg=1 keys=names SessionType=Normal AuthMethod=CHAP,None
	expect login status=0000 t=0 csg=0 AuthMethod=CHAP TargetPortalGroupTag=1 absent=CHAP_A,CHAP_C
	login csg=0 nsg=1 CHAP_A=9,8,5
	expect login status=0000 t=0 csg=0 CHAP_A=8 CHAP_I=* CHAP_C=*
SCRIPT
refused_at_once 0201 "security skipped" ""
refused_at_once 0201 "AuthMethod=None" csg=0 nsg=1 keys=names AuthMethod=None
refused_at_once 0201 "Kerberos" csg=0 nsg=1 keys=names AuthMethod=KRB5
refused_at_once 0201 "unknown algorithm" csg=0 t=0 keys=names AuthMethod=CHAP CHAP_A=99
refused_at_once 0200 "proof before the challenge" csg=0 t=0 keys=names \
	AuthMethod=CHAP CHAP_N=x CHAP_R=0x00
refused 0207 "nothing" ""
refused 0207 "no CHAP_R" "CHAP_N=$USER_IN"
refused 0207 "no CHAP_R, but a challenge" "CHAP_N=$USER_IN CHAP_I=1 CHAP_C=0x1234"
refused 0207 "no CHAP_N" "CHAP_R=$(long 00 32)"
refused 0201 "invented proof" "CHAP_N=$USER_IN CHAP_R=$(long 00 32)"
refused 0201 "invented proof with a challenge" \
	"CHAP_N=$USER_IN CHAP_R=$(long 00 32) CHAP_I=1 CHAP_C=0x1234"
refused 0201 "proof of 1024 bytes" "CHAP_N=$USER_IN CHAP_R=$(long 00 1024)"
refused 0200 "proof of 1025 bytes" "CHAP_N=$USER_IN CHAP_R=$(long 00 1025)"
refused 0200 "odd number of digits" "CHAP_N=$USER_IN CHAP_R=0x123"
refused 0200 "no Base64" "CHAP_N=$USER_IN CHAP_R=0b!!!!"
refused 0200 "decimal proof" "CHAP_N=$USER_IN CHAP_R=1234"
refused 0200 "CHAP_A twice" "CHAP_A=5"
must tpg_set "$IQN" authentication=0
ktap_test_result "others are served" raw_is_served

for dir in "$AUTH" "$ACL" "$DISCOVERY"; do
	ktap_test_result "secrets of ${dir##*/iser/} are root's" modes "$dir"
done
ktap_test_result "NULL clears" keeps NULL "$AUTH/userid_mutual" ""
ktap_test_result "a name that begins with NULL" keeps NULLA "$AUTH/userid_mutual"
ktap_test_result "255 bytes" keeps "$(long 61 127 | cut -c3-)x" "$AUTH/password"
ktap_test_result "256 bytes" refuses "$(long 61 128 | cut -c3-)" "$AUTH/password"
ktap_test_result "one secret for both directions" refuses $SECRET_OUT "$AUTH/password"
ktap_test_result "the same in two directories" refuses $SECRET_OUT "$ACL/password"
must put acl-secret-4711 "$ACL/password"
ktap_test_result "and the other way round" \
	refuses acl-secret-4711 "$DISCOVERY/password_mutual"
ktap_test_result "one secret for two initiators" warns acl-secret-4711 "$DISCOVERY/password"
must put NULL "$DISCOVERY/password"
ktap_test_result "unknown algorithm" refuses SHA1,SHA512 "$AUTH/chap_algorithms"
ktap_test_result "no algorithm" refuses "" "$AUTH/chap_algorithms"
ktap_test_result "algorithms in any order" \
	keeps MD5,SHA-256 "$AUTH/chap_algorithms" SHA-256,MD5
ktap_test_result "enforce_discovery_auth" refuses 2 "$DISCOVERY/enforce_discovery_auth"
ktap_test_result "nothing is left" rdma_back_to "$before"
ktap_finished
