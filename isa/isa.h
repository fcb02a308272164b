/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract of an instruction set, chosen at run time: its registers, how it
 * calls, and machine code -> operands, the one definition of what an instruction
 * reads and writes.  All engines, inside QEMU and outside, decode through it.
 * Knows nothing of processes, counting or files.  doc/operands.md defines the rows
 * (partial registers, implicit operands, zeroing idioms, flags).
 *
 * A set is a folder of isa/ with one const struct upset_isa, and a line in isa/isa.c.
 */
#ifndef UPSET_ISA_ISA_H
#define UPSET_ISA_ISA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "isa/effect.h"

/* --- resources: the storage that an operand names ------------------------ */

enum upset_resource_kind {
	UPSET_RESOURCE_NOTHING, /* an unused number */
	UPSET_RESOURCE_GENERAL, /* rax, x7 */
	UPSET_RESOURCE_FLAG,	/* cf, n: a status bit that instructions compute */
	UPSET_RESOURCE_VECTOR,	/* ymm0, v3 */
	UPSET_RESOURCE_FLOAT,	/* f5 */
	UPSET_RESOURCE_X87,	/* st0 .. st7, 80 bits, relative to the stack's top */
	UPSET_RESOURCE_MMX,	/* mm0 .. mm7, 64 bits, which lie in x87 registers */
	UPSET_RESOURCE_CONTROL, /* fcsr, fpcr: modes and sticky status of units, with rows */
	UPSET_RESOURCE_MEMORY,
	UPSET_RESOURCE_HIDDEN,	 /* pc, fs_base: faults and addresses may name it, rows do not */
	UPSET_RESOURCE_INTERNAL, /* for engines alone: the word that flags are bits of, the mode */
};

enum {
	UPSET_MEMORY = 56, /* has this number in every set: part of the store's format */
	UPSET_RESOURCES_MAX = 128,
	UPSET_RESOURCE_NONE = 255,
	UPSET_LIVE_PARTS = 4, /* most parts of a register whose live share is told apart */
	UPSET_CELLS_MAX = 512,
	UPSET_STATE_BYTES = 2048, /* the largest register image */
};

/* A resource; its number is the index in isa->resources, part of the store's format. */
struct upset_resource {
	const char *name; /* "rax", "zf", "ymm3", "memory"; NULL: an unused number */
	uint8_t kind;	  /* enum upset_resource_kind */
	uint16_t bits;	  /* 0 for memory */
	uint8_t part_ends[UPSET_LIVE_PARTS]; /* live share (profile/live.h): bytes at which its
				parts end, rising; 0 after the last; none: it has no live share */
	uint16_t cell;	 /* its first cell of live share, one for each part, < isa->cell_count;
			    aligned to 4 where it has 4; those written together side by side */
	uint16_t offset; /* of its bytes in the register image (isa/state.h) */
	/* Flags: */
	uint8_t flag_bit; /* from offset on */
	uint8_t kernel;	  /* enum upset_flag that computes it; UPSET_FLAG_COUNT: none */
	bool inverted;	  /* after UPSET_FLAGS_SUB it is 1 where the kernel's is 0 (ARM's carry) */
	/* Where QEMU has it: */
	const char *qemu;   /* name; NULL: it cannot be had alone, as a flag */
	uint8_t ring;	    /* x87: the resource says which of them is number 0; else NONE: the */
	uint8_t ring_count; /* names of so many, from a multiple of their count on, turn */
};

/* Another name of a resource or of its low bits: xmm3, w7, ra. */
struct upset_alias {
	const char *name;
	uint8_t resource;
	uint16_t bits;
};

/* --- operands ------------------------------------------------------------- */

enum upset_access { UPSET_READ = 0, UPSET_WRITE = 1 };

/* One row: one access (read or write) of one argument of one instruction. */
struct upset_operand {
	uint8_t index;	       /* order in the instruction: the decoder's operand number
				  (explicit ones first, as in the text; immediates take
				  a number but make no row); address registers follow */
	uint8_t access;	       /* enum upset_access */
	uint8_t resource;      /* resource number */
	uint8_t memory;	       /* index into insn->memory[] when resource is UPSET_MEMORY */
	uint16_t bits;	       /* width of the access in bits */
	uint16_t bit_offset;   /* of its bit 0 in the resource: 8 for ah, else 0 */
	uint8_t effect;	       /* of a write row: index into insn->effects[], or UPSET_NO_EFFECT */
	bool conditional : 1;  /* the access may not happen (memory of a masked move, of a REP, of
				  a predicated instruction) */
	bool zero_extends : 1; /* the write also clears the rest of the register: 32-bit
				  general registers, VEX-encoded vectors */
};

/*
 * A memory argument.  The address is
 *   segment + base + (index << shift) + displacement,
 * the sum without the segment modulo 2^address_bits, where of index the low
 * index_bits count, sign- or zero-extended, and cleared_bits of the whole are 0.
 * Registers are those BEFORE the
 * instruction: for push-like writes the displacement includes the stack pointer's
 * decrement, for pre-indexed ones the increment.
 */
