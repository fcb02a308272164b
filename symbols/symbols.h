/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of a module -> function, source file and line.  Reads ELF symbol
 * tables and DWARF line tables, of the module itself and of its separate debug
 * file when one is installed.  Knows nothing of processes and profiles: an
 * address is the address in the module's own file (its ELF virtual address).
 *
 * Files are not trusted: a damaged or made-up one yields fewer names, never a
 * crash.  No network is used.
 */
#ifndef UPSET_SYMBOLS_SYMBOLS_H
#define UPSET_SYMBOLS_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

struct upset_symbols;

/* What is known of one address; strings belong to the struct upset_symbols. */
struct upset_place {
	const char *function;	   /* as in the symbol table, C++ names mangled; "foo@plt" in the
				      procedure linkage table; NULL: unknown */
	uint64_t function_address; /* where that symbol begins; 0 when unknown */
	const char *file;	   /* source file, joined to the directory it was compiled in when
				      that is recorded; NULL: unknown */
	uint32_t line;		   /* from 1; 0: unknown */
};

/*
 * An object for the module in file @path (copied).  Nothing is read before the
 * first upset_symbols_find().  A path that is no ELF file, as "[anon]", is
 * allowed: nothing is known of its addresses.  NULL: out of memory.  Free with
 * upset_symbols_close().
 */
struct upset_symbols *upset_symbols_open(const char *path);
/* Free @symbols (NULL is allowed) and every string it gave out. */
void upset_symbols_close(struct upset_symbols *symbols);

/*
 * Fill @place with what is known of @address; what is not known is NULL or 0.
 * The function is the one whose symbol covers the address: with several the
 * one that begins last, of aliases the one that is global before weak before
 * local, with the fewest leading underscores, then by name.  A symbol without a
 * size reaches up to the next symbol or the end of its section.  Fastest for
 * ascending addresses.  0, or -ENOMEM (@place is all unknown).  Use an object
 * from one thread at a time.
 */
int upset_symbols_find(struct upset_symbols *symbols, uint64_t address, struct upset_place *place);

/*
 * Call @visit for each place of the module from which on another source line holds, in
 * functions only, with what upset_symbols_find() says of its @address; in the order of
 * the line tables.  Strings belong to @symbols.  0, -ENOMEM, or what @visit returned when
 * that is not 0.
 */
int upset_symbols_visit_lines(struct upset_symbols *symbols,
	int (*visit)(void *context, uint64_t address, const struct upset_place *place),
	void *context);

/*
 * The address of the function or data called @name, as in the symbol table:
 * *@address.  With several of one name a global one before a weak one before a
 * local one, then the first.  0; -ENOENT when there is none, -ENOMEM.
 */
int upset_symbols_address(struct upset_symbols *symbols, const char *name, uint64_t *address);

/* The same in the file at @path, which is opened for it; @context is not used. */
bool upset_symbols_address_in(void *context, const char *path, const char *name, uint64_t *address);

#endif
