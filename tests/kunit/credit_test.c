// SPDX-License-Identifier: GPL-2.0
/* Receive buffers (RFC 7145, 8.1.1). */
#include <kunit/test.h>
#include <tiser/proto/credit.h>

struct credit_case {
	const char *name;
	struct tiser_rx_credit credit;
	u32 bufs;
};

static const struct credit_case credits[] = {
	{ "8.1.1.1 window alone", { 64, 0, 0, 0 }, 64 },
	{ "8.1.1.3 unexpected PDUs", { 64, 0, 16, 4 }, 84 },
	{ "8.1.1.2 Data-Out PDUs", { 64, 8, 16, 4 }, 596 },
	{ "largest window, most Data-Out PDUs",
	  { 512, TISER_DATAOUTS_MAX, 16, 4 }, 8724 },
	{ "window of one", { 1, 16, 16, 4 }, 37 },
};

static void credit_desc(const struct credit_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(credit, credits, credit_desc);

static void credit_8_1_1_bufs(struct kunit *test)
{
	const struct credit_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, tiser_rx_credit_bufs(&c->credit), c->bufs);
	KUNIT_EXPECT_EQ(test, tiser_rx_credit_depth(&c->credit, c->bufs),
			c->credit.depth);
	KUNIT_EXPECT_EQ(test, tiser_rx_credit_depth(&c->credit, 1u << 30),
			c->credit.depth);
	KUNIT_EXPECT_EQ(test, tiser_rx_credit_depth(&c->credit, c->bufs - 1),
			c->credit.depth - 1);
}

/* The window shrinks to what there are buffers for, and never below it. */
static void credit_window_fits_the_queue(struct kunit *test)
{
	struct tiser_rx_credit credit = { 64, 16, 16, 4 };
	u32 bufs;

	for (bufs = 0; bufs < 1200; bufs++) {
		struct tiser_rx_credit fits = credit;

		fits.depth = tiser_rx_credit_depth(&credit, bufs);
		if (fits.depth)
			KUNIT_EXPECT_LE(test, tiser_rx_credit_bufs(&fits),
					bufs);
		fits.depth++;
		if (fits.depth <= credit.depth)
			KUNIT_EXPECT_GT(test, tiser_rx_credit_bufs(&fits),
					bufs);
	}
}

static u32 dataouts(u32 initial_r2t, u32 first_burst, u32 dsl)
{
	struct tiser_key_values values = {};

	values.v[TISER_KEY_INITIAL_R2T] = initial_r2t;
	values.v[TISER_KEY_FIRST_BURST] = first_burst;
	values.v[TISER_KEY_TARGET_RECV_DSL] = dsl;
	return tiser_dataouts_per_cmd(&values);
}

static void credit_8_1_1_2_dataouts(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, dataouts(1, 65536, 8192), 0u);
	KUNIT_EXPECT_EQ(test, dataouts(0, 65536, 8192), 8u);
	KUNIT_EXPECT_EQ(test, dataouts(0, 65537, 8192), 9u);
	KUNIT_EXPECT_EQ(test, dataouts(0, 512, 8192), 1u);
	KUNIT_EXPECT_EQ(test, dataouts(0, 8192, 512), 16u);
	KUNIT_EXPECT_EQ(test, dataouts(0, 0xffffff, 512), 32768u);
}

static struct kunit_case credit_cases[] = {
	KUNIT_CASE_PARAM(credit_8_1_1_bufs, credit_gen_params),
	KUNIT_CASE(credit_window_fits_the_queue),
	KUNIT_CASE(credit_8_1_1_2_dataouts),
	{}
};

static struct kunit_suite credit_suite = {
	.name = "tiser_credit",
	.test_cases = credit_cases,
};
kunit_test_suite(credit_suite);
