/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The iSCSI layer: connections, sessions, login, full feature phase. Knows LIO
 * and the Datamover Interface, never verbs.
 *
 * MaxConnections=1 and ErrorRecoveryLevel=0 are what we negotiate, so a session
 * is its connection: struct tiser_conn is both.
 */
#ifndef TISER_ISCSI_H
#define TISER_ISCSI_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/scatterlist.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <target/target_core_base.h>
#include <tiser/datamover.h>
#include <tiser/proto/bhs.h>
#include <tiser/proto/conn_fsm.h>
#include <tiser/proto/credit.h>
#include <tiser/proto/keys.h>
#include <tiser/proto/login_fsm.h>
#include <tiser/proto/scsi_map.h>
#include <tiser/proto/sn.h>
#include <tiser/proto/textseq.h>
#include <tiser/proto/tmf_plan.h>
#include <tiser/proto/unexpected.h>
#include <tiser/target.h>

enum {
	/* Unfinished logins and discovery sessions an address takes at a time. */
	TISER_PORTAL_LOGINS_MAX = 128,
	/* How long a new login waits for the session it replaces, seconds. */
	TISER_REINSTATE_WAIT = 5,
	/* And how many sessions it replaces before it gives up. */
	TISER_REINSTATE_MAX = 4,
	/* Discovery sessions without a PDU are closed after this, seconds. */
	TISER_DISCOVERY_IDLE = 60,
	/* What answers in discovery sessions are held back, see login.c. */
	TISER_DISCOVERY_DELAY_MS = 50,
	/* A CmdSN hole cannot heal on a reliable connection, seconds. */
	TISER_CMDSN_HOLE_WAIT = 30,
	/*
	 * Unexpected PDUs we take at a time: immediate commands and what has no
	 * CmdSN (RFC 7145, 6.7 and 8.1.1.3). Declared as
	 * MaxOutstandingUnexpectedPDUs.
	 */
	TISER_UNEXPECTED_MAX = 16,
	/*
	 * Answers to pings of ours on their way (RFC 7145, 8.1.2 c: a buffer
	 * for them MUST be there).
	 */
	TISER_PINGS_MAX = 1,
	/* Another PDU often tells of a reopened window before this. */
	TISER_WINDOW_DELAY_MS = 100,
	/* Parameter3 of logout requests nobody enforces, seconds. */
	TISER_DRAIN_SECONDS = 60,
	/* Receive buffers on their way back to the queue pair. */
	TISER_RX_SLACK = 4,
	/* Longest answer to a Text Request, bytes: far more targets than one has. */
	TISER_ANSWER_MAX = TISER_TEXT_MAX << 10,
	/* Scatterlist elements are at most this large: 64 KiB. */
	TISER_SGL_ORDER = 4,
	/* Pages that the tasks of a connection keep. */
	TISER_KEPT_PAGES = 32,
	/* What a line of the kernel log says beside the kind of an ending. */
	TISER_WHY_MAX = 96,
};

struct dentry;
struct tiser_conn;

/* What a task is, from its delivery until its response is posted. */
enum tiser_cmd_life {
	TISER_CMD_IDLE,
	TISER_CMD_SCSI,
	TISER_CMD_WAITING,	/* a SCSI task without its unsolicited data */
	TISER_CMD_TMF,
};

/* Unit attentions of the iSCSI layer's own, most important first: ua.c. */
enum tiser_ua {
	TISER_UA_NEXUS_LOSS,
	TISER_UA_CLEARED_BY_EVENT,
	TISER_UA_CLEARED_BY_OTHER,
	TISER_UA_CAPACITY_CHANGED,
	TISER_UA_NR,
};

