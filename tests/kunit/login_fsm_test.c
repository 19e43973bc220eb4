// SPDX-License-Identifier: GPL-2.0
/* Login phase (RFC 7143, 6.3, 11.12 and 11.13; RFC 7145, 6.3). */
#include <kunit/test.h>
#include <linux/string.h>
#include <tiser/proto/login_fsm.h>
#include "login.h"
#include "nego.h"

/* Fact: a Linux initiator needs everything in one response. */
static void login_6_3_1_one_pdu_as_open_iscsi(struct kunit *test)
{
	struct login_box *box = login_alloc(test);

	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER_FULL,
					      NAMES "SessionType=Normal\n"
					      NEGO_OPEN_ISCSI_KEYS),
			(int)TISER_LOGIN_FINAL);
	login_expect(test, box, true, 1, 3,
		     "TargetPortalGroupTag=1\n" NEGO_OPEN_ISCSI_ANSWER);
	KUNIT_EXPECT_EQ(test, box->login.cmdsn, 77u);
	KUNIT_EXPECT_EQ(test, box->login.cid, 9);
	KUNIT_EXPECT_STREQ(test, box->login.nego.initiator_name, NEGO_INIQN);
	KUNIT_EXPECT_STREQ(test, box->login.nego.target_name, NEGO_TGIQN);
}

static void login_6_3_both_stages_as_freebsd(struct kunit *test)
{
	struct login_box *box = login_alloc(test);

	box->policy.alias = "disk";
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, SEC_OPER,
					      NAMES "AuthMethod=None\n"),
			(int)TISER_LOGIN_REPLY);
	login_expect(test, box, true, 0, 1,
		     "TargetPortalGroupTag=1\nTargetAlias=disk\n"
		     "AuthMethod=None\n");
	KUNIT_ASSERT_EQ(test,
			(int)login_step(test, box, OPER_FULL,
					"HeaderDigest=None\nDataDigest=None\n"
					"ImmediateData=Yes\n"
					"MaxBurstLength=262144\n"
					"FirstBurstLength=65536\n"
					"InitialR2T=Yes\nMaxOutstandingR2T=1\n"
					"InitiatorRecvDataSegmentLength=131072\n"
					"TargetRecvDataSegmentLength=131072\n"
					RDMA "DefaultTime2Wait=0\n"
					"DefaultTime2Retain=0\n"
					"ErrorRecoveryLevel=0\n"),
			(int)TISER_LOGIN_FINAL);
	login_expect(test, box, true, 1, 3,
		     "HeaderDigest=None\nDataDigest=None\nImmediateData=Yes\n"
		     "MaxBurstLength=262144\nFirstBurstLength=65536\n"
		     "InitialR2T=Yes\nMaxOutstandingR2T=1\n"
		     "InitiatorRecvDataSegmentLength=131072\n"
		     "TargetRecvDataSegmentLength=8192\n" RDMA
		     "DefaultTime2Wait=2\nDefaultTime2Retain=0\n"
		     "ErrorRecoveryLevel=0\n");
}

/* T=0 in the request means T=0 in the response (11.13.6), in each stage. */
static void login_11_13_6_rounds_without_transit(struct kunit *test)
{
	struct login_box *box = login_alloc(test);

	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, SEC | 1,
					      NAMES "AuthMethod=None\n"),
			(int)TISER_LOGIN_REPLY);
	login_expect(test, box, false, 0, 0,
		     "TargetPortalGroupTag=1\nAuthMethod=None\n");
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, SEC_OPER, ""),
			(int)TISER_LOGIN_REPLY);
	login_expect(test, box, true, 0, 1, "");
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER, RDMA),
			(int)TISER_LOGIN_REPLY);
	login_expect(test, box, false, 1, 0, RDMA);
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER,
					      "ErrorRecoveryLevel=0\n"),
			(int)TISER_LOGIN_REPLY);
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER_FULL, ""),
			(int)TISER_LOGIN_FINAL);
	login_expect(test, box, true, 1, 3, "");
}

