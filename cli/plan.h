/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans of campaigns: studies that have all but the experiments. */
#ifndef UPSET_CLI_PLAN_H
#define UPSET_CLI_PLAN_H

#include "cli/campaign.h"
#include "cli/carry.h"
#include "cli/record.h"

/* A campaign as a plan says it. */
struct campaign_plan_taken {
	struct campaign_record record;
	char **arguments; /* a command line that asks for it; what it points to is the record's */
	int count;
	char *path, *output, *scratch; /* from wherever this process was started; NULL: not known */
	int in_fd;		       /* its standard input; -1: not open */
	struct campaign_carried carried; /* files that it takes along */
};

/*
 * Read the plan at @path, and put its options before those of argv[1 .. argc-1], its program
 * behind.  0, -errno; end with campaign_plan_release() in any case.
 */
int campaign_plan_read(struct campaign_plan_taken *plan, const char *path, int argc, char **argv,
	struct upset_error *error);

/*
 * Be where the plan was made, with the files that it takes along, and see that its files are here
 * what they were there.  0; -ENOTSUP with what is another one; -EIO: one of its own is damaged.
 */
int campaign_plan_enter(struct campaign_plan_taken *plan, const char *path, const char *output,
	struct upset_campaign_options *asked, struct upset_error *error);

void campaign_plan_release(struct campaign_plan_taken *plan);

#endif
