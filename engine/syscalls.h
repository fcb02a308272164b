/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the kernel for engines that step: which one it is, what it is given, and what it changed
 * that they must know.  Knows nothing of how registers and memory are had.
 */
#ifndef UPSET_ENGINE_SYSCALLS_H
#define UPSET_ENGINE_SYSCALLS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "isa/state.h"
#include "linux/abi.h"
#include "profile/profile.h"

/* Of the call that the program makes in the state @before it: its number in its instruction set, */
int64_t upset_syscall_number(const struct upset_state *before);
/* what it is given, from 0, */
uint64_t upset_syscall_argument(const struct upset_state *before, unsigned int i);
/* and whether it is the one that is called @name there. */
bool upset_syscall_is(
	const struct upset_abi *abi, const struct upset_state *before, const char *name);
/* It returns to where a signal came. */
bool upset_syscall_is_sigreturn(const struct upset_abi *abi, const struct upset_state *before);

/* What an engine is told of a call's effects.  NULL: it has no need to know. */
struct upset_syscall_effects {
	/* Mappings in [@start, @start + @size); @executable: code may have come into being. */
	void (*mapped)(void *context, uint64_t start, uint64_t size, bool executable);
	void (*break_set)(void *context);
	/* A file is open for writing. */
	void (*opened)(void *context, int fd);
	/* 0: the signal is not handled, or ignored; @resets: the handler is called once. */
	void (*handler_set)(void *context, uint64_t signal, uint64_t handler, bool resets);
	void (*process_made)(void *context);
	/* The mask of @bytes at @address tells where thread @tid may run; 0: this one. */
	void (*affinity_told)(void *context, pid_t tid, uint64_t address, uint64_t bytes);
	/* False: it cannot be read. */
	bool (*read_memory)(void *context, uint64_t address, uint8_t *bytes, size_t size);
};

/* Tell what the call made in the state @before changed, now that it returned @result. */
void upset_syscall_returned(const struct upset_abi *abi, const struct upset_state *before,
	uint64_t result, const struct upset_syscall_effects *effects, void *context);

/* Add the file that is open as @fd in process @pid to those that were written, if it is one that
   has a name.  0, -ENOMEM. */
int upset_syscall_add_file(struct upset_profile *profile, pid_t pid, int fd);

#endif
