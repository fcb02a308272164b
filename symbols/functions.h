/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of a module, from its symbol tables and its procedure linkage
 * table.  Private to symbols/.
 */
#ifndef UPSET_SYMBOLS_FUNCTIONS_H
#define UPSET_SYMBOLS_FUNCTIONS_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbols/spans.h"

struct upset_function {
	uint64_t start, size; /* size 0: up to @limit at most */
	uint64_t limit;	      /* end of its section */
	const char *name;
	uint8_t rank; /* of aliases, the highest is preferred */
};

struct upset_functions {
	struct upset_function *items; /* sorted; spans number them */
	size_t count, room;
	char **names; /* made names, of PLT entries */
	size_t name_count, name_room;
	struct upset_spans spans;
};

/*
 * Read the functions of @module and of its debug file @debug (may be NULL).
 * Names point into both, which must stay open.  0 or -ENOMEM; free with
 * upset_functions_free(), on failure too.
 */
int upset_functions_read(struct upset_functions *functions, Elf *module, Elf *debug);
void upset_functions_free(struct upset_functions *functions);

/* The function at @address, or NULL. */
const struct upset_function *upset_functions_find(
	struct upset_functions *functions, uint64_t address);

/* Add one function; @name must live as long as @functions.  0 or -ENOMEM. */
int upset_functions_add(struct upset_functions *functions, const struct upset_function *function);
/* Sort by start those that were added. */
void upset_functions_sort(struct upset_functions *functions);
/* All were added and sorted: make their spans.  0 or -ENOMEM. */
int upset_functions_map(struct upset_functions *functions);

/*
 * Add the entries of the procedure linkage table of module @module,
 * named after the symbols that its relocations name.  The functions known so
 * far must be sorted by start: they name the resolvers of static programs.  0
 * or -ENOMEM.
 */
int upset_plt_read(struct upset_functions *functions, Elf *module);

#endif
