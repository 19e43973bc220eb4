// SPDX-License-Identifier: GPL-2.0
/*
 * Which connection states may follow which (RFC 7143, 8.1.4, target side, with
 * ErrorRecoveryLevel 0). A table and its names; who moves and when is decided
 * elsewhere.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <tiser/proto/conn_fsm.h>

static const struct {
	const char *name;
	u8 next;		/* bit per successor */
} tiser_conn_states[TISER_CONN_STATE_NR] = {
	/* T4, T6 */
	[TISER_CONN_XPT_UP] = {
		"XPT_UP",
		BIT(TISER_CONN_IN_LOGIN) | BIT(TISER_CONN_CLEANUP_WAIT),
	},
	/* T5, T7 */
	[TISER_CONN_IN_LOGIN] = {
		"IN_LOGIN",
		BIT(TISER_CONN_LOGGED_IN) | BIT(TISER_CONN_CLEANUP_WAIT),
	},
	/* T11, T9, T8 and T15 */
	[TISER_CONN_LOGGED_IN] = {
		"LOGGED_IN",
		BIT(TISER_CONN_LOGOUT_REQUESTED) | BIT(TISER_CONN_IN_LOGOUT) |
		BIT(TISER_CONN_CLEANUP_WAIT),
	},
	/* T10, T16 */
	[TISER_CONN_LOGOUT_REQUESTED] = {
		"LOGOUT_REQUESTED",
		BIT(TISER_CONN_IN_LOGOUT) | BIT(TISER_CONN_CLEANUP_WAIT),
	},
	/* T13 and T17: both end in the one teardown */
	[TISER_CONN_IN_LOGOUT] = {
		"IN_LOGOUT",
		BIT(TISER_CONN_CLEANUP_WAIT),
	},
	[TISER_CONN_CLEANUP_WAIT] = {
		"CLEANUP_WAIT",
		BIT(TISER_CONN_FREE),
	},
	[TISER_CONN_FREE] = {
		"FREE",
		0,
	},
};

/**
 * tiser_conn_fsm_may - is a state change legal
 * @from: present state
 * @to: wanted state
 *
 * Staying in a state is not a change, so of two callers that want the same one
 * only the first is told yes.
 *
 * Context: any.
 * Return: true when RFC 7143, 8.1.4 has a transition from @from to @to.
 */
bool tiser_conn_fsm_may(enum tiser_conn_state from, enum tiser_conn_state to)
{
	if ((unsigned int)from >= TISER_CONN_STATE_NR ||
	    (unsigned int)to >= TISER_CONN_STATE_NR)
		return false;
	return tiser_conn_states[from].next & BIT(to);
}

/**
 * tiser_conn_fsm_name - name of a state for messages and debugfs
 * @state: state
 *
 * Context: any.
 * Return: a static string, "?" for a number that is no state.
 */
const char *tiser_conn_fsm_name(enum tiser_conn_state state)
{
	if ((unsigned int)state >= TISER_CONN_STATE_NR)
		return "?";
	return tiser_conn_states[state].name;
}
