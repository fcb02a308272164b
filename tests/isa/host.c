/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction on this processor, see host.h.
 */
#include "tests/isa/host.h"

#include <assert.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

_Static_assert(offsetof(struct host_state, gpr) == HOST_GPR, "layout");
_Static_assert(offsetof(struct host_state, rflags) == HOST_RFLAGS, "layout");
_Static_assert(offsetof(struct host_state, has_masks) == HOST_HAS_MASKS, "layout");
_Static_assert(offsetof(struct host_state, mask) == HOST_MASK, "layout");
_Static_assert(offsetof(struct host_state, ymm) == HOST_YMM, "layout");
_Static_assert(offsetof(struct host_state, fxsave) == HOST_FXSAVE, "layout");

extern const uint8_t host_code_begin[], host_code_slot[], host_code_end[];

/* Code, two states and the stack pointer's page; then pages with gaps between them. */
enum { CODE_SIZE = 16384, ALL_SIZE = CODE_SIZE + HOST_PAGE + 2 * HOST_WINDOWS * HOST_PAGE };

/* For instructions with a mask: some of the elements, whatever their size. */
#define MASK UINT64_C(0x9a5ca3965ac369a5)

static uint8_t *memory;
static sigjmp_buf escape;
static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};

/* The kernel clears the direction flag for a handler; emulators may forget to. */
static void on_signal(int number)
{
	__asm__ volatile("cld");
	siglongjmp(escape, number);
}

static void catch_signals(void)
{
	static uint8_t stack[65536];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER};

	sigaltstack(&alternate, NULL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static uint8_t *page(unsigned int i)
{
	return memory + CODE_SIZE + HOST_PAGE + 2 * (size_t)i * HOST_PAGE;
}

uint8_t *host_window(unsigned int i)
{
	return page(i) + HOST_PAGE - HOST_WINDOW;
}

bool host_open(void)
{
	if (!__builtin_cpu_supports("avx"))
		return false;
	memory = mmap(NULL, ALL_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert(memory != MAP_FAILED);
	mprotect(memory, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	for (unsigned int i = 0; i < HOST_WINDOWS; i++)
		mprotect(page(i), HOST_PAGE, PROT_READ | PROT_WRITE);
	memcpy(memory, host_code_begin, (size_t)(host_code_end - host_code_begin));
	catch_signals();
	return true;
}

void host_close(void)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	munmap(memory, ALL_SIZE);
}

void host_state_init(struct host_state *state, unsigned int depth)
{
	unsigned int top = (8 - depth) % 8;
	uint16_t control = 0x37f, status = (uint16_t)(top << 11);
	uint32_t mxcsr = 0x1f80;

	memset(state, 0, sizeof(*state));
	state->rflags = 0x202;
	state->has_masks = __builtin_cpu_supports("avx512bw") != 0;
	state->mask = MASK;
	memcpy(state->fxsave, &control, 2);
	memcpy(state->fxsave + 2, &status, 2);
	state->fxsave[4] = (uint8_t)(0xff << top & 0xff);
	memcpy(state->fxsave + 24, &mxcsr, 4);
}

unsigned int host_top(const struct host_state *state)
{
	return state->fxsave[3] >> 3 & 7;
}

uint8_t *host_x87(struct host_state *state, unsigned int i)
{
	unsigned int from_top = (i - host_top(state)) & 7;

	return state->fxsave + 32 + 16 * (size_t)from_top;
}

int host_run(
	const uint8_t *code, size_t size, const struct host_state *before, struct host_state *after)
{
	uint8_t *slot = memory + (host_code_slot - host_code_begin);
	void (*call)(void);
	int number;

	memset(slot, 0x90, 15);
	memcpy(slot, code, size);
	memcpy(memory + HOST_BEFORE, before, sizeof(*before));
	memcpy(&call, &memory, sizeof(call));
	number = sigsetjmp(escape, 0);
	if (number)
		return number;
	call();
	memcpy(after, memory + HOST_AFTER, sizeof(*after));
	return 0;
}
