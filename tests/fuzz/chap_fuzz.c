// SPDX-License-Identifier: GPL-2.0
/*
 * The CHAP exchange and the format of binary values. The input is a byte of
 * options, then the CHAP keys of request sequences, FUZZ_NEXT between them;
 * chap.h says which values stand for others.
 */
#define _GNU_SOURCE	/* memmem() */
#include <errno.h>
#include <tiser/proto/chap.h>
#include <tiser/proto/login_fsm.h>
#include "chap.h"

enum {
	OPT_NO_MUTUAL = 0x01,
	OPT_SMALL_OUT = 0x02,
	OPT_NO_DIGEST = 0x04,
	OPT_FEW_ALGS = 0x08,
	OPT_SAME_SECRET = 0x10,
	OPT_SMALL_ANSWER = 0x20,	/* room for a challenge only */
	OPT_TINY_ANSWER = 0x40,
};

enum {
	ROOM = 2 * TISER_TEXT_MAX,
	SMALL = 40,
	TINY = 8,
	OPTS_NO_ROOM = OPT_SMALL_OUT | OPT_SMALL_ANSWER | OPT_TINY_ANSWER,
};

static const char *const names[TISER_CHAP_KEY_NR] = {
	[TISER_CHAP_KEY_A] = "CHAP_A",
	[TISER_CHAP_KEY_I] = "CHAP_I",
	[TISER_CHAP_KEY_C] = "CHAP_C",
	[TISER_CHAP_KEY_N] = "CHAP_N",
	[TISER_CHAP_KEY_R] = "CHAP_R",
};

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

/* Hexadecimal written again is what was read, but for the case. */
static void check_hex(const char *digits, const u8 *bytes, u32 len)
{
	char pair[3];
	u32 i;

	FUZZ_CHECK(strlen(digits) == 2 * len);
	for (i = 0; i < len; i++) {
		sprintf(pair, "%02x", bytes[i]);
		FUZZ_CHECK(!strncasecmp(digits + 2 * i, pair, 2));
	}
}

/* Base64 written again is what was read: there is one way (RFC 4648, 3.5). */
static void check_base64(const char *digits, const u8 *bytes, u32 len)
{
	u32 i, k;

	FUZZ_CHECK(strlen(digits) == (len + 2) / 3 * 4);
	for (i = 0; i < len; i += 3) {
		u32 n = len - i < 3 ? len - i : 3;
		u32 bits = bytes[i] << 16;

		bits |= n > 1 ? bytes[i + 1] << 8 : 0;
		bits |= n > 2 ? bytes[i + 2] : 0;
		for (k = 0; k < 4; k++)
			FUZZ_CHECK(digits[i / 3 * 4 + k] ==
				   (k > n ? '=' : base64[bits >> (18 - 6 * k) & 63]));
	}
}

static void check_decode(const char *value, u32 cap)
{
	u8 *bytes = malloc(cap);
	int len = tiser_chap_decode(value, bytes, cap);

	if (len < 0) {
		FUZZ_CHECK(len == -EINVAL || len == -E2BIG);
	} else {
		FUZZ_CHECK(len && (u32)len <= cap && value[0] == '0');
		if ((value[1] | 0x20) == 'x')
			check_hex(value + 2, bytes, len);
		else
			check_base64(value + 2, bytes, len);
	}
	free(bytes);
	if (len <= 0)
		return;
	bytes = malloc(len - 1);
	FUZZ_CHECK(tiser_chap_decode(value, bytes, len - 1) == -E2BIG);
	free(bytes);
}

static void check_values(const struct tiser_chap_keys *keys)
{
	u32 i;

	for (i = 0; i < TISER_CHAP_KEY_NR; i++) {
		if (!keys->value[i])
			continue;
		check_decode(keys->value[i], TISER_CHAP_BINARY_MAX);
		check_decode(keys->value[i], 16);
		check_decode(keys->value[i], strlen(keys->value[i]) / 2);
	}
}

/* The first value of each key; that none comes twice is the engine's to say. */
static struct tiser_chap_keys keys_of(const struct tiser_text_in *in)
{
	struct tiser_chap_keys keys = {};
	struct tiser_text_pair pair;
	u32 pos = 0, i;

	while (tiser_text_next(in, &pos, &pair) > 0)
		for (i = 0; i < TISER_CHAP_KEY_NR; i++)
			if (!keys.value[i] && tiser_text_key_is(&pair, names[i]))
				keys.value[i] = pair.value;
	return keys;
}

