/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables for eyes.  A first pass over the rows finds how wide the columns would
 * like to be, then they are fitted to the line, and a second pass prints them.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "report/internal.h"

enum {
	ONES_CELLS = 16,
	COUNT_MIN_WIDTH = 7,
	TEXT_MIN_WIDTH = 5,
	TEXT_WIDTH_BESIDE_NAMES = 16,
	UNBOUNDED = 9999
};
enum { MINUTES = 16 }; /* of an ISO 8601 time, in characters */

struct layout {
	unsigned int width[UPSET_REPORT_MAX_COLUMNS];
	bool shown[UPSET_REPORT_MAX_COLUMNS];
	unsigned int last; /* the last shown column */
	bool has_ones;
};

/*
 * A picture of counts by bit, the highest bit left: '.' never 1, '#' always 1,
 * a digit the tenths between.  Wide operands share a character among bits.
 */
static void draw_ones(const uint64_t *ones, unsigned int bits, uint64_t samples, char *text)
{
	unsigned int cells = bits < ONES_CELLS ? bits : ONES_CELLS;

	for (unsigned int cell = 0; cell < cells; cell++) {
		unsigned int low = bits * (cells - 1 - cell) / cells;
		unsigned int high = bits * (cells - cell) / cells;
		double possible = (double)samples * (high - low);
		double sum = 0;

		for (unsigned int bit = low; bit < high; bit++)
			sum += (double)ones[bit];
		if (sum <= 0)
			text[cell] = '.';
		else if (sum >= possible)
			text[cell] = '#';
		else
			text[cell] = (char)('0' + (int)(sum * 10 / possible));
	}
	text[cells] = '\0';
}

/* The samples that a column of ones is a share of, named in its table's row. */
static uint64_t samples_of(struct upset_table *table, unsigned int i)
{
	static const struct {
		const char *ones, *samples;
	} pairs[] = {{"ones_by_bit", "samples"}, {"read_ones_by_bit", "reads"},
		{"write_ones_by_bit", "writes"}};

	for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++) {
		if (strcmp(pairs[p].ones, table->columns[i]->name) != 0)
			continue;
		for (unsigned int c = 0; c < table->column_count; c++)
			if (strcmp(pairs[p].samples, table->columns[c]->name) == 0)
				return (uint64_t)upset_store_integer(table->cursor, c);
	}
	return 0;
}

static int format_ones(
	struct upset_table *table, unsigned int i, char *text, struct upset_error *error)
{
	uint64_t ones[UPSET_COUNTED_BITS_MAX];
	unsigned int bits;
	int result = upset_table_ones(table, i, ones, &bits, error);

	if (result == 0)
		draw_ones(ones, bits, samples_of(table, i), text);
	return result;
}

/* Narrow a path to its last part. */
static void last_part(const char **path, size_t *size)
{
	const char *slash = memrchr(*path, '/', *size);

	if (slash == NULL)
		return;
	*size -= (size_t)(slash + 1 - *path);
	*path = slash + 1;
}

static int format_cell(struct upset_table *table, unsigned int i, unsigned int width, char *text,
	struct upset_error *error)
{
	int64_t value = upset_store_integer(table->cursor, i);
	const char *bytes;
	size_t size;

