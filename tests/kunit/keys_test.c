// SPDX-License-Identifier: GPL-2.0
/* Key negotiation (RFC 7143, 6.2, 12 and 13; RFC 7145, 6). */
#include <kunit/test.h>
#include <linux/errno.h>
#include <tiser/proto/keys.h>
#include <tiser/proto/login_fsm.h>
#include "nego.h"
#include "nego_box.h"

struct answer_case {
	const char *name;
	const char *text;
	const char *answer;
	u16 status;
};

#define OP_BAD(n, t)	{ n, t, "", TISER_LOGIN_INITIATOR_ERROR }

static const struct answer_case answers[] = {
	{ "1.6 open-iscsi", NEGO_OPEN_ISCSI_KEYS, NEGO_OPEN_ISCSI_ANSWER },
	{ "3.3 libiscsi",
	  NEGO_INAME NEGO_TNAME "SessionType=Normal\n"
	  "HeaderDigest=None,CRC32C\nDataDigest=None\nInitialR2T=No\n"
	  "ImmediateData=Yes\nMaxBurstLength=262144\nFirstBurstLength=262144\n"
	  "DefaultTime2Wait=2\nDefaultTime2Retain=0\nMaxOutstandingR2T=1\n"
	  "ErrorRecoveryLevel=0\nIFMarker=No\nOFMarker=No\nMaxConnections=1\n"
	  "MaxRecvDataSegmentLength=8192\nDataPDUInOrder=Yes\n"
	  "DataSequenceInOrder=Yes\nRDMAExtensions=Yes\n"
	  "InitiatorRecvDataSegmentLength=8192\n"
	  "TargetRecvDataSegmentLength=8192\n",
	  "HeaderDigest=None\nDataDigest=None\nInitialR2T=Yes\n"
	  "ImmediateData=Yes\nMaxBurstLength=262144\nFirstBurstLength=65536\n"
	  "DefaultTime2Wait=2\nDefaultTime2Retain=0\nMaxOutstandingR2T=1\n"
	  "ErrorRecoveryLevel=0\nIFMarker=No\nOFMarker=No\nMaxConnections=1\n"
	  "DataPDUInOrder=Yes\nDataSequenceInOrder=Yes\nRDMAExtensions=Yes\n"
	  "InitiatorRecvDataSegmentLength=8192\n"
	  "TargetRecvDataSegmentLength=8192\n" },
	{ "open-iscsi discovery",
	  NEGO_INAME "SessionType=Discovery\nHeaderDigest=None\n"
	  "DataDigest=None\nDefaultTime2Wait=2\nDefaultTime2Retain=0\n"
	  "IFMarker=No\nOFMarker=No\nErrorRecoveryLevel=0\n"
	  "MaxRecvDataSegmentLength=8192\n",
	  "HeaderDigest=None\nDataDigest=None\nDefaultTime2Wait=2\n"
	  "DefaultTime2Retain=0\nIFMarker=No\nOFMarker=No\n"
	  "ErrorRecoveryLevel=0\n" },
	{ "nothing asked, nothing volunteered", "", "" },

	/* RFC 7145, 6 */
	{ "7145 6.3 AND, No", "RDMAExtensions=No\n", "RDMAExtensions=No\n" },
	{ "7145 6.4 minimum is ours", "TargetRecvDataSegmentLength=65536\n",
	  "TargetRecvDataSegmentLength=8192\n" },
	{ "7145 6.4 minimum is theirs", "TargetRecvDataSegmentLength=512\n",
	  "TargetRecvDataSegmentLength=512\n" },
	{ "7145 6.5 minimum", "InitiatorRecvDataSegmentLength=0x100\n", "",
	  TISER_LOGIN_INITIATOR_ERROR },
	{ "7145 6.5 largest", "InitiatorRecvDataSegmentLength=16777215\n",
	  "InitiatorRecvDataSegmentLength=262144\n" },
	{ "7145 6.7 declared both ways", "MaxOutstandingUnexpectedPDUs=4\n",
	  "MaxOutstandingUnexpectedPDUs=16\n" },
	{ "7145 6.7 no limit", "MaxOutstandingUnexpectedPDUs=0\n",
	  "MaxOutstandingUnexpectedPDUs=16\n" },
	OP_BAD("7145 6.7 one", "MaxOutstandingUnexpectedPDUs=1\n"),
	{ "7145 6.8", "MaxAHSLength=4294967295\n", "MaxAHSLength=256\n" },
	{ "7145 6.9 not answered", "TaggedBufferForSolicitedDataOnly=Yes\n",
	  "" },
	{ "7145 6.10 not answered", "iSERHelloRequired=Yes\n", "" },
	{ "7145 6.2 ignored whatever it is",
	  "MaxRecvDataSegmentLength=whatever\n", "" },

	/* RFC 7143, 13 */
	{ "13.1 first of list", "DataDigest=CRC32C,None\n",
	  "DataDigest=None\n" },
	OP_BAD("13.1 no None", "HeaderDigest=CRC32C\n"),
	{ "13.2", "MaxConnections=65535\n", "MaxConnections=1\n" },
	OP_BAD("13.2 zero", "MaxConnections=0\n"),
	OP_BAD("13.2 too many", "MaxConnections=65536\n"),
	{ "13.10 OR, Yes", "InitialR2T=Yes\n", "InitialR2T=Yes\n" },
	{ "13.11 AND, No", "ImmediateData=No\n", "ImmediateData=No\n" },
	OP_BAD("13.11 not a boolean", "ImmediateData=maybe\n"),
	OP_BAD("13.11 case matters", "ImmediateData=yes\n"),
	OP_BAD("13.11 empty", "ImmediateData=\n"),
	{ "13.13 hexadecimal", "MaxBurstLength=0x8000\n",
	  "MaxBurstLength=32768\n" },
	OP_BAD("13.13 below 512", "MaxBurstLength=511\n"),
	OP_BAD("13.13 zero", "MaxBurstLength=0\n"),
	OP_BAD("13.13 negative", "MaxBurstLength=-1\n"),
	OP_BAD("13.13 empty hex", "MaxBurstLength=0x\n"),
	OP_BAD("13.13 2^32", "MaxBurstLength=4294967296\n"),
	OP_BAD("6.2 Reject proposed", "MaxBurstLength=Reject\n"),
	OP_BAD("6.2 NotUnderstood proposed", "InitialR2T=NotUnderstood\n"),
	OP_BAD("6.2 range where none is allowed", "MaxBurstLength=512~1024\n"),
	{ "13.14 not above MaxBurst, sent before",
	  "MaxBurstLength=1024\nFirstBurstLength=65536\n",
	  "MaxBurstLength=1024\nFirstBurstLength=1024\n" },
	{ "13.14 not above MaxBurst, sent behind",
	  "FirstBurstLength=65536\nMaxBurstLength=1024\n",
	  "FirstBurstLength=1024\nMaxBurstLength=1024\n" },
	{ "13.15 maximum is ours", "DefaultTime2Wait=0\n",
	  "DefaultTime2Wait=2\n" },
	{ "13.15 maximum is theirs", "DefaultTime2Wait=3600\n",
	  "DefaultTime2Wait=3600\n" },
	OP_BAD("13.15 too long", "DefaultTime2Wait=3601\n"),
	{ "13.16 minimum", "DefaultTime2Retain=20\n",
	  "DefaultTime2Retain=0\n" },
	{ "13.17 minimum", "MaxOutstandingR2T=8\n", "MaxOutstandingR2T=1\n" },
	{ "13.18 13.19 OR", "DataPDUInOrder=No\nDataSequenceInOrder=No\n",
	  "DataPDUInOrder=Yes\nDataSequenceInOrder=Yes\n" },
	{ "13.20 minimum", "ErrorRecoveryLevel=2\n", "ErrorRecoveryLevel=0\n" },
	OP_BAD("13.20 three", "ErrorRecoveryLevel=3\n"),
	{ "13.23", "TaskReporting=FastAbort,RFC3720,ResponseFence\n",
	  "TaskReporting=RFC3720\n" },
	{ "13.23 the initiator's order",
	  "TaskReporting=FastAbort,ResponseFence,RFC3720\n",
	  "TaskReporting=ResponseFence\n" },
	{ "13.23 one value", "TaskReporting=ResponseFence\n",
	  "TaskReporting=ResponseFence\n" },
	{ "13.23 a part of a name",
	  "TaskReporting=ResponseFences,XRFC3720\n",
	  "TaskReporting=Reject\n" },
	{ "13.23 nothing we do", "TaskReporting=FastAbort\n",
	  "TaskReporting=Reject\n" },
	{ "13.24", "iSCSIProtocolLevel=2\n", "iSCSIProtocolLevel=2\n" },
	{ "13.24 more than ours", "iSCSIProtocolLevel=9\n",
	  "iSCSIProtocolLevel=2\n" },
	{ "13.24 less", "iSCSIProtocolLevel=1\n", "iSCSIProtocolLevel=1\n" },
	{ "13.24 none", "iSCSIProtocolLevel=0\n", "iSCSIProtocolLevel=0\n" },
	OP_BAD("13.24 above 31", "iSCSIProtocolLevel=32\n"),
	{ "13.25 markers", "IFMarker=Yes\nOFMarker=Yes\n",
	  "IFMarker=No\nOFMarker=No\n" },
	{ "13.25 intervals", "IFMarkInt=1~65535\nOFMarkInt=2048\n",
	  "IFMarkInt=Reject\nOFMarkInt=Reject\n" },
	{ "13.26", "X#NodeArchitecture=Linux/7.3\n", "" },
	OP_BAD("13.3 SendTargets in a login", "SendTargets=All\n"),
	OP_BAD("13.6 the target's to send", "TargetAlias=x\n"),
	OP_BAD("13.8 the target's to send", "TargetAddress=1.2.3.4\n"),
	OP_BAD("13.9 the target's to send", "TargetPortalGroupTag=1\n"),

	/* RFC 7143, 6.2 and 6.3 */
	{ "6.2 unknown keys in order",
	  "Foo=1\nMaxBurstLength=512\nX-com.example.bar=2\nfirstburstlength=\n",
	  "Foo=NotUnderstood\nMaxBurstLength=512\n"
	  "X-com.example.bar=NotUnderstood\n"
	  "firstburstlength=NotUnderstood\n" },
	{ "6.2 name that another begins with",
	  "MaxBurst=512\nMaxBurstLengthX=1\n",
	  "MaxBurst=NotUnderstood\nMaxBurstLengthX=NotUnderstood\n" },
	OP_BAD("6.3 twice", "MaxBurstLength=512\nMaxBurstLength=512\n"),
	OP_BAD("6.3 twice, without an answer",
	       "iSERHelloRequired=No\niSERHelloRequired=No\n"),
	OP_BAD("6.3 twice, obsolete", "IFMarker=No\nIFMarker=No\n"),
	OP_BAD("12 AuthMethod in the operational stage", "AuthMethod=None\n"),
	OP_BAD("12 CHAP in the operational stage", "CHAP_A=5\n"),
	OP_BAD("6.1 malformed behind good", "MaxBurstLength=512\nX\n"),
};

