// SPDX-License-Identifier: GPL-2.0
/*
 * The login state machine. The input is a byte about the portal group, then
 * Login Requests with FUZZ_NEXT between them: byte 1 of the BHS, a byte that
 * says what else is odd about the request, and its text.
 */
#include <tiser/compat.h>
#include <tiser/proto/bhs.h>
#include <tiser/proto/login_fsm.h>
#include "chap.h"

/* The first byte of an input. */
enum {
	OPT_AUTH = 0x01,		/* the portal group wants authentication */
	OPT_ALIAS = 0x02,
	OPT_SMALL_IN = 0x04,
	OPT_SMALL_OUT = 0x08,
	OPT_REFUSE = 0x10,		/* no such target, or elsewhere */
	OPT_ALIAS_EMPTY = 0x20,
	OPT_TINY_OUT = 0x40,		/* less than the first declaration */
	OPT_CHAP = 0x80,		/* there are credentials */
};

/* The second byte of a request. */
enum {
	ODD_ITT = 0x01,
	ODD_CMDSN = 0x02,
	ODD_CID = 0x04,
	ODD_ISID = 0x08,
	ODD_TSIH = 0x10,
	ODD_VERSION = 0x20,
};

enum { BIT_T = 0x80, BIT_C = 0x40, SMALL = 128, TINY = 16, TPGT = 7,
       FILLED = 2 * TISER_TEXT_MAX };

struct box {
	struct tiser_login login;
	u8 opts;
	u32 requests;
	bool refused;
	bool final;
	bool tpgt_seen;
	struct tiser_login_rsp first;	/* what identifies the login */
};

/* The one place that knows what a portal group wants. */
static struct tiser_login_policy policy_of(const struct box *box)
{
	struct tiser_login_policy policy = {
		.auth_required = box->opts & OPT_AUTH,
		.tpgt = TPGT,
		.alias = box->opts & OPT_ALIAS ? "alias of the target" :
			 box->opts & OPT_ALIAS_EMPTY ? "" : NULL,
	};

	tiser_key_target_defaults(&policy.local);
	return policy;
}

/* Nobody is let in who did not do what the portal group wants. */
static void check_authenticated(const struct box *box)
{
	const struct tiser_login *login = &box->login;

	if (box->opts & OPT_AUTH || login->nego.auth_method == TISER_AUTH_CHAP)
		FUZZ_CHECK(box->opts & OPT_CHAP &&
			   login->chap.state == TISER_CHAP_DONE);
}

static void build_request(u8 *bhs, u8 flags, u8 odd, u32 len)
{
	memset(bhs, 0, TISER_BHS_LEN);
	put_unaligned_be32(len, bhs + 4);
	bhs[0] = 0x40 | TISER_OP_LOGIN_REQ;
	bhs[1] = flags;
	bhs[3] = odd & ODD_VERSION ? 1 : 0;
	bhs[8] = odd & ODD_ISID ? 0x40 : 0x80;
	put_unaligned_be16(odd & ODD_TSIH ? 9 : 0, bhs + 14);
	put_unaligned_be32(odd & ODD_ITT ? 0x11 : 0x10, bhs + 16);
	put_unaligned_be16(odd & ODD_CID ? 3 : 2, bhs + 20);
	put_unaligned_be32(odd & ODD_CMDSN ? 6 : 5, bhs + 24);
}

/* The text is pairs, of which none comes twice; counts TargetPortalGroupTag. */
static u32 check_text(const struct tiser_login *login)
{
	struct tiser_text_in in = fuzz_text_in(login->out.buf, login->out.len);
	struct tiser_text_pair pair;
	u32 pos = 0, tags = 0;
	int ret;

	FUZZ_CHECK(login->out.len <= login->out.cap);
	FUZZ_CHECK(login->rsp.data_len == login->out.len);
	while ((ret = fuzz_next(&in, &pos, &pair)) > 0)
		tags += tiser_text_key_is(&pair, "TargetPortalGroupTag") &&
			fuzz_value_is(&pair, "7");
	FUZZ_CHECK(!ret);
	free(in.buf);
	return tags;
}

