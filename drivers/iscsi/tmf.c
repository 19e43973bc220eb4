// SPDX-License-Identifier: GPL-2.0
/*
 * Task management (RFC 7143, 11.5 and 11.6; RFC 7144, 6): requests are judged,
 * the simple ones answered; tmfset.c carries out what concerns tasks or logical
 * units. A request is answered when the affected tasks are gone, and every RDMA
 * operation of a task ends before the task does, so nothing of an aborted task
 * follows the response on the wire.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/rculist.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_proto.h>
#include <target/target_core_fabric.h>
#include "../trace.h"
#include "iscsi.h"

/* Answers a request that has no task. */
static void tiser_tmf_answer(struct tiser_conn *conn,
			     const struct tiser_pdu *pdu, u8 response)
{
	struct tiser_dm_tx *tx = tiser_control_tx(conn, 0);

	if (!tx)
		return;
	if (!pdu->immediate)
		tx->stamp = tiser_stamp_complete;
	tiser_bhs_build_tmf_rsp(tx->bhs, pdu->itt, response, NULL);
	trace_tmf_response(conn->id, pdu->itt, response);
	tiser_control_send(conn, tx);
}

static u64 tiser_tmf_lun(const struct tiser_pdu *pdu)
{
	return scsilun_to_int((struct scsi_lun *)pdu->lun);
}

/* Caller holds rcu_read_lock(). */
static struct se_dev_entry *tiser_tmf_find_lun(struct tiser_conn *conn, u64 lun)
{
	struct se_node_acl *nacl = conn->se_sess->se_node_acl;
	struct se_dev_entry *deve;

	hlist_for_each_entry_rcu(deve, &nacl->lun_entry_hlist, link) {
		if (deve->mapped_lun == lun)
			return deve;
	}
	return NULL;
}

static bool tiser_tmf_has_lun(struct tiser_conn *conn, u64 lun)
{
	bool found;

	rcu_read_lock();
	found = tiser_tmf_find_lun(conn, lun);
	rcu_read_unlock();
	return found;
}

/**
 * tiser_tmf_task_of - what identifies a task to proto/tmf_plan.c
 * @cmd: SCSI task
 *
 * Context: Any.
 * Return: LUN, CmdSN and the I bit.
 */
struct tiser_tmf_task tiser_tmf_task_of(const struct tiser_cmd *cmd)
{
	return (struct tiser_tmf_task) {
		.lun = cmd->se_cmd.orig_fe_lun,
		.cmdsn = cmd->cmdsn,
		.immediate = !cmd->windowed,
	};
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
	return true;
}

static u8 tiser_tmf_no_task(struct tiser_conn *conn,
			    const struct tiser_pdu *pdu)
{
	return tiser_tmf_has_lun(conn, tiser_tmf_lun(pdu)) ?
	       TISER_TMF_RSP_NO_TASK : TISER_TMF_RSP_NO_LUN;
}

/* A request of tmfset.c: takes a task that lives until the response is sent. */
static void tiser_tmf_start(struct tiser_conn *conn,
			    const struct tiser_pdu *pdu,
			    enum tiser_tmf_action action,
			    struct tiser_cmd *task)
{
	struct tiser_cmd *cmd = tiser_cmd_get(conn, pdu);

	if (!cmd && pdu->immediate) {
		tiser_cmd_refuse(conn, pdu);
		return;
	}
	if (!cmd) {
		tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_REJECTED);
		return;
	}
	if (target_init_cmd(&cmd->se_cmd, conn->se_sess, cmd->sense,
			    tiser_tmf_lun(pdu), 0, TCM_SIMPLE_TAG, DMA_NONE,
			    TARGET_SCF_ACK_KREF)) {
		tiser_cmd_put(cmd);	/* the session is being closed */
		return;
	}
	WRITE_ONCE(cmd->life, TISER_CMD_TMF);
	if (tiser_tmf_set_start(cmd, action, task))
		tiser_tmf_respond(cmd, action, TISER_TMF_RSP_REJECTED);
}

