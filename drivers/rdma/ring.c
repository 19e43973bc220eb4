// SPDX-License-Identifier: GPL-2.0
/*
 * Memory the device reaches: receive buffers, transmit buffers and tasks.
 * Allocated and mapped once, unmapped when the queue pair is gone, freed with
 * the connection. Must not know what is in a buffer.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/slab.h>
#include "rdma.h"

static void tiser_rdma_slab_unmap(struct tiser_rdma_slab *slab,
				  struct ib_device *ibdev)
{
	struct tiser_rdma_chunk *chunk;
	u32 i;

	for (i = 0; i < slab->nr_chunks; i++) {
		chunk = &slab->chunks[i];
		if (chunk->mapped)
			ib_dma_unmap_single(ibdev, chunk->dma,
					    slab->chunk_len, slab->dir);
		chunk->mapped = false;
	}
}

static void tiser_rdma_slab_free(struct tiser_rdma_slab *slab)
{
	u32 i;

	for (i = 0; i < slab->nr_chunks; i++)
		kfree(slab->chunks[i].va);
	kfree(slab->chunks);
	memset(slab, 0, sizeof(*slab));
}

static int tiser_rdma_chunk_alloc(struct tiser_rdma_chunk *chunk, u32 len,
				  struct ib_device *ibdev,
				  enum dma_data_direction dir)
{
	/* Zeroed: nothing of ours must go out in a byte nobody has set. */
	chunk->va = kzalloc(len, GFP_KERNEL);
	if (!chunk->va)
		return -ENOMEM;
	chunk->dma = ib_dma_map_single(ibdev, chunk->va, len, dir);
	if (ib_dma_mapping_error(ibdev, chunk->dma))
		return -ENOMEM;
	chunk->mapped = true;
	return 0;
}

static int tiser_rdma_slab_alloc(struct tiser_rdma_slab *slab,
				 struct ib_device *ibdev, u32 slots,
				 u32 slot_len, enum dma_data_direction dir)
{
	u32 per_chunk = min_t(u32, slots, PAGE_SIZE / slot_len), i;
	int ret;

	slab->slot_len = slot_len;
	slab->chunk_len = per_chunk * slot_len;
	slab->dir = dir;
	slab->chunks = kcalloc(DIV_ROUND_UP(slots, per_chunk),
			       sizeof(*slab->chunks), GFP_KERNEL);
	if (!slab->chunks)
		return -ENOMEM;
	slab->nr_chunks = DIV_ROUND_UP(slots, per_chunk);

	for (i = 0; i < slab->nr_chunks; i++) {
		ret = tiser_rdma_chunk_alloc(&slab->chunks[i], slab->chunk_len,
					     ibdev, dir);
		if (ret)
			goto err_free;
	}
	return 0;

err_free:
	tiser_rdma_slab_unmap(slab, ibdev);
	tiser_rdma_slab_free(slab);
	return ret;
}

static u8 *tiser_rdma_slab_slot(const struct tiser_rdma_slab *slab, u32 index,
				u64 *dma)
{
	u32 per_chunk = slab->chunk_len / slab->slot_len;
	const struct tiser_rdma_chunk *chunk = &slab->chunks[index / per_chunk];
	u32 offset = index % per_chunk * slab->slot_len;

	*dma = chunk->dma + offset;
	return chunk->va + offset;
}

static void tiser_rdma_ring_unmap(struct tiser_rdma_ring *ring,
				  struct ib_device *ibdev)
{
	struct tiser_rdma_rx *rx;
	u32 i;

	for (i = 0; i < ring->nr; i++) {
		rx = &ring->rx[i];
		if (rx->mapped)
			ib_dma_unmap_single(ibdev, rx->sge.addr, rx->sge.length,
					    DMA_FROM_DEVICE);
		rx->mapped = false;
	}
}

static void tiser_rdma_ring_free(struct tiser_rdma_ring *ring)
{
	u32 i;

	for (i = 0; i < ring->nr; i++)
		if (ring->rx[i].pages)
			free_pages_exact(ring->rx[i].pages,
					 ring->rx[i].pages_len);
	kvfree(ring->rx);
	memset(ring, 0, sizeof(*ring));
}

