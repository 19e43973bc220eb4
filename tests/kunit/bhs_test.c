// SPDX-License-Identifier: GPL-2.0
/* iSCSI PDUs (RFC 7143, 11). */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <tiser/compat.h>
#include <tiser/proto/bhs.h>

enum { MSG_MAX = 48 + 1024 };

/* A message being made up: BHS, then what lies behind it. */
struct msg {
	u8 b[MSG_MAX];
	u32 len;		/* bytes behind the BHS */
};

static struct msg *msg_alloc(struct kunit *test, u8 opcode, u8 flags)
{
	struct msg *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m);
	m->b[0] = opcode;
	m->b[1] = flags;
	for (i = 0; i < 8; i++)
		m->b[8 + i] = 0xa0 + i;
	put_unaligned_be32(0x01020304, m->b + 16);
	put_unaligned_be32(0xffffffff, m->b + 20);
	put_unaligned_be32(0x11121314, m->b + 24);
	put_unaligned_be32(0x21222324, m->b + 28);
	return m;
}

static void msg_data(struct msg *m, u32 len)
{
	memset(m->b + 48 + m->len, 'd', len);
	m->b[5] = len >> 16;
	m->b[6] = len >> 8;
	m->b[7] = len;
	m->len += len;
}

/* Append an AHS of @len bytes (AHSLength) with zeroes for contents. */
static u8 *msg_ahs(struct msg *m, u8 type, u16 len)
{
	u32 size = (3 + len + 3) / 4 * 4;
	u8 *ahs = m->b + 48 + m->len;

	put_unaligned_be16(len, ahs);
	ahs[2] = type;
	m->b[4] += size / 4;
	m->len += size;
	return ahs;
}

/* Decode from buffers of exactly the received size. */
static int msg_decode_len(struct kunit *test, const struct msg *m, u32 len,
			  struct tiser_pdu *pdu)
{
	u8 *bhs = kunit_kzalloc(test, 48, GFP_KERNEL);
	u8 *payload = len ? kunit_kzalloc(test, len, GFP_KERNEL) : NULL;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bhs);
	memcpy(bhs, m->b, 48);
	if (payload)
		memcpy(payload, m->b + 48, len);
	memset(pdu, 0xee, sizeof(*pdu));
	return tiser_bhs_decode(bhs, payload, len, pdu);
}

static int msg_decode(struct kunit *test, const struct msg *m,
		      struct tiser_pdu *pdu)
{
	return msg_decode_len(test, m, m->len, pdu);
}

static struct msg *msg_write(struct kunit *test, u32 edtl)
{
	struct msg *m = msg_alloc(test, TISER_OP_SCSI_CMD, 0x80 | 0x20 | 1);

	put_unaligned_be32(edtl, m->b + 20);
	memset(m->b + 32, 0x2a, 16);
	return m;
}

static void bhs_11_2_1_common_fields(struct kunit *test)
{
	struct msg *m = msg_alloc(test, 0x40 | TISER_OP_NOP_OUT, 0x80);
	struct tiser_pdu pdu;

	put_unaligned_be32(0x31323334, m->b + 20);
	msg_data(m, 5);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_EQ(test, pdu.opcode, TISER_OP_NOP_OUT);
	KUNIT_EXPECT_TRUE(test, pdu.immediate);
	KUNIT_EXPECT_TRUE(test, pdu.final);
	KUNIT_EXPECT_EQ(test, pdu.flags, 0x80);
	KUNIT_EXPECT_EQ(test, pdu.lun[0], 0xa0);
	KUNIT_EXPECT_EQ(test, pdu.lun[7], 0xa7);
	KUNIT_EXPECT_EQ(test, pdu.itt, 0x01020304u);
	KUNIT_EXPECT_EQ(test, pdu.ttt, 0x31323334u);
	KUNIT_EXPECT_EQ(test, pdu.cmdsn, 0x11121314u);
	KUNIT_EXPECT_EQ(test, pdu.exp_statsn, 0x21222324u);
	KUNIT_EXPECT_EQ(test, pdu.data_len, 5u);
	KUNIT_EXPECT_EQ(test, memcmp(pdu.data, "ddddd", 5), 0);
	KUNIT_EXPECT_EQ(test, memcmp(pdu.bhs, m->b, 48), 0);
}

