/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connection states of a target (RFC 7143, 8.1.4), legal transitions, names.
 */
#ifndef TISER_PROTO_CONN_FSM_H
#define TISER_PROTO_CONN_FSM_H

#include <linux/types.h>

/* In monotonic order: a connection never goes back. */
enum tiser_conn_state {
	TISER_CONN_XPT_UP,		/* S3: transport established */
	TISER_CONN_IN_LOGIN,		/* S4 */
	TISER_CONN_LOGGED_IN,		/* S5: full feature phase */
	TISER_CONN_LOGOUT_REQUESTED,	/* S7: we asked for a logout */
	TISER_CONN_IN_LOGOUT,		/* S6 */
	TISER_CONN_CLEANUP_WAIT,	/* S8: teardown is running */
	TISER_CONN_FREE,		/* S1 */
	TISER_CONN_STATE_NR,
};

bool tiser_conn_fsm_may(enum tiser_conn_state from, enum tiser_conn_state to);
const char *tiser_conn_fsm_name(enum tiser_conn_state state);

#endif /* TISER_PROTO_CONN_FSM_H */