/* RFC 7143, 11.13: what is true of every response. */
static void check_identity(const struct box *box, const struct tiser_pdu *pdu)
{
	const struct tiser_login_rsp *rsp = &box->login.rsp;

	if (box->requests == 1) {
		FUZZ_CHECK(rsp->itt == pdu->itt);
		FUZZ_CHECK(rsp->tsih == pdu->login.tsih);
		FUZZ_CHECK(!memcmp(rsp->isid, pdu->login.isid,
				   TISER_ISID_LEN));
		return;
	}
	FUZZ_CHECK(rsp->itt == box->first.itt);
	FUZZ_CHECK(rsp->tsih == box->first.tsih);
	FUZZ_CHECK(!memcmp(rsp->isid, box->first.isid, TISER_ISID_LEN));
}

/* RFC 7143, 11.13.5: a status we know, and nothing else but an address. */
static void check_refused(struct box *box)
{
	const struct tiser_login_rsp *rsp = &box->login.rsp;
	u8 bhs[TISER_BHS_LEN];

	FUZZ_CHECK(rsp->status >> 8 >= 1 && rsp->status >> 8 <= 3);
	FUZZ_CHECK(strcmp(tiser_login_status_name(rsp->status),
			  "unknown status"));
	FUZZ_CHECK(!rsp->transit && !rsp->more);
	FUZZ_CHECK(!rsp->data_len == (rsp->status >> 8 != 1));
	FUZZ_CHECK(!check_text(&box->login));
	tiser_bhs_build_login_rsp(bhs, rsp, NULL);
	FUZZ_CHECK(!bhs[1] && get_unaligned_be16(bhs + 36) == rsp->status);
	box->refused = true;
}

/* RFC 7143, 6.3 and 11.13.6: T only when asked, the stage only forwards. */
static void check_stage(const struct box *box, const struct tiser_pdu *pdu)
{
	const struct tiser_login_rsp *rsp = &box->login.rsp;

	FUZZ_CHECK(!rsp->status && !rsp->more);
	FUZZ_CHECK(rsp->csg == pdu->login.csg);
	if (!rsp->transit) {
		FUZZ_CHECK(box->login.stage == rsp->csg);
		return;
	}
	FUZZ_CHECK(pdu->login.transit && !pdu->login.more);
	FUZZ_CHECK(rsp->nsg > rsp->csg && rsp->nsg <= pdu->login.nsg);
	FUZZ_CHECK(rsp->nsg != 2 && box->login.stage == rsp->nsg);
}

/* RFC 7143, 11.12.1 to 11.12.3: what must have been refused. */
static void check_request(const struct tiser_pdu *pdu)
{
	u8 csg = pdu->login.csg, nsg = pdu->login.nsg;

	FUZZ_CHECK(csg == 0 || csg == 1);
	FUZZ_CHECK(!pdu->login.version_min);
	if (!pdu->login.transit)
		return;
	FUZZ_CHECK(!pdu->login.more);
	FUZZ_CHECK(nsg > csg && nsg != 2);
}

static void check_final(struct box *box)
{
	const struct tiser_nego *nego = &box->login.nego;
	const u32 *v = nego->result.v;

	FUZZ_CHECK(box->login.rsp.transit && box->login.rsp.nsg == 3);
	FUZZ_CHECK(box->tpgt_seen && nego->initiator_name[0]);
	FUZZ_CHECK(nego->discovery || nego->target_name[0]);
	FUZZ_CHECK(nego->discovery || v[TISER_KEY_RDMA_EXTENSIONS]);
	FUZZ_CHECK(v[TISER_KEY_FIRST_BURST] <= v[TISER_KEY_MAX_BURST]);
	check_authenticated(box);
	box->final = true;
}

static void check_response(struct box *box, const struct tiser_pdu *pdu,
			   enum tiser_login_verdict verdict)
{
	u32 tags;

