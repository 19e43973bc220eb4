// SPDX-License-Identifier: GPL-2.0
/* How a write's data is split, for any lengths and terms. */
#include <errno.h>
#include <tiser/proto/scsi_map.h>
#include "fuzz.h"

enum { NO_TAG = 1, NO_IMMEDIATE = 2, BASE_SOLICITED = 4 };

static u64 least(u64 a, u64 b)
{
	return a < b ? a : b;
}

static void check_plan(const struct tiser_write_plan *plan,
		       const struct tiser_write_terms *terms, u64 transfer,
		       u32 came, bool tagged)
{
	FUZZ_CHECK((u64)plan->immediate + plan->solicited == transfer);
	FUZZ_CHECK(plan->immediate <= came);
	FUZZ_CHECK(!came || terms->immediate_data);
	FUZZ_CHECK(came <= terms->first_burst);
	FUZZ_CHECK(!plan->solicited || tagged);
	FUZZ_CHECK(!plan->solicited || plan->immediate == came);
	FUZZ_CHECK(plan->remote_offset ==
		   (terms->base_is_solicited ? 0 : came));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 bits = fuzz_u8(&in);
	u32 edtl = fuzz_u32(&in);
	u32 asked = fuzz_u32(&in);
	u32 came = fuzz_u32(&in);
	struct tiser_write_terms terms = {
		.first_burst = fuzz_u32(&in),
		.immediate_data = !(bits & NO_IMMEDIATE),
		.base_is_solicited = bits & BASE_SOLICITED,
	};
	u64 transfer = least(edtl, asked);
	bool tagged = !(bits & NO_TAG);
	struct tiser_write_plan plan;
	int ret;

	ret = tiser_write_plan(&terms, edtl, asked, came, tagged, &plan);
	if (!ret)
		check_plan(&plan, &terms, transfer, came, tagged);
	else if (ret == -EACCES)
		FUZZ_CHECK(came && !terms.immediate_data);
	else if (ret == -EMSGSIZE)
		FUZZ_CHECK(came > least(terms.first_burst, edtl));
	else
		FUZZ_CHECK(ret == -ENODATA && !tagged && transfer > came);
	return 0;
}
