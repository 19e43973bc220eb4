/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzz targets share: taking an input apart, and asserting. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

enum { FUZZ_NEXT = 0x01 };	/* separates the texts of one input */

/* What a fuzzer or replay.c calls; every target defines it. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

struct fuzz_input {
	const u8 *data;
	size_t left;
};

#define FUZZ_CHECK(cond) do {						\
	if (!(cond)) {							\
		fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__,	\
			__LINE__, #cond);				\
		abort();						\
	}								\
} while (0)

/* The next byte, 0 behind the end. */
static inline u8 fuzz_u8(struct fuzz_input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++;
}

static inline u32 fuzz_u32(struct fuzz_input *in)
{
	u32 v = 0;
	int i;

	for (i = 0; i < 4; i++)
		v = v << 8 | fuzz_u8(in);
	return v;
}

/* The bytes up to FUZZ_NEXT or the end. */
static inline const u8 *fuzz_text(struct fuzz_input *in, size_t *len)
{
	const u8 *start = in->data;
	const u8 *end = in->left ? memchr(start, FUZZ_NEXT, in->left) : NULL;

	*len = end ? (size_t)(end - start) : in->left;
	in->data += *len + !!end;
	in->left -= *len + !!end;
	return start;
}

/* A copy in a block of its own, behind which AddressSanitizer watches. */
static inline u8 *fuzz_copy(const u8 *data, size_t len)
{
	u8 *p = calloc(1, len);

	if (len)
		memcpy(p, data, len);
	return p;
}

#endif /* TESTS_FUZZ_FUZZ_H */
