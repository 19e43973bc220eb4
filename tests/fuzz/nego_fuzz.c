// SPDX-License-Identifier: GPL-2.0
/*
 * The negotiation engine. The input is a byte of options, a byte that chooses
 * local values, and request sequences with FUZZ_NEXT between them, each behind
 * a byte that holds its stage.
 */
#include <tiser/proto/keys.h>
#include <tiser/proto/login_fsm.h>
#include "text.h"

enum { OPT_SMALL_OUT = 1, OPT_NO_NAMES = 2 };

/* What a text holds, in the words of RFC 7143, 13 and RFC 7145, 6. */
static const struct bounds {
	const char *name;
	enum tiser_key key;
	char result;		/* < minimum, > maximum, & AND, | OR */
	u32 min;
	u32 max;
} bounds[] = {
	{ "MaxConnections", TISER_KEY_MAX_CONNECTIONS, '<', 1, 65535 },
	{ "MaxBurstLength", TISER_KEY_MAX_BURST, '<', 512, 0xffffff },
	{ "FirstBurstLength", TISER_KEY_FIRST_BURST, '<', 512, 0xffffff },
	{ "DefaultTime2Wait", TISER_KEY_TIME2WAIT, '>', 0, 3600 },
	{ "DefaultTime2Retain", TISER_KEY_TIME2RETAIN, '<', 0, 3600 },
	{ "MaxOutstandingR2T", TISER_KEY_MAX_OUTSTANDING_R2T, '<', 1, 65535 },
	{ "ErrorRecoveryLevel", TISER_KEY_ERL, '<', 0, 2 },
	{ "iSCSIProtocolLevel", TISER_KEY_PROTOCOL_LEVEL, '<', 0, 31 },
	{ "TargetRecvDataSegmentLength", TISER_KEY_TARGET_RECV_DSL, '<', 512,
	  0xffffff },
	{ "InitiatorRecvDataSegmentLength", TISER_KEY_INITIATOR_RECV_DSL, '<',
	  512, 0xffffff },
	{ "RDMAExtensions", TISER_KEY_RDMA_EXTENSIONS, '&', 0, 1 },
	{ "ImmediateData", TISER_KEY_IMMEDIATE_DATA, '&', 0, 1 },
	{ "InitialR2T", TISER_KEY_INITIAL_R2T, '|', 0, 1 },
	{ "DataPDUInOrder", TISER_KEY_DATA_PDU_IN_ORDER, '|', 0, 1 },
	{ "DataSequenceInOrder", TISER_KEY_DATA_SEQUENCE_IN_ORDER, '|', 0, 1 },
};

static const struct bounds *bounds_of(const struct tiser_text_pair *pair)
{
	u32 i;

	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		if (tiser_text_key_is(pair, bounds[i].name))
			return &bounds[i];
	return NULL;
}

static u32 number(const char *value)
{
	bool hex = value[0] == '0' && (value[1] | 0x20) == 'x';

	return strtoull(value, NULL, hex ? 16 : 10);
}

static bool is_reserved(const struct tiser_text_pair *pair)
{
	return fuzz_value_is(pair, "Irrelevant") ||
	       fuzz_value_is(pair, "Reject") ||
	       fuzz_value_is(pair, "NotUnderstood");
}

static void check_bool(const struct bounds *b, const char *offer,
		       const char *answer, u32 local)
{
	bool offered = !strcmp(offer, "Yes");
	bool want = b->result == '&' ? offered && local : offered || local;

	FUZZ_CHECK(offered || !strcmp(offer, "No"));
	/* what the receive buffers could not hold is not granted */
	if (b->key == TISER_KEY_INITIAL_R2T && !strcmp(answer, "Yes"))
		return;
	FUZZ_CHECK(!strcmp(answer, want ? "Yes" : "No"));
}

/* Only FirstBurstLength may be less than its result function makes it. */
static void check_number(const struct bounds *b, const char *offer,
			 const char *answer, u32 local)
{
	u32 offered = number(offer), granted = number(answer);
	u32 less = offered < local ? offered : local;
	u32 want = b->result == '<' ? less : offered + local - less;

	FUZZ_CHECK(offered >= b->min && offered <= b->max);
	FUZZ_CHECK(granted >= b->min && granted <= b->max);
	FUZZ_CHECK(strspn(answer, "0123456789") == strlen(answer));
	FUZZ_CHECK(granted == want ||
		   (b->key == TISER_KEY_FIRST_BURST && granted < want));
}

static void check_pair(const struct tiser_nego *nego,
		       const struct tiser_text_pair *offer,
		       const struct tiser_text_pair *answer)
{
	const struct bounds *b = bounds_of(offer);

	FUZZ_CHECK(tiser_key_is_known(offer) ==
		   !fuzz_value_is(answer, "NotUnderstood"));
	if (!b || is_reserved(answer))
		return;
	FUZZ_CHECK(nego->seen & (1ull << b->key));
	if (b->result == '&' || b->result == '|')
		check_bool(b, offer->value, answer->value,
			   nego->local.v[b->key]);
	else
		check_number(b, offer->value, answer->value,
			     nego->local.v[b->key]);
}

