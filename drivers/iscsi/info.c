// SPDX-License-Identifier: GPL-2.0
/*
 * acls/<initiator>/info: the session of a node ACL, in the words of the iscsi
 * fabric, because management tools parse them.
 */
#include <linux/sysfs.h>
#include <target/target_core_fabric.h>
#include "iscsi.h"

/* The iscsi fabric's words; tools know no others. */
static const char *tiser_info_sess_state(enum tiser_conn_state state)
{
	return state < TISER_CONN_IN_LOGOUT ? "TARG_SESS_STATE_LOGGED_IN" :
					      "TARG_SESS_STATE_FAILED";
}

static const char *tiser_info_conn_state(enum tiser_conn_state state)
{
	switch (state) {
	case TISER_CONN_LOGOUT_REQUESTED:
		return "TARG_CONN_STATE_LOGOUT_REQUESTED";
	case TISER_CONN_IN_LOGOUT:
		return "TARG_CONN_STATE_IN_LOGOUT";
	case TISER_CONN_CLEANUP_WAIT:
	case TISER_CONN_FREE:
		return "TARG_CONN_STATE_CLEANUP_WAIT";
	default:
		return "TARG_CONN_STATE_LOGGED_IN";
	}
}

static int tiser_info_window(struct tiser_conn *conn, char *page, int at)
{
	struct tiser_sn_window win;
	unsigned long flags;
	u32 statsn;

	spin_lock_irqsave(&conn->sn_lock, flags);
	win = conn->win;
	statsn = conn->statsn;
	spin_unlock_irqrestore(&conn->sn_lock, flags);
	return sysfs_emit_at(page, at,
			     "ExpCmdSN: 0x%08x  MaxCmdSN: 0x%08x  Window: %u\n"
			     "CID: %u  Connection State: %s\n"
			     "   Address %pISc iSER  StatSN: 0x%08x\n",
			     win.exp_cmdsn, win.max_cmdsn, conn->depth,
			     conn->cid, tiser_info_conn_state(conn->state),
			     &conn->peer, statsn);
}

static int tiser_info_session(struct tiser_conn *conn, char *page)
{
	int len;

	len = sysfs_emit(page, "InitiatorName: %s\nInitiatorAlias: %s\n",
			 conn->initiator, conn->alias);
	len += sysfs_emit_at(page, len,
			     "LIO Session ID: %u   ISID: 0x%6ph  TSIH: %u  SessionType: Normal\n",
			     conn->id, conn->isid, conn->tsih);
	len += sysfs_emit_at(page, len, "Session State: %s\n",
			     tiser_info_sess_state(READ_ONCE(conn->state)));
	return len + tiser_info_window(conn, page, len);
}

/**
 * tiser_acl_show_info - describe the session of a node ACL
 * @nacl: node ACL
 * @page: configfs buffer
 *
 * Context: Process. Takes @nacl->nacl_sess_lock, which keeps the session.
 * Return: bytes written.
 */
ssize_t tiser_acl_show_info(struct se_node_acl *nacl, char *page)
{
	struct se_session *se_sess;
	ssize_t len;

	spin_lock_bh(&nacl->nacl_sess_lock);
	se_sess = nacl->nacl_sess;
	if (se_sess)
		len = tiser_info_session(se_sess->fabric_sess_ptr, page);
	else
		len = sysfs_emit(page, "No active iSCSI Session for Initiator Endpoint: %s\n",
				 nacl->initiatorname);
	spin_unlock_bh(&nacl->nacl_sess_lock);
	return len;
}

/**
 * tiser_acl_show_key - what the session of a node ACL has negotiated
 * @nacl: node ACL
 * @key: key with a number or a boolean, which is shown as 0 or 1
 * @page: configfs buffer
 *
 * Context: Process. Takes @nacl->nacl_sess_lock, which keeps the session.
 * Return: bytes written.
 */
ssize_t tiser_acl_show_key(struct se_node_acl *nacl, enum tiser_key key,
			   char *page)
{
	struct se_session *se_sess;
	struct tiser_conn *conn;
	ssize_t len;

	spin_lock_bh(&nacl->nacl_sess_lock);
	se_sess = nacl->nacl_sess;
	if (se_sess) {
		conn = se_sess->fabric_sess_ptr;
		len = sysfs_emit(page, "%u\n", conn->keys.v[key]);
	} else {
		len = sysfs_emit(page, "No Active iSCSI Session\n");
	}
	spin_unlock_bh(&nacl->nacl_sess_lock);
	return len;
}

static u64 tiser_acl_count(const struct tiser_conn *conn,
			   enum tiser_stat first, u32 nr)
{
	u64 n = 0;

	while (nr--)
		n += tiser_stats_get(&conn->stats, first++);
	return n;
}

/**
 * tiser_acl_session - numbers of the session of a node ACL
 * @nacl: node ACL
 * @session: filled in if there is one
 *
 * Context: Process. Takes @nacl->nacl_sess_lock, which keeps the session.
 * Return: true when there is one.
 */
bool tiser_acl_session(struct se_node_acl *nacl,
		       struct tiser_acl_session *session)
{
	struct se_session *se_sess;
	struct tiser_conn *conn;

	spin_lock_bh(&nacl->nacl_sess_lock);
	se_sess = nacl->nacl_sess;
	if (se_sess) {
		conn = se_sess->fabric_sess_ptr;
		session->index = READ_ONCE(conn->tsih);
		session->cmds = tiser_acl_count(conn, TISER_STAT_COMMANDS,
						TISER_CLASS_NR);
		session->bytes_out = tiser_stats_get(&conn->stats,
						     TISER_STAT_BYTES +
						     TISER_CLASS_READ);
		session->bytes_in = tiser_acl_count(conn, TISER_STAT_BYTES +
						    TISER_CLASS_IMMEDIATE, 2);
		session->timeouts = tiser_stats_get(&conn->stats,
						    TISER_STAT_NOPIN_TIMEOUTS);
	}
	spin_unlock_bh(&nacl->nacl_sess_lock);
	return se_sess;
}
