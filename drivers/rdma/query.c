// SPDX-License-Identifier: GPL-2.0
/*
 * What a connection looks like from outside: for those who watch, not for those
 * who use it.
 */
#include <linux/string.h>
#include "rdma.h"

/* Device and queue pair stay while we are among the users. */
static void tiser_rdma_query_device(struct tiser_dm_conn *conn,
				    struct tiser_dm_info *info)
{
	const struct ib_qp *qp = READ_ONCE(conn->qp);

	strscpy(info->device, conn->dev->ibdev->name, sizeof(info->device));
	info->qp = qp ? qp->qp_num : 0;
}

/**
 * tiser_dm_query - look at a connection
 * @dm: connection, in any state
 * @info: filled in; each number is right by itself, at some moment of the call
 *
 * Context: any.
 */
void tiser_dm_query(struct tiser_dm_conn *dm, struct tiser_dm_info *info)
{
	unsigned long flags;

	memset(info, 0, sizeof(*info));
	info->port = dm->port;
	if (tiser_rdma_enter(dm)) {
		tiser_rdma_query_device(dm, info);
		tiser_rdma_leave(dm);
	}
	spin_lock_irqsave(&dm->sq_lock, flags);
	info->sq_depth = dm->sq_total;
	info->sq_used = dm->sq_total - dm->sq_avail;
	spin_unlock_irqrestore(&dm->sq_lock, flags);
	info->rx_bufs = READ_ONCE(dm->ring.nr);
	/* Returned first: a buffer cannot be given back before it was taken. */
	spin_lock_irqsave(&dm->rq_lock, flags);
	info->rx_held = dm->rx_returned;
	spin_unlock_irqrestore(&dm->rq_lock, flags);
	info->rx_held = READ_ONCE(dm->rx_taken) - info->rx_held;
}
