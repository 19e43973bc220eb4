// SPDX-License-Identifier: GPL-2.0
/* CHAP (RFC 7143, 6.1, 9.2.1 and 12.1.3), with a digest that only tests use. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <tiser/proto/chap.h>
#include <tiser/proto/login_fsm.h>
#include "chap.h"
#include "nego.h"

struct decode_case {
	const char *value;
	int ret;
	const char *bytes;
};

#define DECODE(v, b)	{ v, sizeof(b) - 1, b }
#define NO_BINARY(v)	{ v, -EINVAL }

/* The Base64 rows are the vectors of RFC 4648, 10. */
static const struct decode_case decodes[] = {
	DECODE("0x00", "\0"),
	DECODE("0xa0B1c2", "\xa0\xb1\xc2"),
	DECODE("0XFFfe", "\xff\xfe"),
	DECODE("0bZg==", "f"),
	DECODE("0BZm8=", "fo"),
	DECODE("0bZm9v", "foo"),
	DECODE("0bZm9vYg==", "foob"),
	DECODE("0bZm9vYmFy", "foobar"),
	DECODE("0b+/+/", "\xfb\xff\xbf"),
	NO_BINARY(""),
	NO_BINARY("0"),
	NO_BINARY("0x"),
	NO_BINARY("0b"),
	NO_BINARY("00"),
	NO_BINARY("x00"),
	NO_BINARY("255"),
	NO_BINARY("0xabc"),
	NO_BINARY("0x0g"),
	NO_BINARY("0x 1"),
	NO_BINARY("0x0x00"),
	NO_BINARY("0bZg"),
	NO_BINARY("0bZg="),
	NO_BINARY("0bZ==="),
	NO_BINARY("0b===="),
	NO_BINARY("0bZh=="),	/* bits left over */
	NO_BINARY("0bZm9="),
	NO_BINARY("0bZg==Zg=="),
	NO_BINARY("0bZm9v\n"),
	NO_BINARY("0bZm 9"),
	NO_BINARY("0b-_-_"),
};

static void decode_desc(const struct decode_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", c->value);
}

KUNIT_ARRAY_PARAM(decode, decodes, decode_desc);

static void chap_6_1_binary_values(struct kunit *test)
{
	const struct decode_case *c = test->param_value;
	u8 out[8];

	KUNIT_ASSERT_EQ(test, tiser_chap_decode(c->value, out, sizeof(out)),
			c->ret);
	if (c->ret > 0)
		KUNIT_EXPECT_EQ(test, memcmp(out, c->bytes, c->ret), 0);
}

/* 12.1.3: 1024 bytes, and the buffer is never exceeded. */
static void chap_12_1_3_length_is_checked_first(struct kunit *test)
{
	char *hex = kunit_kzalloc(test, 2 + 2 * 1026 + 1, GFP_KERNEL);
	char *b64 = kunit_kzalloc(test, 2 + 1372 + 1, GFP_KERNEL);
	u8 *out = kunit_kzalloc(test, TISER_CHAP_BINARY_MAX, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, hex);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b64);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, out);
	strcpy(hex, "0x");
	memset(hex + 2, 'a', 2048);
	KUNIT_EXPECT_EQ(test, tiser_chap_decode(hex, out, 1024), 1024);
	KUNIT_EXPECT_EQ(test, tiser_chap_decode(hex, out, 1023), -E2BIG);
	memset(hex + 2, 'a', 2050);
	KUNIT_EXPECT_EQ(test, tiser_chap_decode(hex, out, 1024), -E2BIG);

	strcpy(b64, "0b");
	memset(b64 + 2, 'A', 1368);
	KUNIT_EXPECT_EQ(test, tiser_chap_decode(b64, out, 1024), -E2BIG);
	memcpy(b64 + 2 + 1366, "==", 2);
	KUNIT_EXPECT_EQ(test, tiser_chap_decode(b64, out, 1024), 1024);
	KUNIT_EXPECT_EQ(test, tiser_chap_decode(b64, out, 1023), -E2BIG);
}

