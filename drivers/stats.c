// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics: sums over connections, the life of a connection's numbers, and
 * how they are written down. What is counted where is the other layers'
 * business.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <tiser/stats.h>

enum {
	TISER_SAMPLE_DEFAULT = 16,
	TISER_SAMPLE_MAX = 65536,
	/* Longest name, a blank, 20 digits, a newline. */
	TISER_STATS_LINE = 32 + 22,
	/* Prefix, stage, a blank and 20 digits for each bucket, a newline. */
	TISER_STATS_BUCKETS_LINE = 40 + TISER_HIST_BUCKETS * 21,
};

/* Half a page is left to what others count. */
static_assert(TISER_STAT_NR * TISER_STATS_LINE <= PAGE_SIZE / 2);
static_assert(TISER_LATENCY_NR * TISER_STATS_BUCKETS_LINE <= PAGE_SIZE);

/* Off when latency_sample is 0; tiser_stats_mask is it less 1 otherwise. */
DEFINE_STATIC_KEY_TRUE(tiser_stats_timing);
u32 tiser_stats_mask __read_mostly = TISER_SAMPLE_DEFAULT - 1;

static const char *const tiser_stats_names[TISER_STAT_NR] = {
	[TISER_STAT_COMMANDS + TISER_CLASS_READ] = "commands_read",
	[TISER_STAT_COMMANDS + TISER_CLASS_IMMEDIATE] = "commands_immediate",
	[TISER_STAT_COMMANDS + TISER_CLASS_SOLICITED] = "commands_solicited",
	[TISER_STAT_COMMANDS + TISER_CLASS_NODATA] = "commands_nodata",
	[TISER_STAT_BYTES + TISER_CLASS_READ] = "bytes_read",
	[TISER_STAT_BYTES + TISER_CLASS_IMMEDIATE] = "bytes_immediate",
	[TISER_STAT_BYTES + TISER_CLASS_SOLICITED] = "bytes_solicited",
	[TISER_STAT_RX_PDUS] = "rx_pdus",
	[TISER_STAT_RDMA_READS] = "rdma_reads",
	[TISER_STAT_RDMA_WRITES] = "rdma_writes",
	[TISER_STAT_CHECK_CONDITIONS] = "check_conditions",
	[TISER_STAT_TASK_SET_FULL] = "task_set_full",
	[TISER_STAT_TMFS] = "tmfs",
	[TISER_STAT_REJECTS] = "rejects",
	[TISER_STAT_FORMAT_ERRORS] = "format_errors",
	[TISER_STAT_HELD_PDUS] = "held_pdus",
	[TISER_STAT_DROPPED_PDUS] = "dropped_pdus",
	[TISER_STAT_DATA_OUTS] = "data_outs",
	[TISER_STAT_LOGOUTS] = "logouts",
	[TISER_STAT_TX_PDUS] = "tx_pdus",
	[TISER_STAT_ABORTED_TASKS] = "aborted_tasks",
	[TISER_STAT_NOPIN_SENT] = "nopin_sent",
	[TISER_STAT_NOPIN_TIMEOUTS] = "nopin_timeouts",
	[TISER_STAT_LOGINS] = "logins",
	[TISER_STAT_DISCOVERIES] = "discoveries",
	[TISER_STAT_ABNORMAL_LOGOUTS] = "abnormal_logouts",
};

static const char *const tiser_latency_names[TISER_LATENCY_NR] = {
	[TISER_LATENCY_SUBMIT] = "submit",
	[TISER_LATENCY_RDMA_READ] = "rdma_read",
	[TISER_LATENCY_BACKEND] = "backend",
	[TISER_LATENCY_SEND] = "send",
	[TISER_LATENCY_TOTAL] = "total",
};

/**
 * tiser_stats_init - nothing has happened yet
 * @stats: zeroed statistics of a new connection
 *
 * Context: any.
 */
void tiser_stats_init(struct tiser_stats *stats)
{
	INIT_LIST_HEAD(&stats->node);
}

/**
 * tiser_stats_join - a connection's numbers become part of a group's
 * @stats: statistics of a connection that is in no group
 * @group: portal group
 *
 * What was counted before becomes part of them, too.
 *
 * Context: process. Takes @group->lock.
 */
