#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: Debian's own targetcli, unmodified, configures the module as the
# fabric "iscsi"; open-iscsi over rxe.
# Proves: with fabric=iscsi the module is driven by tools that know the iscsi
# fabric only, targetcli and programs that use rtslib as cinder does; it does not take that name while iscsi_target_mod has it, and keeps
# it when that is loaded later; another name is refused.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

FABRIC=$CFS/iscsi
CHAP_USER=cinder
SECRET=initiator-secret-1
TPG=/iscsi/$IQN/tpg1

# insert PARAMETER=VALUE
insert() {
	if [ -f "${TISER_MODULE-}" ]; then
		modprobe -a target_core_mod rdma_cm && insmod "$TISER_MODULE" "$1"
	else
		modprobe "$TISER_MODULE_NAME" "$1"
	fi
}

wrong_name() {
	klog_mark
	fails_with "Invalid argument" insert fabric=scsi && klog_said_why
}

name_is_taken() {
	local rc=0
	modprobe iscsi_target_mod || return 1
	klog_mark
	fails_with "busy" insert fabric=iscsi && klog_said_why &&
		klog_has 'iscsi_target_mod is loaded' || rc=1
	modprobe -r iscsi_target_mod && return "$rc"
}

# Both register the name: the first one keeps it.
name_is_kept() {
	modprobe iscsi_target_mod && mkdir "$FABRIC" && grep -q tcm_iser "$FABRIC/version" &&
		modprobe -r iscsi_target_mod && grep -q tcm_iser "$FABRIC/version"
}

no_other_name() {
	fails_with "Invalid argument" mkdir "$CFS/iser"
}

# targetcli with one command a line on stdin; starting it takes seconds.
stock_tool() {
	local commands
	commands=$(cat)
	TARGETCLI_HOME=$TMP/targetcli within 60 targetcli >"$TMP/tool.log" 2>&1 <<-COMMANDS
		set global auto_save_on_exit=false color_mode=false
		$commands
		exit
	COMMANDS
	# It has no preferences yet, and says so.
	grep -v 'preferences file' "$TMP/tool.log" | not grep -qi 'error\|traceback\|could not' &&
		return 0
	cat "$TMP/tool.log" >&2
	return 1
}

configure() {
	stock_tool <<-COMMANDS
		/backstores/ramdisk create disk 16M
		/iscsi create $IQN
		$TPG/luns create /backstores/ramdisk/disk
		$TPG/acls create $INITIATOR
	COMMANDS
}

# The default portal is 0.0.0.0 or, later, [::0].
enable_iser() {
	local portal
	portal=$(ls "$CFS/iscsi/$IQN/tpgt_1/np") && stock_tool <<-COMMANDS || return 1
		$TPG/portals/$portal enable_iser true
		ls /iscsi
	COMMANDS
	grep -qF "$portal" "$TMP/tool.log" && grep -q ':3260.*\[iser\]' "$TMP/tool.log"
}

verified() {
	local disk
	must initiator_start
	initiator_login "$IQN" && disk=$(initiator_disk "$IQN" 0) && fio_verify "$disk" 4k 4 256k
}

# volume create NAME DEVICE | delete NAME: the calls of cinder's volume tool, in its
# order: enabled before it has portals, then any address of both families, CHAP in
# the ACL.
volume() {
	PYTHONDONTWRITEBYTECODE=1 python3 - "$INITIATOR" $CHAP_USER $SECRET "$@" <<-'PYTHON'
		import sys
		import rtslib_fb as lio

		initiator, user, secret, what, name = sys.argv[1:6]
		if what == "create":
		    group = lio.TPG(lio.Target(lio.FabricModule("iscsi"), name, "create"), mode="create")
		    group.set_attribute("authentication", "1")
		    lun = lio.LUN(group, storage_object=lio.BlockStorageObject(name=name, dev=sys.argv[6]))
		    acl = lio.NodeACL(group, initiator, mode="create")
		    acl.chap_userid, acl.chap_password = user, secret
		    lio.MappedLUN(acl, lun.lun, lun.lun)
		    group.enable = 1
		    for address in "0.0.0.0", "[::0]":
		        lio.NetworkPortal(group, address, 3260, mode="any").iser = True
		else:
		    root = lio.RTSRoot()
		    for thing in [t for t in root.targets if t.wwn == name] + [
		            s for s in root.storage_objects if s.name == name]:
		        thing.delete()
	PYTHON
}

# Two volumes are two targets on the same addresses.
two_volumes() {
	volume create "$IQN.one" /dev/mapper/one && volume create "$IQN.two" /dev/mapper/two
}

uses_volume() {
	local iqn=$1 disk
	initiator_login "$iqn" "$2" iser node.session.auth.authmethod=CHAP \
		node.session.auth.username=$CHAP_USER node.session.auth.password=$SECRET &&
		disk=$(initiator_disk "$iqn" 0) && flush_cache "$disk" &&
		dd if="$disk" of=/dev/null bs=4k count=16 iflag=direct status=none
}

uses_both() {
	uses_volume "$IQN.one" "$TISER_ADDR:3260" && uses_volume "$IQN.two" "[$TISER_ADDR6]:3260"
}

volumes_go() {
	volume delete "$IQN.one" && volume delete "$IQN.two" &&
		not compgen -G "$FABRIC/iqn.*" >/dev/null
}

clear_all() {
	stock_tool <<-COMMANDS
		clearconfig confirm=True
	COMMANDS
	not compgen -G "$FABRIC/iqn.*" >/dev/null && not compgen -G "$CORE/*/disk" >/dev/null
}

start_bus() {
	mkdir -p /run/dbus /etc/rtslib-fb-target "$TMP/targetcli"
	[ -S /run/dbus/system_bus_socket ] || background BUS dbus-daemon --system --nofork
	wait_for 10 test -S /run/dbus/system_bus_socket
}

test_cleanup() {
	initiator_reset
	target_destroy_all
	backstore_destroy_all
	slow_device_remove one
	slow_device_remove two
	[ -z "${BUS_PID-}" ] || rm -f /run/dbus/system_bus_socket
}

tools_are_there() {
	command -v targetcli >/dev/null && modprobe -n -q iscsi_target_mod
}

tools_are_there || {
	ktap_print_header
	ktap_skip_all "no targetcli, or no iscsi_target_mod"
}
begin 13
# What the kernel says of the first load of any module from elsewhere is not ours.
must target_load
must target_unload
must start_bus
ktap_test_result "another name is refused" wrong_name
ktap_test_result "not while iscsi_target_mod has the name" name_is_taken
must insert fabric=iscsi
ktap_test_result "keeps it when iscsi_target_mod comes later" name_is_kept
ktap_test_result "and has no other" no_other_name
ktap_test_result "configured by stock targetcli" configure
ktap_test_result "which sees iSER portals" enable_iser
ktap_test_result "login and verified I/O" verified
must initiator_reset
ktap_test_result "cleared by stock targetcli" clear_all
must slow_device one 0
must slow_device two 0
ktap_test_result "configured by rtslib in the manner of cinder" two_volumes
must initiator_start
ktap_test_result "both volumes are used, over IPv4 and IPv6" uses_both
must initiator_reset
ktap_test_result "and deleted" volumes_go
ktap_test_result "module unloads" target_unload
ktap_test_result "nothing is left on the RDMA device" equals 0 rdma_owned cm_id
ktap_finished