static void bhs_11_3_scsi_command(struct kunit *test)
{
	struct msg *m = msg_write(test, 0x00010203);
	struct tiser_pdu pdu;

	msg_data(m, 512);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_FALSE(test, pdu.immediate);
	KUNIT_EXPECT_TRUE(test, pdu.cmd.write);
	KUNIT_EXPECT_FALSE(test, pdu.cmd.read);
	KUNIT_EXPECT_EQ(test, (int)pdu.cmd.attr, (int)TISER_ATTR_SIMPLE);
	KUNIT_EXPECT_EQ(test, pdu.cmd.edtl, 0x00010203u);
	KUNIT_EXPECT_EQ(test, pdu.cmd.cdb[0], 0x2a);
	KUNIT_EXPECT_PTR_EQ(test, pdu.cmd.ext_cdb, NULL);
	KUNIT_EXPECT_EQ(test, pdu.data_len, 512u);
	KUNIT_EXPECT_EQ(test, pdu.ttt, TISER_TAG_NONE);
}

/* RFC 7144, 5.1: the priority of a command has no effect here. */
static void bhs_7144_5_1_pri(struct kunit *test)
{
	struct msg *m = msg_write(test, 512);
	struct tiser_pdu plain, pdu;

	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &plain), 0);
	m->b[2] = 0x0f;
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_EQ(test, (int)pdu.cmd.attr, (int)plain.cmd.attr);
	KUNIT_EXPECT_EQ(test, pdu.cmd.write, plain.cmd.write);
	KUNIT_EXPECT_EQ(test, pdu.cmd.edtl, plain.cmd.edtl);
}

struct flags_case {
	const char *name;
	u8 flags;
	u32 edtl;
	int ret;
	bool read;
	bool write;
	enum tiser_attr attr;
};

static const struct flags_case flags[] = {
	{ "read", 0xc1, 512, 0, true, false, TISER_ATTR_SIMPLE },
	{ "write", 0xa2, 512, 0, false, true, TISER_ATTR_ORDERED },
	{ "write, F=0", 0x23, 512, 0, false, true, TISER_ATTR_HEAD_OF_QUEUE },
	{ "no data", 0x84, 0, 0, false, false, TISER_ATTR_ACA },
	{ "untagged", 0x80, 0, 0, false, false, TISER_ATTR_UNTAGGED },
	{ "reserved attribute 5", 0x85, 0, 0, false, false, TISER_ATTR_SIMPLE },
	{ "reserved attribute 7", 0x87, 0, 0, false, false, TISER_ATTR_SIMPLE },
	{ "reserved flags", 0x98, 0, 0, false, false, TISER_ATTR_UNTAGGED },
	{ "read of nothing", 0xc1, 0, 0, false, false, TISER_ATTR_SIMPLE },
	{ "write of nothing", 0xa1, 0, 0, false, false, TISER_ATTR_SIMPLE },
	{ "bidirectional", 0xe1, 512, 0, true, true, TISER_ATTR_SIMPLE },
	{ "F=0 and W=0, read", 0x41, 512, -EBADMSG },
	{ "F=0 and W=0, no data", 0x01, 0, -EBADMSG },
	{ "data without direction", 0x81, 1, -EBADMSG },
};

static void flags_desc(const struct flags_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(flags, flags, flags_desc);

static void bhs_11_3_1_command_flags(struct kunit *test)
{
	const struct flags_case *c = test->param_value;
	struct msg *m = msg_write(test, c->edtl);
	struct tiser_pdu pdu;

	m->b[1] = c->flags;
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), c->ret);
	if (c->ret)
		return;
	KUNIT_EXPECT_EQ(test, pdu.cmd.read, c->read);
	KUNIT_EXPECT_EQ(test, pdu.cmd.write, c->write);
	KUNIT_EXPECT_EQ(test, (int)pdu.cmd.attr, (int)c->attr);
	KUNIT_EXPECT_EQ(test, pdu.final, !!(c->flags & 0x80));
}

