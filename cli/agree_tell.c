/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `upset agree` found, for eyes and for programs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/interval.h"
#include "cli/agree.h"
#include "report/format.h"

static const char *outcome_name(unsigned int outcome)
{
	return upset_outcome_name((enum upset_outcome)outcome);
}

static const char *cause_name(const struct agree_made *made)
{
	return made->cause == UPSET_CAUSES ? "" : upset_cause_name(made->cause);
}

/* Whether its status belongs to the cause. */
static bool has_status(const struct agree_made *made)
{
	return made->cause == UPSET_CAUSE_SIGNAL || made->cause == UPSET_CAUSE_STATUS;
}

/* --- for eyes --------------------------------------------------------------------------------- */

static void print_clean(const char *text, FILE *out)
{
	char clean[2048];

	upset_text_clean(text, strlen(text), clean, sizeof(clean));
	fputs(clean, out);
}

static void print_side(const struct agree_side *side, int number, FILE *out)
{
	const struct upset_experiments *e = &side->experiments;

	fprintf(out, "%d  campaign %" PRId64 " of ", number, e->campaign);
	print_clean(side->study, out);
	fprintf(out, ", engine ");
	print_clean(e->engine, out);
	fprintf(out, ": ");
	print_clean(e->program, out);
	if (e->arguments[0] != '\0') {
		fputc(' ', out);
		print_clean(e->arguments, out);
	}
	fputc('\n', out);
}

/* Columns of a number of experiments, below an outcome's name. */
static int width_of(unsigned int outcome)
{
	enum { LEAST = 8 };
	int length = (int)strlen(outcome_name(outcome));

	return length > LEAST ? length : LEAST;
}

static void print_matrix(const struct agreement *a, FILE *out)
{
	fprintf(out, "\n%-13s", "1 \\ 2");
	for (unsigned int o = 0; o < UPSET_OUTCOMES; o++)
		fprintf(out, " %*s", width_of(o), outcome_name(o));
	fputc('\n', out);
	for (unsigned int o = 0; o < UPSET_OUTCOMES; o++) {
		fprintf(out, "%-13s", outcome_name(o));
		for (unsigned int p = 0; p < UPSET_OUTCOMES; p++)
			fprintf(out, " %*" PRIu64, width_of(p), a->matrix[o][p]);
		fputc('\n', out);
	}
}

static void print_share(const struct agreement *a, const char *what, uint64_t agreed, FILE *out)
{
	struct upset_interval i = upset_interval_wilson(agreed, a->count, a->confidence);

	fprintf(out, "%-22s %8" PRIu64 " of %" PRIu64 "  %6.2f %%  (%.2f .. %.2f %%)\n", what,
		agreed, a->count, 100 * (double)agreed / (double)a->count, 100 * i.low,
		100 * i.high);
}

static void print_test(const struct agree_test *test, const char *what, FILE *out)
{
	fprintf(out, "%-22s %8" PRIu64 " only in 1, %" PRIu64 " only in 2, p = %.4g\n", what,
		test->only[0], test->only[1], test->p);
}

/* As one word of a shell. */
static void print_word(const char *word, FILE *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "/._+-=:,@%";
	char clean[2048];

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		fputs(word, out);
		return;
	}
	upset_text_clean(word, strlen(word), clean, sizeof(clean));
	fputc('\'', out);
	for (const char *c = clean; *c != '\0'; c++)
		fprintf(out, *c == '\'' ? "'\\''" : "%c", *c);
	fputc('\'', out);
}

static void print_made(const struct agree_side *side, const struct agree_made *made, FILE *out)
{
	char what[64];

	if (made->cause == UPSET_CAUSES)
		(void)snprintf(what, sizeof(what), "%s", upset_outcome_name(made->outcome));
	else if (has_status(made))
		(void)snprintf(what, sizeof(what), "%s (%s %d)", upset_outcome_name(made->outcome),
			cause_name(made), made->status);
	else
		(void)snprintf(what, sizeof(what), "%s (%s)", upset_outcome_name(made->outcome),
			cause_name(made));
	fprintf(out, "  %-30s upset replay ", what);
	if (side->named)
		fprintf(out, "-c %" PRId64 " ", side->experiments.campaign);
	print_word(side->study, out);
	fprintf(out, " %" PRIu64 "\n", made->number);
}

static void print_disagreements(const struct agreement *a, FILE *out)
{
	uint64_t n = a->count - a->causes;

	fprintf(out, "\n%" PRIu64 " disagreement%s%s\n", n, n == 1 ? "" : "s", n == 0 ? "" : ":");
	for (size_t i = 0; i < a->count; i++) {
		const struct agree_pair *pair = &a->pairs[i];

		if (pair->cause)
			continue;
		print_clean(pair->made[0]->faults, out);
		fputc('\n', out);
		for (unsigned int s = 0; s < 2; s++)
			print_made(&a->sides[s], pair->made[s], out);
	}
}

void agree_print(const struct agreement *a, FILE *out)
{
	for (int i = 0; i < 2; i++)
		print_side(&a->sides[i], i + 1, out);
	fprintf(out,
		"%zu experiments with the same faults, %" PRIu64 " only in 1, %" PRIu64
		" only in 2\n",
		a->count, a->sides[0].alone, a->sides[1].alone);
	print_matrix(a, out);
	fprintf(out, "\n%-22s %8s\n", "agreement", "pairs");
	print_share(a, "on the outcome", a->outcomes, out);
	print_share(a, "and on its cause", a->causes, out);
	fprintf(out, "McNemar's test\n");
	print_test(&a->failure, "failure (sdc or due)", out);
	print_test(&a->sdc, "sdc", out);
	print_disagreements(a, out);
}

