// SPDX-License-Identifier: GPL-2.0
/*
 * A connection's life: creation on an RDMA CM connect request, state changes,
 * and the one close path. Must not know PDUs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/idr.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <target/target_core_fabric.h>
#include <tiser/debugfs.h>
#include "../trace.h"
#include "iscsi.h"

static struct workqueue_struct *tiser_close_wq;
static DEFINE_IDA(tiser_conn_ida);
static DEFINE_IDA(tiser_tsih_ida);

static void tiser_conn_close_work(struct work_struct *work);
static void tiser_conn_timeout(struct work_struct *work);

/**
 * tiser_conn_init - set up what all connections share
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int tiser_conn_init(void)
{
	tiser_close_wq = alloc_workqueue("tiser_close",
					 WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return tiser_close_wq ? 0 : -ENOMEM;
}

/**
 * tiser_conn_exit - undo tiser_conn_init()
 *
 * Context: Process. No connection may be left.
 */
void tiser_conn_exit(void)
{
	destroy_workqueue(tiser_close_wq);
	ida_destroy(&tiser_tsih_ida);
	ida_destroy(&tiser_conn_ida);
}

static struct tiser_conn *tiser_conn_alloc(void)
{
	struct tiser_conn *conn = kzalloc(sizeof(*conn), GFP_KERNEL);
	int id;

	if (!conn)
		return NULL;
	id = ida_alloc_min(&tiser_conn_ida, 1, GFP_KERNEL);
	if (id < 0) {
		kfree(conn);
		return NULL;
	}
	conn->id = id;
	conn->statsn = get_random_u32();
	conn->created = get_jiffies_64();
	kref_init(&conn->kref);
	spin_lock_init(&conn->state_lock);
	spin_lock_init(&conn->sn_lock);
	init_completion(&conn->closed);
	INIT_LIST_HEAD(&conn->portal_node);
	INIT_LIST_HEAD(&conn->held);
	INIT_LIST_HEAD(&conn->dataouts);
	INIT_LIST_HEAD(&conn->early);
	INIT_WORK(&conn->close_work, tiser_conn_close_work);
	INIT_DELAYED_WORK(&conn->timer, tiser_conn_timeout);
	INIT_DELAYED_WORK(&conn->hole_timer, tiser_rx_hole_timeout);
	INIT_WORK(&conn->logout_work, tiser_logout_work);
	tiser_keepalive_init(conn);
	tiser_stats_init(&conn->stats);
	conn->least_room = U32_MAX;
	return conn;
}

static void tiser_conn_free(struct kref *kref)
{
	struct tiser_conn *conn = container_of(kref, struct tiser_conn, kref);

	if (conn->tsih)
		ida_free(&tiser_tsih_ida, conn->tsih);
	ida_free(&tiser_conn_ida, conn->id);
	kfree(conn);
}

/**
 * tiser_conn_put - drop a reference
 * @conn: connection
 *
 * Context: Process.
 */
void tiser_conn_put(struct tiser_conn *conn)
{
	kref_put(&conn->kref, tiser_conn_free);
}

/**
 * tiser_tsih_alloc - a Target Session Identifying Handle nobody else has
 *
 * Freed with the connection it was given to.
 *
 * Context: Process.
 * Return: TSIH, or 0 (which RFC 7143, 4.4.3 reserves) when none is left.
 */
u16 tiser_tsih_alloc(void)
{
	int id = ida_alloc_range(&tiser_tsih_ida, 1, 0xffff, GFP_KERNEL);

	return id < 0 ? 0 : id;
}

/*
 * An initiator that wants smaller PDUs may need more buffers than this; then
 * its window becomes smaller, see tiser_login_size().
 */
static void tiser_conn_limits(struct tiser_conn *conn,
			      const struct tiser_endpoint_needs *needs,
			      struct tiser_dm_limits *limits)
{
	const struct tiser_rx_credit credit = {
		.depth = needs->depth,
		.dataouts = needs->dataouts,
		.unexpected = TISER_UNEXPECTED_MAX + TISER_PINGS_MAX,
		.slack = TISER_RX_SLACK,
	};

	conn->max_depth = credit.depth;
	limits->id = conn->id;
	limits->tasks = 2 * conn->max_depth + TISER_UNEXPECTED_MAX;
	limits->rx_bufs = tiser_rx_credit_bufs(&credit);
}

/**
 * tiser_conn_connected - tiser_dm_ops.connected
 * @endpoint: struct tiser_endpoint
 * @dm: the datamover's connection; a reference on it becomes ours
 * @limits: filled in from the largest CmdSN window and first burst of any portal
 *	group with a portal there
 *
 * Context: Process (RDMA CM handler).
 * Return: struct tiser_conn, or ERR_PTR: -ENOMEM, -EBUSY when too many logins
 * are unfinished, -ESHUTDOWN when the portals are going away.
 */