static void bhs_11_2_2_3_extended_cdb(struct kunit *test)
{
	struct msg *m = msg_write(test, 512);
	struct tiser_pdu pdu;
	u8 *ahs = msg_ahs(m, 1, 17);

	ahs[4] = 0x44;
	ahs[19] = 0x55;
	msg_data(m, 8);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_EQ(test, pdu.cmd.ext_cdb_len, 16);
	KUNIT_EXPECT_EQ(test, pdu.cmd.ext_cdb[0], 0x44);
	KUNIT_EXPECT_EQ(test, pdu.cmd.ext_cdb[15], 0x55);
	KUNIT_EXPECT_EQ(test, pdu.data_len, 8u);
	KUNIT_EXPECT_EQ(test, pdu.data[0], 'd');
	KUNIT_EXPECT_EQ(test, pdu.data[7], 'd');
}

static void bhs_11_2_2_4_bidirectional_read_length(struct kunit *test)
{
	struct msg *m = msg_write(test, 0);
	struct tiser_pdu pdu;
	u8 *ahs = msg_ahs(m, 2, 5);

	/* EDTL is 0, but something is to be read */
	m->b[1] = 0xe1;
	put_unaligned_be32(512, ahs + 4);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_TRUE(test, pdu.cmd.read);
	KUNIT_EXPECT_TRUE(test, pdu.cmd.write);
	/* nothing in either direction */
	put_unaligned_be32(0, ahs + 4);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_FALSE(test, pdu.cmd.read);
	KUNIT_EXPECT_FALSE(test, pdu.cmd.write);
	/* something to read, but no direction */
	put_unaligned_be32(512, ahs + 4);
	m->b[1] = 0x81;
	KUNIT_EXPECT_EQ(test, msg_decode(test, m, &pdu), -EBADMSG);
}

struct ahs_case {
	const char *name;
	u8 words;		/* TotalAHSLength */
	u8 ahs[16];
	u16 type1_len;		/* of a further, well-formed extended CDB */
	int ret;
};

static const struct ahs_case ahss[] = {
	{ "shortest extended CDB", 2, { 0, 2, 1 }, 0, 0 },
	{ "reserved bits of AHSType", 2, { 0, 2, 0xc1 }, 0, 0 },
	{ "both kinds", 4, { 0, 5, 2, 0, 0, 0, 0, 0, 0, 2, 1 }, 0, 0 },
	{ "extended CDB of CDB length 16", 1, { 0, 1, 1 }, 0, -EBADMSG },
	{ "length 0", 1, { 0, 0, 1 }, 0, -EBADMSG },
	{ "length 0xffff", 1, { 0xff, 0xff, 1 }, 0, -EBADMSG },
	{ "one byte too long for TotalAHSLength", 2, { 0, 6, 1 }, 0,
	  -EBADMSG },
	{ "reserved type 0", 1, { 0, 1, 0 }, 0, -EBADMSG },
	{ "reserved type 3", 2, { 0, 5, 3 }, 0, -EBADMSG },
	{ "reserved type 63", 2, { 0, 5, 63 }, 0, -EBADMSG },
	{ "all zero", 4, { 0 }, 0, -EBADMSG },
	{ "two extended CDBs", 4, { 0, 2, 1, 0, 0, 0, 0, 0, 0, 2, 1 }, 0,
	  -EBADMSG },
	{ "two bidirectional lengths", 4,
	  { 0, 5, 2, 0, 0, 0, 0, 0, 0, 5, 2 }, 0, -EBADMSG },
	{ "bidirectional length of 4", 2, { 0, 4, 2 }, 0, -EBADMSG },
	{ "bidirectional length of 9", 3, { 0, 9, 2 }, 0, -EBADMSG },
	{ "longest extended CDB", 0, { 0 }, 245, 0 },
	{ "too long an extended CDB", 0, { 0 }, 246, -EBADMSG },
};

