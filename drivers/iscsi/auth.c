// SPDX-License-Identifier: GPL-2.0
/*
 * What proto/chap.c needs of the kernel: digests, random numbers, a comparison
 * in constant time; and which credentials a login is held against.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/string.h>
#include <target/target_core_fabric.h>
#include "iscsi.h"

static const char *const tiser_auth_digests[TISER_CHAP_ALG_NR] = {
	[TISER_CHAP_MD5 - TISER_CHAP_ALG_FIRST] = "md5",
	[TISER_CHAP_SHA1 - TISER_CHAP_ALG_FIRST] = "sha1",
	[TISER_CHAP_SHA256 - TISER_CHAP_ALG_FIRST] = "sha256",
	[TISER_CHAP_SHA3_256 - TISER_CHAP_ALG_FIRST] = "sha3-256",
};

/* ERR_PTR where the kernel has none; constant from load to unload. */
static struct crypto_shash *tiser_auth_shash[TISER_CHAP_ALG_NR];

/**
 * tiser_auth_init - find out which digests the kernel has
 *
 * One that is missing, as MD5 in FIPS mode, is not offered to anybody.
 *
 * Context: Process.
 */
void tiser_auth_init(void)
{
	u32 i;

	for (i = 0; i < TISER_CHAP_ALG_NR; i++) {
		tiser_auth_shash[i] = crypto_alloc_shash(tiser_auth_digests[i],
							 0, 0);
		if (IS_ERR(tiser_auth_shash[i]))
			pr_info("CHAP without %s, which this kernel does not have: error %ld\n",
				tiser_chap_alg_name(TISER_CHAP_ALG_FIRST + i),
				PTR_ERR(tiser_auth_shash[i]));
	}
}

/**
 * tiser_auth_exit - undo tiser_auth_init(), forget secrets
 *
 * Context: Process. No connection may be left.
 */
void tiser_auth_exit(void)
{
	u32 i;

	for (i = 0; i < TISER_CHAP_ALG_NR; i++)
		if (!IS_ERR(tiser_auth_shash[i]))
			crypto_free_shash(tiser_auth_shash[i]);
	memzero_explicit(&tiser_discovery, sizeof(tiser_discovery));
}

static u32 tiser_auth_algs(void)
{
	u32 i, algs = 0;

	for (i = 0; i < TISER_CHAP_ALG_NR; i++)
		if (!IS_ERR(tiser_auth_shash[i]))
			algs |= BIT(TISER_CHAP_ALG_FIRST + i);
	return algs;
}

static int tiser_auth_digest(enum tiser_chap_alg alg,
			     const struct tiser_chap_input *input, u8 *digest)
{
	struct crypto_shash *shash =
		tiser_auth_shash[alg - TISER_CHAP_ALG_FIRST];
	SHASH_DESC_ON_STACK(desc, shash);
	int ret;

	desc->tfm = shash;
	ret = crypto_shash_init(desc);
	if (!ret)
		ret = crypto_shash_update(desc, &input->id, sizeof(input->id));
	if (!ret)
		ret = crypto_shash_update(desc, (const u8 *)input->secret,
					  strlen(input->secret));
	if (!ret)
		ret = crypto_shash_update(desc, input->challenge,
					  input->challenge_len);
	if (!ret)
		ret = crypto_shash_final(desc, digest);
	shash_desc_zero(desc);
	return ret;
}

static void tiser_auth_random(void *buf, u32 len)
{
	get_random_bytes(buf, len);
}

static bool tiser_auth_equal(const void *a, const void *b, u32 len)
{
	return !crypto_memneq(a, b, len);
}

static const struct tiser_chap_ops tiser_auth_ops = {
	.digest = tiser_auth_digest,
	.random = tiser_auth_random,
	.equal = tiser_auth_equal,
};

static bool tiser_auth_has_creds(const struct tiser_auth *auth)
{
	return auth->creds.user[0] && auth->creds.password[0];
}

static void tiser_auth_copy(struct tiser_chap *chap,
			    const struct tiser_auth *auth)
{
	chap->creds = auth->creds;
	chap->algs = tiser_auth_algs() & ~auth->algs_refused;
}

/* What attrib/authentication says, in the ACL or, if it inherits, in the group. */
static bool tiser_auth_is_required(const struct tiser_tpg *tpg,
				   struct se_node_acl *nacl)
{
	u32 own = TISER_ACL_AUTHENTICATION_INHERITED;

	if (nacl && !nacl->dynamic_node_acl)
		own = READ_ONCE(tiser_acl_of(nacl)->attrib[TISER_ACL_AUTHENTICATION]);
	if (own != TISER_ACL_AUTHENTICATION_INHERITED)
		return own;
	return READ_ONCE(tpg->attrib[TISER_ATTRIB_AUTHENTICATION]);
}

/*
 * An ACL's own credentials, and its own mind about whether they are needed, go
 * before those of its portal group.
 */
static bool tiser_auth_take(struct tiser_conn *conn, struct tiser_chap *chap)
{
	struct tiser_tpg *tpg = conn->tpg;
	struct tiser_auth *auth = &tpg->auth;
	struct se_node_acl *nacl;
	bool required;

	nacl = core_tpg_get_initiator_node_acl(&tpg->tpg, conn->initiator);
	mutex_lock(&tiser_auth_mutex);
	if (nacl && tiser_auth_has_creds(&tiser_acl_of(nacl)->auth))
		auth = &tiser_acl_of(nacl)->auth;
	tiser_auth_copy(chap, auth);
	mutex_unlock(&tiser_auth_mutex);
	required = tiser_auth_is_required(tpg, nacl);
	if (nacl)
		target_put_nacl(nacl);
	return required;
}

static bool tiser_auth_take_discovery(struct tiser_chap *chap)
{
	bool required;

	mutex_lock(&tiser_auth_mutex);
	tiser_auth_copy(chap, &tiser_discovery.auth);
	required = tiser_discovery.enforce;
	mutex_unlock(&tiser_auth_mutex);
	return required;
}

static const char *tiser_auth_missing(const struct tiser_conn *conn,
				      const struct tiser_chap *chap)
{
	if (!chap->algs)
		return "no algorithm of chap_algorithms is in this kernel";
	if (conn->discovery)
		return "discovery must authenticate, but discovery_auth has no userid or password";
	return "authentication is required, but neither the auth directory of the initiator's ACL nor that of the portal group has userid and password";
}

/**
 * tiser_auth_setup - say what a login has to prove
 * @conn: connection in login, whose names are known
 * @required: result: authentication is not optional
 *
 * A portal group that does not require authentication still grants it to an
 * initiator that asks for it and has credentials here.
 *
 * Context: Process, login work. Takes tiser_auth_mutex.
 * Return: TISER_LOGIN_OK, or TISER_LOGIN_AUTH_FAILED when authentication is
 * required and there is nothing to authenticate with.
 */
u16 tiser_auth_setup(struct tiser_conn *conn, bool *required)
{
	struct tiser_login *login = conn->login;
	struct tiser_chap *chap = &login->chap;

	chap->ops = &tiser_auth_ops;
	if (conn->discovery)
		*required = tiser_auth_take_discovery(chap);
	else
		*required = tiser_auth_take(conn, chap);
	if (!*required || tiser_chap_is_possible(chap))
		return TISER_LOGIN_OK;
	login->reason = tiser_auth_missing(conn, chap);
	return TISER_LOGIN_AUTH_FAILED;
}

MODULE_SOFTDEP("pre: crypto-md5 crypto-sha1 crypto-sha256 crypto-sha3-256");
