// SPDX-License-Identifier: GPL-2.0
/*
 * Network portals: tpgt_<tag>/np/<address>:<port>.
 *
 * Turns a directory's name into a socket address, strictly, and says why when
 * it cannot: LIO reports every error of this hook as -EINVAL, so the log is the
 * only place for the reason. Listening is the iSCSI layer's business.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/configfs.h>
#include <linux/err.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/inet.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <net/ipv6.h>
#include <tiser/target.h>
#include "configfs.h"

/*
 * Room for an address without its port: 39 characters of IPv6 or 45 of IPv6
 * that ends in IPv4, '%', an interface's name; the brackets.
 */
enum { TISER_CFS_HOST_MAX = INET6_ADDRSTRLEN + 1 + IFNAMSIZ + 2 };

/* Each parser below returns NULL, or the reason to refuse the name. */

static const char *tiser_cfs_np_ipv4(const char *host, struct sockaddr_in *sin)
{
	char canonical[sizeof("255.255.255.255")];
	const char *end;

	if (!in4_pton(host, strlen(host), (u8 *)&sin->sin_addr, -1, &end) ||
	    *end != '\0')
		return "not an IPv4 address; IPv6 addresses need brackets";
	/* Leading zeros mean octal to some and nothing to others. */
	snprintf(canonical, sizeof(canonical), "%pI4", &sin->sin_addr);
	if (strcmp(host, canonical))
		return "an IPv4 address has no leading zeros";
	if (ipv4_is_multicast(sin->sin_addr.s_addr) ||
	    ipv4_is_lbcast(sin->sin_addr.s_addr))
		return "a multicast or broadcast address cannot be listened on";
	sin->sin_family = AF_INET;
	return NULL;
}

static const char *tiser_cfs_np_scope(const char *interface, struct net *net,
				      struct sockaddr_in6 *sin6)
{
	struct net_device *dev;

	if (!(ipv6_addr_type(&sin6->sin6_addr) & IPV6_ADDR_LINKLOCAL))
		return *interface ? "only link-local addresses have %interface" :
				    NULL;
	if (*interface != '%')
		return "a link-local address needs %interface";

	dev = dev_get_by_name(net, interface + 1);
	if (!dev)
		return "no such network interface";
	sin6->sin6_scope_id = dev->ifindex;
	dev_put(dev);
	return NULL;
}

static const char *tiser_cfs_np_ipv6(char *host, struct net *net,
				     struct sockaddr_in6 *sin6)
{
	char *bracket = strchr(host, ']');
	const char *end;

	if (!bracket || bracket[1] != '\0')
		return "an IPv6 portal is [address]:port";
	*bracket = '\0';

	if (!in6_pton(host, strlen(host), (u8 *)&sin6->sin6_addr, '%', &end) ||
	    (*end != '\0' && *end != '%'))
		return "not an IPv6 address";
	if (ipv6_addr_is_multicast(&sin6->sin6_addr))
		return "a multicast address cannot be listened on";
	if (ipv6_addr_v4mapped(&sin6->sin6_addr))
		return "an IPv4 address is written without ::ffff:";
	sin6->sin6_family = AF_INET6;
	return tiser_cfs_np_scope(end, net, sin6);
}

static const char *tiser_cfs_np_parse(const char *name, struct net *net,
				      struct sockaddr_storage *addr)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *sin = (struct sockaddr_in *)addr;
	const char *colon = strrchr(name, ':');
	char host[TISER_CFS_HOST_MAX + 1];
	const char *reason;
	u16 port;

	if (!colon)
		return "must be address:port";
	if (tiser_cfs_parse_name_u16(colon + 1, &port) || port == 0)
		return "port must be 1 to 65535, decimal";
	if (colon - name > TISER_CFS_HOST_MAX)
		return "address too long";
	memcpy(host, name, colon - name);
	host[colon - name] = '\0';

	memset(addr, 0, sizeof(*addr));
	if (host[0] == '[') {
		reason = tiser_cfs_np_ipv6(host + 1, net, sin6);
		sin6->sin6_port = htons(port);
	} else {
		reason = tiser_cfs_np_ipv4(host, sin);
		sin->sin_port = htons(port);
	}
	return reason;
}

