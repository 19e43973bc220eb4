// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints as configfs makes them: which portals share one, and which of them
 * listens. What comes in there is route.c's.
 *
 * On one port the RDMA CM listens on a wildcard or on addresses, never on both.
 * So where there is a wildcard endpoint, it listens for the others of its
 * family and port, too: their portals are linked to both.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "endpoint.h"
#include "iscsi.h"

/* Outermost, with everything that makes and removes portals below it. */
static DEFINE_MUTEX(tiser_endpoints_lock);
static LIST_HEAD(tiser_endpoints);

static __be16 *tiser_addr_port(struct sockaddr_storage *addr)
{
	if (addr->ss_family == AF_INET6)
		return &((struct sockaddr_in6 *)addr)->sin6_port;
	return &((struct sockaddr_in *)addr)->sin_port;
}

/**
 * tiser_addr_take_port - copy a port
 * @addr: address whose port is set
 * @from: address that has it; the families may differ
 *
 * Context: any.
 */
void tiser_addr_take_port(struct sockaddr_storage *addr,
			  struct sockaddr_storage *from)
{
	*tiser_addr_port(addr) = *tiser_addr_port(from);
}

static bool tiser_addr_same_port(struct sockaddr_storage *a,
				 struct sockaddr_storage *b)
{
	return *tiser_addr_port(a) == *tiser_addr_port(b);
}

/**
 * tiser_portal_fit - how closely does a portal's address fit another one?
 * @addr: a portal's address
 * @local: an address
 *
 * Ports are not looked at.
 *
 * Context: any.
 * Return: 0 not at all, 1 [::] for IPv4, 2 a wildcard of the family, 3 equal.
 */
u32 tiser_portal_fit(const struct sockaddr_storage *addr,
		     const struct sockaddr_storage *local)
{
	if (tiser_dm_addr_same_host(addr, local))
		return 3;
	if (!tiser_dm_addr_is_any(addr))
		return 0;
	if (addr->ss_family == local->ss_family)
		return 2;
	return addr->ss_family == AF_INET6 ? 1 : 0;
}

static bool tiser_portal_overlaps(struct tiser_portal *portal,
				  struct tiser_portal *other)
{
	return portal->net == other->net &&
	       tiser_addr_same_port(&portal->addr, &other->addr) &&
	       (tiser_portal_fit(&portal->addr, &other->addr) ||
		tiser_portal_fit(&other->addr, &portal->addr));
}

/*
 * A TargetName at an endpoint stands for one portal group, and an address in a
 * group for one portal.
 */
static int tiser_portal_check_against(struct tiser_portal *portal,
				      struct tiser_tpg *tpg)
{
	struct tiser_portal *other;
	int ret = 0;

	mutex_lock(&tpg->mutex);
	list_for_each_entry(other, &tpg->portals, tpg_node) {
		if (READ_ONCE(other->closed) ||
		    !tiser_portal_overlaps(portal, other))
			continue;
		if (tpg != portal->tpg)
			ret = -ENOTUNIQ;
		else if (tiser_dm_addr_same_host(&portal->addr, &other->addr))
			ret = -EEXIST;
	}
	mutex_unlock(&tpg->mutex);
	return ret;
}

static int tiser_portal_check_unique(struct tiser_portal *portal)
{
	struct tiser_tgt *tgt = portal->tpg->tgt;
	struct tiser_tpg *tpg;
	int ret = 0;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node) {
		ret = tiser_portal_check_against(portal, tpg);
		if (ret)
			break;
	}
	mutex_unlock(&tgt->mutex);
	return ret;
}

static struct tiser_endpoint *
tiser_endpoint_find(const struct net *net, struct sockaddr_storage *addr)
{
	struct tiser_endpoint *ep;

	lockdep_assert_held(&tiser_endpoints_lock);
	list_for_each_entry(ep, &tiser_endpoints, node)
		if (ep->net == net && tiser_addr_same_port(&ep->addr, addr) &&
		    tiser_dm_addr_same_host(&ep->addr, addr))
			return ep;
	return NULL;
}

/* The wildcard of a family, with the port of @addr. */
static void tiser_addr_any(struct sockaddr_storage *any, sa_family_t family,
			   struct sockaddr_storage *addr)
{
	memset(any, 0, sizeof(*any));
	any->ss_family = family;
	tiser_addr_take_port(any, addr);
}

static struct tiser_endpoint *
tiser_endpoint_find_any(const struct net *net, struct sockaddr_storage *addr)
{
	struct sockaddr_storage any;

	tiser_addr_any(&any, addr->ss_family, addr);
	return tiser_endpoint_find(net, &any);
}

