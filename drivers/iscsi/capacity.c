// SPDX-License-Identifier: GPL-2.0
/*
 * Logical units that change their capacity, which SBC wants reported to every
 * session as a unit attention. Neither target core nor a backend tells anybody,
 * so each session looks now and then.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/percpu-refcount.h>
#include <linux/rculist.h>
#include <target/target_core_backend.h>
#include "iscsi.h"

/* Seconds between two looks: what is resized is resized by hand. */
enum { TISER_CAPACITY_PERIOD = 5 };

/* Number of blocks; 0 of a logical unit that is being removed. */
static u64 tiser_capacity_of(struct se_lun *lun)
{
	struct se_device *dev;
	u64 blocks = 0;

	/* As long as it is held nobody takes the device away. */
	if (!percpu_ref_tryget_live(&lun->lun_ref))
		return 0;
	dev = rcu_dereference(lun->lun_se_dev);
	if (dev)
		blocks = (u64)dev->transport->get_blocks(dev) + 1;
	percpu_ref_put(&lun->lun_ref);
	return blocks;
}

static void tiser_capacity_compare(struct tiser_conn *conn,
				   const struct se_dev_entry *deve)
{
	u64 lun = deve->mapped_lun;
	u64 blocks, before;

	if (lun >= TISER_UA_LUNS)
		return;
	blocks = tiser_capacity_of(deve->se_lun);
	before = conn->capacity[lun];
	conn->capacity[lun] = blocks;
	if (blocks && before && blocks != before)
		tiser_ua_set(conn, TISER_UA_CAPACITY_CHANGED, lun);
}

static void tiser_capacity_look(struct tiser_conn *conn)
{
	struct se_dev_entry *deve;

	rcu_read_lock();
	hlist_for_each_entry_rcu(deve,
				 &conn->se_sess->se_node_acl->lun_entry_hlist,
				 link)
		tiser_capacity_compare(conn, deve);
	rcu_read_unlock();
	queue_delayed_work(tiser_login_wq, &conn->capacity_work,
			   TISER_CAPACITY_PERIOD * HZ);
}

static void tiser_capacity_work(struct work_struct *work)
{
	tiser_capacity_look(container_of(to_delayed_work(work),
					 struct tiser_conn, capacity_work));
}

/**
 * tiser_capacity_start - watch the capacities of a session's logical units
 * @conn: session about to begin, with its LIO session
 *
 * Context: Process (login).
 */
void tiser_capacity_start(struct tiser_conn *conn)
{
	INIT_DELAYED_WORK(&conn->capacity_work, tiser_capacity_work);
	tiser_capacity_look(conn);
}

/**
 * tiser_capacity_stop - before the LIO session goes
 * @conn: session that tiser_capacity_start() was called for
 *
 * Context: Process.
 */
void tiser_capacity_stop(struct tiser_conn *conn)
{
	cancel_delayed_work_sync(&conn->capacity_work);
}
