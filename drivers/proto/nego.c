// SPDX-License-Identifier: GPL-2.0
/*
 * Key negotiation (RFC 7143, 6.2, 12 and 13; RFC 7145, 6): the engine that
 * answers keys. Knows neither stages' order nor sessions.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include "key_rules.h"

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
		int key = tiser_key_find(&pair);
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

	if (!ret && !tiser_key_in_range(rule, *result))
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
	const struct key_rule *rule = &tiser_key_rules[key];
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

static u16 nego_take(struct tiser_nego *nego, enum tiser_stage stage,
		     const struct tiser_text_pair *pair)
{
	int key = tiser_key_find(pair);

	if (key < 0)
		return TISER_LOGIN_OK;
	/* RFC 7143, 12 and 13: each key has its stage */
	if (!(tiser_key_rules[key].flags & BIT(stage)))
		return TISER_LOGIN_INITIATOR_ERROR;
	if (tiser_key_rules[key].kind == KEY_NAME)
		return TISER_LOGIN_OK;
	if (tiser_key_rules[key].kind == KEY_OTHER_METHOD)
		return TISER_LOGIN_AUTH_FAILED;
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
	int key = tiser_key_find(pair);

	if (key < 0)
		return tiser_text_answer(out, pair, "NotUnderstood");
	if (nego_is_irrelevant(nego, key))
		return tiser_text_answer(out, pair, "Irrelevant");

	switch (tiser_key_rules[key].kind) {
	case KEY_AND:
	case KEY_OR:
		return tiser_text_answer(out, pair,
					 nego->result.v[key] ? "Yes" : "No");
	case KEY_MIN:
	case KEY_MAX:
	case KEY_DECLARE:
		return tiser_text_add_num(out, tiser_key_rules[key].name,
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
