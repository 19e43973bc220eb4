/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What endpoint.c and route.c share: an address and port on which portals of
 * any number of targets are reached.
 */
#ifndef TISER_ENDPOINT_H
#define TISER_ENDPOINT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <tiser/target.h>

struct net;
struct tiser_dm_listener;

/**
 * struct tiser_endpoint - an address and port
 * @kref: held by configfs, through its portals, and by the connections that
 *	came in here until their close path has ended
 * @net: network namespace; pinned by @listener
 * @addr: address and port
 * @listener: the datamover's part
 * @listens: @listener does; under tiser_endpoints_lock
 * @owners: portals of this very address; under tiser_endpoints_lock
 * @node: in tiser_endpoints
 * @mutex: protects @links, @conns, @logins, and conn->portal of connections
 *	that came in here; writers of @links hold tiser_endpoints_lock, too
 * @links: struct tiser_portal_link.node: portals reached here
 * @conns: struct tiser_conn.portal_node: those that belong to no portal
 * @logins: connections that came in here and are not in a normal session's full
 *	feature phase: what unauthenticated peers may use is bounded by it
 * @users: connections that belong to no portal, closing ones included
 */
struct tiser_endpoint {
	struct kref kref;
	struct net *net;
	struct sockaddr_storage addr;
	struct tiser_dm_listener *listener;
	bool listens;
	u32 owners;
	struct list_head node;
	struct mutex mutex;
	struct list_head links;
	struct list_head conns;
	u32 logins;
	struct tiser_users users;
};

void tiser_endpoint_put(struct tiser_endpoint *ep);

#endif /* TISER_ENDPOINT_H */
