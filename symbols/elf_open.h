/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening a module and its separate debug file.  Private to symbols/.
 */
#ifndef UPSET_SYMBOLS_ELF_OPEN_H
#define UPSET_SYMBOLS_ELF_OPEN_H

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

struct upset_elf {
	Elf *elf; /* NULL: none */
	int fd;
};

/* Open @path when it is an ELF executable or shared object; else elf is NULL. */
struct upset_elf upset_elf_open(const char *path);
void upset_elf_close(struct upset_elf *file);

/*
 * Open the debug file of @module, whose path is @path, as gdb would: by build
 * id below /usr/lib/debug/.build-id, by the name in .gnu_debuglink beside the
 * module, in .debug beside it, and below /usr/lib/debug.  A file of another
 * build id or checksum is not taken.
 */
struct upset_elf upset_elf_open_debug(const struct upset_elf *module, const char *path);

/* Address of the symbol called @name (see upset_symbols_address()); @elf may be NULL. */
bool upset_elf_address(Elf *elf, const char *name, uint64_t *address);

#endif