struct chap_box {
	struct tiser_chap chap;
	struct tiser_text_out out;
	struct tiser_chap_keys keys;
};

static struct chap_box *chap_alloc(struct kunit *test)
{
	struct chap_box *box = kunit_kzalloc(test, sizeof(*box), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, box);
	fake_chap_init(&box->chap);
	box->out.cap = 512;
	box->out.buf = kunit_kzalloc(test, box->out.cap, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, box->out.buf);
	return box;
}

static u16 chap_step(struct chap_box *box, struct tiser_chap_keys keys)
{
	box->out.len = 0;
	return tiser_chap_step(&box->chap, &keys, &box->out);
}

#define KEYS(...)	((struct tiser_chap_keys){ { __VA_ARGS__ } })
#define A(v)	[TISER_CHAP_KEY_A] = v
#define I(v)	[TISER_CHAP_KEY_I] = v
#define C(v)	[TISER_CHAP_KEY_C] = v
#define N(v)	[TISER_CHAP_KEY_N] = v
#define R(v)	[TISER_CHAP_KEY_R] = v

/* Up to the challenge, for algorithm 5. */
static struct chap_box *chap_challenged(struct kunit *test)
{
	struct chap_box *box = chap_alloc(test);

	KUNIT_ASSERT_EQ(test, chap_step(box, KEYS()), 0);
	KUNIT_ASSERT_EQ(test, chap_step(box, KEYS(A("5"))), 0);
	KUNIT_ASSERT_EQ(test, (int)box->chap.state,
			(int)TISER_CHAP_CHALLENGED);
	return box;
}

/* What an initiator says that has @secret, and is content with that. */
static u16 chap_prove(struct kunit *test, struct chap_box *box,
		      const char *secret)
{
	return chap_step(box, KEYS(N(FAKE_USER),
				   R(fake_proof(test, TISER_CHAP_MD5,
						secret))));
}

/* One that has the right secret, and wants a proof of the target as well. */
static u16 chap_prove_and_ask(struct kunit *test, struct chap_box *box)
{
	return chap_step(box, KEYS(N(FAKE_USER),
				   R(fake_proof(test, TISER_CHAP_MD5,
						FAKE_SECRET)),
				   I("1"), C("0x01")));
}

#define CHALLENGE16	"0xc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"

static void chap_12_1_3_one_way(struct kunit *test)
{
	struct chap_box *box = chap_alloc(test);
	const char *proof = fake_proof(test, TISER_CHAP_MD5, FAKE_SECRET);

	KUNIT_ASSERT_EQ(test, chap_step(box, KEYS()), 0);
	KUNIT_EXPECT_EQ(test, box->out.len, 0u);
	KUNIT_ASSERT_EQ(test, chap_step(box, KEYS(A("5"))), 0);
	KUNIT_EXPECT_STREQ(test, nego_built(test, &box->out),
			   "CHAP_A=5\nCHAP_I=192\nCHAP_C=" CHALLENGE16 "\n");
	KUNIT_ASSERT_EQ(test, chap_step(box, KEYS(N(FAKE_USER), R(proof))), 0);
	KUNIT_EXPECT_EQ(test, box->out.len, 0u);
	KUNIT_EXPECT_EQ(test, (int)box->chap.state, (int)TISER_CHAP_DONE);
	/* nothing is left to say */
	KUNIT_EXPECT_EQ(test, chap_step(box, KEYS()), 0);
}

