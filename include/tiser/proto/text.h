/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text format of Login and Text PDUs (RFC 7143, 6.1 and 6.2): key=value pairs,
 * each terminated by NUL, possibly spread over several PDUs (C bit).
 *
 * Pure: works in buffers the caller owns, and by length, never by strlen() of
 * what a peer sent.
 */
#ifndef TISER_PROTO_TEXT_H
#define TISER_PROTO_TEXT_H

#include <linux/types.h>

enum {
	TISER_TEXT_MAX = 8192,		/* bytes of one sequence, RFC 7143 6.2 */
	TISER_KEY_NAME_MAX = 63,	/* RFC 7143, 6.1 */
	TISER_VALUE_MAX = 255,		/* of values that are not large binaries */
	TISER_NAME_MAX = 223,		/* RFC 7143, 4.2.7.1 */
};

/**
 * struct tiser_text_in - text received so far in one sequence
 * @buf: caller's buffer of @cap bytes, always holding a NUL behind @len bytes
 * @len: bytes received
 * @cap: size of @buf; at most @cap - 1 bytes are taken
 */
struct tiser_text_in {
	char *buf;
	u32 len;
	u32 cap;
};

/**
 * struct tiser_text_out - text being built
 * @buf: caller's buffer of @cap bytes
 * @len: bytes written, NULs included
 * @cap: size of @buf
 */
struct tiser_text_out {
	char *buf;
	u32 len;
	u32 cap;
};

/**
 * struct tiser_text_pair - one pair; pointers into the input, which stays as
 *	received so that it can be walked again
 * @key: key name, @key_len characters, followed by '=', not by a NUL
 * @key_len: 1 to TISER_KEY_NAME_MAX
 * @value: value, possibly empty, followed by a NUL
 * @value_len: bytes of @value without the NUL
 */
struct tiser_text_pair {
	const char *key;
	u32 key_len;
	const char *value;
	u32 value_len;
};

void tiser_text_reset(struct tiser_text_in *in);
int tiser_text_append(struct tiser_text_in *in, const void *data, u32 len);
int tiser_text_next(const struct tiser_text_in *in, u32 *pos,
		    struct tiser_text_pair *pair);
bool tiser_text_key_is(const struct tiser_text_pair *pair, const char *key);
int tiser_text_add(struct tiser_text_out *out, const char *key,
		   const char *value);
int tiser_text_answer(struct tiser_text_out *out,
		      const struct tiser_text_pair *pair, const char *value);
int tiser_text_add_num(struct tiser_text_out *out, const char *key, u32 value);
int tiser_text_parse_num(const char *value, u32 min, u32 max, u32 *result);
const char *tiser_text_list_find(const char *list, const char *value);
bool tiser_text_list_has(const char *list, const char *value);
bool tiser_text_list_next(const char **list, const char **item, u32 *len);
void tiser_text_name_fold(char *name);
bool tiser_text_name_valid(const char *name);

#endif /* TISER_PROTO_TEXT_H */
