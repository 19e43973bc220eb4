// SPDX-License-Identifier: GPL-2.0
/*
 * Task management (RFC 7143, 11.5, 11.6): requests into target core, responses
 * back. Target core answers when the affected tasks are gone, and every RDMA
 * operation of a task ends before the task does, so nothing of an aborted task
 * follows the response on the wire.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <scsi/scsi_common.h>
#include <target/target_core_fabric.h>
#include "iscsi.h"

static int tiser_tmf_to_tmr(u8 function)
{
	switch (function) {
	case TISER_TMF_ABORT_TASK:
		return TMR_ABORT_TASK;
	case TISER_TMF_ABORT_TASK_SET:
		return TMR_ABORT_TASK_SET;
	case TISER_TMF_CLEAR_ACA:
		return TMR_CLEAR_ACA;
	case TISER_TMF_CLEAR_TASK_SET:
		return TMR_CLEAR_TASK_SET;
	case TISER_TMF_LUN_RESET:
		return TMR_LUN_RESET;
	default:
		return -EOPNOTSUPP;
	}
}

static u8 tiser_tmr_to_tmf(u8 response)
{
	switch (response) {
	case TMR_FUNCTION_COMPLETE:
		return TISER_TMF_RSP_COMPLETE;
	case TMR_TASK_DOES_NOT_EXIST:
		return TISER_TMF_RSP_NO_TASK;
	case TMR_LUN_DOES_NOT_EXIST:
		return TISER_TMF_RSP_NO_LUN;
	case TMR_TASK_MGMT_FUNCTION_NOT_SUPPORTED:
		return TISER_TMF_RSP_NOT_SUPPORTED;
	default:
		return TISER_TMF_RSP_REJECTED;
	}
}

/* Answers a request that target core never sees. */
static void tiser_tmf_answer(struct tiser_conn *conn,
			     const struct tiser_pdu *pdu, u8 response)
{
	struct tiser_dm_tx *tx = tiser_control_tx(conn, 0);

	if (!tx)
		return;
	if (!pdu->immediate)
		tx->stamp = tiser_stamp_complete;
	tiser_bhs_build_tmf_rsp(tx->bhs, pdu->itt, response, NULL);
	tiser_control_send(conn, tx);
}

/*
 * RFC 7143, 11.6.1 b: a task that has not been delivered, with a CmdSN of the
 * window before the request's own, counts as received and aborted.
 */
static bool tiser_tmf_abort_undelivered(struct tiser_conn *conn,
					const struct tiser_pdu *pdu)
{
	u32 ref = pdu->tmf.ref_cmdsn;

	if (!tiser_sn_lt(ref, pdu->cmdsn) || !tiser_rx_has_not_seen(conn, ref))
		return false;
	tiser_rx_abort_held(conn, ref);
	tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_COMPLETE);
	return true;
}

static bool tiser_tmf_answered_here(struct tiser_conn *conn,
				    const struct tiser_pdu *pdu)
{
	switch (pdu->tmf.function) {
	case TISER_TMF_ABORT_TASK:
		if (pdu->tmf.rtt == pdu->itt) {
			tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_REJECTED);
			return true;
		}
		if (tiser_dataout_abort(conn, pdu->tmf.rtt)) {
			tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_COMPLETE);
			return true;
		}
		return tiser_tmf_abort_undelivered(conn, pdu);
	case TISER_TMF_TASK_REASSIGN:	/* ErrorRecoveryLevel is 0 */
		tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_NO_REASSIGN);
		return true;
	default:
		if (tiser_tmf_to_tmr(pdu->tmf.function) >= 0)
			return false;
		tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_NOT_SUPPORTED);
		return true;
	}
}

/**
 * tiser_tmf_receive - Task Management Function Request
 * @conn: logged-in connection
 * @pdu: PDU
 *
 * Context: Process (control_notify).
 */
void tiser_tmf_receive(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	struct tiser_cmd *cmd;

	if (tiser_tmf_answered_here(conn, pdu))
		return;
	cmd = tiser_cmd_get(conn, pdu);
	if (!cmd) {
		tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_REJECTED);
		return;
	}
	/* Target core does not know what still waits for its data. */
	if (pdu->tmf.function != TISER_TMF_ABORT_TASK &&
	    pdu->tmf.function != TISER_TMF_CLEAR_ACA)
		tiser_dataout_abort_lun(conn, pdu->lun);
	if (target_submit_tmr(&cmd->se_cmd, conn->se_sess, cmd->sense,
			      scsilun_to_int((struct scsi_lun *)pdu->lun), cmd,
			      tiser_tmf_to_tmr(pdu->tmf.function), GFP_KERNEL,
			      pdu->tmf.rtt, TARGET_SCF_ACK_KREF)) {
		tiser_cmd_put(cmd);
		tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_REJECTED);
	}
}

/**
 * tiser_tmf_respond - target_core_fabric_ops.queue_tm_rsp
 * @cmd: task management task that target core has finished
 *
 * Context: Process.
 */
void tiser_tmf_respond(struct tiser_cmd *cmd)
{
	struct tiser_dm_tx *tx = tiser_cmd_arm_rsp(cmd);
	u8 response = tiser_tmr_to_tmf(cmd->se_cmd.se_tmr_req->response);

	tiser_bhs_build_tmf_rsp(tx->bhs, cmd->itt, response, NULL);
	if (tiser_dm_send_response(cmd->conn->dm, cmd->task, false))
		transport_generic_free_cmd(&cmd->se_cmd, 0);
}