static void tiser_rdma_rx_init(struct tiser_rdma_rx *rx,
			       struct tiser_dm_conn *conn)
{
	rx->sge.lkey = conn->dev->pd->local_dma_lkey;
	rx->pub.bhs = rx->hdr + TISER_HDR_LEN;
	rx->conn = conn;
	rx->cqe.done = tiser_rdma_recv_done;
	rx->wr.wr_cqe = &rx->cqe;
	rx->wr.sg_list = &rx->sge;
	rx->wr.num_sge = 1;
}

/* The pages of one buffer, without the room for its last bytes. */
static u32 tiser_rdma_rx_stride(const struct tiser_rdma_ring *ring)
{
	return PAGE_SIZE + ring->room;
}

/*
 * Headers end where a page does: the payload is page-aligned, as backends want
 * immediate data, and both are one piece, which costs the device less than two.
 */
static int tiser_rdma_rx_map(struct tiser_dm_conn *conn,
			     struct tiser_rdma_rx *rx, u8 *payload, u32 room)
{
	struct ib_device *ibdev = conn->dev->ibdev;

	rx->pub.payload = payload;
	rx->hdr = payload - TISER_RDMA_CTRL_LEN;
	rx->room = room;
	rx->sge.length = TISER_RDMA_CTRL_LEN + room + TISER_RDMA_AHS_ROOM;
	rx->sge.addr = ib_dma_map_single(ibdev, rx->hdr, rx->sge.length,
					 DMA_FROM_DEVICE);
	if (ib_dma_mapping_error(ibdev, rx->sge.addr))
		return -ENOMEM;
	rx->mapped = true;
	tiser_rdma_rx_init(rx, conn);
	return 0;
}

/*
 * Allocates up to @nr buffers in one piece. What RFC 7145, 6.8 adds to a full
 * data segment ends up in the front of the next buffer's header page, which
 * nobody uses, and for the last one in a page of its own. Each byte belongs to
 * one buffer, and no cache line to two. Returns how many there are, 0 without
 * memory.
 */
static u32 tiser_rdma_rx_pages(struct tiser_rdma_ring *ring,
			       struct tiser_rdma_rx *rx, u32 nr)
{
	u32 stride = tiser_rdma_rx_stride(ring);
	u32 most = (TISER_RDMA_RX_PIECE - PAGE_SIZE) / stride;

	BUILD_BUG_ON(TISER_RDMA_AHS_ROOM % SMP_CACHE_BYTES ||
		     TISER_RDMA_AHS_ROOM >
		     ALIGN_DOWN(PAGE_SIZE - TISER_RDMA_CTRL_LEN,
				SMP_CACHE_BYTES));
	for (nr = clamp_t(u32, most, 1, nr); nr; nr /= 2) {
		/* Memory in pieces is no reason to wait while there is less. */
		gfp_t gfp = GFP_KERNEL | __GFP_NOWARN |
			    (nr > 1 ? __GFP_NORETRY : 0);

		rx->pages_len = nr * stride + PAGE_SIZE;
		rx->pages = alloc_pages_exact(rx->pages_len, gfp);
		if (rx->pages)
			break;
	}
	return nr;
}

/* Returns the number of buffers made, or a negative errno. */
static int tiser_rdma_rx_alloc(struct tiser_dm_conn *conn,
			       struct tiser_rdma_ring *ring,
			       struct tiser_rdma_rx *rx, u32 nr)
{
	u8 *payload;
	u32 i;
	int ret;

	nr = tiser_rdma_rx_pages(ring, rx, nr);
	if (!nr)
		return -ENOMEM;
	payload = rx->pages + PAGE_SIZE;
	for (i = 0; i < nr; i++) {
		ret = tiser_rdma_rx_map(conn, &rx[i], payload, ring->room);
		if (ret)
			return ret;
		payload += tiser_rdma_rx_stride(ring);
	}
	return nr;
}

static int tiser_rdma_ring_alloc(struct tiser_dm_conn *conn,
				 struct tiser_rdma_ring *ring, u32 nr, u32 room)
{
	u32 i;
	int ret;

	ring->rx = kvcalloc(nr, sizeof(*ring->rx), GFP_KERNEL | __GFP_NOWARN);
	if (!ring->rx)
		return -ENOMEM;
	ring->nr = nr;
	ring->room = room;
	for (i = 0; i < nr; i += ret) {
		ret = tiser_rdma_rx_alloc(conn, ring, &ring->rx[i], nr - i);
		if (ret < 0)
			goto err_free;
	}
	return 0;

err_free:
	tiser_rdma_ring_unmap(ring, conn->dev->ibdev);
	tiser_rdma_ring_free(ring);
	return ret;
}

