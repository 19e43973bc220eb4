// SPDX-License-Identifier: GPL-2.0
/*
 * The CHAP exchange (RFC 7143, 9.2.1 and 12.1.3; RFC 1994) from CHAP_A to the
 * last response, and the format of binary values. Knows neither where secrets
 * come from nor what a digest is made with.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <tiser/proto/chap.h>
#include <tiser/proto/login_fsm.h>

struct chap_alg {
	const char *name;
	u32 digest_len;
};

static const struct chap_alg chap_algs[TISER_CHAP_ALG_NR] = {
	[TISER_CHAP_MD5 - TISER_CHAP_ALG_FIRST] = { "MD5", 16 },
	[TISER_CHAP_SHA1 - TISER_CHAP_ALG_FIRST] = { "SHA1", 20 },
	[TISER_CHAP_SHA256 - TISER_CHAP_ALG_FIRST] = { "SHA-256", 32 },
	[TISER_CHAP_SHA3_256 - TISER_CHAP_ALG_FIRST] = { "SHA3-256", 32 },
};

/**
 * tiser_chap_alg_name - name of an algorithm
 * @alg: one of enum tiser_chap_alg
 *
 * Context: any.
 * Return: a static string.
 */
const char *tiser_chap_alg_name(enum tiser_chap_alg alg)
{
	return chap_algs[alg - TISER_CHAP_ALG_FIRST].name;
}

/**
 * tiser_chap_digest_len - how long a response is
 * @alg: one of enum tiser_chap_alg
 *
 * Context: any.
 * Return: bytes, at most TISER_CHAP_DIGEST_MAX.
 */
u32 tiser_chap_digest_len(enum tiser_chap_alg alg)
{
	return chap_algs[alg - TISER_CHAP_ALG_FIRST].digest_len;
}