/**
 * struct tiser_cmd - one SCSI or task management task
 * @se_cmd: LIO's part; first, cleared for every task
 * @conn: owner
 * @task: the datamover's resources, paired with this command for ever
 * @rx: receive buffer that holds immediate data in use, or NULL
 * @itt: Initiator Task Tag
 * @cmdsn: CmdSN of the command
 * @itt_node: in a chain of conn->itts; control_notify context only
 * @life: enum tiser_cmd_life; decides whether @itt is in use
 * @windowed: the task holds a place in the CmdSN window
 * @owes_data: Data-Out PDUs are to come, see dataout.c; control_notify context
 *	only while set
 * @answered: meanwhile target core has ended the command
 * @burst: what has come of them
 * @dataout_node: in conn->dataouts while @owes_data
 * @aborted: it ended without a response
 * @report_abort: it would end with TASK ABORTED instead (SAM: TAS)
 * @watchers: struct tiser_tmf_part.watch: who waits for its release
 * @plan: where a write's data comes from
 * @sgl: pages of our own, or NULL
 * @sgl_nents: elements of @sgl, for freeing
 * @sgl_order: order of the elements of @sgl
 * @page: kept for small transfers: sgl.c; NULL before the first
 * @page_sg: @page as a scatterlist
 * @sgl_offset: where in @sgl solicited data begins, bytes
 * @sg: immediate data, and a chain to @sgl
 * @sense: sense buffer handed to LIO
 * @stat: what it will be counted as
 */
struct tiser_cmd {
	struct se_cmd se_cmd;
	struct tiser_conn *conn;
	struct tiser_dm_task *task;
	struct tiser_dm_rx *rx;
	u32 itt;
	u32 cmdsn;
	struct hlist_node itt_node;
	u8 life;
	bool windowed;
	bool owes_data;
	bool answered;
	struct tiser_burst burst;
	struct list_head dataout_node;
	bool aborted;
	bool report_abort;
	struct llist_head watchers;
	struct tiser_write_plan plan;
	struct scatterlist *sgl;
	unsigned int sgl_nents;
	unsigned int sgl_order;
	struct page *page;
	struct scatterlist page_sg;
	u32 sgl_offset;
	struct scatterlist sg[2];
	u8 sense[TRANSPORT_SENSE_BUFFER];
	struct tiser_stats_cmd stat;
};

/**
 * struct tiser_held - a command that arrived ahead of its turn
 * @node: in conn->held, in CmdSN order, immediate ones first
 * @cmdsn: its CmdSN
 * @immediate: a request on many tasks, which waits for all lower CmdSNs but
 *	takes none itself (RFC 7143, 4.2.3.3)
 * @rx: the PDU; NULL when the command was aborted before it was delivered or
 *	never arrived (RFC 7143, 11.6.1 b)
 */
struct tiser_held {
	struct list_head node;
	u32 cmdsn;
	bool immediate;
	struct tiser_dm_rx *rx;
};

/**
 * struct tiser_text_task - a Text negotiation
 * @seq: its requests; without a buffer there is none under way
 * @out: the answer, or no buffer
 * @sent: bytes of @out already sent
 */
struct tiser_text_task {
	struct tiser_textseq seq;
	struct tiser_text_out out;
	u32 sent;
};

/**
 * struct tiser_keepalive - what we say of our own accord, and when
 * @work: says it; runs alone
 * @says: what is waiting to be said, bits of keepalive.c
 * @last_rx: jiffies of the last PDU received in full feature phase, with bit 0
 *	set so that 0 is none
 * @started: jiffies of the final Login Response, with bit 0 set; 0 before
 * @idle: jiffies without a PDU before a ping, 0 for no pings
 * @answer: jiffies the ping's answer may take
 * @asked: jiffies of the last ping; @work only
 * @waiting: nothing was received when the last ping was sent; @work only
 * @ttt: tag of the ping that has not been answered, or TISER_TAG_NONE; under
 *	sn_lock
 * @last_ttt: tag of the last ping; @work only
 * @logout_seconds: Parameter3 of the logout request
 */
struct tiser_keepalive {
	struct delayed_work work;
	unsigned long says;
	unsigned long last_rx;
	unsigned long started;
	unsigned long idle;
	unsigned long answer;
	unsigned long asked;
	bool waiting;
	u32 ttt;
	u32 last_ttt;
	u16 logout_seconds;
};