void tiser_stats_join(struct tiser_stats *stats,
		      struct tiser_stats_group *group)
{
	mutex_lock(&group->lock);
	stats->group = group;
	list_add_tail(&stats->node, &group->live);
	mutex_unlock(&group->lock);
}

static u64 tiser_stats_failure(const struct tiser_stats *stats)
{
	if (tiser_stats_get(stats, TISER_STAT_FORMAT_ERRORS))
		return TISER_FAILURE_FORMAT;
	if (tiser_stats_get(stats, TISER_STAT_NOPIN_TIMEOUTS))
		return TISER_FAILURE_TIMEOUT;
	return TISER_FAILURE_NONE;
}

static void __tiser_stats_note_end(struct tiser_stats_group *group,
				   struct tiser_stats *stats, const char *name)
{
	u32 failure = tiser_stats_failure(stats);

	lockdep_assert_held(&group->lock);
	if (tiser_stats_get(stats, TISER_STAT_LOGINS) &&
	    !tiser_stats_get(stats, TISER_STAT_LOGOUTS))
		tiser_stats_inc(stats, TISER_STAT_ABNORMAL_LOGOUTS);
	if (!failure)
		return;
	group->failed.when = get_jiffies_64();
	group->failed.failure = failure;
	strscpy(group->failed.initiator, name,
		sizeof(group->failed.initiator));
}

/**
 * tiser_stats_leave - a connection has ended, its numbers stay with the group
 * @stats: statistics nobody counts in any more
 * @name: its initiator
 *
 * Moved from one place to the other with the lock held, so that nobody sees
 * them in both or in none.
 *
 * Context: process (close path). Takes the group's lock.
 */
void tiser_stats_leave(struct tiser_stats *stats, const char *name)
{
	struct tiser_stats_group *group = stats->group;

	if (!group)
		return;
	mutex_lock(&group->lock);
	__tiser_stats_note_end(group, stats, name);
	tiser_stats_add(&group->ended, stats);
	list_del_init(&stats->node);
	stats->group = NULL;
	mutex_unlock(&group->lock);
}

/**
 * tiser_stats_time - this command is timed
 * @cmd: command just received
 *
 * A moment that will be left out because the command fails before it then
 * counts as the first.
 *
 * Context: any.
 */
void tiser_stats_time(struct tiser_stats_cmd *cmd)
{
	u64 now = local_clock();
	u32 i;

	for (i = 0; i < TISER_MARK_NR; i++)
		cmd->at[i] = now;
}

static void tiser_stats_count(struct tiser_stats *stats,
			      const struct tiser_stats_cmd *cmd,
			      enum tiser_latency stage, s64 ns)
{
	stats->sum.hist[cmd->class][stage][tiser_hist_bucket(ns)]++;
}

/**
 * tiser_stats_timed - count the times of a command
 * @stats: its connection's
 * @cmd: command that is timed and has just ended
 *
 * Context: CQ worker of the connection.
 */
void tiser_stats_timed(struct tiser_stats *stats,
		       const struct tiser_stats_cmd *cmd)
{
	const u64 *at = cmd->at;
	u64 executed = at[TISER_MARK_SUBMITTED], now;

	if (cmd->class >= TISER_CLASS_TIMED)
		return;
	now = local_clock();
	if (cmd->class == TISER_CLASS_SOLICITED) {
		executed = at[TISER_MARK_EXECUTED];
		tiser_stats_count(stats, cmd, TISER_LATENCY_RDMA_READ,
				  executed - at[TISER_MARK_FETCHING]);
	}
	tiser_stats_count(stats, cmd, TISER_LATENCY_SUBMIT,
			  at[TISER_MARK_SUBMITTED] - at[TISER_MARK_RECEIVED]);
	tiser_stats_count(stats, cmd, TISER_LATENCY_BACKEND,
			  at[TISER_MARK_ANSWERED] - executed);
	tiser_stats_count(stats, cmd, TISER_LATENCY_SEND,
			  now - at[TISER_MARK_ANSWERED]);
	tiser_stats_count(stats, cmd, TISER_LATENCY_TOTAL,
			  now - at[TISER_MARK_RECEIVED]);
}

