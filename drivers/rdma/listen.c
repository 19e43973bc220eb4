// SPDX-License-Identifier: GPL-2.0
/*
 * Listeners: keep one bound to its address for as long as it is wanted,
 * whatever happens to the address or the device. Must not know what becomes of
 * a connect request.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include "rdma.h"

enum {
	/* iWARP only; on InfiniBand and RoCE the iSCSI layer's limit counts. */
	TISER_RDMA_BACKLOG = 128,
	/* Between attempts nothing has called for, seconds. */
	TISER_RDMA_RETRY_SECS = 5,
	/*
	 * From news of an address to a look at it: routes and GIDs follow the
	 * address in the same chain of notifiers, after us.
	 */
	TISER_RDMA_SETTLE_MS = 100,
};

/* Bits of struct tiser_dm_listener.flags. */
enum {
	TISER_LISTENER_STALE,	/* the CM has said that cm_id is of no use */
};

/**
 * struct tiser_dm_listener - listens on one address
 * @net: network namespace; holds a reference
 * @addr: address and port
 * @ops: up-calls of its connections
 * @endpoint: the iSCSI layer's handle
 * @node: in tiser_rdma_listeners while wanted, under their lock
 * @flags: atomic bits
 * @lock: protects what follows; the CM's handlers never take it
 * @wanted: between tiser_dm_listen() and tiser_dm_unlisten()
 * @cm_id: NULL while the address cannot be listened on
 * @error: why not
 * @check: makes @cm_id what it should be
 */
struct tiser_dm_listener {
	struct net *net;
	struct sockaddr_storage addr;
	const struct tiser_dm_ops *ops;
	void *endpoint;
	struct list_head node;
	unsigned long flags;
	struct mutex lock;
	bool wanted;
	struct rdma_cm_id *cm_id;
	int error;
	struct delayed_work check;
};

static DEFINE_SPINLOCK(tiser_rdma_listeners_lock);
static LIST_HEAD(tiser_rdma_listeners);

/* A non-zero return makes the CM destroy @cm_id. */
static int tiser_rdma_listen_handler(struct rdma_cm_id *cm_id,
				     struct rdma_cm_event *event)
{
	struct tiser_dm_listener *listener = cm_id->context;

	switch (event->event) {
	case RDMA_CM_EVENT_CONNECT_REQUEST:
		return tiser_rdma_conn_request(cm_id, event, listener->ops,
					       listener->endpoint);
	case RDMA_CM_EVENT_ADDR_CHANGE:
	case RDMA_CM_EVENT_DEVICE_REMOVAL:
		/*
		 * The new id cannot be bound before the old one is destroyed,
		 * and that cannot be done from in here.
		 */
		set_bit(TISER_LISTENER_STALE, &listener->flags);
		mod_delayed_work(tiser_rdma_wq, &listener->check, 0);
		return 0;
	default:
		pr_debug("%pISpc: listener event %s\n", &listener->addr,
			 rdma_event_msg(event->event));
		return 0;
	}
}

static struct rdma_cm_id *
tiser_rdma_listen_id(struct tiser_dm_listener *listener)
{
	struct sockaddr *addr = (struct sockaddr *)&listener->addr;
	struct rdma_cm_id *cm_id;
	int ret;

	cm_id = rdma_create_id(listener->net, tiser_rdma_listen_handler,
			       listener, RDMA_PS_TCP, IB_QPT_RC);
	if (IS_ERR(cm_id))
		return cm_id;

	/* [::] must not take the port from 0.0.0.0. */
	if (addr->sa_family == AF_INET6) {
		ret = rdma_set_afonly(cm_id, 1);
		if (ret)
			goto err_destroy_id;
	}

	ret = rdma_bind_addr(cm_id, addr);
	if (ret)
		goto err_destroy_id;

	ret = rdma_listen(cm_id, TISER_RDMA_BACKLOG);
	if (ret)
		goto err_destroy_id;
	return cm_id;

err_destroy_id:
	rdma_destroy_id(cm_id);
	return ERR_PTR(ret);
}

static bool tiser_rdma_addr_is_here(const struct tiser_dm_listener *listener)
{
	return tiser_dm_addr_is_any(&listener->addr) ||
	       tiser_rdma_addr_ifindex(listener->net, &listener->addr);
}

/*
 * The CM has -EADDRNOTAVAIL for an address nobody has, and for one whose port
 * is taken by a listener on a wildcard, or the other way round.
 */
