// SPDX-License-Identifier: GPL-2.0
/*
 * Unsolicited Data-Out PDUs (RFC 7143, 11.7; RFC 7145, 7.3.4). A command that
 * announces some is prepared, but target core gets it when they have all
 * arrived; until then it waits in conn->dataouts.
 *
 * Everything here runs in the connection's control_notify context, or in the
 * close path when there are no up-calls any more. So the lists need no lock,
 * and target core, which has not been given a waiting command, neither executes
 * nor aborts it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <scsi/scsi_common.h>
#include <target/target_core_fabric.h>
#include "../trace.h"
#include "iscsi.h"

/**
 * struct tiser_early - a Data-Out PDU whose command waits for its CmdSN
 * @node: in conn->early, in the order of arrival
 * @itt: Initiator Task Tag of the command
 * @rx: the PDU
 */
struct tiser_early {
	struct list_head node;
	u32 itt;
	struct tiser_dm_rx *rx;
};

/**
 * tiser_dataout_expect - the unsolicited data of a command will follow it
 * @cmd: command that target core does not know yet
 * @pdu: its PDU, without the F bit
 *
 * From here on the response waits, too: RFC 7143, 11.4.2.
 *
 * Context: control_notify.
 */
void tiser_dataout_expect(struct tiser_cmd *cmd, const struct tiser_pdu *pdu)
{
	tiser_burst_begin(&cmd->burst, &cmd->conn->terms, pdu->cmd.edtl,
			  pdu->data_len);
	cmd->owes_data = true;
	WRITE_ONCE(cmd->life, TISER_CMD_WAITING);
	list_add_tail(&cmd->dataout_node, &cmd->conn->dataouts);
}

static struct tiser_cmd *tiser_dataout_find(struct tiser_conn *conn, u32 itt)
{
	struct tiser_cmd *cmd;

	list_for_each_entry(cmd, &conn->dataouts, dataout_node) {
		if (cmd->itt == itt)
			return cmd;
	}
	return NULL;
}

static void tiser_dataout_forget(struct tiser_cmd *cmd)
{
	list_del(&cmd->dataout_node);
	cmd->owes_data = false;
	/* Pairs with tiser_cmd_pin(): target core gets it, or has answered it. */
	smp_store_release(&cmd->life, TISER_CMD_SCSI);
}

/* The F bit was received: the command goes on, or its response goes out. */
static void tiser_dataout_finish(struct tiser_cmd *cmd)
{
	tiser_dataout_forget(cmd);
	if (cmd->answered) {
		tiser_cmd_queue_status(cmd);
	} else if (!tiser_burst_is_complete(&cmd->burst)) {
		tiser_conn_info(cmd->conn, "unsolicited data of itt 0x%08x is not what was announced\n",
				cmd->itt);
		tiser_cmd_fail(cmd, TCM_INCORRECT_AMOUNT_OF_DATA);
	} else {
		tiser_stats_mark(&cmd->stat, TISER_MARK_SUBMITTED);
		target_submit(&cmd->se_cmd);
	}
}

/*
 * cmd->sgl holds all unsolicited data if there is any behind the immediate part.
 * What the command does not ask for (RFC 7143, 11.4.5.1) is left out.
 */
static void tiser_dataout_copy(struct tiser_cmd *cmd,
			       const struct tiser_pdu *pdu)
{
	u32 end = cmd->plan.immediate + cmd->plan.unsolicited;
	u32 offset = pdu->dataout.offset;

	if (offset < end)
		sg_pcopy_from_buffer(cmd->sgl, cmd->sgl_nents, pdu->data,
				     min(pdu->data_len, end - offset), offset);
}

static void tiser_dataout_take(struct tiser_cmd *cmd,
			       const struct tiser_pdu *pdu)
{
	if (tiser_burst_take(&cmd->burst, pdu->dataout.data_sn,
			     pdu->dataout.offset, pdu->data_len) &&
	    !cmd->answered && cmd->sgl)
		tiser_dataout_copy(cmd, pdu);
	if (pdu->final)
		tiser_dataout_finish(cmd);
}

/* Returns true when the receive buffer stays in use. */
static bool tiser_dataout_hold(struct tiser_conn *conn, struct tiser_dm_rx *rx,
			       u32 itt)
{
	struct tiser_early *early = kmalloc(sizeof(*early), GFP_KERNEL);

	if (!early) {
		tiser_conn_end(conn, TISER_ENDING_RESOURCES,
			       "no memory for a Data-Out");
		return false;
	}
	early->itt = itt;
	early->rx = rx;
	list_add_tail(&early->node, &conn->early);
	return true;
}

