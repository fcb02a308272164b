/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The side of host.h that executes: a program for the instruction set itself, which needs
 * nothing but the C library.
 */
#include "tests/isa/host_program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The pages of the windows, with gaps behind them. */
enum { ALL_SIZE = (2 * HOST_WINDOWS + 1) * HOST_PAGE };

/* On pages without code: emulators look for changes of that. */
struct host_state host_before __attribute__((aligned(HOST_PAGE)));
struct host_state host_after __attribute__((aligned(HOST_PAGE)));
uint32_t host_has_masks;
/* Some of the elements, whatever their size. */
const uint64_t host_mask = UINT64_C(0x9a5ca3965ac369a5);

static uint8_t *memory;
static sigjmp_buf escape;

static void on_signal(int number)
{
	host_recover();
	siglongjmp(escape, number);
}

static void catch_signals(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
	static uint8_t stack[65536];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER};

	sigaltstack(&alternate, NULL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static uint8_t *window(unsigned int i)
{
	return memory + (2 * (size_t)i + 1) * HOST_PAGE - HOST_WINDOW;
}

static void set_up(void)
{
	memory = mmap(NULL, ALL_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (memory == MAP_FAILED ||
		mprotect(host_code_page, HOST_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC))
		abort();
	for (unsigned int i = 0; i < HOST_WINDOWS; i++) {
		if (mprotect(memory + 2 * (size_t)i * HOST_PAGE, HOST_PAGE, PROT_READ | PROT_WRITE))
			abort();
	}
	host_has_masks = __builtin_cpu_supports("avx512bw") != 0;
	catch_signals();
}

static void put_code(const struct host_task *task)
{
	uint8_t code[HOST_CODE];

	memset(code, 0x90, sizeof(code));
	memcpy(code, task->code, task->size);
	if (memcmp(host_code_slot, code, sizeof(code)) != 0)
		memcpy(host_code_slot, code, sizeof(code));
}

static void execute(struct host_task *task)
{
	put_code(task);
	for (unsigned int i = 0; i < HOST_WINDOWS; i++)
		memcpy(window(i), task->memory[i], HOST_WINDOW);
	host_before = task->state;
	host_after = task->state;
	task->signal = (uint32_t)sigsetjmp(escape, 0);
	if (task->signal == 0)
		host_code();
	task->state = host_after;
	for (unsigned int i = 0; i < HOST_WINDOWS; i++)
		memcpy(task->memory[i], window(i), HOST_WINDOW);
}

/* False at the end of the input. */
static bool receive(struct host_task *task)
{
	for (size_t done = 0; done < sizeof(*task);) {
		ssize_t got = read(STDIN_FILENO, (uint8_t *)task + done, sizeof(*task) - done);

		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

static void answer(const void *bytes, size_t size)
{
	if (write(STDOUT_FILENO, bytes, size) != (ssize_t)size)
		exit(EXIT_FAILURE);
}

int main(void)
{
	static struct host_task task;
	struct host_hello hello = {
		.slot = (uintptr_t)host_code_slot, .has_avx = __builtin_cpu_supports("avx") != 0};

	set_up();
	for (unsigned int i = 0; i < HOST_WINDOWS; i++)
		hello.windows[i] = (uintptr_t)window(i);
	answer(&hello, sizeof(hello));
	while (receive(&task)) {
		execute(&task);
		answer(&task, sizeof(task));
	}
	return EXIT_SUCCESS;
}
