// SPDX-License-Identifier: GPL-2.0
/*
 * Text Requests in the full feature phase (RFC 7143, 11.10): SendTargets; other
 * keys are answered as RFC 7143, 6.2 asks. What makes a negotiation of several
 * PDUs is in proto/textseq.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/inet.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <target/target_core_fabric.h>
#include "iscsi.h"

/* Another portal of the group has the same address in SendTargets. */
static bool tiser_portal_is_covered(struct tiser_portal *portal,
				    const struct sockaddr_storage *local)
{
	u32 fit = tiser_portal_fit(&portal->addr, local);
	struct tiser_portal *other;
	struct sockaddr_storage ss;

	list_for_each_entry(other, &portal->tpg->portals, tpg_node) {
		if (other == portal || READ_ONCE(other->closed))
			continue;
		ss = other->addr;
		tiser_addr_take_port(&ss, &portal->addr);
		if (!memcmp(&ss, &other->addr, sizeof(ss)) &&
		    tiser_portal_fit(&other->addr, local) > fit)
			return true;
	}
	return false;
}

/* A wildcard portal is reached at the address this initiator used. */
static int tiser_add_portal(struct tiser_conn *conn,
			    struct tiser_portal *portal,
			    struct tiser_text_out *out)
{
	struct sockaddr_storage ss = portal->addr;
	char address[INET6_ADDRSTRLEN + 16];

	if (tiser_dm_addr_is_any(&ss)) {
		tiser_dm_local_addr(conn->dm, &ss);
		if (!tiser_portal_fit(&portal->addr, &ss) ||
		    tiser_portal_is_covered(portal, &ss))
			return 0;
		tiser_addr_take_port(&ss, &portal->addr);
	}
	snprintf(address, sizeof(address), "%pISpc,%u", &ss, portal->tpg->tag);
	return tiser_text_add(out, "TargetAddress", address);
}

static bool tiser_tpg_admits(struct tiser_conn *conn, struct tiser_tpg *tpg)
{
	return tpg->attrib[TISER_ATTRIB_GENERATE_NODE_ACLS] ||
	       target_tpg_has_node_acl(&tpg->tpg, conn->initiator);
}

/*
 * RFC 7143, appendix C: a list that is based on the initiator's name, to which
 * demo_mode_discovery adds.
 */
static bool tiser_tpg_is_listed(struct tiser_conn *conn, struct tiser_tpg *tpg)
{
	if (!tpg->enabled && tpg->attrib[TISER_ATTRIB_TPG_ENABLED_SENDTARGETS])
		return false;
	return tpg->attrib[TISER_ATTRIB_DEMO_MODE_DISCOVERY] ||
	       tiser_tpg_admits(conn, tpg);
}

static int tiser_add_tpg(struct tiser_conn *conn, struct tiser_tpg *tpg,
			 struct tiser_text_out *out, bool *named)
{
	struct tiser_portal *portal;
	int ret = 0;

	mutex_lock(&tpg->mutex);
	if (!tiser_tpg_is_listed(conn, tpg))
		goto out;
	list_for_each_entry(portal, &tpg->portals, tpg_node) {
		if (READ_ONCE(portal->closed))
			continue;
		if (!*named)
			ret = tiser_text_add(out, "TargetName", tpg->tgt->name);
		*named = true;
		if (!ret)
			ret = tiser_add_portal(conn, portal, out);
		if (ret)
			break;
	}
out:
	mutex_unlock(&tpg->mutex);
	return ret;
}

static int tiser_add_target(struct tiser_conn *conn, struct tiser_tgt *tgt,
			    struct tiser_text_out *out)
{
	struct tiser_tpg *tpg;
	bool named = false;
	int ret = 0;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node) {
		ret = tiser_add_tpg(conn, tpg, out, &named);
		if (ret)
			break;
	}
	mutex_unlock(&tgt->mutex);
	return ret;
}

