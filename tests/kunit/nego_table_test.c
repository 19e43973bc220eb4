// SPDX-License-Identifier: GPL-2.0
/*
 * What each key of RFC 7143, 13 and RFC 7145, 6 comes to, for offers at and
 * beyond the limits, in either session type and with other local values. The
 * tables say what the RFCs say; nothing here is taken from the engine's own.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <tiser/proto/keys.h>
#include <tiser/proto/login_fsm.h>
#include "nego.h"

/* What may become of an offer besides a value. */
#define REFUSED	NULL	/* the login is refused */
#define SILENT	""	/* taken, and not answered */

enum { TEXT_MAX = 640, ANSWER_MAX = 96 };

struct table_box {
	struct tiser_nego nego;
	char text[TEXT_MAX];
	char in_buf[TEXT_MAX];
	char out_buf[TEXT_MAX];
	char want[ANSWER_MAX];
	char value[ANSWER_MAX];
};

static struct table_box *table_box(struct kunit *test)
{
	struct table_box *box = kunit_kzalloc(test, sizeof(*box), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, box);
	return box;
}

/* One request sequence; the status of it, and its answers in out_buf. */
static u16 table_sequence(struct kunit *test, struct table_box *box,
			  enum tiser_stage stage, const char *text)
{
	struct tiser_text_in in = { .buf = box->in_buf, .cap = TEXT_MAX };
	/* room for a NUL behind */
	struct tiser_text_out out = { .buf = box->out_buf, .cap = TEXT_MAX - 1 };
	u32 len = snprintf(box->text, TEXT_MAX, "%s", text);
	u16 status;

	tiser_text_reset(&in);
	nego_swap(box->text, len, '\n', '\0');
	KUNIT_ASSERT_EQ(test, tiser_text_append(&in, box->text, len), 0);
	status = tiser_nego_names(&box->nego, &in);
	if (!status)
		status = tiser_nego_answer(&box->nego, stage, &in, &out);
	box->out_buf[nego_swap(box->out_buf, out.len, '\0', '\n')] = '\0';
	return status;
}

/* A login whose names were taken. */
static void table_begin(struct kunit *test, struct table_box *box,
			bool discovery)
{
	tiser_nego_init(&box->nego);
	KUNIT_ASSERT_EQ(test,
			table_sequence(test, box, TISER_STAGE_SECURITY,
				       discovery ?
				       NEGO_INAME "SessionType=Discovery\n" :
				       NEGO_INAME NEGO_TNAME), 0);
}

/* Offer one pair and expect @answer, which may be REFUSED with @status. */
static void table_offer(struct kunit *test, struct table_box *box,
			enum tiser_stage stage, const char *key,
			const char *offer, const char *answer, u16 status)
{
	char text[ANSWER_MAX];
	u16 got;

	snprintf(text, sizeof(text), "%s=%s\n", key, offer);
	box->want[0] = '\0';
	if (answer && answer[0])
		snprintf(box->want, ANSWER_MAX, "%s=%s\n", key, answer);
	got = table_sequence(test, box, stage, text);
	KUNIT_EXPECT_EQ_MSG(test, got, answer ? TISER_LOGIN_OK : status,
			    "%s=%s, discovery %d", key, offer,
			    box->nego.discovery);
	if (answer && !got)
		KUNIT_EXPECT_STREQ_MSG(test, (const char *)box->out_buf,
				       (const char *)box->want,
				       "%s=%s, discovery %d", key, offer,
				       box->nego.discovery);
}

/* RFC 7143, 6.2: reserved, and never a proposal; and no number or boolean. */
static const char *const reserved[] = {
	"Reject", "Irrelevant", "NotUnderstood",
};

/*
 * Numbers. A result function computes the answer from the offer and what this
 * side wants; an offer outside the range is refused (RFC 7143, 6.2.2).
 */
struct number_rule {
	const char *clause;
	const char *name;
	enum tiser_key key;
	char result;		/* < minimum, > maximum, = each its own */
	u32 min;
	u32 max;
	u32 rfc;		/* default */
	u32 local[3];
	u32 limit;		/* what another key's default allows, or 0 */
	bool zero;		/* 0 is a value, although below the minimum */
};

