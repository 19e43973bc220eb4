# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# libiscsi's conformance suites (iscsi-test-cu), one process each: one that hangs
# or dies costs only itself.

# The initiators it logs in as unless told otherwise.
SUITE_INITIATORS=(
	iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-test
	iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-test-2
)

# libiscsi_loads: it is there, and the kernel modules it needs.
libiscsi_loads() {
	command -v iscsi-inq >/dev/null && modprobe -q rdma_ucm && modprobe -q ib_uverbs
}

# libiscsi_is_old: a release that announces immediate data it does not send, and
# whose conformance suites are not those the tables are about.
libiscsi_is_old() {
	dpkg-query -W -f '${Version}\n' libiscsi-bin | grep -qE '^1\.1[0-9]\.'
}

# suite_names: all of them, one a line.
suite_names() {
	iscsi-test-cu --list | awk -F. 'NF == 2 && $1 == "ALL" { print $2 }'
}

# suite_tests SUITE: SUITE.TEST, one a line.
suite_tests() {
	iscsi-test-cu --list | awk -F. -v suite="$1" \
		'NF == 3 && $1 == "ALL" && $2 == suite { print $2 "." $3 }'
}

# suite_target MIB: a target for both initiators with a file as LUN 0, without a
# portal. The file's attributes are the defaults and thin provisioning.
# Registrations that survive a power loss need a directory.
suite_target() {
	local initiator
	mkdir -p "$(<"$CFS/dbroot")/pr" &&
		backstore_file disk "$TMP/backing" "$1" && backstore_set disk emulate_tpu=1 &&
		backstore_set disk emulate_tpws=1 && target_load && target_create "$IQN" &&
		target_lun "$IQN" 0 disk || return 1
	for initiator in "${SUITE_INITIATORS[@]}"; do
		target_acl "$IQN" "$initiator" 0 || return 1
	done
}

# suite_sessions: how many of the two are logged in.
suite_sessions() {
	cat "$(tpg_dir "$IQN")"/acls/*/info | grep -c '^InitiatorName' || true
}

# suite_process LOG SECONDS URL SUITE[.TEST]: its exit status. Only the paths of
# MultipathIO are two. libiscsi 1.20 puts buffers of failed reads over iSER into
# its cache of small allocations, where they are too small for the next user:
# without that cache it survives its own tests.
suite_process() {
	local log=$1 limit=$2 urls=("$3") name=$4
	[ "${name%%.*}" != MultipathIO ] || urls+=("$3")
	LIBISCSI_CACHE_ALLOCATIONS=0 within "$limit" iscsi-test-cu --dataloss --allow-sanitize --test "ALL.$name" \
		"${urls[@]}" >"$log" 2>&1
}

# suite_counts LOG: "passed run skipped"; nothing if it did not get to its end.
# What is skipped are single assertions.
suite_counts() {
	awk '/SKIPPED/ { skipped++ }
		/^ +tests +[0-9]/ { run = $3; passed = $4; found = 1 }
		END { if (found) print passed + 0, run + 0, skipped + 0 }' "$1"
}

# suite_end STATUS: what an exit status says in a word.
suite_end() {
	case $1 in
	124 | 137) echo hangs ;;
	134) echo aborts ;;
	139) echo crashes ;;
	*) echo "status-$1" ;;
	esac
}

# suite_run LOG SECONDS URL SUITE: "passed run skipped end", end being "-" or how
# the process died. A suite that died is repeated test by test.
suite_run() {
	local log=$1 limit=$2 url=$3 suite=$4 rc=0 counts
	suite_process "$log" "$limit" "$url" "$suite" || rc=$?
	counts=$(suite_counts "$log")
	if [ -n "$counts" ]; then
		echo "$counts -"
	else
		echo "$(_suite_one_by_one "$@") $(suite_end "$rc")"
	fi
}

_suite_one_by_one() {
	local log=$1 limit=$2 url=$3 test sum=(0 0 0) counts
	while read -r test; do
		suite_process "$log.one" "$limit" "$url" "$test"
		printf '\n--- %s alone, status %s\n' "$test" $? >>"$log"
		cat "$log.one" >>"$log"
		read -ra counts < <(suite_counts "$log.one")
		sum[0]=$((sum[0] + ${counts[0]:-0}))
		sum[1]=$((sum[1] + 1))
		sum[2]=$((sum[2] + ${counts[2]:-0}))
	done < <(suite_tests "$4")
	rm -f "$log.one"
	echo "${sum[*]}"
}
