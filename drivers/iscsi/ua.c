// SPDX-License-Identifier: GPL-2.0
/*
 * Unit attentions that only the iSCSI layer knows of: sessions that replaced
 * others, tasks that ended with a session or by another initiator, capacities
 * that changed. Target core lets nobody add to its own, so a command that meets
 * one of these is answered here and never submitted.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitmap.h>
#include <linux/rculist.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_proto.h>
#include <target/target_core_fabric.h>
#include "iscsi.h"

enum { TISER_UA_SENSE_LEN = 18 };	/* fixed format, SPC-4, 4.5.3 */

static const struct {
	u8 asc;
	u8 ascq;
} tiser_ua_codes[TISER_UA_NR] = {
	[TISER_UA_NEXUS_LOSS] = { 0x29, 0x07 },
	[TISER_UA_CLEARED_BY_EVENT] = { 0x47, 0x7f },	/* RFC 7143, 11.14.5 */
	[TISER_UA_CLEARED_BY_OTHER] = { 0x2f, 0x00 },
	[TISER_UA_CAPACITY_CHANGED] = { 0x2a, 0x09 },
};

/* Protects tiser_acl.ua of all ACLs: logins and ends of sessions only. */
static DEFINE_SPINLOCK(tiser_ua_lock);

/**
 * tiser_ua_set - a logical unit owes the session a unit attention
 * @conn: session
 * @ua: which
 * @lun: logical unit; beyond TISER_UA_LUNS nothing is kept
 *
 * Context: Any.
 */
void tiser_ua_set(struct tiser_conn *conn, enum tiser_ua ua, u64 lun)
{
	if (lun >= TISER_UA_LUNS)
		return;
	set_bit(lun, conn->ua[ua]);
	/* Pairs with tiser_ua_settle(). */
	smp_mb__after_atomic();
	WRITE_ONCE(conn->ua_pending, true);
}

/* Clears ua_pending unless something is left. */
static void tiser_ua_settle(struct tiser_conn *conn)
{
	int ua;

	WRITE_ONCE(conn->ua_pending, false);
	/* Pairs with tiser_ua_set(): either sees what the other wrote. */
	smp_mb();
	for (ua = 0; ua < TISER_UA_NR; ua++) {
		if (!bitmap_empty(conn->ua[ua], TISER_UA_LUNS))
			WRITE_ONCE(conn->ua_pending, true);
	}
}

/* SPC: these commands are executed whatever is pending. */
static bool tiser_ua_is_exempt(const struct tiser_pdu *pdu)
{
	switch (pdu->cmd.cdb[0]) {
	case INQUIRY:
	case REPORT_LUNS:
	case REQUEST_SENSE:
		return true;
	default:
		return false;
	}
}

static bool tiser_ua_find(struct tiser_conn *conn, u64 lun, enum tiser_ua *ua)
{
	int i;

	if (lun >= TISER_UA_LUNS)
		return false;
	for (i = 0; i < TISER_UA_NR; i++) {
		if (test_bit(lun, conn->ua[i])) {
			*ua = i;
			return true;
		}
	}
	return false;
}

static void tiser_ua_send(struct tiser_conn *conn, const struct tiser_pdu *pdu,
			  enum tiser_ua ua)
{
	struct tiser_dm_tx *tx = tiser_control_tx(conn, TISER_SENSE_MAX + 2);
	u8 sense[TISER_UA_SENSE_LEN] = {};
	struct tiser_scsi_rsp rsp = {
		.itt = pdu->itt,
		.status = SAM_STAT_CHECK_CONDITION,
		.residual_under = pdu->cmd.edtl,
		.residual = pdu->cmd.edtl,
	};

	if (!tx)
		return;
	scsi_build_sense_buffer(0, sense, UNIT_ATTENTION,
				tiser_ua_codes[ua].asc,
				tiser_ua_codes[ua].ascq);
	tx->data_len = tiser_bhs_build_sense(tx->data, sense, sizeof(sense));
	rsp.data_len = tx->data_len;
	tiser_bhs_build_scsi_rsp(tx->bhs, &rsp, NULL);
	if (!pdu->immediate)
		tx->stamp = tiser_stamp_complete;
	tiser_stats_inc(&conn->stats, TISER_STAT_COMMANDS + TISER_CLASS_NODATA);
	tiser_stats_inc(&conn->stats, TISER_STAT_CHECK_CONDITIONS);
	tiser_control_send(conn, tx);
}

/**
 * tiser_ua_report - answer a command with a unit attention, if one is pending
 * @conn: logged-in connection, with conn->ua_pending
 * @pdu: SCSI Command with all its unsolicited data; others leave it to the next
 *
 * Context: Process (control_notify).
 * Return: true when the command has been answered.
 */
bool tiser_ua_report(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	u64 lun = scsilun_to_int((struct scsi_lun *)pdu->lun);
	enum tiser_ua ua;

	if (tiser_ua_is_exempt(pdu) || !tiser_ua_find(conn, lun, &ua))
		return false;
	clear_bit(lun, conn->ua[ua]);
	tiser_ua_settle(conn);
	tiser_ua_send(conn, pdu, ua);
	return true;
}

/**
 * tiser_ua_peek - the unit attention that a logical unit would report
 * @conn: logged-in connection
 * @lun: logical unit
 * @asc: additional sense code; written when there is one
 * @ascq: its qualifier; likewise
 *
 * Context: Any.
 * Return: true when there is one.
 */
