/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Breakpoints of the processor and in code: see breakpoints.h. */
#include "engine/native/breakpoints.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/wait.h"
#include "engine/maps.h"

enum { DEBUG_CONTROL = 7, INT3 = 0xcc };

/* --- debug registers -------------------------------------------------------------------------- */

static size_t debug_register(int number)
{
	return offsetof(struct user, u_debugreg) + (size_t)number * sizeof(unsigned long);
}

/* The bit of the control register that enables a slot; execution of 1 byte is all zeroes. */
static unsigned long enable(int slot)
{
	return 1UL << slot * 2;
}

int native_breakpoint_set(pid_t tid, uint64_t address)
{
	unsigned long control =
		(unsigned long)ptrace(PTRACE_PEEKUSER, tid, debug_register(DEBUG_CONTROL), NULL);

	for (int slot = 0; slot < NATIVE_BREAKPOINTS; slot++) {
		if (control & enable(slot))
			continue;
		if (ptrace(PTRACE_POKEUSER, tid, debug_register(slot), address) != 0 ||
			ptrace(PTRACE_POKEUSER, tid, debug_register(DEBUG_CONTROL),
				control | enable(slot)) != 0)
			return -1;
		return slot;
	}
	return -1;
}

void native_breakpoint_clear(pid_t tid, int slot)
{
	unsigned long control =
		(unsigned long)ptrace(PTRACE_PEEKUSER, tid, debug_register(DEBUG_CONTROL), NULL);

	(void)ptrace(PTRACE_POKEUSER, tid, debug_register(DEBUG_CONTROL), control & ~enable(slot));
}

/* --- whether they stop a program -------------------------------------------------------------- */

__attribute__((noinline)) static void known_instruction(void)
{
	__asm__ volatile("nop");
}

/* Comes to the known instruction once it is told to go on. */
static pid_t start_child(int *go)
{
	int pipes[2];
	pid_t pid;
	char byte;

	if (pipe(pipes) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		(void)close(pipes[1]);
		if (read(pipes[0], &byte, 1) == 1)
			known_instruction();
		_exit(0);
	}
	(void)close(pipes[0]);
	*go = pipes[1];
	return pid;
}

/* Registers that accept values and stop nothing exist on some virtual machines. */
static bool debug_registers_stop(void)
{
	uint64_t address = (uint64_t)(uintptr_t)known_instruction;
	struct user_regs_struct regs = {0};
	bool stops = false, set;
	int go = -1, status = 0;
	pid_t pid = start_child(&go);

	if (pid < 0)
		return false;
	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_EXITKILL) == 0 &&
		ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0 &&
		upset_wait(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
		set = native_breakpoint_set(pid, address) >= 0;
		(void)ptrace(PTRACE_CONT, pid, NULL, NULL);
		if (set && write(go, "", 1) == 1 && upset_wait(pid, &status, __WALL) == pid)
			stops = WIFSTOPPED(status) && native_read_registers(pid, &regs) &&
				regs.rip == address;
	}
	(void)close(go);
	(void)kill(pid, SIGKILL);
	if (WIFSTOPPED(status) || status == 0)
		(void)upset_wait(pid, NULL, __WALL);
	return stops;
}

static bool hardware_works;

static void try_hardware(void)
{
	hardware_works = debug_registers_stop();
}

/* --- what is used ----------------------------------------------------------------------------- */

static const struct {
	const char *name, *description;
} all_means[] = {
	[NATIVE_HARDWARE] = {"hardware", "debug registers stop at triggers"},
	[NATIVE_SOFTWARE] = {"software", "int3 and steps lead to triggers"},
	[NATIVE_STEPS] = {"steps", "steps lead to triggers"},
};

const char *native_means_describe(enum native_means means)
{
	return all_means[means].description;
}

int native_means_find(enum native_means *means, struct upset_error *error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const char *asked = getenv("UPSET_BREAKPOINTS");
	int found = NATIVE_STEPS;

	if (asked != NULL && asked[0] != '\0') {
		while (found >= 0 && strcmp(all_means[found].name, asked) != 0)
			found--;
		if (found < 0)
			return upset_error_set(error, EINVAL,
				"UPSET_BREAKPOINTS is '%s'; it is hardware, software or steps, or "
				"left out",
				asked);
	}
	if (asked == NULL || asked[0] == '\0' || found == NATIVE_HARDWARE)
		(void)pthread_once(&once, try_hardware);
	if (asked == NULL || asked[0] == '\0')
		found = hardware_works ? NATIVE_HARDWARE : NATIVE_SOFTWARE;
	else if (found == NATIVE_HARDWARE && !hardware_works)
		return upset_error_set(error, ENOTSUP,
			"the debug registers of this machine stop no program, so no trigger would "
			"come; leave UPSET_BREAKPOINTS out of the environment, or set it to "
			"software");
	*means = (enum native_means)found;
	return 0;
}

