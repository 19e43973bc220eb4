// SPDX-License-Identifier: GPL-2.0
/*
 * insnprof: a QEMU TCG plugin that counts what a guest executes between two
 * marks (see marker.c). Nothing is sampled: every translation block has a
 * counter of its executions.
 *
 * qemu-system-x86_64 -plugin insnprof.so,out=PREFIX ...
 *
 * The Nth pair of marks makes PREFIX.N. Its lines are
 *	ADDRESS INSTRUCTIONS EXECUTIONS		a block of the kernel
 *	user INSTRUCTIONS			all of user space
 * with the address in 16 hex digits, so that sorting as text sorts by address.
 * One block may have several lines: -icount now and then ends a block early.
 *
 * Debian 12 ships no qemu-plugin.h, hence the declarations below: plugin API
 * version 1, QEMU 6.0 to 8.x. Version 2 and later replace the inline counter by
 * one per CPU; for those this file needs a new declaration and one other call.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "marker.h"

#define PUBLIC __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_info_t;

enum { INLINE_ADD_U64 = 0 };
enum { CB_NO_REGS = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
	void (*cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
	void (*cb)(unsigned int cpu, void *data), int flags, void *data);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op,
	void *counter, uint64_t add);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

PUBLIC int qemu_plugin_version = 1;
PUBLIC int qemu_plugin_install(qemu_plugin_id_t id,
			       const struct qemu_info_t *info, int argc,
			       char **argv);

/* A block as translated: one address may be translated with several lengths. */
struct block {
	struct block *next;
	uint64_t address;
	uint64_t insns;
	uint64_t executions;
};

enum { BUCKETS = 1 << 18 };

/* No lock: -icount means one thread runs all of the guest. */
static struct block *buckets[BUCKETS];
static uint64_t user_insns;
static const char *prefix = "insnprof";
static unsigned int runs;
static bool counting;

static struct block **bucket_of(uint64_t address)
{
	/* Knuth's multiplicative hash: the upper bits are the good ones. */
	return &buckets[(address * UINT64_C(0x9e3779b97f4a7c15)) >> 46];
}

static struct block *block_get(uint64_t address, uint64_t insns)
{
	struct block **bucket = bucket_of(address), *block;

	for (block = *bucket; block; block = block->next)
		if (block->address == address && block->insns == insns)
			return block;
	block = calloc(1, sizeof(*block));
	if (!block)
		abort();
	block->address = address;
	block->insns = insns;
	block->next = *bucket;
	*bucket = block;
	return block;
}

static void for_each_block(void (*visit)(struct block *block, FILE *out),
			   FILE *out)
{
	struct block *block;
	size_t i;

	for (i = 0; i < BUCKETS; i++)
		for (block = buckets[i]; block; block = block->next)
			visit(block, out);
}

static void block_reset(struct block *block, FILE *out)
{
	(void)out;
	block->executions = 0;
}

static void block_print(struct block *block, FILE *out)
{
	if (block->executions)
		fprintf(out, "%016" PRIx64 " %" PRIu64 " %" PRIu64 "\n",
			block->address, block->insns, block->executions);
}

static void on_start(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	for_each_block(block_reset, NULL);
	user_insns = 0;
	counting = true;
}

static void on_stop(unsigned int cpu, void *data)
{
	char path[4096];
	FILE *out;

	(void)cpu;
	(void)data;
	if (!counting)
		return;
	counting = false;
	snprintf(path, sizeof(path), "%s.%u", prefix, ++runs);
	out = fopen(path, "w");
	if (!out) {
		fprintf(stderr, "insnprof: %s: %s\n", path, strerror(errno));
		return;
	}
	for_each_block(block_print, out);
	fprintf(out, "user %" PRIu64 "\n", user_insns);
	if (fclose(out))
		fprintf(stderr, "insnprof: %s: %s\n", path, strerror(errno));
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb);
	uint64_t insns = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (address == MARKER_START)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_start, CB_NO_REGS,
						     NULL);
	else if (address == MARKER_STOP)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_stop, CB_NO_REGS,
						     NULL);
	/* The kernel has the upper half of the address space. */
	if (address >> 63)
		qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64,
			&block_get(address, insns)->executions, 1);
	else
		qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64,
			&user_insns, insns);
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
			int argc, char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		if (strncmp(argv[i], "out=", 4)) {
			fprintf(stderr, "insnprof: unknown option %s\n",
				argv[i]);
			return -1;
		}
		prefix = strdup(argv[i] + 4);
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	return 0;
}