/* The value of @key in what was answered, copied; NULL when it is not there. */
static char *answer_of(const struct tiser_text_out *out, const char *key)
{
	struct tiser_text_in in = fuzz_text_in(out->buf, out->len);
	struct tiser_text_pair pair;
	char *value = NULL;
	u32 pos = 0;
	int ret;

	while ((ret = fuzz_next(&in, &pos, &pair)) > 0)
		if (!value && tiser_text_key_is(&pair, key))
			value = strdup(pair.value);
	FUZZ_CHECK(!ret);
	free(in.buf);
	return value;
}

static void check_binary(const struct tiser_text_out *out, const char *key,
			 const u8 *bytes, u32 len)
{
	char hex[FUZZ_CHAP_HEX_MAX];
	char *value = answer_of(out, key);

	fuzz_hex(hex, bytes, len);
	FUZZ_CHECK(value && !strcmp(value, hex));
	free(value);
}

static void check_challenge(const struct tiser_chap *chap,
			    const struct tiser_text_out *out)
{
	char *alg = answer_of(out, "CHAP_A"), *id = answer_of(out, "CHAP_I");

	FUZZ_CHECK(alg && (enum tiser_chap_alg)atoi(alg) == chap->alg);
	FUZZ_CHECK(chap->algs & 1u << chap->alg);
	FUZZ_CHECK(id && atoi(id) == chap->id);
	check_binary(out, "CHAP_C", chap->challenge,
		     tiser_chap_digest_len(chap->alg));
	free(id);
	free(alg);
}

/* RFC 7143, 9.2.1 and 12.1.3: only a proof lets one in. */
static void check_proof(const struct tiser_chap *chap,
			const struct tiser_chap_keys *keys)
{
	u8 want[TISER_CHAP_DIGEST_MAX], ours[TISER_CHAP_DIGEST_MAX];
	u8 got[TISER_CHAP_BINARY_MAX];
	u32 len = tiser_chap_digest_len(chap->alg);
	const char *name = keys->value[TISER_CHAP_KEY_N];
	const char *proof = keys->value[TISER_CHAP_KEY_R];

	FUZZ_CHECK(name && !strcmp(name, FUZZ_USER) && proof);
	FUZZ_CHECK(tiser_chap_decode(proof, got, sizeof(got)) == (int)len);
	fuzz_proof(chap, chap->creds.password, want);
	FUZZ_CHECK(!memcmp(got, want, len));
	fuzz_proof(chap, chap->creds.password_mutual, ours);
	FUZZ_CHECK(!chap->creds.password_mutual[0] || memcmp(got, ours, len));
}

/* We prove who we are when we are asked to, and only then. */
static void check_mutual(const struct tiser_chap *chap,
			 const struct tiser_chap_keys *keys,
			 const struct tiser_text_out *out)
{
	const char *number = keys->value[TISER_CHAP_KEY_I];
	const char *challenge = keys->value[TISER_CHAP_KEY_C];
	u8 digest[TISER_CHAP_DIGEST_MAX], got[TISER_CHAP_BINARY_MAX];
	struct tiser_chap_input input = {
		.secret = FUZZ_MUTUAL, .challenge = got,
	};
	char *name;

	FUZZ_CHECK(!number == !challenge && !number == !out->len);
	if (!number)
		return;
	input.id = strtoul(number, NULL, (number[1] | 0x20) == 'x' ? 16 : 10);
	input.challenge_len = tiser_chap_decode(challenge, got, sizeof(got));
	FUZZ_CHECK(input.challenge_len != tiser_chap_digest_len(chap->alg) ||
		   memcmp(got, chap->challenge, input.challenge_len));
	fuzz_digest(chap->alg, &input, digest);
	check_binary(out, "CHAP_R", digest, tiser_chap_digest_len(chap->alg));
	name = answer_of(out, "CHAP_N");
	FUZZ_CHECK(name && !strcmp(name, FUZZ_TARGET));
	free(name);
}

/* RFC 7143, 12.1.3: CHAP_A in the first step, the others in the second. */
static void check_in_step(const struct tiser_chap_keys *keys,
			  enum tiser_chap_state before)
{
	u32 i;

	for (i = 0; i < TISER_CHAP_KEY_NR; i++)
		if (keys->value[i])
			FUZZ_CHECK(i == TISER_CHAP_KEY_A ?
				   before <= TISER_CHAP_AGREED :
				   before == TISER_CHAP_CHALLENGED);
}

