// SPDX-License-Identifier: GPL-2.0
/*
 * LUNs that are removed while sessions are there: LIO takes them away whoever
 * uses them, and nobody else says from whom. Must not keep a LUN.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <target/target_core_base.h>
#include "iscsi.h"

struct tiser_lun_removal {
	const struct tiser_tpg *tpg;
	u64 lun;
};

/* Whether the session may use it cannot be asked: tools unmap a LUN first. */
static void tiser_lun_say_removed(struct tiser_conn *conn, void *arg)
{
	const struct tiser_lun_removal *removal = arg;

	if (conn->tpg == removal->tpg)
		tiser_conn_info(conn, "LUN %llu of %s tpgt_%u removed while %s is logged in\n",
				removal->lun, conn->tpg->tgt->name,
				conn->tpg->tag, conn->initiator);
}

/**
 * tiser_lun_removed - a LUN is about to go from its portal group
 * @tpg: portal group
 * @lun: number of the LUN
 *
 * One line of the kernel log for each normal session of the group.
 *
 * Context: Process. Takes tgt->mutex, @tpg->mutex and portal->mutex.
 */
void tiser_lun_removed(struct tiser_tpg *tpg, u64 lun)
{
	struct tiser_lun_removal removal = { .tpg = tpg, .lun = lun };

	tiser_tgt_for_each_conn(tpg->tgt, tiser_lun_say_removed, &removal);
}
