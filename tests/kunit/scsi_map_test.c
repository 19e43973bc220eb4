// SPDX-License-Identifier: GPL-2.0
/* Write data (RFC 7143, 4.2.5.2; RFC 7145, 6.9 and 9.5.1). */
#include <kunit/test.h>
#include <linux/errno.h>
#include <tiser/proto/scsi_map.h>

struct plan_case {
	const char *name;
	struct tiser_write_terms terms;
	struct tiser_write_request req;
	int ret;
	struct tiser_write_plan want;
};

#define IMM		{ 65536, true, true, true }	/* Linux, libiscsi */
#define IMM_RFC		{ 65536, true, true, false }	/* RFC 7145, 6.9 default */
#define NO_IMM		{ 65536, false, true, true }
#define UNSOL		{ 65536, true, false, true }	/* InitialR2T=No */
#define UNSOL_RFC	{ 65536, true, false, false }
#define UNSOL_NO_IMM	{ 65536, false, false, true }

/* EDTL, bytes of the CDB, immediate bytes, usable STag; F set or not */
#define REQ(e, d, i, t)	{ e, d, i, true, t }
#define REQ_F0(e, d, i, t) { e, d, i, false, t }

static const struct plan_case plans[] = {
	{ "all solicited", IMM, REQ(4096, 4096, 0, true),
	  0, { 0, 0, 4096, 0 } },
	{ "all solicited, RFC base", IMM_RFC, REQ(4096, 4096, 0, true),
	  0, { 0, 0, 4096, 0 } },
	{ "all immediate", IMM, REQ(4096, 4096, 4096, false),
	  0, { 4096, 0, 0, 0 } },
	{ "all immediate with a tag", IMM, REQ(4096, 4096, 4096, true),
	  0, { 4096, 0, 0, 0 } },
	{ "both, base advanced", IMM, REQ(16384, 16384, 8192, true),
	  0, { 8192, 0, 8192, 0 } },
	{ "both, RFC base", IMM_RFC, REQ(16384, 16384, 8192, true),
	  0, { 8192, 0, 8192, 8192 } },
	{ "overflow: more wanted than EDTL", IMM, REQ(512, 4096, 0, true),
	  0, { 0, 0, 512, 0 } },
	{ "overflow, part immediate", IMM_RFC, REQ(1024, 4096, 512, true),
	  0, { 512, 0, 512, 512 } },
	{ "underflow: less wanted than EDTL", IMM, REQ(4096, 512, 0, true),
	  0, { 0, 0, 512, 0 } },
	{ "underflow below the immediate part", IMM, REQ(4096, 512, 1024, false),
	  0, { 512, 0, 0, 0 } },
	{ "underflow into the immediate part, RFC base", IMM_RFC,
	  REQ(8192, 512, 1024, true), 0, { 512, 0, 0, 1024 } },
	{ "command wants nothing", IMM, REQ(4096, 0, 0, false),
	  0, { 0, 0, 0, 0 } },
	{ "command wants nothing but got data", IMM, REQ(4096, 0, 512, false),
	  0, { 0, 0, 0, 0 } },
	{ "first burst filled", IMM, REQ(131072, 131072, 65536, true),
	  0, { 65536, 0, 65536, 0 } },
	{ "first burst exceeded", IMM, REQ(131072, 131072, 65537, true),
	  -EMSGSIZE },
	{ "EDTL exceeded", IMM, REQ(512, 4096, 513, true),
	  -EMSGSIZE },
	{ "immediate data not negotiated", NO_IMM, REQ(4096, 4096, 1, true),
	  -EACCES },
	{ "ImmediateData=No without any", NO_IMM, REQ(4096, 4096, 0, true),
	  0, { 0, 0, 4096, 0 } },
	{ "no tag", IMM, REQ(4096, 4096, 0, false),
	  -ENODATA },
	{ "no tag for the rest", IMM, REQ(4096, 4096, 4095, false),
	  -ENODATA },
	{ "largest numbers", IMM_RFC, REQ(0xffffffff, 0xffffffff, 65536, true),
	  0, { 65536, 0, 0xffffffff - 65536, 65536 } },

	{ "Data-Out although InitialR2T=Yes", IMM, REQ_F0(8192, 8192, 0, true),
	  -EACCES },
	{ "all unsolicited", UNSOL, REQ_F0(8192, 8192, 0, false),
	  0, { 0, 8192, 0, 0 } },
	{ "immediate and unsolicited", UNSOL, REQ_F0(10000, 10000, 513, false),
	  0, { 513, 9487, 0, 0 } },
	{ "all three", UNSOL, REQ_F0(100000, 100000, 8192, true),
	  0, { 8192, 57344, 34464, 0 } },
	{ "all three, RFC base", UNSOL_RFC, REQ_F0(100000, 100000, 8192, true),
	  0, { 8192, 57344, 34464, 65536 } },
	{ "ImmediateData=No, InitialR2T=No", UNSOL_NO_IMM,
	  REQ_F0(65537, 65537, 0, true), 0, { 0, 65536, 1, 0 } },
	{ "the same with immediate data", UNSOL_NO_IMM,
	  REQ_F0(65537, 65537, 1, true), -EACCES },
	{ "InitialR2T=No, but nothing follows", UNSOL,
	  REQ(100000, 100000, 8192, true), 0, { 8192, 0, 91808, 0 } },
	{ "nothing can follow", UNSOL, REQ_F0(4096, 4096, 4096, false),
	  0, { 4096, 0, 0, 0 } },
	{ "more immediate than the burst", UNSOL,
	  REQ_F0(100000, 100000, 65537, true), -EMSGSIZE },
	{ "no tag behind the burst", UNSOL, REQ_F0(65537, 65537, 0, false),
	  -ENODATA },
	{ "underflow within the burst", UNSOL_RFC,
	  REQ_F0(8192, 2048, 1024, false), 0, { 1024, 1024, 0, 8192 } },
	{ "underflow within the immediate data", UNSOL,
	  REQ_F0(8192, 512, 1024, false), 0, { 512, 0, 0, 0 } },
	{ "underflow behind the burst", UNSOL_RFC,
	  REQ_F0(200000, 70000, 0, true), 0, { 0, 65536, 4464, 65536 } },
	{ "overflow within the burst", UNSOL, REQ_F0(1000, 4096, 8, false),
	  0, { 8, 992, 0, 0 } },
	{ "largest numbers, unsolicited", UNSOL_RFC,
	  REQ_F0(0xffffffff, 0xffffffff, 1, true),
	  0, { 1, 65535, 0xffffffff - 65536, 65536 } },
};

