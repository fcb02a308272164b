/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script of jobs that `upset submit` starts: see submit.h and submit_slurm.sh. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/submit.h"

/* submit_slurm.sh; the build puts it in. */
extern const char upset_submit_script[], upset_submit_script_end[];

/* @text as one word of a shell, whatever is in it. */
static void write_word(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}

static void write_variable(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=", name);
	write_word(out, value);
	fputc('\n', out);
}

/* A name of a file in which Slurm replaces nothing but @rest: it doubles what stands for others. */
static void write_log(FILE *out, const char *name, const char *stem, const char *rest)
{
	char *text = malloc(2 * strlen(stem) + strlen(rest) + 1), *to = text;

	if (text == NULL)
		return;
	for (; *stem != '\0'; stem++) {
		if (*stem == '%')
			*to++ = '%';
		*to++ = *stem;
	}
	memcpy(to, rest, strlen(rest) + 1);
	write_variable(out, name, text);
	free(text);
}

/* Whether an option of sbatch is of the array alone; @values: and its value is the next word. */
static bool is_of_array(const char *option, bool *value)
{
	static const char *const names[] = {
		"--array", "-a", "--dependency", "-d", "--signal", "--cpus-per-task", "-c"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t length = strlen(names[i]);

		if (strncmp(option, names[i], length) != 0)
			continue;
		*value = option[length] == '\0';
		if (*value || option[length] == '=' || names[i][1] != '-')
			return true;
	}
	return false;
}

static void write_sbatch(const struct submit *s, FILE *out, const char *what)
{
	bool is_merge = strcmp(what, "merge") == 0;

	fprintf(out, "sbatch_%s()\n{\n\tsbatch --parsable \"$@\"", what);
	for (size_t i = 0; i < s->options.count; i++) {
		bool value = false;

		if (is_merge && is_of_array(s->options.items[i], &value)) {
			i += value ? 1 : 0;
			continue;
		}
		fputs(" \\\n\t\t", out);
		write_word(out, s->options.items[i]);
	}
	fprintf(out, " \\\n\t\t\"$script\" %s\n}\n", what);
}

int submit_write_script(const struct submit *s, FILE *out)
{
	char shards[24];

	(void)snprintf(shards, sizeof(shards), "%" PRId64, s->shards);
	fputs("#!/bin/sh\n# Made by `upset submit`.\n", out);
	write_variable(out, "upset", s->upset);
	write_variable(out, "plan", s->plan_path);
	write_variable(out, "study", s->study);
	write_variable(out, "stem", s->stem);
	write_variable(out, "shards", shards);
	write_variable(out, "tasks", s->tasks);
	write_variable(out, "name", s->name);
	write_variable(out, "script", s->script);
	write_variable(out, "scratch", s->scratch != NULL ? s->scratch : "");
	write_variable(out, "take_lock", s->take_lock ? "yes" : "");
	write_log(out, "shard_log", s->stem, "-%a.log");
	write_log(out, "merge_log", s->stem, "-merge.log");
	write_sbatch(s, out, "shard");
	write_sbatch(s, out, "merge");
	(void)fwrite(upset_submit_script, 1,
		(size_t)(upset_submit_script_end - upset_submit_script), out);
	return fflush(out) == 0 && !ferror(out) ? 0 : -1;
}

/* --- which shards ----------------------------------------------------------------------------- */

static void write_range(FILE *out, uint64_t first, uint64_t last, bool *some)
{
	fprintf(out, "%s%" PRIu64, *some ? "," : "", first);
	if (last > first)
		fprintf(out, "-%" PRIu64, last);
	*some = true;
}

char *submit_print_tasks(const struct campaign_status *status, uint64_t shards)
{
	char *text = NULL;
	size_t size = 0;
	uint64_t first = 0;
	bool some = false, in_range = false;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	for (uint64_t i = 0; i <= shards; i++) {
		/* Of other shards nobody knows which of these they are. */
		bool wanted = i < shards && (status->of == 0 ? status->made < status->planned
							     : status->missing.again[i]);

		if (wanted && !in_range)
			first = i;
		if (!wanted && in_range)
			write_range(out, first, i - 1, &some);
		in_range = wanted;
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