static void ahs_desc(const struct ahs_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(ahs, ahss, ahs_desc);

static void bhs_11_2_2_additional_headers(struct kunit *test)
{
	const struct ahs_case *c = test->param_value;
	struct msg *m = msg_write(test, 512);
	struct tiser_pdu pdu;

	memcpy(m->b + 48, c->ahs, c->words * 4);
	m->len = c->words * 4;
	m->b[4] = c->words;
	if (c->type1_len)
		msg_ahs(m, 1, c->type1_len);
	KUNIT_EXPECT_EQ(test, msg_decode(test, m, &pdu), c->ret);
}

struct may_case {
	const char *name;
	u8 opcode;
	int data;		/* expected with a data segment */
	int ahs;		/* expected with an AHS */
	int no_tag;		/* expected with ITT 0xffffffff */
};

static const struct may_case mays[] = {
	{ "NOP-Out", TISER_OP_NOP_OUT, 0, -EBADMSG, 0 },
	{ "SCSI Command", TISER_OP_SCSI_CMD, 0, 0, -EBADMSG },
	{ "TMF", TISER_OP_TMF_REQ, -EBADMSG, -EBADMSG, -EBADMSG },
	{ "Login", TISER_OP_LOGIN_REQ, 0, -EBADMSG, 0 },
	{ "Text", TISER_OP_TEXT_REQ, 0, -EBADMSG, -EBADMSG },
	{ "Data-Out", TISER_OP_DATA_OUT, 0, -EBADMSG, 0 },
	{ "Logout", TISER_OP_LOGOUT_REQ, -EBADMSG, -EBADMSG, -EBADMSG },
	{ "SNACK", TISER_OP_SNACK, -EBADMSG, -EBADMSG, 0 },
	{ "unassigned", 0x1c, 0, 0, 0 },
	{ "vendor specific", 0x1e, 0, 0, 0 },
	{ "of a target", TISER_OP_SCSI_RSP, 0, 0, 0 },
	{ "last", 0x3f, 0, 0, 0 },
};

static void may_desc(const struct may_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(may, mays, may_desc);

static void bhs_11_2_1_what_an_opcode_may_carry(struct kunit *test)
{
	const struct may_case *c = test->param_value;
	struct msg *m = msg_alloc(test, c->opcode, 0xa1);
	struct tiser_pdu pdu;

	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_EQ(test, pdu.opcode, c->opcode);
	KUNIT_EXPECT_PTR_EQ(test, pdu.data, NULL);
	put_unaligned_be32(TISER_TAG_NONE, m->b + 16);
	KUNIT_EXPECT_EQ(test, msg_decode(test, m, &pdu), c->no_tag);
	put_unaligned_be32(0, m->b + 16);
	KUNIT_EXPECT_EQ(test, msg_decode(test, m, &pdu), 0);
	msg_data(m, 4);
	KUNIT_EXPECT_EQ(test, msg_decode(test, m, &pdu), c->data);

	m = msg_alloc(test, c->opcode, 0xa1);
	msg_ahs(m, 1, 5);
	KUNIT_EXPECT_EQ(test, msg_decode(test, m, &pdu), c->ahs);
}

/* Each truncation of a PDU that has everything is a format error. */
static void bhs_11_1_every_truncated_length(struct kunit *test)
{
	struct msg *m = msg_write(test, 4096);
	struct tiser_pdu pdu;
	u32 len;

	msg_ahs(m, 1, 17);
	msg_ahs(m, 2, 5);
	msg_data(m, 64);
	KUNIT_EXPECT_EQ(test, msg_decode(test, m, &pdu), 0);
	for (len = 0; len < m->len; len++)
		KUNIT_EXPECT_EQ_MSG(test, msg_decode_len(test, m, len, &pdu),
				    -EBADMSG, "%u bytes", len);
}

static void bhs_11_1_padding(struct kunit *test)
{
	struct msg *m = msg_write(test, 4096);
	struct tiser_pdu pdu;
	u32 pad;

	msg_data(m, 61);
	for (pad = 0; pad < 8; pad++) {
		KUNIT_EXPECT_EQ_MSG(test, msg_decode_len(test, m, 61 + pad,
							 &pdu),
				    pad <= 3 ? 0 : -EBADMSG, "pad %u", pad);
		if (pad <= 3)
			KUNIT_EXPECT_EQ(test, pdu.data_len, 61u);
	}
}

/* Lengths that would wrap or that nobody could have received. */
static void bhs_11_2_1_6_lying_lengths(struct kunit *test)
{
	struct msg *m = msg_write(test, 4096);
	struct tiser_pdu pdu;

	memset(m->b + 5, 0xff, 3);
	KUNIT_EXPECT_EQ(test, msg_decode_len(test, m, 0, &pdu), -EBADMSG);
	KUNIT_EXPECT_EQ(test, msg_decode_len(test, m, 64, &pdu), -EBADMSG);
	memset(m->b + 4, 0xff, 4);
	KUNIT_EXPECT_EQ(test, msg_decode_len(test, m, 64, &pdu), -EBADMSG);
	m->b[4] = 0xff;
	memset(m->b + 5, 0, 3);
	KUNIT_EXPECT_EQ(test, msg_decode_len(test, m, 1019, &pdu), -EBADMSG);
}

static void bhs_11_12_login_request(struct kunit *test)
{
	struct msg *m = msg_alloc(test, TISER_OP_LOGIN_REQ, 0xc7);
	struct tiser_pdu pdu;

	m->b[2] = 3;
	m->b[3] = 2;
	put_unaligned_be16(0x4142, m->b + 14);
	put_unaligned_be16(0x5152, m->b + 20);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_TRUE(test, pdu.immediate);
	KUNIT_EXPECT_TRUE(test, pdu.login.transit);
	KUNIT_EXPECT_TRUE(test, pdu.login.more);
	KUNIT_EXPECT_EQ(test, pdu.login.csg, 1);
	KUNIT_EXPECT_EQ(test, pdu.login.nsg, 3);
	KUNIT_EXPECT_EQ(test, pdu.login.version_max, 3);
	KUNIT_EXPECT_EQ(test, pdu.login.version_min, 2);
	KUNIT_EXPECT_EQ(test, pdu.login.isid[0], 0xa0);
	KUNIT_EXPECT_EQ(test, pdu.login.isid[5], 0xa5);
	KUNIT_EXPECT_EQ(test, pdu.login.tsih, 0x4142);
	KUNIT_EXPECT_EQ(test, pdu.login.cid, 0x5152);
	KUNIT_EXPECT_EQ(test, pdu.ttt, TISER_TAG_NONE);

	m->b[1] = 0x08;
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_FALSE(test, pdu.login.transit);
	KUNIT_EXPECT_FALSE(test, pdu.login.more);
	KUNIT_EXPECT_EQ(test, pdu.login.csg, 2);
	KUNIT_EXPECT_EQ(test, pdu.login.nsg, 0);
}

static void bhs_11_5_task_management(struct kunit *test)
{
	struct msg *m = msg_alloc(test, 0x40 | TISER_OP_TMF_REQ, 0x81);
	struct tiser_pdu pdu;

	put_unaligned_be32(0x61626364, m->b + 20);
	put_unaligned_be32(0x71727374, m->b + 32);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_EQ(test, pdu.tmf.function, TISER_TMF_ABORT_TASK);
	KUNIT_EXPECT_EQ(test, pdu.tmf.rtt, 0x61626364u);
	KUNIT_EXPECT_EQ(test, pdu.tmf.ref_cmdsn, 0x71727374u);
	KUNIT_EXPECT_EQ(test, pdu.ttt, TISER_TAG_NONE);
}

static void bhs_11_7_data_out(struct kunit *test)
{
	struct msg *m = msg_alloc(test, TISER_OP_DATA_OUT, 0x80);
	struct tiser_pdu pdu;

	put_unaligned_be32(0x61626364, m->b + 36);
	put_unaligned_be32(0x71727374, m->b + 40);
	msg_data(m, 16);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_EQ(test, pdu.dataout.data_sn, 0x61626364u);
	KUNIT_EXPECT_EQ(test, pdu.dataout.offset, 0x71727374u);
	KUNIT_EXPECT_EQ(test, pdu.ttt, TISER_TAG_NONE);
	KUNIT_EXPECT_EQ(test, pdu.cmdsn, 0u);
}

static void bhs_11_10_text_and_11_14_logout(struct kunit *test)
{
	struct msg *m = msg_alloc(test, TISER_OP_TEXT_REQ, 0x40);
	struct tiser_pdu pdu;

	put_unaligned_be32(0x61626364, m->b + 20);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_TRUE(test, pdu.text.more);
	KUNIT_EXPECT_FALSE(test, pdu.final);
	KUNIT_EXPECT_EQ(test, pdu.ttt, 0x61626364u);

	m = msg_alloc(test, TISER_OP_LOGOUT_REQ, 0x82);
	put_unaligned_be16(0x5152, m->b + 20);
	KUNIT_ASSERT_EQ(test, msg_decode(test, m, &pdu), 0);
	KUNIT_EXPECT_EQ(test, pdu.logout.reason, TISER_LOGOUT_RECOVERY);
	KUNIT_EXPECT_EQ(test, pdu.logout.cid, 0x5152);
}

/* Any header whatever, with any length: an answer and no access outside. */
static void bhs_any_bits_are_survived(struct kunit *test)
{
	struct msg *m = msg_write(test, 4096);
	struct tiser_pdu pdu;
	u32 i, accepted = 0, seed = 1;

	for (i = 0; i < 2000; i++) {
		u32 k, len;

		for (k = 0; k < 128; k++) {
			seed = seed * 1664525 + 1013904223;
			m->b[k] = seed >> 24;
		}
		m->b[4] &= 7;
		m->b[5] = 0;
		m->b[6] = 0;
		m->b[7] &= 63;
		len = m->b[4] * 4 + m->b[7];
		accepted += !msg_decode_len(test, m, len, &pdu);
		msg_decode_len(test, m, len / 2, &pdu);
	}
	KUNIT_EXPECT_GT(test, accepted, 0u);
	KUNIT_EXPECT_LT(test, accepted, 2000u);
}

static const struct tiser_seq seq = { 0x01020304, 0x11121314, 0x21222324 };

/* What all PDUs of a target share. */
static void expect_start(struct kunit *test, const u8 *b, u8 opcode, u8 byte1,
			 u32 itt, u32 data_len)
{
	KUNIT_EXPECT_EQ(test, b[0], opcode);
	KUNIT_EXPECT_EQ(test, b[1], byte1);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 4), data_len);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 16), itt);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 24), seq.statsn);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 28), seq.exp_cmdsn);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 32), seq.max_cmdsn);
	KUNIT_EXPECT_EQ(test, b[48], 0xee);
}

