# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Waiting for a condition with a deadline: the only place where tests sleep.
# Deadlines are generous and say only when to give up; no test asserts a time.

# seconds N: N seconds on real hardware, as long as it takes in an emulator.
seconds() {
	echo $(($1 * ${TISER_TIMEOUT_SCALE:-1}))
}

# wait_for SECONDS COMMAND...: polls until COMMAND succeeds. Status 1 and a word
# on stderr when it does not within the (scaled) deadline.
wait_for() {
	local deadline=$((SECONDS + $(seconds "$1")))
	shift
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$deadline" ]; then
			echo "no success in time: $*" >&2
			return 1
		fi
		sleep 0.1
	done
}

# not COMMAND...: succeeds when COMMAND fails.
not() {
	! "$@"
}

# repeat TURNS COMMAND...: COMMAND succeeds that many times.
repeat() {
	local turns=$1 turn
	shift
	for ((turn = 1; turn <= turns; turn++)); do
		"$@" || {
			echo "turn $turn of $turns failed: $*" >&2
			return 1
		}
	done
}

# within SECONDS COMMAND...: runs an external COMMAND, kills it at the (scaled)
# deadline and then returns 124.
within() {
	local limit
	limit=$(seconds "$1")
	shift
	timeout -k 5 "$limit" "$@"
}

# equals EXPECTED COMMAND...: compares COMMAND's output.
equals() {
	local expected=$1 actual
	shift
	actual=$("$@") || return 1
	[ "$actual" = "$expected" ] || {
		echo "expected '$expected', got '$actual'" >&2
		return 1
	}
}

# returns STATUS COMMAND...: compares COMMAND's exit status.
returns() {
	local expected=$1 rc=0
	shift
	"$@" || rc=$?
	[ "$rc" = "$expected" ] || {
		echo "expected status $expected, got $rc" >&2
		return 1
	}
}

# fails_with MESSAGE COMMAND...: COMMAND fails and its complaint contains MESSAGE
# (the C library's text for an errno).
fails_with() {
	local message=$1 output
	shift
	if output=$("$@" 2>&1); then
		echo "succeeded; '$message' was expected" >&2
		return 1
	fi
	[[ $output == *"$message"* ]] || {
		echo "failed with '$output'; '$message' was expected" >&2
		return 1
	}
}

# background NAME COMMAND...: starts COMMAND; its process id in $NAME_PID, its
# output in $TMP/NAME.log.
background() {
	local name=$1
	shift
	"$@" >"$TMP/$name.log" 2>&1 &
	printf -v "${name}_PID" %s $!
}

# is_alive PID
is_alive() {
	kill -0 "$1" 2>/dev/null
}

# reap PID SECONDS: its exit status, or 124 when it does not end.
reap() {
	wait_for "$2" not is_alive "$1" || return 124
	wait "$1"
}

# stop_process PID: ends a process this test started.
stop_process() {
	is_alive "$1" || return 0
	kill "$1" 2>/dev/null
	wait_for 5 not is_alive "$1" || kill -9 "$1"
	wait "$1" 2>/dev/null
	return 0
}
