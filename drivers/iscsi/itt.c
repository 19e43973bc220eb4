// SPDX-License-Identifier: GPL-2.0
/*
 * The tasks of a connection by Initiator Task Tag.
 *
 * The chains belong to the control_notify context of the connection, which is
 * serialised, so they need no lock: a response does not unlink its task, it
 * only ends its life (cmd->life), and the task leaves its chain when somebody
 * comes by or when it is used again. A tag is thus free when the response is
 * posted, as RFC 7143, 11.2.1.7 has it, and that costs a store.
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <target/target_core_fabric.h>
#include "iscsi.h"

/* Tags are the peer's, in the peer's byte order: any bits may be the ones. */
static struct hlist_head *tiser_itt_chain(struct tiser_conn *conn, u32 itt)
{
	return &conn->itts[hash_32(itt, conn->itt_bits)];
}

/**
 * tiser_itt_alloc - make the table of a connection about to log in
 * @conn: connection with conn->nr_cmds set
 *
 * Context: Process.
 * Return: 0 or -ENOMEM. The close path frees conn->itts.
 */
int tiser_itt_alloc(struct tiser_conn *conn)
{
	conn->itt_bits = order_base_2(conn->nr_cmds);
	conn->itts = kvcalloc(1u << conn->itt_bits, sizeof(*conn->itts),
			      GFP_KERNEL | __GFP_NOWARN);
	return conn->itts ? 0 : -ENOMEM;
}

/**
 * tiser_itt_find - the task of a tag
 * @conn: logged-in connection
 * @itt: Initiator Task Tag
 *
 * Context: control_notify.
 * Return: task whose response has not been posted, or NULL. It may end at any
 * time; tiser_cmd_pin() keeps it.
 */
struct tiser_cmd *tiser_itt_find(struct tiser_conn *conn, u32 itt)
{
	struct hlist_node *next;
	struct tiser_cmd *cmd;

	hlist_for_each_entry_safe(cmd, next, tiser_itt_chain(conn, itt),
				  itt_node) {
		if (!READ_ONCE(cmd->life))
			hlist_del_init(&cmd->itt_node);
		else if (cmd->itt == itt)
			return cmd;
	}
	return NULL;
}

/**
 * tiser_itt_insert - a task has got a new tag
 * @conn: logged-in connection
 * @cmd: task; tiser_itt_find() finds it while cmd->life is set
 *
 * Context: control_notify.
 */
void tiser_itt_insert(struct tiser_conn *conn, struct tiser_cmd *cmd)
{
	hlist_del_init(&cmd->itt_node);
	hlist_add_head(&cmd->itt_node, tiser_itt_chain(conn, cmd->itt));
}

/**
 * tiser_itt_refuse - a command whose tag is in use
 * @conn: connection
 * @pdu: SCSI Command or Task Management Function Request
 *
 * Nobody could tell any more which of the two a response is for, so the
 * connection ends behind the Reject (RFC 7143, 11.2.1.7 and 11.17.1).
 *
 * Context: Process.
 */
void tiser_itt_refuse(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	tiser_reject_and_close(conn, pdu, TISER_REJ_IN_PROGRESS);
}

/**
 * tiser_cmd_pin - keep a SCSI task from being released
 * @cmd: slot of a task, of any connection whose slots cannot go away
 *
 * The reference may be one of a task that is only being set up in the same
 * slot, hence the second look: life is set when that is over.
 *
 * Context: Process.
 * Return: true when @cmd is a SCSI task without a response so far, and has a
 * reference more, for target_put_sess_cmd().
 */
bool tiser_cmd_pin(struct tiser_cmd *cmd)
{
	/* Pairs with the release in tiser_cmd_receive(). */
	if (smp_load_acquire(&cmd->life) != TISER_CMD_SCSI ||
	    !kref_get_unless_zero(&cmd->se_cmd.cmd_kref))
		return false;
	if (smp_load_acquire(&cmd->life) == TISER_CMD_SCSI)
		return true;
	target_put_sess_cmd(&cmd->se_cmd);
	return false;
}