static void login_4_3_discovery(struct kunit *test)
{
	struct login_box *box = login_alloc(test);

	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER_FULL,
					      NEGO_INAME
					      "SessionType=Discovery\n"),
			(int)TISER_LOGIN_FINAL);
	login_expect(test, box, true, 1, 3, "TargetPortalGroupTag=1\n");
	KUNIT_EXPECT_TRUE(test, box->login.nego.discovery);

	/* straight from security, which only discovery can do */
	box = login_alloc(test);
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, SEC_FULL,
					      NEGO_INAME
					      "SessionType=Discovery\n"),
			(int)TISER_LOGIN_FINAL);
	login_expect(test, box, true, 0, 3, "TargetPortalGroupTag=1\n");
}

static const char login_text[] =
	NAMES "SessionType=Normal\n" NEGO_OPEN_ISCSI_KEYS;

/* 6.2: C=1 is answered by an empty response; pairs may be cut anywhere. */
static void login_6_2_every_split_with_the_c_bit(struct kunit *test)
{
	const char *text = nego_text(test, login_text);
	u32 cut, len = strlen(login_text);

	for (cut = 0; cut <= len; cut += 3) {
		struct login_box *box = login_alloc(test);
		struct tiser_login *login = &box->login;

		KUNIT_ASSERT_EQ(test, (int)login_send(test, box, C | OPER, text,
						      cut),
				(int)TISER_LOGIN_REPLY);
		login_expect(test, box, false, 1, 0, "");
		KUNIT_ASSERT_EQ(test, (int)login_send(test, box, OPER_FULL,
						      text + cut, len - cut),
				(int)TISER_LOGIN_RESOLVE);
		tiser_login_set_policy(login, &box->policy);
		KUNIT_ASSERT_EQ(test, (int)tiser_login_answer(login),
				(int)TISER_LOGIN_FINAL);
		login_expect(test, box, true, 1, 3,
			     "TargetPortalGroupTag=1\n" NEGO_OPEN_ISCSI_ANSWER);
	}
}

static void login_6_2_c_bit_after_the_first_sequence(struct kunit *test)
{
	struct login_box *box = login_alloc(test);

	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, SEC_OPER, NAMES),
			(int)TISER_LOGIN_REPLY);
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, C | OPER, "RDMAExt"),
			(int)TISER_LOGIN_REPLY);
	login_expect(test, box, false, 1, 0, "");
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, C | OPER, "ensions="),
			(int)TISER_LOGIN_REPLY);
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER_FULL, "Yes\n"),
			(int)TISER_LOGIN_FINAL);
	login_expect(test, box, true, 1, 3, RDMA);
}

struct refuse_case {
	const char *name;
	const char *text;
	u8 flags;
	u16 status;
};

#define REFUSE(n, f, t, s)	{ n, t, f, TISER_LOGIN_##s }

