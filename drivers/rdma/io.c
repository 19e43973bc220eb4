// SPDX-License-Identifier: GPL-2.0
/*
 * Messages and data: completions, the iSER Hello, Send_Control, Put_Data and
 * Get_Data. Must not know what a connection's life looks like.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/overflow.h>
#include <linux/scatterlist.h>
#include "../trace.h"
#include "rdma.h"

/*
 * Send.
 */

static void tiser_rdma_ctrl_done(struct tiser_rdma_op *op, int status)
{
	struct tiser_rdma_tx *tx = container_of(op, struct tiser_rdma_tx, op);

	trace_dm_send_control_done(op->conn->limits.id, tx->pub.bhs, status);
	if (tx->pub.done)
		tx->pub.done(&tx->pub, status);
	else
		tiser_dm_tx_free(&tx->pub);
}

/**
 * tiser_rdma_tx_init - prepare a transmit buffer
 * @tx: zeroed
 * @conn: owner
 * @buf: TISER_RDMA_CTRL_LEN bytes and @data_cap more
 * @dma: its DMA address
 * @data_cap: room for data, bytes
 *
 * Context: any.
 */
void tiser_rdma_tx_init(struct tiser_rdma_tx *tx, struct tiser_dm_conn *conn,
			u8 *buf, u64 dma, u32 data_cap)
{
	tx->conn = conn;
	tx->buf = buf;
	tx->pub.bhs = buf + TISER_HDR_LEN;
	tx->pub.data = buf + TISER_RDMA_CTRL_LEN;
	tx->pub.data_cap = data_cap;
	tx->sge.addr = dma;
	tx->sge.lkey = conn->dev->pd->local_dma_lkey;
	tx->wr.sg_list = &tx->sge;
	tx->wr.num_sge = 1;
	tx->wr.wr_cqe = &tx->op.cqe;
	/* The task's own buffer has its own, see tiser_rdma_task_init(). */
	if (!tx->op.done)
		tiser_rdma_op_init(&tx->op, conn, tiser_rdma_ctrl_done);
}

/* The last touch before the device reads the buffer; under conn->sq_lock. */
static void tiser_rdma_tx_stamp(struct tiser_rdma_op *op)
{
	struct tiser_rdma_tx *tx = container_of(op, struct tiser_rdma_tx, op);

	if (tx->pub.stamp)
		tx->pub.stamp(&tx->pub);
	ib_dma_sync_single_for_device(op->conn->dev->ibdev, tx->sge.addr,
				      tx->sge.length, DMA_TO_DEVICE);
}

/* The first @len bytes of the buffer as a Send; @inv 0 invalidates nothing. */
static void tiser_rdma_tx_prepare(struct tiser_rdma_tx *tx, u32 len, u32 inv)
{
	tx->sge.length = len;
	tx->wr.next = NULL;
	tx->wr.send_flags = IB_SEND_SIGNALED;
	tx->wr.opcode = inv ? IB_WR_SEND_WITH_INV : IB_WR_SEND;
	tx->wr.ex.invalidate_rkey = inv;
	tx->op.stamp = tiser_rdma_tx_stamp;
}

/* RFC 7145, 9.2: control-type PDUs of a target carry no STag. */
static void tiser_rdma_ctrl_prepare(struct tiser_rdma_tx *tx, u32 inv)
{
	tiser_hdr_build_control(tx->buf);
	tiser_rdma_tx_prepare(tx, TISER_RDMA_CTRL_LEN + tx->pub.data_len, inv);
}

/**
 * tiser_dm_send_control - Send_Control (RFC 5047, 8.1; RFC 7145, 3.1)
 * @dm: connection
 * @tx: filled-in buffer of tiser_dm_tx_alloc(); ours until its done()
 *
 * Context: any.
 * Return: 0, and done() follows; -ENOTCONN when terminated; -EINVAL when
 * data_len exceeds data_cap. On error nothing was done and @tx is still the
 * caller's.
 */
int tiser_dm_send_control(struct tiser_dm_conn *dm, struct tiser_dm_tx *tx)
{
	struct tiser_rdma_tx *priv = tiser_rdma_to_tx(tx);

	if (WARN_ON_ONCE(tx->data_len > tx->data_cap || priv->conn != dm))
		return -EINVAL;
	if (!tiser_rdma_enter(dm))
		return -ENOTCONN;
	tiser_rdma_ctrl_prepare(priv, 0);
	trace_dm_send_control(dm->limits.id, dm->qp->qp_num, tx->bhs,
			      tx->data_len);
	tiser_rdma_op_submit(dm, &priv->op, &priv->wr, 1);
	tiser_rdma_leave(dm);
	return 0;
}

