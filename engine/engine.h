/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract that every engine fulfils: run a program once and fill a
 * profile.  engine/native (ptrace) and engine/qemu implement it.
 */
#ifndef UPSET_ENGINE_ENGINE_H
#define UPSET_ENGINE_ENGINE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stop.h"
#include "engine/target.h"
#include "engine/trigger.h"
#include "profile/profile.h"
#include "upset/fault.h"

struct upset_golden_request {
	struct upset_target target; /* in a sandbox: engine qemu alone */
	enum upset_detail detail;
	bool calls;	    /* collect the tree of calls too */
	const char *remote; /* engine gdb: address of the stub that the program stands in, see
			       engine/gdb/connect.h; NULL: the engine starts one */
	int out_fd, err_fd; /* where the program's output is passed on to; -1: nowhere */
	/* Says when to end: the counts are kept, the run is marked interrupted.  NULL: never. */
	const struct upset_stop *stop;
	/* Called now and then (at most 10 times a second) from the caller's thread; may be NULL. */
	void (*progress)(void *context, uint64_t instructions);
	void *progress_context;
};

/* --- experiments ------------------------------------------------------------------------- */

struct upset_experiment_request {
	struct upset_target target;
	const struct upset_faults *faults;
	/* Where locate() has found that the only fault's trigger comes, in the first thread; NULL:
	   not known.  Engines may go there by the shorter way. */
	const struct upset_trigger *trigger;
	int out_fd, err_fd; /* its standard output and error */
	/* Limits, then it hangs; 0: none.  Of instructions, where the engine counts them, it is
	   that of a thread. */
	uint64_t limit_ns, limit_instructions;
	uint64_t limit_repeats;	 /* likewise, of repeats of REP instructions */
	uint64_t limit_slept_ns; /* of its clock, where it goes on without waiting */
	bool hidden;		 /* see survey() */
	/* The address of @symbol in the file of the module at @path; false: it has none. */
	bool (*find_symbol)(void *context, const char *path, const char *symbol, uint64_t *address);
	void *symbol_context;
	const struct upset_stop *stop; /* NULL: nobody stops it */
};

struct upset_experiment_result {
	struct upset_seen seen;		    /* but the channels */
	struct upset_injection *injections; /* [faults->count], the caller's */
	uint64_t instructions;		    /* of the thread with most of them; 0: not counted */
	uint64_t repeats;		    /* of REP instructions, likewise */
	uint64_t slept_ns;		    /* by its own clock; 0: that is the machine's */
	bool threaded;			    /* it made threads */
	bool hidden;			    /* as survey() told */
	struct upset_limits needed;	    /* in a sandbox; 0: not known */
};

/* Experiments that share one run of the program up to their faults. */
struct upset_carry_request {
	const struct upset_experiment_request *run; /* but faults, out_fd and err_fd */
	const struct upset_faults *experiments; /* [count], each of one fault in the first thread */
	const struct upset_trigger *triggers;	/* [count], all reached */
	size_t count;
	unsigned int jobs; /* that run at the same time */
	/*
	 * A copy without a fault has ended, made before the others; its output can be read until
	 * this returns.  False: it is not what it is to be, and no more copies are to be made.
	 */
	bool (*scouted)(void *context, const struct upset_experiment_result *result, int out_fd,
		int err_fd);
	/*
	 * Experiment @i has ended; its output can be read from the descriptors until
	 * this returns.  Calls come in any order, from the caller's thread.
	 */
	void (*done)(void *context, size_t i, const struct upset_experiment_result *result,
		int out_fd, int err_fd);
	void *context;
};

/* --- two runs side by side --------------------------------------------------------------- */

struct upset_trace_request {
	/* Runs of the same program without and with faults, each with outputs of its own. */
	const struct upset_experiment_request *golden, *faulty;
	unsigned int fault; /* of those of @faulty: from its trigger on runs are compared, */
	uint64_t insn;	    /* which comes when the first thread has executed so many */
	uint64_t steps;	    /* instructions to compare, at most */
};

/* An instruction that a run comes to. */
struct upset_traced {
	bool known; /* there is one */
	const struct upset_isa *isa;
	uint64_t insn;	  /* instructions executed before it */
	uint64_t address; /* at run time */
	uint8_t bytes[15], size;
	char *module; /* path of the file that is mapped there; owned; NULL: none is */
	uint64_t module_address;
};

enum upset_trace_end {
	UPSET_TRACE_DIVERGED,
	UPSET_TRACE_SAME,  /* both came to the same instructions, to their ends */
	UPSET_TRACE_STEPS, /* as far as they were compared */
};

