/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects that configfs creates and the iSCSI layer serves: targets, portal
 * groups, portals, node ACLs. Shared by configfs/, drivers/iscsi/ and
 * drivers/lio/; knows neither sockets nor verbs.
 *
 * Lock order: tiser_targets_lock > tgt->mutex > tpg->mutex > portal->mutex, and
 * tiser_endpoints_lock > tgt->mutex, endpoint->mutex > portal->mutex; nothing
 * below tiser_auth_mutex.
 */
#ifndef TISER_TARGET_H
#define TISER_TARGET_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/configfs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <target/target_core_base.h>
#include <tiser/proto/chap.h>
#include <tiser/proto/keys.h>
#include <tiser/stats.h>

/* Why logins fail, for counting: drivers/iscsi/ending.c has the names. */
enum tiser_login_failure {
	TISER_LOGIN_FAILURE_AUTHENTICATION,
	TISER_LOGIN_FAILURE_AUTHORIZATION,
	TISER_LOGIN_FAILURE_NOT_FOUND,
	TISER_LOGIN_FAILURE_NEGOTIATION,
	TISER_LOGIN_FAILURE_SESSION,		/* TSIH or CID */
	TISER_LOGIN_FAILURE_PROTOCOL,
	TISER_LOGIN_FAILURE_TIMEOUT,
	TISER_LOGIN_FAILURE_REDIRECTED,
	TISER_LOGIN_FAILURE_UNAVAILABLE,	/* disabled, drained, removed */
	TISER_LOGIN_FAILURE_RESOURCES,
	TISER_LOGIN_FAILURE_TRANSPORT,
	TISER_LOGIN_FAILURE_OTHER,
	TISER_LOGIN_FAILURE_NR,
};

/* Why connections end, the same. */
enum tiser_ending {
	TISER_ENDING_DONE,		/* as agreed: logout, refused login */
	TISER_ENDING_DISCONNECTED,	/* the peer did, without a logout */
	TISER_ENDING_TRANSPORT,
	TISER_ENDING_DEVICE,
	TISER_ENDING_KEEPALIVE,
	TISER_ENDING_PROTOCOL,
	TISER_ENDING_REINSTATED,
	TISER_ENDING_ADMINISTRATOR,
	TISER_ENDING_RESET,		/* by task management */
	TISER_ENDING_TIMEOUT,		/* of a login or an idle discovery session */
	TISER_ENDING_RESOURCES,
	TISER_ENDING_NR,
};

struct net;
struct tiser_conn;
struct tiser_endpoint;

/* Attributes of a portal group: the names of target/iscsi, same meaning. */
enum tiser_attrib {
	TISER_ATTRIB_AUTHENTICATION,
	TISER_ATTRIB_LOGIN_TIMEOUT,		/* seconds */
	TISER_ATTRIB_GENERATE_NODE_ACLS,
	TISER_ATTRIB_DEFAULT_CMDSN_DEPTH,	/* commands */
	TISER_ATTRIB_CACHE_DYNAMIC_ACLS,
	TISER_ATTRIB_DEMO_MODE_WRITE_PROTECT,
	TISER_ATTRIB_PROD_MODE_WRITE_PROTECT,
	TISER_ATTRIB_DEMO_MODE_DISCOVERY,
	TISER_ATTRIB_DEFAULT_ERL,
	TISER_ATTRIB_T10_PI,
	TISER_ATTRIB_FABRIC_PROT_TYPE,
	TISER_ATTRIB_TPG_ENABLED_SENDTARGETS,
	TISER_ATTRIB_NETIF_TIMEOUT,		/* seconds; no effect */
	TISER_ATTRIB_LOGIN_KEYS_WORKAROUND,	/* no effect */
	/* Ours: */
	TISER_ATTRIB_NOPIN_TIMEOUT,		/* seconds; of ACLs to come */
	TISER_ATTRIB_NOPIN_RESPONSE_TIMEOUT,	/* seconds; of ACLs to come */
	TISER_ATTRIB_BASE_OFFSET_SOLICITED,	/* of ACLs to come */
	TISER_ATTRIB_LOGOUT_GRACE,		/* seconds */
	TISER_ATTRIB_DRAIN,
	TISER_ATTRIB_TMR_WARM_RESET,
	TISER_ATTRIB_TMR_COLD_RESET,
	TISER_ATTRIB_NR,
};

