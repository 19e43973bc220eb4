/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many receive buffers a connection needs so that no Send of a peer that
 * keeps to the rules finds the receive queue empty (RFC 7145, 8.1.1).
 *
 * Pure arithmetic.
 */
#ifndef TISER_PROTO_CREDIT_H
#define TISER_PROTO_CREDIT_H

#include <linux/types.h>
#include <tiser/proto/keys.h>

/**
 * struct tiser_rx_credit - what may arrive before a buffer was given back
 * @depth: CmdSN window: PDUs of the regulated category (RFC 7145, 8.1.1.1)
 * @dataouts: Data-Out PDUs a command may be followed by (8.1.1.2)
 * @unexpected: PDUs of the unexpected category (8.1.1.3)
 * @slack: buffers on their way back to the queue pair
 */
struct tiser_rx_credit {
	u32 depth;
	u32 dataouts;
	u32 unexpected;
	u32 slack;
};

u32 tiser_dataouts_per_cmd(const struct tiser_key_values *values);
u32 tiser_rx_credit_bufs(const struct tiser_rx_credit *credit);
u32 tiser_rx_credit_depth(const struct tiser_rx_credit *credit, u32 bufs);

#endif /* TISER_PROTO_CREDIT_H */
