/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is counted and timed, for each connection and, as sums, for each portal
 * group. Knows neither PDUs nor LIO nor verbs, so that every layer may count.
 *
 * A connection's numbers have one writer at a time: its completions are handled
 * by one CQ worker after the other, and what is counted elsewhere has words and
 * a serialisation of its own, named below. So counting is an increment of
 * memory nobody else writes: no lock, no atomic operation, no copy for each
 * processor. Documentation/statistics.rst has the names.
 */
#ifndef TISER_STATS_H
#define TISER_STATS_H

#include <linux/cache.h>
#include <linux/jump_label.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched/clock.h>
#include <linux/types.h>
#include <tiser/proto/hist.h>

/* Kinds of commands, by how their data moves. */
enum tiser_stats_class {
	TISER_CLASS_READ,
	TISER_CLASS_IMMEDIATE,	/* all data came with the command or unasked */
	TISER_CLASS_SOLICITED,	/* some was fetched */
	TISER_CLASS_NODATA,
	TISER_CLASS_NR,
	TISER_CLASS_TIMED = TISER_CLASS_NODATA,	/* those before have latencies */
};

/* Parts of a command's time that have a histogram each. */
enum tiser_latency {
	TISER_LATENCY_SUBMIT,
	TISER_LATENCY_RDMA_READ,
	TISER_LATENCY_BACKEND,
	TISER_LATENCY_SEND,
	TISER_LATENCY_TOTAL,
	TISER_LATENCY_NR,
};

/* Moments of a command's life that separate them. */
enum tiser_stats_mark {
	TISER_MARK_RECEIVED,	/* 0: the command is not timed */
	TISER_MARK_SUBMITTED,
	TISER_MARK_FETCHING,
	TISER_MARK_EXECUTED,
	TISER_MARK_ANSWERED,
	TISER_MARK_NR,
};

/* Counters. Who writes a group of them, and what keeps others from it: */
enum tiser_stat {
	/* CQ worker, or the login work of a discovery session. */
	TISER_STAT_COMMANDS,	/* and the class */
	TISER_STAT_BYTES = TISER_STAT_COMMANDS + TISER_CLASS_NR, /* likewise */
	TISER_STAT_RX_PDUS = TISER_STAT_BYTES + TISER_CLASS_NR,
	TISER_STAT_RDMA_READS,
	TISER_STAT_RDMA_WRITES,
	TISER_STAT_CHECK_CONDITIONS,
	TISER_STAT_TASK_SET_FULL,
	TISER_STAT_TMFS,
	TISER_STAT_REJECTS,
	TISER_STAT_FORMAT_ERRORS,
	TISER_STAT_HELD_PDUS,
	TISER_STAT_DROPPED_PDUS,
	TISER_STAT_DATA_OUTS,
	TISER_STAT_LOGOUTS,
	/* conn->sn_lock */
	TISER_STAT_TX_PDUS,
	TISER_STAT_ABORTED_TASKS,
	/* conn->keepalive.work */
	TISER_STAT_NOPIN_SENT,
	TISER_STAT_NOPIN_TIMEOUTS,
	/* Login work */
	TISER_STAT_LOGINS,
	/* The group's alone, under its lock */
	TISER_STAT_DISCOVERIES,
	/* Close path */
	TISER_STAT_ABNORMAL_LOGOUTS,
	TISER_STAT_NR,
};

/**
 * struct tiser_stats_sum - numbers of any number of connections
 * @n: by enum tiser_stat
 * @hist: buckets of proto/hist.h, by class and stage
 */
struct tiser_stats_sum {
	u64 n[TISER_STAT_NR];
	u64 hist[TISER_CLASS_TIMED][TISER_LATENCY_NR][TISER_HIST_BUCKETS];
};

/* Why a session failed, in the numbers of the iSCSI MIB (RFC 4544). */
enum tiser_stats_failure {
	TISER_FAILURE_NONE = 0,
	TISER_FAILURE_TIMEOUT = 2,
	TISER_FAILURE_FORMAT = 3,
};

/* An iSCSI name, and a NUL. */
enum { TISER_STATS_NAME = 224 };

/**
 * struct tiser_stats_failed - the last session that failed
 * @when: jiffies64
 * @failure: enum tiser_stats_failure
 * @initiator: its name
 */
struct tiser_stats_failed {
	u64 when;
	u32 failure;
	char initiator[TISER_STATS_NAME];
};

/**
 * struct tiser_stats_group - statistics of a portal group
 * @lock: protects all members, and who belongs to it
 * @live: struct tiser_stats.node of its connections
 * @ended: sums of those that have ended
 * @failed: which of these failed last, if any did
 */
struct tiser_stats_group {
	struct mutex lock;
	struct list_head live;
	struct tiser_stats_sum ended;
	struct tiser_stats_failed failed;
};

