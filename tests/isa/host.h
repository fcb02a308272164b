/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction on a processor or what emulates it, from a given state to the one after
 * it: the oracle of test_host.c.  The rows are made in the test's process, the instruction
 * is executed by a program that knows none of them (host_program.c), which may be one of
 * another width, under an emulator, or on another machine.  They send each other
 * struct host_task; host_code.S shares the layout of the state.
 */
#ifndef UPSET_TESTS_ISA_HOST_H
#define UPSET_TESTS_ISA_HOST_H

/* Offsets in struct host_state. */
#define HOST_GPR 0
#define HOST_RFLAGS 128
#define HOST_YMM 160
#define HOST_FXSAVE 704

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOST_PAGE = 4096, HOST_WINDOWS = 2, HOST_WINDOW = 256, HOST_CODE = 15 };

/* i386 has the low halves of the first eight of each; the rest stays as it is. */
struct host_state {
	uint64_t gpr[16];
	uint64_t rflags;
	uint8_t ymm[16][32] __attribute__((aligned(32)));
	uint8_t fxsave[512] __attribute__((aligned(64))); /* its xmm registers are not used */
};

/* An instruction and the state before it; the answer is the one after it. */
struct host_task {
	struct host_state state;
	uint8_t memory[HOST_WINDOWS][HOST_WINDOW]; /* what the windows have in them */
	uint8_t code[HOST_CODE];
	uint8_t size;	 /* of the code */
	uint32_t signal; /* in the answer: 0, or what was raised, and then the rest means nothing */
};

/* What the program says first. */
struct host_hello {
	uint64_t windows[HOST_WINDOWS]; /* addresses: the last bytes of a page, below 4 GiB, and
					   what follows is not mapped */
	uint64_t slot;			/* where instructions lie */
	uint64_t has_avx;		/* without which it executes nothing */
};

_Static_assert(offsetof(struct host_state, gpr) == HOST_GPR, "layout");
_Static_assert(offsetof(struct host_state, rflags) == HOST_RFLAGS, "layout");
_Static_assert(offsetof(struct host_state, ymm) == HOST_YMM, "layout");
_Static_assert(offsetof(struct host_state, fxsave) == HOST_FXSAVE, "layout");
_Static_assert(sizeof(struct host_task) == 1792, "the same size for programs of 32 bits");

/* Start the program, of the words of @command; false when its processor has no AVX. */
bool host_open(char **command);
/* Let it end, which it must do without an error. */
void host_close(void);

/* The address of window @i of HOST_WINDOWS. */
uint64_t host_window(unsigned int i);

/* Where instructions lie. */
uint64_t host_slot(void);

/* A state with an x87 stack of @depth registers (0: MMX use) and all else zero. */
void host_state_init(struct host_state *state, unsigned int depth);
/* Top of the x87 stack, and the 10 bytes of physical register @i. */
unsigned int host_top(const struct host_state *state);
uint8_t *host_x87(struct host_state *state, unsigned int i);

/* Have @task executed. */
void host_run(struct host_task *task);

#endif
#endif
