# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The module's counters, Documentation/statistics.rst: TPG is the directory of the
# portal group they are of.

# counter NAME
counter() {
	awk -v name="$1" '$1 == name { print $2 }' "$TPG/counters"
}

mark_counters() {
	cat "$TPG/counters" >"$TMP/counters"
}

# moved NAME...: by how much each has grown since mark_counters.
moved() {
	local name was
	for name; do
		was=$(awk -v name="$name" '$1 == name { print $2 }' "$TMP/counters")
		echo -n "$name=$(($(counter "$name") - was)) "
	done
}

# have_moved NAME=N...
have_moved() {
	local names=("${@%%=*}")
	equals "$* " moved "${names[@]}"
}

# moved_of PREFIX: names and growth of those that begin so and have grown.
moved_of() {
	awk -v prefix="$1" 'NR == FNR { was[$1] = $2; next }
		index($1, prefix) == 1 && $2 != was[$1] { print $1 "=" $2 - was[$1] }' \
		"$TMP/counters" "$TPG/counters"
}
