/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * What an experiment can come to: the classes of doc/outcomes.md. */
#ifndef UPSET_OUTCOME_H
#define UPSET_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "upset/export.h"

UPSET_BEGIN_DECLS

/** Outcomes; the first four are results, shares are of their sum. */
enum upset_outcome {
	UPSET_OUTCOME_MASKED,	    /**< the result is the golden one */
	UPSET_OUTCOME_DETECTED,	    /**< the program noticed, as the user described that */
	UPSET_OUTCOME_SDC,	    /**< it ended well, with another result */
	UPSET_OUTCOME_DUE,	    /**< it did not end well: a crash or a hang */
	UPSET_OUTCOME_NOT_INJECTED, /**< no experiment: the fault was not carried out */
	UPSET_OUTCOME_TOOL_ERROR,   /**< no experiment: upset could not run it */
	UPSET_OUTCOMES		    /**< how many there are */
};

/** Why; each belongs to one outcome. */
enum upset_cause {
	UPSET_CAUSE_OVERWRITTEN, /**< masked: what the fault changed was never read */
	UPSET_CAUSE_CONVERGED,	 /**< masked: registers and memory are the golden ones at the end */
	UPSET_CAUSE_LATENT,	 /**< masked: they are not */
	UPSET_CAUSE_EQUAL,	 /**< masked: none of these, or not known */
	UPSET_CAUSE_ACCEPTED, /**< masked: another result, which the user's check takes as right */
	UPSET_CAUSE_STDOUT,   /**< sdc: standard output differs */
	UPSET_CAUSE_STDERR,   /**< sdc: standard error differs */
	UPSET_CAUSE_FILES,    /**< sdc: it has done something else to files */
	UPSET_CAUSE_CHECK,    /**< sdc: another result, and the user's check refuses it */
	UPSET_CAUSE_SIGNAL,   /**< due: killed by a signal that the golden run was not */
	UPSET_CAUSE_STATUS,   /**< due: another exit status */
	UPSET_CAUSE_DETECTED, /**< detected: the program noticed */
	UPSET_CAUSE_HANG,     /**< due: it did not end */
	UPSET_CAUSE_NOT_REACHED,   /**< not-injected: the trigger did not come */
	UPSET_CAUSE_REFUSED,	   /**< not-injected: what was written did not stay */
	UPSET_CAUSE_IMPOSSIBLE,	   /**< not-injected: there is no such location */
	UPSET_CAUSE_ERROR,	   /**< tool-error: it could not be run */
	UPSET_CAUSE_CONTRADICTION, /**< tool-error: never read, yet the result differs */
	UPSET_CAUSES		   /**< how many there are */
};

/** What the user says of how results are told apart. */
struct upset_judging {
	const char *detected;  /**< what the program writes when it has noticed a fault, or NULL */
	const char *check;     /**< shell command that exits with 0 when another result is right,
				  as of `upset campaign --check`; or NULL */
	int64_t detected_exit; /**< exit status by which it says that it has noticed; -1: none */
	bool ignore_stdout;    /**< do not compare standard output */
	bool ignore_stderr;    /**< do not compare standard error */
	bool ignore_files;     /**< do not compare the files that it writes */
};

/** "masked", "detected", "sdc", "due", "not-injected", "tool-error". */
UPSET_API const char *upset_outcome_name(enum upset_outcome outcome);
/** "equal", "stdout", "signal", ... */
UPSET_API const char *upset_cause_name(enum upset_cause cause);
/** FITS's letters: C correct, INC incorrect, S system exception, T timeout, U user message; or "".
 */
UPSET_API const char *upset_cause_letter(enum upset_cause cause);
/** The outcome called @p name; UPSET_OUTCOMES: there is none. */
UPSET_API enum upset_outcome upset_outcome_find(const char *name);
/** The cause called @p name; UPSET_CAUSES: there is none. */
UPSET_API enum upset_cause upset_cause_find(const char *name);

UPSET_END_DECLS

#endif