struct upset_memory {
	uint8_t base, index, segment; /* resource numbers, or UPSET_RESOURCE_NONE */
	uint8_t address_bits;	      /* 64 or 32 */
	uint8_t index_bits;	      /* 64, 32, 8 */
	uint8_t shift;		      /* left, of the index */
	uint8_t bit_string;	      /* bt, bts, btr, btc with the bit number in a register: that
					 register, else UPSET_RESOURCE_NONE; the element that
					 holds the bit may lie far from the address in the text */
	bool index_signed : 1;
	bool index_negative : 1; /* it is subtracted (ARM) */
	bool scattered : 1; /* several addresses (gather), or none that registers alone tell: it
			       cannot be computed here */
	bool absolute : 1;  /* displacement is the whole address (relative to pc: resolved) */
	int64_t displacement;
	uint32_t bits;	      /* width of one access in bits, e.g. 8 for movsb, 4096 for fxsave */
	uint8_t cleared_bits; /* so many low bits of the address are 0 (dc zva) */
};

enum upset_insn_class {
	UPSET_CLASS_BRANCH = 1 << 0,	  /* any transfer of control, call and ret included */
	UPSET_CLASS_CONDITIONAL = 1 << 1, /* conditional branch: jcc, loop, cbz, beq */
	UPSET_CLASS_CALL = 1 << 2,
	UPSET_CLASS_RETURN = 1 << 3,
	UPSET_CLASS_SYSCALL = 1 << 4,  /* syscall, int 0x80, svc, ecall */
	UPSET_CLASS_STRING = 1 << 5,   /* movs cmps scas lods stos (ins outs) */
	UPSET_CLASS_REP = 1 << 6,      /* repeats, and is one instruction however often */
	UPSET_CLASS_LOCK = 1 << 7,     /* atomic: LOCK prefix, xchg with memory, ldadd, amo */
	UPSET_CLASS_X87 = 1 << 8,      /* x87 or MMX state involved */
	UPSET_CLASS_VECTOR = 1 << 9,   /* vector, float or control registers involved */
	UPSET_CLASS_TRAP = 1 << 10,    /* int3, brk, ebreak: done when the exception is raised */
	UPSET_CLASS_DELAYED = 1 << 11, /* a branch that happens behind the next instruction */
};

/* What engines have to know of an instruction beside its rows. */
enum upset_insn_quirk {
	UPSET_QUIRK_CALLBACKS = 1 << 0, /* what it accesses cannot be told when it is translated */
	UPSET_QUIRK_SPOILS_VECTORS = 1 << 1, /* it changes vectors that no row names */
	UPSET_QUIRK_RENAMES = 1 << 2,	/* registers have other numbers behind it (SPARC's save) */
	UPSET_QUIRK_EXCLUSIVE = 1 << 3, /* a store behind it fails when the program stops before */
};

enum {
	UPSET_INSN_MAX_OPERANDS = 48, /* rows; syscall, pushf and gather need many */
	UPSET_INSN_MAX_MEMORY = 4,
	UPSET_INSN_MAX_BYTES = 15,
	UPSET_COUNTED_BITS_MAX = 512, /* rows wider than this have no counts by bit */
};

struct upset_insn {
	uint64_t address;	 /* at run time */
	uint64_t branch_target;	 /* of a direct branch or call, else 0 */
	uint64_t immediate;	 /* the first immediate argument, sign-extended as the instruction
				    does; 0 where there is none */
	uint8_t immediate_index; /* its operand number, UPSET_RESOURCE_NONE: there is none */
	uint8_t mode;		 /* that it was decoded in */
	uint16_t classes;	 /* enum upset_insn_class, or-ed */
	uint16_t form;	/* the set's own number for it: what taken() and the like look at */
	uint8_t quirks; /* enum upset_insn_quirk, or-ed */
	uint8_t size;	/* bytes */
	uint8_t operand_count;
	uint8_t memory_count;
	uint8_t effect_count;
	uint8_t bytes[UPSET_INSN_MAX_BYTES];
	struct upset_flags_effect flags;
	struct upset_effect effects[UPSET_INSN_MAX_EFFECTS];
	struct upset_memory memory[UPSET_INSN_MAX_MEMORY]; /* [memory_count] */
	struct upset_operand operands[UPSET_INSN_MAX_OPERANDS];
};

/* --- instruction sets ------------------------------------------------------- */

struct upset_state;

enum { UPSET_ISA_SYSCALL_ARGUMENTS = 6 };

struct upset_isa {
	const char *name;     /* "x86-64", "aarch64", "riscv64", "i386" */
	uint8_t number;	      /* part of the store's format */
	const char *qemu;     /* QEMU's name of the target: "x86_64" */
	const char *qemu_cpu; /* its -cpu: what its rows are complete for */
	struct {
		uint16_t machine; /* EM_X86_64 */
		uint8_t class, data;
	} elf;
	uint8_t word_bits; /* of a general register and of an address: 64 or 32 */
	bool big_endian;   /* of values in memory; code may differ, decode() knows */
	uint8_t insn_bytes_max;
	uint8_t insn_alignment; /* bytes; 1 on x86 */

