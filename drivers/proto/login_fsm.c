// SPDX-License-Identifier: GPL-2.0
/*
 * The login phase of one connection (RFC 7143, 6.3): which request is in order,
 * when a sequence is complete, which stage follows. Text is answered by the key
 * engine; portal groups, sessions and sending are the caller's.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <tiser/proto/login_fsm.h>

/**
 * tiser_login_init - begin a login
 * @login: login to set up
 * @in_buf: buffer for the text of a request sequence, the caller's
 * @in_cap: bytes of @in_buf; TISER_TEXT_MAX + 1 takes what RFC 7143, 6.1 asks
 * @out_buf: buffer for the text of a response, the caller's
 * @out_cap: bytes of @out_buf; at most TISER_TEXT_MAX are used, for that is
 *	what an initiator must be able to receive (RFC 7143, 13.12)
 *
 * Context: any.
 */
void tiser_login_init(struct tiser_login *login, char *in_buf, u32 in_cap,
		      char *out_buf, u32 out_cap)
{
	memset(login, 0, sizeof(*login));
	tiser_nego_init(&login->nego);
	login->in.buf = in_buf;
	login->in.cap = in_cap;
	tiser_text_reset(&login->in);
	login->out.buf = out_buf;
	login->out.cap = min_t(u32, out_cap, TISER_TEXT_MAX);
}

/* A response that continues the present stage and says nothing. */
static void tiser_login_rsp_start(struct tiser_login *login)
{
	login->out.len = 0;
	login->rsp.transit = false;
	login->rsp.more = false;
	login->rsp.csg = login->stage;
	login->rsp.nsg = 0;
	login->rsp.status = TISER_LOGIN_OK;
	login->rsp.data_len = 0;
}

/**
 * tiser_login_refuse - refuse a login
 * @login: login, after a request
 * @status: enum tiser_login_status, not TISER_LOGIN_OK
 *
 * Context: any.
 * Return: TISER_LOGIN_REFUSED; @login->rsp is to be sent, without text, and the
 * connection closed (RFC 7143, 11.13.5).
 */
enum tiser_login_verdict tiser_login_refuse(struct tiser_login *login,
					    u16 status)
{
	tiser_login_rsp_start(login);
	login->rsp.csg = 0;
	login->rsp.tsih = login->tsih;
	login->rsp.status = status;
	return TISER_LOGIN_REFUSED;
}

/**
 * tiser_login_redirect - send the initiator elsewhere
 * @login: login, after a request
 * @status: TISER_LOGIN_MOVED_TEMPORARILY or TISER_LOGIN_MOVED_PERMANENTLY
 * @address: where to: host and perhaps port, without a portal group tag
 *	(RFC 7143, 13.8)
 *
 * Context: any.
 * Return: TISER_LOGIN_REFUSED, as tiser_login_refuse(), but with text.
 */
enum tiser_login_verdict tiser_login_redirect(struct tiser_login *login,
					      u16 status, const char *address)
{
	tiser_login_refuse(login, status);
	if (tiser_text_add(&login->out, "TargetAddress", address))
		return tiser_login_refuse(login, TISER_LOGIN_TARGET_ERROR);
	login->rsp.data_len = login->out.len;
	return TISER_LOGIN_REFUSED;
}

/* First request: remember who it is (RFC 7143, 11.12.4 to 11.12.8). */
static void tiser_login_begin(struct tiser_login *login,
			      const struct tiser_pdu *pdu)
{
	memcpy(login->isid, pdu->login.isid, TISER_ISID_LEN);
	login->tsih = pdu->login.tsih;
	login->cid = pdu->login.cid;
	login->itt = pdu->itt;
	login->cmdsn = pdu->cmdsn;
	login->stage = pdu->login.csg;
	login->started = true;

	memcpy(login->rsp.isid, login->isid, TISER_ISID_LEN);
	login->rsp.itt = login->itt;
	login->rsp.tsih = login->tsih;
}

/* Later requests belong to the same login (RFC 7143, 11.12). */
static u16 tiser_login_continue(const struct tiser_login *login,
				const struct tiser_pdu *pdu)
{
	if (memcmp(login->isid, pdu->login.isid, TISER_ISID_LEN) ||
	    login->tsih != pdu->login.tsih || login->cid != pdu->login.cid ||
	    login->itt != pdu->itt || login->cmdsn != pdu->cmdsn ||
	    login->stage != pdu->login.csg)
		return TISER_LOGIN_INITIATOR_ERROR;
	return TISER_LOGIN_OK;
}

/* T, C, CSG and NSG make sense together (RFC 7143, 11.12.1 to 11.12.3). */
static u16 tiser_login_check_flags(const struct tiser_pdu *pdu)
{
	u8 csg = pdu->login.csg;
	u8 nsg = pdu->login.nsg;

	if (csg != TISER_STAGE_SECURITY && csg != TISER_STAGE_OPERATIONAL)
		return TISER_LOGIN_INITIATOR_ERROR;
	if (!pdu->login.transit)
		return TISER_LOGIN_OK;
	if (pdu->login.more || nsg <= csg ||
	    (nsg != TISER_STAGE_OPERATIONAL &&
	     nsg != TISER_STAGE_FULL_FEATURE))
		return TISER_LOGIN_INITIATOR_ERROR;
	return TISER_LOGIN_OK;
}

