// SPDX-License-Identifier: GPL-2.0
/*
 * Task management requests carried out by target core in parts: an ABORT TASK
 * for each affected task, a LOGICAL UNIT RESET for each logical unit. Target
 * core knows no others, and an ABORT TASK only by a tag.
 *
 * The request is answered when target core has released every part and every
 * affected task, so also when a task was being aborted or completed already. A
 * LOGICAL UNIT RESET passes over a task whose backend has just completed it; such
 * tasks of the own session are waited for here, too, lest their responses follow
 * that of the request.
 *
 * The request's task holds its own session. A part holds the session it works
 * on, as any command does; the close path of either waits for it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/rculist.h>
#include <linux/slab.h>
#include <target/target_core_fabric.h>
#include "iscsi.h"

/*
 * Parts inside target core at a time, for one request: each occupies a worker
 * of the system's workqueue for as long as the backend needs.
 */
enum { TISER_TMF_PARTS = 32 };

/**
 * struct tiser_tmf_set - a request
 * @cmd: its task
 * @action: what is to be done
 * @pending: unfinished parts, unreleased tasks, and one for who adds to them
 * @lock: protects @todo and @running
 * @todo: parts not yet submitted
 * @running: parts inside target core
 * @parts: all parts; written by one context at a time, then by none
 * @dev: device whose tasks are cleared in other sessions
 * @report: they end with TASK ABORTED
 * @failed: what one of the parts came to, an enum tcm_tmrsp_table, 0 for none
 * @work: looks for tasks of other sessions
 */
struct tiser_tmf_set {
	struct tiser_cmd *cmd;
	enum tiser_tmf_action action;
	atomic_t pending;
	spinlock_t lock;
	struct list_head todo;
	unsigned int running;
	struct list_head parts;
	struct se_device *dev;
	bool report;
	u8 failed;
	struct work_struct work;
};

/**
 * struct tiser_tmf_part - a task to abort, or a logical unit to reset
 * @se_cmd: target core's request
 * @set: owner
 * @node: in set->parts
 * @todo: in set->todo
 * @watch: in task->watchers
 * @conn: session it works on, with a reference
 * @task: the task, pinned until the part is submitted or watches it; NULL for a
 *	reset
 * @lun: logical unit, as that session numbers it
 * @aborted: the task ended without a response
 * @sense: for target core
 */
struct tiser_tmf_part {
	struct se_cmd se_cmd;
	struct tiser_tmf_set *set;
	struct list_head node;
	struct list_head todo;
	struct llist_node watch;
	struct tiser_conn *conn;
	struct tiser_cmd *task;
	u64 lun;
	bool aborted;
	u8 sense[TRANSPORT_SENSE_BUFFER];
};

static struct tiser_tmf_part *tiser_tmf_part_of(struct se_cmd *se_cmd)
{
	return container_of(se_cmd, struct tiser_tmf_part, se_cmd);
}

static int tiser_tmf_add(struct tiser_tmf_set *set, struct tiser_conn *conn,
			 struct tiser_cmd *task, u64 lun, gfp_t gfp)
{
	struct tiser_tmf_part *part = kzalloc(sizeof(*part), gfp);

	if (!part)
		return -ENOMEM;
	part->set = set;
	part->task = task;
	part->lun = lun;
	part->conn = conn;
	kref_get(&conn->kref);
	list_add_tail(&part->node, &set->parts);
	list_add_tail(&part->todo, &set->todo);
	return 0;
}

static void tiser_tmf_free(struct tiser_tmf_set *set)
{
	struct tiser_tmf_part *part, *tmp;

	list_for_each_entry_safe(part, tmp, &set->parts, node) {
		tiser_conn_put(part->conn);
		kfree(part);
	}
	kfree(set);
}

/*
 * SAM: whose tasks another initiator has cleared is told so, once, unless each
 * of them ended with TASK ABORTED.
 */
static void tiser_tmf_notify(struct tiser_tmf_set *set)
{
	struct tiser_tmf_part *part;

	list_for_each_entry(part, &set->parts, node) {
		if (part->aborted && part->conn != set->cmd->conn)
			tiser_ua_set(part->conn, TISER_UA_CLEARED_BY_OTHER,
				     part->lun);
	}
}

