// SPDX-License-Identifier: GPL-2.0
/*
 * The send queue: operations are posted in the order they arrive, as far as
 * there is room; completions make room. Must not know what is sent.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "rdma.h"

/*
 * What does not fit waits, and everything behind it too. An operation larger
 * than the whole queue, or than it may be, goes out in parts.
 */

/* Takes @nr work requests off an operation and has the last one signalled. */
static struct ib_send_wr *tiser_rdma_op_cut(struct tiser_rdma_op *op, u32 nr)
{
	struct ib_send_wr *first = op->first, *last = first;
	u32 i;

	op->posted = nr;
	op->left -= nr;
	if (!op->left) {
		op->first = NULL;
		return first;
	}
	for (i = 1; i < nr; i++)
		last = last->next;
	op->first = last->next;
	last->next = NULL;
	last->wr_cqe = &op->cqe;
	last->send_flags |= IB_SEND_SIGNALED;
	return first;
}

/*
 * A chain the queue pair refuses may still be posted in part, so its pages and
 * buffers cannot be handed back yet: it waits for the teardown, which fails it
 * when the queue pair has been drained.
 */
static void __tiser_rdma_op_post(struct tiser_dm_conn *conn,
				 struct tiser_rdma_op *op)
{
	u32 nr = min(op->left, op->part_max);
	struct ib_send_wr *first;

	lockdep_assert_held(&conn->sq_lock);
	/* Once, with the first part: numbers in the order of transmission. */
	if (op->stamp)
		op->stamp(op);
	op->stamp = NULL;
	first = tiser_rdma_op_cut(op, nr);
	conn->sq_avail -= nr;
	if (likely(!ib_post_send(conn->qp, first, NULL)))
		return;
	conn->sq_dead = true;
	list_add(&op->entry, &conn->sq_wait);
	tiser_rdma_fail(conn, "cannot post to send queue");
}

static bool __tiser_rdma_op_fits(struct tiser_dm_conn *conn,
				 struct tiser_rdma_op *op)
{
	return !conn->sq_dead &&
	       conn->sq_avail >= min(op->left, op->part_max);
}

static void __tiser_rdma_post_waiting(struct tiser_dm_conn *conn)
{
	struct tiser_rdma_op *op;

	lockdep_assert_held(&conn->sq_lock);
	while (!list_empty(&conn->sq_wait)) {
		op = list_first_entry(&conn->sq_wait, struct tiser_rdma_op,
				      entry);
		if (!__tiser_rdma_op_fits(conn, op))
			return;
		list_del_init(&op->entry);
		__tiser_rdma_op_post(conn, op);
	}
}

/**
 * tiser_rdma_op_submit - post an operation, or have it wait for room
 * @conn: connection that the caller has entered
 * @op: operation with @stamp set
 * @first: chain of work requests, the last one with @op->cqe
 * @nr: work requests in it
 *
 * Posting happens under the lock: that is what keeps a newcomer from
 * overtaking a waiter that was just let go. @op->done follows.
 *
 * Context: any, takes conn->sq_lock.
 */
void tiser_rdma_op_submit(struct tiser_dm_conn *conn, struct tiser_rdma_op *op,
			  struct ib_send_wr *first, u32 nr)
{
	unsigned long flags;

	spin_lock_irqsave(&conn->sq_lock, flags);
	op->first = first;
	op->left = nr;
	if (list_empty(&conn->sq_wait) && __tiser_rdma_op_fits(conn, op))
		__tiser_rdma_op_post(conn, op);
	else
		list_add_tail(&op->entry, &conn->sq_wait);
	spin_unlock_irqrestore(&conn->sq_lock, flags);
}

/**
 * tiser_rdma_read_submit - the same for RDMA Reads, when a Hello counts them
 * @conn: connection with ord_lowered that the caller has entered
 * @op: operation
 * @first: chain of work requests, the last one with @op->cqe
 * @nr: work requests in it
 *
 * The queue pair keeps to what the connect request granted. For less, one
 * operation at a time goes out, in parts of iSER-ORD work requests, each when
 * the one before has completed (RFC 7145, 5.1.3 and 7.3.6). @op->done has to
 * call tiser_rdma_read_next().
 *
 * Context: any, takes conn->sq_lock.
 */
