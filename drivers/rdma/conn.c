// SPDX-License-Identifier: GPL-2.0
/*
 * Connections: from the CM's connect request through the queue pair to the one
 * teardown. Must not know what is sent or received.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <rdma/ib_cm.h>
#include "../trace.h"
#include "rdma.h"

enum {
	/* Control PDUs that go out beside one response per task. */
	TISER_RDMA_SQ_CTRL = 32,
	/* What ib_drain_qp() posts on each queue. */
	TISER_RDMA_DRAIN = 1,
	/*
	 * A send queue this deep takes the RDMA of a 4 MiB command with 4 KiB
	 * pages in one post; longer chains go out in parts.
	 */
	TISER_RDMA_SQ_MIN = 160,
	/* Below this depth a connection is not worth having. */
	TISER_RDMA_SQ_FLOOR = 16,
	/* Work request size grows with it, and pages mostly come in bulk. */
	TISER_RDMA_SEND_SGE = 8,
	TISER_RDMA_RECV_SGE = 1,	/* headers and payload are one piece */
	/* The reposting batch must not come out of what was asked for. */
	TISER_RDMA_RQ_EXTRA = TISER_RDMA_RX_BATCH + 1 + TISER_RDMA_DRAIN,
	/* 7 retries for ever: we answer for our own receive queue. */
	TISER_RDMA_RNR_RETRY = 7,
	/* 1.28 ms (IBTA 9.7.5.2.8); the CM's default of 0 means 655 ms. */
	TISER_RDMA_RNR_TIMER = 14,
	/*
	 * How long a disconnect request may take, ms. Destroying the id gives
	 * up on it, and a peer that has not seen it finds out late.
	 */
	TISER_RDMA_DISCONNECT_MS = 2000,
};

static const char *const tiser_rdma_states[] = {
	[TISER_RDMA_CONNECTING] = "CONNECTING",
	[TISER_RDMA_NATIVE] = "NATIVE",
	[TISER_RDMA_ASSISTED] = "ASSISTED",
	[TISER_RDMA_CLOSING] = "CLOSING",
	[TISER_RDMA_CLOSED] = "CLOSED",
};

static bool tiser_rdma_may_move(enum tiser_rdma_state from,
				enum tiser_rdma_state to)
{
	switch (to) {
	case TISER_RDMA_NATIVE:
		return from == TISER_RDMA_CONNECTING;
	case TISER_RDMA_ASSISTED:
		return from == TISER_RDMA_NATIVE;
	case TISER_RDMA_CLOSING:
		return from < TISER_RDMA_CLOSING;
	case TISER_RDMA_CLOSED:
		return from == TISER_RDMA_CLOSING;
	default:
		return false;
	}
}

/**
 * tiser_rdma_set_state - move a connection on
 * @conn: connection
 * @state: new state
 *
 * Context: any, takes conn->state_lock.
 * Return: true when this call has moved it.
 */
bool tiser_rdma_set_state(struct tiser_dm_conn *conn,
			  enum tiser_rdma_state state)
{
	enum tiser_rdma_state old;
	unsigned long flags;
	bool moved;

	spin_lock_irqsave(&conn->state_lock, flags);
	old = conn->state;
	moved = tiser_rdma_may_move(old, state);
	if (moved)
		/* Pairs with tiser_rdma_state(). */
		smp_store_release(&conn->state, state);
	spin_unlock_irqrestore(&conn->state_lock, flags);
	if (moved)
		trace_dm_state(conn->limits.id, tiser_rdma_states[old],
			       tiser_rdma_states[state]);
	return moved;
}

static void tiser_rdma_conn_release(struct kref *kref)
{
	struct tiser_dm_conn *conn =
		container_of(kref, struct tiser_dm_conn, kref);

	tiser_rdma_rings_free(conn);
	percpu_ref_exit(&conn->users);
	kfree(conn);
}

/**
 * tiser_rdma_conn_get - take a reference
 * @conn: connection the caller knows to be referenced
 *
 * Context: any.
 */
void tiser_rdma_conn_get(struct tiser_dm_conn *conn)
{
	kref_get(&conn->kref);
}

/**
 * tiser_rdma_conn_put - drop a reference
 * @conn: connection; freed with the last reference
 *
 * Context: process, as buffers may be freed.
 */
