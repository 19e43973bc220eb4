// SPDX-License-Identifier: GPL-2.0
/*
 * Connections at an endpoint: from the connect request to the portal of the
 * target that the first Login Request names. Discovery sessions name none and
 * stay.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/string.h>
#include "endpoint.h"
#include "iscsi.h"

static u32 tiser_tpg_dataouts(const struct tiser_tpg *tpg)
{
	struct tiser_key_values offer;

	tiser_tpg_offer(tpg, &offer);
	return min_t(u32, TISER_DATAOUTS_MAX, tiser_dataouts_per_cmd(&offer));
}

/**
 * tiser_tpg_offer - what a portal group offers in negotiation
 * @tpg: portal group
 * @offer: result
 *
 * Context: any; for whoever must not wait for tpg->mutex.
 */
void tiser_tpg_offer(const struct tiser_tpg *tpg,
		     struct tiser_key_values *offer)
{
	u32 key;

	/* Pairs with WRITE_ONCE() in configfs. */
	for (key = 0; key < TISER_KEY_NR; key++)
		offer->v[key] = READ_ONCE(tpg->params.v[key]);
}

static void tiser_endpoint_need(struct tiser_endpoint_needs *needs,
				const struct tiser_tpg *tpg)
{
	needs->depth = max(needs->depth, READ_ONCE(tpg->max_depth));
	needs->dataouts = max(needs->dataouts, tiser_tpg_dataouts(tpg));
	needs->login_timeout =
		max(needs->login_timeout,
		    READ_ONCE(tpg->attrib[TISER_ATTRIB_LOGIN_TIMEOUT]));
}

/* Of all groups it may turn out to be for. */
static bool tiser_endpoint_sum_up(struct tiser_endpoint *ep,
				  struct tiser_endpoint_needs *needs)
{
	struct tiser_portal_link *link;

	memset(needs, 0, sizeof(*needs));
	list_for_each_entry(link, &ep->links, node)
		if (!READ_ONCE(link->portal->closed))
			tiser_endpoint_need(needs, link->portal->tpg);
	return needs->depth;
}

/**
 * tiser_endpoint_add_conn - a connection came in
 * @ep: endpoint
 * @conn: new connection
 * @needs: result: the most that any portal group here may want of it
 *
 * Context: Process (RDMA CM handler). Takes @ep->mutex.
 * Return: 0; -ESHUTDOWN when all portals here are being removed; -EBUSY when
 * TISER_PORTAL_LOGINS_MAX unauthenticated connections are there already.
 */
int tiser_endpoint_add_conn(struct tiser_endpoint *ep, struct tiser_conn *conn,
			    struct tiser_endpoint_needs *needs)
{
	int ret = 0;

	mutex_lock(&ep->mutex);
	if (!tiser_endpoint_sum_up(ep, needs)) {
		ret = -ESHUTDOWN;
	} else if (ep->logins >= TISER_PORTAL_LOGINS_MAX) {
		ret = -EBUSY;
	} else {
		ep->logins++;
		conn->counts_as_login = true;
		conn->endpoint = ep;
		kref_get(&ep->kref);
		atomic_inc(&ep->users.count);
		list_add_tail(&conn->portal_node, &ep->conns);
	}
	mutex_unlock(&ep->mutex);
	return ret;
}

static void __tiser_endpoint_leave_login(struct tiser_conn *conn)
{
	lockdep_assert_held(&conn->endpoint->mutex);
	if (conn->counts_as_login)
		conn->endpoint->logins--;
	conn->counts_as_login = false;
}

/**
 * tiser_endpoint_leave_login - the connection is no unfinished login any more
 * @conn: connection
 *
 * Context: Process. Takes endpoint->mutex.
 */
void tiser_endpoint_leave_login(struct tiser_conn *conn)
{
	mutex_lock(&conn->endpoint->mutex);
	__tiser_endpoint_leave_login(conn);
	mutex_unlock(&conn->endpoint->mutex);
}

/**
 * tiser_endpoint_unlink_conn - nobody shall find the connection any more
 * @conn: connection, at an endpoint or already at a portal
 *
 * Nor does it get to a portal after this.
 *
 * Context: Process. Takes endpoint->mutex and portal->mutex.
 */
void tiser_endpoint_unlink_conn(struct tiser_conn *conn)
{
	struct tiser_endpoint *ep = conn->endpoint;

	mutex_lock(&ep->mutex);
	if (conn->portal)
		tiser_portal_unlink_conn(conn->portal, conn);
	else
		list_del_init(&conn->portal_node);
	__tiser_endpoint_leave_login(conn);
	mutex_unlock(&ep->mutex);
}

/**
 * tiser_endpoint_put_conn - end of a connection's close path
 * @ep: where it came in; may be freed when this returns
 * @portal: its portal, or NULL; the same
 * @tpg: its portal group when it had joined it, or NULL
 *
 * Context: Process.
 */
void tiser_endpoint_put_conn(struct tiser_endpoint *ep,
			     struct tiser_portal *portal, struct tiser_tpg *tpg)
{
	if (portal)
		tiser_portal_put_conn(portal, tpg);
	else
		tiser_users_put(&ep->users);
	tiser_endpoint_put(ep);
}