	check_identity(box, pdu);
	if (verdict == TISER_LOGIN_REFUSED) {
		check_refused(box);
		return;
	}
	FUZZ_CHECK(verdict == TISER_LOGIN_REPLY || verdict == TISER_LOGIN_FINAL);
	FUZZ_CHECK(box->requests <= TISER_LOGIN_MAX_REQUESTS);
	check_request(pdu);
	check_stage(box, pdu);
	tags = check_text(&box->login);
	if (pdu->login.more)
		FUZZ_CHECK(!box->login.rsp.data_len && !box->login.rsp.transit);
	else
		FUZZ_CHECK(tags == !box->tpgt_seen);
	box->tpgt_seen |= tags;
	if (verdict == TISER_LOGIN_FINAL)
		check_final(box);
	else
		FUZZ_CHECK(box->login.stage != TISER_STAGE_FULL_FEATURE);
}

static enum tiser_login_verdict resolve(struct box *box)
{
	struct tiser_login_policy policy = policy_of(box);

	FUZZ_CHECK(box->login.nego.initiator_name[0] && !box->tpgt_seen);
	if (box->opts & OPT_REFUSE && box->opts & OPT_ALIAS)
		return tiser_login_redirect(&box->login,
					    TISER_LOGIN_MOVED_TEMPORARILY,
					    "192.0.2.1:3260");
	if (box->opts & OPT_REFUSE)
		return tiser_login_refuse(&box->login, TISER_LOGIN_NOT_FOUND);
	if (box->opts & OPT_CHAP)
		fuzz_chap_init(&box->login.chap, true);
	tiser_login_set_policy(&box->login, &policy);
	return tiser_login_answer(&box->login);
}

/* The text of a request; what is not malformed may hold proofs. */
static u8 *request_text(const struct box *box, const u8 *text, u32 *len)
{
	struct tiser_text_out out = { .buf = malloc(FILLED), .cap = FILLED };
	struct tiser_text_in in = fuzz_text_in(text, *len);
	u8 *data;

	if (fuzz_chap_fill(&box->login.chap, &in, &out)) {
		*len = out.len;
		data = fuzz_copy((const u8 *)out.buf, *len);
	} else {
		data = fuzz_copy(text, *len);
	}
	free(in.buf);
	free(out.buf);
	return data;
}

static void request(struct box *box, u8 flags, u8 odd, const u8 *text, u32 len)
{
	enum tiser_login_verdict verdict;
	u8 *data = request_text(box, text, &len);
	u8 bhs[TISER_BHS_LEN];
	struct tiser_pdu pdu;

	build_request(bhs, flags, odd, len);
	FUZZ_CHECK(!tiser_bhs_decode(bhs, data, len, &pdu));
	verdict = tiser_login_request(&box->login, &pdu);
	box->requests++;
	/* the text was taken, its buffer may go back to the queue pair */
	free(data);
	if (verdict == TISER_LOGIN_RESOLVE)
		verdict = resolve(box);
	check_response(box, &pdu, verdict);
	if (box->requests == 1)
		box->first = box->login.rsp;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct box *box = calloc(1, sizeof(*box));
	u32 in_cap = TISER_TEXT_MAX + 1, out_cap = TISER_TEXT_MAX;
	char *in_buf, *out_buf;

	box->opts = fuzz_u8(&in);
	if (box->opts & OPT_SMALL_IN)
		in_cap = SMALL;
	if (box->opts & OPT_SMALL_OUT)
		out_cap = SMALL;
	if (box->opts & OPT_TINY_OUT)
		out_cap = TINY;
	in_buf = malloc(in_cap);
	out_buf = malloc(out_cap);
	tiser_login_init(&box->login, in_buf, in_cap, out_buf, out_cap);
	while (in.left && !box->refused && !box->final) {
		u8 flags = fuzz_u8(&in), odd = fuzz_u8(&in);
		size_t len;
		const u8 *text = fuzz_text(&in, &len);

		request(box, flags, odd, text, len);
	}
	free(out_buf);
	free(in_buf);
	free(box);
	return 0;
}
