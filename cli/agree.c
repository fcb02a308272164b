/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset agree: two campaigns with the same faults, experiment by experiment. */
#include "cli/agree.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/mcnemar.h"
#include "cli/commands.h"

const char upset_agree_notes[] =
	"Experiments belong together by the text of their faults; `upset faults` makes a\n"
	"list of a campaign's, and `upset campaign --faults` makes the other campaign of\n"
	"it.  With one FILE, name two of its campaigns.  The exit status is 1 when the\n"
	"share that agrees on the outcome is less than that of --fail-if-below, 3 when\n"
	"the two cannot be compared.";

struct agree_command {
	struct agreement agreement;
	int64_t campaigns[2];
	const char *gate_text;
	double gate;
	bool force, csv, json;
	struct upset_list files;
	struct upset_error *error;
};

/* --- the command line ------------------------------------------------------------------------- */

/* A share, as 99% or 0.99. */
static bool parse_share(const char *text, double *share)
{
	char *end;

	*share = strtod(text, &end);
	if (end != text && strcmp(end, "%") == 0) {
		*share /= 100;
		end++;
	}
	return end != text && *end == '\0' && *share >= 0 && *share <= 1;
}

static int check(const struct upset_command *command, struct agree_command *c)
{
	const struct upset_list *files = &c->files;

	if (files->count == 0 || files->count > 2)
		return upset_usage_error(
			command, "name two studies, or one and two of its campaigns");
	if (files->count == 1 && c->campaigns[0] == c->campaigns[1])
		return upset_usage_error(command,
			"with one study, name two of its campaigns with -c and --campaign2");
	if (c->csv && c->json)
		return upset_usage_error(command, "choose one of --csv and --json");
	if (c->gate_text != NULL && !parse_share(c->gate_text, &c->gate))
		return upset_usage_error(
			command, "--fail-if-below %s is no share, such as 99%%", c->gate_text);
	for (unsigned int i = 0; i < 2; i++) {
		c->agreement.sides[i].study = files->items[i % files->count];
		c->agreement.sides[i].named = c->campaigns[i] != 0;
	}
	return -1;
}

static int parse(
	const struct upset_command *command, struct agree_command *c, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"campaign", 'c', UPSET_OPTION_NUMBER, "N",
			"campaign of the first file; default: the latest", &c->campaigns[0]},
		{"campaign2", 0, UPSET_OPTION_NUMBER, "N", "campaign of the second file",
			&c->campaigns[1]},
		{"csv", 0, UPSET_OPTION_FLAG, NULL, "write all pairs as CSV", &c->csv},
		{"json", 0, UPSET_OPTION_FLAG, NULL, "write JSON: an object", &c->json},
		{"fail-if-below", 0, UPSET_OPTION_TEXT, "SHARE",
			"exit with 1 if fewer agree on the outcome, as 99%", &c->gate_text},
		{"force", 0, UPSET_OPTION_FLAG, NULL, "compare campaigns of different programs",
			&c->force},
	};
	int result = upset_options_parse(command, options, sizeof(options) / sizeof(options[0]),
		argc, argv, &c->files, NULL);

	if (result >= 0)
		return result;
	return check(command, c);
}

/* --- reading ---------------------------------------------------------------------------------- */

