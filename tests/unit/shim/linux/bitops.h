/* SPDX-License-Identifier: GPL-2.0 */
/* What drivers/proto uses of <linux/bitops.h>, in user space. */
#ifndef SHIM_LINUX_BITOPS_H
#define SHIM_LINUX_BITOPS_H

#define BIT(n)		(1ul << (n))
#define BIT_ULL(n)	(1ull << (n))

#endif /* SHIM_LINUX_BITOPS_H */
