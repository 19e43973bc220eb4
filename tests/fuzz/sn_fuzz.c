// SPDX-License-Identifier: GPL-2.0
/*
 * The CmdSN window against a model in 64 bits, where nothing wraps. The input
 * is the first CmdSN, the depth, and what happens next, one byte each.
 */
#include <tiser/proto/sn.h>
#include "fuzz.h"

enum { DEPTH_MAX = 4096 };

enum op {
	OP_NEXT,	/* the CmdSN expected arrives */
	OP_COMPLETE,	/* a delivered command is done */
	OP_NEAR,	/* a CmdSN up to 127 off arrives */
	OP_LAST,	/* the last CmdSN of the window, or so, arrives */
	OP_ANY,		/* any CmdSN arrives */
	OP_NR,
};

/* The wire carries the low 32 bits of these. */
struct model {
	u64 exp;
	u64 max;
	u64 delivered;
	u64 depth;
};

/* RFC 7143, 4.2.2.1: @off is how far ahead of the expected one it is. */
static enum tiser_sn_verdict expect(const struct model *m, s64 off)
{
	if (off < 0 || m->exp + off > m->max)
		return TISER_SN_DROP;
	return off ? TISER_SN_AHEAD : TISER_SN_IN_ORDER;
}

static s64 choose(const struct model *m, struct fuzz_input *in, enum op op)
{
	switch (op) {
	case OP_NEAR:
		return (s8)fuzz_u8(in);
	case OP_LAST:
		return (s64)(m->max - m->exp) + (s8)fuzz_u8(in) % 4;
	case OP_ANY:
		return (s32)fuzz_u32(in);
	default:
		return 0;
	}
}

static void arrive(struct tiser_sn_window *win, struct model *m, s64 off)
{
	enum tiser_sn_verdict verdict;

	verdict = tiser_sn_window_check(win, (u32)(m->exp + off));
	FUZZ_CHECK(verdict == expect(m, off));
	if (verdict != TISER_SN_IN_ORDER)
		return;
	tiser_sn_window_deliver(win);
	m->exp++;
	m->delivered++;
}

static void complete(struct tiser_sn_window *win, struct model *m)
{
	if (!m->delivered)
		return;
	tiser_sn_window_complete(win);
	m->delivered--;
	m->max++;
}

static void check_order(u32 a, u32 b)
{
	s32 ahead = (s32)(b - a);

	FUZZ_CHECK(tiser_sn_lt(a, b) == (ahead > 0));
	FUZZ_CHECK(tiser_sn_le(a, b) == (ahead >= 0));
	FUZZ_CHECK(!(tiser_sn_lt(a, b) && tiser_sn_lt(b, a)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u32 first = fuzz_u32(&in);
	struct tiser_sn_window win;
	struct model m = { .exp = (1ull << 32) + first };

	m.depth = fuzz_u32(&in) % (DEPTH_MAX + 1);
	m.max = m.exp + m.depth - 1;
	tiser_sn_window_init(&win, first, m.depth);
	check_order(first, m.depth);
	while (in.left) {
		enum op op = fuzz_u8(&in) % OP_NR;

		if (op == OP_COMPLETE)
			complete(&win, &m);
		else
			arrive(&win, &m, choose(&m, &in, op));
		FUZZ_CHECK(win.exp_cmdsn == (u32)m.exp);
		FUZZ_CHECK(win.max_cmdsn == (u32)m.max);
		FUZZ_CHECK(m.max + 1 - m.exp + m.delivered == m.depth);
		check_order(win.exp_cmdsn, win.max_cmdsn);
	}
	return 0;
}
