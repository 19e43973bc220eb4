// SPDX-License-Identifier: GPL-2.0
/*
 * Key negotiation (RFC 7143, 12 and 13; RFC 7145, 6): a table of all keys and
 * the engine that answers them. Knows neither stages' order nor sessions.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <tiser/proto/keys.h>
#include <tiser/proto/login_fsm.h>

/* How a key's result comes about and what is answered. */
enum key_kind {
	KEY_AND,		/* boolean, result function AND */
	KEY_OR,			/* boolean, result function OR */
	KEY_MIN,		/* number, result function minimum */
	KEY_MAX,		/* number, result function maximum */
	KEY_DECLARE,		/* number, each side declares its own */
	KEY_RECORD,		/* boolean, declared by the initiator only */
	KEY_SEGMENT,		/* MaxRecvDataSegmentLength */
	KEY_LIST_NONE,		/* list, of which we grant None */
	KEY_REPORTING,		/* TaskReporting */
	KEY_NAME,		/* taken by tiser_nego_names() */
	KEY_AUTH,		/* AuthMethod */
	KEY_CHAP,		/* collected for tiser_chap_step() */
	KEY_ANSWER_NO,		/* obsolete, always No */
	KEY_ANSWER_REJECT,	/* obsolete, always Reject */
	KEY_SILENT,		/* declarative and of no interest */
	KEY_FORBIDDEN,		/* not the initiator's to send during login */
};

enum {
	KEY_SEC = BIT(TISER_STAGE_SECURITY),
	KEY_OPER = BIT(TISER_STAGE_OPERATIONAL),
	KEY_ANY = KEY_SEC | KEY_OPER,
	KEY_ZERO = BIT(4),	/* 0 is a value, although below the minimum */
	KEY_FIXED = BIT(5),	/* we want one value and no other */
	SEGMENT_MIN = 512,
	SEGMENT_MAX = 0xffffff,	/* 2^24 - 1 */
};

/* Keys without a numerical result follow those of enum tiser_key. */
enum {
	KEY_INITIATOR_NAME = TISER_KEY_NR,
	KEY_INITIATOR_ALIAS,
	KEY_TARGET_NAME,
	KEY_SESSION_TYPE,
	KEY_AUTH_METHOD,
	KEY_IF_MARKER,
	KEY_OF_MARKER,
	KEY_IF_MARK_INT,
	KEY_OF_MARK_INT,
	KEY_NODE_ARCHITECTURE,
	KEY_SEND_TARGETS,
	KEY_TARGET_ALIAS,
	KEY_TARGET_ADDRESS,
	KEY_TARGET_PORTAL_GROUP_TAG,
	KEY_CHAP_FIRST,		/* in the order of enum tiser_chap_key */
	KEY_TABLE_NR = KEY_CHAP_FIRST + TISER_CHAP_KEY_NR,
};

struct key_rule {
	const char *name;
	enum key_kind kind;
	u32 flags;
	u32 min;
	u32 max;
	u32 rfc;		/* default of the RFC */
	u32 ours;		/* what a new portal group wants */
};

#define KEY_BOOL(n, k, f, r, o)	{ n, k, KEY_OPER | (f), 0, 1, r, o }
#define KEY_NUM(n, k, f, lo, hi, r, o)	{ n, k, KEY_OPER | (f), lo, hi, r, o }
#define KEY_TEXT(n, k, f)	{ .name = n, .kind = k, .flags = f }

static const struct key_rule key_rules[KEY_TABLE_NR] = {
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
	return (unsigned int)key < TISER_KEY_NR ? &key_rules[key] : NULL;
}

static bool key_in_range(const struct key_rule *rule, u32 value)
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
		values->v[key] = key_rules[key].rfc;
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
		values->v[key] = key_rules[key].ours;
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
	if (!key_in_range(rule, value))
		return -ERANGE;
	if (rule->flags & KEY_FIXED && value != rule->ours)
		return -EOPNOTSUPP;
	return 0;
}