/* Each algorithm has its own length of challenge and response. */
static void chap_12_1_3_mutual(struct kunit *test)
{
	static const u8 theirs[3] = { 1, 2, 0xff };
	u32 alg;

	for (alg = TISER_CHAP_ALG_FIRST; alg <= TISER_CHAP_ALG_LAST; alg++) {
		struct chap_box *box = chap_alloc(test);
		char number[] = { '0' + alg, 0 };
		char expected[160];

		KUNIT_ASSERT_EQ(test, chap_step(box, KEYS(A(number))), 0);
		KUNIT_ASSERT_EQ(test, (u32)box->chap.alg, alg);
		KUNIT_ASSERT_EQ(test,
				chap_step(box,
					  KEYS(N(FAKE_USER),
					       R(fake_proof(test, alg,
							    FAKE_SECRET)),
					       I("0x7F"), C("0bAQL/"))), 0);
		snprintf(expected, sizeof(expected), "CHAP_N=%s\nCHAP_R=%s\n",
			 FAKE_TARGET,
			 fake_response(test, alg, 0x7f, FAKE_MUTUAL, theirs,
				       sizeof(theirs)));
		KUNIT_EXPECT_STREQ(test, nego_built(test, &box->out), expected);
		KUNIT_EXPECT_EQ(test, (int)box->chap.state,
				(int)TISER_CHAP_DONE);
	}
}

struct choose_case {
	const char *list;
	u32 algs;
	int alg;	/* 0: refused */
};

#define ONLY(alg)	(1 << TISER_CHAP_##alg)

static const struct choose_case choices[] = {
	{ "5", TISER_CHAP_ALGS_ALL, 5 },
	{ "8,7,6,5", TISER_CHAP_ALGS_ALL, 8 },
	{ "7,5", TISER_CHAP_ALGS_ALL, 7 },
	{ "8,7,6,5", ONLY(SHA256) | ONLY(MD5), 7 },
	{ "5,6", ONLY(SHA1), 6 },
	{ "0x08", TISER_CHAP_ALGS_ALL, 8 },
	{ "1,2,3,4,9,128,5", TISER_CHAP_ALGS_ALL, 5 },
	{ "99999999999999999999,x,,5", TISER_CHAP_ALGS_ALL, 5 },
	{ "5", ONLY(SHA3_256) },
	{ "6,7,8", ONLY(MD5) },
	{ "", TISER_CHAP_ALGS_ALL },
	{ ",", TISER_CHAP_ALGS_ALL },
	{ "-5", TISER_CHAP_ALGS_ALL },
	{ "5 ", TISER_CHAP_ALGS_ALL },
	{ "MD5", TISER_CHAP_ALGS_ALL },
	{ "37", TISER_CHAP_ALGS_ALL },
};

static void choose_desc(const struct choose_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s of %x", c->list, c->algs);
}

KUNIT_ARRAY_PARAM(choose, choices, choose_desc);

static void chap_12_1_3_algorithm(struct kunit *test)
{
	const struct choose_case *c = test->param_value;
	struct chap_box *box = chap_alloc(test);

	box->chap.algs = c->algs;
	KUNIT_ASSERT_EQ(test, chap_step(box, KEYS(A(c->list))),
			c->alg ? TISER_LOGIN_OK : TISER_LOGIN_AUTH_FAILED);
	KUNIT_EXPECT_EQ(test, (int)box->chap.alg, c->alg);
	KUNIT_EXPECT_EQ(test, !c->alg, !!box->chap.reason);
}

struct proof_case {
	const char *name;
	struct tiser_chap_keys keys;
	u16 status;
};

/* Stands for a good CHAP_R. */
static const char good[] = "good";

#define PROOF(n, s, ...)	{ n, { { __VA_ARGS__ } }, TISER_LOGIN_##s }
#define HEX32	"0x00112233445566778899aabbccddeeff"