	if (upset_store_is_null(table->cursor, i)) {
		memcpy(text, "-", 2);
		return 0;
	}
	switch (table->columns[i]->type) {
	case UPSET_COLUMN_TEXT:
	case UPSET_COLUMN_NAME:
		bytes = upset_store_text(table->cursor, i, &size);
		upset_text_clean(bytes, size, text, UPSET_CELL_SIZE);
		break;
	case UPSET_COLUMN_FILE:
		bytes = upset_store_text(table->cursor, i, &size);
		last_part(&bytes, &size);
		upset_text_clean(bytes, size, text, UPSET_CELL_SIZE);
		break;
	case UPSET_COLUMN_TIMESTAMP:
		bytes = upset_store_text(table->cursor, i, &size);
		upset_text_clean(bytes, size < MINUTES ? size : MINUTES, text, UPSET_CELL_SIZE);
		break;
	case UPSET_COLUMN_ADDRESS:
		(void)snprintf(text, UPSET_CELL_SIZE, "0x%" PRIx64, (uint64_t)value);
		break;
	case UPSET_COLUMN_SHARE:
		(void)snprintf(
			text, UPSET_CELL_SIZE, "%.1f%%", 100 * upset_store_real(table->cursor, i));
		break;
	case UPSET_COLUMN_RATE:
		(void)snprintf(
			text, UPSET_CELL_SIZE, "%.2f%%", 100 * upset_store_real(table->cursor, i));
		break;
	case UPSET_COLUMN_ONES:
		return format_ones(table, i, text, error);
	case UPSET_COLUMN_COUNT:
		upset_format_count((uint64_t)value, width, text, UPSET_CELL_SIZE);
		break;
	case UPSET_COLUMN_BYTES:
		upset_format_bytes((uint64_t)value, text, UPSET_CELL_SIZE);
		break;
	case UPSET_COLUMN_TIME_NS:
		upset_format_time((uint64_t)value, text, UPSET_CELL_SIZE);
		break;
	case UPSET_COLUMN_NUMBER:
	case UPSET_COLUMN_BITS:
		(void)snprintf(text, UPSET_CELL_SIZE, "%" PRId64, value);
		break;
	}
	return 0;
}

static void start_layout(struct layout *layout, const struct upset_table *table)
{
	*layout = (struct layout){0};
	for (unsigned int i = 0; i < table->column_count; i++) {
		const char *heading = table->columns[i]->heading;

		layout->shown[i] = heading != NULL;
		layout->width[i] = heading != NULL ? upset_text_width(heading) : 0;
		if (heading != NULL)
			layout->last = i;
		layout->has_ones |= table->columns[i]->type == UPSET_COLUMN_ONES;
	}
}

/* First pass: widen the columns to their cells; the number of rows, at most @limit + 1. */
static int64_t measure(
	struct layout *layout, struct upset_table *table, int64_t limit, struct upset_error *error)
{
	char text[UPSET_CELL_SIZE];
	int64_t rows = 0;
	int result;

	while ((result = upset_store_next(table->cursor, error)) > 0) {
		rows++;
		if (limit > 0 && rows > limit)
			break;
		for (unsigned int i = 0; i < table->column_count; i++) {
			unsigned int width;

			if (!layout->shown[i])
				continue;
			result = format_cell(table, i, UNBOUNDED, text, error);
			if (result < 0)
				return result;
			width = upset_text_width(text);
			if (width > layout->width[i])
				layout->width[i] = width;
		}
	}
	return result < 0 ? result : rows;
}

/* @text: to how much texts are narrowed. */
static unsigned int least_width(const struct upset_column *column, unsigned int text)
{
	unsigned int heading = upset_text_width(column->heading);

	if (column->type == UPSET_COLUMN_COUNT)
		return heading > COUNT_MIN_WIDTH ? heading : COUNT_MIN_WIDTH;
	if (column->type == UPSET_COLUMN_TEXT)
		return text;
	return UNBOUNDED;
}

static unsigned int line_width(const struct layout *layout, const struct upset_table *table)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < table->column_count; i++)
		if (layout->shown[i])
			sum += layout->width[i] + (i == layout->last ? 0 : 1);
	return sum;
}

/* Narrow the widest columns that can be, until a line fits into @width; false: it does not. */
static bool narrow(struct layout *layout, const struct upset_table *table, unsigned int width,
	unsigned int text)
{
	for (unsigned int sum = line_width(layout, table); sum > width; sum--) {
		int widest = -1;

		for (unsigned int i = 0; i < table->column_count; i++)
			if (layout->shown[i] &&
				layout->width[i] > least_width(table->columns[i], text) &&
				(widest < 0 || layout->width[i] > layout->width[widest]))
				widest = (int)i;
		if (widest < 0)
			return false;
		layout->width[widest]--;
	}
	return true;
}