static const struct number_rule numbers[] = {
	{ "7143 13.2", "MaxConnections", TISER_KEY_MAX_CONNECTIONS,
	  '<', 1, 65535, 1, { 1, 1, 1 } },
	{ "7143 13.13", "MaxBurstLength", TISER_KEY_MAX_BURST,
	  '<', 512, 16777215, 262144, { 512, 262144, 16777215 } },
	/* MUST NOT exceed MaxBurstLength, here its default */
	{ "7143 13.14", "FirstBurstLength", TISER_KEY_FIRST_BURST,
	  '<', 512, 16777215, 65536, { 512, 65536, 16777215 }, 262144 },
	{ "7143 13.15", "DefaultTime2Wait", TISER_KEY_TIME2WAIT,
	  '>', 0, 3600, 2, { 0, 2, 3600 } },
	{ "7143 13.16", "DefaultTime2Retain", TISER_KEY_TIME2RETAIN,
	  '<', 0, 3600, 20, { 0, 20, 3600 } },
	{ "7143 13.17", "MaxOutstandingR2T", TISER_KEY_MAX_OUTSTANDING_R2T,
	  '<', 1, 65535, 1, { 1, 16, 65535 } },
	/* 7.4.1: 0 in discovery, which is what this target always wants */
	{ "7143 13.20", "ErrorRecoveryLevel", TISER_KEY_ERL,
	  '<', 0, 2, 0, { 0, 0, 0 } },
	{ "7144 7.1.1", "iSCSIProtocolLevel", TISER_KEY_PROTOCOL_LEVEL,
	  '<', 0, 31, 1, { 0, 1, 2 } },
	{ "7145 6.4", "TargetRecvDataSegmentLength", TISER_KEY_TARGET_RECV_DSL,
	  '<', 512, 16777215, 8192, { 512, 8192, 16777215 } },
	{ "7145 6.5", "InitiatorRecvDataSegmentLength",
	  TISER_KEY_INITIATOR_RECV_DSL,
	  '<', 512, 16777215, 8192, { 512, 262144, 16777215 } },
	{ "7145 6.7", "MaxOutstandingUnexpectedPDUs",
	  TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS,
	  '=', 2, 4294967295u, 0, { 0, 2, 4294967295u }, 0, true },
	{ "7145 6.8", "MaxAHSLength", TISER_KEY_MAX_AHS_LENGTH,
	  '=', 2, 4294967295u, 256, { 0, 256, 4294967295u }, 0, true },
};

static void number_desc(const struct number_rule *rule, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s", rule->clause,
		 rule->name);
}

KUNIT_ARRAY_PARAM(number, numbers, number_desc);

static bool number_is_legal(const struct number_rule *rule, u64 offered)
{
	return (rule->zero && !offered) ||
	       (rule->min <= offered && offered <= rule->max);
}

static u32 number_result(const struct number_rule *rule, u32 offered, u32 local)
{
	u32 result = local;

	if (rule->result == '<')
		result = min(offered, local);
	else if (rule->result == '>')
		result = max(offered, local);
	return rule->limit ? min(result, rule->limit) : result;
}

/* RFC 7143, 6.1: four ways to write a number, the last one discouraged. */
static void number_write(char *value, u64 number, u32 form)
{
	static const char *const prefixes[] = { "", "0x", "0X", "00" };
	unsigned long long n = number;
	int len = snprintf(value, ANSWER_MAX, "%s", prefixes[form]);

	if (form == 1)
		snprintf(value + len, ANSWER_MAX - len, "%llx", n);
	else if (form == 2)
		snprintf(value + len, ANSWER_MAX - len, "%llX", n);
	else
		snprintf(value + len, ANSWER_MAX - len, "%llu", n);
}

