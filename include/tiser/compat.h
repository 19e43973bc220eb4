/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the supported kernels (6.1, 6.12, 7.3). The only file
 * that may depend on a kernel's version, and by feature, never by number:
 * stable trees backport. The TISER_HAVE_ macros come from Kbuild.
 */
#ifndef TISER_COMPAT_H
#define TISER_COMPAT_H

/* <linux/unaligned.h> since 6.12. */
#ifdef TISER_HAVE_LINUX_UNALIGNED
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* target_core_fabric_ops.default_submit_type since 6.7. */
#ifdef TISER_HAVE_SUBMIT_TYPE
#define TISER_TFO_SUBMIT \
	.default_submit_type = TARGET_DIRECT_SUBMIT, \
	.direct_submit_supp = 1,
#else
#define TISER_TFO_SUBMIT
#endif

/* target_core_fabric_ops.default_compl_type since 7.0. */
#ifdef TISER_HAVE_COMPL_TYPE
#define TISER_TFO_COMPL .default_compl_type = TARGET_QUEUE_COMPL,
#else
#define TISER_TFO_COMPL
#endif

/* __assign_str() knows its source from __string() since 6.10. */
#ifdef TISER_HAVE_ASSIGN_STR_1
#define TISER_ASSIGN_STR(dst, src) __assign_str(dst)
#else
#define TISER_ASSIGN_STR(dst, src) __assign_str(dst, src)
#endif

#endif /* TISER_COMPAT_H */