struct rsp_case {
	const char *name;
	struct tiser_scsi_rsp rsp;
	u8 byte1;
	u32 residual;
};

static const struct rsp_case rsps[] = {
	{ "good", { 7, 0, 0, false, false, 0, 0 }, 0x80, 0 },
	{ "overflow", { 7, 0, 0, true, false, 512, 0 }, 0x84, 512 },
	{ "underflow", { 7, 0, 2, false, true, 256, 20 }, 0x82, 256 },
	{ "never both bits", { 7, 0, 0, true, true, 1, 0 }, 0x84, 1 },
	{ "no bit with a count of 0", { 7, 0, 0, false, true, 0, 0 }, 0x80, 0 },
	{ "no count without a bit", { 7, 0, 0, false, false, 9, 0 }, 0x80, 0 },
	{ "target failure", { 7, 1, 0, false, true, 256, 0 }, 0x80, 0 },
};

static void rsp_desc(const struct rsp_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(rsp, rsps, rsp_desc);

static void bhs_11_4_build_scsi_response(struct kunit *test)
{
	const struct rsp_case *c = test->param_value;
	u8 b[49];

	memset(b, 0xee, sizeof(b));
	tiser_bhs_build_scsi_rsp(b, &c->rsp, &seq);
	expect_start(test, b, TISER_OP_SCSI_RSP, c->byte1, c->rsp.itt,
		     c->rsp.data_len);
	KUNIT_EXPECT_EQ(test, b[2], c->rsp.response);
	KUNIT_EXPECT_EQ(test, b[3], c->rsp.status);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 44), c->residual);
}

