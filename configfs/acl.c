// SPDX-License-Identifier: GPL-2.0
/*
 * Node ACLs: tpgt_<tag>/acls/<initiator name>.
 *
 * LIO makes and frees them and their LUN directories; here is what it does not
 * know: which names are valid, and the files info, cmdsn_depth and tag.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/configfs.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <target/target_core_fabric.h>
#include <tiser/proto/text.h>
#include <tiser/target.h>
#include "configfs.h"

/**
 * tiser_cfs_init_nodeacl - check a new node ACL (mkdir acls/<name>)
 * @nacl: made by LIO, which deletes it again on error
 * @name: initiator name, RFC 7143 4.2.7
 *
 * Context: process, may sleep; takes tpg->mutex.
 * Return: 0, or -EINVAL for a bad name.
 */
int tiser_cfs_init_nodeacl(struct se_node_acl *nacl, const char *name)
{
	struct tiser_tpg *tpg = tiser_tpg_of(nacl->se_tpg);

	if (!tiser_text_name_valid(name)) {
		pr_err("%s tpgt_%u: ACL %s refused: not an iqn., eui. or naa. name in lower case, of at most %d characters\n",
		       tpg->tgt->name, tpg->tag, name, TISER_NAME_MAX);
		return -EINVAL;
	}
	tiser_cfs_raise_depth(tpg, nacl->queue_depth);
	tiser_cfs_stat_add_acl(nacl);
	return 0;
}

static ssize_t tiser_cfs_nacl_info_show(struct config_item *item, char *page)
{
	return tiser_acl_show_info(acl_to_nacl(item), page);
}

static ssize_t tiser_cfs_nacl_cmdsn_depth_show(struct config_item *item,
					       char *page)
{
	return sysfs_emit(page, "%u\n", acl_to_nacl(item)->queue_depth);
}

/*
 * A change makes LIO close the initiator's sessions one by one through
 * close_session(); they log in again with the new window. That sleeps and takes
 * tpg->mutex, so nothing is held here.
 */
static ssize_t tiser_cfs_nacl_cmdsn_depth_store(struct config_item *item,
						const char *page, size_t count)
{
	struct se_node_acl *nacl = acl_to_nacl(item);
	struct tiser_tpg *tpg = tiser_tpg_of(nacl->se_tpg);
	u32 depth;
	int ret;

	if (tiser_cfs_parse_u32(page, &depth) ||
	    depth < TISER_CMDSN_DEPTH_MIN || depth > TISER_CMDSN_DEPTH_MAX)
		return tiser_cfs_refuse(tpg, "cmdsn_depth", page,
					"must be %d to %d commands",
					TISER_CMDSN_DEPTH_MIN,
					TISER_CMDSN_DEPTH_MAX);

	tiser_cfs_raise_depth(tpg, depth);
	ret = core_tpg_set_initiator_node_queue_depth(nacl, depth);
	if (ret) {
		tiser_cfs_refuse(tpg, "cmdsn_depth", page, "LIO's error %d", ret);
		return ret;
	}
	return count;
}

/* Without a newline, as the iscsi fabric shows it. */
static ssize_t tiser_cfs_nacl_tag_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s", acl_to_nacl(item)->acl_tag);
}

/* Groups ACLs for management tools; LIO takes "NULL" as none. */
static ssize_t tiser_cfs_nacl_tag_store(struct config_item *item,
					const char *page, size_t count)
{
	struct se_node_acl *nacl = acl_to_nacl(item);
	char tag[MAX_ACL_TAG_SIZE];
	size_t len = strcspn(page, "\n");

	if (len >= sizeof(tag) || len + 1 < count)
		return tiser_cfs_refuse(tiser_tpg_of(nacl->se_tpg), "tag", page,
					"must be one line of at most %zu characters",
					sizeof(tag) - 1);
	memcpy(tag, page, len);
	tag[len] = '\0';
	core_tpg_set_initiator_node_tag(nacl->se_tpg, nacl, tag);
	return count;
}

CONFIGFS_ATTR_RO(tiser_cfs_nacl_, info);
CONFIGFS_ATTR(tiser_cfs_nacl_, cmdsn_depth);
CONFIGFS_ATTR(tiser_cfs_nacl_, tag);

struct configfs_attribute *tiser_cfs_nacl_base_attrs[] = {
	&tiser_cfs_nacl_attr_info,
	&tiser_cfs_nacl_attr_cmdsn_depth,
	&tiser_cfs_nacl_attr_tag,
	NULL,
};
