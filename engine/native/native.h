/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside engine/native only: what the files of the ptrace engine share.  The
 * flow: launch.c starts the program stopped, trace.c takes one event after the
 * other, step.c accounts for one instruction, with code.c decoding it, state.c
 * fetching registers and memory, and syscalls.c knowing what a call changed.
 */
#ifndef UPSET_ENGINE_NATIVE_NATIVE_H
#define UPSET_ENGINE_NATIVE_NATIVE_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

#include "engine/engine.h"
#include "engine/stepped.h"
#include "isa/state.h"
#include "linux/abi.h"
#include "profile/profile.h"
#include "sandbox/sandbox.h"

enum {
	NATIVE_XSTATE_BYTES = 832, /* legacy area, header and upper halves of ymm0 .. 15 */
	NATIVE_SUSPENDED_MAX = 8,
	NATIVE_TRAP_FLAG = 1 << 8,
	NATIVE_RESUME_FLAG = 1 << 16,
};

/* What executing an instruction needs beside the registers; see native_code_get(). */
enum native_need {
	NATIVE_READS_XSTATE = 1 << 0,
	NATIVE_WRITES_XSTATE = 1 << 1,
	NATIVE_SPOILS_XSTATE = 1 << 2, /* changes it in ways that no row names */
	NATIVE_HAS_MEMORY = 1 << 3,
	NATIVE_PUSHES_FLAGS = 1 << 4,
	NATIVE_SHADOWS_NEXT = 1 << 5, /* mov ss, pop ss: no trap until the next one is done too */
	NATIVE_CAN_CHANGE = 1 << 6,   /* its bytes lie in memory that can be written */
	NATIVE_POPS_FLAGS = 1 << 7,   /* carried out by hand, see native_pop_flags() */
};

/* A decoded instruction; record NULL: its bytes cannot be read or are none. */
struct native_code {
	struct upset_profile_insn *record;
	unsigned int needs; /* enum native_need, or-ed */
};

/* An instruction on its way, and the state before it. */
struct native_flight {
	struct native_code code;
	struct user_regs_struct before;
	struct upset_stepped_memory memory; /* that it names */
};

/* A REP instruction between its first and its last repeat. */
struct native_repeat {
	uint64_t rip, rsp, rcx;	       /* where it goes on */
	struct user_regs_struct first; /* registers before its first repeat */
};

struct native_thread {
	pid_t tid;
	uint32_t number; /* in order of creation, from 0 */
	struct upset_stepped counting;
	bool started;	   /* its first registers are known, flight holds its next instruction */
	int restarting;	   /* flight is a system call that was interrupted and may be started
			      again: with which of the kernel's own error numbers it came back,
			      else 0 */
	bool ignored;	   /* by signals that the program ignores, of which only the tracer knows */
	bool heeded;	   /* by others */
	bool in_syscall;   /* stopped at its entry and not yet at its exit */
	bool trap_blocked; /* the program has blocked SIGTRAP, see mask.c */
	bool trap_asked;   /* and that is what it will have when its call returns */
	int delivered;	   /* signal passed on with the last resume, 0 none */
	struct native_flight flight, shadow; /* shadow: the one after mov ss */
	bool has_shadow;
	struct native_repeat suspended[NATIVE_SUSPENDED_MAX]; /* oldest first */
	unsigned int suspended_count;
	uint8_t xstate[2][NATIVE_XSTATE_BYTES] __attribute__((aligned(8)));
	unsigned int xstate_now; /* which of the two is the newest */
	bool xstate_valid;	 /* and is the state before flight */
	struct upset_calls_position calls_position;
};

/* Where code may lie: a mapping as last read. */
struct native_area {
	uint64_t start, end;
	uint32_t mapping; /* index in the profile */
	bool executable, can_change;
	uint64_t time_page; /* where the tracer has the same pages, 0: not such pages */
};

struct native_code_slot;

struct native_trace {
	const struct upset_target *target;
	const struct upset_abi *abi;		    /* of its instruction set */
	const struct upset_golden_request *request; /* NULL: an experiment */
	enum upset_detail detail;
	const struct upset_stop *stop; /* NULL: nobody stops it */
	struct upset_profile *profile;
	struct upset_error *error;
	int result; /* first failure, ends the run */

	pid_t keeper;  /* of the sandbox; 0: none */
	int status_fd; /* the same */
	pid_t pid;
	int pid_fd, memory_fd; /* -1: none */
	cpu_set_t affinity;    /* the caller's, that the program is shown */
	bool pinned;
	bool running; /* counted, the program has not ended */

	struct native_thread **threads; /* alive */
	size_t thread_count;
	uint32_t threads_created;
	struct native_thread *last_thread; /* of the event before */

