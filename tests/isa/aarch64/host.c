/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction on this AArch64 processor, see tests/isa/machine.h.  What comes
 * before and behind it lies in pages of its own, once for each register that may be
 * kept: only the instruction itself is written anew, and translated by an emulator.
 */
#include "host.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "isa/aarch64/internal.h"
#include "tests/isa/machine.h"

struct host_context {
	uint64_t stack, back;
	unsigned char before[HOST_STATE_BYTES], after[HOST_STATE_BYTES];
};

_Static_assert(offsetof(struct host_context, stack) == HOST_STACK, "layout");
_Static_assert(offsetof(struct host_context, back) == HOST_RETURN, "layout");
_Static_assert(offsetof(struct host_context, before) == HOST_BEFORE, "layout");
_Static_assert(offsetof(struct host_context, after) == HOST_AFTER, "layout");

enum { KEPT = 31, AROUND_BYTES = 1024, LAST_PAGE = 2 * KEPT * AROUND_BYTES / MACHINE_PAGE + 5 };

void host_call(void *code, struct host_context *context);
extern const uint8_t host_return[];

const struct upset_isa *const machine_isa = &upset_isa_aarch64;
const struct table *const machine_table = &aarch64_table;
const unsigned int machine_first_kept = 2, machine_last_kept = 30;

/* The page with the instruction, one that is not mapped, the window's, another, all around it. */
static uint8_t *memory;
static uint32_t *code_at;
static struct host_context context __attribute__((aligned(16)));
static sigjmp_buf escape;

static void on_signal(int number)
{
	__asm__ volatile("msr fpcr, xzr");
	siglongjmp(escape, number);
}

static void emit(uint32_t word)
{
	*code_at++ = word;
}

static void emit_here(uint8_t *there)
{
	emit(0x14000000 | (uint32_t)((there - (uint8_t *)code_at) / 4 & 0x3ffffff)); /* b */
}

static unsigned int place_in(unsigned int start, unsigned int resource)
{
	return start + machine_isa->resources[resource].offset;
}

/* ldr or str of a general register */
static void emit_general(uint32_t opcode, unsigned int reg, unsigned int base, unsigned int offset)
{
	emit(opcode | offset / 8 << 10 | base << 5 | reg);
}

static void emit_vectors(uint32_t opcode, unsigned int base, unsigned int start)
{
	for (unsigned int i = 0; i < 32; i++)
		emit(opcode | place_in(start, AARCH64_V0 + i) / 16 << 10 | base << 5 | i);
}

enum {
	LOAD = 0xf9400000,
	STORE = 0xf9000000,
	LOAD_VECTOR = 0x3dc00000,
	STORE_VECTOR = 0x3d800000,
	WRITE_SYSTEM = 0xd51b0000,
	READ_SYSTEM = 0xd53b0000,
	NZCV = 0x4200,
	FPCR = 0x4400,
	FPSR = 0x4420,
};

static uint8_t *around(unsigned int kept, bool behind)
{
	return memory + 4 * (size_t)MACHINE_PAGE + (2 * kept + behind) * (size_t)AROUND_BYTES;
}

static void emit_before(unsigned int kept)
{
	const unsigned int other = kept == 9 ? 10 : 9;

	code_at = (uint32_t *)(void *)around(kept, false);
	emit(0xaa0103e0 | kept); /* mov kept, x1 */
	emit_vectors(LOAD_VECTOR, kept, HOST_BEFORE);
	emit_general(LOAD, other, kept, place_in(HOST_BEFORE, AARCH64_FPCR));
	emit(WRITE_SYSTEM | FPCR | other);
	emit_general(LOAD, other, kept, place_in(HOST_BEFORE, AARCH64_FPSR));
	emit(WRITE_SYSTEM | FPSR | other);
	emit_general(LOAD, other, kept, place_in(HOST_BEFORE, AARCH64_NZCV));
	emit(WRITE_SYSTEM | NZCV | other);
	emit_general(LOAD, other, kept, place_in(HOST_BEFORE, AARCH64_SP));
	emit(0x9100001f | other << 5); /* mov sp, other */
	for (unsigned int i = 0; i < 31; i++) {
		if (i != kept)
			emit_general(LOAD, i, kept, place_in(HOST_BEFORE, i));
	}
	emit_here(memory);
}

static void emit_behind(unsigned int kept)
{
	const unsigned int other = kept == 9 ? 10 : 9;

	code_at = (uint32_t *)(void *)around(kept, true);
	for (unsigned int i = 0; i < 31; i++) {
		if (i != kept)
			emit_general(STORE, i, kept, place_in(HOST_AFTER, i));
	}
	emit(0x910003e0 | other); /* mov other, sp */
	emit_general(STORE, other, kept, place_in(HOST_AFTER, AARCH64_SP));
	emit(READ_SYSTEM | NZCV | other);
	emit_general(STORE, other, kept, place_in(HOST_AFTER, AARCH64_NZCV));
	emit(READ_SYSTEM | FPCR | other);
	emit_general(STORE, other, kept, place_in(HOST_AFTER, AARCH64_FPCR));
	emit(READ_SYSTEM | FPSR | other);
	emit_general(STORE, other, kept, place_in(HOST_AFTER, AARCH64_FPSR));
	emit_vectors(STORE_VECTOR, kept, HOST_AFTER);
	emit(0xaa0003e0 | kept << 16); /* mov x0, kept */
	emit_general(LOAD, 1, 0, HOST_RETURN);
	emit(0xd61f0020); /* br x1 */
}

