/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What iser_raw says and how it counts: diagnostics, failed expectations,
 * fatal errors, and deadlines that grow with TISER_TIMEOUT_SCALE.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>

#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

enum {
	EXIT_OK = 0,
	EXIT_EXPECTATION = 1,
	EXIT_SETUP = 2,
	DEFAULT_DEADLINE_MS = 20000,	/* before scaling */
};

/* Diagnostic line, "# ..." as KTAP wants it. */
void note(const char *fmt, ...) PRINTF(1, 2);
/* Diagnostics off (for the length of a loop) or on again. */
void note_quiet(bool quiet);
/* An expectation did not hold: "# FAIL ...", counted. */
void fail(const char *fmt, ...) PRINTF(1, 2);
/* Usage or set-up error: message to stderr, exit with EXIT_SETUP. */
void die(const char *fmt, ...) PRINTF(1, 2) __attribute__((noreturn));

unsigned int failures(void);

uint64_t now_ms(void);
/* Absolute time @ms (times TISER_TIMEOUT_SCALE) from now. */
uint64_t deadline_in(uint64_t ms);
/* Milliseconds until @deadline, at most @cap; 0 when it has passed. */
int ms_left(uint64_t deadline, int cap);

void *zalloc(uint64_t size);

#endif /* REPORT_H */
