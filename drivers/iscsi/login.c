// SPDX-License-Identifier: GPL-2.0
/*
 * Login phase on one connection: feeds Login Requests to proto/login_fsm.c,
 * finds the portal group, allocates what the full feature phase needs at the
 * point RFC 7145, 5.1.2 allows, and sends the answers. Runs in a work item of
 * its own connection, so a slow login delays nobody.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/slab.h>
#include <target/target_core_fabric.h>
#include "../trace.h"
#include "iscsi.h"

struct workqueue_struct *tiser_login_wq;

static void tiser_login_work(struct work_struct *work);

/**
 * tiser_login_init_wq - workqueue that logins run in
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int tiser_login_init_wq(void)
{
	tiser_login_wq = alloc_workqueue("tiser_login", WQ_UNBOUND, 0);
	return tiser_login_wq ? 0 : -ENOMEM;
}

/**
 * tiser_login_exit_wq - undo tiser_login_init_wq()
 *
 * Context: Process. No connection may be left.
 */
void tiser_login_exit_wq(void)
{
	destroy_workqueue(tiser_login_wq);
}

/**
 * tiser_login_start - get ready for the first Login Request
 * @conn: new connection
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int tiser_login_start(struct tiser_conn *conn)
{
	struct tiser_login *login = kzalloc(sizeof(*login), GFP_KERNEL);
	char *in = kmalloc(TISER_TEXT_MAX + 1, GFP_KERNEL);

	INIT_DELAYED_WORK(&conn->login_work, tiser_login_work);
	if (!login || !in) {
		kfree(in);
		kfree(login);
		return -ENOMEM;
	}
	tiser_login_init(login, in, TISER_TEXT_MAX + 1, NULL, 0);
	conn->login = login;
	return 0;
}

/**
 * tiser_login_stop - free what only login needs
 * @conn: connection
 *
 * Context: Process; conn->login_work itself, or when it can't run any more.
 */
void tiser_login_stop(struct tiser_conn *conn)
{
	if (conn->login_rx)
		tiser_dm_rx_put(conn->dm, conn->login_rx);
	conn->login_rx = NULL;
	tiser_dm_tx_free(conn->login_tx);
	conn->login_tx = NULL;
	if (!conn->login)
		return;
	kfree_sensitive(conn->login->in.buf);
	kfree_sensitive(conn->login);
	conn->login = NULL;
}

/*
 * iscsiadm, which does discovery itself, misses an answer that is there before
 * the kernel has told it that its request was sent, and waits for it until it
 * times out. So discovery sessions are answered a little later.
 */
static void tiser_login_queue(struct tiser_conn *conn)
{
	queue_delayed_work(tiser_login_wq, &conn->login_work,
			   conn->discovery ?
			   msecs_to_jiffies(TISER_DISCOVERY_DELAY_MS) : 0);
}

/**
 * tiser_login_receive - a PDU of the login phase or of a discovery session
 * @conn: connection
 * @rx: receive buffer
 *
 * RFC 7143, 6.3: one login PDU at a time.
 *
 * Context: Process (control_notify).
 */
void tiser_login_receive(struct tiser_conn *conn, struct tiser_dm_rx *rx)
{
	if (test_and_set_bit(0, &conn->login_busy)) {
		tiser_dm_rx_put(conn->dm, rx);
		tiser_conn_end(conn, TISER_ENDING_PROTOCOL,
			       "a second PDU before the first was answered");
		return;
	}
	conn->login_rx = rx;
	tiser_login_queue(conn);
}

/* RFC 7143, 4.4.3 and appendix C: may this initiator use the portal group? */
static bool tiser_login_is_allowed(struct tiser_tpg *tpg, const char *initiator)
{
	return READ_ONCE(tpg->attrib[TISER_ATTRIB_GENERATE_NODE_ACLS]) ||
	       target_tpg_has_node_acl(&tpg->tpg, initiator);
}

