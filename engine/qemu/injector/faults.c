/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the triggers of an experiment's faults have come, and what is done then: see faults.h. */
#include "engine/qemu/injector/faults.h"

#include <errno.h>

#include "engine/lookahead.h"
#include "engine/qemu/injector/budget.h"
#include "engine/qemu/injector/messages.h"
#include "engine/qemu/injector/state.h"
#include "fault/fault.h"

static struct upset_faults faults;
static struct upset_armed armed[UPSET_INJECTOR_FAULTS];

int faults_arm(uint64_t item)
{
	struct upset_injector *shm = injector.shm;
	const char *text = (const char *)shm + upset_injector_items(shm)[item].faults;
	unsigned int column;

	upset_faults_free(&faults);
	if (text[0] == '\0')
		return 0;
	if (upset_faults_parse(text, &faults, &column, NULL) != 0 ||
		faults.count > UPSET_INJECTOR_FAULTS)
		return -EINVAL;
	for (unsigned int i = 0; i < faults.count; i++)
		armed[i] = upset_armed_new(&faults.faults[i], &injector.run->injections[i]);
	return 0;
}

int faults_begin(void)
{
	return faults_arm(0);
}

void faults_disarm(void)
{
	upset_faults_free(&faults);
}

const struct upset_armed *faults_armed(unsigned int number)
{
	return number < faults.count ? &armed[number] : NULL;
}

void faults_move(void)
{
	for (unsigned int i = 0; i < faults.count; i++)
		armed[i].injection = &injector.run->injections[i];
}

/* --- carrying out ----------------------------------------------------------------------------- */

/* Whether it is overwritten is of interest when it is the only fault. */
static bool is_overwritten(const struct thread *t, const struct upset_armed *a,
	const struct upset_inject_state *state, uint64_t pc)
{
	return faults.count == 1 && a->stage == UPSET_ARMED_OVER &&
	       a->injection->state == UPSET_INJECTION_DONE && a->fault->model != UPSET_FAULT_SKIP &&
	       injector_is_alone(t) &&
	       upset_lookahead_is_overwritten(&a->target, a->injection, state, pc);
}

void faults_fire(struct thread *t, unsigned int number, const uint64_t *place)
{
	struct upset_armed *a = &armed[number];
	const struct upset_inject_state state = injector_state(t);
	uint64_t pc = injector_program_counter(t);

	a->injection->insn = injector_executed(t);
	upset_armed_fire(a, &state, pc, place);
	if (is_overwritten(t, a, &state, pc))
		atomic_store(&injector.run->overwritten, 1);
}

static void fire(struct thread *t, unsigned int number)
{
	uint64_t place = 0;
	bool found = false;

	if (upset_armed_has_place(&armed[number]))
		found = injector_find(0, number, false, &place);
	faults_fire(t, number, found ? &place : NULL);
}

void faults_at_boundary(struct thread *t, bool stepped)
{
	const struct upset_inject_state state = injector_state(t);

	if (stepped)
		upset_armed_step(armed, faults.count, t->number, &state);
	for (unsigned int i = 0; i < faults.count; i++) {
		if (upset_armed_is_due(&armed[i], t->number, t->resumed, injector_executed(t)))
			fire(t, i);
	}
}

/* --- triggers --------------------------------------------------------------------------------- */

void faults_mapped(void)
{
	for (unsigned int i = 0; i < faults.count; i++) {
		if (upset_armed_is_sought(&armed[i]))
			armed[i].resolved = injector_find(0, i, true, &armed[i].pc);
	}
}

uint64_t faults_next(const struct thread *t)
{
	uint64_t now = injector_executed(t), next = UINT64_MAX;

	for (unsigned int i = 0; i < faults.count; i++) {
		const struct upset_armed *a = &armed[i];

		if (!upset_armed_is_on(a, t->number))
			continue;
		if (upset_armed_is_active(a) && now + 1 < next)
			next = now + 1;
		if (a->stage == UPSET_ARMED_WAITING && !a->at_place && a->count >= now &&
			a->count < next)
			next = a->count;
	}
	return next;
}

void *faults_sought(uint64_t pc)
{
	for (unsigned int i = 0; i < faults.count; i++) {
		if (armed[i].resolved && armed[i].pc == pc)
			return &armed[i];
	}
	return NULL;
}

/* Several may be there. */
bool faults_arrive(struct thread *t, void *sought, uint64_t pc, uint64_t instructions)
{
	bool due = false;

	(void)sought, (void)instructions;
	for (unsigned int i = 0; i < faults.count; i++)
		due |= upset_armed_arrive(&armed[i], t->number, pc);
	return due;
}