/**
 * struct tiser_conn - a connection and, once logged in, its session
 * @kref: held by the close path, from creation to its end, and by whoever
 *	found the connection in a list
 * @id: for messages
 * @dm: the datamover's end; valid until the close path puts it
 * @endpoint: where it came in; valid until the end of the close path
 * @portal: its target's portal there, NULL before a target was named and in
 *	discovery sessions; written once, under endpoint->mutex; valid until the
 *	end of the close path
 * @tpg: @portal's portal group, or NULL
 * @portal_node: in portal->conns, or, without a portal, in endpoint->conns
 * @state_lock: protects @state
 * @state: written by tiser_conn_set_state() only
 * @close_work: the close path
 * @closed: completed at its end
 * @ending: why, and
 * @why: the same in words; written by who moved @state to CLEANUP_WAIT, before
 *	@close_work
 * @ending_said: bit 0: the log has it
 * @logged_out: a Logout Request was granted; control_notify context, then
 *	@close_work
 * @peer: address, for messages
 * @login: login in progress, NULL once it has ended
 * @login_work: handles @login_rx; the context of a discovery session
 * @login_rx: Login Request being handled; set by the CQ worker when
 *	@login_busy was clear, cleared by @login_work
 * @login_tx: Login Response that @login_work will send
 * @login_verdict: what kind of response that is
 * @login_busy: bit 0: @login_rx is in use
 * @timer: login time-out, then discovery idle time-out
 * @counts_as_login: counted in endpoint->logins; under endpoint->mutex
 * @logout_work: takes leave, then sends
 * @logout_tx: the Logout Response; of the close path when @logout_work is not run
 * @parted: bit 0: unit attentions are saved for the next session; who set it may
 *	take the session out of target core
 * @joined: this is the session of its nexus, counted in tpg->sessions;
 *	written under tpg->mutex
 * @discovery: SessionType=Discovery
 * @unnamed: this is the unnamed discovery session of its initiator, ISID and
 *	address (RFC 7143, 7.4.2.1); written under endpoint->mutex
 * @initiator: InitiatorName
 * @alias: InitiatorAlias
 * @target_alias: TargetAlias to declare
 * @isid: ISID
 * @tsih: TSIH, 0 before the final Login Response and when the connection that
 *	reinstates this one has taken it over, which happens under tpg->mutex
 * @cid: CID
 * @keys: outcome of negotiation
 * @declared: which of them the initiator sent, BIT(enum tiser_key), in the
 *	leading login or since
 * @terms: what was negotiated about write data
 * @depth: CmdSN window
 * @max_depth: what the queue pair was sized for
 * @se_sess: LIO session of a normal session
 * @cmds: task array, indexed by tag
 * @nr_cmds: its size
 * @kept_pages: pages of tasks that have one; control_notify context only
 * @itts: tasks by Initiator Task Tag: itt.c
 * @itt_bits: log2 of the number of its chains
 * @tasks: tasks so far, to tell apart tasks with one tag
 * @full_feature: @se_sess and @cmds are complete; written once, with release
 *	semantics, before the state becomes LOGGED_IN
 * @reinstates: the session replaced another one of its nexus
 * @ua_pending: some bit of @ua may be set
 * @ua: logical units that are owed a unit attention: ua.c; atomic bits
 * @capacity: of its logical units, blocks, 0 for not known: capacity.c;
 *	@capacity_work only, once it is queued
 * @capacity_work: looks at them; runs as long as @se_sess is there
 * @immediates: immediate SCSI commands and task management in progress
 * @sn_lock: protects @win, @statsn, @told_max and @unexpected; taken from
 *	tx->stamp
 * @win: CmdSN window
 * @statsn: next StatSN
 * @told_max: MaxCmdSN of the last PDU sent
 * @unexpected: credits for PDUs the initiator does not expect
 * @keepalive: pings and what else we say of our own accord
 * @held: commands ahead of their turn; control_notify context only
 * @dataouts: commands that wait for Data-Out PDUs; control_notify context, then
 *	the close path
 * @early: Data-Out PDUs of commands in @held; the same
 * @held_immediates: immediate ones among them
 * @hole_timer: runs while @held is not empty
 * @text: Text negotiation; control_notify context only
 * @created: jiffies64 of the connect request
 * @least_room: fewest commands the window has had room for; under sn_lock
 * @auth: how the initiator proved who it is: enum tiser_chap_alg, 0 for not;
 *	written at the end of login
 * @auth_mutual: and we to it
 * @debugfs: its file there
 * @stats: what is counted and timed
 */