static void bhs_11_4_7_build_sense(struct kunit *test)
{
	u8 sense[TISER_SENSE_MAX + 32], *data;
	u32 i;

	for (i = 0; i < sizeof(sense); i++)
		sense[i] = i;
	data = kunit_kzalloc(test, TISER_SENSE_MAX + 2, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, data);

	KUNIT_EXPECT_EQ(test, tiser_bhs_build_sense(data, sense, 18), 20u);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(data), 18);
	KUNIT_EXPECT_EQ(test, memcmp(data + 2, sense, 18), 0);
	KUNIT_EXPECT_EQ(test, data[20], 0);
	KUNIT_EXPECT_EQ(test, tiser_bhs_build_sense(data, sense,
						    sizeof(sense)),
			(u32)TISER_SENSE_MAX + 2);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(data), TISER_SENSE_MAX);
	KUNIT_EXPECT_EQ(test, tiser_bhs_build_sense(data, NULL, 0), 2u);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(data), 0);
}

static void bhs_11_13_build_login_response(struct kunit *test)
{
	struct tiser_login_rsp rsp = {
		.itt = 7, .transit = true, .csg = 1, .nsg = 3,
		.isid = { 1, 2, 3, 4, 5, 6 }, .tsih = 0x4142, .data_len = 300,
	};
	u8 b[49];

	memset(b, 0xee, sizeof(b));
	tiser_bhs_build_login_rsp(b, &rsp, &seq);
	expect_start(test, b, TISER_OP_LOGIN_RSP, 0x87, 7, 300);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(b + 2), 0);
	KUNIT_EXPECT_EQ(test, memcmp(b + 8, rsp.isid, 6), 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(b + 14), 0x4142);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(b + 36), 0);

	rsp.transit = false;
	rsp.more = true;
	tiser_bhs_build_login_rsp(b, &rsp, &seq);
	expect_start(test, b, TISER_OP_LOGIN_RSP, 0x44, 7, 300);

	/* 6.3.1: of a reject, T, CSG and NSG are reserved */
	rsp.transit = true;
	rsp.status = 0x0207;
	rsp.data_len = 0;
	tiser_bhs_build_login_rsp(b, &rsp, &seq);
	expect_start(test, b, TISER_OP_LOGIN_RSP, 0, 7, 0);
	KUNIT_EXPECT_EQ(test, b[36], 2);
	KUNIT_EXPECT_EQ(test, b[37], 7);
}

