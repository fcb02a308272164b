/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside campaigns of api/ only: which instructions of a golden run are sampled, by names
 * of functions, modules and source lines.
 */
#ifndef UPSET_API_CAMPAIGN_SELECT_H
#define UPSET_API_CAMPAIGN_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "upset/campaign.h"

struct campaign_selection;

/* An instruction of the golden run; texts are "" where they are not known. */
struct campaign_place {
	const char *module, *function, *file; /* paths of module and file */
	uint64_t line, executions;
};

/*
 * What @options ask for, of runs of @program (a path as modules have it; NULL: only to see
 * whether the names make sense).  0, to be freed; -EINVAL, -ENOMEM.
 */
int campaign_selection_new(struct campaign_selection **selection,
	const struct upset_campaign_options *options, const char *program,
	struct upset_error *error);

/* Whether @place is selected: *@taken.  It is counted for the names that it has.  0, -ENOMEM. */
int campaign_selection_look(
	struct campaign_selection *selection, const struct campaign_place *place, bool *taken);

/* After all places: whether each name was one of them, and selects something.  0, -EINVAL. */
int campaign_selection_check(const struct campaign_selection *selection, struct upset_error *error);

/* What was taken and what was left out, in words; "": all.  As many names as there is room for. */
void campaign_selection_describe(
	const struct campaign_selection *selection, char *text, size_t size);

void campaign_selection_free(struct campaign_selection *selection);

#endif
