// SPDX-License-Identifier: GPL-2.0
/*
 * Module entry and exit: starts the layers from the bottom up, stops them in
 * reverse.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <tiser/debugfs.h>
#include "iscsi/iscsi.h"

static int __init tiser_init(void)
{
	int ret;

	ret = tiser_conn_init();
	if (ret)
		return ret;
	ret = tiser_login_init_wq();
	if (ret)
		goto err_conn_exit;
	tiser_auth_init();
	tiser_debugfs_init();
	ret = tiser_dm_init();
	if (ret)
		goto err_auth_exit;
	ret = tiser_lio_init();
	if (ret)
		goto err_dm_exit;
	return 0;

err_dm_exit:
	tiser_dm_exit();
err_auth_exit:
	tiser_debugfs_exit();
	tiser_auth_exit();
	tiser_login_exit_wq();
err_conn_exit:
	tiser_conn_exit();
	return ret;
}

/* No target is configured any more: each of them pins the module. */
static void __exit tiser_exit(void)
{
	tiser_lio_exit();
	tiser_dm_exit();
	tiser_debugfs_exit();
	tiser_auth_exit();
	tiser_login_exit_wq();
	tiser_conn_exit();
}

module_init(tiser_init);
module_exit(tiser_exit);
MODULE_DESCRIPTION("iSER target fabric (RFC 7145) for LIO");
MODULE_VERSION("0.1");
MODULE_LICENSE("GPL");
/* The name by which rtslib loads a fabric it knows nothing special about. */
MODULE_ALIAS("iser_target_mod");
