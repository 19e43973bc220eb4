/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Login phase of one connection (RFC 7143, 6.3, 11.12, 11.13), leading login
 * only: stages, C-bit sequences, identity checks, status codes.
 *
 * Pure. The iSCSI layer feeds Login Requests in, resolves names to a portal
 * group when asked, and sends what comes out.
 */
#ifndef TISER_PROTO_LOGIN_FSM_H
#define TISER_PROTO_LOGIN_FSM_H

#include <linux/types.h>
#include <tiser/proto/bhs.h>
#include <tiser/proto/chap.h>
#include <tiser/proto/keys.h>
#include <tiser/proto/text.h>

/* (Status-Class << 8) | Status-Detail, RFC 7143, 11.13.5. */
enum tiser_login_status {
	TISER_LOGIN_OK = 0x0000,
	TISER_LOGIN_MOVED_TEMPORARILY = 0x0101,
	TISER_LOGIN_MOVED_PERMANENTLY = 0x0102,
	TISER_LOGIN_INITIATOR_ERROR = 0x0200,
	TISER_LOGIN_AUTH_FAILED = 0x0201,
	TISER_LOGIN_FORBIDDEN = 0x0202,
	TISER_LOGIN_NOT_FOUND = 0x0203,
	TISER_LOGIN_BAD_VERSION = 0x0205,
	TISER_LOGIN_TOO_MANY_CONNECTIONS = 0x0206,
	TISER_LOGIN_MISSING_PARAMETER = 0x0207,
	TISER_LOGIN_BAD_SESSION_TYPE = 0x0209,
	TISER_LOGIN_NO_SUCH_SESSION = 0x020a,
	TISER_LOGIN_INVALID_REQUEST = 0x020b,
	TISER_LOGIN_TARGET_ERROR = 0x0300,
	TISER_LOGIN_UNAVAILABLE = 0x0301,
	TISER_LOGIN_NO_RESOURCES = 0x0302,
};

/* Requests one login may take before it is refused; well above RFC needs. */
enum { TISER_LOGIN_MAX_REQUESTS = 32 };

/**
 * enum tiser_login_verdict - what the caller does next
 * @TISER_LOGIN_REPLY: send @rsp and wait for the next request
 * @TISER_LOGIN_RESOLVE: names are in @nego: find the portal group, call
 *	tiser_login_set_policy() or tiser_login_refuse(), then
 *	tiser_login_answer()
 * @TISER_LOGIN_FINAL: @rsp would be the final response: allocate resources,
 *	fill in the TSIH and send it through Enable_Datamover, or
 *	tiser_login_refuse()
 * @TISER_LOGIN_REFUSED: send @rsp, whose status is not 0, and close
 */
enum tiser_login_verdict {
	TISER_LOGIN_REPLY,
	TISER_LOGIN_RESOLVE,
	TISER_LOGIN_FINAL,
	TISER_LOGIN_REFUSED,
};

/**
 * struct tiser_login_policy - what the portal group wants of this login
 * @local: negotiation values
 * @auth_required: AuthMethod=None is not acceptable; what to authenticate with
 *	is in login->chap
 * @session: negotiated values of the session whose connection is reinstated
 *	(RFC 7143, 6.3.4), NULL for a new session; not needed after
 *	tiser_login_set_policy()
 * @tpgt: target portal group tag, announced in the first response
 * @alias: TargetAlias to declare, or NULL
 */
struct tiser_login_policy {
	struct tiser_key_values local;
	const struct tiser_key_values *session;
	bool auth_required;
	u16 tpgt;
	const char *alias;
};

/**
 * struct tiser_login - state of one connection's login
 * @nego: keys, names
 * @policy: valid after tiser_login_set_policy()
 * @chap: authentication; the caller sets ops, algs and creds before
 *	tiser_login_set_policy(). Holds secrets: wipe what held the login
 * @reason: more about a refusal, for the log of this side only; or NULL
 * @rsp: the response to send; its text is in @out
 * @in: text of the request sequence; the caller provides @in.buf
 * @out: text of the response; the caller provides @out.buf
 * @isid: ISID of the first request
 * @tsih: TSIH of the first request
 * @cid: CID of the first request
 * @itt: ITT of the first request
 * @cmdsn: CmdSN of the first request: the session's first ExpCmdSN
 *	(RFC 7143, 11.12.8)
 * @requests: Login Requests so far
 * @stage: current stage
 * @req_csg: CSG of the request being answered
 * @req_nsg: NSG of the request being answered
 * @req_transit: T bit of the request being answered
 * @started: a request was accepted
 * @resolved: policy is valid
 * @tpgt_sent: TargetPortalGroupTag was declared
 */
struct tiser_login {
	struct tiser_nego nego;
	struct tiser_login_policy policy;
	struct tiser_chap chap;
	const char *reason;
	struct tiser_login_rsp rsp;
	struct tiser_text_in in;
	struct tiser_text_out out;
	u8 isid[TISER_ISID_LEN];
	u16 tsih;
	u16 cid;
	u32 itt;
	u32 cmdsn;
	u32 requests;
	u8 stage;
	u8 req_csg;
	u8 req_nsg;
	bool req_transit;
	bool started;
	bool resolved;
	bool tpgt_sent;
};

void tiser_login_init(struct tiser_login *login, char *in_buf, u32 in_cap,
		      char *out_buf, u32 out_cap);
enum tiser_login_verdict tiser_login_request(struct tiser_login *login,
					     const struct tiser_pdu *pdu);
void tiser_login_set_policy(struct tiser_login *login,
			    const struct tiser_login_policy *policy);
enum tiser_login_verdict tiser_login_answer(struct tiser_login *login);
enum tiser_login_verdict tiser_login_refuse(struct tiser_login *login,
					    u16 status);
enum tiser_login_verdict tiser_login_redirect(struct tiser_login *login,
					      u16 status, const char *address);
const char *tiser_login_status_name(u16 status);

#endif /* TISER_PROTO_LOGIN_FSM_H */
