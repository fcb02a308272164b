/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a profile needs of an ELF file: its loaded segments and its build id.
 * Trusts nothing in the file.  For profile/ and engine/.
 */
#ifndef UPSET_PROFILE_ELF_FILE_H
#define UPSET_PROFILE_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/profile.h"

struct upset_elf_segment {	     /* one PT_LOAD */
	uint64_t offset, file_bytes; /* in the file */
	uint64_t address;	     /* ELF virtual address of @offset */
	bool writable, executable;
};

struct upset_elf_file {
	struct upset_elf_segment *segments;
	size_t segment_count;
	char *build_id; /* lower-case hex, or NULL */
};

/*
 * Read the segments and the build id of @path into @file; free with
 * upset_elf_file_free(), on failure too.  0, -ENOEXEC when it is no ELF file,
 * -ENOMEM, or the errno of opening it.
 */
int upset_elf_file_read(const char *path, struct upset_elf_file *file);
void upset_elf_file_free(struct upset_elf_file *file);

/*
 * How far @mapping of @file lies from the file's own addresses (run-time
 * address = file address + *@bias, modulo 2^64).  False when no segment covers
 * the mapping's file offset.
 */
bool upset_elf_file_bias(
	const struct upset_elf_file *file, const struct upset_mapping *mapping, uint64_t *bias);

#endif
