// SPDX-License-Identifier: GPL-2.0
/*
 * The iSER header and the CM private data: bytes to structs and back. Knows no
 * iSCSI and no verbs.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#include <tiser/compat.h>
#include <tiser/proto/iser_hdr.h>

/* Byte 0 of the header (RFC 7145, 9.1 and 9.2). */
enum {
	HDR_OP_MASK = 0xf0,
	HDR_OP_CONTROL = 0x10,
	HDR_OP_HELLO = 0x20,
	HDR_OP_HELLO_REPLY = 0x30,
	HDR_WSV = 0x08,
	HDR_RSV = 0x04,
	HDR_REJ = 0x01,		/* of a HelloReply, RFC 7145, 9.4 */
};

/* Byte 0 of the CM private data (IBTA A12). */
enum {
	CM_ZBVA_NOT_SUP = 0x80,
	CM_SEND_W_INV_NOT_SUP = 0x40,
};

/* STags are numbers only while their valid bit is set (RFC 7145, 9.2). */
static void tiser_hdr_decode_control(const u8 *b, struct tiser_remote *remote)
{
	memset(remote, 0, sizeof(*remote));
	remote->write_valid = b[0] & HDR_WSV;
	remote->read_valid = b[0] & HDR_RSV;
	if (remote->write_valid) {
		remote->write_stag = get_unaligned_be32(b + 4);
		remote->write_va = get_unaligned_be64(b + 8);
	}
	if (remote->read_valid) {
		remote->read_stag = get_unaligned_be32(b + 16);
		remote->read_va = get_unaligned_be64(b + 20);
	}
}

static void tiser_hdr_decode_hello(const u8 *b, struct tiser_hello *hello)
{
	hello->max_ver = b[1] >> 4;
	hello->min_ver = b[1] & 0x0f;
	hello->ird = get_unaligned_be16(b + 2);
}

/**
 * tiser_hdr_decode - the gate for the iSER header of a received message
 * @buf: message as received
 * @len: bytes received, from the work completion
 * @type: what the message is
 * @remote: filled for TISER_HDR_CONTROL, with zeroes where nothing is valid
 * @hello: filled for TISER_HDR_HELLO
 *
 * Reserved bits are ignored (RFC 7145, 9.2, 9.3).
 *
 * Context: any.
 * Return: 0, or -EBADMSG for a message too short to have a header, a Hello of
 * another length than 28, a HelloReply or an unassigned opcode. The caller
 * terminates the connection then (RFC 7145, 10.1.3.3).
 */
int tiser_hdr_decode(const void *buf, u32 len, enum tiser_hdr_type *type,
		     struct tiser_remote *remote, struct tiser_hello *hello)
{
	const u8 *b = buf;

	if (len < TISER_HDR_LEN)
		return -EBADMSG;

	switch (b[0] & HDR_OP_MASK) {
	case HDR_OP_CONTROL:
		*type = TISER_HDR_CONTROL;
		tiser_hdr_decode_control(b, remote);
		return 0;
	case HDR_OP_HELLO:
		if (len != TISER_HDR_LEN)
			return -EBADMSG;
		*type = TISER_HDR_HELLO;
		tiser_hdr_decode_hello(b, hello);
		return 0;
	default:
		return -EBADMSG;
	}
}

/**
 * tiser_hdr_build_control - header of an iSCSI control-type PDU we send
 * @buf: TISER_HDR_LEN bytes to write
 *
 * A target advertises no buffers: WSV and RSV are 0 and with them all STag
 * fields (RFC 7145, 9.2).
 *
 * Context: any.
 */
void tiser_hdr_build_control(void *buf)
{
	u8 *b = buf;

	memset(b, 0, TISER_HDR_LEN);
	b[0] = HDR_OP_CONTROL;
}

static bool tiser_hello_covers(const struct tiser_hello *hello, u8 version)
{
	return hello->min_ver <= version && version <= hello->max_ver;
}

/**
 * tiser_hello_acceptable - is there a version both sides speak
 * @hello: decoded Hello
 *
 * RFC 7145, 9.3 numbers the protocol 10, RFC 5046 numbered it 1, and the
 * messages are the same.
 *
 * Context: any.
 * Return: false when the HelloReply must reject (RFC 7145, 10.1.3.2).
 */
bool tiser_hello_acceptable(const struct tiser_hello *hello)
{
	return tiser_hello_covers(hello, TISER_HELLO_VERSION) ||
	       tiser_hello_covers(hello, TISER_HELLO_VERSION_5046);
}

/**
 * tiser_hdr_build_hello_reply - build an iSER HelloReply (RFC 7145, 9.4)
 * @buf: TISER_HDR_LEN bytes to write
 * @hello: the Hello to answer; a version of its range is answered
 * @ord: iSER-ORD, RDMA Reads we will have outstanding at most
 * @reject: set REJ; the caller terminates the connection after sending
 *
 * Context: any.
 */
void tiser_hdr_build_hello_reply(void *buf, const struct tiser_hello *hello,
				 u16 ord, bool reject)
{
	u8 version = TISER_HELLO_VERSION;
	u8 *b = buf;

	if (!tiser_hello_covers(hello, version) &&
	    tiser_hello_covers(hello, TISER_HELLO_VERSION_5046))
		version = TISER_HELLO_VERSION_5046;

	memset(b, 0, TISER_HDR_LEN);
	b[0] = HDR_OP_HELLO_REPLY | (reject ? HDR_REJ : 0);
	b[1] = version << 4 | version;
	put_unaligned_be16(ord, b + 2);
}

/**
 * tiser_cm_peer_takes_inv - may we use Send with Invalidate
 * @priv: private data of the connect request, may be NULL when @len is 0
 * @len: bytes of @priv that the transport delivered
 *
 * InfiniBand pads private data with zeroes, so zero flags mean "not spoken":
 * every initiator that speaks annex A12 sets the ZBVA bit.
 *
 * Context: any.
 * Return: true when the initiator said that it takes Send with Invalidate.
 */
bool tiser_cm_peer_takes_inv(const void *priv, u32 len)
{
	const u8 *b = priv;

	return len >= TISER_CM_HDR_LEN &&
	       (b[0] & (CM_ZBVA_NOT_SUP | CM_SEND_W_INV_NOT_SUP)) ==
	       CM_ZBVA_NOT_SUP;
}

/**
 * tiser_cm_build_reply - private data of our connect reply (IBTA A12)
 * @priv: TISER_CM_HDR_LEN bytes to write
 * @use_inv: we will use Send with Invalidate
 *
 * Context: any.
 */
void tiser_cm_build_reply(void *priv, bool use_inv)
{
	u8 *b = priv;

	memset(b, 0, TISER_CM_HDR_LEN);
	b[0] = CM_ZBVA_NOT_SUP | (use_inv ? 0 : CM_SEND_W_INV_NOT_SUP);
}
