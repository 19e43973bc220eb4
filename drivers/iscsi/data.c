// SPDX-License-Identifier: GPL-2.0
/*
 * Where a command's data lies: which pages, what of a write is there already and
 * what is to be fetched. Moves nothing but a torn page of immediate data.
 *
 * The pages are ours (SCF_PASSTHROUGH_SG_TO_MEM_NOALLOC): immediate data is
 * used where it was received, everything else lies in pages of sgl.c.
 */
#include <linux/overflow.h>
#include <target/target_core_fabric.h>
#include "iscsi.h"

static void tiser_set_data(struct tiser_cmd *cmd, struct scatterlist *sgl,
			   unsigned int nents)
{
	cmd->se_cmd.t_data_sg = sgl;
	cmd->se_cmd.t_data_nents = nents;
	cmd->se_cmd.se_cmd_flags |= SCF_PASSTHROUGH_SG_TO_MEM_NOALLOC;
}

/* Immediate data in place, in front of the pages the rest is read into. */
static void tiser_chain_immediate(struct tiser_cmd *cmd,
				  const struct tiser_pdu *pdu)
{
	sg_init_table(cmd->sg, ARRAY_SIZE(cmd->sg));
	sg_set_buf(&cmd->sg[0], pdu->data, cmd->plan.immediate);
	if (cmd->plan.solicited)
		sg_chain(cmd->sg, ARRAY_SIZE(cmd->sg), cmd->sgl);
	else
		sg_mark_end(&cmd->sg[0]);
	tiser_set_data(cmd, cmd->sg, 1 + cmd->sgl_nents);
}

/*
 * Backends want whole pages, so a torn one is put together by copying. Behind
 * an AHS the data is not where a disk could fetch it from.
 */
static bool tiser_immediate_in_place(const struct tiser_write_plan *plan,
				     const struct tiser_pdu *pdu)
{
	return plan->immediate && !plan->unsolicited &&
	       (!plan->solicited || IS_ALIGNED(plan->immediate, PAGE_SIZE)) &&
	       !offset_in_page(pdu->data);
}

static sense_reason_t tiser_write_data(struct tiser_cmd *cmd,
				       const struct tiser_pdu *pdu)
{
	const struct tiser_write_plan *plan = &cmd->plan;
	bool in_place = tiser_immediate_in_place(plan, pdu);
	u32 len = plan->unsolicited + plan->solicited +
		  (in_place ? 0 : plan->immediate);

	if (len && tiser_sgl_alloc(cmd, len, false))
		return TCM_OUT_OF_RESOURCES;
	cmd->sgl_offset = len - plan->solicited;
	if (in_place) {
		tiser_chain_immediate(cmd, pdu);
		return TCM_NO_SENSE;
	}
	sg_copy_from_buffer(cmd->sgl, cmd->sgl_nents, pdu->data,
			    plan->immediate);
	tiser_set_data(cmd, cmd->sgl, cmd->sgl_nents);
	return TCM_NO_SENSE;
}

static sense_reason_t tiser_plan_write(struct tiser_cmd *cmd,
				       const struct tiser_pdu *pdu)
{
	const struct tiser_remote *remote = &cmd->task->remote;
	const struct tiser_write_request req = {
		.edtl = pdu->cmd.edtl,
		.data_len = cmd->se_cmd.data_length,
		.immediate_len = pdu->data_len,
		.final = pdu->final,
		.tagged = remote->write_valid && remote->write_stag,
	};

	switch (tiser_write_plan(&cmd->conn->terms, &req, &cmd->plan)) {
	case 0:
		return TCM_NO_SENSE;
	case -EACCES:
		return TCM_UNEXPECTED_UNSOLICITED_DATA;
	default:
		return TCM_INCORRECT_AMOUNT_OF_DATA;
	}
}

/* The initiator has to say where the data goes, and not past the end. */
static bool tiser_can_put_data(const struct tiser_cmd *cmd)
{
	const struct tiser_remote *remote = &cmd->task->remote;
	u64 end;

	return remote->read_valid &&
	       !check_add_overflow(remote->read_va,
				   (u64)cmd->se_cmd.data_length, &end);
}

static void tiser_write_class(struct tiser_cmd *cmd)
{
	cmd->stat.moved = cmd->se_cmd.data_length;
	cmd->stat.class = cmd->plan.solicited ? TISER_CLASS_SOLICITED :
						TISER_CLASS_IMMEDIATE;
}

/**
 * tiser_cmd_data - pages for a command that target core has parsed
 * @cmd: command
 * @pdu: its PDU
 *
 * Context: Process.
 * Return: 0, or why the command fails; TCM_OUT_OF_RESOURCES is target core's to
 * report.
 */
sense_reason_t tiser_cmd_data(struct tiser_cmd *cmd,
			      const struct tiser_pdu *pdu)
{
	struct se_cmd *se_cmd = &cmd->se_cmd;
	sense_reason_t reason;

	if (se_cmd->data_direction == DMA_TO_DEVICE) {
		reason = tiser_plan_write(cmd, pdu);
		if (reason || !se_cmd->data_length)
			return reason;
		reason = tiser_write_data(cmd, pdu);
		if (!reason)
			tiser_write_class(cmd);
		return reason;
	}
	if (se_cmd->data_direction != DMA_FROM_DEVICE || !se_cmd->data_length)
		return TCM_NO_SENSE;
	if (!tiser_can_put_data(cmd))
		return TCM_CHECK_CONDITION_ABORT_CMD;
	/* Emulated commands may fill less than they were given. */
	if (tiser_sgl_alloc(cmd, se_cmd->data_length,
			    !(se_cmd->se_cmd_flags & SCF_SCSI_DATA_CDB)))
		return TCM_OUT_OF_RESOURCES;
	tiser_set_data(cmd, cmd->sgl, cmd->sgl_nents);
	cmd->stat.class = TISER_CLASS_READ;
	return TCM_NO_SENSE;
}