	const struct upset_resource *resources;
	const struct upset_alias *aliases;
	uint16_t resource_count, alias_count, cell_count;
	uint16_t state_bytes; /* of the register image */

	/* Resource numbers, UPSET_RESOURCE_NONE where it has no such: */
	uint8_t pc, sp;
	uint8_t link;		/* where a call leaves the return address */
	uint8_t next_pc;	/* with delay slots: of the instruction behind the one at pc */
	uint8_t flags;		/* the word that flags are bits of */
	uint8_t mode;		/* whose value is the mode to decode in */
	uint8_t counter;	/* what REP counts down */
	uint8_t syscall_number; /* of a system call */
	uint8_t syscall_result;
	uint8_t syscall_arguments[UPSET_ISA_SYSCALL_ARGUMENTS];

	uint8_t return_bytes;	 /* that a call pushes; 0: the return address is in link */
	uint16_t red_zone_bytes; /* below the stack pointer that are in use */
	/* Stubs of procedure linkage tables jump where this register says; NONE: where memory does,
	   at a fixed address or relative to stub_base. */
	uint8_t stub_register, stub_base;
	uint8_t resolver_bytes; /* that lie on the stack when one goes to what finds its target */

	/*
	 * Decode the instruction at @address from @bytes (@size available,
	 * insn_bytes_max are enough), in @mode (0 where there is one alone).  0, or
	 * -EILSEQ when it is no instruction, or -ENODATA when it does not end within
	 * @size.  @insn need not be initialised.  Thread-safe, allocates nothing.
	 */
	int (*decode)(struct upset_insn *insn, unsigned int mode, uint64_t address,
		const uint8_t *bytes, size_t size);

	/* Write the text of @insn (address, mode, size and bytes of it), always terminated, into
	   @text[@size] (> 0); empty when it is no instruction. */
	void (*format)(const struct upset_insn *insn, char *text, size_t size);

	/* Whether a conditional branch is taken, from the state before it: general registers and
	   flags.  Only for UPSET_CLASS_CONDITIONAL. */
	bool (*taken)(const struct upset_insn *insn, const struct upset_state *state);
};

/* Number @index of the sets that there are; NULL: there are no more.  Numbers change between
   versions of upset: nothing keeps them. */
const struct upset_isa *upset_isa_at(unsigned int index);
unsigned int upset_isa_index(const struct upset_isa *isa);

/* By an ELF header, by QEMU's target name, by its own name; NULL: there is none. */
const struct upset_isa *upset_isa_find_elf(uint16_t machine, uint8_t class, uint8_t data);
const struct upset_isa *upset_isa_find_qemu(const char *target);
const struct upset_isa *upset_isa_find(const char *name);

/* Describe resource @id; NULL for an unused number. */
const struct upset_resource *upset_isa_resource(const struct upset_isa *isa, unsigned int id);

/*
 * Which resource @name[@size] is the name or an alias of, and of how many of its low bits.
 * Memory and internal ones have no names in this sense.  UPSET_RESOURCE_NONE: no such.
 */
unsigned int upset_isa_find_resource(
	const struct upset_isa *isa, const char *name, size_t size, uint16_t *bits);
/* The name of the low @bits of resource @id: its own, or an alias for as many. */
const char *upset_isa_resource_name(
	const struct upset_isa *isa, unsigned int id, unsigned int bits);

/* Of a resource of @isa that is a flag. */
static inline bool upset_isa_is_flag(const struct upset_isa *isa, unsigned int id)
{
	return isa->resources[id].kind == UPSET_RESOURCE_FLAG;
}

/* See struct upset_isa; @size 0 and NULL texts are allowed. */
int upset_isa_decode(const struct upset_isa *isa, struct upset_insn *insn, unsigned int mode,
	uint64_t address, const uint8_t *bytes, size_t size);
void upset_isa_format(
	const struct upset_isa *isa, const struct upset_insn *insn, char *text, size_t size);

/* The row of operand number @index that has @access; UPSET_FROM_NOTHING: there is none. */
static inline uint8_t upset_insn_row(
	const struct upset_insn *insn, unsigned int index, unsigned int access)
{
	for (unsigned int k = 0; k < insn->operand_count; k++) {
		if (insn->operands[k].index == index && insn->operands[k].access == access)
			return (uint8_t)k;
	}
	return UPSET_FROM_NOTHING;
}

/* True when the row's bits are counted (its width is 1 .. UPSET_COUNTED_BITS_MAX). */
static inline bool upset_operand_is_counted(const struct upset_operand *o)
{
	return o->bits > 0 && o->bits <= UPSET_COUNTED_BITS_MAX;
}

#endif
