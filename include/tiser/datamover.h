/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Datamover Interface (RFC 5047; RFC 7145, 3.1 and 3.2) as C functions.
 *
 * Above it is the iSCSI layer, which knows no verbs; below it the iSER
 * datamover, which knows neither SCSI nor LIO.
 *
 * Order of calls on one connection:
 *
 *	ops->connected					RDMA CM connect request
 *	{ ops->control_notify, tiser_dm_send_control }	login PDUs
 *	tiser_dm_notice_keys
 *	tiser_dm_alloc_conn_resources			login known to be good
 *	tiser_dm_enable					final Login Response
 *	...						full feature phase
 *	tiser_dm_terminate  or  ops->terminate_notify
 *	tiser_dm_put
 *
 * Serialisation: ops->control_notify is serialised per connection and with
 * respect to itself only. tiser_dm_send_control(), tiser_dm_put_data() and
 * tiser_dm_get_data() may run concurrently, also with tiser_dm_terminate():
 * once that has begun they return -ENOTCONN and have done nothing.
 *
 * Ownership: a receive buffer is the iSCSI layer's from ops->control_notify
 * until tiser_dm_rx_put(). A transmit buffer is the datamover's from a
 * successful send until tx->done(). A task's scatterlist must stay valid from
 * tiser_dm_get_data()/tiser_dm_put_data() until ops->data_done or the chained
 * response's done().
 *
 * Data_ACK_Notify (RFC 5047, 9.4) is not generated: the A bit has a meaning
 * only at ErrorRecoveryLevel 1 and above, and we negotiate 0.
 */
#ifndef TISER_DATAMOVER_H
#define TISER_DATAMOVER_H

#include <linux/socket.h>
#include <linux/types.h>
#include <tiser/proto/iser_hdr.h>

struct net;
struct scatterlist;

struct tiser_dm_conn;
struct tiser_dm_listener;

/**
 * struct tiser_dm_rx - a received control-type PDU
 * @bhs: 48 bytes
 * @payload: page-aligned bytes behind the BHS: AHS, then the data segment
 * @payload_len: bytes received behind the BHS
 * @remote: STags of the iSER header
 */
struct tiser_dm_rx {
	const u8 *bhs;
	u8 *payload;
	u32 payload_len;
	struct tiser_remote remote;
};

/**
 * struct tiser_dm_tx - a control-type PDU to send
 * @bhs: 48 bytes to fill in
 * @data: @data_cap bytes to fill in
 * @data_cap: room for the data segment, bytes
 * @data_len: bytes of @data to send
 * @stamp: called once, in the order of transmission of this connection, right
 *	before the message is handed to the queue pair: fills in the sequence
 *	numbers. Atomic context; must not call into the datamover. May be NULL.
 * @done: called exactly once after a successful send call, in process context
 *	(CQ worker or workqueue); status 0 when the peer's queue pair has
 *	acknowledged the message, else a negative errno. When NULL, the
 *	datamover frees a buffer of tiser_dm_tx_alloc() itself.
 * @ulp: for the iSCSI layer's use
 */
struct tiser_dm_tx {
	u8 *bhs;
	u8 *data;
	u32 data_cap;
	u32 data_len;
	void (*stamp)(struct tiser_dm_tx *tx);
	void (*done)(struct tiser_dm_tx *tx, int status);
	void *ulp;
};

/**
 * struct tiser_dm_task - per-task resources of a connection
 * @remote: STags the initiator advertised with the command: the Remote Mapping
 *	of RFC 7145, 7.3.1; filled in by the iSCSI layer
 * @rsp: transmit buffer for the SCSI or TMF Response, 128 bytes of data room
 * @index: position in the connection's array
 * @ulp: for the iSCSI layer's use
 */
struct tiser_dm_task {
	struct tiser_remote remote;
	struct tiser_dm_tx *rsp;
	u32 index;
	void *ulp;
};