static void number_offer(struct kunit *test, struct table_box *box,
			 const struct number_rule *rule, u64 offered, u32 local)
{
	bool legal = number_is_legal(rule, offered);
	u32 result = number_result(rule, offered, local);
	char answer[16];
	u32 form;

	snprintf(answer, sizeof(answer), "%u", result);
	for (form = 0; form < 8; form++) {
		table_begin(test, box, form & 4);
		box->nego.local.v[rule->key] = local;
		number_write(box->value, offered, form & 3);
		table_offer(test, box, TISER_STAGE_OPERATIONAL, rule->name,
			    box->value, legal ? answer : REFUSED,
			    TISER_LOGIN_INITIATOR_ERROR);
		if (legal)
			KUNIT_EXPECT_EQ(test, box->nego.result.v[rule->key],
					result);
	}
}

static void table_numbers_in_and_out_of_range(struct kunit *test)
{
	const struct number_rule *rule = test->param_value;
	struct table_box *box = table_box(test);
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(rule->local); i++) {
		u64 local = rule->local[i];
		/* what wraps below 0 is far above the maximum */
		const u64 offers[] = {
			0, 1, (u64)rule->min - 1, rule->min, rule->min + 1ull,
			rule->rfc, rule->max - 1ull, rule->max,
			rule->max + 1ull, local - 1, local, local + 1,
		};

		for (k = 0; k < ARRAY_SIZE(offers); k++)
			number_offer(test, box, rule, offers[k], local);
	}
}

static void table_defaults_of_numbers(struct kunit *test)
{
	const struct number_rule *rule = test->param_value;

	KUNIT_EXPECT_EQ(test, tiser_key_default(rule->key), rule->rfc);
	KUNIT_EXPECT_STREQ(test, tiser_key_name(rule->key), rule->name);
	KUNIT_EXPECT_EQ(test, tiser_key_default(TISER_KEY_NR), 0u);
}

/* RFC 7143, 6.1 and 6.2: what is no number; ranges are for few keys only. */
static const char *const no_numbers[] = {
	"", " ", "-1", "+1", " 8192", "8192 ", "8192,8192", "512~8192", "8192K",
	"0x", "0X", "x2000", "0x20g0", "8192.0", "8e3", "0b1000", "2000h",
	"Yes", "No", "None", "?", "18446744073709551616",
	"0x10000000000000200",
};

static void table_6_2_no_numbers(struct kunit *test)
{
	const struct number_rule *rule = test->param_value;
	struct table_box *box = table_box(test);
	u32 i;

	for (i = 0; i < 2 * ARRAY_SIZE(no_numbers); i++) {
		table_begin(test, box, i & 1);
		table_offer(test, box, TISER_STAGE_OPERATIONAL, rule->name,
			    no_numbers[i / 2], REFUSED,
			    TISER_LOGIN_INITIATOR_ERROR);
	}
	for (i = 0; i < 2 * ARRAY_SIZE(reserved); i++) {
		table_begin(test, box, i & 1);
		table_offer(test, box, TISER_STAGE_OPERATIONAL, rule->name,
			    reserved[i / 2], REFUSED,
			    TISER_LOGIN_INITIATOR_ERROR);
	}
}

/* Booleans. In a discovery session a value is an answer, too (6.2: MAY). */
struct bool_rule {
	const char *clause;
	const char *name;
	enum tiser_key key;
	char result;			/* & AND, | OR, . declared, no answer */
	const char *in_discovery;	/* the answer there, NULL: as elsewhere */
};

static const struct bool_rule bools[] = {
	{ "7143 13.10", "InitialR2T", TISER_KEY_INITIAL_R2T, '|' },
	{ "7143 13.11", "ImmediateData", TISER_KEY_IMMEDIATE_DATA, '&' },
	{ "7143 13.18", "DataPDUInOrder", TISER_KEY_DATA_PDU_IN_ORDER, '|' },
	{ "7143 13.19", "DataSequenceInOrder",
	  TISER_KEY_DATA_SEQUENCE_IN_ORDER, '|' },
	/* MUST NOT be negotiated in a discovery session */
	{ "7145 6.3", "RDMAExtensions", TISER_KEY_RDMA_EXTENSIONS, '&',
	  "Irrelevant" },
	{ "7145 6.9", "TaggedBufferForSolicitedDataOnly",
	  TISER_KEY_TAGGED_BUFFER_SOLICITED_ONLY, '.' },
	{ "7145 6.10", "iSERHelloRequired", TISER_KEY_ISER_HELLO_REQUIRED,
	  '.' },
};