static bool tiser_tgt_admits(struct tiser_conn *conn, struct tiser_tgt *tgt)
{
	struct tiser_tpg *tpg;
	bool admits = false;

	mutex_lock(&tgt->mutex);
	list_for_each_entry(tpg, &tgt->tpgs, tgt_node)
		admits = admits || tiser_tpg_admits(conn, tpg);
	mutex_unlock(&tgt->mutex);
	return admits;
}

/*
 * RFC 7143, appendix C: an initiator without any target to access MUST NOT be
 * told names, whatever demo_mode_discovery says.
 */
static bool tiser_may_be_told(struct tiser_conn *conn)
{
	struct tiser_tgt *tgt;

	lockdep_assert_held(&tiser_targets_lock);
	if (!conn->discovery)
		return true;
	list_for_each_entry(tgt, &tiser_targets, node)
		if (tiser_tgt_admits(conn, tgt))
			return true;
	return false;
}

/*
 * "All" lists everything in a discovery session. In a normal session it means
 * the session's own target, as initiators expect; so does the empty value.
 */
static bool tiser_target_is_asked_for(struct tiser_conn *conn,
				      struct tiser_tgt *tgt, const char *value)
{
	bool own = !conn->discovery && tgt == conn->tpg->tgt;

	if (!*value || !strcmp(value, "All"))
		return conn->discovery || own;
	return !strcmp(value, tgt->name) && (conn->discovery || own);
}

static int tiser_send_targets(struct tiser_conn *conn, const char *value,
			      struct tiser_text_out *out)
{
	char name[TISER_NAME_MAX + 1];
	struct tiser_tgt *tgt;
	int ret = 0;

	if (*value && strcmp(value, "All")) {
		if (strscpy(name, value, sizeof(name)) < 0)
			return tiser_text_add(out, "SendTargets", "Reject");
		tiser_text_name_fold(name);
		if (!tiser_text_name_valid(name))
			return tiser_text_add(out, "SendTargets", "Reject");
		value = name;
	}
	if (conn->discovery && !*value)
		return tiser_text_add(out, "SendTargets", "Reject");
	mutex_lock(&tiser_targets_lock);
	if (!tiser_may_be_told(conn))
		goto out_unlock;
	list_for_each_entry(tgt, &tiser_targets, node) {
		if (!tiser_target_is_asked_for(conn, tgt, value))
			continue;
		ret = tiser_add_target(conn, tgt, out);
		if (ret)
			break;
	}
out_unlock:
	mutex_unlock(&tiser_targets_lock);
	return ret;
}

static int tiser_text_answer_pair(struct tiser_conn *conn,
				  const struct tiser_text_pair *pair,
				  struct tiser_text_out *out)
{
	if (tiser_text_key_is(pair, "SendTargets"))
		return tiser_send_targets(conn, pair->value, out);
	if (tiser_text_key_is(pair, "MaxRecvDataSegmentLength"))
		return 0;	/* declarative, ignored: RFC 7145, 6.2 */
	return tiser_text_answer(out, pair, tiser_key_is_known(pair) ?
					    "Reject" : "NotUnderstood");
}

/* The set of pairs that tiser_textseq_take() completed. */
static int tiser_text_answer_set(struct tiser_conn *conn,
				 struct tiser_text_out *out)
{
	const struct tiser_textseq *seq = &conn->text.seq;
	struct tiser_text_pair pair;
	u32 pos = seq->answered;
	int ret;

	while ((ret = tiser_text_next(&seq->in, &pos, &pair)) > 0) {
		ret = tiser_text_answer_pair(conn, &pair, out);
		if (ret)
			break;
	}
	return ret;
}

static void tiser_text_free_answer(struct tiser_text_task *text)
{
	kvfree(text->out.buf);
	memset(&text->out, 0, sizeof(text->out));
	text->sent = 0;
}

/* Most answers are short; SendTargets takes what the configuration takes. */
static int tiser_text_make_answer(struct tiser_conn *conn)
{
	struct tiser_text_task *text = &conn->text;
	u32 cap;
	int ret = -E2BIG;

	for (cap = TISER_TEXT_MAX; cap <= TISER_ANSWER_MAX && ret == -E2BIG;
	     cap *= 4) {
		tiser_text_free_answer(text);
		text->out.buf = kvmalloc(cap, GFP_KERNEL);
		if (!text->out.buf)
			return -ENOMEM;
		text->out.cap = cap;
		ret = tiser_text_answer_set(conn, &text->out);
	}
	text->seq.answered = text->seq.in.len;
	return ret;
}

