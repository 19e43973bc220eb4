// SPDX-License-Identifier: GPL-2.0
/*
 * SCSI commands: from the PDU into target core, data between the initiator's
 * buffers and the pages of the command (data.c), and the response back.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_proto.h>
#include <target/target_core_fabric.h>
#include "../trace.h"
#include "iscsi.h"

/**
 * tiser_cmds_alloc - task array of a connection about to log in
 * @conn: connection with conn->nr_cmds set and datamover resources allocated
 *
 * Context: Process.
 * Return: 0 or -ENOMEM. Freed by the close path.
 */
int tiser_cmds_alloc(struct tiser_conn *conn)
{
	u32 i;

	conn->cmds = kvcalloc(conn->nr_cmds, sizeof(*conn->cmds),
			      GFP_KERNEL | __GFP_NOWARN);
	if (!conn->cmds || tiser_itt_alloc(conn))
		return -ENOMEM;
	for (i = 0; i < conn->nr_cmds; i++) {
		struct tiser_cmd *cmd = &conn->cmds[i];

		cmd->conn = conn;
		cmd->task = tiser_dm_task(conn->dm, i);
		cmd->task->ulp = cmd;
		cmd->task->rsp->ulp = cmd;
	}
	return 0;
}

static bool tiser_immediate_get(struct tiser_conn *conn, bool immediate)
{
	return !immediate || atomic_inc_return(&conn->immediates) <=
			     TISER_UNEXPECTED_MAX;
}

static void tiser_immediate_put(struct tiser_conn *conn, bool immediate)
{
	if (immediate)
		atomic_dec(&conn->immediates);
}

/**
 * tiser_cmd_get - a free task
 * @conn: logged-in connection
 * @pdu: SCSI Command or Task Management Function Request
 *
 * There are twice as many tasks as places in the CmdSN window, so that an
 * initiator which keeps to the window finds one even while the queue pair has
 * not yet reported the responses before as sent.
 *
 * The tag handed to target core is unique, so that an abort never meets a later
 * task with the same Initiator Task Tag.
 *
 * Context: control_notify. The tag is not in use: tiser_itt_find().
 * Return: task with a cleared se_cmd, to be given back through target core or
 * tiser_cmd_put(); NULL when there is none.
 */
struct tiser_cmd *tiser_cmd_get(struct tiser_conn *conn,
				const struct tiser_pdu *pdu)
{
	struct tiser_cmd *cmd;
	int tag, cpu;

	if (!tiser_immediate_get(conn, pdu->immediate))
		goto busy;
	tag = sbitmap_queue_get(&conn->se_sess->sess_tag_pool, &cpu);
	if (tag < 0)
		goto busy;
	cmd = &conn->cmds[tag];
	memset(&cmd->se_cmd, 0, sizeof(cmd->se_cmd));
	cmd->se_cmd.map_tag = tag;
	cmd->se_cmd.map_cpu = cpu;
	cmd->se_cmd.tag = (u64)conn->tasks++ << 32 | pdu->itt;
	cmd->rx = NULL;
	cmd->sgl = NULL;
	cmd->sgl_nents = 0;
	cmd->owes_data = false;
	cmd->answered = false;
	cmd->itt = pdu->itt;
	cmd->cmdsn = pdu->cmdsn;
	cmd->windowed = !pdu->immediate;
	cmd->aborted = false;
	cmd->report_abort = false;
	tiser_stats_begin(&cmd->stat, conn->tasks);
	tiser_itt_insert(conn, cmd);
	return cmd;

busy:
	tiser_immediate_put(conn, pdu->immediate);
	return NULL;
}

/**
 * tiser_cmd_put - give a task back that target core knows nothing of
 * @cmd: task
 *
 * Context: Any.
 */
void tiser_cmd_put(struct tiser_cmd *cmd)
{
	struct se_session *se_sess = cmd->conn->se_sess;

	WRITE_ONCE(cmd->life, TISER_CMD_IDLE);
	tiser_immediate_put(cmd->conn, !cmd->windowed);
	sbitmap_queue_clear(&se_sess->sess_tag_pool, cmd->se_cmd.map_tag,
			    cmd->se_cmd.map_cpu);
}

static void tiser_cmd_free_data(struct tiser_cmd *cmd)
{
	tiser_sgl_free(cmd);
	if (cmd->rx)
		tiser_dm_rx_put(cmd->conn->dm, cmd->rx);
	cmd->rx = NULL;
}