static void answer_desc(const struct answer_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(answer, answers, answer_desc);

static void keys_operational_answers(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);

	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 c->text), c->status);
	if (!c->status)
		KUNIT_EXPECT_STREQ(test, nego_built(test, &box->out),
				   c->answer);
}

static const struct answer_case securities[] = {
	{ "None", "AuthMethod=None\n", "AuthMethod=None\n" },
	{ "CHAP first, None as well", "AuthMethod=CHAP,None\n",
	  "AuthMethod=None\n" },
	{ "nothing", "", "" },
	{ "unknown key", "X-a.b=1\n", "X-a.b=NotUnderstood\n" },
	{ "any-stage keys",
	  NEGO_INAME "InitiatorAlias=host\nX#NodeArchitecture=a\n", "" },
	{ "CHAP only", "AuthMethod=CHAP\n", "", TISER_LOGIN_AUTH_FAILED },
	{ "no method", "AuthMethod=\n", "", TISER_LOGIN_AUTH_FAILED },
	{ "CHAP keys are left to CHAP", "CHAP_A=5,7\n", "" },
	{ "lists are searched in order", "AuthMethod=KRB5,SRP,Non,Nonee,None\n",
	  "AuthMethod=None\n" },
	{ "no method we know", "AuthMethod=KRB5,SRP\n", "",
	  TISER_LOGIN_AUTH_FAILED },
	OP_BAD("CHAP key twice", "CHAP_N=a\nCHAP_N=a\n"),
	{ "SRP step", "SRP_U=x\n", "", TISER_LOGIN_AUTH_FAILED },
	{ "KRB step", "KRB_AP_REQ=x\n", "", TISER_LOGIN_AUTH_FAILED },
	OP_BAD("operational key", "MaxBurstLength=512\n"),
	OP_BAD("iSER key", "RDMAExtensions=Yes\n"),
	OP_BAD("obsolete key", "OFMarkInt=1\n"),
};