/* Attributes of a node ACL: the names of target/iscsi, and one of ours. */
enum tiser_acl_attrib {
	TISER_ACL_DATAOUT_TIMEOUT,		/* seconds; no effect */
	TISER_ACL_DATAOUT_TIMEOUT_RETRIES,	/* no effect */
	TISER_ACL_DEFAULT_ERL,
	TISER_ACL_NOPIN_TIMEOUT,		/* seconds, 0 for no pings */
	TISER_ACL_NOPIN_RESPONSE_TIMEOUT,	/* seconds */
	TISER_ACL_RANDOM_DATAIN_PDU_OFFSETS,	/* no effect */
	TISER_ACL_RANDOM_DATAIN_SEQ_OFFSETS,	/* no effect */
	TISER_ACL_RANDOM_R2T_OFFSETS,		/* no effect */
	TISER_ACL_BASE_OFFSET_SOLICITED,
	TISER_ACL_AUTHENTICATION,		/* 0, 1 or what follows */
	TISER_ACL_ATTRIB_NR,
};

/* TISER_ACL_AUTHENTICATION: as the portal group, written -1. */
#define TISER_ACL_AUTHENTICATION_INHERITED	U32_MAX

/* CmdSN window sizes an administrator may choose. */
enum {
	TISER_CMDSN_DEPTH_MIN = 1,
	TISER_CMDSN_DEPTH_DEFAULT = 64,	/* as the iscsi fabric */
	TISER_CMDSN_DEPTH_MAX = 512,
};

/**
 * struct tiser_users - how many connections still refer to an object
 * @count: connections
 * @wait: woken when @count reaches zero
 */
struct tiser_users {
	atomic_t count;
	wait_queue_head_t wait;
};

/**
 * struct tiser_auth - a directory of credentials: tpgt_N/auth,
 *	acls/<initiator>/auth, discovery_auth; protected by tiser_auth_mutex
 * @creds: names and secrets
 * @algs_refused: algorithms not to be used, BIT(enum tiser_chap_alg)
 */
struct tiser_auth {
	struct tiser_chap_creds creds;
	u32 algs_refused;
};

/**
 * struct tiser_redirect - where initiators are sent instead of being served
 * @status: enum tiser_login_status, 0 for nowhere
 * @address: TargetAddress without a portal group tag
 */
struct tiser_redirect {
	u16 status;
	char address[TISER_VALUE_MAX + 1];
};

/**
 * struct tiser_login_failed - the last login that failed
 * @when: jiffies64, 0 if none has
 * @failure: why; redirection is no failure
 * @peer: where it came from
 * @initiator: its name, or "unknown"
 */
struct tiser_login_failed {
	u64 when;
	enum tiser_login_failure failure;
	struct sockaddr_storage peer;
	char initiator[TISER_NAME_MAX + 1];
};

/* Directories in a target's fabric_statistics. */
enum { TISER_TGT_STATS = 5 };

/**
 * struct tiser_tgt - a target (configfs: target/iser/<iqn>)
 * @wwn: LIO's part
 * @name: iSCSI name
 * @index: number that no other target has had
 * @stat: directories of fabric_statistics
 * @mutex: protects @tpgs
 * @tpgs: struct tiser_tpg.tgt_node
 * @node: in tiser_targets, protected by tiser_targets_lock
 */
struct tiser_tgt {
	struct se_wwn wwn;
	char name[TISER_NAME_MAX + 1];
	u32 index;
	struct config_group stat[TISER_TGT_STATS];
	struct mutex mutex;
	struct list_head tpgs;
	struct list_head node;
};

/**
 * struct tiser_tpg - a portal group (configfs: tpgt_N)
 * @tpg: LIO's part
 * @tgt: its target
 * @tag: target portal group tag
 * @mutex: protects @enabled, @portals and writes to @attrib and @params
 * @enabled: logins are accepted
 * @attrib: by enum tiser_attrib
 * @params: values offered in negotiation
 * @alias: TargetAlias, empty for none; protected by @mutex
 * @redirect: protected by @mutex
 * @auth: credentials of initiators whose ACL has none of its own
 * @portals: struct tiser_portal.tpg_node
 * @sessions: normal sessions, those being closed included
 * @max_depth: largest CmdSN window of the group and its ACLs, for sizing queue
 *	pairs before the initiator is known; only grows
 * @tgt_node: in tgt->tpgs, protected by tgt->mutex
 * @stats: its connections' numbers, and what they come to
 * @login_failures: by enum tiser_login_failure
 * @login_failed: the last of them; protected by @stats.lock
 * @endings: of sessions, by enum tiser_ending
 */
