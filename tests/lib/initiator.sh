# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The kernel's own initiator, driven by open-iscsi. An interface record stands
# for an initiator: "iser" is the first, initiator_add makes more. Portals are
# written ADDRESS:PORT.

INITIATOR=iqn.2026-11.com.example:initiator
IFACES=(iser)

_iscsid_conf() {
	cat <<-CONF
		node.startup = manual
		node.leading_login = No
		node.session.timeo.replacement_timeout = 600
		node.conn[0].timeo.login_timeout = $(seconds 10)
		node.conn[0].timeo.logout_timeout = $(seconds 10)
		node.conn[0].timeo.noop_out_interval = $(seconds 10)
		node.conn[0].timeo.noop_out_timeout = $(seconds 20)
		node.session.err_timeo.abort_timeout = $(seconds 15)
		node.session.err_timeo.lu_reset_timeout = $(seconds 30)
		node.session.initial_login_retry_max = 2
		node.session.cmds_max = 128
		node.session.queue_depth = 32
		node.session.iscsi.InitialR2T = No
		node.session.iscsi.ImmediateData = Yes
		node.session.iscsi.FirstBurstLength = 262144
		node.session.iscsi.MaxBurstLength = 16776192
		node.conn[0].iscsi.MaxRecvDataSegmentLength = 262144
		node.conn[0].iscsi.MaxXmitDataSegmentLength = 0
		discovery.sendtargets.iscsi.MaxRecvDataSegmentLength = 32768
		discovery.sendtargets.timeo.login_timeout = $(seconds 5)
		discovery.sendtargets.reopen_max = 1
	CONF
}

_iscsid_answers() {
	local rc=0
	iscsiadm -m session >/dev/null 2>&1 || rc=$?
	[ "$rc" = 0 ] || [ "$rc" = 21 ]
}

initiator_start() {
	modprobe -q ib_iser
	mkdir -p /run/lock/iscsi /var/lib/iscsi /etc/iscsi
	_iscsid_conf >/etc/iscsi/iscsid.conf
	echo "InitiatorName=$INITIATOR" >/etc/iscsi/initiatorname.iscsi
	pgrep -x iscsid >/dev/null || iscsid
	wait_for 15 _iscsid_answers
}

# initiator_add IFACE INITIATOR: another initiator, reached as IFACE.
initiator_add() {
	iscsiadm -m iface -I "$1" -o new &&
		iscsiadm -m iface -I "$1" -o update -n iface.transport_name -v iser &&
		iscsiadm -m iface -I "$1" -o update -n iface.initiatorname -v "$2" &&
		IFACES+=("$1")
}

_discover() {
	within 30 iscsiadm -m discovery -t sendtargets -p "$1" -I "$2" -o nonpersistent
}

# initiator_discover PORTAL [IFACE]: lines "address:port,tag iqn". Now and then
# iscsiadm misses the event that its answer is there, whatever the target: the
# next attempt gets it.
initiator_discover() {
	local try
	for try in 1 2 3; do
		_discover "$1" "${2-iser}" && return 0
		echo "discovery of $1, attempt $try failed" >&2
	done
	return 1
}

# initiator_node IQN PORTAL IFACE [NAME=VALUE...]: a record, not logged in.
initiator_node() {
	local iqn=$1 portal=$2 iface=$3 setting
	shift 3
	iscsiadm -m node -T "$iqn" -p "$portal,1" -I "$iface" -o new || return 1
	for setting; do
		iscsiadm -m node -T "$iqn" -p "$portal" -I "$iface" -o update \
			-n "${setting%%=*}" -v "${setting#*=}" || return 1
	done
}

# How often libiscsi has passed a Login Response on to iscsid, and been asked for
# the next request before it had finished with the last. It does not send that,
# and iscsid waits until the login times out. No target can help it.
_initiator_stumbles() {
	dmesg | grep -c 'Login/Text in progress'
}

# initiator_login IQN [PORTAL [IFACE [NAME=VALUE...]]]: status as iscsiadm's. A
# login over which the initiator itself has stumbled is tried again.
initiator_login() {
	local iqn=$1 portal=${2-$TISER_ADDR:3260} iface=${3-iser} try rc stumbles
	initiator_node "$iqn" "$portal" "$iface" "${@:4}" >/dev/null || return 1
	for try in 1 2 3 4; do
		rc=0 stumbles=$(_initiator_stumbles)
		within 90 iscsiadm -m node -T "$iqn" -p "$portal" -I "$iface" --login || rc=$?
		if [ "$rc" = 0 ] || [ "$stumbles" = "$(_initiator_stumbles)" ]; then
			break
		fi
		echo "login of $iface, attempt $try: the initiator stumbled" >&2
	done
	return "$rc"
}

initiator_logout() {
	within 60 iscsiadm -m node -T "$1" -I "${2-iser}" --logout
}

# initiator_session IQN [IFACE]: its directory in sysfs.
initiator_session() {
	local dir
	for dir in /sys/class/iscsi_session/session*; do
		[ "$(cat "$dir/targetname" 2>/dev/null)" = "$1" ] || continue
		[ "$(cat "$dir/ifacename" 2>/dev/null)" = "${2-iser}" ] || continue
		echo "$dir"
		return 0
	done
	return 1
}

initiator_is_logged_in() {
	local dir
	dir=$(initiator_session "$@") && [ "$(cat "$dir/state")" = LOGGED_IN ]
}

_disk_of() {
	local dir
	dir=$(initiator_session "$1" "$3") || return 1
	for dir in "$dir"/device/target*/*:*:*:"$2"/block/*; do
		[ -b "/dev/${dir##*/}" ] && [ "$(cat "$dir/size")" != 0 ] && break
	done
	[ -b "/dev/${dir##*/}" ] && echo "/dev/${dir##*/}"
}

# initiator_disk IQN LUN [IFACE]: its device node, once it is there.
initiator_disk() {
	wait_for 30 _disk_of "$1" "$2" "${3-iser}" && _disk_of "$1" "$2" "${3-iser}"
}

initiator_has_no_session() {
	! compgen -G '/sys/class/iscsi_session/session*' >/dev/null
}

# initiator_reset: no session, no record.
initiator_reset() {
	local iface
	pgrep -x iscsid >/dev/null || return 0
	within 60 iscsiadm -m node --logoutall=all >/dev/null 2>&1
	iscsiadm -m node -o delete >/dev/null 2>&1
	for iface in "${IFACES[@]:1}"; do
		iscsiadm -m iface -I "$iface" -o delete >/dev/null 2>&1
	done
	IFACES=(iser)
	wait_for 60 initiator_has_no_session
}

# flush_cache DEVICE: what is read next comes from the target.
flush_cache() {
	sync "$1"
	blockdev --flushbufs "$1"
}
