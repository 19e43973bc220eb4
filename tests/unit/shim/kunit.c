// SPDX-License-Identifier: GPL-2.0
/* Runs the suites that registered themselves and prints KTAP. */
#include <stdarg.h>
#include <kunit/test.h>

static struct kunit_suite *suites;
static unsigned int nr_pass, nr_fail;

void shim_register(struct kunit_suite *suite)
{
	struct kunit_suite **p = &suites;

	while (*p && strcmp((*p)->name, suite->name) < 0)
		p = &(*p)->next;
	suite->next = *p;
	*p = suite;
}

void shim_fail(struct kunit *test, const char *file, int line,
	       const char *fmt, ...)
{
	va_list args;

	test->failed = true;
	printf("    # %s:%d: expected ", file, line);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void shim_note(const char *fmt, ...)
{
	va_list args;

	if (!*fmt)
		return;
	printf("    # ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void *kunit_kzalloc(struct kunit *test, size_t size, int gfp)
{
	void *p = calloc(1, size);

	(void)gfp;
	test->allocs = realloc(test->allocs,
			       (test->nr_allocs + 1) * sizeof(p));
	test->allocs[test->nr_allocs++] = p;
	return p;
}

static bool run_one(struct kunit_case *c, const void *param)
{
	struct kunit test = { .param_value = param };

	if (!setjmp(test.abort))
		c->run_case(&test);
	while (test.nr_allocs)
		free(test.allocs[--test.nr_allocs]);
	free(test.allocs);
	if (test.failed)
		nr_fail++;
	else
		nr_pass++;
	return !test.failed;
}

static bool run_params(struct kunit_case *c)
{
	char desc[KUNIT_PARAM_DESC_SIZE] = "";
	const void *param = NULL;
	unsigned int n = 0;
	bool ok = true;

	printf("        KTAP version 1\n        # Subtest: %s\n", c->name);
	while ((param = c->generate_params(param, desc))) {
		bool one = run_one(c, param);

		printf("        %s %u %s\n", one ? "ok" : "not ok", ++n, desc);
		ok &= one;
	}
	printf("        1..%u\n", n);
	return ok && n;
}

static bool run_suite(struct kunit_suite *suite)
{
	struct kunit_case *c;
	unsigned int n = 0;
	bool ok = true;

	printf("    KTAP version 1\n    # Subtest: %s\n", suite->name);
	for (c = suite->test_cases; c->run_case; c++) {
		bool one = c->generate_params ? run_params(c)
					      : run_one(c, NULL);

		printf("    %s %u %s\n", one ? "ok" : "not ok", ++n, c->name);
		ok &= one;
	}
	printf("    1..%u\n", n);
	return ok;
}

int main(void)
{
	struct kunit_suite *suite;
	unsigned int n = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n");
	for (suite = suites; suite; suite = suite->next) {
		bool ok = run_suite(suite);

		printf("%s %u %s\n", ok ? "ok" : "not ok", ++n, suite->name);
	}
	printf("1..%u\n", n);
	printf("# Totals: pass:%u fail:%u skip:0\n", nr_pass, nr_fail);
	return nr_fail || !nr_pass;
}
