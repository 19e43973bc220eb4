// SPDX-License-Identifier: GPL-2.0
/*
 * The gates for received messages: iSER header, BHS, AHS, data segment. The
 * input is a message as it comes from the wire.
 */
#include <errno.h>
#include <tiser/compat.h>
#include <tiser/proto/bhs.h>
#include <tiser/proto/iser_hdr.h>
#include "fuzz.h"

enum { PAD_MAX = 3 };

static void check_hello(const struct tiser_hello *hello)
{
	bool ok = tiser_hello_acceptable(hello);
	u8 reply[TISER_HDR_LEN];
	u8 version;

	tiser_hdr_build_hello_reply(reply, hello, 16, !ok);
	version = reply[1] >> 4;
	FUZZ_CHECK(reply[0] == (ok ? 0x30 : 0x31));
	FUZZ_CHECK(version == (reply[1] & 0x0f));
	FUZZ_CHECK(version == TISER_HELLO_VERSION ||
		   version == TISER_HELLO_VERSION_5046);
	FUZZ_CHECK(ok == (hello->min_ver <= version &&
			  version <= hello->max_ver));
}

/* Returns true when a PDU follows the header. */
static bool check_header(const u8 *msg, u32 len)
{
	struct tiser_remote remote;
	enum tiser_hdr_type type;
	struct tiser_hello hello;
	int ret;

	memset(&remote, 0xa5, sizeof(remote));
	ret = tiser_hdr_decode(msg, len, &type, &remote, &hello);
	if (ret) {
		FUZZ_CHECK(ret == -EBADMSG);
		return false;
	}
	FUZZ_CHECK(len >= TISER_HDR_LEN);
	if (type == TISER_HDR_HELLO) {
		FUZZ_CHECK(msg[0] >> 4 == 2 && len == TISER_HDR_LEN);
		check_hello(&hello);
		return false;
	}
	FUZZ_CHECK(type == TISER_HDR_CONTROL && msg[0] >> 4 == 1);
	FUZZ_CHECK(remote.write_valid == !!(msg[0] & 0x08));
	FUZZ_CHECK(remote.read_valid == !!(msg[0] & 0x04));
	FUZZ_CHECK(remote.write_valid ||
		   (!remote.write_stag && !remote.write_va));
	FUZZ_CHECK(remote.read_valid || (!remote.read_stag && !remote.read_va));
	return true;
}

/* What any accepted PDU has in common; @need are the bytes it declared. */
static void check_common(const struct tiser_pdu *pdu, const u8 *bhs,
			 const u8 *payload, u32 need)
{
	FUZZ_CHECK(pdu->bhs == bhs);
	FUZZ_CHECK(pdu->opcode == (bhs[0] & 0x3f));
	FUZZ_CHECK(pdu->flags == bhs[1]);
	FUZZ_CHECK(!memcmp(pdu->lun, bhs + 8, sizeof(pdu->lun)));
	FUZZ_CHECK(pdu->itt == get_unaligned_be32(bhs + 16));
	FUZZ_CHECK(!pdu->data == !pdu->data_len);
	if (pdu->data)
		FUZZ_CHECK(pdu->data >= payload &&
			   pdu->data + pdu->data_len == payload + need);
}

/* RFC 7143, 11.2.2 and 11.3. */
static void check_scsi_cmd(const struct tiser_pdu *pdu, const u8 *ahs)
{
	const u8 *end = ahs + pdu->bhs[4] * 4u;

	FUZZ_CHECK(pdu->itt != TISER_TAG_NONE);
	FUZZ_CHECK(pdu->cmd.cdb == pdu->bhs + 32);
	FUZZ_CHECK(pdu->cmd.attr <= TISER_ATTR_ACA);
	FUZZ_CHECK(pdu->flags & 0xa0);
	FUZZ_CHECK(pdu->cmd.read || pdu->cmd.write || !pdu->cmd.edtl);
	FUZZ_CHECK(!pdu->cmd.ext_cdb == !pdu->cmd.ext_cdb_len);
	if (!pdu->cmd.ext_cdb)
		return;
	FUZZ_CHECK(TISER_CDB_LEN + pdu->cmd.ext_cdb_len <= TISER_CDB_MAX);
	/* length, type and the reserved byte are in front of it */
	FUZZ_CHECK(pdu->cmd.ext_cdb >= ahs + 4);
	FUZZ_CHECK(pdu->cmd.ext_cdb + pdu->cmd.ext_cdb_len <= end);
	FUZZ_CHECK((pdu->cmd.ext_cdb[-2] & 0x3f) == 1);
	FUZZ_CHECK(get_unaligned_be16(pdu->cmd.ext_cdb - 4) ==
		   pdu->cmd.ext_cdb_len + 1);
}

