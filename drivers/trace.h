/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events of tcm_iser; Documentation/tracing.rst is their manual. The
 * lowest layer: all others may call in here, and this one knows none of them.
 * What an event needs comes in plain values, pointers to plain bytes, or target
 * core's struct se_cmd, and is looked at only when the event is on.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tcm_iser

#if !defined(TISER_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TISER_TRACE_H

#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/tracepoint.h>
#include <target/target_core_base.h>
#include <tiser/compat.h>
#include <tiser/proto/conn_fsm.h>

TRACE_DEFINE_ENUM(TISER_CONN_XPT_UP);
TRACE_DEFINE_ENUM(TISER_CONN_IN_LOGIN);
TRACE_DEFINE_ENUM(TISER_CONN_LOGGED_IN);
TRACE_DEFINE_ENUM(TISER_CONN_LOGOUT_REQUESTED);
TRACE_DEFINE_ENUM(TISER_CONN_IN_LOGOUT);
TRACE_DEFINE_ENUM(TISER_CONN_CLEANUP_WAIT);
TRACE_DEFINE_ENUM(TISER_CONN_FREE);

#define tiser_trace_conn_state(state) __print_symbolic(state, \
	{ TISER_CONN_XPT_UP, "XPT_UP" }, \
	{ TISER_CONN_IN_LOGIN, "IN_LOGIN" }, \
	{ TISER_CONN_LOGGED_IN, "LOGGED_IN" }, \
	{ TISER_CONN_LOGOUT_REQUESTED, "LOGOUT_REQUESTED" }, \
	{ TISER_CONN_IN_LOGOUT, "IN_LOGOUT" }, \
	{ TISER_CONN_CLEANUP_WAIT, "CLEANUP_WAIT" }, \
	{ TISER_CONN_FREE, "FREE" })

/* RFC 7143, 11.12.3. */
#define tiser_trace_stage(stage) __print_symbolic(stage, \
	{ 0, "security" }, { 1, "operational" }, { 3, "full-feature" })

/*
 * Connections.
 */

TRACE_EVENT(conn_new,
	TP_PROTO(u32 conn, u32 qp, const char *device,
		 const struct sockaddr_storage *peer,
		 const struct sockaddr_storage *local),
	TP_ARGS(conn, qp, device, peer, local),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, qp)
		__array(u8, peer, sizeof(struct sockaddr_in6))
		__array(u8, local, sizeof(struct sockaddr_in6))
		__string(device, device)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->qp = qp;
		memcpy(__entry->peer, peer, sizeof(struct sockaddr_in6));
		memcpy(__entry->local, local, sizeof(struct sockaddr_in6));
		TISER_ASSIGN_STR(device, device);
	),
	TP_printk("conn=%u qp=%u device=%s peer=%pISpc local=%pISpc",
		  __entry->conn, __entry->qp, __get_str(device),
		  __entry->peer, __entry->local)
);

TRACE_EVENT(conn_state,
	TP_PROTO(u32 conn, u8 from, u8 to),
	TP_ARGS(conn, from, to),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u8, from)
		__field(u8, to)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("conn=%u %s -> %s", __entry->conn,
		  tiser_trace_conn_state(__entry->from),
		  tiser_trace_conn_state(__entry->to))
);

TRACE_EVENT(dm_state,
	TP_PROTO(u32 conn, const char *from, const char *to),
	TP_ARGS(conn, from, to),
	TP_STRUCT__entry(
		__field(u32, conn)
		__string(from, from)
		__string(to, to)
	),
	TP_fast_assign(
		__entry->conn = conn;
		TISER_ASSIGN_STR(from, from);
		TISER_ASSIGN_STR(to, to);
	),
	TP_printk("conn=%u %s -> %s", __entry->conn, __get_str(from),
		  __get_str(to))
);

/*
 * Login and the end.
 */

TRACE_EVENT(login_response,
	TP_PROTO(u32 conn, u8 csg, u8 nsg, bool transit, u16 status),
	TP_ARGS(conn, csg, nsg, transit, status),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u16, status)
		__field(u8, csg)
		__field(u8, nsg)
		__field(u8, transit)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->status = status;
		__entry->csg = csg;
		__entry->nsg = nsg;
		__entry->transit = transit;
	),
	TP_printk("conn=%u stage=%s next=%s transit=%u status=%04x",
		  __entry->conn, tiser_trace_stage(__entry->csg),
		  tiser_trace_stage(__entry->nsg), __entry->transit,
		  __entry->status)
);

