// SPDX-License-Identifier: GPL-2.0
/*
 * Why connections end: the first reason is kept for the iSCSI layer, which says
 * it, and the teardown is started. Must not know how that is done.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "rdma.h"

/**
 * tiser_rdma_queue_term - have a connection torn down
 * @conn: connection; any number of calls has the effect of one
 *
 * Context: any, also from QP events and under spinlocks. The caller knows
 * @conn to be referenced.
 */
void tiser_rdma_queue_term(struct tiser_dm_conn *conn)
{
	if (test_and_set_bit(0, &conn->term_queued))
		return;
	/* The work's reference. */
	tiser_rdma_conn_get(conn);
	queue_work(tiser_rdma_wq, &conn->term_work);
}

/**
 * tiser_rdma_end - end a connection
 * @conn: connection
 * @end: what kind of reason
 * @why: the same in words, static
 *
 * The first caller's reason is the one; what follows are echoes. Whoever finds
 * that the connection takes no work any more also finds the reason.
 *
 * Context: any, takes conn->state_lock.
 */
void tiser_rdma_end(struct tiser_dm_conn *conn, enum tiser_dm_end end,
		    const char *why)
{
	unsigned long flags;

	spin_lock_irqsave(&conn->state_lock, flags);
	if (conn->end == TISER_DM_END_NONE) {
		conn->end = end;
		conn->why = why;
	}
	spin_unlock_irqrestore(&conn->state_lock, flags);
	pr_debug("conn %u %pISpc: %s\n", conn->limits.id, &conn->peer, why);
	tiser_rdma_queue_term(conn);
}

/**
 * tiser_rdma_fail - end a connection whose transport went wrong
 * @conn: connection
 * @why: in words, static
 *
 * Context: any.
 */
void tiser_rdma_fail(struct tiser_dm_conn *conn, const char *why)
{
	tiser_rdma_end(conn, TISER_DM_END_LOST, why);
}

/* Of these the peer's request was the cause (IBTA 11.6.2). */
static bool tiser_rdma_wc_blames_peer(enum ib_wc_status status)
{
	return status == IB_WC_LOC_LEN_ERR || status == IB_WC_REM_INV_REQ_ERR ||
	       status == IB_WC_REM_ACCESS_ERR || status == IB_WC_REM_OP_ERR;
}

/**
 * tiser_rdma_wc_failed - end a connection whose work request failed
 * @conn: connection
 * @wc: completion with a status other than success
 *
 * Context: CQ worker.
 */
void tiser_rdma_wc_failed(struct tiser_dm_conn *conn, const struct ib_wc *wc)
{
	/* A flush is the echo of what ended the connection. */
	if (wc->status == IB_WC_WR_FLUSH_ERR)
		tiser_rdma_queue_term(conn);
	else
		tiser_rdma_end(conn, tiser_rdma_wc_blames_peer(wc->status) ?
			       TISER_DM_END_PROTOCOL : TISER_DM_END_LOST,
			       ib_wc_status_msg(wc->status));
}

/**
 * tiser_rdma_cm_ended - the CM says that a connection is over
 * @conn: connection
 * @event: what it says
 *
 * Context: CM handler.
 */
void tiser_rdma_cm_ended(struct tiser_dm_conn *conn,
			 enum rdma_cm_event_type event)
{
	enum tiser_dm_end end = TISER_DM_END_LOST;

	if (event == RDMA_CM_EVENT_DISCONNECTED)
		end = TISER_DM_END_PEER;
	else if (event == RDMA_CM_EVENT_DEVICE_REMOVAL)
		end = TISER_DM_END_DEVICE;
	tiser_rdma_end(conn, end, rdma_event_msg(event));
}

/**
 * tiser_dm_end - why did the datamover end a connection?
 * @dm: connection
 * @why: the reason in words, static; not written without one
 *
 * Context: any, takes dm->state_lock.
 * Return: the first reason there was; TISER_DM_END_NONE when it has not, or
 * was asked to.
 */
enum tiser_dm_end tiser_dm_end(struct tiser_dm_conn *dm, const char **why)
{
	enum tiser_dm_end end;
	unsigned long flags;

	spin_lock_irqsave(&dm->state_lock, flags);
	end = dm->end;
	if (end != TISER_DM_END_NONE)
		*why = dm->why;
	spin_unlock_irqrestore(&dm->state_lock, flags);
	return end;
}
