// SPDX-License-Identifier: GPL-2.0
/*
 * Which CHAP secrets may stand beside each other, across all directories of
 * credentials (RFC 7143, 9.2.1). Never prints one.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <target/target_core_base.h>
#include <tiser/proto/chap.h>
#include <tiser/target.h>
#include "configfs.h"

struct tiser_cfs_search {
	const char *secret;
	const struct tiser_auth *own;
	bool mutual;
	enum tiser_cfs_secret_use use;
};

static void tiser_cfs_search_auth(struct tiser_cfs_search *search,
				  const struct tiser_auth *auth)
{
	const struct tiser_chap_creds *creds = &auth->creds;
	const char *same = search->mutual ? creds->password_mutual :
					    creds->password;
	const char *other = search->mutual ? creds->password :
					     creds->password_mutual;

	lockdep_assert_held(&tiser_auth_mutex);
	if (!strcmp(search->secret, other))
		search->use = TISER_CFS_SECRET_OTHER_WAY;
	else if (auth != search->own && !search->mutual && !search->use &&
		 !strcmp(search->secret, same))
		search->use = TISER_CFS_SECRET_SHARED;
}

static void tiser_cfs_search_tpg(struct tiser_cfs_search *search,
				 struct tiser_tpg *tpg)
{
	struct se_node_acl *nacl;

	mutex_lock(&tpg->tpg.acl_node_mutex);
	mutex_lock(&tiser_auth_mutex);
	tiser_cfs_search_auth(search, &tpg->auth);
	list_for_each_entry(nacl, &tpg->tpg.acl_node_list, acl_list)
		tiser_cfs_search_auth(search, &tiser_acl_of(nacl)->auth);
	mutex_unlock(&tiser_auth_mutex);
	mutex_unlock(&tpg->tpg.acl_node_mutex);
}

/**
 * tiser_cfs_secret_used - is a secret in use already?
 * @own: directory it is meant for
 * @mutual: it is to prove who the target is, not an initiator
 * @secret: secret, not empty
 *
 * RFC 7143, 9.2.1: what authenticates initiators MUST NOT authenticate targets,
 * anywhere, and SHOULD NOT authenticate two initiators. All targets here are one
 * and the same to whoever knows a secret of theirs, so that these may share one
 * is the administrator's business.
 *
 * Context: process, may sleep; with tiser_targets_lock held, which keeps others
 * from storing a secret meanwhile. Takes tgt->mutex, LIO's acl_node_mutex and
 * tiser_auth_mutex.
 * Return: what it is used for.
 */
enum tiser_cfs_secret_use tiser_cfs_secret_used(const struct tiser_auth *own,
						bool mutual, const char *secret)
{
	struct tiser_cfs_search search = {
		.secret = secret, .own = own, .mutual = mutual,
	};
	struct tiser_tgt *tgt;
	struct tiser_tpg *tpg;

	lockdep_assert_held(&tiser_targets_lock);
	mutex_lock(&tiser_auth_mutex);
	tiser_cfs_search_auth(&search, &tiser_discovery.auth);
	mutex_unlock(&tiser_auth_mutex);
	list_for_each_entry(tgt, &tiser_targets, node) {
		mutex_lock(&tgt->mutex);
		list_for_each_entry(tpg, &tgt->tpgs, tgt_node)
			tiser_cfs_search_tpg(&search, tpg);
		mutex_unlock(&tgt->mutex);
	}
	return search.use;
}
