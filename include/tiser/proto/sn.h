/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Serial number arithmetic and the CmdSN window (RFC 7143, 4.2.2.1; RFC 1982).
 *
 * Pure: no locks, no allocation. The caller serialises access to a window.
 */
#ifndef TISER_PROTO_SN_H
#define TISER_PROTO_SN_H

#include <linux/types.h>

/**
 * struct tiser_sn_window - the command window of one session
 * @exp_cmdsn: next CmdSN to be delivered (host byte order)
 * @max_cmdsn: last CmdSN the initiator may use; never below @exp_cmdsn - 1
 */
struct tiser_sn_window {
	u32 exp_cmdsn;
	u32 max_cmdsn;
};

/**
 * enum tiser_sn_verdict - what to do with a non-immediate PDU's CmdSN
 * @TISER_SN_IN_ORDER: equals ExpCmdSN; deliver it and advance
 * @TISER_SN_AHEAD: inside the window but not next; hold it
 * @TISER_SN_DROP: outside the window or a duplicate; ignore it silently
 */
enum tiser_sn_verdict {
	TISER_SN_IN_ORDER,
	TISER_SN_AHEAD,
	TISER_SN_DROP,
};

/* RFC 1982 with SERIAL_BITS = 32; numbers 2^31 apart compare as not less. */
static inline bool tiser_sn_lt(u32 a, u32 b)
{
	return a != b && (u32)(b - a) < 0x80000000u;
}

static inline bool tiser_sn_le(u32 a, u32 b)
{
	return a == b || tiser_sn_lt(a, b);
}

void tiser_sn_window_init(struct tiser_sn_window *win, u32 first, u32 depth);
enum tiser_sn_verdict tiser_sn_window_check(const struct tiser_sn_window *win,
					    u32 cmdsn);
void tiser_sn_window_deliver(struct tiser_sn_window *win);
void tiser_sn_window_complete(struct tiser_sn_window *win);

#endif /* TISER_PROTO_SN_H */