bool tiser_ua_peek(struct tiser_conn *conn, u64 lun, u8 *asc, u8 *ascq)
{
	enum tiser_ua ua;

	if (!tiser_ua_find(conn, lun, &ua))
		return false;
	*asc = tiser_ua_codes[ua].asc;
	*ascq = tiser_ua_codes[ua].ascq;
	return true;
}

static struct tiser_acl *tiser_ua_acl(struct tiser_conn *conn)
{
	return container_of(conn->se_sess->se_node_acl, struct tiser_acl, nacl);
}

/* The entry of a nexus, or NULL. */
static struct tiser_ua_memory *tiser_ua_recall(struct tiser_acl *acl,
					       const struct tiser_conn *conn)
{
	int i;

	lockdep_assert_held(&tiser_ua_lock);
	for (i = 0; i < TISER_UA_NEXUSES; i++) {
		if (acl->ua[i].used &&
		    !memcmp(acl->ua[i].isid, conn->isid, TISER_ISID_LEN))
			return &acl->ua[i];
	}
	return NULL;
}

static struct tiser_ua_memory *tiser_ua_remember(struct tiser_acl *acl,
						 const struct tiser_conn *conn)
{
	struct tiser_ua_memory *memory = tiser_ua_recall(acl, conn);

	if (memory)
		return memory;
	memory = &acl->ua[acl->ua_next++ % TISER_UA_NEXUSES];
	memset(memory, 0, sizeof(*memory));
	memory->used = true;
	memcpy(memory->isid, conn->isid, TISER_ISID_LEN);
	return memory;
}

/* Logical units whose tasks the end of the session will terminate. */
static void tiser_ua_collect(struct tiser_conn *conn)
{
	u32 i;

	for (i = 0; i < conn->nr_cmds; i++) {
		struct tiser_cmd *cmd = &conn->cmds[i];

		if (smp_load_acquire(&cmd->life) == TISER_CMD_SCSI)
			tiser_ua_set(conn, TISER_UA_CLEARED_BY_EVENT,
				     cmd->se_cmd.orig_fe_lun);
	}
}

/**
 * tiser_ua_save - remember what the end of a session costs its nexus
 * @conn: connection that is about to be unlinked
 *
 * RFC 7143, 11.14.5: the next command on every affected I_T_L nexus hears that
 * tasks were terminated. What the session was not told any more counts, too.
 *
 * Context: Process (close path).
 */
void tiser_ua_save(struct tiser_conn *conn)
{
	struct tiser_ua_memory *memory;
	struct tiser_acl *acl;

	/* Pairs with tiser_login_send_final(). */
	if (!smp_load_acquire(&conn->full_feature))
		return;
	tiser_ua_collect(conn);
	if (bitmap_empty(conn->ua[TISER_UA_CLEARED_BY_EVENT], TISER_UA_LUNS))
		return;
	acl = tiser_ua_acl(conn);
	spin_lock(&tiser_ua_lock);
	memory = tiser_ua_remember(acl, conn);
	bitmap_copy(memory->cleared, conn->ua[TISER_UA_CLEARED_BY_EVENT],
		    TISER_UA_LUNS);
	spin_unlock(&tiser_ua_lock);
}

/**
 * tiser_ua_nexus_reset - the next session of the nexus begins after a loss
 * @conn: session that an I_T NEXUS RESET ends (RFC 7144, 6.3)
 *
 * Context: Process.
 */
void tiser_ua_nexus_reset(struct tiser_conn *conn)
{
	struct tiser_acl *acl = tiser_ua_acl(conn);

	spin_lock(&tiser_ua_lock);
	tiser_ua_remember(acl, conn)->nexus_loss = true;
	spin_unlock(&tiser_ua_lock);
}

static void tiser_ua_set_nexus_loss(struct tiser_conn *conn)
{
	struct se_dev_entry *deve;

	rcu_read_lock();
	hlist_for_each_entry_rcu(deve,
				 &conn->se_sess->se_node_acl->lun_entry_hlist,
				 link)
		tiser_ua_set(conn, TISER_UA_NEXUS_LOSS, deve->mapped_lun);
	rcu_read_unlock();
}

/* Takes what is remembered of the nexus into @memory; false for nothing. */
static bool tiser_ua_forget(struct tiser_conn *conn,
			    struct tiser_ua_memory *memory)
{
	struct tiser_acl *acl = tiser_ua_acl(conn);
	struct tiser_ua_memory *found;

	spin_lock(&tiser_ua_lock);
	found = tiser_ua_recall(acl, conn);
	if (found) {
		*memory = *found;
		found->used = false;
	}
	spin_unlock(&tiser_ua_lock);
	return found;
}

/**
 * tiser_ua_restore - what a new session is owed because of earlier ones
 * @conn: session about to begin, with its LIO session
 *
 * Session reinstatement is a loss of the nexus (RFC 7143, 6.3.5.1), and that
 * says everything: no word of single tasks.
 *
 * Context: Process (login).
 */
void tiser_ua_restore(struct tiser_conn *conn)
{
	struct tiser_ua_memory memory;
	bool found = tiser_ua_forget(conn, &memory);

	if (conn->reinstates || (found && memory.nexus_loss)) {
		tiser_ua_set_nexus_loss(conn);
	} else if (found) {
		bitmap_copy(conn->ua[TISER_UA_CLEARED_BY_EVENT],
			    memory.cleared, TISER_UA_LUNS);
		tiser_ua_settle(conn);
	}
}