void tiser_rdma_conn_put(struct tiser_dm_conn *conn)
{
	kref_put(&conn->kref, tiser_rdma_conn_release);
}

/*
 * Waits until the peer has heard of it, unless there is nobody to tell, or the
 * peer asked first.
 */
static void tiser_rdma_await_goodbye(struct tiser_dm_conn *conn)
{
	unsigned long limit = msecs_to_jiffies(TISER_RDMA_DISCONNECT_MS);

	wait_for_completion_timeout(&conn->disconnected, limit);
}

static void tiser_rdma_destroy_verbs(struct tiser_dm_conn *conn)
{
	if (conn->qp)
		rdma_destroy_qp(conn->cm_id);
	conn->qp = NULL;
	if (conn->cq)
		ib_cq_pool_put(conn->cq, conn->nr_cqe);
	conn->cq = NULL;
	/* Waits for handlers, so never from one. */
	rdma_destroy_id(conn->cm_id);
	conn->cm_id = NULL;
}

/*
 * The one teardown, whoever asks for it. The first caller does it; everyone
 * returns when it is complete.
 */
static void tiser_rdma_teardown(struct tiser_dm_conn *conn)
{
	bool told;

	/* 1: one winner. */
	if (!tiser_rdma_set_state(conn, TISER_RDMA_CLOSING)) {
		wait_for_completion(&conn->dead);
		return;
	}
	/* The connect request handler may still be setting things up. */
	rdma_lock_handler(conn->cm_id);
	rdma_unlock_handler(conn->cm_id);

	/* 2: nobody posts or maps any more. */
	percpu_ref_kill(&conn->users);
	wait_for_completion(&conn->users_gone);
	spin_lock_irq(&conn->rq_lock);
	conn->rq_closed = true;
	spin_unlock_irq(&conn->rq_lock);

	/* 3: the queue pair stops, the peer is told. */
	told = !rdma_disconnect(conn->cm_id);

	/* 4: every completion has been delivered when this returns. */
	if (conn->qp)
		ib_drain_qp(conn->qp);
	if (told)
		tiser_rdma_await_goodbye(conn);

	/* 5: what never got to the hardware. */
	tiser_rdma_fail_waiting(conn);

	/* 6: the queue pair before its id and its completion queue. */
	tiser_rdma_destroy_verbs(conn);

	/*
	 * 7: memory the device could reach. It stays allocated until the last
	 * reference goes: a backend may be working on immediate data in place.
	 */
	tiser_rdma_rings_unmap(conn);
	tiser_rdma_dev_put(conn);

	/* 8: nothing of the device is left. */
	tiser_rdma_set_state(conn, TISER_RDMA_CLOSED);
	complete_all(&conn->dead);
	/* The transport's reference. */
	tiser_rdma_conn_put(conn);
}

static void tiser_rdma_term_work(struct work_struct *work)
{
	struct tiser_dm_conn *conn =
		container_of(work, struct tiser_dm_conn, term_work);
	bool notify;

	tiser_rdma_teardown(conn);

	/* RFC 7145, 3.2.4: not when the iSCSI layer has asked first. */
	spin_lock_irq(&conn->state_lock);
	notify = !conn->ulp_asked;
	conn->notifying = notify;
	spin_unlock_irq(&conn->state_lock);

	if (notify) {
		trace_dm_connection_terminate_notify(conn->limits.id,
						     conn->why ?: "");
		conn->ops->terminate_notify(conn->ulp);
		complete_all(&conn->notified);
	}
	/* The work's reference. */
	tiser_rdma_conn_put(conn);
}

/**
 * tiser_dm_terminate - Connection_Terminate (RFC 5047, 8.7)
 * @dm: connection
 *
 * When this returns, all work requests have completed or were flushed, no
 * up-call and no tx->done() of this connection is running or will run, and
 * nothing of the RDMA device is in use. May be called any number of times, and
 * after ops->terminate_notify has returned, but not from an up-call, a done()
 * or anything these wait for.
 *
 * Context: process, may sleep, no locks held that an up-call takes.
 */
void tiser_dm_terminate(struct tiser_dm_conn *dm)
{
	bool notifying;

	trace_dm_connection_terminate(dm->limits.id);
	/* From here on, the termination work does not start to notify. */
	spin_lock_irq(&dm->state_lock);
	dm->ulp_asked = true;
	notifying = dm->notifying;
	spin_unlock_irq(&dm->state_lock);

	tiser_rdma_teardown(dm);
	if (notifying)
		wait_for_completion(&dm->notified);
}

