/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A gate for continuous integration: makes a campaign with a program, says how far it is,
 * and fails when the share of silent data corruption may be above a limit.
 *
 *     cc -o gate gate.c $(pkg-config --cflags --libs upset)
 *     ./gate 20 300 md5.upset guests/md5 FILE
 *
 * Exit status: 0, 1 above the limit, 2 wrong use, 3 the campaign could not be made.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <upset/upset.h>

/* What the callback counts. */
struct progress {
	uint64_t ended, sdc, wanted;
};

/* An experiment has ended: a line after each tenth of them. */
static int count(void *context, const struct upset_campaign_experiment *experiment)
{
	struct progress *p = (struct progress *)context;

	p->ended++;
	p->sdc += experiment->outcome == UPSET_OUTCOME_SDC;
	if (p->ended * 10 / p->wanted != (p->ended - 1) * 10 / p->wanted)
		fprintf(stderr, "%3" PRIu64 " %%, %" PRIu64 " corruptions; the last: %s, %s\n",
			p->ended * 100 / p->wanted, p->sdc, experiment->faults,
			upset_outcome_name(experiment->outcome));
	return 0; /* go on */
}

static void print(const struct upset_shares *shares)
{
	printf("%-13s %6s %8s %8s %8s\n", "outcome", "count", "share", "low", "high");
	for (int o = 0; o < UPSET_OUTCOMES; o++) {
		const struct upset_share *s = &shares->outcomes[o];

		printf("%-13s %6" PRIu64 " %7.2f%% %7.2f%% %7.2f%%\n",
			upset_outcome_name((enum upset_outcome)o), s->count, 100 * s->share,
			100 * s->low, 100 * s->high);
	}
}

/* Read back what the study holds now. */
static int read_shares(const char *path, struct upset_shares *shares, struct upset_error *error)
{
	struct upset_study *study;
	int rc = upset_study_open(&study, path, error);

	if (rc == 0)
		rc = upset_study_shares(study, 0, shares, error);
	upset_study_close(study);
	return rc;
}

int main(int argc, char **argv)
{
	struct upset_campaign_options options;
	struct upset_campaign_state state;
	struct upset_shares shares;
	struct upset_error error;
	struct progress progress;
	double limit;

	memset(&error, 0, sizeof(error));
	memset(&progress, 0, sizeof(progress));
	if (argc < 5 || atof(argv[1]) <= 0 || atol(argv[2]) <= 0) {
		fprintf(stderr, "usage: gate PERCENT EXPERIMENTS STUDY PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	limit = atof(argv[1]) / 100;
	progress.wanted = (uint64_t)atol(argv[2]);
	upset_campaign_options_init(&options);
	options.program.arguments = argv + 4;
	options.study = argv[3];
	options.experiments = progress.wanted;
	options.made = count;
	options.context = &progress;
	if (upset_campaign(&options, &state, &error) != 0 ||
		read_shares(options.study, &shares, &error) != 0) {
		fprintf(stderr, "gate: %s\n", error.message);
		return 3;
	}
	print(&shares);
	return shares.outcomes[UPSET_OUTCOME_SDC].high > limit;
}
