// SPDX-License-Identifier: GPL-2.0
/* The security stage of a login (RFC 7143, 6.3, 12.1). */
#include <kunit/test.h>
#include <linux/string.h>
#include <tiser/proto/login_fsm.h>
#include "chap.h"
#include "login.h"
#include "nego.h"

/* Authentication wanted, with or without anything to authenticate with. */
static struct login_box *auth_alloc(struct kunit *test, bool secrets)
{
	struct login_box *box = login_alloc(test);

	box->policy.auth_required = true;
	if (secrets)
		fake_chap_init(&box->login.chap);
	return box;
}

struct auth_case {
	const char *name;
	u8 flags;
	const char *text;
	u16 status;
	bool secrets;
};

#define AUTH(n, f, t, s)	{ n, f, NAMES t, TISER_LOGIN_##s, true }

static const struct auth_case auths[] = {
	AUTH("6.3.1 security skipped", OPER_FULL, RDMA, AUTH_FAILED),
	AUTH("6.3.1 no AuthMethod", SEC_OPER, "", AUTH_FAILED),
	AUTH("12.1 None", SEC_OPER, "AuthMethod=None\n", AUTH_FAILED),
	AUTH("12.1 KRB5", SEC_OPER, "AuthMethod=KRB5\n", AUTH_FAILED),
	AUTH("12.1.3 CHAP_A without AuthMethod", SEC, "CHAP_A=5\n",
	     INITIATOR_ERROR),
	AUTH("12.1.3 proof before CHAP_A", SEC,
	     "AuthMethod=CHAP\nCHAP_N=x\nCHAP_R=0x00\n", INITIATOR_ERROR),
	AUTH("12.1.3 no algorithm", SEC, "AuthMethod=CHAP\nCHAP_A=9\n",
	     AUTH_FAILED),
	AUTH("12.1 CHAP_A in the operational stage", OPER, "CHAP_A=5\n",
	     AUTH_FAILED),
	AUTH("12.1 AuthMethod twice", SEC,
	     "AuthMethod=CHAP\nAuthMethod=CHAP\n", INITIATOR_ERROR),
	AUTH("12.1 CHAP", SEC, "AuthMethod=CHAP,None\n", OK),
	AUTH("12.1 in time", SEC, "", OK),
	{ "no secrets, CHAP", SEC, NAMES "AuthMethod=CHAP,None\n",
	  TISER_LOGIN_AUTH_FAILED },
	{ "no secrets, None", SEC, NAMES "AuthMethod=None\n",
	  TISER_LOGIN_AUTH_FAILED },
};

static void auth_desc(const struct auth_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(auth, auths, auth_desc);

static void login_6_3_1_authentication_required(struct kunit *test)
{
	const struct auth_case *c = test->param_value;
	struct login_box *box = auth_alloc(test, c->secrets);
	int verdict = login_step(test, box, c->flags, c->text);

	if (!c->status) {
		KUNIT_EXPECT_EQ(test, verdict, (int)TISER_LOGIN_REPLY);
		KUNIT_EXPECT_FALSE(test, box->login.rsp.transit);
		return;
	}
	login_expect_refused(test, box, verdict, c->status);
}

static void auth_expect(struct kunit *test, struct login_box *box, u8 flags,
			const char *text, const char *answer)
{
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, flags, text),
			(int)TISER_LOGIN_REPLY);
	login_expect(test, box, (flags & T) && !strcmp(answer, ""), 0,
		     (flags & T) && !strcmp(answer, "") ? 1 : 0, answer);
}

#define CHALLENGE	"CHAP_A=5\nCHAP_I=192\nCHAP_C=0xc0c1c2c3c4c5c6c7c8c9cacbcccdcecf\n"

/* The stage is not left before the proof, however often T is set. */
static void login_12_1_3_chap(struct kunit *test)
{
	struct login_box *box = auth_alloc(test, true);
	char proof[128];

	auth_expect(test, box, SEC_OPER, NAMES "AuthMethod=CHAP,None\n",
		    "TargetPortalGroupTag=1\nAuthMethod=CHAP\n");
	auth_expect(test, box, SEC_OPER, "CHAP_A=5\n", CHALLENGE);
	snprintf(proof, sizeof(proof), "CHAP_N=%s\nCHAP_R=%s\n", FAKE_USER,
		 fake_proof(test, TISER_CHAP_MD5, FAKE_SECRET));
	auth_expect(test, box, SEC_OPER, proof, "");
	KUNIT_EXPECT_EQ(test, (int)login_step(test, box, OPER_FULL, RDMA),
			(int)TISER_LOGIN_FINAL);
}

