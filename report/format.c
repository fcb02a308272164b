/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as text: for data files so that nothing is lost, for eyes so that they fit. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/internal.h"

void upset_format_real(double value, char *text, size_t size)
{
	for (int digits = 1; digits <= 17; digits++) {
		(void)snprintf(text, size, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			return;
	}
}

static void group(uint64_t value, char *text, size_t size)
{
	char digits[32];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value);
	size_t at = 0;

	for (size_t i = 0; i < length && at + 2 < size; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
}

/* @value in units of @step with four digits and a suffix. */
static void suffix(double value, double step, const char *const *names, char *text, size_t size)
{
	size_t i = 0;

	while (value >= step * 0.99995 && names[i + 1] != NULL) {
		value /= step;
		i++;
	}
	(void)snprintf(text, size, "%.*f %s",
		value < 9.9995	 ? 3
		: value < 99.995 ? 2
				 : 1,
		value, names[i]);
}

void upset_format_count(uint64_t value, unsigned int width, char *text, size_t size)
{
	static const char *const names[] = {"", "k", "M", "G", "T", "P", "E", NULL};

	group(value, text, size);
	if (strlen(text) > width)
		suffix((double)value, 1000, names, text, size);
}

void upset_format_bytes(uint64_t bytes, char *text, size_t size)
{
	static const char *const names[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB", NULL};

	if (bytes < 1000)
		(void)snprintf(text, size, "%" PRIu64 " B", bytes);
	else
		suffix((double)bytes, 1000, names, text, size);
}

void upset_format_time(uint64_t ns, char *text, size_t size)
{
	static const char *const names[] = {"ns", "us", "ms", "s", NULL};

	if (ns < UINT64_C(1000000000000))
		suffix((double)ns, 1000, names, text, size);
	else
		(void)snprintf(text, size, "%.4g h", (double)ns / 3600e9);
}
