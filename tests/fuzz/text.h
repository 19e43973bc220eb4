/* SPDX-License-Identifier: GPL-2.0 */
/* What must hold for any text that was parsed, and for any that was built. */
#ifndef TESTS_FUZZ_TEXT_H
#define TESTS_FUZZ_TEXT_H

#include <tiser/proto/text.h>
#include "fuzz.h"

/* Text in a block of exactly its size. */
static inline struct tiser_text_in fuzz_text_in(const void *data, u32 len)
{
	struct tiser_text_in in = { .buf = malloc(len + 1), .cap = len + 1 };

	tiser_text_reset(&in);
	FUZZ_CHECK(!tiser_text_append(&in, data, len));
	return in;
}

/* @pair lies in @in, between where the last one ended and @pos. */
static inline void fuzz_check_pair(const struct tiser_text_in *in, u32 before,
				   u32 pos, const struct tiser_text_pair *pair)
{
	FUZZ_CHECK(pair->key == in->buf + before);
	FUZZ_CHECK(pair->key_len && pair->key_len <= TISER_KEY_NAME_MAX);
	FUZZ_CHECK(pair->key[pair->key_len] == '=');
	FUZZ_CHECK(!memchr(pair->key, '=', pair->key_len));
	FUZZ_CHECK(!memchr(pair->key, 0, pair->key_len));
	FUZZ_CHECK(pair->value == pair->key + pair->key_len + 1);
	FUZZ_CHECK(strlen(pair->value) == pair->value_len);
	FUZZ_CHECK(pos == before + pair->key_len + pair->value_len + 2);
	FUZZ_CHECK(pos <= in->len);
}

/* The next pair, checked; as tiser_text_next(). */
static inline int fuzz_next(const struct tiser_text_in *in, u32 *pos,
			    struct tiser_text_pair *pair)
{
	u32 before = *pos;
	int ret = tiser_text_next(in, pos, pair);

	if (ret > 0)
		fuzz_check_pair(in, before, *pos, pair);
	return ret;
}

/* Is the value of a pair this? */
static inline bool fuzz_value_is(const struct tiser_text_pair *pair,
				 const char *value)
{
	return !strcmp(pair->value, value);
}

#endif /* TESTS_FUZZ_TEXT_H */
