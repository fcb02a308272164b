/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How golden runs end, and how they are meant to: see ends.h. */
#include "api/ends.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ending.h"

enum { STATUS_MOST = 255, SIGNAL_MOST = 64 };

static int find_signal(const char *name)
{
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	for (int i = 1; i <= SIGNAL_MOST; i++) {
		const char *known = sigabbrev_np(i);

		if (known != NULL && strcmp(known, name) == 0)
			return i;
	}
	return -1;
}

/* "exit N", "signal N" or "signal NAME"; false: it is none of these. */
static bool parse(const char *text, enum upset_end *end, int *status)
{
	bool exits = strncmp(text, "exit ", 5) == 0, signals = strncmp(text, "signal ", 7) == 0;
	const char *value = text + (exits ? 5 : 7);
	char *rest;
	long number;

	if (!exits && !signals)
		return false;
	*end = exits ? UPSET_END_EXITED : UPSET_END_SIGNALED;
	number = strtol(value, &rest, 10);
	if (rest == value || *rest != '\0')
		number = signals ? find_signal(value) : -1;
	*status = (int)number;
	return exits ? number >= 0 && number <= STATUS_MOST : number >= 1 && number <= SIGNAL_MOST;
}

int ends_check(const char *text, struct upset_error *error)
{
	enum upset_end end;
	int status;

	if (text == NULL || parse(text, &end, &status))
		return 0;
	return upset_error_set(error, EINVAL,
		"--golden-ends '%s' is no end of a program; it is as in 'exit 3', 'signal 11' or "
		"'signal SEGV'",
		text);
}

static void describe(const struct upset_experiment_result *r, char *text, size_t size)
{
	const char *name = sigabbrev_np(r->seen.status);

	if (r->seen.end == UPSET_END_SIGNALED)
		(void)snprintf(text, size, "by signal %d (SIG%s)", r->seen.status,
			name != NULL ? name : "?");
	else
		(void)snprintf(text, size, "with exit status %d", r->seen.status);
}

int ends_accept(
	const struct upset_experiment_result *golden, const char *text, struct upset_error *error)
{
	enum upset_end end;
	char how[64];
	int status;

	describe(golden, how, sizeof(how));
	if (text != NULL && parse(text, &end, &status))
		return golden->seen.end == end && golden->seen.status == status
			       ? 0
			       : upset_error_set(error, ENOTSUP,
					 "without faults the program ends %s%s%s, not with '%s', "
					 "which --golden-ends asks for",
					 how, golden->seen.reason[0] != '\0' ? ": " : "",
					 golden->seen.reason, text);
	if (golden->seen.obstacle != UPSET_OBSTACLE_NONE)
		return upset_error_set(error, ENOTSUP, "without faults the program ends %s: %s; %s",
			how, golden->seen.reason, upset_ending_advice(golden->seen.obstacle));
	if (golden->seen.end == UPSET_END_SIGNALED)
		return upset_error_set(error, ENOTSUP,
			"without faults the program ends %s; if it is meant to, say "
			"--golden-ends 'signal %d'",
			how, golden->seen.status);
	return 0;
}
