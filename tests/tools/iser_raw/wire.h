/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bytes on the wire: iSER header (RFC 7145, 9), BHS (RFC 7143, 11), text
 * (RFC 7143, 6.1), hexadecimal, serial numbers and test patterns. Pure.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HDR_LEN = 28,			/* RFC 7145, 9.1 */
	BHS_LEN = 48,			/* RFC 7143, 11.2.1 */
	MSG_LEN = HDR_LEN + BHS_LEN,	/* where a data segment starts */
	TEXT_CAP = 8192,		/* one Login or Text data segment */
	AHS_CAP = 255 * 4,		/* TotalAHSLength is a byte of words */
	MSG_CAP = MSG_LEN + AHS_CAP + 16384,	/* longest message we send */
	CM_HDR_LEN = 4,			/* IBTA A12 private data */
};

#define TAG_NONE	0xffffffffu	/* RFC 7143, 11.2.1.8 */

/* First byte of the iSER header (RFC 7145, 9.1, 9.2). */
enum {
	HDR_CONTROL = 0x10,
	HDR_HELLO = 0x20,
	HDR_HELLO_REPLY = 0x30,
	HDR_WSV = 0x08,
	HDR_RSV = 0x04,
};

/* First byte of the CM private data (IBTA A12). */
enum {
	CM_ZBVA_NOT_SUPPORTED = 0x80,
	CM_INV_NOT_SUPPORTED = 0x40,
};

/* RFC 7143, 11.2.1.2. OP_HELLO is ours: a HelloReply has no BHS. */
enum {
	OP_NOP_OUT = 0x00,
	OP_SCSI_CMD = 0x01,
	OP_TMF_REQ = 0x02,
	OP_LOGIN_REQ = 0x03,
	OP_TEXT_REQ = 0x04,
	OP_DATA_OUT = 0x05,
	OP_LOGOUT_REQ = 0x06,
	OP_SNACK = 0x10,
	OP_NOP_IN = 0x20,
	OP_SCSI_RSP = 0x21,
	OP_TMF_RSP = 0x22,
	OP_LOGIN_RSP = 0x23,
	OP_TEXT_RSP = 0x24,
	OP_LOGOUT_RSP = 0x26,
	OP_ASYNC = 0x32,
	OP_REJECT = 0x3f,
	OP_IMMEDIATE = 0x40,
	OP_MASK = 0x3f,
	OP_TARGET = 0x20,
	OP_HELLO = 0x100,
};

/* Offsets in the BHS, of the fields most PDUs share. */
enum {
	BHS_AHS_LEN = 4,
	BHS_DATA_LEN = 5,
	BHS_LUN = 8,
	BHS_ITT = 16,
	BHS_TTT = 20,
	BHS_CMDSN = 24,
	BHS_EXP_STATSN = 28,
	BHS_STATSN = 24,
	BHS_EXP_CMDSN = 28,
	BHS_MAX_CMDSN = 32,
};

/* A message being built: iSER header, BHS, data. */
struct msg {
	uint32_t len;
	uint8_t b[MSG_CAP];
};

uint16_t get16(const uint8_t *p);
uint32_t get24(const uint8_t *p);
uint32_t get32(const uint8_t *p);
void put16(uint8_t *p, uint16_t v);
void put24(uint8_t *p, uint32_t v);
void put32(uint8_t *p, uint32_t v);
void put64(uint8_t *p, uint64_t v);

/* RFC 1982 "less than" for 32-bit serial numbers. */
static inline bool sn_lt(uint32_t a, uint32_t b)
{
	return a != b && b - a < 0x80000000u;
}

static inline uint8_t *msg_bhs(struct msg *m)
{
	return m->b + HDR_LEN;
}

/* Control message without data: iSER opcode 1, no STags, F bit set. */
void msg_init(struct msg *m, uint8_t opcode);
/* Appends to the data segment and updates DataSegmentLength; 0 or -1. */
int msg_append(struct msg *m, const void *data, uint32_t len);
/* Puts an AHS between BHS and data, of which there must be none yet; 0 or -1. */
int msg_put_ahs(struct msg *m, const void *ahs, uint32_t len);

/* Decodes up to @cap bytes; returns their number or -1. */
int hex_decode(const char *hex, uint8_t *out, uint32_t cap);
/* "0001aaff" of up to 16 bytes, in one of a few static buffers. */
const char *hex_show(const uint8_t *p, uint32_t len);

/* Next "key=value" at *@pos of text bounded by @len, or NULL. */
const char *text_next(const uint8_t *data, uint32_t len, uint32_t *pos);
/* Value of the first pair named @key (NUL-terminated in @data), or NULL. */
const char *text_value(const uint8_t *data, uint32_t len, const char *key);
/* Is there a pair with this key and value? "*" is any value. */
bool text_has(const uint8_t *data, uint32_t len, const char *key,
	      const char *value);

/* The byte at @pos of the endless stream called @seed. */
uint8_t pattern_byte(uint64_t seed, uint64_t pos);
void pattern_fill(uint8_t *buf, uint64_t len, uint64_t seed, uint64_t pos);
/* Offset of the first byte that differs, or -1. */
int64_t pattern_check(const uint8_t *buf, uint64_t len, uint64_t seed,
		      uint64_t pos);

const char *op_name(int op);

#endif /* WIRE_H */