/* Where names are too long for a line to fit, other texts are not to suffer from that much. */
static void fit(struct layout *layout, const struct upset_table *table, unsigned int width)
{
	struct layout narrowed = *layout;

	if (narrow(&narrowed, table, width, TEXT_MIN_WIDTH))
		*layout = narrowed;
	else
		(void)narrow(layout, table, width, TEXT_WIDTH_BESIDE_NAMES);
}

static void print_headings(
	const struct layout *layout, const struct upset_table *table, bool colour, FILE *out)
{
	(void)fputs(colour ? "\033[1m" : "", out);
	for (unsigned int i = 0; i < table->column_count; i++) {
		if (!layout->shown[i])
			continue;
		upset_text_print(table->columns[i]->heading, layout->width[i],
			upset_column_is_number(table->columns[i]), i == layout->last, out);
		(void)fputs(i == layout->last ? "" : " ", out);
	}
	(void)fputs(colour ? "\033[0m\n" : "\n", out);
}

static int print_row(const struct layout *layout, struct upset_table *table, FILE *out,
	struct upset_error *error)
{
	char text[UPSET_CELL_SIZE];

	for (unsigned int i = 0; i < table->column_count; i++) {
		int result;

		if (!layout->shown[i])
			continue;
		result = format_cell(table, i, layout->width[i], text, error);
		if (result < 0)
			return result;
		upset_text_print(text, layout->width[i], upset_column_is_number(table->columns[i]),
			i == layout->last, out);
		(void)fputs(i == layout->last ? "\n" : " ", out);
	}
	return 0;
}

static void print_footer(const struct layout *layout, int64_t rows, int64_t limit, FILE *out)
{
	if (rows == 0)
		(void)fputs("(no rows)\n", out);
	else if (layout->has_ones)
		(void)fputs("ones: highest bit left; . never 1, 0-9 tenths of the samples, "
			    "# always 1\n",
			out);
	if (limit > 0 && rows > limit)
		(void)fprintf(out, "only the first %" PRId64 " rows; --top 0 shows all\n", limit);
}

int upset_write_terminal(struct upset_table *table, struct upset_table *again, int64_t limit,
	const struct upset_report_options *options, FILE *out, struct upset_error *error)
{
	struct layout layout;
	int64_t rows;
	int result = 0;

	start_layout(&layout, table);
	rows = measure(&layout, table, limit, error);
	if (rows < 0)
		return (int)rows;
	fit(&layout, table, options->width);
	print_headings(&layout, table, options->colour, out);
	for (int64_t row = 0; (limit == 0 || row < limit) && !ferror(out); row++) {
		result = upset_store_next(again->cursor, error);
		if (result <= 0)
			break;
		result = print_row(&layout, again, out, error);
		if (result < 0)
			break;
	}
	if (result < 0)
		return result;
	print_footer(&layout, rows, limit, out);
	return 0;
}

int upset_write_vertical(struct upset_table *table, const struct upset_report_options *options,
	FILE *out, struct upset_error *error)
{
	char text[UPSET_CELL_SIZE];
	unsigned int label = 0;
	int result = upset_store_next(table->cursor, error);

	for (unsigned int i = 0; i < table->column_count; i++) {
		const char *heading = table->columns[i]->heading;

		if (heading != NULL && upset_text_width(heading) > label)
			label = upset_text_width(heading);
	}
	for (unsigned int i = 0; result > 0 && i < table->column_count; i++) {
		const char *heading = table->columns[i]->heading;

		if (heading == NULL || upset_store_is_null(table->cursor, i))
			continue;
		result = format_cell(table, i, UNBOUNDED, text, error) < 0 ? -EIO : 1;
		(void)fputs(options->colour ? "\033[1m" : "", out);
		upset_text_print(heading, label, false, false, out);
		(void)fputs(options->colour ? "\033[0m  " : "  ", out);
		(void)fprintf(out, "%s\n", text); /* whole: paths and options are to be pasted */
	}
	return result < 0 ? result : 0;
}
