// SPDX-License-Identifier: GPL-2.0
/*
 * What the target says of its own accord in full feature phase: pings, NOP-Ins
 * that tell of a reopened window, requests to log out. One work item of the
 * connection says it all, within the initiator's MaxOutstandingUnexpectedPDUs,
 * and ends a connection whose peer has fallen silent.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/string.h>
#include "iscsi.h"

/* Bits of tiser_keepalive.says. */
enum {
	TISER_SAY_WINDOW,	/* tasks ended without a response */
	TISER_SAY_LOGOUT,	/* Async Message: logout request */
	TISER_SAY_PING,		/* credits are used up */
};

static void tiser_keepalive_work(struct work_struct *work);

/**
 * tiser_keepalive_init - nothing to say yet
 * @conn: new connection
 *
 * Context: Process.
 */
void tiser_keepalive_init(struct tiser_conn *conn)
{
	INIT_DELAYED_WORK(&conn->keepalive.work, tiser_keepalive_work);
	conn->keepalive.ttt = TISER_TAG_NONE;
}

static void tiser_keepalive_queue(struct tiser_conn *conn, unsigned long delay)
{
	mod_delayed_work(tiser_login_wq, &conn->keepalive.work, delay);
}

/**
 * tiser_keepalive_start - watch a session; discovery sessions have a timer
 * @conn: connection whose final Login Response is on its way, before which
 *	nothing may be said; conn->keepalive.idle and .answer set
 *
 * Context: Process (login work).
 */
void tiser_keepalive_start(struct tiser_conn *conn)
{
	struct tiser_keepalive *ka = &conn->keepalive;

	WRITE_ONCE(ka->started, jiffies | 1);
	if (conn->discovery)
		return;
	if (ka->idle)
		tiser_keepalive_queue(conn, ka->idle);
	/* Joined in time, but too late to be asked with the others. */
	if (READ_ONCE(conn->tpg->attrib[TISER_ATTRIB_DRAIN]))
		tiser_keepalive_ask_logout(conn, TISER_DRAIN_SECONDS);
}

/**
 * tiser_keepalive_stop - say nothing any more
 * @conn: connection whose commands have left target core, the last that could
 *	give a reason to speak
 *
 * Context: Process (close path).
 */
void tiser_keepalive_stop(struct tiser_conn *conn)
{
	cancel_delayed_work_sync(&conn->keepalive.work);
}

/**
 * tiser_unexpected_get - may a PDU be sent that the initiator does not expect?
 * @conn: connection
 *
 * RFC 7145, 8.1.2: at the limit it MUST NOT be, whatever asks for it. Then a
 * ping, for which the last credit is kept, makes the initiator say what it has
 * received.
 *
 * Context: Process.
 * Return: true: to be sent with tiser_stamp_unexpected().
 */
bool tiser_unexpected_get(struct tiser_conn *conn)
{
	bool ok, may_ping;

	spin_lock_irq(&conn->sn_lock);
	ok = tiser_unexpected_reserve(&conn->unexpected);
	may_ping = !conn->unexpected.ping;
	spin_unlock_irq(&conn->sn_lock);
	if (!ok && may_ping) {
		set_bit(TISER_SAY_PING, &conn->keepalive.says);
		tiser_keepalive_queue(conn, 0);
	}
	return ok;
}

/**
 * tiser_unexpected_ack - an ExpStatSN came while unexpected PDUs are outstanding
 * @conn: connection
 * @exp_statsn: ExpStatSN
 *
 * Context: Process (control_notify). Takes conn->sn_lock.
 */
void tiser_unexpected_ack(struct tiser_conn *conn, u32 exp_statsn)
{
	spin_lock_irq(&conn->sn_lock);
	tiser_unexpected_acked(&conn->unexpected, exp_statsn, conn->statsn);
	spin_unlock_irq(&conn->sn_lock);
}

/**
 * tiser_stamp_unexpected - tiser_stamp() for a PDU of tiser_unexpected_get()
 * @tx: message; @tx->ulp is the connection
 *
 * Context: Atomic.
 */
void tiser_stamp_unexpected(struct tiser_dm_tx *tx)
{
	struct tiser_conn *conn = tx->ulp;
	struct tiser_seq seq;

	spin_lock(&conn->sn_lock);
	__tiser_seq_read(conn, &seq);
	conn->statsn++;
	tiser_unexpected_stamped(&conn->unexpected, seq.statsn);
	spin_unlock(&conn->sn_lock);
	tiser_bhs_set_seq(tx->bhs, &seq);
}

