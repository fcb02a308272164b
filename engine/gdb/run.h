/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside engine/gdb only: what the files of a golden run share.  The flow: engine.c connects to
 * a stub, run.c takes one stop after the other, step.c accounts for one instruction, with code.c
 * decoding it, maps.c knowing where code lies, and syscalls.c what calls of the kernel change.
 */
#ifndef UPSET_ENGINE_GDB_RUN_H
#define UPSET_ENGINE_GDB_RUN_H

#include <sys/types.h>

#include "base/patience.h"
#include "engine/engine.h"
#include "engine/gdb/layout.h"
#include "engine/gdb/stub.h"
#include "engine/stepped.h"
#include "linux/abi.h"
#include "sandbox/sandbox.h"

enum {
	GDB_CODE_SLOTS = 1 << 14, /* a power of two */
	GDB_SIGNALS = 65,	  /* Linux's are 1 .. 64 */
	GDB_SUSPENDED_MOST = 8,
};

/* Where code may lie: a mapping as last read. */
struct gdb_area {
	uint64_t start, end;
	uint32_t mapping; /* index in the profile */
	bool executable, can_change;
};

struct gdb_code_slot {
	uint64_t address;
	struct upset_profile_insn *record; /* NULL: a free slot */
	uint32_t generation;
	bool can_change; /* its bytes lie in memory that can be written */
};

/* A REP instruction between its first and its last repeat. */
struct gdb_repeat {
	uint64_t pc, sp, counter;  /* where it goes on */
	struct upset_state before; /* its first repeat */
};

struct gdb_faults;

struct gdb_run {
	const struct upset_golden_request *request;
	const struct upset_isa *isa;
	const struct upset_abi *abi; /* NULL: system calls are not looked at */
	struct upset_profile *profile;
	struct upset_error *error;
	struct gdb_stub stub;
	struct gdb_layout layout;
	bool own;	/* the stub is that of a QEMU that this engine started, */
	pid_t own_pid;	/* process @own_pid */
	bool ended;	/* the program */
	bool replaced;	/* it is about to become another one */
	uint64_t entry; /* where it began */

	struct gdb_area *areas; /* sorted, not overlapping */
	size_t area_count;
	bool maps_changed;   /* since areas were read */
	bool maps_untold;    /* the stub does not tell them: they are the file's segments */
	char *path;	     /* of the program, absolute, */
	char *their_path;    /* as the stub's machine has it; NULL: not known */
	uint32_t generation; /* of the areas that are executable */
	struct gdb_code_slot slots[GDB_CODE_SLOTS];

	struct gdb_faults *faults; /* of an experiment; NULL: a golden run */
	bool fresh;		   /* the next instruction has just been come to */
	uint64_t limit_ns; /* of an experiment, for a step or for the way to its end; 0: none */
	struct upset_patience patience;	    /* since it goes on */
	struct upset_sandbox_ending ending; /* of its own QEMU */
	struct upset_stepped counting;
	struct upset_calls *calls; /* NULL: they are not followed */
	struct upset_calls_position calls_position;
	struct upset_profile_insn *record;  /* of the next instruction; NULL: there is no code */
	struct upset_stepped_memory memory; /* that it names */
	struct upset_state before, after;
	int unread; /* why memory could not be read; 0: it could */
	struct gdb_repeat suspended[GDB_SUSPENDED_MOST]; /* oldest first */
	unsigned int suspended_count;
	uint64_t handlers[GDB_SIGNALS]; /* of signals; 0: none */
	bool resets[GDB_SIGNALS];	/* it is none any more when it has been called */
	uint64_t progress_at_ns;
};

/* All functions: 0, or -errno with a message in run->error. */

/* Run the program of run->stub, which has been opened, to its end. */
int gdb_run_program(struct gdb_run *run);

/* engine.c */

/* A run in the stub @name.  NULL: no memory, with a message. */
struct gdb_run *gdb_run_new(const struct upset_golden_request *request,
	struct upset_profile *profile, const char *name, struct upset_error *error);
void gdb_run_free(struct gdb_run *run);
/* Run it in a QEMU of its own, whose output goes to @child_fds. */
int gdb_run_launched(struct gdb_run *run, const int child_fds[2]);

/* maps.c */

/* Read where memory lies, for the profile and for code. */
int gdb_maps_read(struct gdb_run *run);
/* NULL: there is nothing. */
int gdb_maps_find(struct gdb_run *run, uint64_t address, const struct gdb_area **area);

/* The text that the stub's system tells, the caller's to free.  As gdb_stub_file(). */
int gdb_maps_text(struct gdb_run *run, char **text, size_t *size);

/* code.c */

/* The instruction at @address, decoded once unless its bytes can change; NULL: there is none. */
int gdb_code_get(struct gdb_run *run, uint64_t address, struct upset_profile_insn **record);

/* step.c */

/* The program stands before an instruction, at run->before. */
int gdb_step_begin(struct gdb_run *run);
/* It has executed that, or one repeat of it: read the registers, count, and begin the next. */
int gdb_step_done(struct gdb_run *run);
/* What went wrong in counting; 0: nothing. */
int gdb_step_check(const struct gdb_run *run);
/* Count the instruction at run->before, whose write rows are in run->after. */
int gdb_step_count(struct gdb_run *run);
/* The registers as they are now, into run->after. */
int gdb_step_read(struct gdb_run *run);
/* What is behind an instruction becomes what is before the next. */
int gdb_step_begin_next(struct gdb_run *run);

/* syscalls.c */

/* Carry out the call of the kernel that the program stands before, to the @stop behind it. */
int gdb_syscall(struct gdb_run *run, struct gdb_stop *stop);
/* Go on with @signal, GDB's number or 0, until @address is come to, or something else. */
int gdb_go_to(struct gdb_run *run, uint64_t address, int signal, struct gdb_stop *stop);
/* The call has come back. */
int gdb_syscall_done(struct gdb_run *run);
/* It does not come back, or a signal came instead: count it without a result. */
int gdb_syscall_left(struct gdb_run *run);
bool gdb_is_syscall(const struct gdb_run *run);

/* experiment.c */

/* The program stands before an instruction: what becomes of the faults.  *@freely: it need not be
   stepped any more. */
int gdb_faults_here(struct gdb_run *run, bool *freely);

/* signals.c */

/* Linux's number of what GDB calls @signal, and the other way; 0: it has none. */
int gdb_signal_from(int signal);
int gdb_signal_to(int signal);

#endif