static void bool_desc(const struct bool_rule *rule, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s", rule->clause,
		 rule->name);
}

KUNIT_ARRAY_PARAM(boolean, bools, bool_desc);

static bool bool_result(const struct bool_rule *rule, bool offered, bool local)
{
	if (rule->result == '&')
		return offered && local;
	if (rule->result == '|')
		return offered || local;
	return offered;
}

static void table_booleans(struct kunit *test)
{
	const struct bool_rule *rule = test->param_value;
	struct table_box *box = table_box(test);
	u32 i;

	for (i = 0; i < 8; i++) {
		bool offered = i & 1, local = i & 2, discovery = i & 4;
		bool result = bool_result(rule, offered, local);
		const char *answer = result ? "Yes" : "No";

		if (rule->result == '.')
			answer = SILENT;
		else if (discovery && rule->in_discovery)
			answer = rule->in_discovery;
		table_begin(test, box, discovery);
		box->nego.local.v[rule->key] = local;
		table_offer(test, box, TISER_STAGE_OPERATIONAL, rule->name,
			    offered ? "Yes" : "No", answer, 0);
		if (!discovery)
			KUNIT_EXPECT_EQ(test, box->nego.result.v[rule->key],
					(u32)result);
	}
}

/* RFC 7143, 6.1: a boolean-value is the string Yes or No. */
static void table_6_1_no_booleans(struct kunit *test)
{
	static const char *const offers[] = {
		"", "yes", "no", "YES", "NO", "Y", "N", "0", "1", "true", "None",
		"Yes,No", "No,Yes", "Yes ", " Yes", "Yesterday", "Nope", "?",
		"Reject", "Irrelevant", "NotUnderstood",
	};
	const struct bool_rule *rule = test->param_value;
	struct table_box *box = table_box(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(offers); i++) {
		table_begin(test, box, false);
		table_offer(test, box, TISER_STAGE_OPERATIONAL, rule->name,
			    offers[i], REFUSED, TISER_LOGIN_INITIATOR_ERROR);
	}
}

/* Everything else: one row an offer. */
struct offer_row {
	const char *clause;
	const char *name;
	const char *offer;
	const char *answer;
	u16 status;		/* of a refusal; 0: initiator error */
	const char *in_discovery; /* NULL: as in a normal session */
};

/* A refusal that only a discovery session meets. */
static const char refused_there[] = "(refused)";

#define DIGEST_ROWS(key)						\
	{ "7143 13.1", key, "None", "None" },				\
	{ "7143 13.1", key, "None,CRC32C", "None" },			\
	/* 7145 6.1: implied whatever is preferred */			\
	{ "7145 6.1", key, "CRC32C,None", "None" },			\
	{ "7143 13.1", key, "Y-com.example.x,None,CRC32C", "None" },	\
	/* 6.2.1: nothing acceptable, which may end a negotiation */	\
	{ "7143 6.2.1", key, "CRC32C", REFUSED },			\
	{ "7143 6.2.1", key, "", REFUSED },				\
	{ "7143 6.2.1", key, "none", REFUSED },				\
	{ "7143 6.2.1", key, "Nonesuch,CRC32", REFUSED },		\
	{ "7143 6.2.1", key, " None", REFUSED },			\
	{ "7143 6.2", key, "Reject", REFUSED },				\
	{ "7143 6.2", key, "Irrelevant", REFUSED },			\
	{ "7143 6.2", key, "NotUnderstood", REFUSED }

/* 13.25: No is allowed, NotUnderstood is not, whatever was offered. */
#define MARKER_ROWS(key)						\
	{ "7143 13.25", key, "Yes", "No" },				\
	{ "7143 13.25", key, "No", "No" },				\
	{ "7143 13.25", key, "maybe", "No" },				\
	{ "7143 13.25", key, "", "No" }

