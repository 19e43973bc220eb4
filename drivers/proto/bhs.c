// SPDX-License-Identifier: GPL-2.0
/*
 * The gate for received iSCSI PDUs (RFC 7143, 11): every length the peer
 * declared is checked here against the bytes received. Knows formats only; what
 * a PDU means in a given session is not decided here.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <tiser/compat.h>
#include <tiser/proto/bhs.h>

enum {
	BHS_OPCODE_MASK = 0x3f,
	BHS_I = 0x40,			/* byte 0 */
	BHS_F = 0x80,			/* byte 1; T of a Login Request */
	BHS_C = 0x40,			/* byte 1 of Login and Text */
	BHS_R = 0x40,			/* byte 1 of a SCSI Command */
	BHS_W = 0x20,
	BHS_ATTR_MASK = 0x07,
	BHS_PAD_MAX = 3,		/* RFC 7143, 11.1 */
};

/* Additional header segments (RFC 7143, 11.2.2). */
enum {
	AHS_HEAD = 3,			/* AHSLength and AHSType */
	AHS_CODE_MASK = 0x3f,
	AHS_EXT_CDB = 1,
	AHS_BIDI_READ = 2,
	AHS_BIDI_READ_LEN = 5,
	AHS_EXT_CDB_MAX = TISER_CDB_MAX - TISER_CDB_LEN + 1,
};

/* What an opcode may carry besides its header. */
enum {
	MAY_AHS = 1,
	MAY_DATA = 2,
	MAY_NO_TAG = 4,			/* ITT 0xffffffff */
	HAS_TTT = 8,
	NO_CMDSN = 16,
};

static u32 tiser_bhs_rules(u8 opcode)
{
	switch (opcode) {
	case TISER_OP_NOP_OUT:
		return MAY_DATA | MAY_NO_TAG | HAS_TTT;
	case TISER_OP_SCSI_CMD:
		return MAY_AHS | MAY_DATA;
	case TISER_OP_TMF_REQ:
	case TISER_OP_LOGOUT_REQ:
		return 0;
	case TISER_OP_LOGIN_REQ:
		return MAY_DATA | MAY_NO_TAG;
	case TISER_OP_TEXT_REQ:
		return MAY_DATA | HAS_TTT;
	case TISER_OP_DATA_OUT:
		return MAY_DATA | MAY_NO_TAG | HAS_TTT | NO_CMDSN;
	case TISER_OP_SNACK:
		return MAY_NO_TAG | HAS_TTT | NO_CMDSN;
	default:
		return MAY_AHS | MAY_DATA | MAY_NO_TAG;
	}
}

/* Extended CDB (RFC 7143, 11.2.2.3): AHSLength counts the reserved byte. */
static int tiser_ahs_ext_cdb(const u8 *ahs, u32 len, struct tiser_pdu *pdu)
{
	if (len < 2 || len > AHS_EXT_CDB_MAX || pdu->cmd.ext_cdb)
		return -EBADMSG;
	pdu->cmd.ext_cdb = ahs + AHS_HEAD + 1;
	pdu->cmd.ext_cdb_len = len - 1;
	return 0;
}

/* Bidirectional Read Expected Data Transfer Length (RFC 7143, 11.2.2.4). */
static int tiser_ahs_bidi(const u8 *ahs, u32 len, u32 *bidi_len, bool *seen)
{
	if (len != AHS_BIDI_READ_LEN || *seen)
		return -EBADMSG;
	*seen = true;
	*bidi_len = get_unaligned_be32(ahs + AHS_HEAD + 1);
	return 0;
}

/* Walk @ahs_len bytes, a multiple of four that was checked to be there. */
static int tiser_ahs_walk(const u8 *ahs, u32 ahs_len, struct tiser_pdu *pdu,
			  u32 *bidi_len)
{
	bool bidi_seen = false;
	int ret = 0;

	while (ahs_len && !ret) {
		u32 len = get_unaligned_be16(ahs);
		u32 size = (AHS_HEAD + len + 3) & ~3u;

		if (size > ahs_len)
			return -EBADMSG;
		switch (ahs[2] & AHS_CODE_MASK) {
		case AHS_EXT_CDB:
			ret = tiser_ahs_ext_cdb(ahs, len, pdu);
			break;
		case AHS_BIDI_READ:
			ret = tiser_ahs_bidi(ahs, len, bidi_len, &bidi_seen);
			break;
		default:
			return -EBADMSG;
		}
		ahs += size;
		ahs_len -= size;
	}
	return ret;
}