/* --- CSV -------------------------------------------------------------------------------------- */

static void print_csv_made(const struct agree_made *made, FILE *out)
{
	fprintf(out, ",%" PRIu64 ",%s,%s,", made->number, upset_outcome_name(made->outcome),
		cause_name(made));
	if (has_status(made))
		fprintf(out, "%d", made->status);
}

void agree_print_csv(const struct agreement *a, FILE *out)
{
	fprintf(out, "faults,experiment_1,outcome_1,cause_1,status_1,experiment_2,outcome_2,"
		     "cause_2,status_2,same_outcome,same_cause\n");
	for (size_t i = 0; i < a->count; i++) {
		const struct agree_pair *pair = &a->pairs[i];
		const char *faults = pair->made[0]->faults;

		upset_write_csv_text(faults, strlen(faults), out);
		print_csv_made(pair->made[0], out);
		print_csv_made(pair->made[1], out);
		fprintf(out, ",%d,%d\n", pair->outcome, pair->cause);
	}
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void print_json_text(const char *name, const char *text, FILE *out)
{
	fprintf(out, "\"%s\":", name);
	upset_write_json_text(text, strlen(text), out);
}

static void print_json_side(const struct agree_side *side, FILE *out)
{
	const struct upset_experiments *e = &side->experiments;

	fputc('{', out);
	print_json_text("study", side->study, out);
	fprintf(out, ",\"campaign\":%" PRId64 ",", e->campaign);
	print_json_text("engine", e->engine, out);
	fputc(',', out);
	print_json_text("program", e->program, out);
	fputc(',', out);
	print_json_text("program_sha256", e->sha256, out);
	fputc(',', out);
	print_json_text("arguments", e->arguments, out);
	fprintf(out, ",\"experiments\":%zu,\"alone\":%" PRIu64 "}", side->count, side->alone);
}

static void print_json_matrix(const struct agreement *a, FILE *out)
{
	for (unsigned int o = 0; o < UPSET_OUTCOMES; o++) {
		fprintf(out, "%s\"%s\":{", o > 0 ? "," : "", outcome_name(o));
		for (unsigned int p = 0; p < UPSET_OUTCOMES; p++)
			fprintf(out, "%s\"%s\":%" PRIu64, p > 0 ? "," : "", outcome_name(p),
				a->matrix[o][p]);
		fputc('}', out);
	}
}

static void print_json_share(
	const struct agreement *a, const char *name, uint64_t agreed, FILE *out)
{
	struct upset_interval i = upset_interval_wilson(agreed, a->count, a->confidence);

	fprintf(out, "\"%s\":{\"count\":%" PRIu64 ",\"share\":%.17g,\"low\":%.17g,\"high\":%.17g}",
		name, agreed, (double)agreed / (double)a->count, i.low, i.high);
}

static void print_json_test(const struct agree_test *test, const char *name, FILE *out)
{
	fprintf(out, "\"%s\":{\"only_first\":%" PRIu64 ",\"only_second\":%" PRIu64 ",\"p\":%.10g}",
		name, test->only[0], test->only[1], test->p);
}

static void print_json_made(const struct agree_made *made, const char *name, FILE *out)
{
	fprintf(out, ",\"%s\":{\"experiment\":%" PRIu64 ",\"outcome\":\"%s\",\"cause\":", name,
		made->number, upset_outcome_name(made->outcome));
	if (made->cause == UPSET_CAUSES)
		fprintf(out, "null");
	else
		fprintf(out, "\"%s\"", cause_name(made));
	if (has_status(made))
		fprintf(out, ",\"status\":%d}", made->status);
	else
		fprintf(out, ",\"status\":null}");
}

static void print_json_disagreements(const struct agreement *a, FILE *out)
{
	const char *separator = "\n";

	for (size_t i = 0; i < a->count; i++) {
		const struct agree_pair *pair = &a->pairs[i];

		if (pair->cause)
			continue;
		fprintf(out, "%s{", separator);
		print_json_text("fault", pair->made[0]->faults, out);
		print_json_made(pair->made[0], "first", out);
		print_json_made(pair->made[1], "second", out);
		fputc('}', out);
		separator = ",\n";
	}
}

void agree_print_json(const struct agreement *a, FILE *out)
{
	fprintf(out, "{\"first\":");
	print_json_side(&a->sides[0], out);
	fprintf(out, ",\n\"second\":");
	print_json_side(&a->sides[1], out);
	fprintf(out, ",\n\"pairs\":%zu,\"confidence\":%g,\n\"matrix\":{", a->count, a->confidence);
	print_json_matrix(a, out);
	fprintf(out, "},\n");
	print_json_share(a, "same_outcome", a->outcomes, out);
	fprintf(out, ",\n");
	print_json_share(a, "same_cause", a->causes, out);
	fprintf(out, ",\n\"mcnemar\":{");
	print_json_test(&a->failure, "failure", out);
	fputc(',', out);
	print_json_test(&a->sdc, "sdc", out);
	fprintf(out, "},\n\"disagreements\":[");
	print_json_disagreements(a, out);
	fprintf(out, "]}\n");
}
