/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine code -> operands.  The one definition of what an instruction reads
 * and writes; both engines, inside QEMU and outside, decode through it.  Knows
 * nothing of processes, counting or files.  doc/operands.md defines the rows
 * (partial registers, implicit operands, zeroing idioms, flags).
 */
#ifndef UPSET_ISA_ISA_H
#define UPSET_ISA_ISA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* --- resources: the storage that an operand names ------------------------ */

enum upset_resource_kind {
	UPSET_RESOURCE_GENERAL, /* rax .. r15, 64 bits */
	UPSET_RESOURCE_FLAG,	/* cf pf af zf sf df of, 1 bit each */
	UPSET_RESOURCE_VECTOR,	/* ymm0 .. ymm15, 256 bits */
	UPSET_RESOURCE_X87,	/* st0 .. st7, 80 bits, relative to the stack's top */
	UPSET_RESOURCE_MMX,	/* mm0 .. mm7, 64 bits */
	UPSET_RESOURCE_MEMORY,
};

/* Resource numbers of x86-64: fixed, they are part of the store's format. */
enum {
	UPSET_RAX = 0, /* general registers in encoding order: */
	UPSET_RCX,
	UPSET_RDX,
	UPSET_RBX,
	UPSET_RSP,
	UPSET_RBP,
	UPSET_RSI,
	UPSET_RDI,
	UPSET_R8,
	UPSET_R9,
	UPSET_R10,
	UPSET_R11,
	UPSET_R12,
	UPSET_R13,
	UPSET_R14,
	UPSET_R15,
	UPSET_CF = 16,
	UPSET_PF,
	UPSET_AF,
	UPSET_ZF,
	UPSET_SF,
	UPSET_DF,
	UPSET_OF,
	UPSET_YMM0 = 24, /* .. 39 */
	UPSET_ST0 = 40,	 /* .. 47 */
	UPSET_MM0 = 48,	 /* .. 55 */
	UPSET_MEMORY = 56,
	UPSET_RESOURCE_COUNT = 57,
	UPSET_RESOURCE_NONE = 255,
};

struct upset_resource {
	const char *name; /* "rax", "zf", "ymm3", "st0", "mm1", "memory" */
	enum upset_resource_kind kind;
	uint16_t bits;	  /* 0 for memory */
	uint8_t flag_bit; /* position in RFLAGS, for flags */
};

/* Describe resource @id (< UPSET_RESOURCE_COUNT); NULL for an unused number (23). */
const struct upset_resource *upset_isa_resource(unsigned int id);

/* --- operands ------------------------------------------------------------- */

enum upset_access { UPSET_READ = 0, UPSET_WRITE = 1 };

/* One row: one access (read or write) of one argument of one instruction. */
struct upset_operand {
	uint8_t index;	     /* order in the instruction: the decoder's operand number
				(explicit ones first, as in Intel syntax; immediates take
				a number but make no row); address registers follow */
	uint8_t access;	     /* enum upset_access */
	uint8_t resource;    /* resource number */
	uint8_t memory;	     /* index into insn->memory[] when resource is UPSET_MEMORY */
	uint16_t bits;	     /* width of the access in bits */
	uint16_t bit_offset; /* of its bit 0 in the resource: 8 for ah, else 0 */
	bool conditional;    /* the access may not happen (memory of a masked move, of a REP) */
	bool zero_extends;   /* the write also clears the rest of the register: 32-bit
				general registers, VEX-encoded vectors */
};

/* A memory argument: the address is segment base + base + index * scale + displacement. */
struct upset_memory {
	uint8_t base, index;  /* general register resource (index: also a vector, see
				 vector_index) or UPSET_RESOURCE_NONE;
				 a rip-relative address has neither: see absolute */
	uint8_t scale;	      /* 1, 2, 4, 8 */
	uint8_t address_bits; /* 64 or 32 */
	uint8_t segment;      /* 0 none, 1 fs, 2 gs */
	bool vector_index;    /* gather: index is a vector register, address not computable here */
	bool index_is_al;     /* xlat: of index (rax) only the low 8 bits count */
	uint8_t bit_string;   /* bt, bts, btr, btc with the bit number in a register: that
				 register, else UPSET_RESOURCE_NONE; the element that
				 holds the bit may lie far from the address in the text */
	int64_t displacement; /* the address is always computed from registers BEFORE the
				 instruction: for push-like writes this includes the
				 stack pointer's decrement, for pop [rsp+x] its increment */
	bool absolute;	      /* displacement is the whole address (rip-relative resolved, moffs) */
	uint32_t bits;	      /* width of one access in bits, e.g. 8 for movsb, 4096 for fxsave */
};

