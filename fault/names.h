/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of registers as faults have them.  Private to fault/. */
#ifndef UPSET_FAULT_NAMES_H
#define UPSET_FAULT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "upset/fault.h"

/* Find the register called @name[@size] in the first set that has it; false: none has. */
bool fault_find_register(const char *name, size_t size, struct upset_fault *fault);
/* Its name: "xmm3" for 128 bits of ymm3. */
const char *fault_register_name(const struct upset_fault *fault);

#endif