KUNIT_ARRAY_PARAM(security, securities, answer_desc);

static void keys_12_security_answers(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);

	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_SECURITY,
					 c->text), c->status);
	if (!c->status)
		KUNIT_EXPECT_STREQ(test, nego_built(test, &box->out),
				   c->answer);
}

/* Results of open-iscsi's offer, and the defaults of what it left out. */
static void keys_results_of_open_iscsi(struct kunit *test)
{
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);
	const u32 *v = box->nego.result.v;

	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 NEGO_OPEN_ISCSI_KEYS), 0);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_RDMA_EXTENSIONS], 1u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_INITIAL_R2T], 1u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_IMMEDIATE_DATA], 1u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_FIRST_BURST], 65536u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_MAX_BURST], 16776192u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_TARGET_RECV_DSL], 8192u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_INITIATOR_RECV_DSL], 262144u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS], 0u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_MAX_AHS_LENGTH], 256u);
	KUNIT_EXPECT_EQ(test, box->nego.declared_max_unexpected, 0u);
	KUNIT_EXPECT_TRUE(test, box->nego.seen &
			  (1ull << TISER_KEY_RDMA_EXTENSIONS));
	KUNIT_EXPECT_FALSE(test, box->nego.seen &
			   (1ull << TISER_KEY_ISER_HELLO_REQUIRED));
}

