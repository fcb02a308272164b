/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside QEMU only, for both plugins: where it keeps the program's registers. */
#ifndef UPSET_ENGINE_QEMU_REGISTERS_H
#define UPSET_ENGINE_QEMU_REGISTERS_H

#include <glib.h>
#include <qemu/qemu-plugin.h>

struct qemu_registers {
	const struct qemu_plugin_storage *general[16], *vector[16], *rip, *eflags;
	const struct qemu_plugin_storage *fpr[8], *fpstt; /* x87, and which one is its top */
	const struct qemu_plugin_storage *fs_base, *gs_base;
};

/* Look all of them up, once; from a translation callback.  Ends QEMU when it lacks one. */
void qemu_registers_find(struct qemu_registers *registers);

#endif