static void bhs_11_6_11_15_build_tmf_and_logout(struct kunit *test)
{
	u8 b[49];

	memset(b, 0xee, sizeof(b));
	tiser_bhs_build_tmf_rsp(b, 9, TISER_TMF_RSP_REJECTED, &seq);
	expect_start(test, b, TISER_OP_TMF_RSP, 0x80, 9, 0);
	KUNIT_EXPECT_EQ(test, b[2], 255);
	tiser_bhs_build_logout_rsp(b, 10, TISER_LOGOUT_RSP_NO_CID, &seq);
	expect_start(test, b, TISER_OP_LOGOUT_RSP, 0x80, 10, 0);
	KUNIT_EXPECT_EQ(test, b[2], 1);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 40), 0u);
}

static void bhs_11_11_build_text_response(struct kunit *test)
{
	static const u8 lun[8] = { 0, 3 };
	static const u8 zero[8];
	struct tiser_text_rsp rsp = {
		.itt = 9, .ttt = TISER_TAG_NONE, .lun = lun, .final = true,
		.data_len = 0x012345,
	};
	u8 b[49];

	memset(b, 0xee, sizeof(b));
	tiser_bhs_build_text_rsp(b, &rsp, &seq);
	expect_start(test, b, TISER_OP_TEXT_RSP, 0x80, 9, 0x012345);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 20), TISER_TAG_NONE);
	KUNIT_EXPECT_EQ(test, memcmp(b + 8, zero, 8), 0);
	rsp.ttt = 5;
	rsp.final = false;
	rsp.more = true;
	rsp.data_len = 8192;
	tiser_bhs_build_text_rsp(b, &rsp, &seq);
	expect_start(test, b, TISER_OP_TEXT_RSP, 0x40, 9, 8192);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 20), 5u);
	KUNIT_EXPECT_EQ(test, memcmp(b + 8, lun, 8), 0);
	rsp.more = false;
	tiser_bhs_build_text_rsp(b, &rsp, &seq);
	expect_start(test, b, TISER_OP_TEXT_RSP, 0x00, 9, 8192);
}

