// SPDX-License-Identifier: GPL-2.0
/*
 * marker: begins a measurement; "marker stop" (any argument will do) ends it.
 * Does nothing but run through an address that the plugin insnprof.c watches,
 * and exit. Needs no C library, so the same file runs in every guest.
 */
#include "marker.h"

#define STR_(x) #x
#define STR(x) STR_(x)

/* The kernel leaves argc at the top of the stack. A jump begins a new block. */
__asm__(".globl _start\n"
	"_start:\n"
	"	cmpl $1, (%rsp)\n"
	"	je start\n"
	"	jmp stop\n"
	"	.org _start + " STR(MARKER_START) " - " STR(MARKER_TEXT) "\n"
	"start:\n"
	"	xorl %edi, %edi\n"
	"	movl $60, %eax\n"
	"	syscall\n"
	"	.org _start + " STR(MARKER_STOP) " - " STR(MARKER_TEXT) "\n"
	"stop:\n"
	"	xorl %edi, %edi\n"
	"	movl $60, %eax\n"
	"	syscall\n");
