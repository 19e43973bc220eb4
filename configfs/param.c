// SPDX-License-Identifier: GPL-2.0
/*
 * Negotiable keys of a portal group: tpgt_<tag>/param/<key>, with the names of
 * RFC 7143 and RFC 7145.
 *
 * Keeps what this side offers; the negotiation itself is proto/keys. As in the
 * iscsi fabric, values may be changed at any time and hold for logins from then
 * on. Keys that have one possible value over iSER, or none at all, are still
 * here and take, besides the value they show, what the iscsi fabric takes: a
 * saved configuration must load, be it from here or from there.
 *
 * FirstBurstLength is not compared with MaxBurstLength here, because a saved
 * configuration sets them one after the other, in any order. Negotiation keeps
 * the first within the second.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/compiler.h>
#include <linux/configfs.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <tiser/proto/keys.h>
#include <tiser/target.h>
#include "configfs.h"

enum {
	/* RFC 7143, 13.12: what any DataSegmentLength may be, in bytes. */
	TISER_CFS_DSL_MIN = 512,
	TISER_CFS_DSL_MAX = 0xffffff,
	/* As the iscsi fabric. */
	TISER_CFS_XMIT_DSL_DEFAULT = 262144,
	/*
	 * Every receive buffer of every connection is this large, so the RFC's
	 * 16 MiB is no sensible choice.
	 */
	TISER_CFS_TARGET_RECV_DSL_MAX = 65536,
	/*
	 * A connection has receive buffers for this many unexpected PDUs, so
	 * more must not be declared, and neither must 0, which means no limit.
	 */
	TISER_CFS_UNEXPECTED_MIN = 2,
	TISER_CFS_UNEXPECTED_MAX = 16,
};

#define TISER_CFS_RULE_DSL "must be 512 to 16777215 bytes"
#define TISER_CFS_RULE_YES_NO "must be Yes or No"

/**
 * struct tiser_cfs_key - what is said and limited here about a key
 * @rule: for the log, what @min, @max and tiser_key_check() demand
 * @min: smallest value, 0 to leave that to tiser_key_check()
 * @max: largest value, 0 to leave that to tiser_key_check()
 */
struct tiser_cfs_key {
	const char *rule;
	u32 min;
	u32 max;
};

static const struct tiser_cfs_key tiser_cfs_keys[TISER_KEY_NR] = {
	[TISER_KEY_TARGET_RECV_DSL] = {
		"must be 512 to 65536 bytes",
		TISER_CFS_DSL_MIN, TISER_CFS_TARGET_RECV_DSL_MAX },
	[TISER_KEY_INITIATOR_RECV_DSL] = { TISER_CFS_RULE_DSL },
	[TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS] = {
		"must be 2 to 16, what there are receive buffers for",
		TISER_CFS_UNEXPECTED_MIN, TISER_CFS_UNEXPECTED_MAX },
	[TISER_KEY_MAX_AHS_LENGTH] = {
		"must be 0 for no limit, or 2 to 4294967295 bytes" },
	[TISER_KEY_MAX_CONNECTIONS] = { "must be 1 to 65535" },
	[TISER_KEY_INITIAL_R2T] = { TISER_CFS_RULE_YES_NO },
	[TISER_KEY_IMMEDIATE_DATA] = { TISER_CFS_RULE_YES_NO },
	[TISER_KEY_MAX_RECV_DSL] = { TISER_CFS_RULE_DSL },
	[TISER_KEY_MAX_BURST] = { TISER_CFS_RULE_DSL },
	[TISER_KEY_FIRST_BURST] = { TISER_CFS_RULE_DSL },
	[TISER_KEY_TIME2WAIT] = { "must be 0 to 3600 seconds" },
	[TISER_KEY_TIME2RETAIN] = { "must be 0 to 3600 seconds" },
	[TISER_KEY_MAX_OUTSTANDING_R2T] = { "must be 1 to 65535" },
	[TISER_KEY_DATA_PDU_IN_ORDER] = { TISER_CFS_RULE_YES_NO },
	[TISER_KEY_DATA_SEQUENCE_IN_ORDER] = { TISER_CFS_RULE_YES_NO },
	[TISER_KEY_ERL] = { "must be 0 to 2" },
};

/* Keys that are not in tpg->params, because they have one value only. */
enum tiser_cfs_fixed_key {
	TISER_CFS_HEADER_DIGEST,
	TISER_CFS_DATA_DIGEST,
	TISER_CFS_IF_MARKER,
	TISER_CFS_OF_MARKER,
	TISER_CFS_IF_MARK_INT,
	TISER_CFS_OF_MARK_INT,
	TISER_CFS_FIXED_NR,
};

