/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The iSER datamover over verbs: what its files share. Nothing above
 * datamover.h includes this.
 */
#ifndef TISER_RDMA_H
#define TISER_RDMA_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/socket.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <rdma/ib_verbs.h>
#include <rdma/rdma_cm.h>
#include <rdma/rw.h>
#include <tiser/datamover.h>

enum {
	TISER_RDMA_BHS_LEN = 48,	/* RFC 7143, 11.2.1 */
	/* iSER header and BHS in front of every control-type PDU. */
	TISER_RDMA_CTRL_LEN = TISER_HDR_LEN + TISER_RDMA_BHS_LEN,
	/* RFC 7145, 5.1.1: login uses the default of 8192 bytes. */
	TISER_RDMA_LOGIN_ROOM = 8192,
	/*
	 * RFC 7145, 6.8: beside a full data segment. TotalAHSLength cannot say
	 * more than 1020, so it is enough for any MaxAHSLength.
	 */
	TISER_RDMA_AHS_ROOM = 1024,
	/*
	 * Receive buffers are allocated in pieces of up to 256 KiB: 21 of 8 KiB,
	 * and one page that each piece costs.
	 */
	TISER_RDMA_RX_PIECE = 256 << 10,
	/* Largest payload of one PDU, either way: a 24-bit length. */
	TISER_RDMA_MAX_ROOM = 1 << 24,
	/* Of a memory region: rdma_rw's own limit. */
	TISER_RDMA_MR_PAGES = 256,
	/* Of 16 MiB, the longest command there is room for in any window. */
	TISER_RDMA_LARGEST_PAGES = ((16 << 20) >> PAGE_SHIFT) + 1,
	TISER_RDMA_RSP_DATA = 128,	/* sense data, see struct tiser_dm_task */
	TISER_RDMA_RSP_SLOT = 256,	/* CTRL_LEN + RSP_DATA, rounded up */
	/* Receive buffers posted with one doorbell. */
	TISER_RDMA_RX_BATCH = 8,
	/* Control PDUs a connection may have allocated; one is for login. */
	TISER_RDMA_MAX_CTRL = 64 + 1,
};

/**
 * enum tiser_rdma_state - life of a connection, in the order it runs
 * @TISER_RDMA_CONNECTING: the CM request is being worked on
 * @TISER_RDMA_NATIVE: login PDUs (RFC 5047, 10)
 * @TISER_RDMA_ASSISTED: full feature phase, iSER-assisted mode
 * @TISER_RDMA_CLOSING: teardown runs
 * @TISER_RDMA_CLOSED: no verbs object, DMA mapping or up-call is left
 */
enum tiser_rdma_state {
	TISER_RDMA_CONNECTING,
	TISER_RDMA_NATIVE,
	TISER_RDMA_ASSISTED,
	TISER_RDMA_CLOSING,
	TISER_RDMA_CLOSED,
};

/**
 * struct tiser_rdma_dev - one RDMA device
 * @entry: in the list of devices
 * @ibdev: the device
 * @pd: protection domain, exists while @users is not 0
 * @conns: connections to terminate when the device goes
 * @users: connections holding DMA mappings or verbs objects of the device
 * @removing: the device is on its way out, @idle is waited for
 * @events: what happens to its GIDs and ports
 * @idle: completed when @users drops to 0 while @removing
 *
 * All protected by the mutex of dev.c; @ibdev is constant, and so is @pd for
 * whoever counts in @users.
 */
struct tiser_rdma_dev {
	struct list_head entry;
	struct ib_device *ibdev;
	struct ib_pd *pd;
	struct list_head conns;
	u32 users;
	bool removing;
	struct completion idle;
	struct ib_event_handler events;
};

/**
 * struct tiser_rdma_chunk - DMA-mapped kernel memory
 * @va: kmalloc'ed
 * @dma: valid while @mapped
 * @mapped: to be unmapped
 */
struct tiser_rdma_chunk {
	u8 *va;
	u64 dma;
	bool mapped;
};

/**
 * struct tiser_rdma_slab - an array of small buffers, mapped chunk by chunk
 * @chunks: of at most a page each
 * @nr_chunks: entries of @chunks
 * @chunk_len: bytes per chunk
 * @slot_len: bytes per buffer
 * @dir: of every mapping
 */
struct tiser_rdma_slab {
	struct tiser_rdma_chunk *chunks;
	u32 nr_chunks;
	u32 chunk_len;
	u32 slot_len;
	enum dma_data_direction dir;
};