static int tiser_decode_scsi_cmd(const u8 *b, const u8 *ahs, u32 ahs_len,
				 struct tiser_pdu *pdu)
{
	u8 attr = b[1] & BHS_ATTR_MASK;
	u32 bidi_len = 0;
	int ret;

	pdu->cmd.read = b[1] & BHS_R;
	pdu->cmd.write = b[1] & BHS_W;
	/* 5 to 7 are reserved: nothing better to do than the usual */
	pdu->cmd.attr = attr > TISER_ATTR_ACA ? TISER_ATTR_SIMPLE : attr;
	pdu->cmd.edtl = get_unaligned_be32(b + 20);
	pdu->cmd.cdb = b + 32;

	ret = tiser_ahs_walk(ahs, ahs_len, pdu, &bidi_len);
	if (ret)
		return ret;

	/* RFC 7143, 11.3.1: F or W MUST be set, and R or W if there is data */
	if (!pdu->final && !pdu->cmd.write)
		return -EBADMSG;
	if (!pdu->cmd.read && !pdu->cmd.write)
		return pdu->cmd.edtl || bidi_len ? -EBADMSG : 0;
	if (!pdu->cmd.edtl && !bidi_len) {
		pdu->cmd.read = false;
		pdu->cmd.write = false;
	}
	return 0;
}

static void tiser_decode_login(const u8 *b, struct tiser_pdu *pdu)
{
	pdu->immediate = true;
	pdu->login.transit = b[1] & BHS_F;
	pdu->login.more = b[1] & BHS_C;
	pdu->login.csg = (b[1] >> 2) & 3;
	pdu->login.nsg = b[1] & 3;
	pdu->login.version_max = b[2];
	pdu->login.version_min = b[3];
	memcpy(pdu->login.isid, b + 8, TISER_ISID_LEN);
	pdu->login.tsih = get_unaligned_be16(b + 14);
	pdu->login.cid = get_unaligned_be16(b + 20);
}

static int tiser_decode_specific(const u8 *b, const u8 *ahs, u32 ahs_len,
				 struct tiser_pdu *pdu)
{
	switch (pdu->opcode) {
	case TISER_OP_SCSI_CMD:
		return tiser_decode_scsi_cmd(b, ahs, ahs_len, pdu);
	case TISER_OP_TMF_REQ:
		pdu->tmf.function = b[1] & 0x7f;
		pdu->tmf.rtt = get_unaligned_be32(b + 20);
		pdu->tmf.ref_cmdsn = get_unaligned_be32(b + 32);
		return 0;
	case TISER_OP_LOGIN_REQ:
		tiser_decode_login(b, pdu);
		return 0;
	case TISER_OP_TEXT_REQ:
		pdu->text.more = b[1] & BHS_C;
		return 0;
	case TISER_OP_DATA_OUT:
		pdu->dataout.data_sn = get_unaligned_be32(b + 36);
		pdu->dataout.offset = get_unaligned_be32(b + 40);
		return 0;
	case TISER_OP_LOGOUT_REQ:
		pdu->logout.reason = b[1] & 0x7f;
		pdu->logout.cid = get_unaligned_be16(b + 20);
		return 0;
	default:
		return 0;
	}
}

/* Fields at the same place in every PDU (RFC 7143, 11.2.1). */
static void tiser_decode_common(const u8 *b, u32 rules, struct tiser_pdu *pdu)
{
	pdu->immediate = b[0] & BHS_I;
	pdu->final = b[1] & BHS_F;
	pdu->flags = b[1];
	memcpy(pdu->lun, b + 8, sizeof(pdu->lun));
	pdu->itt = get_unaligned_be32(b + 16);
	pdu->ttt = rules & HAS_TTT ? get_unaligned_be32(b + 20)
				   : TISER_TAG_NONE;
	pdu->cmdsn = rules & NO_CMDSN ? 0 : get_unaligned_be32(b + 24);
	pdu->exp_statsn = get_unaligned_be32(b + 28);
	pdu->bhs = b;
}

