/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: what comes of a fault, known without carrying it out. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_FORESEE_H
#define UPSET_ENGINE_QEMU_INJECTOR_FORESEE_H

#include "engine/qemu/injector/core.h"

/*
 * Carry the fault of @item, which is armed, out here, look whether it matters, and take it back.
 * True when it is known what comes of it, and the driver was told.
 */
bool foresee(struct thread *t, uint64_t item);

#endif
