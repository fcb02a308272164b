/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of which instruction sets programs can be run here, and what it takes: see engine.h. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "engine/qemu/driver.h"

/* In the order of qemu/build.sh, the host's first. */
static const struct {
	const char *name, *target;
} sets[] = {
	{"x86-64", "x86_64"},
	{"aarch64", "aarch64"},
	{"riscv64", "riscv64"},
	{"i386", "i386"},
};

int upset_engine_set(unsigned int index, struct upset_engine_set *set)
{
	struct upset_error error = {0};
	char path[PATH_MAX];
	bool found;

	if (index >= sizeof(sets) / sizeof(sets[0]))
		return -ENOENT;
	found = qemu_find_for(sets[index].target, path, &error) == 0;
	*set = (struct upset_engine_set){.name = sets[index].name, .usable = found && index == 0};
	if (!found && index == 0)
		(void)snprintf(set->detail, sizeof(set->detail), "no QEMU; make builds one");
	else if (!found)
		(void)snprintf(set->detail, sizeof(set->detail),
			"no QEMU; make QEMU_TARGETS=\"x86_64 %s\" builds one", sets[index].target);
	else if (index > 0)
		(void)snprintf(set->detail, sizeof(set->detail),
			"there is a QEMU, but upset does not run them yet");
	return 0;
}