/**
 * struct tiser_stats - statistics of a connection
 * @group: where its numbers go, NULL for nowhere; written under group->lock
 * @node: in group->live
 * @session: a normal session has begun and its end has not
 * @sum: written as said above, without a lock, and read any time
 */
struct tiser_stats {
	struct tiser_stats_group *group;
	struct list_head node;
	bool session;
	struct tiser_stats_sum sum ____cacheline_aligned_in_smp;
};

/**
 * struct tiser_stats_cmd - what a command will be counted as
 * @at: by enum tiser_stats_mark; local_clock()
 * @moved: bytes of data
 * @rdma_write: some of them by RDMA Write
 * @class: enum tiser_stats_class
 */
struct tiser_stats_cmd {
	u64 at[TISER_MARK_NR];
	u32 moved;
	bool rdma_write;
	u8 class;
};

/**
 * struct tiser_stats_gauges - what there is now, beside what was counted
 * @sessions: normal sessions
 * @connections: connections, unfinished logins and discovery sessions included
 */
struct tiser_stats_gauges {
	u32 sessions;
	u32 connections;
};

DECLARE_STATIC_KEY_TRUE(tiser_stats_timing);
extern u32 tiser_stats_mask;

void tiser_stats_init(struct tiser_stats *stats);
void tiser_stats_join(struct tiser_stats *stats,
		      struct tiser_stats_group *group);
void tiser_stats_leave(struct tiser_stats *stats, const char *name);
void tiser_stats_time(struct tiser_stats_cmd *cmd);
void tiser_stats_timed(struct tiser_stats *stats,
		       const struct tiser_stats_cmd *cmd);

void tiser_stats_group_init(struct tiser_stats_group *group);
void tiser_stats_group_exit(struct tiser_stats_group *group);
void tiser_stats_group_add(struct tiser_stats_group *group,
			   struct tiser_stats_sum *sum,
			   struct tiser_stats_gauges *gauges);
void tiser_stats_group_inc(struct tiser_stats_group *group,
			   enum tiser_stat stat);
u32 tiser_stats_group_sessions(struct tiser_stats_group *group);
u64 tiser_stats_group_get(struct tiser_stats_group *group,
			  enum tiser_stat stat);
void tiser_stats_group_failed(struct tiser_stats_group *group,
			      struct tiser_stats_failed *last);
void tiser_stats_add(struct tiser_stats_sum *sum,
		     const struct tiser_stats *stats);
int tiser_stats_emit_counters(const struct tiser_stats_sum *sum, char *page,
			      int at);
int tiser_stats_emit_latency(const struct tiser_stats_sum *sum,
			     enum tiser_stats_class class, const char *prefix,
			     char *page, int at);
const char *tiser_stats_class_name(enum tiser_stats_class class);

/* To be called where the table above says. */
static inline void tiser_stats_inc(struct tiser_stats *stats,
				   enum tiser_stat stat)
{
	stats->sum.n[stat]++;
}

static inline u64 tiser_stats_get(const struct tiser_stats *stats,
				  enum tiser_stat stat)
{
	return READ_ONCE(stats->sum.n[stat]);
}

/*
 * A command is received, the @nr-th of its connection. The clock is the
 * scheduler's: some 30 instructions, where ktime_get() has an indirect call
 * more, and in a virtual machine may be a trap. Between processors it may be
 * off by less than a tick where the hardware's counters are no better.
 */
static inline void tiser_stats_begin(struct tiser_stats_cmd *cmd, u32 nr)
{
	cmd->at[TISER_MARK_RECEIVED] = 0;
	cmd->moved = 0;
	cmd->rdma_write = false;
	cmd->class = TISER_CLASS_NODATA;
	if (static_branch_likely(&tiser_stats_timing) &&
	    !(nr & READ_ONCE(tiser_stats_mask)))
		tiser_stats_time(cmd);
}

static inline void tiser_stats_mark(struct tiser_stats_cmd *cmd,
				    enum tiser_stats_mark mark)
{
	if (static_branch_likely(&tiser_stats_timing) &&
	    cmd->at[TISER_MARK_RECEIVED])
		cmd->at[mark] = local_clock();
}

/* A command's response was acknowledged; CQ worker. */
static inline void tiser_stats_done(struct tiser_stats *stats,
				    const struct tiser_stats_cmd *cmd)
{
	u32 class = cmd->class;

	stats->sum.n[TISER_STAT_COMMANDS + class]++;
	stats->sum.n[TISER_STAT_BYTES + class] += cmd->moved;
	stats->sum.n[TISER_STAT_RDMA_WRITES] += cmd->rdma_write;
	if (static_branch_likely(&tiser_stats_timing) &&
	    cmd->at[TISER_MARK_RECEIVED])
		tiser_stats_timed(stats, cmd);
}

#endif /* TISER_STATS_H */
