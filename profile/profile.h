/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a golden run counts.  An engine fills a profile, upset_profile_finish()
 * derives what follows from the counts (modules, blocks, registers, totals) the
 * same way for every engine, the store reads it.  Knows nothing of how the
 * program was run or where results are kept.  Definitions: doc/statistics.md.
 */
#ifndef UPSET_PROFILE_PROFILE_H
#define UPSET_PROFILE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "isa/isa.h"
#include "profile/calls.h"
#include "profile/live.h"
#include "profile/seen.h"
#include "profile/work.h"
#include "upset/program.h"

/* "counts", "operands", "full". */
const char *upset_detail_name(enum upset_detail detail);
/* Parse such a name; false when it is none. */
bool upset_detail_parse(const char *name, enum upset_detail *detail);

/* --- mappings: where the code and data of the program lie ------------------ */

enum upset_region {
	UPSET_REGION_CODE,    /* executable mapping of a file */
	UPSET_REGION_RODATA,  /* read-only mapping of an ELF module's file */
	UPSET_REGION_DATA,    /* writable mapping of an ELF module's file */
	UPSET_REGION_BSS,     /* anonymous, directly after a module's data */
	UPSET_REGION_HEAP,    /* brk area */
	UPSET_REGION_STACK,   /* the main thread's stack */
	UPSET_REGION_MAPPING, /* everything else: mmap, thread stacks, vdso */
	UPSET_REGION_COUNT
};
const char *upset_region_name(enum upset_region region);

struct upset_mapping {
	uint64_t start, end; /* run-time addresses, end exclusive */
	uint64_t offset;     /* of start in the file, bytes; 0 when anonymous */
	enum upset_region region;
	bool readable, writable, executable;
	char *path; /* file, or "[heap]", "[stack]", "[vdso]", "[anon]"; owned */
};

/* --- instructions ----------------------------------------------------------- */

/* Counts of one operand row. */
struct upset_tally {
	uint64_t samples; /* values seen = times the access happened */
	uint64_t *ones;	  /* [bits], in how many samples the bit was 1; NULL when no values
			     were collected or the row is not counted; the profile's */
	uint64_t address_min, address_max; /* lowest and highest byte address touched
			   (max inclusive), memory rows at detail full; min > max: none */
};

struct upset_profile_insn {
	uint32_t mapping;		  /* index into profile->mappings */
	uint32_t module;		  /* index into profile->modules; after finish */
	uint64_t address;		  /* in the module's own file (its ELF virtual address), or
					     the run-time address where there is no file; after finish */
	uint64_t executions;		  /* times retired, all threads */
	uint64_t first_index, last_index; /* lowest first and highest last instruction index
			   over the threads; valid when executions > 0, detail full. A new
			   record has UINT64_MAX and 0: take minimum and maximum */
	uint64_t repeats;		  /* REP: iterations done */
	uint64_t taken;			  /* conditional branches: times taken */
	struct upset_tally *tallies;	  /* [insn.operand_count], the profile's */
	struct upset_insn insn;		  /* decoded, with the run-time address; last, because the
					     profile's own records end after operands[operand_count]:
					     use them in place, never copy one by assignment */
};

/* --- run-wide ------------------------------------------------------------------ */

struct upset_page {
	uint64_t address;		    /* run-time address, multiple of 4096 */
	uint64_t reads, writes;		    /* accesses that begin in this page */
	uint64_t bytes_read, bytes_written; /* of those accesses, counted to this page */
	enum upset_region region;	    /* after finish */
};

struct upset_thread {
	uint32_t number; /* 0 = the first thread, then in order of creation */
	uint64_t instructions;
};

struct upset_number_count {
	int64_t number; /* system call or signal number */
	uint64_t count;
};

/* Derived by finish: a maximal run of instructions entered at its first, left at its last. */
struct upset_block {
	uint32_t first; /* index into profile->insns (sorted), instruction_count consecutive ones */
	uint32_t instruction_count;
	uint64_t size; /* bytes */
	uint64_t executions;
};

#define UPSET_NONE UINT32_MAX

/* An instruction by its address. */
struct upset_call_place {
	uint64_t address; /* at run time; in its module's file after finish */
	uint32_t module;  /* after finish; UPSET_NONE: no instruction was executed there */
	uint32_t insn;	  /* index into profile->insns after finish, or UPSET_NONE */
};

/* A node of the tree of calls.  After finish in order of depth, parents before their children. */
struct upset_call_path {
	uint32_t parent; /* index into profile->call_paths; UPSET_NONE: the root */
	struct upset_call_place site, entry;
	uint64_t calls;
	struct upset_work own;
	struct upset_work inclusive; /* with that of the nodes below; after finish */
};

struct upset_module {
	char *path;	    /* as mapped; "[anon]" for generated code; owned */
	char *sha256;	    /* of the file, hex, or NULL; owned */
	char *build_id;	    /* hex, or NULL; owned */
	uint64_t load_bias; /* run-time address - file address */
};

/* Derived by finish: one line per register resource. */
struct upset_register_counts {
	uint64_t reads, writes;			  /* sums of the samples of the rows naming it */
	uint64_t read_ones[256], write_ones[256]; /* by bit of the whole register */
	double live_share;			  /* 0 .. 1; detail full, else NaN */
};

struct upset_written_file {
	char *path; /* owned */
	uint64_t bytes;
	char sha256[65];
	bool exists; /* false when it was gone at the end of the run; sha256 is "" then,
			and when it could not be read */
};