/**
 * struct tiser_rdma_rx - a receive buffer
 * @pub: what the iSCSI layer sees of it
 * @conn: owner
 * @cqe: completion of @wr
 * @wr: receive request
 * @sge: @hdr and the payload behind it
 * @pages: the first buffer of a piece has the memory of all: a page that ends
 *	with @hdr, then the payload, and so on, and one page more
 * @pages_len: bytes at @pages
 * @hdr: iSER header and BHS
 * @room: bytes at pub.payload, without the room for AHS behind them
 * @mapped: the DMA mapping of @sge exists
 */
struct tiser_rdma_rx {
	struct tiser_dm_rx pub;
	struct tiser_dm_conn *conn;
	struct ib_cqe cqe;
	struct ib_recv_wr wr;
	struct ib_sge sge;
	u8 *pages;
	u32 pages_len;
	u8 *hdr;
	u32 room;
	bool mapped;
};

/**
 * struct tiser_rdma_ring - receive buffers allocated together
 * @rx: the buffers
 * @nr: entries of @rx
 * @room: payload bytes of each, without the room for AHS
 */
struct tiser_rdma_ring {
	struct tiser_rdma_rx *rx;
	u32 nr;
	u32 room;
};

/**
 * struct tiser_rdma_op - work requests that complete as one
 * @cqe: of the last work request of each posted part
 * @entry: in conn->sq_wait
 * @conn: owner
 * @first: what is not posted yet
 * @left: work requests from @first on
 * @part_max: work requests a part has at most
 * @posted: work requests in the part at the hardware
 * @stamp: called once, before the first part is posted, or NULL
 * @done: called once, in process context; 0 or -errno
 *
 * All but @done protected by conn->sq_lock.
 */
struct tiser_rdma_op {
	struct ib_cqe cqe;
	struct list_head entry;
	struct tiser_dm_conn *conn;
	struct ib_send_wr *first;
	u32 left;
	u32 part_max;
	u32 posted;
	void (*stamp)(struct tiser_rdma_op *op);
	void (*done)(struct tiser_rdma_op *op, int status);
};

/**
 * struct tiser_rdma_tx - a transmit buffer
 * @pub: what the iSCSI layer sees of it
 * @op: the Send, or an RDMA Write chain ending with it
 * @wr: the Send
 * @sge: @buf
 * @conn: owner; holds a reference unless the buffer is part of a task
 * @entry: in conn->tx_list, unless part of a task
 * @buf: iSER header, BHS, data
 * @buf_len: bytes at @buf
 * @mapped: @buf has a DMA mapping of its own; protected by conn->tx_lock
 */
struct tiser_rdma_tx {
	struct tiser_dm_tx pub;
	struct tiser_rdma_op op;
	struct ib_send_wr wr;
	struct ib_sge sge;
	struct tiser_dm_conn *conn;
	struct list_head entry;
	u8 *buf;
	u32 buf_len;
	bool mapped;
};

/**
 * struct tiser_rdma_task - a task
 * @pub: what the iSCSI layer sees of it
 * @rsp: response buffer
 * @read: RDMA Reads of Get_Data
 * @ctx: RDMA Reads or Writes and their DMA mapping, while @ctx_live
 * @sgl: what @ctx maps
 * @last: entry of @sgl that was shortened
 * @nents: entries of @sgl that @ctx maps
 * @cut: bytes taken off @last, to be given back
 * @dir: direction of @ctx
 * @ctx_live: @ctx is to be destroyed
 */
struct tiser_rdma_task {
	struct tiser_dm_task pub;
	struct tiser_rdma_tx rsp;
	struct tiser_rdma_op read;
	struct rdma_rw_ctx ctx;
	struct scatterlist *sgl;
	struct scatterlist *last;
	u32 nents;
	u32 cut;
	enum dma_data_direction dir;
	bool ctx_live;
};