	struct native_area *areas; /* sorted, not overlapping */
	size_t area_count;
	bool maps_changed;		/* since areas were read */
	struct native_code_slot *slots; /* hash table by address */
	size_t slot_count, slots_used;
	uint32_t generation; /* of the areas that are executable */

	uint64_t instructions;	   /* of all threads */
	struct upset_calls *calls; /* NULL: they are not followed */
	uint64_t progress_at_ns;
};

/* launch.c */

/*
 * Start the program traced, stopped before its first instruction, its output
 * going to @child_fds.  Fills pid, pid_fd and memory_fd.  0 or -errno with a
 * message; then nothing runs any more.
 */
int native_launch(struct native_trace *trace, const int child_fds[2]);
/* Kill the program and wait until nothing of it is left. */
void native_kill(const struct native_trace *trace);
/* Wait until nothing of the sandbox is left; what it says goes to @result. */
void native_leave_sandbox(const struct native_trace *trace, struct upset_experiment_result *result);
/* Keep the calling thread, and the program it starts next, on the core it runs on. */
void native_pin(struct native_trace *trace);
void native_unpin(struct native_trace *trace);
/* Try to trace a process that does nothing. 0 or -errno. */
int native_try_ptrace(void);
/* The message for a ptrace that failed with @code. */
int native_ptrace_error(int code, struct upset_error *error);

/* sets.c */

/* Whether programs like @target can be run here: 0; -ENOEXEC or -ENOTSUP with a message. */
int native_check_set(const struct upset_isa *isa, struct upset_error *error);
int native_check_target(const struct upset_target *target, struct upset_error *error);

/* trace.c */

/* Take events until the program has ended. The results are in trace->profile->run and ->result. */
void native_run(struct native_trace *trace);

/* experiment.c: see engine/engine.h */
int native_check(const struct upset_faults *faults, struct upset_error *error);
int native_experiment(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error);

/* unfaulted.c: see engine/engine.h */
int native_locate(const struct upset_experiment_request *request,
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers,
	struct upset_experiment_result *result, struct upset_error *error);
int native_survey(const struct upset_experiment_request *request, bool *hidden,
	struct upset_experiment_result *result, struct upset_error *error);

/* threads.c */

struct native_thread *native_thread_find(struct native_trace *trace, pid_t tid);
/* NULL: out of memory. */
struct native_thread *native_thread_add(struct native_trace *trace, pid_t tid);
/* Hand its counts to the profile and forget it. */
void native_thread_end(struct native_trace *trace, struct native_thread *thread);
bool native_is_thread(const struct native_trace *trace, pid_t tid);
/* Let a process that is not counted go its own way: @tid is stopped. */
void native_release_process(const struct native_trace *trace, pid_t tid);

/* step.c: one instruction's accounting */

/* A system call of number @number was entered. */
void native_count_syscall(struct native_trace *trace, int64_t number);

/* Begin a flight: the thread stands before the instruction at @regs. */
void native_step_begin(struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *regs);
/* The processor reported a step to @after: the flight, or one repeat of it, is done. */
void native_step_done(struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *after);
/*
 * The thread stands @at somewhere because of a fault, a trap or a signal: count
 * what of the flight was done all the same.
 */
void native_step_interrupted(struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *at);
/* A signal handler was entered, its first instruction is at @at. */
void native_step_handler(struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *at);
/* The thread ends @at somewhere, in a system call or because another thread ends the process. */
void native_step_last(struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *at);
/* The system call of the flight was entered, perhaps for the second time. */
void native_step_entered(struct native_trace *trace, struct native_thread *thread);
/* The flight is a system call that does not return (exit, execve). */
void native_step_left(struct native_trace *trace, struct native_thread *thread);

/* count.c: from an executed instruction to the profile */

/* A new thread's counting; false: no memory. */
bool native_count_begin(struct native_trace *trace, struct native_thread *thread);
/* Hand its counts to the profile. */
void native_count_end(struct native_trace *trace, struct native_thread *thread);
/* Take what the memory holds that the flight names, which begins. */
void native_count_arguments(const struct native_trace *trace, struct native_thread *thread,
	struct native_flight *flight);
/* One execution: everything but the memory rows of a REP instruction. */
void native_count_execution(struct native_trace *trace, struct native_thread *thread,
	const struct native_flight *flight, const struct user_regs_struct *before,
	const struct user_regs_struct *after);
/* One repeat of a REP instruction: its memory rows. */
void native_count_repeat(struct native_trace *trace, struct native_thread *thread,
	const struct native_flight *flight);

/* code.c */

