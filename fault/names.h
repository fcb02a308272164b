/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of registers as faults have them.  Private to fault/. */
#ifndef UPSET_FAULT_NAMES_H
#define UPSET_FAULT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Find the register called @name[@size]; false when there is none. */
bool fault_find_register(const char *name, size_t size, uint8_t *resource, uint16_t *bits);
/* Its name: "xmm3" for 128 bits of ymm3. */
void fault_register_name(uint8_t resource, uint16_t bits, char name[16]);

#endif
