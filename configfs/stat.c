// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics: tpgt_<tag>/counters and latency_*, and the fabric_statistics of
 * targets and ACLs, with the names and indices of the iscsi fabric (RFC 4544).
 *
 * Anybody may read them. Counts nothing itself.
 */
#include <linux/bits.h>
#include <linux/configfs.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/sysfs.h>
#include <target/target_core_fabric.h>
#include <tiser/stats.h>
#include <tiser/target.h>
#include "configfs.h"

enum {
	TISER_CFS_STAT_VERSION = 1,	/* of counters and latency_* */
	TISER_CFS_STAT_NODE = 1,	/* one node per target */
	/* Objects of iscsiTargetLoginStatsTable that count failed logins. */
	TISER_CFS_OTHER_FAILS = 2,
	TISER_CFS_AUTHORIZE_FAILS = 4,
	TISER_CFS_AUTHENTICATE_FAILS = 5,
	TISER_CFS_NEGOTIATE_FAILS = 6,
	/* Failed logins as RFC 4544, iscsiTargetLoginStatsTable, counts them. */
	TISER_CFS_REDIRECTS = BIT(TISER_LOGIN_FAILURE_REDIRECTED),
	TISER_CFS_AUTHORIZE = BIT(TISER_LOGIN_FAILURE_AUTHORIZATION),
	TISER_CFS_AUTHENTICATE = BIT(TISER_LOGIN_FAILURE_AUTHENTICATION),
	TISER_CFS_NEGOTIATE = BIT(TISER_LOGIN_FAILURE_NEGOTIATION),
};

/**
 * struct tiser_cfs_stat - what is read at once
 * @sum: counters and histograms
 * @gauges: what there is now
 */
struct tiser_cfs_stat {
	struct tiser_stats_sum sum;
	struct tiser_stats_gauges gauges;
};

/* Too large for the stack. Returns NULL without memory; to be kfreed. */
static struct tiser_cfs_stat *tiser_cfs_stat_read(struct config_item *item)
{
	struct tiser_tpg *tpg = tiser_tpg_of(to_tpg(item));
	struct tiser_cfs_stat *stat = kzalloc(sizeof(*stat), GFP_KERNEL);

	if (stat)
		tiser_stats_group_add(&tpg->stats, &stat->sum, &stat->gauges);
	return stat;
}

static ssize_t tiser_cfs_tpg_counters_show(struct config_item *item, char *page)
{
	struct tiser_cfs_stat *stat = tiser_cfs_stat_read(item);
	ssize_t len;

	if (!stat)
		return -ENOMEM;
	len = sysfs_emit(page, "version %u\nsessions %u\nconnections %u\n",
			 TISER_CFS_STAT_VERSION, stat->gauges.sessions,
			 stat->gauges.connections);
	len += tiser_stats_emit_counters(&stat->sum, page, len);
	len += tiser_endings_emit(tiser_tpg_of(to_tpg(item)), page, len);
	kfree(stat);
	return len;
}

static ssize_t tiser_cfs_latency_show(struct config_item *item,
				      enum tiser_stats_class class, char *page)
{
	struct tiser_cfs_stat *stat = tiser_cfs_stat_read(item);
	ssize_t len;

	if (!stat)
		return -ENOMEM;
	len = tiser_stats_emit_latency(&stat->sum, class, "", page, 0);
	kfree(stat);
	return len;
}

static ssize_t tiser_cfs_tpg_latency_read_show(struct config_item *item,
					       char *page)
{
	return tiser_cfs_latency_show(item, TISER_CLASS_READ, page);
}

static ssize_t tiser_cfs_tpg_latency_immediate_show(struct config_item *item,
						    char *page)
{
	return tiser_cfs_latency_show(item, TISER_CLASS_IMMEDIATE, page);
}

static ssize_t tiser_cfs_tpg_latency_solicited_show(struct config_item *item,
						    char *page)
{
	return tiser_cfs_latency_show(item, TISER_CLASS_SOLICITED, page);
}

/* Not CONFIGFS_ATTR_RO(), which would keep them from tpg.c. */
#define TISER_CFS_TPG_FILE(_name)					\
struct configfs_attribute tiser_cfs_tpg_attr_##_name = {		\
	.ca_name = #_name,						\
	.ca_mode = 0444,						\
	.ca_owner = THIS_MODULE,					\
	.show = tiser_cfs_tpg_##_name##_show,				\
}

TISER_CFS_TPG_FILE(counters);
TISER_CFS_TPG_FILE(latency_read);
TISER_CFS_TPG_FILE(latency_immediate);
TISER_CFS_TPG_FILE(latency_solicited);