static const struct refuse_case refusals[] = {
	REFUSE("7145 6.3 no RDMAExtensions", OPER_FULL, NAMES,
	       INITIATOR_ERROR),
	REFUSE("7145 6.3 RDMAExtensions=No", OPER_FULL,
	       NAMES "RDMAExtensions=No\n", INITIATOR_ERROR),
	REFUSE("7145 6.3 past the operational stage", SEC_FULL, NAMES,
	       INITIATOR_ERROR),
	REFUSE("9.2 no InitiatorName", OPER_FULL, NEGO_TNAME RDMA,
	       MISSING_PARAMETER),
	REFUSE("9.2 no TargetName", OPER_FULL, NEGO_INAME RDMA,
	       MISSING_PARAMETER),
	REFUSE("13.21 session type", OPER_FULL, NAMES "SessionType=x\n",
	       BAD_SESSION_TYPE),
	REFUSE("12.1 only CHAP", SEC_OPER, NAMES "AuthMethod=CHAP\n",
	       AUTH_FAILED),
	REFUSE("13.1 digest", OPER_FULL, NAMES RDMA "HeaderDigest=CRC32C\n",
	       INITIATOR_ERROR),
	REFUSE("6.3 key twice", OPER_FULL, NAMES RDMA RDMA, INITIATOR_ERROR),
	REFUSE("6.1 malformed", OPER_FULL, NAMES "A", INITIATOR_ERROR),
	REFUSE("11.12.2 T and C", T | C | OPER_FULL, NAMES, INITIATOR_ERROR),
	REFUSE("11.12.3 CSG=2", 2 << 2, NAMES, INITIATOR_ERROR),
	REFUSE("11.12.3 CSG=3", 3 << 2, NAMES, INITIATOR_ERROR),
	REFUSE("11.12.3 NSG=2", T | OPER | 2, NAMES, INITIATOR_ERROR),
	REFUSE("11.12.3 NSG=2 of security", T | 2, NAMES, INITIATOR_ERROR),
	REFUSE("11.12.3 NSG=CSG", T | OPER | 1, NAMES, INITIATOR_ERROR),
	REFUSE("11.12.3 NSG<CSG", T | OPER | 0, NAMES, INITIATOR_ERROR),
	REFUSE("11.12.3 NSG=CSG of security", T | 0, NAMES, INITIATOR_ERROR),
};

