// SPDX-License-Identifier: GPL-2.0
/*
 * The table of all keys (RFC 7143, 12 and 13; RFC 7145, 6), and what is known of
 * a key without a negotiation.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include "key_rules.h"

#define KEY_BOOL(n, k, f, r, o)	{ n, k, KEY_OPER | (f), 0, 1, r, o }
#define KEY_NUM(n, k, f, lo, hi, r, o)	{ n, k, KEY_OPER | (f), lo, hi, r, o }
#define KEY_TEXT(n, k, f)	{ .name = n, .kind = k, .flags = f }

const struct key_rule tiser_key_rules[KEY_TABLE_NR] = {
	/* RFC 7145, 6.3 to 6.10 */
	[TISER_KEY_RDMA_EXTENSIONS] =
		KEY_BOOL("RDMAExtensions", KEY_AND, KEY_FIXED, 0, 1),
	[TISER_KEY_TARGET_RECV_DSL] =
		KEY_NUM("TargetRecvDataSegmentLength", KEY_MIN, 0,
			SEGMENT_MIN, SEGMENT_MAX, 8192, 8192),
	[TISER_KEY_INITIATOR_RECV_DSL] =
		KEY_NUM("InitiatorRecvDataSegmentLength", KEY_MIN, 0,
			SEGMENT_MIN, SEGMENT_MAX, 8192, 262144),
	[TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS] =
		KEY_NUM("MaxOutstandingUnexpectedPDUs", KEY_DECLARE, KEY_ZERO,
			2, U32_MAX, 0, 16),
	[TISER_KEY_MAX_AHS_LENGTH] =
		KEY_NUM("MaxAHSLength", KEY_DECLARE, KEY_ZERO,
			2, U32_MAX, 256, 256),
	[TISER_KEY_TAGGED_BUFFER_SOLICITED_ONLY] =
		KEY_BOOL("TaggedBufferForSolicitedDataOnly", KEY_RECORD,
			 KEY_FIXED, 0, 0),
	[TISER_KEY_ISER_HELLO_REQUIRED] =
		KEY_BOOL("iSERHelloRequired", KEY_RECORD, KEY_FIXED, 0, 0),
	/* RFC 7143, 13.2 to 13.24 */
	[TISER_KEY_MAX_CONNECTIONS] =
		KEY_NUM("MaxConnections", KEY_MIN, KEY_FIXED, 1, 65535, 1, 1),
	[TISER_KEY_INITIAL_R2T] =
		KEY_BOOL("InitialR2T", KEY_OR, 0, 1, 1),
	[TISER_KEY_IMMEDIATE_DATA] =
		KEY_BOOL("ImmediateData", KEY_AND, 0, 1, 1),
	[TISER_KEY_MAX_RECV_DSL] =
		KEY_NUM("MaxRecvDataSegmentLength", KEY_SEGMENT, 0,
			SEGMENT_MIN, SEGMENT_MAX, 8192, 8192),
	[TISER_KEY_MAX_BURST] =
		KEY_NUM("MaxBurstLength", KEY_MIN, 0,
			SEGMENT_MIN, SEGMENT_MAX, 262144, 16776192),
	[TISER_KEY_FIRST_BURST] =
		KEY_NUM("FirstBurstLength", KEY_MIN, 0,
			SEGMENT_MIN, SEGMENT_MAX, 65536, 65536),
	[TISER_KEY_TIME2WAIT] =
		KEY_NUM("DefaultTime2Wait", KEY_MAX, 0, 0, 3600, 2, 2),
	[TISER_KEY_TIME2RETAIN] =
		KEY_NUM("DefaultTime2Retain", KEY_MIN, 0, 0, 3600, 20, 0),
	[TISER_KEY_MAX_OUTSTANDING_R2T] =
		KEY_NUM("MaxOutstandingR2T", KEY_MIN, 0, 1, 65535, 1, 1),
	[TISER_KEY_DATA_PDU_IN_ORDER] =
		KEY_BOOL("DataPDUInOrder", KEY_OR, KEY_FIXED, 1, 1),
	[TISER_KEY_DATA_SEQUENCE_IN_ORDER] =
		KEY_BOOL("DataSequenceInOrder", KEY_OR, KEY_FIXED, 1, 1),
	[TISER_KEY_ERL] =
		KEY_NUM("ErrorRecoveryLevel", KEY_MIN, KEY_FIXED, 0, 2, 0, 0),
	[TISER_KEY_TASK_REPORTING] =
		KEY_NUM("TaskReporting", KEY_REPORTING, KEY_FIXED, 0, 1, 0, 0),
	[TISER_KEY_PROTOCOL_LEVEL] =
		KEY_NUM("iSCSIProtocolLevel", KEY_MIN, KEY_FIXED, 0, 31, 1, 2),
	/* RFC 7143, 13.1; RFC 7145, 6.1: digests are None over iSER */
	[TISER_KEY_HEADER_DIGEST] =
		KEY_NUM("HeaderDigest", KEY_LIST_NONE, KEY_FIXED, 0, 1, 0, 0),
	[TISER_KEY_DATA_DIGEST] =
		KEY_NUM("DataDigest", KEY_LIST_NONE, KEY_FIXED, 0, 1, 0, 0),

	[KEY_INITIATOR_NAME] = KEY_TEXT("InitiatorName", KEY_NAME, KEY_ANY),
	[KEY_INITIATOR_ALIAS] = KEY_TEXT("InitiatorAlias", KEY_NAME, KEY_ANY),
	[KEY_TARGET_NAME] = KEY_TEXT("TargetName", KEY_NAME, KEY_ANY),
	[KEY_SESSION_TYPE] = KEY_TEXT("SessionType", KEY_NAME, KEY_ANY),
	[KEY_AUTH_METHOD] = KEY_TEXT("AuthMethod", KEY_AUTH, KEY_SEC),
	/* RFC 7143, 13.25 */
	[KEY_IF_MARKER] = KEY_TEXT("IFMarker", KEY_ANSWER_NO, KEY_OPER),
	[KEY_OF_MARKER] = KEY_TEXT("OFMarker", KEY_ANSWER_NO, KEY_OPER),
	[KEY_IF_MARK_INT] = KEY_TEXT("IFMarkInt", KEY_ANSWER_REJECT, KEY_OPER),
	[KEY_OF_MARK_INT] = KEY_TEXT("OFMarkInt", KEY_ANSWER_REJECT, KEY_OPER),
	/* RFC 7143, 13.26 */
	[KEY_NODE_ARCHITECTURE] =
		KEY_TEXT("X#NodeArchitecture", KEY_SILENT, KEY_ANY),
	/* RFC 7143, 13.3 and 13.6 to 13.9 */
	[KEY_SEND_TARGETS] = KEY_TEXT("SendTargets", KEY_FORBIDDEN, 0),
	[KEY_TARGET_ALIAS] = KEY_TEXT("TargetAlias", KEY_FORBIDDEN, 0),
	[KEY_TARGET_ADDRESS] = KEY_TEXT("TargetAddress", KEY_FORBIDDEN, 0),
	[KEY_TARGET_PORTAL_GROUP_TAG] =
		KEY_TEXT("TargetPortalGroupTag", KEY_FORBIDDEN, 0),
	/* RFC 7143, 12.1.1 and 12.1.2 */
	[KEY_KRB_AP_REQ] = KEY_TEXT("KRB_AP_REQ", KEY_OTHER_METHOD, KEY_SEC),
	[KEY_KRB_AP_REP] = KEY_TEXT("KRB_AP_REP", KEY_OTHER_METHOD, KEY_SEC),
	[KEY_SRP_U] = KEY_TEXT("SRP_U", KEY_OTHER_METHOD, KEY_SEC),
	[KEY_TARGET_AUTH] = KEY_TEXT("TargetAuth", KEY_OTHER_METHOD, KEY_SEC),
	[KEY_SRP_GROUP] = KEY_TEXT("SRP_GROUP", KEY_OTHER_METHOD, KEY_SEC),
	[KEY_SRP_SALT] = KEY_TEXT("SRP_s", KEY_OTHER_METHOD, KEY_SEC),
	[KEY_SRP_A] = KEY_TEXT("SRP_A", KEY_OTHER_METHOD, KEY_SEC),
	[KEY_SRP_B] = KEY_TEXT("SRP_B", KEY_OTHER_METHOD, KEY_SEC),
	[KEY_SRP_M] = KEY_TEXT("SRP_M", KEY_OTHER_METHOD, KEY_SEC),
	[KEY_SRP_HM] = KEY_TEXT("SRP_HM", KEY_OTHER_METHOD, KEY_SEC),
	/* RFC 7143, 12.1.3 */
	[KEY_CHAP_FIRST + TISER_CHAP_KEY_A] =
		KEY_TEXT("CHAP_A", KEY_CHAP, KEY_SEC),
	[KEY_CHAP_FIRST + TISER_CHAP_KEY_I] =
		KEY_TEXT("CHAP_I", KEY_CHAP, KEY_SEC),
	[KEY_CHAP_FIRST + TISER_CHAP_KEY_C] =
		KEY_TEXT("CHAP_C", KEY_CHAP, KEY_SEC),
	[KEY_CHAP_FIRST + TISER_CHAP_KEY_N] =
		KEY_TEXT("CHAP_N", KEY_CHAP, KEY_SEC),
	[KEY_CHAP_FIRST + TISER_CHAP_KEY_R] =
		KEY_TEXT("CHAP_R", KEY_CHAP, KEY_SEC),
};

