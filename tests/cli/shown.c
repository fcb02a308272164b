/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written of a study: see shown.h. */
#include "tests/cli/shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/fixture.h"

char *output;
struct upset_error error;
static size_t output_size;

FILE *shown_open(void)
{
	FILE *out;

	error = (struct upset_error){0};
	free(output);
	output = NULL;
	out = open_memstream(&output, &output_size);
	assert_non_null(out);
	return out;
}

int shown_view(const char *view, enum upset_format format, struct upset_report_options options)
{
	FILE *out = shown_open();
	struct upset_store *store;
	int result;

	options.view = upset_view_find(view);
	options.format = format;
	options.width = 80;
	assert_non_null(options.view);
	assert_int_equal(upset_store_open(&store, "s.upset", &error), 0);
	result = upset_report_write(store, &options, out, &error);
	upset_store_close(store);
	assert_int_equal(fclose(out), 0);
	return result;
}

void expect_line(const char *line)
{
	size_t length = strlen(line);

	for (const char *at = output; (at = strstr(at, line)) != NULL; at++)
		if ((at == output || at[-1] == '\n') && at[length] == '\n')
			return;
	fail_msg("no line '%s' in:\n%s", line, output);
}

int shown_leave(void **state)
{
	(void)state;
	free(output);
	output = NULL;
	fixture_leave();
	return 0;
}
