// SPDX-License-Identifier: GPL-2.0
/*
 * Control_Notify: what the datamover hands up passes the gate of proto/bhs.c
 * once, is put in CmdSN order and delivered by opcode.
 *
 * Everything here runs in the connection's control_notify context, or in the
 * login work of a discovery session. Both are serialised.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/slab.h>
#include "iscsi.h"

static enum tiser_sn_verdict tiser_rx_judge(struct tiser_conn *conn, u32 cmdsn)
{
	enum tiser_sn_verdict verdict;

	spin_lock_irq(&conn->sn_lock);
	verdict = tiser_sn_window_check(&conn->win, cmdsn);
	spin_unlock_irq(&conn->sn_lock);
	return verdict;
}

/* Only a request whose turn it is may begin or go on with a negotiation. */
static u8 tiser_rx_text_refusal(struct tiser_conn *conn,
				const struct tiser_pdu *pdu)
{
	if (!pdu->immediate &&
	    tiser_rx_judge(conn, pdu->cmdsn) != TISER_SN_IN_ORDER)
		return 0;
	return tiser_text_check(conn, pdu);
}

/*
 * Is the PDU to be rejected? To be asked before its CmdSN is used, which a
 * Reject must leave to be sent again (RFC 7143, 7.3). Returns 0 or the reason.
 */
static u8 tiser_rx_refusal(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	switch (pdu->opcode) {
	case TISER_OP_TEXT_REQ:
		return tiser_rx_text_refusal(conn, pdu);
	case TISER_OP_LOGOUT_REQ:
		return tiser_logout_check(conn, pdu);
	case TISER_OP_SCSI_CMD:
	case TISER_OP_TMF_REQ:
	case TISER_OP_NOP_OUT:
	case TISER_OP_DATA_OUT:
		/* RFC 7143, 4.3: discovery has Text and Logout, nothing else */
		return conn->discovery ? TISER_REJ_PROTOCOL : 0;
	case TISER_OP_SNACK:		/* RFC 7145, 7.3.11 */
	case TISER_OP_LOGIN_REQ:	/* RFC 7145, 7.3.9 */
		return TISER_REJ_PROTOCOL;
	default:
		return conn->discovery ? TISER_REJ_PROTOCOL :
					 TISER_REJ_NOT_SUPPORTED;
	}
}

static bool tiser_rx_refused(struct tiser_conn *conn,
			     const struct tiser_pdu *pdu)
{
	u8 reason = tiser_rx_refusal(conn, pdu);

	if (reason)
		tiser_reject(conn, pdu, reason);
	return reason;
}

/* Returns true when the receive buffer stays in use. */
static bool tiser_rx_deliver(struct tiser_conn *conn, struct tiser_dm_rx *rx,
			     const struct tiser_pdu *pdu)
{
	switch (pdu->opcode) {
	case TISER_OP_SCSI_CMD:
		return tiser_cmd_receive(conn, rx, pdu);
	case TISER_OP_DATA_OUT:
		return tiser_dataout_receive(conn, rx, pdu);
	case TISER_OP_TMF_REQ:
		tiser_tmf_receive(conn, pdu);
		return false;
	case TISER_OP_NOP_OUT:
		tiser_nop_receive(conn, pdu);
		return false;
	case TISER_OP_TEXT_REQ:
		tiser_text_receive(conn, pdu);
		return false;
	case TISER_OP_LOGOUT_REQ:
		tiser_logout_receive(conn, pdu);
		return false;
	default:	/* tiser_rx_refusal() knows no others */
		return false;
	}
}

/* False after asking for the connection's end. */
static bool tiser_rx_decode(struct tiser_conn *conn,
			    const struct tiser_dm_rx *rx, struct tiser_pdu *pdu)
{
	if (tiser_bhs_decode(rx->bhs, rx->payload, rx->payload_len, pdu)) {
		tiser_conn_end(conn, TISER_ENDING_PROTOCOL,
			       "format error in opcode 0x%02x",
			       rx->bhs[0] & 0x3f);
		return false;
	}
	if (pdu->data_len > conn->keys.v[TISER_KEY_TARGET_RECV_DSL]) {
		tiser_conn_end(conn, TISER_ENDING_PROTOCOL,
			       "data segment of %u bytes, %u negotiated",
			       pdu->data_len,
			       conn->keys.v[TISER_KEY_TARGET_RECV_DSL]);
		return false;
	}
	return true;
}

/* RFC 7143, 4.2.2.1: PDUs whose CmdSN counts. */
static bool tiser_rx_is_sequenced(const struct tiser_pdu *pdu)
{
	switch (pdu->opcode) {
	case TISER_OP_SCSI_CMD:
	case TISER_OP_TMF_REQ:
	case TISER_OP_TEXT_REQ:
	case TISER_OP_LOGOUT_REQ:
		return !pdu->immediate;
	case TISER_OP_NOP_OUT:
		return !pdu->immediate && pdu->itt != TISER_TAG_NONE;
	default:
		return false;
	}
}