enum upset_insn_class {
	UPSET_CLASS_BRANCH = 1 << 0,	  /* any transfer of control, call and ret included */
	UPSET_CLASS_CONDITIONAL = 1 << 1, /* conditional branch: jcc, loop, jrcxz */
	UPSET_CLASS_CALL = 1 << 2,
	UPSET_CLASS_RETURN = 1 << 3,
	UPSET_CLASS_SYSCALL = 1 << 4, /* syscall, sysenter, int 0x80 */
	UPSET_CLASS_STRING = 1 << 5,  /* movs cmps scas lods stos (ins outs) */
	UPSET_CLASS_REP = 1 << 6,     /* with a REP prefix that has effect */
	UPSET_CLASS_LOCK = 1 << 7,    /* LOCK prefix, or xchg with memory */
	UPSET_CLASS_X87 = 1 << 8,     /* x87 or MMX state involved */
	UPSET_CLASS_VECTOR = 1 << 9,  /* SSE/AVX registers involved */
	UPSET_CLASS_TRAP =
		1 << 10, /* int3, int n, into, icebp: done when the exception is raised */
};

enum {
	UPSET_INSN_MAX_OPERANDS = 48, /* rows; syscall, pushf and gather need many */
	UPSET_INSN_MAX_MEMORY = 4,
	UPSET_COUNTED_BITS_MAX = 512, /* rows wider than this have no counts by bit */
};

struct upset_insn {
	uint64_t address;	 /* at run time */
	uint64_t branch_target;	 /* of a direct branch or call, else 0 */
	uint64_t immediate;	 /* the first immediate argument, sign-extended as the instruction
				    does; 0 where there is none */
	uint8_t immediate_index; /* its operand number, UPSET_RESOURCE_NONE: there is none */
	uint16_t mnemonic;	 /* ZydisMnemonic */
	uint16_t classes;	 /* enum upset_insn_class, or-ed */
	uint8_t size;		 /* bytes */
	uint8_t operand_count;
	uint8_t memory_count;
	uint8_t bytes[15];
	struct upset_memory memory[UPSET_INSN_MAX_MEMORY]; /* [memory_count]; lea accesses none,
				but memory[0] is the sum that it computes */
	struct upset_operand operands[UPSET_INSN_MAX_OPERANDS];
};

/*
 * Decode the x86-64 instruction at @address from @bytes (@size available, 15
 * are enough).  0, or -EILSEQ when it is no instruction, or -ENODATA when it
 * does not end within @size.  Thread-safe, allocates nothing.
 */
int upset_isa_decode(struct upset_insn *insn, uint64_t address, const uint8_t *bytes, size_t size);

/* Write Intel-syntax text of @insn, always terminated, into @text[@size]. */
void upset_isa_format(const struct upset_insn *insn, char *text, size_t size);

/*
 * The address of memory argument @m, from the general registers before the
 * instruction (@gpr[16], encoding order) and the fs and gs bases.
 */
uint64_t upset_isa_address(
	const struct upset_memory *m, const uint64_t gpr[16], uint64_t fs_base, uint64_t gs_base);

/*
 * Whether a conditional branch is taken, from the state before it: @rflags and
 * @rcx.  Only for UPSET_CLASS_CONDITIONAL.
 */
bool upset_isa_taken(const struct upset_insn *insn, uint64_t rflags, uint64_t rcx);

/* True when the row's bits are counted (its width is 1 .. UPSET_COUNTED_BITS_MAX). */
static inline bool upset_operand_is_counted(const struct upset_operand *o)
{
	return o->bits > 0 && o->bits <= UPSET_COUNTED_BITS_MAX;
}

#endif
