/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a thread's executed instruction and the registers around it to the images of which
 * engine/stepped.h counts.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/native/native.h"

static bool has_values(const struct native_trace *trace)
{
	return trace->detail != UPSET_DETAIL_COUNTS;
}

static void check(struct native_trace *trace, int result)
{
	if (result != 0 && trace->result == 0)
		trace->result = upset_error_set(trace->error, -result, "no memory to count");
}

/* --- threads ---------------------------------------------------------------------------------- */

static bool read_memory(void *context, uint64_t address, uint8_t *bytes, size_t size)
{
	return native_read_memory(context, address, bytes, size) == size;
}

bool native_count_begin(struct native_trace *trace, struct native_thread *thread)
{
	struct upset_stepped *s = &thread->counting;

	*s = (struct upset_stepped){.profile = trace->profile,
		.detail = trace->detail,
		.read_memory = read_memory,
		.context = trace};
	if (s->detail == UPSET_DETAIL_FULL) {
		s->live = calloc(1, sizeof(*s->live));
		if (s->live == NULL)
			return false;
	}
	if (trace->calls != NULL)
		upset_calls_begin(
			&s->calls, trace->profile->isa, trace->calls, &thread->calls_position);
	return true;
}

void native_count_end(struct native_trace *trace, struct native_thread *thread)
{
	struct upset_stepped *s = &thread->counting;

	check(trace, upset_profile_add_thread(trace->profile, thread->number, s->instructions));
	if (trace->calls != NULL)
		upset_calls_end(trace->calls, &thread->calls_position, &s->work);
	upset_calls_fini(&s->calls);
	if (s->live != NULL)
		upset_profile_add_live(trace->profile, s->live, s->instructions);
	free(s->live);
}

/* --- instructions ----------------------------------------------------------------------------- */

void native_count_arguments(const struct native_trace *trace, struct native_thread *thread,
	struct native_flight *flight)
{
	struct upset_state state;

	native_fill(&state, trace->target->isa, &flight->before, NULL);
	upset_stepped_begin(&thread->counting, &flight->code.record->insn, &state, &flight->memory);
}

void native_count_repeat(struct native_trace *trace, struct native_thread *thread,
	const struct native_flight *flight)
{
	upset_stepped_repeat(&thread->counting, flight->code.record, &flight->memory);
	check(trace, thread->counting.result);
}

/* The newest extended state becomes the one after the instruction. */
static void fetch_xstate(struct native_trace *trace, struct native_thread *thread,
	const struct native_flight *flight)
{
	if (!has_values(trace))
		return;
	if ((flight->code.needs & NATIVE_WRITES_XSTATE) != 0) {
		thread->xstate_now ^= 1;
		thread->xstate_valid =
			native_read_xstate(thread->tid, thread->xstate[thread->xstate_now]);
	} else if ((flight->code.needs & NATIVE_SPOILS_XSTATE) != 0) {
		thread->xstate_valid = false;
	}
}

static void fill_images(const struct upset_isa *isa, const struct native_thread *thread,
	const struct native_flight *flight, const struct user_regs_struct *before,
	const struct user_regs_struct *after, struct upset_state images[2])
{
	const unsigned int needs = flight->code.needs, now = thread->xstate_now;
	const uint8_t *xstate = NULL, *xstate_before = NULL;

	if ((needs & (NATIVE_READS_XSTATE | NATIVE_WRITES_XSTATE)) != 0)
		xstate = thread->xstate[now];
	xstate_before = (needs & NATIVE_WRITES_XSTATE) != 0 ? thread->xstate[now ^ 1] : xstate;
	native_fill(&images[UPSET_READ], isa, before, xstate_before);
	native_fill(&images[UPSET_WRITE], isa, after, xstate);
}

void native_count_execution(struct native_trace *trace, struct native_thread *thread,
	const struct native_flight *flight, const struct user_regs_struct *before,
	const struct user_regs_struct *after)
{
	struct upset_state images[2]; /* by enum upset_access: before and after */

	fetch_xstate(trace, thread, flight);
	fill_images(trace->target->isa, thread, flight, before, after, images);
	upset_stepped_execution(&thread->counting, flight->code.record, &flight->memory,
		&images[UPSET_READ], &images[UPSET_WRITE]);
	trace->instructions++;
	check(trace, thread->counting.result);
}
