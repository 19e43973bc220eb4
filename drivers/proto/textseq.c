// SPDX-License-Identifier: GPL-2.0
/*
 * Text negotiations in full feature phase (RFC 7143, 11.10 and 11.11): which
 * requests belong together, which are wrong, and the flags of the responses.
 * Knows no key but by name, and nothing of what is answered.
 */
#include <linux/string.h>
#include <linux/types.h>
#include <tiser/proto/keys.h>
#include <tiser/proto/textseq.h>

/**
 * tiser_textseq_reset - no negotiation is under way
 * @seq: negotiation; its buffer stays
 *
 * Context: any.
 */
void tiser_textseq_reset(struct tiser_textseq *seq)
{
	tiser_text_reset(&seq->in);
	seq->answered = 0;
	seq->ttt = TISER_TAG_NONE;
	seq->answering = false;
}

static bool tiser_textseq_is_new(const struct tiser_pdu *pdu)
{
	return pdu->ttt == TISER_TAG_NONE;
}

/* RFC 7143, 11.10.2 to 11.10.4; tags that name nothing: 11.17.1, note 2. */
static u8 tiser_textseq_check_tags(const struct tiser_textseq *seq,
				   const struct tiser_pdu *pdu)
{
	if (pdu->text.more && pdu->final)
		return TISER_REJ_PROTOCOL;
	if (tiser_textseq_is_new(pdu))
		return 0;
	if (pdu->ttt != seq->ttt || pdu->itt != seq->itt)
		return TISER_REJ_INVALID_FIELD;
	if (pdu->immediate != seq->immediate)
		return TISER_REJ_PROTOCOL;
	/* Who asks for the rest of an answer has nothing to say. */
	return seq->answering && (pdu->data_len || pdu->text.more) ?
	       TISER_REJ_PROTOCOL : 0;
}

static bool tiser_textseq_has(const struct tiser_text_in *in, u32 end,
			      const struct tiser_text_pair *like)
{
	struct tiser_text_pair pair;
	u32 pos = 0;

	while (pos < end && tiser_text_next(in, &pos, &pair) > 0)
		if (pair.key_len == like->key_len &&
		    !memcmp(pair.key, like->key, like->key_len))
			return true;
	return false;
}

/* Well-formed, and no key of the RFC twice in a negotiation (7143, 6.2). */
static bool tiser_textseq_text_fits(const struct tiser_text_in *in)
{
	struct tiser_text_pair pair;
	u32 pos = 0, start = 0;
	int ret;

	while ((ret = tiser_text_next(in, &pos, &pair)) > 0) {
		if (tiser_key_is_known(&pair) &&
		    tiser_textseq_has(in, start, &pair))
			return false;
		start = pos;
	}
	return !ret;
}

/**
 * tiser_textseq_check - may this request be taken?
 * @seq: negotiation with a buffer; one that is under way is as before, unless
 *	@pdu begins a new one, which resets it in any case
 * @pdu: Text Request
 *
 * Context: any.
 * Return: 0, and tiser_textseq_take() will take it, or the reason for a Reject.
 */
u8 tiser_textseq_check(struct tiser_textseq *seq, const struct tiser_pdu *pdu)
{
	u32 before;
	u8 reason;
	bool fits;

	if (tiser_textseq_is_new(pdu))
		tiser_textseq_reset(seq);
	reason = tiser_textseq_check_tags(seq, pdu);
	if (reason)
		return reason;
	before = seq->in.len;
	if (tiser_text_append(&seq->in, pdu->data, pdu->data_len))
		return TISER_REJ_PROTOCOL;
	fits = pdu->text.more || tiser_textseq_text_fits(&seq->in);
	seq->in.len = before;
	return fits ? 0 : TISER_REJ_PROTOCOL;
}

/*
 * Superfluous NULs behind a set, which ends in one, must not stand in front of
 * the next.
 */
static void tiser_textseq_trim(struct tiser_text_in *in)
{
	while (in->len > 1 && !in->buf[in->len - 2])
		in->len--;
}

/* Nothing new to answer: the initiator asks for what is left, if anything. */
static bool tiser_textseq_goes_on(const struct tiser_textseq *seq,
				  const struct tiser_pdu *pdu)
{
	if (tiser_textseq_is_new(pdu))
		return false;
	return seq->answering || (!pdu->data_len && !pdu->text.more &&
				  seq->answered == seq->in.len);
}

/**
 * tiser_textseq_take - take a request that tiser_textseq_check() let pass
 * @seq: negotiation
 * @pdu: the same Text Request
 *
 * Context: any.
 * Return: what it asks for.
 */
enum tiser_textseq_step tiser_textseq_take(struct tiser_textseq *seq,
					   const struct tiser_pdu *pdu)
{
	if (tiser_textseq_goes_on(seq, pdu))
		return TISER_TEXTSEQ_GO_ON;
	seq->itt = pdu->itt;
	seq->immediate = pdu->immediate;
	tiser_text_append(&seq->in, pdu->data, pdu->data_len);
	if (pdu->text.more)
		return TISER_TEXTSEQ_COLLECT;
	tiser_textseq_trim(&seq->in);
	return TISER_TEXTSEQ_ANSWER;
}

static u32 tiser_textseq_tag(struct tiser_textseq *seq)
{
	if (++seq->last_ttt == TISER_TAG_NONE)
		seq->last_ttt = 0;
	return seq->last_ttt;
}

/**
 * tiser_textseq_respond - flags and tags of the response
 * @seq: negotiation; over when the response is final
 * @pdu: request that was taken
 * @left: bytes of the answer behind those of this response
 * @rsp: .data_len is set; the rest is filled in
 *
 * F only answers F (RFC 7143, 11.11.1), and not while text is to come. The rest
 * of an answer is behind a C bit, because it may be cut within a pair (11.11.2).
 *
 * Context: any.
 */
void tiser_textseq_respond(struct tiser_textseq *seq,
			   const struct tiser_pdu *pdu, u32 left,
			   struct tiser_text_rsp *rsp)
{
	rsp->itt = pdu->itt;
	rsp->lun = pdu->lun;
	rsp->more = left;
	rsp->final = pdu->final && !left;
	if (rsp->final)
		tiser_textseq_reset(seq);
	else
		seq->ttt = tiser_textseq_tag(seq);
	rsp->ttt = seq->ttt;
	seq->answering = left;
}