struct tiser_conn {
	struct kref kref;
	u32 id;
	struct tiser_dm_conn *dm;
	struct tiser_endpoint *endpoint;
	struct tiser_portal *portal;
	struct tiser_tpg *tpg;
	struct list_head portal_node;

	spinlock_t state_lock;
	enum tiser_conn_state state;
	struct work_struct close_work;
	struct completion closed;
	enum tiser_ending ending;
	char why[TISER_WHY_MAX];
	unsigned long ending_said;
	bool logged_out;
	struct sockaddr_storage peer;

	struct tiser_login *login;
	struct delayed_work login_work;
	struct tiser_dm_rx *login_rx;
	struct tiser_dm_tx *login_tx;
	enum tiser_login_verdict login_verdict;
	unsigned long login_busy;
	struct delayed_work timer;
	bool counts_as_login;
	struct work_struct logout_work;
	struct tiser_dm_tx *logout_tx;
	unsigned long parted;
	bool joined;

	bool discovery;
	bool unnamed;
	char initiator[TISER_NAME_MAX + 1];
	char alias[TISER_VALUE_MAX + 1];
	char target_alias[TISER_VALUE_MAX + 1];
	u8 isid[TISER_ISID_LEN];
	u16 tsih;
	u16 cid;
	struct tiser_key_values keys;
	u64 declared;
	struct tiser_write_terms terms;
	u32 depth;
	u32 max_depth;

	struct se_session *se_sess;
	struct tiser_cmd *cmds;
	u32 nr_cmds;
	u32 kept_pages;
	struct hlist_head *itts;
	u32 itt_bits;
	u32 tasks;
	bool full_feature;
	bool reinstates;
	bool ua_pending;
	DECLARE_BITMAP(ua[TISER_UA_NR], TISER_UA_LUNS);
	u64 capacity[TISER_UA_LUNS];
	struct delayed_work capacity_work;
	atomic_t immediates;

	spinlock_t sn_lock;
	struct tiser_sn_window win;
	u32 statsn;
	u32 told_max;
	struct tiser_unexpected unexpected;
	struct tiser_keepalive keepalive;
	struct list_head held;
	struct list_head dataouts;
	struct list_head early;
	u32 held_immediates;
	struct delayed_work hole_timer;
	struct tiser_text_task text;
	u64 created;
	u32 least_room;
	u8 auth;
	bool auth_mutual;
	struct dentry *debugfs;
	struct tiser_stats stats;
};

