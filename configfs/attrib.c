// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of a portal group: tpgt_<tag>/attrib/<name>, with the names,
 * ranges and defaults of the iscsi fabric where that has them.
 *
 * Only keeps the values; who acts on one reads tpg->attrib[]. Values may be
 * changed at any time and hold for logins from then on.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/compiler.h>
#include <linux/configfs.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>
#include <tiser/target.h>
#include "configfs.h"

/**
 * struct tiser_cfs_attrib - what an attribute accepts
 * @name: name of its file
 * @min: smallest value
 * @max: largest value
 * @init: value of a new portal group
 * @why: follows the rule in the log, with its leading space; or NULL
 * @ignored: largest value of the iscsi fabric, if that is above @max: taken
 *	from a configuration of that fabric, without effect
 */
struct tiser_cfs_attrib {
	const char *name;
	u32 min;
	u32 max;
	u32 init;
	const char *why;
	u32 ignored;
};

static const struct tiser_cfs_attrib tiser_cfs_attribs[TISER_ATTRIB_NR] = {
	[TISER_ATTRIB_AUTHENTICATION] = { "authentication", 0, 1, 1 },
	[TISER_ATTRIB_LOGIN_TIMEOUT] = { "login_timeout", 5, 30, 15, " seconds" },
	[TISER_ATTRIB_GENERATE_NODE_ACLS] = { "generate_node_acls", 0, 1, 0 },
	[TISER_ATTRIB_DEFAULT_CMDSN_DEPTH] = {
		"default_cmdsn_depth", TISER_CMDSN_DEPTH_MIN,
		TISER_CMDSN_DEPTH_MAX, TISER_CMDSN_DEPTH_DEFAULT, " commands" },
	[TISER_ATTRIB_CACHE_DYNAMIC_ACLS] = { "cache_dynamic_acls", 0, 1, 0 },
	[TISER_ATTRIB_DEMO_MODE_WRITE_PROTECT] = {
		"demo_mode_write_protect", 0, 1, 1 },
	[TISER_ATTRIB_PROD_MODE_WRITE_PROTECT] = {
		"prod_mode_write_protect", 0, 1, 0 },
	[TISER_ATTRIB_DEMO_MODE_DISCOVERY] = { "demo_mode_discovery", 0, 1, 1 },
	[TISER_ATTRIB_DEFAULT_ERL] = {
		"default_erl", 0, 0, 0, " (no recovery beyond level 0)", 2 },
	[TISER_ATTRIB_T10_PI] = {
		"t10_pi", 0, 0, 0, " (no protection information)" },
	[TISER_ATTRIB_FABRIC_PROT_TYPE] = {
		"fabric_prot_type", 0, 0, 0, " (no protection information)" },
	[TISER_ATTRIB_TPG_ENABLED_SENDTARGETS] = {
		"tpg_enabled_sendtargets", 0, 1, 1 },
	[TISER_ATTRIB_NETIF_TIMEOUT] = { "netif_timeout", 2, 15, 2, " seconds" },
	[TISER_ATTRIB_LOGIN_KEYS_WORKAROUND] = {
		"login_keys_workaround", 0, 1, 1 },
	[TISER_ATTRIB_NOPIN_TIMEOUT] = {
		"nopin_timeout", 0, TISER_NOPIN_MAX, TISER_NOPIN_DEFAULT,
		" seconds" },
	[TISER_ATTRIB_NOPIN_RESPONSE_TIMEOUT] = {
		"nopin_response_timeout", 1, TISER_NOPIN_MAX,
		TISER_NOPIN_RESPONSE_DEFAULT, " seconds" },
	[TISER_ATTRIB_BASE_OFFSET_SOLICITED] = {
		"base_offset_solicited", 0, 1, 1 },
	[TISER_ATTRIB_LOGOUT_GRACE] = { "logout_grace", 0, 60, 2, " seconds" },
	[TISER_ATTRIB_DRAIN] = { "drain", 0, 1, 0 },
	[TISER_ATTRIB_TMR_WARM_RESET] = { "tmr_warm_reset", 0, 1, 1 },
	[TISER_ATTRIB_TMR_COLD_RESET] = { "tmr_cold_reset", 0, 1, 0 },
};