void machine_open(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
	static uint8_t stack[65536];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER};
	const size_t rest = (size_t)(LAST_PAGE - 4) * MACHINE_PAGE;

	memory = mmap(NULL, (size_t)LAST_PAGE * MACHINE_PAGE, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED ||
		mprotect(memory, MACHINE_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC) ||
		mprotect(memory + 2 * (size_t)MACHINE_PAGE, MACHINE_PAGE, PROT_READ | PROT_WRITE) ||
		mprotect(memory + 4 * (size_t)MACHINE_PAGE, rest,
			PROT_READ | PROT_WRITE | PROT_EXEC))
		abort();
	for (unsigned int kept = machine_first_kept; kept <= machine_last_kept; kept++) {
		emit_before(kept);
		emit_behind(kept);
	}
	__builtin___clear_cache((char *)memory, (char *)memory + (size_t)LAST_PAGE * MACHINE_PAGE);
	sigaltstack(&alternate, NULL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

uint8_t *machine_window(void)
{
	return memory + 3 * (size_t)MACHINE_PAGE - MACHINE_WINDOW;
}

uint64_t machine_address(void)
{
	return (uintptr_t)memory;
}

/* Modes that there are without traps; the exceptions so far; the flags alone. */
void machine_limit(struct upset_state *state)
{
	upset_state_set_word(
		state, AARCH64_FPCR, upset_state_word(state, AARCH64_FPCR) & UINT64_C(0x07c80000));
	upset_state_set_word(
		state, AARCH64_FPSR, upset_state_word(state, AARCH64_FPSR) & UINT64_C(0x0800009f));
}

static bool is_kind(uint32_t word, enum aarch64_kind kind)
{
	int number = table_find(&aarch64_table, word);
	const struct table_shape *shape;

	if (number < 0)
		return false;
	shape = &aarch64_table.shapes[aarch64_table.insns[number].shape];
	return shape->operand_count > 1 && shape->operands[1].kind == kind;
}

/* What is relative to the instruction ends where the window does. */
uint32_t machine_adjust(uint32_t word, uint32_t mask)
{
	uint8_t *there = machine_window() + MACHINE_WINDOW;
	int number = table_find(&aarch64_table, word);
	uint32_t distance;

	(void)mask;
	if (!is_kind(word, AARCH64_LITERAL))
		return word;
	there -= aarch64_table.shapes[aarch64_table.insns[number].shape].operands[1].bits / 8;
	distance = (uint32_t)(there - memory) / 4;
	return (word & ~(UINT32_C(0x7ffff) << 5)) | (distance & 0x7ffff) << 5;
}

bool machine_can_run(const struct upset_insn *insn)
{
	const char *name = aarch64_table.insns[insn->form].name;

	if (insn->classes & (UPSET_CLASS_BRANCH | UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP))
		return false;
	if (strcmp(name, "mrs") == 0 || strcmp(name, "msr") == 0)
		return insn->operand_count > 1;
	if (strcmp(name, "dc") == 0 || strcmp(name, "ic") == 0)
		return insn->memory_count > 0;
	return strcmp(name, "wfi") != 0;
}

/* An exclusive store has the load just before it: into xzr, of as much. */
size_t machine_code(const struct upset_insn *insn, uint8_t code[MACHINE_CODE_MAX])
{
	uint32_t word, load;

	memcpy(&word, insn->bytes, 4);
	if ((word & 0x3fc00000) != 0x08000000 || (word & 0x80200000) == 0x00200000) {
		memcpy(code, &word, 4);
		return 4;
	}
	load = (word & 0xc02003e0) | 0x085f7c1f; /* ldxr or ldxp xzr, [base] */
	memcpy(code, &load, 4);
	memcpy(code + 4, &word, 4);
	return 8;
}

int machine_run(const uint8_t *code, size_t size, unsigned int kept,
	const struct upset_state *before, struct upset_state *after)
{
	int number;

	memcpy(memory, code, size);
	code_at = (uint32_t *)(void *)(memory + size);
	emit_here(around(kept, true));
	__builtin___clear_cache((char *)memory, (char *)memory + 16);
	memcpy(context.before, before->image, upset_isa_aarch64.state_bytes);
	context.back = (uintptr_t)host_return;
	number = sigsetjmp(escape, 0);
	if (number)
		return number;
	host_call(around(kept, false), &context);
	memcpy(after->image, context.after, upset_isa_aarch64.state_bytes);
	return 0;
}