static const struct key_rule *key_rule(enum tiser_key key)
{
	return (unsigned int)key < TISER_KEY_NR ? &tiser_key_rules[key] : NULL;
}

/**
 * tiser_key_in_range - is a number one that a key may have?
 * @rule: the key
 * @value: number in the key's unit
 *
 * Context: any.
 * Return: true when it is.
 */
bool tiser_key_in_range(const struct key_rule *rule, u32 value)
{
	if (!value && rule->flags & KEY_ZERO)
		return true;
	return rule->min <= value && value <= rule->max;
}

/**
 * tiser_key_name - name of a key as it appears in text
 * @key: key
 *
 * Context: any.
 * Return: a static string, "?" for a number that is no key.
 */
const char *tiser_key_name(enum tiser_key key)
{
	const struct key_rule *rule = key_rule(key);

	return rule ? rule->name : "?";
}

/**
 * tiser_key_default - a key's value when it is not negotiated
 * @key: key
 *
 * Context: any.
 * Return: the default of RFC 7143, 13 or RFC 7145, 6, in the key's unit.
 */
u32 tiser_key_default(enum tiser_key key)
{
	const struct key_rule *rule = key_rule(key);

	return rule ? rule->rfc : 0;
}

/**
 * tiser_key_defaults - the values that hold when nothing is negotiated
 * @values: result, see tiser_key_default()
 *
 * Context: any.
 */
