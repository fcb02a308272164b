/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of engines: to add one, name it here.  Knows nothing of what they do. */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

static const struct upset_engine *const engines[] = {
	&upset_engine_qemu,
	&upset_engine_native,
	&upset_engine_gdb,
};

const struct upset_engine *upset_engine_find(const char *name)
{
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	return NULL;
}

void upset_trace_fini(struct upset_trace *trace)
{
	struct upset_traced *all[] = {&trace->last, &trace->golden, &trace->faulty, &trace->used,
		&trace->spread, &trace->wrote};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		free(all[i]->module);
	*trace = (struct upset_trace){0};
}
