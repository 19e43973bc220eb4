// SPDX-License-Identifier: GPL-2.0
/*
 * Credits for what a target sends of its own accord (RFC 7145, 8.1.2): Async
 * Messages, Rejects that answer no request, NOP-Ins that answer no ping. Counts;
 * knows nothing of PDUs, connections or locks.
 *
 * A credit is reserved when a PDU is built and tied to a StatSN when it is
 * stamped, because only then the StatSN is known.
 */
#include <linux/types.h>
#include <tiser/proto/sn.h>
#include <tiser/proto/unexpected.h>

/**
 * tiser_unexpected_init - nothing is outstanding
 * @u: accounting
 * @limit: MaxOutstandingUnexpectedPDUs of the initiator, 0 for no limit
 *
 * Context: any; the caller serialises access to @u.
 */
void tiser_unexpected_init(struct tiser_unexpected *u, u32 limit)
{
	*u = (struct tiser_unexpected){ .limit = limit };
}

/**
 * tiser_unexpected_reserve - may one more be sent?
 * @u: accounting
 *
 * The last credit is kept for a ping, whose answer tells what else can be
 * retired (RFC 7145, 8.1.2).
 *
 * Context: any; the caller serialises access to @u.
 * Return: true with a credit taken, to be followed by
 * tiser_unexpected_stamped(); false: the PDU MUST NOT be sent, whatever else
 * asks for it.
 */
bool tiser_unexpected_reserve(struct tiser_unexpected *u)
{
	u32 others = u->outstanding - u->ping;

	if (!u->limit)
		return true;
	if (others + 1 >= u->limit)
		return false;
	u->outstanding++;
	return true;
}

/**
 * tiser_unexpected_reserve_ping - may a ping be sent?
 * @u: accounting
 *
 * Context: any; the caller serialises access to @u.
 * Return: true with the ping's credit taken, to be followed by
 * tiser_unexpected_ping_stamped(); false while the last ping holds it.
 */
bool tiser_unexpected_reserve_ping(struct tiser_unexpected *u)
{
	if (!u->limit)
		return true;
	if (u->ping)
		return false;
	u->ping = true;
	u->ping_stamped = false;
	u->outstanding++;
	return true;
}

/**
 * tiser_unexpected_stamped - a PDU with a credit got its StatSN
 * @u: accounting
 * @statsn: StatSN, not before that of the last call
 *
 * Context: any; the caller serialises access to @u.
 */
void tiser_unexpected_stamped(struct tiser_unexpected *u, u32 statsn)
{
	struct tiser_unexpected_run *run;

	if (!u->limit)
		return;
	if (u->nr_runs < TISER_UNEXPECTED_RUNS)
		u->runs[u->nr_runs++].count = 0;
	/* Merged into the last, the older ones only retire later. */
	run = &u->runs[u->nr_runs - 1];
	run->statsn = statsn;
	run->count++;
}

/**
 * tiser_unexpected_ping_stamped - the ping got its StatSN
 * @u: accounting
 * @statsn: StatSN
 *
 * Context: any; the caller serialises access to @u.
 */
void tiser_unexpected_ping_stamped(struct tiser_unexpected *u, u32 statsn)
{
	u->ping_stamped = true;
	u->ping_statsn = statsn;
}

/**
 * tiser_unexpected_ping_answered - the NOP-Out with the ping's tag came
 * @u: accounting
 *
 * Context: any; the caller serialises access to @u.
 */
void tiser_unexpected_ping_answered(struct tiser_unexpected *u)
{
	if (!u->ping)
		return;
	u->ping = false;
	u->outstanding--;
}

/**
 * tiser_unexpected_acked - an ExpStatSN came
 * @u: accounting
 * @exp_statsn: ExpStatSN of a received PDU
 * @next_statsn: the StatSN that is used next
 *
 * Numbers that acknowledge what was never sent are ignored; older ones than
 * before retire nothing.
 *
 * Context: any; the caller serialises access to @u.
 */
void tiser_unexpected_acked(struct tiser_unexpected *u, u32 exp_statsn,
			    u32 next_statsn)
{
	u32 i, done = 0;

	if (tiser_sn_lt(next_statsn, exp_statsn))
		return;
	while (done < u->nr_runs &&
	       tiser_sn_lt(u->runs[done].statsn, exp_statsn))
		u->outstanding -= u->runs[done++].count;
	u->nr_runs -= done;
	for (i = 0; done && i < u->nr_runs; i++)
		u->runs[i] = u->runs[i + done];
	if (u->ping_stamped && tiser_sn_lt(u->ping_statsn, exp_statsn))
		tiser_unexpected_ping_answered(u);
}