/**
 * tiser_nego_init - begin a negotiation
 * @nego: negotiation; its local values are those of a new portal group until
 *	the caller replaces them
 *
 * Context: any.
 */
void tiser_nego_init(struct tiser_nego *nego)
{
	memset(nego, 0, sizeof(*nego));
	tiser_key_target_defaults(&nego->local);
	tiser_key_defaults(&nego->result);
	nego->auth_allowed = BIT(TISER_AUTH_NONE);
}

/* Index into key_rules, negative for a key not in it. */
static int key_find(const struct tiser_text_pair *pair)
{
	int i;

	for (i = 0; i < KEY_TABLE_NR; i++)
		if (tiser_text_key_is(pair, key_rules[i].name))
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
	return key_find(pair) >= 0;
}

/*
 * A name that was declared in an earlier sequence may be repeated, as libiscsi
 * does in each stage, but not changed, and none may come late.
 */
static u16 nego_take_node_name(const struct tiser_nego *nego, char *name,
			       const struct tiser_text_pair *pair)
{
	char folded[TISER_NAME_MAX + 1];

	if (pair->value_len > TISER_NAME_MAX)
		return TISER_LOGIN_INITIATOR_ERROR;
	memcpy(folded, pair->value, pair->value_len + 1);
	tiser_text_name_fold(folded);
	if (!tiser_text_name_valid(folded))
		return TISER_LOGIN_INITIATOR_ERROR;
	if (nego->named)
		return strcmp(name, folded) ? TISER_LOGIN_INITIATOR_ERROR
					    : TISER_LOGIN_OK;
	memcpy(name, folded, pair->value_len + 1);
	return TISER_LOGIN_OK;
}

static u16 nego_take_alias(struct tiser_nego *nego,
			   const struct tiser_text_pair *pair)
{
	char *alias = nego->initiator_alias;

	if (pair->value_len > TISER_VALUE_MAX)
		return TISER_LOGIN_INITIATOR_ERROR;
	if (nego->answered & BIT_ULL(KEY_INITIATOR_ALIAS))
		return strcmp(alias, pair->value) ? TISER_LOGIN_INITIATOR_ERROR
						  : TISER_LOGIN_OK;
	memcpy(alias, pair->value, pair->value_len + 1);
	return TISER_LOGIN_OK;
}

static u16 nego_take_session_type(struct tiser_nego *nego,
				  const struct tiser_text_pair *pair)
{
	bool discovery = !strcmp(pair->value, "Discovery");

	if (!discovery && strcmp(pair->value, "Normal"))
		return TISER_LOGIN_BAD_SESSION_TYPE;
	if (nego->named && discovery != nego->discovery)
		return TISER_LOGIN_INITIATOR_ERROR;
	nego->discovery = discovery;
	return TISER_LOGIN_OK;
}

static u16 nego_take_name(struct tiser_nego *nego, int key,
			  const struct tiser_text_pair *pair)
{
	switch (key) {
	case KEY_INITIATOR_NAME:
		return nego_take_node_name(nego, nego->initiator_name, pair);
	case KEY_TARGET_NAME:
		return nego_take_node_name(nego, nego->target_name, pair);
	case KEY_INITIATOR_ALIAS:
		return nego_take_alias(nego, pair);
	case KEY_SESSION_TYPE:
		return nego_take_session_type(nego, pair);
	default:
		return TISER_LOGIN_OK;
	}
}

/**
 * tiser_nego_names - first pass: who wants to log in to what
 * @nego: negotiation; names, session type and authentication offer are set
 * @in: complete text of one request sequence
 *
 * To be called for each sequence of a login, before tiser_nego_answer(). Names
 * are those of the first one (RFC 7143, 6.3.1 and 13.4 to 13.7).
 *
 * Context: any.
 * Return: TISER_LOGIN_OK, TISER_LOGIN_MISSING_PARAMETER without InitiatorName,
 * or without TargetName in a normal session, TISER_LOGIN_BAD_SESSION_TYPE, or
 * TISER_LOGIN_INITIATOR_ERROR for malformed text, an invalid name, or one that
 * is declared twice.
 */
