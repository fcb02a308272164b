/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines: what their text file says, see upset-machine(5).  Knows nothing of how a machine is
 * made or run.
 */
#ifndef UPSET_MACHINE_MACHINE_H
#define UPSET_MACHINE_MACHINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The name of the text file in a machine's folder. */
#define UPSET_MACHINE_FILE "machine"

/* What is different in machines of different instruction sets. */
struct upset_machine_arch {
	const char *name; /* as QEMU names it */
	/* What `upset machine new` writes when nothing else is said. */
	const char *board, *processor, *append;
	uint64_t memory_bytes;
};

/* The one called @name, or -- @name NULL -- the one with number @index; NULL: there is none. */
const struct upset_machine_arch *upset_machine_arch(const char *name, size_t index);

enum upset_machine_region {
	UPSET_MACHINE_REGION_PROGRAM, /* what upset's first process runs */
	UPSET_MACHINE_REGION_MARKS,   /* what lies between marks of one's own */
};

enum upset_machine_result {
	UPSET_MACHINE_RESULT_NONE,
	UPSET_MACHINE_RESULT_SERIAL, /* a line on the second serial line */
};

struct upset_machine_words {
	char **items;
	size_t count;
};

/* Texts are owned; NULL: not said.  Files are as the text has them, see upset_machine_path(). */
struct upset_machine {
	const struct upset_machine_arch *arch;
	char *board, *processor, *append;
	char *kernel, *vmlinux, *initrd;
	uint64_t memory_bytes;
	struct upset_machine_words disks, devices;
	enum upset_machine_region region;
	enum upset_machine_result result;
};

/*
 * Read @text[@size], which messages call @name.  0; -EPROTO with a message that begins
 * "NAME:LINE:COLUMN: "; -ENOMEM.  End with upset_machine_fini() in any case.
 */
int upset_machine_parse(struct upset_machine *machine, const char *name, const char *text,
	size_t size, struct upset_error *error);
/* The same of the file in @folder; also -errno of reading it. */
int upset_machine_read(
	struct upset_machine *machine, const char *folder, struct upset_error *error);
/* A text that reads as @machine; to be freed.  NULL: no memory. */
char *upset_machine_print(const struct upset_machine *machine);
void upset_machine_fini(struct upset_machine *machine);

/* Where @file of a machine in @folder lies: below it, unless its name is absolute.  To be freed. */
char *upset_machine_path(const char *folder, const char *file);

/* "program", "marks"; "none", "serial". */
const char *upset_machine_region_name(enum upset_machine_region region);
const char *upset_machine_result_name(enum upset_machine_result result);
/* 0; -EINVAL: no such name. */
int upset_machine_region_parse(const char *name, enum upset_machine_region *region);

/* "128M" and the like, of at least one MiB and whole KiB: 0; -EINVAL. */
int upset_machine_memory_parse(const char *text, uint64_t *bytes);
/* The shortest such text. */
void upset_machine_memory_print(uint64_t bytes, char text[32]);

#endif
