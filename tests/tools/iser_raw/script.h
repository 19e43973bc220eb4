/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Script language of iser_raw: lines of words, "key=value" arguments.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct conn;
struct msg;

enum { MAX_WORDS = 64 };

/* One command; words point into @text. */
struct args {
	struct args *next;
	const struct command *command;
	unsigned int repeat;
	int line;
	int argc;
	char *argv[MAX_WORDS];
	char *text;
};

/**
 * struct command - one word of the language
 * @words: arguments it takes: "flag", "key=", "<any>" for free words,
 *	"Key=" for iSCSI text keys, "~" for those every request takes
 */
struct command {
	const char *name;
	const char *words;
	void (*run)(struct conn *c, const struct args *a);
	void (*check)(const struct args *a);	/* beyond @words, or NULL */
};

/* What the command line and "set" say about every session. */
struct config {
	const char *host;
	const char *port;
	const char *target;
	const char *initiator;
	uint32_t block_size;
	struct conn *current;
	/* Damages every request before it goes, while it is set. */
	void (*mutate)(struct conn *c, struct msg *m);
};

extern struct config config;
extern const struct command commands[];

/* Appends the commands in @text; dies on anything unknown. */
void script_parse(struct args **script, const char *text);
void script_run(const struct args *script, bool keep_going);

/* Does @word fit one of @words, written as in struct command? */
bool word_known(const char *words, const char *word);
/* Value of "key=value", or NULL; is the bare word there? */
const char *arg(const struct args *a, const char *key);
bool arg_flag(const struct args *a, const char *word);
/* Decimal or 0x number; @def without it. */
uint64_t arg_num(const struct args *a, const char *key, uint64_t def);
/* Hexadecimal code, as RFC 7143 spells reasons and statuses. */
uint32_t arg_code(const struct args *a, const char *key, uint32_t def);
/* Bytes in hexadecimal; their number, 0 without the argument. */
uint32_t arg_bytes(const struct args *a, const char *key, uint8_t *to,
		   uint32_t cap);
/* One line as its own command, for commands made of others. */
void run_line(struct conn *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Is this word "Key=value" of the iSCSI kind, that is Key or iKey? */
bool is_text_pair(const char *word);

/* Requests (send.c). */
void cmd_login(struct conn *c, const struct args *a);
void cmd_scsi(struct conn *c, const struct args *a);
void cmd_tur(struct conn *c, const struct args *a);
void cmd_read(struct conn *c, const struct args *a);
void cmd_write(struct conn *c, const struct args *a);
void cmd_tmf(struct conn *c, const struct args *a);
void cmd_nop(struct conn *c, const struct args *a);
void cmd_text(struct conn *c, const struct args *a);
void cmd_logout(struct conn *c, const struct args *a);
void cmd_dataout(struct conn *c, const struct args *a);
void cmd_snack(struct conn *c, const struct args *a);
void cmd_hello(struct conn *c, const struct args *a);
void cmd_raw(struct conn *c, const struct args *a);
void cmd_rawpdu(struct conn *c, const struct args *a);

/* Expectations (expect.c). */
void check_expect(const struct args *a);
void cmd_expect(struct conn *c, const struct args *a);
void cmd_verify(struct conn *c, const struct args *a);
/* Waits for the answer to @itt; its SCSI status, or -1. */
int expect_scsi_status(struct conn *c, uint32_t itt);

/* Loops (loops.c). */
void cmd_io(struct conn *c, const struct args *a);
void cmd_storm(struct conn *c, const struct args *a);
void cmd_login_loop(struct conn *c, const struct args *a);
void cmd_kill_loop(struct conn *c, const struct args *a);

/* Random damage (fuzz.c). */
void cmd_fuzz(struct conn *c, const struct args *a);

#endif /* SCRIPT_H */
