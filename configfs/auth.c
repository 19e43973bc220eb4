// SPDX-License-Identifier: GPL-2.0
/*
 * Credentials: tpgt_<tag>/auth/, acls/<initiator>/auth/ and discovery_auth/,
 * with the names and values of the iscsi fabric. Keeps them; which of them a
 * login is held against is the iSCSI layer's business.
 *
 * Never prints a secret, not even one it refuses.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/configfs.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <target/target_core_fabric.h>
#include <tiser/proto/chap.h>
#include <tiser/proto/text.h>
#include <tiser/target.h>
#include "configfs.h"

/* Protects every struct tiser_auth and tiser_discovery. */
DEFINE_MUTEX(tiser_auth_mutex);
struct tiser_discovery tiser_discovery;

enum tiser_cfs_cred {
	TISER_CFS_USERID,
	TISER_CFS_PASSWORD,
	TISER_CFS_USERID_MUTUAL,
	TISER_CFS_PASSWORD_MUTUAL,
};

static const char *const tiser_cfs_cred_names[] = {
	[TISER_CFS_USERID] = "userid",
	[TISER_CFS_PASSWORD] = "password",
	[TISER_CFS_USERID_MUTUAL] = "userid_mutual",
	[TISER_CFS_PASSWORD_MUTUAL] = "password_mutual",
};

static char *tiser_cfs_cred(struct tiser_chap_creds *creds,
			    enum tiser_cfs_cred which)
{
	switch (which) {
	case TISER_CFS_USERID:
		return creds->user;
	case TISER_CFS_PASSWORD:
		return creds->password;
	case TISER_CFS_USERID_MUTUAL:
		return creds->user_mutual;
	default:
		return creds->password_mutual;
	}
}

static bool tiser_cfs_is_secret(enum tiser_cfs_cred which)
{
	return which == TISER_CFS_PASSWORD ||
	       which == TISER_CFS_PASSWORD_MUTUAL;
}

/* "<initiator or group or fabric>/<directory>/<file>" and what is wrong. */
static int tiser_cfs_auth_refuse(struct config_item *dir, const char *file,
				 const char *rule)
{
	pr_err("%s/%s/%s refused: %s\n", config_item_name(dir->ci_parent),
	       config_item_name(dir), file, rule);
	return -EINVAL;
}

/* RFC 7143, 9.2.1. */
static void tiser_cfs_secret_warn(struct config_item *dir, const char *file,
				  size_t len, enum tiser_cfs_secret_use use)
{
	const char *whose = config_item_name(dir->ci_parent);

	if (len < TISER_CHAP_SECRET_GOOD)
		pr_warn("%s/%s/%s is shorter than %d bytes, what RFC 7143, 9.2.1 asks of a secret\n",
			whose, config_item_name(dir), file,
			TISER_CHAP_SECRET_GOOD);
	if (use == TISER_CFS_SECRET_SHARED)
		pr_warn("%s/%s/%s is the secret of other initiators, too: each can pass for the others (RFC 7143, 9.2.1)\n",
			whose, config_item_name(dir), file);
}

static ssize_t tiser_cfs_cred_show(struct tiser_auth *auth,
				   enum tiser_cfs_cred which, char *page)
{
	ssize_t len;

	mutex_lock(&tiser_auth_mutex);
	len = sysfs_emit(page, "%s\n", tiser_cfs_cred(&auth->creds, which));
	mutex_unlock(&tiser_auth_mutex);
	return len;
}

/* One line without control characters, "NULL" for none; -EINVAL otherwise. */
static int tiser_cfs_cred_parse(const char *page, size_t count, char *value)
{
	size_t i, len = count;

	if (len && page[len - 1] == '\n')
		len--;
	if (len > TISER_CHAP_SECRET_MAX)
		return -EINVAL;
	for (i = 0; i < len; i++)
		if ((u8)page[i] < ' ' || page[i] == 0x7f)
			return -EINVAL;
	memcpy(value, page, len);
	value[len] = '\0';
	if (!strcmp(value, "NULL"))
		value[0] = '\0';
	return 0;
}

static void tiser_cfs_cred_set(struct tiser_auth *auth,
			       enum tiser_cfs_cred which, const char *value)
{
	mutex_lock(&tiser_auth_mutex);
	strscpy_pad(tiser_cfs_cred(&auth->creds, which), value,
		    TISER_CHAP_SECRET_MAX + 1);
	mutex_unlock(&tiser_auth_mutex);
}

