/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * A program that is run, how much is counted of a run, and how runs end. */
#ifndef UPSET_PROGRAM_H
#define UPSET_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

/** A program and what it is given.  All of it is the caller's, and not changed. */
struct upset_program {
	const char *path; /**< its file, or a name that is looked for on PATH; NULL: arguments[0] */
	char *const *arguments; /**< argv, NULL-terminated, [0] included */
	/**
	 * All of envp, NULL-terminated.  NULL: the one that upset(1) tells of, which is small and
	 * the same everywhere, as the next two change it.
	 */
	char *const *environment;
	/** More variables of it, NULL-terminated: "NAME=VALUE", or "NAME" with this process's
	 * value, which must have one; or NULL. */
	char *const *variables;
	bool all_variables; /**< instead of the small one this process's, but what tells of
			       terminals, logins, schedulers and continuous integration */
	/** A folder that has the interpreter and the libraries of a program for another
	 * instruction set: absolute names are looked for there first.  NULL: none */
	const char *sysroot;
	int in_fd; /**< a descriptor to read its standard input from, each time anew: a file's
		      from its beginning.  0: this process's standard input */
};

/**
 * What a sandbox limits.  0: in runs without faults nothing, but processes; in experiments
 * several times what the golden run needed, at least as much as upset-inject(1) tells.
 */
struct upset_limits {
	uint64_t memory_bytes; /**< memory that a process has touched and that is its own */
	uint64_t file_bytes;   /**< each file and each output; all files together four times that */
	uint64_t cpu_seconds;  /**< processor time of each process */
	uint64_t processes;    /**< at one time, threads included */
};

enum { UPSET_REASON_SIZE = 160 }; /**< bytes of a text that says why, with its end */

/** What ended a run that the program itself had not ended there. */
enum upset_obstacle {
	UPSET_OBSTACLE_NONE,	    /**< nothing: it ended as it meant to */
	UPSET_OBSTACLE_INSTRUCTION, /**< an instruction that the engine does not have */
	UPSET_OBSTACLE_MEMORY,	    /**< a limit of the sandbox; see struct upset_limits */
	UPSET_OBSTACLE_FILE,	    /**< likewise */
	UPSET_OBSTACLE_CPU,	    /**< likewise */
	UPSET_OBSTACLE_PROCESSES,   /**< likewise */
};

/** How much a golden run counts; each holds what those before it do. */
enum upset_detail {
	UPSET_DETAIL_COUNTS,   /**< executions, register accesses, branches */
	UPSET_DETAIL_OPERANDS, /**< and values by bit */
	UPSET_DETAIL_FULL      /**< and flags' values, address ranges, indices, live shares */
};

/** How a run ended. */
enum upset_end {
	UPSET_END_EXITED,      /**< status is the exit status */
	UPSET_END_SIGNALED,    /**< status is the signal */
	UPSET_END_INTERRUPTED, /**< upset was told to stop; golden runs: counts go up to there */
	UPSET_END_EXEC,	       /**< golden runs: became another program, whose exit status it is */
	UPSET_END_HUNG,	       /**< experiments: a limit was reached */
	UPSET_END_SAME /**< experiments: goes on as without faults, not executed to its end */
};

#endif