/**
 * struct tiser_cfs_fixed - a key with one value
 * @name: name of the key
 * @value: the value
 * @others: what the iscsi fabric takes besides, NULL at the end; no effect
 * @why: why there is no other
 */
struct tiser_cfs_fixed {
	const char *name;
	const char *value;
	const char *const *others;
	const char *why;
};

static const char *const tiser_cfs_no_others[] = { NULL };
static const char *const tiser_cfs_digests[] = {
	"CRC32C,None", "None,CRC32C", "CRC32C", NULL,
};
static const char *const tiser_cfs_markers[] = { "Yes", NULL };

static const struct tiser_cfs_fixed tiser_cfs_fixeds[TISER_CFS_FIXED_NR] = {
	/* RFC 7145, 6.1: with iSER, digests are negotiated to None. */
	[TISER_CFS_HEADER_DIGEST] = {
		"HeaderDigest", "None", tiser_cfs_digests, "iSER has no digests" },
	[TISER_CFS_DATA_DIGEST] = {
		"DataDigest", "None", tiser_cfs_digests, "iSER has no digests" },
	/* RFC 7143, 13.25: markers are obsolete. */
	[TISER_CFS_IF_MARKER] = {
		"IFMarker", "No", tiser_cfs_markers, "markers are obsolete" },
	[TISER_CFS_OF_MARKER] = {
		"OFMarker", "No", tiser_cfs_markers, "markers are obsolete" },
	[TISER_CFS_IF_MARK_INT] = {
		"IFMarkInt", "Reject", tiser_cfs_no_others,
		"markers are obsolete" },
	[TISER_CFS_OF_MARK_INT] = {
		"OFMarkInt", "Reject", tiser_cfs_no_others,
		"markers are obsolete" },
};

/**
 * tiser_cfs_param_init - give a new portal group the default parameters
 * @ctpg: portal group nobody else knows yet
 *
 * Context: any.
 */
void tiser_cfs_param_init(struct tiser_cfs_tpg *ctpg)
{
	tiser_key_target_defaults(&ctpg->tpg.params);
	strscpy(ctpg->tpg.alias, "LIO Target", sizeof(ctpg->tpg.alias));
	ctpg->max_xmit_dsl = TISER_CFS_XMIT_DSL_DEFAULT;
}

static struct tiser_tpg *tiser_cfs_param_tpg(struct config_item *item)
{
	return tiser_tpg_of(param_to_tpg(item));
}

static ssize_t tiser_cfs_key_show(struct config_item *item, enum tiser_key key,
				  char *page)
{
	u32 value = READ_ONCE(tiser_cfs_param_tpg(item)->params.v[key]);

	if (tiser_key_is_bool(key))
		return sysfs_emit(page, "%s\n", value ? "Yes" : "No");
	return sysfs_emit(page, "%u\n", value);
}

static int tiser_cfs_key_parse(enum tiser_key key, const char *page, u32 *value)
{
	if (!tiser_key_is_bool(key))
		return tiser_cfs_parse_u32(page, value);

	*value = sysfs_streq(page, "Yes");
	return *value || sysfs_streq(page, "No") ? 0 : -EINVAL;
}

static int tiser_cfs_key_check(enum tiser_key key, u32 value)
{
	const struct tiser_cfs_key *limits = &tiser_cfs_keys[key];

	if (value < limits->min || (limits->max && value > limits->max))
		return -ERANGE;
	return tiser_key_check(key, value);
}

static ssize_t tiser_cfs_key_store(struct config_item *item, enum tiser_key key,
				   const char *page, size_t count)
{
	struct tiser_tpg *tpg = tiser_cfs_param_tpg(item);
	u32 value;
	int ret;

	ret = tiser_cfs_key_parse(key, page, &value);
	if (!ret)
		ret = tiser_cfs_key_check(key, value);
	if (ret == -EOPNOTSUPP) {
		tiser_cfs_ignore(tpg, tiser_key_name(key), page);
		return count;
	}
	if (ret)
		return tiser_cfs_refuse(tpg, tiser_key_name(key), page, "%s",
					tiser_cfs_keys[key].rule);

	mutex_lock(&tpg->mutex);
	/* Pairs with READ_ONCE() of tiser_cfs_key_show(). */
	WRITE_ONCE(tpg->params.v[key], value);
	mutex_unlock(&tpg->mutex);
	return count;
}

static ssize_t tiser_cfs_fixed_show(struct config_item *item,
				    enum tiser_cfs_fixed_key key, char *page)
{
	return sysfs_emit(page, "%s\n", tiser_cfs_fixeds[key].value);
}