/**
 * tiser_bhs_decode - the gate: check and decode a received PDU
 * @bhs: TISER_BHS_LEN bytes as received
 * @payload: what was received behind them: AHS, then the data segment
 * @payload_len: bytes of @payload, from the work completion
 * @pdu: result; points into @bhs and @payload, valid only when 0 is returned
 *
 * The data segment may be followed by up to three padding bytes, which iSER
 * peers may or may not send (RFC 7143, 11.1). An unassigned opcode is no format
 * error: it is decoded without its specific fields, for the caller to reject.
 *
 * Context: any.
 * Return: 0, or -EBADMSG for a format error, upon which the caller drops the
 * connection (RFC 7143, 7.7; RFC 7145, 10.1.4.1).
 */
int tiser_bhs_decode(const void *bhs, const void *payload, u32 payload_len,
		     struct tiser_pdu *pdu)
{
	const u8 *b = bhs;
	const u8 *p = payload;
	u32 ahs_len = b[4] * 4u;
	u32 data_len = get_unaligned_be32(b + 4) & 0xffffff;
	u32 rules;

	memset(pdu, 0, sizeof(*pdu));
	pdu->opcode = b[0] & BHS_OPCODE_MASK;
	rules = tiser_bhs_rules(pdu->opcode);

	if (ahs_len > payload_len || data_len > payload_len - ahs_len ||
	    payload_len - ahs_len - data_len > BHS_PAD_MAX)
		return -EBADMSG;
	if ((ahs_len && !(rules & MAY_AHS)) ||
	    (data_len && !(rules & MAY_DATA)))
		return -EBADMSG;

	tiser_decode_common(b, rules, pdu);
	if (pdu->itt == TISER_TAG_NONE && !(rules & MAY_NO_TAG))
		return -EBADMSG;
	if (data_len) {
		pdu->data = p + ahs_len;
		pdu->data_len = data_len;
	}
	return tiser_decode_specific(b, p, ahs_len, pdu);
}

/**
 * tiser_bhs_set_seq - write the sequence numbers of a PDU being sent
 * @bhs: 48 bytes
 * @seq: sequence numbers, host byte order
 *
 * They stand at the same place in every PDU from the target (RFC 7143, 11.4).
 *
 * Context: any.
 */
void tiser_bhs_set_seq(void *bhs, const struct tiser_seq *seq)
{
	u8 *b = bhs;

	put_unaligned_be32(seq->statsn, b + 24);
	put_unaligned_be32(seq->exp_cmdsn, b + 28);
	put_unaligned_be32(seq->max_cmdsn, b + 32);
}

/* Start a PDU: opcode, the F bit, DataSegmentLength, ITT and numbers. */
static u8 *tiser_bhs_start(void *bhs, u8 opcode, u32 itt, u32 data_len,
			   const struct tiser_seq *seq)
{
	u8 *b = bhs;

	memset(b, 0, TISER_BHS_LEN);
	put_unaligned_be32(data_len & 0xffffff, b + 4);
	b[0] = opcode;
	b[1] = BHS_F;
	put_unaligned_be32(itt, b + 16);
	if (seq)
		tiser_bhs_set_seq(b, seq);
	return b;
}

/**
 * tiser_bhs_build_scsi_rsp - build a SCSI Response (RFC 7143, 11.4)
 * @bhs: TISER_BHS_LEN bytes to write
 * @rsp: fields; the residual bits are left out when @rsp->residual is 0, and
 *	when the command did not complete at the target (RFC 7143, 11.4.1)
 * @seq: sequence numbers, host byte order, or NULL: see tiser_bhs_set_seq()
 *
 * Context: any.
 */