static u16 tiser_login_check(struct tiser_login *login,
			     const struct tiser_pdu *pdu)
{
	u16 status = TISER_LOGIN_OK;

	if (login->started)
		status = tiser_login_continue(login, pdu);
	else
		tiser_login_begin(login, pdu);
	/* RFC 7143, 11.12.4: 0 is the only version there is */
	if (pdu->login.version_min > 0)
		return TISER_LOGIN_BAD_VERSION;
	if (status)
		return status;
	if (++login->requests > TISER_LOGIN_MAX_REQUESTS)
		return TISER_LOGIN_INITIATOR_ERROR;
	return tiser_login_check_flags(pdu);
}

/**
 * tiser_login_request - take a Login Request
 * @login: login
 * @pdu: decoded Login Request; not needed after the call
 *
 * A request with the C bit is answered by an empty response (RFC 7143, 6.2).
 * When one without it has completed the first sequence of text, the names in it
 * are to be resolved; later sequences are answered at once.
 *
 * Context: that of chap.ops->digest().
 * Return: what to do next, see enum tiser_login_verdict.
 */
enum tiser_login_verdict tiser_login_request(struct tiser_login *login,
					     const struct tiser_pdu *pdu)
{
	u16 status = tiser_login_check(login, pdu);

	if (status)
		return tiser_login_refuse(login, status);
	if (tiser_text_append(&login->in, pdu->data, pdu->data_len))
		return tiser_login_refuse(login, TISER_LOGIN_INITIATOR_ERROR);
	if (pdu->login.more) {
		tiser_login_rsp_start(login);
		return TISER_LOGIN_REPLY;
	}

	login->req_csg = pdu->login.csg;
	login->req_nsg = pdu->login.nsg;
	login->req_transit = pdu->login.transit;
	status = tiser_nego_names(&login->nego, &login->in);
	if (status)
		return tiser_login_refuse(login, status);
	return login->resolved ? tiser_login_answer(login)
			       : TISER_LOGIN_RESOLVE;
}

/**
 * tiser_login_set_policy - say what the portal group wants
 * @login: login, after TISER_LOGIN_RESOLVE
 * @policy: copied; @policy->alias must stay valid as long as the login
 *
 * Context: any.
 */
void tiser_login_set_policy(struct tiser_login *login,
			    const struct tiser_login_policy *policy)
{
	struct tiser_nego *nego = &login->nego;

	login->policy = *policy;
	login->policy.session = NULL;
	nego->local = policy->local;
	if (policy->session)
		nego->result = *policy->session;
	nego->auth_allowed = policy->auth_required ? 0 : BIT(TISER_AUTH_NONE);
	if (tiser_chap_is_possible(&login->chap))
		nego->auth_allowed |= BIT(TISER_AUTH_CHAP);
	login->resolved = true;
}

/* Declarations of ours, once. TargetPortalGroupTag MUST be in the first
 * response to a request without the C bit, in any session (RFC 7143, 6.3.1).
 */
static u16 tiser_login_declare(struct tiser_login *login)
{
	const struct tiser_login_policy *policy = &login->policy;
	int ret;

	if (login->tpgt_sent)
		return TISER_LOGIN_OK;
	login->tpgt_sent = true;
	ret = tiser_text_add_num(&login->out, "TargetPortalGroupTag",
				 policy->tpgt);
	if (!ret && policy->alias && policy->alias[0])
		ret = tiser_text_add(&login->out, "TargetAlias",
				     policy->alias);
	return ret ? TISER_LOGIN_TARGET_ERROR : TISER_LOGIN_OK;
}

/* RFC 7145, 6.3: without RDMAExtensions=Yes a session is not an iSER one. */
static u16 tiser_login_check_full_feature(const struct tiser_nego *nego)
{
	if (!nego->discovery && !nego->result.v[TISER_KEY_RDMA_EXTENSIONS])
		return TISER_LOGIN_INITIATOR_ERROR;
	return TISER_LOGIN_OK;
}

static bool tiser_login_is_authenticated(const struct tiser_login *login)
{
	return login->chap.state == TISER_CHAP_DONE;
}

/* RFC 7143, 6.3.1: no way around security that the target requires. */
static u16 tiser_login_check_skipped(struct tiser_login *login)
{
	bool leaves = login->stage != TISER_STAGE_SECURITY ||
		      login->req_transit;

	if (!login->policy.auth_required || !leaves ||
	    tiser_login_is_authenticated(login) ||
	    login->nego.auth_method == TISER_AUTH_CHAP)
		return TISER_LOGIN_OK;
	login->reason = "it skips authentication, which is required";
	return TISER_LOGIN_AUTH_FAILED;
}

