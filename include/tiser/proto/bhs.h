/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSCSI PDUs (RFC 7143, 11): the one gate for received PDUs, and a builder for
 * every PDU a target sends.
 *
 * Pure. Decoding checks every length against the bytes received; nothing
 * behind tiser_bhs_decode() looks at a length the peer declared.
 */
#ifndef TISER_PROTO_BHS_H
#define TISER_PROTO_BHS_H

#include <linux/types.h>

enum {
	TISER_BHS_LEN = 48,			/* RFC 7143, 11.2.1 */
	TISER_CDB_LEN = 16,			/* CDB bytes in the BHS */
	TISER_CDB_MAX = 260,			/* with an extended-CDB AHS */
	TISER_ISID_LEN = 6,			/* RFC 7143, 11.12.5 */
	TISER_SENSE_MAX = 96,			/* sense bytes we return */
	TISER_UNSOLICITED_DATA_MAX = 128,	/* data in PDUs nobody asked for */
};

#define TISER_TAG_NONE		0xffffffffu	/* RFC 7143, 11.2.1.8 */

/* Opcodes (RFC 7143, 11.2.1.2). */
enum tiser_opcode {
	TISER_OP_NOP_OUT = 0x00,
	TISER_OP_SCSI_CMD = 0x01,
	TISER_OP_TMF_REQ = 0x02,
	TISER_OP_LOGIN_REQ = 0x03,
	TISER_OP_TEXT_REQ = 0x04,
	TISER_OP_DATA_OUT = 0x05,
	TISER_OP_LOGOUT_REQ = 0x06,
	TISER_OP_SNACK = 0x10,
	TISER_OP_NOP_IN = 0x20,
	TISER_OP_SCSI_RSP = 0x21,
	TISER_OP_TMF_RSP = 0x22,
	TISER_OP_LOGIN_RSP = 0x23,
	TISER_OP_TEXT_RSP = 0x24,
	TISER_OP_LOGOUT_RSP = 0x26,
	TISER_OP_ASYNC = 0x32,
	TISER_OP_REJECT = 0x3f,
};

/* Reject reasons (RFC 7143, 11.17.1). */
enum tiser_reject_reason {
	TISER_REJ_PROTOCOL = 0x04,
	TISER_REJ_NOT_SUPPORTED = 0x05,
	TISER_REJ_TOO_MANY_IMMEDIATE = 0x06,
	TISER_REJ_IN_PROGRESS = 0x07,
	TISER_REJ_INVALID_FIELD = 0x09,
};

/* Task attributes (RFC 7143, 11.3.1). */
enum tiser_attr {
	TISER_ATTR_UNTAGGED,
	TISER_ATTR_SIMPLE,
	TISER_ATTR_ORDERED,
	TISER_ATTR_HEAD_OF_QUEUE,
	TISER_ATTR_ACA,
};

/* Task management functions and responses (RFC 7143, 11.5.1, 11.6.1). */
enum tiser_tmf_function {
	TISER_TMF_ABORT_TASK = 1,
	TISER_TMF_ABORT_TASK_SET = 2,
	TISER_TMF_CLEAR_ACA = 3,
	TISER_TMF_CLEAR_TASK_SET = 4,
	TISER_TMF_LUN_RESET = 5,
	TISER_TMF_TARGET_WARM_RESET = 6,
	TISER_TMF_TARGET_COLD_RESET = 7,
	TISER_TMF_TASK_REASSIGN = 8,
	TISER_TMF_QUERY_TASK = 9,	/* from here on: RFC 7144, 6.3 */
	TISER_TMF_QUERY_TASK_SET = 10,
	TISER_TMF_NEXUS_RESET = 11,
	TISER_TMF_QUERY_EVENT = 12,
};

enum tiser_tmf_response {
	TISER_TMF_RSP_COMPLETE = 0,
	TISER_TMF_RSP_NO_TASK = 1,
	TISER_TMF_RSP_NO_LUN = 2,
	TISER_TMF_RSP_NO_REASSIGN = 4,
	TISER_TMF_RSP_NOT_SUPPORTED = 5,
	TISER_TMF_RSP_NOT_AUTHORIZED = 6,
	TISER_TMF_RSP_SUCCEEDED = 7,	/* RFC 7144, 6.4.2 */
	TISER_TMF_RSP_REJECTED = 255,
};

/* Logout (RFC 7143, 11.14.1, 11.15.1). */
enum tiser_logout {
	TISER_LOGOUT_SESSION = 0,
	TISER_LOGOUT_CONNECTION = 1,
	TISER_LOGOUT_RECOVERY = 2,
	TISER_LOGOUT_RSP_CLOSED = 0,
	TISER_LOGOUT_RSP_NO_CID = 1,
	TISER_LOGOUT_RSP_NO_RECOVERY = 2,
};

/* Asynchronous Messages (RFC 7143, 11.9.1). */
enum tiser_async_event {
	TISER_ASYNC_LOGOUT = 1,
};

/**
 * struct tiser_pdu - a received PDU behind the gate
 * @opcode: enum tiser_opcode or an unassigned value; without the I bit
 * @immediate: the I bit; always set for a Login Request (RFC 7143, 11.12)
 * @final: the F bit (T bit of a Login Request)
 * @flags: byte 1 of the BHS as received
 * @lun: LUN field as received, eight bytes
 * @itt: Initiator Task Tag; an opaque number, host byte order
 * @ttt: Target Transfer Tag (PDUs that carry one, else TISER_TAG_NONE)
 * @cmdsn: CmdSN
 * @exp_statsn: ExpStatSN
 * @data: data segment, NULL when @data_len is 0
 * @data_len: DataSegmentLength in bytes, checked against what was received
 * @bhs: the 48 bytes as received; only to be copied into a Reject
 * @cmd: SCSI Command fields (RFC 7143, 11.3)
 * @dataout: Data-Out fields (RFC 7143, 11.7)
 * @tmf: Task Management Function Request fields (RFC 7143, 11.5)
 * @login: Login Request fields (RFC 7143, 11.12)
 * @text: Text Request fields (RFC 7143, 11.10)
 * @logout: Logout Request fields (RFC 7143, 11.14)
 *
 * Pointers point into the receive buffer and live as long as it does.
 */