/* RFC 7143, 11.19.2: a NOP-In that answers nothing does not use up its StatSN. */
static void tiser_stamp_window(struct tiser_dm_tx *tx)
{
	struct tiser_conn *conn = tx->ulp;
	struct tiser_seq seq;

	spin_lock(&conn->sn_lock);
	__tiser_seq_read(conn, &seq);
	tiser_unexpected_stamped(&conn->unexpected, seq.statsn);
	spin_unlock(&conn->sn_lock);
	tiser_bhs_set_seq(tx->bhs, &seq);
}

static void tiser_stamp_ping(struct tiser_dm_tx *tx)
{
	struct tiser_conn *conn = tx->ulp;
	struct tiser_seq seq;

	spin_lock(&conn->sn_lock);
	__tiser_seq_read(conn, &seq);
	tiser_unexpected_ping_stamped(&conn->unexpected, seq.statsn);
	spin_unlock(&conn->sn_lock);
	tiser_bhs_set_seq(tx->bhs, &seq);
}

/* The LUN of a ping is 0: it is about none (RFC 7143, 11.19.3). */
static void tiser_send_nop_in(struct tiser_conn *conn, u32 ttt,
			      void (*stamp)(struct tiser_dm_tx *tx))
{
	struct tiser_dm_tx *tx = tiser_control_tx(conn, 0);

	if (!tx)
		return;
	tiser_stats_inc(&conn->stats, TISER_STAT_NOPIN_SENT);
	tx->stamp = stamp;
	tiser_bhs_build_nop_in(tx->bhs, TISER_TAG_NONE, ttt, NULL, 0, NULL);
	tiser_control_send(conn, tx);
}

/* A ping that was not answered and whose credit is gone is not repeated. */
static void tiser_ping(struct tiser_conn *conn)
{
	struct tiser_keepalive *ka = &conn->keepalive;
	bool ok;

	ka->waiting = true;
	ka->asked = jiffies;
	spin_lock_irq(&conn->sn_lock);
	ok = tiser_unexpected_reserve_ping(&conn->unexpected);
	if (ok && ++ka->last_ttt == TISER_TAG_NONE)
		ka->last_ttt = 0;
	if (ok)
		ka->ttt = ka->last_ttt;
	spin_unlock_irq(&conn->sn_lock);
	if (ok)
		tiser_send_nop_in(conn, ka->last_ttt, tiser_stamp_ping);
}

/**
 * tiser_keepalive_answered - a NOP-Out that answers a ping
 * @conn: connection
 * @pdu: NOP-Out with a Target Transfer Tag
 *
 * Context: Process (control_notify). Takes conn->sn_lock.
 * Return: true when it has tag and LUN of the last ping, which was not answered
 * before.
 */
bool tiser_keepalive_answered(struct tiser_conn *conn,
			      const struct tiser_pdu *pdu)
{
	struct tiser_keepalive *ka = &conn->keepalive;
	bool ours;

	if (memchr_inv(pdu->lun, 0, sizeof(pdu->lun)))
		return false;
	spin_lock_irq(&conn->sn_lock);
	ours = ka->ttt != TISER_TAG_NONE && pdu->ttt == ka->ttt;
	if (ours) {
		ka->ttt = TISER_TAG_NONE;
		tiser_unexpected_ping_answered(&conn->unexpected);
	}
	spin_unlock_irq(&conn->sn_lock);
	return ours;
}

/**
 * tiser_keepalive_reopened - a task gave its place back without a response
 * @conn: connection
 *
 * If nothing else tells the initiator soon, a NOP-In will (RFC 7143, 11.4.11).
 *
 * Context: Any.
 */
void tiser_keepalive_reopened(struct tiser_conn *conn)
{
	if (!tiser_conn_is_served(conn))
		return;
	set_bit(TISER_SAY_WINDOW, &conn->keepalive.says);
	tiser_keepalive_queue(conn, msecs_to_jiffies(TISER_WINDOW_DELAY_MS));
}

/* Does the initiator believe the window closed that is open by now? */
static bool tiser_window_is_news(struct tiser_conn *conn)
{
	bool news;

	spin_lock_irq(&conn->sn_lock);
	news = conn->told_max != conn->win.max_cmdsn &&
	       tiser_sn_lt(conn->told_max, conn->win.exp_cmdsn);
	spin_unlock_irq(&conn->sn_lock);
	return news;
}

static void tiser_say_window(struct tiser_conn *conn)
{
	if (!test_bit(TISER_SAY_WINDOW, &conn->keepalive.says))
		return;
	if (tiser_window_is_news(conn)) {
		if (!tiser_unexpected_get(conn))
			return;
		tiser_send_nop_in(conn, TISER_TAG_NONE, tiser_stamp_window);
	}
	clear_bit(TISER_SAY_WINDOW, &conn->keepalive.says);
}