struct tiser_tpg {
	struct se_portal_group tpg;
	struct tiser_tgt *tgt;
	u16 tag;
	struct mutex mutex;
	bool enabled;
	u32 attrib[TISER_ATTRIB_NR];
	struct tiser_key_values params;
	char alias[TISER_VALUE_MAX + 1];
	struct tiser_redirect redirect;
	struct tiser_auth auth;
	struct list_head portals;
	struct tiser_users sessions;
	u32 max_depth;
	struct list_head tgt_node;
	struct tiser_stats_group stats;
	atomic_long_t login_failures[TISER_LOGIN_FAILURE_NR];
	struct tiser_login_failed login_failed;
	atomic_long_t endings[TISER_ENDING_NR];
};

/**
 * struct tiser_portal_link - a portal is reached at an endpoint
 * @ep: endpoint, or NULL; written under tiser_endpoints_lock
 * @portal: portal
 * @node: in ep->links
 */
struct tiser_portal_link {
	struct tiser_endpoint *ep;
	struct tiser_portal *portal;
	struct list_head node;
};

/**
 * struct tiser_portal - a network portal (configfs: np/<ip:port>)
 * @np: LIO's part
 * @tpg: its portal group
 * @net: network namespace; valid while @own is linked
 * @addr: address and port
 * @own: endpoint of @addr, and of 0.0.0.0 where that is [::]
 * @via: endpoint of the wildcard that listens for @addr, if there is one
 * @mutex: protects @conns and @closed
 * @conns: struct tiser_conn.portal_node: every connection that has named the
 *	target here and whose close path has not begun
 * @closed: no new connections
 * @users: connections that refer to the portal, closing ones included
 * @tpg_node: in tpg->portals, protected by tpg->mutex
 */
struct tiser_portal {
	struct se_tpg_np np;
	struct tiser_tpg *tpg;
	struct net *net;
	struct sockaddr_storage addr;
	struct tiser_portal_link own[2];
	struct tiser_portal_link via;
	struct mutex mutex;
	struct list_head conns;
	bool closed;
	struct tiser_users users;
	struct list_head tpg_node;
};

enum {
	/* Logical units that the iSCSI layer's unit attentions are kept for. */
	TISER_UA_LUNS = 256,
	/* Ended sessions of an initiator that are remembered. */
	TISER_UA_NEXUSES = 4,
};

/**
 * struct tiser_ua_memory - what an ended session leaves to the next of its nexus
 * @isid: ISID of the nexus
 * @used: the entry holds something
 * @nexus_loss: every logical unit is owed I_T NEXUS LOSS OCCURRED
 * @cleared: logical units whose tasks were cleared
 */
struct tiser_ua_memory {
	u8 isid[6];
	bool used;
	bool nexus_loss;
	DECLARE_BITMAP(cleared, TISER_UA_LUNS);
};

/**
 * struct tiser_acl - a node ACL (configfs: acls/<initiator>)
 * @nacl: LIO's part; first member, LIO allocates by node_acl_size, zeroed
 * @attrib: by enum tiser_acl_attrib; not used of an ACL made by demo mode, for
 *	which the portal group's hold
 * @auth: the initiator's own credentials
 * @stat: directory of fabric_statistics
 * @ua: what ended sessions left; under the lock of drivers/iscsi/ua.c
 * @ua_next: entry of @ua to be given up next
 */
struct tiser_acl {
	struct se_node_acl nacl;
	u32 attrib[TISER_ACL_ATTRIB_NR];
	struct tiser_auth auth;
	struct config_group stat;
	struct tiser_ua_memory ua[TISER_UA_NEXUSES];
	u32 ua_next;
};