static struct tiser_endpoint *
tiser_endpoint_create(struct net *net, const struct sockaddr_storage *addr)
{
	struct tiser_endpoint *ep = kzalloc(sizeof(*ep), GFP_KERNEL);

	if (!ep)
		return NULL;
	ep->listener = tiser_dm_listener_alloc(net, addr, &tiser_dm_ops, ep);
	if (!ep->listener) {
		kfree(ep);
		return NULL;
	}
	kref_init(&ep->kref);
	ep->net = net;
	ep->addr = *addr;
	mutex_init(&ep->mutex);
	INIT_LIST_HEAD(&ep->links);
	INIT_LIST_HEAD(&ep->conns);
	tiser_users_init(&ep->users);
	list_add_tail(&ep->node, &tiser_endpoints);
	return ep;
}

static void tiser_endpoint_free(struct kref *kref)
{
	kfree(container_of(kref, struct tiser_endpoint, kref));
}

/**
 * tiser_endpoint_put - drop a reference
 * @ep: endpoint
 *
 * Context: Process.
 */
void tiser_endpoint_put(struct tiser_endpoint *ep)
{
	kref_put(&ep->kref, tiser_endpoint_free);
}

static void tiser_endpoint_link(struct tiser_endpoint *ep,
				struct tiser_portal_link *link)
{
	link->ep = ep;
	mutex_lock(&ep->mutex);
	list_add_tail(&link->node, &ep->links);
	mutex_unlock(&ep->mutex);
}

static void tiser_endpoint_unlink(struct tiser_portal_link *link)
{
	struct tiser_endpoint *ep = link->ep;

	if (!ep)
		return;
	mutex_lock(&ep->mutex);
	list_del(&link->node);
	mutex_unlock(&ep->mutex);
	link->ep = NULL;
}

/* Endpoints for which a wildcard endpoint listens. */
static bool tiser_endpoint_stands_for(struct tiser_endpoint *any,
				      struct tiser_endpoint *ep)
{
	return any != ep && any->net == ep->net &&
	       any->addr.ss_family == ep->addr.ss_family &&
	       tiser_addr_same_port(&any->addr, &ep->addr) &&
	       tiser_dm_addr_is_any(&any->addr);
}

static void tiser_endpoint_unlisten(struct tiser_endpoint *ep)
{
	if (ep->listens)
		tiser_dm_unlisten(ep->listener);
	ep->listens = false;
}

static int tiser_endpoint_listen(struct tiser_endpoint *ep)
{
	if (ep->listens)
		return 0;
	ep->listens = true;
	return tiser_dm_listen(ep->listener);
}

/* From now on @any listens for @ep. */
static void tiser_endpoint_pass_on(struct tiser_endpoint *ep,
				   struct tiser_endpoint *any)
{
	struct tiser_portal_link *link;

	tiser_endpoint_unlisten(ep);
	list_for_each_entry(link, &ep->links, node)
		if (!link->portal->via.ep)
			tiser_endpoint_link(any, &link->portal->via);
}

static void tiser_endpoint_tell(struct tiser_endpoint *ep, int error)
{
	pr_info("%pISpc: waiting: %s\n", &ep->addr,
		tiser_dm_listen_reason(error));
}

/* And now no longer. */
static void tiser_endpoint_take_back(struct tiser_endpoint *ep)
{
	struct tiser_portal_link *link;
	int ret;

	list_for_each_entry(link, &ep->links, node)
		tiser_endpoint_unlink(&link->portal->via);
	ret = tiser_endpoint_listen(ep);
	if (ret)
		tiser_endpoint_tell(ep, ret);
}

/*
 * Whoever waits for an address or a device is no failure: it would be lost from
 * a configuration that is saved after the next boot.
 */
static int tiser_endpoint_start(struct tiser_endpoint *ep)
{
	struct tiser_endpoint *other;
	int ret;

	if (!tiser_dm_addr_is_any(&ep->addr) &&
	    tiser_endpoint_find_any(ep->net, &ep->addr))
		return 0;
	list_for_each_entry(other, &tiser_endpoints, node)
		if (tiser_endpoint_stands_for(ep, other))
			tiser_endpoint_pass_on(other, ep);
	ret = tiser_endpoint_listen(ep);
	if (ret != -EADDRNOTAVAIL && ret != -ENODEV)
		return ret;
	tiser_endpoint_tell(ep, ret);
	return 0;
}

static int tiser_endpoint_open(struct tiser_portal *portal,
			       struct tiser_portal_link *link,
			       struct sockaddr_storage *addr)
{
	struct tiser_endpoint *ep = tiser_endpoint_find(portal->net, addr);

	if (!ep)
		ep = tiser_endpoint_create(portal->net, addr);
	if (!ep)
		return -ENOMEM;
	ep->owners++;
	tiser_endpoint_link(ep, link);
	return tiser_endpoint_start(ep);
}

