// SPDX-License-Identifier: GPL-2.0
/*
 * Text Requests in the full feature phase (RFC 7143, 11.10): SendTargets, with
 * continuation; other keys are answered as RFC 7143, 6.2 asks.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/inet.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <target/target_core_fabric.h>
#include "iscsi.h"

static bool tiser_addr_is_any(const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET6)
		return ipv6_addr_any(&((struct sockaddr_in6 *)ss)->sin6_addr);
	return ((struct sockaddr_in *)ss)->sin_addr.s_addr == htonl(INADDR_ANY);
}

static void tiser_addr_set_port(struct sockaddr_storage *ss,
				const struct sockaddr_storage *from)
{
	if (from->ss_family == AF_INET6)
		((struct sockaddr_in6 *)ss)->sin6_port =
			((struct sockaddr_in6 *)from)->sin6_port;
	else
		((struct sockaddr_in *)ss)->sin_port =
			((struct sockaddr_in *)from)->sin_port;
}

/* A wildcard portal is reached at the address this initiator used. */
static int tiser_add_portal(struct tiser_conn *conn,
			    struct tiser_portal *portal,
			    struct tiser_text_out *out)
{
	struct sockaddr_storage ss = portal->addr;
	char address[INET6_ADDRSTRLEN + 16];

	if (tiser_addr_is_any(&ss)) {
		tiser_dm_local_addr(conn->dm, &ss);
		if (ss.ss_family != portal->addr.ss_family)
			return 0;
		tiser_addr_set_port(&ss, &portal->addr);
	}
	snprintf(address, sizeof(address), "%pISpc,%u", &ss, portal->tpg->tag);
	return tiser_text_add(out, "TargetAddress", address);
}

/* RFC 7143, appendix C: nothing about targets the initiator may not use. */
static bool tiser_tpg_is_listed(struct tiser_conn *conn, struct tiser_tpg *tpg)
{
	if (!tpg->enabled && tpg->attrib[TISER_ATTRIB_TPG_ENABLED_SENDTARGETS])
		return false;
	return tpg->attrib[TISER_ATTRIB_GENERATE_NODE_ACLS] ||
	       tpg->attrib[TISER_ATTRIB_DEMO_MODE_DISCOVERY] ||
	       target_tpg_has_node_acl(&tpg->tpg, conn->initiator);
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
	struct tiser_tgt *tgt;
	int ret = 0;

	if (conn->discovery && !*value)
		return tiser_text_add(out, "SendTargets", "Reject");
	mutex_lock(&tiser_targets_lock);
	list_for_each_entry(tgt, &tiser_targets, node) {
		if (!tiser_target_is_asked_for(conn, tgt, value))
			continue;
		ret = tiser_add_target(conn, tgt, out);
		if (ret)
			break;
	}
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

static int tiser_text_answer_all(struct tiser_conn *conn,
				 const struct tiser_pdu *pdu,
				 struct tiser_text_out *out)
{
	struct tiser_text_in in = { .cap = TISER_TEXT_MAX + 1 };
	struct tiser_text_pair pair;
	u32 pos = 0;
	int ret;

	in.buf = kmalloc(in.cap, GFP_KERNEL);
	if (!in.buf)
		return -ENOMEM;
	ret = tiser_text_append(&in, pdu->data, pdu->data_len);
	while (!ret) {
		ret = tiser_text_next(&in, &pos, &pair);
		if (ret <= 0)
			break;
		ret = tiser_text_answer_pair(conn, &pair, out);
	}
	kfree(in.buf);
	return ret;
}

static void tiser_text_forget(struct tiser_conn *conn)
{
	kvfree(conn->text.buf);
	memset(&conn->text, 0, sizeof(conn->text));
	conn->text.ttt = TISER_TAG_NONE;
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

static void tiser_text_send_next(struct tiser_conn *conn,
				 const struct tiser_pdu *pdu)
{
	struct tiser_text_seq *text = &conn->text;
	u32 len = min(text->len - text->sent, tiser_text_chunk(conn));
	bool final = text->sent + len == text->len;
	struct tiser_dm_tx *tx = tiser_control_tx(conn, len);

	if (!tx)
		return;
	memcpy(tx->data, text->buf + text->sent, len);
	tx->data_len = len;
	text->sent += len;
	text->ttt = final ? TISER_TAG_NONE : text->sent;
	tiser_bhs_build_text_rsp(tx->bhs, pdu->itt, text->ttt, final, len,
				 NULL);
	if (final)
		tiser_text_forget(conn);
	tiser_control_send(conn, tx);
}

static void tiser_text_begin(struct tiser_conn *conn,
			     const struct tiser_pdu *pdu)
{
	struct tiser_text_out out = { .cap = TISER_SENDTARGETS_MAX };

	out.buf = kvmalloc(out.cap, GFP_KERNEL);
	if (!out.buf) {
		tiser_conn_close(conn);
		return;
	}
	if (tiser_text_answer_all(conn, pdu, &out)) {
		kvfree(out.buf);
		tiser_reject(conn, pdu, TISER_REJ_PROTOCOL);
		return;
	}
	conn->text.buf = out.buf;
	conn->text.len = out.len;
	tiser_text_send_next(conn, pdu);
}

/**
 * tiser_text_check - is a Text Request to be rejected?
 * @conn: connection in full feature phase
 * @pdu: PDU
 *
 * Asked before its CmdSN is used (RFC 7143, 7.3). Requests over several PDUs (C
 * bit, or F=0) are refused: no key we know needs them.
 *
 * Context: Process (control_notify).
 * Return: 0 or enum tiser_reject_reason.
 */
u8 tiser_text_check(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	bool goes_on = pdu->ttt != TISER_TAG_NONE;

	if (pdu->text.more || !pdu->final ||
	    (goes_on && (!conn->text.buf || pdu->ttt != conn->text.ttt)))
		return TISER_REJ_PROTOCOL;
	return 0;
}

/**
 * tiser_text_receive - Text Request (RFC 7143, 11.10)
 * @conn: connection in full feature phase
 * @pdu: PDU that tiser_text_check() has passed
 *
 * A request without a Target Transfer Tag begins anew; one with the tag of the
 * last response asks for what is left.
 *
 * Context: Process (control_notify).
 */
void tiser_text_receive(struct tiser_conn *conn, const struct tiser_pdu *pdu)
{
	if (pdu->ttt != TISER_TAG_NONE) {
		tiser_text_send_next(conn, pdu);
		return;
	}
	tiser_text_forget(conn);
	tiser_text_begin(conn, pdu);
}