TRACE_EVENT(session_start,
	TP_PROTO(u32 conn, u16 tsih, u32 window, bool discovery,
		 const char *initiator, const char *target),
	TP_ARGS(conn, tsih, window, discovery, initiator, target),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, window)
		__field(u16, tsih)
		__field(u8, discovery)
		__string(initiator, initiator)
		__string(target, target)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->window = window;
		__entry->tsih = tsih;
		__entry->discovery = discovery;
		TISER_ASSIGN_STR(initiator, initiator);
		TISER_ASSIGN_STR(target, target);
	),
	TP_printk("conn=%u tsih=%u window=%u discovery=%u initiator=%s target=%s",
		  __entry->conn, __entry->tsih, __entry->window,
		  __entry->discovery, __get_str(initiator), __get_str(target))
);

DECLARE_EVENT_CLASS(tiser_ending,
	TP_PROTO(u32 conn, const char *initiator, const char *target,
		 const char *reason, u16 status, const char *why),
	TP_ARGS(conn, initiator, target, reason, status, why),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u16, status)
		__string(initiator, initiator)
		__string(target, target)
		__string(reason, reason)
		__string(why, why)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->status = status;
		TISER_ASSIGN_STR(initiator, initiator);
		TISER_ASSIGN_STR(target, target);
		TISER_ASSIGN_STR(reason, reason);
		TISER_ASSIGN_STR(why, why);
	),
	TP_printk("conn=%u initiator=%s target=%s reason=%s status=%04x why=%s",
		  __entry->conn, __get_str(initiator), __get_str(target),
		  __get_str(reason), __entry->status, __get_str(why))
);

DEFINE_EVENT(tiser_ending, login_failed,
	TP_PROTO(u32 conn, const char *initiator, const char *target,
		 const char *reason, u16 status, const char *why),
	TP_ARGS(conn, initiator, target, reason, status, why));

DEFINE_EVENT(tiser_ending, session_end,
	TP_PROTO(u32 conn, const char *initiator, const char *target,
		 const char *reason, u16 status, const char *why),
	TP_ARGS(conn, initiator, target, reason, status, why));

/*
 * The primitives of RFC 5047. Control-type PDUs are told by the opcode and the
 * Initiator Task Tag of their BHS (RFC 7143, 11.2.1.2 and 11.2.1.7).
 */

DECLARE_EVENT_CLASS(tiser_pdu,
	TP_PROTO(u32 conn, u32 qp, const u8 *bhs, u32 len),
	TP_ARGS(conn, qp, bhs, len),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, qp)
		__field(u32, itt)
		__field(u32, len)
		__field(u8, opcode)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->qp = qp;
		__entry->itt = get_unaligned_be32(bhs + 16);
		__entry->len = len;
		__entry->opcode = bhs[0] & 0x3f;
	),
	TP_printk("conn=%u qp=%u opcode=0x%02x itt=0x%08x len=%u",
		  __entry->conn, __entry->qp, __entry->opcode, __entry->itt,
		  __entry->len)
);

DEFINE_EVENT(tiser_pdu, dm_control_notify,
	TP_PROTO(u32 conn, u32 qp, const u8 *bhs, u32 len),
	TP_ARGS(conn, qp, bhs, len));

DEFINE_EVENT(tiser_pdu, dm_send_control,
	TP_PROTO(u32 conn, u32 qp, const u8 *bhs, u32 len),
	TP_ARGS(conn, qp, bhs, len));

TRACE_EVENT(dm_send_control_done,
	TP_PROTO(u32 conn, const u8 *bhs, int status),
	TP_ARGS(conn, bhs, status),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, itt)
		__field(int, status)
		__field(u8, opcode)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->itt = get_unaligned_be32(bhs + 16);
		__entry->status = status;
		__entry->opcode = bhs[0] & 0x3f;
	),
	TP_printk("conn=%u opcode=0x%02x itt=0x%08x status=%d", __entry->conn,
		  __entry->opcode, __entry->itt, __entry->status)
);

