/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of an experiment on the real processor: when their triggers have come,
 * and how a thread gets there, by breakpoints or steps.  See experiment.h.
 */
#include <errno.h>
#include <sys/ptrace.h>

#include "engine/native/experiment.h"
#include "engine/native/registers.h"
#include "engine/places.h"

static bool is_on(const struct upset_armed *a, const struct thread *t)
{
	return upset_armed_is_on(a, t->number);
}

/* --- triggers --------------------------------------------------------------------------------- */

void native_faults_arm(struct experiment *e, struct upset_armed *a)
{
	for (size_t i = 0; i < e->thread_count && a->slot < 0; i++) {
		if (!is_on(a, &e->threads[i]))
			continue;
		a->slot = e->means == NATIVE_HARDWARE
				  ? native_breakpoint_set(e->threads[i].tid, a->pc)
				  : 0;
	}
}

void native_faults_resolve(struct experiment *e)
{
	for (size_t i = 0; i < e->count && e->rc == 0; i++) {
		struct upset_armed *a = &e->armed[i];

		if (!upset_armed_is_sought(a))
			continue;
		e->rc = upset_place_find_in(e->trace.pid, &a->fault->trigger_place, e->request,
			&a->resolved, &a->pc, e->error);
		if (a->resolved)
			native_faults_arm(e, a);
	}
	if (e->locate != NULL && e->rc == 0)
		e->rc = native_locate_resolve(e->locate, e->trace.pid, e->request, e->error);
}

bool native_faults_resolved(const struct experiment *e)
{
	if (e->locate != NULL && !native_locate_resolved(e->locate))
		return false;
	for (size_t i = 0; i < e->count; i++) {
		if (upset_armed_is_sought(&e->armed[i]))
			return false;
	}
	return true;
}

/* --- carrying out ----------------------------------------------------------------------------- */

/* Its breakpoint has done what it was for. */
static void disarm(const struct experiment *e, const struct thread *t, struct upset_armed *a)
{
	if (a->slot >= 0 && e->means == NATIVE_HARDWARE)
		native_breakpoint_clear(t->tid, a->slot);
	a->slot = -1;
}

/* The trigger of @a has come. */
static void fire(struct experiment *e, const struct thread *t, struct upset_armed *a)
{
	struct native_registers registers;
	const struct upset_inject_state state = native_inject_state(&registers, &e->trace, t->tid);
	uint64_t place = 0;
	bool found = false;

	if (upset_armed_has_place(a))
		e->rc = upset_place_find_in(
			e->trace.pid, &a->fault->place, e->request, &found, &place, e->error);
	a->injection->insn = t->ran ? UINT64_MAX : t->instructions;
	upset_armed_fire(a, &state, t->at, found ? &place : NULL);
	disarm(e, t, a);
}

void native_faults_before(struct experiment *e, struct thread *t)
{
	t->counted = true;
	if (e->locate != NULL && native_locate_wants(e->locate, t->number) &&
		!native_locate_arrive(e->locate, t->number, t->instructions, t->at, t->resumes))
		e->rc = upset_error_set(e->error, ENOMEM, "no memory for triggers");
	for (size_t i = 0; i < e->count; i++) {
		struct upset_armed *a = &e->armed[i];

		/* No debug register stops for the second time where a handler returns to. */
		if (!t->resumes)
			(void)upset_armed_arrive(a, t->number, t->at);
		if (upset_armed_is_due(a, t->number, t->at, t->instructions))
			fire(e, t, a);
	}
}

void native_faults_after(struct experiment *e, const struct thread *t)
{
	struct native_registers registers;
	const struct upset_inject_state state = native_inject_state(&registers, &e->trace, t->tid);

	upset_armed_step(e->armed, e->count, t->number, &state);
}

/* --- going on --------------------------------------------------------------------------------- */

bool native_faults_must_step(const struct experiment *e, const struct thread *t)
{
	if (e->locate != NULL && native_locate_wants(e->locate, t->number))
		return true;
	if (e->survey != NULL && !e->survey->tells && e->threads_created == 1)
		return true;
	for (size_t i = 0; i < e->count; i++) {
		const struct upset_armed *a = &e->armed[i];

		if (!is_on(a, t))
			continue;
		if (upset_armed_is_active(a) || (a->stage == UPSET_ARMED_WAITING && !a->at_place))
			return true;
	}
	return false;
}

static bool waits(const struct upset_armed *a, const struct thread *t)
{
	return a->stage == UPSET_ARMED_WAITING && a->slot >= 0 && is_on(a, t);
}

bool native_faults_wait(const struct experiment *e, const struct thread *t)
{
	for (size_t i = 0; i < e->count; i++) {
		if (waits(&e->armed[i], t))
			return true;
	}
	return false;
}

/* Other threads, and processes with the same memory, would come to them too. */
bool native_faults_plant(struct experiment *e, const struct thread *t)
{
	bool all = e->means == NATIVE_SOFTWARE && e->request->hidden && e->thread_count == 1 &&
		   !e->shared;

	for (size_t i = 0; i < e->count && all; i++) {
		if (waits(&e->armed[i], t))
			all = native_plant(&e->planted, &e->trace, e->armed[i].pc);
	}
	if (!all)
		native_lift(&e->planted, &e->trace);
	return all;
}

bool native_faults_await(const struct experiment *e, uint64_t address)
{
	for (size_t i = 0; i < e->count; i++) {
		if (e->armed[i].slot >= 0 && e->armed[i].pc == address)
			return true;
	}
	return false;
}

void native_faults_pass(const struct experiment *e, const struct thread *t)
{
	struct user_regs_struct regs;

	for (size_t i = 0; i < e->count; i++) {
		if (e->armed[i].slot < 0 || e->armed[i].pc != t->at || !is_on(&e->armed[i], t))
			continue;
		if (!native_read_registers(t->tid, &regs) || regs.rip != t->at)
			return;
		regs.eflags |= NATIVE_RESUME_FLAG;
		(void)ptrace(PTRACE_SETREGS, t->tid, NULL, &regs);
		return;
	}
}
