/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The 28-byte iSER header in front of every Send (RFC 7145, 9.1-9.4) and the
 * CM private data of IBTA annex A12.
 *
 * Pure: the only place that knows the layout of these bytes.
 */
#ifndef TISER_PROTO_ISER_HDR_H
#define TISER_PROTO_ISER_HDR_H

#include <linux/types.h>

enum {
	TISER_HDR_LEN = 28,		/* RFC 7145, 9.1 */
	TISER_CM_HDR_LEN = 4,		/* IBTA A12 */
	TISER_HELLO_VERSION = 10,	/* RFC 7145, 9.3 */
	TISER_HELLO_VERSION_5046 = 1,	/* RFC 5046, 9.3: what illumos sends */
};

/**
 * enum tiser_hdr_type - what a received message is
 * @TISER_HDR_CONTROL: an iSCSI control-type PDU follows (RFC 7145, 9.2)
 * @TISER_HDR_HELLO: iSER Hello, header only (RFC 7145, 9.3)
 */
enum tiser_hdr_type {
	TISER_HDR_CONTROL,
	TISER_HDR_HELLO,
};

/**
 * struct tiser_remote - buffers an initiator advertised with a PDU
 * @write_valid: WSV: @write_stag and @write_va are meaningful
 * @read_valid: RSV: @read_stag and @read_va are meaningful
 * @write_stag: Write STag (rkey), host byte order
 * @read_stag: Read STag (rkey), host byte order
 * @write_va: Write Base Offset in bytes
 * @read_va: Read Base Offset in bytes
 */
struct tiser_remote {
	bool write_valid;
	bool read_valid;
	u32 write_stag;
	u32 read_stag;
	u64 write_va;
	u64 read_va;
};

/**
 * struct tiser_hello - a decoded iSER Hello
 * @max_ver: highest version the peer speaks
 * @min_ver: lowest version the peer speaks
 * @ird: iSER-IRD, inbound RDMA Reads the peer can take
 */
struct tiser_hello {
	u8 max_ver;
	u8 min_ver;
	u16 ird;
};

int tiser_hdr_decode(const void *buf, u32 len, enum tiser_hdr_type *type,
		     struct tiser_remote *remote, struct tiser_hello *hello);
bool tiser_hello_acceptable(const struct tiser_hello *hello);
void tiser_hdr_build_control(void *buf);
void tiser_hdr_build_hello_reply(void *buf, const struct tiser_hello *hello,
				 u16 ord, bool reject);
bool tiser_cm_peer_takes_inv(const void *priv, u32 len);
void tiser_cm_build_reply(void *priv, bool use_inv);

#endif /* TISER_PROTO_ISER_HDR_H */