/**
 * tiser_dm_put - drop the iSCSI layer's reference
 * @dm: connection that was terminated; not to be used any more
 *
 * Receive buffers and tasks are freed: none may be in use.
 *
 * Context: process, may sleep.
 */
void tiser_dm_put(struct tiser_dm_conn *dm)
{
	WARN_ON_ONCE(tiser_rdma_state(dm) != TISER_RDMA_CLOSED);
	tiser_rdma_conn_put(dm);
}

/**
 * tiser_dm_local_addr - our end of a connection
 * @dm: connection
 * @ss: filled in with address and port
 *
 * Context: any.
 */
void tiser_dm_local_addr(struct tiser_dm_conn *dm, struct sockaddr_storage *ss)
{
	*ss = dm->local;
}

/**
 * tiser_dm_peer_addr - the peer's end of a connection
 * @dm: connection
 * @ss: filled in with address and port
 *
 * Context: any.
 */
void tiser_dm_peer_addr(struct tiser_dm_conn *dm, struct sockaddr_storage *ss)
{
	*ss = dm->peer;
}

/**
 * tiser_dm_notice_keys - Notice_Key_Values (RFC 5047, 8.8)
 * @dm: connection in its login phase
 * @keys: negotiated values; copied
 *
 * Comes before tiser_dm_alloc_conn_resources().
 *
 * Context: any; not concurrently with itself, allocation or enabling.
 */
void tiser_dm_notice_keys(struct tiser_dm_conn *dm,
			  const struct tiser_dm_keys *keys)
{
	trace_dm_notice_key_values(dm->limits.id, keys->target_recv_dsl,
				   keys->initiator_recv_dsl,
				   keys->hello_required);
	dm->keys = *keys;
}

static void tiser_rdma_qp_event(struct ib_event *event, void *context)
{
	struct tiser_dm_conn *conn = context;

	switch (event->event) {
	case IB_EVENT_COMM_EST:
		/* Data came before the peer's ready-to-use message. */
		rdma_notify(conn->cm_id, event->event);
		break;
	case IB_EVENT_QP_FATAL:
		tiser_rdma_fail(conn, ib_event_msg(event->event));
		break;
	case IB_EVENT_QP_REQ_ERR:
	case IB_EVENT_QP_ACCESS_ERR:
		tiser_rdma_end(conn, TISER_DM_END_PROTOCOL,
			       ib_event_msg(event->event));
		break;
	default:
		pr_debug("%pISpc: queue pair event %s\n", &conn->peer,
			 ib_event_msg(event->event));
		break;
	}
}

/* All events of an established id. Non-zero would make the CM destroy it. */
static int tiser_rdma_cm_handler(struct rdma_cm_id *cm_id,
				 struct rdma_cm_event *event)
{
	struct tiser_dm_conn *conn = cm_id->context;

	switch (event->event) {
	case RDMA_CM_EVENT_ESTABLISHED:
		/* The first PDU is the peer's; it may even be here. */
		break;
	case RDMA_CM_EVENT_REJECTED:
	case RDMA_CM_EVENT_CONNECT_ERROR:
	case RDMA_CM_EVENT_UNREACHABLE:
		tiser_rdma_cm_ended(conn, event->event);
		break;
	case RDMA_CM_EVENT_DISCONNECTED:
	case RDMA_CM_EVENT_TIMEWAIT_EXIT:
	case RDMA_CM_EVENT_ADDR_CHANGE:
	case RDMA_CM_EVENT_DEVICE_REMOVAL:
		complete_all(&conn->disconnected);
		tiser_rdma_cm_ended(conn, event->event);
		break;
	default:
		pr_debug("%pISpc: unexpected event %s\n", &conn->peer,
			 rdma_event_msg(event->event));
		break;
	}
	return 0;
}

/*
 * Pages of a memory region, where rdma_rw registers memory for transfers; else
 * 0. That a parameter of ib_core makes it do so can be told from how many it
 * would take.
 */
