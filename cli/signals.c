/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signal handlers: see signals.h. */
#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>

struct upset_stop upset_stop;

static void on_stop(int number)
{
	atomic_store(&upset_stop.reason, number);
}

static void on_failed_write(int number)
{
	(void)number;
}

/* A signal that was ignored from the start (nohup) stays ignored. */
static void install(int number, void (*handler)(int), int flags)
{
	struct sigaction old, action = {.sa_handler = handler, .sa_flags = flags};

	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		(void)sigaction(number, &action, NULL);
}

void upset_signals_catch_stop(void)
{
	install(SIGINT, on_stop, (int)SA_RESETHAND);
	install(SIGTERM, on_stop, (int)SA_RESETHAND);
	install(SIGHUP, on_stop, (int)SA_RESETHAND);
	/* Schedulers send these, and more than once: until what was made is kept. */
	install(SIGUSR1, on_stop, 0);
	install(SIGXCPU, on_stop, 0);
	install(SIGALRM, on_stop, 0);
}

void upset_signals_catch_failed_writes(void)
{
	install(SIGPIPE, on_failed_write, SA_RESTART);
	install(SIGXFSZ, on_failed_write, SA_RESTART);
}