/**
 * tiser_cmd_release - target_core_fabric_ops.release_cmd
 * @cmd: task whose last reference is gone
 *
 * Context: Process.
 */
void tiser_cmd_release(struct tiser_cmd *cmd)
{
	tiser_cmd_free_data(cmd);
	if (unlikely(!llist_empty(&cmd->watchers)))
		tiser_tmf_task_gone(cmd);
	tiser_cmd_put(cmd);
}

static int tiser_task_attr(enum tiser_attr attr)
{
	switch (attr) {
	case TISER_ATTR_ORDERED:
		return TCM_ORDERED_TAG;
	case TISER_ATTR_HEAD_OF_QUEUE:
		return TCM_HEAD_TAG;
	case TISER_ATTR_ACA:
		return TCM_ACA_TAG;
	default:	/* untagged and reserved values are SIMPLE */
		return TCM_SIMPLE_TAG;
	}
}

static enum dma_data_direction tiser_pdu_direction(const struct tiser_pdu *pdu)
{
	if (pdu->cmd.write)
		return DMA_TO_DEVICE;
	return pdu->cmd.read ? DMA_FROM_DEVICE : DMA_NONE;
}

/* Apart, so that other commands need not clear so much stack. */
static noinline_for_stack int tiser_prep_long_cdb(struct se_cmd *se_cmd,
						  const struct tiser_pdu *pdu)
{
	u8 cdb[TISER_CDB_MAX];

	memcpy(cdb, pdu->cmd.cdb, TISER_CDB_LEN);
	memcpy(cdb + TISER_CDB_LEN, pdu->cmd.ext_cdb, pdu->cmd.ext_cdb_len);
	return target_submit_prep(se_cmd, cdb, NULL, 0, NULL, 0, NULL, 0,
				  GFP_KERNEL);
}

static int tiser_prep(struct se_cmd *se_cmd, const struct tiser_pdu *pdu)
{
	if (pdu->cmd.ext_cdb_len)
		return tiser_prep_long_cdb(se_cmd, pdu);
	return target_submit_prep(se_cmd, (u8 *)pdu->cmd.cdb, NULL, 0, NULL, 0,
				  NULL, 0, GFP_KERNEL);
}

/*
 * Target core copies as many bytes as the CDB itself says it has, so that must
 * not be more than were received. Bidirectional commands are not supported.
 */
static bool tiser_cdb_is_usable(const struct tiser_pdu *pdu)
{
	return scsi_command_size(pdu->cmd.cdb) <=
		       TISER_CDB_LEN + pdu->cmd.ext_cdb_len &&
	       !(pdu->cmd.read && pdu->cmd.write);
}

/*
 * RFC 7143, 11.4.7.2: ABORTED COMMAND. Target core knows the condition, but
 * takes it for an illegal request.
 */
static void tiser_sense_unexpected_data(struct tiser_cmd *cmd)
{
	struct se_cmd *se_cmd = &cmd->se_cmd;

	scsi_build_sense_buffer(0, cmd->sense, ABORTED_COMMAND, 0x0c, 0x0c);
	se_cmd->scsi_status = SAM_STAT_CHECK_CONDITION;
	se_cmd->scsi_sense_length = TRANSPORT_SENSE_BUFFER;
	se_cmd->se_cmd_flags |= SCF_EMULATED_TASK_SENSE;
}

/**
 * tiser_cmd_fail - CHECK CONDITION for a command that is not submitted
 * @cmd: task of tiser_cmd_receive(); not to be used any more
 * @reason: what is wrong
 *
 * Target core's transport_generic_request_failure() does not know the iSCSI
 * conditions of RFC 7143, 11.4.7.2.
 *
 * Context: Process.
 */
void tiser_cmd_fail(struct tiser_cmd *cmd, sense_reason_t reason)
{
	bool own_sense = reason == TCM_UNEXPECTED_UNSOLICITED_DATA;

	if (own_sense)
		tiser_sense_unexpected_data(cmd);
	transport_send_check_condition_and_sense(&cmd->se_cmd, reason,
						 own_sense);
	target_put_sess_cmd(&cmd->se_cmd);
}

/**
 * tiser_cmd_refuse - no task is free
 * @conn: connection of a peer that ran ahead of its window, or floods us
 * @pdu: SCSI Command, or an immediate request of any kind
 *
 * Context: Process.
 */
