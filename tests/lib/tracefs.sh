# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The module's trace events, through tracefs.

TRACEFS=/sys/kernel/tracing

# trace_start: all of them, from now on.
trace_start() {
	mountpoint -q "$TRACEFS" || mount -t tracefs tracefs "$TRACEFS" || return 1
	echo global >"$TRACEFS/trace_clock" && echo 4096 >"$TRACEFS/buffer_size_kb" &&
		echo 1 >"$TRACEFS/events/tcm_iser/enable" && trace_clear
}

trace_clear() {
	echo >"$TRACEFS/trace"
}

# trace_stop: the module can go.
trace_stop() {
	local switch=$TRACEFS/events/tcm_iser/enable
	[ ! -e "$switch" ] || echo 0 >"$switch"
}

# traced EVENT FIELDS: such an event was seen (extended RE).
traced() {
	grep -E " $1: .*$2" "$TRACEFS/trace"
}

# trace_of_task ITT: names of the events of a task, in order, on one line: those
# that name its tag (0x and eight digits), and those of its transfers.
trace_of_task() {
	awk -v itt="itt=$1" '
		/^#/ { next }
		{
			for (i = 1; i <= NF; i++)
				if ($i ~ /^conn=/) break
			name = $(i - 1); sub(":", "", name)
			mine = index($0 " ", itt " ") || index($0 " ", task " ") && name ~ /^dm_/
		}
		mine && name == "cmd_start" && match($0, / task=[0-9]+/) {
			task = substr($0, RSTART, RLENGTH)
		}
		mine { names = names (names ? " " : "") name }
		mine && name == "cmd_end" { task = "none" }
		BEGIN { task = "none" }
		END { print names }' "$TRACEFS/trace"
}
