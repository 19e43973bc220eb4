// SPDX-License-Identifier: GPL-2.0
/*
 * Portal groups: <target>/tpgt_<tag>, their life and the files directly in
 * them; and the few helpers every file of configfs/ needs.
 *
 * The `enable` file is LIO's, it calls tiser_cfs_enable_tpg() on a change.
 * What enabling means is the iSCSI layer's business.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <scsi/scsi_proto.h>
#include <target/target_core_fabric.h>
#include <tiser/target.h>
#include "configfs.h"

/* Longest part of a refused value that is worth a place in the log. */
enum { TISER_CFS_LOG_VALUE_MAX = 64 };

/**
 * tiser_cfs_parse_u32 - read a number an administrator wrote
 * @page: decimal, 0x hexadecimal or 0 octal digits, one newline tolerated
 * @value: result
 *
 * Context: any.
 * Return: 0, -EINVAL if it is no number, -ERANGE if it exceeds 32 bits.
 */
int tiser_cfs_parse_u32(const char *page, u32 *value)
{
	/* kstrtou32() would take a sign. */
	if (!isdigit(page[0]))
		return -EINVAL;
	return kstrtou32(page, 0, value);
}

/**
 * tiser_cfs_parse_name_u16 - read a number that is part of a directory's name
 * @digits: decimal digits to the end of the string
 * @value: result
 *
 * One number has one spelling here, or two directories could mean the same
 * thing: no sign, no leading zero, no newline.
 *
 * Context: any.
 * Return: 0, -EINVAL, -ERANGE if it exceeds 16 bits.
 */
int tiser_cfs_parse_name_u16(const char *digits, u16 *value)
{
	if (digits[strspn(digits, "0123456789")] != '\0')
		return -EINVAL;
	if (digits[0] == '0' && digits[1] != '\0')
		return -EINVAL;
	return kstrtou16(digits, 10, value);
}

/**
 * tiser_cfs_refuse - say in the log why a written value is refused
 * @tpg: portal group
 * @file: name of the configfs file
 * @value: what was written, a trailing newline is not shown
 * @rule: format of the rule it breaks
 *
 * Context: process.
 * Return: -EINVAL, for the caller to return.
 */
int tiser_cfs_refuse(const struct tiser_tpg *tpg, const char *file,
		     const char *value, const char *rule, ...)
{
	int shown = min_t(size_t, strcspn(value, "\n"), TISER_CFS_LOG_VALUE_MAX);
	struct va_format vaf;
	va_list args;

	va_start(args, rule);
	vaf.fmt = rule;
	vaf.va = &args;
	pr_err("%s tpgt_%u: %s \"%.*s\" refused: %pV\n", tpg->tgt->name,
	       tpg->tag, file, shown, value, &vaf);
	va_end(args);
	return -EINVAL;
}

/**
 * tiser_cfs_ignore - say in the log that a written value has no effect
 * @tpg: portal group
 * @file: name of the configfs file, which keeps its value
 * @value: what was written, a trailing newline is not shown
 *
 * For what the iscsi fabric takes and iSER or this target leaves no choice
 * about: a configuration that comes from there must load without an error.
 *
 * Context: process.
 */
void tiser_cfs_ignore(const struct tiser_tpg *tpg, const char *file,
		      const char *value)
{
	int shown = min_t(size_t, strcspn(value, "\n"), TISER_CFS_LOG_VALUE_MAX);

	pr_notice("%s tpgt_%u: %s \"%.*s\" has no effect here, the value stays\n",
		  tpg->tgt->name, tpg->tag, file, shown, value);
}

/**
 * tiser_cfs_raise_depth - let connections of a group have this CmdSN window
 * @tpg: portal group
 * @depth: commands
 *
 * To be called before the window is put into force, so that no login finds
 * a window larger than tpg->max_depth.
 *
 * Context: process, may sleep; takes tpg->mutex.
 */
void tiser_cfs_raise_depth(struct tiser_tpg *tpg, u32 depth)
{
	mutex_lock(&tpg->mutex);
	if (tpg->max_depth < depth)
		WRITE_ONCE(tpg->max_depth, depth);
	mutex_unlock(&tpg->mutex);
}

static int tiser_cfs_parse_tag(const char *name, u16 *tag)
{
	static const char prefix[] = "tpgt_";

	if (!strstarts(name, prefix))
		return -EINVAL;
	return tiser_cfs_parse_name_u16(name + strlen(prefix), tag);
}

static struct tiser_cfs_tpg *tiser_cfs_tpg_alloc(struct tiser_tgt *tgt, u16 tag)
{
	struct tiser_cfs_tpg *ctpg;
	struct tiser_tpg *tpg;

	ctpg = kzalloc(sizeof(*ctpg), GFP_KERNEL);
	if (!ctpg)
		return NULL;

	tpg = &ctpg->tpg;
	tiser_tpg_init(tpg);
	tpg->tgt = tgt;
	tpg->tag = tag;
	tiser_cfs_attrib_init(tpg);
	tiser_cfs_param_init(ctpg);
	tpg->max_depth = tpg->attrib[TISER_ATTRIB_DEFAULT_CMDSN_DEPTH];
	return ctpg;
}

