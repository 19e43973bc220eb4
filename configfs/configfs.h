/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of configfs/ share among themselves. Nobody else includes
 * this; what drivers/lio calls is declared in tiser/target.h.
 */
#ifndef TISER_CONFIGFS_H
#define TISER_CONFIGFS_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/types.h>
#include <tiser/target.h>

/* Pings of portal groups and ACLs, seconds; limits of the iscsi fabric. */
enum {
	TISER_NOPIN_DEFAULT = 15,
	TISER_NOPIN_RESPONSE_DEFAULT = 30,
	TISER_NOPIN_MAX = 60,
};

/**
 * struct tiser_cfs_tpg - a portal group with what only configfs knows
 * @tpg: what the other layers see
 * @max_xmit_dsl: MaxXmitDataSegmentLength, bytes; written under @tpg.mutex
 */
struct tiser_cfs_tpg {
	struct tiser_tpg tpg;
	u32 max_xmit_dsl;
};

static inline struct tiser_cfs_tpg *tiser_cfs_tpg_of(struct tiser_tpg *tpg)
{
	return container_of(tpg, struct tiser_cfs_tpg, tpg);
}

/* What a secret is used for elsewhere. */
enum tiser_cfs_secret_use {
	TISER_CFS_SECRET_NEW,
	TISER_CFS_SECRET_SHARED,	/* to authenticate another initiator */
	TISER_CFS_SECRET_OTHER_WAY,	/* in the other direction */
};

struct configfs_attribute;
struct tiser_auth;

extern struct configfs_attribute tiser_cfs_param_attr_LoginRedirect;
extern struct configfs_attribute tiser_cfs_tpg_attr_counters;
extern struct configfs_attribute tiser_cfs_tpg_attr_latency_read;
extern struct configfs_attribute tiser_cfs_tpg_attr_latency_immediate;
extern struct configfs_attribute tiser_cfs_tpg_attr_latency_solicited;

int tiser_cfs_parse_u32(const char *page, u32 *value);
int tiser_cfs_parse_name_u16(const char *digits, u16 *value);
__printf(4, 5)
int tiser_cfs_refuse(const struct tiser_tpg *tpg, const char *file,
		     const char *value, const char *rule, ...);
enum tiser_cfs_secret_use tiser_cfs_secret_used(const struct tiser_auth *own,
						bool mutual, const char *secret);
void tiser_cfs_ignore(const struct tiser_tpg *tpg, const char *file,
		      const char *value);
void tiser_cfs_raise_depth(struct tiser_tpg *tpg, u32 depth);
void tiser_cfs_attrib_init(struct tiser_tpg *tpg);
void tiser_cfs_param_init(struct tiser_cfs_tpg *ctpg);
void tiser_cfs_stat_add_acl(struct se_node_acl *nacl);

#endif /* TISER_CONFIGFS_H */