static int tiser_rdma_listener_try(struct tiser_dm_listener *listener)
{
	bool here = tiser_rdma_addr_is_here(listener);
	struct rdma_cm_id *cm_id;

	lockdep_assert_held(&listener->lock);
	cm_id = tiser_rdma_listen_id(listener);
	if (!IS_ERR(cm_id)) {
		listener->cm_id = cm_id;
		return 0;
	}
	switch (PTR_ERR(cm_id)) {
	case -EADDRNOTAVAIL:
		return here ? -EADDRINUSE : -EADDRNOTAVAIL;
	case -ENODEV:
		return here ? -ENODEV : -EADDRNOTAVAIL;
	default:
		return PTR_ERR(cm_id);
	}
}

static void tiser_rdma_listener_start(struct tiser_dm_listener *listener)
{
	listener->error = tiser_rdma_listener_try(listener);
	if (listener->error)
		queue_delayed_work(tiser_rdma_wq, &listener->check,
				   TISER_RDMA_RETRY_SECS * HZ);
}

/* A wildcard is the CM's to keep on all devices. */
static bool tiser_rdma_listener_is_fine(struct tiser_dm_listener *listener)
{
	bool stale = test_and_clear_bit(TISER_LISTENER_STALE, &listener->flags);

	if (!listener->cm_id || stale)
		return false;
	return tiser_dm_addr_is_any(&listener->addr) ||
	       listener->cm_id->route.addr.dev_addr.bound_dev_if ==
	       tiser_rdma_addr_ifindex(listener->net, &listener->addr);
}

/* One message when it goes, one when it is back, however many attempts. */
static void tiser_rdma_listener_repair(struct tiser_dm_listener *listener)
{
	bool was_up = listener->cm_id;

	if (tiser_rdma_listener_is_fine(listener))
		return;
	if (was_up)
		rdma_destroy_id(listener->cm_id);
	listener->cm_id = NULL;
	tiser_rdma_listener_start(listener);
	if (was_up && listener->error)
		pr_warn("%pISpc: no longer listening, waiting: %s\n",
			&listener->addr, tiser_dm_listen_reason(listener->error));
	else if (!was_up && !listener->error)
		pr_info("%pISpc: listening\n", &listener->addr);
}

static void tiser_rdma_listener_work(struct work_struct *work)
{
	struct tiser_dm_listener *listener =
		container_of(work, struct tiser_dm_listener, check.work);

	mutex_lock(&listener->lock);
	if (listener->wanted)
		tiser_rdma_listener_repair(listener);
	mutex_unlock(&listener->lock);
}

/**
 * tiser_rdma_listeners_check - something has happened to addresses or devices
 * @net: network namespace of @addr
 * @addr: address that came or went, or NULL for anything
 *
 * Context: any.
 */
void tiser_rdma_listeners_check(const struct net *net,
				const struct sockaddr_storage *addr)
{
	struct tiser_dm_listener *listener;
	unsigned long flags;

	spin_lock_irqsave(&tiser_rdma_listeners_lock, flags);
	list_for_each_entry(listener, &tiser_rdma_listeners, node) {
		if (addr && (listener->net != net ||
			     !tiser_dm_addr_same_host(&listener->addr, addr)))
			continue;
		mod_delayed_work(tiser_rdma_wq, &listener->check,
				 msecs_to_jiffies(TISER_RDMA_SETTLE_MS));
	}
	spin_unlock_irqrestore(&tiser_rdma_listeners_lock, flags);
}

/**
 * tiser_dm_listen_reason - why somebody does not listen
 * @error: negative errno of tiser_dm_listen()
 *
 * Context: any.
 * Return: words for people.
 */
const char *tiser_dm_listen_reason(int error)
{
	switch (error) {
	case -EADDRNOTAVAIL:
		return "no interface has the address";
	case -ENODEV:
		return "the interface has no RDMA device";
	case -EADDRINUSE:
		return "another RDMA listener, not of this module, has the port";
	case -EACCES:
		return "not permitted to listen on the port";
	default:
		return "the RDMA CM cannot listen";
	}
}

/**
 * tiser_dm_listener_alloc - something that can listen on an address
 * @net: network namespace, pinned until tiser_dm_listener_free()
 * @addr: IPv4 or IPv6 address and port; copied
 * @ops: up-calls for every connection; must outlive them
 * @endpoint: handed to ops->connected
 *
 * Context: process, may sleep.
 * Return: a listener that does not listen, or NULL for lack of memory.
 */