static void check_success(const struct tiser_chap *chap,
			  enum tiser_chap_state before,
			  const struct tiser_chap_keys *keys,
			  const struct tiser_text_out *out)
{
	check_in_step(keys, before);
	switch (chap->state) {
	case TISER_CHAP_AGREED:
		FUZZ_CHECK(before == TISER_CHAP_IDLE && !out->len);
		break;
	case TISER_CHAP_CHALLENGED:
		FUZZ_CHECK(before <= TISER_CHAP_AGREED);
		check_challenge(chap, out);
		break;
	case TISER_CHAP_DONE:
		if (before == TISER_CHAP_DONE) {
			FUZZ_CHECK(!out->len);
			break;
		}
		FUZZ_CHECK(before == TISER_CHAP_CHALLENGED);
		check_proof(chap, keys);
		check_mutual(chap, keys, out);
		break;
	default:
		FUZZ_CHECK(!"a state");
	}
}

static void check_failure(const struct tiser_chap *chap, u8 opts, u16 status,
			  enum tiser_chap_state before)
{
	FUZZ_CHECK(chap->state == before && before != TISER_CHAP_DONE);
	switch (status) {
	case TISER_LOGIN_INITIATOR_ERROR:
	case TISER_LOGIN_AUTH_FAILED:
	case TISER_LOGIN_MISSING_PARAMETER:
		FUZZ_CHECK(chap->reason);
		break;
	case TISER_LOGIN_NO_RESOURCES:
		FUZZ_CHECK(opts & OPT_NO_DIGEST && chap->reason);
		break;
	default:
		FUZZ_CHECK(status == TISER_LOGIN_TARGET_ERROR &&
			   opts & OPTS_NO_ROOM);
	}
}

static u32 room_for(const struct tiser_chap *chap, u8 opts)
{
	bool last = chap->state == TISER_CHAP_CHALLENGED;

	if (opts & OPT_TINY_ANSWER && last)
		return TINY;
	if (opts & OPT_SMALL_OUT || (opts & OPT_SMALL_ANSWER && last))
		return SMALL;
	return TISER_TEXT_MAX;
}

/* Returns false when the login is over. */
static bool step(struct tiser_chap *chap, u8 opts, const struct tiser_text_in *in)
{
	u32 room = room_for(chap, opts);
	struct tiser_text_out out = { .buf = malloc(room), .cap = room };
	enum tiser_chap_state before = chap->state;
	struct tiser_chap_keys keys = keys_of(in);
	u16 status;

	check_values(&keys);
	status = tiser_chap_step(chap, &keys, &out);
	FUZZ_CHECK(out.len <= room);
	FUZZ_CHECK(!memmem(out.buf, out.len, FUZZ_SECRET, strlen(FUZZ_SECRET)));
	FUZZ_CHECK(!memmem(out.buf, out.len, FUZZ_MUTUAL, strlen(FUZZ_MUTUAL)));
	/* even a good proof may meet a key that is out of step */
	if (status && before == TISER_CHAP_DONE)
		FUZZ_CHECK(status == TISER_LOGIN_INITIATOR_ERROR);
	else if (status)
		check_failure(chap, opts, status, before);
	else
		check_success(chap, before, &keys, &out);
	free(out.buf);
	return !status;
}

static void begin(struct tiser_chap *chap, u8 opts)
{
	memset(chap, 0, sizeof(*chap));
	fuzz_chap_init(chap, !(opts & OPT_NO_MUTUAL));
	if (opts & OPT_FEW_ALGS)
		chap->algs = 1u << TISER_CHAP_SHA1 | 1u << TISER_CHAP_SHA256;
	if (opts & OPT_NO_DIGEST)
		chap->ops = &fuzz_chap_ops_failing;
	if (opts & OPT_SAME_SECRET)
		strcpy(chap->creds.password_mutual, FUZZ_SECRET);
	FUZZ_CHECK(tiser_chap_is_possible(chap));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input input = { data, size };
	u8 opts = fuzz_u8(&input);
	struct tiser_chap chap;
	bool more = true;

	begin(&chap, opts);
	while (more && input.left) {
		struct tiser_text_out filled = { .cap = ROOM };
		size_t len;
		const u8 *text = fuzz_text(&input, &len);
		struct tiser_text_in raw = fuzz_text_in(text, len), in;

		filled.buf = malloc(filled.cap);
		more = fuzz_chap_fill(&chap, &raw, &filled);
		in = fuzz_text_in(filled.buf, filled.len);
		if (more)
			more = step(&chap, opts, &in);
		free(in.buf);
		free(filled.buf);
		free(raw.buf);
	}
	return 0;
}
