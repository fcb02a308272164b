/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The formats as a table, and from options to a file or folder that is there as a whole. */
#include "export/export.h"

#include <string.h>

#include "export/internal.h"

const struct upset_export_format upset_export_formats[] = {
	{"callgrind", "cost of each instruction and line, for callgrind_annotate and KCachegrind",
		.write = upset_export_callgrind},
	{"lcov", "coverage of lines and functions, for lcov and genhtml",
		.write = upset_export_lcov},
	{"folded", "instructions by path of calls, for flame graphs", .write = upset_export_folded},
	{"csv", "a folder with every view as CSV", .folder = true, .of_campaigns = true,
		.write = upset_export_csv},
	{"json", "a folder with every view as JSON", .folder = true, .of_campaigns = true,
		.write = upset_export_json},
};
const size_t upset_export_format_count =
	sizeof(upset_export_formats) / sizeof(upset_export_formats[0]);

const struct upset_export_format *upset_export_find(const char *name)
{
	for (size_t i = 0; i < upset_export_format_count; i++)
		if (strcmp(upset_export_formats[i].name, name) == 0)
			return &upset_export_formats[i];
	return NULL;
}

int upset_export_write(struct upset_store *store, const struct upset_export_options *options,
	struct upset_error *error)
{
	struct upset_export_output output;
	struct upset_export_job job = {.store = store, .options = options, .output = &output};
	int result =
		upset_export_output_open(&output, options->output, options->format->folder, error);

	if (result != 0)
		return result;
	if (!options->format->folder)
		result = upset_export_output_file(&output, NULL, &job.out, error);
	if (result == 0)
		result = options->format->write(&job, error);
	if (job.out != NULL)
		result = upset_export_output_close_file(&output, job.out, result, error);
	return upset_export_output_finish(&output, result, error);
}
