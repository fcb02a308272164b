/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers in QEMU's memory: see registers.h. */
#include "engine/qemu/registers.h"

#include <stdlib.h>

#include "isa/isa.h"

static const struct qemu_plugin_storage *find(const char *name)
{
	const struct qemu_plugin_storage *s = qemu_plugin_find_storage(name);

	if (s == NULL) {
		qemu_plugin_outs("upset: this QEMU does not know a register it must know\n");
		abort();
	}
	return s;
}

void qemu_registers_find(struct qemu_registers *registers)
{
	char name[8];

	if (registers->fpstt != NULL)
		return;
	for (unsigned int i = 0; i < 16; i++) {
		registers->general[i] = find(upset_isa_resource(i)->name);
		registers->vector[i] = find(upset_isa_resource(UPSET_YMM0 + i)->name);
	}
	for (unsigned int i = 0; i < 8; i++) {
		(void)g_snprintf(name, sizeof(name), "fpr%u", i);
		registers->fpr[i] = find(name);
	}
	registers->rip = find("rip");
	registers->eflags = find("eflags");
	registers->fs_base = find("fs_base");
	registers->gs_base = find("gs_base");
	registers->fpstt = find("fpstt");
}