/* Target core does not know a task yet that waits for unsolicited data. */
static void tiser_tmf_abort_waiting(struct tiser_conn *conn,
				    const struct tiser_pdu *pdu,
				    const struct tiser_cmd *task)
{
	struct tiser_tmf_task id = tiser_tmf_task_of(task);
	u8 response = TISER_TMF_RSP_NO_TASK;

	if (tiser_tmf_names(&id, tiser_tmf_lun(pdu), pdu->cmdsn,
			    pdu->tmf.ref_cmdsn) &&
	    tiser_dataout_abort(conn, pdu->tmf.rtt))
		response = TISER_TMF_RSP_COMPLETE;
	tiser_tmf_answer(conn, pdu, response);
}

static void tiser_tmf_abort(struct tiser_conn *conn,
			    const struct tiser_pdu *pdu)
{
	struct tiser_cmd *task = tiser_itt_find(conn, pdu->tmf.rtt);
	struct tiser_tmf_task id;

	/* RFC 7143, 11.5.1: not of a task management request, not of itself */
	if (pdu->tmf.rtt == pdu->itt ||
	    (task && READ_ONCE(task->life) == TISER_CMD_TMF)) {
		tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_REJECTED);
		return;
	}
	if (!task && tiser_tmf_abort_undelivered(conn, pdu)) {
		tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_COMPLETE);
		return;
	}
	if (task && READ_ONCE(task->life) == TISER_CMD_WAITING) {
		tiser_tmf_abort_waiting(conn, pdu, task);
		return;
	}
	if (!task || !tiser_cmd_pin(task)) {
		tiser_tmf_answer(conn, pdu, tiser_tmf_no_task(conn, pdu));
		return;
	}
	id = tiser_tmf_task_of(task);
	if (tiser_tmf_names(&id, tiser_tmf_lun(pdu), pdu->cmdsn,
			    pdu->tmf.ref_cmdsn))
		tiser_tmf_start(conn, pdu, TISER_TMF_DO_ABORT, task);
	else
		tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_NO_TASK);
	target_put_sess_cmd(&task->se_cmd);
}

/* RFC 7144, 6.4.2: is the task in the task set? */
static void tiser_tmf_query(struct tiser_conn *conn,
			    const struct tiser_pdu *pdu)
{
	struct tiser_cmd *task = tiser_itt_find(conn, pdu->tmf.rtt);
	u8 response = TISER_TMF_RSP_COMPLETE;
	struct tiser_tmf_task id;

	if (!tiser_tmf_has_lun(conn, tiser_tmf_lun(pdu))) {
		response = TISER_TMF_RSP_NO_LUN;
	} else if (pdu->tmf.rtt == pdu->itt ||
		   (task && READ_ONCE(task->life) == TISER_CMD_TMF)) {
		response = TISER_TMF_RSP_REJECTED;
	} else if (task) {
		id = tiser_tmf_task_of(task);
		if (tiser_tmf_names(&id, tiser_tmf_lun(pdu), pdu->cmdsn,
				    pdu->tmf.ref_cmdsn))
			response = TISER_TMF_RSP_SUCCEEDED;
	}
	tiser_tmf_answer(conn, pdu, response);
}

static bool tiser_tmf_lun_is_busy(struct tiser_conn *conn, u64 lun)
{
	u32 i;

	for (i = 0; i < conn->nr_cmds; i++) {
		const struct tiser_cmd *cmd = &conn->cmds[i];

		u8 life = READ_ONCE(cmd->life);

		if ((life == TISER_CMD_SCSI || life == TISER_CMD_WAITING) &&
		    cmd->se_cmd.orig_fe_lun == lun)
			return true;
	}
	return false;
}

static void tiser_tmf_query_set(struct tiser_conn *conn,
				const struct tiser_pdu *pdu)
{
	u64 lun = tiser_tmf_lun(pdu);
	u8 response = TISER_TMF_RSP_COMPLETE;

	if (!tiser_tmf_has_lun(conn, lun))
		response = TISER_TMF_RSP_NO_LUN;
	else if (tiser_tmf_lun_is_busy(conn, lun))
		response = TISER_TMF_RSP_SUCCEEDED;
	tiser_tmf_answer(conn, pdu, response);
}