static ssize_t tiser_cfs_fixed_store(struct config_item *item,
				     enum tiser_cfs_fixed_key key,
				     const char *page, size_t count)
{
	const struct tiser_cfs_fixed *fixed = &tiser_cfs_fixeds[key];

	struct tiser_tpg *tpg = tiser_cfs_param_tpg(item);

	if (sysfs_streq(page, fixed->value))
		return count;
	if (__sysfs_match_string(fixed->others, -1, page) < 0)
		return tiser_cfs_refuse(tpg, fixed->name, page, "must be %s: %s",
					fixed->value, fixed->why);
	/* A list that has the value leads to it. */
	if (!strstr(page, fixed->value))
		tiser_cfs_ignore(tpg, fixed->name, page);
	return count;
}

/*
 * For saved configurations of the iscsi fabric only: how much to send in one
 * PDU is for the initiator to say.
 */
static ssize_t
tiser_cfs_param_MaxXmitDataSegmentLength_show(struct config_item *item,
					      char *page)
{
	struct tiser_cfs_tpg *ctpg = tiser_cfs_tpg_of(tiser_cfs_param_tpg(item));

	return sysfs_emit(page, "%u\n", READ_ONCE(ctpg->max_xmit_dsl));
}

static ssize_t
tiser_cfs_param_MaxXmitDataSegmentLength_store(struct config_item *item,
					       const char *page, size_t count)
{
	struct tiser_tpg *tpg = tiser_cfs_param_tpg(item);
	u32 value;

	if (tiser_cfs_parse_u32(page, &value) ||
	    value < TISER_CFS_DSL_MIN || value > TISER_CFS_DSL_MAX)
		return tiser_cfs_refuse(tpg, "MaxXmitDataSegmentLength", page,
					TISER_CFS_RULE_DSL);

	mutex_lock(&tpg->mutex);
	WRITE_ONCE(tiser_cfs_tpg_of(tpg)->max_xmit_dsl, value);
	mutex_unlock(&tpg->mutex);
	return count;
}

static ssize_t tiser_cfs_param_TargetAlias_show(struct config_item *item,
						char *page)
{
	struct tiser_tpg *tpg = tiser_cfs_param_tpg(item);
	int len;

	mutex_lock(&tpg->mutex);
	len = sysfs_emit(page, "%s\n", tpg->alias);
	mutex_unlock(&tpg->mutex);
	return len;
}

/* Bytes above 0x7f pass: the value is UTF-8 (RFC 7143, 13.6). */
static bool tiser_cfs_alias_valid(const char *alias, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((u8)alias[i] < ' ' || alias[i] == 0x7f)
			return false;
	return len <= TISER_VALUE_MAX;
}

static ssize_t tiser_cfs_param_TargetAlias_store(struct config_item *item,
						 const char *page, size_t count)
{
	struct tiser_tpg *tpg = tiser_cfs_param_tpg(item);
	size_t len = count;

	if (len && page[len - 1] == '\n')
		len--;
	if (!tiser_cfs_alias_valid(page, len))
		return tiser_cfs_refuse(tpg, "TargetAlias", page,
					"must be at most %d bytes without control characters",
					TISER_VALUE_MAX);

	mutex_lock(&tpg->mutex);
	memcpy(tpg->alias, page, len);
	tpg->alias[len] = '\0';
	mutex_unlock(&tpg->mutex);
	return count;
}

/* As the iscsi fabric shows it; attrib/authentication is where it is decided. */
static ssize_t tiser_cfs_param_AuthMethod_show(struct config_item *item,
					       char *page)
{
	const u32 *attrib = tiser_cfs_param_tpg(item)->attrib;

	return sysfs_emit(page, "%s\n",
			  READ_ONCE(attrib[TISER_ATTRIB_AUTHENTICATION]) ?
			  "CHAP" : "CHAP,None");
}

/* Without effect: a saved configuration must load, in whatever order. */
static ssize_t tiser_cfs_param_AuthMethod_store(struct config_item *item,
						const char *page, size_t count)
{
	static const char *const values[] = {
		"CHAP", "CHAP,None", "None,CHAP", "None",
	};

	if (sysfs_match_string(values, page) < 0)
		return tiser_cfs_refuse(tiser_cfs_param_tpg(item), "AuthMethod",
					page, "must be CHAP or None or both; attrib/authentication decides");
	return count;
}

/* RFC 7145, 6.3: without it there is no iSER session. */
static ssize_t tiser_cfs_param_RDMAExtensions_show(struct config_item *item,
						   char *page)
{
	return sysfs_emit(page, "Yes\n");
}

/* configfs tells a handler the directory, not the file: one pair per file. */
#define TISER_PARAM(_name, _kind, _key)					\
static ssize_t tiser_cfs_param_##_name##_show(				\
		struct config_item *item, char *page)			\
{									\
	return tiser_cfs_##_kind##_show(item, _key, page);		\
}									\
static ssize_t tiser_cfs_param_##_name##_store(				\
		struct config_item *item, const char *page, size_t count) \
{									\
	return tiser_cfs_##_kind##_store(item, _key, page, count);	\
}									\
CONFIGFS_ATTR(tiser_cfs_param_, _name)