DECLARE_EVENT_CLASS(tiser_transfer,
	TP_PROTO(u32 conn, u32 qp, u32 task, u32 len, u32 remote_offset, int wrs),
	TP_ARGS(conn, qp, task, len, remote_offset, wrs),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, qp)
		__field(u32, task)
		__field(u32, len)
		__field(u32, remote_offset)
		__field(int, wrs)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->qp = qp;
		__entry->task = task;
		__entry->len = len;
		__entry->remote_offset = remote_offset;
		__entry->wrs = wrs;
	),
	TP_printk("conn=%u qp=%u task=%u len=%u remote_offset=%u wrs=%d",
		  __entry->conn, __entry->qp, __entry->task, __entry->len,
		  __entry->remote_offset, __entry->wrs)
);

DEFINE_EVENT(tiser_transfer, dm_put_data,
	TP_PROTO(u32 conn, u32 qp, u32 task, u32 len, u32 remote_offset, int wrs),
	TP_ARGS(conn, qp, task, len, remote_offset, wrs));

DEFINE_EVENT(tiser_transfer, dm_get_data,
	TP_PROTO(u32 conn, u32 qp, u32 task, u32 len, u32 remote_offset, int wrs),
	TP_ARGS(conn, qp, task, len, remote_offset, wrs));

TRACE_EVENT(dm_data_completion,
	TP_PROTO(u32 conn, u32 task, int status),
	TP_ARGS(conn, task, status),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, task)
		__field(int, status)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->task = task;
		__entry->status = status;
	),
	TP_printk("conn=%u task=%u status=%d", __entry->conn, __entry->task,
		  __entry->status)
);

TRACE_EVENT(dm_deallocate_task,
	TP_PROTO(u32 conn, u32 task),
	TP_ARGS(conn, task),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, task)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->task = task;
	),
	TP_printk("conn=%u task=%u", __entry->conn, __entry->task)
);

TRACE_EVENT(dm_notice_key_values,
	TP_PROTO(u32 conn, u32 target_recv_dsl, u32 initiator_recv_dsl,
		 bool hello_required),
	TP_ARGS(conn, target_recv_dsl, initiator_recv_dsl, hello_required),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, target_recv_dsl)
		__field(u32, initiator_recv_dsl)
		__field(u8, hello_required)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->target_recv_dsl = target_recv_dsl;
		__entry->initiator_recv_dsl = initiator_recv_dsl;
		__entry->hello_required = hello_required;
	),
	TP_printk("conn=%u TargetRecvDataSegmentLength=%u InitiatorRecvDataSegmentLength=%u iSERHelloRequired=%u",
		  __entry->conn, __entry->target_recv_dsl,
		  __entry->initiator_recv_dsl, __entry->hello_required)
);

TRACE_EVENT(dm_allocate_connection_resources,
	TP_PROTO(u32 conn, u32 tasks, u32 rx_bufs, int status),
	TP_ARGS(conn, tasks, rx_bufs, status),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, tasks)
		__field(u32, rx_bufs)
		__field(int, status)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->tasks = tasks;
		__entry->rx_bufs = rx_bufs;
		__entry->status = status;
	),
	TP_printk("conn=%u tasks=%u rx_bufs=%u status=%d", __entry->conn,
		  __entry->tasks, __entry->rx_bufs, __entry->status)
);

DECLARE_EVENT_CLASS(tiser_conn_only,
	TP_PROTO(u32 conn),
	TP_ARGS(conn),
	TP_STRUCT__entry(
		__field(u32, conn)
	),
	TP_fast_assign(
		__entry->conn = conn;
	),
	TP_printk("conn=%u", __entry->conn)
);

DEFINE_EVENT(tiser_conn_only, dm_deallocate_connection_resources,
	TP_PROTO(u32 conn), TP_ARGS(conn));

DEFINE_EVENT(tiser_conn_only, dm_enable_datamover,
	TP_PROTO(u32 conn), TP_ARGS(conn));

DEFINE_EVENT(tiser_conn_only, dm_connection_terminate,
	TP_PROTO(u32 conn), TP_ARGS(conn));

TRACE_EVENT(dm_connection_terminate_notify,
	TP_PROTO(u32 conn, const char *why),
	TP_ARGS(conn, why),
	TP_STRUCT__entry(
		__field(u32, conn)
		__string(why, why)
	),
	TP_fast_assign(
		__entry->conn = conn;
		TISER_ASSIGN_STR(why, why);
	),
	TP_printk("conn=%u why=%s", __entry->conn, __get_str(why))
);

/*
 * Tasks. @task, the tag of target core's, is also what the transfers above name.
 */