#define INTERVAL_ROWS(key)						\
	{ "7143 13.25", key, "2048", "Reject" },			\
	{ "7143 13.25", key, "1~65535", "Reject" },			\
	{ "7143 13.25", key, "", "Reject" }

/* 7145 6.2: MUST be ignored; but a discovery session is no iSER session. */
#define SEGMENT_ROWS(key)						\
	{ "7145 6.2", key, "512", SILENT },				\
	{ "7145 6.2", key, "0x2000", SILENT },				\
	{ "7145 6.2", key, "16777215", SILENT },			\
	{ "7143 13.12", key, "511", SILENT, 0, refused_there },		\
	{ "7143 13.12", key, "16777216", SILENT, 0, refused_there },	\
	{ "7143 13.12", key, "", SILENT, 0, refused_there },		\
	{ "7143 13.12", key, "Reject", SILENT, 0, refused_there }

static const struct offer_row operational[] = {
	DIGEST_ROWS("HeaderDigest"),
	DIGEST_ROWS("DataDigest"),
	MARKER_ROWS("IFMarker"),
	MARKER_ROWS("OFMarker"),
	INTERVAL_ROWS("IFMarkInt"),
	INTERVAL_ROWS("OFMarkInt"),
	SEGMENT_ROWS("MaxRecvDataSegmentLength"),
	/* FastAbort is not granted; Reject leaves it at its default */
	{ "7143 13.23", "TaskReporting", "RFC3720", "RFC3720" },
	{ "7143 13.23", "TaskReporting", "RFC3720,ResponseFence", "RFC3720" },
	{ "7143 13.23", "TaskReporting", "ResponseFence,RFC3720",
	  "ResponseFence" },
	{ "7143 13.23", "TaskReporting", "FastAbort,ResponseFence,RFC3720",
	  "ResponseFence" },
	{ "7143 13.23", "TaskReporting", "ResponseFence", "ResponseFence" },
	{ "7143 13.23", "TaskReporting", "FastAbort", "Reject" },
	{ "7143 6.2.1", "TaskReporting", "", "Reject" },
	{ "7143 6.2.1", "TaskReporting", "rfc3720", "Reject" },
	{ "7143 6.2.1", "TaskReporting", "RFC37200", "Reject" },
	/* declared, or not for us to answer */
	{ "7143 13.26", "X#NodeArchitecture", "Linux/6.1,x/1", SILENT },
	{ "7143 13.26", "X#NodeArchitecture", "", SILENT },
	{ "7143 13.7", "InitiatorAlias", "host 1", SILENT },
	{ "7143 13.7", "InitiatorAlias", "", SILENT },
	{ "7143 13.5", "InitiatorName", NEGO_INIQN, SILENT },
	{ "7143 13.5", "InitiatorName", "iqn.2001-04.com.example", REFUSED },
	{ "7143 13.5", "InitiatorName", "", REFUSED },
	{ "7143 13.5", "InitiatorName", "Reject", REFUSED },
	{ "7143 13.4", "TargetName", NEGO_TGIQN, SILENT, 0, refused_there },
	{ "7143 13.4", "TargetName", "iqn.2001-04.com.example", REFUSED },
	{ "7143 13.4", "TargetName", "", REFUSED },
	{ "7143 13.21", "SessionType", "Normal", SILENT, 0, refused_there },
	{ "7143 13.21", "SessionType", "normal", REFUSED,
	  TISER_LOGIN_BAD_SESSION_TYPE },
	{ "7143 13.21", "SessionType", "", REFUSED,
	  TISER_LOGIN_BAD_SESSION_TYPE },
	{ "7143 13.21", "SessionType", "Reject", REFUSED,
	  TISER_LOGIN_BAD_SESSION_TYPE },
	/* 13.3: FFPO; 13.6, 13.8 and 13.9: the target's to send */
	{ "7143 13.3", "SendTargets", "All", REFUSED },
	{ "7143 13.6", "TargetAlias", "x", REFUSED },
	{ "7143 13.8", "TargetAddress", "192.0.2.1:3260,1", REFUSED },
	{ "7143 13.9", "TargetPortalGroupTag", "1", REFUSED },
	/* 12: of the security stage */
	{ "7143 12", "AuthMethod", "None", REFUSED },
	{ "7143 12.1.3", "CHAP_A", "5", REFUSED },
	{ "7143 12.1.1", "KRB_AP_REQ", "0x1", REFUSED },
	{ "7143 12.1.2", "SRP_U", "u", REFUSED },
	{ "7143 12.1.2", "TargetAuth", "Yes", REFUSED },
	/* 6.2: keys that are in neither RFC */
	{ "7143 13.22", "X-com.example.foo", "1", "NotUnderstood" },
	{ "7143 6.2", "Foo", "", "NotUnderstood" },
	{ "7143 6.2", "Foo", "Reject", "NotUnderstood" },
	{ "7143 6.1", "initialr2t", "Yes", "NotUnderstood" },
	{ "7143 6.1", "InitialR2", "Yes", "NotUnderstood" },
	{ "7143 6.1", "InitialR2TT", "Yes", "NotUnderstood" },
};

