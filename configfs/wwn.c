// SPDX-License-Identifier: GPL-2.0
/*
 * Targets: target/iser/<iSCSI name>, and the files beside them.
 *
 * Owns the list of targets that logins and discovery search. Knows nothing of
 * what is inside a portal group.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bug.h>
#include <linux/configfs.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <tiser/proto/text.h>
#include <tiser/target.h>

/* Protects tiser_targets, and tiser_cfs_cpus; outermost lock, see tiser/target.h. */
DEFINE_MUTEX(tiser_targets_lock);
LIST_HEAD(tiser_targets);
/* Of the next target; under the lock. */
static u32 tiser_cfs_tgt_index;

/**
 * tiser_cfs_make_wwn - create a target (mkdir target/iser/<name>)
 * @tf: the fabric, unused
 * @group: the fabric's directory, unused
 * @name: iSCSI name, RFC 7143 4.2.7
 *
 * Two targets cannot have one name: configfs refuses the second directory.
 *
 * Context: process, may sleep; takes tiser_targets_lock.
 * Return: LIO's part of the new target, freed by tiser_cfs_drop_wwn(); or
 * ERR_PTR(-EINVAL) for a bad name, ERR_PTR(-ENOMEM).
 */
struct se_wwn *tiser_cfs_make_wwn(struct target_fabric_configfs *tf,
				  struct config_group *group, const char *name)
{
	struct tiser_tgt *tgt;

	if (!tiser_text_name_valid(name)) {
		pr_err("target %s refused: not an iqn., eui. or naa. name in lower case, of at most %d characters\n",
		       name, TISER_NAME_MAX);
		return ERR_PTR(-EINVAL);
	}

	tgt = kzalloc(sizeof(*tgt), GFP_KERNEL);
	if (!tgt)
		return ERR_PTR(-ENOMEM);
	strscpy(tgt->name, name, sizeof(tgt->name));
	mutex_init(&tgt->mutex);
	INIT_LIST_HEAD(&tgt->tpgs);

	mutex_lock(&tiser_targets_lock);
	tgt->index = tiser_cfs_tgt_index++;
	list_add_tail(&tgt->node, &tiser_targets);
	mutex_unlock(&tiser_targets_lock);
	return &tgt->wwn;
}

/**
 * tiser_cfs_drop_wwn - free a target
 * @wwn: from tiser_cfs_make_wwn(); configfs has removed its portal groups
 *
 * Context: process, may sleep; takes tiser_targets_lock.
 */
void tiser_cfs_drop_wwn(struct se_wwn *wwn)
{
	struct tiser_tgt *tgt = container_of(wwn, struct tiser_tgt, wwn);

	mutex_lock(&tiser_targets_lock);
	list_del(&tgt->node);
	mutex_unlock(&tiser_targets_lock);

	WARN_ON_ONCE(!list_empty(&tgt->tpgs));
	mutex_destroy(&tgt->mutex);
	kfree(tgt);
}

static ssize_t tiser_cfs_wwn_version_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "tcm_iser %s, iSER target (RFC 7145)\n",
			  THIS_MODULE->version ?: "(no version)");
}
CONFIGFS_ATTR_RO(tiser_cfs_wwn_, version);

/* The same under the name it has in the iscsi fabric. */
static ssize_t tiser_cfs_wwn_lio_version_show(struct config_item *item,
					      char *page)
{
	return tiser_cfs_wwn_version_show(item, page);
}
CONFIGFS_ATTR_RO(tiser_cfs_wwn_, lio_version);

/*
 * For tools that set it for the threads of the iscsi fabric. There are none
 * here: a connection is served where the RDMA device interrupts.
 */
static struct cpumask tiser_cfs_cpus = CPU_MASK_ALL;

static ssize_t tiser_cfs_wwn_cpus_allowed_list_show(struct config_item *item,
						    char *page)
{
	ssize_t len;

	mutex_lock(&tiser_targets_lock);
	len = sysfs_emit(page, "%*pbl\n", cpumask_pr_args(&tiser_cfs_cpus));
	mutex_unlock(&tiser_targets_lock);
	return len;
}

static ssize_t tiser_cfs_wwn_cpus_allowed_list_store(struct config_item *item,
						     const char *page,
						     size_t count)
{
	cpumask_var_t cpus;
	int ret;

	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	ret = cpulist_parse(page, cpus);
	if (ret || cpumask_empty(cpus)) {
		pr_err("cpus_allowed_list \"%.*s\" refused: must be a list of processors that exist, such as 0-3,8\n",
		       min_t(int, strcspn(page, "\n"), 64), page);
		free_cpumask_var(cpus);
		return -EINVAL;
	}
	mutex_lock(&tiser_targets_lock);
	cpumask_copy(&tiser_cfs_cpus, cpus);
	mutex_unlock(&tiser_targets_lock);
	free_cpumask_var(cpus);
	return count;
}
CONFIGFS_ATTR(tiser_cfs_wwn_, cpus_allowed_list);

/*
 * The fabric's directory. No other names than those of the iscsi fabric:
 * management tools take everything else in it for a target.
 */
struct configfs_attribute *tiser_cfs_wwn_attrs[] = {
	&tiser_cfs_wwn_attr_version,
	&tiser_cfs_wwn_attr_lio_version,
	&tiser_cfs_wwn_attr_cpus_allowed_list,
	NULL,
};