CONFIGFS_ATTR(tiser_cfs_param_, AuthMethod);
TISER_PARAM(HeaderDigest, fixed, TISER_CFS_HEADER_DIGEST);
TISER_PARAM(DataDigest, fixed, TISER_CFS_DATA_DIGEST);
TISER_PARAM(MaxConnections, key, TISER_KEY_MAX_CONNECTIONS);
CONFIGFS_ATTR(tiser_cfs_param_, TargetAlias);
TISER_PARAM(InitialR2T, key, TISER_KEY_INITIAL_R2T);
TISER_PARAM(ImmediateData, key, TISER_KEY_IMMEDIATE_DATA);
/* Without effect on an iSER session, where TargetRecvDataSegmentLength holds. */
TISER_PARAM(MaxRecvDataSegmentLength, key, TISER_KEY_MAX_RECV_DSL);
CONFIGFS_ATTR(tiser_cfs_param_, MaxXmitDataSegmentLength);
TISER_PARAM(MaxBurstLength, key, TISER_KEY_MAX_BURST);
TISER_PARAM(FirstBurstLength, key, TISER_KEY_FIRST_BURST);
TISER_PARAM(DefaultTime2Wait, key, TISER_KEY_TIME2WAIT);
TISER_PARAM(DefaultTime2Retain, key, TISER_KEY_TIME2RETAIN);
TISER_PARAM(MaxOutstandingR2T, key, TISER_KEY_MAX_OUTSTANDING_R2T);
TISER_PARAM(DataPDUInOrder, key, TISER_KEY_DATA_PDU_IN_ORDER);
TISER_PARAM(DataSequenceInOrder, key, TISER_KEY_DATA_SEQUENCE_IN_ORDER);
TISER_PARAM(ErrorRecoveryLevel, key, TISER_KEY_ERL);
TISER_PARAM(IFMarker, fixed, TISER_CFS_IF_MARKER);
TISER_PARAM(OFMarker, fixed, TISER_CFS_OF_MARKER);
TISER_PARAM(IFMarkInt, fixed, TISER_CFS_IF_MARK_INT);
TISER_PARAM(OFMarkInt, fixed, TISER_CFS_OF_MARK_INT);
CONFIGFS_ATTR_RO(tiser_cfs_param_, RDMAExtensions);
TISER_PARAM(TargetRecvDataSegmentLength, key, TISER_KEY_TARGET_RECV_DSL);
TISER_PARAM(InitiatorRecvDataSegmentLength, key, TISER_KEY_INITIATOR_RECV_DSL);
TISER_PARAM(MaxOutstandingUnexpectedPDUs, key,
	    TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS);
TISER_PARAM(MaxAHSLength, key, TISER_KEY_MAX_AHS_LENGTH);

struct configfs_attribute *tiser_cfs_tpg_param_attrs[] = {
	&tiser_cfs_param_attr_AuthMethod,
	&tiser_cfs_param_attr_HeaderDigest,
	&tiser_cfs_param_attr_DataDigest,
	&tiser_cfs_param_attr_MaxConnections,
	&tiser_cfs_param_attr_TargetAlias,
	&tiser_cfs_param_attr_InitialR2T,
	&tiser_cfs_param_attr_ImmediateData,
	&tiser_cfs_param_attr_MaxRecvDataSegmentLength,
	&tiser_cfs_param_attr_MaxXmitDataSegmentLength,
	&tiser_cfs_param_attr_MaxBurstLength,
	&tiser_cfs_param_attr_FirstBurstLength,
	&tiser_cfs_param_attr_DefaultTime2Wait,
	&tiser_cfs_param_attr_DefaultTime2Retain,
	&tiser_cfs_param_attr_MaxOutstandingR2T,
	&tiser_cfs_param_attr_DataPDUInOrder,
	&tiser_cfs_param_attr_DataSequenceInOrder,
	&tiser_cfs_param_attr_ErrorRecoveryLevel,
	&tiser_cfs_param_attr_IFMarker,
	&tiser_cfs_param_attr_OFMarker,
	&tiser_cfs_param_attr_IFMarkInt,
	&tiser_cfs_param_attr_OFMarkInt,
	&tiser_cfs_param_attr_RDMAExtensions,
	&tiser_cfs_param_attr_TargetRecvDataSegmentLength,
	&tiser_cfs_param_attr_InitiatorRecvDataSegmentLength,
	&tiser_cfs_param_attr_MaxOutstandingUnexpectedPDUs,
	&tiser_cfs_param_attr_MaxAHSLength,
	&tiser_cfs_param_attr_LoginRedirect,
	NULL,
};