/*
 * fabric_statistics of a target.
 */

static struct tiser_tgt *tiser_cfs_stat_tgt(struct config_item *item)
{
	struct config_group *parent = to_config_group(item->ci_parent);

	return container_of(parent, struct tiser_tgt, wwn.fabric_stat_group);
}

/* Over the portal groups that are there. */
static u64 tiser_cfs_stat_sum(struct tiser_tgt *tgt, enum tiser_stat stat)
{
	struct tiser_tpg *tpg;
	u64 n = 0;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node)
		n += tiser_stats_group_get(&tpg->stats, stat);
	mutex_unlock(&tgt->mutex);
	return n;
}

static u64 tiser_cfs_stat_errors(struct tiser_tgt *tgt)
{
	return tiser_cfs_stat_sum(tgt, TISER_STAT_NOPIN_TIMEOUTS) +
	       tiser_cfs_stat_sum(tgt, TISER_STAT_FORMAT_ERRORS);
}

static u32 tiser_cfs_stat_sessions(struct tiser_tgt *tgt)
{
	struct tiser_tpg *tpg;
	u32 n = 0;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node)
		n += tiser_stats_group_sessions(&tpg->stats);
	mutex_unlock(&tgt->mutex);
	return n;
}

static u32 tiser_cfs_stat_portals(struct tiser_tgt *tgt)
{
	const struct list_head *portal;
	struct tiser_tpg *tpg;
	u32 n = 0;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node) {
		mutex_lock(&tpg->mutex);
		list_for_each(portal, &tpg->portals)
			n++;
		mutex_unlock(&tpg->mutex);
	}
	mutex_unlock(&tgt->mutex);
	return n;
}

static struct tiser_stats_failed tiser_cfs_stat_failed(struct tiser_tgt *tgt)
{
	struct tiser_stats_failed failed = {};
	struct tiser_tpg *tpg;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node)
		tiser_stats_group_failed(&tpg->stats, &failed);
	mutex_unlock(&tgt->mutex);
	return failed;
}

/* Failed logins of the kinds in @failures, BIT(enum tiser_login_failure). */
static u64 tiser_cfs_stat_failures(struct tiser_tgt *tgt, u32 failures)
{
	struct tiser_tpg *tpg;
	u64 n = 0;
	int i;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node)
		for (i = 0; i < TISER_LOGIN_FAILURE_NR; i++)
			if (failures & BIT(i))
				n += atomic_long_read(&tpg->login_failures[i]);
	mutex_unlock(&tgt->mutex);
	return n;
}

/* The last failed login of all portal groups; when is 0 if there was none. */
static struct tiser_login_failed
tiser_cfs_stat_login_failed(struct tiser_tgt *tgt)
{
	struct tiser_login_failed last = {};
	struct tiser_tpg *tpg;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node) {
		mutex_lock(&tpg->stats.lock);
		if (tpg->login_failed.when > last.when)
			last = tpg->login_failed;
		mutex_unlock(&tpg->stats.lock);
	}
	mutex_unlock(&tgt->mutex);
	return last;
}