static void refuse_desc(const struct refuse_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(refuse, refusals, refuse_desc);

static void login_11_13_5_first_request_refused(struct kunit *test)
{
	const struct refuse_case *c = test->param_value;
	struct login_box *box = login_alloc(test);

	login_expect_refused(test, box,
			     login_step(test, box, c->flags, c->text),
			     c->status);
}

static void login_11_12_4_version(struct kunit *test)
{
	struct login_box *box = login_alloc(test);

	box->pdu.login.version_max = 1;
	KUNIT_EXPECT_EQ(test, (int)login_step(test, box, OPER_FULL,
					      NAMES RDMA),
			(int)TISER_LOGIN_FINAL);
	box = login_alloc(test);
	box->pdu.login.version_max = 1;
	box->pdu.login.version_min = 1;
	login_expect_refused(test, box,
			     login_step(test, box, OPER_FULL, NAMES RDMA),
			     TISER_LOGIN_BAD_VERSION);
}

/* 6.3.4: equivalent to a new login, of the same session. */
static void login_6_3_4_connection_reinstatement(struct kunit *test)
{
	struct login_box *box = login_alloc(test);
	struct tiser_key_values session;

	box->pdu.login.tsih = 5;
	login_expect_refused(test, box,
			     login_step(test, box, OPER_FULL, NAMES),
			     TISER_LOGIN_INITIATOR_ERROR);
	KUNIT_EXPECT_EQ(test, box->login.rsp.tsih, 5);

	/* keys of the leading login still hold */
	box = login_alloc(test);
	box->pdu.login.tsih = 5;
	tiser_key_defaults(&session);
	session.v[TISER_KEY_RDMA_EXTENSIONS] = 1;
	session.v[TISER_KEY_MAX_BURST] = 4096;
	session.v[TISER_KEY_FIRST_BURST] = 4096;
	box->policy.session = &session;
	KUNIT_EXPECT_EQ(test, (int)login_step(test, box, OPER_FULL, NAMES),
			(int)TISER_LOGIN_FINAL);
	KUNIT_EXPECT_EQ(test,
			box->login.nego.result.v[TISER_KEY_MAX_BURST], 4096u);
	KUNIT_EXPECT_EQ(test, box->login.tsih, 5);
}

/* 13.8: where to go, and nothing else. */
static void login_11_13_5_redirection(struct kunit *test)
{
	struct login_box *box = login_alloc(test);
	struct tiser_login *login = &box->login;
	const char *text = NAMES RDMA;

	KUNIT_ASSERT_EQ(test, (int)login_send(test, box, OPER_FULL,
					      nego_text(test, text),
					      strlen(text)),
			(int)TISER_LOGIN_RESOLVE);
	KUNIT_EXPECT_EQ(test,
			(int)tiser_login_redirect(login,
						  TISER_LOGIN_MOVED_TEMPORARILY,
						  "[2001:db8::1]:3260"),
			(int)TISER_LOGIN_REFUSED);
	KUNIT_EXPECT_EQ(test, login->rsp.status, 0x0101);
	KUNIT_EXPECT_STREQ(test, nego_built(test, &login->out),
			   "TargetAddress=[2001:db8::1]:3260\n");
	KUNIT_EXPECT_EQ(test, login->rsp.data_len, login->out.len);
	KUNIT_EXPECT_FALSE(test, login->rsp.transit);

	login->out.cap = 16;
	login_expect_refused(test, box,
			     tiser_login_redirect(login,
						  TISER_LOGIN_MOVED_PERMANENTLY,
						  "192.0.2.1"),
			     TISER_LOGIN_TARGET_ERROR);
}

/* 11.12: all requests of a login carry the same identity, in order. */
static void login_11_12_identity_is_constant(struct kunit *test)
{
	int what;

	for (what = 0; what < 8; what++) {
		struct login_box *box = login_alloc(test);
		u8 next = SEC_OPER;
		int verdict;

		KUNIT_ASSERT_EQ(test, (int)login_step(test, box, SEC, NAMES),
				(int)TISER_LOGIN_REPLY);
		switch (what) {
		case 0:
			break;
		case 1:
			box->pdu.itt++;
			break;
		case 2:
			box->pdu.cmdsn++;
			break;
		case 3:
			box->pdu.login.cid++;
			break;
		case 4:
			box->pdu.login.tsih++;
			break;
		case 5:
			box->pdu.login.isid[5]++;
			break;
		case 6:		/* a stage that was not entered */
			next = OPER_FULL;
			break;
		case 7:
			box->pdu.login.isid[0]++;
			break;
		}
		verdict = login_step(test, box, next, "");
		if (!what) {
			KUNIT_EXPECT_EQ(test, verdict, (int)TISER_LOGIN_REPLY);
			continue;
		}
		login_expect_refused(test, box, verdict,
				     TISER_LOGIN_INITIATOR_ERROR);
	}
}

static void login_6_3_no_way_back(struct kunit *test)
{
	struct login_box *box = login_alloc(test);

	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, SEC_OPER, NAMES),
			(int)TISER_LOGIN_REPLY);
	login_expect_refused(test, box, login_step(test, box, SEC_OPER, ""),
			     TISER_LOGIN_INITIATOR_ERROR);

	/* nor further requests behind the final one */
	box = login_alloc(test);
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER_FULL,
					      NAMES RDMA),
			(int)TISER_LOGIN_FINAL);
	login_expect_refused(test, box, login_step(test, box, OPER_FULL, ""),
			     TISER_LOGIN_INITIATOR_ERROR);
}

/* 6.2: six exchanges at least, and not without end. */
static void login_6_2_number_of_exchanges(struct kunit *test)
{
	struct login_box *box = login_alloc(test);
	u32 i;

	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER, NAMES RDMA),
			(int)TISER_LOGIN_REPLY);
	for (i = 1; i < TISER_LOGIN_MAX_REQUESTS; i++)
		KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER, ""),
				(int)TISER_LOGIN_REPLY);
	KUNIT_EXPECT_GE(test, i, 6u);
	login_expect_refused(test, box, login_step(test, box, OPER, ""),
			     TISER_LOGIN_INITIATOR_ERROR);
}