/* One at a time, so that what is compared is what is stored. */
static int tiser_cfs_secret_set(struct config_item *dir,
				struct tiser_auth *auth,
				enum tiser_cfs_cred which, const char *value)
{
	const char *file = tiser_cfs_cred_names[which];
	enum tiser_cfs_secret_use use;

	mutex_lock(&tiser_targets_lock);
	use = tiser_cfs_secret_used(auth, which == TISER_CFS_PASSWORD_MUTUAL,
				    value);
	if (use != TISER_CFS_SECRET_OTHER_WAY)
		tiser_cfs_cred_set(auth, which, value);
	mutex_unlock(&tiser_targets_lock);
	if (use == TISER_CFS_SECRET_OTHER_WAY)
		return tiser_cfs_auth_refuse(dir, file,
					     "no password must be a password_mutual, anywhere (RFC 7143, 9.2.1)");
	tiser_cfs_secret_warn(dir, file, strlen(value), use);
	return 0;
}

static ssize_t tiser_cfs_cred_store(struct config_item *dir,
				    struct tiser_auth *auth,
				    enum tiser_cfs_cred which, const char *page,
				    size_t count)
{
	char value[TISER_CHAP_SECRET_MAX + 1];
	int ret = 0;

	if (tiser_cfs_cred_parse(page, count, value))
		return tiser_cfs_auth_refuse(dir, tiser_cfs_cred_names[which],
					     "must be one line of at most 255 bytes without control characters");
	if (tiser_cfs_is_secret(which) && value[0])
		ret = tiser_cfs_secret_set(dir, auth, which, value);
	else
		tiser_cfs_cred_set(auth, which, value);
	memzero_explicit(value, sizeof(value));
	return ret ?: count;
}

/* Would this side prove who it is? Read by management tools. */
static ssize_t tiser_cfs_authenticates_show(struct tiser_auth *auth, char *page)
{
	const struct tiser_chap_creds *creds = &auth->creds;
	bool does;

	mutex_lock(&tiser_auth_mutex);
	does = creds->user_mutual[0] && creds->password_mutual[0];
	mutex_unlock(&tiser_auth_mutex);
	return sysfs_emit(page, "%d\n", does);
}

static ssize_t tiser_cfs_algs_show(struct tiser_auth *auth, char *page)
{
	u32 refused = READ_ONCE(auth->algs_refused);
	ssize_t len = 0;
	u32 alg;

	for (alg = TISER_CHAP_ALG_LAST; alg >= TISER_CHAP_ALG_FIRST; alg--)
		if (!(refused & BIT(alg)))
			len += sysfs_emit_at(page, len, "%s%s", len ? "," : "",
					     tiser_chap_alg_name(alg));
	return len + sysfs_emit_at(page, len, "\n");
}

/* BIT() of an algorithm's name, 0 for something else. */
static u32 tiser_cfs_alg_bit(const char *name, u32 len)
{
	u32 alg;

	for (alg = TISER_CHAP_ALG_FIRST; alg <= TISER_CHAP_ALG_LAST; alg++) {
		const char *known = tiser_chap_alg_name(alg);

		if (strlen(known) == len && !memcmp(known, name, len))
			return BIT(alg);
	}
	return 0;
}

static ssize_t tiser_cfs_algs_store(struct config_item *dir,
				    struct tiser_auth *auth, const char *page,
				    size_t count)
{
	const char *item, *list = page;
	u32 bit, len, algs = 0;

	while (tiser_text_list_next(&list, &item, &len)) {
		if (!list && len && item[len - 1] == '\n')
			len--;
		bit = tiser_cfs_alg_bit(item, len);
		if (!bit)
			return tiser_cfs_auth_refuse(dir, "chap_algorithms",
						     "must be a list of SHA3-256, SHA-256, SHA1 and MD5, separated by commas");
		algs |= bit;
	}
	mutex_lock(&tiser_auth_mutex);
	/* Pairs with READ_ONCE() of tiser_cfs_algs_show(). */
	WRITE_ONCE(auth->algs_refused, TISER_CHAP_ALGS_ALL & ~algs);
	mutex_unlock(&tiser_auth_mutex);
	return count;
}

static struct tiser_auth *tiser_cfs_tpg_auth(struct config_item *item)
{
	return &tiser_tpg_of(auth_to_tpg(item))->auth;
}