/* The instruction at @address, decoded once unless its bytes can change. */
struct native_code native_code_get(struct native_trace *trace, uint64_t address);
/* Those of its needs that follow from what @insn is called. */
unsigned int native_mnemonic_needs(const struct upset_insn *insn);
/* Read the mappings again, for the profile and for code. */
void native_code_read_maps(struct native_trace *trace);
/* Mappings changed in [@start, @start + @size); @executable: code may have come into being. */
void native_code_changed(
	struct native_trace *trace, uint64_t start, uint64_t size, bool executable);
void native_code_free(struct native_trace *trace);

/* state.c */

/* false: the thread is gone. */
bool native_read_registers(pid_t tid, struct user_regs_struct *regs);
/*
 * Carry out @insn, a popf, in place of the processor.  When one is stepped, the
 * kernel takes the trap flag for the program's own from there on: it shows in
 * every pushf and kills forked processes.  @regs: before, then after.  False:
 * memory cannot be read, nothing was done.
 */
bool native_pop_flags(const struct native_trace *trace, pid_t tid, const struct upset_insn *insn,
	struct user_regs_struct *regs);
/* After `syscall`, which copies the flags into r11 with the trap flag of the tracer. */
void native_hide_trap_flag(pid_t tid, struct user_regs_struct *regs);
/* After pushf, which stores it at @rsp: what the flags were before is @flags. */
void native_hide_pushed_trap_flag(const struct native_trace *trace, uint64_t flags, uint64_t rsp);
/* Fill @state from @regs and, where it is not NULL, @xstate; without it the rest is undefined. */
void native_fill(struct upset_state *state, const struct upset_isa *isa,
	const struct user_regs_struct *regs, const uint8_t *xstate);
/* The other way, all that @regs holds. */
void native_flush(const struct upset_state *state, struct user_regs_struct *regs);
/* One vector or x87 register, into an XSAVE area in standard format. */
void native_flush_extended(const struct upset_state *state, unsigned int resource, uint8_t *xstate);
/*
 * Carry out the call of the vsyscall page that @regs have come to, @number is then
 * that of the system call; false: they are somewhere else, or the kernel would not.
 */
bool native_vsyscall(const struct native_trace *trace, pid_t tid, struct user_regs_struct *regs,
	int64_t *number);

/* Bytes read, up to @size. */
size_t native_read_memory(
	const struct native_trace *trace, uint64_t address, void *buffer, size_t size);
bool native_write_memory(
	const struct native_trace *trace, uint64_t address, const void *buffer, size_t size);
/* Read the state into @xstate; false: the thread is gone. */
bool native_read_xstate(pid_t tid, uint8_t xstate[NATIVE_XSTATE_BYTES]);

/* timepage.c */

/* Where the tracer has the pages called @path that the vdso reads the time from, or 0. */
uint64_t native_time_page_find(const char *path);
/* Read from such pages of the program: bytes read, up to @size. */
size_t native_time_page_read(
	const struct native_trace *trace, uint64_t address, void *buffer, size_t size);

/* syscalls.c */

/* As the instruction set numbers it, of the system call that was made with @before. */
int64_t native_syscall_number(const struct user_regs_struct *before);
/* Whether it is the one called @name there. */
bool native_syscall_is(
	const struct native_trace *trace, const struct user_regs_struct *before, const char *name);
bool native_syscall_is_sigreturn(
	const struct native_trace *trace, const struct user_regs_struct *before);
/* What it was given, from 0. */
uint64_t native_syscall_argument(const struct native_trace *trace,
	const struct user_regs_struct *before, unsigned int number);
/* What it returned, errors negative. */
int64_t native_syscall_result(
	const struct native_trace *trace, const struct user_regs_struct *after);

/* What the system call made with the registers @before changed, now that it returned @result. */
void native_syscall_returned(struct native_trace *trace, const struct native_thread *thread,
	const struct user_regs_struct *before, int64_t result);

/* frames.c: the frame that the kernel makes for a handler, whose first instruction is at @at */

/* Where the low 32 bits of the signal mask lie. */
uint64_t native_frame_mask(const struct native_trace *trace, const struct user_regs_struct *at);
/* The register that holds the result of an interrupted system call; false: cannot be read. */
bool native_frame_result(
	const struct native_trace *trace, const struct user_regs_struct *at, uint64_t *result);

/* mask.c: the SIGTRAP of the signal mask */

/* A new thread, with the mask of the one that made it. */
void native_mask_begin(struct native_thread *thread);
/* Before a system call. */
void native_mask_ask(const struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *regs);
/* After it. */
void native_mask_returned(const struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *before, int64_t result);
/* At a handler's first instruction. */
void native_mask_handler(const struct native_trace *trace, struct native_thread *thread,
	const struct user_regs_struct *at);

/* watch.c: ends the program when the request says stop, also while it is blocked */

struct native_watch;
/* NULL: no thread could be made. */
struct native_watch *native_watch_start(const struct native_trace *trace);
void native_watch_end(struct native_watch *watch);

#endif
