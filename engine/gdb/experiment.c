/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Experiments: the program is stepped while a fault waits or lasts, and runs freely from there
 * on.  What a fault does is engine/armed.h's and engine/inject.h's, as for every engine.
 */
#include "engine/gdb/experiment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/armed.h"
#include "engine/ending.h"
#include "engine/gdb/run.h"
#include "engine/places.h"
#include "engine/process.h"

struct gdb_faults {
	const struct upset_experiment_request *request;
	struct upset_armed *armed;
	size_t count;
	uint64_t instructions; /* done when they were last looked at */
	uint32_t generation;   /* of mappings, when places were last looked for */
	bool looked;	       /* they were */
};

/* --- the state of the stopped program --------------------------------------------------------- */

/* A lost connection is told when the program is to go on. */
static bool note(struct gdb_run *run, int result)
{
	if (result != 0 && result != -EFAULT && result != -ENODATA)
		run->unread = result;
	return result == 0;
}

static bool read_register(void *context, unsigned int resource, uint8_t *value)
{
	struct gdb_run *run = context;

	if (run->isa->resources[resource].kind == UPSET_RESOURCE_INTERNAL ||
		!note(run, gdb_layout_read_one(&run->layout, &run->stub, resource, &run->after)))
		return false;
	upset_state_get(&run->after, resource, 0, run->isa->resources[resource].bits, value);
	return true;
}

static bool write_register(void *context, unsigned int resource, const uint8_t *value)
{
	struct gdb_run *run = context;
	uint8_t before[UPSET_STATE_BYTES];

	if (!read_register(run, resource, before))
		return false;
	upset_state_put(&run->after, resource, 0, run->isa->resources[resource].bits, value);
	return note(run, gdb_layout_write_one(&run->layout, &run->stub, resource, &run->after));
}

static bool read_memory(void *context, uint64_t address, uint8_t *value, size_t size)
{
	struct gdb_run *run = context;

	return note(run, gdb_stub_read(&run->stub, address, value, size));
}

static bool write_memory(void *context, uint64_t address, const uint8_t *value, size_t size)
{
	struct gdb_run *run = context;

	return note(run, gdb_stub_write(&run->stub, address, value, size));
}

/* --- faults ----------------------------------------------------------------------------------- */

static int find_place(
	struct gdb_run *run, const struct upset_fault_place *place, bool *found, uint64_t *address)
{
	size_t size;
	char *text;
	FILE *maps;
	int result = gdb_maps_text(run, &text, &size);

	*found = false;
	if (result != 0)
		return gdb_stub_error(&run->stub, result, run->error);
	maps = size > 0 ? fmemopen(text, size, "r") : NULL;
	if (maps != NULL) {
		result = upset_place_find(
			maps, run->path, place, run->faults->request, found, address, run->error);
		(void)fclose(maps);
	}
	free(text);
	return result;
}

/* Modules may have been mapped. */
static int resolve(struct gdb_run *run)
{
	struct gdb_faults *f = run->faults;
	int result = 0;

	if (f->looked && f->generation == run->generation)
		return 0;
	f->looked = true;
	f->generation = run->generation;
	for (size_t i = 0; i < f->count && result == 0; i++) {
		struct upset_armed *a = &f->armed[i];

		if (upset_armed_is_sought(a))
			result = find_place(run, &a->fault->trigger_place, &a->resolved, &a->pc);
	}
	return result;
}

static int fire(struct gdb_run *run, struct upset_armed *a, const struct upset_inject_state *state)
{
	uint64_t place = 0;
	bool found = false;
	int result = 0;

	if (upset_armed_has_place(a))
		result = find_place(run, &a->fault->place, &found, &place);
	if (result != 0)
		return result;
	a->injection->insn = run->counting.instructions;
	upset_armed_fire(
		a, state, upset_state_word(&run->before, run->isa->pc), found ? &place : NULL);
	return 0;
}

static bool any_is(const struct gdb_faults *f, bool (*is)(const struct upset_armed *a))
{
	for (size_t i = 0; i < f->count; i++)
		if (is(&f->armed[i]))
			return true;
	return false;
}

static bool is_to_come(const struct upset_armed *a)
{
	return a->stage != UPSET_ARMED_OVER && upset_armed_is_on(a, 0);
}

/* What was changed is what the next instruction finds. */
static int take_changes(struct gdb_run *run)
{
	int result = run->unread != 0 ? gdb_step_check(run) : gdb_step_read(run);

	run->generation++;
	run->faults->generation = run->generation;
	if (result == 0)
		result = gdb_step_begin_next(run);
	run->fresh = false;
	return result;
}

