/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of each instruction set, by their names; see plugin.c. */
#ifndef UPSET_TESTS_QEMU_TARGETS_REGISTERS_H
#define UPSET_TESTS_QEMU_TARGETS_REGISTERS_H

#include <stddef.h>
#include <stdint.h>

enum { REGISTERS = 80 };

struct reg {
	char name[16];
	const struct qemu_plugin_storage *storage;
	struct qemu_plugin_register *gdb;
	size_t size;
};

extern struct reg registers[REGISTERS];
extern unsigned int register_count;

/* Those of @target, with their storage and as the gdb stub has them. */
void find_registers(const char *target);

/* Something is wrong with @what at @address, where two values should be one. */
void complain(const char *what, uint64_t address, uint64_t a, uint64_t b);
extern uint64_t wrong; /* how often */

#endif
