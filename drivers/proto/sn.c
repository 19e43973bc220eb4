// SPDX-License-Identifier: GPL-2.0
/*
 * The CmdSN window of a session (RFC 7143, 4.2.2.1). Decides what becomes of a
 * command number; knows nothing of PDUs, sessions or locks.
 */
#include <linux/types.h>
#include <tiser/proto/sn.h>

/**
 * tiser_sn_window_init - open a window
 * @win: window to set up
 * @first: CmdSN of the leading login, host byte order (RFC 7143, 11.12.8)
 * @depth: commands the initiator may have outstanding, 0 for a closed window
 *
 * Context: any; the caller serialises access to @win.
 */
void tiser_sn_window_init(struct tiser_sn_window *win, u32 first, u32 depth)
{
	win->exp_cmdsn = first;
	win->max_cmdsn = first + depth - 1;
}

/**
 * tiser_sn_window_check - judge the CmdSN of a non-immediate PDU
 * @win: window
 * @cmdsn: CmdSN as received, host byte order
 *
 * A number outside the window and a number seen before MUST be ignored
 * (RFC 7143, 4.2.2.1). A number in the window that was held as AHEAD before is
 * AHEAD again: the holder finds that duplicate.
 *
 * Context: any; the caller serialises access to @win.
 * Return: what to do with the PDU.
 */
enum tiser_sn_verdict tiser_sn_window_check(const struct tiser_sn_window *win,
					    u32 cmdsn)
{
	if (tiser_sn_lt(cmdsn, win->exp_cmdsn) ||
	    !tiser_sn_le(cmdsn, win->max_cmdsn))
		return TISER_SN_DROP;
	if (cmdsn == win->exp_cmdsn)
		return TISER_SN_IN_ORDER;
	return tiser_sn_lt(win->exp_cmdsn, cmdsn) ? TISER_SN_AHEAD
						  : TISER_SN_DROP;
}

/**
 * tiser_sn_window_deliver - ExpCmdSN was delivered, expect the next
 * @win: window; its last check returned TISER_SN_IN_ORDER for ExpCmdSN
 *
 * The number of commands the initiator may still send shrinks by one until
 * tiser_sn_window_complete().
 *
 * Context: any; the caller serialises access to @win.
 */
void tiser_sn_window_deliver(struct tiser_sn_window *win)
{
	win->exp_cmdsn++;
}

/**
 * tiser_sn_window_complete - a delivered command is done, admit one more
 * @win: window
 *
 * MaxCmdSN only ever grows (RFC 7143, 4.2.2.1).
 *
 * Context: any; the caller serialises access to @win.
 */
void tiser_sn_window_complete(struct tiser_sn_window *win)
{
	win->max_cmdsn++;
}
