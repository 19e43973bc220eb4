// SPDX-License-Identifier: GPL-2.0
/*
 * The fabric "iser" as target core sees it: struct target_core_fabric_ops and
 * thin callbacks into the iSCSI layer and configfs; and under which name.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kobject.h>
#include <linux/module.h>
#include <target/target_core_fabric.h>
#include <tiser/compat.h>
#include "../iscsi/iscsi.h"

static char *tiser_lio_get_wwn(struct se_portal_group *se_tpg)
{
	return tiser_tpg_of(se_tpg)->tgt->name;
}

static u16 tiser_lio_get_tag(struct se_portal_group *se_tpg)
{
	return tiser_tpg_of(se_tpg)->tag;
}

static u32 tiser_lio_attrib(struct se_portal_group *se_tpg,
			    enum tiser_attrib attrib)
{
	return READ_ONCE(tiser_tpg_of(se_tpg)->attrib[attrib]);
}

static u32 tiser_lio_default_depth(struct se_portal_group *se_tpg)
{
	return tiser_lio_attrib(se_tpg, TISER_ATTRIB_DEFAULT_CMDSN_DEPTH);
}

static int tiser_lio_demo_mode(struct se_portal_group *se_tpg)
{
	return tiser_lio_attrib(se_tpg, TISER_ATTRIB_GENERATE_NODE_ACLS);
}

static int tiser_lio_demo_mode_cache(struct se_portal_group *se_tpg)
{
	return tiser_lio_attrib(se_tpg, TISER_ATTRIB_CACHE_DYNAMIC_ACLS);
}

static int tiser_lio_demo_write_protect(struct se_portal_group *se_tpg)
{
	return tiser_lio_attrib(se_tpg, TISER_ATTRIB_DEMO_MODE_WRITE_PROTECT);
}

static int tiser_lio_prod_write_protect(struct se_portal_group *se_tpg)
{
	return tiser_lio_attrib(se_tpg, TISER_ATTRIB_PROD_MODE_WRITE_PROTECT);
}

static u32 tiser_lio_inst_index(struct se_portal_group *se_tpg)
{
	return tiser_tpg_of(se_tpg)->tag;
}

static u32 tiser_lio_sess_index(struct se_session *se_sess)
{
	struct tiser_conn *conn = se_sess->fabric_sess_ptr;

	return conn->tsih;
}

static u32 tiser_lio_initiator_sid(struct se_session *se_sess,
				   unsigned char *buf, u32 size)
{
	struct tiser_conn *conn = se_sess->fabric_sess_ptr;

	return snprintf(buf, size, "%6phN", conn->isid);
}

static int tiser_lio_check_stop_free(struct se_cmd *se_cmd)
{
	return target_put_sess_cmd(se_cmd);
}

/* Task management of target core's is always a part of a request: tmfset.c. */
static bool tiser_lio_is_tmf_part(const struct se_cmd *se_cmd)
{
	return unlikely(se_cmd->se_cmd_flags & SCF_SCSI_TMR_CDB);
}

static void tiser_lio_release_cmd(struct se_cmd *se_cmd)
{
	if (tiser_lio_is_tmf_part(se_cmd))
		tiser_tmf_part_release(se_cmd);
	else
		tiser_cmd_release(tiser_cmd_of(se_cmd));
}

static void tiser_lio_close_session(struct se_session *se_sess)
{
	tiser_conn_close(se_sess->fabric_sess_ptr);
}

static int tiser_lio_write_pending(struct se_cmd *se_cmd)
{
	return tiser_cmd_write_pending(tiser_cmd_of(se_cmd));
}

static int tiser_lio_cmd_state(struct se_cmd *se_cmd)
{
	return 0;
}

static int tiser_lio_queue_data_in(struct se_cmd *se_cmd)
{
	return tiser_cmd_queue_data_in(tiser_cmd_of(se_cmd));
}

static int tiser_lio_queue_status(struct se_cmd *se_cmd)
{
	return tiser_cmd_queue_status(tiser_cmd_of(se_cmd));
}

static void tiser_lio_queue_tm_rsp(struct se_cmd *se_cmd)
{
	tiser_tmf_part_respond(se_cmd);
}

static void tiser_lio_aborted_task(struct se_cmd *se_cmd)
{
	if (!tiser_lio_is_tmf_part(se_cmd))
		tiser_cmd_aborted(tiser_cmd_of(se_cmd));
}

/* target_core_fabric_ops.fabric_pre_unlink */
static void tiser_lio_remove_lun(struct se_portal_group *se_tpg,
				 struct se_lun *lun)
{
	tiser_lun_removed(tiser_tpg_of(se_tpg), lun->unpacked_lun);
}