static void keys_7145_6_declarations_are_recorded(struct kunit *test)
{
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);
	const u32 *v = box->nego.result.v;

	KUNIT_ASSERT_EQ(test,
			box_answer(test, box, TISER_STAGE_OPERATIONAL,
				   "MaxOutstandingUnexpectedPDUs=4\n"
				   "TaggedBufferForSolicitedDataOnly=Yes\n"
				   "iSERHelloRequired=Yes\n"), 0);
	KUNIT_EXPECT_EQ(test, box->nego.declared_max_unexpected, 4u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS],
			16u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_TAGGED_BUFFER_SOLICITED_ONLY], 1u);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_ISER_HELLO_REQUIRED], 1u);
}

static void keys_local_values_decide(struct kunit *test)
{
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);
	u32 *local = box->nego.local.v;

	local[TISER_KEY_IMMEDIATE_DATA] = 0;
	local[TISER_KEY_FIRST_BURST] = 512;
	local[TISER_KEY_TIME2WAIT] = 30;
	local[TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS] = 5;
	KUNIT_ASSERT_EQ(test,
			box_answer(test, box, TISER_STAGE_OPERATIONAL,
				   "ImmediateData=Yes\nFirstBurstLength=8192\n"
				   "DefaultTime2Wait=2\n"
				   "MaxOutstandingUnexpectedPDUs=9\n"), 0);
	KUNIT_EXPECT_STREQ(test, nego_built(test, &box->out),
			   "ImmediateData=No\nFirstBurstLength=512\n"
			   "DefaultTime2Wait=30\n"
			   "MaxOutstandingUnexpectedPDUs=5\n");
}

/* RFC 7145, 6.2: ignored on an iSER session, which discovery is not. */
static void keys_13_12_segment_length_in_discovery(struct kunit *test)
{
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);
	const u32 *v = box->nego.result.v;

	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "MaxRecvDataSegmentLength=1024\n"), 0);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_MAX_RECV_DSL], 8192u);

	box = box_alloc(test, TISER_TEXT_MAX);
	v = box->nego.result.v;
	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "SessionType=Discovery\n"
					 "RDMAExtensions=Yes\n"
					 "MaxRecvDataSegmentLength=1024\n"), 0);
	KUNIT_EXPECT_EQ(test, v[TISER_KEY_MAX_RECV_DSL], 1024u);
	KUNIT_EXPECT_STREQ(test, nego_built(test, &box->out),
			   "RDMAExtensions=Irrelevant\n");
	KUNIT_EXPECT_EQ(test, box->nego.result.v[TISER_KEY_RDMA_EXTENSIONS],
			0u);
}

