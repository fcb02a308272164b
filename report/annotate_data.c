/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An annotated function as CSV or JSON: a row for each line or instruction. */
#include <inttypes.h>
#include <string.h>

#include "report/annotate_internal.h"
#include "report/internal.h"

enum kind { KIND_NONE, KIND_TEXT, KIND_NUMBER, KIND_ADDRESS, KIND_SHARE };

struct cell {
	const char *name;
	enum kind kind; /* KIND_NONE: not known */
	const char *text;
	uint64_t number;
	double share;
};

enum { MAX_CELLS = 20 };

struct row {
	struct cell cells[MAX_CELLS];
	size_t count;
};

/* --- rows ------------------------------------------------------------------------------------- */

static struct cell *add(struct row *row, const char *name, enum kind kind)
{
	struct cell *cell = &row->cells[row->count++];

	*cell = (struct cell){.name = name, .kind = kind};
	return cell;
}

static void add_text(struct row *row, const char *name, const char *text)
{
	add(row, name, text != NULL ? KIND_TEXT : KIND_NONE)->text = text;
}

static void add_number(struct row *row, const char *name, uint64_t number, bool known)
{
	add(row, name, known ? KIND_NUMBER : KIND_NONE)->number = number;
}

static void add_share(struct row *row, const char *name, uint64_t part, uint64_t whole)
{
	add(row, name, whole > 0 ? KIND_SHARE : KIND_NONE)->share =
		whole > 0 ? upset_annotate_share(part, whole) : 0;
}

static void add_counts(struct row *row, const struct upset_annotation *a,
	const struct upset_annotate_counts *counts)
{
	const struct upset_annotate_outcomes *o = &counts->outcomes;
	bool known = a->campaign != 0;

	add_number(row, "executions", counts->executions, true);
	add_share(row, "share", counts->executions, a->run_instructions);
	add_number(row, "results", o->results, known);
	add_number(row, "masked", o->masked, known);
	add_number(row, "detected", o->detected, known);
	add_number(row, "sdc", o->sdc, known);
	add_number(row, "due", o->due, known);
	add_number(row, "not_injected", o->not_injected, known);
	add_share(row, "masked_share", o->masked, o->results);
	add_share(row, "detected_share", o->detected, o->results);
	add_share(row, "due_share", o->due, o->results);
	add_share(row, "sdc_share", o->sdc, o->results);
	add_number(row, "marked", counts->marked, known);
}

static void add_place(struct row *row, const struct upset_annotation *a, size_t file, int64_t line)
{
	add_text(row, "file", file != UPSET_NO_FILE ? a->files[file] : NULL);
	add_number(row, "line", (uint64_t)line, file != UPSET_NO_FILE);
}

static void make_line(
	struct row *row, const struct upset_annotation *a, const struct upset_annotate_line *line)
{
	const char *source = line->file != UPSET_NO_FILE
				     ? upset_source_line(&a->sources[line->file], line->line)
				     : NULL;

	*row = (struct row){0};
	add_text(row, "module", a->module);
	add_text(row, "function", a->function);
	add_place(row, a, line->file, line->line);
	add_text(row, "source", source);
	add_number(row, "instructions", line->count, true);
	add_counts(row, a, &line->counts);
}

static void make_insn(
	struct row *row, const struct upset_annotation *a, const struct upset_annotate_insn *insn)
{
	*row = (struct row){0};
	add_text(row, "module", a->module);
	add_text(row, "function", a->function);
	add(row, "address", KIND_ADDRESS)->number = insn->address;
	add_text(row, "text", insn->text);
	add_place(row, a, insn->file, insn->line);
	add_counts(row, a, &insn->counts);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_cell(const struct cell *cell, bool json, FILE *out)
{
	const char *quote = json ? "\"" : "";
	char number[32];

	switch (cell->kind) {
	case KIND_NONE:
		(void)fputs(json ? "null" : "", out);
		break;
	case KIND_TEXT:
		(json ? upset_write_json_text : upset_write_csv_text)(
			cell->text, strlen(cell->text), out);
		break;
	case KIND_NUMBER:
		(void)fprintf(out, "%" PRIu64, cell->number);
		break;
	case KIND_ADDRESS:
		(void)fprintf(out, "%s0x%" PRIx64 "%s", quote, cell->number, quote);
		break;
	case KIND_SHARE:
		upset_format_real(cell->share, number, sizeof(number));
		(void)fputs(number, out);
		break;
	}
}

static void write_json_row(const struct row *row, bool first, FILE *out)
{
	(void)fputs(first ? "\n{" : ",\n{", out);
	for (size_t i = 0; i < row->count; i++) {
		(void)fprintf(out, "%s\"%s\":", i > 0 ? "," : "", row->cells[i].name);
		write_cell(&row->cells[i], true, out);
	}
	(void)fputc('}', out);
}

static void write_csv_row(const struct row *row, bool first, FILE *out)
{
	for (size_t i = 0; first && i < row->count; i++)
		(void)fprintf(out, "%s%s", i > 0 ? "," : "", row->cells[i].name);
	if (first)
		(void)fputc('\n', out);
	for (size_t i = 0; i < row->count; i++) {
		(void)fputs(i > 0 ? "," : "", out);
		write_cell(&row->cells[i], false, out);
	}
	(void)fputc('\n', out);
}

static void write_row(const struct row *row, bool json, bool first, FILE *out)
{
	if (json)
		write_json_row(row, first, out);
	else
		write_csv_row(row, first, out);
}

void upset_annotate_data_begin(const struct upset_annotate_options *options, FILE *out)
{
	if (options->format == UPSET_FORMAT_JSON)
		(void)fputc('[', out);
}

void upset_annotate_data(const struct upset_annotation *a,
	const struct upset_annotate_options *options, bool first, FILE *out)
{
	bool json = options->format == UPSET_FORMAT_JSON;
	bool lines = options->rows == UPSET_ANNOTATE_LINES;
	struct row row;

	for (size_t i = 0; i < (lines ? a->line_count : a->insn_count); i++) {
		if (!(lines ? a->lines[i].counts.shown : a->insns[i].counts.shown))
			continue;
		if (lines)
			make_line(&row, a, &a->lines[i]);
		else
			make_insn(&row, a, &a->insns[i]);
		write_row(&row, json, first, out);
		first = false;
	}
}

void upset_annotate_data_end(const struct upset_annotate_options *options, FILE *out)
{
	if (options->format == UPSET_FORMAT_JSON)
		(void)fputs("\n]\n", out);
}