TRACE_EVENT(cmd_start,
	TP_PROTO(u32 conn, u32 itt, u32 cmdsn, u8 opcode, u32 immediate_len,
		 const struct se_cmd *se_cmd),
	TP_ARGS(conn, itt, cmdsn, opcode, immediate_len, se_cmd),
	TP_STRUCT__entry(
		__field(u64, lun)
		__field(u32, conn)
		__field(u32, task)
		__field(u32, itt)
		__field(u32, cmdsn)
		__field(u32, edtl)
		__field(u32, immediate_len)
		__field(u8, opcode)
		__field(u8, direction)
	),
	TP_fast_assign(
		__entry->lun = se_cmd->orig_fe_lun;
		__entry->conn = conn;
		__entry->task = se_cmd->map_tag;
		__entry->itt = itt;
		__entry->cmdsn = cmdsn;
		__entry->edtl = se_cmd->data_length;
		__entry->immediate_len = immediate_len;
		__entry->opcode = opcode;
		__entry->direction = se_cmd->data_direction;
	),
	TP_printk("conn=%u task=%u itt=0x%08x cmdsn=%u lun=%llu opcode=0x%02x dir=%s edtl=%u immediate=%u",
		  __entry->conn, __entry->task, __entry->itt, __entry->cmdsn,
		  __entry->lun, __entry->opcode,
		  __print_symbolic(__entry->direction, { 1, "write" },
				   { 2, "read" }, { 3, "none" }),
		  __entry->edtl, __entry->immediate_len)
);

TRACE_EVENT(cmd_end,
	TP_PROTO(u32 conn, u32 itt, bool aborted, const struct se_cmd *se_cmd),
	TP_ARGS(conn, itt, aborted, se_cmd),
	TP_STRUCT__entry(
		__field(u64, lun)
		__field(u32, conn)
		__field(u32, task)
		__field(u32, itt)
		__field(u32, len)
		__field(u32, residual)
		__field(u8, opcode)
		__field(u8, direction)
		__field(u8, status)
		__field(u8, aborted)
	),
	TP_fast_assign(
		__entry->lun = se_cmd->orig_fe_lun;
		__entry->conn = conn;
		__entry->task = se_cmd->map_tag;
		__entry->itt = itt;
		__entry->len = se_cmd->data_length;
		__entry->residual = se_cmd->residual_count;
		__entry->opcode = se_cmd->t_task_cdb ? se_cmd->t_task_cdb[0] : 0;
		__entry->direction = se_cmd->data_direction;
		__entry->status = se_cmd->scsi_status;
		__entry->aborted = aborted;
	),
	TP_printk("conn=%u task=%u itt=0x%08x lun=%llu opcode=0x%02x len=%u residual=%u status=0x%02x aborted=%u",
		  __entry->conn, __entry->task, __entry->itt, __entry->lun,
		  __entry->opcode, __entry->len, __entry->residual,
		  __entry->status, __entry->aborted)
);

TRACE_EVENT(tmf_request,
	TP_PROTO(u32 conn, u32 itt, u8 function, u32 rtt, u32 ref_cmdsn,
		 const u8 *lun),
	TP_ARGS(conn, itt, function, rtt, ref_cmdsn, lun),
	TP_STRUCT__entry(
		__field(u64, lun)
		__field(u32, conn)
		__field(u32, itt)
		__field(u32, rtt)
		__field(u32, ref_cmdsn)
		__field(u8, function)
	),
	TP_fast_assign(
		__entry->lun = get_unaligned_be64(lun);
		__entry->conn = conn;
		__entry->itt = itt;
		__entry->rtt = rtt;
		__entry->ref_cmdsn = ref_cmdsn;
		__entry->function = function;
	),
	TP_printk("conn=%u itt=0x%08x function=%u rtt=0x%08x ref_cmdsn=%u lun=0x%016llx",
		  __entry->conn, __entry->itt, __entry->function, __entry->rtt,
		  __entry->ref_cmdsn, __entry->lun)
);

TRACE_EVENT(tmf_response,
	TP_PROTO(u32 conn, u32 itt, u8 response),
	TP_ARGS(conn, itt, response),
	TP_STRUCT__entry(
		__field(u32, conn)
		__field(u32, itt)
		__field(u8, response)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->itt = itt;
		__entry->response = response;
	),
	TP_printk("conn=%u itt=0x%08x response=%u", __entry->conn,
		  __entry->itt, __entry->response)
);

#endif /* TISER_TRACE_H */

/* Found through Kbuild's -I for trace.o. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