void *tiser_conn_connected(void *endpoint, struct tiser_dm_conn *dm,
			   struct tiser_dm_limits *limits)
{
	struct tiser_endpoint_needs needs;
	struct tiser_conn *conn;
	int ret = -ENOMEM;

	conn = tiser_conn_alloc();
	if (!conn)
		return ERR_PTR(-ENOMEM);
	conn->dm = dm;
	tiser_dm_peer_addr(dm, &conn->peer);
	if (tiser_login_start(conn))
		goto err_put_conn;
	ret = tiser_endpoint_add_conn(endpoint, conn, &needs);
	if (ret)
		goto err_stop_login;
	/* The close path waits for this handler before it uses any of it. */
	tiser_conn_limits(conn, &needs, limits);
	queue_delayed_work(tiser_login_wq, &conn->timer,
			   needs.login_timeout * HZ);
	tiser_debugfs_add(conn);
	return conn;

err_stop_login:
	tiser_endpoint_count_failure(endpoint, conn,
				     TISER_LOGIN_FAILURE_RESOURCES);
	tiser_login_stop(conn);
err_put_conn:
	tiser_conn_put(conn);
	return ERR_PTR(ret);
}

/**
 * tiser_conn_set_state - the only writer of conn->state
 * @conn: connection
 * @new: state to move to
 *
 * Context: Any. Takes conn->state_lock.
 * Return: true when this caller moved it; false when the move is not legal,
 * usually because the close path was faster.
 */
bool tiser_conn_set_state(struct tiser_conn *conn, enum tiser_conn_state new)
{
	enum tiser_conn_state old;
	unsigned long flags;
	bool moved;

	spin_lock_irqsave(&conn->state_lock, flags);
	old = conn->state;
	moved = tiser_conn_fsm_may(old, new);
	if (moved)
		WRITE_ONCE(conn->state, new);
	spin_unlock_irqrestore(&conn->state_lock, flags);
	if (moved)
		trace_conn_state(conn->id, old, new);
	return moved;
}

/**
 * tiser_conn_is_logged_in - is the connection in full feature phase
 * @conn: connection
 *
 * Whoever gets true also sees what login has written: keys, TSIH, CID.
 *
 * Context: Any. Takes conn->state_lock.
 * Return: true when it is and nobody has asked for its end.
 */
bool tiser_conn_is_logged_in(struct tiser_conn *conn)
{
	unsigned long flags;
	bool is;

	spin_lock_irqsave(&conn->state_lock, flags);
	is = tiser_conn_is_served(conn);
	spin_unlock_irqrestore(&conn->state_lock, flags);
	return is;
}

/**
 * tiser_conn_end - ask for the connection to end
 * @conn: connection
 * @ending: why
 * @fmt: the same in words for the kernel log, without a newline
 *
 * Every reason to end a connection comes here; the first one starts the close
 * path, the others find it running.
 *
 * Context: Any.
 */
void tiser_conn_end(struct tiser_conn *conn, enum tiser_ending ending,
		    const char *fmt, ...)
{
	va_list args;

	if (!tiser_conn_set_state(conn, TISER_CONN_CLEANUP_WAIT))
		return;
	va_start(args, fmt);
	tiser_ending_set(conn, ending, fmt, args);
	va_end(args);
	queue_work(tiser_close_wq, &conn->close_work);
}

/**
 * tiser_conn_close - an administrator has ended the connection
 * @conn: connection at a portal
 *
 * Context: Any.
 */
void tiser_conn_close(struct tiser_conn *conn)
{
	const char *why = "its ACL was removed or changed";

	if (READ_ONCE(conn->portal->closed))
		why = "its portal was removed";
	else if (!READ_ONCE(conn->tpg->enabled))
		why = "its portal group was disabled";
	tiser_conn_end(conn, TISER_ENDING_ADMINISTRATOR, "%s", why);
}

/**
 * tiser_conn_terminated - tiser_dm_ops.terminate_notify
 * @ulp: struct tiser_conn
 *
 * Context: Process.
 */
void tiser_conn_terminated(void *ulp)
{
	tiser_conn_end(ulp, TISER_ENDING_TRANSPORT, "its queue pair failed");
}

static void tiser_conn_timeout(struct work_struct *work)
{
	struct tiser_conn *conn = container_of(to_delayed_work(work),
					       struct tiser_conn, timer);

	if (READ_ONCE(conn->state) < TISER_CONN_LOGGED_IN)
		tiser_conn_end(conn, TISER_ENDING_TIMEOUT,
			       "not complete within %llu seconds",
			       div_u64(get_jiffies_64() - conn->created, HZ));
	else if (conn->discovery)
		tiser_conn_end(conn, TISER_ENDING_TIMEOUT,
			       "idle discovery session");
}