static void bhs_11_19_build_nop_in(struct kunit *test)
{
	static const u8 lun[8] = { 0, 3 };
	static const u8 zero[8];
	u8 b[49];

	memset(b, 0xee, sizeof(b));
	tiser_bhs_build_nop_in(b, 9, TISER_TAG_NONE, NULL, 64, &seq);
	expect_start(test, b, TISER_OP_NOP_IN, 0x80, 9, 64);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 20), TISER_TAG_NONE);
	KUNIT_EXPECT_EQ(test, memcmp(b + 8, zero, 8), 0);
	tiser_bhs_build_nop_in(b, TISER_TAG_NONE, 4, lun, 0, &seq);
	expect_start(test, b, TISER_OP_NOP_IN, 0x80, TISER_TAG_NONE, 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 20), 4u);
	KUNIT_EXPECT_EQ(test, memcmp(b + 8, lun, 8), 0);
}

static void bhs_11_9_11_17_build_async_and_reject(struct kunit *test)
{
	u8 b[49];

	memset(b, 0xee, sizeof(b));
	tiser_bhs_build_reject(b, TISER_REJ_PROTOCOL, 48, &seq);
	expect_start(test, b, TISER_OP_REJECT, 0x80, TISER_TAG_NONE, 48);
	KUNIT_EXPECT_EQ(test, b[2], 4);
	tiser_bhs_build_async(b, 1, 0x0102, 0x0304, 0x0506, &seq);
	expect_start(test, b, TISER_OP_ASYNC, 0x80, TISER_TAG_NONE, 0);
	KUNIT_EXPECT_EQ(test, b[36], 1);
	KUNIT_EXPECT_EQ(test, b[37], 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(b + 38), 0x0102);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(b + 40), 0x03040506u);
}

static struct kunit_case bhs_cases[] = {
	KUNIT_CASE(bhs_11_2_1_common_fields),
	KUNIT_CASE(bhs_11_3_scsi_command),
	KUNIT_CASE(bhs_7144_5_1_pri),
	KUNIT_CASE_PARAM(bhs_11_3_1_command_flags, flags_gen_params),
	KUNIT_CASE(bhs_11_2_2_3_extended_cdb),
	KUNIT_CASE(bhs_11_2_2_4_bidirectional_read_length),
	KUNIT_CASE_PARAM(bhs_11_2_2_additional_headers, ahs_gen_params),
	KUNIT_CASE_PARAM(bhs_11_2_1_what_an_opcode_may_carry, may_gen_params),
	KUNIT_CASE(bhs_11_1_every_truncated_length),
	KUNIT_CASE(bhs_11_1_padding),
	KUNIT_CASE(bhs_11_2_1_6_lying_lengths),
	KUNIT_CASE(bhs_11_12_login_request),
	KUNIT_CASE(bhs_11_5_task_management),
	KUNIT_CASE(bhs_11_7_data_out),
	KUNIT_CASE(bhs_11_10_text_and_11_14_logout),
	KUNIT_CASE(bhs_any_bits_are_survived),
	KUNIT_CASE_PARAM(bhs_11_4_build_scsi_response, rsp_gen_params),
	KUNIT_CASE(bhs_11_4_7_build_sense),
	KUNIT_CASE(bhs_11_13_build_login_response),
	KUNIT_CASE(bhs_11_6_11_15_build_tmf_and_logout),
	KUNIT_CASE(bhs_11_11_build_text_response),
	KUNIT_CASE(bhs_11_19_build_nop_in),
	KUNIT_CASE(bhs_11_9_11_17_build_async_and_reject),
	{}
};

static struct kunit_suite bhs_suite = {
	.name = "tiser_bhs",
	.test_cases = bhs_cases,
};
kunit_test_suite(bhs_suite);