struct tiser_pdu {
	u8 opcode;
	bool immediate;
	bool final;
	u8 flags;
	u8 lun[8];
	u32 itt;
	u32 ttt;
	u32 cmdsn;
	u32 exp_statsn;
	const u8 *data;
	u32 data_len;
	const u8 *bhs;
	union {
		struct {
			bool read;
			bool write;
			enum tiser_attr attr;
			u32 edtl;		/* bytes */
			const u8 *cdb;		/* 16 bytes in the BHS */
			const u8 *ext_cdb;	/* rest of a long CDB, or NULL */
			u16 ext_cdb_len;	/* bytes */
		} cmd;
		struct {
			u32 data_sn;
			u32 offset;		/* Buffer Offset, bytes */
		} dataout;
		struct {
			u8 function;
			u32 rtt;		/* Referenced Task Tag */
			u32 ref_cmdsn;
		} tmf;
		struct {
			bool transit;
			bool more;		/* C bit */
			u8 csg;
			u8 nsg;
			u8 version_max;
			u8 version_min;
			u8 isid[TISER_ISID_LEN];
			u16 tsih;
			u16 cid;
		} login;
		struct {
			bool more;
		} text;
		struct {
			u8 reason;
			u16 cid;
		} logout;
	};
};

/**
 * struct tiser_seq - the sequence numbers every response carries
 * @statsn: StatSN
 * @exp_cmdsn: ExpCmdSN
 * @max_cmdsn: MaxCmdSN
 */
struct tiser_seq {
	u32 statsn;
	u32 exp_cmdsn;
	u32 max_cmdsn;
};

/**
 * struct tiser_scsi_rsp - fields of a SCSI Response (RFC 7143, 11.4)
 * @itt: task
 * @response: iSCSI service response, 0 = completed at target
 * @status: SCSI status
 * @residual_over: O bit
 * @residual_under: U bit
 * @residual: Residual Count in bytes
 * @data_len: length of the data segment (SenseLength field included), bytes
 */
struct tiser_scsi_rsp {
	u32 itt;
	u8 response;
	u8 status;
	bool residual_over;
	bool residual_under;
	u32 residual;
	u32 data_len;
};

/**
 * struct tiser_login_rsp - fields of a Login Response (RFC 7143, 11.13)
 * @itt: ITT of the request
 * @transit: T bit
 * @more: C bit
 * @csg: current stage
 * @nsg: next stage, only meaningful with @transit
 * @isid: ISID of the request
 * @tsih: TSIH, 0 unless this is the final response of a new session
 * @status: (class << 8) | detail
 * @data_len: bytes of text
 */
struct tiser_login_rsp {
	u32 itt;
	bool transit;
	bool more;
	u8 csg;
	u8 nsg;
	u8 isid[TISER_ISID_LEN];
	u16 tsih;
	u16 status;
	u32 data_len;
};

/**
 * struct tiser_text_rsp - fields of a Text Response (RFC 7143, 11.11)
 * @itt: ITT of the request
 * @ttt: Target Transfer Tag, TISER_TAG_NONE with @final and never without
 * @lun: eight bytes, sent where @ttt is valid (11.10.4)
 * @final: F bit
 * @more: C bit, never with @final
 * @data_len: bytes of text
 */
struct tiser_text_rsp {
	u32 itt;
	u32 ttt;
	const u8 *lun;
	bool final;
	bool more;
	u32 data_len;
};

int tiser_bhs_decode(const void *bhs, const void *payload, u32 payload_len,
		     struct tiser_pdu *pdu);

void tiser_bhs_set_seq(void *bhs, const struct tiser_seq *seq);

/*
 * Builders write exactly TISER_BHS_LEN bytes to @bhs. Without @seq the sequence
 * numbers are 0 until tiser_bhs_set_seq() fills them in.
 */
void tiser_bhs_build_scsi_rsp(void *bhs, const struct tiser_scsi_rsp *rsp,
			      const struct tiser_seq *seq);
u32 tiser_bhs_build_sense(void *data, const u8 *sense, u32 sense_len);
void tiser_bhs_build_tmf_rsp(void *bhs, u32 itt, u8 response,
			     const struct tiser_seq *seq);
void tiser_bhs_set_tmf_info(void *bhs, u8 key, u8 asc, u8 ascq);
void tiser_bhs_build_login_rsp(void *bhs, const struct tiser_login_rsp *rsp,
			       const struct tiser_seq *seq);
void tiser_bhs_build_text_rsp(void *bhs, const struct tiser_text_rsp *rsp,
			      const struct tiser_seq *seq);
void tiser_bhs_build_logout_rsp(void *bhs, u32 itt, u8 response,
				const struct tiser_seq *seq);
void tiser_bhs_build_nop_in(void *bhs, u32 itt, u32 ttt, const u8 *lun,
			    u32 data_len, const struct tiser_seq *seq);
void tiser_bhs_build_reject(void *bhs, u8 reason, u32 data_len,
			    const struct tiser_seq *seq);
void tiser_bhs_build_async(void *bhs, u8 event, u16 param1, u16 param2,
			   u16 param3, const struct tiser_seq *seq);

#endif /* TISER_PROTO_BHS_H */