/* [::] takes both families; an address is also reached through its wildcard. */
static int tiser_portal_open_all(struct tiser_portal *portal)
{
	struct sockaddr_storage ipv4;
	struct tiser_endpoint *any;
	int ret;

	ret = tiser_endpoint_open(portal, &portal->own[0], &portal->addr);
	if (ret)
		return ret;
	if (!tiser_dm_addr_is_any(&portal->addr)) {
		any = tiser_endpoint_find_any(portal->net, &portal->addr);
		if (any)
			tiser_endpoint_link(any, &portal->via);
		return 0;
	}
	if (portal->addr.ss_family != AF_INET6)
		return 0;
	tiser_addr_any(&ipv4, AF_INET, &portal->addr);
	return tiser_endpoint_open(portal, &portal->own[1], &ipv4);
}

/**
 * tiser_portal_open - have a portal be found
 * @portal: portal, in no list
 *
 * Afterwards, and after an error, too, the portal is in its group and has to be
 * closed and taken out by tiser_portal_destroy().
 *
 * Context: Process. Takes tiser_endpoints_lock, tgt->mutex, tpg->mutex and
 * endpoint->mutex.
 * Return: 0, when it listens or waits for its address; -EEXIST when the group
 * has the address already; -ENOTUNIQ when another group of the target has;
 * -EADDRINUSE when somebody else has the port; -ENOMEM; others of the RDMA CM.
 */
int tiser_portal_open(struct tiser_portal *portal)
{
	struct tiser_tpg *tpg = portal->tpg;
	int ret;

	mutex_lock(&tiser_endpoints_lock);
	ret = tiser_portal_check_unique(portal);
	if (!ret) {
		mutex_lock(&tpg->mutex);
		list_add_tail(&portal->tpg_node, &tpg->portals);
		mutex_unlock(&tpg->mutex);
		ret = tiser_portal_open_all(portal);
	}
	mutex_unlock(&tiser_endpoints_lock);
	return ret;
}

/* Its last portal has gone: nobody comes in here any more. */
static void tiser_endpoint_stop(struct tiser_endpoint *ep)
{
	struct tiser_endpoint *other;

	list_del(&ep->node);
	tiser_endpoint_unlisten(ep);
	list_for_each_entry(other, &tiser_endpoints, node)
		if (tiser_endpoint_stands_for(ep, other))
			tiser_endpoint_take_back(other);
}

/* Those that belong to no portal have no tasks a backend could hold. */
static void tiser_endpoint_destroy(struct tiser_endpoint *ep)
{
	struct tiser_conn *conn;

	mutex_lock(&ep->mutex);
	list_for_each_entry(conn, &ep->conns, portal_node)
		tiser_conn_end(conn, TISER_ENDING_ADMINISTRATOR,
			       "the last portal there was removed");
	mutex_unlock(&ep->mutex);
	wait_event(ep->users.wait, !atomic_read(&ep->users.count));
	tiser_users_settle(&ep->users);
	tiser_dm_listener_free(ep->listener);
	tiser_endpoint_put(ep);
}

/* Returns the endpoint if this was its last portal. */
static struct tiser_endpoint *
tiser_endpoint_close(struct tiser_portal_link *link)
{
	struct tiser_endpoint *ep = link->ep;

	if (!ep)
		return NULL;
	tiser_endpoint_unlink(link);
	if (--ep->owners)
		return NULL;
	tiser_endpoint_stop(ep);
	return ep;
}

/**
 * tiser_portal_close - let nobody find a portal any more
 * @portal: portal
 *
 * When it was the last one of its address, nothing listens there afterwards,
 * and connections that have not named a target are gone.
 *
 * Context: Process. Takes tiser_endpoints_lock and endpoint->mutex. Waits for
 * close paths, which none of these connections can prolong.
 */
void tiser_portal_close(struct tiser_portal *portal)
{
	struct tiser_endpoint *gone[2];
	int i;

	mutex_lock(&tiser_endpoints_lock);
	tiser_endpoint_unlink(&portal->via);
	gone[0] = tiser_endpoint_close(&portal->own[0]);
	gone[1] = tiser_endpoint_close(&portal->own[1]);
	mutex_unlock(&tiser_endpoints_lock);
	for (i = 0; i < ARRAY_SIZE(gone); i++)
		if (gone[i])
			tiser_endpoint_destroy(gone[i]);
}

/**
 * tiser_portal_show_state - whether a portal can be reached
 * @portal: portal
 * @page: result, one line: "listening" and maybe a device, or "waiting: <why>"
 *
 * Context: Process. Takes tiser_endpoints_lock.
 * Return: length of the text.
 */
ssize_t tiser_portal_show_state(struct tiser_portal *portal, char *page)
{
	const struct tiser_portal_link *links[] = {
		&portal->own[0], &portal->own[1], &portal->via,
	};
	char state[96] = "";
	int i;

	mutex_lock(&tiser_endpoints_lock);
	/* The first that waits says why. */
	for (i = 0; i < ARRAY_SIZE(links); i++) {
		if (!links[i]->ep)
			continue;
		tiser_dm_listener_state(links[i]->ep->listener, state,
					sizeof(state));
		if (!strstarts(state, "listening"))
			break;
	}
	mutex_unlock(&tiser_endpoints_lock);
	return sysfs_emit(page, "%s\n", state);
}
