// SPDX-License-Identifier: GPL-2.0
/*
 * Control-type PDUs that belong to no task: sequence numbers, NOP, Reject,
 * Logout.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/string.h>
#include "iscsi.h"

/**
 * __tiser_seq_read - sequence numbers as they are
 * @conn: connection
 * @seq: filled in, to be sent
 *
 * Context: tiser_dm_tx.stamp, with conn->sn_lock held.
 */
void __tiser_seq_read(struct tiser_conn *conn, struct tiser_seq *seq)
{
	lockdep_assert_held(&conn->sn_lock);
	seq->statsn = conn->statsn;
	seq->exp_cmdsn = conn->win.exp_cmdsn;
	seq->max_cmdsn = conn->win.max_cmdsn;
	conn->told_max = seq->max_cmdsn;
	/* Every PDU comes by here once, right before it is posted. */
	tiser_stats_inc(&conn->stats, TISER_STAT_TX_PDUS);
}

/**
 * tiser_seq_next - sequence numbers for the next message of a connection
 * @conn: connection
 * @seq: filled in
 * @complete: the message ends a command that held a place in the window
 *
 * Context: tiser_dm_tx.stamp: interrupts off, in the order of transmission.
 * Takes conn->sn_lock.
 */
void tiser_seq_next(struct tiser_conn *conn, struct tiser_seq *seq,
		    bool complete)
{
	lockdep_assert_irqs_disabled();
	spin_lock(&conn->sn_lock);
	if (complete)
		tiser_sn_window_complete(&conn->win);
	__tiser_seq_read(conn, seq);
	conn->statsn++;
	spin_unlock(&conn->sn_lock);
}

/**
 * tiser_stamp - tiser_dm_tx.stamp of PDUs that only need sequence numbers
 * @tx: message; @tx->ulp is the connection
 *
 * StatSN, ExpCmdSN and MaxCmdSN stand at the same place in every PDU from the
 * target (RFC 7143, 11.4).
 *
 * Context: Atomic.
 */
void tiser_stamp(struct tiser_dm_tx *tx)
{
	struct tiser_seq seq;

	tiser_seq_next(tx->ulp, &seq, false);
	tiser_bhs_set_seq(tx->bhs, &seq);
}

/**
 * tiser_stamp_complete - tiser_stamp() for the answer to a sequenced command
 * @tx: message; @tx->ulp is the connection
 *
 * For answers that no task stands behind: the command's place in the window is
 * given back.
 *
 * Context: Atomic.
 */
void tiser_stamp_complete(struct tiser_dm_tx *tx)
{
	struct tiser_seq seq;

	tiser_seq_next(tx->ulp, &seq, true);
	tiser_bhs_set_seq(tx->bhs, &seq);
}

/**
 * tiser_control_tx - a buffer for a PDU that belongs to no task
 * @conn: connection
 * @data_cap: room for a data segment, bytes
 *
 * A peer that sends more than it lets us answer loses its connection.
 *
 * Context: Process.
 * Return: buffer, or NULL after asking for the connection's end.
 */
struct tiser_dm_tx *tiser_control_tx(struct tiser_conn *conn, u32 data_cap)
{
	struct tiser_dm_tx *tx = tiser_dm_tx_alloc(conn->dm, data_cap,
						   GFP_KERNEL);

	if (!tx) {
		tiser_conn_end(conn, TISER_ENDING_RESOURCES,
			       "no buffer for an answer");
		return NULL;
	}
	tx->ulp = conn;
	tx->stamp = tiser_stamp;
	return tx;
}

/**
 * tiser_send_failed - the datamover does not take what an initiator waits for
 * @conn: connection, which ends
 * @ret: the datamover's errno
 *
 * Context: Any.
 */
void tiser_send_failed(struct tiser_conn *conn, int ret)
{
	if (ret == -ENOTCONN)
		tiser_conn_end(conn, TISER_ENDING_TRANSPORT,
			       "its queue pair is closing");
	else if (ret == -ENOMEM)
		tiser_conn_end(conn, TISER_ENDING_RESOURCES,
			       "no memory for an answer");
	else
		tiser_conn_end(conn, TISER_ENDING_PROTOCOL,
			       "its buffer cannot be used: error %d", ret);
}

