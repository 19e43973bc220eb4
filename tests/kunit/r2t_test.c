// SPDX-License-Identifier: GPL-2.0
/* InitialR2T and what depends on it (RFC 7143, 13.10 and 13.14). */
#include <kunit/test.h>
#include <tiser/proto/keys.h>
#include <tiser/proto/login_fsm.h>
#include "nego.h"
#include "nego_box.h"

/* RFC 7143, 13.10: No if both sides say No, and then within our buffers. */
static void r2t_13_10_initial_r2t_no(struct kunit *test)
{
	static const struct {
		const char *text, *answer;
	} rows[] = {
		{ "InitialR2T=Yes\n", "InitialR2T=Yes\n" },
		{ "InitialR2T=No\n", "InitialR2T=No\n" },
		{ "InitialR2T=No\nFirstBurstLength=262144\n",
		  "InitialR2T=No\nFirstBurstLength=131072\n" },
		{ "FirstBurstLength=262144\nInitialR2T=No\n",
		  "FirstBurstLength=131072\nInitialR2T=No\n" },
		{ "FirstBurstLength=131072\nInitialR2T=No\n",
		  "FirstBurstLength=131072\nInitialR2T=No\n" },
		{ "InitialR2T=No\nFirstBurstLength=65536\n"
		  "TargetRecvDataSegmentLength=512\n",
		  "InitialR2T=No\nFirstBurstLength=8192\n"
		  "TargetRecvDataSegmentLength=512\n" },
		{ "InitialR2T=Yes\nFirstBurstLength=262144\n"
		  "TargetRecvDataSegmentLength=512\n",
		  "InitialR2T=Yes\nFirstBurstLength=262144\n"
		  "TargetRecvDataSegmentLength=512\n" },
		{ "InitialR2T=No\nFirstBurstLength=262144\n"
		  "MaxBurstLength=1024\n",
		  "InitialR2T=No\nFirstBurstLength=1024\n"
		  "MaxBurstLength=1024\n" },
		/* the default of FirstBurstLength holds, which is too much */
		{ "InitialR2T=No\nTargetRecvDataSegmentLength=512\n",
		  "InitialR2T=Yes\nTargetRecvDataSegmentLength=512\n" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);

		box->nego.local.v[TISER_KEY_INITIAL_R2T] = 0;
		box->nego.local.v[TISER_KEY_FIRST_BURST] = 262144;
		KUNIT_ASSERT_EQ(test,
				box_answer(test, box, TISER_STAGE_OPERATIONAL,
					   rows[i].text), 0);
		KUNIT_EXPECT_STREQ(test, nego_built(test, &box->out),
				   rows[i].answer);
	}
}

/* What was answered in one response cannot be changed by a later one. */
static void r2t_13_10_over_two_sequences(struct kunit *test)
{
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);
	u32 *local = box->nego.local.v;

	local[TISER_KEY_INITIAL_R2T] = 0;
	local[TISER_KEY_FIRST_BURST] = 262144;
	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "FirstBurstLength=262144\n"), 0);
	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "InitialR2T=No\n"), 0);
	KUNIT_EXPECT_STREQ(test, nego_built(test, &box->out),
			   "InitialR2T=Yes\n");
	KUNIT_EXPECT_EQ(test, box->nego.result.v[TISER_KEY_INITIAL_R2T], 1u);

	box = box_alloc(test, TISER_TEXT_MAX);
	local = box->nego.local.v;
	local[TISER_KEY_INITIAL_R2T] = 0;
	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "InitialR2T=No\n"), 0);
	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "TargetRecvDataSegmentLength=512\n"),
			0);
	KUNIT_EXPECT_EQ(test, box->nego.result.v[TISER_KEY_INITIAL_R2T], 0u);
	KUNIT_EXPECT_EQ(test, box->nego.result.v[TISER_KEY_FIRST_BURST],
			65536u);
}

static struct kunit_case r2t_cases[] = {
	KUNIT_CASE(r2t_13_10_initial_r2t_no),
	KUNIT_CASE(r2t_13_10_over_two_sequences),
	{}
};

static struct kunit_suite r2t_suite = {
	.name = "tiser_r2t",
	.test_cases = r2t_cases,
};
kunit_test_suite(r2t_suite);