/* Afterwards conn->tpg is set, but in a discovery session. */
static u16 tiser_login_check_target(struct tiser_conn *conn,
				    const struct tiser_nego *nego,
				    struct tiser_login_policy *policy)
{
	if (nego->discovery)
		return tiser_endpoint_discovery_tpg(conn, &policy->local,
						    &policy->tpgt) ?
		       TISER_LOGIN_OK : TISER_LOGIN_UNAVAILABLE;
	switch (tiser_endpoint_route(conn, nego->target_name)) {
	case 0:
		tiser_stats_join(&conn->stats, &conn->tpg->stats);
		break;
	case -ENOENT:
		return TISER_LOGIN_NOT_FOUND;
	default:
		return TISER_LOGIN_UNAVAILABLE;
	}
	if (!READ_ONCE(conn->tpg->enabled))
		return TISER_LOGIN_UNAVAILABLE;
	if (!tiser_login_is_allowed(conn->tpg, nego->initiator_name))
		return TISER_LOGIN_FORBIDDEN;
	return TISER_LOGIN_OK;
}

static void tiser_login_take_policy(struct tiser_conn *conn,
				    struct tiser_login_policy *policy)
{
	struct tiser_tpg *tpg = conn->tpg;

	if (!tpg)
		return;
	policy->tpgt = tpg->tag;
	mutex_lock(&tpg->mutex);
	policy->local = tpg->params;
	strscpy(conn->target_alias, tpg->alias, sizeof(conn->target_alias));
	mutex_unlock(&tpg->mutex);
}

/* The alias is free text of the peer's; it ends up in configfs and tools. */
static void tiser_make_printable(char *s)
{
	for (; *s; s++) {
		if (!isascii(*s) || !isprint(*s))
			*s = '?';
	}
}

static void tiser_login_take_names(struct tiser_conn *conn,
				   const struct tiser_login *login)
{
	strscpy(conn->initiator, login->nego.initiator_name,
		sizeof(conn->initiator));
	strscpy(conn->alias, login->nego.initiator_alias, sizeof(conn->alias));
	tiser_make_printable(conn->alias);
	memcpy(conn->isid, login->isid, sizeof(conn->isid));
	conn->cid = login->cid;
	conn->discovery = login->nego.discovery;
	tiser_sn_window_init(&conn->win, login->cmdsn, 1);
}

/*
 * RFC 7143, 11.13.5; before authentication, which the initiator will meet where
 * it is sent. Discovery sessions are served where they came in.
 */
static bool tiser_login_moved(struct tiser_conn *conn)
{
	struct tiser_tpg *tpg = conn->tpg;
	struct tiser_redirect redirect;

	if (conn->discovery)
		return false;
	mutex_lock(&tpg->mutex);
	redirect = tpg->redirect;
	mutex_unlock(&tpg->mutex);
	if (!redirect.status)
		return false;
	tiser_login_redirect(conn->login, redirect.status, redirect.address);
	return true;
}

/*
 * RFC 7143, 6.3.1: a TSIH names a session, of which this login can only
 * reinstate the one connection; what was negotiated for the session holds.
 */
static u16 tiser_login_check_session(struct tiser_conn *conn,
				     struct tiser_login_policy *policy)
{
	const struct tiser_login *login = conn->login;
	u16 status = TISER_LOGIN_NO_SUCH_SESSION;
	struct tiser_conn *old;

	if (!login->tsih)
		return TISER_LOGIN_OK;
	old = conn->discovery ? NULL : tiser_tpg_get_session(conn->tpg, conn);
	if (!old)
		return status;
	if (tiser_conn_is_logged_in(old) &&
	    READ_ONCE(old->tsih) == login->tsih)
		status = old->cid == login->cid ?
			 TISER_LOGIN_OK : TISER_LOGIN_TOO_MANY_CONNECTIONS;
	if (!status) {
		conn->keys = old->keys;
		conn->declared = old->declared;
		conn->unexpected.limit = old->unexpected.limit;
		policy->session = &conn->keys;
	}
	tiser_conn_put(old);
	return status;
}

/* A group that is drained has sent away whom it can: tiser_login_moved(). */
static u16 tiser_login_admit(struct tiser_conn *conn,
			     struct tiser_login_policy *policy)
{
	u16 status;

	if (!conn->discovery && !tiser_tpg_takes_sessions(conn->tpg))
		return TISER_LOGIN_UNAVAILABLE;
	status = tiser_login_check_session(conn, policy);
	if (!status)
		status = tiser_auth_setup(conn, &policy->auth_required);
	return status;
}