static void offer_desc(const struct offer_row *row, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s=%s", row->clause,
		 row->name, row->offer);
}

KUNIT_ARRAY_PARAM(oper, operational, offer_desc);

static void offer_row(struct kunit *test, const struct offer_row *row,
		      enum tiser_stage stage, bool discovery)
{
	u16 status = row->status ? row->status : TISER_LOGIN_INITIATOR_ERROR;
	struct table_box *box = table_box(test);
	const char *answer = row->answer;

	if (discovery && row->in_discovery)
		answer = row->in_discovery;
	if (answer == refused_there)
		answer = REFUSED;
	table_begin(test, box, discovery);
	table_offer(test, box, stage, row->name, row->offer, answer, status);
}

static void table_offers(struct kunit *test)
{
	offer_row(test, test->param_value, TISER_STAGE_OPERATIONAL, false);
	offer_row(test, test->param_value, TISER_STAGE_OPERATIONAL, true);
}

/*
 * RFC 7143, 12: the security stage. Without credentials no method but None can
 * be agreed on.
 */
#define AUTH_REFUSED(offer)						\
	{ "7143 12.1", "AuthMethod", offer, REFUSED, TISER_LOGIN_AUTH_FAILED }

#define METHOD_REFUSED(clause, key, offer)				\
	{ "7143 " clause, key, offer, REFUSED, TISER_LOGIN_AUTH_FAILED }

static const struct offer_row security[] = {
	{ "7143 12", "AuthMethod", "None", "None" },
	{ "7143 12", "AuthMethod", "None,CHAP", "None" },
	{ "7143 12", "AuthMethod", "CHAP,None", "None" },
	{ "7143 12", "AuthMethod", "KRB5,SRP,X-com.example,None", "None" },
	AUTH_REFUSED("CHAP"),
	AUTH_REFUSED("KRB5,SRP,CHAP"),
	AUTH_REFUSED(""),
	AUTH_REFUSED("none"),
	AUTH_REFUSED("CHAP,Nonesuch"),
	AUTH_REFUSED("Reject"),
	AUTH_REFUSED("Irrelevant"),
	AUTH_REFUSED("NotUnderstood"),
	/* collected here, answered by whoever knows the step */
	{ "7143 12.1.3", "CHAP_A", "5", SILENT },
	{ "7143 12.1.3", "CHAP_R", "", SILENT },
	/* known, but of methods that were not agreed on */
	METHOD_REFUSED("12.1.1", "KRB_AP_REQ", "0x1"),
	METHOD_REFUSED("12.1.1", "KRB_AP_REP", "0x1"),
	METHOD_REFUSED("12.1.2", "SRP_U", "u"),
	METHOD_REFUSED("12.1.2", "TargetAuth", "Yes"),
	METHOD_REFUSED("12.1.2", "SRP_GROUP", "SRP-1536"),
	METHOD_REFUSED("12.1.2", "SRP_s", "0x1"),
	METHOD_REFUSED("12.1.2", "SRP_A", "0x1"),
	METHOD_REFUSED("12.1.2", "SRP_B", "0x1"),
	METHOD_REFUSED("12.1.2", "SRP_M", "0x1"),
	METHOD_REFUSED("12.1.2", "SRP_HM", "0x1"),
	{ "7143 13.7", "InitiatorAlias", "host", SILENT },
	{ "7143 13.5", "InitiatorName", NEGO_INIQN, SILENT },
	{ "7143 13.26", "X#NodeArchitecture", "Linux/6.1", SILENT },
	{ "7143 6.2", "X-com.example.foo", "1", "NotUnderstood" },
};