/**
 * tiser_dm_enable - Enable_Datamover (RFC 5047, 8.6)
 * @dm: connection with its resources allocated
 * @final_rsp: final Login Response
 *
 * RFC 7145, 5.1.2: the response is the last message of the login phase and
 * leaves after the receive buffers of full feature phase were posted. Nothing
 * legal can arrive between the change of mode and the response, because the
 * initiator must wait for it.
 *
 * Context: any.
 * Return: as tiser_dm_send_control(); -EINVAL also outside of the login phase.
 */
int tiser_dm_enable(struct tiser_dm_conn *dm, struct tiser_dm_tx *final_rsp)
{
	if (!tiser_rdma_set_state(dm, TISER_RDMA_ASSISTED))
		return tiser_rdma_state(dm) >= TISER_RDMA_CLOSING ?
			-ENOTCONN : -EINVAL;
	trace_dm_enable_datamover(dm->limits.id);
	return tiser_dm_send_control(dm, final_rsp);
}

/*
 * Data.
 */

/**
 * tiser_dm_wants_pages - must each page of a scatterlist be an entry?
 * @dm: connection
 * @len: bytes to be transferred
 *
 * rdma_rw shares memory regions out by entries, as if each were one page: larger
 * ones overflow a region, unless all of them fit in the first.
 *
 * Context: any.
 * Return: true when a transfer may fail that lies in larger pieces.
 */
bool tiser_dm_wants_pages(const struct tiser_dm_conn *dm, u32 len)
{
	return dm->mr_pages && PFN_UP(len) > dm->mr_pages;
}

/*
 * The rw context maps whole entries: make the last one end where the transfer
 * does, until the context is destroyed.
 */
static int tiser_rdma_sgl_trim(struct tiser_rdma_task *task,
			       const struct tiser_dm_desc *desc)
{
	struct scatterlist *sg;
	u64 left = (u64)desc->sgl_offset + desc->len;
	unsigned int i;

	for_each_sg(desc->sgl, sg, desc->nents, i) {
		if (left <= sg->length) {
			task->sgl = desc->sgl;
			task->nents = i + 1;
			task->last = sg;
			task->cut = sg->length - left;
			sg->length = left;
			return 0;
		}
		left -= sg->length;
	}
	return -EINVAL;
}

static void tiser_rdma_sgl_untrim(struct tiser_rdma_task *task)
{
	task->last->length += task->cut;
	task->cut = 0;
}

static void tiser_rdma_unmap(struct tiser_rdma_task *task)
{
	struct tiser_dm_conn *conn = task->read.conn;

	if (!task->ctx_live)
		return;
	rdma_rw_ctx_destroy(&task->ctx, conn->qp, conn->port, task->sgl,
			    task->nents, task->dir);
	tiser_rdma_sgl_untrim(task);
	task->ctx_live = false;
}

/* No memory regions are left: others will give some back, or cannot. */
static int tiser_rdma_map_error(const struct tiser_rdma_task *task, int ret)
{
	const struct tiser_dm_conn *conn = task->read.conn;

	if (ret != -EAGAIN)
		return ret;
	if (!conn->mr_pages ||
	    DIV_ROUND_UP(task->nents, conn->mr_pages) > conn->rw_ctxs)
		return -EMSGSIZE;
	return -ENOMEM;
}

/* Returns the number of work requests or a negative errno. */
static int tiser_rdma_map(struct tiser_rdma_task *task,
			  const struct tiser_dm_desc *desc,
			  enum dma_data_direction dir, u64 va, u32 stag)
{
	struct tiser_dm_conn *conn = task->read.conn;
	u64 start, end;
	int ret;

	if (WARN_ON_ONCE(task->ctx_live))
		return -EBUSY;
	/* The initiator chose va. */
	if (!desc->len || check_add_overflow(va, (u64)desc->remote_offset,
					     &start) ||
	    check_add_overflow(start, (u64)desc->len, &end))
		return -EINVAL;
	ret = tiser_rdma_sgl_trim(task, desc);
	if (WARN_ON_ONCE(ret))
		return ret;

	ret = rdma_rw_ctx_init(&task->ctx, conn->qp, conn->port, task->sgl,
			       task->nents, desc->sgl_offset, start, stag, dir);
	if (ret < 0) {
		tiser_rdma_sgl_untrim(task);
		return tiser_rdma_map_error(task, ret);
	}
	task->dir = dir;
	task->ctx_live = true;
	return ret;
}

