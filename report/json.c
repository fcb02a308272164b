/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables as JSON: an array of objects, one per row, on a line each. */
#include <inttypes.h>

#include "report/internal.h"
#include "store/utf8.h"

void upset_write_json_text(const char *text, size_t size, FILE *out)
{
	(void)fputc('"', out);
	for (size_t at = 0; at < size;) {
		uint32_t code;
		size_t length = upset_utf8_decode(text + at, size - at, &code);

		if (length == 0) {
			(void)fputs("\\ufffd", out);
			length = 1;
		} else if (code == '"' || code == '\\') {
			(void)fprintf(out, "\\%c", (char)code);
		} else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
			(void)fprintf(out, "\\u%04" PRIx32, code);
		} else {
			(void)fwrite(text + at, 1, length, out);
		}
		at += length;
	}
	(void)fputc('"', out);
}

static int write_ones(
	struct upset_table *table, unsigned int i, FILE *out, struct upset_error *error)
{
	uint64_t ones[UPSET_COUNTED_BITS_MAX];
	unsigned int bits;
	int result = upset_table_ones(table, i, ones, &bits, error);

	(void)fputc('[', out);
	for (unsigned int bit = 0; result == 0 && bit < bits; bit++)
		(void)fprintf(out, "%s%" PRIu64, bit > 0 ? "," : "", ones[bit]);
	(void)fputc(']', out);
	return result;
}

int upset_write_json_cell(
	struct upset_table *table, unsigned int i, FILE *out, struct upset_error *error)
{
	const char *text;
	size_t size;

	if (upset_store_is_null(table->cursor, i)) {
		(void)fputs("null", out);
		return 0;
	}
	switch (table->columns[i]->type) {
	case UPSET_COLUMN_TEXT:
	case UPSET_COLUMN_NAME:
	case UPSET_COLUMN_FILE:
	case UPSET_COLUMN_TIMESTAMP:
		text = upset_store_text(table->cursor, i, &size);
		upset_write_json_text(text, size, out);
		return 0;
	case UPSET_COLUMN_ADDRESS:
		(void)fprintf(
			out, "\"0x%" PRIx64 "\"", (uint64_t)upset_store_integer(table->cursor, i));
		return 0;
	case UPSET_COLUMN_ONES:
		return write_ones(table, i, out, error);
	default:
		upset_write_number_cell(table, i, out);
		return 0;
	}
}

int upset_write_json(struct upset_table *table, FILE *out, struct upset_error *error)
{
	const char *separator = "\n";
	int result;

	(void)fputc('[', out);
	while ((result = upset_store_next(table->cursor, error)) > 0 && !ferror(out)) {
		(void)fprintf(out, "%s{", separator);
		for (unsigned int i = 0; result >= 0 && i < table->column_count; i++) {
			(void)fprintf(out, "%s\"%s\":", i > 0 ? "," : "", table->columns[i]->name);
			result = upset_write_json_cell(table, i, out, error);
		}
		if (result < 0)
			return result;
		(void)fputc('}', out);
		separator = ",\n";
	}
	(void)fputs("\n]\n", out);
	return result < 0 ? result : 0;
}