u16 tiser_nego_names(struct tiser_nego *nego, const struct tiser_text_in *in)
{
	struct tiser_text_pair pair;
	u64 now = 0;
	u32 pos = 0;
	int ret;

	while ((ret = tiser_text_next(in, &pos, &pair)) > 0) {
		int key = key_find(&pair);
		u16 status;

		if (key < KEY_INITIATOR_NAME || key > KEY_AUTH_METHOD)
			continue;
		if (now & BIT_ULL(key))
			return TISER_LOGIN_INITIATOR_ERROR;
		status = nego_take_name(nego, key, &pair);
		if (status)
			return status;
		now |= BIT_ULL(key);
	}
	if (ret < 0)
		return TISER_LOGIN_INITIATOR_ERROR;

	nego->answered |= now;
	nego->named = true;
	if (!nego->initiator_name[0] ||
	    (!nego->discovery && !nego->target_name[0]))
		return TISER_LOGIN_MISSING_PARAMETER;
	return TISER_LOGIN_OK;
}

static int key_parse_bool(const char *value, u32 *result)
{
	if (!strcmp(value, "Yes"))
		*result = 1;
	else if (!strcmp(value, "No"))
		*result = 0;
	else
		return -EINVAL;
	return 0;
}

static int key_parse_num(const struct key_rule *rule, const char *value,
			 u32 *result)
{
	int ret = tiser_text_parse_num(value, 0, U32_MAX, result);

	if (!ret && !key_in_range(rule, *result))
		ret = -ERANGE;
	return ret;
}

/* The value offered, for the kinds that have one. */
static int key_parse(const struct tiser_nego *nego, const struct key_rule *rule,
		     const char *value, u32 *offered)
{
	*offered = 0;
	switch (rule->kind) {
	case KEY_AND:
	case KEY_OR:
	case KEY_RECORD:
		return key_parse_bool(value, offered);
	case KEY_MIN:
	case KEY_MAX:
	case KEY_DECLARE:
		return key_parse_num(rule, value, offered);
	case KEY_SEGMENT:
		/* MUST be ignored on an iSER session (RFC 7145, 6.2) */
		*offered = rule->rfc;
		return nego->discovery ? key_parse_num(rule, value, offered)
				       : 0;
	case KEY_LIST_NONE:
		return tiser_text_list_has(value, "None") ? 0 : -EOPNOTSUPP;
	default:
		return 0;
	}
}

/* Result functions (RFC 7143, 13). */
static u32 key_result(enum key_kind kind, u32 offered, u32 local)
{
	switch (kind) {
	case KEY_AND:
		return offered && local;
	case KEY_OR:
		return offered || local;
	case KEY_MIN:
		return min(offered, local);
	case KEY_MAX:
		return max(offered, local);
	case KEY_DECLARE:
		return local;
	default:
		return offered;
	}
}

static bool list_item_is(const char *item, u32 len, const char *value)
{
	return len == strlen(value) && !memcmp(item, value, len);
}

/* The first method of the initiator's list that is allowed (RFC 7143, 12.1). */
static u16 nego_choose_auth(struct tiser_nego *nego, const char *list)
{
	const char *item;
	u32 len;

	while (tiser_text_list_next(&list, &item, &len)) {
		if (list_item_is(item, len, "CHAP"))
			nego->auth_method = TISER_AUTH_CHAP;
		else if (list_item_is(item, len, "None"))
			nego->auth_method = TISER_AUTH_NONE;
		else
			continue;
		if (nego->auth_allowed & BIT(nego->auth_method))
			return TISER_LOGIN_OK;
	}
	nego->auth_method = TISER_AUTH_UNDECIDED;
	return TISER_LOGIN_AUTH_FAILED;
}