/* Completes a response, with or without RDMA Writes in front of it. */
static void tiser_rdma_rsp_done(struct tiser_rdma_op *op, int status)
{
	struct tiser_rdma_task *task =
		container_of(op, struct tiser_rdma_task, rsp.op);

	trace_dm_send_control_done(op->conn->limits.id, task->rsp.pub.bhs,
				   status);
	if (task->dir == DMA_TO_DEVICE)
		tiser_rdma_unmap(task);
	if (task->rsp.pub.done)
		task->rsp.pub.done(&task->rsp.pub, status);
}

static void tiser_rdma_read_done(struct tiser_rdma_op *op, int status)
{
	struct tiser_rdma_task *task =
		container_of(op, struct tiser_rdma_task, read);

	tiser_rdma_unmap(task);
	if (unlikely(op->conn->ord_lowered))
		tiser_rdma_read_next(op->conn);
	trace_dm_data_completion(op->conn->limits.id, task->pub.index, status);
	op->conn->ops->data_done(&task->pub, status);
}

/**
 * tiser_rdma_task_init - prepare a task
 * @task: zeroed; its response buffer is initialised after this
 * @conn: owner
 * @index: position in the connection's array
 *
 * Context: any.
 */
void tiser_rdma_task_init(struct tiser_rdma_task *task,
			  struct tiser_dm_conn *conn, u32 index)
{
	task->pub.index = index;
	task->pub.rsp = &task->rsp.pub;
	task->dir = DMA_NONE;
	tiser_rdma_op_init(&task->read, conn, tiser_rdma_read_done);
	tiser_rdma_op_init(&task->rsp.op, conn, tiser_rdma_rsp_done);
}

/*
 * RFC 7145, 7.3.2: the STag of a SCSI Response's Send with Invalidate is one
 * this command advertised. One only: the other is the initiator's to
 * invalidate.
 */
static u32 tiser_rdma_inv_stag(const struct tiser_dm_conn *conn,
			       const struct tiser_remote *remote)
{
	if (!conn->use_inv)
		return 0;
	if (remote->read_valid && remote->read_stag)
		return remote->read_stag;
	if (remote->write_valid)
		return remote->write_stag;
	return 0;
}

static void tiser_rdma_rsp_prepare(struct tiser_rdma_task *task,
				   bool invalidate)
{
	u32 inv = 0;

	if (invalidate)
		inv = tiser_rdma_inv_stag(task->read.conn, &task->pub.remote);
	tiser_rdma_ctrl_prepare(&task->rsp, inv);
}

/**
 * tiser_dm_send_response - Send_Control of a task's response
 * @dm: connection
 * @task: task whose @rsp is filled in; @rsp is ours until its done()
 * @invalidate: this is a SCSI Response: invalidate the task's STag with it
 *	where both sides can (RFC 7145, 7.3.2)
 *
 * Context: any.
 * Return: as tiser_dm_send_control().
 */
int tiser_dm_send_response(struct tiser_dm_conn *dm, struct tiser_dm_task *task,
			   bool invalidate)
{
	struct tiser_rdma_task *priv = tiser_rdma_to_task(task);
	struct tiser_rdma_tx *rsp = &priv->rsp;

	if (WARN_ON_ONCE(rsp->pub.data_len > rsp->pub.data_cap))
		return -EINVAL;
	if (!tiser_rdma_enter(dm))
		return -ENOTCONN;
	tiser_rdma_rsp_prepare(priv, invalidate);
	trace_dm_send_control(dm->limits.id, dm->qp->qp_num, rsp->pub.bhs,
			      rsp->pub.data_len);
	tiser_rdma_op_submit(dm, &rsp->op, &rsp->wr, 1);
	tiser_rdma_leave(dm);
	return 0;
}

/**
 * tiser_dm_put_data - Put_Data, then Send_Control (RFC 5047, 8.2)
 * @dm: connection
 * @task: task whose @rsp is filled in; @rsp is ours until its done()
 * @desc: what to write to the task's Read STag; copied, but its scatterlist
 *	has to stay, and is ours, until the response's done()
 * @invalidate: as for tiser_dm_send_response()
 *
 * RFC 7145, 7.3.5: RDMA Writes, then the SCSI Response, with one doorbell. The
 * response's done() completes both.
 *
 * Context: process, may sleep.
 * Return: 0, and done() follows; -ENOTCONN when terminated; -EINVAL when the
 * task advertised no Read STag, its range wraps, @desc is empty or longer than
 * its scatterlist; -ENOMEM when it can be tried again; -EMSGSIZE when it takes
 * more registered memory than the connection has; others of rdma_rw. On error
 * nothing was done.
 */