void tiser_bhs_build_scsi_rsp(void *bhs, const struct tiser_scsi_rsp *rsp,
			      const struct tiser_seq *seq)
{
	u8 *b = tiser_bhs_start(bhs, TISER_OP_SCSI_RSP, rsp->itt,
				rsp->data_len, seq);

	b[2] = rsp->response;
	b[3] = rsp->status;
	if (rsp->response || !rsp->residual)
		return;
	if (rsp->residual_over)
		b[1] |= 0x04;
	else if (rsp->residual_under)
		b[1] |= 0x02;
	else
		return;
	put_unaligned_be32(rsp->residual, b + 44);
}

/**
 * tiser_bhs_build_sense - build the data segment of a SCSI Response
 * @data: room for TISER_SENSE_MAX + 2 bytes
 * @sense: sense data
 * @sense_len: bytes of sense data; cut at TISER_SENSE_MAX
 *
 * SenseLength, then the sense data (RFC 7143, 11.4.7).
 *
 * Context: any.
 * Return: bytes written, without padding.
 */
u32 tiser_bhs_build_sense(void *data, const u8 *sense, u32 sense_len)
{
	u32 len = min_t(u32, sense_len, TISER_SENSE_MAX);
	u8 *d = data;

	put_unaligned_be16(len, d);
	if (len)
		memcpy(d + 2, sense, len);
	return len + 2;
}

/**
 * tiser_bhs_build_tmf_rsp - build a Task Management Function Response
 * @bhs: TISER_BHS_LEN bytes to write
 * @itt: ITT of the request
 * @response: enum tiser_tmf_response
 * @seq: sequence numbers, host byte order, or NULL: see tiser_bhs_set_seq()
 *
 * RFC 7143, 11.6.
 *
 * Context: any.
 */
void tiser_bhs_build_tmf_rsp(void *bhs, u32 itt, u8 response,
			     const struct tiser_seq *seq)
{
	u8 *b = tiser_bhs_start(bhs, TISER_OP_TMF_RSP, itt, 0, seq);

	b[2] = response;
}

/**
 * tiser_bhs_set_tmf_info - Additional Response Information of a TMF Response
 * @bhs: built by tiser_bhs_build_tmf_rsp()
 * @key: sense key
 * @asc: additional sense code
 * @ascq: its qualifier
 *
 * RFC 7144, 6.4.1; SAM-5, QUERY ASYNCHRONOUS EVENT, with UADE DEPTH 0: how many
 * more there are is not said.
 *
 * Context: any.
 */
void tiser_bhs_set_tmf_info(void *bhs, u8 key, u8 asc, u8 ascq)
{
	u8 *b = bhs;

	b[8] = key & 0x0f;
	b[9] = asc;
	b[10] = ascq;
}

/**
 * tiser_bhs_build_login_rsp - build a Login Response (RFC 7143, 11.13)
 * @bhs: TISER_BHS_LEN bytes to write
 * @rsp: fields; of a response with a status other than 0, T, C, CSG and NSG are
 *	reserved and left out (RFC 7143, 6.3.1)
 * @seq: sequence numbers, host byte order, or NULL: see tiser_bhs_set_seq()
 *
 * Version-max and Version-active are 0 (RFC 7143, 11.12.4).
 *
 * Context: any.
 */
void tiser_bhs_build_login_rsp(void *bhs, const struct tiser_login_rsp *rsp,
			       const struct tiser_seq *seq)
{
	u8 *b = tiser_bhs_start(bhs, TISER_OP_LOGIN_RSP, rsp->itt,
				rsp->data_len, seq);

	b[1] = 0;
	if (!rsp->status) {
		b[1] = (rsp->more ? BHS_C : 0) | (rsp->csg & 3) << 2;
		if (rsp->transit)
			b[1] |= BHS_F | (rsp->nsg & 3);
	}
	memcpy(b + 8, rsp->isid, TISER_ISID_LEN);
	put_unaligned_be16(rsp->tsih, b + 14);
	put_unaligned_be16(rsp->status, b + 36);
}

/**
 * tiser_bhs_build_text_rsp - build a Text Response (RFC 7143, 11.11)
 * @bhs: TISER_BHS_LEN bytes to write
 * @rsp: fields
 * @seq: sequence numbers, host byte order, or NULL: see tiser_bhs_set_seq()
 *
 * Context: any.
 */
