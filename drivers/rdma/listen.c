// SPDX-License-Identifier: GPL-2.0
/*
 * Listening endpoints: keep one bound to its address for as long as it is
 * wanted, whatever happens to the address or the device. Must not know what
 * becomes of a connect request.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <net/net_namespace.h>
#include "rdma.h"

enum {
	/* iWARP only; on InfiniBand and RoCE the iSCSI layer's limit counts. */
	TISER_RDMA_BACKLOG = 128,
	/* An address is usually back within seconds of a link event. */
	TISER_RDMA_REPAIR_SECS = 5,
};

/**
 * struct tiser_dm_listener - a listening endpoint
 * @net: network namespace; holds a reference
 * @addr: address and port
 * @ops: up-calls of its connections
 * @portal: the iSCSI layer's handle
 * @lock: protects @cm_id and @closing; the CM's handlers never take it
 * @cm_id: NULL while the address cannot be listened on
 * @closing: do not repair any more
 * @repair: replaces @cm_id
 */
struct tiser_dm_listener {
	struct net *net;
	struct sockaddr_storage addr;
	const struct tiser_dm_ops *ops;
	void *portal;
	struct mutex lock;
	struct rdma_cm_id *cm_id;
	bool closing;
	struct delayed_work repair;
};

/* A non-zero return makes the CM destroy @cm_id. */
static int tiser_rdma_listen_handler(struct rdma_cm_id *cm_id,
				     struct rdma_cm_event *event)
{
	struct tiser_dm_listener *listener = cm_id->context;

	switch (event->event) {
	case RDMA_CM_EVENT_CONNECT_REQUEST:
		return tiser_rdma_conn_request(cm_id, event, listener->ops,
					       listener->portal);
	case RDMA_CM_EVENT_ADDR_CHANGE:
	case RDMA_CM_EVENT_DEVICE_REMOVAL:
		/*
		 * The new id cannot be bound before the old one is destroyed,
		 * and that cannot be done from in here.
		 */
		queue_delayed_work(tiser_rdma_wq, &listener->repair, 0);
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

static void tiser_rdma_repair_work(struct work_struct *work)
{
	struct tiser_dm_listener *listener =
		container_of(work, struct tiser_dm_listener, repair.work);
	struct rdma_cm_id *cm_id;
	bool was_up;

	mutex_lock(&listener->lock);
	if (listener->closing)
		goto out_unlock;

	was_up = listener->cm_id;
	if (was_up)
		rdma_destroy_id(listener->cm_id);
	listener->cm_id = NULL;

	cm_id = tiser_rdma_listen_id(listener);
	if (IS_ERR(cm_id)) {
		/* Once per outage, not once per attempt. */
		if (was_up)
			pr_warn_ratelimited("%pISpc: cannot listen: %ld, retrying\n",
					    &listener->addr, PTR_ERR(cm_id));
		queue_delayed_work(tiser_rdma_wq, &listener->repair,
				   TISER_RDMA_REPAIR_SECS * HZ);
		goto out_unlock;
	}
	listener->cm_id = cm_id;
	if (!was_up)
		pr_info("%pISpc: listening again\n", &listener->addr);

out_unlock:
	mutex_unlock(&listener->lock);
}

/**
 * tiser_dm_listen - accept connections on an address
 * @net: network namespace, pinned until tiser_dm_unlisten()
 * @addr: IPv4 or IPv6 address and port; copied
 * @ops: up-calls for every connection; must outlive them
 * @portal: handed to ops->connected
 *
 * ops->connected may be called before this returns.
 *
 * Context: process, may sleep.
 * Return: a listener for tiser_dm_unlisten(), or an ERR_PTR: -ENOMEM;
 * -EADDRINUSE when the port is taken; -EADDRNOTAVAIL when no interface has
 * the address; -ENODEV when the interface has no RDMA device; others of the
 * RDMA CM.
 */
struct tiser_dm_listener *tiser_dm_listen(struct net *net,
					  const struct sockaddr_storage *addr,
					  const struct tiser_dm_ops *ops,
					  void *portal)
{
	struct tiser_dm_listener *listener;
	struct rdma_cm_id *cm_id;

	listener = kzalloc(sizeof(*listener), GFP_KERNEL);
	if (!listener)
		return ERR_PTR(-ENOMEM);
	listener->net = get_net(net);
	listener->addr = *addr;
	listener->ops = ops;
	listener->portal = portal;
	mutex_init(&listener->lock);
	INIT_DELAYED_WORK(&listener->repair, tiser_rdma_repair_work);

	/* An address change may want a repair as soon as the id listens. */
	mutex_lock(&listener->lock);
	cm_id = tiser_rdma_listen_id(listener);
	if (!IS_ERR(cm_id))
		listener->cm_id = cm_id;
	else
		listener->closing = true;
	mutex_unlock(&listener->lock);
	if (!IS_ERR(cm_id))
		return listener;

	cancel_delayed_work_sync(&listener->repair);
	put_net(listener->net);
	kfree(listener);
	return ERR_CAST(cm_id);
}

/**
 * tiser_dm_unlisten - stop accepting connections
 * @listener: from tiser_dm_listen(); freed
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

	mutex_lock(&listener->lock);
	listener->closing = true;
	cm_id = listener->cm_id;
	listener->cm_id = NULL;
	mutex_unlock(&listener->lock);

	/* Waits for handlers, which may queue the repair: cancel it after. */
	if (cm_id)
		rdma_destroy_id(cm_id);
	cancel_delayed_work_sync(&listener->repair);
	put_net(listener->net);
	kfree(listener);
}
