// SPDX-License-Identifier: GPL-2.0
/*
 * Logins and logouts for udev: a "change" event of the module, which rules match
 * by ENV{TISER_EVENT}. Must not decide anything.
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "iscsi.h"

static void tiser_uevent_send(struct tiser_conn *conn, const char *event,
			      const char *reason)
{
	char *env[] = {
		kasprintf(GFP_KERNEL, "TISER_EVENT=%s", event),
		kasprintf(GFP_KERNEL, "TISER_INITIATOR=%s", conn->initiator),
		kasprintf(GFP_KERNEL, "TISER_TARGET=%s", conn->tpg->tgt->name),
		kasprintf(GFP_KERNEL, "TISER_ADDRESS=%pISpc", &conn->peer),
		kasprintf(GFP_KERNEL, "TISER_REASON=%s", reason),
		NULL,
	};
	int i;

	kobject_uevent_env(&THIS_MODULE->mkobj.kobj, KOBJ_CHANGE, env);
	for (i = 0; i < ARRAY_SIZE(env); i++)
		kfree(env[i]);
}

/**
 * tiser_uevent - tell user space that a session began or ended
 * @conn: its connection; nothing is told of discovery sessions
 * @event: "login" or "logout"
 * @reason: why it ended, "" for none
 *
 * Best effort: without memory there is no event.
 *
 * Context: Process, may sleep.
 */
void tiser_uevent(struct tiser_conn *conn, const char *event,
		  const char *reason)
{
	if (!conn->discovery)
		tiser_uevent_send(conn, event, reason);
}
