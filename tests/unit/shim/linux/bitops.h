/* SPDX-License-Identifier: GPL-2.0 */
/* What drivers/proto uses of <linux/bitops.h>, in user space. */
#ifndef SHIM_LINUX_BITOPS_H
#define SHIM_LINUX_BITOPS_H

#define BIT(n)		(1ul << (n))
#define BIT_ULL(n)	(1ull << (n))

static inline int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

#endif /* SHIM_LINUX_BITOPS_H */
