/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `upset campaign` is asked for, and which campaign that is. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cli/campaign.h"
#include "cli/options.h"

enum { JOBS_MOST = 1024 };

/* --- the command line ------------------------------------------------------------------------- */

struct word {
	const char *name;
	unsigned int bit;
};

static const struct word location_words[] = {{"gpr", UPSET_SAMPLE_GENERAL},
	{"flags", UPSET_SAMPLE_FLAGS}, {"simd", UPSET_SAMPLE_VECTOR},
	{"memory", UPSET_SAMPLE_MEMORY}, {"code", UPSET_SAMPLE_CODE}};
static const struct word model_words[] = {{"flip", 1 << UPSET_FAULT_FLIP},
	{"stuck0", 1 << UPSET_FAULT_STUCK0}, {"stuck1", 1 << UPSET_FAULT_STUCK1}};

/* Words with commas between them; NULL, or where it makes no sense. */
static const char *parse_words(
	const char *text, const struct word *words, size_t count, unsigned int *bits)
{
	do {
		size_t n = strcspn(text, ","), i = 0;

		while (i < count &&
			(strlen(words[i].name) != n || strncmp(text, words[i].name, n) != 0))
			i++;
		if (i == count)
			return text;
		*bits |= words[i].bit;
		text += n;
	} while (*text++ == ',');
	return NULL;
}

/* A share, as 3% or 0.03. */
static bool parse_share(const char *text, double low, double high, double *share)
{
	char *end;

	*share = strtod(text, &end);
	if (end != text && strcmp(end, "%") == 0) {
		*share /= 100;
		end++;
	}
	return end != text && *end == '\0' && *share > low && *share < high;
}

static int check_numbers(const struct upset_command *command, struct campaign_options *o)
{
	if (!parse_share(o->confidence_text, 0.5, 1, &o->confidence))
		return upset_usage_error(command,
			"--confidence %s is no share between 50%% and 100%%", o->confidence_text);
	if (o->margin_text != NULL && !parse_share(o->margin_text, 0, 0.5, &o->margin))
		return upset_usage_error(
			command, "--margin %s is no share between 0 and 50%%", o->margin_text);
	if (upset_judging_check(command, &o->judging) >= 0)
		return UPSET_EXIT_USAGE;
	if (o->jobs < 1 || o->jobs > JOBS_MOST)
		return upset_usage_error(command, "--jobs is between 1 and %d", JOBS_MOST);
	if (o->count == 0 || (o->count > 0 && o->margin_text != NULL))
		return upset_usage_error(command, o->count == 0 ? "no experiments are asked for"
								: "choose one of -n and --margin");
	if (o->list != NULL && (o->count > 0 || o->margin_text != NULL || o->functions != NULL))
		return upset_usage_error(command,
			"a list of faults is not sampled: leave -n, --margin and --functions out");
	return -1;
}

static int check_words(const struct upset_command *command, struct campaign_options *o)
{
	struct upset_error error = {0};
	const char *wrong = parse_words(o->locations, location_words,
		sizeof(location_words) / sizeof(location_words[0]), &o->location_bits);

	if (wrong != NULL)
		return upset_usage_error(command,
			"--locations, at '%s': it is gpr, flags, simd, memory or code", wrong);
	wrong = parse_words(o->models, model_words, sizeof(model_words) / sizeof(model_words[0]),
		&o->model_bits);
	if (wrong != NULL)
		return upset_usage_error(
			command, "--models, at '%s': it is flip, stuck0 or stuck1", wrong);
	if (o->fail_if != NULL && campaign_gate_parse(o->fail_if, &o->gate, &error) != 0)
		return upset_usage_error(command, "%s", error.message);
	o->found = upset_engine_find(o->engine);
	if (o->found == NULL || o->found->experiment == NULL)
		return upset_usage_error(command, "unknown engine '%s': qemu or native", o->engine);
	return -1;
}