static u8 tiser_tmf_outcome(const struct tiser_tmf_set *set)
{
	const struct tiser_tmf_part *part;

	if (set->action == TISER_TMF_DO_ABORT) {
		part = list_first_entry(&set->parts, struct tiser_tmf_part, node);
		return part->aborted ? TISER_TMF_RSP_COMPLETE :
				       TISER_TMF_RSP_NO_TASK;
	}
	switch (set->failed) {
	case 0:
		return TISER_TMF_RSP_COMPLETE;
	case TMR_LUN_DOES_NOT_EXIST:
		return TISER_TMF_RSP_NO_LUN;
	default:
		return TISER_TMF_RSP_REJECTED;
	}
}

/* Drops one of set->pending; the last one answers the request. */
static void tiser_tmf_put(struct tiser_tmf_set *set)
{
	struct tiser_cmd *cmd = set->cmd;
	enum tiser_tmf_action action = set->action;
	u8 response;

	if (!atomic_dec_and_test(&set->pending))
		return;
	response = tiser_tmf_outcome(set);
	tiser_tmf_notify(set);
	if (action == TISER_TMF_DO_NEXUS_RESET)
		tiser_ua_nexus_reset(cmd->conn);
	tiser_tmf_free(set);
	tiser_tmf_respond(cmd, action, response);
}

static struct tiser_tmf_part *tiser_tmf_next(struct tiser_tmf_set *set)
{
	struct tiser_tmf_part *part = NULL;
	unsigned long flags;

	spin_lock_irqsave(&set->lock, flags);
	if (set->running < TISER_TMF_PARTS)
		part = list_first_entry_or_null(&set->todo,
						struct tiser_tmf_part, todo);
	if (part) {
		list_del(&part->todo);
		set->running++;
	}
	spin_unlock_irqrestore(&set->lock, flags);
	return part;
}

static void tiser_tmf_part_ended(struct tiser_tmf_set *set)
{
	unsigned long flags;

	spin_lock_irqsave(&set->lock, flags);
	set->running--;
	spin_unlock_irqrestore(&set->lock, flags);
}

/* Is it about logical units, and tasks are but waited for? */
static bool tiser_tmf_resets(const struct tiser_tmf_set *set)
{
	return set->action == TISER_TMF_DO_LUN_RESET ||
	       set->action == TISER_TMF_DO_WARM_RESET ||
	       set->action == TISER_TMF_DO_COLD_RESET;
}

static void tiser_tmf_watch(struct tiser_tmf_set *set,
			    struct tiser_tmf_part *part)
{
	atomic_inc(&set->pending);
	llist_add(&part->watch, &part->task->watchers);
	tiser_tmf_part_ended(set);
	target_put_sess_cmd(&part->task->se_cmd);
}

/* Also when the session is being closed: then the task ends by that. */
static void tiser_tmf_submit(struct tiser_tmf_set *set,
			     struct tiser_tmf_part *part)
{
	struct tiser_cmd *task = part->task;
	u64 tag = task ? task->se_cmd.tag : 0;

	if (task && tiser_tmf_resets(set)) {
		tiser_tmf_watch(set, part);
		return;
	}
	atomic_add(task ? 2 : 1, &set->pending);
	if (task) {
		task->report_abort = set->report &&
				     part->conn != set->cmd->conn;
		llist_add(&part->watch, &task->watchers);
	}
	if (target_submit_tmr(&part->se_cmd, part->conn->se_sess, part->sense,
			      part->lun, part,
			      task ? TMR_ABORT_TASK : TMR_LUN_RESET, GFP_KERNEL,
			      tag, 0)) {
		if (!task)
			WRITE_ONCE(set->failed, TMR_FUNCTION_REJECTED);
		tiser_tmf_part_ended(set);
		tiser_tmf_put(set);
	}
	if (task)
		target_put_sess_cmd(&task->se_cmd);
}

/* The caller holds one of set->pending. */
static void tiser_tmf_run(struct tiser_tmf_set *set)
{
	struct tiser_tmf_part *part;

	while ((part = tiser_tmf_next(set)))
		tiser_tmf_submit(set, part);
}

/**
 * tiser_tmf_part_respond - target_core_fabric_ops.queue_tm_rsp
 * @se_cmd: part that target core has finished, and will release
 *
 * What became of a task is seen from the task.
 *
 * Context: Process.
 */
