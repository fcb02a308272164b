/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs one instruction on this processor, from a given register state to the
 * one after it.  The oracle of test_host.c; layouts are shared with host_code.S.
 */
#ifndef UPSET_TESTS_ISA_HOST_H
#define UPSET_TESTS_ISA_HOST_H

/* Offsets in struct host_state, and of the two states from the code. */
#define HOST_GPR 0
#define HOST_RFLAGS 128
#define HOST_HAS_MASKS 136
#define HOST_MASK 144
#define HOST_YMM 160
#define HOST_FXSAVE 704
#define HOST_STATE_SIZE 1216
#define HOST_BEFORE 4096
#define HOST_AFTER 8192
#define HOST_STACK 12288

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOST_PAGE = 4096, HOST_WINDOWS = 2, HOST_WINDOW = 256 };

struct host_state {
	uint64_t gpr[16];
	uint64_t rflags;
	uint64_t has_masks; /* there are k1 .. k7 and vector registers 16 .. 31 */
	uint64_t mask;	    /* of those, the others are zeroed; both are not stored */
	uint8_t ymm[16][32] __attribute__((aligned(32)));
	uint8_t fxsave[512] __attribute__((aligned(64))); /* its xmm registers are not used */
};

/* Set up code, states and pages; false when the processor has no AVX. */
bool host_open(void);
void host_close(void);

/* The last HOST_WINDOW bytes of page @i of HOST_WINDOWS, below 4 GiB; what follows is not mapped.
 */
uint8_t *host_window(unsigned int i);

/* A state with an x87 stack of @depth registers (0: MMX use) and all else zero. */
void host_state_init(struct host_state *state, unsigned int depth);
/* Top of the x87 stack, and the 10 bytes of physical register @i. */
unsigned int host_top(const struct host_state *state);
uint8_t *host_x87(struct host_state *state, unsigned int i);

/* Run @code[@size]: 0, or the signal that it raised. */
int host_run(const uint8_t *code, size_t size, const struct host_state *before,
	struct host_state *after);

#endif
#endif
