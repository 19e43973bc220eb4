/* SPDX-License-Identifier: GPL-2.0 */
/* Module boilerplate means nothing in user space. */
#ifndef SHIM_LINUX_MODULE_H
#define SHIM_LINUX_MODULE_H

#define MODULE_LICENSE(x)	struct shim_module_license
#define MODULE_DESCRIPTION(x)	struct shim_module_description

#endif /* SHIM_LINUX_MODULE_H */