static u32 tiser_rdma_mr_pages(struct tiser_dm_conn *conn)
{
	struct ib_device *ibdev = conn->cm_id->device;
	u32 pages = min_t(u32, ibdev->attrs.max_fast_reg_page_list_len,
			  TISER_RDMA_MR_PAGES);

	if (!pages)
		return 0;
	if (rdma_protocol_iwarp(ibdev, conn->port) ||
	    ibdev->attrs.max_sgl_rd ||
	    rdma_rw_mr_factor(ibdev, conn->port, TISER_RDMA_LARGEST_PAGES) ==
	    DIV_ROUND_UP(TISER_RDMA_LARGEST_PAGES, pages))
		return pages;
	return 0;
}

/*
 * Work requests rdma_rw takes per RDMA operation: with memory registration an
 * invalidation and a registration come on top. To err high costs some memory,
 * to err low is only a shorter queue.
 */
static u32 tiser_rdma_rw_factor(const struct tiser_dm_conn *conn)
{
	return conn->mr_pages ? 3 : 1;
}

/* Where memory is registered, enough of that for one command of any window. */
static u32 tiser_rdma_rw_ctxs(const struct tiser_dm_conn *conn, u32 tasks)
{
	if (!conn->mr_pages)
		return tasks;
	return max_t(u32, tasks,
		     DIV_ROUND_UP(TISER_RDMA_LARGEST_PAGES, conn->mr_pages));
}

static void tiser_rdma_qp_attr(struct tiser_dm_conn *conn,
			       struct ib_qp_init_attr *attr, u32 tasks)
{
	const struct ib_device_attr *dev = &conn->cm_id->device->attrs;
	u32 ctxs = tiser_rdma_rw_ctxs(conn, tasks);
	u32 rw = ctxs * tiser_rdma_rw_factor(conn);
	u32 sq = tasks + TISER_RDMA_SQ_CTRL + TISER_RDMA_DRAIN;

	if (sq + rw < TISER_RDMA_SQ_MIN)
		sq = TISER_RDMA_SQ_MIN - rw;

	memset(attr, 0, sizeof(*attr));
	attr->event_handler = tiser_rdma_qp_event;
	attr->qp_context = conn;
	attr->send_cq = conn->cq;
	attr->recv_cq = conn->cq;
	attr->sq_sig_type = IB_SIGNAL_REQ_WR;
	attr->qp_type = IB_QPT_RC;
	attr->port_num = conn->port;
	/* rdma_rw adds its own and clips the sum to the device. */
	attr->cap.max_send_wr = min_t(u32, sq, dev->max_qp_wr);
	attr->cap.max_rdma_ctxs = ctxs;
	attr->cap.max_recv_wr = min_t(u32, dev->max_qp_wr,
				      conn->limits.rx_bufs +
				      TISER_RDMA_RQ_EXTRA);
	attr->cap.max_send_sge = min_t(u32, dev->max_send_sge,
				       TISER_RDMA_SEND_SGE);
	attr->cap.max_recv_sge = TISER_RDMA_RECV_SGE;
}

/* Entries for both queues, as even unsignalled requests complete in error. */
static int tiser_rdma_get_cq(struct tiser_dm_conn *conn, u32 sq, u32 rq)
{
	struct ib_device *ibdev = conn->cm_id->device;
	struct ib_cq *cq;

	/* The pool would search for ever for what no CQ can hold. */
	if (sq + rq > (u32)ibdev->attrs.max_cqe)
		return -ENOMEM;

	cq = ib_cq_pool_get(ibdev, sq + rq, -1, IB_POLL_WORKQUEUE);
	if (IS_ERR(cq))
		return PTR_ERR(cq);
	conn->cq = cq;
	conn->nr_cqe = sq + rq;
	return 0;
}