/* Other PDUs give their place in the window back at once. */
static bool tiser_rx_holds_place(struct tiser_conn *conn,
				 const struct tiser_pdu *pdu)
{
	return !conn->discovery && (pdu->opcode == TISER_OP_SCSI_CMD ||
				    pdu->opcode == TISER_OP_TMF_REQ);
}

/*
 * The next CmdSN is used, before its command is executed: no status is sent
 * that does not acknowledge its command (RFC 7143, 4.2.2.1).
 */
static enum tiser_sn_verdict tiser_rx_sequence(struct tiser_conn *conn,
					       u32 cmdsn, bool holds_place)
{
	enum tiser_sn_verdict verdict;

	spin_lock_irq(&conn->sn_lock);
	verdict = tiser_sn_window_check(&conn->win, cmdsn);
	if (verdict == TISER_SN_IN_ORDER) {
		tiser_sn_window_deliver(&conn->win);
		if (!holds_place)
			tiser_sn_window_complete(&conn->win);
		conn->least_room = min(conn->least_room,
				       conn->win.max_cmdsn + 1 -
				       conn->win.exp_cmdsn);
	}
	spin_unlock_irq(&conn->sn_lock);
	return verdict;
}

/*
 * Where @cmdsn belongs in conn->held: the first entry not before it. Immediate
 * ones with the same CmdSN are before it.
 */
static struct tiser_held *tiser_rx_held_at(struct tiser_conn *conn, u32 cmdsn)
{
	struct tiser_held *held;

	list_for_each_entry(held, &conn->held, node) {
		if (tiser_sn_lt(cmdsn, held->cmdsn) ||
		    (cmdsn == held->cmdsn && !held->immediate))
			return held;
	}
	return NULL;
}

/* Adds an entry in front of @next; NULL after asking for the connection's end. */
static struct tiser_held *tiser_rx_add_held(struct tiser_conn *conn,
					    struct tiser_held *next, u32 cmdsn,
					    struct tiser_dm_rx *rx)
{
	struct tiser_held *held = kzalloc(sizeof(*held), GFP_KERNEL);

	if (!held) {
		tiser_conn_end(conn, TISER_ENDING_RESOURCES,
			       "no memory to hold a command");
		return NULL;
	}
	held->cmdsn = cmdsn;
	held->rx = rx;
	tiser_stats_inc(&conn->stats, TISER_STAT_HELD_PDUS);
	list_add_tail(&held->node, next ? &next->node : &conn->held);
	queue_delayed_work(tiser_login_wq, &conn->hole_timer,
			   TISER_CMDSN_HOLE_WAIT * HZ);
	return held;
}

/* Returns true when the receive buffer stays in use. */
static bool tiser_rx_hold(struct tiser_conn *conn, u32 cmdsn,
			  struct tiser_dm_rx *rx)
{
	struct tiser_held *next = tiser_rx_held_at(conn, cmdsn);

	if (next && next->cmdsn == cmdsn)
		return false;
	return tiser_rx_add_held(conn, next, cmdsn, rx);
}

/*
 * RFC 7143, 4.2.3.3: a request on many tasks that is ahead of its turn waits,
 * immediate or not. One whose CmdSN is in no window would do so for ever.
 */
static bool tiser_rx_must_wait(struct tiser_conn *conn,
			       const struct tiser_pdu *pdu)
{
	return pdu->immediate && pdu->opcode == TISER_OP_TMF_REQ &&
	       tiser_tmf_is_multi_task(pdu->tmf.function) &&
	       tiser_sn_lt(READ_ONCE(conn->win.exp_cmdsn), pdu->cmdsn) &&
	       tiser_sn_le(pdu->cmdsn, READ_ONCE(conn->win.max_cmdsn) + 1);
}

/* Returns true when the receive buffer stays in use. */
static bool tiser_rx_hold_immediate(struct tiser_conn *conn,
				    struct tiser_dm_rx *rx,
				    const struct tiser_pdu *pdu)
{
	struct tiser_held *held;

	if (conn->held_immediates == TISER_UNEXPECTED_MAX) {
		tiser_reject(conn, pdu, TISER_REJ_TOO_MANY_IMMEDIATE);
		return false;
	}
	held = tiser_rx_add_held(conn, tiser_rx_held_at(conn, pdu->cmdsn),
				 pdu->cmdsn, rx);
	if (!held)
		return false;
	held->immediate = true;
	conn->held_immediates++;
	return true;
}

