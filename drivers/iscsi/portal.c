// SPDX-License-Identifier: GPL-2.0
/*
 * Portals and portal groups as the network side sees them: the list of
 * connections, closing all of them. configfs owns the objects, endpoint.c
 * listens for them.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include "iscsi.h"

enum { TISER_DRAIN_REPORT = 30 };	/* seconds between "still waiting" */

/**
 * tiser_users_init - count nobody
 * @users: count
 *
 * Context: any.
 */
void tiser_users_init(struct tiser_users *users)
{
	atomic_set(&users->count, 0);
	init_waitqueue_head(&users->wait);
}

/**
 * tiser_users_put - one less
 * @users: count; the waiter may free it once it has had @wait.lock
 *
 * Context: Process.
 */
void tiser_users_put(struct tiser_users *users)
{
	spin_lock_irq(&users->wait.lock);
	if (atomic_dec_and_test(&users->count))
		wake_up_locked(&users->wait);
	spin_unlock_irq(&users->wait.lock);
}

/**
 * tiser_users_settle - before what holds a count of zero is freed
 * @users: count
 *
 * Pairs with tiser_users_put(): the last one has left the lock.
 *
 * Context: Process.
 */
void tiser_users_settle(struct tiser_users *users)
{
	spin_lock_irq(&users->wait.lock);
	spin_unlock_irq(&users->wait.lock);
}

static void tiser_users_drain(struct tiser_users *users, struct tiser_tpg *tpg)
{
	while (!wait_event_timeout(users->wait, !atomic_read(&users->count),
				   TISER_DRAIN_REPORT * HZ))
		pr_warn("%s tpgt %u: waiting for %d connections whose commands a backend has not completed\n",
			tpg->tgt->name, tpg->tag, atomic_read(&users->count));
	tiser_users_settle(users);
}

/**
 * tiser_tpg_init - set up the parts of a portal group this file owns
 * @tpg: zeroed portal group
 *
 * Context: Process.
 */
void tiser_tpg_init(struct tiser_tpg *tpg)
{
	mutex_init(&tpg->mutex);
	INIT_LIST_HEAD(&tpg->portals);
	INIT_LIST_HEAD(&tpg->tgt_node);
	tiser_users_init(&tpg->sessions);
	tiser_stats_group_init(&tpg->stats);
}

static struct tiser_portal *
tiser_portal_alloc(struct tiser_tpg *tpg, struct net *net,
		   const struct sockaddr_storage *addr)
{
	struct tiser_portal *portal = kzalloc(sizeof(*portal), GFP_KERNEL);

	if (!portal)
		return NULL;
	portal->tpg = tpg;
	portal->net = net;
	portal->addr = *addr;
	portal->own[0].portal = portal;
	portal->own[1].portal = portal;
	portal->via.portal = portal;
	mutex_init(&portal->mutex);
	INIT_LIST_HEAD(&portal->conns);
	INIT_LIST_HEAD(&portal->tpg_node);
	tiser_users_init(&portal->users);
	return portal;
}

/**
 * tiser_portal_create - be reached at an address
 * @tpg: portal group
 * @net: network namespace to listen in
 * @addr: address and port
 *
 * Context: Process. Takes the locks of tiser_portal_open().
 * Return: the portal, owned by the caller until tiser_portal_destroy(), or
 * ERR_PTR: -ENOMEM and what tiser_portal_open() returns.
 */
struct tiser_portal *tiser_portal_create(struct tiser_tpg *tpg, struct net *net,
					 const struct sockaddr_storage *addr)
{
	struct tiser_portal *portal = tiser_portal_alloc(tpg, net, addr);
	int ret;

	if (!portal)
		return ERR_PTR(-ENOMEM);
	ret = tiser_portal_open(portal);
	if (!ret)
		return portal;
	tiser_portal_destroy(portal);
	return ERR_PTR(ret);
}

/* No connection is added from now on. */
static void tiser_portal_shut(struct tiser_portal *portal)
{
	mutex_lock(&portal->mutex);
	WRITE_ONCE(portal->closed, true);
	mutex_unlock(&portal->mutex);
}

