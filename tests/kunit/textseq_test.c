// SPDX-License-Identifier: GPL-2.0
/* Text negotiations over several PDUs (RFC 7143, 11.10 and 11.11). */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/string.h>
#include <tiser/proto/textseq.h>

enum { LAST = 0x1000, MAX_STEPS = 6 };	/* TTT: that of the last response */

/* What a response is: flags and step, or a Reject for either reason. */
enum { R, V, C, A, G };

/**
 * struct textseq_step - a request and what becomes of it
 * @text: text, NULL behind the last step
 * @flags: "F", "C", "I" and "0" for none of them
 * @ttt: 0: a new negotiation; LAST, or a tag
 * @itt: added to 7
 * @want: R protocol error, V invalid field, C collect, A answer, G go on
 * @rsp: flags of the response, "" when rejected
 * @left: bytes of the answer that the response leaves
 */
struct textseq_step {
	const char *text;
	u32 len;
	const char *flags;
	u32 ttt;
	u32 itt;
	int want;
	const char *rsp;
	u32 left;
};

struct textseq_case {
	const char *name;
	struct textseq_step steps[MAX_STEPS];
};

#define T(t)	t, sizeof(t) - 1

static const struct textseq_case textseq_cases[] = {
	{ "11.10.1 one request", {
		{ T("A=1\0"), "F", 0, 0, A, "F" } } },
	{ "11.10 an empty request", {
		{ T(""), "F", 0, 0, A, "F" } } },
	{ "11.10.2 C and F", {
		{ T("A=1\0"), "FC", 0, 0, R, "" } } },
	{ "11.10.2 a pair over three PDUs", {
		{ T("Send"), "C", 0, 0, C, "0" },
		{ T("Targ"), "C", LAST, 0, C, "0" },
		{ T("ets=All\0"), "F", LAST, 0, A, "F" } } },
	{ "11.10.2 the last PDU may be empty", {
		{ T("A=1\0"), "C", 0, 0, C, "0" },
		{ T(""), "F", LAST, 0, A, "F" } } },
	{ "11.10.2 an empty PDU in between", {
		{ T("A=1\0"), "C", 0, 0, C, "0" },
		{ T(""), "C", LAST, 0, C, "0" },
		{ T("B=1\0"), "F", LAST, 0, A, "F" } } },
	{ "11.11.1 F answers F only", {
		{ T("A=1\0"), "0", 0, 0, A, "0" },
		{ T("B=1\0"), "0", LAST, 0, A, "0" },
		{ T(""), "0", LAST, 0, G, "0" },
		{ T(""), "F", LAST, 0, G, "F" } } },
	{ "11.10.4 a long answer", {
		{ T("A=1\0"), "F", 0, 0, A, "C", 5 },
		{ T(""), "F", LAST, 0, G, "C", 1 },
		{ T(""), "F", LAST, 0, G, "F" },
		{ T(""), "F", LAST, 0, V, "" } } },
	{ "11.11.1 a long answer without F", {
		{ T("A=1\0"), "0", 0, 0, A, "C", 5 },
		{ T(""), "0", LAST, 0, G, "0" },
		{ T("B=1\0"), "F", LAST, 0, A, "F" } } },
	{ "11.10.4 text while an answer is fetched", {
		{ T("A=1\0"), "F", 0, 0, A, "C", 5 },
		{ T("B=1\0"), "F", LAST, 0, R, "" },
		{ T(""), "C", LAST, 0, R, "" },
		{ T(""), "F", LAST, 0, G, "F" } } },
	{ "11.10.4 tag of nothing", {
		{ T("A=1\0"), "F", 5, 0, V, "" } } },
	{ "11.10.4 other tag", {
		{ T("A=1\0"), "C", 0, 0, C, "0" },
		{ T(""), "F", 0x77, 0, V, "" },
		{ T(""), "F", LAST, 0, A, "F" } } },
	{ "11.10.3 other ITT", {
		{ T("A=1\0"), "C", 0, 0, C, "0" },
		{ T(""), "F", LAST, 1, V, "" } } },
	{ "11.10.3 other I bit", {
		{ T("A=1\0"), "C", 0, 0, C, "0" },
		{ T(""), "FI", LAST, 0, R, "" } } },
	{ "11.10.4 a new request resets", {
		{ T("Send"), "C", 0, 0, C, "0" },
		{ T("A=1\0"), "F", 0, 1, A, "F" },
		{ T("Targets=\0"), "F", LAST, 0, V, "" } } },
	{ "11.10.4 a new request resets an answer", {
		{ T("A=1\0"), "F", 0, 0, A, "C", 5 },
		{ T("A=1\0"), "F", 0, 0, A, "F" } } },
	{ "6.1 no NUL", {
		{ T("A=1"), "F", 0, 0, R, "" } } },
	{ "6.1 no NUL in the end", {
		{ T("A=1"), "C", 0, 0, C, "0" },
		{ T("B=2"), "F", LAST, 0, R, "" } } },
	{ "6.1 NULs between sets", {
		{ T("A=1\0\0\0"), "0", 0, 0, A, "0" },
		{ T("B=1\0"), "F", LAST, 0, A, "F" } } },
	{ "6.2 a key twice", {
		{ T("SendTargets=\0SendTargets=\0"), "F", 0, 0, R, "" } } },
	{ "6.2 keys of one length", {
		{ T("SessionType=Normal\0SendTargets=\0"), "F", 0, 0, A,
		  "F" } } },
	{ "6.2 a key twice in a negotiation", {
		{ T("X=1\0SendTargets=\0"), "0", 0, 0, A, "0" },
		{ T("SendTargets=\0"), "F", LAST, 0, R, "" },
		{ T("MaxBurstLength=512\0"), "F", LAST, 0, A, "F" } } },
	{ "6.2 a key again in the next negotiation", {
		{ T("SendTargets=\0"), "F", 0, 0, A, "F" },
		{ T("SendTargets=\0"), "F", 0, 0, A, "F" } } },
};

