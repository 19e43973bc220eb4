/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The initiator's half of an iSCSI session: numbers, tasks, and the checks
 * that every response has to pass whatever the script expects of it.
 */
#ifndef SESSION_H
#define SESSION_H

#include <infiniband/verbs.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

struct conn;

/**
 * struct pdu - a received message
 * @op: iSCSI opcode, or OP_HELLO
 * @itt: Initiator Task Tag
 * @data: data segment, @data_len bytes
 * @bhs: the BHS (48 bytes), zeros for a HelloReply
 * @with_inv: it was a Send with Invalidate of @inv_rkey
 * @task: the request it answers, or NULL
 */
struct pdu {
	struct pdu *next;
	int op;
	uint32_t itt;
	const uint8_t *data;
	uint32_t data_len;
	const uint8_t *bhs;
	bool with_inv;
	uint32_t inv_rkey;
	struct task *task;
	uint32_t len;
	uint8_t msg[];
};

/**
 * struct task - a request that will be, or was, answered
 * @op: opcode of the request
 * @edtl: Expected Data Transfer Length, bytes
 * @buf: I/O buffer of @buf_len bytes, or NULL
 * @pos: position of the first byte of @buf in the test pattern
 * @mr: @buf registered
 * @mw: memory window over @buf, when that is what is advertised
 * @stag: rkey to advertise, valid if @buf is
 * @advertised: a non-zero STag went out with the command
 * @adv_stag: that STag; the Read STag if there were two (RFC 7145, 7.3.2)
 * @unmapped: @stag is no longer valid
 * @done: answered
 */
struct task {
	struct task *next;
	uint32_t itt;
	uint8_t op;
	uint32_t edtl;
	bool read, write;
	uint8_t *buf;
	uint32_t buf_len;
	uint64_t pos;
	struct ibv_mr *mr;
	struct ibv_mw *mw;
	uint32_t stag;
	bool advertised;
	uint32_t adv_stag;
	bool unmapped;
	bool done;
};

struct session {
	bool ffp;
	bool discovery;
	bool hello_sent;
	bool autonop;

	uint8_t isid[6];
	uint16_t tsih;
	uint16_t cid;
	uint32_t login_itt;
	bool in_login;

	uint32_t next_itt;
	uint32_t cmdsn;			/* of the next non-immediate request */
	uint32_t top_cmdsn;		/* highest sent, plus one */
	uint32_t exp_statsn;
	uint32_t exp_cmdsn;
	uint32_t max_cmdsn;
	bool statsn_known;
	bool window_known;

	uint32_t first_burst;
	uint32_t target_dsl;
	bool immediate_data;

	struct pdu *inbox;
	struct task *tasks;
	struct task *last;		/* answered SCSI command */
	uint32_t last_ttt;
};

void session_init(struct session *s);
/* Forgets the inbox; call task_free_all() before the domain goes. */
void session_reset(struct session *s);

uint32_t session_itt(struct session *s);
void session_sent_cmdsn(struct session *s, uint32_t cmdsn);
bool session_window_open(const struct session *s);

/* Checks one message and puts it into the inbox. Takes @pdu over. */
void session_receive(struct conn *c, struct pdu *pdu);
void session_unlink(struct session *s, struct pdu *pdu);

struct task *task_new(struct session *s, uint8_t op, uint32_t itt);
/* The unanswered task, else the newest answered one; NULL if none. */
struct task *task_find(struct session *s, uint32_t itt);
/* Buffer of @len bytes, registered for the target to read and write. */
void task_map(struct conn *c, struct task *t, uint32_t len);
void task_unmap(struct task *t);
void task_unmap_all(struct session *s);
void task_free(struct session *s, struct task *t);
void task_free_all(struct session *s);

#endif /* SESSION_H */