/* The names are known: policy of the portal group, or a refusal. */
static enum tiser_login_verdict tiser_login_resolve(struct tiser_conn *conn)
{
	struct tiser_login *login = conn->login;
	struct tiser_login_policy policy = { .alias = conn->target_alias };
	u16 status;

	tiser_login_take_names(conn, login);
	status = tiser_login_check_target(conn, &login->nego, &policy);
	if (status)
		return tiser_login_refuse(login, status);
	if (tiser_login_moved(conn))
		return TISER_LOGIN_REFUSED;
	status = tiser_login_admit(conn, &policy);
	if (status)
		return tiser_login_refuse(login, status);
	tiser_login_take_policy(conn, &policy);
	tiser_login_set_policy(login, &policy);
	return tiser_login_answer(login);
}

/*
 * RFC 7143, 6.3.5: the old session of this nexus ends before the new login is
 * answered. A backend that hangs must not keep the initiator out, so the wait
 * is bounded; nothing of the old session can reach the initiator by then, and
 * it is no longer found.
 */
static void tiser_login_reinstate(struct tiser_conn *conn,
				  struct tiser_conn *old)
{
	tiser_conn_end(old, TISER_ENDING_REINSTATED,
		       "%s replaced by conn %u from %pISpc",
		       conn->login->tsih ? "connection" : "session", conn->id,
		       &conn->peer);
	conn->reinstates = true;
	wait_for_completion_timeout(&old->closed, TISER_REINSTATE_WAIT * HZ);
	tiser_conn_put(old);
}

/* A login with a TSIH replaces the connection of that session and no other. */
static bool tiser_login_may_replace(struct tiser_conn *conn,
				    struct tiser_conn *old)
{
	return !conn->login->tsih || conn->tsih ||
	       tiser_tpg_take_tsih(conn->tpg, conn, old);
}

static u16 tiser_login_join(struct tiser_conn *conn)
{
	struct tiser_conn *old;
	int tries, ret;

	for (tries = 0; tries <= TISER_REINSTATE_MAX; tries++) {
		ret = tiser_tpg_join(conn->tpg, conn, &old);
		if (!ret)
			return conn->login->tsih && !conn->tsih ?
			       TISER_LOGIN_NO_SUCH_SESSION : TISER_LOGIN_OK;
		if (ret != -EEXIST)
			break;
		if (!tiser_login_may_replace(conn, old)) {
			tiser_conn_put(old);
			return TISER_LOGIN_NO_SUCH_SESSION;
		}
		tiser_login_reinstate(conn, old);
	}
	return TISER_LOGIN_UNAVAILABLE;
}

static u32 tiser_login_depth(struct tiser_conn *conn)
{
	struct tiser_tpg *tpg = conn->tpg;
	struct se_node_acl *nacl;
	u32 depth = READ_ONCE(tpg->attrib[TISER_ATTRIB_DEFAULT_CMDSN_DEPTH]);

	nacl = core_tpg_get_initiator_node_acl(&tpg->tpg, conn->initiator);
	if (nacl) {
		depth = nacl->queue_depth;
		target_put_nacl(nacl);
	}
	return clamp_t(u32, depth, TISER_CMDSN_DEPTH_MIN, conn->max_depth);
}

/* Attributes of the initiator's ACL, or the group's for demo mode. */
static void tiser_login_take_attribs(struct tiser_conn *conn)
{
	struct tiser_tpg *tpg = conn->tpg;
	u32 idle = READ_ONCE(tpg->attrib[TISER_ATTRIB_NOPIN_TIMEOUT]);
	u32 answer = READ_ONCE(tpg->attrib[TISER_ATTRIB_NOPIN_RESPONSE_TIMEOUT]);
	u32 base = READ_ONCE(tpg->attrib[TISER_ATTRIB_BASE_OFFSET_SOLICITED]);
	struct se_node_acl *nacl;
	const u32 *attrib;

	nacl = core_tpg_get_initiator_node_acl(&tpg->tpg, conn->initiator);
	if (nacl && !nacl->dynamic_node_acl) {
		attrib = tiser_acl_of(nacl)->attrib;
		idle = READ_ONCE(attrib[TISER_ACL_NOPIN_TIMEOUT]);
		answer = READ_ONCE(attrib[TISER_ACL_NOPIN_RESPONSE_TIMEOUT]);
		base = READ_ONCE(attrib[TISER_ACL_BASE_OFFSET_SOLICITED]);
	}
	if (nacl)
		target_put_nacl(nacl);
	conn->keepalive.idle = idle * HZ;
	conn->keepalive.answer = answer * HZ;
	conn->terms.base_is_solicited = base;
}