static int tiser_rdma_create_qp(struct tiser_dm_conn *conn)
{
	u32 tasks = conn->limits.tasks, sq, rq;
	struct ib_qp_init_attr attr;
	int ret;

	conn->mr_pages = tiser_rdma_mr_pages(conn);
	tiser_rdma_qp_attr(conn, &attr, tasks);
	sq = min_t(u32, attr.cap.max_send_wr + attr.cap.max_rdma_ctxs *
		   tiser_rdma_rw_factor(conn),
		   conn->cm_id->device->attrs.max_qp_wr);
	rq = attr.cap.max_recv_wr;
	if (sq < TISER_RDMA_SQ_FLOOR || rq <= TISER_RDMA_RQ_EXTRA)
		return -ENOMEM;
	ret = tiser_rdma_get_cq(conn, sq, rq);
	if (ret)
		return ret;

	/* Some devices refuse a depth they advertise: it is for one SGE. */
	for (;;) {
		tiser_rdma_qp_attr(conn, &attr, tasks);
		ret = rdma_create_qp(conn->cm_id, conn->dev->pd, &attr);
		if (!ret)
			break;
		tasks /= 2;
		if ((ret != -ENOMEM && ret != -EINVAL) ||
		    tasks < TISER_RDMA_SQ_FLOOR)
			return ret;
	}

	conn->qp = conn->cm_id->qp;
	conn->rw_ctxs = attr.cap.max_rdma_ctxs;
	/* Not more than the completion queue was asked to hold. */
	conn->sq_total = min_t(u32, sq, attr.cap.max_send_wr) -
			 TISER_RDMA_DRAIN;
	conn->sq_avail = conn->sq_total;
	conn->limits.rx_bufs = min_t(u32, rq, attr.cap.max_recv_wr) -
			       TISER_RDMA_RQ_EXTRA;
	return 0;
}

/* IBTA annex A12: 4 bytes of private data, and what we do with READs. */
static int tiser_rdma_accept(struct tiser_dm_conn *conn)
{
	struct rdma_conn_param param = {};
	u8 priv[TISER_CM_HDR_LEN];

	tiser_cm_build_reply(priv, conn->use_inv);
	param.private_data = priv;
	param.private_data_len = sizeof(priv);
	/* The peer has nothing to read here. */
	param.responder_resources = 0;
	param.initiator_depth = conn->ord;
	param.rnr_retry_count = TISER_RDMA_RNR_RETRY;
	/* Best effort: InfiniBand and RoCE only. */
	rdma_set_min_rnr_timer(conn->cm_id, TISER_RDMA_RNR_TIMER);
	return rdma_accept(conn->cm_id, &param);
}

static int tiser_rdma_conn_setup(struct tiser_dm_conn *conn)
{
	int ret;

	ret = tiser_rdma_create_qp(conn);
	if (ret)
		return ret;

	/* RFC 7145, 5.1.1: one buffer before the peer may send. */
	ret = tiser_rdma_login_ring_start(conn);
	if (ret)
		return ret;

	trace_conn_new(conn->limits.id, conn->qp->qp_num,
		       conn->cm_id->device->name, &conn->peer, &conn->local);
	/* Login may begin before the ESTABLISHED event. */
	if (!tiser_rdma_set_state(conn, TISER_RDMA_NATIVE))
		return -ESHUTDOWN;
	return tiser_rdma_accept(conn);
}

static void tiser_rdma_users_gone(struct percpu_ref *ref)
{
	struct tiser_dm_conn *conn =
		container_of(ref, struct tiser_dm_conn, users);

	complete(&conn->users_gone);
}

static struct tiser_dm_conn *
tiser_rdma_conn_alloc(struct rdma_cm_id *cm_id, const struct tiser_dm_ops *ops)
{
	struct tiser_dm_conn *conn;
	int ret;

	conn = kzalloc(sizeof(*conn), GFP_KERNEL);
	if (!conn)
		return ERR_PTR(-ENOMEM);
	ret = percpu_ref_init(&conn->users, tiser_rdma_users_gone, 0,
			      GFP_KERNEL);
	if (ret) {
		kfree(conn);
		return ERR_PTR(ret);
	}

	/* The transport's reference. */
	kref_init(&conn->kref);
	conn->ops = ops;
	conn->cm_id = cm_id;
	conn->port = cm_id->port_num;
	conn->local = cm_id->route.addr.src_addr;
	conn->peer = cm_id->route.addr.dst_addr;
	spin_lock_init(&conn->state_lock);
	spin_lock_init(&conn->sq_lock);
	spin_lock_init(&conn->rq_lock);
	spin_lock_init(&conn->tx_lock);
	INIT_LIST_HEAD(&conn->dev_entry);
	INIT_LIST_HEAD(&conn->sq_wait);
	INIT_LIST_HEAD(&conn->read_wait);
	INIT_LIST_HEAD(&conn->tx_list);
	INIT_WORK(&conn->term_work, tiser_rdma_term_work);
	init_completion(&conn->dead);
	init_completion(&conn->notified);
	init_completion(&conn->users_gone);
	init_completion(&conn->disconnected);
	return conn;
}

