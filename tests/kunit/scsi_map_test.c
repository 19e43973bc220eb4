// SPDX-License-Identifier: GPL-2.0
/* Write data (RFC 7143, 4.2.5.2; RFC 7145, 6.9 and 9.5.1). */
#include <kunit/test.h>
#include <linux/errno.h>
#include <tiser/proto/scsi_map.h>

struct plan_case {
	const char *name;
	struct tiser_write_terms terms;
	u32 edtl;
	u32 data_len;
	u32 immediate_len;
	bool tagged;
	int ret;
	struct tiser_write_plan want;
};

#define IMM		{ 65536, true, true }	/* Linux, libiscsi */
#define IMM_RFC		{ 65536, true, false }	/* RFC 7145, 6.9 default */
#define NO_IMM		{ 65536, false, true }

static const struct plan_case plans[] = {
	{ "all solicited", IMM, 4096, 4096, 0, true, 0, { 0, 4096, 0 } },
	{ "all solicited, RFC base", IMM_RFC, 4096, 4096, 0, true, 0,
	  { 0, 4096, 0 } },
	{ "all immediate", IMM, 4096, 4096, 4096, false, 0, { 4096, 0, 0 } },
	{ "all immediate with a tag", IMM, 4096, 4096, 4096, true, 0,
	  { 4096, 0, 0 } },
	{ "both, base advanced", IMM, 16384, 16384, 8192, true, 0,
	  { 8192, 8192, 0 } },
	{ "both, RFC base", IMM_RFC, 16384, 16384, 8192, true, 0,
	  { 8192, 8192, 8192 } },
	{ "overflow: more wanted than EDTL", IMM, 512, 4096, 0, true, 0,
	  { 0, 512, 0 } },
	{ "overflow, part immediate", IMM_RFC, 1024, 4096, 512, true, 0,
	  { 512, 512, 512 } },
	{ "underflow: less wanted than EDTL", IMM, 4096, 512, 0, true, 0,
	  { 0, 512, 0 } },
	{ "underflow below the immediate part", IMM, 4096, 512, 1024, false, 0,
	  { 512, 0, 0 } },
	{ "underflow into the immediate part, RFC base", IMM_RFC, 8192, 512,
	  1024, true, 0, { 512, 0, 1024 } },
	{ "command wants nothing", IMM, 4096, 0, 0, false, 0, { 0, 0, 0 } },
	{ "command wants nothing but got data", IMM, 4096, 0, 512, false, 0,
	  { 0, 0, 0 } },
	{ "first burst filled", IMM, 131072, 131072, 65536, true, 0,
	  { 65536, 65536, 0 } },
	{ "first burst exceeded", IMM, 131072, 131072, 65537, true, -EMSGSIZE },
	{ "EDTL exceeded", IMM, 512, 4096, 513, true, -EMSGSIZE },
	{ "immediate data not negotiated", NO_IMM, 4096, 4096, 1, true,
	  -EACCES },
	{ "ImmediateData=No without any", NO_IMM, 4096, 4096, 0, true, 0,
	  { 0, 4096, 0 } },
	{ "no tag", IMM, 4096, 4096, 0, false, -ENODATA },
	{ "no tag for the rest", IMM, 4096, 4096, 4095, false, -ENODATA },
	{ "largest numbers", IMM_RFC, 0xffffffff, 0xffffffff, 65536, true, 0,
	  { 65536, 0xffffffff - 65536, 65536 } },
};

static void plan_desc(const struct plan_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(plan, plans, plan_desc);

static void scsi_map_4_2_5_2_write_plan(struct kunit *test)
{
	const struct plan_case *c = test->param_value;
	struct tiser_write_plan got = { 77, 77, 77 };

	KUNIT_ASSERT_EQ(test,
			tiser_write_plan(&c->terms, c->edtl, c->data_len,
					 c->immediate_len, c->tagged, &got),
			c->ret);
	if (c->ret) {
		KUNIT_EXPECT_EQ(test, got.solicited, 77u);
		return;
	}
	KUNIT_EXPECT_EQ(test, got.immediate, c->want.immediate);
	KUNIT_EXPECT_EQ(test, got.solicited, c->want.solicited);
	KUNIT_EXPECT_EQ(test, got.remote_offset, c->want.remote_offset);
}

/* What is fetched lies within EDTL bytes of the whole buffer. */
static void scsi_map_never_exceeds_edtl(struct kunit *test)
{
	static const u32 n[] = { 0, 1, 511, 512, 4096, 65536, 65537, 1u << 31 };
	struct tiser_write_terms terms = IMM_RFC;
	struct tiser_write_plan plan;
	u32 e, d, i;

	for (e = 0; e < ARRAY_SIZE(n); e++)
		for (d = 0; d < ARRAY_SIZE(n); d++)
			for (i = 0; i < ARRAY_SIZE(n); i++) {
				if (tiser_write_plan(&terms, n[e], n[d], n[i],
						     true, &plan))
					continue;
				KUNIT_EXPECT_LE(test, plan.immediate, n[i]);
				KUNIT_EXPECT_EQ(test,
						plan.immediate + plan.solicited,
						min(n[e], n[d]));
				if (plan.solicited)
					KUNIT_EXPECT_LE(test,
							plan.remote_offset +
							plan.solicited, n[e]);
			}
}

static struct kunit_case scsi_map_cases[] = {
	KUNIT_CASE_PARAM(scsi_map_4_2_5_2_write_plan, plan_gen_params),
	KUNIT_CASE(scsi_map_never_exceeds_edtl),
	{}
};

static struct kunit_suite scsi_map_suite = {
	.name = "tiser_scsi_map",
	.test_cases = scsi_map_cases,
};
kunit_test_suite(scsi_map_suite);
