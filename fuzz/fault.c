/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: the text of faults.  What is accepted prints to what means the same. */
#include <stdlib.h>
#include <string.h>

#include "fault/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text)
{
	struct upset_faults faults;
	unsigned int column;
	char *printed, *again;

	if (upset_faults_parse(text, &faults, &column, NULL) != 0) {
		if (column == 0 || column > strlen(text) + 1)
			abort();
		upset_faults_free(&faults);
		return;
	}
	printed = upset_faults_print(&faults);
	upset_faults_free(&faults);
	if (printed == NULL || upset_faults_parse(printed, &faults, &column, NULL) != 0)
		abort();
	again = upset_faults_print(&faults);
	upset_faults_free(&faults);
	if (again == NULL || strcmp(printed, again) != 0)
		abort();
	free(printed);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	if (text != NULL)
		check(text);
	free(text);
	return 0;
}
