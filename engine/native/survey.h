/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a program could tell that an int3 lies in its code: one run without faults,
 * stepped, in which it is noted which bytes it reads and where its instructions are.
 * Inside engine/native only: experiments tell what the program comes to.
 */
#ifndef UPSET_ENGINE_NATIVE_SURVEY_H
#define UPSET_ENGINE_NATIVE_SURVEY_H

#include "engine/native/native.h"

struct survey_page;

struct native_survey {
	const struct upset_isa *isa;
	struct survey_page **buckets; /* by address */
	bool tells;		      /* it reads its code, or that is not known */
};

/* Thread @tid is about to execute @insn, NULL when it is none. */
void native_survey_step(struct native_survey *survey, pid_t tid, const struct upset_insn *insn);

/* False: no memory. */
bool native_survey_begin(struct native_survey *survey, const struct upset_isa *isa);
/* The run is over: .tells is known. */
void native_survey_end(struct native_survey *survey);

#endif
