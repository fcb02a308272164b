/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where what machines need lies: see parts.h. */
#include "machine/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/parts.h"

enum { VARIABLE_SIZE = 64 };

int upset_machine_find_emulator(
	const struct upset_machine_arch *arch, char *path, struct upset_error *error)
{
	char variable[64], built[64], installed[64], what[64], command[64];
	const struct upset_part part = {variable, built, installed, what, command, X_OK};

	(void)snprintf(variable, sizeof(variable), "UPSET_QEMU_SYSTEM_%s", arch->name);
	(void)snprintf(built, sizeof(built), "qemu/system/qemu-system-%s", arch->name);
	(void)snprintf(
		installed, sizeof(installed), UPSET_PART_LIBEXEC "qemu-system-%s", arch->name);
	(void)snprintf(what, sizeof(what), "emulator of %s machines", arch->name);
	(void)snprintf(command, sizeof(command), "make QEMU_TARGETS=+%s-softmmu", arch->name);
	return upset_part_find(path, &part, error);
}

/* One for all parts, which names the folder, would need another way to look. */
static void print_variable(
	char variable[VARIABLE_SIZE], const struct upset_machine_arch *arch, const char *name)
{
	(void)snprintf(variable, VARIABLE_SIZE, "UPSET_MACHINE_%s_%s", arch->name, name);
}

bool upset_machine_part_is_named(const struct upset_machine_arch *arch, const char *name)
{
	char variable[VARIABLE_SIZE];

	print_variable(variable, arch, name);
	return getenv(variable) != NULL;
}

int upset_machine_find_part(const struct upset_machine_arch *arch, const char *name, char *path,
	struct upset_error *error)
{
	char variable[VARIABLE_SIZE], built[128], installed[128], what[64], command[64];
	const struct upset_part part = {variable, built, installed, what, command, R_OK};

	print_variable(variable, arch, name);
	(void)snprintf(built, sizeof(built), "machines/%s/%s", arch->name, name);
	(void)snprintf(installed, sizeof(installed), UPSET_PART_LIBEXEC "machines/%s/%s",
		arch->name, name);
	(void)snprintf(what, sizeof(what), "%s for %s machines", name, arch->name);
	(void)snprintf(command, sizeof(command), "setup/machine.sh build/machines/%s %s",
		arch->name, arch->name);
	return upset_part_find(path, &part, error);
}
