// SPDX-License-Identifier: GPL-2.0
/*
 * Login redirection of a portal group: tpgt_<tag>/param/LoginRedirect. Checks
 * that the value is something RFC 7143, 13.8 lets an initiator be told; sending
 * it is the iSCSI layer's business.
 */
#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <tiser/proto/login_fsm.h>
#include <tiser/proto/text.h>
#include <tiser/target.h>
#include "configfs.h"

static const struct {
	const char *word;
	u16 status;
} tiser_cfs_moves[] = {
	{ "Temporary ", TISER_LOGIN_MOVED_TEMPORARILY },
	{ "Permanent ", TISER_LOGIN_MOVED_PERMANENTLY },
};

static bool tiser_cfs_ipv6_valid(const char *host, size_t len)
{
	u8 addr[16];
	const char *end;

	if (len < 2 || host[0] != '[' || host[len - 1] != ']')
		return false;
	return in6_pton(host + 1, len - 2, addr, -1, &end) &&
	       end == host + len - 1;
}

/* Letters, digits and hyphens between dots, and not only digits (RFC 1123). */
static bool tiser_cfs_domain_valid(const char *host, size_t len)
{
	bool letter = false, label = false;
	size_t i;

	for (i = 0; i < len; i++) {
		if (host[i] == '.') {
			if (!label)
				return false;
			label = false;
			continue;
		}
		if (!isascii(host[i]) ||
		    (!isalnum(host[i]) && (host[i] != '-' || !label)))
			return false;
		letter |= isalpha(host[i]);
		label = true;
	}
	return label && letter && host[len - 1] != '-';
}

static bool tiser_cfs_host_valid(const char *host, size_t len)
{
	u8 addr[4];
	const char *end;

	return tiser_cfs_ipv6_valid(host, len) ||
	       tiser_cfs_domain_valid(host, len) ||
	       (in4_pton(host, len, addr, -1, &end) && end == host + len);
}

/* domainname, IPv4 or [IPv6], then nothing or a port; never a portal group tag. */
static bool tiser_cfs_address_valid(const char *address)
{
	const char *bracket = strrchr(address, ']');
	const char *colon = strrchr(address, ':');
	u16 port;

	if (strlen(address) > TISER_VALUE_MAX)
		return false;
	if (!colon || (bracket && colon < bracket))
		return tiser_cfs_host_valid(address, strlen(address));
	if (tiser_cfs_parse_name_u16(colon + 1, &port) || !port)
		return false;
	return tiser_cfs_host_valid(address, colon - address);
}

static int tiser_cfs_redirect_parse(const char *page, size_t count,
				    struct tiser_redirect *redirect)
{
	size_t i, word, len = count;

	memset(redirect, 0, sizeof(*redirect));
	if (sysfs_streq(page, "None"))
		return 0;
	if (len && page[len - 1] == '\n')
		len--;
	for (i = 0; i < ARRAY_SIZE(tiser_cfs_moves); i++) {
		word = strlen(tiser_cfs_moves[i].word);
		if (len <= word || len - word > TISER_VALUE_MAX ||
		    memcmp(page, tiser_cfs_moves[i].word, word))
			continue;
		memcpy(redirect->address, page + word, len - word);
		redirect->status = tiser_cfs_moves[i].status;
		return tiser_cfs_address_valid(redirect->address) ? 0 : -EINVAL;
	}
	return -EINVAL;
}

static ssize_t tiser_cfs_param_LoginRedirect_show(struct config_item *item,
						  char *page)
{
	struct tiser_tpg *tpg = tiser_tpg_of(param_to_tpg(item));
	ssize_t len = 0;
	size_t i;

	mutex_lock(&tpg->mutex);
	for (i = 0; i < ARRAY_SIZE(tiser_cfs_moves); i++)
		if (tpg->redirect.status == tiser_cfs_moves[i].status)
			len = sysfs_emit(page, "%s%s\n",
					 tiser_cfs_moves[i].word,
					 tpg->redirect.address);
	mutex_unlock(&tpg->mutex);
	return len ?: sysfs_emit(page, "None\n");
}

/* Holds for logins from now on; sessions that exist stay. */
static ssize_t tiser_cfs_param_LoginRedirect_store(struct config_item *item,
						   const char *page,
						   size_t count)
{
	struct tiser_tpg *tpg = tiser_tpg_of(param_to_tpg(item));
	struct tiser_redirect redirect;

	if (tiser_cfs_redirect_parse(page, count, &redirect))
		return tiser_cfs_refuse(tpg, "LoginRedirect", page,
					"must be None, or Temporary or Permanent and address:port, an IPv6 address in brackets");
	mutex_lock(&tpg->mutex);
	tpg->redirect = redirect;
	mutex_unlock(&tpg->mutex);
	return count;
}

struct configfs_attribute tiser_cfs_param_attr_LoginRedirect = {
	.ca_name = "LoginRedirect",
	.ca_mode = 0644,
	.ca_owner = THIS_MODULE,
	.show = tiser_cfs_param_LoginRedirect_show,
	.store = tiser_cfs_param_LoginRedirect_store,
};