/* Hands all buffers of a new ring to the hardware. */
static int tiser_rdma_ring_post(struct tiser_dm_conn *conn,
				struct tiser_rdma_ring *ring)
{
	u32 i;

	for (i = 0; i + 1 < ring->nr; i++)
		ring->rx[i].wr.next = &ring->rx[i + 1].wr;
	return ib_post_recv(conn->qp, &ring->rx[0].wr, NULL);
}

/**
 * tiser_rdma_login_ring_start - allocate and post the login buffer
 * @conn: connection with a queue pair
 *
 * RFC 7145, 5.1.1: the one buffer of the login phase.
 *
 * Context: CM handler; process, may sleep.
 * Return: 0, -ENOMEM, or the device's errno.
 */
int tiser_rdma_login_ring_start(struct tiser_dm_conn *conn)
{
	int ret;

	ret = tiser_rdma_ring_alloc(conn, &conn->login, 1,
				    PAGE_ALIGN(TISER_RDMA_LOGIN_ROOM));
	if (ret)
		return ret;
	return tiser_rdma_ring_post(conn, &conn->login);
}

static int tiser_rdma_rx_start(struct tiser_dm_conn *conn, u32 rx_bufs)
{
	u32 room = max_t(u32, conn->keys.target_recv_dsl,
			 TISER_RDMA_LOGIN_ROOM);
	int ret;

	if (conn->ring.nr)
		return 0;
	if (room > TISER_RDMA_MAX_ROOM)
		return -EINVAL;

	ret = tiser_rdma_ring_alloc(conn, &conn->ring,
				    rx_bufs + TISER_RDMA_RX_BATCH,
				    PAGE_ALIGN(room));
	if (ret)
		return ret;

	ret = tiser_rdma_ring_post(conn, &conn->ring);
	/* Some may be posted: only the teardown can take them back. */
	if (ret)
		tiser_rdma_fail(conn, "cannot post receive buffers");
	return ret;
}

static int tiser_rdma_tasks_alloc(struct tiser_dm_conn *conn, u32 tasks)
{
	struct tiser_rdma_task *task;
	u32 i;
	int ret;

	if (conn->nr_tasks || !tasks)
		return 0;

	conn->tasks = kvcalloc(tasks, sizeof(*conn->tasks),
			       GFP_KERNEL | __GFP_NOWARN);
	if (!conn->tasks)
		return -ENOMEM;
	ret = tiser_rdma_slab_alloc(&conn->rsps, conn->dev->ibdev, tasks,
				    TISER_RDMA_RSP_SLOT, DMA_TO_DEVICE);
	if (ret) {
		kvfree(conn->tasks);
		conn->tasks = NULL;
		return ret;
	}

	for (i = 0; i < tasks; i++) {
		u64 dma;
		u8 *buf = tiser_rdma_slab_slot(&conn->rsps, i, &dma);

		task = &conn->tasks[i];
		tiser_rdma_task_init(task, conn, i);
		tiser_rdma_tx_init(&task->rsp, conn, buf, dma,
				   TISER_RDMA_RSP_DATA);
	}
	conn->nr_tasks = tasks;
	return 0;
}

static void tiser_rdma_tasks_free(struct tiser_dm_conn *conn)
{
	tiser_rdma_slab_free(&conn->rsps);
	kvfree(conn->tasks);
	conn->tasks = NULL;
	conn->nr_tasks = 0;
}

/**
 * tiser_dm_alloc_conn_resources - Allocate_Connection_Resources (RFC 5047, 8.4)
 * @dm: connection in its login phase, tiser_dm_notice_keys() done
 * @res: what to allocate, within the limits ops->connected gave
 *
 * RFC 7145, 5.1.2: not before the initiator is authenticated, and before the
 * final Login Response. All receive buffers are posted when this returns.
 * Calling it again changes nothing. When target_recv_dsl is above 8192, the
 * last Login Request must be kept until after this call: its buffer is too
 * small for full feature phase and is taken out of use by tiser_dm_rx_put().
 *
 * Context: process, may sleep; not concurrently with itself or with
 * tiser_dm_free_conn_resources().
 * Return: 0; -ENOMEM without memory or when the device cannot queue that many
 * buffers; -EINVAL outside the limits; -ENOTCONN when terminated. On error
 * nothing was allocated, except after the device's errno for refused buffers,
 * when the connection is terminated.
 */
