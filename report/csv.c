/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables as CSV (RFC 4180, but lines end in LF) with a header line. */
#include <inttypes.h>
#include <string.h>

#include "report/internal.h"

void upset_write_csv_text(const char *text, size_t size, FILE *out)
{
	if (memchr(text, ',', size) == NULL && memchr(text, '"', size) == NULL &&
		memchr(text, '\n', size) == NULL && memchr(text, '\r', size) == NULL) {
		(void)fwrite(text, 1, size, out);
		return;
	}
	(void)fputc('"', out);
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"')
			(void)fputc('"', out);
		(void)fputc(text[i], out);
	}
	(void)fputc('"', out);
}

static int write_ones(
	struct upset_table *table, unsigned int i, FILE *out, struct upset_error *error)
{
	uint64_t ones[UPSET_COUNTED_BITS_MAX];
	unsigned int bits;
	int result = upset_table_ones(table, i, ones, &bits, error);

	for (unsigned int bit = 0; result == 0 && bit < bits; bit++)
		(void)fprintf(out, "%s%" PRIu64, bit > 0 ? " " : "", ones[bit]);
	return result;
}

static int write_cell(
	struct upset_table *table, unsigned int i, FILE *out, struct upset_error *error)
{
	const char *text;
	size_t size;

	if (upset_store_is_null(table->cursor, i))
		return 0;
	switch (table->columns[i]->type) {
	case UPSET_COLUMN_TEXT:
	case UPSET_COLUMN_NAME:
	case UPSET_COLUMN_FILE:
	case UPSET_COLUMN_TIMESTAMP:
		text = upset_store_text(table->cursor, i, &size);
		upset_write_csv_text(text, size, out);
		return 0;
	case UPSET_COLUMN_ADDRESS:
		(void)fprintf(out, "0x%" PRIx64, (uint64_t)upset_store_integer(table->cursor, i));
		return 0;
	case UPSET_COLUMN_ONES:
		return write_ones(table, i, out, error);
	default:
		upset_write_number_cell(table, i, out);
		return 0;
	}
}

int upset_write_csv(struct upset_table *table, FILE *out, struct upset_error *error)
{
	int result;

	for (unsigned int i = 0; i < table->column_count; i++)
		(void)fprintf(out, "%s%s", i > 0 ? "," : "", table->columns[i]->name);
	(void)fputc('\n', out);
	while ((result = upset_store_next(table->cursor, error)) > 0 && !ferror(out)) {
		for (unsigned int i = 0; result >= 0 && i < table->column_count; i++) {
			if (i > 0)
				(void)fputc(',', out);
			result = write_cell(table, i, out, error);
		}
		if (result < 0)
			return result;
		(void)fputc('\n', out);
	}
	return result < 0 ? result : 0;
}