/* T=0 and fragments on the way, and a mutual answer with the transition. */
static void login_12_1_3_chap_mutual(struct kunit *test)
{
	static const u8 theirs[] = { 0xab };
	struct login_box *box = auth_alloc(test, true);
	char text[256];

	auth_expect(test, box, SEC, NAMES "AuthMethod=CHAP\n",
		    "TargetPortalGroupTag=1\nAuthMethod=CHAP\n");
	auth_expect(test, box, C | SEC, "CHAP_A", "");
	auth_expect(test, box, SEC, "=5\n", CHALLENGE);
	snprintf(text, sizeof(text),
		 "CHAP_N=%s\nCHAP_R=%s\nCHAP_I=9\nCHAP_C=0xAB\n", FAKE_USER,
		 fake_proof(test, TISER_CHAP_MD5, FAKE_SECRET));
	KUNIT_ASSERT_EQ(test, (int)login_step(test, box, SEC_OPER, text),
			(int)TISER_LOGIN_REPLY);
	snprintf(text, sizeof(text), "CHAP_N=%s\nCHAP_R=%s\n", FAKE_TARGET,
		 fake_response(test, TISER_CHAP_MD5, 9, FAKE_MUTUAL, theirs,
			       sizeof(theirs)));
	login_expect(test, box, true, 0, 1, text);
	login_expect_refused(test, box,
			     login_step(test, box, OPER, "CHAP_A=5\n"),
			     TISER_LOGIN_INITIATOR_ERROR);
}

static void login_12_1_3_chap_fails(struct kunit *test)
{
	struct login_box *box = auth_alloc(test, true);

	auth_expect(test, box, SEC, NAMES "AuthMethod=CHAP\nCHAP_A=5\n",
		    "TargetPortalGroupTag=1\nAuthMethod=CHAP\n" CHALLENGE);
	login_expect_refused(test, box,
			     login_step(test, box, SEC_OPER,
					"CHAP_N=" FAKE_USER "\nCHAP_R=0x00\n"),
			     TISER_LOGIN_AUTH_FAILED);
	KUNIT_EXPECT_STREQ(test, box->login.reason, "wrong CHAP secret");

	/* an exchange that was begun cannot be left */
	box = auth_alloc(test, true);
	auth_expect(test, box, SEC, NAMES "AuthMethod=CHAP\nCHAP_A=5\n",
		    "TargetPortalGroupTag=1\nAuthMethod=CHAP\n" CHALLENGE);
	login_expect_refused(test, box, login_step(test, box, SEC_OPER, ""),
			     TISER_LOGIN_MISSING_PARAMETER);
}

/* Not required, but the initiator asks for it first. */
static void login_12_1_chap_by_choice(struct kunit *test)
{
	struct login_box *box = auth_alloc(test, true);

	box->policy.auth_required = false;
	auth_expect(test, box, SEC_OPER, NAMES "AuthMethod=CHAP,None\n",
		    "TargetPortalGroupTag=1\nAuthMethod=CHAP\n");
	login_expect_refused(test, box, login_step(test, box, SEC_OPER, ""),
			     TISER_LOGIN_MISSING_PARAMETER);
	box = auth_alloc(test, true);
	box->policy.auth_required = false;
	KUNIT_EXPECT_EQ(test, (int)login_step(test, box, OPER_FULL,
					      NAMES RDMA),
			(int)TISER_LOGIN_FINAL);
}

static struct kunit_case auth_cases[] = {
	KUNIT_CASE_PARAM(login_6_3_1_authentication_required,
			 auth_gen_params),
	KUNIT_CASE(login_12_1_3_chap),
	KUNIT_CASE(login_12_1_3_chap_mutual),
	KUNIT_CASE(login_12_1_3_chap_fails),
	KUNIT_CASE(login_12_1_chap_by_choice),
	{}
};

static struct kunit_suite auth_suite = {
	.name = "tiser_login_auth",
	.test_cases = auth_cases,
};
kunit_test_suite(auth_suite);