static void plan_desc(const struct plan_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(plan, plans, plan_desc);

static void scsi_map_4_2_5_2_write_plan(struct kunit *test)
{
	const struct plan_case *c = test->param_value;
	struct tiser_write_plan got = { 77, 77, 77, 77 };

	KUNIT_ASSERT_EQ(test, tiser_write_plan(&c->terms, &c->req, &got),
			c->ret);
	if (c->ret) {
		KUNIT_EXPECT_EQ(test, got.solicited, 77u);
		return;
	}
	KUNIT_EXPECT_EQ(test, got.immediate, c->want.immediate);
	KUNIT_EXPECT_EQ(test, got.unsolicited, c->want.unsolicited);
	KUNIT_EXPECT_EQ(test, got.solicited, c->want.solicited);
	KUNIT_EXPECT_EQ(test, got.remote_offset, c->want.remote_offset);
}

static void check_bounds(struct kunit *test,
			 const struct tiser_write_terms *terms,
			 const struct tiser_write_request *req)
{
	struct tiser_write_plan plan;

	if (tiser_write_plan(terms, req, &plan))
		return;
	KUNIT_EXPECT_LE(test, plan.immediate, req->immediate_len);
	KUNIT_EXPECT_LE(test, plan.immediate + plan.unsolicited,
			req->final ? req->immediate_len : terms->first_burst);
	KUNIT_EXPECT_EQ(test,
			plan.immediate + plan.unsolicited + plan.solicited,
			min(req->edtl, req->data_len));
	if (plan.solicited)
		KUNIT_EXPECT_LE(test, plan.remote_offset + plan.solicited,
				req->edtl);
}

/* What is fetched lies within EDTL bytes of the whole buffer. */
static void scsi_map_never_exceeds_edtl(struct kunit *test)
{
	static const u32 n[] = { 0, 1, 511, 512, 4096, 65536, 65537, 1u << 31 };
	struct tiser_write_terms terms = UNSOL_RFC;
	u32 e, d, i, f;

	for (e = 0; e < ARRAY_SIZE(n); e++)
		for (d = 0; d < ARRAY_SIZE(n); d++)
			for (i = 0; i < ARRAY_SIZE(n); i++)
				for (f = 0; f < 2; f++) {
					struct tiser_write_request req = {
						n[e], n[d], n[i], f, true };

					check_bounds(test, &terms, &req);
				}
}

/* A burst of 20000 bytes in 8192 byte PDUs behind @imm immediate ones. */
static void take_all(struct kunit *test, u32 imm)
{
	struct tiser_write_terms terms = UNSOL;
	struct tiser_burst burst;
	u32 at, sn = 0;

	tiser_burst_begin(&burst, &terms, 20000, imm);
	for (at = imm; at < 20000; at += min(8192u, 20000 - at)) {
		KUNIT_EXPECT_FALSE(test, tiser_burst_is_complete(&burst));
		KUNIT_EXPECT_TRUE(test,
				  tiser_burst_take(&burst, sn++, at,
						   min(8192u, 20000 - at)));
	}
	KUNIT_EXPECT_TRUE(test, tiser_burst_is_complete(&burst));
}

static void scsi_map_11_7_burst_in_order(struct kunit *test)
{
	static const u32 imm[] = { 0, 1, 511, 8192, 19999, 20000 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(imm); i++)
		take_all(test, imm[i]);
}

struct burst_case {
	const char *name;
	u32 edtl;
	u32 immediate_len;
	u32 pdu[3][3];		/* DataSN, Buffer Offset, length */
	u32 good;		/* how many of them are in order */
	bool complete;
};

static const struct burst_case bursts[] = {
	{ "11.7.7 empty PDUs", 100, 50,
	  { { 0, 50, 0 }, { 1, 50, 50 }, { 2, 100, 0 } }, 3, true },
	{ "4.2.5.2 FirstBurstLength, not EDTL", 100000, 65535,
	  { { 0, 65535, 1 }, { 1, 65536, 0 }, { 2, 65536, 0 } }, 3, true },
	{ "4.2.5.2 less than FirstBurstLength", 100000, 65000,
	  { { 0, 65000, 1 }, { 1, 65001, 1 }, { 2, 65002, 1 } }, 3, false },
	{ "4.2.5.2 more than FirstBurstLength", 100000, 65534,
	  { { 0, 65534, 1 }, { 1, 65535, 2 }, { 2, 65537, 1 } }, 1, false },
	{ "11.7.6 beyond EDTL", 100, 0,
	  { { 0, 0, 101 }, { 0, 0, 100 } }, 0, false },
	{ "11.7.6 EDTL exceeded at its end", 100, 0,
	  { { 0, 0, 100 }, { 1, 100, 1 } }, 1, false },
	{ "11.7.5 DataSN does not begin with 0", 100, 0,
	  { { 1, 0, 50 }, { 2, 50, 50 } }, 0, false },
	{ "11.7.5 DataSN twice", 100, 0,
	  { { 0, 0, 50 }, { 0, 50, 50 } }, 1, false },
	{ "11.7.6 hole", 100, 0, { { 0, 0, 50 }, { 1, 51, 49 } }, 1, false },
	{ "11.7.6 overlap", 100, 0, { { 0, 0, 50 }, { 1, 49, 51 } }, 1, false },
	{ "11.7.6 does not begin behind the immediate data", 100, 50,
	  { { 0, 0, 50 } }, 0, false },
	{ "offset and length wrap around", 100, 0,
	  { { 0, 0xffffff00, 0x1ff } }, 0, false },
	{ "more immediate data than the burst", 100, 101, { { 0, 101, 0 } },
	  0, false },
	{ "nothing behind an error is taken", 100, 0,
	  { { 0, 50, 50 }, { 0, 0, 50 }, { 1, 50, 50 } }, 0, false },
};

static void burst_desc(const struct burst_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(burst, bursts, burst_desc);

static void scsi_map_4_2_5_2_burst(struct kunit *test)
{
	const struct burst_case *c = test->param_value;
	struct tiser_write_terms terms = UNSOL;
	struct tiser_burst burst;
	u32 i;

	tiser_burst_begin(&burst, &terms, c->edtl, c->immediate_len);
	for (i = 0; i < ARRAY_SIZE(c->pdu); i++)
		KUNIT_EXPECT_EQ(test,
				tiser_burst_take(&burst, c->pdu[i][0],
						 c->pdu[i][1], c->pdu[i][2]),
				i < c->good);
	KUNIT_EXPECT_EQ(test, tiser_burst_is_complete(&burst), c->complete);
}

static struct kunit_case scsi_map_cases[] = {
	KUNIT_CASE_PARAM(scsi_map_4_2_5_2_write_plan, plan_gen_params),
	KUNIT_CASE(scsi_map_never_exceeds_edtl),
	KUNIT_CASE(scsi_map_11_7_burst_in_order),
	KUNIT_CASE_PARAM(scsi_map_4_2_5_2_burst, burst_gen_params),
	{}
};

static struct kunit_suite scsi_map_suite = {
	.name = "tiser_scsi_map",
	.test_cases = scsi_map_cases,
};
kunit_test_suite(scsi_map_suite);