/* What is shown of the login once it is over. */
static void tiser_conn_note_login(struct tiser_conn *conn)
{
	const struct tiser_chap *chap = &conn->login->chap;

	if (!conn->discovery)
		tiser_stats_inc(&conn->stats, TISER_STAT_LOGINS);
	WRITE_ONCE(conn->stats.session, !conn->discovery);
	if (chap->state != TISER_CHAP_DONE)
		return;
	WRITE_ONCE(conn->auth_mutual, chap->mutual);
	WRITE_ONCE(conn->auth, chap->alg);
}

/**
 * tiser_conn_leave_login - login is over, full feature phase begins
 * @conn: connection
 *
 * A normal session's time-out ends here. A discovery session goes on counting
 * as a login and is closed when it idles.
 *
 * Context: Process. Takes endpoint->mutex.
 */
void tiser_conn_leave_login(struct tiser_conn *conn)
{
	tiser_conn_note_login(conn);
	if (conn->discovery) {
		mod_delayed_work(tiser_login_wq, &conn->timer,
				 TISER_DISCOVERY_IDLE * HZ);
		return;
	}
	cancel_delayed_work(&conn->timer);
	tiser_endpoint_leave_login(conn);
}

/* Waits for the backends; by now the session holds nothing but itself. */
static void tiser_conn_drain_commands(struct tiser_conn *conn)
{
	if (!conn->se_sess)
		return;
	tiser_capacity_stop(conn);
	target_stop_session(conn->se_sess);
	target_wait_for_sess_cmds(conn->se_sess);
	target_remove_session(conn->se_sess);
	conn->se_sess = NULL;
}

/* Who takes leave of the nexus: the close path, or a logout before it. */
static bool tiser_conn_part(struct tiser_conn *conn)
{
	if (test_and_set_bit(0, &conn->parted))
		return false;
	tiser_ua_save(conn);
	return true;
}

/**
 * tiser_conn_leave_target - take an idle session out of target core
 * @conn: normal session whose Logout Request was granted
 *
 * A Logout Response says that the session is closed (RFC 7143, 11.15.1), so what
 * it held, a reservation for one, must be free for others by then. With tasks
 * still there it would wait for backends; then it is left to the close path.
 *
 * Context: Process; nothing of the session is executed any more.
 */
void tiser_conn_leave_target(struct tiser_conn *conn)
{
	if (!sbitmap_weight(&conn->se_sess->sess_tag_pool.sb) &&
	    tiser_conn_part(conn))
		tiser_conn_drain_commands(conn);
}

/*
 * The one close path. Step 5 may wait for ever on a backend that hangs, so by
 * then the queue pair, its buffers and the connection's place in every list
 * are gone, and the initiator can log in again.
 */
static void tiser_conn_close_work(struct work_struct *work)
{
	struct tiser_conn *conn = container_of(work, struct tiser_conn,
					       close_work);
	struct tiser_endpoint *ep = conn->endpoint;
	struct tiser_portal *portal;
	struct tiser_tpg *tpg;

	/* 0: a new session of the nexus may begin as soon as it is unlinked */
	tiser_conn_part(conn);
	/* 1: unlink: nobody finds it any more */
	tiser_endpoint_unlink_conn(conn);
	/* 2: no DMA and no up-call after this; transfers in flight failed */
	tiser_dm_terminate(conn->dm);
	/* 3: nobody re-arms these after the up-calls have stopped */
	cancel_delayed_work_sync(&conn->login_work);
	cancel_delayed_work_sync(&conn->timer);
	cancel_delayed_work_sync(&conn->hole_timer);
	cancel_work_sync(&conn->logout_work);
	if (conn->logout_tx)
		tiser_dm_tx_free(conn->logout_tx);
	tiser_ending_say(conn);
	/* 4: PDUs nobody will deliver, commands whose data nobody will */
	tiser_login_stop(conn);
	tiser_rx_drop_held(conn);
	tiser_dataout_drop_all(conn);
	tiser_text_exit(conn);
	WRITE_ONCE(conn->stats.session, false);
	/* 5: commands inside target core */
	tiser_conn_drain_commands(conn);
	/* which were the last to give it a reason */
	tiser_keepalive_stop(conn);
	/* 6: memory; whoever looks at it is waited for, nobody counts any more */
	tiser_debugfs_remove(conn);
	tiser_stats_leave(&conn->stats, conn->initiator);
	kvfree(conn->itts);
	tiser_sgl_exit(conn);
	kvfree(conn->cmds);
	tiser_dm_put(conn->dm);
	/* 7: done */
	tiser_conn_set_state(conn, TISER_CONN_FREE);
	complete_all(&conn->closed);
	portal = conn->portal;
	tpg = conn->joined ? conn->tpg : NULL;
	tiser_conn_put(conn);
	tiser_endpoint_put_conn(ep, portal, tpg);
}
