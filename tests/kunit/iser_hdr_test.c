// SPDX-License-Identifier: GPL-2.0
/* iSER header (RFC 7145, 9.1 to 9.4) and CM private data (IBTA A12). */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <tiser/proto/iser_hdr.h>

/* A copy in a buffer of exactly that size, so that over-reads are found. */
static void *hdr_copy(struct kunit *test, const void *data, u32 len)
{
	void *p = kunit_kzalloc(test, len ? len : 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	memcpy(p, data, len);
	return p;
}

static const u8 hdr_both[TISER_HDR_LEN] = {
	0x1c, 0, 0, 0,
	0x11, 0x22, 0x33, 0x44,
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
	0x55, 0x66, 0x77, 0x88,
	0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
};

static void hdr_9_2_both_tags(struct kunit *test)
{
	enum tiser_hdr_type type = TISER_HDR_HELLO;
	struct tiser_remote r;
	struct tiser_hello h;
	void *p = hdr_copy(test, hdr_both, TISER_HDR_LEN);

	KUNIT_ASSERT_EQ(test, tiser_hdr_decode(p, TISER_HDR_LEN, &type, &r, &h),
			0);
	KUNIT_EXPECT_EQ(test, (int)type, (int)TISER_HDR_CONTROL);
	KUNIT_EXPECT_TRUE(test, r.write_valid);
	KUNIT_EXPECT_TRUE(test, r.read_valid);
	KUNIT_EXPECT_EQ(test, r.write_stag, 0x11223344u);
	KUNIT_EXPECT_EQ(test, r.write_va, 0x0102030405060708ull);
	KUNIT_EXPECT_EQ(test, r.read_stag, 0x55667788u);
	KUNIT_EXPECT_EQ(test, r.read_va, 0xf1f2f3f4f5f6f7f8ull);
}

/* D2: without its valid bit a tag is ignored; so are reserved bits. */
static void hdr_9_2_valid_bits_and_reserved(struct kunit *test)
{
	u8 flags;

	for (flags = 0; flags < 16; flags++) {
		u8 *p = hdr_copy(test, hdr_both, TISER_HDR_LEN);
		enum tiser_hdr_type type;
		struct tiser_remote r;
		struct tiser_hello h;
		bool w = flags & 8, rd = flags & 4;

		p[0] = 0x10 | flags;
		memset(p + 1, 0xff, 3);
		KUNIT_ASSERT_EQ(test,
				tiser_hdr_decode(p, TISER_HDR_LEN + 48, &type,
						 &r, &h), 0);
		KUNIT_EXPECT_EQ(test, r.write_valid, w);
		KUNIT_EXPECT_EQ(test, r.read_valid, rd);
		KUNIT_EXPECT_EQ(test, r.write_stag, w ? 0x11223344u : 0);
		KUNIT_EXPECT_EQ(test, r.write_va != 0, w);
		KUNIT_EXPECT_EQ(test, r.read_stag, rd ? 0x55667788u : 0);
		KUNIT_EXPECT_EQ(test, r.read_va != 0, rd);
	}
}

/* D3: only opcodes 1 and 2 come from an initiator. */
static void hdr_10_1_3_3_opcodes(struct kunit *test)
{
	u8 op;

	for (op = 0; op < 16; op++) {
		u8 *p = hdr_copy(test, hdr_both, TISER_HDR_LEN);
		enum tiser_hdr_type type;
		struct tiser_remote r;
		struct tiser_hello h;
		int want = op == 1 || op == 2 ? 0 : -EBADMSG;

		p[0] = op << 4;
		KUNIT_EXPECT_EQ_MSG(test,
				    tiser_hdr_decode(p, TISER_HDR_LEN, &type,
						     &r, &h),
				    want, "opcode %u", op);
	}
}

/* D4: the length is that of the message. */
static void hdr_4_1_every_short_length(struct kunit *test)
{
	u32 len;

	for (len = 0; len < TISER_HDR_LEN; len++) {
		void *p = hdr_copy(test, hdr_both, len);
		enum tiser_hdr_type type;
		struct tiser_remote r;
		struct tiser_hello h;

		KUNIT_EXPECT_EQ(test, tiser_hdr_decode(p, len, &type, &r, &h),
				-EBADMSG);
	}
}

/* B6: a Hello is its header and nothing else. */
static void hdr_9_3_hello(struct kunit *test)
{
	u8 msg[TISER_HDR_LEN + 1] = { 0x2f, 0xa1, 0x12, 0x34 };
	enum tiser_hdr_type type = TISER_HDR_CONTROL;
	struct tiser_remote r;
	struct tiser_hello h;

	KUNIT_ASSERT_EQ(test, tiser_hdr_decode(msg, 28, &type, &r, &h), 0);
	KUNIT_EXPECT_EQ(test, (int)type, (int)TISER_HDR_HELLO);
	KUNIT_EXPECT_EQ(test, h.max_ver, 10);
	KUNIT_EXPECT_EQ(test, h.min_ver, 1);
	KUNIT_EXPECT_EQ(test, h.ird, 0x1234);
	KUNIT_EXPECT_EQ(test, tiser_hdr_decode(msg, 27, &type, &r, &h),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, tiser_hdr_decode(msg, 29, &type, &r, &h),
			-EBADMSG);
}

struct hello_case {
	const char *name;
	struct tiser_hello hello;
	bool ok;
	u8 version;
};

static const struct hello_case hellos[] = {
	{ "RFC 7145", { 10, 10, 4 }, true, 10 },
	{ "RFC 5046, illumos", { 1, 1, 4 }, true, 1 },
	{ "both", { 10, 1, 4 }, true, 10 },
	{ "future that includes ours", { 15, 10, 4 }, true, 10 },
	{ "future only", { 15, 11, 4 }, false, 10 },
	{ "between", { 9, 2, 4 }, false, 10 },
	{ "empty range", { 1, 10, 4 }, false, 10 },
	{ "zero", { 0, 0, 4 }, false, 10 },
};

static void hello_desc(const struct hello_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(hello, hellos, hello_desc);

/* B3, B7 */
static void hdr_9_4_hello_reply(struct kunit *test)
{
	const struct hello_case *c = test->param_value;
	u8 buf[TISER_HDR_LEN + 1];
	u32 i;

	KUNIT_EXPECT_EQ(test, tiser_hello_acceptable(&c->hello), c->ok);
	memset(buf, 0xee, sizeof(buf));
	tiser_hdr_build_hello_reply(buf, &c->hello, 0x0203, !c->ok);
	KUNIT_EXPECT_EQ(test, buf[0], c->ok ? 0x30 : 0x31);
	KUNIT_EXPECT_EQ(test, buf[1], c->version << 4 | c->version);
	KUNIT_EXPECT_EQ(test, buf[2], 2);
	KUNIT_EXPECT_EQ(test, buf[3], 3);
	for (i = 4; i < TISER_HDR_LEN; i++)
		KUNIT_EXPECT_EQ(test, buf[i], 0);
	KUNIT_EXPECT_EQ(test, buf[TISER_HDR_LEN], 0xee);
}

/* D1, D2: what a target sends has no tags. */
static void hdr_9_2_build_control(struct kunit *test)
{
	u8 buf[TISER_HDR_LEN + 1];
	u32 i;

	memset(buf, 0xee, sizeof(buf));
	tiser_hdr_build_control(buf);
	KUNIT_EXPECT_EQ(test, buf[0], 0x10);
	for (i = 1; i < TISER_HDR_LEN; i++)
		KUNIT_EXPECT_EQ(test, buf[i], 0);
	KUNIT_EXPECT_EQ(test, buf[TISER_HDR_LEN], 0xee);
}

struct cm_case {
	const char *name;
	u8 priv[8];
	u32 len;
	bool inv;
};

static const struct cm_case cms[] = {
	{ "Linux", { 0x80 }, 4, true },
	{ "Linux, padded by IB", { 0x80 }, 8, true },
	{ "libiscsi", { 0xc0 }, 4, false },
	{ "nothing, padded by IB", { 0 }, 8, false },
	{ "nothing, iWARP", { 0 }, 0, false },
	{ "one byte", { 0x80 }, 1, false },
	{ "three bytes", { 0x80 }, 3, false },
	{ "zero based addresses", { 0x40 }, 4, false },
	{ "unknown bits set", { 0xbf, 0xff, 0xff, 0xff }, 4, true },
	{ "all bits set", { 0xff, 0xff, 0xff, 0xff }, 4, false },
};

static void cm_desc(const struct cm_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(cm, cms, cm_desc);

static void cm_a12_request(struct kunit *test)
{
	const struct cm_case *c = test->param_value;
	void *p = c->len ? hdr_copy(test, c->priv, c->len) : NULL;

	KUNIT_EXPECT_EQ(test, tiser_cm_peer_takes_inv(p, c->len), c->inv);
}

static void cm_a12_reply(struct kunit *test)
{
	static const u8 used[] = { 0x80, 0, 0, 0, 0xee };
	static const u8 unused[] = { 0xc0, 0, 0, 0, 0xee };
	u8 priv[TISER_CM_HDR_LEN + 1];

	memset(priv, 0xee, sizeof(priv));
	tiser_cm_build_reply(priv, true);
	KUNIT_EXPECT_EQ(test, memcmp(priv, used, sizeof(priv)), 0);
	tiser_cm_build_reply(priv, false);
	KUNIT_EXPECT_EQ(test, memcmp(priv, unused, sizeof(priv)), 0);
}

static struct kunit_case hdr_cases[] = {
	KUNIT_CASE(hdr_9_2_both_tags),
	KUNIT_CASE(hdr_9_2_valid_bits_and_reserved),
	KUNIT_CASE(hdr_10_1_3_3_opcodes),
	KUNIT_CASE(hdr_4_1_every_short_length),
	KUNIT_CASE(hdr_9_3_hello),
	KUNIT_CASE_PARAM(hdr_9_4_hello_reply, hello_gen_params),
	KUNIT_CASE(hdr_9_2_build_control),
	KUNIT_CASE_PARAM(cm_a12_request, cm_gen_params),
	KUNIT_CASE(cm_a12_reply),
	{}
};

static struct kunit_suite hdr_suite = {
	.name = "tiser_iser_hdr",
	.test_cases = hdr_cases,
};
kunit_test_suite(hdr_suite);
