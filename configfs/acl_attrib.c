// SPDX-License-Identifier: GPL-2.0
/*
 * acls/<initiator>/attrib/ and acls/<initiator>/param/: the names of the iscsi
 * fabric. Attributes are kept for the next login of this initiator; parameters
 * show what its session has negotiated.
 *
 * What has no meaning over iSER takes what it takes there, so that a saved
 * configuration loads.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/compiler.h>
#include <linux/configfs.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <target/target_core_fabric.h>
#include <tiser/target.h>
#include "configfs.h"

/**
 * struct tiser_cfs_acl_attrib - what an attribute accepts
 * @name: name of its file
 * @min: smallest value
 * @max: largest value
 * @init: value of a new ACL, unless the portal group says otherwise
 * @ignored: largest value of the iscsi fabric, if that is above @max: taken
 *	without effect
 */
struct tiser_cfs_acl_attrib {
	const char *name;
	u32 min;
	u32 max;
	u32 init;
	u32 ignored;
};

static const struct tiser_cfs_acl_attrib
tiser_cfs_acl_attribs[TISER_ACL_ATTRIB_NR] = {
	/* No Data-Out is awaited and no R2T sent: data moves by RDMA. */
	[TISER_ACL_DATAOUT_TIMEOUT] = { "dataout_timeout", 2, 60, 3 },
	[TISER_ACL_DATAOUT_TIMEOUT_RETRIES] = {
		"dataout_timeout_retries", 1, 15, 5 },
	[TISER_ACL_DEFAULT_ERL] = { "default_erl", 0, 0, 0, 2 },
	[TISER_ACL_NOPIN_TIMEOUT] = {
		"nopin_timeout", 0, TISER_NOPIN_MAX, TISER_NOPIN_DEFAULT },
	[TISER_ACL_NOPIN_RESPONSE_TIMEOUT] = {
		"nopin_response_timeout", 1, TISER_NOPIN_MAX,
		TISER_NOPIN_RESPONSE_DEFAULT },
	[TISER_ACL_RANDOM_DATAIN_PDU_OFFSETS] = {
		"random_datain_pdu_offsets", 0, 1, 0 },
	[TISER_ACL_RANDOM_DATAIN_SEQ_OFFSETS] = {
		"random_datain_seq_offsets", 0, 1, 0 },
	[TISER_ACL_RANDOM_R2T_OFFSETS] = { "random_r2t_offsets", 0, 1, 0 },
	[TISER_ACL_BASE_OFFSET_SOLICITED] = {
		"base_offset_solicited", 0, 1, 1 },
	[TISER_ACL_AUTHENTICATION] = {
		"authentication", 0, 1, TISER_ACL_AUTHENTICATION_INHERITED },
};

/**
 * tiser_cfs_nacl_defaults - target_core_fabric_ops.set_default_node_attributes
 * @nacl: new ACL nobody else knows yet
 *
 * Context: any.
 */
void tiser_cfs_nacl_defaults(struct se_node_acl *nacl)
{
	const struct tiser_tpg *tpg = tiser_tpg_of(nacl->se_tpg);
	u32 *attrib = tiser_acl_of(nacl)->attrib;
	unsigned int i;

	for (i = 0; i < TISER_ACL_ATTRIB_NR; i++)
		attrib[i] = tiser_cfs_acl_attribs[i].init;
	attrib[TISER_ACL_NOPIN_TIMEOUT] =
		READ_ONCE(tpg->attrib[TISER_ATTRIB_NOPIN_TIMEOUT]);
	attrib[TISER_ACL_NOPIN_RESPONSE_TIMEOUT] =
		READ_ONCE(tpg->attrib[TISER_ATTRIB_NOPIN_RESPONSE_TIMEOUT]);
	attrib[TISER_ACL_BASE_OFFSET_SOLICITED] =
		READ_ONCE(tpg->attrib[TISER_ATTRIB_BASE_OFFSET_SOLICITED]);
}