/**
 * tiser_stats_group_init - statistics of a new portal group
 * @group: zeroed
 *
 * Context: any.
 */
void tiser_stats_group_init(struct tiser_stats_group *group)
{
	mutex_init(&group->lock);
	INIT_LIST_HEAD(&group->live);
}

/**
 * tiser_stats_group_exit - undo tiser_stats_group_init()
 * @group: group without connections
 *
 * Context: any.
 */
void tiser_stats_group_exit(struct tiser_stats_group *group)
{
	WARN_ON_ONCE(!list_empty(&group->live));
	mutex_destroy(&group->lock);
}

static void tiser_stats_add_sum(struct tiser_stats_sum *to,
				const struct tiser_stats_sum *from)
{
	const u64 *src = &from->hist[0][0][0];
	u64 *dst = &to->hist[0][0][0];
	u32 i;

	for (i = 0; i < TISER_STAT_NR; i++)
		to->n[i] += READ_ONCE(from->n[i]);
	for (i = 0; i < sizeof(to->hist) / sizeof(*dst); i++)
		dst[i] += READ_ONCE(src[i]);
}

/**
 * tiser_stats_add - add the numbers of one connection
 * @sum: to be added to
 * @stats: the connection's; may be counted in meanwhile
 *
 * Context: any.
 */
void tiser_stats_add(struct tiser_stats_sum *sum,
		     const struct tiser_stats *stats)
{
	tiser_stats_add_sum(sum, &stats->sum);
}

/**
 * tiser_stats_group_add - add the numbers of a portal group
 * @group: portal group
 * @sum: to be added to
 * @gauges: likewise
 *
 * Context: process. Takes @group->lock.
 */
void tiser_stats_group_add(struct tiser_stats_group *group,
			   struct tiser_stats_sum *sum,
			   struct tiser_stats_gauges *gauges)
{
	const struct tiser_stats *stats;

	mutex_lock(&group->lock);
	tiser_stats_add_sum(sum, &group->ended);
	list_for_each_entry(stats, &group->live, node) {
		tiser_stats_add(sum, stats);
		gauges->connections++;
		gauges->sessions += READ_ONCE(stats->session);
	}
	mutex_unlock(&group->lock);
}

/**
 * tiser_stats_group_inc - count what belongs to no connection of a group
 * @group: portal group
 * @stat: counter
 *
 * Context: process. Takes @group->lock.
 */
void tiser_stats_group_inc(struct tiser_stats_group *group,
			   enum tiser_stat stat)
{
	mutex_lock(&group->lock);
	group->ended.n[stat]++;
	mutex_unlock(&group->lock);
}

/**
 * tiser_stats_group_sessions - how many normal sessions there are
 * @group: portal group
 *
 * Context: process. Takes @group->lock.
 * Return: their number.
 */
u32 tiser_stats_group_sessions(struct tiser_stats_group *group)
{
	const struct tiser_stats *stats;
	u32 n = 0;

	mutex_lock(&group->lock);
	list_for_each_entry(stats, &group->live, node)
		n += READ_ONCE(stats->session);
	mutex_unlock(&group->lock);
	return n;
}

/**
 * tiser_stats_group_get - one number of a portal group
 * @group: portal group
 * @stat: which
 *
 * Context: process. Takes @group->lock.
 * Return: the number.
 */
u64 tiser_stats_group_get(struct tiser_stats_group *group,
			  enum tiser_stat stat)
{
	const struct tiser_stats *stats;
	u64 n;

	mutex_lock(&group->lock);
	n = group->ended.n[stat];
	list_for_each_entry(stats, &group->live, node)
		n += tiser_stats_get(stats, stat);
	mutex_unlock(&group->lock);
	return n;
}

/**
 * tiser_stats_group_failed - which session failed last
 * @group: portal group
 * @last: that of other groups, or zeroed; replaced by a later one
 *
 * Context: process. Takes @group->lock.
 */
void tiser_stats_group_failed(struct tiser_stats_group *group,
			      struct tiser_stats_failed *last)
{
	mutex_lock(&group->lock);
	if (group->failed.failure && group->failed.when >= last->when)
		*last = group->failed;
	mutex_unlock(&group->lock);
}