/* What target core will report on the logical unit next. */
static bool tiser_tmf_core_event(struct se_dev_entry *deve, u8 *asc, u8 *ascq)
{
	const struct se_ua *ua;

	spin_lock(&deve->ua_lock);
	ua = list_first_entry_or_null(&deve->ua_list, struct se_ua, ua_nacl_list);
	if (ua) {
		*asc = ua->ua_asc;
		*ascq = ua->ua_ascq;
	}
	spin_unlock(&deve->ua_lock);
	return ua;
}

static u8 tiser_tmf_event(struct tiser_conn *conn, u64 lun, u8 *asc, u8 *ascq)
{
	struct se_dev_entry *deve;
	u8 response = TISER_TMF_RSP_COMPLETE;

	rcu_read_lock();
	deve = tiser_tmf_find_lun(conn, lun);
	if (!deve)
		response = TISER_TMF_RSP_NO_LUN;
	else if (tiser_ua_peek(conn, lun, asc, ascq) ||
		 tiser_tmf_core_event(deve, asc, ascq))
		response = TISER_TMF_RSP_SUCCEEDED;
	rcu_read_unlock();
	return response;
}

/* RFC 7144, 6.4.2: is a unit attention pending, and which? */
static void tiser_tmf_query_event(struct tiser_conn *conn,
				  const struct tiser_pdu *pdu)
{
	struct tiser_dm_tx *tx = tiser_control_tx(conn, 0);
	u8 response, asc, ascq;

	if (!tx)
		return;
	if (!pdu->immediate)
		tx->stamp = tiser_stamp_complete;
	response = tiser_tmf_event(conn, tiser_tmf_lun(pdu), &asc, &ascq);
	tiser_bhs_build_tmf_rsp(tx->bhs, pdu->itt, response, NULL);
	if (response == TISER_TMF_RSP_SUCCEEDED)
		tiser_bhs_set_tmf_info(tx->bhs, UNIT_ATTENTION, asc, ascq);
	trace_tmf_response(conn->id, pdu->itt, response);
	tiser_control_send(conn, tx);
}

/*
 * Tasks that target core does not know yet, because they wait for data, are
 * ended here, before the tasks inside target core are.
 */
static void tiser_tmf_many(struct tiser_conn *conn, const struct tiser_pdu *pdu,
			   enum tiser_tmf_action action)
{
	bool on_lun = action == TISER_TMF_DO_ABORT_SET ||
		      action == TISER_TMF_DO_CLEAR_SET ||
		      action == TISER_TMF_DO_LUN_RESET;

	if (on_lun && !tiser_tmf_has_lun(conn, tiser_tmf_lun(pdu))) {
		tiser_tmf_answer(conn, pdu, TISER_TMF_RSP_NO_LUN);
		return;
	}
	tiser_dataout_abort_lun(conn, on_lun ? pdu->lun : NULL);
	tiser_tmf_start(conn, pdu, action, NULL);
}