/* What was answered in one response cannot be changed by a later one. */
static void keys_13_14_bursts_over_two_sequences(struct kunit *test)
{
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);

	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "FirstBurstLength=4096\n"), 0);
	KUNIT_EXPECT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "MaxBurstLength=1024\n"),
			TISER_LOGIN_INITIATOR_ERROR);
	/* not negotiated at all: the default gives way */
	box = box_alloc(test, TISER_TEXT_MAX);
	KUNIT_EXPECT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "MaxBurstLength=1024\n"), 0);
	KUNIT_EXPECT_EQ(test, box->nego.result.v[TISER_KEY_FIRST_BURST], 1024u);
}

static void keys_6_3_twice_over_two_sequences(struct kunit *test)
{
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);

	KUNIT_ASSERT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "ErrorRecoveryLevel=0\n"), 0);
	KUNIT_EXPECT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "ErrorRecoveryLevel=0\n"),
			TISER_LOGIN_INITIATOR_ERROR);
}

/* More answers than a response may hold. */
static void keys_6_2_answers_that_do_not_fit(struct kunit *test)
{
	struct nego_box *box = box_alloc(test, 32);

	KUNIT_EXPECT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "A=1\nB=2\n"), 0);
	KUNIT_EXPECT_EQ(test, box_answer(test, box, TISER_STAGE_OPERATIONAL,
					 "A=1\nBC=2\n"),
			TISER_LOGIN_INITIATOR_ERROR);
	KUNIT_EXPECT_LE(test, box->out.len, 32u);
}

static const struct answer_case names[] = {
	{ "normal", NEGO_INAME NEGO_TNAME },
	{ "normal, spelled out", NEGO_TNAME "SessionType=Normal\n" NEGO_INAME },
	{ "discovery", NEGO_INAME "SessionType=Discovery\n" },
	{ "discovery of one target",
	  NEGO_INAME "SessionType=Discovery\n" NEGO_TNAME },
	{ "upper case", "InitiatorName=IQN.1993-08.ORG.debian:01:ABCdef\n"
	  NEGO_TNAME },
	{ "operational keys in between",
	  "MaxBurstLength=1\n" NEGO_INAME "Foo=\n" NEGO_TNAME },
	{ "nothing", "", "", TISER_LOGIN_MISSING_PARAMETER },
	{ "no InitiatorName", NEGO_TNAME, "", TISER_LOGIN_MISSING_PARAMETER },
	{ "no TargetName", NEGO_INAME, "", TISER_LOGIN_MISSING_PARAMETER },
	{ "no InitiatorName in discovery", "SessionType=Discovery\n", "",
	  TISER_LOGIN_MISSING_PARAMETER },
	{ "session type", NEGO_INAME "SessionType=bogus\n", "",
	  TISER_LOGIN_BAD_SESSION_TYPE },
	{ "empty session type", NEGO_INAME "SessionType=\n", "",
	  TISER_LOGIN_BAD_SESSION_TYPE },
	OP_BAD("empty InitiatorName", "InitiatorName=\n" NEGO_TNAME),
	OP_BAD("invalid InitiatorName", "InitiatorName=iqn.x\n" NEGO_TNAME),
	OP_BAD("invalid TargetName", NEGO_INAME "TargetName=../../x\n"),
	OP_BAD("InitiatorName twice", NEGO_INAME NEGO_INAME NEGO_TNAME),
	OP_BAD("TargetName twice", NEGO_INAME NEGO_TNAME NEGO_TNAME),
	OP_BAD("SessionType twice", NEGO_INAME NEGO_TNAME
	       "SessionType=Normal\nSessionType=Normal\n"),
	OP_BAD("AuthMethod twice", NEGO_INAME NEGO_TNAME
	       "AuthMethod=None\nAuthMethod=None\n"),
	OP_BAD("malformed", NEGO_INAME NEGO_TNAME "=\n"),
	OP_BAD("without NUL", NEGO_INAME NEGO_TNAME "A=1"),
};