static void tiser_portal_close_conns(struct tiser_portal *portal)
{
	struct tiser_conn *conn;

	mutex_lock(&portal->mutex);
	list_for_each_entry(conn, &portal->conns, portal_node)
		tiser_conn_close(conn);
	mutex_unlock(&portal->mutex);
}

/*
 * Asks normal sessions to log out within @grace seconds and ends all other
 * connections. Returns whether there is anybody to wait for.
 */
static bool tiser_portal_part(struct tiser_portal *portal, u32 grace)
{
	struct tiser_conn *conn;
	bool wait = false;

	if (!grace)
		return false;
	mutex_lock(&portal->mutex);
	list_for_each_entry(conn, &portal->conns, portal_node) {
		if (tiser_keepalive_ask_logout(conn, grace))
			wait = true;
		else
			tiser_conn_close(conn);
	}
	mutex_unlock(&portal->mutex);
	return wait;
}

/* Until sessions that were asked to log out have done so, or time is up. */
static void tiser_users_wait(struct tiser_users *users, u32 grace)
{
	wait_event_timeout(users->wait, !atomic_read(&users->count),
			   grace * HZ);
}

/**
 * tiser_portal_destroy - end all connections, free
 * @portal: portal
 *
 * Sessions are asked to log out first, and found by the login that replaces
 * them meanwhile, through another portal.
 *
 * Context: Process. Takes tiser_endpoints_lock and tpg->mutex. Waits for the group's logout_grace at
 * most, then until every connection's close path has ended, and says so when
 * that takes long.
 */
void tiser_portal_destroy(struct tiser_portal *portal)
{
	struct tiser_tpg *tpg = portal->tpg;
	u32 grace = READ_ONCE(tpg->attrib[TISER_ATTRIB_LOGOUT_GRACE]);
	bool wait;

	tiser_portal_shut(portal);
	wait = tiser_portal_part(portal, grace);
	tiser_portal_close(portal);
	if (wait)
		tiser_users_wait(&portal->users, grace);
	mutex_lock(&tpg->mutex);
	list_del(&portal->tpg_node);
	mutex_unlock(&tpg->mutex);
	tiser_portal_close_conns(portal);
	tiser_users_drain(&portal->users, tpg);
	kfree(portal);
}

/**
 * tiser_portal_take_conn - a connection turns out to be for a target
 * @portal: a portal of that target
 * @conn: connection in the list of its endpoint
 *
 * Context: Process. endpoint->mutex is held. Takes @portal->mutex.
 * Return: 0; -ENOENT when the portal is being removed.
 */
int tiser_portal_take_conn(struct tiser_portal *portal, struct tiser_conn *conn)
{
	int ret = -ENOENT;

	mutex_lock(&portal->mutex);
	if (!portal->closed) {
		ret = 0;
		conn->portal = portal;
		conn->tpg = portal->tpg;
		atomic_inc(&portal->users.count);
		list_move_tail(&conn->portal_node, &portal->conns);
	}
	mutex_unlock(&portal->mutex);
	return ret;
}

/**
 * tiser_portal_unlink_conn - nobody shall find the connection any more
 * @portal: portal
 * @conn: connection
 *
 * Context: Process. Takes @portal->mutex.
 */
void tiser_portal_unlink_conn(struct tiser_portal *portal,
			      struct tiser_conn *conn)
{
	mutex_lock(&portal->mutex);
	list_del_init(&conn->portal_node);
	mutex_unlock(&portal->mutex);
}

/**
 * tiser_portal_put_conn - end of a connection's close path
 * @portal: portal; may be freed when this returns
 * @tpg: its portal group when the connection had joined it, or NULL
 *
 * Context: Process.
 */
void tiser_portal_put_conn(struct tiser_portal *portal, struct tiser_tpg *tpg)
{
	if (tpg)
		tiser_users_put(&tpg->sessions);
	tiser_users_put(&portal->users);
}

/**
 * tiser_conn_same_initiator - are two connections of one initiator port?
 * @a: connection
 * @b: connection
 *
 * Context: any.
 * Return: true when InitiatorName and ISID are equal, false for one and the
 * same connection.
 */
