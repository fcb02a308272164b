/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An annotated function for eyes: counts left, source and disassembly right. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "report/annotate_internal.h"
#include "report/internal.h"

enum {
	TAB = 4,
	GAP_LINES = 4, /* so many lines that were not executed are shown, more are not */
	COUNT_WIDTH = 11,
	RESULT_WIDTH = 7,
	LEFT_WIDTH = 19,     /* of executions and share, with spaces */
	CAMPAIGN_WIDTH = 25, /* of results, shares and mark, with spaces */
	SHARE_WIDTH = 5,     /* of one of these shares */
	LINE_SIZE = 1024,    /* of source text that is looked at, in bytes */
};

struct printer {
	const struct upset_annotation *a;
	const struct upset_annotate_options *options;
	FILE *out;
	unsigned int campaign_width; /* of what a campaign has to tell */
	unsigned int width;	     /* of text */
	bool detected;		     /* has a column: something was detected here */
};

static void print_line(const struct printer *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A line of its own. */
static void print_line(const struct printer *p, const char *format, ...)
{
	char text[LINE_SIZE], clean[4 * LINE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	upset_text_clean(text, strlen(text), clean, sizeof(clean));
	upset_text_print(clean, p->options->width, false, true, p->out);
	(void)fputc('\n', p->out);
}

/* --- the columns left ------------------------------------------------------------------------- */

static void print_share(FILE *out, uint64_t part, uint64_t whole)
{
	(void)fprintf(out, " %3.0f%%", 100 * upset_annotate_share(part, whole));
}

static void print_outcomes(const struct printer *p, const struct upset_annotate_outcomes *o)
{
	char results[32];

	if (o->results == 0) {
		(void)fprintf(p->out, "%*s", (int)p->campaign_width - 2, "");
		return;
	}
	upset_format_count(o->results, RESULT_WIDTH, results, sizeof(results));
	(void)fprintf(p->out, " %*s", RESULT_WIDTH, results);
	print_share(p->out, o->masked, o->results);
	if (p->detected)
		print_share(p->out, o->detected, o->results);
	print_share(p->out, o->due, o->results);
	print_share(p->out, o->sdc, o->results);
}

/* The columns of @counts, or as many spaces for NULL. */
static void print_counts(const struct printer *p, const struct upset_annotate_counts *counts)
{
	char executions[32];

	if (counts == NULL) {
		(void)fprintf(p->out, "%*s", (int)(LEFT_WIDTH + p->campaign_width), "");
		return;
	}
	upset_format_count(counts->executions, COUNT_WIDTH, executions, sizeof(executions));
	(void)fprintf(p->out, "%*s", COUNT_WIDTH, executions);
	if (p->a->run_instructions > 0)
		(void)fprintf(p->out, " %5.1f%%",
			100 * upset_annotate_share(counts->executions, p->a->run_instructions));
	else
		(void)fprintf(p->out, " %6s", "-");
	if (p->a->campaign != 0) {
		print_outcomes(p, &counts->outcomes);
		(void)fprintf(p->out, " %c", counts->marked ? '!' : ' ');
	}
	(void)fputc(' ', p->out);
}

/* Cut @text, which is clean, so that it takes @width columns at most. */
static void cut(char *text, unsigned int width)
{
	size_t size = strlen(text);

	while (upset_text_width(text) > width) {
		do
			size--;
		while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80);
		text[size] = '\0';
	}
}

static void print_row(
	const struct printer *p, const struct upset_annotate_counts *counts, const char *text)
{
	bool red = p->options->colour && counts != NULL && counts->marked;
	char clean[4 * LINE_SIZE];

	(void)fputs(red ? "\033[31m" : "", p->out);
	print_counts(p, counts);
	upset_text_clean(text, strlen(text), clean, sizeof(clean));
	cut(clean, p->width);
	(void)fputs(clean, p->out);
	(void)fputs(red ? "\033[0m\n" : "\n", p->out);
}

/* --- the text right --------------------------------------------------------------------------- */

static void print_insn(const struct printer *p, const struct upset_annotate_insn *insn, bool lines)
{
	char text[LINE_SIZE];

	if (!insn->counts.shown)
		return;
	(void)snprintf(text, sizeof(text), "%s%6" PRIx64 "  %s", lines ? "  " : "", insn->address,
		insn->text);
	print_row(p, &insn->counts, text);
}

/* Source text with its tabs as spaces. */
static void expand(const char *source, char *text, size_t size)
{
	size_t at = 0, column = 0;

	for (; *source != '\0' && *source != '\r' && at + TAB < size; source++) {
		size_t spaces = *source == '\t' ? TAB - column % TAB : 0;

		if (*source != '\t')
			text[at++] = *source;
		column += spaces > 0 ? spaces : 1;
		for (; spaces > 0; spaces--)
			text[at++] = ' ';
	}
	text[at] = '\0';
}

static void print_source(const struct printer *p, size_t file, int64_t number,
	const struct upset_annotate_counts *counts)
{
	char text[LINE_SIZE] = "", row[LINE_SIZE + 32];
	const char *source = upset_source_line(&p->a->sources[file], number);

	if (source != NULL)
		expand(source, text, sizeof(text));
	(void)snprintf(
		row, sizeof(row), "%5" PRId64 "%s%s", number, text[0] != '\0' ? " " : "", text);
	print_row(p, counts, row);
}

/* The lines between two that were executed; @from is one of them. */
static void print_gap(const struct printer *p, size_t file, int64_t from, int64_t to)
{
	if (p->a->sources[file].text == NULL || p->options->top != 0)
		return;
	if (to - from - 1 > GAP_LINES) {
		print_row(p, NULL, "  ...");
		return;
	}
	for (int64_t number = from + 1; number < to; number++)
		print_source(p, file, number, NULL);
}

static void print_file(const struct printer *p, size_t file)
{
	const struct upset_source *source = &p->a->sources[file];

	print_line(p, "%s%s", p->a->files[file],
		source->text == NULL ? ": cannot be read"
		: source->newer	     ? ": newer than the run, lines may have moved"
				     : "");
}

static void print_lines(const struct printer *p)
{
	const struct upset_annotation *a = p->a;
	const struct upset_annotate_line *last = NULL;

	for (size_t i = 0; i < a->line_count; i++) {
		const struct upset_annotate_line *line = &a->lines[i];

		if (!line->counts.shown)
			continue;
		if (line->file == UPSET_NO_FILE)
			print_row(p, &line->counts, "no source line");
		else if (last == NULL || last->file != line->file)
			print_file(p, line->file);
		else
			print_gap(p, line->file, last->line, line->line);
		if (line->file != UPSET_NO_FILE)
			print_source(p, line->file, line->line, &line->counts);
		for (size_t j = 0; p->options->rows == UPSET_ANNOTATE_BOTH && j < line->count; j++)
			print_insn(p, &a->insns[a->by_line[line->first + j]], true);
		last = line;
	}
}

/* --- the head --------------------------------------------------------------------------------- */

static void print_head(const struct printer *p)
{
	const struct upset_annotation *a = p->a;
	const struct upset_annotate_outcomes *o = &a->sum.outcomes;
	char part[32], whole[32];

	print_line(p, "%s in %s", a->function != NULL ? a->function : "instructions of no function",
		a->module);
	upset_format_count(a->sum.executions, 24, part, sizeof(part));
	upset_format_count(a->run_instructions, 24, whole, sizeof(whole));
	print_line(p, "run %" PRId64 ": executes %s of %s instructions", a->run, part, whole);
	if (a->campaign == 0)
		return;
	print_line(p,
		"campaign %" PRId64 ": %" PRIu64 " results here, %" PRIu64 " masked, %" PRIu64
		" detected, %" PRIu64 " due, %" PRIu64 " sdc",
		a->campaign, o->results, o->masked, o->detected, o->due, o->sdc);
	if (o->due + o->sdc > 0)
		print_line(p, "the rows with ! have half of what failed here (due and sdc)");
}

static void print_headings(const struct printer *p)
{
	bool colour = p->options->colour;

	(void)fputs(colour ? "\033[1m" : "", p->out);
	(void)fprintf(p->out, "%*s %6s", COUNT_WIDTH, "executed", "share");
	if (p->a->campaign != 0)
		(void)fprintf(p->out, " %*s %4s%s %4s %4s", RESULT_WIDTH, "results", "mask",
			p->detected ? "  det" : "", "due", "sdc");
	(void)fputs(colour ? "\033[0m\n" : "\n", p->out);
}

void upset_annotate_print(
	const struct upset_annotation *a, const struct upset_annotate_options *options, FILE *out)
{
	struct printer p = {.a = a,
		.options = options,
		.out = out,
		.campaign_width = a->campaign != 0 ? CAMPAIGN_WIDTH : 0,
		.detected = a->campaign != 0 && a->sum.outcomes.detected > 0};

	p.campaign_width += p.detected ? SHARE_WIDTH : 0;
	p.width = options->width - LEFT_WIDTH - p.campaign_width;
	print_head(&p);
	print_headings(&p);
	if (options->rows != UPSET_ANNOTATE_INSTRUCTIONS && a->file_count > 0) {
		print_lines(&p);
		return;
	}
	for (size_t i = 0; options->rows != UPSET_ANNOTATE_LINES && i < a->insn_count; i++)
		print_insn(&p, &a->insns[i], false);
	if (options->rows == UPSET_ANNOTATE_LINES)
		print_line(
			&p, "(no source lines are known; --instructions shows the instructions)");
}