static void tiser_rx_release_held(struct tiser_conn *conn,
				  struct tiser_held *held)
{
	list_del(&held->node);
	if (held->immediate)
		conn->held_immediates--;
	if (held->rx)
		tiser_dm_rx_put(conn->dm, held->rx);
	kfree(held);
}

/* @held is next in order, and does not come from an aborted command. */
static void tiser_rx_deliver_held_pdu(struct tiser_conn *conn,
				      struct tiser_held *held)
{
	struct tiser_pdu pdu;
	u32 itt;

	/* Never fails: it passed the gate when it arrived. */
	if (!tiser_rx_decode(conn, held->rx, &pdu)) {
		tiser_rx_release_held(conn, held);
		return;
	}
	itt = pdu.itt;
	if (!tiser_rx_refused(conn, &pdu)) {
		if (!held->immediate)
			tiser_rx_sequence(conn, held->cmdsn,
					  tiser_rx_holds_place(conn, &pdu));
		if (tiser_rx_deliver(conn, held->rx, &pdu))
			held->rx = NULL;
	}
	tiser_rx_release_held(conn, held);
	tiser_dataout_run_held(conn, itt);
}

/* @held is next in order: deliver it, or count it when it was aborted. */
static void tiser_rx_deliver_held(struct tiser_conn *conn,
				  struct tiser_held *held)
{
	if (held->rx) {
		tiser_rx_deliver_held_pdu(conn, held);
		return;
	}
	tiser_rx_sequence(conn, held->cmdsn, false);
	tiser_rx_release_held(conn, held);
}

static bool tiser_rx_is_next(struct tiser_conn *conn, u32 cmdsn)
{
	return cmdsn == READ_ONCE(conn->win.exp_cmdsn);
}

/* What waits behind a Logout Request is not executed: its session is closing. */
static void tiser_rx_run_held(struct tiser_conn *conn)
{
	struct tiser_held *held;

	while (tiser_conn_is_served(conn) &&
	       (held = list_first_entry_or_null(&conn->held, struct tiser_held,
						node)) &&
	       tiser_rx_is_next(conn, held->cmdsn))
		tiser_rx_deliver_held(conn, held);
	if (list_empty(&conn->held))
		cancel_delayed_work(&conn->hole_timer);
}

/**
 * tiser_rx_hole_timeout - a missing CmdSN did not arrive
 * @work: conn->hole_timer
 *
 * On a reliable connection it never will.
 *
 * Context: Process, not control_notify.
 */
void tiser_rx_hole_timeout(struct work_struct *work)
{
	struct tiser_conn *conn = container_of(to_delayed_work(work),
					       struct tiser_conn, hole_timer);

	tiser_conn_end(conn, TISER_ENDING_PROTOCOL, "CmdSN 0x%08x is missing",
		       READ_ONCE(conn->win.exp_cmdsn));
}

/**
 * tiser_rx_drop_held - free PDUs that will not be delivered
 * @conn: connection whose up-calls have stopped
 *
 * Context: Process (close path).
 */
void tiser_rx_drop_held(struct tiser_conn *conn)
{
	struct tiser_held *held, *tmp;

	list_for_each_entry_safe(held, tmp, &conn->held, node)
		tiser_rx_release_held(conn, held);
}

/**
 * tiser_rx_has_not_seen - has a CmdSN of the window not been delivered yet?
 * @conn: connection
 * @cmdsn: RefCmdSN of an ABORT TASK
 *
 * Context: control_notify.
 * Return: true when @cmdsn is inside the window and not delivered.
 */
bool tiser_rx_has_not_seen(struct tiser_conn *conn, u32 cmdsn)
{
	return tiser_rx_judge(conn, cmdsn) != TISER_SN_DROP;
}

/**
 * tiser_rx_holds_cmd - does a SCSI command wait for its CmdSN?
 * @conn: connection
 * @itt: its Initiator Task Tag
 *
 * Context: control_notify.
 * Return: true when it does.
 */
bool tiser_rx_holds_cmd(struct tiser_conn *conn, u32 itt)
{
	struct tiser_held *held;
	struct tiser_pdu pdu;

	list_for_each_entry(held, &conn->held, node) {
		if (held->rx && tiser_rx_decode(conn, held->rx, &pdu) &&
		    pdu.opcode == TISER_OP_SCSI_CMD && pdu.itt == itt)
			return true;
	}
	return false;
}

/* Its CmdSN remains to be counted; Data-Out PDUs find no command any more. */
static void tiser_rx_forget_held(struct tiser_conn *conn,
				 struct tiser_held *held)
{
	struct tiser_dm_rx *rx = held->rx;
	struct tiser_pdu pdu;

	held->rx = NULL;
	if (tiser_rx_decode(conn, rx, &pdu))
		tiser_dataout_run_held(conn, pdu.itt);
	tiser_dm_rx_put(conn->dm, rx);
}