struct upset_trace {
	enum upset_trace_end end;
	struct upset_traced last;	    /* the last instruction that both came to */
	struct upset_traced golden, faulty; /* the next ones; not known: the run ended */
	struct upset_traced used;	    /* the first one that read what the fault changed, */
	bool overwritten;		    /* or overwrote the last of it, and none had read it */
	struct upset_traced spread;   /* behind it a general register without the fault differs */
	struct upset_traced wrote;    /* the first system call that wrote something else */
	uint64_t steps, host_time_ns; /* compared, and the time that took */
	struct upset_experiment_result golden_result, faulty_result; /* of runs that ended */
};

/* What an engine says of itself. */
struct upset_engine_info {
	char version[64]; /* what counted, such as "10.0.13+upset0.1.0"; "": it cannot run here */
	char detail[PATH_MAX + 64]; /* a line for `upset doctor`: how it runs, or what is missing */
};

struct upset_engine {
	const char *name;
	/*
	 * Whether it can run programs of @isa here, and with which version; fills @info anyway.
	 * 0 or -errno.
	 */
	int (*probe)(const struct upset_isa *isa, struct upset_engine_info *info);
	/*
	 * Run the program to its end and fill @profile (new, not yet finished), but for
	 * what probe() tells.
	 * 0 also when the program failed or was interrupted (profile->run says so);
	 * -errno when it could not be run: -ENOENT, -EACCES, -ENOEXEC (not an ELF
	 * file, other architecture, missing interpreter), -EISDIR, -ENOMEM, -EIO.
	 */
	int (*golden)(const struct upset_golden_request *request, struct upset_profile *profile,
		struct upset_error *error);
	/*
	 * Whether it could carry out @faults, as far as can be said without running them.
	 * 0; -EINVAL.  NULL: the engine has no experiments.
	 */
	int (*check)(const struct upset_faults *faults, struct upset_error *error);
	/*
	 * Run the program once with request->faults and fill @result.  0, also when the
	 * program failed or a fault was not injected; else as golden(), and -EINVAL
	 * for faults that this engine cannot carry out.  NULL: the engine cannot.
	 */
	int (*experiment)(const struct upset_experiment_request *request,
		struct upset_experiment_result *result, struct upset_error *error);
	/*
	 * Run the program without faults (request->faults is not looked at) and find where
	 * the triggers of faults[@count] come, each in its thread, into triggers[@count].
	 * Errors as experiment().
	 */
	int (*locate)(const struct upset_experiment_request *request,
		const struct upset_fault *const *faults, size_t count,
		struct upset_trigger *triggers, struct upset_experiment_result *result,
		struct upset_error *error);
	/*
	 * Before many experiments: run the program without faults and find out whether it could
	 * not tell that the engine changes its code while it runs up to its faults, for
	 * request->hidden of experiments.  Errors as experiment().  NULL: the engine has no need.
	 */
	int (*survey)(const struct upset_experiment_request *request, bool *hidden,
		struct upset_experiment_result *result, struct upset_error *error);
	/*
	 * Make experiments by copying the running program where their faults come.  An
	 * experiment that cannot be made so (the program has threads, processes, open
	 * files that it writes to, ...) is left out: its done() is not called, and it is
	 * to be made by experiment().  @why[@size] says why, or is "".  @result says how
	 * the process ended that was copied, and is new.  Errors as experiment().
	 * NULL: the engine cannot.
	 */
	int (*carry)(const struct upset_carry_request *request,
		struct upset_experiment_result *result, char *why, size_t size,
		struct upset_error *error);
	/*
	 * Run the program without and with faults at the same time, and find the first
	 * instruction at which they part.  Both runs are ended there.  Only for programs with one
	 * thread.  Free @trace with upset_trace_fini() in any case.  Errors as experiment();
	 * -EINTR: request->golden->stop.  NULL: the engine cannot.
	 */
	int (*trace)(const struct upset_trace_request *request, struct upset_trace *trace,
		struct upset_error *error);
};

void upset_trace_fini(struct upset_trace *trace);

extern const struct upset_engine upset_engine_gdb;
extern const struct upset_engine upset_engine_native;
extern const struct upset_engine upset_engine_qemu;

/* The engine called @name, or NULL. */
const struct upset_engine *upset_engine_find(const char *name);

/* --- instruction sets --------------------------------------------------------------------- */

/* Programs of an instruction set under engine qemu. */
struct upset_engine_set {
	const char *name; /* "x86-64". Static */
	const char *cpu;  /* the processor that engine qemu emulates, in QEMU's words. Static */
	bool usable;
	char detail[128]; /* what is missing, and what makes it usable */
};

/* That of @index, from 0; -ENOENT behind the last one. */
int upset_engine_set(unsigned int index, struct upset_engine_set *set);

#endif