static void tiser_tmf_execute(struct tiser_conn *conn,
			      const struct tiser_pdu *pdu,
			      enum tiser_tmf_action action)
{
	switch (action) {
	case TISER_TMF_DO_ABORT:
		tiser_tmf_abort(conn, pdu);
		break;
	case TISER_TMF_DO_QUERY:
		tiser_tmf_query(conn, pdu);
		break;
	case TISER_TMF_DO_QUERY_SET:
		tiser_tmf_query_set(conn, pdu);
		break;
	case TISER_TMF_DO_QUERY_EVENT:
		tiser_tmf_query_event(conn, pdu);
		break;
	default:
		tiser_tmf_many(conn, pdu, action);
		break;
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
	const u32 *attrib = conn->tpg->attrib;
	const struct tiser_tmf_terms terms = {
		.level = conn->keys.v[TISER_KEY_PROTOCOL_LEVEL],
		.warm_reset = READ_ONCE(attrib[TISER_ATTRIB_TMR_WARM_RESET]),
		.cold_reset = READ_ONCE(attrib[TISER_ATTRIB_TMR_COLD_RESET]),
	};
	enum tiser_tmf_action action;
	u8 response;

	tiser_stats_inc(&conn->stats, TISER_STAT_TMFS);
	trace_tmf_request(conn->id, pdu->itt, pdu->tmf.function, pdu->tmf.rtt,
			  pdu->tmf.ref_cmdsn, pdu->lun);
	if (tiser_itt_find(conn, pdu->itt)) {
		tiser_itt_refuse(conn, pdu);
		return;
	}
	action = tiser_tmf_plan(pdu->tmf.function, &terms, &response);
	if (action == TISER_TMF_ANSWER)
		tiser_tmf_answer(conn, pdu, response);
	else
		tiser_tmf_execute(conn, pdu, action);
}

static void tiser_tmf_close_session(struct tiser_conn *conn, void *arg)
{
	tiser_conn_end(conn, TISER_ENDING_RESET, "TARGET COLD RESET");
}

/* The request's task keeps its own session, and so the target, until then. */
static void tiser_tmf_cold_work(struct work_struct *work)
{
	struct se_cmd *se_cmd = container_of(work, struct se_cmd, work);
	struct tiser_conn *conn = tiser_cmd_of(se_cmd)->conn;

	tiser_tgt_for_each_conn(conn->tpg->tgt, tiser_tmf_close_session, NULL);
	transport_generic_free_cmd(se_cmd, 0);
}

/* RFC 7143, 11.5.1: TARGET COLD RESET ends all sessions, once answered. */
static void tiser_tmf_cold_done(struct tiser_dm_tx *tx, int status)
{
	struct tiser_cmd *cmd = tx->ulp;

	INIT_WORK(&cmd->se_cmd.work, tiser_tmf_cold_work);
	queue_work(tiser_login_wq, &cmd->se_cmd.work);
}

/* RFC 7144, 6.3: I_T NEXUS RESET drops the session's connections. */
static void tiser_tmf_nexus_done(struct tiser_dm_tx *tx, int status)
{
	struct tiser_cmd *cmd = tx->ulp;

	tiser_conn_end(cmd->conn, TISER_ENDING_RESET, "I_T NEXUS RESET");
	transport_generic_free_cmd(&cmd->se_cmd, 0);
}

static void tiser_tmf_done(struct tiser_dm_tx *tx, int status)
{
	struct tiser_cmd *cmd = tx->ulp;

	transport_generic_free_cmd(&cmd->se_cmd, 0);
}

/**
 * tiser_tmf_respond - answer a request that has a task
 * @cmd: the request's task; not the caller's any more
 * @action: what it was
 * @response: enum tiser_tmf_response
 *
 * Context: Process.
 */
void tiser_tmf_respond(struct tiser_cmd *cmd, enum tiser_tmf_action action,
		       u8 response)
{
	struct tiser_dm_tx *tx = tiser_cmd_arm_rsp(cmd);
	int ret;

	tx->done = tiser_tmf_done;
	if (response == TISER_TMF_RSP_COMPLETE) {
		if (action == TISER_TMF_DO_COLD_RESET)
			tx->done = tiser_tmf_cold_done;
		else if (action == TISER_TMF_DO_NEXUS_RESET)
			tx->done = tiser_tmf_nexus_done;
	}
	tiser_bhs_build_tmf_rsp(tx->bhs, cmd->itt, response, NULL);
	trace_tmf_response(cmd->conn->id, cmd->itt, response);
	ret = tiser_dm_send_response(cmd->conn->dm, cmd->task, false);
	if (ret) {
		/* Without a response the initiator would wait for ever. */
		tiser_send_failed(cmd->conn, ret);
		tx->done(tx, -ENOTCONN);
	}
	target_put_sess_cmd(&cmd->se_cmd);
}
