// SPDX-License-Identifier: GPL-2.0
/* MaxOutstandingUnexpectedPDUs of the initiator (RFC 7145, 6.7 and 8.1.2). */
#include <kunit/test.h>
#include <linux/module.h>
#include <tiser/proto/unexpected.h>

/* Sends one of StatSN @statsn if it may. */
static bool unexpected_send(struct tiser_unexpected *u, u32 statsn)
{
	if (!tiser_unexpected_reserve(u))
		return false;
	tiser_unexpected_stamped(u, statsn);
	return true;
}

static bool unexpected_ping(struct tiser_unexpected *u, u32 statsn)
{
	if (!tiser_unexpected_reserve_ping(u))
		return false;
	tiser_unexpected_ping_stamped(u, statsn);
	return true;
}

/* F3: at the limit nothing more, but for the ping's credit. */
static void unexpected_8_1_2_keeps_the_limit(struct kunit *test)
{
	struct tiser_unexpected u;
	u32 limit, i;

	for (limit = 2; limit < 40; limit++) {
		tiser_unexpected_init(&u, limit);
		for (i = 0; i < limit - 1; i++)
			KUNIT_EXPECT_TRUE(test, unexpected_send(&u, 100 + i));
		KUNIT_EXPECT_FALSE(test, tiser_unexpected_reserve(&u));
		KUNIT_EXPECT_TRUE(test, unexpected_ping(&u, 100 + i));
		KUNIT_EXPECT_FALSE(test, tiser_unexpected_reserve(&u));
		KUNIT_EXPECT_FALSE(test, tiser_unexpected_reserve_ping(&u));
		KUNIT_EXPECT_EQ(test, u.outstanding, limit);
		tiser_unexpected_acked(&u, 100 + i, 100 + i);
		KUNIT_EXPECT_EQ(test, u.outstanding, 1u);
	}
}

/* F4: a credit counts from its reservation, before there is a StatSN. */
static void unexpected_8_1_2_counts_reservations(struct kunit *test)
{
	struct tiser_unexpected u;

	tiser_unexpected_init(&u, 3);
	KUNIT_EXPECT_TRUE(test, tiser_unexpected_reserve(&u));
	KUNIT_EXPECT_TRUE(test, tiser_unexpected_reserve(&u));
	KUNIT_EXPECT_FALSE(test, tiser_unexpected_reserve(&u));
	/* what has no StatSN yet cannot be acknowledged */
	tiser_unexpected_acked(&u, 7, 7);
	KUNIT_EXPECT_EQ(test, u.outstanding, 2u);
	tiser_unexpected_stamped(&u, 7);
	tiser_unexpected_acked(&u, 8, 8);
	KUNIT_EXPECT_EQ(test, u.outstanding, 1u);
	KUNIT_EXPECT_TRUE(test, tiser_unexpected_reserve(&u));
	/* a ping likewise: its predecessor's StatSN is not its own */
	KUNIT_EXPECT_TRUE(test, unexpected_ping(&u, 8));
	tiser_unexpected_ping_answered(&u);
	KUNIT_EXPECT_TRUE(test, tiser_unexpected_reserve_ping(&u));
	tiser_unexpected_acked(&u, 20, 20);
	KUNIT_EXPECT_FALSE(test, tiser_unexpected_reserve_ping(&u));
}

/* 0 is no limit, and nothing is counted. */
static void unexpected_6_7_no_limit(struct kunit *test)
{
	struct tiser_unexpected u;
	u32 i;

	tiser_unexpected_init(&u, 0);
	for (i = 0; i < 100; i++) {
		KUNIT_EXPECT_TRUE(test, unexpected_send(&u, i));
		KUNIT_EXPECT_TRUE(test, unexpected_ping(&u, i));
		KUNIT_EXPECT_EQ(test, u.outstanding, 0u);
	}
	tiser_unexpected_ping_answered(&u);
	tiser_unexpected_acked(&u, 200, 200);
	KUNIT_EXPECT_EQ(test, u.outstanding, 0u);
}

struct acked_case {
	const char *name;
	u32 statsn;	/* of the first of three; the second has the next */
	u32 exp_statsn;
	u32 left;
};