/**
 * tiser_rx_abort_held - count a command as received that was aborted before
 * @conn: connection
 * @cmdsn: its CmdSN, for which tiser_rx_has_not_seen() is true
 *
 * The command is waiting for its turn or has not arrived; it will not be
 * executed, and its CmdSN does not hold up others (RFC 7143, 11.6.1 b).
 *
 * Context: control_notify.
 */
void tiser_rx_abort_held(struct tiser_conn *conn, u32 cmdsn)
{
	struct tiser_held *held = tiser_rx_held_at(conn, cmdsn);

	if (!held || held->cmdsn != cmdsn)
		tiser_rx_hold(conn, cmdsn, NULL);
	else if (held->rx)
		tiser_rx_forget_held(conn, held);
	tiser_rx_run_held(conn);
}

/*
 * A PDU to be rejected is looked at only at its turn, and its CmdSN stays to be
 * sent again. Returns true when the receive buffer stays in use.
 */
static bool tiser_rx_refuse(struct tiser_conn *conn, struct tiser_dm_rx *rx,
			    const struct tiser_pdu *pdu, u8 reason)
{
	enum tiser_sn_verdict verdict = TISER_SN_IN_ORDER;

	if (tiser_rx_is_sequenced(pdu))
		verdict = tiser_rx_judge(conn, pdu->cmdsn);
	if (verdict == TISER_SN_AHEAD)
		return tiser_rx_hold(conn, pdu->cmdsn, rx);
	if (verdict == TISER_SN_IN_ORDER)
		tiser_reject(conn, pdu, reason);
	return false;
}

/* Returns true when the receive buffer stays in use. */
static bool tiser_rx_process(struct tiser_conn *conn, struct tiser_dm_rx *rx)
{
	struct tiser_pdu pdu;
	bool kept;
	u8 reason;

	if (!tiser_rx_decode(conn, rx, &pdu)) {
		tiser_stats_inc(&conn->stats, TISER_STAT_FORMAT_ERRORS);
		return false;
	}
	tiser_stats_inc(&conn->stats, TISER_STAT_RX_PDUS);
	/* An answer to a ping, or as good as one. */
	WRITE_ONCE(conn->keepalive.last_rx, jiffies | 1);
	if (unlikely(READ_ONCE(conn->unexpected.outstanding)))
		tiser_unexpected_ack(conn, pdu.exp_statsn);
	if (conn->discovery)
		mod_delayed_work(tiser_login_wq, &conn->timer,
				 TISER_DISCOVERY_IDLE * HZ);
	reason = tiser_rx_refusal(conn, &pdu);
	if (reason)
		return tiser_rx_refuse(conn, rx, &pdu, reason);
	if (!tiser_rx_is_sequenced(&pdu)) {
		if (unlikely(tiser_rx_must_wait(conn, &pdu)))
			return tiser_rx_hold_immediate(conn, rx, &pdu);
		return tiser_rx_deliver(conn, rx, &pdu);
	}
	switch (tiser_rx_sequence(conn, pdu.cmdsn,
				  tiser_rx_holds_place(conn, &pdu))) {
	case TISER_SN_IN_ORDER:
		kept = tiser_rx_deliver(conn, rx, &pdu);
		if (!list_empty(&conn->held))
			tiser_rx_run_held(conn);
		return kept;
	case TISER_SN_AHEAD:
		return tiser_rx_hold(conn, pdu.cmdsn, rx);
	case TISER_SN_DROP:	/* RFC 7143, 4.2.2.1: silently */
		tiser_stats_inc(&conn->stats, TISER_STAT_DROPPED_PDUS);
		break;
	}
	return false;
}

/**
 * tiser_rx_full_feature - a PDU of the full feature phase
 * @conn: connection
 * @rx: receive buffer; given away
 *
 * After a Logout, or when the connection is closing, nothing is executed.
 *
 * Context: Process (control_notify; login work of a discovery session).
 */
void tiser_rx_full_feature(struct tiser_conn *conn, struct tiser_dm_rx *rx)
{
	if (!tiser_conn_is_served(conn) || !tiser_rx_process(conn, rx))
		tiser_dm_rx_put(conn->dm, rx);
}

static void tiser_rx_control_notify(void *ulp, struct tiser_dm_rx *rx)
{
	struct tiser_conn *conn = ulp;

	if (READ_ONCE(conn->state) < TISER_CONN_LOGGED_IN || conn->discovery)
		tiser_login_receive(conn, rx);
	else
		tiser_rx_full_feature(conn, rx);
}

const struct tiser_dm_ops tiser_dm_ops = {
	.connected = tiser_conn_connected,
	.control_notify = tiser_rx_control_notify,
	.data_done = tiser_cmd_data_done,
	.terminate_notify = tiser_conn_terminated,
};
