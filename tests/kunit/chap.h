/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A digest, random numbers and credentials for tests of CHAP: predictable, and
 * different for every identifier, secret and challenge.
 */
#ifndef TESTS_KUNIT_CHAP_H
#define TESTS_KUNIT_CHAP_H

#include <kunit/test.h>
#include <linux/string.h>
#include <tiser/proto/chap.h>

#define FAKE_USER	"alice"
#define FAKE_SECRET	"initiator secret"
#define FAKE_TARGET	"storage"
#define FAKE_MUTUAL	"secret of the target"

static inline void fake_mix(u8 *digest, u32 len, const void *data, u32 data_len)
{
	const u8 *p = data;
	u32 i;

	for (i = 0; i < data_len; i++)
		digest[i % len] = digest[i % len] * 31 + p[i] + 1;
}

static inline int fake_digest(enum tiser_chap_alg alg,
			      const struct tiser_chap_input *input, u8 *digest)
{
	u32 len = tiser_chap_digest_len(alg);

	memset(digest, alg, len);
	fake_mix(digest, len, &input->id, 1);
	fake_mix(digest, len, input->secret, strlen(input->secret));
	fake_mix(digest, len, input->challenge, input->challenge_len);
	return 0;
}

/* The identifier is 0xc0, the challenge c0c1c2... */
static inline void fake_random(void *buf, u32 len)
{
	u8 *p = buf;
	u32 i;

	for (i = 0; i < len; i++)
		p[i] = 0xc0 + i;
}

static inline bool fake_equal(const void *a, const void *b, u32 len)
{
	return !memcmp(a, b, len);
}

static const struct tiser_chap_ops fake_ops = {
	.digest = fake_digest,
	.random = fake_random,
	.equal = fake_equal,
};

static inline void fake_chap_init(struct tiser_chap *chap)
{
	chap->ops = &fake_ops;
	chap->algs = TISER_CHAP_ALGS_ALL;
	strcpy(chap->creds.user, FAKE_USER);
	strcpy(chap->creds.password, FAKE_SECRET);
	strcpy(chap->creds.user_mutual, FAKE_TARGET);
	strcpy(chap->creds.password_mutual, FAKE_MUTUAL);
}

/* "0x..." of a digest; freed with the test. */
static inline char *fake_response(struct kunit *test, enum tiser_chap_alg alg,
				  u8 id, const char *secret,
				  const u8 *challenge, u32 len)
{
	const struct tiser_chap_input input = { id, secret, challenge, len };
	char *text = kunit_kzalloc(test, 2 * TISER_CHAP_DIGEST_MAX + 3,
				   GFP_KERNEL);
	u8 digest[TISER_CHAP_DIGEST_MAX];
	u32 i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, text);
	fake_digest(alg, &input, digest);
	strcpy(text, "0x");
	for (i = 0; i < tiser_chap_digest_len(alg); i++)
		snprintf(text + 2 + 2 * i, 3, "%02x", digest[i]);
	return text;
}

/* What an initiator with @secret answers to fake_random()'s challenge. */
static inline char *fake_proof(struct kunit *test, enum tiser_chap_alg alg,
			       const char *secret)
{
	u8 challenge[TISER_CHAP_DIGEST_MAX];

	fake_random(challenge, sizeof(challenge));
	return fake_response(test, alg, 0xc0, secret, challenge,
			     tiser_chap_digest_len(alg));
}

#endif /* TESTS_KUNIT_CHAP_H */
