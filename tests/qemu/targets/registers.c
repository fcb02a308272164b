/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of registers: all that the plugin knows of instruction sets. */
#include "registers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>
#include <qemu-plugin.h>

/* Storage, and what the gdb stub calls it; @count: so many of them, numbered from 0. */
static const struct {
	const char *target, *storage, *gdb;
	unsigned int count;
} names[] = {
	{"aarch64", "x", "x", 30},
	{"aarch64", "v", "v", 32},
	{"aarch64", "lr", "x30", 0},
	{"aarch64", "sp", "sp", 0},
	{"riscv64", "x1/ra", "ra", 0},
	{"riscv64", "x2/sp", "sp", 0},
	{"riscv64", "x8/s0", "fp", 0},
	{"riscv64", "x9/s1", "s1", 0},
	{"riscv64", "x10/a0", "a0", 0},
	{"riscv64", "x11/a1", "a1", 0},
	{"riscv64", "x12/a2", "a2", 0},
	{"riscv64", "x13/a3", "a3", 0},
	{"riscv64", "x14/a4", "a4", 0},
	{"riscv64", "x15/a5", "a5", 0},
	{"riscv64", "x28/t3", "t3", 0},
	{"riscv64", "f10/fa0", "fa0", 0},
	{"riscv64", "f14/fa4", "fa4", 0},
	{"riscv64", "f15/fa5", "fa5", 0},
	{"i386", "eax", "eax", 0},
	{"i386", "ecx", "ecx", 0},
	{"i386", "edx", "edx", 0},
	{"i386", "ebx", "ebx", 0},
	{"i386", "esp", "esp", 0},
	{"i386", "ebp", "ebp", 0},
	{"i386", "esi", "esi", 0},
	{"i386", "edi", "edi", 0},
	{"x86_64", "rax", "rax", 0},
	{"x86_64", "rcx", "rcx", 0},
	{"x86_64", "rdx", "rdx", 0},
	{"x86_64", "rbx", "rbx", 0},
	{"x86_64", "rsp", "rsp", 0},
	{"x86_64", "rbp", "rbp", 0},
	{"x86_64", "rsi", "rsi", 0},
	{"x86_64", "rdi", "rdi", 0},
	{"x86_64", "r8", "r8", 0},
	{"x86_64", "r15", "r15", 0},
};

struct reg registers[REGISTERS];
unsigned int register_count;
uint64_t wrong;

void complain(const char *what, uint64_t address, uint64_t a, uint64_t b)
{
	if (wrong++ < 10)
		(void)fprintf(stderr, "%s at %" PRIx64 ": %" PRIx64 " and %" PRIx64 "\n", what,
			address, a, b);
}

static struct qemu_plugin_register *find_gdb(const char *name)
{
	g_autoptr(GArray) all = qemu_plugin_get_registers();

	for (unsigned int i = 0; i < all->len; i++) {
		const qemu_plugin_reg_descriptor *r =
			&g_array_index(all, qemu_plugin_reg_descriptor, i);

		if (strcmp(r->name, name) == 0)
			return r->handle;
	}
	return NULL;
}

static void add_register(const char *storage, const char *gdb)
{
	struct reg *r = &registers[register_count];

	(void)snprintf(r->name, sizeof(r->name), "%s", storage);
	r->storage = qemu_plugin_find_storage(storage);
	r->gdb = find_gdb(gdb);
	if (r->storage == NULL || r->gdb == NULL) {
		complain(storage, 0, r->storage != NULL, r->gdb != NULL);
		return;
	}
	r->size = qemu_plugin_storage_size(r->storage);
	register_count++;
}

void find_registers(const char *target)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i].target, target) != 0)
			continue;
		if (names[i].count == 0)
			add_register(names[i].storage, names[i].gdb);
		for (unsigned int k = 0; k < names[i].count; k++) {
			g_autofree char *storage = g_strdup_printf("%s%u", names[i].storage, k);
			g_autofree char *gdb = g_strdup_printf("%s%u", names[i].gdb, k);

			add_register(storage, gdb);
		}
	}
}
