/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * Campaigns: many experiments with one program, whose results are kept in a study. */
#ifndef UPSET_CAMPAIGN_H
#define UPSET_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "upset/error.h"
#include "upset/outcome.h"
#include "upset/program.h"

UPSET_BEGIN_DECLS

/** An experiment of a campaign, when it has ended.  Texts end with the call that tells it. */
struct upset_campaign_experiment {
	uint64_t number;	    /**< from 0; experiments end in any order */
	const char *faults;	    /**< their text */
	enum upset_outcome outcome; /**< what it came to */
	enum upset_cause cause;	    /**< and why */
	bool ran;		    /**< to an end: end and status are known */
	enum upset_end end;	    /**< exited, signaled or hung */
	int status;		    /**< exit status or signal, by end */
	bool counted;		    /**< insn, instructions and latency are known */
	uint64_t insn;		    /**< instructions before the first fault */
	uint64_t instructions;	    /**< in all, of the thread with most of them */
	uint64_t latency;	    /**< instructions from the fault to the end */
	uint64_t host_time_ns;	    /**< how long it took, nanoseconds */
	bool carried; /**< in a copy of the running program, else in a process of its own */
	const char *difference; /**< of a control: in what it is not the golden run; "": it is */
};

/** How far a campaign is.  Only what is safe in the study counts. */
struct upset_campaign_state {
	int64_t campaign;		   /**< its number in the study; 0: it has none yet */
	uint64_t planned;		   /**< experiments of it, or of the shard */
	uint64_t made;			   /**< of them, */
	uint64_t before;		   /**< of these by earlier calls, */
	uint64_t carried;		   /**< by this one in copies, */
	uint64_t fresh;			   /**< by this one in processes of their own */
	uint64_t outcomes[UPSET_OUTCOMES]; /**< of those made, by outcome */
	uint64_t population; /**< faults in the space that is sampled; 0: a list has none */
	double confidence;   /**< of intervals */
	uint64_t executed;   /**< instructions of the run that is sampled; 0: a list */
	uint64_t selected;   /**< of them, before which faults are sampled */
	/** The functions, modules and lines that were taken by their names, and what was left
	 * out, in words; "": all was taken.  When they are many it says how many more. */
	char selection[512];
	uint64_t in_libraries; /**< samples in the dynamic linker or the C library, where neither
				  functions, modules nor lines were named */
	char why_fresh[256];   /**< why experiments were not made in copies; "": they were */
	uint64_t controls_planned;     /**< experiments without a fault, which count nowhere else */
	uint64_t controls;	       /**< of them made, */
	uint64_t controls_different;   /**< that are not equal to the golden run, */
	uint64_t controls_not_reached; /**< and whose places did not come */
	char difference[160];	       /**< in what the first of these is different, or "" */
	char not_injected[256];	       /**< why so many faults were not, when no more are to be
					  made and it was a third or more; or "" */
	char former[256]; /**< who wrote to the study and has not come to an end, in words; or "" */
	uint64_t estimate_ns; /**< what is left will take, once a handful was made for who is told
				 by kept; 0: unknown */
	enum upset_end golden_end;	       /**< how the run without faults ended, */
	int golden_status;		       /**< with this exit status or signal, */
	char golden_reason[UPSET_REASON_SIZE]; /**< and what it did not end by itself for, or "" */
};