void tiser_key_defaults(struct tiser_key_values *values)
{
	u32 key;

	for (key = 0; key < TISER_KEY_NR; key++)
		values->v[key] = tiser_key_rules[key].rfc;
}

/**
 * tiser_key_target_defaults - what a new portal group wants
 * @values: result; every value passes tiser_key_check()
 *
 * Context: any.
 */
void tiser_key_target_defaults(struct tiser_key_values *values)
{
	u32 key;

	for (key = 0; key < TISER_KEY_NR; key++)
		values->v[key] = tiser_key_rules[key].ours;
}

/**
 * tiser_key_is_bool - is a key's value Yes or No
 * @key: key
 *
 * Context: any.
 * Return: true when it is; its value is then 1 or 0.
 */
bool tiser_key_is_bool(enum tiser_key key)
{
	const struct key_rule *rule = key_rule(key);

	return rule && (rule->kind == KEY_AND || rule->kind == KEY_OR ||
			rule->kind == KEY_RECORD);
}

/**
 * tiser_key_check - may an administrator choose this value
 * @key: key
 * @value: value in the key's unit, 0 or 1 for a boolean
 *
 * Context: any.
 * Return: 0, -EINVAL not a value of this key, -ERANGE outside what the RFC
 * allows, -EOPNOTSUPP legal but never granted by this target.
 */
int tiser_key_check(enum tiser_key key, u32 value)
{
	const struct key_rule *rule = key_rule(key);

	if (!rule || (tiser_key_is_bool(key) && value > 1))
		return -EINVAL;
	if (!tiser_key_in_range(rule, value))
		return -ERANGE;
	if (rule->flags & KEY_FIXED && value != rule->ours)
		return -EOPNOTSUPP;
	return 0;
}

/**
 * tiser_key_find - look a key up
 * @pair: pair whose key is asked about
 *
 * Context: any.
 * Return: index into tiser_key_rules, negative for a key not in it.
 */
int tiser_key_find(const struct tiser_text_pair *pair)
{
	int i;

	for (i = 0; i < KEY_TABLE_NR; i++)
		if (tiser_text_key_is(pair, tiser_key_rules[i].name))
			return i;
	return -ENOENT;
}

/**
 * tiser_key_is_known - is this a key of RFC 7143 or RFC 7145?
 * @pair: pair whose key is asked about
 *
 * Such a key is never answered NotUnderstood (RFC 7143, 6.2).
 *
 * Context: any.
 * Return: true when it is.
 */
bool tiser_key_is_known(const struct tiser_text_pair *pair)
{
	return tiser_key_find(pair) >= 0;
}