static int chap_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int chap_decode_hex(const char *digits, u8 *out, u32 cap)
{
	size_t len = strlen(digits);
	u32 i;

	if (!len || len % 2)
		return -EINVAL;
	if (len / 2 > cap)
		return -E2BIG;
	for (i = 0; i < len / 2; i++) {
		int high = chap_hex_digit(digits[2 * i]);
		int low = chap_hex_digit(digits[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		out[i] = high << 4 | low;
	}
	return len / 2;
}

static int chap_base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Four characters, of which @take + 1 count: @take bytes. */
static int chap_decode_quad(const char *digits, u8 *out, u32 take)
{
	u32 bits = 0;
	u32 i;

	for (i = 0; i < 4; i++) {
		int digit = i <= take ? chap_base64_digit(digits[i]) : 0;

		if (digit < 0)
			return -EINVAL;
		bits = bits << 6 | digit;
	}
	for (i = 0; i < take; i++)
		out[i] = bits >> (16 - 8 * i);
	/* what is left over MUST be zero (RFC 4648, 3.5) */
	return bits & (0xffffff >> 8 * take) ? -EINVAL : 0;
}

static int chap_decode_base64(const char *digits, u8 *out, u32 cap)
{
	size_t len = strlen(digits);
	u32 size, i, pad = 0;

	if (!len || len % 4)
		return -EINVAL;
	while (pad < 2 && digits[len - 1 - pad] == '=')
		pad++;
	size = len / 4 * 3 - pad;
	if (size > cap)
		return -E2BIG;
	for (i = 0; i < len / 4; i++)
		if (chap_decode_quad(digits + 4 * i, out + 3 * i,
				     min_t(u32, 3, size - 3 * i)))
			return -EINVAL;
	return size;
}

/**
 * tiser_chap_decode - read a binary-value (RFC 7143, 6.1)
 * @value: hexadecimal behind 0x or 0X, an even number of digits; or Base64
 *	behind 0b or 0B, padded
 * @out: result
 * @cap: bytes of @out; nothing is written when the value is longer
 *
 * Context: any.
 * Return: length in bytes, at least 1; -EINVAL for something else, -E2BIG.
 */
int tiser_chap_decode(const char *value, u8 *out, u32 cap)
{
	if (value[0] != '0')
		return -EINVAL;
	if (value[1] == 'x' || value[1] == 'X')
		return chap_decode_hex(value + 2, out, cap);
	if (value[1] == 'b' || value[1] == 'B')
		return chap_decode_base64(value + 2, out, cap);
	return -EINVAL;
}

/* "0x" and the digits of at most TISER_CHAP_DIGEST_MAX bytes. */
static int chap_add_binary(struct tiser_text_out *out, const char *key,
			   const u8 *data, u32 len)
{
	static const char digits[] = "0123456789abcdef";
	char value[2 + 2 * TISER_CHAP_DIGEST_MAX + 1] = "0x";
	char *p = value + 2;
	u32 i;

	for (i = 0; i < len; i++) {
		*p++ = digits[data[i] >> 4];
		*p++ = digits[data[i] & 15];
	}
	*p = '\0';
	return tiser_text_add(out, key, value);
}

/**
 * tiser_chap_is_possible - could an initiator authenticate itself?
 * @chap: CHAP state, set up
 *
 * Context: any.
 * Return: true with a name, a secret and an algorithm to use them with.
 */
bool tiser_chap_is_possible(const struct tiser_chap *chap)
{
	return chap->ops && chap->algs && chap->creds.user[0] &&
	       chap->creds.password[0];
}

static u16 chap_fail(struct tiser_chap *chap, u16 status, const char *reason)
{
	chap->reason = reason;
	return status;
}

static u16 chap_digest(struct tiser_chap *chap,
		       const struct tiser_chap_input *input)
{
	if (chap->ops->digest(chap->alg, input, chap->digest))
		return chap_fail(chap, TISER_LOGIN_NO_RESOURCES,
				 "the kernel could not compute a digest");
	return TISER_LOGIN_OK;
}

/* The initiator's order of preference decides (RFC 7143, 12.1.3). */
static u16 chap_choose(struct tiser_chap *chap, const char *list)
{
	const char *item;
	char number[8];
	u32 alg, len;

	while (tiser_text_list_next(&list, &item, &len)) {
		if (len >= sizeof(number))
			continue;
		memcpy(number, item, len);
		number[len] = '\0';
		if (tiser_text_parse_num(number, TISER_CHAP_ALG_FIRST,
					 TISER_CHAP_ALG_LAST, &alg) ||
		    !(chap->algs & BIT(alg)))
			continue;
		chap->alg = alg;
		return TISER_LOGIN_OK;
	}
	return chap_fail(chap, TISER_LOGIN_AUTH_FAILED,
			 "none of its CHAP algorithms is allowed here");
}

static u16 chap_challenge(struct tiser_chap *chap,
			  const struct tiser_chap_keys *keys,
			  struct tiser_text_out *out)
{
	u16 status;
	u32 len;

	if (!keys->value[TISER_CHAP_KEY_A])
		return chap_fail(chap, TISER_LOGIN_MISSING_PARAMETER,
				 "CHAP_A is missing");
	status = chap_choose(chap, keys->value[TISER_CHAP_KEY_A]);
	if (status)
		return status;
	len = tiser_chap_digest_len(chap->alg);
	chap->ops->random(&chap->id, sizeof(chap->id));
	chap->ops->random(chap->challenge, len);
	if (tiser_text_add_num(out, "CHAP_A", chap->alg) ||
	    tiser_text_add_num(out, "CHAP_I", chap->id) ||
	    chap_add_binary(out, "CHAP_C", chap->challenge, len))
		return TISER_LOGIN_TARGET_ERROR;
	chap->state = TISER_CHAP_CHALLENGED;
	return TISER_LOGIN_OK;
}

/* Is what was decoded into @peer the digest for @secret? */
static u16 chap_response_is_of(struct tiser_chap *chap, const char *secret,
			       bool *is)
{
	const struct tiser_chap_input input = {
		.id = chap->id,
		.secret = secret,
		.challenge = chap->challenge,
		.challenge_len = tiser_chap_digest_len(chap->alg),
	};
	u16 status = chap_digest(chap, &input);

	if (!status)
		*is = chap->ops->equal(chap->digest, chap->peer,
				       tiser_chap_digest_len(chap->alg));
	return status;
}

static bool chap_name_is(const struct tiser_chap *chap, const char *name)
{
	size_t len = strlen(chap->creds.user);

	return strlen(name) == len &&
	       chap->ops->equal(name, chap->creds.user, len);
}

/*
 * Both are looked at whatever the first says, and the wire does not tell them
 * apart. A proof we could have given ourselves proves nothing (RFC 7143, 9.2.1).
 */
static u16 chap_verify(struct tiser_chap *chap, const char *name, u32 len)
{
	bool known = chap_name_is(chap, name);
	bool good = false, ours = false;
	u16 status = TISER_LOGIN_OK;

	if (len == tiser_chap_digest_len(chap->alg))
		status = chap_response_is_of(chap, chap->creds.password, &good);
	if (!status && good && chap->creds.password_mutual[0])
		status = chap_response_is_of(chap, chap->creds.password_mutual,
					     &ours);
	if (status)
		return status;
	if (!known)
		return chap_fail(chap, TISER_LOGIN_AUTH_FAILED,
				 "wrong CHAP name");
	if (!good)
		return chap_fail(chap, TISER_LOGIN_AUTH_FAILED,
				 "wrong CHAP secret");
	if (ours)
		return chap_fail(chap, TISER_LOGIN_AUTH_FAILED,
				 "one CHAP secret for both directions");
	return TISER_LOGIN_OK;
}

static u16 chap_check_proof(struct tiser_chap *chap,
			    const struct tiser_chap_keys *keys)
{
	const char *name = keys->value[TISER_CHAP_KEY_N];
	int len;

	/* a missing CHAP_R is what reflection looks like (RFC 7143, 9.2.1) */
	if (!name || !keys->value[TISER_CHAP_KEY_R])
		return chap_fail(chap, TISER_LOGIN_MISSING_PARAMETER,
				 "CHAP_N or CHAP_R is missing");
	len = tiser_chap_decode(keys->value[TISER_CHAP_KEY_R], chap->peer,
				sizeof(chap->peer));
	if (len < 0)
		return chap_fail(chap, TISER_LOGIN_INITIATOR_ERROR,
				 "CHAP_R is no binary value of at most 1024 bytes");
	return chap_verify(chap, name, len);
}

/* RFC 7143, 9.2.1: the initiator MUST NOT use our challenge. */
static bool chap_challenge_is_ours(const struct tiser_chap *chap, u32 len)
{
	return len == tiser_chap_digest_len(chap->alg) &&
	       !memcmp(chap->challenge, chap->peer, len);
}

static u16 chap_answer(struct tiser_chap *chap, u8 id, u32 len,
		       struct tiser_text_out *out)
{
	const struct tiser_chap_input input = {
		.id = id,
		.secret = chap->creds.password_mutual,
		.challenge = chap->peer,
		.challenge_len = len,
	};
	u16 status;

	if (chap_challenge_is_ours(chap, len))
		return chap_fail(chap, TISER_LOGIN_AUTH_FAILED,
				 "it sent our own CHAP challenge back");
	if (!chap->creds.user_mutual[0] || !chap->creds.password_mutual[0])
		return chap_fail(chap, TISER_LOGIN_AUTH_FAILED,
				 "it wants the target to authenticate itself, but there is no userid_mutual or password_mutual");
	/* RFC 7143, 9.2.1; nobody can verify IPsec below RDMA. */
	if (strlen(input.secret) < TISER_CHAP_SECRET_GOOD)
		return chap_fail(chap, TISER_LOGIN_AUTH_FAILED,
				 "password_mutual is shorter than 96 bits, so it is not used");
	status = chap_digest(chap, &input);
	if (status)
		return status;
	if (tiser_text_add(out, "CHAP_N", chap->creds.user_mutual) ||
	    chap_add_binary(out, "CHAP_R", chap->digest,
			    tiser_chap_digest_len(chap->alg)))
		return TISER_LOGIN_TARGET_ERROR;
	chap->mutual = true;
	return TISER_LOGIN_OK;
}

static u16 chap_mutual(struct tiser_chap *chap,
		       const struct tiser_chap_keys *keys,
		       struct tiser_text_out *out)
{
	const char *challenge = keys->value[TISER_CHAP_KEY_C];
	const char *number = keys->value[TISER_CHAP_KEY_I];
	u32 id;
	int len;

	if (!number && !challenge)
		return TISER_LOGIN_OK;
	if (!number || !challenge)
		return chap_fail(chap, TISER_LOGIN_MISSING_PARAMETER,
				 "CHAP_I without CHAP_C, or the reverse");
	if (tiser_text_parse_num(number, 0, 255, &id))
		return chap_fail(chap, TISER_LOGIN_INITIATOR_ERROR,
				 "CHAP_I is no number of 0 to 255");
	len = tiser_chap_decode(challenge, chap->peer, sizeof(chap->peer));
	if (len < 0)
		return chap_fail(chap, TISER_LOGIN_INITIATOR_ERROR,
				 "CHAP_C is no binary value of at most 1024 bytes");
	return chap_answer(chap, id, len, out);
}

static bool chap_is_out_of_step(const struct tiser_chap *chap,
				const struct tiser_chap_keys *keys)
{
	enum tiser_chap_key key;

	for (key = 0; key < TISER_CHAP_KEY_NR; key++) {
		bool first = key == TISER_CHAP_KEY_A;

		if (!keys->value[key] ||
		    (first && chap->state <= TISER_CHAP_AGREED) ||
		    (!first && chap->state == TISER_CHAP_CHALLENGED))
			continue;
		return true;
	}
	return false;
}

/**
 * tiser_chap_step - take the CHAP keys of a request, answer them
 * @chap: CHAP state; AuthMethod=CHAP has been chosen
 * @keys: the keys of one request sequence
 * @out: answers are added
 *
 * The first call comes with the request that offered the method; CHAP_A may be
 * there already. Each further request has to bring what its step asks for,
 * until the state is TISER_CHAP_DONE.
 *
 * Context: that of chap->ops->digest().
 * Return: TISER_LOGIN_OK; with @chap->reason set TISER_LOGIN_INITIATOR_ERROR
 * for a key out of step or a malformed value, TISER_LOGIN_MISSING_PARAMETER for
 * a missing key, TISER_LOGIN_AUTH_FAILED for a wrong name or proof and where
 * there is no algorithm or secret; TISER_LOGIN_NO_RESOURCES when a digest could
 * not be computed, TISER_LOGIN_TARGET_ERROR when the answer does not fit.
 */
u16 tiser_chap_step(struct tiser_chap *chap, const struct tiser_chap_keys *keys,
		    struct tiser_text_out *out)
{
	u16 status;

	if (chap_is_out_of_step(chap, keys))
		return chap_fail(chap, TISER_LOGIN_INITIATOR_ERROR,
				 "a CHAP key out of step");
	if (chap->state == TISER_CHAP_DONE)
		return TISER_LOGIN_OK;
	if (chap->state == TISER_CHAP_IDLE && !keys->value[TISER_CHAP_KEY_A]) {
		chap->state = TISER_CHAP_AGREED;
		return TISER_LOGIN_OK;
	}
	if (chap->state != TISER_CHAP_CHALLENGED)
		return chap_challenge(chap, keys, out);

	status = chap_check_proof(chap, keys);
	if (!status)
		status = chap_mutual(chap, keys, out);
	if (!status)
		chap->state = TISER_CHAP_DONE;
	return status;
}
