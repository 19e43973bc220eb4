/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a task management request asks for (RFC 7143, 11.5; RFC 7144, 6.3), and
 * which tasks it covers.
 *
 * Pure: functions of the request, of what was negotiated and of the portal
 * group's policy.
 */
#ifndef TISER_PROTO_TMF_PLAN_H
#define TISER_PROTO_TMF_PLAN_H

#include <linux/types.h>

/**
 * enum tiser_tmf_action - what is done about a request
 * @TISER_TMF_ANSWER: nothing but the response
 * @TISER_TMF_DO_ABORT: abort one task
 * @TISER_TMF_DO_ABORT_SET: abort this session's tasks on a logical unit
 * @TISER_TMF_DO_CLEAR_SET: abort every session's tasks on a logical unit
 * @TISER_TMF_DO_LUN_RESET: reset a logical unit
 * @TISER_TMF_DO_WARM_RESET: reset all logical units
 * @TISER_TMF_DO_COLD_RESET: the same, then end the target's sessions
 * @TISER_TMF_DO_QUERY: is a task there?
 * @TISER_TMF_DO_QUERY_SET: are there tasks of this session?
 * @TISER_TMF_DO_NEXUS_RESET: abort the session's tasks, then end it
 * @TISER_TMF_DO_QUERY_EVENT: is a unit attention pending?
 */
enum tiser_tmf_action {
	TISER_TMF_ANSWER,
	TISER_TMF_DO_ABORT,
	TISER_TMF_DO_ABORT_SET,
	TISER_TMF_DO_CLEAR_SET,
	TISER_TMF_DO_LUN_RESET,
	TISER_TMF_DO_WARM_RESET,
	TISER_TMF_DO_COLD_RESET,
	TISER_TMF_DO_QUERY,
	TISER_TMF_DO_QUERY_SET,
	TISER_TMF_DO_NEXUS_RESET,
	TISER_TMF_DO_QUERY_EVENT,
};

/**
 * struct tiser_tmf_terms - on what terms requests are judged
 * @level: iSCSIProtocolLevel of the session
 * @warm_reset: TARGET WARM RESET is allowed
 * @cold_reset: TARGET COLD RESET is allowed
 */
struct tiser_tmf_terms {
	u32 level;
	bool warm_reset;
	bool cold_reset;
};

/**
 * struct tiser_tmf_task - what identifies a SCSI task to these functions
 * @lun: logical unit, as a number
 * @cmdsn: CmdSN of its command
 * @immediate: it was an immediate command
 */
struct tiser_tmf_task {
	u64 lun;
	u32 cmdsn;
	bool immediate;
};

enum tiser_tmf_action tiser_tmf_plan(u8 function,
				     const struct tiser_tmf_terms *terms,
				     u8 *response);
bool tiser_tmf_is_multi_task(u8 function);
bool tiser_tmf_names(const struct tiser_tmf_task *task, u64 lun, u32 cmdsn,
		     u32 ref_cmdsn);
bool tiser_tmf_precedes(const struct tiser_tmf_task *task, u32 cmdsn);

#endif /* TISER_PROTO_TMF_PLAN_H */