/* --- signals ---------------------------------------------------------------------------------- */

struct signal_sets {
	uint64_t pending, pending_all, blocked, ignored, caught;
};

static void read_signal_sets(pid_t tid, struct signal_sets *sets)
{
	const struct {
		const char *name;
		uint64_t *set;
	} lines[] = {{"SigPnd:", &sets->pending}, {"ShdPnd:", &sets->pending_all},
		{"SigBlk:", &sets->blocked}, {"SigIgn:", &sets->ignored},
		{"SigCgt:", &sets->caught}};
	char path[64], line[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL) {
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
			if (strncmp(line, lines[i].name, strlen(lines[i].name)) == 0)
				*lines[i].set = strtoull(line + strlen(lines[i].name), NULL, 16);
		}
	}
	(void)fclose(file);
}

bool native_signal_comes(pid_t tid)
{
	static const int harmless[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH};
	struct signal_sets sets = {0};
	uint64_t left;

	read_signal_sets(tid, &sets);
	left = (sets.pending | sets.pending_all) & ~sets.blocked & ~sets.ignored;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		uint64_t bit = UINT64_C(1) << (harmless[i] - 1);

		if ((sets.caught & bit) == 0)
			left &= ~bit;
	}
	return left != 0;
}

/* --- int3 ------------------------------------------------------------------------------------- */

struct sought_mapping {
	uint64_t address;
	bool fixed; /* found, and nobody can change what is there */
};

static int look_at_mapping(void *context, const struct upset_mapping *mapping, bool shared)
{
	struct sought_mapping *sought = context;

	if (sought->address < mapping->start || sought->address >= mapping->end)
		return 0;
	sought->fixed = mapping->executable && !mapping->writable && !shared;
	return 1;
}

bool native_is_planted(const struct native_planted *planted, uint64_t address)
{
	for (unsigned int i = 0; i < planted->count; i++) {
		if (planted->address[i] == address)
			return true;
	}
	return false;
}

void native_planted_forget(struct native_planted *planted)
{
	planted->fixed_count = 0;
}

/* The kernel takes a handler of SIGTRAP away when an int3 comes where that is blocked. */
static bool catches_trap(pid_t pid)
{
	struct signal_sets sets = {0};

	read_signal_sets(pid, &sets);
	return (sets.caught & UINT64_C(1) << (SIGTRAP - 1)) != 0;
}

static bool is_fixed(
	struct native_planted *planted, const struct native_trace *trace, uint64_t address)
{
	struct sought_mapping sought = {.address = address};

	for (unsigned int i = 0; i < planted->fixed_count; i++) {
		if (planted->fixed[i] == address)
			return true;
	}
	(void)upset_maps_read(trace->pid, look_at_mapping, &sought);
	sought.fixed &= !catches_trap(trace->pid);
	if (sought.fixed && planted->fixed_count < NATIVE_BREAKPOINTS)
		planted->fixed[planted->fixed_count++] = address;
	return sought.fixed;
}

bool native_plant(
	struct native_planted *planted, const struct native_trace *trace, uint64_t address)
{
	const uint8_t int3 = INT3;
	uint8_t byte;

	if (native_is_planted(planted, address))
		return true;
	if (planted->count == NATIVE_BREAKPOINTS || !is_fixed(planted, trace, address) ||
		native_read_memory(trace, address, &byte, 1) != 1 ||
		!native_write_memory(trace, address, &int3, 1))
		return false;
	planted->address[planted->count] = address;
	planted->byte[planted->count++] = byte;
	return true;
}

void native_lift(struct native_planted *planted, const struct native_trace *trace)
{
	while (planted->count > 0) {
		planted->count--;
		(void)native_write_memory(
			trace, planted->address[planted->count], &planted->byte[planted->count], 1);
	}
}