/**
 * tiser_stats_class_name - how a class is called in names of files and lines
 * @class: one that is timed
 *
 * Context: any.
 * Return: string that lives as long as the module.
 */
const char *tiser_stats_class_name(enum tiser_stats_class class)
{
	/* Behind "commands_". */
	return tiser_stats_names[TISER_STAT_COMMANDS + class] +
	       strlen("commands_");
}

/**
 * tiser_stats_emit_counters - lines "name value"
 * @sum: numbers
 * @page: a page, page-aligned
 * @at: bytes of it in use; half of it suffices for these
 *
 * Context: any.
 * Return: bytes written.
 */
int tiser_stats_emit_counters(const struct tiser_stats_sum *sum, char *page,
			      int at)
{
	int len = 0;
	u32 i;

	for (i = 0; i < TISER_STAT_NR; i++)
		if (tiser_stats_names[i])
			len += sysfs_emit_at(page, at + len, "%s %llu\n",
					     tiser_stats_names[i], sum->n[i]);
	return len;
}

static u32 tiser_stats_buckets_used(const u64 *hist)
{
	u32 used = TISER_HIST_BUCKETS;

	while (used && !hist[used - 1])
		used--;
	return used;
}

static int tiser_stats_emit_buckets(const u64 *hist, char *page, int at)
{
	u32 used = tiser_stats_buckets_used(hist), i;
	int len = 0;

	for (i = 0; i < used; i++)
		len += sysfs_emit_at(page, at + len, " %llu", hist[i]);
	return len + sysfs_emit_at(page, at + len, "\n");
}

/**
 * tiser_stats_emit_latency - lines "stage bucket bucket ..."
 * @sum: numbers
 * @class: one that is timed
 * @prefix: in front of each line, or ""
 * @page: a page, page-aligned
 * @at: bytes of it in use; a whole one suffices for these
 *
 * Context: any.
 * Return: bytes written.
 */
int tiser_stats_emit_latency(const struct tiser_stats_sum *sum,
			     enum tiser_stats_class class, const char *prefix,
			     char *page, int at)
{
	int len = 0;
	u32 stage;

	for (stage = 0; stage < TISER_LATENCY_NR; stage++) {
		if (stage == TISER_LATENCY_RDMA_READ &&
		    class != TISER_CLASS_SOLICITED)
			continue;
		len += sysfs_emit_at(page, at + len, "%s%s", prefix,
				     tiser_latency_names[stage]);
		len += tiser_stats_emit_buckets(sum->hist[class][stage], page,
						at + len);
	}
	return len;
}

/* Serialised by the lock of module parameters. */
static int tiser_stats_sample_set(const char *value,
				  const struct kernel_param *kp)
{
	u32 sample;
	int ret = kstrtou32(value, 0, &sample);

	if (ret || sample > TISER_SAMPLE_MAX ||
	    (sample && !is_power_of_2(sample))) {
		pr_err("latency_sample \"%.*s\" refused: must be 0 or a power of two up to %u\n",
		       (int)strcspn(value, "\n"), value, TISER_SAMPLE_MAX);
		return ret ?: -EINVAL;
	}
	if (sample) {
		/* Pairs with READ_ONCE() in tiser_stats_begin(). */
		WRITE_ONCE(tiser_stats_mask, sample - 1);
		static_branch_enable(&tiser_stats_timing);
	} else {
		static_branch_disable(&tiser_stats_timing);
	}
	return 0;
}

static int tiser_stats_sample_get(char *page, const struct kernel_param *kp)
{
	u32 sample = static_key_enabled(&tiser_stats_timing) ?
		     READ_ONCE(tiser_stats_mask) + 1 : 0;

	return sysfs_emit(page, "%u\n", sample);
}

static const struct kernel_param_ops tiser_stats_sample_ops = {
	.set = tiser_stats_sample_set,
	.get = tiser_stats_sample_get,
};
module_param_cb(latency_sample, &tiser_stats_sample_ops, NULL, 0644);
MODULE_PARM_DESC(latency_sample,
		 "time every so many-th command of a connection: a power of two, 0 for none (16)");
