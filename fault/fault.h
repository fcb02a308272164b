/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fault is, and its one text form (doc/faults.md has the grammar).
 * Knows nothing of how faults are carried out.
 */
#ifndef UPSET_FAULT_FAULT_H
#define UPSET_FAULT_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum upset_fault_model {
	UPSET_FAULT_FLIP,
	UPSET_FAULT_STUCK0,
	UPSET_FAULT_STUCK1,
	UPSET_FAULT_SET,  /* to value */
	UPSET_FAULT_SKIP, /* the trigger's instruction is not executed */
	UPSET_FAULT_MODELS
};

enum upset_fault_location {
	UPSET_FAULT_NOWHERE, /* of UPSET_FAULT_SKIP */
	UPSET_FAULT_REGISTER,
	UPSET_FAULT_MEMORY,
	UPSET_FAULT_OPERAND, /* of the trigger's instruction */
	UPSET_FAULT_CODE,    /* the bytes of an instruction */
};

enum upset_fault_trigger {
	UPSET_FAULT_AT_INSN, /* just before the count-th instruction, from 0 */
	UPSET_FAULT_AT_PLACE /* just before the count-th execution of place, from 1 */
};

enum upset_fault_duration {
	UPSET_FAULT_TRANSIENT, /* once */
	UPSET_FAULT_FOR,       /* a number of instructions */
	UPSET_FAULT_FOREVER
};

enum {
	UPSET_FAULT_BITS = 512,	      /* bits of a location, at most */
	UPSET_FAULT_CODE_BITS = 120,  /* of an instruction, at most */
	UPSET_FAULT_MEMORY_BYTES = 8, /* of a memory location where nothing is said */
	UPSET_FAULT_ANY_THREAD = -2,  /* whichever comes to the trigger the right time */
	UPSET_FAULT_RIP = 128,	      /* a resource beside those of isa/isa.h */
};

/* An address: module!symbol+offset.  Strings are owned. */
struct upset_fault_place {
	char *module; /* file name without folders; NULL: the program itself */
	char *symbol; /* NULL: offset is the address in the module's own file */
	uint64_t offset;
};

struct upset_fault {
	enum upset_fault_model model;
	uint64_t bits[UPSET_FAULT_BITS / 64]; /* which; not for SET and SKIP */
	uint8_t value[UPSET_FAULT_BITS / 8];  /* for SET, little-endian */
	enum upset_fault_location location;
	uint16_t location_bits;		/* width */
	uint8_t resource;		/* register, or UPSET_FAULT_RIP */
	uint8_t operand;		/* as numbered by isa/isa.h */
	struct upset_fault_place place; /* of MEMORY and CODE */
	enum upset_fault_trigger trigger;
	uint64_t count; /* which instruction, or which execution of trigger_place */
	struct upset_fault_place trigger_place;
	int64_t thread; /* in order of creation from 0; -1: not said, the first; or any */
	enum upset_fault_duration duration;
	uint64_t duration_count; /* instructions, for UPSET_FAULT_FOR */
};

/* The faults of one experiment. */
struct upset_faults {
	struct upset_fault *faults;
	size_t count;
};

/*
 * Parse the faults of one experiment out of @text.  0; -EINVAL with a message
 * and the place of the mistake in *@column (from 1); -ENOMEM.  Free @faults with
 * upset_faults_free() in any case.
 */
int upset_faults_parse(const char *text, struct upset_faults *faults, unsigned int *column,
	struct upset_error *error);

/* The text of @faults in its one canonical form; to be freed; NULL: out of memory. */
char *upset_faults_print(const struct upset_faults *faults);

void upset_faults_free(struct upset_faults *faults);

/* Called for each experiment of a list; the faults end with the call.  Not 0 ends the reading. */
typedef int upset_faults_visit(void *context, unsigned int line, const struct upset_faults *faults);

/*
 * Read a list: one experiment a line, empty lines and comments ("# ...", also
 * behind an experiment) are left out.  @name is for messages, which begin
 * "name:line:column: ".  0, -EINVAL, -EIO, -ENOMEM, or what @visit returned.
 */
int upset_faults_read(FILE *file, const char *name, upset_faults_visit *visit, void *context,
	struct upset_error *error);

/* Name of a model: "flip". */
const char *upset_fault_model_name(enum upset_fault_model model);

#endif