/* A file of one value, which may make use of tgt. */
#define TISER_CFS_TGT_STAT(_dir, _name, _format, _value)		\
static ssize_t tiser_cfs_##_dir##_##_name##_show(			\
		struct config_item *item, char *page)			\
{									\
	struct tiser_tgt *tgt __maybe_unused = tiser_cfs_stat_tgt(item); \
									\
	return sysfs_emit(page, _format "\n", _value);			\
}									\
CONFIGFS_ATTR_RO(tiser_cfs_##_dir##_, _name)

TISER_CFS_TGT_STAT(instance, inst, "%u", tgt->index);
TISER_CFS_TGT_STAT(instance, min_ver, "%u", 0);	/* RFC 7143, 11.12.4 */
TISER_CFS_TGT_STAT(instance, max_ver, "%u", 0);
TISER_CFS_TGT_STAT(instance, portals, "%u", tiser_cfs_stat_portals(tgt));
TISER_CFS_TGT_STAT(instance, nodes, "%u", 1);
TISER_CFS_TGT_STAT(instance, sessions, "%u", tiser_cfs_stat_sessions(tgt));
TISER_CFS_TGT_STAT(instance, fail_sess, "%llu", tiser_cfs_stat_errors(tgt));
TISER_CFS_TGT_STAT(instance, fail_type, "%u",
		   tiser_cfs_stat_failed(tgt).failure);

static ssize_t tiser_cfs_instance_fail_rem_name_show(struct config_item *item,
						     char *page)
{
	struct tiser_stats_failed failed =
		tiser_cfs_stat_failed(tiser_cfs_stat_tgt(item));

	return sysfs_emit(page, "%s\n",
			  failed.failure ? failed.initiator : "None");
}
CONFIGFS_ATTR_RO(tiser_cfs_instance_, fail_rem_name);

TISER_CFS_TGT_STAT(instance, disc_time, "%u", 0);
TISER_CFS_TGT_STAT(instance, description, "%s", "iSER target (RFC 7145)");
TISER_CFS_TGT_STAT(instance, vendor, "%s", KBUILD_MODNAME);
TISER_CFS_TGT_STAT(instance, version, "%s",
		   THIS_MODULE->version ?: "(no version)");

static struct configfs_attribute *tiser_cfs_instance_attrs[] = {
	&tiser_cfs_instance_attr_inst,
	&tiser_cfs_instance_attr_min_ver,
	&tiser_cfs_instance_attr_max_ver,
	&tiser_cfs_instance_attr_portals,
	&tiser_cfs_instance_attr_nodes,
	&tiser_cfs_instance_attr_sessions,
	&tiser_cfs_instance_attr_fail_sess,
	&tiser_cfs_instance_attr_fail_type,
	&tiser_cfs_instance_attr_fail_rem_name,
	&tiser_cfs_instance_attr_disc_time,
	&tiser_cfs_instance_attr_description,
	&tiser_cfs_instance_attr_vendor,
	&tiser_cfs_instance_attr_version,
	NULL,
};

TISER_CFS_TGT_STAT(login, inst, "%u", tgt->index);
TISER_CFS_TGT_STAT(login, indx, "%u", TISER_CFS_STAT_NODE);
TISER_CFS_TGT_STAT(login, accepts, "%llu",
		   tiser_cfs_stat_sum(tgt, TISER_STAT_LOGINS));
TISER_CFS_TGT_STAT(login, redirects, "%llu",
		   tiser_cfs_stat_failures(tgt, TISER_CFS_REDIRECTS));
TISER_CFS_TGT_STAT(login, authorize_fails, "%llu",
		   tiser_cfs_stat_failures(tgt, TISER_CFS_AUTHORIZE));
TISER_CFS_TGT_STAT(login, authenticate_fails, "%llu",
		   tiser_cfs_stat_failures(tgt, TISER_CFS_AUTHENTICATE));
TISER_CFS_TGT_STAT(login, negotiate_fails, "%llu",
		   tiser_cfs_stat_failures(tgt, TISER_CFS_NEGOTIATE));
TISER_CFS_TGT_STAT(login, other_fails, "%llu",
		   tiser_cfs_stat_failures(tgt, ~(TISER_CFS_REDIRECTS |
						  TISER_CFS_AUTHORIZE |
						  TISER_CFS_AUTHENTICATE |
						  TISER_CFS_NEGOTIATE)));

static struct configfs_attribute *tiser_cfs_login_attrs[] = {
	&tiser_cfs_login_attr_inst,
	&tiser_cfs_login_attr_indx,
	&tiser_cfs_login_attr_accepts,
	&tiser_cfs_login_attr_other_fails,
	&tiser_cfs_login_attr_redirects,
	&tiser_cfs_login_attr_authorize_fails,
	&tiser_cfs_login_attr_authenticate_fails,
	&tiser_cfs_login_attr_negotiate_fails,
	NULL,
};

TISER_CFS_TGT_STAT(logout, inst, "%u", tgt->index);
TISER_CFS_TGT_STAT(logout, indx, "%u", TISER_CFS_STAT_NODE);
TISER_CFS_TGT_STAT(logout, normal_logouts, "%llu",
		   tiser_cfs_stat_sum(tgt, TISER_STAT_LOGOUTS));
TISER_CFS_TGT_STAT(logout, abnormal_logouts, "%llu",
		   tiser_cfs_stat_sum(tgt, TISER_STAT_ABNORMAL_LOGOUTS));

static struct configfs_attribute *tiser_cfs_logout_attrs[] = {
	&tiser_cfs_logout_attr_inst,
	&tiser_cfs_logout_attr_indx,
	&tiser_cfs_logout_attr_normal_logouts,
	&tiser_cfs_logout_attr_abnormal_logouts,
	NULL,
};

TISER_CFS_TGT_STAT(sess_err, inst, "%u", tgt->index);
/* RFC 7145, 5: there are no digests over iSER. */
TISER_CFS_TGT_STAT(sess_err, digest_errors, "%u", 0);
TISER_CFS_TGT_STAT(sess_err, cxn_errors, "%llu",
		   tiser_cfs_stat_sum(tgt, TISER_STAT_NOPIN_TIMEOUTS));
TISER_CFS_TGT_STAT(sess_err, format_errors, "%llu",
		   tiser_cfs_stat_sum(tgt, TISER_STAT_FORMAT_ERRORS));

static struct configfs_attribute *tiser_cfs_sess_err_attrs[] = {
	&tiser_cfs_sess_err_attr_inst,
	&tiser_cfs_sess_err_attr_digest_errors,
	&tiser_cfs_sess_err_attr_cxn_errors,
	&tiser_cfs_sess_err_attr_format_errors,
	NULL,
};

TISER_CFS_TGT_STAT(tgt_attr, inst, "%u", tgt->index);
TISER_CFS_TGT_STAT(tgt_attr, indx, "%u", TISER_CFS_STAT_NODE);
/* Redirection is no failure (RFC 4544, iscsiTgtLoginFailures). */
TISER_CFS_TGT_STAT(tgt_attr, login_fails, "%llu",
		   tiser_cfs_stat_failures(tgt, ~TISER_CFS_REDIRECTS));

/* Hundredths of a second since the system started (RFC 4544, TimeStamp). */
static u32 tiser_cfs_fail_time(const struct tiser_login_failed *last)
{
	return div_u64((last->when - INITIAL_JIFFIES) * 100, HZ);
}

static u32 tiser_cfs_fail_type(const struct tiser_login_failed *last)
{
	u32 failure = BIT(last->failure);

	if (failure & TISER_CFS_AUTHORIZE)
		return TISER_CFS_AUTHORIZE_FAILS;
	if (failure & TISER_CFS_AUTHENTICATE)
		return TISER_CFS_AUTHENTICATE_FAILS;
	if (failure & TISER_CFS_NEGOTIATE)
		return TISER_CFS_NEGOTIATE_FAILS;
	return TISER_CFS_OTHER_FAILS;
}

static const char *tiser_cfs_fail_addr_type(const struct tiser_login_failed *last)
{
	return last->peer.ss_family == AF_INET6 ? "ipv6" : "ipv4";
}

/* A file about the last failed login; none is a value of its own. */
#define TISER_CFS_LAST_FAIL(_name, _format, _value, _none)		\
static ssize_t tiser_cfs_tgt_attr_##_name##_show(			\
		struct config_item *item, char *page)			\
{									\
	struct tiser_login_failed last =				\
		tiser_cfs_stat_login_failed(tiser_cfs_stat_tgt(item));	\
									\
	if (!last.when)							\
		return sysfs_emit(page, _none "\n");			\
	return sysfs_emit(page, _format "\n", _value);			\
}									\
CONFIGFS_ATTR_RO(tiser_cfs_tgt_attr_, _name)

