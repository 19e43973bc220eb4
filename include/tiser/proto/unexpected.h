/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many PDUs nobody asked for a target may have outstanding at its initiator
 * (RFC 7145, 6.7 and 8.1.2).
 *
 * Pure: no locks, no allocation. The caller serialises access.
 */
#ifndef TISER_PROTO_UNEXPECTED_H
#define TISER_PROTO_UNEXPECTED_H

#include <linux/types.h>

/* Different StatSNs that are told apart; further ones retire together. */
enum { TISER_UNEXPECTED_RUNS = 8 };

/**
 * struct tiser_unexpected_run - PDUs that are retired together
 * @statsn: highest StatSN among them
 * @count: how many they are
 */
struct tiser_unexpected_run {
	u32 statsn;
	u32 count;
};

/**
 * struct tiser_unexpected - unexpected PDUs under way to the initiator
 * @limit: MaxOutstandingUnexpectedPDUs the initiator declared, 0 for none
 * @outstanding: sent or about to be sent and not retired, ping included; always
 *	0 without a limit
 * @runs: those that were stamped, in StatSN order, without the ping
 * @nr_runs: how many of @runs are in use
 * @ping: a ping counts in @outstanding
 * @ping_stamped: @ping_statsn is valid
 * @ping_statsn: StatSN of the ping
 */
struct tiser_unexpected {
	u32 limit;
	u32 outstanding;
	struct tiser_unexpected_run runs[TISER_UNEXPECTED_RUNS];
	u32 nr_runs;
	bool ping;
	bool ping_stamped;
	u32 ping_statsn;
};

void tiser_unexpected_init(struct tiser_unexpected *u, u32 limit);
bool tiser_unexpected_reserve(struct tiser_unexpected *u);
bool tiser_unexpected_reserve_ping(struct tiser_unexpected *u);
void tiser_unexpected_stamped(struct tiser_unexpected *u, u32 statsn);
void tiser_unexpected_ping_stamped(struct tiser_unexpected *u, u32 statsn);
void tiser_unexpected_ping_answered(struct tiser_unexpected *u);
void tiser_unexpected_acked(struct tiser_unexpected *u, u32 exp_statsn,
			    u32 next_statsn);

#endif /* TISER_PROTO_UNEXPECTED_H */
