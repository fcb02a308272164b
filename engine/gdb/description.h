/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside engine/gdb only: the description that a stub gives of its registers, as XML in
 * several documents.  What they hold may be anything.  The format: "Debugging with GDB",
 * appendix "Target Descriptions".
 */
#ifndef UPSET_ENGINE_GDB_DESCRIPTION_H
#define UPSET_ENGINE_GDB_DESCRIPTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
	GDB_NAME_BYTES = 32,
	GDB_REGISTERS_MOST = 16384,
	GDB_REGISTER_BITS_MOST = 1 << 14,
	GDB_INCLUDES_MOST = 64, /* documents in all */
};

struct gdb_register {
	char name[GDB_NAME_BYTES];
	uint32_t number; /* in packets */
	uint32_t bits;	 /* a multiple of 8 */
};

struct gdb_description {
	struct gdb_register *registers; /* [count], by number */
	size_t count;
	char architecture[64]; /* as GDB names it; "": not told */
};

/* Give the document @name as *@text[*@size], the caller's to free, or -errno without a message. */
typedef int gdb_document(void *context, const char *name, char **text, size_t *size);

/*
 * Read target.xml and what it includes.  0; -EPROTO with a message (no XML, no register, two
 * with one number, ...); -ENOMEM; or what @document returned, without one.  Free @d in any case.
 */
int gdb_description_read(struct gdb_description *d, gdb_document *document, void *context,
	struct upset_error *error);
void gdb_description_fini(struct gdb_description *d);

#endif