void tiser_bhs_build_text_rsp(void *bhs, const struct tiser_text_rsp *rsp,
			      const struct tiser_seq *seq)
{
	u8 *b = tiser_bhs_start(bhs, TISER_OP_TEXT_RSP, rsp->itt,
				rsp->data_len, seq);

	b[1] = (rsp->final ? BHS_F : 0) | (rsp->more ? BHS_C : 0);
	if (rsp->ttt != TISER_TAG_NONE)
		memcpy(b + 8, rsp->lun, 8);
	put_unaligned_be32(rsp->ttt, b + 20);
}

/**
 * tiser_bhs_build_logout_rsp - build a Logout Response (RFC 7143, 11.15)
 * @bhs: TISER_BHS_LEN bytes to write
 * @itt: ITT of the request
 * @response: TISER_LOGOUT_RSP_*
 * @seq: sequence numbers, host byte order, or NULL: see tiser_bhs_set_seq()
 *
 * Time2Wait and Time2Retain are 0: nothing is retained at ErrorRecoveryLevel 0
 * and nothing need be waited for.
 *
 * Context: any.
 */
void tiser_bhs_build_logout_rsp(void *bhs, u32 itt, u8 response,
				const struct tiser_seq *seq)
{
	u8 *b = tiser_bhs_start(bhs, TISER_OP_LOGOUT_RSP, itt, 0, seq);

	b[2] = response;
}

/**
 * tiser_bhs_build_nop_in - build a NOP-In (RFC 7143, 11.19)
 * @bhs: TISER_BHS_LEN bytes to write
 * @itt: ITT of the NOP-Out to answer, TISER_TAG_NONE otherwise
 * @ttt: TISER_TAG_NONE in an answer and where no answer is wanted
 * @lun: eight bytes, MUST be given when @ttt is a valid tag (11.19.3); or NULL
 * @data_len: bytes of ping data returned, 0 when @itt is TISER_TAG_NONE
 * @seq: sequence numbers, host byte order, or NULL: see tiser_bhs_set_seq()
 *
 * Context: any.
 */
void tiser_bhs_build_nop_in(void *bhs, u32 itt, u32 ttt, const u8 *lun,
			    u32 data_len, const struct tiser_seq *seq)
{
	u8 *b = tiser_bhs_start(bhs, TISER_OP_NOP_IN, itt, data_len, seq);

	if (lun)
		memcpy(b + 8, lun, 8);
	put_unaligned_be32(ttt, b + 20);
}

/**
 * tiser_bhs_build_reject - build a Reject (RFC 7143, 11.17)
 * @bhs: TISER_BHS_LEN bytes to write
 * @reason: enum tiser_reject_reason
 * @data_len: bytes of data, the complete header of the bad PDU, which the
 *	caller copies (RFC 7143, 11.17.4)
 * @seq: sequence numbers, host byte order, or NULL: see tiser_bhs_set_seq()
 *
 * Context: any.
 */
void tiser_bhs_build_reject(void *bhs, u8 reason, u32 data_len,
			    const struct tiser_seq *seq)
{
	u8 *b = tiser_bhs_start(bhs, TISER_OP_REJECT, TISER_TAG_NONE, data_len,
				seq);

	b[2] = reason;
}

/**
 * tiser_bhs_build_async - build an Asynchronous Message (RFC 7143, 11.9)
 * @bhs: TISER_BHS_LEN bytes to write
 * @event: AsyncEvent
 * @param1: Parameter1, host byte order
 * @param2: Parameter2, host byte order
 * @param3: Parameter3, host byte order; seconds for event 1
 * @seq: sequence numbers, host byte order, or NULL: see tiser_bhs_set_seq()
 *
 * Context: any.
 */
void tiser_bhs_build_async(void *bhs, u8 event, u16 param1, u16 param2,
			   u16 param3, const struct tiser_seq *seq)
{
	u8 *b = tiser_bhs_start(bhs, TISER_OP_ASYNC, TISER_TAG_NONE, 0, seq);

	b[36] = event;
	put_unaligned_be16(param1, b + 38);
	put_unaligned_be16(param2, b + 40);
	put_unaligned_be16(param3, b + 42);
}
