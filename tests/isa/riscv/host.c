/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction on this RISC-V processor, see host.h.
 */
#include "host.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct host_context {
	uint64_t stack, back;
	struct host_state before, after;
};

_Static_assert(offsetof(struct host_context, stack) == HOST_STACK, "layout");
_Static_assert(offsetof(struct host_context, back) == HOST_RETURN, "layout");
_Static_assert(offsetof(struct host_context, before) == HOST_BEFORE, "layout");
_Static_assert(offsetof(struct host_context, after) == HOST_AFTER, "layout");
_Static_assert(offsetof(struct host_state, f) == HOST_F, "layout");
_Static_assert(offsetof(struct host_state, fcsr) == HOST_FCSR, "layout");

enum { BEFORE_WORDS = 3 + 32 + 30 };

void host_call(void *code, struct host_context *context);
extern const uint8_t host_return[];

static uint8_t *memory;
static uint32_t *code_at;
static struct host_context context;
static uint64_t thread_pointer, global_pointer;
static sigjmp_buf escape;

static void on_signal(int number)
{
	__asm__ volatile("mv tp, %0\n\tmv gp, %1" : : "r"(thread_pointer), "r"(global_pointer));
	siglongjmp(escape, number);
}

void host_open(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
	static uint8_t stack[65536];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER};

	__asm__("mv %0, tp\n\tmv %1, gp" : "=r"(thread_pointer), "=r"(global_pointer));
	memory = mmap(NULL, 4 * HOST_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED ||
		mprotect(memory, HOST_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC) ||
		mprotect(memory + 2 * HOST_PAGE, HOST_PAGE, PROT_READ | PROT_WRITE))
		abort();
	sigaltstack(&alternate, NULL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

uint8_t *host_window(void)
{
	return memory + 3 * HOST_PAGE - HOST_WINDOW;
}

/* What emit_before() makes. */
uint64_t host_address(void)
{
	return (uintptr_t)memory + (size_t)BEFORE_WORDS * 4;
}

static void emit(uint32_t word)
{
	*code_at++ = word;
}

/* addi rd, rs1, 0; ld or fld rd, offset(base); sd or fsd rs2, offset(base) */
static void emit_move(unsigned int rd, unsigned int rs1)
{
	emit(0x13 | rd << 7 | rs1 << 15);
}

static void emit_load(uint32_t opcode, unsigned int rd, unsigned int base, unsigned int offset)
{
	emit(opcode | 3 << 12 | rd << 7 | base << 15 | offset << 20);
}

static void emit_store(uint32_t opcode, unsigned int rs2, unsigned int base, unsigned int offset)
{
	emit(opcode | 3 << 12 | (offset & 31) << 7 | base << 15 | rs2 << 20 | offset >> 5 << 25);
}

static void emit_before(unsigned int kept)
{
	emit_move(kept, 11); /* a1: the context */
	emit_load(0x03, kept == 5 ? 6 : 5, kept, HOST_BEFORE + HOST_FCSR);
	emit(0x00301073 | (kept == 5 ? 6u : 5u) << 15); /* fscsr */
	for (unsigned int i = 0; i < 32; i++)
		emit_load(0x07, i, kept, HOST_BEFORE + HOST_F + 8 * i);
	for (unsigned int i = 1; i < 32; i++) {
		if (i != kept)
			emit_load(0x03, i, kept, HOST_BEFORE + 8 * i);
	}
}

static void emit_after(unsigned int kept)
{
	for (unsigned int i = 1; i < 32; i++) {
		if (i != kept)
			emit_store(0x23, i, kept, HOST_AFTER + 8 * i);
	}
	for (unsigned int i = 0; i < 32; i++)
		emit_store(0x27, i, kept, HOST_AFTER + HOST_F + 8 * i);
	emit(0x00302073 | 1 << 7); /* frcsr ra */
	emit_store(0x23, 1, kept, HOST_AFTER + HOST_FCSR);
	emit_load(0x03, 1, kept, HOST_RETURN);
	emit_move(5, kept);
	emit(0x00008067); /* jr ra */
}

int host_run(const uint8_t *code, size_t size, unsigned int kept, const struct host_state *before,
	struct host_state *after)
{
	int number;

	code_at = (uint32_t *)(void *)memory;
	emit_before(kept);
	if ((uintptr_t)code_at != host_address())
		abort();
	memcpy(code_at, code, size);
	code_at = (uint32_t *)(void *)((uint8_t *)code_at + size);
	if (size % 4) { /* c.nop */
		static const uint8_t nop[2] = {1, 0};

		memcpy(code_at, nop, 2);
		code_at = (uint32_t *)(void *)((uint8_t *)code_at + 2);
	}
	emit_after(kept);
	__builtin___clear_cache((char *)memory, (char *)memory + HOST_PAGE);
	context.before = *before;
	context.back = (uintptr_t)host_return;
	number = sigsetjmp(escape, 0);
	if (number)
		return number;
	host_call(memory, &context);
	*after = context.after;
	after->x[0] = before->x[0];
	after->x[kept] = before->x[kept];
	return 0;
}