int tiser_dm_alloc_conn_resources(struct tiser_dm_conn *dm,
				  const struct tiser_dm_res *res)
{
	bool had_tasks = dm->nr_tasks;
	int ret;

	if (WARN_ON_ONCE(res->tasks > dm->limits.tasks))
		return -EINVAL;
	/* The limit may have been lowered to what the device has. */
	if (res->rx_bufs > dm->limits.rx_bufs)
		return -ENOMEM;
	/* Teardown must not unmap under our feet. */
	if (!tiser_rdma_enter(dm))
		return -ENOTCONN;

	ret = tiser_rdma_tasks_alloc(dm, res->tasks);
	if (ret)
		goto out_leave;
	ret = tiser_rdma_rx_start(dm, res->rx_bufs);
	if (ret && !had_tasks) {
		tiser_rdma_slab_unmap(&dm->rsps, dm->dev->ibdev);
		tiser_rdma_tasks_free(dm);
	}

out_leave:
	tiser_rdma_leave(dm);
	return ret;
}

/**
 * tiser_dm_max_rx_bufs - how many receive buffers may be asked for
 * @dm: connection in its login phase
 *
 * Context: any.
 * Return: what ops->connected wished for, or less if the device cannot.
 */
u32 tiser_dm_max_rx_bufs(const struct tiser_dm_conn *dm)
{
	return dm->limits.rx_bufs;
}

/**
 * tiser_dm_free_conn_resources - Deallocate_Connection_Resources (RFC 5047, 8.5)
 * @dm: connection whose login failed (RFC 7145, 10.1.4.6)
 *
 * Frees the tasks. Receive buffers are at the hardware, which gives them back
 * only when the queue pair goes: they are freed with the connection. Does
 * nothing when nothing is allocated or full feature phase was entered.
 *
 * Context: process, may sleep; not concurrently with
 * tiser_dm_alloc_conn_resources() or tiser_dm_enable().
 */
void tiser_dm_free_conn_resources(struct tiser_dm_conn *dm)
{
	/* After termination the last tiser_dm_put() does it. */
	if (!tiser_rdma_enter(dm))
		return;
	if (tiser_rdma_state(dm) == TISER_RDMA_NATIVE) {
		tiser_rdma_slab_unmap(&dm->rsps, dm->dev->ibdev);
		tiser_rdma_tasks_free(dm);
	}
	tiser_rdma_leave(dm);
}

/**
 * tiser_dm_task - look up a task
 * @dm: connection
 * @index: position, below tiser_dm_res.tasks
 *
 * Context: any.
 * Return: the task, owned by @dm, or NULL when there is none.
 */
struct tiser_dm_task *tiser_dm_task(struct tiser_dm_conn *dm, u32 index)
{
	if (index >= dm->nr_tasks)
		return NULL;
	return &dm->tasks[index].pub;
}

/* Only what was received, which is also all that may be dirty in a cache. */
static void tiser_rdma_rx_sync_back(struct tiser_rdma_rx *rx)
{
	ib_dma_sync_single_for_device(rx->conn->dev->ibdev, rx->sge.addr,
				      TISER_RDMA_CTRL_LEN + rx->pub.payload_len,
				      DMA_FROM_DEVICE);
}

/**
 * tiser_rdma_rx_sync - make a received message readable
 * @rx: buffer a receive completed on
 * @len: bytes received, iSER header included; at most what was posted
 *
 * Sets pub.payload_len.
 *
 * Context: CQ worker.
 */
void tiser_rdma_rx_sync(struct tiser_rdma_rx *rx, u32 len)
{
	len = min(len, rx->sge.length);
	rx->pub.payload_len = max_t(u32, len, TISER_RDMA_CTRL_LEN) -
			      TISER_RDMA_CTRL_LEN;
	ib_dma_sync_single_for_cpu(rx->conn->dev->ibdev, rx->sge.addr, len,
				   DMA_FROM_DEVICE);
}

