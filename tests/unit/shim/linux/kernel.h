/* SPDX-License-Identifier: GPL-2.0 */
/* What drivers/proto uses of <linux/kernel.h>, in user space. */
#ifndef SHIM_LINUX_KERNEL_H
#define SHIM_LINUX_KERNEL_H

#include <stdio.h>
#include <linux/types.h>

#define U32_MAX		((u32)~0u)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* As strict about types as the kernel's. */
#define min(a, b) ({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); \
	(void)(&__a == &__b); __a < __b ? __a : __b; })
#define max(a, b) ({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); \
	(void)(&__a == &__b); __a > __b ? __a : __b; })
#define min_t(t, a, b)	min((t)(a), (t)(b))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define max_t(t, a, b)	max((t)(a), (t)(b))

#endif /* SHIM_LINUX_KERNEL_H */
