// SPDX-License-Identifier: GPL-2.0
/*
 * drivers/proto/tmf_plan.c: what task management requests come to.
 */
#include <kunit/test.h>
#include <tiser/proto/bhs.h>
#include <tiser/proto/tmf_plan.h>

#define NO_RSP	0xee	/* no response was decided */

struct plan_case {
	const char *name;
	u8 function;
	struct tiser_tmf_terms terms;
	enum tiser_tmf_action action;
	u8 response;
};

#define OLD	{ .level = 1, .warm_reset = true }
#define NEW	{ .level = 2, .warm_reset = true }
#define DOES(n, f, t, a)	{ n, f, t, a, NO_RSP }
#define SAYS(n, f, t, r)	{ n, f, t, TISER_TMF_ANSWER, r }

static const struct plan_case plan_cases[] = {
	DOES("11.5.1 ABORT TASK", 1, OLD, TISER_TMF_DO_ABORT),
	DOES("11.5.1 ABORT TASK SET", 2, OLD, TISER_TMF_DO_ABORT_SET),
	SAYS("11.5.1 CLEAR ACA", 3, OLD, 5),
	DOES("11.5.1 CLEAR TASK SET", 4, OLD, TISER_TMF_DO_CLEAR_SET),
	DOES("11.5.1 LOGICAL UNIT RESET", 5, OLD, TISER_TMF_DO_LUN_RESET),
	DOES("11.5.1 TARGET WARM RESET", 6, OLD, TISER_TMF_DO_WARM_RESET),
	SAYS("11.6.1 warm reset not allowed", 6, { .level = 2 }, 6),
	SAYS("11.6.1 cold reset not allowed", 7, NEW, 6),
	{ "11.5.1 TARGET COLD RESET", 7, { .level = 1, .cold_reset = true },
	  TISER_TMF_DO_COLD_RESET, NO_RSP },
	SAYS("11.5.1 TASK REASSIGN", 8, NEW, 4),
	SAYS("7144 7.1.1 QUERY TASK at level 1", 9, OLD, 5),
	SAYS("7144 7.1.1 QUERY TASK SET at level 1", 10, OLD, 5),
	SAYS("7144 7.1.1 I_T NEXUS RESET at level 1", 11, OLD, 5),
	SAYS("7144 7.1.1 QUERY ASYNCHRONOUS EVENT at level 1", 12, OLD, 5),
	SAYS("7144 7.1.1 at level 0", 9, { .level = 0 }, 5),
	DOES("7144 6.3 QUERY TASK", 9, NEW, TISER_TMF_DO_QUERY),
	DOES("7144 6.3 QUERY TASK SET", 10, NEW, TISER_TMF_DO_QUERY_SET),
	DOES("7144 6.3 I_T NEXUS RESET", 11, NEW, TISER_TMF_DO_NEXUS_RESET),
	DOES("7144 6.3 QUERY ASYNCHRONOUS EVENT", 12, NEW,
	     TISER_TMF_DO_QUERY_EVENT),
	SAYS("11.5.1 function 0", 0, NEW, 5),
	SAYS("11.5.1 function 13", 13, NEW, 5),
	SAYS("11.5.1 function 127", 127, NEW, 5),
};

static void plan_desc(const struct plan_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(plan, plan_cases, plan_desc);

static void tmf_plan(struct kunit *test)
{
	const struct plan_case *c = test->param_value;
	u8 response = NO_RSP;

	KUNIT_EXPECT_EQ(test,
			(int)tiser_tmf_plan(c->function, &c->terms, &response),
			(int)c->action);
	KUNIT_EXPECT_EQ(test, (int)response, (int)c->response);
}

static void tmf_4_2_3_multi_task(struct kunit *test)
{
	int f;

	for (f = 0; f < 128; f++)
		KUNIT_EXPECT_EQ(test, tiser_tmf_is_multi_task(f),
				f == 2 || (f >= 4 && f <= 7) || f == 10 ||
				f == 11);
}

struct names_case {
	const char *name;
	struct tiser_tmf_task task;
	u64 lun;
	u32 cmdsn;
	u32 ref_cmdsn;
	bool want;
};

static const struct names_case names_cases[] = {
	{ "11.5.1 the task", { 3, 10, false }, 3, 12, 10, true },
	{ "11.5.3 another LUN", { 3, 10, false }, 4, 12, 10, false },
	{ "11.5.5 RefCmdSN of a task that is here", { 3, 10, false }, 3, 12, 9,
	  true },
	{ "11.5.5 immediate", { 3, 10, true }, 3, 12, 12, true },
	{ "11.5.5 immediate, another RefCmdSN", { 3, 10, true }, 3, 12, 10,
	  false },
	{ "11.5.5 immediate, another LUN", { 3, 10, true }, 2, 12, 12, false },
};

static void names_desc(const struct names_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(names, names_cases, names_desc);

static void tmf_names(struct kunit *test)
{
	const struct names_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, tiser_tmf_names(&c->task, c->lun, c->cmdsn,
					      c->ref_cmdsn), c->want);
}

static void tmf_4_2_3_2_precedes(struct kunit *test)
{
	struct tiser_tmf_task task = { .cmdsn = 0xffffffff };

	KUNIT_EXPECT_TRUE(test, tiser_tmf_precedes(&task, 0));
	KUNIT_EXPECT_FALSE(test, tiser_tmf_precedes(&task, 0xffffffff));
	KUNIT_EXPECT_FALSE(test, tiser_tmf_precedes(&task, 0xfffffffe));
	task.immediate = true;
	KUNIT_EXPECT_TRUE(test, tiser_tmf_precedes(&task, 0));
	KUNIT_EXPECT_TRUE(test, tiser_tmf_precedes(&task, 0xffffffff));
	KUNIT_EXPECT_FALSE(test, tiser_tmf_precedes(&task, 0xfffffffe));
}

/* RFC 7144, 6.4.1 */
static void tmf_response_information(struct kunit *test)
{
	u8 bhs[TISER_BHS_LEN];

	tiser_bhs_build_tmf_rsp(bhs, 1, TISER_TMF_RSP_SUCCEEDED, NULL);
	KUNIT_EXPECT_EQ(test, bhs[8] | bhs[9] | bhs[10], 0);
	tiser_bhs_set_tmf_info(bhs, 0x06, 0x29, 0x07);
	KUNIT_EXPECT_EQ(test, (int)bhs[2], 7);
	KUNIT_EXPECT_EQ(test, (int)bhs[8], 0x06);
	KUNIT_EXPECT_EQ(test, (int)bhs[9], 0x29);
	KUNIT_EXPECT_EQ(test, (int)bhs[10], 0x07);
	KUNIT_EXPECT_EQ(test, (int)bhs[11], 0);
}

static struct kunit_case tmf_plan_cases[] = {
	KUNIT_CASE_PARAM(tmf_plan, plan_gen_params),
	KUNIT_CASE(tmf_4_2_3_multi_task),
	KUNIT_CASE_PARAM(tmf_names, names_gen_params),
	KUNIT_CASE(tmf_4_2_3_2_precedes),
	KUNIT_CASE(tmf_response_information),
	{}
};

static struct kunit_suite tmf_plan_suite = {
	.name = "tiser_tmf_plan",
	.test_cases = tmf_plan_cases,
};
kunit_test_suite(tmf_plan_suite);
