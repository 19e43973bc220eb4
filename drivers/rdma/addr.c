// SPDX-License-Identifier: GPL-2.0
/*
 * Network addresses: which interface has one, and who wants to know when that
 * changes. Must not know what a listener does about it.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ipv6.h>
#include "rdma.h"

/**
 * tiser_dm_addr_is_any - is this a wildcard?
 * @addr: IPv4 or IPv6 address
 *
 * Context: any.
 * Return: true for 0.0.0.0 and [::], whatever the port.
 */
bool tiser_dm_addr_is_any(const struct sockaddr_storage *addr)
{
	if (addr->ss_family == AF_INET6)
		return ipv6_addr_any(&((struct sockaddr_in6 *)addr)->sin6_addr);
	return ((struct sockaddr_in *)addr)->sin_addr.s_addr ==
	       htonl(INADDR_ANY);
}

/**
 * tiser_dm_addr_same_host - are two addresses equal but for their ports?
 * @a: IPv4 or IPv6 address
 * @b: the same
 *
 * Context: any.
 * Return: true when family, address and, where it has a meaning, interface are
 * equal.
 */
bool tiser_dm_addr_same_host(const struct sockaddr_storage *a,
			     const struct sockaddr_storage *b)
{
	const struct sockaddr_in6 *a6 = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in6 *b6 = (const struct sockaddr_in6 *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return ((struct sockaddr_in *)a)->sin_addr.s_addr ==
		       ((struct sockaddr_in *)b)->sin_addr.s_addr;
	if (!ipv6_addr_equal(&a6->sin6_addr, &b6->sin6_addr))
		return false;
	return !(ipv6_addr_type(&a6->sin6_addr) & IPV6_ADDR_LINKLOCAL) ||
	       a6->sin6_scope_id == b6->sin6_scope_id;
}

static int tiser_rdma_ifindex_ipv4(struct net *net, __be32 addr)
{
	struct net_device *dev;
	int ifindex = 0;

	rcu_read_lock();
	dev = __ip_dev_find(net, addr, false);
	if (dev)
		ifindex = dev->ifindex;
	rcu_read_unlock();
	return ifindex;
}

/* As the RDMA CM looks for it: the first interface that has the address. */
static int tiser_rdma_ifindex_ipv6(struct net *net,
				   const struct sockaddr_in6 *sin6)
{
	bool linklocal = ipv6_addr_type(&sin6->sin6_addr) & IPV6_ADDR_LINKLOCAL;
	struct net_device *dev;
	int ifindex = 0;

	if (!IS_ENABLED(CONFIG_IPV6))
		return 0;
	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if (linklocal && dev->ifindex != sin6->sin6_scope_id)
			continue;
		if (!ipv6_chk_addr(net, &sin6->sin6_addr, dev, 1))
			continue;
		ifindex = dev->ifindex;
		break;
	}
	rcu_read_unlock();
	return ifindex;
}

/**
 * tiser_rdma_addr_ifindex - the interface that has an address
 * @net: network namespace
 * @addr: IPv4 or IPv6 address, not a wildcard
 *
 * Context: process.
 * Return: its index, or 0 when there is none.
 */
int tiser_rdma_addr_ifindex(struct net *net,
			    const struct sockaddr_storage *addr)
{
	if (addr->ss_family == AF_INET6)
		return tiser_rdma_ifindex_ipv6(net,
					       (struct sockaddr_in6 *)addr);
	return tiser_rdma_ifindex_ipv4(net,
				       ((struct sockaddr_in *)addr)->sin_addr.s_addr);
}

/* An address has come or gone. */
static int tiser_rdma_ipv4_event(struct notifier_block *nb, unsigned long event,
				 void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct sockaddr_storage addr = { .ss_family = AF_INET };

	((struct sockaddr_in *)&addr)->sin_addr.s_addr = ifa->ifa_local;
	tiser_rdma_listeners_check(dev_net(ifa->ifa_dev->dev), &addr);
	return NOTIFY_DONE;
}

/* The same; atomic. */
static int tiser_rdma_ipv6_event(struct notifier_block *nb, unsigned long event,
				 void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct sockaddr_storage addr = { .ss_family = AF_INET6 };
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&addr;

	sin6->sin6_addr = ifa->addr;
	sin6->sin6_scope_id = ifa->idev->dev->ifindex;
	tiser_rdma_listeners_check(dev_net(ifa->idev->dev), &addr);
	return NOTIFY_DONE;
}

static struct notifier_block tiser_rdma_ipv4_notifier = {
	.notifier_call = tiser_rdma_ipv4_event,
};

static struct notifier_block tiser_rdma_ipv6_notifier = {
	.notifier_call = tiser_rdma_ipv6_event,
};

/**
 * tiser_rdma_addr_init - have listeners told of addresses
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int tiser_rdma_addr_init(void)
{
	int ret = register_inetaddr_notifier(&tiser_rdma_ipv4_notifier);

	if (ret || !IS_ENABLED(CONFIG_IPV6))
		return ret;
	ret = register_inet6addr_notifier(&tiser_rdma_ipv6_notifier);
	if (ret)
		unregister_inetaddr_notifier(&tiser_rdma_ipv4_notifier);
	return ret;
}

/**
 * tiser_rdma_addr_exit - undo tiser_rdma_addr_init()
 *
 * Context: process, may sleep.
 */
void tiser_rdma_addr_exit(void)
{
	if (IS_ENABLED(CONFIG_IPV6))
		unregister_inet6addr_notifier(&tiser_rdma_ipv6_notifier);
	unregister_inetaddr_notifier(&tiser_rdma_ipv4_notifier);
}
