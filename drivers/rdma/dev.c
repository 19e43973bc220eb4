// SPDX-License-Identifier: GPL-2.0
/*
 * RDMA devices: which of them exist, their protection domain, and that every
 * connection is gone before its device is. Must not know what a connection
 * does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include "rdma.h"

/* Termination and listener repair; never what a completion waits for. */
struct workqueue_struct *tiser_rdma_wq;

/* Protects tiser_rdma_devs and every struct tiser_rdma_dev. */
static DEFINE_MUTEX(tiser_rdma_devs_mutex);
static LIST_HEAD(tiser_rdma_devs);

/*
 * The list holds the devices this client was told about and not yet told to
 * leave, so that a connect request arriving between our remove() and the CM's
 * finds nothing. Keyed by the device itself: node GUIDs are not unique.
 */
static struct tiser_rdma_dev *tiser_rdma_dev_find(struct ib_device *ibdev)
{
	struct tiser_rdma_dev *dev;

	lockdep_assert_held(&tiser_rdma_devs_mutex);
	list_for_each_entry(dev, &tiser_rdma_devs, entry)
		if (dev->ibdev == ibdev)
			return dev;
	return NULL;
}

static int tiser_rdma_dev_use(struct tiser_rdma_dev *dev)
{
	struct ib_pd *pd;

	lockdep_assert_held(&tiser_rdma_devs_mutex);
	if (!dev->users) {
		pd = ib_alloc_pd(dev->ibdev, 0);
		if (IS_ERR(pd))
			return PTR_ERR(pd);
		dev->pd = pd;
	}
	dev->users++;
	return 0;
}

/**
 * tiser_rdma_dev_get - pin a connection's device
 * @conn: connection; its @dev is set
 * @ibdev: device
 *
 * Until tiser_rdma_dev_put() the device and its protection domain stay.
 *
 * Context: process, may sleep, takes the device mutex.
 * Return: 0, -ENODEV when the device is being removed, or the errno of the
 * protection domain's allocation.
 */
int tiser_rdma_dev_get(struct tiser_dm_conn *conn, struct ib_device *ibdev)
{
	struct tiser_rdma_dev *dev;
	int ret = -ENODEV;

	mutex_lock(&tiser_rdma_devs_mutex);
	dev = tiser_rdma_dev_find(ibdev);
	if (dev)
		ret = tiser_rdma_dev_use(dev);
	if (!ret)
		conn->dev = dev;
	mutex_unlock(&tiser_rdma_devs_mutex);
	return ret;
}

/**
 * tiser_rdma_dev_link - have a connection terminated when its device goes
 * @conn: connection that has pinned its device
 *
 * Context: process, may sleep, takes the device mutex.
 */
void tiser_rdma_dev_link(struct tiser_dm_conn *conn)
{
	mutex_lock(&tiser_rdma_devs_mutex);
	list_add_tail(&conn->dev_entry, &conn->dev->conns);
	/* Removal has gone through the list already. */
	if (conn->dev->removing)
		tiser_rdma_end(conn, TISER_DM_END_DEVICE, "device removed");
	mutex_unlock(&tiser_rdma_devs_mutex);
}

/**
 * tiser_rdma_dev_put - undo tiser_rdma_dev_get() and tiser_rdma_dev_link()
 * @conn: connection without any verbs object or DMA mapping
 *
 * Context: process, may sleep, takes the device mutex.
 */
void tiser_rdma_dev_put(struct tiser_dm_conn *conn)
{
	struct tiser_rdma_dev *dev = conn->dev;

	mutex_lock(&tiser_rdma_devs_mutex);
	list_del_init(&conn->dev_entry);
	conn->dev = NULL;
	if (!--dev->users) {
		ib_dealloc_pd(dev->pd);
		dev->pd = NULL;
		/* The remover frees dev: not to be touched any more. */
		if (dev->removing)
			complete(&dev->idle);
	}
	mutex_unlock(&tiser_rdma_devs_mutex);
}

