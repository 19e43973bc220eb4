# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tables of hostile input. A row is "description|requests|expectation" with an
# optional "|alive" (a ping must be answered afterwards); requests are commands
# of iser_raw, separated by ";". The identifiers at the beginning of descriptions
# are those of Documentation/hostile.rst.

# _case_script OPENING REQUESTS EXPECTATION [alive]
_case_script() {
	printf '%s\n' "$1" "$2" "$3" | tr ';' '\n'
	[ "${4-}" != alive ] || printf '%s\n' 'nop data=4' 'expect nop data=4'
}

_case_run() {
	_case_script "$@" | raw
}

# case_row OPENING ROW: one result.
case_row() {
	local opening=$1 field
	IFS='|' read -ra field <<<"$2"
	_case_row_fields "$opening" "${field[@]}"
}

# An expectation contains "|" itself: what belongs to it is put together again.
_case_row_fields() {
	local opening=$1 description=$2 request=$3 expectation=$4 alive=''
	shift 4
	while [ $# -gt 0 ]; do
		if [ "$1" = alive ]; then
			alive=alive
		else
			expectation+="|$1"
		fi
		shift
	done
	ktap_test_result "$description" _case_run "$opening" "$request" \
		"$expectation" "$alive"
}

# case_rows OPENING ROW...
case_rows() {
	local opening=$1 row
	shift
	for row; do
		case_row "$opening" "$row"
	done
}

# pending_rows OPENING ROW...: right answers that the module does not give yet.
# TISER_PENDING=1 runs them.
pending_rows() {
	local opening=$1 row
	shift
	for row; do
		if [ -n "${TISER_PENDING-}" ]; then
			case_row "$opening" "$row"
		else
			ktap_test_skip "${row%%|*}" "not done yet"
		fi
	done
}