int tiser_dm_put_data(struct tiser_dm_conn *dm, struct tiser_dm_task *task,
		      const struct tiser_dm_desc *desc, bool invalidate)
{
	struct tiser_rdma_task *priv = tiser_rdma_to_task(task);
	const struct tiser_remote *remote = &task->remote;
	struct tiser_rdma_tx *rsp = &priv->rsp;
	struct ib_send_wr *first;
	int nr;

	if (!remote->read_valid)
		return -EINVAL;
	if (WARN_ON_ONCE(rsp->pub.data_len > rsp->pub.data_cap))
		return -EINVAL;
	if (!tiser_rdma_enter(dm))
		return -ENOTCONN;

	nr = tiser_rdma_map(priv, desc, DMA_TO_DEVICE, remote->read_va,
			    remote->read_stag);
	if (nr < 0)
		goto out_leave;
	tiser_rdma_rsp_prepare(priv, invalidate);
	trace_dm_put_data(dm->limits.id, dm->qp->qp_num, task->index,
			  desc->len, desc->remote_offset, nr);
	trace_dm_send_control(dm->limits.id, dm->qp->qp_num, rsp->pub.bhs,
			      rsp->pub.data_len);
	first = rdma_rw_ctx_wrs(&priv->ctx, dm->qp, dm->port, NULL, &rsp->wr);
	tiser_rdma_op_submit(dm, &rsp->op, first, nr + 1);

out_leave:
	tiser_rdma_leave(dm);
	return min(nr, 0);
}

/**
 * tiser_dm_get_data - Get_Data (RFC 5047, 8.3)
 * @dm: connection
 * @task: task
 * @desc: what to read from the task's Write STag; copied, but its scatterlist
 *	has to stay, and is ours, until ops->data_done
 *
 * RFC 7145, 7.3.6: an R2T becomes RDMA Reads. Their number in flight is
 * limited to what the peer granted: by the queue pair, or here when its Hello
 * took some back.
 *
 * Context: process, may sleep.
 * Return: 0, and ops->data_done follows; -EPROTO when the peer's Hello left no
 * RDMA Reads, and the connection ends; otherwise as tiser_dm_put_data(), for
 * the Write STag.
 */
int tiser_dm_get_data(struct tiser_dm_conn *dm, struct tiser_dm_task *task,
		      const struct tiser_dm_desc *desc)
{
	struct tiser_rdma_task *priv = tiser_rdma_to_task(task);
	const struct tiser_remote *remote = &task->remote;
	struct ib_send_wr *first;
	int nr;

	if (!remote->write_valid)
		return -EINVAL;
	/* RFC 7145, 7.3.6, item 3: terminate. */
	if (!dm->ord) {
		tiser_rdma_end(dm, TISER_DM_END_PROTOCOL,
			       "its iSER Hello leaves no RDMA Read for a write");
		return -EPROTO;
	}
	if (!tiser_rdma_enter(dm))
		return -ENOTCONN;

	nr = tiser_rdma_map(priv, desc, DMA_FROM_DEVICE, remote->write_va,
			    remote->write_stag);
	if (nr < 0)
		goto out_leave;
	trace_dm_get_data(dm->limits.id, dm->qp->qp_num, task->index,
			  desc->len, desc->remote_offset, nr);
	first = rdma_rw_ctx_wrs(&priv->ctx, dm->qp, dm->port, &priv->read.cqe,
				NULL);
	if (unlikely(dm->ord_lowered))
		tiser_rdma_read_submit(dm, &priv->read, first, nr);
	else
		tiser_rdma_op_submit(dm, &priv->read, first, nr);

out_leave:
	tiser_rdma_leave(dm);
	return min(nr, 0);
}

/**
 * tiser_dm_free_task - Deallocate_Task_Resources (RFC 5047, 8.9)
 * @dm: connection
 * @task: task that ends without a SCSI Response
 *
 * Forgets the Remote Mapping (RFC 7145, 7.3.1). A transfer in flight completes
 * as ever, and releases its local mapping then.
 *
 * Context: any.
 */
void tiser_dm_free_task(struct tiser_dm_conn *dm, struct tiser_dm_task *task)
{
	trace_dm_deallocate_task(dm->limits.id, task->index);
	memset(&task->remote, 0, sizeof(task->remote));
}

/*
 * Receive.
 */