struct tiser_dm_listener *
tiser_dm_listener_alloc(struct net *net, const struct sockaddr_storage *addr,
			const struct tiser_dm_ops *ops, void *endpoint)
{
	struct tiser_dm_listener *listener;

	listener = kzalloc(sizeof(*listener), GFP_KERNEL);
	if (!listener)
		return NULL;
	listener->net = get_net(net);
	listener->addr = *addr;
	listener->ops = ops;
	listener->endpoint = endpoint;
	INIT_LIST_HEAD(&listener->node);
	mutex_init(&listener->lock);
	INIT_DELAYED_WORK(&listener->check, tiser_rdma_listener_work);
	return listener;
}

/**
 * tiser_dm_listener_free - undo tiser_dm_listener_alloc()
 * @listener: does not listen
 *
 * Context: process, may sleep.
 */
void tiser_dm_listener_free(struct tiser_dm_listener *listener)
{
	mutex_destroy(&listener->lock);
	put_net(listener->net);
	kfree(listener);
}

/**
 * tiser_dm_listen - accept connections until tiser_dm_unlisten()
 * @listener: does not listen
 *
 * Whatever this returns: while it cannot listen it tries again, at once when
 * the address or a device comes. ops->connected may be called before this
 * returns.
 *
 * Context: process, may sleep.
 * Return: 0 when it listens; -EADDRNOTAVAIL when no interface has the address;
 * -ENODEV when the interface has no RDMA device; -EADDRINUSE when the port is
 * taken; others of the RDMA CM.
 */
int tiser_dm_listen(struct tiser_dm_listener *listener)
{
	int ret;

	spin_lock_irq(&tiser_rdma_listeners_lock);
	list_add_tail(&listener->node, &tiser_rdma_listeners);
	spin_unlock_irq(&tiser_rdma_listeners_lock);

	/* An address change may want a look as soon as the id listens. */
	mutex_lock(&listener->lock);
	listener->wanted = true;
	tiser_rdma_listener_start(listener);
	ret = listener->error;
	mutex_unlock(&listener->lock);
	return ret;
}

/**
 * tiser_dm_unlisten - stop accepting connections
 * @listener: on which tiser_dm_listen() was called
 *
 * When this returns, ops->connected is not running for this listener and will
 * not be called again. Connections it has accepted are not touched. The caller
 * must not hold a lock that ops->connected takes.
 *
 * Context: process, may sleep.
 */
void tiser_dm_unlisten(struct tiser_dm_listener *listener)
{
	struct rdma_cm_id *cm_id;

	spin_lock_irq(&tiser_rdma_listeners_lock);
	list_del_init(&listener->node);
	spin_unlock_irq(&tiser_rdma_listeners_lock);

	mutex_lock(&listener->lock);
	listener->wanted = false;
	cm_id = listener->cm_id;
	listener->cm_id = NULL;
	mutex_unlock(&listener->lock);

	/* Waits for handlers, which may queue the check: cancel it after. */
	if (cm_id)
		rdma_destroy_id(cm_id);
	cancel_delayed_work_sync(&listener->check);
	clear_bit(TISER_LISTENER_STALE, &listener->flags);
}

/* Of one that does not listen because a wildcard does: as good as the address. */
static int tiser_rdma_listener_error(const struct tiser_dm_listener *listener)
{
	if (listener->wanted)
		return listener->error;
	return tiser_rdma_addr_is_here(listener) ? 0 : -EADDRNOTAVAIL;
}

/**
 * tiser_dm_listener_state - what a listener does, in words
 * @listener: listener
 * @buf: "listening", maybe followed by a device, or "waiting: <reason>"
 * @size: of @buf, bytes
 *
 * Context: process, may sleep.
 */
void tiser_dm_listener_state(struct tiser_dm_listener *listener, char *buf,
			     size_t size)
{
	bool any = tiser_dm_addr_is_any(&listener->addr);
	int error;

	mutex_lock(&listener->lock);
	error = tiser_rdma_listener_error(listener);
	if (error)
		snprintf(buf, size, "waiting: %s",
			 tiser_dm_listen_reason(error));
	else if (any && !tiser_rdma_dev_exists())
		snprintf(buf, size, "waiting: there is no RDMA device");
	else if (listener->cm_id && listener->cm_id->device)
		snprintf(buf, size, "listening %s",
			 dev_name(&listener->cm_id->device->dev));
	else
		snprintf(buf, size, "listening");
	mutex_unlock(&listener->lock);
}