/**
 * struct tiser_dm_conn - a connection
 * @kref: the transport until teardown is complete, the iSCSI layer, the
 *	termination work, every transmit buffer
 * @ops: up-calls, constant
 * @ulp: the iSCSI layer's handle, constant
 * @local: constant
 * @peer: constant
 * @limits: what the queues have room for, constant
 * @ord: iSER-ORD, RDMA Reads the peer takes at a time; written by the CM
 *	handler, then with @ord_lowered
 * @ord_lowered: a Hello granted fewer than the queue pair keeps to; written by
 *	the receive path, before there is a task
 * @port: port number on the device, constant
 * @use_inv: Send with Invalidate may be used, constant
 *
 * @state_lock: protects @state, @ulp_asked, @notifying, @end and @why
 * @state: read without the lock by tiser_rdma_state()
 * @ulp_asked: tiser_dm_terminate() was called
 * @notifying: ops->terminate_notify was or is being called
 * @end: why the datamover ends the connection
 * @why: the same in words; like @end written once, under @state_lock
 * @term_queued: bit 0: @term_work was queued, once for all
 * @term_work: teardown, then ops->terminate_notify
 * @dead: completed when teardown is done
 * @notified: completed when ops->terminate_notify has returned
 * @users: who may post; killed before the queue pair is drained
 * @users_gone: completed when @users has dropped to zero
 * @disconnected: completed when the CM has nothing more to tell the peer
 *
 * @dev: device, pinned until teardown
 * @dev_entry: in dev->conns, protected by the mutex of dev.c
 * @cm_id: NULL once destroyed
 * @qp: NULL when there is none
 * @cq: of the device's pool
 * @nr_cqe: entries claimed of @cq
 * @mr_pages: pages of a memory region, where rdma_rw registers memory; or 0
 * @rw_ctxs: what rdma_rw was told to be ready for; as many memory regions,
 *	where it registers memory
 *
 * @sq_lock: protects the @sq_ members; taken in any context
 * @sq_wait: operations waiting for send queue room, in order
 * @sq_avail: work requests that fit
 * @sq_total: @sq_avail when idle
 * @sq_dead: the queue pair refused a work request
 * @read_wait: Get_Datas waiting for their turn while @ord_lowered
 * @read_busy: one of them has its turn; with @read_wait under @sq_lock
 *
 * @rq_lock: protects the @rq_ members; taken in any context
 * @rq_first: buffers to repost
 * @rq_last: end of that chain
 * @rq_pending: their number
 * @rq_closed: nothing may be posted any more
 * @rx_returned: buffers the iSCSI layer has given back
 *
 * @keys: from Notice_Key_Values; written during login
 * @first_seen: a message arrived in full feature phase; receive path only
 * @rx_taken: buffers handed up, of which some are in @rx_returned; written by
 *	the receive path
 * @login: the one receive buffer of the login phase
 * @ring: receive buffers of full feature phase
 * @tasks: array
 * @nr_tasks: entries of @tasks
 * @rsps: response buffers of @tasks
 *
 * @tx_lock: protects @tx_list, @nr_tx and the mappings of what is in the list
 * @tx_list: transmit buffers with a DMA mapping
 * @nr_tx: transmit buffers allocated
 */
struct tiser_dm_conn {
	struct kref kref;
	const struct tiser_dm_ops *ops;
	void *ulp;
	struct sockaddr_storage local;
	struct sockaddr_storage peer;
	struct tiser_dm_limits limits;
	u16 ord;
	bool ord_lowered;
	u32 port;
	bool use_inv;

	spinlock_t state_lock;
	enum tiser_rdma_state state;
	bool ulp_asked;
	bool notifying;
	enum tiser_dm_end end;
	const char *why;
	unsigned long term_queued;
	struct work_struct term_work;
	struct completion dead;
	struct completion notified;
	struct percpu_ref users;
	struct completion users_gone;
	struct completion disconnected;

	struct tiser_rdma_dev *dev;
	struct list_head dev_entry;
	struct rdma_cm_id *cm_id;
	struct ib_qp *qp;
	struct ib_cq *cq;
	u32 nr_cqe;
	u32 mr_pages;
	u32 rw_ctxs;

	spinlock_t sq_lock ____cacheline_aligned_in_smp;
	struct list_head sq_wait;
	u32 sq_avail;
	u32 sq_total;
	bool sq_dead;
	bool read_busy;
	struct list_head read_wait;

	spinlock_t rq_lock ____cacheline_aligned_in_smp;
	struct ib_recv_wr *rq_first;
	struct ib_recv_wr *rq_last;
	u32 rq_pending;
	bool rq_closed;
	u32 rx_returned;

	struct tiser_dm_keys keys ____cacheline_aligned_in_smp;
	bool first_seen;
	u32 rx_taken;
	struct tiser_rdma_ring login;
	struct tiser_rdma_ring ring;
	struct tiser_rdma_task *tasks;
	u32 nr_tasks;
	struct tiser_rdma_slab rsps;