/**
 * tiser_control_send - send a buffer of tiser_control_tx()
 * @conn: connection
 * @tx: buffer; given away in any case
 *
 * Context: Process.
 * Return: 0, or a negative errno after asking for the connection's end.
 */
int tiser_control_send(struct tiser_conn *conn, struct tiser_dm_tx *tx)
{
	int ret = tiser_dm_send_control(conn->dm, tx);

	if (ret) {
		tiser_dm_tx_free(tx);
		tiser_send_failed(conn, ret);
	}
	return ret;
}

/**
 * tiser_close_when_sent - tiser_dm_tx.done of a last PDU, where all is said
 * @tx: message of tiser_control_tx()
 * @status: whether the peer's queue pair has taken it; the connection ends
 *	either way
 *
 * Context: Process.
 */
void tiser_close_when_sent(struct tiser_dm_tx *tx, int status)
{
	struct tiser_conn *conn = tx->ulp;

	tiser_dm_tx_free(tx);
	tiser_conn_end(conn, TISER_ENDING_DONE, "last PDU sent");
}

static void tiser_close_when_rejected(struct tiser_dm_tx *tx, int status)
{
	struct tiser_conn *conn = tx->ulp;

	tiser_dm_tx_free(tx);
	tiser_conn_end(conn, TISER_ENDING_PROTOCOL,
		       "an Initiator Task Tag in use came again");
}

/*
 * RFC 7145, 8.1.1.1: a Reject in place of the response to a request is expected,
 * the initiator has a buffer for it. One of a PDU that is not answered is not.
 */
static bool tiser_reject_is_expected(const struct tiser_pdu *pdu)
{
	switch (pdu->opcode) {
	case TISER_OP_SCSI_CMD:
	case TISER_OP_TMF_REQ:
	case TISER_OP_TEXT_REQ:
	case TISER_OP_LOGOUT_REQ:
		return true;
	case TISER_OP_NOP_OUT:
		return pdu->itt != TISER_TAG_NONE;
	default:
		return false;
	}
}

/* RFC 7145, 8.1.2: NULL, too, when the initiator may not be sent more. */
static struct tiser_dm_tx *tiser_reject_tx(struct tiser_conn *conn,
					   const struct tiser_pdu *pdu,
					   enum tiser_reject_reason reason)
{
	bool expected = tiser_reject_is_expected(pdu);
	struct tiser_dm_tx *tx;

	tiser_conn_info(conn, "opcode 0x%02x itt 0x%08x rejected, reason 0x%02x\n",
			pdu->opcode, pdu->itt, reason);
	tiser_stats_inc(&conn->stats, TISER_STAT_REJECTS);
	if (!expected && !tiser_unexpected_get(conn))
		return NULL;
	tx = tiser_control_tx(conn, TISER_BHS_LEN);
	if (!tx)
		return NULL;
	if (!expected)
		tx->stamp = tiser_stamp_unexpected;
	memcpy(tx->data, pdu->bhs, TISER_BHS_LEN);
	tx->data_len = TISER_BHS_LEN;
	tiser_bhs_build_reject(tx->bhs, reason, tx->data_len, NULL);
	return tx;
}

/**
 * tiser_reject - answer a PDU with a Reject (RFC 7143, 11.17)
 * @conn: connection
 * @pdu: PDU; its header is returned as data
 * @reason: reason
 *
 * RFC 7145, 8.1.2: without a word when the initiator may not be sent more.
 *
 * Context: Process.
 */
void tiser_reject(struct tiser_conn *conn, const struct tiser_pdu *pdu,
		  enum tiser_reject_reason reason)
{
	struct tiser_dm_tx *tx = tiser_reject_tx(conn, pdu, reason);

	if (tx)
		tiser_control_send(conn, tx);
}

/**
 * tiser_reject_and_close - tiser_reject(), then the connection ends
 * @conn: connection
 * @pdu: PDU; its header is returned as data
 * @reason: reason
 *
 * Context: Process.
 */
void tiser_reject_and_close(struct tiser_conn *conn,
			    const struct tiser_pdu *pdu,
			    enum tiser_reject_reason reason)
{
	struct tiser_dm_tx *tx = tiser_reject_tx(conn, pdu, reason);

	if (!tx) {
		tiser_conn_end(conn, TISER_ENDING_PROTOCOL,
			       "an Initiator Task Tag in use came again");
		return;
	}
	tx->done = tiser_close_when_rejected;
	tiser_control_send(conn, tx);
}