/** What is asked for; begin with upset_campaign_options_init(). */
struct upset_campaign_options {
	struct upset_program program; /**< which program */
	const char *study;	      /**< path of the study; made when there is no such file */
	const char *engine;	      /**< "qemu", as it begins, "native" or "gdb" */
	const char *faults;	      /**< path of a list of faults; NULL, as it begins: samples */
	uint64_t experiments;	      /**< how many samples; 0, as it begins: as margin needs */
	double margin;	       /**< shares are to be within +- this, 0 .. 0.5; begins as 0.03 */
	double confidence;     /**< of intervals, 0.5 .. 1; begins as 0.95 */
	uint64_t seed;	       /**< of the samples, below 2^63; begins as 1 */
	const char *locations; /**< some of gpr, flags, simd, memory, code, with commas;
				  begins as "gpr" */
	const char *models;    /**< some of flip, stuck0, stuck1; begins as "flip" */
	/**
	 * Names that make the space smaller, with commas between them, each NULL as it begins:
	 * sampled are instructions that are named by each of functions, modules and lines
	 * that is given, and not by exclude.  Every name must be that of executed code.
	 */
	const char *functions; /**< FUNCTION, also what compilers made of it as FUNCTION.part.0,
				  or MODULE!FUNCTION */
	const char *modules;   /**< names of files or their full paths; "program": its own file */
	const char *lines;     /**< FILE:FROM-TO or FILE:LINE, FILE the end of a path */
	const char *exclude;   /**< functions and modules */
	/**
	 * Of the experiments i, and of the controls, only those with i mod shards = shard;
	 * shards 0, as it begins: all.  Such a study is one of the parts that make a whole.
	 */
	uint64_t shards;
	uint64_t shard;	  /**< which of them, from 0 */
	const char *from; /**< path of a plan, of which the study begins as a copy where there is
			     none: another campaign than its is an error; NULL, as it begins */
	/**
	 * Of studies of shards, and of those that begin as a copy, one process alone is the writer,
	 * as the file STUDY.lock says: take it from one on another machine, of which nobody can
	 * say from here that it has ended.
	 */
	bool take_lock;
	/**
	 * A folder on a disk of this machine, where the study is while it is made; NULL, as it
	 * begins: in its place.  There copies of it are put, in one step each, when it ends and
	 * each save_every seconds (0, as it begins: 60).
	 */
	const char *scratch;
	unsigned int save_every; /**< see scratch */
	bool plan; /**< make none of them: only what all of them need, once, so that others can
		      go on with copies of the study */
	unsigned int jobs; /**< experiments at one time; 0, as it begins: one a processor */
	bool fresh;	   /**< each in a process of its own, not in copies of one */
	int64_t controls;  /**< experiments without a fault, to be compared with the golden
			      run; -1, as it begins: 1 % of the others, at least 10 */
	bool no_sandbox;   /**< let the program do whatever it does */
	struct upset_limits limits; /**< of the sandbox; begin as 0 */
	/**
	 * How the program is meant to end without faults: "exit 3", "signal 11" or "signal SEGV";
	 * it is an error when it does not.  NULL, as it begins: with any exit status, and not
	 * for any enum upset_obstacle.
	 */
	const char *golden_ends;
	struct upset_judging judging; /**< how results are told apart */
	/**
	 * Called for each experiment when it has ended, from the calling thread; or NULL.
	 * Not 0 stops the campaign; what was told is kept.
	 */
	int (*made)(void *context, const struct upset_campaign_experiment *experiment);
	/** The same for each control, whose faults change nothing. */
	int (*control)(void *context, const struct upset_campaign_experiment *control);
	/** Called when more experiments are safe in the study, some times a second; or NULL. */
	void (*kept)(void *context, const struct upset_campaign_state *state);
	void *context;		       /**< of all of them */
	const struct upset_stop *stop; /**< by which it can be stopped; or NULL */
};

/** What holds when nothing is said; arguments and study are to be filled in. */
UPSET_API void upset_campaign_options_init(struct upset_campaign_options *options);

/** Whether options make sense, as far as can be said before anything is run.  0; -EINVAL. */
UPSET_API int upset_campaign_check(
	const struct upset_campaign_options *options, struct upset_error *error);

/**
 * Make a campaign, or go on with it where the study has a part of it: the same options,
 * program, environment, folder and input make the same campaign.
 *
 * Experiment i depends on the seed and on i alone, not on jobs nor on where it was stopped.
 * Under engine "native" the calling thread must not have child processes of its own.
 * @param[in] options the caller's, also what they point to
 * @param[out] state filled in in any case, with what is in the study
 * @param[out] error may be NULL
 * @return 0: all experiments were made; -EINTR: stopped; -EINVAL: options or the list of
 * faults make no sense, or a name is of nothing that the program executes; -ENOTSUP: the run
 * without faults ends otherwise than it is meant to, two of them differ, or the program does
 * something else than when the campaign was begun; else as upset_golden()
 */
UPSET_API int upset_campaign(const struct upset_campaign_options *options,
	struct upset_campaign_state *state, struct upset_error *error);

UPSET_END_DECLS

#endif
