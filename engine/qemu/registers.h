/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside QEMU only, for both plugins: where it keeps the program's registers. */
#ifndef UPSET_ENGINE_QEMU_REGISTERS_H
#define UPSET_ENGINE_QEMU_REGISTERS_H

#include <glib.h>
#include <qemu/qemu-plugin.h>

#include "isa/state.h"

/*
 * Look up all that @isa names, once; from a translation callback.  Ends QEMU when it
 * lacks one.
 */
void qemu_registers_find(const struct upset_isa *isa);

/* Where @resource is kept; NULL: nowhere alone, or where another one says (x87's stack). */
const struct qemu_plugin_storage *qemu_registers_storage(unsigned int resource);

/*
 * The bytes of @resource of vCPU @vcpu_index; NULL: it has none of its own, as a flag, or QEMU
 * computes it.  Up to date outside of translated code, and in callbacks that ask for registers.
 */
void *qemu_registers_at(unsigned int vcpu_index, unsigned int resource);

/* The low 64 bits of a resource that is no flag, computed or not; 0 for UPSET_RESOURCE_NONE. */
uint64_t qemu_registers_word(unsigned int vcpu_index, unsigned int resource);

/* Read or write (bits + 7) / 8 bytes of any resource; outside of translated code. */
bool qemu_registers_read(unsigned int vcpu_index, unsigned int resource, uint8_t *value);
bool qemu_registers_write(unsigned int vcpu_index, unsigned int resource, const uint8_t *value);

#endif
