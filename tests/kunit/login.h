/* SPDX-License-Identifier: GPL-2.0 */
/* One login, fed request by request. Newlines in text stand for NULs. */
#ifndef TESTS_KUNIT_LOGIN_H
#define TESTS_KUNIT_LOGIN_H

#include <kunit/test.h>
#include <linux/string.h>
#include <tiser/proto/login_fsm.h>
#include "nego.h"

enum {
	T = 0x80,
	C = 0x40,
	SEC_OPER = T | 0 << 2 | 1,	/* CSG=0, NSG=1 */
	SEC_FULL = T | 0 << 2 | 3,
	OPER_FULL = T | 1 << 2 | 3,
	SEC = 0 << 2,
	OPER = 1 << 2,
};

#define RDMA	"RDMAExtensions=Yes\n"
#define NAMES	NEGO_INAME NEGO_TNAME

struct login_box {
	struct tiser_login login;
	struct tiser_login_policy policy;
	struct tiser_pdu pdu;
};

static inline struct login_box *login_alloc(struct kunit *test)
{
	struct login_box *box = kunit_kzalloc(test, sizeof(*box), GFP_KERNEL);
	char *in = kunit_kzalloc(test, TISER_TEXT_MAX + 1, GFP_KERNEL);
	char *out = kunit_kzalloc(test, TISER_TEXT_MAX, GFP_KERNEL);
	static const u8 isid[TISER_ISID_LEN] = { 0, 2, 0x3d, 1, 2, 3 };

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, box);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, in);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, out);
	tiser_login_init(&box->login, in, TISER_TEXT_MAX + 1, out,
			 TISER_TEXT_MAX);
	tiser_key_target_defaults(&box->policy.local);
	box->policy.tpgt = 1;
	box->pdu.opcode = TISER_OP_LOGIN_REQ;
	box->pdu.itt = 0x1234;
	box->pdu.cmdsn = 77;
	box->pdu.login.cid = 9;
	memcpy(box->pdu.login.isid, isid, sizeof(isid));
	return box;
}

/* One request; @text with newlines for NULs. */
static inline enum tiser_login_verdict login_send(struct kunit *test,
					   struct login_box *box, u8 flags,
					   const char *text, u32 len)
{
	struct tiser_pdu *pdu = &box->pdu;

	pdu->data = len ? (const u8 *)text : NULL;
	pdu->data_len = len;
	pdu->login.transit = flags & T;
	pdu->login.more = flags & C;
	pdu->login.csg = flags >> 2 & 3;
	pdu->login.nsg = flags & 3;
	return tiser_login_request(&box->login, pdu);
}

/* One request and, when names are to be resolved, the portal group's answer. */
static inline enum tiser_login_verdict login_step(struct kunit *test,
					   struct login_box *box, u8 flags,
					   const char *text)
{
	enum tiser_login_verdict verdict;

	verdict = login_send(test, box, flags, nego_text(test, text),
			     strlen(text));
	if (verdict != TISER_LOGIN_RESOLVE)
		return verdict;
	tiser_login_set_policy(&box->login, &box->policy);
	return tiser_login_answer(&box->login);
}

static inline void login_expect(struct kunit *test, struct login_box *box,
			 bool transit, u8 csg, u8 nsg, const char *text)
{
	const struct tiser_login_rsp *rsp = &box->login.rsp;

	KUNIT_EXPECT_EQ(test, rsp->status, TISER_LOGIN_OK);
	KUNIT_EXPECT_EQ(test, rsp->transit, transit);
	KUNIT_EXPECT_FALSE(test, rsp->more);
	KUNIT_EXPECT_EQ(test, rsp->csg, csg);
	KUNIT_EXPECT_EQ(test, rsp->nsg, nsg);
	KUNIT_EXPECT_EQ(test, rsp->tsih, 0);
	KUNIT_EXPECT_EQ(test, rsp->itt, 0x1234u);
	KUNIT_EXPECT_EQ(test, rsp->isid[2], 0x3d);
	KUNIT_EXPECT_EQ(test, rsp->data_len, (u32)strlen(text));
	KUNIT_EXPECT_STREQ(test, nego_built(test, &box->login.out), text);
}

static inline void login_expect_refused(struct kunit *test, struct login_box *box,
				 int verdict, u16 status)
{
	const struct tiser_login_rsp *rsp = &box->login.rsp;

	KUNIT_EXPECT_EQ(test, verdict, (int)TISER_LOGIN_REFUSED);
	KUNIT_EXPECT_EQ(test, rsp->status, status);
	KUNIT_EXPECT_FALSE(test, rsp->transit);
	KUNIT_EXPECT_EQ(test, rsp->data_len, 0u);
	KUNIT_EXPECT_EQ(test, box->login.out.len, 0u);
	KUNIT_EXPECT_EQ(test, rsp->itt, 0x1234u);
}

#endif /* TESTS_KUNIT_LOGIN_H */