#define tiser_conn_info(conn, fmt, ...) \
	pr_info_ratelimited("conn %u %pISpc: " fmt, (conn)->id, \
			    &(conn)->peer, ##__VA_ARGS__)
#define tiser_conn_warn(conn, fmt, ...) \
	pr_warn_ratelimited("conn %u %pISpc: " fmt, (conn)->id, \
			    &(conn)->peer, ##__VA_ARGS__)
#define tiser_conn_dbg(conn, fmt, ...) \
	pr_debug("conn %u %pISpc: " fmt, (conn)->id, \
		 &(conn)->peer, ##__VA_ARGS__)

static inline struct tiser_cmd *tiser_cmd_of(struct se_cmd *se_cmd)
{
	return container_of(se_cmd, struct tiser_cmd, se_cmd);
}

/* Full feature phase; a session asked to log out is served until it does. */
static inline bool tiser_conn_is_served(const struct tiser_conn *conn)
{
	enum tiser_conn_state state = READ_ONCE(conn->state);

	return state == TISER_CONN_LOGGED_IN ||
	       state == TISER_CONN_LOGOUT_REQUESTED;
}

/* conn.c */
int tiser_conn_init(void);
void tiser_conn_exit(void);
void *tiser_conn_connected(void *endpoint, struct tiser_dm_conn *dm,
			   struct tiser_dm_limits *limits);
void tiser_conn_terminated(void *ulp);
bool tiser_conn_set_state(struct tiser_conn *conn, enum tiser_conn_state new);
bool tiser_conn_is_logged_in(struct tiser_conn *conn);
__printf(3, 4)
void tiser_conn_end(struct tiser_conn *conn, enum tiser_ending ending,
		    const char *fmt, ...);
void tiser_conn_close(struct tiser_conn *conn);
void tiser_conn_leave_target(struct tiser_conn *conn);
void tiser_conn_put(struct tiser_conn *conn);
void tiser_conn_leave_login(struct tiser_conn *conn);
u16 tiser_tsih_alloc(void);

/* endpoint.c */
void tiser_addr_take_port(struct sockaddr_storage *addr,
			  struct sockaddr_storage *from);
u32 tiser_portal_fit(const struct sockaddr_storage *addr,
		     const struct sockaddr_storage *local);
int tiser_portal_open(struct tiser_portal *portal);
void tiser_portal_close(struct tiser_portal *portal);

/**
 * struct tiser_endpoint_needs - what a connection may turn out to need
 * @depth: CmdSN window, commands
 * @dataouts: Data-Out PDUs of a command
 * @login_timeout: seconds
 */
struct tiser_endpoint_needs {
	u32 depth;
	u32 dataouts;
	u32 login_timeout;
};

/* route.c */
void tiser_tpg_offer(const struct tiser_tpg *tpg,
		     struct tiser_key_values *offer);
int tiser_endpoint_add_conn(struct tiser_endpoint *ep, struct tiser_conn *conn,
			    struct tiser_endpoint_needs *needs);
void tiser_endpoint_leave_login(struct tiser_conn *conn);
void tiser_endpoint_unlink_conn(struct tiser_conn *conn);
void tiser_endpoint_put_conn(struct tiser_endpoint *ep,
			     struct tiser_portal *portal, struct tiser_tpg *tpg);
void tiser_endpoint_count_failure(struct tiser_endpoint *ep,
				  struct tiser_conn *conn,
				  enum tiser_login_failure failure);
int tiser_endpoint_route(struct tiser_conn *conn, const char *target_name);
bool tiser_endpoint_discovery_tpg(struct tiser_conn *conn,
				  struct tiser_key_values *offer, u16 *tag);
void tiser_endpoint_join_discovery(struct tiser_conn *conn);

/* ending.c */
__printf(3, 0)
void tiser_ending_set(struct tiser_conn *conn, enum tiser_ending ending,
		      const char *fmt, va_list args);
void tiser_ending_count_login(struct tiser_tpg *tpg,
			      const struct tiser_conn *conn,
			      enum tiser_login_failure failure);
void tiser_ending_login_refused(struct tiser_conn *conn);
void tiser_ending_login_done(struct tiser_conn *conn);
void tiser_ending_say(struct tiser_conn *conn);

/* uevent.c */
void tiser_uevent(struct tiser_conn *conn, const char *event,
		  const char *reason);

/* portal.c */
void tiser_users_init(struct tiser_users *users);
void tiser_users_put(struct tiser_users *users);
void tiser_users_settle(struct tiser_users *users);
int tiser_portal_take_conn(struct tiser_portal *portal, struct tiser_conn *conn);
void tiser_portal_unlink_conn(struct tiser_portal *portal,
			      struct tiser_conn *conn);
void tiser_portal_put_conn(struct tiser_portal *portal, struct tiser_tpg *tpg);
bool tiser_conn_same_initiator(const struct tiser_conn *a,
			       const struct tiser_conn *b);
bool tiser_tpg_takes_sessions(const struct tiser_tpg *tpg);
int tiser_tpg_join(struct tiser_tpg *tpg, struct tiser_conn *conn,
		   struct tiser_conn **old);
struct tiser_conn *tiser_tpg_get_session(struct tiser_tpg *tpg,
					 const struct tiser_conn *like);
bool tiser_tpg_take_tsih(struct tiser_tpg *tpg, struct tiser_conn *conn,
			 struct tiser_conn *old);
void tiser_tgt_for_each_conn(struct tiser_tgt *tgt,
			     void (*fn)(struct tiser_conn *conn, void *arg),
			     void *arg);

/* lun.c */
void tiser_lun_removed(struct tiser_tpg *tpg, u64 lun);

/* login.c */
extern struct workqueue_struct *tiser_login_wq;
int tiser_login_init_wq(void);
void tiser_login_exit_wq(void);
int tiser_login_start(struct tiser_conn *conn);
void tiser_login_stop(struct tiser_conn *conn);
void tiser_login_receive(struct tiser_conn *conn, struct tiser_dm_rx *rx);

/* auth.c */
void tiser_auth_init(void);
void tiser_auth_exit(void);
u16 tiser_auth_setup(struct tiser_conn *conn, bool *required);

/* rx.c */
extern const struct tiser_dm_ops tiser_dm_ops;
void tiser_rx_full_feature(struct tiser_conn *conn, struct tiser_dm_rx *rx);
void tiser_rx_abort_held(struct tiser_conn *conn, u32 cmdsn);
bool tiser_rx_holds_cmd(struct tiser_conn *conn, u32 itt);
bool tiser_rx_has_not_seen(struct tiser_conn *conn, u32 cmdsn);
void tiser_rx_hole_timeout(struct work_struct *work);
void tiser_rx_drop_held(struct tiser_conn *conn);

/* cmd.c */
int tiser_cmds_alloc(struct tiser_conn *conn);
struct tiser_cmd *tiser_cmd_get(struct tiser_conn *conn,
				const struct tiser_pdu *pdu);
void tiser_cmd_put(struct tiser_cmd *cmd);
void tiser_cmd_fail(struct tiser_cmd *cmd, sense_reason_t reason);
void tiser_cmd_refuse(struct tiser_conn *conn, const struct tiser_pdu *pdu);
bool tiser_cmd_receive(struct tiser_conn *conn, struct tiser_dm_rx *rx,
		       const struct tiser_pdu *pdu);
void tiser_cmd_data_done(struct tiser_dm_task *task, int status);
int tiser_cmd_write_pending(struct tiser_cmd *cmd);
int tiser_cmd_queue_data_in(struct tiser_cmd *cmd);
int tiser_cmd_queue_status(struct tiser_cmd *cmd);
void tiser_cmd_aborted(struct tiser_cmd *cmd);
void tiser_cmd_release(struct tiser_cmd *cmd);
struct tiser_dm_tx *tiser_cmd_arm_rsp(struct tiser_cmd *cmd);

/* sgl.c */
int tiser_sgl_alloc(struct tiser_cmd *cmd, u32 len, bool zero);
void tiser_sgl_free(struct tiser_cmd *cmd);
void tiser_sgl_exit(struct tiser_conn *conn);

/* data.c */
sense_reason_t tiser_cmd_data(struct tiser_cmd *cmd,
			      const struct tiser_pdu *pdu);

/* dataout.c */
void tiser_dataout_expect(struct tiser_cmd *cmd, const struct tiser_pdu *pdu);
bool tiser_dataout_receive(struct tiser_conn *conn, struct tiser_dm_rx *rx,
			   const struct tiser_pdu *pdu);
void tiser_dataout_run_held(struct tiser_conn *conn, u32 itt);
bool tiser_dataout_abort(struct tiser_conn *conn, u32 itt);
void tiser_dataout_abort_lun(struct tiser_conn *conn, const u8 *lun);
void tiser_dataout_drop_all(struct tiser_conn *conn);
/* itt.c */
int tiser_itt_alloc(struct tiser_conn *conn);
struct tiser_cmd *tiser_itt_find(struct tiser_conn *conn, u32 itt);
void tiser_itt_insert(struct tiser_conn *conn, struct tiser_cmd *cmd);
void tiser_itt_refuse(struct tiser_conn *conn, const struct tiser_pdu *pdu);
bool tiser_cmd_pin(struct tiser_cmd *cmd);

/* tmf.c */
void tiser_tmf_receive(struct tiser_conn *conn, const struct tiser_pdu *pdu);
void tiser_tmf_respond(struct tiser_cmd *cmd, enum tiser_tmf_action action,
		       u8 response);
struct tiser_tmf_task tiser_tmf_task_of(const struct tiser_cmd *cmd);

/* tmfset.c */
int tiser_tmf_set_start(struct tiser_cmd *cmd, enum tiser_tmf_action action,
			struct tiser_cmd *task);
void tiser_tmf_task_gone(struct tiser_cmd *task);
void tiser_tmf_part_respond(struct se_cmd *se_cmd);
void tiser_tmf_part_release(struct se_cmd *se_cmd);

/* ua.c */
void tiser_ua_set(struct tiser_conn *conn, enum tiser_ua ua, u64 lun);
bool tiser_ua_report(struct tiser_conn *conn, const struct tiser_pdu *pdu);
bool tiser_ua_peek(struct tiser_conn *conn, u64 lun, u8 *asc, u8 *ascq);
void tiser_ua_save(struct tiser_conn *conn);
void tiser_ua_restore(struct tiser_conn *conn);
void tiser_ua_nexus_reset(struct tiser_conn *conn);

/* capacity.c */
void tiser_capacity_start(struct tiser_conn *conn);
void tiser_capacity_stop(struct tiser_conn *conn);

/* textreq.c */
u8 tiser_text_check(struct tiser_conn *conn, const struct tiser_pdu *pdu);
void tiser_text_exit(struct tiser_conn *conn);
void tiser_text_receive(struct tiser_conn *conn, const struct tiser_pdu *pdu);

/* keepalive.c */
void tiser_keepalive_init(struct tiser_conn *conn);
void tiser_keepalive_start(struct tiser_conn *conn);
void tiser_keepalive_stop(struct tiser_conn *conn);
bool tiser_keepalive_answered(struct tiser_conn *conn,
			      const struct tiser_pdu *pdu);
void tiser_keepalive_reopened(struct tiser_conn *conn);
bool tiser_keepalive_ask_logout(struct tiser_conn *conn, u16 seconds);
bool tiser_unexpected_get(struct tiser_conn *conn);
void tiser_unexpected_ack(struct tiser_conn *conn, u32 exp_statsn);
void tiser_stamp_unexpected(struct tiser_dm_tx *tx);

/* async.c */
void __tiser_seq_read(struct tiser_conn *conn, struct tiser_seq *seq);
void tiser_stamp(struct tiser_dm_tx *tx);
void tiser_stamp_complete(struct tiser_dm_tx *tx);
void tiser_seq_next(struct tiser_conn *conn, struct tiser_seq *seq,
		    bool complete);
struct tiser_dm_tx *tiser_control_tx(struct tiser_conn *conn, u32 data_cap);
int tiser_control_send(struct tiser_conn *conn, struct tiser_dm_tx *tx);
void tiser_send_failed(struct tiser_conn *conn, int ret);
void tiser_close_when_sent(struct tiser_dm_tx *tx, int status);
void tiser_reject(struct tiser_conn *conn, const struct tiser_pdu *pdu,
		  enum tiser_reject_reason reason);
void tiser_reject_and_close(struct tiser_conn *conn,
			    const struct tiser_pdu *pdu,
			    enum tiser_reject_reason reason);
void tiser_nop_receive(struct tiser_conn *conn, const struct tiser_pdu *pdu);
u8 tiser_logout_check(struct tiser_conn *conn, const struct tiser_pdu *pdu);
void tiser_logout_work(struct work_struct *work);
void tiser_logout_receive(struct tiser_conn *conn,
			  const struct tiser_pdu *pdu);

#endif /* TISER_ISCSI_H */