static struct tiser_auth *tiser_cfs_nacl_auth(struct config_item *item)
{
	return &tiser_acl_of(auth_to_nacl(item))->auth;
}

static struct tiser_auth *tiser_cfs_discovery_auth(struct config_item *item)
{
	return &tiser_discovery.auth;
}

/* A name is for everybody to read, a secret for root. */
#define TISER_CFS_CRED(_dir, _name, _which, _mode)			\
static ssize_t _dir##_##_name##_show(struct config_item *item, char *page) \
{									\
	return tiser_cfs_cred_show(_dir(item), _which, page);		\
}									\
static ssize_t _dir##_##_name##_store(struct config_item *item,	\
				      const char *page, size_t count)	\
{									\
	return tiser_cfs_cred_store(item, _dir(item), _which, page, count); \
}									\
static struct configfs_attribute _dir##_attr_##_name = {		\
	.ca_name = #_name,						\
	.ca_mode = _mode,						\
	.ca_owner = THIS_MODULE,					\
	.show = _dir##_##_name##_show,					\
	.store = _dir##_##_name##_store,				\
}

/* configfs tells a handler the directory, not the file: a pair per file. */
#define TISER_CFS_AUTH_DIR(_dir)					\
TISER_CFS_CRED(_dir, userid, TISER_CFS_USERID, 0644);			\
TISER_CFS_CRED(_dir, password, TISER_CFS_PASSWORD, 0600);		\
TISER_CFS_CRED(_dir, userid_mutual, TISER_CFS_USERID_MUTUAL, 0644);	\
TISER_CFS_CRED(_dir, password_mutual, TISER_CFS_PASSWORD_MUTUAL, 0600);	\
static ssize_t _dir##_authenticate_target_show(struct config_item *item, \
					       char *page)		\
{									\
	return tiser_cfs_authenticates_show(_dir(item), page);		\
}									\
CONFIGFS_ATTR_RO(_dir##_, authenticate_target);				\
static ssize_t _dir##_chap_algorithms_show(struct config_item *item,	\
					   char *page)			\
{									\
	return tiser_cfs_algs_show(_dir(item), page);			\
}									\
static ssize_t _dir##_chap_algorithms_store(struct config_item *item,	\
					    const char *page, size_t count) \
{									\
	return tiser_cfs_algs_store(item, _dir(item), page, count);	\
}									\
CONFIGFS_ATTR(_dir##_, chap_algorithms)

#define TISER_CFS_AUTH_FILES(_dir)					\
	&_dir##_attr_userid,						\
	&_dir##_attr_password,						\
	&_dir##_attr_userid_mutual,					\
	&_dir##_attr_password_mutual,					\
	&_dir##_attr_authenticate_target,				\
	&_dir##_attr_chap_algorithms

TISER_CFS_AUTH_DIR(tiser_cfs_tpg_auth);
TISER_CFS_AUTH_DIR(tiser_cfs_nacl_auth);
TISER_CFS_AUTH_DIR(tiser_cfs_discovery_auth);

static ssize_t tiser_cfs_enforce_discovery_auth_show(struct config_item *item,
						     char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(tiser_discovery.enforce));
}

static ssize_t tiser_cfs_enforce_discovery_auth_store(struct config_item *item,
						      const char *page,
						      size_t count)
{
	u32 value;

	if (tiser_cfs_parse_u32(page, &value) || value > 1)
		return tiser_cfs_auth_refuse(item, "enforce_discovery_auth",
					     "must be 0 or 1");
	mutex_lock(&tiser_auth_mutex);
	/* Pairs with READ_ONCE() above. */
	WRITE_ONCE(tiser_discovery.enforce, value);
	mutex_unlock(&tiser_auth_mutex);
	return count;
}
CONFIGFS_ATTR(tiser_cfs_, enforce_discovery_auth);

struct configfs_attribute *tiser_cfs_tpg_auth_attrs[] = {
	TISER_CFS_AUTH_FILES(tiser_cfs_tpg_auth),
	NULL,
};

struct configfs_attribute *tiser_cfs_nacl_auth_attrs[] = {
	TISER_CFS_AUTH_FILES(tiser_cfs_nacl_auth),
	NULL,
};

struct configfs_attribute *tiser_cfs_discovery_attrs[] = {
	TISER_CFS_AUTH_FILES(tiser_cfs_discovery_auth),
	&tiser_cfs_attr_enforce_discovery_auth,
	NULL,
};
