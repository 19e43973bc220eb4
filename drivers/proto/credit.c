// SPDX-License-Identifier: GPL-2.0
/*
 * Receive buffers of a connection (RFC 7145, 8.1.1): how many a CmdSN window
 * takes, and how deep a window a number of them allows. Knows no queue pair.
 */
#include <linux/kernel.h>
#include <linux/types.h>
#include <tiser/proto/credit.h>

/**
 * tiser_dataouts_per_cmd - Data-Out PDUs that may follow a command
 * @values: outcome of negotiation, or what a portal group offers
 *
 * RFC 7145, 7.3.4: all of them are full but the last. None of it needs to be
 * immediate data.
 *
 * Context: any.
 * Return: their largest number, 0 with InitialR2T=Yes.
 */
u32 tiser_dataouts_per_cmd(const struct tiser_key_values *values)
{
	const u32 *v = values->v;

	if (v[TISER_KEY_INITIAL_R2T])
		return 0;
	return DIV_ROUND_UP(v[TISER_KEY_FIRST_BURST],
			    v[TISER_KEY_TARGET_RECV_DSL]);
}

/**
 * tiser_rx_credit_bufs - receive buffers a connection needs
 * @credit: what may arrive
 *
 * Context: any.
 * Return: their number.
 */
u32 tiser_rx_credit_bufs(const struct tiser_rx_credit *credit)
{
	return credit->depth * (1 + credit->dataouts) + credit->unexpected +
	       credit->slack;
}

/**
 * tiser_rx_credit_depth - the CmdSN window that receive buffers allow
 * @credit: what may arrive; its depth is what is wanted
 * @bufs: receive buffers there can be
 *
 * Context: any.
 * Return: window, at most @credit->depth; 0 when @bufs is too little for any.
 */
u32 tiser_rx_credit_depth(const struct tiser_rx_credit *credit, u32 bufs)
{
	u32 fixed = credit->unexpected + credit->slack;

	if (bufs < fixed)
		return 0;
	return min(credit->depth, (bufs - fixed) / (1 + credit->dataouts));
}