KUNIT_ARRAY_PARAM(names, names, answer_desc);

static void keys_6_3_1_names(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);

	box_text(test, box, c->text);
	KUNIT_EXPECT_EQ(test, tiser_nego_names(&box->nego, &box->in),
			c->status);
	if (c->status)
		return;
	KUNIT_EXPECT_STREQ(test, box->nego.initiator_name, NEGO_INIQN);
	KUNIT_EXPECT_STREQ(test, box->nego.target_name,
			   strstr(c->text, "TargetName") ? NEGO_TGIQN : "");
	KUNIT_EXPECT_EQ(test, box->nego.discovery,
			!!strstr(c->text, "Discovery"));
}

/* 4.2.7.1: 223 bytes; a longer name is refused before it is copied. */
static void keys_4_2_7_1_length_of_names(struct kunit *test)
{
	static const char name[] = "iqn.2001-04.com.example:";
	char text[512];
	int len;

	for (len = TISER_NAME_MAX; len <= TISER_NAME_MAX + 2; len++) {
		struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);

		snprintf(text, sizeof(text), "InitiatorName=%s%0*d\n" NEGO_TNAME,
			 name, len - (int)strlen(name), 0);
		box_text(test, box, text);
		KUNIT_EXPECT_EQ(test, tiser_nego_names(&box->nego, &box->in),
				len > TISER_NAME_MAX ?
				TISER_LOGIN_INITIATOR_ERROR : TISER_LOGIN_OK);
		KUNIT_EXPECT_EQ(test, strlen(box->nego.initiator_name),
				len > TISER_NAME_MAX ? 0 : (size_t)len);
	}
}

static void keys_13_7_alias(struct kunit *test)
{
	struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);
	char text[16 + TISER_VALUE_MAX + 3] = "InitiatorAlias=";

	memset(text + 15, 'a', TISER_VALUE_MAX);
	text[15 + TISER_VALUE_MAX] = '\n';
	box_text(test, box, text);
	tiser_nego_names(&box->nego, &box->in);
	KUNIT_EXPECT_EQ(test, strlen(box->nego.initiator_alias),
			(size_t)TISER_VALUE_MAX);

	/* the same again in a later request, then another */
	tiser_nego_names(&box->nego, &box->in);
	KUNIT_EXPECT_EQ(test, strlen(box->nego.initiator_alias),
			(size_t)TISER_VALUE_MAX);
	box_text(test, box, "InitiatorAlias=b\n");
	KUNIT_EXPECT_EQ(test, tiser_nego_names(&box->nego, &box->in),
			TISER_LOGIN_INITIATOR_ERROR);

	box = box_alloc(test, TISER_TEXT_MAX);
	text[15 + TISER_VALUE_MAX] = 'a';
	text[16 + TISER_VALUE_MAX] = '\n';
	box_text(test, box, text);
	KUNIT_EXPECT_EQ(test, tiser_nego_names(&box->nego, &box->in),
			TISER_LOGIN_INITIATOR_ERROR);
	KUNIT_EXPECT_STREQ(test, box->nego.initiator_alias, "");
}

/* 13.5: a name may be repeated in a later request, but not change. */
static void keys_13_5_names_in_later_sequences(struct kunit *test)
{
	static const struct answer_case later[] = {
		{ "repeated", NEGO_INAME NEGO_TNAME "SessionType=Normal\n" },
		{ "repeated in upper case",
		  "TargetName=iqn.2003-01.org.example:DISK\n" },
		{ "alias", "InitiatorAlias=host\n" },
		{ "nothing", "" },
		OP_BAD("initiator changed",
		       "InitiatorName=iqn.2001-04.com.example\n"),
		OP_BAD("target changed",
		       "TargetName=iqn.2001-04.com.example\n"),
		OP_BAD("session type changed", "SessionType=Discovery\n"),
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(later); i++) {
		struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);

		box_text(test, box, NEGO_INAME NEGO_TNAME);
		KUNIT_ASSERT_EQ(test, tiser_nego_names(&box->nego, &box->in),
				0);
		box_text(test, box, later[i].text);
		KUNIT_EXPECT_EQ_MSG(test,
				    tiser_nego_names(&box->nego, &box->in),
				    later[i].status, "%s", later[i].name);
		KUNIT_EXPECT_STREQ(test, box->nego.initiator_name, NEGO_INIQN);
		KUNIT_EXPECT_STREQ(test, box->nego.target_name, NEGO_TGIQN);
	}
}