bool tiser_conn_same_initiator(const struct tiser_conn *a,
			       const struct tiser_conn *b)
{
	return a != b && !memcmp(a->isid, b->isid, sizeof(a->isid)) &&
	       !strcmp(a->initiator, b->initiator);
}

/* RFC 7143, 4.4.3: one session per InitiatorName, ISID and portal group. */
static bool tiser_conn_same_nexus(const struct tiser_conn *a,
				  const struct tiser_conn *b)
{
	return a->joined && tiser_conn_same_initiator(a, b);
}

static struct tiser_conn *tiser_portal_find_nexus(struct tiser_portal *portal,
						  const struct tiser_conn *like)
{
	struct tiser_conn *conn, *found = NULL;

	mutex_lock(&portal->mutex);
	list_for_each_entry(conn, &portal->conns, portal_node) {
		if (!tiser_conn_same_nexus(conn, like))
			continue;
		kref_get(&conn->kref);
		found = conn;
		break;
	}
	mutex_unlock(&portal->mutex);
	return found;
}

static struct tiser_conn *tiser_tpg_find_nexus(struct tiser_tpg *tpg,
					       const struct tiser_conn *like)
{
	struct tiser_portal *portal;
	struct tiser_conn *found;

	lockdep_assert_held(&tpg->mutex);
	list_for_each_entry(portal, &tpg->portals, tpg_node) {
		found = tiser_portal_find_nexus(portal, like);
		if (found)
			return found;
	}
	return NULL;
}

/**
 * tiser_tpg_takes_sessions - may normal sessions begin?
 * @tpg: portal group
 *
 * Context: any; the answer is binding with @tpg->mutex held.
 * Return: true when the group is enabled and not being drained.
 */
bool tiser_tpg_takes_sessions(const struct tiser_tpg *tpg)
{
	return READ_ONCE(tpg->enabled) &&
	       !READ_ONCE(tpg->attrib[TISER_ATTRIB_DRAIN]);
}

/**
 * tiser_tgt_for_each_conn - do something to every session of a target
 * @tgt: target
 * @fn: called for each normal session whose close path has not begun; must not
 *	wait for one
 * @arg: handed to @fn
 *
 * Context: Process. Takes @tgt->mutex, tpg->mutex and portal->mutex, with all
 * of which held @fn is called.
 */
void tiser_tgt_for_each_conn(struct tiser_tgt *tgt,
			     void (*fn)(struct tiser_conn *conn, void *arg),
			     void *arg)
{
	struct tiser_portal *portal;
	struct tiser_conn *conn;
	struct tiser_tpg *tpg;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node) {
		mutex_lock(&tpg->mutex);
		list_for_each_entry(portal, &tpg->portals, tpg_node) {
			mutex_lock(&portal->mutex);
			list_for_each_entry(conn, &portal->conns, portal_node)
				if (conn->joined)
					fn(conn, arg);
			mutex_unlock(&portal->mutex);
		}
		mutex_unlock(&tpg->mutex);
	}
	mutex_unlock(&tgt->mutex);
}

/**
 * tiser_tpg_join - a normal session is about to begin
 * @tpg: portal group
 * @conn: its connection, with InitiatorName and ISID
 * @old: on -EEXIST, the session that has to end first, with a reference for
 *	the caller
 *
 * From a return of 0 on the session is the nexus, and tiser_tpg_disable()
 * waits for its close path.
 *
 * Context: Process. Takes @tpg->mutex and portal->mutex.
 * Return: 0; -ESHUTDOWN when the group has been disabled or is being drained;
 * -EEXIST.
 */
int tiser_tpg_join(struct tiser_tpg *tpg, struct tiser_conn *conn,
		   struct tiser_conn **old)
{
	int ret = 0;

	mutex_lock(&tpg->mutex);
	if (!tiser_tpg_takes_sessions(tpg)) {
		ret = -ESHUTDOWN;
		goto out;
	}
	*old = tiser_tpg_find_nexus(tpg, conn);
	if (*old) {
		ret = -EEXIST;
		goto out;
	}
	conn->joined = true;
	atomic_inc(&tpg->sessions.count);
out:
	mutex_unlock(&tpg->mutex);
	return ret;
}