static void tiser_cfs_tpg_free(struct tiser_cfs_tpg *ctpg)
{
	tiser_stats_group_exit(&ctpg->tpg.stats);
	mutex_destroy(&ctpg->tpg.mutex);
	kfree_sensitive(ctpg);
}

/**
 * tiser_cfs_make_tpg - create a portal group (mkdir tpgt_<tag>)
 * @wwn: LIO's part of its target
 * @name: "tpgt_" and the tag, 0 to 65535
 *
 * The group is disabled and has the defaults of the iscsi fabric.
 *
 * Context: process, may sleep; takes tgt->mutex.
 * Return: LIO's part of the group, freed by tiser_cfs_drop_tpg(); or
 * ERR_PTR(-EINVAL) for a bad name, ERR_PTR(-ENOMEM), or LIO's error.
 */
struct se_portal_group *tiser_cfs_make_tpg(struct se_wwn *wwn, const char *name)
{
	struct tiser_tgt *tgt = container_of(wwn, struct tiser_tgt, wwn);
	struct tiser_cfs_tpg *ctpg;
	u16 tag;
	int ret;

	if (tiser_cfs_parse_tag(name, &tag)) {
		pr_err("%s: portal group %s refused: must be tpgt_0 to tpgt_65535\n",
		       tgt->name, name);
		return ERR_PTR(-EINVAL);
	}

	ctpg = tiser_cfs_tpg_alloc(tgt, tag);
	if (!ctpg)
		return ERR_PTR(-ENOMEM);

	ret = core_tpg_register(wwn, &ctpg->tpg.tpg, SCSI_PROTOCOL_ISCSI);
	if (ret) {
		pr_err("%s: portal group %s refused by LIO: error %d\n",
		       tgt->name, name, ret);
		goto err_free_tpg;
	}

	mutex_lock(&tgt->mutex);
	list_add_tail(&ctpg->tpg.tgt_node, &tgt->tpgs);
	mutex_unlock(&tgt->mutex);
	return &ctpg->tpg.tpg;

err_free_tpg:
	tiser_cfs_tpg_free(ctpg);
	return ERR_PTR(ret);
}

/**
 * tiser_cfs_drop_tpg - stop and free a portal group
 * @se_tpg: from tiser_cfs_make_tpg(); configfs has removed its portals, ACLs
 *	and LUNs, and writes to its files are over
 *
 * Unlinked before it is stopped: a search of tgt->tpgs that comes later than
 * tiser_tpg_disable() must not find it.
 *
 * Context: process, sleeps until the sessions of the group are closed; takes
 * tgt->mutex.
 */
void tiser_cfs_drop_tpg(struct se_portal_group *se_tpg)
{
	struct tiser_tpg *tpg = tiser_tpg_of(se_tpg);

	mutex_lock(&tpg->tgt->mutex);
	list_del(&tpg->tgt_node);
	mutex_unlock(&tpg->tgt->mutex);

	if (READ_ONCE(tpg->enabled))
		tiser_tpg_disable(tpg);

	WARN_ON_ONCE(!list_empty(&tpg->portals));
	WARN_ON_ONCE(atomic_read(&tpg->sessions.count));
	core_tpg_deregister(se_tpg);
	tiser_cfs_tpg_free(tiser_cfs_tpg_of(tpg));
}

/**
 * tiser_cfs_enable_tpg - accept logins to a portal group, or stop
 * @se_tpg: portal group
 * @enable: what `enable` shall become; LIO calls only for a change
 *
 * Context: process; sleeps until all sessions are closed when disabling.
 * Return: 0, or the error of tiser_tpg_enable(); LIO then keeps the old value.
 */
int tiser_cfs_enable_tpg(struct se_portal_group *se_tpg, bool enable)
{
	struct tiser_tpg *tpg = tiser_tpg_of(se_tpg);
	int ret;

	if (!enable) {
		tiser_tpg_disable(tpg);
		return 0;
	}

	ret = tiser_tpg_enable(tpg);
	if (ret)
		pr_err("%s tpgt_%u: cannot be enabled: error %d\n",
		       tpg->tgt->name, tpg->tag, ret);
	return ret;
}

static ssize_t tiser_cfs_tpg_dynamic_sessions_show(struct config_item *item,
						   char *page)
{
	return target_show_dynamic_sessions(to_tpg(item), page);
}
CONFIGFS_ATTR_RO(tiser_cfs_tpg_, dynamic_sessions);

struct configfs_attribute *tiser_cfs_tpg_base_attrs[] = {
	&tiser_cfs_tpg_attr_dynamic_sessions,
	&tiser_cfs_tpg_attr_counters,
	&tiser_cfs_tpg_attr_latency_read,
	&tiser_cfs_tpg_attr_latency_immediate,
	&tiser_cfs_tpg_attr_latency_solicited,
	NULL,
};