/**
 * struct tiser_dm_desc - local and remote side of one data transfer
 * @sgl: local pages
 * @nents: entries of @sgl
 * @sgl_offset: where in @sgl the transfer begins, bytes
 * @len: bytes; no more than @sgl holds behind @sgl_offset
 * @remote_offset: bytes added to the Base Offset of the task's STag
 */
struct tiser_dm_desc {
	struct scatterlist *sgl;
	u32 nents;
	u32 sgl_offset;
	u32 len;
	u32 remote_offset;
};

/**
 * struct tiser_dm_keys - Notice_Key_Values (RFC 5047, 8.8), decoded
 * @target_recv_dsl: TargetRecvDataSegmentLength in bytes
 * @initiator_recv_dsl: InitiatorRecvDataSegmentLength in bytes
 * @hello_required: iSERHelloRequired
 * @hello_refused: the key was negotiated to No: a Hello is a protocol error
 */
struct tiser_dm_keys {
	u32 target_recv_dsl;
	u32 initiator_recv_dsl;
	bool hello_required;
	bool hello_refused;
};

/**
 * struct tiser_dm_res - Allocate_Connection_Resources (RFC 5047, 8.4)
 * @tasks: tasks in progress at any time, responses not yet acknowledged
 *	included
 * @rx_bufs: receive buffers, RFC 7145, 8.1.1
 */
struct tiser_dm_res {
	u32 tasks;
	u32 rx_bufs;
};

/**
 * enum tiser_dm_end - why the datamover ended a connection
 * @TISER_DM_END_NONE: it did not
 * @TISER_DM_END_PEER: the peer has disconnected
 * @TISER_DM_END_LOST: the transport failed, or nobody answers any more
 * @TISER_DM_END_PROTOCOL: the peer broke a rule of iSER or of the transport
 * @TISER_DM_END_DEVICE: the RDMA device is gone
 * @TISER_DM_END_RESOURCES: something could not be had
 */
enum tiser_dm_end {
	TISER_DM_END_NONE,
	TISER_DM_END_PEER,
	TISER_DM_END_LOST,
	TISER_DM_END_PROTOCOL,
	TISER_DM_END_DEVICE,
	TISER_DM_END_RESOURCES,
};

/**
 * struct tiser_dm_limits - what a new connection's queue pair is sized for
 * @tasks: largest tiser_dm_res.tasks that may be asked for
 * @rx_bufs: largest tiser_dm_res.rx_bufs that may be asked for
 * @id: the iSCSI layer's number of the connection, for messages and trace events
 */
struct tiser_dm_limits {
	u32 tasks;
	u32 rx_bufs;
	u32 id;
};

/**
 * struct tiser_dm_ops - up-calls into the iSCSI layer
 * @connected: a peer asks for a connection. Process context, short. Fills in
 *	@limits. Returns the ULP's handle, or an ERR_PTR to refuse the peer. On
 *	success the ULP owns a reference on @dm, to be dropped by tiser_dm_put();
 *	it must not call into @dm before the up-call has returned. If setting up
 *	the connection fails later, terminate_notify follows.
 * @control_notify: Control_Notify (RFC 5047, 9.1). CQ worker, may sleep, must
 *	not wait for another completion of this connection.
 * @data_done: Data_Completion_Notify (RFC 5047, 9.3) of a Get_Data, or of a
 *	Put_Data without a chained response. CQ worker. @status 0 or -errno.
 * @terminate_notify: Connection_Terminate_Notify (RFC 5047, 9.2): the
 *	connection is gone and its resources are released. Workqueue context.
 *	At most once; not after tiser_dm_terminate() was called.
 */
struct tiser_dm_ops {
	void *(*connected)(void *endpoint, struct tiser_dm_conn *dm,
			   struct tiser_dm_limits *limits);
	void (*control_notify)(void *ulp, struct tiser_dm_rx *rx);
	void (*data_done)(struct tiser_dm_task *task, int status);
	void (*terminate_notify)(void *ulp);
};