static const struct proof_case proofs[] = {
	PROOF("9.2 nothing", MISSING_PARAMETER),
	PROOF("9.2 no CHAP_R", MISSING_PARAMETER, N(FAKE_USER)),
	PROOF("9.2 no CHAP_R, but a challenge", MISSING_PARAMETER,
	      N(FAKE_USER), I("1"), C("0x01")),
	PROOF("9.2 no CHAP_N", MISSING_PARAMETER, R(good)),
	PROOF("9.2 CHAP_I alone", MISSING_PARAMETER,
	      N(FAKE_USER), R(good), I("1")),
	PROOF("9.2 CHAP_C alone", MISSING_PARAMETER,
	      N(FAKE_USER), R(good), C("0x01")),
	PROOF("9.2 CHAP_A again", INITIATOR_ERROR,
	      N(FAKE_USER), R(good), A("5")),
	PROOF("12.1.3 wrong proof", AUTH_FAILED, N(FAKE_USER), R(HEX32)),
	PROOF("12.1.3 shorter proof", AUTH_FAILED, N(FAKE_USER), R("0x00")),
	PROOF("12.1.3 wrong name", AUTH_FAILED, N("bob"), R(good)),
	PROOF("12.1.3 name of our own", AUTH_FAILED, N(FAKE_TARGET), R(good)),
	PROOF("12.1.3 other case", AUTH_FAILED, N("Alice"), R(good)),
	PROOF("12.1.3 name goes on", AUTH_FAILED, N(FAKE_USER "x"), R(good)),
	PROOF("12.1.3 name stops", AUTH_FAILED, N("alic"), R(good)),
	PROOF("12.1.3 empty name", AUTH_FAILED, N(""), R(good)),
	PROOF("6.1 CHAP_R decimal", INITIATOR_ERROR, N(FAKE_USER), R("12345")),
	PROOF("6.1 CHAP_R empty", INITIATOR_ERROR, N(FAKE_USER), R("")),
	PROOF("6.1 CHAP_R odd", INITIATOR_ERROR, N(FAKE_USER), R("0x123")),
	PROOF("6.1 CHAP_R no Base64", INITIATOR_ERROR,
	      N(FAKE_USER), R("0b????")),
	PROOF("12.1.3 CHAP_I 256", INITIATOR_ERROR,
	      N(FAKE_USER), R(good), I("256"), C("0x01")),
	PROOF("12.1.3 CHAP_I text", INITIATOR_ERROR,
	      N(FAKE_USER), R(good), I("one"), C("0x01")),
	PROOF("6.1 CHAP_C odd", INITIATOR_ERROR,
	      N(FAKE_USER), R(good), I("1"), C("0x0")),
	PROOF("6.1 CHAP_C empty", INITIATOR_ERROR,
	      N(FAKE_USER), R(good), I("1"), C("0x")),
	PROOF("9.2.1 our challenge sent back", AUTH_FAILED,
	      N(FAKE_USER), R(good), I("1"), C(CHALLENGE16)),
	PROOF("9.2.1 our identifier as well", AUTH_FAILED,
	      N(FAKE_USER), R(good), I("192"), C(CHALLENGE16)),
	PROOF("12.1.3 good", OK, N(FAKE_USER), R(good)),
	PROOF("12.1.3 good, our identifier alone", OK,
	      N(FAKE_USER), R(good), I("192"), C("0x01")),
};