static u16 tiser_login_authenticate(struct tiser_login *login)
{
	struct tiser_nego *nego = &login->nego;
	enum tiser_chap_key key;
	u16 status;

	if (nego->auth_method == TISER_AUTH_CHAP) {
		status = tiser_chap_step(&login->chap, &nego->chap,
					 &login->out);
		login->reason = login->chap.reason;
		return status;
	}
	for (key = 0; key < TISER_CHAP_KEY_NR; key++)
		if (nego->chap.value[key])
			return TISER_LOGIN_INITIATOR_ERROR;
	return tiser_login_check_skipped(login);
}

static u16 tiser_login_negotiate(struct tiser_login *login)
{
	u16 status = tiser_nego_answer(&login->nego, login->stage, &login->in,
				       &login->out);

	if (status == TISER_LOGIN_AUTH_FAILED)
		login->reason = login->policy.auth_required ?
				"authentication is required and it offers no CHAP" :
				"it offers no authentication method that could be used";
	return status;
}

static u16 tiser_login_text(struct tiser_login *login)
{
	u16 status;

	if (!login->resolved)
		return TISER_LOGIN_TARGET_ERROR;
	if (login->stage != TISER_STAGE_SECURITY) {
		status = tiser_login_check_skipped(login);
		if (status)
			return status;
	}
	status = tiser_login_declare(login);
	if (!status)
		status = tiser_login_negotiate(login);
	if (!status)
		status = tiser_login_authenticate(login);
	if (!status && login->req_transit &&
	    login->req_nsg == TISER_STAGE_FULL_FEATURE)
		status = tiser_login_check_full_feature(&login->nego);
	return status;
}

/* What was begun is finished before the stage is left (RFC 7143, 6.3.2). */
static bool tiser_login_may_transit(const struct tiser_login *login)
{
	return login->req_transit &&
	       (login->nego.auth_method != TISER_AUTH_CHAP ||
		tiser_login_is_authenticated(login));
}

/**
 * tiser_login_answer - answer a complete request sequence
 * @login: login, after tiser_login_set_policy()
 *
 * All keys are answered in one response, which makes the transition that the
 * request asked for, unless CHAP needs another exchange: nothing else we say
 * needs an answer (RFC 7143, 11.13.6).
 *
 * Context: that of chap.ops->digest().
 * Return: TISER_LOGIN_REPLY, TISER_LOGIN_FINAL or TISER_LOGIN_REFUSED.
 */
enum tiser_login_verdict tiser_login_answer(struct tiser_login *login)
{
	u16 status;

	tiser_login_rsp_start(login);
	status = tiser_login_text(login);
	if (status)
		return tiser_login_refuse(login, status);

	tiser_text_reset(&login->in);
	login->rsp.data_len = login->out.len;
	if (!tiser_login_may_transit(login))
		return TISER_LOGIN_REPLY;

	login->rsp.transit = true;
	login->rsp.nsg = login->req_nsg;
	login->stage = login->req_nsg;
	return login->stage == TISER_STAGE_FULL_FEATURE ? TISER_LOGIN_FINAL
							: TISER_LOGIN_REPLY;
}

/**
 * tiser_login_status_name - name of a login status for messages
 * @status: (Status-Class << 8) | Status-Detail
 *
 * Context: any.
 * Return: a static string, "unknown status" for one we never send.
 */
const char *tiser_login_status_name(u16 status)
{
	static const struct {
		u16 status;
		const char *name;
	} names[] = {
		{ TISER_LOGIN_OK, "success" },
		{ TISER_LOGIN_MOVED_TEMPORARILY, "target moved temporarily" },
		{ TISER_LOGIN_MOVED_PERMANENTLY, "target moved permanently" },
		{ TISER_LOGIN_INITIATOR_ERROR, "initiator error" },
		{ TISER_LOGIN_AUTH_FAILED, "authentication failure" },
		{ TISER_LOGIN_FORBIDDEN, "authorization failure" },
		{ TISER_LOGIN_NOT_FOUND, "target not found" },
		{ TISER_LOGIN_BAD_VERSION, "unsupported version" },
		{ TISER_LOGIN_TOO_MANY_CONNECTIONS, "too many connections" },
		{ TISER_LOGIN_MISSING_PARAMETER, "missing parameter" },
		{ TISER_LOGIN_BAD_SESSION_TYPE, "unsupported session type" },
		{ TISER_LOGIN_NO_SUCH_SESSION, "session does not exist" },
		{ TISER_LOGIN_INVALID_REQUEST, "invalid request during login" },
		{ TISER_LOGIN_TARGET_ERROR, "target error" },
		{ TISER_LOGIN_UNAVAILABLE, "service unavailable" },
		{ TISER_LOGIN_NO_RESOURCES, "out of resources" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].status == status)
			return names[i].name;
	return "unknown status";
}