static void check_specific(const struct tiser_pdu *pdu, const u8 *payload)
{
	switch (pdu->opcode) {
	case TISER_OP_SCSI_CMD:
		check_scsi_cmd(pdu, payload);
		break;
	case TISER_OP_TMF_REQ:
	case TISER_OP_LOGOUT_REQ:
		FUZZ_CHECK(!pdu->data_len && pdu->itt != TISER_TAG_NONE);
		break;
	case TISER_OP_SNACK:
		FUZZ_CHECK(!pdu->data_len);
		break;
	case TISER_OP_TEXT_REQ:
		FUZZ_CHECK(pdu->itt != TISER_TAG_NONE);
		break;
	case TISER_OP_LOGIN_REQ:
		FUZZ_CHECK(pdu->immediate && pdu->login.csg <= 3 &&
			   pdu->login.nsg <= 3);
		break;
	default:
		break;
	}
	if (pdu->opcode <= TISER_OP_LOGOUT_REQ &&
	    pdu->opcode != TISER_OP_SCSI_CMD)
		FUZZ_CHECK(!pdu->bhs[4]);
}

/* The segment at @ahs, of @left bytes, and those behind it (RFC 7143, 11.2.2). */
static bool ahs_sound(const u8 *ahs, u32 left, u32 types_before)
{
	u32 len, size, type;

	if (!left)
		return true;
	len = ahs[0] << 8 | ahs[1];
	size = 3 + len;
	size += (4 - size % 4) % 4;
	type = ahs[2] % 64;
	if (size > left || types_before & 1u << type % 32)
		return false;
	if (type == 1 ? len < 2 || len > 245 : type != 2 || len != 5)
		return false;
	return ahs_sound(ahs + size, left - size, types_before | 1u << type);
}

/* RFC 7143, 11.3: what a SCSI Command must not say. */
static bool scsi_cmd_sound(const u8 *bhs, const u8 *ahs)
{
	u32 len = bhs[4] * 4u, i;
	bool wants = get_unaligned_be32(bhs + 20);

	if (!ahs_sound(ahs, len, 0) || !(bhs[1] & 0xa0))
		return false;
	for (i = 0; i < len; i += (3 + (ahs[i] << 8 | ahs[i + 1]) + 3) & ~3)
		if (ahs[i + 2] % 64 == 2)
			wants |= !!get_unaligned_be32(ahs + i + 4);
	return !wants || bhs[1] & 0x60;
}

/* Which opcodes may have an AHS, data, or no tag: indexed by opcode. */
static bool parts_sound(const u8 *bhs, u32 data_len)
{
	static const char *const parts[] = {
		"dn", "ad", "", "dn", "d", "dn", "",
		[TISER_OP_SNACK] = "n", [0x3f] = NULL,
	};
	const char *may = parts[bhs[0] % 64];

	if (!may)
		return true;
	return (!bhs[4] || strchr(may, 'a')) && (!data_len || strchr(may, 'd')) &&
	       (get_unaligned_be32(bhs + 16) != TISER_TAG_NONE ||
		strchr(may, 'n'));
}

/* The gate's verdict, found another way. */
static bool sound(const u8 *bhs, const u8 *payload, u32 len)
{
	u32 data_len = bhs[5] << 16 | bhs[6] << 8 | bhs[7];
	u32 need = bhs[4] * 4u + data_len;

	return need <= len && len - need <= PAD_MAX &&
	       parts_sound(bhs, data_len) &&
	       (bhs[0] % 64 != TISER_OP_SCSI_CMD ||
		scsi_cmd_sound(bhs, payload));
}

/* A PDU is as long as it says, and may have up to three bytes more. */
static void check_lengths(const u8 *bhs, const u8 *payload, u32 need)
{
	u8 *padded = malloc(need + PAD_MAX + 1);
	struct tiser_pdu pdu;
	u8 *cut;
	u32 pad;

	memset(padded, 0, need + PAD_MAX + 1);
	if (need)
		memcpy(padded, payload, need);
	for (pad = 0; pad <= PAD_MAX + 1; pad++)
		FUZZ_CHECK(!tiser_bhs_decode(bhs, padded, need + pad, &pdu) ==
			   (pad <= PAD_MAX));
	free(padded);
	if (!need)
		return;
	cut = fuzz_copy(payload, need - 1);
	FUZZ_CHECK(tiser_bhs_decode(bhs, cut, need - 1, &pdu) == -EBADMSG);
	free(cut);
}

static void check_pdu(const u8 *bhs, const u8 *payload, u32 len)
{
	u32 need = bhs[4] * 4u + (get_unaligned_be32(bhs + 4) & 0xffffff);
	struct tiser_pdu pdu;
	int ret = tiser_bhs_decode(bhs, payload, len, &pdu);

	FUZZ_CHECK(ret == (sound(bhs, payload, len) ? 0 : -EBADMSG));
	if (ret)
		return;
	FUZZ_CHECK(need <= len && len - need <= PAD_MAX);
	check_common(&pdu, bhs, payload, need);
	check_specific(&pdu, payload);
	check_lengths(bhs, payload, need);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *msg = fuzz_copy(data, size);
	u8 *bhs, *payload;
	bool pdu;

	pdu = check_header(msg, size);
	tiser_cm_peer_takes_inv(msg, size);
	free(msg);
	if (!pdu || size < TISER_HDR_LEN + TISER_BHS_LEN)
		return 0;
	data += TISER_HDR_LEN;
	size -= TISER_HDR_LEN + TISER_BHS_LEN;
	bhs = fuzz_copy(data, TISER_BHS_LEN);
	payload = fuzz_copy(data + TISER_BHS_LEN, size);
	check_pdu(bhs, payload, size);
	free(payload);
	free(bhs);
	return 0;
}