static void textseq_desc(const struct textseq_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(textseq, textseq_cases, textseq_desc);

static void textseq_setup(struct kunit *test, struct tiser_textseq *seq)
{
	memset(seq, 0, sizeof(*seq));
	seq->in.cap = TISER_TEXT_MAX + 1;
	seq->in.buf = kunit_kzalloc(test, seq->in.cap, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, seq->in.buf);
	tiser_textseq_reset(seq);
}

static void textseq_pdu(const struct textseq_step *s, u32 last,
			struct tiser_pdu *pdu)
{
	memset(pdu, 0, sizeof(*pdu));
	pdu->opcode = TISER_OP_TEXT_REQ;
	pdu->final = strchr(s->flags, 'F');
	pdu->text.more = strchr(s->flags, 'C');
	pdu->immediate = strchr(s->flags, 'I');
	pdu->itt = 7 + s->itt;
	pdu->ttt = s->ttt == LAST ? last : s->ttt ?: TISER_TAG_NONE;
	pdu->data = (const u8 *)s->text;
	pdu->data_len = s->len;
}

static const u8 textseq_reasons[] = {
	[R] = TISER_REJ_PROTOCOL,
	[V] = TISER_REJ_INVALID_FIELD,
	[C] = 0,
	[A] = 0,
	[G] = 0,
};

static const int textseq_steps[] = {
	[C] = TISER_TEXTSEQ_COLLECT,
	[A] = TISER_TEXTSEQ_ANSWER,
	[G] = TISER_TEXTSEQ_GO_ON,
};

/* Returns the tag of the response, or of the last that had one. */
static u32 textseq_accepted(struct kunit *test, struct tiser_textseq *seq,
			    const struct textseq_step *s,
			    const struct tiser_pdu *pdu)
{
	struct tiser_text_rsp rsp = { .data_len = 0 };

	KUNIT_EXPECT_EQ(test, (int)tiser_textseq_take(seq, pdu),
			textseq_steps[s->want]);
	if (s->want == A)
		seq->answered = seq->in.len;
	tiser_textseq_respond(seq, pdu, s->left, &rsp);
	KUNIT_EXPECT_EQ(test, rsp.final, !!strchr(s->rsp, 'F'));
	KUNIT_EXPECT_EQ(test, rsp.more, !!strchr(s->rsp, 'C'));
	KUNIT_EXPECT_EQ(test, rsp.itt, pdu->itt);
	/* 11.11.1: a tag exactly without F */
	KUNIT_EXPECT_EQ(test, rsp.ttt == TISER_TAG_NONE, rsp.final);
	return seq->last_ttt;
}

static void textseq_11_10_steps(struct kunit *test)
{
	const struct textseq_case *c = test->param_value;
	struct tiser_textseq seq;
	struct tiser_pdu pdu;
	u32 last = 0x55;
	int i;

	textseq_setup(test, &seq);
	for (i = 0; i < MAX_STEPS && c->steps[i].text; i++) {
		const struct textseq_step *s = &c->steps[i];

		textseq_pdu(s, last, &pdu);
		KUNIT_EXPECT_EQ(test, tiser_textseq_check(&seq, &pdu),
				textseq_reasons[s->want]);
		if (!textseq_reasons[s->want])
			last = textseq_accepted(test, &seq, s, &pdu);
	}
}

/* 11.11.3: the tag that means none is never given to a response. */
static void textseq_11_11_3_tags_wrap(struct kunit *test)
{
	static const struct textseq_step steps[] = {
		{ T("A=1\0"), "0", 0, 0, A, "0" },
		{ T("B=1\0"), "F", LAST, 0, A, "F" },
	};
	struct tiser_textseq seq;
	struct tiser_pdu pdu;

	textseq_setup(test, &seq);
	seq.last_ttt = TISER_TAG_NONE - 1;
	textseq_pdu(&steps[0], 0, &pdu);
	KUNIT_EXPECT_EQ(test, (int)tiser_textseq_check(&seq, &pdu), 0);
	KUNIT_EXPECT_EQ(test, textseq_accepted(test, &seq, &steps[0], &pdu),
			0u);
	textseq_pdu(&steps[1], 0, &pdu);
	pdu.ttt = 0;
	KUNIT_EXPECT_EQ(test, (int)tiser_textseq_check(&seq, &pdu), 0);
	textseq_accepted(test, &seq, &steps[1], &pdu);
}

/* RFC 7143, 6.2: 8192 bytes MUST be taken. */
static void textseq_6_2_amount(struct kunit *test)
{
	static u8 text[TISER_TEXT_MAX + 1];
	struct textseq_step s = { (const char *)text, 4096, "C", 0, 0, C, "0" };
	struct tiser_textseq seq;
	struct tiser_pdu pdu;
	u32 last;

	memset(text, 'x', sizeof(text));
	memcpy(text, "X-a=", 4);
	textseq_setup(test, &seq);
	textseq_pdu(&s, 0, &pdu);
	KUNIT_EXPECT_EQ(test, (int)tiser_textseq_check(&seq, &pdu), 0);
	last = textseq_accepted(test, &seq, &s, &pdu);
	text[8191] = '\0';
	s = (struct textseq_step){ (const char *)text + 4096, 4097, "F", LAST,
				   0, A, "F" };
	textseq_pdu(&s, last, &pdu);
	KUNIT_EXPECT_EQ(test, (int)tiser_textseq_check(&seq, &pdu),
			(int)TISER_REJ_PROTOCOL);
	pdu.data_len = 4096;
	KUNIT_EXPECT_EQ(test, (int)tiser_textseq_check(&seq, &pdu), 0);
	textseq_accepted(test, &seq, &s, &pdu);
}

/* Collected text is what was sent, in order. */
static void textseq_11_10_5_collects(struct kunit *test)
{
	static const char whole[] = "SendTargets=All\0MaxBurstLength=512";
	struct tiser_textseq seq;
	struct tiser_pdu pdu;
	u32 i, last = 0;

	textseq_setup(test, &seq);
	for (i = 0; i < sizeof(whole) - 1; i++) {
		struct textseq_step s = { whole + i, 1, "C", i ? LAST : 0, 0,
					  C, "0" };

		textseq_pdu(&s, last, &pdu);
		KUNIT_EXPECT_EQ(test, (int)tiser_textseq_check(&seq, &pdu), 0);
		last = textseq_accepted(test, &seq, &s, &pdu);
	}
	KUNIT_EXPECT_EQ(test, seq.in.len, (u32)sizeof(whole) - 1);
	KUNIT_EXPECT_EQ(test, memcmp(seq.in.buf, whole, sizeof(whole)), 0);
}

static struct kunit_case textseq_test_cases[] = {
	KUNIT_CASE_PARAM(textseq_11_10_steps, textseq_gen_params),
	KUNIT_CASE(textseq_11_11_3_tags_wrap),
	KUNIT_CASE(textseq_6_2_amount),
	KUNIT_CASE(textseq_11_10_5_collects),
	{}
};

static struct kunit_suite textseq_suite = {
	.name = "tiser_textseq",
	.test_cases = textseq_test_cases,
};
kunit_test_suite(textseq_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit tests of the iSER target's protocol code");