/**
 * tiser_rdma_dev_exists - is there any RDMA device?
 *
 * Context: process, may sleep, takes the device mutex.
 * Return: true when there is one.
 */
bool tiser_rdma_dev_exists(void)
{
	bool exists;

	mutex_lock(&tiser_rdma_devs_mutex);
	exists = !list_empty(&tiser_rdma_devs);
	mutex_unlock(&tiser_rdma_devs_mutex);
	return exists;
}

/* With the GID of its address a listener can be bound, and not before. */
static void tiser_rdma_dev_event(struct ib_event_handler *handler,
				 struct ib_event *event)
{
	if (event->event == IB_EVENT_GID_CHANGE ||
	    event->event == IB_EVENT_PORT_ACTIVE)
		tiser_rdma_listeners_check(NULL, NULL);
}

static int tiser_rdma_add_one(struct ib_device *ibdev)
{
	struct tiser_rdma_dev *dev;

	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	dev->ibdev = ibdev;
	INIT_LIST_HEAD(&dev->conns);
	init_completion(&dev->idle);

	mutex_lock(&tiser_rdma_devs_mutex);
	list_add_tail(&dev->entry, &tiser_rdma_devs);
	mutex_unlock(&tiser_rdma_devs_mutex);
	INIT_IB_EVENT_HANDLER(&dev->events, ibdev, tiser_rdma_dev_event);
	ib_register_event_handler(&dev->events);
	tiser_rdma_listeners_check(NULL, NULL);
	return 0;
}

/*
 * Unlink so that no new connection starts, stop those there are, wait until
 * the last has let go of the device, free.
 */
static void tiser_rdma_remove_one(struct ib_device *ibdev, void *client_data)
{
	struct tiser_rdma_dev *dev;
	struct tiser_dm_conn *conn;
	bool busy;

	mutex_lock(&tiser_rdma_devs_mutex);
	dev = tiser_rdma_dev_find(ibdev);
	if (!dev) {
		mutex_unlock(&tiser_rdma_devs_mutex);
		return;
	}
	list_del(&dev->entry);
	dev->removing = true;
	list_for_each_entry(conn, &dev->conns, dev_entry)
		tiser_rdma_end(conn, TISER_DM_END_DEVICE, "device removed");
	busy = dev->users;
	mutex_unlock(&tiser_rdma_devs_mutex);

	ib_unregister_event_handler(&dev->events);
	if (busy)
		wait_for_completion(&dev->idle);
	kfree(dev);
}

static struct ib_client tiser_rdma_client = {
	.name = KBUILD_MODNAME,
	.add = tiser_rdma_add_one,
	.remove = tiser_rdma_remove_one,
};

/**
 * tiser_dm_init - start the datamover
 *
 * Context: process, may sleep.
 * Return: 0 or the errno of what could not be set up.
 */
int tiser_dm_init(void)
{
	int ret;

	tiser_rdma_wq = alloc_workqueue("tiser_dm",
					WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!tiser_rdma_wq)
		return -ENOMEM;

	ret = ib_register_client(&tiser_rdma_client);
	if (ret)
		goto err_destroy_wq;
	ret = tiser_rdma_addr_init();
	if (ret)
		goto err_unregister;
	return 0;

err_unregister:
	ib_unregister_client(&tiser_rdma_client);
err_destroy_wq:
	destroy_workqueue(tiser_rdma_wq);
	return ret;
}

/**
 * tiser_dm_exit - stop the datamover
 *
 * All listeners must be gone. Connections still up are terminated, and
 * ops->terminate_notify has returned for each when this does.
 *
 * Context: process, may sleep.
 */
void tiser_dm_exit(void)
{
	tiser_rdma_addr_exit();
	ib_unregister_client(&tiser_rdma_client);
	destroy_workqueue(tiser_rdma_wq);
}