/**
 * tiser_cfs_attrib_init - give a new portal group the default attributes
 * @tpg: portal group nobody else knows yet
 *
 * Context: any.
 */
void tiser_cfs_attrib_init(struct tiser_tpg *tpg)
{
	unsigned int i;

	for (i = 0; i < TISER_ATTRIB_NR; i++)
		tpg->attrib[i] = tiser_cfs_attribs[i].init;
}

static int tiser_cfs_attrib_refuse(const struct tiser_tpg *tpg,
				   const struct tiser_cfs_attrib *attrib,
				   const char *page)
{
	const char *why = attrib->why ?: "";

	if (attrib->min == attrib->max)
		return tiser_cfs_refuse(tpg, attrib->name, page, "must be %u%s",
					attrib->min, why);
	return tiser_cfs_refuse(tpg, attrib->name, page, "must be %u to %u%s",
				attrib->min, attrib->max, why);
}

/*
 * As in the iscsi fabric, generated ACLs imply cached ones: writing 1 to
 * generate_node_acls sets cache_dynamic_acls, and writing 0 to that is
 * accepted and has no effect meanwhile.
 */
static void __tiser_cfs_attrib_set(struct tiser_tpg *tpg,
				   enum tiser_attrib index, u32 value)
{
	lockdep_assert_held(&tpg->mutex);

	if (index == TISER_ATTRIB_CACHE_DYNAMIC_ACLS &&
	    tpg->attrib[TISER_ATTRIB_GENERATE_NODE_ACLS])
		return;
	if (index == TISER_ATTRIB_GENERATE_NODE_ACLS && value)
		WRITE_ONCE(tpg->attrib[TISER_ATTRIB_CACHE_DYNAMIC_ACLS], 1);

	/* Pairs with READ_ONCE() of every reader without tpg->mutex. */
	WRITE_ONCE(tpg->attrib[index], value);
}

static ssize_t tiser_cfs_attrib_show(struct config_item *item,
				     enum tiser_attrib index, char *page)
{
	struct tiser_tpg *tpg = tiser_tpg_of(attrib_to_tpg(item));

	return sysfs_emit(page, "%u\n", READ_ONCE(tpg->attrib[index]));
}

static ssize_t tiser_cfs_attrib_store(struct config_item *item,
				      enum tiser_attrib index,
				      const char *page, size_t count)
{
	const struct tiser_cfs_attrib *attrib = &tiser_cfs_attribs[index];
	struct tiser_tpg *tpg = tiser_tpg_of(attrib_to_tpg(item));
	u32 value;

	if (tiser_cfs_parse_u32(page, &value) || value < attrib->min ||
	    value > max(attrib->max, attrib->ignored))
		return tiser_cfs_attrib_refuse(tpg, attrib, page);
	if (value > attrib->max) {
		tiser_cfs_ignore(tpg, attrib->name, page);
		return count;
	}

	if (index == TISER_ATTRIB_DEFAULT_CMDSN_DEPTH)
		tiser_cfs_raise_depth(tpg, value);

	mutex_lock(&tpg->mutex);
	__tiser_cfs_attrib_set(tpg, index, value);
	mutex_unlock(&tpg->mutex);
	/* After it is set: whoever joins from now on sees it. */
	if (index == TISER_ATTRIB_DRAIN && value)
		tiser_tpg_ask_logout(tpg);
	return count;
}

/* configfs tells a handler the directory, not the file: one pair per file. */
#define TISER_ATTRIB(_name, _index)					\
static ssize_t tiser_cfs_attrib_##_name##_show(				\
		struct config_item *item, char *page)			\
{									\
	return tiser_cfs_attrib_show(item, _index, page);		\
}									\
static ssize_t tiser_cfs_attrib_##_name##_store(			\
		struct config_item *item, const char *page, size_t count) \
{									\
	return tiser_cfs_attrib_store(item, _index, page, count);	\
}									\
CONFIGFS_ATTR(tiser_cfs_attrib_, _name)