/* RFC 7145, 6.3: RDMAExtensions MUST NOT be negotiated in discovery. */
static bool nego_is_irrelevant(const struct tiser_nego *nego, int key)
{
	return nego->discovery && key == TISER_KEY_RDMA_EXTENSIONS;
}

static u16 nego_negotiate(struct tiser_nego *nego, int key,
			  const struct tiser_text_pair *pair)
{
	const struct key_rule *rule = &key_rules[key];
	u32 offered;

	if (rule->kind == KEY_AUTH)
		return nego_choose_auth(nego, pair->value);
	if (rule->kind == KEY_CHAP) {
		nego->chap.value[key - KEY_CHAP_FIRST] = pair->value;
		return TISER_LOGIN_OK;
	}
	if (nego_is_irrelevant(nego, key))
		return TISER_LOGIN_OK;
	if (key_parse(nego, rule, pair->value, &offered))
		return TISER_LOGIN_INITIATOR_ERROR;
	if (key == TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS)
		nego->declared_max_unexpected = offered;
	if (key < TISER_KEY_NR)
		nego->result.v[key] = key_result(rule->kind, offered,
						 nego->local.v[key]);
	return TISER_LOGIN_OK;
}

/* Keys of authentication methods that this target does not implement. */
static u16 nego_take_unknown(enum tiser_stage stage,
			     const struct tiser_text_pair *pair)
{
	if (strncmp(pair->key, "KRB_", 4) && strncmp(pair->key, "SRP_", 4))
		return TISER_LOGIN_OK;
	return stage == TISER_STAGE_SECURITY ? TISER_LOGIN_AUTH_FAILED
					     : TISER_LOGIN_INITIATOR_ERROR;
}

static u16 nego_take(struct tiser_nego *nego, enum tiser_stage stage,
		     const struct tiser_text_pair *pair)
{
	int key = key_find(pair);

	if (key < 0)
		return nego_take_unknown(stage, pair);
	/* RFC 7143, 12 and 13: each key has its stage */
	if (!(key_rules[key].flags & BIT(stage)))
		return TISER_LOGIN_INITIATOR_ERROR;
	if (key_rules[key].kind == KEY_NAME)
		return TISER_LOGIN_OK;
	/* RFC 7143, 6.3: negotiated twice in a login, it MUST fail */
	if (nego->seen & BIT_ULL(key))
		return TISER_LOGIN_INITIATOR_ERROR;
	nego->seen |= BIT_ULL(key);
	return nego_negotiate(nego, key, pair);
}

/*
 * RFC 7143, 13.23: the first of the initiator's values that we do, in answer
 * to its list. With one connection in a session its order of transmission is
 * the fence of 4.2.3.3, so both values mean the same; FastAbort is optional.
 */
static const char *key_reporting(const char *list)
{
	const char *fence = tiser_text_list_find(list, "ResponseFence");
	const char *plain = tiser_text_list_find(list, "RFC3720");

	if (fence && (!plain || fence < plain))
		return "ResponseFence";
	return plain ? "RFC3720" : "Reject";
}

static int nego_emit(const struct tiser_nego *nego,
		     const struct tiser_text_pair *pair,
		     struct tiser_text_out *out)
{
	int key = key_find(pair);

	if (key < 0)
		return tiser_text_answer(out, pair, "NotUnderstood");
	if (nego_is_irrelevant(nego, key))
		return tiser_text_answer(out, pair, "Irrelevant");

	switch (key_rules[key].kind) {
	case KEY_AND:
	case KEY_OR:
		return tiser_text_answer(out, pair,
					 nego->result.v[key] ? "Yes" : "No");
	case KEY_MIN:
	case KEY_MAX:
	case KEY_DECLARE:
		return tiser_text_add_num(out, key_rules[key].name,
					  nego->result.v[key]);
	case KEY_LIST_NONE:
		return tiser_text_answer(out, pair, "None");
	case KEY_AUTH:
		return tiser_text_answer(out, pair,
					 nego->auth_method == TISER_AUTH_CHAP ?
					 "CHAP" : "None");
	case KEY_REPORTING:
		return tiser_text_answer(out, pair,
					 key_reporting(pair->value));
	case KEY_ANSWER_NO:
		return tiser_text_answer(out, pair, "No");
	case KEY_ANSWER_REJECT:
		return tiser_text_answer(out, pair, "Reject");
	default:
		return 0;
	}
}

