/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHAP for fuzz targets: a digest that needs no library, credentials, and an
 * initiator that knows the answers. In a text, the value @1 stands for the
 * proof, @2 for one made with the target's secret, @3 for the target's own
 * challenge; a fuzzer would not guess them.
 */
#ifndef TESTS_FUZZ_CHAP_H
#define TESTS_FUZZ_CHAP_H

#include <tiser/proto/chap.h>
#include "text.h"

#define FUZZ_USER	"alice"
#define FUZZ_SECRET	"secret-of-the-initiator"
#define FUZZ_TARGET	"storage"
#define FUZZ_MUTUAL	"secret-of-the-target"

enum { FUZZ_CHAP_HEX_MAX = 2 + 2 * TISER_CHAP_DIGEST_MAX + 1 };

static inline void fuzz_mix(u8 *digest, u32 len, const void *data, u32 size)
{
	const u8 *p = data;
	u32 i;

	for (i = 0; i < size; i++)
		digest[i % len] = digest[i % len] * 167 + p[i] + 13;
}

static inline int fuzz_digest(enum tiser_chap_alg alg,
			      const struct tiser_chap_input *input, u8 *digest)
{
	u32 len = tiser_chap_digest_len(alg);

	FUZZ_CHECK(len && len <= TISER_CHAP_DIGEST_MAX);
	memset(digest, alg, len);
	fuzz_mix(digest, len, &input->id, 1);
	fuzz_mix(digest, len, input->secret, strlen(input->secret));
	fuzz_mix(digest, len, input->challenge, input->challenge_len);
	return 0;
}

static inline int fuzz_no_digest(enum tiser_chap_alg alg,
				 const struct tiser_chap_input *input,
				 u8 *digest)
{
	return -1;
}

static inline void fuzz_random(void *buf, u32 len)
{
	u8 *p = buf;
	u32 i;

	for (i = 0; i < len; i++)
		p[i] = 0xc0 + i;
}

static inline bool fuzz_equal(const void *a, const void *b, u32 len)
{
	return !memcmp(a, b, len);
}

static const struct tiser_chap_ops fuzz_chap_ops = {
	.digest = fuzz_digest,
	.random = fuzz_random,
	.equal = fuzz_equal,
};

static const struct tiser_chap_ops fuzz_chap_ops_failing = {
	.digest = fuzz_no_digest,
	.random = fuzz_random,
	.equal = fuzz_equal,
};

static inline void fuzz_chap_init(struct tiser_chap *chap, bool mutual)
{
	chap->ops = &fuzz_chap_ops;
	chap->algs = TISER_CHAP_ALGS_ALL;
	strcpy(chap->creds.user, FUZZ_USER);
	strcpy(chap->creds.password, FUZZ_SECRET);
	if (!mutual)
		return;
	strcpy(chap->creds.user_mutual, FUZZ_TARGET);
	strcpy(chap->creds.password_mutual, FUZZ_MUTUAL);
}

/* "0x..." of @len bytes. */
static inline void fuzz_hex(char *text, const u8 *data, u32 len)
{
	u32 i;

	strcpy(text, "0x");
	for (i = 0; i < len; i++)
		sprintf(text + 2 + 2 * i, "%02x", data[i]);
}

/* What an initiator with @secret answers to the challenge it was sent. */
static inline void fuzz_proof(const struct tiser_chap *chap, const char *secret,
			      u8 *digest)
{
	const struct tiser_chap_input input = {
		.id = chap->id,
		.secret = secret,
		.challenge = chap->challenge,
		.challenge_len = tiser_chap_digest_len(chap->alg),
	};

	fuzz_digest(chap->alg, &input, digest);
}

/* What the value of a pair stands for; it itself unless it is one of ours. */
static inline const char *fuzz_chap_value(const struct tiser_chap *chap,
					  const char *value, char *hex)
{
	u8 digest[TISER_CHAP_DIGEST_MAX];

	if (value[0] != '@' || chap->state != TISER_CHAP_CHALLENGED)
		return value;
	if (!strcmp(value, "@3"))
		memcpy(digest, chap->challenge, sizeof(digest));
	else
		fuzz_proof(chap, strcmp(value, "@2") ? FUZZ_SECRET : FUZZ_MUTUAL,
			   digest);
	fuzz_hex(hex, digest, tiser_chap_digest_len(chap->alg));
	return hex;
}

/* The pairs of @in with such values filled in; false for malformed text. */
static inline bool fuzz_chap_fill(const struct tiser_chap *chap,
				  const struct tiser_text_in *in,
				  struct tiser_text_out *out)
{
	char hex[FUZZ_CHAP_HEX_MAX];
	struct tiser_text_pair pair;
	u32 pos = 0;
	int ret;

	while ((ret = tiser_text_next(in, &pos, &pair)) > 0)
		if (tiser_text_answer(out, &pair, fuzz_chap_value(chap,
								  pair.value,
								  hex)))
			return false;
	return !ret;
}

#endif /* TESTS_FUZZ_CHAP_H */