void tiser_cmd_refuse(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	const struct tiser_scsi_rsp rsp = {
		.itt = pdu->itt,
		.status = SAM_STAT_TASK_SET_FULL,
	};
	struct tiser_dm_tx *tx;

	if (pdu->immediate) {
		tiser_reject(conn, pdu, TISER_REJ_TOO_MANY_IMMEDIATE);
		return;
	}
	tx = tiser_control_tx(conn, 0);
	if (!tx)
		return;
	tiser_stats_inc(&conn->stats, TISER_STAT_COMMANDS + TISER_CLASS_NODATA);
	tiser_stats_inc(&conn->stats, TISER_STAT_TASK_SET_FULL);
	tiser_bhs_build_scsi_rsp(tx->bhs, &rsp, NULL);
	tx->stamp = tiser_stamp_complete;
	tiser_control_send(conn, tx);
}

static void tiser_cmd_submit(struct tiser_cmd *cmd, const struct tiser_pdu *pdu)
{
	struct se_cmd *se_cmd = &cmd->se_cmd;
	sense_reason_t reason;

	if (!tiser_cdb_is_usable(pdu)) {
		tiser_cmd_fail(cmd, TCM_INVALID_CDB_FIELD);
		return;
	}
	if (tiser_prep(se_cmd, pdu))
		return;		/* the response is on its way */
	reason = tiser_cmd_data(cmd, pdu);
	if (!reason && cmd->owes_data)
		return;		/* tiser_dataout_receive() goes on */
	tiser_stats_mark(&cmd->stat, TISER_MARK_SUBMITTED);
	if (!reason)
		target_submit(se_cmd);
	else if (reason == TCM_OUT_OF_RESOURCES)
		transport_generic_request_failure(se_cmd, reason);
	else
		tiser_cmd_fail(cmd, reason);
}

/**
 * tiser_cmd_receive - SCSI Command (RFC 7143, 11.3; RFC 7145, 7.3.1)
 * @conn: logged-in connection
 * @rx: receive buffer of the PDU
 * @pdu: the PDU; not used after the call
 *
 * Context: Process (control_notify); may sleep in the backend.
 * Return: true when @rx is kept until the command has ended.
 */
bool tiser_cmd_receive(struct tiser_conn *conn, struct tiser_dm_rx *rx,
		       const struct tiser_pdu *pdu)
{
	struct tiser_cmd *cmd;
	bool kept;

	if (unlikely(tiser_itt_find(conn, pdu->itt))) {
		tiser_itt_refuse(conn, pdu);
		return false;
	}
	if (unlikely(READ_ONCE(conn->ua_pending)) && pdu->final &&
	    tiser_ua_report(conn, pdu))
		return false;
	cmd = tiser_cmd_get(conn, pdu);
	if (!cmd) {
		tiser_cmd_refuse(conn, pdu);
		return false;
	}
	cmd->task->remote = rx->remote;
	if (target_init_cmd(&cmd->se_cmd, conn->se_sess, cmd->sense,
			    scsilun_to_int((struct scsi_lun *)pdu->lun),
			    pdu->cmd.edtl, tiser_task_attr(pdu->cmd.attr),
			    tiser_pdu_direction(pdu), TARGET_SCF_ACK_KREF)) {
		tiser_cmd_put(cmd);	/* the session is being closed */
		return false;
	}
	trace_cmd_start(conn->id, pdu->itt, pdu->cmdsn, pdu->cmd.cdb[0],
			pdu->data_len, &cmd->se_cmd);
	/*
	 * A buffer with data is the command's from here on, because the command
	 * may be gone when tiser_cmd_submit() returns.
	 */
	kept = pdu->data_len;
	if (kept)
		cmd->rx = rx;
	if (!pdu->final && pdu->cmd.write && !conn->terms.initial_r2t)
		tiser_dataout_expect(cmd, pdu);
	else	/* Pairs with tiser_cmd_pin(): the task is complete. */
		smp_store_release(&cmd->life, TISER_CMD_SCSI);
	tiser_cmd_submit(cmd, pdu);
	return kept;
}

/**
 * tiser_cmd_write_pending - target_core_fabric_ops.write_pending
 * @cmd: write command
 *
 * Get_Data, or nothing to get.
 *
 * Context: Process.
 * Return: 0 or -ENOMEM, which target core tries again.
 */
