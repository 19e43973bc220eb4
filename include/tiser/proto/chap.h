/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHAP as RFC 7143, 12.1.3 carries it: which key in which step, how numbers and
 * binary values are written, what makes a proof good.
 *
 * Pure: digests, random numbers and the comparison are the caller's.
 */
#ifndef TISER_PROTO_CHAP_H
#define TISER_PROTO_CHAP_H

#include <linux/types.h>
#include <tiser/proto/text.h>

/* CHAP_A (IANA, PPP authentication algorithms). */
enum tiser_chap_alg {
	TISER_CHAP_MD5 = 5,
	TISER_CHAP_SHA1 = 6,
	TISER_CHAP_SHA256 = 7,
	TISER_CHAP_SHA3_256 = 8,
};

enum {
	TISER_CHAP_ALG_FIRST = TISER_CHAP_MD5,
	TISER_CHAP_ALG_LAST = TISER_CHAP_SHA3_256,
	TISER_CHAP_ALG_NR = TISER_CHAP_ALG_LAST - TISER_CHAP_ALG_FIRST + 1,
	/* A bit per algorithm, BIT(enum tiser_chap_alg): all of them. */
	TISER_CHAP_ALGS_ALL = 1 << TISER_CHAP_MD5 | 1 << TISER_CHAP_SHA1 |
			      1 << TISER_CHAP_SHA256 | 1 << TISER_CHAP_SHA3_256,
	TISER_CHAP_DIGEST_MAX = 32,
	TISER_CHAP_BINARY_MAX = 1024,	/* RFC 7143, 12.1.3 */
	TISER_CHAP_SECRET_MAX = 255,	/* as the iscsi fabric */
	TISER_CHAP_SECRET_GOOD = 12,	/* 96 bits, RFC 7143, 9.2.1 */
};

/* The keys an initiator may send, each once in a login. */
enum tiser_chap_key {
	TISER_CHAP_KEY_A,
	TISER_CHAP_KEY_I,
	TISER_CHAP_KEY_C,
	TISER_CHAP_KEY_N,
	TISER_CHAP_KEY_R,
	TISER_CHAP_KEY_NR,
};

/**
 * struct tiser_chap_keys - the CHAP keys of one request sequence
 * @value: values by enum tiser_chap_key, NULL for a key that was not sent
 */
struct tiser_chap_keys {
	const char *value[TISER_CHAP_KEY_NR];
};

/**
 * struct tiser_chap_creds - names and secrets of both directions
 * @user: name the initiator proves to have; empty: there are none
 * @password: its secret
 * @user_mutual: our name towards the initiator; empty: we prove nothing
 * @password_mutual: our secret
 */
struct tiser_chap_creds {
	char user[TISER_CHAP_SECRET_MAX + 1];
	char password[TISER_CHAP_SECRET_MAX + 1];
	char user_mutual[TISER_CHAP_SECRET_MAX + 1];
	char password_mutual[TISER_CHAP_SECRET_MAX + 1];
};

/**
 * struct tiser_chap_input - what a response is the digest of, in this order
 *	(RFC 1994, 4.1)
 * @id: identifier
 * @secret: secret, a string
 * @challenge: @challenge_len bytes
 */
struct tiser_chap_input {
	u8 id;
	const char *secret;
	const u8 *challenge;
	u32 challenge_len;
};

/**
 * struct tiser_chap_ops - what the caller provides
 * @digest: write the tiser_chap_digest_len() bytes; 0 or a negative errno
 * @random: fill a buffer with random bytes nobody can guess
 * @equal: are two buffers equal; takes as long wherever they differ
 */
struct tiser_chap_ops {
	int (*digest)(enum tiser_chap_alg alg,
		      const struct tiser_chap_input *input, u8 *digest);
	void (*random)(void *buf, u32 len);
	bool (*equal)(const void *a, const void *b, u32 len);
};

enum tiser_chap_state {
	TISER_CHAP_IDLE,	/* not agreed on */
	TISER_CHAP_AGREED,	/* AuthMethod=CHAP was answered */
	TISER_CHAP_CHALLENGED,	/* CHAP_C was sent */
	TISER_CHAP_DONE,	/* the initiator's proof was good */
};

/**
 * struct tiser_chap - authentication of one connection, holds secrets
 * @ops: NULL while there is nothing to authenticate with
 * @algs: algorithms to choose from, BIT(enum tiser_chap_alg)
 * @creds: whom we expect and who we are
 * @state: where the exchange is
 * @mutual: we have proved who we are, too
 * @alg: the algorithm chosen
 * @id: our identifier
 * @challenge: ours, as long as a digest of @alg
 * @digest: for digests
 * @peer: for decoded values of the initiator's
 * @reason: after a failure: why, for the log of this side only
 */
struct tiser_chap {
	const struct tiser_chap_ops *ops;
	u32 algs;
	struct tiser_chap_creds creds;
	enum tiser_chap_state state;
	bool mutual;
	enum tiser_chap_alg alg;
	u8 id;
	u8 challenge[TISER_CHAP_DIGEST_MAX];
	u8 digest[TISER_CHAP_DIGEST_MAX];
	u8 peer[TISER_CHAP_BINARY_MAX];
	const char *reason;
};

const char *tiser_chap_alg_name(enum tiser_chap_alg alg);
u32 tiser_chap_digest_len(enum tiser_chap_alg alg);
int tiser_chap_decode(const char *value, u8 *out, u32 cap);
bool tiser_chap_is_possible(const struct tiser_chap *chap);
u16 tiser_chap_step(struct tiser_chap *chap, const struct tiser_chap_keys *keys,
		    struct tiser_text_out *out);

#endif /* TISER_PROTO_CHAP_H */
