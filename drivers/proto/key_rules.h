/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What drivers/proto/keys.c and nego.c share: the table of all keys. Nobody else
 * includes this.
 */
#ifndef TISER_PROTO_KEY_RULES_H
#define TISER_PROTO_KEY_RULES_H

#include <linux/bitops.h>
#include <linux/types.h>
#include <tiser/proto/keys.h>
#include <tiser/proto/login_fsm.h>

/* How a key's result comes about and what is answered. */
enum key_kind {
	KEY_AND,		/* boolean, result function AND */
	KEY_OR,			/* boolean, result function OR */
	KEY_MIN,		/* number, result function minimum */
	KEY_MAX,		/* number, result function maximum */
	KEY_DECLARE,		/* number, each side declares its own */
	KEY_RECORD,		/* boolean, declared by the initiator only */
	KEY_SEGMENT,		/* MaxRecvDataSegmentLength */
	KEY_LIST_NONE,		/* list, of which we grant None */
	KEY_REPORTING,		/* TaskReporting */
	KEY_NAME,		/* taken by tiser_nego_names() */
	KEY_AUTH,		/* AuthMethod */
	KEY_CHAP,		/* collected for tiser_chap_step() */
	KEY_OTHER_METHOD,	/* of a method that this target does not do */
	KEY_ANSWER_NO,		/* obsolete, always No */
	KEY_ANSWER_REJECT,	/* obsolete, always Reject */
	KEY_SILENT,		/* declarative and of no interest */
	KEY_FORBIDDEN,		/* not the initiator's to send during login */
};

enum {
	KEY_SEC = BIT(TISER_STAGE_SECURITY),
	KEY_OPER = BIT(TISER_STAGE_OPERATIONAL),
	KEY_ANY = KEY_SEC | KEY_OPER,
	KEY_ZERO = BIT(4),	/* 0 is a value, although below the minimum */
	KEY_FIXED = BIT(5),	/* we want one value and no other */
	SEGMENT_MIN = 512,
	SEGMENT_MAX = 0xffffff,	/* 2^24 - 1 */
};

/* Keys without a numerical result follow those of enum tiser_key. */
enum {
	KEY_INITIATOR_NAME = TISER_KEY_NR,
	KEY_INITIATOR_ALIAS,
	KEY_TARGET_NAME,
	KEY_SESSION_TYPE,
	KEY_AUTH_METHOD,
	KEY_IF_MARKER,
	KEY_OF_MARKER,
	KEY_IF_MARK_INT,
	KEY_OF_MARK_INT,
	KEY_NODE_ARCHITECTURE,
	KEY_SEND_TARGETS,
	KEY_TARGET_ALIAS,
	KEY_TARGET_ADDRESS,
	KEY_TARGET_PORTAL_GROUP_TAG,
	KEY_KRB_AP_REQ,
	KEY_KRB_AP_REP,
	KEY_SRP_U,
	KEY_TARGET_AUTH,
	KEY_SRP_GROUP,
	KEY_SRP_SALT,
	KEY_SRP_A,
	KEY_SRP_B,
	KEY_SRP_M,
	KEY_SRP_HM,
	KEY_CHAP_FIRST,		/* in the order of enum tiser_chap_key */
	KEY_TABLE_NR = KEY_CHAP_FIRST + TISER_CHAP_KEY_NR,
};

struct key_rule {
	const char *name;
	enum key_kind kind;
	u32 flags;
	u32 min;
	u32 max;
	u32 rfc;		/* default of the RFC */
	u32 ours;		/* what a new portal group wants */
};

extern const struct key_rule tiser_key_rules[KEY_TABLE_NR];

int tiser_key_find(const struct tiser_text_pair *pair);
bool tiser_key_in_range(const struct key_rule *rule, u32 value);

#endif /* TISER_PROTO_KEY_RULES_H */