int tiser_cmd_write_pending(struct tiser_cmd *cmd)
{
	const struct tiser_dm_desc desc = {
		.sgl = cmd->sgl,
		.nents = cmd->sgl_nents,
		.sgl_offset = cmd->sgl_offset,
		.len = cmd->plan.solicited,
		.remote_offset = cmd->plan.remote_offset,
	};
	int ret;

	if (!cmd->plan.solicited) {
		target_execute_cmd(&cmd->se_cmd);
		return 0;
	}
	tiser_stats_mark(&cmd->stat, TISER_MARK_FETCHING);
	ret = tiser_dm_get_data(cmd->conn->dm, cmd->task, &desc);
	if (ret == -ENOMEM)
		return ret;
	if (ret)
		tiser_cmd_data_done(cmd->task, ret);
	return 0;
}

/**
 * tiser_cmd_data_done - tiser_dm_ops.data_done
 * @task: task whose solicited data has arrived, or will not
 * @status: 0 or a negative errno
 *
 * Context: Process.
 */
void tiser_cmd_data_done(struct tiser_dm_task *task, int status)
{
	struct tiser_cmd *cmd = task->ulp;

	if (status) {
		transport_generic_request_failure(&cmd->se_cmd,
						  TCM_CHECK_CONDITION_ABORT_CMD);
		return;
	}
	tiser_stats_inc(&cmd->conn->stats, TISER_STAT_RDMA_READS);
	tiser_stats_mark(&cmd->stat, TISER_MARK_EXECUTED);
	target_execute_cmd(&cmd->se_cmd);
}

static void tiser_rsp_stamp(struct tiser_dm_tx *tx)
{
	struct tiser_cmd *cmd = tx->ulp;
	struct tiser_seq seq;

	/* The initiator may use the tag again as soon as it has the response. */
	WRITE_ONCE(cmd->life, TISER_CMD_IDLE);
	tiser_seq_next(cmd->conn, &seq, cmd->windowed);
	tiser_bhs_set_seq(tx->bhs, &seq);
}

static void tiser_rsp_done(struct tiser_dm_tx *tx, int status)
{
	struct tiser_cmd *cmd = tx->ulp;

	trace_cmd_end(cmd->conn->id, cmd->itt, status, &cmd->se_cmd);
	transport_generic_free_cmd(&cmd->se_cmd, 0);
}

/* Counted when the initiator has it, which is in the CQ worker. */
static void tiser_scsi_rsp_done(struct tiser_dm_tx *tx, int status)
{
	struct tiser_cmd *cmd = tx->ulp;
	struct tiser_stats *stats = &cmd->conn->stats;

	if (likely(!status)) {
		tiser_stats_done(stats, &cmd->stat);
		if (cmd->se_cmd.scsi_status == SAM_STAT_CHECK_CONDITION)
			tiser_stats_inc(stats, TISER_STAT_CHECK_CONDITIONS);
	}
	tiser_rsp_done(tx, status);
}

/**
 * tiser_cmd_arm_rsp - prepare a task's response buffer for sending
 * @cmd: task
 *
 * Context: Any.
 * Return: the buffer; sequence numbers and release of the task are seen to.
 */
struct tiser_dm_tx *tiser_cmd_arm_rsp(struct tiser_cmd *cmd)
{
	struct tiser_dm_tx *tx = cmd->task->rsp;

	tx->data_len = 0;
	tx->stamp = tiser_rsp_stamp;
	tx->done = tiser_rsp_done;
	return tx;
}

static void tiser_cmd_build_rsp(struct tiser_cmd *cmd)
{
	struct tiser_dm_tx *tx = tiser_cmd_arm_rsp(cmd);
	struct se_cmd *se_cmd = &cmd->se_cmd;
	struct tiser_scsi_rsp rsp = {
		.itt = cmd->itt,
		.status = se_cmd->scsi_status,
		.residual_over = se_cmd->se_cmd_flags & SCF_OVERFLOW_BIT,
		.residual_under = se_cmd->se_cmd_flags & SCF_UNDERFLOW_BIT,
		.residual = se_cmd->residual_count,
	};

	if (se_cmd->sense_buffer && se_cmd->scsi_sense_length &&
	    (se_cmd->se_cmd_flags &
	     (SCF_TRANSPORT_TASK_SENSE | SCF_EMULATED_TASK_SENSE)))
		tx->data_len = tiser_bhs_build_sense(tx->data, cmd->sense,
						     se_cmd->scsi_sense_length);
	rsp.data_len = tx->data_len;
	tiser_bhs_build_scsi_rsp(tx->bhs, &rsp, NULL);
	tx->done = tiser_scsi_rsp_done;
	tiser_stats_mark(&cmd->stat, TISER_MARK_ANSWERED);
}

