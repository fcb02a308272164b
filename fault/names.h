/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of registers as faults have them.  Private to fault/. */
#ifndef UPSET_FAULT_NAMES_H
#define UPSET_FAULT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "upset/fault.h"

/* Find the register called @name[@size] in the set where it is widest; false: none has it. */
bool fault_find_register(const char *name, size_t size, struct upset_fault *fault);
/* Its name: "xmm3" for 128 bits of ymm3. */
/* The highest bit that @f touches; 0 when none. */
unsigned int fault_top_bit(const struct upset_fault *f);
const char *fault_register_name(const struct upset_fault *fault);

#endif
