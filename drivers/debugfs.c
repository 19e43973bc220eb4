// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/tcm_iser: what there is to know about a connection, for
 * root. Only looks; Documentation/statistics.rst has the names.
 *
 * debugfs waits for readers when a file is removed, and lets nobody in again who
 * has it open. So a connection is there as long as its file's readers are.
 */
#include <linux/debugfs.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <tiser/debugfs.h>
#include <tiser/stats.h>
#include "iscsi/iscsi.h"

static u32 tiser_debugfs_version = 1;
static struct dentry *tiser_debugfs_root;
static struct dentry *tiser_debugfs_conns;

/*
 * Of an unfinished login nothing is shown that the login work may be writing.
 * Both answers say that it has finished; the first stays true while a session is
 * being closed.
 */
static bool tiser_debugfs_is_known(struct tiser_conn *conn)
{
	/* Pairs with tiser_login_send_final(). */
	return smp_load_acquire(&conn->full_feature) ||
	       tiser_conn_is_logged_in(conn);
}

static const char *tiser_debugfs_type(const struct tiser_conn *conn, bool known)
{
	if (!known)
		return "login";
	return conn->discovery ? "discovery" : "normal";
}

static const char *tiser_debugfs_auth(const struct tiser_conn *conn)
{
	if (!READ_ONCE(conn->auth))
		return "none";
	return READ_ONCE(conn->auth_mutual) ? "mutual-chap" : "chap";
}

static void tiser_debugfs_show_transport(struct seq_file *m,
					 struct tiser_conn *conn)
{
	struct sockaddr_storage local;
	struct tiser_dm_info info;

	tiser_dm_local_addr(conn->dm, &local);
	tiser_dm_query(conn->dm, &info);
	seq_printf(m, "initiator_address %pISpc\n", &conn->peer);
	seq_printf(m, "target_address %pISpc\n", &local);
	seq_printf(m, "device %s\n", info.device);
	seq_printf(m, "port %u\n", info.port);
	seq_printf(m, "qp %u\n", info.qp);
	seq_printf(m, "sq_depth %u\n", info.sq_depth);
	seq_printf(m, "sq_used %u\n", info.sq_used);
	seq_printf(m, "rx_bufs %u\n", info.rx_bufs);
	seq_printf(m, "rx_bufs_held %u\n", info.rx_held);
}

static void tiser_debugfs_show_names(struct seq_file *m,
				     const struct tiser_conn *conn)
{
	u8 alg = READ_ONCE(conn->auth);

	if (!conn->discovery) {
		seq_printf(m, "target %s\n", conn->tpg->tgt->name);
		seq_printf(m, "tpg %u\n", conn->tpg->tag);
	}
	seq_printf(m, "initiator %s\n", conn->initiator);
	seq_printf(m, "alias %s\n", conn->alias);
	seq_printf(m, "isid %*phN\n", TISER_ISID_LEN, conn->isid);
	seq_printf(m, "tsih %u\n", READ_ONCE(conn->tsih));
	seq_printf(m, "cid %u\n", conn->cid);
	seq_printf(m, "authentication %s\n", tiser_debugfs_auth(conn));
	seq_printf(m, "authentication_algorithm %s\n",
		   alg ? tiser_chap_alg_name(alg) : "none");
}

static void tiser_debugfs_show_key(struct seq_file *m, enum tiser_key key,
				   u32 value)
{
	seq_printf(m, "key_%s ", tiser_key_name(key));
	if (key == TISER_KEY_HEADER_DIGEST || key == TISER_KEY_DATA_DIGEST)
		seq_puts(m, "None\n");
	else if (tiser_key_is_bool(key))
		seq_puts(m, value ? "Yes\n" : "No\n");
	else
		seq_printf(m, "%u\n", value);
}

static void tiser_debugfs_show_window(struct seq_file *m,
				      struct tiser_conn *conn)
{
	struct tiser_sn_window win;
	u32 statsn, least, depth = conn->depth;