static void tiser_login_notice_keys(struct tiser_conn *conn)
{
	const struct tiser_nego *nego = &conn->login->nego;
	const u32 *v = nego->result.v;
	u64 hello = BIT_ULL(TISER_KEY_ISER_HELLO_REQUIRED);
	u64 tagged = BIT_ULL(TISER_KEY_TAGGED_BUFFER_SOLICITED_ONLY);
	u64 unexpected = BIT_ULL(TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS);
	u64 declared = conn->declared | nego->seen;
	const struct tiser_dm_keys keys = {
		.target_recv_dsl = v[TISER_KEY_TARGET_RECV_DSL],
		.initiator_recv_dsl = v[TISER_KEY_INITIATOR_RECV_DSL],
		.hello_required = v[TISER_KEY_ISER_HELLO_REQUIRED],
		.hello_refused = (declared & hello) &&
				 !v[TISER_KEY_ISER_HELLO_REQUIRED],
	};

	conn->keys = nego->result;
	conn->declared = declared;
	conn->terms.first_burst = v[TISER_KEY_FIRST_BURST];
	conn->terms.immediate_data = v[TISER_KEY_IMMEDIATE_DATA];
	conn->terms.initial_r2t = v[TISER_KEY_INITIAL_R2T];
	/*
	 * Most initiators that do not declare the key advance the Write Base
	 * Offset past unsolicited data, whatever the default of RFC 7145, 6.9
	 * says; the administrator knows.
	 */
	if (!conn->discovery)
		tiser_login_take_attribs(conn);
	if (declared & tagged)
		conn->terms.base_is_solicited =
			v[TISER_KEY_TAGGED_BUFFER_SOLICITED_ONLY];
	/* Without RDMAExtensions the key says nothing (RFC 7145, 6.7). */
	tiser_unexpected_init(&conn->unexpected,
			      !conn->discovery && (nego->seen & unexpected) ?
			      nego->declared_max_unexpected :
			      conn->unexpected.limit);
	tiser_dm_notice_keys(conn->dm, &keys);
}

/*
 * The CmdSN window is what there are receive buffers for. Where they do not
 * suffice for one command, allocating them will fail.
 */
static void tiser_login_fit_window(struct tiser_conn *conn,
				   struct tiser_rx_credit *credit)
{
	u32 depth = tiser_rx_credit_depth(credit,
					  tiser_dm_max_rx_bufs(conn->dm));

	if (depth && depth < credit->depth) {
		tiser_conn_info(conn, "%s: window of %u instead of %u commands, for lack of receive buffers\n",
				conn->initiator, depth, credit->depth);
		credit->depth = depth;
	}
	conn->depth = credit->depth;
}

/* RFC 7145, 8.1.1: what may arrive before we have given a buffer back. */
static void tiser_login_size(struct tiser_conn *conn, struct tiser_dm_res *res)
{
	struct tiser_rx_credit credit = {
		.depth = conn->discovery ? 1 : tiser_login_depth(conn),
		.dataouts = tiser_dataouts_per_cmd(&conn->keys),
		.unexpected = conn->discovery ? 0 :
			      TISER_UNEXPECTED_MAX + TISER_PINGS_MAX,
		.slack = TISER_RX_SLACK,
	};

	tiser_login_fit_window(conn, &credit);
	conn->nr_cmds = conn->discovery ? 0 :
			2 * conn->depth + TISER_UNEXPECTED_MAX;
	res->tasks = conn->nr_cmds;
	res->rx_bufs = tiser_rx_credit_bufs(&credit);
}

