// SPDX-License-Identifier: GPL-2.0
/* CmdSN window (RFC 7143, 4.2.2.1). */
#include <kunit/test.h>
#include <linux/module.h>
#include <tiser/proto/sn.h>

/* K1: RFC 1982 with 32 bits. */
static void sn_rfc1982_order(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, tiser_sn_lt(0, 1));
	KUNIT_EXPECT_FALSE(test, tiser_sn_lt(1, 0));
	KUNIT_EXPECT_FALSE(test, tiser_sn_lt(7, 7));
	KUNIT_EXPECT_TRUE(test, tiser_sn_le(7, 7));
	KUNIT_EXPECT_TRUE(test, tiser_sn_lt(0xffffffff, 0));
	KUNIT_EXPECT_FALSE(test, tiser_sn_lt(0, 0xffffffff));
	KUNIT_EXPECT_TRUE(test, tiser_sn_lt(0, 0x7fffffff));
	KUNIT_EXPECT_FALSE(test, tiser_sn_lt(0, 0x80000000));
	KUNIT_EXPECT_FALSE(test, tiser_sn_lt(0x80000000, 0));
}

struct sn_window_case {
	const char *name;
	u32 first;
	u32 depth;
	u32 cmdsn;
	enum tiser_sn_verdict want;
};

static const struct sn_window_case sn_windows[] = {
	{ "next", 10, 4, 10, TISER_SN_IN_ORDER },
	{ "hole", 10, 4, 11, TISER_SN_AHEAD },
	{ "last of window", 10, 4, 13, TISER_SN_AHEAD },
	{ "too high", 10, 4, 14, TISER_SN_DROP },
	{ "too low", 10, 4, 9, TISER_SN_DROP },
	{ "far too low", 10, 4, 10 - 0x7fffffff, TISER_SN_DROP },
	{ "half way round", 10, 4, 10 + 0x80000000u, TISER_SN_DROP },
	{ "closed window, next", 10, 0, 10, TISER_SN_DROP },
	{ "closed window, before", 10, 0, 9, TISER_SN_DROP },
	{ "window of one", 10, 1, 10, TISER_SN_IN_ORDER },
	{ "window of one, second", 10, 1, 11, TISER_SN_DROP },
	{ "wrap, next", 0xfffffffe, 4, 0xfffffffe, TISER_SN_IN_ORDER },
	{ "wrap, before it", 0xfffffffe, 4, 0xffffffff, TISER_SN_AHEAD },
	{ "wrap, behind it", 0xfffffffe, 4, 1, TISER_SN_AHEAD },
	{ "wrap, too high", 0xfffffffe, 4, 2, TISER_SN_DROP },
	{ "wrap, too low", 0xfffffffe, 4, 0xfffffffd, TISER_SN_DROP },
	{ "zero as first", 0, 4, 0, TISER_SN_IN_ORDER },
	{ "zero as first, closed", 0, 0, 0, TISER_SN_DROP },
	{ "zero as first, below", 0, 4, 0xffffffff, TISER_SN_DROP },
};

static void sn_window_desc(const struct sn_window_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(sn_window, sn_windows, sn_window_desc);

/* K2, K3 */
static void sn_4_2_2_1_window_check(struct kunit *test)
{
	const struct sn_window_case *c = test->param_value;
	struct tiser_sn_window win;

	tiser_sn_window_init(&win, c->first, c->depth);
	KUNIT_EXPECT_EQ(test, win.exp_cmdsn, c->first);
	KUNIT_EXPECT_EQ(test, win.max_cmdsn, c->first + c->depth - 1);
	KUNIT_EXPECT_EQ(test, (int)tiser_sn_window_check(&win, c->cmdsn),
			(int)c->want);
}

/* K3: MaxCmdSN is never below ExpCmdSN - 1 and never goes back. */
static void sn_4_2_2_1_moves_over_the_wrap(struct kunit *test)
{
	struct tiser_sn_window win;
	u32 i;

	tiser_sn_window_init(&win, 0xfffffff0, 3);
	for (i = 0; i < 3; i++) {
		u32 sn = 0xfffffff0 + i;

		KUNIT_EXPECT_EQ(test, (int)tiser_sn_window_check(&win, sn),
				(int)TISER_SN_IN_ORDER);
		tiser_sn_window_deliver(&win);
		KUNIT_EXPECT_EQ(test, (int)tiser_sn_window_check(&win, sn),
				(int)TISER_SN_DROP);
	}
	/* all delivered, none done: closed */
	KUNIT_EXPECT_EQ(test, win.max_cmdsn, win.exp_cmdsn - 1);
	KUNIT_EXPECT_EQ(test, (int)tiser_sn_window_check(&win, win.exp_cmdsn),
			(int)TISER_SN_DROP);

	for (i = 0; i < 64; i++) {
		u32 max = win.max_cmdsn;

		tiser_sn_window_complete(&win);
		KUNIT_EXPECT_EQ(test, win.max_cmdsn, max + 1);
		KUNIT_EXPECT_EQ(test,
				(int)tiser_sn_window_check(&win, win.exp_cmdsn),
				(int)TISER_SN_IN_ORDER);
		tiser_sn_window_deliver(&win);
	}
	KUNIT_EXPECT_EQ(test, win.exp_cmdsn, 0xfffffff3 + 64);
}

static struct kunit_case sn_cases[] = {
	KUNIT_CASE(sn_rfc1982_order),
	KUNIT_CASE_PARAM(sn_4_2_2_1_window_check, sn_window_gen_params),
	KUNIT_CASE(sn_4_2_2_1_moves_over_the_wrap),
	{}
};

static struct kunit_suite sn_suite = {
	.name = "tiser_sn",
	.test_cases = sn_cases,
};
kunit_test_suite(sn_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit tests of the iSER target's protocol code");