/* The third shares its StatSN with the second; the next one is statsn + 2. */
static const struct acked_case acked_cases[] = {
	{ "F5 nothing yet", 1000, 1000, 3 },
	{ "F5 the first", 1000, 1001, 2 },
	{ "F5 all", 1000, 1002, 0 },
	{ "H077 the future", 1000, 1003, 3 },
	{ "H077 far future", 1000, 1000 + 0x7fffffffu, 3 },
	{ "H077 the past", 1000, 500, 3 },
	{ "H078 half a circle away", 1000, 1000 + 0x80000000u, 3 },
	{ "H078 zero", 1000, 0, 3 },
	{ "over the wrap, nothing", 0xffffffff, 0xffffffff, 3 },
	{ "over the wrap, first", 0xffffffff, 0, 2 },
	{ "over the wrap, all", 0xffffffff, 1, 0 },
	{ "over the wrap, the future", 0xffffffff, 2, 3 },
};

static void acked_desc(const struct acked_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(acked, acked_cases, acked_desc);

static void unexpected_8_1_2_acked(struct kunit *test)
{
	const struct acked_case *c = test->param_value;
	struct tiser_unexpected u;

	tiser_unexpected_init(&u, 4);
	KUNIT_EXPECT_TRUE(test, unexpected_send(&u, c->statsn));
	KUNIT_EXPECT_TRUE(test, unexpected_send(&u, c->statsn + 1));
	KUNIT_EXPECT_TRUE(test, unexpected_send(&u, c->statsn + 1));
	tiser_unexpected_acked(&u, c->exp_statsn, c->statsn + 2);
	KUNIT_EXPECT_EQ(test, u.outstanding, c->left);
}

/* F5: the ping retires by its answer or by ExpStatSN, once. */
static void unexpected_8_1_2_ping(struct kunit *test)
{
	struct tiser_unexpected u;

	tiser_unexpected_init(&u, 2);
	KUNIT_EXPECT_TRUE(test, unexpected_ping(&u, 50));
	KUNIT_EXPECT_TRUE(test, unexpected_send(&u, 50));
	tiser_unexpected_ping_answered(&u);
	KUNIT_EXPECT_EQ(test, u.outstanding, 1u);
	tiser_unexpected_acked(&u, 51, 51);
	KUNIT_EXPECT_EQ(test, u.outstanding, 0u);
	tiser_unexpected_ping_answered(&u);
	KUNIT_EXPECT_EQ(test, u.outstanding, 0u);

	/* its StatSN is not used up: only a later PDU acknowledges it */
	KUNIT_EXPECT_TRUE(test, unexpected_ping(&u, 51));
	tiser_unexpected_acked(&u, 51, 51);
	KUNIT_EXPECT_EQ(test, u.outstanding, 1u);
	tiser_unexpected_acked(&u, 52, 52);
	KUNIT_EXPECT_EQ(test, u.outstanding, 0u);
	tiser_unexpected_acked(&u, 53, 53);
	KUNIT_EXPECT_EQ(test, u.outstanding, 0u);
}

/* More than are told apart retire late, never early, and all of them. */
static void unexpected_8_1_2_many(struct kunit *test)
{
	struct tiser_unexpected u;
	u32 i, last;

	tiser_unexpected_init(&u, 0xffffffff);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_TRUE(test, unexpected_send(&u, i));
	for (i = 0, last = 100; i <= 100; i++) {
		tiser_unexpected_acked(&u, i, 100);
		KUNIT_EXPECT_GE(test, u.outstanding, 100 - i);
		KUNIT_EXPECT_LE(test, u.outstanding, last);
		last = u.outstanding;
	}
	KUNIT_EXPECT_EQ(test, u.outstanding, 0u);
	KUNIT_EXPECT_EQ(test, u.nr_runs, 0u);
}

static struct kunit_case unexpected_cases[] = {
	KUNIT_CASE(unexpected_8_1_2_keeps_the_limit),
	KUNIT_CASE(unexpected_8_1_2_counts_reservations),
	KUNIT_CASE(unexpected_6_7_no_limit),
	KUNIT_CASE_PARAM(unexpected_8_1_2_acked, acked_gen_params),
	KUNIT_CASE(unexpected_8_1_2_ping),
	KUNIT_CASE(unexpected_8_1_2_many),
	{}
};

static struct kunit_suite unexpected_suite = {
	.name = "tiser_unexpected",
	.test_cases = unexpected_cases,
};
kunit_test_suite(unexpected_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit tests of the iSER target's protocol code");
