/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells of a table that is being written: see internal.h. */
#include <errno.h>
#include <inttypes.h>

#include "report/internal.h"

int upset_table_ones(struct upset_table *table, unsigned int i, uint64_t *ones, unsigned int *bits,
	struct upset_error *error)
{
	int64_t width = upset_store_integer(table->cursor, (unsigned int)table->bits_column);
	size_t size;
	const char *blob = upset_store_text(table->cursor, i, &size);

	*bits = 0;
	if (width < 0 || width > UPSET_COUNTED_BITS_MAX ||
		upset_ones_decode((const uint8_t *)blob, size, (unsigned int)width, ones) != 0)
		return upset_error_set(error, EIO,
			"the study is damaged: counts by bit that do not decode; restore it from a "
			"copy or make the run again");
	*bits = (unsigned int)width;
	return 0;
}

void upset_write_number_cell(const struct upset_table *table, unsigned int i, FILE *out)
{
	const enum upset_column_type type = table->columns[i]->type;
	char number[32];

	if (type == UPSET_COLUMN_SHARE || type == UPSET_COLUMN_RATE) {
		upset_format_real(upset_store_real(table->cursor, i), number, sizeof(number));
		(void)fputs(number, out);
	} else {
		(void)fprintf(out, "%" PRId64, upset_store_integer(table->cursor, i));
	}
}
