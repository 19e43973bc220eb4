// SPDX-License-Identifier: GPL-2.0
/*
 * Decides what a task management request comes to (RFC 7143, 11.5 and 11.6;
 * RFC 7144, 6.3 and 6.4) and which tasks it covers. Knows neither tasks nor
 * sessions, only what identifies them.
 */
#include <linux/types.h>
#include <tiser/proto/bhs.h>
#include <tiser/proto/sn.h>
#include <tiser/proto/tmf_plan.h>

/* What a function is, if the session may use it. */
static enum tiser_tmf_action tiser_tmf_action(u8 function, u8 *response)
{
	switch (function) {
	case TISER_TMF_ABORT_TASK:
		return TISER_TMF_DO_ABORT;
	case TISER_TMF_ABORT_TASK_SET:
		return TISER_TMF_DO_ABORT_SET;
	case TISER_TMF_CLEAR_TASK_SET:
		return TISER_TMF_DO_CLEAR_SET;
	case TISER_TMF_LUN_RESET:
		return TISER_TMF_DO_LUN_RESET;
	case TISER_TMF_TARGET_WARM_RESET:
		return TISER_TMF_DO_WARM_RESET;
	case TISER_TMF_TARGET_COLD_RESET:
		return TISER_TMF_DO_COLD_RESET;
	case TISER_TMF_QUERY_TASK:
		return TISER_TMF_DO_QUERY;
	case TISER_TMF_QUERY_TASK_SET:
		return TISER_TMF_DO_QUERY_SET;
	case TISER_TMF_NEXUS_RESET:
		return TISER_TMF_DO_NEXUS_RESET;
	case TISER_TMF_QUERY_EVENT:
		return TISER_TMF_DO_QUERY_EVENT;
	case TISER_TMF_TASK_REASSIGN:	/* ErrorRecoveryLevel is 0 */
		*response = TISER_TMF_RSP_NO_REASSIGN;
		return TISER_TMF_ANSWER;
	default:			/* CLEAR ACA, and what nobody knows */
		*response = TISER_TMF_RSP_NOT_SUPPORTED;
		return TISER_TMF_ANSWER;
	}
}

static bool tiser_tmf_is_authorized(enum tiser_tmf_action action,
				    const struct tiser_tmf_terms *terms)
{
	if (action == TISER_TMF_DO_WARM_RESET)
		return terms->warm_reset;
	if (action == TISER_TMF_DO_COLD_RESET)
		return terms->cold_reset;
	return true;
}

/**
 * tiser_tmf_plan - what a request comes to
 * @function: Function field, without the F bit
 * @terms: what was negotiated, and the portal group's policy
 * @response: enum tiser_tmf_response, only written with TISER_TMF_ANSWER
 *
 * The functions of RFC 7144 are there from iSCSIProtocolLevel 2 on (RFC 7144,
 * 7.1.1).
 *
 * Context: any.
 * Return: what to do.
 */
enum tiser_tmf_action tiser_tmf_plan(u8 function,
				     const struct tiser_tmf_terms *terms,
				     u8 *response)
{
	enum tiser_tmf_action action = tiser_tmf_action(function, response);

	if (action >= TISER_TMF_DO_QUERY && terms->level < 2) {
		*response = TISER_TMF_RSP_NOT_SUPPORTED;
		return TISER_TMF_ANSWER;
	}
	if (!tiser_tmf_is_authorized(action, terms)) {
		*response = TISER_TMF_RSP_NOT_AUTHORIZED;
		return TISER_TMF_ANSWER;
	}
	return action;
}

/**
 * tiser_tmf_is_multi_task - must lower CmdSNs be delivered first?
 * @function: Function field
 *
 * RFC 7143, 4.2.3.2 and 4.2.3.3; RFC 7144, 6.5.
 *
 * Context: any.
 * Return: true for functions on many tasks.
 */
bool tiser_tmf_is_multi_task(u8 function)
{
	switch (function) {
	case TISER_TMF_ABORT_TASK_SET:
	case TISER_TMF_CLEAR_TASK_SET:
	case TISER_TMF_LUN_RESET:
	case TISER_TMF_TARGET_WARM_RESET:
	case TISER_TMF_TARGET_COLD_RESET:
	case TISER_TMF_QUERY_TASK_SET:
	case TISER_TMF_NEXUS_RESET:
		return true;
	default:
		return false;
	}
}

/**
 * tiser_tmf_names - does a request mean the task whose tag it gives?
 * @task: task with the Referenced Task Tag
 * @lun: logical unit of the request
 * @cmdsn: CmdSN of the request
 * @ref_cmdsn: RefCmdSN of the request
 *
 * Tags, LUN and, for an immediate command, RefCmdSN have to fit (RFC 7143,
 * 11.5.1, 11.5.3 and 11.5.5); nothing happens to a task of which they do not.
 * RefCmdSN of other tasks is only for those that are not here.
 *
 * Context: any.
 * Return: true when it does.
 */
bool tiser_tmf_names(const struct tiser_tmf_task *task, u64 lun, u32 cmdsn,
		     u32 ref_cmdsn)
{
	return task->lun == lun && (!task->immediate || ref_cmdsn == cmdsn);
}

/**
 * tiser_tmf_precedes - is a task before a request on many tasks?
 * @task: task that was delivered
 * @cmdsn: CmdSN of the request
 *
 * RFC 7143, 4.2.3.2: tasks with a lower CmdSN are affected. An immediate
 * command shares its CmdSN with what follows it; arrived before, it precedes.
 *
 * Context: any.
 * Return: true when it is.
 */
bool tiser_tmf_precedes(const struct tiser_tmf_task *task, u32 cmdsn)
{
	return task->immediate ? tiser_sn_le(task->cmdsn, cmdsn) :
				 tiser_sn_lt(task->cmdsn, cmdsn);
}
