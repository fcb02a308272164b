/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside `upset submit` only: what its files share. */
#ifndef UPSET_CLI_SUBMIT_H
#define UPSET_CLI_SUBMIT_H

#include <limits.h>
#include <stdio.h>

#include "cli/options.h"
#include "cli/status.h"

struct submit {
	/* As the command line has it: */
	const char *plan, *output, *scratch;
	int64_t shards;
	bool slurm, dry_run, take_lock, quiet;
	struct upset_list options; /* of sbatch */
	/* What follows from it: */
	char folder[PATH_MAX];			 /* this one */
	char upset[PATH_MAX];			 /* this program */
	char *plan_path, *study, *stem, *script; /* absolute; of shards: STEM-K.upset */
	char *name;				 /* of the jobs */
	char *tasks;				 /* shards to make, as "0-3,7"; "": none */
	char **studies;				 /* [shards] */
};

/* Write what the jobs are made by.  0, -errno. */
int submit_write_script(const struct submit *submit, FILE *out);

/* Which shards are to be made: a list of them and of ranges; to be freed; NULL: no memory. */
char *submit_print_tasks(const struct campaign_status *status, uint64_t shards);

#endif