void tiser_rdma_read_submit(struct tiser_dm_conn *conn,
			    struct tiser_rdma_op *op, struct ib_send_wr *first,
			    u32 nr)
{
	unsigned long flags;
	bool wait;

	spin_lock_irqsave(&conn->sq_lock, flags);
	op->first = first;
	op->left = nr;
	op->part_max = min_t(u32, conn->ord, conn->sq_total);
	wait = conn->read_busy;
	if (wait)
		list_add_tail(&op->entry, &conn->read_wait);
	conn->read_busy = true;
	spin_unlock_irqrestore(&conn->sq_lock, flags);
	if (!wait)
		tiser_rdma_op_submit(conn, op, first, nr);
}

/**
 * tiser_rdma_read_next - RDMA Reads have completed: the next, please
 * @conn: connection with ord_lowered
 *
 * During teardown they stay where they are, and teardown fails them.
 *
 * Context: process, takes conn->sq_lock.
 */
void tiser_rdma_read_next(struct tiser_dm_conn *conn)
{
	struct tiser_rdma_op *op;

	if (!tiser_rdma_enter(conn))
		return;
	spin_lock_irq(&conn->sq_lock);
	op = list_first_entry_or_null(&conn->read_wait, struct tiser_rdma_op,
				      entry);
	if (op)
		list_del_init(&op->entry);
	else
		conn->read_busy = false;
	spin_unlock_irq(&conn->sq_lock);
	if (op)
		tiser_rdma_op_submit(conn, op, op->first, op->left);
	tiser_rdma_leave(conn);
}

/* Returns true when the operation has more to post and goes on. */
static bool tiser_rdma_op_complete(struct tiser_dm_conn *conn,
				   struct tiser_rdma_op *op, bool ok)
{
	bool more;

	spin_lock_irq(&conn->sq_lock);
	conn->sq_avail += op->posted;
	more = op->first && ok;
	if (more)
		list_add(&op->entry, &conn->sq_wait);
	/* While teardown drains, nothing may be posted any more. */
	if (!list_empty(&conn->sq_wait) && tiser_rdma_enter(conn)) {
		__tiser_rdma_post_waiting(conn);
		tiser_rdma_leave(conn);
	}
	spin_unlock_irq(&conn->sq_lock);
	return more;
}

static void tiser_rdma_send_done(struct ib_cq *cq, struct ib_wc *wc)
{
	struct tiser_rdma_op *op =
		container_of(wc->wr_cqe, struct tiser_rdma_op, cqe);
	struct tiser_dm_conn *conn = op->conn;
	bool ok = wc->status == IB_WC_SUCCESS;

	if (unlikely(!ok))
		tiser_rdma_wc_failed(conn, wc);
	if (!tiser_rdma_op_complete(conn, op, ok))
		op->done(op, ok ? 0 : -EIO);
}

/**
 * tiser_rdma_fail_waiting - fail what was never or not fully posted
 * @conn: connection with a drained queue pair and no users
 *
 * Context: process; calls up.
 */
void tiser_rdma_fail_waiting(struct tiser_dm_conn *conn)
{
	struct tiser_rdma_op *op, *next;
	unsigned long flags;
	LIST_HEAD(waiting);

	spin_lock_irqsave(&conn->sq_lock, flags);
	list_splice_init(&conn->sq_wait, &waiting);
	list_splice_tail_init(&conn->read_wait, &waiting);
	spin_unlock_irqrestore(&conn->sq_lock, flags);

	list_for_each_entry_safe(op, next, &waiting, entry) {
		list_del_init(&op->entry);
		op->done(op, -ENOTCONN);
	}
}

/**
 * tiser_rdma_op_init - prepare an operation, once for all its uses
 * @op: zeroed
 * @conn: owner, with a queue pair
 * @done: called in process context when a submitted operation has ended
 *
 * Context: any.
 */
void tiser_rdma_op_init(struct tiser_rdma_op *op, struct tiser_dm_conn *conn,
			void (*done)(struct tiser_rdma_op *op, int status))
{
	op->cqe.done = tiser_rdma_send_done;
	op->conn = conn;
	op->part_max = conn->sq_total;
	op->done = done;
	INIT_LIST_HEAD(&op->entry);
}