struct upset_run {
	char *engine, *engine_version; /* "qemu", "10.0.13+upset1"; owned */
	enum upset_detail detail;
	struct upset_seen seen;
	struct upset_written_file *files; /* sorted by path after finish */
	size_t file_count;
	uint64_t peak_memory_bytes;    /* of the process that ran the program (for qemu: of QEMU) */
	uint64_t children_not_counted; /* fork, vfork: processes that ran without counting */
	uint64_t lost;		       /* samples known to be missing; 0 in a sound run */
};

struct upset_profile {
	const struct upset_isa *isa; /* of the program */
	enum upset_detail detail;
	struct upset_run run;

	struct upset_mapping *mappings;
	size_t mapping_count;
	struct upset_profile_insn **insns; /* sorted by (module, address, bytes) after finish */
	size_t insn_count;
	struct upset_page *pages; /* detail full; sorted by address after finish */
	size_t page_count;
	struct upset_thread *threads; /* by number */
	size_t thread_count;
	struct upset_number_count *syscalls, *signals; /* sorted by number after finish */
	size_t syscall_count, signal_count;
	struct upset_call_path *call_paths; /* [0] is the root; none when they were not collected */
	size_t call_path_count;
	uint64_t calls_lost; /* calls without a node of their own */

	/* After finish: */
	struct upset_module *modules;
	size_t module_count;
	struct upset_block *blocks;
	size_t block_count;
	struct upset_register_counts registers[UPSET_RESOURCES_MAX];
	uint64_t instructions, calls, branches, block_executions;
	uint64_t region_bytes_read[UPSET_REGION_COUNT], region_bytes_written[UPSET_REGION_COUNT];

	/* Filled by upset_profile_add_live(): points (instructions) at which the part was live. */
	uint64_t live[UPSET_RESOURCES_MAX][UPSET_LIVE_PARTS];

	struct upset_profile_index *index; /* private hash tables */
};

/* A new, empty profile; NULL only when memory is out. Free with upset_profile_free(). */
struct upset_profile *upset_profile_new(const struct upset_isa *isa, enum upset_detail detail);
void upset_profile_free(struct upset_profile *profile);

/*
 * Remember a mapping and return its index.  A mapping equal in all fields to a
 * known one gets that one's index.  Later mappings win where ranges overlap
 * when regions of pages are decided.  @path is copied.  UINT32_MAX: out of memory.
 */
uint32_t upset_profile_add_mapping(
	struct upset_profile *profile, const struct upset_mapping *mapping);

/*
 * The record of the instruction with this address, mapping and bytes; made
 * with zero counts on the first call.  Stays valid (pointer stable) until the
 * profile is freed.  @insn is copied.  NULL: out of memory.
 */
struct upset_profile_insn *upset_profile_get_insn(
	struct upset_profile *profile, const struct upset_insn *insn, uint32_t mapping);

/*
 * Count one sample of row @row: @value holds the row's bits, little-endian,
 * bit 0 of the access first (already shifted down for ah).  With detail counts
 * or an uncounted row only the number of samples grows.
 */
void upset_profile_add_sample(struct upset_profile *profile, struct upset_profile_insn *insn,
	unsigned int row, const void *value);
/* The same for @n samples at once: ones[bits] are counts to add, may be NULL. */
void upset_profile_add_samples(struct upset_profile *profile, struct upset_profile_insn *insn,
	unsigned int row, uint64_t n, const uint64_t *ones);
/* Widen the address range of memory row @row by [@low, @high] (inclusive). */
void upset_profile_add_range(
	struct upset_profile_insn *insn, unsigned int row, uint64_t low, uint64_t high);

/*
 * Count accesses to the page holding @address (any address).  This and the
 * next ones add to what is known of the same page, number or thread; 0 or
 * -ENOMEM, which upset_profile_finish() reports too.
 */
int upset_profile_add_page(struct upset_profile *profile, uint64_t address, uint64_t reads,
	uint64_t writes, uint64_t bytes_read, uint64_t bytes_written);
int upset_profile_add_syscall(struct upset_profile *profile, int64_t number, uint64_t count);
int upset_profile_add_signal(struct upset_profile *profile, int64_t number, uint64_t count);
int upset_profile_add_thread(struct upset_profile *profile, uint32_t number, uint64_t instructions);
/*
 * Remember a file that the program wrote, by absolute path (copied), once.
 * Finish leaves out what is no regular file.
 */
int upset_profile_add_file(struct upset_profile *profile, const char *path);
/* Take the tree of calls, all of whose threads have ended; once.  0 or -ENOMEM. */
int upset_profile_take_calls(struct upset_profile *profile, const struct upset_calls *calls);
/* Add a thread's live points, see profile/live.h. */
void upset_profile_add_live(
	struct upset_profile *profile, const struct upset_live *live, uint64_t instructions);

/*
 * Derive modules, file addresses, blocks, registers, regions and totals, hash
 * module files and written files, and check the invariants.  Call once, after
 * the last count: records of instructions that have no count are dropped, equal
 * instructions of one module become one record, the index is no longer usable.
 * Modules are files mapped executable and whatever else held executed code.
 * 0, -ENOMEM, or -EPROTO with the invariant that failed.
 */
int upset_profile_finish(struct upset_profile *profile, struct upset_error *error);

/* Check the invariants alone; used by tests too. */
int upset_profile_check(const struct upset_profile *profile, struct upset_error *error);

#endif
