/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Key negotiation (RFC 7143, 13; RFC 7145, 6): one table, one engine.
 *
 * Pure: input is text and local values, output is text and results.
 */
#ifndef TISER_PROTO_KEYS_H
#define TISER_PROTO_KEYS_H

#include <linux/types.h>
#include <tiser/proto/chap.h>
#include <tiser/proto/text.h>

/* Keys whose result is a number or a boolean (0/1). */
enum tiser_key {
	TISER_KEY_RDMA_EXTENSIONS,
	TISER_KEY_TARGET_RECV_DSL,
	TISER_KEY_INITIATOR_RECV_DSL,
	TISER_KEY_MAX_OUTSTANDING_UNEXPECTED_PDUS,
	TISER_KEY_MAX_AHS_LENGTH,
	TISER_KEY_TAGGED_BUFFER_SOLICITED_ONLY,
	TISER_KEY_ISER_HELLO_REQUIRED,
	TISER_KEY_MAX_CONNECTIONS,
	TISER_KEY_INITIAL_R2T,
	TISER_KEY_IMMEDIATE_DATA,
	TISER_KEY_MAX_RECV_DSL,
	TISER_KEY_MAX_BURST,
	TISER_KEY_FIRST_BURST,
	TISER_KEY_TIME2WAIT,
	TISER_KEY_TIME2RETAIN,
	TISER_KEY_MAX_OUTSTANDING_R2T,
	TISER_KEY_DATA_PDU_IN_ORDER,
	TISER_KEY_DATA_SEQUENCE_IN_ORDER,
	TISER_KEY_ERL,
	TISER_KEY_TASK_REPORTING,	/* always 0: the answer needs no memory */
	TISER_KEY_PROTOCOL_LEVEL,
	TISER_KEY_HEADER_DIGEST,	/* 0 = None, the only value over iSER */
	TISER_KEY_DATA_DIGEST,
	TISER_KEY_NR,
};

/**
 * struct tiser_key_values - one value per key, in the key's own unit
 * @v: value: bytes, seconds, a count, or 0/1
 */
struct tiser_key_values {
	u32 v[TISER_KEY_NR];
};

enum {
	/*
	 * Data-Out PDUs a command may be followed by: each needs a receive
	 * buffer, for every command of the window. With InitialR2T=No,
	 * FirstBurstLength is not granted beyond what they hold.
	 */
	TISER_DATAOUTS_MAX = 16,
};

/* Login stages as CSG and NSG carry them (RFC 7143, 11.12.3). */
enum tiser_stage {
	TISER_STAGE_SECURITY = 0,
	TISER_STAGE_OPERATIONAL = 1,
	TISER_STAGE_FULL_FEATURE = 3,
};

/* Values of AuthMethod this target knows. */
enum tiser_auth_method {
	TISER_AUTH_UNDECIDED,
	TISER_AUTH_NONE,
	TISER_AUTH_CHAP,
};

/**
 * struct tiser_nego - negotiation of one login
 * @local: what this side wants, from the portal group's parameters
 * @result: outcome so far; starts as the RFC's defaults
 * @seen: bit per enum tiser_key that the initiator sent
 * @answered: bit per other known key that was sent (internal)
 * @named: the names of the first request sequence were taken (internal)
 * @declared_max_unexpected: initiator's MaxOutstandingUnexpectedPDUs, 0 = none
 * @discovery: SessionType=Discovery
 * @initiator_name: InitiatorName, empty until received
 * @initiator_alias: InitiatorAlias, empty until received
 * @target_name: TargetName, empty until received
 * @auth_allowed: methods to choose from, BIT(enum tiser_auth_method)
 * @auth_method: the method chosen
 * @chap: CHAP keys of the request sequence answered last; they point into its
 *	text
 */
struct tiser_nego {
	struct tiser_key_values local;
	struct tiser_key_values result;
	u64 seen;
	u64 answered;
	u32 declared_max_unexpected;
	bool named;
	bool discovery;
	u32 auth_allowed;
	enum tiser_auth_method auth_method;
	struct tiser_chap_keys chap;
	char initiator_name[TISER_NAME_MAX + 1];
	char initiator_alias[TISER_VALUE_MAX + 1];
	char target_name[TISER_NAME_MAX + 1];
};

const char *tiser_key_name(enum tiser_key key);
u32 tiser_key_default(enum tiser_key key);
void tiser_key_defaults(struct tiser_key_values *values);
void tiser_key_target_defaults(struct tiser_key_values *values);
bool tiser_key_is_bool(enum tiser_key key);
int tiser_key_check(enum tiser_key key, u32 value);

bool tiser_key_is_known(const struct tiser_text_pair *pair);
void tiser_nego_init(struct tiser_nego *nego);
u16 tiser_nego_names(struct tiser_nego *nego, const struct tiser_text_in *in);
u16 tiser_nego_answer(struct tiser_nego *nego, enum tiser_stage stage,
		      const struct tiser_text_in *in,
		      struct tiser_text_out *out);

#endif /* TISER_PROTO_KEYS_H */