static ssize_t tiser_cfs_acl_attrib_show(struct config_item *item,
					 enum tiser_acl_attrib index, char *page)
{
	struct tiser_acl *acl = tiser_acl_of(attrib_to_nacl(item));

	return sysfs_emit(page, "%u\n", READ_ONCE(acl->attrib[index]));
}

static ssize_t tiser_cfs_acl_attrib_store(struct config_item *item,
					  enum tiser_acl_attrib index,
					  const char *page, size_t count)
{
	const struct tiser_cfs_acl_attrib *attrib = &tiser_cfs_acl_attribs[index];
	struct tiser_acl *acl = tiser_acl_of(attrib_to_nacl(item));
	struct tiser_tpg *tpg = tiser_tpg_of(acl->nacl.se_tpg);
	u32 value;

	if (tiser_cfs_parse_u32(page, &value) || value < attrib->min ||
	    value > max(attrib->max, attrib->ignored))
		return tiser_cfs_refuse(tpg, attrib->name, page,
					"must be %u to %u", attrib->min,
					attrib->max);
	if (value > attrib->max) {
		tiser_cfs_ignore(tpg, attrib->name, page);
		return count;
	}
	/* Pairs with READ_ONCE() of a login. */
	WRITE_ONCE(acl->attrib[index], value);
	return count;
}

static ssize_t tiser_cfs_acl_attrib_authentication_show(struct config_item *item,
							char *page)
{
	struct tiser_acl *acl = tiser_acl_of(attrib_to_nacl(item));

	return sysfs_emit(page, "%d\n",
			  (s32)READ_ONCE(acl->attrib[TISER_ACL_AUTHENTICATION]));
}

static ssize_t
tiser_cfs_acl_attrib_authentication_store(struct config_item *item,
					  const char *page, size_t count)
{
	struct tiser_acl *acl = tiser_acl_of(attrib_to_nacl(item));
	u32 value = TISER_ACL_AUTHENTICATION_INHERITED;

	if (!sysfs_streq(page, "-1") &&
	    (tiser_cfs_parse_u32(page, &value) || value > 1))
		return tiser_cfs_refuse(tiser_tpg_of(acl->nacl.se_tpg),
					"authentication", page,
					"must be 0, 1, or -1 for what the portal group says");
	/* Pairs with READ_ONCE() of a login. */
	WRITE_ONCE(acl->attrib[TISER_ACL_AUTHENTICATION], value);
	return count;
}
CONFIGFS_ATTR(tiser_cfs_acl_attrib_, authentication);

/* configfs tells a handler the directory, not the file: one pair per file. */
#define TISER_ACL_ATTRIB(_name, _index)					\
static ssize_t tiser_cfs_acl_attrib_##_name##_show(			\
		struct config_item *item, char *page)			\
{									\
	return tiser_cfs_acl_attrib_show(item, _index, page);		\
}									\
static ssize_t tiser_cfs_acl_attrib_##_name##_store(			\
		struct config_item *item, const char *page, size_t count) \
{									\
	return tiser_cfs_acl_attrib_store(item, _index, page, count);	\
}									\
CONFIGFS_ATTR(tiser_cfs_acl_attrib_, _name)

TISER_ACL_ATTRIB(dataout_timeout, TISER_ACL_DATAOUT_TIMEOUT);
TISER_ACL_ATTRIB(dataout_timeout_retries, TISER_ACL_DATAOUT_TIMEOUT_RETRIES);
TISER_ACL_ATTRIB(default_erl, TISER_ACL_DEFAULT_ERL);
TISER_ACL_ATTRIB(nopin_timeout, TISER_ACL_NOPIN_TIMEOUT);
TISER_ACL_ATTRIB(nopin_response_timeout, TISER_ACL_NOPIN_RESPONSE_TIMEOUT);
TISER_ACL_ATTRIB(random_datain_pdu_offsets, TISER_ACL_RANDOM_DATAIN_PDU_OFFSETS);
TISER_ACL_ATTRIB(random_datain_seq_offsets, TISER_ACL_RANDOM_DATAIN_SEQ_OFFSETS);
TISER_ACL_ATTRIB(random_r2t_offsets, TISER_ACL_RANDOM_R2T_OFFSETS);
TISER_ACL_ATTRIB(base_offset_solicited, TISER_ACL_BASE_OFFSET_SOLICITED);

