/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of system calls (from the kernel's headers) and of signals. */
#include <stddef.h>
#include <string.h>

#include "store/store.h"

static const char *const syscall_names[] = {
#include "syscall_names.inc"
};

const char *upset_syscall_name(int64_t number)
{
	if (number < 0 || (uint64_t)number >= sizeof(syscall_names) / sizeof(syscall_names[0]))
		return NULL;
	return syscall_names[number];
}

const char *upset_signal_name(int64_t number)
{
	static const char *const names[] = {NULL, "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL",
		"SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
		"SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT",
		"SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ",
		"SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS"};

	if (number < 0 || (uint64_t)number >= sizeof(names) / sizeof(names[0]))
		return NULL;
	return names[number];
}
