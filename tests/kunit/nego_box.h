/* SPDX-License-Identifier: GPL-2.0 */
/* A negotiation with its buffers, for tests. */
#ifndef TESTS_KUNIT_NEGO_BOX_H
#define TESTS_KUNIT_NEGO_BOX_H

#include <kunit/test.h>
#include <tiser/proto/keys.h>
#include <tiser/proto/login_fsm.h>
#include "nego.h"

struct nego_box {
	struct tiser_nego nego;
	struct tiser_text_in in;
	struct tiser_text_out out;
};

static inline struct nego_box *box_alloc(struct kunit *test, u32 out_cap)
{
	struct nego_box *box = kunit_kzalloc(test, sizeof(*box), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, box);
	tiser_nego_init(&box->nego);
	box->out.cap = out_cap;
	box->out.buf = kunit_kzalloc(test, out_cap, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, box->out.buf);
	return box;
}

static inline void box_text(struct kunit *test, struct nego_box *box,
		     const char *text)
{
	u32 len = strlen(text);

	box->in.cap = len + 1;
	box->in.buf = kunit_kzalloc(test, len + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, box->in.buf);
	tiser_text_reset(&box->in);
	KUNIT_ASSERT_EQ(test, tiser_text_append(&box->in,
						nego_text(test, text), len), 0);
	box->out.len = 0;
}

/* Both passes over @text; the status of the second. */
static inline u16 box_answer(struct kunit *test, struct nego_box *box,
		      enum tiser_stage stage, const char *text)
{
	box_text(test, box, text);
	tiser_nego_names(&box->nego, &box->in);
	return tiser_nego_answer(&box->nego, stage, &box->in, &box->out);
}

#endif /* TESTS_KUNIT_NEGO_BOX_H */