static bool same_key(const struct tiser_text_pair *a,
		     const struct tiser_text_pair *b)
{
	return a->key_len == b->key_len && !memcmp(a->key, b->key, a->key_len);
}

/* Each answer belongs to an offer, in the order of the offers. */
static void check_answers(const struct tiser_nego *nego,
			  const struct tiser_text_in *in,
			  const struct tiser_text_out *out)
{
	struct tiser_text_in answers = fuzz_text_in(out->buf, out->len);
	struct tiser_text_pair offer, answer;
	u32 pos = 0, offer_pos = 0;
	int ret;

	while ((ret = fuzz_next(&answers, &pos, &answer)) > 0) {
		do
			FUZZ_CHECK(fuzz_next(in, &offer_pos, &offer) > 0);
		while (!same_key(&offer, &answer));
		check_pair(nego, &offer, &answer);
	}
	FUZZ_CHECK(!ret);
	while (fuzz_next(in, &offer_pos, &offer) > 0)
		FUZZ_CHECK(tiser_key_is_known(&offer));
	free(answers.buf);
}

static void check_results(const struct tiser_nego *nego)
{
	const u32 *v = nego->result.v;
	u32 i;

	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		FUZZ_CHECK(v[bounds[i].key] >= bounds[i].min &&
			   v[bounds[i].key] <= bounds[i].max);
	FUZZ_CHECK(v[TISER_KEY_FIRST_BURST] <= v[TISER_KEY_MAX_BURST]);
	FUZZ_CHECK(!v[TISER_KEY_HEADER_DIGEST] && !v[TISER_KEY_DATA_DIGEST]);
	FUZZ_CHECK(!v[TISER_KEY_ERL] && v[TISER_KEY_MAX_CONNECTIONS] == 1);
	FUZZ_CHECK(v[TISER_KEY_MAX_RECV_DSL] >= 512 &&
		   v[TISER_KEY_MAX_RECV_DSL] <= 0xffffff);
	FUZZ_CHECK(nego->declared_max_unexpected != 1);
}

static void check_names(const struct tiser_nego *nego, u16 status)
{
	FUZZ_CHECK(memchr(nego->initiator_alias, 0,
			  sizeof(nego->initiator_alias)));
	FUZZ_CHECK(!nego->initiator_name[0] ||
		   tiser_text_name_valid(nego->initiator_name));
	FUZZ_CHECK(!nego->target_name[0] ||
		   tiser_text_name_valid(nego->target_name));
	if (!status)
		FUZZ_CHECK(nego->initiator_name[0] &&
			   (nego->discovery || nego->target_name[0]));
	else
		FUZZ_CHECK(status == TISER_LOGIN_INITIATOR_ERROR ||
			   status == TISER_LOGIN_MISSING_PARAMETER ||
			   status == TISER_LOGIN_BAD_SESSION_TYPE);
}

/* Returns false when the login is over. */
static bool run_sequence(struct tiser_nego *nego, u8 opts, u8 stage,
			 const struct tiser_text_in *in)
{
	u32 room = opts & OPT_SMALL_OUT ? 64 : TISER_TEXT_MAX;
	struct tiser_text_out out = { .buf = malloc(room), .cap = room };
	u16 status = tiser_nego_names(nego, in);

	check_names(nego, status);
	if (!status || opts & OPT_NO_NAMES)
		status = tiser_nego_answer(nego, stage, in, &out);
	FUZZ_CHECK(out.len <= room);
	if (!status) {
		check_answers(nego, in, &out);
		check_results(nego);
	}
	free(out.buf);
	return !status;
}

/* Local values as an administrator may choose them. */
static void choose_local(struct tiser_nego *nego, u8 seed)
{
	u32 key;

	for (key = 0; seed && key < TISER_KEY_NR; key++) {
		u32 value = nego->local.v[key] >> (seed + key) % 8;

		if (tiser_key_is_bool(key))
			value = seed >> key % 8 & 1;
		if (!tiser_key_check(key, value))
			nego->local.v[key] = value;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input input = { data, size };
	u8 opts = fuzz_u8(&input);
	struct tiser_nego nego;
	bool more = true;

	tiser_nego_init(&nego);
	choose_local(&nego, fuzz_u8(&input));
	while (more && input.left) {
		u8 stage = fuzz_u8(&input) & 1;
		size_t len;
		const u8 *text = fuzz_text(&input, &len);
		struct tiser_text_in in = fuzz_text_in(text, len);

		more = run_sequence(&nego, opts, stage, &in);
		free(in.buf);
	}
	return 0;
}