/*
 * FirstBurstLength MUST NOT exceed MaxBurstLength (RFC 7143, 13.14), in
 * whichever order they were sent; what was answered before cannot be changed.
 */
static u16 nego_check_bursts(struct tiser_nego *nego, u64 seen_before)
{
	u32 *v = nego->result.v;

	if (v[TISER_KEY_FIRST_BURST] <= v[TISER_KEY_MAX_BURST])
		return TISER_LOGIN_OK;
	if (seen_before & BIT_ULL(TISER_KEY_FIRST_BURST))
		return TISER_LOGIN_INITIATOR_ERROR;
	v[TISER_KEY_FIRST_BURST] = v[TISER_KEY_MAX_BURST];
	return TISER_LOGIN_OK;
}

/*
 * With InitialR2T=No a first burst is TISER_DATAOUTS_MAX Data-Out PDUs at most.
 * FirstBurstLength gives way where it is being answered; if it was before, or
 * is not negotiated at all, InitialR2T does. What was answered with both of
 * them cannot be changed: then the CmdSN window will be smaller.
 */
static void nego_limit_dataouts(struct tiser_nego *nego, u64 seen_before)
{
	u32 *v = nego->result.v;
	u32 max = TISER_DATAOUTS_MAX * v[TISER_KEY_TARGET_RECV_DSL];
	u64 now = nego->seen & ~seen_before;

	if (v[TISER_KEY_INITIAL_R2T] || v[TISER_KEY_FIRST_BURST] <= max)
		return;
	if (now & BIT_ULL(TISER_KEY_FIRST_BURST))
		v[TISER_KEY_FIRST_BURST] = max;
	else if (now & BIT_ULL(TISER_KEY_INITIAL_R2T))
		v[TISER_KEY_INITIAL_R2T] = 1;
}

/**
 * tiser_nego_answer - second pass: negotiate and answer every other key
 * @nego: negotiation; results are set
 * @stage: stage the text belongs to
 * @in: complete text of one request sequence, after tiser_nego_names()
 * @out: answers are added in the order of the keys; nothing is volunteered
 *
 * All keys are looked at before the first is answered, because some depend on
 * others (RFC 7143, 6.2). Keys of the RFCs are never answered NotUnderstood
 * (RFC 7143, 6.2; RFC 7145, 3.3).
 *
 * Context: any.
 * Return: TISER_LOGIN_OK; TISER_LOGIN_AUTH_FAILED when no authentication method
 * is acceptable to both; TISER_LOGIN_INITIATOR_ERROR for malformed text, a
 * key of another stage, a key sent twice, a value that is not admissible, or
 * more answers than fit. After a failure the login is over.
 */
u16 tiser_nego_answer(struct tiser_nego *nego, enum tiser_stage stage,
		      const struct tiser_text_in *in,
		      struct tiser_text_out *out)
{
	u64 seen_before = nego->seen;
	struct tiser_text_pair pair;
	u32 pos = 0;
	u16 status;
	int ret;

	memset(&nego->chap, 0, sizeof(nego->chap));
	while ((ret = tiser_text_next(in, &pos, &pair)) > 0) {
		status = nego_take(nego, stage, &pair);
		if (status)
			return status;
	}
	if (ret < 0)
		return TISER_LOGIN_INITIATOR_ERROR;
	status = nego_check_bursts(nego, seen_before);
	if (status)
		return status;
	nego_limit_dataouts(nego, seen_before);

	for (pos = 0; tiser_text_next(in, &pos, &pair) > 0;)
		if (nego_emit(nego, &pair, out))
			return TISER_LOGIN_INITIATOR_ERROR;
	return TISER_LOGIN_OK;
}
