/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is sought in a run without faults.  Inside engine/native only: experiment.c
 * runs the program and tells what it comes to.
 */
#ifndef UPSET_ENGINE_NATIVE_LOCATE_H
#define UPSET_ENGINE_NATIVE_LOCATE_H

#include "engine/native/native.h"

struct native_locate;

/* Whether thread @thread is to be stepped. */
bool native_locate_wants(const struct native_locate *locate, uint32_t thread);

/* Whether all places are known; look for those that are not, in process @pid.  0, -ENOMEM, -EINVAL.
 */
bool native_locate_resolved(const struct native_locate *locate);
int native_locate_resolve(struct native_locate *locate, pid_t pid,
	const struct upset_experiment_request *request, struct upset_error *error);

/*
 * The thread comes to the instruction at @pc, having executed @instructions.
 * @resumes: a breakpoint there would not stop it, since it did so before.  False:
 * no memory.
 */
bool native_locate_arrive(struct native_locate *locate, uint32_t thread, uint64_t instructions,
	uint64_t pc, bool resumes);
/* It leaves @pc for a signal handler, without having begun the instruction. */
void native_locate_leave(struct native_locate *locate, uint32_t thread, uint64_t pc);

struct native_survey;

/*
 * experiment.c: run the program with its faults; @locate: what is sought meanwhile, or NULL;
 * @survey: what it is watched for, or NULL.
 */
int native_execute(const struct upset_experiment_request *request, struct native_locate *locate,
	struct native_survey *survey, struct upset_experiment_result *result,
	struct upset_error *error);

#endif