TISER_CFS_LAST_FAIL(last_fail_time, "%u", tiser_cfs_fail_time(&last), "0");
TISER_CFS_LAST_FAIL(last_fail_type, "%u", tiser_cfs_fail_type(&last), "0");
TISER_CFS_LAST_FAIL(fail_intr_name, "%s", last.initiator, "None");
TISER_CFS_LAST_FAIL(fail_intr_addr_type, "%s", tiser_cfs_fail_addr_type(&last),
		    "unknown");
TISER_CFS_LAST_FAIL(fail_intr_addr, "%pISc", &last.peer, "None");

static struct configfs_attribute *tiser_cfs_tgt_attr_attrs[] = {
	&tiser_cfs_tgt_attr_attr_inst,
	&tiser_cfs_tgt_attr_attr_indx,
	&tiser_cfs_tgt_attr_attr_login_fails,
	&tiser_cfs_tgt_attr_attr_last_fail_time,
	&tiser_cfs_tgt_attr_attr_last_fail_type,
	&tiser_cfs_tgt_attr_attr_fail_intr_name,
	&tiser_cfs_tgt_attr_attr_fail_intr_addr_type,
	&tiser_cfs_tgt_attr_attr_fail_intr_addr,
	NULL,
};

static const struct {
	const char *name;
	struct config_item_type type;
} tiser_cfs_tgt_stats[TISER_TGT_STATS] = {
	{ "iscsi_instance", {
		.ct_attrs = tiser_cfs_instance_attrs,
		.ct_owner = THIS_MODULE } },
	{ "iscsi_login_stats", {
		.ct_attrs = tiser_cfs_login_attrs,
		.ct_owner = THIS_MODULE } },
	{ "iscsi_logout_stats", {
		.ct_attrs = tiser_cfs_logout_attrs,
		.ct_owner = THIS_MODULE } },
	{ "iscsi_sess_err", {
		.ct_attrs = tiser_cfs_sess_err_attrs,
		.ct_owner = THIS_MODULE } },
	{ "iscsi_tgt_attr", {
		.ct_attrs = tiser_cfs_tgt_attr_attrs,
		.ct_owner = THIS_MODULE } },
};

