# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the kernel logged since a mark.

KLOG_MARK=

# klog_mark: later questions are about what is logged from now on.
klog_mark() {
	KLOG_MARK="tiser-mark $$-$RANDOM$RANDOM"
	echo "$KLOG_MARK" >/dev/kmsg
}

klog_since() {
	dmesg | awk -v mark="$KLOG_MARK" 'seen; index($0, mark) { seen = 1 }'
}

# klog_ours: the module's own lines since the mark.
klog_ours() {
	dmesg | awk -v mark="$KLOG_MARK" -v prefix="$TISER_LOG_PREFIX" '
		seen && index($0, prefix)
		index($0, mark) { seen = 1 }'
}

# klog_has PATTERN: a line of the module since the mark matches (extended RE).
klog_has() {
	[[ $(klog_ours) =~ $1 ]]
}

# klog_said_why: exactly one line of the module since the mark.
klog_said_why() {
	local lines
	lines=$(klog_ours)
	[ -n "$lines" ] && [[ $lines != *$'\n'* ]] || {
		echo "expected one line in the kernel log, got: ${lines:-none}" >&2
		return 1
	}
}