static int take(void *context, const struct upset_experiment_made *made)
{
	struct agree_side *side = context;
	struct agree_made *grown = side->made;
	char *faults;

	if ((side->count & (side->count + 1)) == 0) /* full: 0, 1, 3, 7, ... */
		grown = reallocarray(side->made, 2 * side->count + 1, sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	side->made = grown;
	faults = strdup(made->faults);
	if (faults == NULL)
		return -ENOMEM;
	grown[side->count++] =
		(struct agree_made){faults, made->number, made->outcome, made->cause, made->status};
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct agree_made *one = a, *other = b;
	int order = strcmp(one->faults, other->faults);

	if (order != 0)
		return order;
	return (one->number > other->number) - (one->number < other->number);
}

static int read_side(struct agree_side *side, int64_t campaign, struct upset_error *error)
{
	struct upset_store *store = NULL;
	int rc = upset_store_open(&store, side->study, error);

	if (rc == 0)
		rc = upset_experiments_find(store, campaign, &side->experiments, error);
	if (rc == 0)
		rc = upset_experiments_read(store, side->experiments.campaign, UPSET_OUTCOMES,
			UPSET_CAUSES, take, side, error);
	if (rc == -ENOMEM)
		(void)upset_error_set(error, ENOMEM, "out of memory");
	upset_store_close(store);
	if (rc == 0 && side->count > 0)
		qsort(side->made, side->count, sizeof(*side->made), compare);
	return rc;
}

static int check_programs(const struct agreement *a, struct upset_error *error)
{
	const struct upset_experiments *one = &a->sides[0].experiments,
				       *other = &a->sides[1].experiments;

	if (one->sha256[0] == '\0' || strcmp(one->sha256, other->sha256) != 0)
		return upset_error_set(error, ENOTSUP,
			"the programs %.100s and %.100s are not the same: their SHA-256 differ; "
			"--force compares the campaigns nevertheless",
			one->program, other->program);
	if (strcmp(one->arguments, other->arguments) != 0)
		return upset_error_set(error, ENOTSUP,
			"the programs' arguments differ: '%.100s' and '%.100s'; --force compares "
			"the campaigns nevertheless",
			one->arguments, other->arguments);
	return 0;
}

/* --- comparing -------------------------------------------------------------------------------- */

static bool is_result(enum upset_outcome outcome)
{
	return outcome <= UPSET_OUTCOME_DUE;
}

static bool is_failure(enum upset_outcome outcome)
{
	return outcome == UPSET_OUTCOME_SDC || outcome == UPSET_OUTCOME_DUE;
}

/* Why something is masked is found out in different depth: it is no part of the result. */
static bool agree_on_cause(const struct agree_made *a, const struct agree_made *b)
{
	if (a->outcome == UPSET_OUTCOME_MASKED)
		return true;
	if (a->cause != b->cause)
		return false;
	return (a->cause != UPSET_CAUSE_SIGNAL && a->cause != UPSET_CAUSE_STATUS) ||
	       a->status == b->status;
}

/* Where upset itself failed, nothing agrees. */
static void judge(struct agree_pair *pair)
{
	const struct agree_made *a = pair->made[0], *b = pair->made[1];

	pair->outcome = a->outcome == b->outcome && a->outcome != UPSET_OUTCOME_TOOL_ERROR;
	pair->cause = pair->outcome && agree_on_cause(a, b);
}

static void count_test(struct agree_test *test, bool first, bool second)
{
	test->only[0] += first && !second;
	test->only[1] += second && !first;
}

static void count(struct agreement *a, const struct agree_pair *pair)
{
	enum upset_outcome first = pair->made[0]->outcome, second = pair->made[1]->outcome;

	a->matrix[first][second]++;
	a->outcomes += pair->outcome;
	a->causes += pair->cause;
	if (!is_result(first) || !is_result(second))
		return;
	count_test(&a->failure, is_failure(first), is_failure(second));
	count_test(&a->sdc, first == UPSET_OUTCOME_SDC, second == UPSET_OUTCOME_SDC);
}

/* Of several with the same faults the first belong together, the second, ... */
static int match(struct agreement *a, struct upset_error *error)
{
	struct agree_side *s = a->sides;
	size_t i = 0, j = 0;

	a->pairs = calloc(s[0].count + 1, sizeof(*a->pairs));
	if (a->pairs == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	while (i < s[0].count && j < s[1].count) {
		struct agree_pair *pair = &a->pairs[a->count];
		int order = strcmp(s[0].made[i].faults, s[1].made[j].faults);

		if (order == 0) {
			*pair = (struct agree_pair){.made = {&s[0].made[i], &s[1].made[j]}};
			judge(pair);
			count(a, pair);
			a->count++;
		}
		i += order <= 0;
		j += order >= 0;
	}
	s[0].alone = s[0].count - a->count;
	s[1].alone = s[1].count - a->count;
	a->failure.p = upset_mcnemar(a->failure.only[0], a->failure.only[1]);
	a->sdc.p = upset_mcnemar(a->sdc.only[0], a->sdc.only[1]);
	if (a->count == 0)
		return upset_error_set(error, ENOENT,
			"no experiment of %.200s has the faults of one of %.200s; `upset faults` "
			"makes the list for the other campaign",
			s[0].study, s[1].study);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct agree_pair *one = a, *other = b;
	uint64_t first = one->made[0]->number, second = other->made[0]->number;

	return (first > second) - (first < second);
}

double agree_share(const struct agreement *a)
{
	return (double)a->outcomes / (double)a->count;
}

/* --- the command ------------------------------------------------------------------------------ */

static int tell(const struct agree_command *c)
{
	if (c->csv)
		agree_print_csv(&c->agreement, stdout);
	else if (c->json)
		agree_print_json(&c->agreement, stdout);
	else
		agree_print(&c->agreement, stdout);
	if (fflush(stdout) != 0 || ferror(stdout))
		return upset_error_set(c->error, errno, "cannot write: %s", strerror(errno));
	return 0;
}

static int run(struct agree_command *c)
{
	struct agreement *a = &c->agreement;
	int rc = read_side(&a->sides[0], c->campaigns[0], c->error);

	if (rc == 0)
		rc = read_side(&a->sides[1], c->campaigns[1], c->error);
	if (rc == 0 && !c->force)
		rc = check_programs(a, c->error);
	if (rc == 0)
		rc = match(a, c->error);
	if (rc != 0)
		return rc;
	qsort(a->pairs, a->count, sizeof(*a->pairs), by_number);
	return tell(c);
}

static void free_side(struct agree_side *side)
{
	for (size_t i = 0; i < side->count; i++)
		free((char *)(uintptr_t)side->made[i].faults);
	free(side->made);
	upset_experiments_fini(&side->experiments);
}

int upset_agree_main(const struct upset_command *command, int argc, char **argv)
{
	struct upset_error error = {0};
	struct agree_command c = {
		.agreement = {.confidence = 0.95},
		.files = {calloc((size_t)argc, sizeof(char *)), 0},
		.error = &error,
	};
	int result;

	if (c.files.items == NULL) {
		upset_say("out of memory");
		return UPSET_EXIT_FAILED;
	}
	result = parse(command, &c, argc, argv);
	if (result < 0) {
		(void)signal(SIGPIPE, SIG_IGN);
		result = run(&c) == 0 ? UPSET_EXIT_DONE : upset_report_error(&error);
		if (result == UPSET_EXIT_DONE && error.code == 0 && c.gate_text != NULL &&
			agree_share(&c.agreement) < c.gate)
			result = UPSET_EXIT_GATE;
	}
	for (unsigned int i = 0; i < 2; i++)
		free_side(&c.agreement.sides[i]);
	free(c.agreement.pairs);
	free(c.files.items);
	return result;
}