static void tiser_rdma_reject_done(struct tiser_dm_tx *tx, int status)
{
	struct tiser_dm_conn *conn = tx->ulp;

	/* RFC 7145, 10.1.3.2: the peer has the reply, now end it. */
	tiser_rdma_end(conn, TISER_DM_END_PROTOCOL, "iSER Hello rejected");
	tiser_dm_tx_free(tx);
}

static int tiser_rdma_send_hello_reply(struct tiser_dm_conn *conn,
				       const struct tiser_hello *hello,
				       bool reject)
{
	struct tiser_dm_tx *tx;
	struct tiser_rdma_tx *priv;

	tx = tiser_dm_tx_alloc(conn, 0, GFP_KERNEL);
	if (!tx)
		return -ENOMEM;
	priv = tiser_rdma_to_tx(tx);
	if (!tiser_rdma_enter(conn)) {
		tiser_dm_tx_free(tx);
		return -ENOTCONN;
	}
	tx->ulp = conn;
	tx->done = reject ? tiser_rdma_reject_done : NULL;
	tiser_hdr_build_hello_reply(priv->buf, hello, conn->ord, reject);
	tiser_rdma_tx_prepare(priv, TISER_HDR_LEN, 0);
	tiser_rdma_op_submit(conn, &priv->op, &priv->wr, 1);
	tiser_rdma_leave(conn);
	return 0;
}

/*
 * RFC 7145, 5.1.3: the Hello is the first message in full feature phase, or
 * there is none. iSER-ORD must not exceed the peer's iSER-IRD. The queue pair
 * keeps to what the CM negotiated, usually the same number by another way.
 */
static const char *tiser_rdma_recv_hello(struct tiser_dm_conn *conn,
					 const struct tiser_hello *hello,
					 bool first)
{
	bool reject;

	if (!first || conn->keys.hello_refused)
		return "unexpected iSER Hello";

	if (hello->ird < conn->ord) {
		conn->ord = hello->ird;
		conn->ord_lowered = true;
	}
	reject = !tiser_hello_acceptable(hello) || (!conn->ord && hello->ird);
	if (tiser_rdma_send_hello_reply(conn, hello, reject))
		return "cannot answer iSER Hello";
	return NULL;
}

/* Returns what is wrong with the message, or NULL. */
static const char *tiser_rdma_recv(struct tiser_dm_conn *conn,
				   struct tiser_rdma_rx *rx, u32 len)
{
	bool assisted = tiser_rdma_state(conn) == TISER_RDMA_ASSISTED;
	bool first = assisted && !conn->first_seen;
	struct tiser_hello hello;
	enum tiser_hdr_type type;
	const char *why;

	tiser_rdma_rx_sync(rx, len);
	/* RFC 7145, 10.1.3.3: a format error ends the connection. */
	if (tiser_hdr_decode(rx->hdr, len, &type, &rx->pub.remote, &hello))
		return "malformed iSER header";
	conn->first_seen = assisted;
	WRITE_ONCE(conn->rx_taken, conn->rx_taken + 1);

	if (type == TISER_HDR_HELLO) {
		why = tiser_rdma_recv_hello(conn, &hello, first);
		if (!why)
			tiser_dm_rx_put(conn, &rx->pub);
		return why;
	}
	/* Not left to the decoder alone: control_notify reads the BHS. */
	if (len < TISER_RDMA_CTRL_LEN)
		return "short PDU";
	if (first && conn->keys.hello_required)
		return "iSER Hello missing";
	trace_dm_control_notify(conn->limits.id, conn->qp->qp_num, rx->pub.bhs,
				rx->pub.payload_len);
	conn->ops->control_notify(conn->ulp, &rx->pub);
	return NULL;
}

/**
 * tiser_rdma_recv_done - completion of a receive
 * @cq: completion queue
 * @wc: work completion
 *
 * Context: CQ worker, one at a time for a connection.
 */
void tiser_rdma_recv_done(struct ib_cq *cq, struct ib_wc *wc)
{
	struct tiser_rdma_rx *rx =
		container_of(wc->wr_cqe, struct tiser_rdma_rx, cqe);
	struct tiser_dm_conn *conn = rx->conn;
	const char *why;

	if (unlikely(wc->status != IB_WC_SUCCESS)) {
		tiser_rdma_wc_failed(conn, wc);
		return;
	}
	/* What arrives after the decision to close was not received. */
	if (tiser_rdma_state(conn) >= TISER_RDMA_CLOSING)
		return;
	why = tiser_rdma_recv(conn, rx, wc->byte_len);
	if (unlikely(why))
		tiser_rdma_end(conn, TISER_DM_END_PROTOCOL, why);
}
