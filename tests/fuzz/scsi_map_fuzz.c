// SPDX-License-Identifier: GPL-2.0
/*
 * How a write's data is split, for any lengths and terms, and the Data-Out PDUs
 * behind it: five bytes each, how far DataSN and Buffer Offset are off, length.
 */
#include <errno.h>
#include <tiser/proto/scsi_map.h>
#include "fuzz.h"

enum {
	NO_TAG = 0x01,
	NO_IMMEDIATE = 0x02,
	BASE_SOLICITED = 0x04,
	NOT_FINAL = 0x08,	/* Data-Out PDUs follow */
	INITIAL_R2T = 0x10,
};

static u64 least(u64 a, u64 b)
{
	return a < b ? a : b;
}

static void check_plan(const struct tiser_write_plan *plan,
		       const struct tiser_write_terms *terms,
		       const struct tiser_write_request *req)
{
	u64 transfer = least(req->edtl, req->data_len);
	u64 burst = least(terms->first_burst, req->edtl);
	u64 comes = req->final ? req->immediate_len : burst;

	FUZZ_CHECK((u64)plan->immediate + plan->unsolicited +
		   plan->solicited == transfer);
	FUZZ_CHECK(plan->immediate == least(req->immediate_len, transfer));
	FUZZ_CHECK(!req->immediate_len || terms->immediate_data);
	FUZZ_CHECK(req->immediate_len <= burst);
	FUZZ_CHECK(req->final || !terms->initial_r2t);
	FUZZ_CHECK(!plan->solicited || req->tagged);
	FUZZ_CHECK(plan->solicited == transfer - least(comes, transfer));
	FUZZ_CHECK(plan->remote_offset ==
		   (terms->base_is_solicited ? 0 : comes));
}

static void check_refusal(int ret, const struct tiser_write_terms *terms,
			  const struct tiser_write_request *req)
{
	u64 burst = least(terms->first_burst, req->edtl);
	u64 comes = req->final ? req->immediate_len : burst;

	if (ret == -EACCES)
		FUZZ_CHECK((req->immediate_len && !terms->immediate_data) ||
			   (!req->final && terms->initial_r2t));
	else if (ret == -EMSGSIZE)
		FUZZ_CHECK(req->immediate_len > burst);
	else
		FUZZ_CHECK(ret == -ENODATA && !req->tagged &&
			   least(req->edtl, req->data_len) > comes);
}

/* RFC 7143, 4.2.5.2 and 11.7: in order, no gap, no more than the burst. */
static void check_burst(struct fuzz_input *in,
			const struct tiser_write_terms *terms,
			const struct tiser_write_request *req)
{
	u64 all = least(terms->first_burst, req->edtl);
	u64 done = req->immediate_len;
	bool good = done <= all;
	struct tiser_burst burst;
	u32 sn = 0;

	tiser_burst_begin(&burst, terms, req->edtl, req->immediate_len);
	while (in->left) {
		u32 sn_off = fuzz_u8(in), off = (s8)fuzz_u8(in);
		u32 len = fuzz_u8(in) << 16 | fuzz_u8(in) << 8 | fuzz_u8(in);

		good = good && !sn_off && !off && len <= all - done;
		FUZZ_CHECK(tiser_burst_take(&burst, sn + sn_off,
					    (u32)done + off, len) == good);
		sn += good;
		done += good ? len : 0;
	}
	FUZZ_CHECK(tiser_burst_is_complete(&burst) == (good && done == all));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 bits = fuzz_u8(&in);
	struct tiser_write_request req = {
		.edtl = fuzz_u32(&in),
		.final = !(bits & NOT_FINAL),
		.tagged = !(bits & NO_TAG),
	};
	struct tiser_write_terms terms = {
		.immediate_data = !(bits & NO_IMMEDIATE),
		.initial_r2t = bits & INITIAL_R2T,
		.base_is_solicited = bits & BASE_SOLICITED,
	};
	struct tiser_write_plan plan;
	int ret;

	req.data_len = fuzz_u32(&in);
	req.immediate_len = fuzz_u32(&in);
	terms.first_burst = fuzz_u32(&in);
	ret = tiser_write_plan(&terms, &req, &plan);
	if (!ret)
		check_plan(&plan, &terms, &req);
	else
		check_refusal(ret, &terms, &req);
	check_burst(&in, &terms, &req);
	return 0;
}