/**
 * tiser_keepalive_ask_logout - ask a session to log out (RFC 7143, 11.9.1)
 * @conn: connection that somebody's list holds
 * @seconds: time it is given, Parameter3
 *
 * A session is asked once. Until it logs out it is served as before. A discovery
 * session is not asked, though its state changes: nobody else looks at it.
 *
 * Context: Process.
 * Return: true when @conn is a normal session that may log out by itself; false
 * when there is nothing to wait for.
 */
bool tiser_keepalive_ask_logout(struct tiser_conn *conn, u16 seconds)
{
	enum tiser_conn_state state;

	if (!tiser_conn_set_state(conn, TISER_CONN_LOGOUT_REQUESTED)) {
		state = READ_ONCE(conn->state);
		return state == TISER_CONN_LOGOUT_REQUESTED ||
		       state == TISER_CONN_IN_LOGOUT;
	}
	if (conn->discovery)
		return false;
	WRITE_ONCE(conn->keepalive.logout_seconds, seconds);
	set_bit(TISER_SAY_LOGOUT, &conn->keepalive.says);
	tiser_keepalive_queue(conn, 0);
	return true;
}

static void tiser_say_logout(struct tiser_conn *conn)
{
	u16 seconds = READ_ONCE(conn->keepalive.logout_seconds);
	struct tiser_dm_tx *tx;

	if (!test_bit(TISER_SAY_LOGOUT, &conn->keepalive.says) ||
	    !tiser_unexpected_get(conn))
		return;
	clear_bit(TISER_SAY_LOGOUT, &conn->keepalive.says);
	tx = tiser_control_tx(conn, 0);
	if (!tx)
		return;
	tx->stamp = tiser_stamp_unexpected;
	tiser_bhs_build_async(tx->bhs, TISER_ASYNC_LOGOUT, 0, 0, seconds, NULL);
	tiser_control_send(conn, tx);
}

static unsigned long tiser_jiffies_until(unsigned long when)
{
	unsigned long now = jiffies;

	return time_after(when, now) ? when - now : 0;
}

/* Returns when to look again, in jiffies; 0 for never. */
static unsigned long tiser_keepalive_check(struct tiser_conn *conn)
{
	struct tiser_keepalive *ka = &conn->keepalive;
	unsigned long heard = READ_ONCE(ka->last_rx) ?: ka->started;
	unsigned long left;

	if (!ka->idle)
		return 0;
	if (ka->waiting && time_before(heard, ka->asked)) {
		left = tiser_jiffies_until(ka->asked + ka->answer);
		if (left)
			return left;
		tiser_stats_inc(&conn->stats, TISER_STAT_NOPIN_TIMEOUTS);
		tiser_conn_end(conn, TISER_ENDING_KEEPALIVE,
			       "nothing received for %u seconds, ping not answered",
			       jiffies_to_msecs(jiffies - heard) / 1000);
		return 0;
	}
	ka->waiting = false;
	left = tiser_jiffies_until(heard + ka->idle);
	if (left)
		return left;
	tiser_ping(conn);
	return min(ka->idle, ka->answer);
}

/*
 * RFC 7145, 5.1.3: nothing unexpected before the initiator's first PDU, or a
 * second.
 */
static bool tiser_keepalive_may_speak(struct tiser_conn *conn)
{
	const struct tiser_keepalive *ka = &conn->keepalive;
	unsigned long started = READ_ONCE(ka->started);

	return started && (READ_ONCE(ka->last_rx) ||
			   time_after_eq(jiffies, started + HZ));
}

static void tiser_keepalive_work(struct work_struct *work)
{
	struct tiser_conn *conn = container_of(to_delayed_work(work),
					       struct tiser_conn,
					       keepalive.work);
	struct tiser_keepalive *ka = &conn->keepalive;
	unsigned long next = HZ / 10;

	if (!tiser_conn_is_served(conn))
		return;
	if (tiser_keepalive_may_speak(conn)) {
		tiser_say_window(conn);
		tiser_say_logout(conn);
		if (test_and_clear_bit(TISER_SAY_PING, &ka->says))
			tiser_ping(conn);
		next = tiser_keepalive_check(conn);
	}
	/* What had no credit is tried again. */
	if (READ_ONCE(ka->says))
		next = min_not_zero(next, (unsigned long)HZ);
	if (next)
		queue_delayed_work(tiser_login_wq, &ka->work, next);
}