int gdb_faults_here(struct gdb_run *run, bool *freely)
{
	struct gdb_faults *f = run->faults;
	const struct upset_inject_state state = {
		run->isa, run, read_register, write_register, read_memory, write_memory};
	const uint64_t pc = upset_state_word(&run->before, run->isa->pc);
	bool changed = false;
	int result = resolve(run);

	if (result == 0 && run->counting.instructions != f->instructions) {
		f->instructions = run->counting.instructions;
		changed = any_is(f, upset_armed_is_active);
		upset_armed_step(f->armed, f->count, 0, &state);
	}
	for (size_t i = 0; i < f->count && result == 0 && run->fresh; i++) {
		(void)upset_armed_arrive(&f->armed[i], 0, pc);
		if (!upset_armed_is_due(&f->armed[i], 0, pc, f->instructions))
			continue;
		result = fire(run, &f->armed[i], &state);
		changed = true;
	}
	run->fresh = false;
	*freely = !any_is(f, is_to_come);
	return result == 0 && changed ? take_changes(run) : result;
}

/* --- an experiment ---------------------------------------------------------------------------- */

int gdb_check(const struct upset_faults *faults, struct upset_error *error)
{
	(void)faults;
	(void)error;
	return 0;
}

static int prepare(
	struct gdb_faults *f, struct upset_experiment_result *result, struct upset_error *error)
{
	f->count = f->request->faults->count;
	f->armed = calloc(f->count + 1, sizeof(*f->armed));
	if (f->armed == NULL)
		return upset_error_set(error, ENOMEM, "no memory for faults");
	for (size_t i = 0; i < f->count; i++) {
		f->armed[i] =
			upset_armed_new(&f->request->faults->faults[i], &result->injections[i]);
		*f->armed[i].injection = (struct upset_injection){0};
	}
	if (f->request->trigger != NULL && f->count == 1)
		upset_armed_wait_at(&f->armed[0], f->request->trigger);
	return 0;
}

static void take_end(const struct gdb_run *run, struct upset_experiment_result *result)
{
	const struct upset_limits *sandbox = run->request->target.sandbox;

	if (sandbox != NULL)
		upset_ending_take_sandbox(result, sandbox, &run->ending);
	if (run->profile->run.seen.end == UPSET_END_INTERRUPTED)
		result->seen.end = UPSET_END_INTERRUPTED;
	else if (run->stub.timed_out)
		result->seen.end = UPSET_END_HUNG;
	else
		upset_ending_take_status(result, run->ending.status);
}

static int execute(struct gdb_faults *f, const struct upset_golden_request *golden,
	struct upset_profile *profile, struct upset_experiment_result *result,
	struct upset_error *error)
{
	const int fds[2] = {f->request->out_fd, f->request->err_fd};
	struct upset_error own = {0};
	struct gdb_run *run = gdb_run_new(golden, profile, "of QEMU", &own);
	int rc;

	if (run == NULL)
		return upset_error_set(error, own.code, "%s", own.message);
	run->faults = f;
	run->limit_ns = f->request->limit_ns;
	rc = gdb_run_launched(run, fds);
	if (rc == 0 || run->stub.timed_out) {
		take_end(run, result);
		rc = 0;
	}
	gdb_run_free(run);
	return rc == 0 ? 0 : upset_error_set(error, -rc, "%s", own.message);
}

int gdb_experiment(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error)
{
	const uint64_t begun_ns = upset_now_ns();
	struct gdb_faults faults = {.request = request};
	struct upset_golden_request golden = {
		.target = request->target, .detail = UPSET_DETAIL_COUNTS, .stop = request->stop};
	struct upset_profile *profile;
	int rc;

	if (golden.target.isa == NULL)
		golden.target.isa = upset_process_isa(request->target.program);
	result->seen.end = UPSET_END_EXITED;
	result->seen.files[0] = '\0';
	profile = upset_profile_new(golden.target.isa, UPSET_DETAIL_COUNTS);
	rc = profile == NULL ? upset_error_set(error, ENOMEM, "no memory for an experiment")
			     : prepare(&faults, result, error);
	if (rc == 0)
		rc = execute(&faults, &golden, profile, result, error);
	result->seen.host_time_ns = upset_now_ns() - begun_ns;
	free(faults.armed);
	upset_profile_free(profile);
	return rc;
}
