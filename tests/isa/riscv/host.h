/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs one instruction on this RISC-V processor, from given registers to those
 * after it.  The oracle of test_host.c.  No code works without a register that
 * addresses the state, so one is kept: the instruction must not name it, and it
 * is no part of what is compared.
 */
#ifndef UPSET_TESTS_ISA_RISCV_HOST_H
#define UPSET_TESTS_ISA_RISCV_HOST_H

/* Offsets in struct host_context. */
#define HOST_STACK 0
#define HOST_RETURN 8
#define HOST_BEFORE 16
#define HOST_AFTER 544
#define HOST_F 256 /* in struct host_state */
#define HOST_FCSR 512

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOST_PAGE = 4096, HOST_WINDOW = 256 };

struct host_state {
	uint64_t x[32];
	uint64_t f[32];
	uint64_t fcsr;
	uint64_t unused;
};

/* Set up code and the page; once. */
void host_open(void);

/* The last HOST_WINDOW bytes of a page; what follows is not mapped. */
uint8_t *host_window(void);

/* Where the instructions of host_run() lie. */
uint64_t host_address(void);

/* Run the instructions @code[@size], with register @kept (5 .. 31): 0, or the signal raised. */
int host_run(const uint8_t *code, size_t size, unsigned int kept, const struct host_state *before,
	struct host_state *after);

#endif
#endif
