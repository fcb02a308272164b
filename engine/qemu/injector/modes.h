/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: what it may be there for. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_MODES_H
#define UPSET_ENGINE_QEMU_INJECTOR_MODES_H

#include "engine/qemu/injector/core.h"

extern const struct injector_mode injector_experiment; /* UPSET_INJECTOR_EXPERIMENT */
extern const struct injector_mode injector_locate;     /* UPSET_INJECTOR_LOCATE */
extern const struct injector_mode injector_carry;      /* UPSET_INJECTOR_CARRY */
extern const struct injector_mode injector_trace;      /* UPSET_INJECTOR_TRACE */

#endif
