// SPDX-License-Identifier: GPL-2.0
/* Buckets of the latency histograms: Documentation/statistics.rst. */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <tiser/proto/hist.h>

struct hist_case {
	const char *name;
	s64 ns;
	u32 bucket;
};

#define US	1000ll
#define SEC	1000000000ll

static const struct hist_case hists[] = {
	{ "no time at all", 0, 0 },
	{ "the clock went back", -1, 0 },
	{ "the clock went back far", -9223372036854775807ll - 1, 0 },
	{ "just below 1 us", 999, 0 },
	{ "1 us", 1000, 1 },
	{ "just below 2 us", 1999, 1 },
	{ "2 us", 2 * US, 2 },
	{ "just below 4 us", 4 * US - 1, 2 },
	{ "4 us", 4 * US, 3 },
	{ "1 ms", 1000 * US, 10 },
	{ "1.024 ms", 1024 * US, 11 },
	{ "1 s", SEC, 20 },
	{ "just below the last bucket", 8388608 * US - 1, 23 },
	{ "where the last bucket begins", 8388608 * US, 24 },
	{ "twice that", 16777216 * US, 24 },
	{ "35 s, more than 32 bits of 8 ns", 35 * SEC, 24 },
	{ "an hour", 3600 * SEC, 24 },
	{ "for ever", 9223372036854775807ll, 24 },
};

static void hist_desc(const struct hist_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(hist, hists, hist_desc);

static void hist_bucket(struct kunit *test)
{
	const struct hist_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, tiser_hist_bucket(c->ns), c->bucket);
}

/* Each bucket begins where the one before ends, at a power of two. */
static void hist_buckets_are_adjacent(struct kunit *test)
{
	u32 i;

	for (i = 1; i < TISER_HIST_BUCKETS; i++) {
		s64 first = US << (i - 1);

		KUNIT_EXPECT_EQ(test, tiser_hist_bucket(first), i);
		KUNIT_EXPECT_EQ(test, tiser_hist_bucket(first - 1), i - 1);
	}
}

static struct kunit_case hist_cases[] = {
	KUNIT_CASE_PARAM(hist_bucket, hist_gen_params),
	KUNIT_CASE(hist_buckets_are_adjacent),
	{}
};

static struct kunit_suite hist_suite = {
	.name = "tiser_hist",
	.test_cases = hist_cases,
};
kunit_test_suite(hist_suite);