/*
 * What one Text Response may carry. In full feature phase initiators post
 * receive buffers with 128 bytes of data, whatever they negotiated.
 */
static u32 tiser_text_chunk(const struct tiser_conn *conn)
{
	const u32 *v = conn->keys.v;

	if (conn->discovery)
		return min_t(u32, TISER_TEXT_MAX, v[TISER_KEY_MAX_RECV_DSL]);
	return min_t(u32, TISER_UNSOLICITED_DATA_MAX,
		     v[TISER_KEY_INITIATOR_RECV_DSL]);
}

static void tiser_text_respond(struct tiser_conn *conn,
			       const struct tiser_pdu *pdu)
{
	struct tiser_text_task *text = &conn->text;
	u32 left = text->out.len - text->sent;
	struct tiser_text_rsp rsp = {
		.data_len = min(left, tiser_text_chunk(conn)),
	};
	struct tiser_dm_tx *tx = tiser_control_tx(conn, rsp.data_len);

	if (!tx)
		return;
	if (rsp.data_len)
		memcpy(tx->data, text->out.buf + text->sent, rsp.data_len);
	tx->data_len = rsp.data_len;
	text->sent += rsp.data_len;
	tiser_textseq_respond(&text->seq, pdu, left - rsp.data_len, &rsp);
	tiser_bhs_build_text_rsp(tx->bhs, &rsp, NULL);
	if (rsp.final)
		tiser_text_exit(conn);
	tiser_control_send(conn, tx);
}

/**
 * tiser_text_exit - forget a Text negotiation
 * @conn: connection
 *
 * Context: Process (control_notify, or when there is none any more).
 */
void tiser_text_exit(struct tiser_conn *conn)
{
	struct tiser_text_task *text = &conn->text;

	tiser_text_free_answer(text);
	kfree(text->seq.in.buf);
	memset(&text->seq.in, 0, sizeof(text->seq.in));
}

/**
 * tiser_text_check - may a Text Request be taken? (RFC 7143, 11.10)
 * @conn: connection in full feature phase
 * @pdu: Text Request, next in order
 *
 * To be asked before the request's CmdSN is used up, as a rejected one's is not
 * (RFC 7143, 7.3).
 *
 * Context: Process (control_notify).
 * Return: 0, and tiser_text_receive() follows; or the reason for a Reject.
 */
u8 tiser_text_check(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	struct tiser_text_in *in = &conn->text.seq.in;

	if (!in->buf) {
		in->buf = kmalloc(TISER_TEXT_MAX + 1, GFP_KERNEL);
		if (!in->buf) {
			tiser_conn_end(conn, TISER_ENDING_RESOURCES,
				       "no memory for a Text Request");
			return 0;
		}
		in->cap = TISER_TEXT_MAX + 1;
		tiser_textseq_reset(&conn->text.seq);
	}
	return tiser_textseq_check(&conn->text.seq, pdu);
}

/**
 * tiser_text_receive - answer a Text Request
 * @conn: connection in full feature phase
 * @pdu: PDU that tiser_text_check() let pass
 *
 * Context: Process (control_notify).
 */
void tiser_text_receive(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	struct tiser_text_task *text = &conn->text;

	/* No memory for it: the connection is closing. */
	if (!text->seq.in.buf)
		return;
	switch (tiser_textseq_take(&text->seq, pdu)) {
	case TISER_TEXTSEQ_COLLECT:
		tiser_text_free_answer(text);
		break;
	case TISER_TEXTSEQ_ANSWER:
		if (tiser_text_make_answer(conn)) {
			tiser_conn_end(conn, TISER_ENDING_RESOURCES,
				       "no memory for an answer to a Text Request");
			return;
		}
		break;
	case TISER_TEXTSEQ_GO_ON:
		break;
	}
	tiser_text_respond(conn, pdu);
}
