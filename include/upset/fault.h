/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * What a fault is, and its one text form; doc/faults.md has the grammar. */
#ifndef UPSET_FAULT_H
#define UPSET_FAULT_H

#include <stddef.h>
#include <stdint.h>

#include "upset/error.h"

UPSET_BEGIN_DECLS

/** What is done. */
enum upset_fault_model {
	UPSET_FAULT_FLIP,   /**< bits are inverted */
	UPSET_FAULT_STUCK0, /**< bits become 0 */
	UPSET_FAULT_STUCK1, /**< bits become 1 */
	UPSET_FAULT_SET,    /**< the location becomes a value */
	UPSET_FAULT_SKIP,   /**< the trigger's instruction is not executed */
	UPSET_FAULT_NONE,   /**< none: the location is read, and written as it is */
	UPSET_FAULT_MODELS  /**< how many there are */
};

/** To what it is done. */
enum upset_fault_location {
	UPSET_FAULT_NOWHERE,  /**< of UPSET_FAULT_SKIP */
	UPSET_FAULT_REGISTER, /**< a register */
	UPSET_FAULT_MEMORY,   /**< bytes of memory */
	UPSET_FAULT_OPERAND,  /**< an operand of the trigger's instruction */
	UPSET_FAULT_CODE,     /**< the bytes of an instruction */
};

/** When. */
enum upset_fault_trigger {
	UPSET_FAULT_AT_INSN, /**< just before the count-th instruction, from 0 */
	UPSET_FAULT_AT_PLACE /**< just before the count-th execution of a place, from 1 */
};

/** For how long. */
enum upset_fault_duration {
	UPSET_FAULT_TRANSIENT, /**< once */
	UPSET_FAULT_FOR,       /**< a number of instructions */
	UPSET_FAULT_FOREVER    /**< to the end of the run */
};

/** Sizes and special numbers. */
enum upset_fault_limits {
	UPSET_FAULT_BITS = 512,	      /**< bits of a location, at most */
	UPSET_FAULT_CODE_BITS = 120,  /**< of an instruction, at most */
	UPSET_FAULT_MEMORY_BYTES = 8, /**< of a memory location where nothing is said */
	UPSET_FAULT_ANY_THREAD = -2,  /**< whichever comes to the trigger the right time */
};

/** An address: module!symbol+offset.  Strings are owned. */
struct upset_fault_place {
	char *module;	 /**< file name without folders; NULL: the program itself */
	char *symbol;	 /**< NULL: offset is the address in the module's own file */
	uint64_t offset; /**< bytes */
};

struct upset_isa;

/** One fault. */
struct upset_fault {
	enum upset_fault_model model;	      /**< what is done */
	uint64_t bits[UPSET_FAULT_BITS / 64]; /**< to which bits; not for SET, SKIP, NONE */
	uint8_t value[UPSET_FAULT_BITS / 8];  /**< for SET, little-endian */
	enum upset_fault_location location;   /**< to what */
	uint16_t location_bits;		      /**< width of the location */
	const struct upset_isa *isa; /**< an instruction set that has the register; opaque */
	uint8_t resource;	     /**< register, see upset_fault_location_name() */
	uint8_t operand; /**< number of the operand, as `upset show STUDY operands` has it */
	struct upset_fault_place place;	  /**< of MEMORY and CODE */
	enum upset_fault_trigger trigger; /**< when */
	uint64_t count; /**< which instruction, or which execution of trigger_place */
	struct upset_fault_place trigger_place; /**< of UPSET_FAULT_AT_PLACE */
	int64_t thread; /**< in order of creation from 0; -1: not said, the first; or any */
	enum upset_fault_duration duration; /**< for how long */
	uint64_t duration_count;	    /**< instructions, for UPSET_FAULT_FOR */
};

/** The faults of one experiment. */
struct upset_faults {
	struct upset_fault *faults; /**< [count], owned */
	size_t count;		    /**< how many */
};

/** What became of one fault. */
enum upset_injection_state {
	UPSET_INJECTION_NOT_REACHED, /**< its trigger never came */
	UPSET_INJECTION_DONE,	     /**< and read back */
	UPSET_INJECTION_REFUSED,     /**< written, but what was read back is something else */
	UPSET_INJECTION_IMPOSSIBLE   /**< there is no such location; see reason */
};

/** One fault, carried out.  Values are little-endian. */
struct upset_injection {
	enum upset_injection_state state; /**< what became of it */
	uint64_t address;		  /**< program counter at the trigger, at run time */
	uint64_t insn;			  /**< instructions its thread had executed by then;
					     UINT64_MAX: not counted */
	uint16_t bits;			  /**< width of the values */
	uint8_t old_value[64];		  /**< of the location, before */
	uint8_t new_value[64];		  /**< what was written */
	uint8_t read_back[64];		  /**< what was read afterwards */
	char reason[96];		  /**< why it was impossible */
};

/**
 * Parse the faults of one experiment out of @p text, such as "flip:17 rax @ pc=main".
 * @param[in] text one line
 * @param[out] faults to be freed with upset_faults_free() in any case
 * @param[out] column of the mistake, from 1
 * @param[out] error may be NULL
 * @return 0; -EINVAL with a message; -ENOMEM
 */
UPSET_API int upset_faults_parse(const char *text, struct upset_faults *faults,
	unsigned int *column, struct upset_error *error);

/** The text of @p faults in its one canonical form; to be freed with free(); NULL: no memory. */
UPSET_API char *upset_faults_print(const struct upset_faults *faults);

/** Free what @p faults holds; it holds nothing then. */
UPSET_API void upset_faults_free(struct upset_faults *faults);

/** Name of a model: "flip". */
UPSET_API const char *upset_fault_model_name(enum upset_fault_model model);

/** Name of a fault's location: "rax", "memory", "operand", "code"; NULL: nowhere. */
UPSET_API const char *upset_fault_location_name(const struct upset_fault *fault);

UPSET_END_DECLS

#endif