static struct target_core_fabric_ops tiser_fabric_ops = {
	.module = THIS_MODULE,
	.fabric_name = "iser",
	.node_acl_size = sizeof(struct tiser_acl),
	.tpg_get_wwn = tiser_lio_get_wwn,
	.tpg_get_tag = tiser_lio_get_tag,
	.tpg_get_default_depth = tiser_lio_default_depth,
	.tpg_check_demo_mode = tiser_lio_demo_mode,
	.tpg_check_demo_mode_cache = tiser_lio_demo_mode_cache,
	.tpg_check_demo_mode_write_protect = tiser_lio_demo_write_protect,
	.tpg_check_prod_mode_write_protect = tiser_lio_prod_write_protect,
	.tpg_get_inst_index = tiser_lio_inst_index,
	.check_stop_free = tiser_lio_check_stop_free,
	.release_cmd = tiser_lio_release_cmd,
	.close_session = tiser_lio_close_session,
	.sess_get_index = tiser_lio_sess_index,
	.sess_get_initiator_sid = tiser_lio_initiator_sid,
	.write_pending = tiser_lio_write_pending,
	.set_default_node_attributes = tiser_cfs_nacl_defaults,
	.get_cmd_state = tiser_lio_cmd_state,
	.queue_data_in = tiser_lio_queue_data_in,
	.queue_status = tiser_lio_queue_status,
	.queue_tm_rsp = tiser_lio_queue_tm_rsp,
	.aborted_task = tiser_lio_aborted_task,
	.fabric_make_wwn = tiser_cfs_make_wwn,
	.fabric_drop_wwn = tiser_cfs_drop_wwn,
	.add_wwn_groups = tiser_cfs_add_wwn_groups,
	.fabric_make_tpg = tiser_cfs_make_tpg,
	.fabric_enable_tpg = tiser_cfs_enable_tpg,
	.fabric_drop_tpg = tiser_cfs_drop_tpg,
	.fabric_make_np = tiser_cfs_make_np,
	.fabric_drop_np = tiser_cfs_drop_np,
	.fabric_pre_unlink = tiser_lio_remove_lun,
	.fabric_init_nodeacl = tiser_cfs_init_nodeacl,
	.tfc_wwn_attrs = tiser_cfs_wwn_attrs,
	.tfc_tpg_base_attrs = tiser_cfs_tpg_base_attrs,
	.tfc_tpg_attrib_attrs = tiser_cfs_tpg_attrib_attrs,
	.tfc_tpg_param_attrs = tiser_cfs_tpg_param_attrs,
	.tfc_tpg_np_base_attrs = tiser_cfs_np_attrs,
	.tfc_tpg_nacl_base_attrs = tiser_cfs_nacl_base_attrs,
	.tfc_tpg_nacl_attrib_attrs = tiser_cfs_nacl_attrib_attrs,
	.tfc_tpg_nacl_param_attrs = tiser_cfs_nacl_param_attrs,
	.tfc_tpg_auth_attrs = tiser_cfs_tpg_auth_attrs,
	.tfc_tpg_nacl_auth_attrs = tiser_cfs_nacl_auth_attrs,
	.tfc_discovery_attrs = tiser_cfs_discovery_attrs,
	TISER_TFO_SUBMIT
	TISER_TFO_COMPL
};

static char *tiser_lio_name = "iser";
module_param_named(fabric, tiser_lio_name, charp, 0444);
MODULE_PARM_DESC(fabric, "name in configfs: iser, or iscsi in place of iscsi_target_mod (default iser)");

/* Loaded, or about to be: either way it has the name, or will take it. */
static bool tiser_lio_iscsi_is_loaded(void)
{
	struct kobject *kobj =
		kset_find_obj(THIS_MODULE->mkobj.kobj.kset, "iscsi_target_mod");

	if (!kobj)
		return false;
	kobject_put(kobj);
	return true;
}

/* Who registers a name first has it; target core takes a second one silently. */
static int tiser_lio_take_name(void)
{
	if (!strcmp(tiser_lio_name, "iser"))
		return 0;
	if (strcmp(tiser_lio_name, "iscsi")) {
		pr_err("fabric=%s: must be iser or iscsi\n", tiser_lio_name);
		return -EINVAL;
	}
	if (tiser_lio_iscsi_is_loaded()) {
		pr_err("fabric=iscsi: iscsi_target_mod is loaded and has this name, unload it first\n");
		return -EBUSY;
	}
	tiser_fabric_ops.fabric_alias = tiser_lio_name;
	pr_info("in place of iscsi_target_mod: configured below target/iscsi\n");
	return 0;
}

/**
 * tiser_lio_init - be a fabric of target core's
 *
 * Context: Process, module init.
 * Return: 0; -EINVAL when the module parameter names no fabric; -EBUSY when
 * that of the iscsi fabric is wanted and taken; errors of target core.
 */
int tiser_lio_init(void)
{
	int ret = tiser_lio_take_name();

	return ret ? ret : target_register_template(&tiser_fabric_ops);
}

/**
 * tiser_lio_exit - undo tiser_lio_init()
 *
 * Context: Process, module exit. No target is left.
 */
void tiser_lio_exit(void)
{
	target_unregister_template(&tiser_fabric_ops);
}
