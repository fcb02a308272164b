/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of which instruction sets programs can be run here, and what it takes: see engine.h. */
#include <errno.h>
#include <stdio.h>

#include "engine/qemu/driver.h"

int upset_engine_set(unsigned int index, struct upset_engine_set *set)
{
	const struct upset_isa *isa = upset_isa_at(index);
	struct upset_error error = {0};
	struct qemu_paths paths;

	if (isa == NULL)
		return -ENOENT;
	*set = (struct upset_engine_set){.name = isa->name,
		.cpu = isa->qemu_cpu,
		.usable = qemu_find(&paths, isa, &error) == 0};
	if (!set->usable && index == 0)
		(void)snprintf(set->detail, sizeof(set->detail), "no QEMU; make builds one");
	else if (!set->usable)
		(void)snprintf(set->detail, sizeof(set->detail),
			"no QEMU; make QEMU_TARGETS=+%s builds one", isa->qemu);
	return 0;
}
