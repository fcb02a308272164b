/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: the text of machines.  What is accepted prints to what means the same. */
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *print(const char *text, size_t size)
{
	struct upset_error error = {0};
	struct upset_machine machine;
	char *printed = NULL;

	if (upset_machine_parse(&machine, "it", text, size, &error) == 0) {
		printed = upset_machine_print(&machine);
		if (printed == NULL)
			abort();
	} else if (strncmp(error.message, "it:", 3) != 0) {
		abort();
	}
	upset_machine_fini(&machine);
	return printed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *once = print((const char *)data, size), *again;

	if (once == NULL)
		return 0;
	again = print(once, strlen(once));
	if (again == NULL || strcmp(once, again) != 0)
		abort();
	free(once);
	free(again);
	return 0;
}