/**
 * struct tiser_dm_info - a connection as somebody who looks sees it
 * @device: name of the RDMA device, empty once it is let go
 * @port: port on it
 * @qp: number of the queue pair, 0 for none
 * @sq_depth: work requests the send queue takes
 * @sq_used: how many of them it has
 * @rx_bufs: receive buffers of full feature phase
 * @rx_held: how many of all the iSCSI layer has
 */
struct tiser_dm_info {
	char device[64];
	u32 port;
	u32 qp;
	u32 sq_depth;
	u32 sq_used;
	u32 rx_bufs;
	u32 rx_held;
};

/* Module life. */
int tiser_dm_init(void);
void tiser_dm_exit(void);

/* Transport set-up; not part of the Datamover Interface. */
struct tiser_dm_listener *
tiser_dm_listener_alloc(struct net *net, const struct sockaddr_storage *addr,
			const struct tiser_dm_ops *ops, void *endpoint);
void tiser_dm_listener_free(struct tiser_dm_listener *listener);
int tiser_dm_listen(struct tiser_dm_listener *listener);
void tiser_dm_unlisten(struct tiser_dm_listener *listener);
void tiser_dm_listener_state(struct tiser_dm_listener *listener, char *buf,
			     size_t size);
const char *tiser_dm_listen_reason(int error);
bool tiser_dm_addr_is_any(const struct sockaddr_storage *addr);
bool tiser_dm_addr_same_host(const struct sockaddr_storage *a,
			     const struct sockaddr_storage *b);
void tiser_dm_local_addr(struct tiser_dm_conn *dm, struct sockaddr_storage *ss);
enum tiser_dm_end tiser_dm_end(struct tiser_dm_conn *dm, const char **why);
void tiser_dm_peer_addr(struct tiser_dm_conn *dm, struct sockaddr_storage *ss);
bool tiser_dm_wants_pages(const struct tiser_dm_conn *dm, u32 len);
void tiser_dm_query(struct tiser_dm_conn *dm, struct tiser_dm_info *info);

/* The primitives. */
void tiser_dm_notice_keys(struct tiser_dm_conn *dm,
			  const struct tiser_dm_keys *keys);
int tiser_dm_alloc_conn_resources(struct tiser_dm_conn *dm,
				  const struct tiser_dm_res *res);
void tiser_dm_free_conn_resources(struct tiser_dm_conn *dm);
u32 tiser_dm_max_rx_bufs(const struct tiser_dm_conn *dm);
int tiser_dm_enable(struct tiser_dm_conn *dm, struct tiser_dm_tx *final_rsp);
int tiser_dm_send_control(struct tiser_dm_conn *dm, struct tiser_dm_tx *tx);
int tiser_dm_send_response(struct tiser_dm_conn *dm, struct tiser_dm_task *task,
			   bool invalidate);
int tiser_dm_put_data(struct tiser_dm_conn *dm, struct tiser_dm_task *task,
		      const struct tiser_dm_desc *desc, bool invalidate);
int tiser_dm_get_data(struct tiser_dm_conn *dm, struct tiser_dm_task *task,
		      const struct tiser_dm_desc *desc);
void tiser_dm_free_task(struct tiser_dm_conn *dm, struct tiser_dm_task *task);
void tiser_dm_terminate(struct tiser_dm_conn *dm);

/* Buffers. */
struct tiser_dm_task *tiser_dm_task(struct tiser_dm_conn *dm, u32 index);
struct tiser_dm_tx *tiser_dm_tx_alloc(struct tiser_dm_conn *dm, u32 data_cap,
				      gfp_t gfp);
void tiser_dm_tx_free(struct tiser_dm_tx *tx);
void tiser_dm_rx_put(struct tiser_dm_conn *dm, struct tiser_dm_rx *rx);
void tiser_dm_put(struct tiser_dm_conn *dm);

#endif /* TISER_DATAMOVER_H */
