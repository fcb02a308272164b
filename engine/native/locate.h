/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is sought in a run without faults.  Inside engine/native only: experiments tell what the
 * program comes to.
 */
#ifndef UPSET_ENGINE_NATIVE_LOCATE_H
#define UPSET_ENGINE_NATIVE_LOCATE_H

#include "engine/native/native.h"

struct native_locate;

/* Look for the triggers of faults[@count], which become triggers[@count]; both stay the caller's.
   NULL: no memory. */
struct native_locate *native_locate_new(
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers);
void native_locate_free(struct native_locate *locate);

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

#endif
