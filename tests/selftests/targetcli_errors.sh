#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: Debian's targetcli with tools/rtslib, no initiator.
# Proves: a refused value names its rule in the kernel log; a damaged
# configuration restores what it can and lists what it could not; without the
# module nothing else is disturbed.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"
. "$(dirname "$0")/../lib/targetcli.sh"

TPG=/iser/$IQN/tpg1
SAVE=$TMP/save
LOOP=naa.5001405000000001
MODULES=/usr/lib/modules/$(uname -r)

test_cleanup() {
	tcli_stop
	[ ! -e "$TMP/modules.dep" ] || module_comes_back
	targetctl_clear
	[ ! -d "$CFS/loopback" ] || rmdir "$CFS/loopback"
	modprobe -q -r tcm_loop
}

# So that neither modprobe nor a look at the list of modules finds it.
module_goes_away() {
	target_unload && cp "$MODULES/modules.dep" "$TMP/modules.dep" &&
		mv "$MODULES/updates/tcm_iser.ko" "$TMP" &&
		sed -i '/tcm_iser\.ko/d' "$MODULES/modules.dep" && not target_insert
}

module_comes_back() {
	mv "$TMP/tcm_iser.ko" "$MODULES/updates/" && mv "$TMP/modules.dep" "$MODULES/modules.dep"
}

configure() {
	tcli /backstores/ramdisk create ram 4M && tcli /iser create "$IQN" &&
		tcli "$TPG/luns" create /backstores/ramdisk/ram &&
		tcli "$TPG/acls" create "$INITIATOR" && tcli saveconfig "$SAVE"
}

# refused FILE RULE WORD...: targetcli names the file, the kernel value and rule,
# twice, because Python writes again when it closes a file it could not flush.
refused() {
	local name=$1 rule=$2
	shift 2
	klog_mark
	tcli_fails "Invalid argument" "$@" && klog_has "$name .*refused: $rule"
}

refused_portal() {
	klog_mark
	tcli_fails "Could not create NetworkPortal" "$TPG/portals" create 224.0.0.1 3261 &&
		klog_has 'portal 224.0.0.1:3261 refused: a multicast'
}

# damaged: the saved configuration with a mistake of each kind in it.
damage() {
	python3 - "$SAVE" "$SAVE.bad" <<-'PYTHON'
		import json, sys

		config = json.load(open(sys.argv[1]))
		target = config["targets"][0]
		tpg = target["tpgs"][0]
		tpg["attributes"]["no_such_attribute"] = 1
		tpg["attributes"]["login_timeout"] = 4711
		tpg["parameters"]["MaxBurstLength"] = "1"
		tpg["node_acls"][0]["attributes"]["nopin_timeout"] = 4711
		tpg["node_acls"].append(dict(tpg["node_acls"][0], node_wwn="no.name"))
		tpg["parameters"]["NoSuchKey"] = "Yes"
		tpg["portals"].append({"ip_address": "10.0.0.1", "port": "none"})
		tpg["portals"].append({"ip_address": "224.0.0.1", "port": 3260})
		config["storage_objects"].append({"plugin": "fileio", "name": "lost",
		    "dev": "/nonexistent/file", "size": 1048576, "wwn": "lost", "write_back": False})
		tpg["luns"].append({"index": 5, "storage_object": "/backstores/fileio/lost",
		    "alias": "x", "alua_tg_pt_gp_name": "default_tg_pt_gp"})
		config["targets"].append(dict(target, fabric="no_such_fabric",
		    wwn="iqn.2026-11.com.example:lost"))
		json.dump(config, open(sys.argv[2], "w"))
	PYTHON
}

lists_what_it_could_not() {
	local output text
	output=$(tcli restoreconfig "$SAVE.bad")
	echo "$output"
	for text in 'recoverable errors' no_such_attribute login_timeout NoSuchKey \
		MaxBurstLength nopin_timeout no.name '10.0.0.1:none' 224.0.0.1 lost no_such_fabric; do
		grep -q "$text" <<<"$output" || {
			echo "does not name $text" >&2
			return 1
		}
	done
}

restores_the_rest() {
	local tpg
	tpg=$(tpg_dir "$IQN")
	[ -d "$tpg/lun/lun_0" ] && [ -d "$tpg/acls/$INITIATOR/lun_0" ] &&
		equals 1 cat "$tpg/enable" && equals 15 cat "$tpg/attrib/login_timeout" &&
		equals 15 cat "$tpg/acls/$INITIATOR/attrib/nopin_timeout" &&
		equals 16776192 cat "$tpg/param/MaxBurstLength" &&
		klog_has 'login_timeout "4711" refused: must be 5 to 30' &&
		klog_has 'MaxBurstLength "1" refused: must be 512' &&
		klog_has 'nopin_timeout "4711" refused: must be 0 to 60' &&
		klog_has 'portal 224.0.0.1:3260 refused: a multicast'
}

# A file cut off in the middle is no JSON: rtslib restores nothing of it, and says
# where it ends; the backups beside it are what is left.
cut_off() {
	head -c 400 "$SAVE" >"$SAVE.cut"
	fails_with "JSONDecodeError" targetctl restore "$SAVE.cut" &&
		tcli_fails "JSONDecodeError" restoreconfig "$SAVE.cut"
}

hidden() {
	local output
	output=$(tcli ls / 1) && grep -q 'o- loopback' <<<"$output" &&
		not grep -q 'o- iser' <<<"$output"
}

others_work() {
	tcli /loopback create "$LOOP" && [ -d "$CFS/loopback/$LOOP" ] &&
		tcli saveconfig "$SAVE.loop" && grep -q "$LOOP" "$SAVE.loop" &&
		tcli clearconfig confirm=True && [ ! -d "$CFS/loopback/$LOOP" ]
}

restore_names_the_module() {
	tcli_fails "tcm_iser" restoreconfig "$SAVE" && backstore_path ram
}

begin 15
must tcli_start
ktap_test_result "configure and save" configure
ktap_test_result "attribute out of range" refused default_cmdsn_depth 'must be 1 to 512' \
	"$TPG" set attribute default_cmdsn_depth=513
ktap_test_result "parameter out of range" refused MaxBurstLength 'must be 512 to 16777215' \
	"$TPG" set parameter MaxBurstLength=1
ktap_test_result "attribute of an ACL" refused nopin_timeout 'must be 0 to 60' \
	"$TPG/acls/$INITIATOR" set attribute nopin_timeout=1000
ktap_test_result "portal that cannot be" refused_portal
ktap_test_result "name that is none" tcli_fails "not valid" /iser create no.name
must damage
must tcli clearconfig confirm=True
klog_mark
ktap_test_result "a damaged configuration: what could not be restored is listed" \
	lists_what_it_could_not
ktap_test_result "and the rest is there" restores_the_rest
must tcli clearconfig confirm=True
ktap_test_result "a file that was cut off" cut_off
ktap_test_result "changes nothing" equals "" find "$CORE" -name ram
tcli_stop

must module_goes_away
must tcli_start
ktap_test_result "without the module /iser is hidden" hidden
ktap_test_result "other fabrics are created, saved and cleared" others_work
ktap_test_result "restoring says which module is missing" restore_names_the_module
must tcli clearconfig confirm=True
tcli_stop
ktap_test_result "targetctl clear works, too" equals "" targetctl_clear
must module_comes_back
ktap_test_result "with the module it is restored" equals "" targetctl restore "$SAVE"
must targetctl_clear
ktap_finished