struct check_case {
	enum tiser_key key;
	u32 value;
	int ret;
};

static const struct check_case checks[] = {
	{ TISER_KEY_IMMEDIATE_DATA, 0, 0 },
	{ TISER_KEY_IMMEDIATE_DATA, 1, 0 },
	{ TISER_KEY_IMMEDIATE_DATA, 2, -EINVAL },
	{ TISER_KEY_INITIAL_R2T, 1, 0 },
	{ TISER_KEY_INITIAL_R2T, 0, 0 },
	{ TISER_KEY_ERL, 0, 0 },
	{ TISER_KEY_ERL, 1, -EOPNOTSUPP },
	{ TISER_KEY_ERL, 3, -ERANGE },
	{ TISER_KEY_MAX_CONNECTIONS, 0, -ERANGE },
	{ TISER_KEY_MAX_CONNECTIONS, 2, -EOPNOTSUPP },
	{ TISER_KEY_MAX_BURST, 511, -ERANGE },
	{ TISER_KEY_MAX_BURST, 512, 0 },
	{ TISER_KEY_MAX_BURST, 0xffffff, 0 },
	{ TISER_KEY_MAX_BURST, 0x1000000, -ERANGE },
	{ TISER_KEY_TIME2RETAIN, 3600, 0 },
	{ TISER_KEY_TIME2RETAIN, 3601, -ERANGE },
	{ TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS, 0, 0 },
	{ TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS, 1, -ERANGE },
	{ TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS, 2, 0 },
	{ TISER_KEY_RDMA_EXTENSIONS, 0, -EOPNOTSUPP },
	{ TISER_KEY_DATA_PDU_IN_ORDER, 0, -EOPNOTSUPP },
	{ TISER_KEY_HEADER_DIGEST, 1, -EOPNOTSUPP },
	{ TISER_KEY_PROTOCOL_LEVEL, 1, -EOPNOTSUPP },
	{ TISER_KEY_NR, 0, -EINVAL },
};

static void check_desc(const struct check_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s=%u", tiser_key_name(c->key),
		 c->value);
}

KUNIT_ARRAY_PARAM(check, checks, check_desc);

static void keys_check_configured_value(struct kunit *test)
{
	const struct check_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, tiser_key_check(c->key, c->value), c->ret);
}

