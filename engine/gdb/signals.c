/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals as GDB numbers them, whatever the machine ("Debugging with GDB"; the list is
 * include/gdb/signals.def of its source).
 */
#include "engine/gdb/run.h"

#include <signal.h>

enum { REAL_TIME_FROM = 45, REAL_TIME_32 = 77, REAL_TIME_64 = 78, REAL_TIME_FIRST = 33 };

/* By GDB's number; 0: Linux has no such. */
static const uint8_t numbers[] = {0, SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, 0, SIGFPE,
	SIGKILL, SIGBUS, SIGSEGV, SIGSYS, SIGPIPE, SIGALRM, SIGTERM, SIGURG, SIGSTOP, SIGTSTP,
	SIGCONT, SIGCHLD, SIGTTIN, SIGTTOU, SIGIO, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH,
	0, SIGUSR1, SIGUSR2, SIGPWR};

int gdb_signal_from(int signal)
{
	if (signal > 0 && (size_t)signal < sizeof(numbers))
		return numbers[signal];
	if (signal >= REAL_TIME_FROM && signal < REAL_TIME_FROM + 63 - REAL_TIME_FIRST + 1)
		return signal - REAL_TIME_FROM + REAL_TIME_FIRST;
	if (signal == REAL_TIME_32)
		return 32;
	return signal == REAL_TIME_64 ? 64 : 0;
}

int gdb_signal_to(int signal)
{
	for (int i = 1; i <= REAL_TIME_64; i++)
		if (gdb_signal_from(i) == signal)
			return i;
	return 0;
}