/**
 * tiser_nop_receive - NOP-Out (RFC 7143, 11.18)
 * @conn: connection
 * @pdu: PDU
 *
 * A ping is answered with as much of its data as the initiator takes, whatever
 * its Target Transfer Tag says. What has no Initiator Task Tag answers a ping of
 * ours or acknowledges a StatSN; a tag we did not give is ignored.
 *
 * Context: Process.
 */
void tiser_nop_receive(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	u32 len = min(pdu->data_len, conn->keys.v[TISER_KEY_INITIATOR_RECV_DSL]);
	struct tiser_dm_tx *tx;

	if (pdu->itt == TISER_TAG_NONE) {
		if (pdu->ttt != TISER_TAG_NONE &&
		    !tiser_keepalive_answered(conn, pdu))
			tiser_conn_dbg(conn, "NOP-Out with unknown ttt 0x%08x\n",
				       pdu->ttt);
		return;
	}
	tx = tiser_control_tx(conn, len);
	if (!tx)
		return;
	if (len)
		memcpy(tx->data, pdu->data, len);
	tx->data_len = len;
	tiser_bhs_build_nop_in(tx->bhs, pdu->itt, TISER_TAG_NONE, pdu->lun, len,
			       NULL);
	tiser_control_send(conn, tx);
}

static u8 tiser_logout_response(struct tiser_conn *conn,
				const struct tiser_pdu *pdu)
{
	if (pdu->logout.reason == TISER_LOGOUT_RECOVERY)
		return TISER_LOGOUT_RSP_NO_RECOVERY;
	if (pdu->logout.reason == TISER_LOGOUT_CONNECTION &&
	    pdu->logout.cid != conn->cid)
		return TISER_LOGOUT_RSP_NO_CID;
	return TISER_LOGOUT_RSP_CLOSED;
}

/**
 * tiser_logout_check - is a Logout Request to be rejected?
 * @conn: connection
 * @pdu: PDU
 *
 * Asked before its CmdSN is used (RFC 7143, 7.3).
 *
 * Context: Process.
 * Return: 0 or enum tiser_reject_reason.
 */
u8 tiser_logout_check(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	if (pdu->logout.reason > TISER_LOGOUT_RECOVERY ||
	    (conn->discovery && pdu->logout.reason != TISER_LOGOUT_SESSION))
		return TISER_REJ_INVALID_FIELD;
	return 0;
}

/**
 * tiser_logout_receive - Logout Request (RFC 7143, 11.14; RFC 7145, 5.2.2)
 * @conn: connection
 * @pdu: PDU that tiser_logout_check() has passed
 *
 * The connection ends when the peer's queue pair has taken the response.
 *
 * Context: Process.
 */
void tiser_logout_receive(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	struct tiser_dm_tx *tx;
	bool later = false;
	u8 response;

	tx = tiser_control_tx(conn, 0);
	if (!tx)
		return;
	response = tiser_logout_response(conn, pdu);
	if (response == TISER_LOGOUT_RSP_CLOSED) {
		if (!tiser_conn_set_state(conn, TISER_CONN_IN_LOGOUT)) {
			tiser_dm_tx_free(tx);
			return;
		}
		conn->logged_out = true;
		tx->done = tiser_close_when_sent;
		if (!conn->discovery) {
			tiser_stats_inc(&conn->stats, TISER_STAT_LOGOUTS);
			later = true;
		}
	}
	tiser_bhs_build_logout_rsp(tx->bhs, pdu->itt, response, NULL);
	if (!later) {
		tiser_control_send(conn, tx);
		return;
	}
	conn->logout_tx = tx;
	queue_work(tiser_login_wq, &conn->logout_work);
}

/**
 * tiser_logout_work - close a session, then say so
 * @work: conn->logout_work
 *
 * Apart from control_notify, in which the connections of other sessions would
 * wait, too.
 *
 * Context: Process. The close path waits for it.
 */
void tiser_logout_work(struct work_struct *work)
{
	struct tiser_conn *conn = container_of(work, struct tiser_conn,
					       logout_work);
	struct tiser_dm_tx *tx = conn->logout_tx;

	conn->logout_tx = NULL;
	tiser_conn_leave_target(conn);
	tiser_control_send(conn, tx);
}