/**
 * struct tiser_discovery - what discovery sessions have to prove, on any portal
 * @auth: credentials
 * @enforce: a discovery session must authenticate; written under
 *	tiser_auth_mutex
 */
struct tiser_discovery {
	struct tiser_auth auth;
	bool enforce;
};

extern struct mutex tiser_targets_lock;
extern struct list_head tiser_targets;
extern struct mutex tiser_auth_mutex;
extern struct tiser_discovery tiser_discovery;

static inline struct tiser_tpg *tiser_tpg_of(struct se_portal_group *se_tpg)
{
	return container_of(se_tpg, struct tiser_tpg, tpg);
}

static inline struct tiser_acl *tiser_acl_of(struct se_node_acl *nacl)
{
	return container_of(nacl, struct tiser_acl, nacl);
}

/**
 * struct tiser_acl_session - numbers of the session of a node ACL
 * @index: what target core knows it by
 * @cmds: SCSI commands answered
 * @bytes_out: data sent to the initiator
 * @bytes_in: data received from it
 * @timeouts: connections that ended because a ping was not answered
 */
struct tiser_acl_session {
	u32 index;
	u64 cmds;
	u64 bytes_out;
	u64 bytes_in;
	u64 timeouts;
};

/* iSCSI layer, called by configfs. All may sleep. */
void tiser_tpg_init(struct tiser_tpg *tpg);
struct tiser_portal *tiser_portal_create(struct tiser_tpg *tpg, struct net *net,
					 const struct sockaddr_storage *addr);
void tiser_portal_destroy(struct tiser_portal *portal);
ssize_t tiser_portal_show_state(struct tiser_portal *portal, char *page);
int tiser_tpg_enable(struct tiser_tpg *tpg);
void tiser_tpg_disable(struct tiser_tpg *tpg);
void tiser_tpg_ask_logout(struct tiser_tpg *tpg);
int tiser_endings_emit(struct tiser_tpg *tpg, char *page, int at);
ssize_t tiser_acl_show_info(struct se_node_acl *nacl, char *page);
ssize_t tiser_acl_show_key(struct se_node_acl *nacl, enum tiser_key key,
			   char *page);
bool tiser_acl_session(struct se_node_acl *nacl,
		       struct tiser_acl_session *session);

/* drivers/lio, called by main.c. */
int tiser_lio_init(void);
void tiser_lio_exit(void);

/* configfs, called by drivers/lio (fabric ops tables). */
struct target_fabric_configfs;

struct se_wwn *tiser_cfs_make_wwn(struct target_fabric_configfs *tf,
				  struct config_group *group, const char *name);
void tiser_cfs_drop_wwn(struct se_wwn *wwn);
void tiser_cfs_add_wwn_groups(struct se_wwn *wwn);
struct se_portal_group *tiser_cfs_make_tpg(struct se_wwn *wwn, const char *name);
void tiser_cfs_drop_tpg(struct se_portal_group *se_tpg);
int tiser_cfs_enable_tpg(struct se_portal_group *se_tpg, bool enable);
struct se_tpg_np *tiser_cfs_make_np(struct se_portal_group *se_tpg,
				    struct config_group *group,
				    const char *name);
void tiser_cfs_drop_np(struct se_tpg_np *np);
extern struct configfs_attribute *tiser_cfs_np_attrs[];
void tiser_cfs_nacl_defaults(struct se_node_acl *nacl);
int tiser_cfs_init_nodeacl(struct se_node_acl *nacl, const char *name);
extern struct configfs_attribute *tiser_cfs_wwn_attrs[];
extern struct configfs_attribute *tiser_cfs_tpg_base_attrs[];
extern struct configfs_attribute *tiser_cfs_tpg_attrib_attrs[];
extern struct configfs_attribute *tiser_cfs_tpg_param_attrs[];
extern struct configfs_attribute *tiser_cfs_nacl_base_attrs[];
extern struct configfs_attribute *tiser_cfs_nacl_attrib_attrs[];
extern struct configfs_attribute *tiser_cfs_nacl_param_attrs[];
extern struct configfs_attribute *tiser_cfs_tpg_auth_attrs[];
extern struct configfs_attribute *tiser_cfs_nacl_auth_attrs[];
extern struct configfs_attribute *tiser_cfs_discovery_attrs[];

#endif /* TISER_TARGET_H */