/**
 * tiser_endpoint_count_failure - a login has failed that named no target here
 * @ep: endpoint
 * @conn: its connection
 * @failure: why
 *
 * It counts for the first portal group here: nobody else would show it.
 *
 * Context: Process. Takes @ep->mutex and the lock of the group's statistics.
 */
void tiser_endpoint_count_failure(struct tiser_endpoint *ep,
				  struct tiser_conn *conn,
				  enum tiser_login_failure failure)
{
	struct tiser_portal_link *link;

	mutex_lock(&ep->mutex);
	link = list_first_entry_or_null(&ep->links, struct tiser_portal_link,
					node);
	if (link)
		tiser_ending_count_login(link->portal->tpg, conn, failure);
	mutex_unlock(&ep->mutex);
}

/* The portal of a target that fits the address the initiator used best. */
static struct tiser_portal *
tiser_endpoint_find_portal(struct tiser_endpoint *ep, const char *target_name,
			   const struct sockaddr_storage *local)
{
	struct tiser_portal *portal, *found = NULL;
	struct tiser_portal_link *link;
	u32 fit, best = 0;

	lockdep_assert_held(&ep->mutex);
	list_for_each_entry(link, &ep->links, node) {
		portal = link->portal;
		if (READ_ONCE(portal->closed) ||
		    strcmp(portal->tpg->tgt->name, target_name))
			continue;
		fit = tiser_portal_fit(&portal->addr, local);
		if (fit <= best)
			continue;
		best = fit;
		found = portal;
	}
	return found;
}

/**
 * tiser_endpoint_route - a login has named its target
 * @conn: connection at an endpoint
 * @target_name: TargetName
 *
 * From a return of 0 on the connection belongs to a portal of that target, and
 * conn->portal and conn->tpg are set.
 *
 * Context: Process, login work of @conn. Takes endpoint->mutex and
 * portal->mutex.
 * Return: 0; -ENOENT when the target has no portal here; -ESHUTDOWN when the
 * connection is closing.
 */
int tiser_endpoint_route(struct tiser_conn *conn, const char *target_name)
{
	struct tiser_endpoint *ep = conn->endpoint;
	struct sockaddr_storage local = {};
	struct tiser_portal *portal;
	int ret = -ENOENT;

	tiser_dm_local_addr(conn->dm, &local);
	mutex_lock(&ep->mutex);
	portal = tiser_endpoint_find_portal(ep, target_name, &local);
	if (list_empty(&conn->portal_node))
		ret = -ESHUTDOWN;
	else if (portal)
		ret = tiser_portal_take_conn(portal, conn);
	mutex_unlock(&ep->mutex);
	if (!ret)
		tiser_users_put(&ep->users);
	return ret;
}

/**
 * tiser_endpoint_discovery_tpg - what a discovery session is offered
 * @conn: connection at an endpoint
 * @offer: result: as some enabled portal group here offers it
 * @tag: result: that group's tag
 *
 * The group counts the session as its own.
 *
 * Context: Process, login work of @conn. Takes endpoint->mutex and the lock of
 * the group's statistics.
 * Return: false when there is no such group, and no discovery.
 */
bool tiser_endpoint_discovery_tpg(struct tiser_conn *conn,
				  struct tiser_key_values *offer, u16 *tag)
{
	struct tiser_endpoint *ep = conn->endpoint;
	struct sockaddr_storage local = {};
	struct tiser_portal_link *link;
	struct tiser_portal *portal;
	bool found = false;

	tiser_dm_local_addr(conn->dm, &local);
	mutex_lock(&ep->mutex);
	list_for_each_entry(link, &ep->links, node) {
		portal = link->portal;
		if (!READ_ONCE(portal->tpg->enabled) ||
		    !tiser_portal_fit(&portal->addr, &local))
			continue;
		tiser_tpg_offer(portal->tpg, offer);
		*tag = portal->tpg->tag;
		tiser_stats_group_inc(&portal->tpg->stats,
				      TISER_STAT_DISCOVERIES);
		found = true;
		break;
	}
	mutex_unlock(&ep->mutex);
	return found;
}

static bool tiser_conn_same_local_addr(const struct tiser_conn *a,
				       const struct tiser_conn *b)
{
	struct sockaddr_storage addr[2];

	memset(addr, 0, sizeof(addr));
	tiser_dm_local_addr(a->dm, &addr[0]);
	tiser_dm_local_addr(b->dm, &addr[1]);
	return !memcmp(&addr[0], &addr[1], sizeof(addr[0]));
}

/**
 * tiser_endpoint_join_discovery - an unnamed discovery session is about to begin
 * @conn: its connection, with InitiatorName and ISID
 *
 * RFC 7143, 7.4.2.1: it replaces the one with the same InitiatorName, ISID and
 * address, whose end need not be waited for: it has no tasks.
 *
 * Context: Process. Takes endpoint->mutex.
 */
void tiser_endpoint_join_discovery(struct tiser_conn *conn)
{
	struct tiser_endpoint *ep = conn->endpoint;
	struct tiser_conn *old;

	mutex_lock(&ep->mutex);
	list_for_each_entry(old, &ep->conns, portal_node)
		if (old->unnamed && tiser_conn_same_initiator(old, conn) &&
		    tiser_conn_same_local_addr(old, conn))
			tiser_conn_end(old, TISER_ENDING_REINSTATED,
				       "replaced by conn %u", conn->id);
	conn->unnamed = true;
	mutex_unlock(&ep->mutex);
}
