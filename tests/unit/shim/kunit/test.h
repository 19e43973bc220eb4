/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of KUnit that tests/kunit uses, in user space. Suites register
 * themselves before main(); kunit.c runs them and prints KTAP.
 */
#ifndef SHIM_KUNIT_TEST_H
#define SHIM_KUNIT_TEST_H

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define KUNIT_PARAM_DESC_SIZE	128
#define GFP_KERNEL		0

struct kunit {
	const void *param_value;
	bool failed;
	jmp_buf abort;
	void **allocs;
	size_t nr_allocs;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases;
	struct kunit_suite *next;
};

void shim_register(struct kunit_suite *suite);
void shim_fail(struct kunit *test, const char *file, int line,
	       const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void *kunit_kzalloc(struct kunit *test, size_t size, int gfp);

#define kunit_kmalloc(test, size, gfp)	kunit_kzalloc(test, size, gfp)

#define KUNIT_CASE(fn)			{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_PARAM(fn, gen) \
	{ .run_case = fn, .name = #fn, .generate_params = gen }

#define KUNIT_ARRAY_PARAM(name, array, get_desc)			\
	static const void *name##_gen_params(const void *prev, char *desc) \
	{								\
		__typeof__((array)[0]) *next =				\
			prev ? (__typeof__(next))prev + 1 : (array);	\
									\
		if (next - (array) >= (ptrdiff_t)ARRAY_SIZE(array))	\
			return NULL;					\
		((void (*)(__typeof__(next), char *))get_desc)(next, desc); \
		return next;						\
	}

#define kunit_test_suite(suite)						\
	static void __attribute__((constructor)) shim_##suite(void)	\
	{								\
		shim_register(&suite);					\
	}

#define SHIM_CMP(test, a, op, b, fatal, ...) do {			\
	__typeof__(a) __l = (a);					\
	__typeof__(b) __r = (b);					\
									\
	if (!(__l op __r)) {						\
		shim_fail(test, __FILE__, __LINE__,			\
			  "%s " #op " %s: %lld, %lld", #a, #b,		\
			  (long long)__l, (long long)__r);		\
		shim_note("" __VA_ARGS__);				\
		if (fatal)						\
			longjmp((test)->abort, 1);			\
	}								\
} while (0)

void shim_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define SHIM_STR(test, a, op, b, ...) do {				\
	const char *__l = (a), *__r = (b);				\
									\
	if (!(strcmp(__l, __r) op 0)) {					\
		shim_fail(test, __FILE__, __LINE__,			\
			  "%s " #op " %s: \"%s\", \"%s\"", #a, #b, __l, __r); \
		shim_note("" __VA_ARGS__);				\
	}								\
} while (0)

#define KUNIT_EXPECT_EQ(t, a, b)	SHIM_CMP(t, a, ==, b, 0)
#define KUNIT_EXPECT_NE(t, a, b)	SHIM_CMP(t, a, !=, b, 0)
#define KUNIT_EXPECT_LE(t, a, b)	SHIM_CMP(t, a, <=, b, 0)
#define KUNIT_EXPECT_LT(t, a, b)	SHIM_CMP(t, a, <, b, 0)
#define KUNIT_EXPECT_GE(t, a, b)	SHIM_CMP(t, a, >=, b, 0)
#define KUNIT_EXPECT_GT(t, a, b)	SHIM_CMP(t, a, >, b, 0)
#define KUNIT_EXPECT_EQ_MSG(t, a, b, ...) SHIM_CMP(t, a, ==, b, 0, __VA_ARGS__)
#define KUNIT_ASSERT_EQ(t, a, b)	SHIM_CMP(t, a, ==, b, 1)
#define KUNIT_ASSERT_EQ_MSG(t, a, b, ...) SHIM_CMP(t, a, ==, b, 1, __VA_ARGS__)
#define KUNIT_EXPECT_TRUE(t, c)		SHIM_CMP(t, !!(c), ==, true, 0)
#define KUNIT_EXPECT_FALSE(t, c)	SHIM_CMP(t, !!(c), ==, false, 0)
#define KUNIT_EXPECT_TRUE_MSG(t, c, ...) \
	SHIM_CMP(t, !!(c), ==, true, 0, __VA_ARGS__)
#define KUNIT_EXPECT_FALSE_MSG(t, c, ...) \
	SHIM_CMP(t, !!(c), ==, false, 0, __VA_ARGS__)
#define KUNIT_ASSERT_TRUE(t, c)		SHIM_CMP(t, !!(c), ==, true, 1)
#define KUNIT_EXPECT_PTR_EQ(t, a, b) \
	SHIM_CMP(t, (intptr_t)(a), ==, (intptr_t)(b), 0)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(t, p) \
	SHIM_CMP(t, (intptr_t)(p), !=, (intptr_t)0, 1)
#define KUNIT_EXPECT_STREQ(t, a, b)	SHIM_STR(t, a, ==, b)
#define KUNIT_EXPECT_STRNEQ(t, a, b)	SHIM_STR(t, a, !=, b)
#define KUNIT_EXPECT_STREQ_MSG(t, a, b, ...) SHIM_STR(t, a, ==, b, __VA_ARGS__)

#endif /* SHIM_KUNIT_TEST_H */