KUNIT_ARRAY_PARAM(secure, security, offer_desc);

static void table_security_offers(struct kunit *test)
{
	offer_row(test, test->param_value, TISER_STAGE_SECURITY, false);
	offer_row(test, test->param_value, TISER_STAGE_SECURITY, true);
}

/* RFC 7143, 12: of the initiator's list, the first method that is allowed. */
struct auth_row {
	bool chap;
	bool none;
	const char *offer;
	const char *answer;
};

static const struct auth_row auths[] = {
	{ true, true, "CHAP,None", "CHAP" },
	{ true, true, "None,CHAP", "None" },
	{ true, true, "KRB5,SRP,CHAP", "CHAP" },
	{ true, true, "CHAP2,chap,None", "None" },
	{ true, false, "None,CHAP", "CHAP" },
	{ true, false, "None", REFUSED },
	{ true, false, "", REFUSED },
	{ false, true, "CHAP,None", "None" },
	{ false, false, "CHAP,None", REFUSED },
};

static void table_12_auth_method(struct kunit *test)
{
	struct table_box *box = table_box(test);
	u32 i;

	for (i = 0; i < 2 * ARRAY_SIZE(auths); i++) {
		const struct auth_row *row = &auths[i / 2];

		table_begin(test, box, i & 1);
		box->nego.auth_allowed = row->chap << TISER_AUTH_CHAP |
					 row->none << TISER_AUTH_NONE;
		table_offer(test, box, TISER_STAGE_SECURITY, "AuthMethod",
			    row->offer, row->answer, TISER_LOGIN_AUTH_FAILED);
	}
}

/*
 * RFC 7143, 6.3 and 13: keys that are not Any-Stage belong to the operational
 * stage, and none is negotiated twice in a login.
 */
static const char *const once[][2] = {
	{ "HeaderDigest", "None" }, { "DataDigest", "None" },
	{ "MaxConnections", "1" }, { "InitialR2T", "Yes" },
	{ "ImmediateData", "Yes" }, { "MaxRecvDataSegmentLength", "8192" },
	{ "MaxBurstLength", "65536" }, { "FirstBurstLength", "65536" },
	{ "DefaultTime2Wait", "2" }, { "DefaultTime2Retain", "0" },
	{ "MaxOutstandingR2T", "1" }, { "DataPDUInOrder", "Yes" },
	{ "DataSequenceInOrder", "Yes" }, { "ErrorRecoveryLevel", "0" },
	{ "TaskReporting", "RFC3720" }, { "iSCSIProtocolLevel", "1" },
	{ "IFMarker", "No" }, { "OFMarker", "No" },
	{ "IFMarkInt", "1" }, { "OFMarkInt", "1" },
	{ "RDMAExtensions", "Yes" }, { "TargetRecvDataSegmentLength", "8192" },
	{ "InitiatorRecvDataSegmentLength", "8192" },
	{ "MaxOutstandingUnexpectedPDUs", "2" }, { "MaxAHSLength", "256" },
	{ "TaggedBufferForSolicitedDataOnly", "No" },
	{ "iSERHelloRequired", "No" },
};

