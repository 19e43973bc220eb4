# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tables of hostile input. A row is "description|requests|expectation" with an
# optional "|alive" (a ping must be answered afterwards); requests are commands
# of iser_raw, separated by ";". The identifiers at the beginning of descriptions
# are those of Documentation/hostile.rst.
#
# One iser_raw serves a whole table, each row on a connection of its own: starting
# a process costs more than most rows.

# _case_script NUMBER OPENING ROW: what iser_raw does for a row, between marks.
_case_script() {
	local number=$1 opening=$2 row=${3#*|} request alive=''
	request=${row%%|*}
	row=${row#*|}
	if [ "$row" != "${row%|alive}" ]; then
		row=${row%|alive}
		alive='nop data=4; expect nop data=4'
	fi
	printf '%s\n' "echo case $number" "conn case$number" "$opening" "$request" \
		"$row" "$alive" disconnect "echo end $number" | tr ';' '\n'
}

_case_table() {
	local opening=$1 number=0 row
	shift
	for row; do
		number=$((number + 1))
		_case_script $number "$opening" "$row"
	done
}

# _case_passed NUMBER LOG: it came to its end, and nothing failed on the way.
_case_passed() {
	local section
	section=$(sed -n "/^# case $1 \$/,/^# end $1 \$/p" "$2")
	[[ $section == *"# end $1 " && $section != *"# FAIL"* ]] && return 0
	printf '%s\n' "$section" "$(grep -h '^iser_raw:' "$2")" >&2
	return 1
}

# case_rows OPENING ROW...: one result for each row.
case_rows() {
	local opening=$1 number=0 row
	shift
	_case_table "$opening" "$@" | raw -k >"$TMP/cases.log" 2>&1
	for row; do
		number=$((number + 1))
		ktap_test_result "${row%%|*}" _case_passed $number "$TMP/cases.log"
	done
}