	spin_lock_irq(&conn->sn_lock);
	win = conn->win;
	statsn = conn->statsn;
	least = conn->least_room;
	spin_unlock_irq(&conn->sn_lock);
	seq_printf(m, "queue_depth %u\n", depth);
	seq_printf(m, "queue_used %u\n",
		   depth - (win.max_cmdsn + 1 - win.exp_cmdsn));
	seq_printf(m, "queue_max_used %u\n", depth - min(least, depth));
	seq_printf(m, "expcmdsn %u\n", win.exp_cmdsn);
	seq_printf(m, "maxcmdsn %u\n", win.max_cmdsn);
	seq_printf(m, "statsn %u\n", statsn);
}

static void tiser_debugfs_emit_latencies(const struct tiser_stats_sum *sum,
					 struct seq_file *m, char *page)
{
	enum tiser_stats_class class;
	char prefix[32];

	for (class = 0; class < TISER_CLASS_TIMED; class++) {
		snprintf(prefix, sizeof(prefix), "latency_%s ",
			 tiser_stats_class_name(class));
		tiser_stats_emit_latency(sum, class, prefix, page, 0);
		seq_puts(m, page);
	}
}

static int tiser_debugfs_show_stats(struct seq_file *m,
				    const struct tiser_conn *conn)
{
	struct tiser_stats_sum *sum = kzalloc(sizeof(*sum), GFP_KERNEL);
	char *page = (char *)__get_free_page(GFP_KERNEL);

	if (sum && page) {
		tiser_stats_add(sum, &conn->stats);
		tiser_stats_emit_counters(sum, page, 0);
		seq_puts(m, page);
		tiser_debugfs_emit_latencies(sum, m, page);
	}
	free_page((unsigned long)page);
	kfree(sum);
	return sum && page ? 0 : -ENOMEM;
}

static int tiser_debugfs_conn_show(struct seq_file *m, void *unused)
{
	struct tiser_conn *conn = m->private;
	bool known = tiser_debugfs_is_known(conn);
	enum tiser_key key;

	seq_printf(m, "id %u\n", conn->id);
	seq_printf(m, "state %s\n",
		   tiser_conn_fsm_name(READ_ONCE(conn->state)));
	seq_printf(m, "session_type %s\n", tiser_debugfs_type(conn, known));
	seq_printf(m, "age_seconds %llu\n",
		   div_u64(get_jiffies_64() - conn->created, HZ));
	tiser_debugfs_show_transport(m, conn);
	if (known) {
		tiser_debugfs_show_names(m, conn);
		for (key = 0; key < TISER_KEY_NR; key++)
			tiser_debugfs_show_key(m, key,
					       READ_ONCE(conn->keys.v[key]));
		tiser_debugfs_show_window(m, conn);
	}
	return tiser_debugfs_show_stats(m, conn);
}
DEFINE_SHOW_ATTRIBUTE(tiser_debugfs_conn);

/**
 * tiser_debugfs_init - make the directory
 *
 * Context: process.
 */
void tiser_debugfs_init(void)
{
	tiser_debugfs_root = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_u32("version", 0444, tiser_debugfs_root,
			   &tiser_debugfs_version);
	tiser_debugfs_conns = debugfs_create_dir("conn", tiser_debugfs_root);
}

/**
 * tiser_debugfs_exit - undo tiser_debugfs_init()
 *
 * Context: process. No connection may be left.
 */
void tiser_debugfs_exit(void)
{
	debugfs_remove(tiser_debugfs_root);
}

/**
 * tiser_debugfs_add - make the file of a connection
 * @conn: connection, with conn->dm
 *
 * Its name is conn->id, which nobody else has until the connection is freed. If
 * there is no file, that is all.
 *
 * Context: process.
 */
void tiser_debugfs_add(struct tiser_conn *conn)
{
	char name[12];

	snprintf(name, sizeof(name), "%u", conn->id);
	conn->debugfs = debugfs_create_file(name, 0400, tiser_debugfs_conns,
					    conn, &tiser_debugfs_conn_fops);
}

/**
 * tiser_debugfs_remove - remove the file of a connection
 * @conn: connection, which may have none
 *
 * Context: process. Waits for whoever reads it.
 */
void tiser_debugfs_remove(struct tiser_conn *conn)
{
	debugfs_remove(conn->debugfs);
}