static void login_6_2_amount_of_text(struct kunit *test)
{
	struct login_box *box = login_alloc(test);
	char *block = kunit_kzalloc(test, 4096, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	memset(block, 'A', 4096);
	KUNIT_ASSERT_EQ(test, (int)login_send(test, box, C | OPER, block, 4096),
			(int)TISER_LOGIN_REPLY);
	KUNIT_ASSERT_EQ(test, (int)login_send(test, box, C | OPER, block, 4096),
			(int)TISER_LOGIN_REPLY);
	login_expect_refused(test, box,
			     login_send(test, box, C | OPER, block, 1),
			     TISER_LOGIN_INITIATOR_ERROR);
}

/* The caller's refusals: unknown target, no resources after FINAL. */
static void login_11_13_5_refused_by_the_caller(struct kunit *test)
{
	struct login_box *box = login_alloc(test);
	const char *text = NAMES RDMA;
	struct tiser_login *login = &box->login;

	KUNIT_ASSERT_EQ(test, (int)login_send(test, box, OPER_FULL,
					      nego_text(test, text),
					      strlen(text)),
			(int)TISER_LOGIN_RESOLVE);
	login_expect_refused(test, box,
			     tiser_login_refuse(login, TISER_LOGIN_NOT_FOUND),
			     TISER_LOGIN_NOT_FOUND);

	box = login_alloc(test);
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, OPER_FULL, text),
			(int)TISER_LOGIN_FINAL);
	login = &box->login;
	login->rsp.tsih = 42;
	login_expect_refused(test, box,
			     tiser_login_refuse(login,
						TISER_LOGIN_NO_RESOURCES),
			     TISER_LOGIN_NO_RESOURCES);
	/* 11.13.3: only a successful login has a new TSIH */
	KUNIT_EXPECT_EQ(test, login->rsp.tsih, 0);
}

static void login_answer_without_policy_is_our_error(struct kunit *test)
{
	struct login_box *box = login_alloc(test);
	const char *text = NAMES RDMA;

	KUNIT_ASSERT_EQ(test, (int)login_send(test, box, OPER_FULL,
					      nego_text(test, text),
					      strlen(text)),
			(int)TISER_LOGIN_RESOLVE);
	login_expect_refused(test, box, tiser_login_answer(&box->login),
			     TISER_LOGIN_TARGET_ERROR);
}

static void login_status_names(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, tiser_login_status_name(TISER_LOGIN_OK),
			   "success");
	KUNIT_EXPECT_STREQ(test, tiser_login_status_name(0x0302),
			   "out of resources");
	KUNIT_EXPECT_STREQ(test, tiser_login_status_name(0x0999),
			   "unknown status");
}

static struct kunit_case login_cases[] = {
	KUNIT_CASE(login_6_3_1_one_pdu_as_open_iscsi),
	KUNIT_CASE(login_6_3_both_stages_as_freebsd),
	KUNIT_CASE(login_11_13_6_rounds_without_transit),
	KUNIT_CASE(login_4_3_discovery),
	KUNIT_CASE(login_6_2_every_split_with_the_c_bit),
	KUNIT_CASE(login_6_2_c_bit_after_the_first_sequence),
	KUNIT_CASE_PARAM(login_11_13_5_first_request_refused,
			 refuse_gen_params),
	KUNIT_CASE(login_11_12_4_version),
	KUNIT_CASE(login_6_3_4_connection_reinstatement),
	KUNIT_CASE(login_11_13_5_redirection),
	KUNIT_CASE(login_11_12_identity_is_constant),
	KUNIT_CASE(login_6_3_no_way_back),
	KUNIT_CASE(login_6_2_number_of_exchanges),
	KUNIT_CASE(login_6_2_amount_of_text),
	KUNIT_CASE(login_11_13_5_refused_by_the_caller),
	KUNIT_CASE(login_answer_without_policy_is_our_error),
	KUNIT_CASE(login_status_names),
	{}
};

static struct kunit_suite login_suite = {
	.name = "tiser_login_fsm",
	.test_cases = login_cases,
};
kunit_test_suite(login_suite);