static void table_6_3_stage_and_once(struct kunit *test)
{
	struct table_box *box = table_box(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(once); i++) {
		char pair[ANSWER_MAX];

		table_begin(test, box, false);
		table_offer(test, box, TISER_STAGE_SECURITY, once[i][0],
			    once[i][1], REFUSED, TISER_LOGIN_INITIATOR_ERROR);

		table_begin(test, box, false);
		snprintf(pair, sizeof(pair), "%s=%s\n", once[i][0], once[i][1]);
		KUNIT_EXPECT_EQ_MSG(test,
				    table_sequence(test, box,
						   TISER_STAGE_OPERATIONAL,
						   pair), 0, "%s", pair);
		table_offer(test, box, TISER_STAGE_OPERATIONAL, once[i][0],
			    once[i][1], REFUSED, TISER_LOGIN_INITIATOR_ERROR);
	}
}

/* 13.14: FirstBurstLength MUST NOT exceed MaxBurstLength, in either order. */
struct burst_row {
	u32 local_first;
	u32 local_max;
	u32 first;
	u32 max;
	u32 got_first;
	u32 got_max;
};

static const struct burst_row bursts[] = {
	{ 65536, 16776192, 512, 512, 512, 512 },
	{ 65536, 16776192, 512, 16777215, 512, 16776192 },
	{ 65536, 16776192, 16777215, 512, 512, 512 },
	{ 65536, 16776192, 65536, 65535, 65535, 65535 },
	{ 65536, 16776192, 65536, 65536, 65536, 65536 },
	{ 65536, 16776192, 65536, 65537, 65536, 65537 },
	{ 16777215, 16777215, 16777215, 16777215, 16777215, 16777215 },
	{ 16777215, 16777215, 16777215, 16777214, 16777214, 16777214 },
	{ 65536, 512, 65536, 262144, 512, 512 },
	{ 512, 65536, 65536, 262144, 512, 65536 },
};

static void burst_text(char *text, u32 first, u32 max, bool max_first)
{
	if (max_first)
		snprintf(text, ANSWER_MAX,
			 "MaxBurstLength=%u\nFirstBurstLength=%u\n", max, first);
	else
		snprintf(text, ANSWER_MAX,
			 "FirstBurstLength=%u\nMaxBurstLength=%u\n", first, max);
}

static void table_13_14_bursts(struct kunit *test)
{
	struct table_box *box = table_box(test);
	u32 i;

	for (i = 0; i < 2 * ARRAY_SIZE(bursts); i++) {
		const struct burst_row *row = &bursts[i / 2];

		table_begin(test, box, false);
		box->nego.local.v[TISER_KEY_FIRST_BURST] = row->local_first;
		box->nego.local.v[TISER_KEY_MAX_BURST] = row->local_max;
		burst_text(box->value, row->first, row->max, i & 1);
		burst_text(box->want, row->got_first, row->got_max, i & 1);
		KUNIT_EXPECT_EQ(test,
				table_sequence(test, box,
					       TISER_STAGE_OPERATIONAL,
					       box->value), 0);
		KUNIT_EXPECT_STREQ(test, (const char *)box->out_buf,
				   (const char *)box->want);
	}
}

static struct kunit_case nego_table_cases[] = {
	KUNIT_CASE_PARAM(table_numbers_in_and_out_of_range, number_gen_params),
	KUNIT_CASE_PARAM(table_defaults_of_numbers, number_gen_params),
	KUNIT_CASE_PARAM(table_6_2_no_numbers, number_gen_params),
	KUNIT_CASE_PARAM(table_booleans, boolean_gen_params),
	KUNIT_CASE_PARAM(table_6_1_no_booleans, boolean_gen_params),
	KUNIT_CASE_PARAM(table_offers, oper_gen_params),
	KUNIT_CASE_PARAM(table_security_offers, secure_gen_params),
	KUNIT_CASE(table_12_auth_method),
	KUNIT_CASE(table_6_3_stage_and_once),
	KUNIT_CASE(table_13_14_bursts),
	{}
};

static struct kunit_suite nego_table_suite = {
	.name = "tiser_nego_table",
	.test_cases = nego_table_cases,
};
kunit_test_suite(nego_table_suite);