void tiser_tmf_part_respond(struct se_cmd *se_cmd)
{
	struct tiser_tmf_part *part = tiser_tmf_part_of(se_cmd);
	u8 response = se_cmd->se_tmr_req->response;

	if (part->task || response == TMR_FUNCTION_COMPLETE)
		return;
	/* A logical unit that was unmapped meanwhile needs no reset. */
	if (response == TMR_LUN_DOES_NOT_EXIST &&
	    part->set->action != TISER_TMF_DO_LUN_RESET)
		return;
	WRITE_ONCE(part->set->failed, response);
}

/**
 * tiser_tmf_part_release - target_core_fabric_ops.release_cmd of a part
 * @se_cmd: part
 *
 * Context: Process.
 */
void tiser_tmf_part_release(struct se_cmd *se_cmd)
{
	struct tiser_tmf_set *set = tiser_tmf_part_of(se_cmd)->set;

	tiser_tmf_part_ended(set);
	tiser_tmf_run(set);
	tiser_tmf_put(set);
}

/**
 * tiser_tmf_task_gone - a task that requests wait for is being released
 * @task: task with watchers; its data have been freed
 *
 * Context: Process (release_cmd).
 */
void tiser_tmf_task_gone(struct tiser_cmd *task)
{
	struct llist_node *watchers = llist_del_all(&task->watchers);
	struct tiser_tmf_part *part, *tmp;

	llist_for_each_entry_safe(part, tmp, watchers, watch) {
		part->aborted = task->aborted;
		tiser_tmf_put(part->set);
	}
}

/* Is a pinned task of the request's own session one of those it is about? */
static bool tiser_tmf_is_mine(const struct tiser_tmf_set *set,
			      const struct tiser_cmd *task)
{
	struct tiser_tmf_task id = tiser_tmf_task_of(task);

	if (set->action == TISER_TMF_DO_NEXUS_RESET ||
	    set->action == TISER_TMF_DO_WARM_RESET ||
	    set->action == TISER_TMF_DO_COLD_RESET)
		return true;
	return id.lun == set->cmd->se_cmd.orig_fe_lun &&
	       tiser_tmf_precedes(&id, set->cmd->cmdsn);
}

/* Adds the task in a slot if it is affected. */
static int tiser_tmf_add_slot(struct tiser_tmf_set *set,
			      struct tiser_conn *conn, struct tiser_cmd *task)
{
	bool affected;
	int ret = 0;

	if (!tiser_cmd_pin(task))
		return 0;
	if (conn == set->cmd->conn)
		affected = tiser_tmf_is_mine(set, task);
	else
		affected = READ_ONCE(task->se_cmd.se_dev) == set->dev;
	if (affected) {
		ret = tiser_tmf_add(set, conn, task, task->se_cmd.orig_fe_lun,
				    GFP_KERNEL);
		if (!ret)
			return 0;
	}
	target_put_sess_cmd(&task->se_cmd);
	return ret;
}

static int tiser_tmf_add_session(struct tiser_tmf_set *set,
				 struct tiser_conn *conn)
{
	u32 i;
	int ret = 0;

	for (i = 0; !ret && i < conn->nr_cmds; i++)
		ret = tiser_tmf_add_slot(set, conn, &conn->cmds[i]);
	return ret;
}

/* A session that is in the list keeps its slots while portal->mutex is held. */
static void tiser_tmf_add_foreign(struct tiser_conn *conn, void *arg)
{
	struct tiser_tmf_set *set = arg;

	if (conn == set->cmd->conn || !smp_load_acquire(&conn->full_feature))
		return;
	if (tiser_tmf_add_session(set, conn))
		WRITE_ONCE(set->failed, TMR_FUNCTION_REJECTED);
}

/* CLEAR TASK SET: the same device, whatever number another session gives it. */
static void tiser_tmf_foreign_work(struct work_struct *work)
{
	struct tiser_tmf_set *set = container_of(work, struct tiser_tmf_set,
						 work);

	tiser_tgt_for_each_conn(set->cmd->conn->tpg->tgt,
				tiser_tmf_add_foreign, set);
	tiser_tmf_run(set);
	tiser_tmf_put(set);
}

/*
 * The logical units the initiator may use, not those the portal group has: what
 * it cannot reach it must not reset either.
 */
