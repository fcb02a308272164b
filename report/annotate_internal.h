/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `upset annotate` share: a function with its counts, and sources. */
#ifndef UPSET_REPORT_ANNOTATE_INTERNAL_H
#define UPSET_REPORT_ANNOTATE_INTERNAL_H

#include "report/annotate.h"

#define UPSET_NO_FILE SIZE_MAX

/* What the experiments at a place came to. */
struct upset_annotate_outcomes {
	uint64_t results, masked, detected, sdc, due, not_injected;
};

/* What a line or an instruction has. */
struct upset_annotate_counts {
	uint64_t executions;
	struct upset_annotate_outcomes outcomes;
	bool marked; /* one of those that make half of the failures */
	bool shown;  /* not left out by --top */
};

struct upset_annotate_insn {
	uint64_t address;
	char *text;
	size_t file;  /* index into files, or UPSET_NO_FILE */
	int64_t line; /* 0: unknown */
	struct upset_annotate_counts counts;
};

struct upset_annotate_line {
	size_t file;
	int64_t line;
	size_t first, count; /* its instructions: insns[by_line[first + i]] */
	struct upset_annotate_counts counts;
};

/* The lines of a source file. */
struct upset_source {
	char *text; /* NULL: cannot be read */
	char **lines;
	size_t count;
	bool newer; /* than the run */
};

/* A function of a module in a run, with the experiments of a campaign. */
struct upset_annotation {
	int64_t run, campaign; /* campaign 0: none */
	uint64_t run_instructions;
	char *run_started;	 /* ISO 8601 */
	char *module, *function; /* function NULL: instructions without one */
	char **files;
	struct upset_source *sources; /* one for each of files */
	size_t file_count;
	struct upset_annotate_insn *insns; /* by address */
	size_t insn_count, insn_room;
	size_t *by_line;
	struct upset_annotate_line *lines; /* by file, those of the first instruction's first */
	size_t line_count;
	struct upset_annotate_counts sum;
	uint64_t strays; /* experiments at addresses that the run did not execute */
};

/*
 * Read the instructions of a->function in a->module and the experiments there, add them
 * up by line and mark them; run, campaign, module and function are set.  0, -EIO,
 * -ENOMEM; without such instructions insn_count is 0.  Free with
 * upset_annotation_fini() in any case.
 */
int upset_annotation_read(
	struct upset_annotation *a, struct upset_store *store, struct upset_error *error);
/* Free it, names too. */
void upset_annotation_fini(struct upset_annotation *a);

/* Leave out all but the @top lines (or instructions) with most failures, or executions. */
int upset_annotation_choose(
	struct upset_annotation *a, bool lines, int64_t top, struct upset_error *error);

/* Read the file at @path when it is there; @started: of the run, ISO 8601. */
void upset_source_read(struct upset_source *source, const char *path, const char *started);
void upset_source_fini(struct upset_source *source);
/* Line @number (from 1) of it, or NULL. */
const char *upset_source_line(const struct upset_source *source, int64_t number);

/* Share of @part in @whole; only of a whole that is not 0. */
double upset_annotate_share(uint64_t part, uint64_t whole);

/* The writers, for eyes and as CSV or JSON. */
void upset_annotate_print(
	const struct upset_annotation *a, const struct upset_annotate_options *options, FILE *out);
void upset_annotate_data_begin(const struct upset_annotate_options *options, FILE *out);
void upset_annotate_data(const struct upset_annotation *a,
	const struct upset_annotate_options *options, bool first, FILE *out);
void upset_annotate_data_end(const struct upset_annotate_options *options, FILE *out);

#endif
