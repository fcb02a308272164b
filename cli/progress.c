/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress on standard error, redrawn in place: see progress.h. */
#include "cli/progress.h"

#include <stdio.h>

#include "base/clock.h"
#include "report/format.h"

void upset_progress_format(uint64_t instructions, uint64_t ns, char *text, size_t size)
{
	char count[32], time[32], rate[32];

	upset_format_count(instructions, 20, count, sizeof(count));
	upset_format_time(ns, time, sizeof(time));
	upset_format_count(ns > 0 ? (uint64_t)((double)instructions * 1e9 / (double)ns) : 0, 7,
		rate, sizeof(rate));
	(void)snprintf(text, size, "%s instructions in %s, %s/s", count, time, rate);
}

void upset_progress_start(struct upset_progress *progress, bool visible)
{
	*progress = (struct upset_progress){.visible = visible, .start_ns = upset_now_ns()};
}

void upset_progress_show(void *context, uint64_t instructions)
{
	struct upset_progress *progress = context;
	char text[128];

	if (!progress->visible)
		return;
	upset_progress_format(
		instructions, upset_now_ns() - progress->start_ns, text, sizeof(text));
	(void)fprintf(stderr, "\r\033[K%s", text);
	progress->drawn = true;
}

void upset_progress_end(struct upset_progress *progress)
{
	if (progress->drawn)
		(void)fputs("\r\033[K", stderr);
}