static struct se_tpg_np *tiser_cfs_np_refuse(const struct tiser_tpg *tpg,
					     const char *name,
					     const char *reason, int error)
{
	pr_err("%s tpgt_%u: portal %s refused: %s (error %d)\n",
	       tpg->tgt->name, tpg->tag, name, reason, error);
	return ERR_PTR(error);
}

static const char *tiser_cfs_np_reason(int error)
{
	switch (error) {
	case -EADDRINUSE:
		return "the port is taken by an RDMA listener that is not of this fabric, see rdma resource show cm_id";
	case -EEXIST:
		return "this portal group has the address already";
	case -ENOTUNIQ:
		return "another portal group of this target has the address";
	default:
		return "cannot listen";
	}
}

/**
 * tiser_cfs_make_np - create a portal (mkdir np/<address>:<port>)
 * @se_tpg: its portal group
 * @group: the np directory, unused
 * @name: "192.0.2.1:3260", "[2001:db8::1]:3260", "[fe80::1%eth0]:3260";
 *	0.0.0.0 and [::] for any address. IPv4 without leading zeros.
 *
 * The portal is in the network namespace of the process that makes it, and waits
 * for its address when that is not there.
 *
 * Context: process, may sleep.
 * Return: LIO's part of the portal, freed by tiser_cfs_drop_np(); or
 * ERR_PTR(-EINVAL) for a bad name, or an error of tiser_portal_create().
 */
struct se_tpg_np *tiser_cfs_make_np(struct se_portal_group *se_tpg,
				    struct config_group *group,
				    const char *name)
{
	struct net *net = current->nsproxy->net_ns;
	struct tiser_tpg *tpg = tiser_tpg_of(se_tpg);
	struct sockaddr_storage addr;
	struct tiser_portal *portal;
	const char *reason;

	reason = tiser_cfs_np_parse(name, net, &addr);
	if (reason)
		return tiser_cfs_np_refuse(tpg, name, reason, -EINVAL);

	portal = tiser_portal_create(tpg, net, &addr);
	if (IS_ERR(portal)) {
		return tiser_cfs_np_refuse(tpg, name,
					   tiser_cfs_np_reason(PTR_ERR(portal)),
					   PTR_ERR(portal));
	}
	return &portal->np;
}

/**
 * tiser_cfs_drop_np - stop and free a portal
 * @np: from tiser_cfs_make_np()
 *
 * Context: process, sleeps until the portal's connections are gone.
 */
void tiser_cfs_drop_np(struct se_tpg_np *np)
{
	tiser_portal_destroy(container_of(np, struct tiser_portal, np));
}

static struct tiser_portal *tiser_cfs_np_of(struct config_item *item)
{
	return container_of(to_tpg_np(item), struct tiser_portal, np);
}

static ssize_t tiser_cfs_np_state_show(struct config_item *item, char *page)
{
	return tiser_portal_show_state(tiser_cfs_np_of(item), page);
}

/* Tools written for the iscsi fabric turn iSER on and off here. */
static ssize_t tiser_cfs_np_iser_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "1\n");
}

static ssize_t tiser_cfs_np_iser_store(struct config_item *item,
				       const char *page, size_t count)
{
	struct tiser_tpg *tpg = tiser_cfs_np_of(item)->tpg;
	u32 value;

	if (tiser_cfs_parse_u32(page, &value) || value > 1)
		return tiser_cfs_refuse(tpg, "iser", page, "must be 0 or 1");
	return count;
}

CONFIGFS_ATTR_RO(tiser_cfs_np_, state);
CONFIGFS_ATTR(tiser_cfs_np_, iser);

struct configfs_attribute *tiser_cfs_np_attrs[] = {
	&tiser_cfs_np_attr_state,
	&tiser_cfs_np_attr_iser,
	NULL,
};
