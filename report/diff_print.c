/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The examples of `upset diff`: which row, and what it holds in each run. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "report/diff.h"

void upset_diff_print_text(const char *text, size_t size, FILE *out)
{
	char clean[UPSET_CELL_SIZE];

	upset_text_clean(text, size, clean, sizeof(clean));
	(void)fputs(clean, out);
}

void upset_diff_print_label(
	const struct upset_diff_plan *plan, struct upset_store_cursor *cursor, FILE *out)
{
	(void)fputs(plan->table->name, out);
	for (size_t i = 0; i < plan->label_count; i++) {
		unsigned int column = (unsigned int)(plan->label_first + i);
		size_t size;
		const char *text = upset_store_text(cursor, column, &size);

		if (strcmp(plan->names[column], "address") == 0) {
			(void)fprintf(
				out, " 0x%" PRIx64, (uint64_t)upset_store_integer(cursor, column));
			continue;
		}
		if (strcmp(plan->names[column], "module") == 0 &&
			memrchr(text, '/', size) != NULL) {
			const char *last = memrchr(text, '/', size);

			size -= (size_t)(last + 1 - text);
			text = last + 1;
		}
		(void)fputc(' ', out);
		upset_diff_print_text(text, size, out);
	}
}

static int decode(struct upset_diff *d, const struct upset_diff_plan *plan, int s, unsigned int i,
	uint64_t *ones)
{
	struct upset_store_cursor *cursor = d->side[s].cursor;
	size_t size;
	const char *blob = upset_store_text(cursor, i, &size);

	memset(ones, 0, UPSET_COUNTED_BITS_MAX * sizeof(*ones));
	if (upset_ones_decode((const uint8_t *)blob, size, UPSET_COUNTED_BITS_MAX, ones) != 0)
		return upset_error_set(d->error, EIO,
			"the study is damaged: counts by bit of %s that do not decode",
			plan->table->name);
	return 0;
}

static int print_ones(struct upset_diff *d, const struct upset_diff_plan *plan, unsigned int i)
{
	uint64_t a[UPSET_COUNTED_BITS_MAX], b[UPSET_COUNTED_BITS_MAX];
	unsigned int first = UPSET_COUNTED_BITS_MAX, different = 0;

	if (decode(d, plan, 0, i, a) != 0 || decode(d, plan, 1, i, b) != 0)
		return -EIO;
	for (unsigned int bit = 0; bit < UPSET_COUNTED_BITS_MAX; bit++) {
		if (a[bit] == b[bit])
			continue;
		first = different == 0 ? bit : first;
		different++;
	}
	if (different == 0)
		return 0;
	(void)fprintf(d->examples, "bit %u: %" PRIu64 " | %" PRIu64, first, a[first], b[first]);
	if (different > 1)
		(void)fprintf(d->examples, " (and %u more bits)", different - 1);
	return 0;
}

static void print_value(
	struct upset_store_cursor *cursor, unsigned int i, enum upset_column_type type, FILE *out)
{
	const char *text;
	char number[32];
	size_t size;

	if (upset_store_is_null(cursor, i)) {
		(void)fputs("none", out);
	} else if (type == UPSET_COLUMN_TEXT) {
		text = upset_store_text(cursor, i, &size);
		upset_diff_print_text(text, size, out);
	} else if (type == UPSET_COLUMN_ADDRESS) {
		(void)fprintf(out, "0x%" PRIx64, (uint64_t)upset_store_integer(cursor, i));
	} else if (type == UPSET_COLUMN_SHARE) {
		upset_format_real(upset_store_real(cursor, i), number, sizeof(number));
		(void)fputs(number, out);
	} else if (type == UPSET_COLUMN_ONES) {
		(void)fputs("collected", out);
	} else {
		(void)fprintf(out, "%" PRId64, upset_store_integer(cursor, i));
	}
}

int upset_diff_print_column(struct upset_diff *d, const struct upset_diff_plan *plan, size_t c)
{
	unsigned int i = (unsigned int)(plan->key_count + c);
	struct upset_store_cursor *a = d->side[0].cursor, *b = d->side[1].cursor;
	enum upset_column_type type = plan->compared[c]->type;
	int result = 0;

	(void)fprintf(d->examples, "    %s ", plan->compared[c]->name);
	if (type == UPSET_COLUMN_ONES && !upset_store_is_null(a, i) && !upset_store_is_null(b, i)) {
		result = print_ones(d, plan, i);
	} else {
		print_value(a, i, type, d->examples);
		(void)fputs(" | ", d->examples);
		print_value(b, i, type, d->examples);
	}
	(void)fputc('\n', d->examples);
	return result;
}