/**
 * tiser_tpg_get_session - the session of a nexus
 * @tpg: portal group
 * @like: another connection with its InitiatorName and ISID
 *
 * Context: Process. Takes @tpg->mutex and portal->mutex.
 * Return: its connection with a reference for the caller, or NULL.
 */
struct tiser_conn *tiser_tpg_get_session(struct tiser_tpg *tpg,
					 const struct tiser_conn *like)
{
	struct tiser_conn *found;

	mutex_lock(&tpg->mutex);
	found = tiser_tpg_find_nexus(tpg, like);
	mutex_unlock(&tpg->mutex);
	return found;
}

/**
 * tiser_tpg_take_tsih - a connection goes on as the session of another
 * @tpg: portal group
 * @conn: connection that reinstates it (RFC 7143, 6.3.4)
 * @old: connection to be replaced
 *
 * From a return of true on @conn frees the TSIH.
 *
 * Context: Process, login work of @conn. Takes @tpg->mutex.
 * Return: false when @old does not have the TSIH the initiator named, or no
 * longer.
 */
bool tiser_tpg_take_tsih(struct tiser_tpg *tpg, struct tiser_conn *conn,
			 struct tiser_conn *old)
{
	mutex_lock(&tpg->mutex);
	if (old->tsih == conn->login->tsih) {
		WRITE_ONCE(conn->tsih, old->tsih);
		WRITE_ONCE(old->tsih, 0);
	}
	mutex_unlock(&tpg->mutex);
	return conn->tsih;
}

/**
 * tiser_tpg_enable - accept logins
 * @tpg: portal group
 *
 * Context: Process. Takes @tpg->mutex.
 * Return: 0.
 */
int tiser_tpg_enable(struct tiser_tpg *tpg)
{
	mutex_lock(&tpg->mutex);
	WRITE_ONCE(tpg->enabled, true);
	mutex_unlock(&tpg->mutex);
	return 0;
}

/**
 * tiser_tpg_ask_logout - ask every normal session to log out, once
 * @tpg: portal group
 *
 * Context: Process. Takes @tpg->mutex and portal->mutex.
 */
void tiser_tpg_ask_logout(struct tiser_tpg *tpg)
{
	struct tiser_portal *portal;
	struct tiser_conn *conn;

	mutex_lock(&tpg->mutex);
	list_for_each_entry(portal, &tpg->portals, tpg_node) {
		mutex_lock(&portal->mutex);
		list_for_each_entry(conn, &portal->conns, portal_node)
			tiser_keepalive_ask_logout(conn, TISER_DRAIN_SECONDS);
		mutex_unlock(&portal->mutex);
	}
	mutex_unlock(&tpg->mutex);
}

/* Refuses logins; returns whether some session may log out by itself. */
static bool tiser_tpg_part(struct tiser_tpg *tpg, u32 grace)
{
	struct tiser_portal *portal;
	bool wait = false;

	mutex_lock(&tpg->mutex);
	WRITE_ONCE(tpg->enabled, false);
	list_for_each_entry(portal, &tpg->portals, tpg_node)
		wait |= tiser_portal_part(portal, grace);
	mutex_unlock(&tpg->mutex);
	return wait;
}

/**
 * tiser_tpg_disable - refuse logins and end all connections
 * @tpg: portal group
 *
 * Connections that have not named a target yet and discovery sessions are not
 * the group's, and stay.
 * Normal sessions are asked to log out and given the group's logout_grace.
 *
 * Context: Process. Takes @tpg->mutex, but not while it waits for that and for
 * the close paths of normal sessions; unfinished logins end soon after.
 */
void tiser_tpg_disable(struct tiser_tpg *tpg)
{
	u32 grace = READ_ONCE(tpg->attrib[TISER_ATTRIB_LOGOUT_GRACE]);
	struct tiser_portal *portal;

	if (tiser_tpg_part(tpg, grace))
		tiser_users_wait(&tpg->sessions, grace);
	mutex_lock(&tpg->mutex);
	list_for_each_entry(portal, &tpg->portals, tpg_node)
		tiser_portal_close_conns(portal);
	mutex_unlock(&tpg->mutex);
	tiser_users_drain(&tpg->sessions, tpg);
}