struct configfs_attribute *tiser_cfs_nacl_attrib_attrs[] = {
	&tiser_cfs_acl_attrib_attr_dataout_timeout,
	&tiser_cfs_acl_attrib_attr_dataout_timeout_retries,
	&tiser_cfs_acl_attrib_attr_default_erl,
	&tiser_cfs_acl_attrib_attr_nopin_timeout,
	&tiser_cfs_acl_attrib_attr_nopin_response_timeout,
	&tiser_cfs_acl_attrib_attr_random_datain_pdu_offsets,
	&tiser_cfs_acl_attrib_attr_random_datain_seq_offsets,
	&tiser_cfs_acl_attrib_attr_random_r2t_offsets,
	&tiser_cfs_acl_attrib_attr_base_offset_solicited,
	&tiser_cfs_acl_attrib_attr_authentication,
	NULL,
};

#define TISER_ACL_PARAM(_name, _key)					\
static ssize_t tiser_cfs_acl_param_##_name##_show(			\
		struct config_item *item, char *page)			\
{									\
	return tiser_acl_show_key(param_to_nacl(item), _key, page);	\
}									\
CONFIGFS_ATTR_RO(tiser_cfs_acl_param_, _name)

TISER_ACL_PARAM(MaxConnections, TISER_KEY_MAX_CONNECTIONS);
TISER_ACL_PARAM(InitialR2T, TISER_KEY_INITIAL_R2T);
TISER_ACL_PARAM(ImmediateData, TISER_KEY_IMMEDIATE_DATA);
TISER_ACL_PARAM(MaxBurstLength, TISER_KEY_MAX_BURST);
TISER_ACL_PARAM(FirstBurstLength, TISER_KEY_FIRST_BURST);
TISER_ACL_PARAM(DefaultTime2Wait, TISER_KEY_TIME2WAIT);
TISER_ACL_PARAM(DefaultTime2Retain, TISER_KEY_TIME2RETAIN);
TISER_ACL_PARAM(MaxOutstandingR2T, TISER_KEY_MAX_OUTSTANDING_R2T);
TISER_ACL_PARAM(DataPDUInOrder, TISER_KEY_DATA_PDU_IN_ORDER);
TISER_ACL_PARAM(DataSequenceInOrder, TISER_KEY_DATA_SEQUENCE_IN_ORDER);
TISER_ACL_PARAM(ErrorRecoveryLevel, TISER_KEY_ERL);

/* Read only, or tools would save and restore them. */
struct configfs_attribute *tiser_cfs_nacl_param_attrs[] = {
	&tiser_cfs_acl_param_attr_MaxConnections,
	&tiser_cfs_acl_param_attr_InitialR2T,
	&tiser_cfs_acl_param_attr_ImmediateData,
	&tiser_cfs_acl_param_attr_MaxBurstLength,
	&tiser_cfs_acl_param_attr_FirstBurstLength,
	&tiser_cfs_acl_param_attr_DefaultTime2Wait,
	&tiser_cfs_acl_param_attr_DefaultTime2Retain,
	&tiser_cfs_acl_param_attr_MaxOutstandingR2T,
	&tiser_cfs_acl_param_attr_DataPDUInOrder,
	&tiser_cfs_acl_param_attr_DataSequenceInOrder,
	&tiser_cfs_acl_param_attr_ErrorRecoveryLevel,
	NULL,
};
