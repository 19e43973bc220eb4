#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Topology: configfs; iser_raw with an ACL, LUN 0 is a ramdisk.
# Proves: attributes of ACLs have the names, defaults and limits of the iscsi
# fabric, what is wrong is refused with one line that says why; param shows what
# was negotiated; base_offset_solicited says what a Write Base Offset means when
# the initiator does not (RFC 7145, 6.9).

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib/all.sh"

DEFAULTS=(dataout_timeout=3 dataout_timeout_retries=5 default_erl=0
	nopin_timeout=15 nopin_response_timeout=30 random_datain_pdu_offsets=0
	random_datain_seq_offsets=0 random_r2t_offsets=0 base_offset_solicited=1
	authentication=-1)
GOOD_VALUES=(dataout_timeout=2 dataout_timeout=60 dataout_timeout_retries=15
	default_erl=0 nopin_timeout=0 nopin_timeout=60 nopin_response_timeout=3
	random_datain_pdu_offsets=1 random_datain_seq_offsets=1
	random_r2t_offsets=1 base_offset_solicited=0
	authentication=0 authentication=1)
BAD_VALUES=(dataout_timeout=1 dataout_timeout=61 dataout_timeout_retries=0
	dataout_timeout_retries=16 default_erl=3 nopin_timeout=61
	nopin_timeout=-1 nopin_timeout= nopin_response_timeout=0
	nopin_response_timeout=61 random_datain_pdu_offsets=2
	random_datain_seq_offsets=x random_r2t_offsets=2 base_offset_solicited=2
	authentication=-2 authentication=2 authentication=)
PARAMS=(DataPDUInOrder DataSequenceInOrder DefaultTime2Retain DefaultTime2Wait
	ErrorRecoveryLevel FirstBurstLength ImmediateData InitialR2T
	MaxBurstLength MaxConnections MaxOutstandingR2T)

put() {
	echo "$1" >"$2"
}

has_defaults() {
	local setting
	for setting in "${DEFAULTS[@]}"; do
		equals "${setting#*=}" cat "$ACL/attrib/${setting%%=*}" || return 1
	done
	equals ${#DEFAULTS[@]} eval "ls $ACL/attrib | wc -l"
}

takes_good() {
	local setting file
	for setting in "${GOOD_VALUES[@]}"; do
		file=$ACL/attrib/${setting%%=*}
		put "${setting#*=}" "$file" && equals "${setting#*=}" cat "$file" || return 1
	done
	for setting in "${DEFAULTS[@]}"; do
		put "${setting#*=}" "$ACL/attrib/${setting%%=*}" || return 1
	done
}

refuses_bad() {
	local setting
	for setting in "${BAD_VALUES[@]}"; do
		klog_mark
		fails_with "Invalid argument" put "${setting#*=}" \
			"$ACL/attrib/${setting%%=*}" && klog_said_why || return 1
	done
	has_defaults
}

# New ACLs begin with what the group says.
follows_group() {
	local acl
	acl=$(tpg_dir "$IQN")/acls/$INITIATOR
	tpg_set "$IQN" nopin_timeout=7 nopin_response_timeout=8 base_offset_solicited=0 &&
		mkdir "$acl" && equals 7 cat "$acl/attrib/nopin_timeout" &&
		equals 8 cat "$acl/attrib/nopin_response_timeout" &&
		equals 0 cat "$acl/attrib/base_offset_solicited" &&
		rmdir "$acl" && equals 15 cat "$ACL/attrib/nopin_timeout" &&
		tpg_set "$IQN" nopin_timeout=15 nopin_response_timeout=30 base_offset_solicited=1
}

params_without_session() {
	local name
	for name in "${PARAMS[@]}"; do
		equals "No Active iSCSI Session" cat "$ACL/param/$name" || return 1
	done
	equals "${#PARAMS[*]}" eval "ls $ACL/param | wc -l"
}

params_of_session() {
	raw_start holder <<-SCRIPT
		session MaxBurstLength=65536 FirstBurstLength=4096 ImmediateData=No
		expect disconnect
	SCRIPT
	wait_for 30 equals 65536 cat "$ACL/param/MaxBurstLength" &&
		equals 4096 cat "$ACL/param/FirstBurstLength" &&
		equals 0 cat "$ACL/param/ImmediateData" &&
		equals 1 cat "$ACL/param/InitialR2T" &&
		equals 0 cat "$ACL/param/ErrorRecoveryLevel" &&
		tpg_set "$IQN" logout_grace=0 && target_disable "$IQN" &&
		raw_end holder && target_enable "$IQN"
}

# written BASE VA [KEYS]: 4 KiB, 512 bytes of them immediate, arrive.
written() {
	put "$1" "$ACL/attrib/base_offset_solicited" && raw <<-SCRIPT
		session ${3-}
		tur
		expect scsi
		write lba=8 blocks=8 imm=512 va=$2 pattern=$RANDOM
		expect scsi status=00
		write lba=8 blocks=8 imm=512 va=$2 pattern=7
		expect scsi status=00
		read lba=8 blocks=8
		expect scsi status=00
		verify pattern=7
	SCRIPT
}

begin 11
must backstore_ramdisk disk 16
must target_load
must target_create "$IQN"
must target_portal "$IQN" "$TISER_ADDR:3260"
must target_lun "$IQN" 0 disk
must target_acl "$IQN" "$RAW_INITIATOR" 0
must target_enable "$IQN"
ACL=$(tpg_dir "$IQN")/acls/$RAW_INITIATOR

ktap_test_result "defaults" has_defaults
ktap_test_result "good values" takes_good
ktap_test_result "bad values" refuses_bad
ktap_test_result "new ACLs follow the group" follows_group
ktap_test_result "param without a session" params_without_session
ktap_test_result "param of a session" params_of_session
ktap_test_result "base offset behind immediate data" written 1 adv
ktap_test_result "base offset of the whole buffer" written 0 base
ktap_test_result "the key says: solicited data only" \
	written 0 adv TaggedBufferForSolicitedDataOnly=Yes
ktap_test_result "the key says: the whole buffer" \
	written 1 base TaggedBufferForSolicitedDataOnly=No
ktap_test_result "is not what the other means" not written 1 base
ktap_finished
