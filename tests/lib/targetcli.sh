# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian's own targetcli, one process for a whole test: starting it takes seconds
# in an emulator. Commands go to its standard input; a word it does not know marks
# the end of what the last one printed.

# Where Debian's rtslib keeps its files; the root image has them read-only.
TCLI_DBROOT=/etc/rtslib-fb-target
TCLI_PID=

# targetctl_clear: that of rtslib 2.2.3 fails for every fabric.
targetctl_clear() {
	local log
	log=$(targetctl clear 2>&1) && echo -n "$log" && return 0
	[[ $log == *"clear() takes 0 positional arguments"* ]] || {
		echo "$log" >&2
		return 1
	}
	python3 -c 'import rtslib; rtslib.RTSRoot().clear_existing(confirm=True)'
}

_system_bus() {
	[ -S /run/dbus/system_bus_socket ] && return 0
	mkdir -p /run/dbus && dbus-daemon --system --fork
}

# tcli_start: needs the system bus, for backstores in user space.
tcli_start() {
	export TARGETCLI_HOME=$TMP/targetcli PYTHONUNBUFFERED=1
	mkdir -p "$TCLI_DBROOT" "$TARGETCLI_HOME" && _system_bus || return 1
	rm -f "$TMP/tcli.in"
	mkfifo "$TMP/tcli.in" && : >"$TMP/tcli.log" || return 1
	targetcli <"$TMP/tcli.in" >"$TMP/tcli.log" 2>&1 &
	TCLI_PID=$!
	exec {TCLI_IN}>"$TMP/tcli.in"
	tcli set global color_mode=false auto_save_on_exit=false >/dev/null
}

_tcli_answered() {
	grep -q "Command not found $1" "$TMP/tcli.log" || not is_alive "$TCLI_PID"
}

# tcli WORD...: what the command printed. Fails when that was an error, which
# targetcli marks by a word if it may not by colour, or when targetcli has ended.
tcli() {
	local mark start output
	start=$(stat -c %s "$TMP/tcli.log")
	mark=after${start}x
	printf '%s\n%s\n' "$*" "$mark" >&"$TCLI_IN" || return 1
	wait_for 60 _tcli_answered "$mark" || {
		tail -n 20 "$TMP/tcli.log" >&2
		return 1
	}
	output=$(tail -c +$((start + 1)) "$TMP/tcli.log" | grep -v "Command not found $mark")
	output=$(sed 's/^\(\/[^> ]*> \)*//' <<<"$output" | awk NF)
	echo "$output"
	is_alive "$TCLI_PID" && not grep -q '^Error: ' <<<"$output"
}

# tcli_fails TEXT WORD...: the command complains, and names TEXT (extended RE).
tcli_fails() {
	local text=$1 output
	shift
	if output=$(tcli "$@"); then
		echo "succeeded: $output" >&2
		return 1
	fi
	[[ $output =~ $text ]] || {
		echo "'$text' expected in: $output" >&2
		return 1
	}
}

# tcli_says TEXT WORD...: the command succeeds and prints TEXT (extended RE).
tcli_says() {
	local text=$1 output
	shift
	output=$(tcli "$@") && [[ $output =~ $text ]] && return 0
	echo "'$text' expected in: $output" >&2
	return 1
}

tcli_stop() {
	[ -n "$TCLI_PID" ] || return 0
	! is_alive "$TCLI_PID" || echo exit >&"$TCLI_IN"
	exec {TCLI_IN}>&-
	reap "$TCLI_PID" 30
	TCLI_PID=
}

# saves_agree FILE FILE: the same configuration, in whatever order.
saves_agree() {
	python3 - "$@" <<-'PYTHON'
		import json, sys

		def plain(x):
		    if isinstance(x, dict):
		        return {k: plain(v) for k, v in x.items()}
		    if isinstance(x, list):
		        return sorted((plain(i) for i in x), key=lambda i: json.dumps(i, sort_keys=True))
		    return x

		one, two = (json.dumps(plain(json.load(open(f))), indent=1, sort_keys=True).splitlines()
		            for f in sys.argv[1:])
		for a, b in zip(one, two):
		    if a != b:
		        print(a, "|", b)
		sys.exit(one != two)
	PYTHON
}