/* Target core says -EACCES, too, without memory for an ACL of demo mode. */
static u16 tiser_login_no_session(struct tiser_conn *conn, int error)
{
	if (error == -EACCES &&
	    !tiser_login_is_allowed(conn->tpg, conn->initiator))
		return TISER_LOGIN_FORBIDDEN;
	return TISER_LOGIN_NO_RESOURCES;
}

static u16 tiser_login_session(struct tiser_conn *conn)
{
	struct se_session *se_sess;

	if (tiser_cmds_alloc(conn))
		return TISER_LOGIN_NO_RESOURCES;
	se_sess = target_setup_session(&conn->tpg->tpg, conn->nr_cmds, 1,
				       TARGET_PROT_NORMAL, conn->initiator,
				       conn, NULL);
	if (IS_ERR(se_sess))
		return tiser_login_no_session(conn, PTR_ERR(se_sess));
	conn->se_sess = se_sess;
	tiser_ua_restore(conn);
	tiser_capacity_start(conn);
	return TISER_LOGIN_OK;
}

/* Everything the full feature phase needs, before the final response. */
static u16 tiser_login_prepare(struct tiser_conn *conn)
{
	struct tiser_dm_res res;
	u16 status = TISER_LOGIN_OK;
	int ret;

	if (!conn->discovery)
		status = tiser_login_join(conn);
	else if (!conn->login->nego.target_name[0])
		tiser_endpoint_join_discovery(conn);
	if (status)
		return status;
	tiser_login_notice_keys(conn);
	tiser_login_size(conn, &res);
	ret = tiser_dm_alloc_conn_resources(conn->dm, &res);
	trace_dm_allocate_connection_resources(conn->id, res.tasks, res.rx_bufs,
					       ret);
	if (ret)
		return TISER_LOGIN_NO_RESOURCES;
	if (!conn->tsih)
		conn->tsih = tiser_tsih_alloc();
	if (!conn->tsih)
		return TISER_LOGIN_NO_RESOURCES;
	return conn->discovery ? TISER_LOGIN_OK : tiser_login_session(conn);
}

static void tiser_login_fill(struct tiser_conn *conn, struct tiser_dm_tx *tx)
{
	const struct tiser_login *login = conn->login;
	struct tiser_login_rsp rsp = login->rsp;

	rsp.data_len = login->out.len;
	tx->data_len = rsp.data_len;
	tiser_bhs_build_login_rsp(tx->bhs, &rsp, NULL);
	trace_login_response(conn->id, rsp.csg, rsp.nsg, rsp.transit,
			     rsp.status);
}

/* The receive buffer goes back first: the next request needs it. */
static void tiser_login_request_done(struct tiser_conn *conn)
{
	struct tiser_dm_rx *rx = conn->login_rx;

	conn->login_rx = NULL;
	tiser_dm_rx_put(conn->dm, rx);
	clear_bit_unlock(0, &conn->login_busy);
}

static void tiser_login_send_refusal(struct tiser_conn *conn,
				     struct tiser_dm_tx *tx)
{
	tiser_ending_login_refused(conn);
	tiser_login_fill(conn, tx);
	tx->done = tiser_close_when_sent;
	tiser_control_send(conn, tx);
}

static void tiser_login_send_reply(struct tiser_conn *conn,
				   struct tiser_dm_tx *tx)
{
	tiser_login_fill(conn, tx);
	tiser_login_request_done(conn);
	tiser_control_send(conn, tx);
}

/*
 * Enable_Datamover. The state changes first, because the first command may
 * arrive before tiser_dm_enable() returns.
 */
static void tiser_login_send_final(struct tiser_conn *conn,
				   struct tiser_dm_tx *tx)
{
	conn->login->rsp.tsih = conn->tsih;
	tiser_login_fill(conn, tx);
	tiser_sn_window_init(&conn->win, conn->login->cmdsn, conn->depth);
	tiser_login_request_done(conn);
	/* Pairs with tiser_ua_save() and tiser_tmf_add_foreign(). */
	smp_store_release(&conn->full_feature, !conn->discovery);
	if (!tiser_conn_set_state(conn, TISER_CONN_LOGGED_IN)) {
		tiser_dm_tx_free(tx);
		return;
	}
	tiser_conn_leave_login(conn);
	tiser_ending_login_done(conn);
	/* Before the response, which may bring a discovery session's first PDU. */
	tiser_login_stop(conn);
	if (tiser_dm_enable(conn->dm, tx)) {
		tiser_dm_tx_free(tx);
		tiser_send_failed(conn, -ENOTCONN);
		return;
	}
	tiser_keepalive_start(conn);
}