static void proof_desc(const struct proof_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(proof, proofs, proof_desc);

static void chap_9_2_proofs(struct kunit *test)
{
	const struct proof_case *c = test->param_value;
	struct chap_box *box = chap_challenged(test);
	struct tiser_chap_keys keys = c->keys;

	if (keys.value[TISER_CHAP_KEY_R] == good)
		keys.value[TISER_CHAP_KEY_R] =
			fake_proof(test, TISER_CHAP_MD5, FAKE_SECRET);
	KUNIT_ASSERT_EQ(test, chap_step(box, keys), c->status);
	KUNIT_EXPECT_EQ(test, box->chap.state == TISER_CHAP_DONE, !c->status);
	if (!c->status)
		return;
	KUNIT_EXPECT_TRUE(test, box->chap.reason && box->chap.reason[0]);
	/* no part of a proof goes out with a failure */
	KUNIT_EXPECT_EQ(test, box->out.len, 0u);
}

static void chap_12_1_3_steps_in_order(struct kunit *test)
{
	struct chap_box *box = chap_alloc(test);

	KUNIT_EXPECT_EQ(test, chap_step(box, KEYS(N("x"), R("0x00"))),
			TISER_LOGIN_INITIATOR_ERROR);
	box = chap_alloc(test);
	KUNIT_EXPECT_EQ(test, chap_step(box, KEYS(A("5"), I("1"))),
			TISER_LOGIN_INITIATOR_ERROR);
	box = chap_alloc(test);
	KUNIT_ASSERT_EQ(test, chap_step(box, KEYS()), 0);
	KUNIT_EXPECT_EQ(test, chap_step(box, KEYS()),
			TISER_LOGIN_MISSING_PARAMETER);
	box = chap_challenged(test);
	KUNIT_ASSERT_EQ(test, chap_prove(test, box, FAKE_SECRET), 0);
	KUNIT_EXPECT_EQ(test, chap_step(box, KEYS(I("1"), C("0x01"))),
			TISER_LOGIN_INITIATOR_ERROR);
}

/* 9.2.1: a proof that we could have given ourselves proves nothing. */
static void chap_9_2_1_one_secret_for_both(struct kunit *test)
{
	struct chap_box *box = chap_challenged(test);

	strcpy(box->chap.creds.password_mutual, FAKE_SECRET);
	KUNIT_EXPECT_EQ(test, chap_prove(test, box, FAKE_SECRET),
			TISER_LOGIN_AUTH_FAILED);

	/* nor does the proof for the other direction */
	box = chap_challenged(test);
	KUNIT_EXPECT_EQ(test, chap_prove(test, box, FAKE_MUTUAL),
			TISER_LOGIN_AUTH_FAILED);
}

static void chap_12_1_3_nothing_to_prove_ourselves_with(struct kunit *test)
{
	int what;

	for (what = 0; what < 2; what++) {
		struct chap_box *box = chap_challenged(test);
		struct tiser_chap_creds *creds = &box->chap.creds;

		*(what ? creds->user_mutual : creds->password_mutual) = '\0';
		KUNIT_EXPECT_EQ(test, chap_prove_and_ask(test, box),
				TISER_LOGIN_AUTH_FAILED);
		KUNIT_EXPECT_EQ(test, box->out.len, 0u);
	}
}

/* 9.2.1: no CHAP_R from a secret of less than 96 bits. */
static void chap_9_2_1_short_secret_is_not_used(struct kunit *test)
{
	int len;

	for (len = TISER_CHAP_SECRET_GOOD - 1; len <= TISER_CHAP_SECRET_GOOD;
	     len++) {
		struct chap_box *box = chap_challenged(test);
		bool used = len == TISER_CHAP_SECRET_GOOD;

		box->chap.creds.password_mutual[len] = '\0';
		KUNIT_EXPECT_EQ(test, chap_prove_and_ask(test, box),
				used ? TISER_LOGIN_OK :
				       TISER_LOGIN_AUTH_FAILED);
		KUNIT_EXPECT_EQ(test, box->out.len != 0, used);
	}
}

/* How many digests there is memory for. */
static int digests_left;

static int failing_digest(enum tiser_chap_alg alg,
			  const struct tiser_chap_input *input, u8 *digest)
{
	return digests_left-- ? fake_digest(alg, input, digest) : -ENOMEM;
}

/* That of the initiator, that for our own secret, and that of our answer. */
static void chap_digest_that_fails(struct kunit *test)
{
	static const struct tiser_chap_ops failing_ops = {
		.digest = failing_digest,
		.random = fake_random,
		.equal = fake_equal,
	};
	int left;

	for (left = 0; left <= 3; left++) {
		struct chap_box *box = chap_challenged(test);
		bool enough = left == 3;

		digests_left = left;
		box->chap.ops = &failing_ops;
		KUNIT_EXPECT_EQ(test, chap_prove_and_ask(test, box),
				enough ? TISER_LOGIN_OK :
					 TISER_LOGIN_NO_RESOURCES);
		KUNIT_EXPECT_EQ(test, box->chap.state == TISER_CHAP_DONE,
				enough);
		KUNIT_EXPECT_EQ(test, box->out.len != 0, enough);
	}
}

/*
 * 9.2.1: names and proofs are compared by what the caller gives for it, which
 * takes the same time wherever they differ, and in full.
 */
static u32 compared;

static bool counting_equal(const void *a, const void *b, u32 len)
{
	compared += len;
	return fake_equal(a, b, len);
}

static void chap_9_2_1_compares_in_constant_time(struct kunit *test)
{
	static const struct tiser_chap_ops counting_ops = {
		.digest = fake_digest,
		.random = fake_random,
		.equal = counting_equal,
	};
	static const char *const names[] = { "alice", "blice", "alicf" };
	u32 i, len = strlen(FAKE_USER) + tiser_chap_digest_len(TISER_CHAP_MD5);

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct chap_box *box = chap_challenged(test);

		compared = 0;
		box->chap.ops = &counting_ops;
		KUNIT_EXPECT_EQ(test,
				chap_step(box, KEYS(N(names[i]), R(HEX32))),
				TISER_LOGIN_AUTH_FAILED);
		KUNIT_EXPECT_EQ(test, compared, len);
	}
}

