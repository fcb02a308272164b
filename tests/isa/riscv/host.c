/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction on this RISC-V processor, see tests/isa/machine.h.
 */
#include "host.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "isa/riscv/internal.h"
#include "tests/isa/machine.h"
#include "tests/isa/random.h"

struct host_context {
	uint64_t stack, back;
	unsigned char before[HOST_STATE_BYTES], after[HOST_STATE_BYTES];
};

_Static_assert(offsetof(struct host_context, stack) == HOST_STACK, "layout");
_Static_assert(offsetof(struct host_context, back) == HOST_RETURN, "layout");
_Static_assert(offsetof(struct host_context, before) == HOST_BEFORE, "layout");
_Static_assert(offsetof(struct host_context, after) == HOST_AFTER, "layout");

enum { BEFORE_WORDS = 5 + 32 + 30 };

void host_call(void *code, struct host_context *context);
extern const uint8_t host_return[];

const struct upset_isa *const machine_isa = &upset_isa_riscv64;
const struct table *const machine_table = &riscv_table;
const unsigned int machine_first_kept = 5, machine_last_kept = 31;

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

void machine_open(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
	static uint8_t stack[65536];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER};

	__asm__("mv %0, tp\n\tmv %1, gp" : "=r"(thread_pointer), "=r"(global_pointer));
	memory = mmap(NULL, 4 * MACHINE_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED ||
		mprotect(memory, MACHINE_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC) ||
		mprotect(memory + 2 * MACHINE_PAGE, MACHINE_PAGE, PROT_READ | PROT_WRITE))
		abort();
	sigaltstack(&alternate, NULL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

uint8_t *machine_window(void)
{
	return memory + 3 * MACHINE_PAGE - MACHINE_WINDOW;
}

/* What emit_before() makes. */
uint64_t machine_address(void)
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

static unsigned int place_in(unsigned int start, unsigned int resource)
{
	return start + machine_isa->resources[resource].offset;
}

enum { LOAD = 0x03, LOAD_FLOAT = 0x07, STORE = 0x23, STORE_FLOAT = 0x27 };

static void emit_before(unsigned int kept)
{
	const unsigned int other = kept == 5 ? 6 : 5;

	emit_move(kept, 11); /* a1: the context */
	emit_load(LOAD, other, kept, place_in(HOST_BEFORE, RISCV_FFLAGS));
	emit(0x00101073 | other << 15); /* fsflags */
	emit_load(LOAD, other, kept, place_in(HOST_BEFORE, RISCV_FRM));
	emit(0x00201073 | other << 15); /* fsrm */
	for (unsigned int i = 0; i < 32; i++)
		emit_load(LOAD_FLOAT, i, kept, place_in(HOST_BEFORE, RISCV_F0 + i));
	for (unsigned int i = 1; i < 32; i++) {
		if (i != kept)
			emit_load(LOAD, i, kept, place_in(HOST_BEFORE, i));
	}
}

static void emit_after(unsigned int kept)
{
	for (unsigned int i = 1; i < 32; i++) {
		if (i != kept)
			emit_store(STORE, i, kept, place_in(HOST_AFTER, i));
	}
	for (unsigned int i = 0; i < 32; i++)
		emit_store(STORE_FLOAT, i, kept, place_in(HOST_AFTER, RISCV_F0 + i));
	emit(0x00102073 | 1 << 7); /* frflags ra */
	emit_store(STORE, 1, kept, place_in(HOST_AFTER, RISCV_FFLAGS));
	emit(0x00202073 | 1 << 7); /* frrm ra */
	emit_store(STORE, 1, kept, place_in(HOST_AFTER, RISCV_FRM));
	emit_load(LOAD, 1, kept, HOST_RETURN);
	emit_move(5, kept);
	emit(0x00008067); /* jr ra */
}

/* A rounding mode that is one. */
void machine_limit(struct upset_state *state)
{
	upset_state_set_word(state, RISCV_FRM, random_next() % 5);
}

/* Control registers that there are. */
uint32_t machine_adjust(uint32_t word, uint32_t mask)
{
	if ((word & 0x7f) != 0x73 || mask >> 20 != 0)
		return word;
	return (word & 0xfffff) | (uint32_t)(1 + random_next() % 3) << 20;
}

/* Control registers with a row alone. */
bool machine_can_run(const struct upset_insn *insn)
{
	if (insn->classes & (UPSET_CLASS_BRANCH | UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP))
		return false;
	if (strncmp(riscv_table.insns[insn->form].name, "csr", 3) == 0)
		return insn->classes & UPSET_CLASS_VECTOR;
	return true;
}

/* A store conditional has its reservation taken just before it. */
size_t machine_code(const struct upset_insn *insn, uint8_t code[MACHINE_CODE_MAX])
{
	uint32_t load;

	memcpy(code, insn->bytes, insn->size);
	if (strncmp(riscv_table.insns[insn->form].name, "sc.", 3) != 0 || insn->memory_count == 0)
		return insn->size;
	load = 0x1000002f | (uint32_t)insn->memory[0].base << 15 |
	       (insn->memory[0].bits == 64 ? 3u : 2u) << 12; /* lr zero, (base) */
	memcpy(code, &load, 4);
	memcpy(code + 4, insn->bytes, 4);
	return 8;
}

int machine_run(const uint8_t *code, size_t size, unsigned int kept,
	const struct upset_state *before, struct upset_state *after)
{
	int number;

	code_at = (uint32_t *)(void *)memory;
	emit_before(kept);
	if ((uintptr_t)code_at != machine_address())
		abort();
	memcpy(code_at, code, size);
	code_at = (uint32_t *)(void *)((uint8_t *)code_at + size);
	if (size % 4) { /* c.nop */
		static const uint8_t nop[2] = {1, 0};

		memcpy(code_at, nop, 2);
		code_at = (uint32_t *)(void *)((uint8_t *)code_at + 2);
	}
	emit_after(kept);
	__builtin___clear_cache((char *)memory, (char *)memory + MACHINE_PAGE);
	memcpy(context.before, before->image, upset_isa_riscv64.state_bytes);
	context.back = (uintptr_t)host_return;
	number = sigsetjmp(escape, 0);
	if (number)
		return number;
	host_call(memory, &context);
	memcpy(after->image, context.after, upset_isa_riscv64.state_bytes);
	return 0;
}