static void tiser_login_finish(struct tiser_conn *conn, struct tiser_dm_tx *tx)
{
	u16 status = tiser_login_prepare(conn);

	if (!status) {
		tiser_login_send_final(conn, tx);
		return;
	}
	trace_dm_deallocate_connection_resources(conn->id);
	tiser_dm_free_conn_resources(conn->dm);
	tiser_login_refuse(conn->login, status);
	tiser_login_send_refusal(conn, tx);
}

static enum tiser_login_verdict tiser_login_handle(struct tiser_conn *conn,
						   const struct tiser_pdu *pdu)
{
	enum tiser_login_verdict verdict;

	if (pdu->opcode != TISER_OP_LOGIN_REQ)
		return tiser_login_refuse(conn->login,
					  TISER_LOGIN_INVALID_REQUEST);
	verdict = tiser_login_request(conn->login, pdu);
	if (verdict == TISER_LOGIN_RESOLVE)
		verdict = tiser_login_resolve(conn);
	return verdict;
}

/* Sends what tiser_login_handle() has come to. */
static void tiser_login_conclude(struct tiser_conn *conn)
{
	struct tiser_dm_tx *tx = conn->login_tx;

	conn->login_tx = NULL;
	switch (conn->login_verdict) {
	case TISER_LOGIN_FINAL:
		tiser_login_finish(conn, tx);
		break;
	case TISER_LOGIN_REFUSED:
		tiser_login_send_refusal(conn, tx);
		break;
	default:
		tiser_login_send_reply(conn, tx);
		break;
	}
}

static void tiser_login_answer_pdu(struct tiser_conn *conn,
				   const struct tiser_pdu *pdu)
{
	struct tiser_dm_tx *tx = tiser_control_tx(conn, TISER_TEXT_MAX);
	struct tiser_text_out out = { .cap = TISER_TEXT_MAX };

	if (!tx)
		return;
	out.buf = tx->data;
	conn->login->out = out;
	conn->login_tx = tx;
	conn->login_verdict = tiser_login_handle(conn, pdu);
	if (conn->discovery)
		tiser_login_queue(conn);
	else
		tiser_login_conclude(conn);
}

/* RFC 7143, 4.2.4: what is not a login ends the connection. */
static bool tiser_login_may_start(struct tiser_conn *conn,
				  const struct tiser_pdu *pdu)
{
	if (READ_ONCE(conn->state) != TISER_CONN_XPT_UP)
		return true;
	return pdu->opcode == TISER_OP_LOGIN_REQ &&
	       tiser_conn_set_state(conn, TISER_CONN_IN_LOGIN);
}

static void tiser_login_begin_pdu(struct tiser_conn *conn)
{
	const struct tiser_dm_rx *rx = conn->login_rx;
	struct tiser_pdu pdu;

	if (tiser_bhs_decode(rx->bhs, rx->payload, rx->payload_len, &pdu) ||
	    !tiser_login_may_start(conn, &pdu)) {
		tiser_conn_end(conn, TISER_ENDING_PROTOCOL,
			       "not a Login Request");
		return;
	}
	tiser_login_answer_pdu(conn, &pdu);
}

static void tiser_login_work(struct work_struct *work)
{
	struct tiser_conn *conn = container_of(to_delayed_work(work),
					       struct tiser_conn, login_work);
	struct tiser_dm_rx *rx = conn->login_rx;

	if (conn->login_tx) {
		tiser_login_conclude(conn);
	} else if (rx && conn->login) {
		tiser_login_begin_pdu(conn);
	} else if (rx && !conn->discovery) {
		tiser_conn_end(conn, TISER_ENDING_PROTOCOL,
			       "a PDU before the login was answered");
	} else if (rx) {
		conn->login_rx = NULL;
		clear_bit_unlock(0, &conn->login_busy);
		tiser_rx_full_feature(conn, rx);
	}
}
