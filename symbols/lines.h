/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Source lines of a module, from its DWARF line tables.  The table of a
 * compilation unit is read when the first address in it is asked for.  Private
 * to symbols/.
 */
#ifndef UPSET_SYMBOLS_LINES_H
#define UPSET_SYMBOLS_LINES_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbols/spans.h"

/* A source file whose path the line table has as seen from the unit's folder. */
struct upset_line_file {
	const char *relative; /* libdw's string: the same for all lines of the file */
	char *path;
};

struct upset_line_unit {
	Dwarf_Die die;
	Dwarf_Lines *lines; /* sorted by address; NULL: none, or not read yet */
	size_t line_count;
	bool read;
	size_t cursor; /* the line found last */
	struct upset_line_file *files;
	size_t file_count;
};

struct upset_lines {
	Dwarf *dwarf;		       /* NULL: none */
	struct upset_line_unit *units; /* spans number them */
	size_t unit_count, unit_room;
	struct upset_spans spans;
};

/*
 * Read the ranges of the compilation units in @elf (NULL: there are none),
 * which must stay open.  0 or -ENOMEM; free with upset_lines_free(), on failure
 * too.
 */
int upset_lines_read(struct upset_lines *lines, Elf *elf);
void upset_lines_free(struct upset_lines *lines);

/* Store source file (NULL: unknown) and line (0: unknown) of @address. */
void upset_lines_find(
	struct upset_lines *lines, uint64_t address, const char **file, uint32_t *line);

/*
 * Call @visit for each place in the line tables from which on another line holds, unit by
 * unit; what upset_lines_find() says of that address.  0, or what @visit returned when not 0.
 */
int upset_lines_visit(struct upset_lines *lines,
	int (*visit)(void *context, uint64_t address, const char *file, uint32_t line),
	void *context);

#endif
