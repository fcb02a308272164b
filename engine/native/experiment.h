/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside experiments of engine native only: a running one, and its faults
 * (faults.c).  What threads do between them is in going.c, what stops them in experiment.c.
 */
#ifndef UPSET_ENGINE_NATIVE_EXPERIMENT_H
#define UPSET_ENGINE_NATIVE_EXPERIMENT_H

#include "engine/armed.h"
#include "engine/illegal.h"
#include "engine/native/breakpoints.h"
#include "engine/native/locate.h"
#include "engine/native/native.h"
#include "engine/native/survey.h"

struct thread {
	pid_t tid;
	uint32_t number;
	uint64_t instructions; /* done while stepped from the start */
	uint64_t at;	       /* program counter of the last stop */
	bool stepping;	       /* the last resume was a step */
	bool passing;	       /* or one over a place where there will be an int3 again */
	bool hit;	       /* the last stop was at an int3 of the tracer's */
	bool in_syscall;       /* it was at the entry of a system call */
	bool calling;	       /* a system call, which is not stepped but runs to its end */
	bool mask_known;       /* .trap_blocked is true */
	bool trap_blocked;     /* SIGTRAP is, by the program */
	bool unblocked;	       /* and is not for this step */
	bool decoded;	       /* .insn is what it stood before at the last step */
	struct upset_insn insn;
	uint64_t flags;	  /* before it, when it stores them */
	bool postponed;	  /* a signal comes before the instruction at .at */
	bool counted;	  /* breakpoint at .at has been taken */
	bool resumes;	  /* and the processor does not stop for it again */
	bool interrupted; /* before the instruction at .at, by a signal */
	bool started;	  /* its first stop was seen */
	bool ran;	  /* freely: .instructions are not all */
};

struct experiment {
	const struct upset_experiment_request *request;
	struct upset_experiment_result *result;
	struct upset_error *error;
	struct native_trace trace;    /* pid and memory_fd alone */
	struct native_locate *locate; /* NULL: nothing is sought */
	struct native_survey *survey; /* NULL: it is not watched */
	enum native_means means;
	struct native_planted planted; /* while the program runs */
	bool shared;		       /* its memory, with another process */
	struct upset_armed *armed;
	size_t count;
	struct thread *threads;
	size_t thread_count;
	uint32_t threads_created;
	bool on_the_way; /* the last stop was at a breakpoint that is waited for still */
	struct upset_illegal illegal;
	int rc;
};

/*
 * experiment.c: run the program with its faults; @locate: what is sought meanwhile, or NULL;
 * @survey: what it is watched for, or NULL.
 */
int native_execute(const struct upset_experiment_request *request, struct native_locate *locate,
	struct native_survey *survey, struct upset_experiment_result *result,
	struct upset_error *error);

/* going.c: whether the instruction before which the thread stood last is of @class */
bool native_thread_is_of(const struct thread *t, unsigned int class);
/* Decide how it goes on from where it stands, with @signal (0: none), and let it. */
void native_thread_go_on(struct experiment *e, struct thread *t, int signal);
/* Let it go on as was decided. */
void native_thread_resume(const struct experiment *e, struct thread *t, int signal);
/* Block SIGTRAP again, or not for a step: the kernel forgets what a program does with it when
   a step comes where it is blocked. */
void native_thread_block_trap(struct thread *t, bool block);
/* It has stopped between two instructions, by a trap of kind @code; 0: by something else. */
void native_thread_note_place(struct experiment *e, struct thread *t, int code);

/* faults.c: find the run-time addresses that are not known yet; modules may have been mapped. */
void native_faults_resolve(struct experiment *e);
bool native_faults_resolved(const struct experiment *e);
/* Set the breakpoint of @a, where it has none, in a thread that it is to come to. */
void native_faults_arm(struct experiment *e, struct upset_armed *a);

/* The thread has come to an instruction; an instruction of it is done. */
void native_faults_before(struct experiment *e, struct thread *t);
void native_faults_after(struct experiment *e, const struct thread *t);

/* Whether the thread waits for places. */
bool native_faults_wait(const struct experiment *e, const struct thread *t);
/*
 * Let int3 stop the thread where it waits for places; false: that would not be right, and
 * there are none.
 */
bool native_faults_plant(struct experiment *e, const struct thread *t);
/* Whether the thread is to be stepped in any case. */
bool native_faults_must_step(const struct experiment *e, const struct thread *t);
/* Some breakpoint is set at @address. */
bool native_faults_await(const struct experiment *e, uint64_t address);
/* A breakpoint at the instruction before which the thread stands was taken already. */
void native_faults_pass(const struct experiment *e, const struct thread *t);

#endif