/* 6.2: a key of the RFCs is never answered NotUnderstood. */
static void keys_6_2_known_keys(struct kunit *test)
{
	static const struct tiser_text_pair known[] = {
		{ "MaxBurstLength=1", 14 }, { "SendTargets=", 11 },
		{ "OFMarkInt=1", 9 }, { "TargetAlias=x", 11 },
		{ "CHAP_R=0", 6 }, { "KRB_AP_REP=0", 10 },
		{ "TargetAuth=No", 10 }, { "SRP_HM=0", 6 },
	};
	struct tiser_text_pair other = { "MaxBurstLength=1", 8 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		KUNIT_EXPECT_TRUE(test, tiser_key_is_known(&known[i]));
	KUNIT_EXPECT_FALSE(test, tiser_key_is_known(&other));
}

/* 12.1: the initiator's order, as far as the target's policy goes. */
static void keys_12_1_method(struct kunit *test)
{
	static const struct {
		const char *text;
		u32 allowed;
		const char *answer;
	} methods[] = {
		{ "AuthMethod=CHAP,None\n", 6, "AuthMethod=CHAP\n" },
		{ "AuthMethod=None,CHAP\n", 6, "AuthMethod=None\n" },
		{ "AuthMethod=KRB5,CHAP\n", 4, "AuthMethod=CHAP\n" },
		{ "AuthMethod=None,CHAP\n", 4, "AuthMethod=CHAP\n" },
		{ "AuthMethod=None\n", 4 },
		{ "AuthMethod=CHAP\n", 2 },
		{ "AuthMethod=CHAP,None\n", 0 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		struct nego_box *box = box_alloc(test, TISER_TEXT_MAX);

		box->nego.auth_allowed = methods[i].allowed;
		KUNIT_EXPECT_EQ(test, box_answer(test, box,
						 TISER_STAGE_SECURITY,
						 methods[i].text),
				methods[i].answer ? TISER_LOGIN_OK :
						    TISER_LOGIN_AUTH_FAILED);
		KUNIT_EXPECT_STREQ(test, nego_built(test, &box->out),
				   methods[i].answer ?: "");
	}
}

static void keys_defaults(struct kunit *test)
{
	struct tiser_key_values rfc, ours;
	u32 key;

	tiser_key_defaults(&rfc);
	tiser_key_target_defaults(&ours);
	for (key = 0; key < TISER_KEY_NR; key++) {
		KUNIT_EXPECT_EQ_MSG(test, tiser_key_check(key, ours.v[key]), 0,
				    "%s", tiser_key_name(key));
		KUNIT_EXPECT_EQ(test, rfc.v[key], tiser_key_default(key));
	}
	KUNIT_EXPECT_EQ(test, rfc.v[TISER_KEY_MAX_BURST], 262144u);
	KUNIT_EXPECT_EQ(test, rfc.v[TISER_KEY_TIME2RETAIN], 20u);
	KUNIT_EXPECT_EQ(test, rfc.v[TISER_KEY_RDMA_EXTENSIONS], 0u);
	KUNIT_EXPECT_EQ(test, ours.v[TISER_KEY_MAX_BURST], 16776192u);
	KUNIT_EXPECT_EQ(test, ours.v[TISER_KEY_TIME2RETAIN], 0u);
	KUNIT_EXPECT_EQ(test, ours.v[TISER_KEY_RDMA_EXTENSIONS], 1u);
	KUNIT_EXPECT_TRUE(test, tiser_key_is_bool(TISER_KEY_INITIAL_R2T));
	KUNIT_EXPECT_TRUE(test,
			  tiser_key_is_bool(TISER_KEY_ISER_HELLO_REQUIRED));
	KUNIT_EXPECT_FALSE(test, tiser_key_is_bool(TISER_KEY_ERL));
	KUNIT_EXPECT_FALSE(test, tiser_key_is_bool(TISER_KEY_NR));
	KUNIT_EXPECT_STREQ(test, tiser_key_name(TISER_KEY_NR), "?");
	KUNIT_EXPECT_STREQ(test, tiser_key_name(TISER_KEY_MAX_AHS_LENGTH),
			   "MaxAHSLength");
}

static struct kunit_case keys_cases[] = {
	KUNIT_CASE_PARAM(keys_operational_answers, answer_gen_params),
	KUNIT_CASE_PARAM(keys_12_security_answers, security_gen_params),
	KUNIT_CASE(keys_results_of_open_iscsi),
	KUNIT_CASE(keys_7145_6_declarations_are_recorded),
	KUNIT_CASE(keys_local_values_decide),
	KUNIT_CASE(keys_13_12_segment_length_in_discovery),
	KUNIT_CASE(keys_13_14_bursts_over_two_sequences),
	KUNIT_CASE(keys_6_3_twice_over_two_sequences),
	KUNIT_CASE(keys_6_2_answers_that_do_not_fit),
	KUNIT_CASE_PARAM(keys_6_3_1_names, names_gen_params),
	KUNIT_CASE(keys_4_2_7_1_length_of_names),
	KUNIT_CASE(keys_13_7_alias),
	KUNIT_CASE(keys_13_5_names_in_later_sequences),
	KUNIT_CASE_PARAM(keys_check_configured_value, check_gen_params),
	KUNIT_CASE(keys_6_2_known_keys),
	KUNIT_CASE(keys_12_1_method),
	KUNIT_CASE(keys_defaults),
	{}
};

static struct kunit_suite keys_suite = {
	.name = "tiser_keys",
	.test_cases = keys_cases,
};
kunit_test_suite(keys_suite);
