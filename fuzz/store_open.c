/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any file may be given as a study: it is shown or refused, in every view. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show_all(struct upset_store *store, FILE *out)
{
	const struct upset_view *view;

	for (size_t i = 0; (view = upset_view_at(i)) != NULL; i++) {
		struct upset_report_options options = {.view = view, .top = 100, .width = 80};
		struct upset_error error = {0};

		for (options.format = UPSET_FORMAT_TERMINAL; options.format <= UPSET_FORMAT_JSON;
			options.format++)
			(void)upset_report_write(store, &options, out, &error);
	}
}

static char path[] = "/tmp/upset-fuzz-XXXXXX";

static void remove_file(void)
{
	(void)unlink(path);
}

/* One file for all inputs, written anew for each. */
static void write_file(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0) {
		fd = mkstemp(path);
		(void)atexit(remove_file);
	}
	if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct upset_error error = {0};
	struct upset_store *store = NULL;
	FILE *out = fopen("/dev/null", "we");

	if (out == NULL)
		abort();
	write_file(data, size);
	if (upset_store_open(&store, path, &error) == 0)
		show_all(store, out);
	upset_store_close(store);
	(void)fclose(out);
	return 0;
}