/* One doorbell for all that waits. */
static int __tiser_rdma_repost(struct tiser_dm_conn *conn)
{
	struct ib_recv_wr *first = conn->rq_first;

	lockdep_assert_held(&conn->rq_lock);
	conn->rq_first = NULL;
	conn->rq_pending = 0;
	return ib_post_recv(conn->qp, first, NULL);
}

static void __tiser_rdma_rx_queue(struct tiser_dm_conn *conn,
				  struct tiser_rdma_rx *rx)
{
	lockdep_assert_held(&conn->rq_lock);
	tiser_rdma_rx_sync_back(rx);
	rx->wr.next = NULL;
	if (conn->rq_first)
		conn->rq_last->next = &rx->wr;
	else
		conn->rq_first = &rx->wr;
	conn->rq_last = &rx->wr;
	conn->rq_pending++;
}

/*
 * In login the peer waits for this very buffer. Later the queue has
 * TISER_RDMA_RX_BATCH buffers more than were asked for, so what waits here is
 * never missed there.
 */
static u32 tiser_rdma_rx_batch(struct tiser_dm_conn *conn)
{
	return tiser_rdma_state(conn) >= TISER_RDMA_ASSISTED ?
	       TISER_RDMA_RX_BATCH : 1;
}

/**
 * tiser_dm_rx_put - give a receive buffer back
 * @dm: connection
 * @pub: buffer from ops->control_notify; not to be used any more
 *
 * Once for each ops->control_notify, also after termination.
 *
 * Context: any.
 */
void tiser_dm_rx_put(struct tiser_dm_conn *dm, struct tiser_dm_rx *pub)
{
	struct tiser_rdma_rx *rx = tiser_rdma_to_rx(pub);
	u32 batch = tiser_rdma_rx_batch(dm);
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&dm->rq_lock, flags);
	dm->rx_returned++;
	/* The login buffer retires if it cannot take every PDU. */
	if (!dm->rq_closed && rx->room >= dm->ring.room) {
		__tiser_rdma_rx_queue(dm, rx);
		if (dm->rq_pending >= batch)
			ret = __tiser_rdma_repost(dm);
	}
	spin_unlock_irqrestore(&dm->rq_lock, flags);

	if (ret)
		tiser_rdma_fail(dm, "cannot post receive buffers");
}

static struct tiser_rdma_tx *tiser_rdma_tx_kalloc(u32 data_cap, gfp_t gfp)
{
	struct tiser_rdma_tx *tx;

	tx = kzalloc(sizeof(*tx), gfp);
	if (!tx)
		return NULL;
	/* Apart from tx, so that no cache line is shared with the device. */
	tx->buf = kzalloc(TISER_RDMA_CTRL_LEN + data_cap, gfp | __GFP_NOWARN);
	if (!tx->buf) {
		kfree(tx);
		return NULL;
	}
	tx->buf_len = TISER_RDMA_CTRL_LEN + data_cap;
	return tx;
}

static bool tiser_rdma_tx_charge(struct tiser_dm_conn *conn)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&conn->tx_lock, flags);
	ok = conn->nr_tx < TISER_RDMA_MAX_CTRL;
	if (ok)
		conn->nr_tx++;
	spin_unlock_irqrestore(&conn->tx_lock, flags);
	return ok;
}

static void tiser_rdma_tx_uncharge(struct tiser_dm_conn *conn)
{
	unsigned long flags;

	spin_lock_irqsave(&conn->tx_lock, flags);
	conn->nr_tx--;
	spin_unlock_irqrestore(&conn->tx_lock, flags);
}

static int tiser_rdma_tx_map(struct tiser_dm_conn *conn,
			     struct tiser_rdma_tx *tx, u32 data_cap)
{
	struct ib_device *ibdev = conn->dev->ibdev;
	unsigned long flags;
	u64 dma;

	dma = ib_dma_map_single(ibdev, tx->buf, tx->buf_len, DMA_TO_DEVICE);
	if (ib_dma_mapping_error(ibdev, dma))
		return -ENOMEM;
	tiser_rdma_tx_init(tx, conn, tx->buf, dma, data_cap);

	spin_lock_irqsave(&conn->tx_lock, flags);
	tx->mapped = true;
	list_add_tail(&tx->entry, &conn->tx_list);
	spin_unlock_irqrestore(&conn->tx_lock, flags);
	return 0;
}