static void chap_answers_that_do_not_fit(struct kunit *test)
{
	struct chap_box *box = chap_alloc(test);
	u32 cap;

	for (cap = 0; cap < 64; cap += 7) {
		box->out.cap = cap;
		box->chap.state = TISER_CHAP_IDLE;
		KUNIT_EXPECT_EQ(test, chap_step(box, KEYS(A("5"))),
				cap < 62 ? TISER_LOGIN_TARGET_ERROR : 0);
		KUNIT_EXPECT_LE(test, box->out.len, cap);
	}
}

static void chap_is_possible_with_a_name_and_a_secret(struct kunit *test)
{
	struct chap_box *box = chap_alloc(test);
	struct tiser_chap *chap = &box->chap;

	KUNIT_EXPECT_TRUE(test, tiser_chap_is_possible(chap));
	chap->creds.user_mutual[0] = '\0';
	KUNIT_EXPECT_TRUE(test, tiser_chap_is_possible(chap));
	chap->algs = 0;
	KUNIT_EXPECT_FALSE(test, tiser_chap_is_possible(chap));
	chap->algs = 1 << TISER_CHAP_MD5;
	chap->creds.password[0] = '\0';
	KUNIT_EXPECT_FALSE(test, tiser_chap_is_possible(chap));
	strcpy(chap->creds.password, "x");
	chap->creds.user[0] = '\0';
	KUNIT_EXPECT_FALSE(test, tiser_chap_is_possible(chap));
	KUNIT_EXPECT_STREQ(test, tiser_chap_alg_name(TISER_CHAP_SHA3_256),
			   "SHA3-256");
}

static struct kunit_case chap_cases[] = {
	KUNIT_CASE_PARAM(chap_6_1_binary_values, decode_gen_params),
	KUNIT_CASE(chap_12_1_3_length_is_checked_first),
	KUNIT_CASE(chap_12_1_3_one_way),
	KUNIT_CASE(chap_12_1_3_mutual),
	KUNIT_CASE_PARAM(chap_12_1_3_algorithm, choose_gen_params),
	KUNIT_CASE_PARAM(chap_9_2_proofs, proof_gen_params),
	KUNIT_CASE(chap_12_1_3_steps_in_order),
	KUNIT_CASE(chap_9_2_1_one_secret_for_both),
	KUNIT_CASE(chap_9_2_1_short_secret_is_not_used),
	KUNIT_CASE(chap_12_1_3_nothing_to_prove_ourselves_with),
	KUNIT_CASE(chap_digest_that_fails),
	KUNIT_CASE(chap_9_2_1_compares_in_constant_time),
	KUNIT_CASE(chap_answers_that_do_not_fit),
	KUNIT_CASE(chap_is_possible_with_a_name_and_a_secret),
	{}
};

static struct kunit_suite chap_suite = {
	.name = "tiser_chap",
	.test_cases = chap_cases,
};
kunit_test_suite(chap_suite);
