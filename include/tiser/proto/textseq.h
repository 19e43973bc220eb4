/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A Text negotiation in full feature phase (RFC 7143, 11.10 and 11.11): requests
 * and answers over several PDUs, one negotiation at a time.
 *
 * Pure: works in a buffer the caller owns.
 */
#ifndef TISER_PROTO_TEXTSEQ_H
#define TISER_PROTO_TEXTSEQ_H

#include <linux/types.h>
#include <tiser/proto/bhs.h>
#include <tiser/proto/text.h>

/**
 * enum tiser_textseq_step - what a Text Request asks for
 * @TISER_TEXTSEQ_COLLECT: more text follows: an empty response, F and C 0
 * @TISER_TEXTSEQ_ANSWER: a set of pairs is complete, from .answered on
 * @TISER_TEXTSEQ_GO_ON: the next part of an answer, or nothing when all is sent
 */
enum tiser_textseq_step {
	TISER_TEXTSEQ_COLLECT,
	TISER_TEXTSEQ_ANSWER,
	TISER_TEXTSEQ_GO_ON,
};

/**
 * struct tiser_textseq - a negotiation
 * @in: text of its requests; the caller provides a buffer of TISER_TEXT_MAX + 1
 *	bytes
 * @answered: bytes of @in that were answered
 * @itt: Initiator Task Tag
 * @ttt: Target Transfer Tag of the last response; TISER_TAG_NONE: no
 *	negotiation is under way
 * @last_ttt: the tag before
 * @immediate: I bit of its requests
 * @answering: an answer has not been sent completely
 */
struct tiser_textseq {
	struct tiser_text_in in;
	u32 answered;
	u32 itt;
	u32 ttt;
	u32 last_ttt;
	bool immediate;
	bool answering;
};

void tiser_textseq_reset(struct tiser_textseq *seq);
u8 tiser_textseq_check(struct tiser_textseq *seq, const struct tiser_pdu *pdu);
enum tiser_textseq_step tiser_textseq_take(struct tiser_textseq *seq,
					   const struct tiser_pdu *pdu);
void tiser_textseq_respond(struct tiser_textseq *seq,
			   const struct tiser_pdu *pdu, u32 left,
			   struct tiser_text_rsp *rsp);

#endif /* TISER_PROTO_TEXTSEQ_H */