/**
 * tiser_dm_tx_alloc - get a transmit buffer
 * @dm: connection
 * @data_cap: room for data, bytes
 * @gfp: GFP_KERNEL or GFP_ATOMIC
 *
 * The buffer is zeroed. It may outlive the connection's termination.
 *
 * Context: as @gfp says.
 * Return: the buffer, for tiser_dm_send_control(), tiser_dm_enable() or
 * tiser_dm_tx_free(), or NULL: no memory, too many in use, or terminated.
 */
struct tiser_dm_tx *tiser_dm_tx_alloc(struct tiser_dm_conn *dm, u32 data_cap,
				      gfp_t gfp)
{
	struct tiser_rdma_tx *tx;

	if (data_cap > TISER_RDMA_MAX_ROOM || !tiser_rdma_enter(dm))
		return NULL;
	if (!tiser_rdma_tx_charge(dm))
		goto err_leave;
	tx = tiser_rdma_tx_kalloc(data_cap, gfp);
	if (!tx)
		goto err_uncharge;
	if (tiser_rdma_tx_map(dm, tx, data_cap))
		goto err_free;
	/* The buffer's reference, see tiser_dm_tx_free(). */
	tiser_rdma_conn_get(dm);
	tiser_rdma_leave(dm);
	return &tx->pub;

err_free:
	kfree(tx->buf);
	kfree(tx);
err_uncharge:
	tiser_rdma_tx_uncharge(dm);
err_leave:
	tiser_rdma_leave(dm);
	return NULL;
}

static void tiser_rdma_tx_unmap(struct tiser_dm_conn *conn,
				struct tiser_rdma_tx *tx)
{
	lockdep_assert_held(&conn->tx_lock);
	if (!tx->mapped)
		return;
	tx->mapped = false;
	list_del(&tx->entry);
	ib_dma_unmap_single(conn->dev->ibdev, tx->sge.addr, tx->buf_len,
			    DMA_TO_DEVICE);
}

/**
 * tiser_dm_tx_free - free a transmit buffer
 * @pub: buffer of tiser_dm_tx_alloc() that is not being sent, or NULL
 *
 * Context: process, as the connection may go with its last buffer.
 */
void tiser_dm_tx_free(struct tiser_dm_tx *pub)
{
	struct tiser_dm_conn *conn;
	struct tiser_rdma_tx *tx;
	unsigned long flags;

	if (!pub)
		return;
	tx = tiser_rdma_to_tx(pub);
	conn = tx->conn;

	/*
	 * Unmapped with the lock held: teardown, which lets go of the device,
	 * has to find the buffer in the list or unmapped already.
	 */
	spin_lock_irqsave(&conn->tx_lock, flags);
	tiser_rdma_tx_unmap(conn, tx);
	conn->nr_tx--;
	spin_unlock_irqrestore(&conn->tx_lock, flags);

	kfree(tx->buf);
	kfree(tx);
	tiser_rdma_conn_put(conn);
}

/**
 * tiser_rdma_rings_unmap - undo every DMA mapping of a connection
 * @conn: connection whose queue pair is gone and that has no users left
 *
 * Context: process.
 */
void tiser_rdma_rings_unmap(struct tiser_dm_conn *conn)
{
	struct ib_device *ibdev = conn->dev->ibdev;
	struct tiser_rdma_tx *tx, *next;
	unsigned long flags;

	tiser_rdma_ring_unmap(&conn->login, ibdev);
	tiser_rdma_ring_unmap(&conn->ring, ibdev);
	tiser_rdma_slab_unmap(&conn->rsps, ibdev);

	spin_lock_irqsave(&conn->tx_lock, flags);
	list_for_each_entry_safe(tx, next, &conn->tx_list, entry)
		tiser_rdma_tx_unmap(conn, tx);
	spin_unlock_irqrestore(&conn->tx_lock, flags);
}

/**
 * tiser_rdma_rings_free - free buffers and tasks
 * @conn: connection without DMA mappings
 *
 * Context: process, may sleep.
 */
void tiser_rdma_rings_free(struct tiser_dm_conn *conn)
{
	tiser_rdma_tasks_free(conn);
	tiser_rdma_ring_free(&conn->ring);
	tiser_rdma_ring_free(&conn->login);
}