int campaign_options_parse(
	const struct upset_command *command, struct campaign_options *o, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"output", 'o', UPSET_OPTION_TEXT, "FILE", "the study; default: PROGRAM.upset",
			&o->output},
		{"experiments", 'n', UPSET_OPTION_NUMBER, "N", "how many faults to sample",
			&o->count},
		{"margin", 0, UPSET_OPTION_TEXT, "SHARE",
			"as many as shares need to be within +- SHARE; default: 3%",
			&o->margin_text},
		{"confidence", 0, UPSET_OPTION_TEXT, "SHARE", "of intervals; default: 95%",
			&o->confidence_text},
		{"seed", 0, UPSET_OPTION_NUMBER, "N", "of the samples; default: 1", &o->seed},
		{"locations", 0, UPSET_OPTION_TEXT, "LOCATIONS", "default: gpr", &o->locations},
		{"models", 0, UPSET_OPTION_TEXT, "MODELS", "default: flip", &o->models},
		{"functions", 0, UPSET_OPTION_TEXT, "NAMES", "only before instructions of these",
			&o->functions},
		{"faults", 'f', UPSET_OPTION_TEXT, "FILE", "a list of faults instead of samples",
			&o->list},
		{"engine", 'e', UPSET_OPTION_TEXT, "NAME", "qemu (the default) or native",
			&o->engine},
		{"jobs", 'j', UPSET_OPTION_NUMBER, "N",
			"experiments at one time; default: one a processor", &o->jobs},
		{"fresh", 0, UPSET_OPTION_FLAG, NULL,
			"each in a process of its own, not in copies of one", &o->fresh},
		UPSET_JUDGING_OPTIONS(&o->judging),
		{"no-sandbox", 0, UPSET_OPTION_FLAG, NULL, "let the program do whatever it does",
			&o->no_sandbox},
		{"fail-if", 0, UPSET_OPTION_TEXT, "CONDITION",
			"exit with 1 if it holds, as in 'sdc > 1%'", &o->fail_if},
		{"json-progress", 0, UPSET_OPTION_FLAG, NULL,
			"write progress as lines of JSON to standard error", &o->json_progress},
		{"quiet", 'q', UPSET_OPTION_FLAG, NULL, "no progress and no summary", &o->quiet},
	};
	int end, result = upset_options_parse(command, options,
			 sizeof(options) / sizeof(options[0]), argc, argv, NULL, &end);

	if (result >= 0)
		return result;
	if (end == argc)
		return upset_usage_error(command, "which program? Name it after --");
	o->arguments = argv + end;
	result = check_numbers(command, o);
	return result >= 0 ? result : check_words(command, o);
}

/* --- which campaign it is --------------------------------------------------------------------- */

static void add_text(struct upset_hash *hash, const char *text)
{
	upset_hash_update(hash, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 1);
}

static void add_number(struct upset_hash *hash, double number)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%.17g", number);
	add_text(hash, text);
}

static void add_list(struct upset_hash *hash, const struct campaign_source *source)
{
	for (uint64_t i = 0; i < campaign_source_count(source); i++) {
		struct upset_faults faults;
		char *text = NULL;

		if (campaign_source_get(source, i, &faults) == 0)
			text = upset_faults_print(&faults);
		upset_faults_free(&faults);
		add_text(hash, text);
		free(text);
	}
}

/* Everything that results depend on, and nothing else: not how fast they are made. */
int campaign_options_identify(const struct campaign_options *o, const struct upset_provenance *p,
	const struct campaign_source *list, char identity[UPSET_HASH_HEX_SIZE],
	struct upset_error *error)
{
	struct upset_hash *hash = upset_hash_new();

	if (hash == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	add_text(hash, o->engine);
	add_text(hash, p->program);
	add_text(hash, p->program_sha256);
	add_text(hash, p->folder);
	for (char *const *a = o->arguments; *a != NULL; a++)
		add_text(hash, *a);
	for (char *const *e = p->environment; *e != NULL; e++)
		add_text(hash, *e);
	for (size_t i = 0; i < p->input_count; i++)
		add_text(hash, p->inputs[i].sha256);
	if (list != NULL)
		add_list(hash, list);
	else
		add_text(hash, o->functions);
	add_number(hash, (double)o->count);
	add_number(hash, o->margin);
	add_number(hash, o->confidence);
	add_number(hash, (double)o->seed);
	add_number(hash, o->location_bits);
	add_number(hash, o->model_bits);
	add_text(hash, o->judging.detected);
	add_number(hash, (double)o->judging.detected_exit);
	add_text(hash, o->judging.check);
	add_number(hash, o->judging.ignore_stdout + 2 * o->judging.ignore_stderr +
				 4 * o->judging.ignore_files + 8 * o->no_sandbox);
	upset_hash_finish(hash, identity);
	upset_hash_free(hash);
	return 0;
}

/* As a word of a shell's command line. */
static void print_quoted(FILE *out, const char *option, const char *text)
{
	fprintf(out, " %s '", option);
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}

/* What was asked for, as it can be given again. */
char *campaign_options_print(const struct campaign_options *o)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	fprintf(out, "--engine %s --confidence %g%%", o->engine, 100 * o->confidence);
	if (o->list != NULL) {
		fprintf(out, " --faults %s", o->list);
	} else {
		if (o->count > 0)
			fprintf(out, " -n %" PRId64, o->count);
		else
			fprintf(out, " --margin %g%%", 100 * o->margin);
		fprintf(out, " --seed %" PRId64 " --locations %s --models %s", o->seed,
			o->locations, o->models);
		if (o->functions != NULL)
			fprintf(out, " --functions %s", o->functions);
	}
	if (o->judging.detected != NULL)
		print_quoted(out, "--detected", o->judging.detected);
	if (o->judging.detected_exit >= 0)
		fprintf(out, " --detected-exit %" PRId64, o->judging.detected_exit);
	if (o->judging.check != NULL)
		print_quoted(out, "--check", o->judging.check);
	fprintf(out, "%s%s%s%s", o->judging.ignore_stdout ? " --ignore-stdout" : "",
		o->judging.ignore_stderr ? " --ignore-stderr" : "",
		o->judging.ignore_files ? " --ignore-files" : "",
		o->no_sandbox ? " --no-sandbox" : "");
	return fclose(out) == 0 ? text : NULL;
}