/**
 * tiser_cfs_add_wwn_groups - target_core_fabric_ops.add_wwn_groups
 * @wwn: LIO's part of a new target; LIO removes what is added here
 *
 * Context: process.
 */
void tiser_cfs_add_wwn_groups(struct se_wwn *wwn)
{
	struct tiser_tgt *tgt = container_of(wwn, struct tiser_tgt, wwn);
	u32 i;

	for (i = 0; i < TISER_TGT_STATS; i++) {
		config_group_init_type_name(&tgt->stat[i],
					    tiser_cfs_tgt_stats[i].name,
					    &tiser_cfs_tgt_stats[i].type);
		configfs_add_default_group(&tgt->stat[i],
					   &wwn->fabric_stat_group);
	}
}

/*
 * fabric_statistics of an ACL: of its session, or empty.
 */

static struct se_node_acl *tiser_cfs_stat_nacl(struct config_item *item)
{
	struct config_group *parent = to_config_group(item->ci_parent);

	return container_of(parent, struct se_node_acl, acl_fabric_stat_group);
}

#define TISER_CFS_SESS_STAT(_name, _format, _value)			\
static ssize_t tiser_cfs_sess_##_name##_show(struct config_item *item,	\
					     char *page)		\
{									\
	struct tiser_acl_session session;				\
									\
	if (!tiser_acl_session(tiser_cfs_stat_nacl(item), &session))	\
		return 0;						\
	return sysfs_emit(page, _format "\n", _value);			\
}									\
CONFIGFS_ATTR_RO(tiser_cfs_sess_, _name)

static ssize_t tiser_cfs_sess_inst_show(struct config_item *item, char *page)
{
	const struct se_node_acl *nacl = tiser_cfs_stat_nacl(item);

	return sysfs_emit(page, "%u\n", tiser_tpg_of(nacl->se_tpg)->tgt->index);
}
CONFIGFS_ATTR_RO(tiser_cfs_sess_, inst);

TISER_CFS_SESS_STAT(node, "%u", TISER_CFS_STAT_NODE);
TISER_CFS_SESS_STAT(indx, "%u", session.index);
TISER_CFS_SESS_STAT(cmd_pdus, "%llu", session.cmds);
TISER_CFS_SESS_STAT(rsp_pdus, "%llu", session.cmds);
TISER_CFS_SESS_STAT(txdata_octs, "%llu", session.bytes_out);
TISER_CFS_SESS_STAT(rxdata_octs, "%llu", session.bytes_in);
TISER_CFS_SESS_STAT(conn_digest_errors, "%u", 0);
TISER_CFS_SESS_STAT(conn_timeout_errors, "%llu", session.timeouts);

static struct configfs_attribute *tiser_cfs_sess_attrs[] = {
	&tiser_cfs_sess_attr_inst,
	&tiser_cfs_sess_attr_node,
	&tiser_cfs_sess_attr_indx,
	&tiser_cfs_sess_attr_cmd_pdus,
	&tiser_cfs_sess_attr_rsp_pdus,
	&tiser_cfs_sess_attr_txdata_octs,
	&tiser_cfs_sess_attr_rxdata_octs,
	&tiser_cfs_sess_attr_conn_digest_errors,
	&tiser_cfs_sess_attr_conn_timeout_errors,
	NULL,
};

static const struct config_item_type tiser_cfs_sess_type = {
	.ct_attrs = tiser_cfs_sess_attrs,
	.ct_owner = THIS_MODULE,
};

/**
 * tiser_cfs_stat_add_acl - fabric_statistics/iscsi_sess_stats of a new ACL
 * @nacl: ACL being made by mkdir; LIO removes what is added here
 *
 * Context: process.
 */
void tiser_cfs_stat_add_acl(struct se_node_acl *nacl)
{
	struct tiser_acl *acl = tiser_acl_of(nacl);

	config_group_init_type_name(&acl->stat, "iscsi_sess_stats",
				    &tiser_cfs_sess_type);
	configfs_add_default_group(&acl->stat, &nacl->acl_fabric_stat_group);
}