/**
 * tiser_dataout_receive - SCSI Data-Out (RFC 7143, 11.7)
 * @conn: logged-in connection
 * @rx: receive buffer of the PDU
 * @pdu: PDU; its LUN is reserved, as it has no Target Transfer Tag (11.7.4)
 *
 * No R2T is ever sent, so none can be answered: a Target Transfer Tag is made
 * up.
 *
 * Context: Process (control_notify); may sleep in the backend.
 * Return: true when @rx is kept.
 */
bool tiser_dataout_receive(struct tiser_conn *conn, struct tiser_dm_rx *rx,
			   const struct tiser_pdu *pdu)
{
	struct tiser_cmd *cmd;

	tiser_stats_inc(&conn->stats, TISER_STAT_DATA_OUTS);
	if (pdu->ttt != TISER_TAG_NONE) {
		tiser_conn_end(conn, TISER_ENDING_PROTOCOL,
			       "Data-Out that answers no R2T");
		return false;
	}
	if (conn->terms.initial_r2t) {	/* RFC 7143, 13.10 */
		tiser_reject(conn, pdu, TISER_REJ_PROTOCOL);
		return false;
	}
	cmd = tiser_dataout_find(conn, pdu->itt);
	if (cmd)
		tiser_dataout_take(cmd, pdu);
	else if (tiser_rx_holds_cmd(conn, pdu->itt))
		return tiser_dataout_hold(conn, rx, pdu->itt);
	else
		tiser_reject(conn, pdu, TISER_REJ_INVALID_FIELD);
	return false;
}

/**
 * tiser_dataout_run_held - Data-Out PDUs of a command whose turn has come
 * @conn: connection
 * @itt: Initiator Task Tag of a command that is no longer held
 *
 * Context: control_notify.
 */
void tiser_dataout_run_held(struct tiser_conn *conn, u32 itt)
{
	struct tiser_early *early, *tmp;
	LIST_HEAD(mine);

	list_for_each_entry_safe(early, tmp, &conn->early, node) {
		if (early->itt == itt)
			list_move_tail(&early->node, &mine);
	}
	list_for_each_entry_safe(early, tmp, &mine, node) {
		tiser_rx_full_feature(conn, early->rx);
		kfree(early);
	}
}

/*
 * Target core was never given the command, or has finished with it except for
 * the reference that a response would drop.
 */
static void tiser_dataout_drop(struct tiser_cmd *cmd)
{
	bool answered = cmd->answered;

	tiser_dataout_forget(cmd);
	/* Drops the reference on the logical unit first. */
	transport_generic_free_cmd(&cmd->se_cmd, 0);
	if (!answered)
		target_put_sess_cmd(&cmd->se_cmd);
}

static void tiser_dataout_abort_cmd(struct tiser_cmd *cmd)
{
	tiser_cmd_aborted(cmd);
	tiser_dataout_drop(cmd);
}

/**
 * tiser_dataout_abort - abort a command that waits for unsolicited data
 * @conn: connection
 * @itt: Initiator Task Tag
 *
 * It ends without a response; its place in the CmdSN window is given back.
 *
 * Context: control_notify.
 * Return: true when there was one.
 */
bool tiser_dataout_abort(struct tiser_conn *conn, u32 itt)
{
	struct tiser_cmd *cmd = tiser_dataout_find(conn, itt);

	if (cmd)
		tiser_dataout_abort_cmd(cmd);
	return cmd;
}

/**
 * tiser_dataout_abort_lun - abort what waits for unsolicited data on a LUN
 * @conn: connection
 * @lun: eight bytes as received, or NULL for every LUN
 *
 * Context: control_notify.
 */
void tiser_dataout_abort_lun(struct tiser_conn *conn, const u8 *lun)
{
	u64 unpacked = lun ? scsilun_to_int((struct scsi_lun *)lun) : 0;
	struct tiser_cmd *cmd, *tmp;

	list_for_each_entry_safe(cmd, tmp, &conn->dataouts, dataout_node) {
		if (!lun || cmd->se_cmd.orig_fe_lun == unpacked)
			tiser_dataout_abort_cmd(cmd);
	}
}

/**
 * tiser_dataout_drop_all - free what waits for data that will not come
 * @conn: connection whose up-calls have stopped
 *
 * Context: Process (close path).
 */
void tiser_dataout_drop_all(struct tiser_conn *conn)
{
	struct tiser_early *early, *next;
	struct tiser_cmd *cmd, *tmp;

	list_for_each_entry_safe(early, next, &conn->early, node) {
		tiser_dm_rx_put(conn->dm, early->rx);
		kfree(early);
	}
	INIT_LIST_HEAD(&conn->early);
	list_for_each_entry_safe(cmd, tmp, &conn->dataouts, dataout_node) {
		trace_cmd_end(conn->id, cmd->itt, true, &cmd->se_cmd);
		tiser_dataout_drop(cmd);
	}
}
