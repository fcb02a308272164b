/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What calls of the kernel change, as engines that step are told of it, by each set's numbers. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/syscalls.h"

enum { MEMORY = 0x1000, TEXT_BYTES = 128 };

/* What was told, and the memory at MEMORY. */
struct told {
	char text[TEXT_BYTES];
	uint8_t memory[32];
};

static void say(void *context, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(void *context, const char *format, ...)
{
	struct told *told = context;
	const size_t length = strlen(told->text);
	va_list list;

	va_start(list, format);
	(void)vsnprintf(told->text + length, TEXT_BYTES - length, format, list);
	va_end(list);
}

static void mapped(void *context, uint64_t start, uint64_t size, bool executable)
{
	say(context, "map %#llx %#llx%s;", (unsigned long long)start, (unsigned long long)size,
		executable ? " x" : "");
}

static void break_set(void *context)
{
	say(context, "break;");
}

static void opened(void *context, int fd)
{
	say(context, "open %d;", fd);
}

static void handler_set(void *context, uint64_t signal, uint64_t handler, bool resets)
{
	say(context, "handle %d %#llx%s;", (int)signal, (unsigned long long)handler,
		resets ? " once" : "");
}

static void process_made(void *context)
{
	say(context, "process;");
}

static void affinity_told(void *context, pid_t tid, uint64_t address, uint64_t bytes)
{
	say(context, "affinity %d %#llx %d;", (int)tid, (unsigned long long)address, (int)bytes);
}

static bool read_memory(void *context, uint64_t address, uint8_t *bytes, size_t size)
{
	const struct told *told = context;

	if (address < MEMORY || address + size > MEMORY + sizeof(told->memory))
		return false;
	memcpy(bytes, told->memory + (address - MEMORY), size);
	return true;
}

static const struct upset_syscall_effects effects = {
	mapped, break_set, opened, handler_set, process_made, affinity_told, read_memory};

static const struct {
	const char *isa, *call;
	uint64_t arguments[6], result;
	uint32_t memory[6]; /* its first words, of 32 bits */
	const char *told;
} cases[] = {
	{"x86-64", "mmap", {0, 0x2000, 5}, 0x7000, {0}, "map 0x7000 0x2000 x;"},
	{"x86-64", "mmap", {0, 0x2000, 3}, 0x7000, {0}, "map 0x7000 0x2000;"},
	{"x86-64", "mmap", {0, 0x2000, 5}, (uint64_t)-ENOMEM, {0}, ""},
	{"i386", "mmap", {MEMORY, 0x2000, 5}, 0x7000, {0}, "map 0 0xffffffffffffffff x;"},
	{"i386", "mmap2", {0, 0x2000, 5}, 0xf7000000, {0}, "map 0xf7000000 0x2000 x;"},
	{"i386", "mmap2", {0, 0x2000, 5}, (uint64_t)-ENOMEM, {0}, ""},
	{"i386", "ipc", {21}, 0, {0}, "map 0 0xffffffffffffffff x;"},
	{"riscv64", "munmap", {0x7000, 0x1000}, 0, {0}, "map 0x7000 0x1000;"},
	{"aarch64", "mremap", {0x7000, 0x1000, 0x3000}, 0x9000, {0},
		"map 0x7000 0x1000;map 0x9000 0x3000;"},
	{"aarch64", "brk", {0x9000}, 0x9000, {0}, "break;"},
	{"x86-64", "open", {0, O_RDONLY}, 5, {0}, ""},
	{"x86-64", "open", {0, O_WRONLY}, 5, {0}, "open 5;"},
	{"x86-64", "open", {0, O_RDONLY | O_CREAT}, 5, {0}, "open 5;"},
	{"x86-64", "creat", {0}, 6, {0}, "open 6;"},
	{"riscv64", "openat", {0, 0, O_RDWR}, 7, {0}, "open 7;"},
	{"aarch64", "openat", {0, 0, O_PATH | O_RDWR}, 7, {0}, ""},
	{"x86-64", "openat2", {0, 0, MEMORY}, 8, {O_WRONLY}, "open 8;"},
	{"x86-64", "openat2", {0, 0, 1}, 8, {O_WRONLY}, ""},
	/* Handler, flags of a long; and once more where they lie behind a mask. */
	{"x86-64", "rt_sigaction", {10, MEMORY}, 0, {0x4000, 0, 0x80000000},
		"handle 10 0x4000 once;"},
	{"i386", "rt_sigaction", {10, MEMORY}, 0, {0x4000, 0x80000000}, "handle 10 0x4000 once;"},
	{"i386", "sigaction", {10, MEMORY}, 0, {0x4000, 0x80000000, 0}, "handle 10 0x4000;"},
	{"i386", "sigaction", {10, MEMORY}, 0, {0x4000, 0, 0x80000000}, "handle 10 0x4000 once;"},
	{"riscv64", "rt_sigaction", {10, MEMORY}, 0, {1}, "handle 10 0;"},
	{"riscv64", "rt_sigaction", {10, 0}, 0, {1}, ""},
	{"x86-64", "fork", {0}, 77, {0}, "process;"},
	{"x86-64", "fork", {0}, 0, {0}, ""},
	{"riscv64", "clone", {17}, 77, {0}, "process;"},
	{"x86-64", "sched_getaffinity", {0, 128, 0x5000}, 8, {0}, "affinity 0 0x5000 8;"},
	{"x86-64", "getpid", {0}, 2, {0}, ""},
};

static void tells_what_calls_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct upset_isa *isa = upset_isa_find(cases[i].isa);
		const struct upset_abi *abi = upset_abi_find(isa->qemu);
		const int64_t number = upset_abi_number(abi, cases[i].call);
		struct told told = {0};
		struct upset_state before;

		assert_true(number >= 0);
		upset_state_init(&before, isa);
		for (unsigned int k = 0; k < 6; k++)
			upset_state_set_word(
				&before, isa->syscall_arguments[k], cases[i].arguments[k]);
		upset_state_set_word(&before, isa->syscall_number, (uint64_t)number);
		memcpy(told.memory, cases[i].memory, sizeof(cases[i].memory));
		assert_int_equal(upset_syscall_number(&before), number);
		assert_true(upset_syscall_is(abi, &before, cases[i].call));
		upset_syscall_returned(abi, &before, cases[i].result, &effects, &told);
		if (strcmp(told.text, cases[i].told) != 0)
			fail_msg("%s, %s: '%s' instead of '%s'", cases[i].isa, cases[i].call,
				told.text, cases[i].told);
	}
}

/* The kernel's manual, syscall(2): where arguments are passed. */
static void knows_where_arguments_are(void **state)
{
	static const struct {
		const char *isa, *registers[6];
	} passing[] = {
		{"x86-64", {"rdi", "rsi", "rdx", "r10", "r8", "r9"}},
		{"i386", {"ebx", "ecx", "edx", "esi", "edi", "ebp"}},
		{"aarch64", {"x0", "x1", "x2", "x3", "x4", "x5"}},
		{"riscv64", {"a0", "a1", "a2", "a3", "a4", "a5"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		const struct upset_isa *isa = upset_isa_find(passing[i].isa);

		for (unsigned int k = 0; k < 6; k++) {
			const char *name = passing[i].registers[k];
			uint16_t bits;

			assert_int_equal(isa->syscall_arguments[k],
				upset_isa_find_resource(isa, name, strlen(name), &bits));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_calls_change),
		cmocka_unit_test(knows_where_arguments_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