/* What the request says, bounded by what the device can do. */
static void tiser_rdma_conn_learn(struct tiser_dm_conn *conn,
				  const struct rdma_conn_param *param)
{
	const struct ib_device_attr *dev = &conn->cm_id->device->attrs;
	u32 priv_len = param->private_data ? param->private_data_len : 0;

	/* On the passive side this is the peer's responder_resources. */
	conn->ord = min_t(u32, param->initiator_depth,
			  min_t(u32, dev->max_qp_init_rd_atom, U8_MAX));
	conn->use_inv = tiser_cm_peer_takes_inv(param->private_data, priv_len) &&
			(dev->device_cap_flags & IB_DEVICE_MEM_MGT_EXTENSIONS);
}

/*
 * Up to the point where the iSCSI layer knows of the connection: until then
 * there is nothing a teardown would have to do.
 */
static int tiser_rdma_conn_offer(struct tiser_dm_conn *conn, void *endpoint,
				 u8 *reason)
{
	int ret;

	/* RFC 7145, 7.3.6: without RDMA Reads there are no writes. */
	*reason = IB_CM_REJ_CONSUMER_DEFINED;
	if (!conn->ord)
		return -EPROTO;

	*reason = IB_CM_REJ_NO_RESOURCES;
	ret = tiser_rdma_dev_get(conn, conn->cm_id->device);
	if (ret)
		return ret;

	*reason = IB_CM_REJ_CONSUMER_DEFINED;
	/* The iSCSI layer's reference, if it wants it. */
	tiser_rdma_conn_get(conn);
	conn->ulp = conn->ops->connected(endpoint, conn, &conn->limits);
	if (!IS_ERR(conn->ulp))
		return 0;

	tiser_rdma_conn_put(conn);
	tiser_rdma_dev_put(conn);
	return PTR_ERR(conn->ulp);
}

static const char *tiser_rdma_refusal(int ret)
{
	switch (ret) {
	case -EPROTO:
		return "the peer takes no RDMA Read";
	case -EBUSY:
		return "too many connections have not logged in yet";
	case -ESHUTDOWN:
		return "the portal is being removed";
	case -ENODEV:
		return "the RDMA device is being removed";
	default:
		return "out of resources";
	}
}

/**
 * tiser_rdma_conn_request - answer a connect request
 * @cm_id: the new connection's id
 * @event: the request
 * @ops: up-calls
 * @endpoint: handed to ops->connected
 *
 * Once ops->connected has agreed, the id belongs to the connection, and every
 * failure is a termination like any other.
 *
 * Context: CM handler of the listener: process, may sleep; the handler locks
 * of the listener and of @cm_id are held.
 * Return: 0, or a negative errno to have the CM destroy @cm_id.
 */
int tiser_rdma_conn_request(struct rdma_cm_id *cm_id,
			    struct rdma_cm_event *event,
			    const struct tiser_dm_ops *ops, void *endpoint)
{
	u8 reason = IB_CM_REJ_NO_RESOURCES;
	struct tiser_dm_conn *conn;
	int ret;

	conn = tiser_rdma_conn_alloc(cm_id, ops);
	if (IS_ERR(conn)) {
		ret = PTR_ERR(conn);
		goto err_reject;
	}
	tiser_rdma_conn_learn(conn, &event->param.conn);

	ret = tiser_rdma_conn_offer(conn, endpoint, &reason);
	if (ret)
		goto err_put;

	cm_id->context = conn;
	cm_id->event_handler = tiser_rdma_cm_handler;
	ret = tiser_rdma_conn_setup(conn);
	if (ret) {
		pr_debug("%pISpc: set-up failed: %d\n", &conn->peer, ret);
		rdma_reject(cm_id, NULL, 0, IB_CM_REJ_NO_RESOURCES);
		tiser_rdma_end(conn, TISER_DM_END_RESOURCES,
			       "cannot set up its queue pair and buffers");
	}
	/* Last: the device's removal may terminate it from now on. */
	tiser_rdma_dev_link(conn);
	return 0;

err_put:
	pr_info_ratelimited("%pISpc: connection to %pISpc refused: %s (error %d)\n",
			    &conn->peer, &conn->local, tiser_rdma_refusal(ret),
			    ret);
	tiser_rdma_conn_put(conn);
err_reject:
	rdma_reject(cm_id, NULL, 0, reason);
	return ret;
}