/*
 * After a failed send the reference that the response would have dropped is
 * ours to drop; target core still holds one.
 */
static int tiser_rsp_sent(struct tiser_cmd *cmd, int ret)
{
	if (!ret || ret == -ENOMEM)
		return ret;
	/* Without a response the initiator would wait for ever. */
	tiser_send_failed(cmd->conn, ret);
	trace_cmd_end(cmd->conn->id, cmd->itt, true, &cmd->se_cmd);
	transport_generic_free_cmd(&cmd->se_cmd, 0);
	return 0;
}

/**
 * tiser_cmd_queue_data_in - target_core_fabric_ops.queue_data_in
 * @cmd: read command with its data
 *
 * Put_Data and SCSI Response in one post (RFC 7145, 7.3.5: status is never
 * phase-collapsed).
 *
 * Context: Process.
 * Return: 0 or -ENOMEM, which target core tries again.
 */
int tiser_cmd_queue_data_in(struct tiser_cmd *cmd)
{
	const struct tiser_dm_desc desc = {
		.sgl = cmd->se_cmd.t_data_sg,
		.nents = cmd->se_cmd.t_data_nents,
		.len = cmd->se_cmd.data_length,
	};

	if (!desc.len || !desc.sgl || !cmd->task->remote.read_valid)
		return tiser_cmd_queue_status(cmd);
	tiser_cmd_build_rsp(cmd);
	cmd->stat.moved = desc.len;
	cmd->stat.rdma_write = true;
	return tiser_rsp_sent(cmd, tiser_dm_put_data(cmd->conn->dm, cmd->task,
						     &desc, true));
}

/**
 * tiser_cmd_queue_status - target_core_fabric_ops.queue_status
 * @cmd: command that has ended
 *
 * RFC 7143, 11.4.2: while Data-Out PDUs are to come, the response has to wait
 * for the last of them. tiser_dataout_receive() calls again.
 *
 * Context: Process.
 * Return: 0 or -ENOMEM, which target core tries again.
 */
int tiser_cmd_queue_status(struct tiser_cmd *cmd)
{
	if (cmd->owes_data) {
		cmd->answered = true;
		return 0;
	}
	tiser_cmd_build_rsp(cmd);
	return tiser_rsp_sent(cmd, tiser_dm_send_response(cmd->conn->dm,
							  cmd->task, true));
}

/*
 * Another initiator cleared the task, and the Control mode page says that this
 * is reported. Target core has no such abort of a single task, so the response
 * needs a reference of its own.
 */
static void tiser_cmd_report_abort(struct tiser_cmd *cmd)
{
	kref_get(&cmd->se_cmd.cmd_kref);
	cmd->se_cmd.scsi_status = SAM_STAT_TASK_ABORTED;
	if (!tiser_cmd_queue_status(cmd))
		return;
	tiser_send_failed(cmd->conn, -ENOMEM);
	target_put_sess_cmd(&cmd->se_cmd);
}

/**
 * tiser_cmd_aborted - target_core_fabric_ops.aborted_task
 * @cmd: task that ends without a response, or with TASK ABORTED
 *
 * Deallocate_Task_Resources (RFC 5047, 8.9; RFC 7145, 8.3.2). The place in the
 * window is given back; the next PDU tells the initiator, or a NOP-In.
 *
 * Context: Process.
 */
void tiser_cmd_aborted(struct tiser_cmd *cmd)
{
	struct tiser_conn *conn = cmd->conn;
	unsigned long flags;

	if (cmd->report_abort) {
		tiser_cmd_report_abort(cmd);
		return;
	}
	cmd->aborted = true;
	tiser_dm_free_task(conn->dm, cmd->task);
	trace_cmd_end(conn->id, cmd->itt, true, &cmd->se_cmd);
	spin_lock_irqsave(&conn->sn_lock, flags);
	tiser_stats_inc(&conn->stats, TISER_STAT_ABORTED_TASKS);
	if (cmd->windowed)
		tiser_sn_window_complete(&conn->win);
	spin_unlock_irqrestore(&conn->sn_lock, flags);
	if (cmd->windowed)
		tiser_keepalive_reopened(conn);
}