TISER_ATTRIB(authentication, TISER_ATTRIB_AUTHENTICATION);
TISER_ATTRIB(login_timeout, TISER_ATTRIB_LOGIN_TIMEOUT);
TISER_ATTRIB(generate_node_acls, TISER_ATTRIB_GENERATE_NODE_ACLS);
TISER_ATTRIB(default_cmdsn_depth, TISER_ATTRIB_DEFAULT_CMDSN_DEPTH);
TISER_ATTRIB(cache_dynamic_acls, TISER_ATTRIB_CACHE_DYNAMIC_ACLS);
TISER_ATTRIB(demo_mode_write_protect, TISER_ATTRIB_DEMO_MODE_WRITE_PROTECT);
TISER_ATTRIB(prod_mode_write_protect, TISER_ATTRIB_PROD_MODE_WRITE_PROTECT);
TISER_ATTRIB(demo_mode_discovery, TISER_ATTRIB_DEMO_MODE_DISCOVERY);
TISER_ATTRIB(default_erl, TISER_ATTRIB_DEFAULT_ERL);
TISER_ATTRIB(t10_pi, TISER_ATTRIB_T10_PI);
TISER_ATTRIB(fabric_prot_type, TISER_ATTRIB_FABRIC_PROT_TYPE);
TISER_ATTRIB(tpg_enabled_sendtargets, TISER_ATTRIB_TPG_ENABLED_SENDTARGETS);
TISER_ATTRIB(netif_timeout, TISER_ATTRIB_NETIF_TIMEOUT);
TISER_ATTRIB(login_keys_workaround, TISER_ATTRIB_LOGIN_KEYS_WORKAROUND);
TISER_ATTRIB(nopin_timeout, TISER_ATTRIB_NOPIN_TIMEOUT);
TISER_ATTRIB(nopin_response_timeout, TISER_ATTRIB_NOPIN_RESPONSE_TIMEOUT);
TISER_ATTRIB(base_offset_solicited, TISER_ATTRIB_BASE_OFFSET_SOLICITED);
TISER_ATTRIB(logout_grace, TISER_ATTRIB_LOGOUT_GRACE);
TISER_ATTRIB(drain, TISER_ATTRIB_DRAIN);
TISER_ATTRIB(tmr_warm_reset, TISER_ATTRIB_TMR_WARM_RESET);
TISER_ATTRIB(tmr_cold_reset, TISER_ATTRIB_TMR_COLD_RESET);

struct configfs_attribute *tiser_cfs_tpg_attrib_attrs[] = {
	&tiser_cfs_attrib_attr_authentication,
	&tiser_cfs_attrib_attr_login_timeout,
	&tiser_cfs_attrib_attr_generate_node_acls,
	&tiser_cfs_attrib_attr_default_cmdsn_depth,
	&tiser_cfs_attrib_attr_cache_dynamic_acls,
	&tiser_cfs_attrib_attr_demo_mode_write_protect,
	&tiser_cfs_attrib_attr_prod_mode_write_protect,
	&tiser_cfs_attrib_attr_demo_mode_discovery,
	&tiser_cfs_attrib_attr_default_erl,
	&tiser_cfs_attrib_attr_t10_pi,
	&tiser_cfs_attrib_attr_fabric_prot_type,
	&tiser_cfs_attrib_attr_tpg_enabled_sendtargets,
	&tiser_cfs_attrib_attr_netif_timeout,
	&tiser_cfs_attrib_attr_login_keys_workaround,
	&tiser_cfs_attrib_attr_nopin_timeout,
	&tiser_cfs_attrib_attr_nopin_response_timeout,
	&tiser_cfs_attrib_attr_base_offset_solicited,
	&tiser_cfs_attrib_attr_logout_grace,
	&tiser_cfs_attrib_attr_drain,
	&tiser_cfs_attrib_attr_tmr_warm_reset,
	&tiser_cfs_attrib_attr_tmr_cold_reset,
	NULL,
};