	spinlock_t tx_lock;
	struct list_head tx_list;
	u32 nr_tx;
};

static inline struct tiser_rdma_rx *tiser_rdma_to_rx(struct tiser_dm_rx *rx)
{
	return container_of(rx, struct tiser_rdma_rx, pub);
}

static inline struct tiser_rdma_tx *tiser_rdma_to_tx(struct tiser_dm_tx *tx)
{
	return container_of(tx, struct tiser_rdma_tx, pub);
}

static inline struct tiser_rdma_task *
tiser_rdma_to_task(struct tiser_dm_task *task)
{
	return container_of(task, struct tiser_rdma_task, pub);
}

static inline enum tiser_rdma_state tiser_rdma_state(struct tiser_dm_conn *conn)
{
	/* Pairs with tiser_rdma_set_state(): what was written before is seen. */
	return smp_load_acquire(&conn->state);
}

/*
 * Brackets everything that uses the queue pair or makes a DMA mapping outside
 * of a completion: teardown waits for it, then lets no one in.
 */
static inline bool tiser_rdma_enter(struct tiser_dm_conn *conn)
{
	return percpu_ref_tryget_live(&conn->users);
}

static inline void tiser_rdma_leave(struct tiser_dm_conn *conn)
{
	percpu_ref_put(&conn->users);
}

/* dev.c */
extern struct workqueue_struct *tiser_rdma_wq;
int tiser_rdma_dev_get(struct tiser_dm_conn *conn, struct ib_device *ibdev);
void tiser_rdma_dev_link(struct tiser_dm_conn *conn);
void tiser_rdma_dev_put(struct tiser_dm_conn *conn);
bool tiser_rdma_dev_exists(void);

/* addr.c */
int tiser_rdma_addr_ifindex(struct net *net,
			    const struct sockaddr_storage *addr);
int tiser_rdma_addr_init(void);
void tiser_rdma_addr_exit(void);

/* listen.c */
void tiser_rdma_listeners_check(const struct net *net,
				const struct sockaddr_storage *addr);

/* conn.c */
int tiser_rdma_conn_request(struct rdma_cm_id *cm_id,
			    struct rdma_cm_event *event,
			    const struct tiser_dm_ops *ops, void *endpoint);
bool tiser_rdma_set_state(struct tiser_dm_conn *conn,
			  enum tiser_rdma_state state);
void tiser_rdma_conn_get(struct tiser_dm_conn *conn);
void tiser_rdma_conn_put(struct tiser_dm_conn *conn);

/* ending.c */
void tiser_rdma_queue_term(struct tiser_dm_conn *conn);
void tiser_rdma_end(struct tiser_dm_conn *conn, enum tiser_dm_end end,
		    const char *why);
void tiser_rdma_fail(struct tiser_dm_conn *conn, const char *why);
void tiser_rdma_wc_failed(struct tiser_dm_conn *conn, const struct ib_wc *wc);
void tiser_rdma_cm_ended(struct tiser_dm_conn *conn,
			 enum rdma_cm_event_type event);

/* ring.c */
int tiser_rdma_login_ring_start(struct tiser_dm_conn *conn);
void tiser_rdma_rings_unmap(struct tiser_dm_conn *conn);
void tiser_rdma_rings_free(struct tiser_dm_conn *conn);
void tiser_rdma_rx_sync(struct tiser_rdma_rx *rx, u32 len);

/* io.c */
void tiser_rdma_recv_done(struct ib_cq *cq, struct ib_wc *wc);
void tiser_rdma_tx_init(struct tiser_rdma_tx *tx, struct tiser_dm_conn *conn,
			u8 *buf, u64 dma, u32 data_cap);
void tiser_rdma_task_init(struct tiser_rdma_task *task,
			  struct tiser_dm_conn *conn, u32 index);

/* sq.c */
void tiser_rdma_op_init(struct tiser_rdma_op *op, struct tiser_dm_conn *conn,
			void (*done)(struct tiser_rdma_op *op, int status));
void tiser_rdma_op_submit(struct tiser_dm_conn *conn, struct tiser_rdma_op *op,
			  struct ib_send_wr *first, u32 nr);
void tiser_rdma_read_submit(struct tiser_dm_conn *conn,
			    struct tiser_rdma_op *op, struct ib_send_wr *first,
			    u32 nr);
void tiser_rdma_read_next(struct tiser_dm_conn *conn);
void tiser_rdma_fail_waiting(struct tiser_dm_conn *conn);

#endif /* TISER_RDMA_H */