static int tiser_tmf_add_luns(struct tiser_tmf_set *set)
{
	struct tiser_conn *conn = set->cmd->conn;
	struct se_dev_entry *deve;
	int ret = 0;

	rcu_read_lock();
	hlist_for_each_entry_rcu(deve,
				 &conn->se_sess->se_node_acl->lun_entry_hlist,
				 link) {
		ret = tiser_tmf_add(set, conn, NULL, deve->mapped_lun,
				    GFP_ATOMIC);
		if (ret)
			break;
	}
	rcu_read_unlock();
	return ret;
}

/* CLEAR TASK SET: the device, and what its Control mode page says of TAS. */
static void tiser_tmf_set_device(struct tiser_tmf_set *set)
{
	struct tiser_conn *conn = set->cmd->conn;
	u64 lun = set->cmd->se_cmd.orig_fe_lun;
	struct se_dev_entry *deve;

	rcu_read_lock();
	hlist_for_each_entry_rcu(deve,
				 &conn->se_sess->se_node_acl->lun_entry_hlist,
				 link) {
		if (deve->mapped_lun == lun)
			set->dev = rcu_dereference(deve->se_lun->lun_se_dev);
	}
	if (set->dev)
		set->report = set->dev->dev_attrib.emulate_tas;
	rcu_read_unlock();
}

static int tiser_tmf_add_task(struct tiser_tmf_set *set, struct tiser_cmd *task)
{
	int ret = tiser_tmf_add(set, set->cmd->conn, task,
				set->cmd->se_cmd.orig_fe_lun, GFP_KERNEL);

	/* The part's reference; the caller has one, so it can be had. */
	if (!ret)
		kref_get(&task->se_cmd.cmd_kref);
	return ret;
}

/*
 * The tasks come first: a reset waits for them, and so must not occupy the last
 * place in target core while one has a reference of ours.
 */
static int tiser_tmf_add_resets(struct tiser_tmf_set *set)
{
	struct tiser_conn *conn = set->cmd->conn;
	int ret = tiser_tmf_add_session(set, conn);

	if (ret)
		return ret;
	if (set->action == TISER_TMF_DO_LUN_RESET)
		return tiser_tmf_add(set, conn, NULL,
				     set->cmd->se_cmd.orig_fe_lun, GFP_KERNEL);
	return tiser_tmf_add_luns(set);
}

static int tiser_tmf_assemble(struct tiser_tmf_set *set, struct tiser_cmd *task)
{
	if (set->action == TISER_TMF_DO_ABORT)
		return tiser_tmf_add_task(set, task);
	if (tiser_tmf_resets(set))
		return tiser_tmf_add_resets(set);
	return tiser_tmf_add_session(set, set->cmd->conn);
}

/* Nothing has been submitted. */
static void tiser_tmf_abandon(struct tiser_tmf_set *set)
{
	struct tiser_tmf_part *part;

	list_for_each_entry(part, &set->parts, node) {
		if (part->task)
			target_put_sess_cmd(&part->task->se_cmd);
	}
	tiser_tmf_free(set);
}

/**
 * tiser_tmf_set_start - carry out a request
 * @cmd: its task, with the two references of target_init_cmd(); answered by
 *	tiser_tmf_respond() when everything is done
 * @action: what to do
 * @task: for TISER_TMF_DO_ABORT, the task, pinned by the caller
 *
 * Context: Process (control_notify): the session's tasks are those that were
 * delivered before the request.
 * Return: 0; -ENOMEM, with nothing done and @cmd still the caller's.
 */
int tiser_tmf_set_start(struct tiser_cmd *cmd, enum tiser_tmf_action action,
			struct tiser_cmd *task)
{
	struct tiser_tmf_set *set = kzalloc(sizeof(*set), GFP_KERNEL);

	if (!set)
		return -ENOMEM;
	set->cmd = cmd;
	set->action = action;
	atomic_set(&set->pending, 1);
	spin_lock_init(&set->lock);
	INIT_LIST_HEAD(&set->todo);
	INIT_LIST_HEAD(&set->parts);
	INIT_WORK(&set->work, tiser_tmf_foreign_work);
	if (tiser_tmf_assemble(set, task)) {
		tiser_tmf_abandon(set);
		return -ENOMEM;
	}
	if (action == TISER_TMF_DO_CLEAR_SET) {
		tiser_tmf_set_device(set);
		queue_work(tiser_login_wq, &set->work);
		return 0;
	}
	tiser_tmf_run(set);
	tiser_tmf_put(set);
	return 0;
}
