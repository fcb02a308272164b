/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that somebody may have meant: see nearest.h. */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 63, LETTERS_MOST = 2, WITHIN_LEAST = 3 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to insert, delete or replace to make @b of @a; SIZE_MAX: they are too long. */
static size_t letters(const char *a, const char *b)
{
	size_t row[LONGEST + 1] = {0}, n = strlen(b);

	if (n > LONGEST || strlen(a) > LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; b[j] != '\0'; j++) {
			size_t replaced = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			row[j + 1] = least(replaced, least(row[j], row[j + 1]) + 1);
		}
	}
	return row[n];
}

const char *upset_nearest(const char *word, const void *names, size_t count, size_t stride)
{
	const char *best = NULL;
	size_t best_distance = LETTERS_MOST + 1;

	for (size_t i = 0; i < count; i++) {
		const char *name = *(const char *const *)((const char *)names + i * stride);
		size_t d = letters(word, name);

		if (d < best_distance && d < strlen(name)) {
			best = name;
			best_distance = d;
		}
	}
	return best;
}

size_t upset_nearest_distance(const char *word, const char *name)
{
	size_t d = letters(word, name);

	if (d <= LETTERS_MOST && d < strlen(name))
		return d;
	/* Longer names with the same word in them are further off the longer they are. */
	if (strlen(word) >= WITHIN_LEAST && strstr(name, word) != NULL)
		return strlen(name) - strlen(word) + LETTERS_MOST;
	return SIZE_MAX;
}
