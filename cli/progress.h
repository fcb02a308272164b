/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line on a terminal that says how far a run is. */
#ifndef UPSET_CLI_PROGRESS_H
#define UPSET_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct upset_progress {
	bool visible;
	bool drawn;
	uint64_t start_ns;
};

void upset_progress_start(struct upset_progress *progress, bool visible);
/* An engine's progress callback; @context is the struct upset_progress. */
void upset_progress_show(void *context, uint64_t instructions);
/* Wipe the line. */
void upset_progress_end(struct upset_progress *progress);

/* "3,100,000,000 instructions in 4.200 s, 738.1 M/s". */
void upset_progress_format(uint64_t instructions, uint64_t ns, char *text, size_t size);

#endif
