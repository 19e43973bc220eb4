/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One connection: RDMA CM, queue pair, buffers. Delivers every received
 * message to session_receive(); knows nothing about what is in it.
 */
#ifndef CONN_H
#define CONN_H

#include <rdma/rdma_cma.h>
#include <stdbool.h>
#include <stdint.h>

#include "session.h"
#include "wire.h"

enum {
	DEFAULT_LOGIN_SLOTS = 16,
	LOGIN_SLOT_LEN = MSG_LEN + TEXT_CAP,
	FFP_DATA_LEN = 128,		/* as the Linux initiator posts */
	DEFAULT_DEPTH = 128,
	DEFAULT_TX_SLOTS = 64,
};

enum slot_kind { SLOT_TX, SLOT_RX_LOGIN, SLOT_RX_FFP, SLOT_BIND };

/* A buffer one work request uses; the work request's id is its address. */
struct slot {
	struct slot *next;		/* while free */
	uint8_t *buf;
	uint32_t size;
	enum slot_kind kind;
};

/**
 * struct conn_params - what a connect asks for
 * @priv: private data of the REQ, @priv_len bytes
 * @rd_reads: responder resources: RDMA Reads the target may have outstanding
 * @init_depth: initiator depth: RDMA Reads we might issue (none)
 * @retry: transport retries (0-7)
 * @rnr_retry: retries while the peer has no receive buffer; 7 is for ever
 * @depth: receive buffers in full feature phase
 * @login_slots: receive buffers for 8 KiB of text
 * @tx_slots: Sends in flight
 * @ffp_data: data bytes of a full-feature-phase receive buffer
 * @use_mw: advertise memory windows instead of memory regions
 * @half: send the REQ and look at nothing that comes back
 * @early: use the queue pair without telling the target that the REP arrived
 */
struct conn_params {
	uint8_t priv[56];
	uint8_t priv_len;
	uint8_t rd_reads;
	uint8_t init_depth;
	uint8_t retry;
	uint8_t rnr_retry;
	uint32_t depth;
	uint32_t login_slots;
	uint32_t tx_slots;
	uint32_t ffp_data;
	bool use_mw;
	bool half;
	bool early;
};

/**
 * struct send_kind - how the next Send goes out, other than plainly
 * @solicited: asks for an event at the target
 * @with_imm: carries immediate data of the RDMA kind
 * @with_inv: invalidates @rkey at the target
 */
struct send_kind {
	bool solicited;
	bool with_imm;
	bool with_inv;
	uint32_t rkey;
};

/**
 * struct conn_event - the CM event a connect attempt ended with
 * @type: RDMA_CM_EVENT_..., or -1 when none came in time
 * @status: event status; reject reason of a REJECTED
 * @priv: first bytes of the private data of REP or REJ, @priv_len of them
 * @ord: of the REP: RDMA Reads the target may have outstanding
 * @ird: of the REP: RDMA Reads the target takes from us
 */
struct conn_event {
	int type;
	int status;
	uint8_t priv[CM_HDR_LEN];
	uint8_t priv_len;
	uint8_t ord;
	uint8_t ird;
};

struct conn {
	struct conn *next;
	char name[32];
	struct conn_params params;
	struct conn_event rep;

	struct rdma_event_channel *channel;
	struct rdma_cm_id *id;
	struct ibv_pd *pd;
	struct ibv_comp_channel *comp;
	struct ibv_cq *cq;
	struct ibv_qp *early_qp;	/* until the CM id has it */

	uint8_t *mem;			/* all buffers, one region */
	struct ibv_mr *mr;
	struct slot *slots;
	struct slot *free_tx, *free_login, *free_ffp;
	struct slot bind;		/* id of every bind */
	bool ffp_posted;
	bool no_repost;			/* receive buffers are used up */
	struct send_kind send_kind;	/* of the next Send only */
	uint32_t requests;		/* connect request and Sends so far */
	bool no_buffers;		/* the target's Sends find none */

	bool up;			/* established, QP in use */
	bool disconnected;		/* the CM said so */
	bool qp_error;			/* a work request failed */
	bool failed_wc_seen;
	enum ibv_wc_status wc_status;	/* of the first that failed */

	struct session s;
};

void conn_params_default(struct conn_params *params);

struct conn *conn_get(const char *name);	/* found or created */
struct conn *conn_first(void);

/* Connects; what came of it is in c->rep. Dies on local trouble. */
void conn_connect(struct conn *c, const char *host, const char *port,
		  const struct conn_params *params);
/* Sends the RTU that an early connection held back; 0 or -1. */
int conn_establish(struct conn *c);
/* RDMA CM disconnect, waits for the answer, frees everything. */
void conn_disconnect(struct conn *c);
/* Destroys the queue pair and tells nobody; the CM id stays. */
void conn_abandon(struct conn *c);
void conn_release(struct conn *c);

/* Sends @len bytes; 0, or -1 when the connection is gone. */
int conn_send(struct conn *c, const void *bytes, uint32_t len);
/* RDMA Write of @len bytes to the target's memory; 0 or -1. */
int conn_rdma_write(struct conn *c, uint32_t rkey, uint64_t va, uint32_t len);
/* Puts one work request of ours (a bind) on the send queue; 0 or -1. */
int conn_post(struct conn *c, struct ibv_send_wr *wr);
void conn_post_login_buffer(struct conn *c);
void conn_post_ffp_buffers(struct conn *c);

/* Handles what has happened, waiting up to @ms for something to. */
void conn_service(struct conn *c, int ms);
/* The same for every connection. */
void conn_service_all(int ms);
/* Nothing more can arrive on @c. */
bool conn_is_dead(const struct conn *c);
const char *conn_trouble(const struct conn *c);

#endif /* CONN_H */
