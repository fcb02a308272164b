/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run without faults and one with them side by side, until they part: the driver's side. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/places.h"
#include "engine/qemu/session.h"

enum { WAIT_MS = 1 };

struct run {
	struct qemu_session session;
	const struct upset_experiment_request *request;
	struct upset_injection injections[UPSET_INJECTOR_FAULTS];
	int maps_fd; /* the latest memory map; -1: none */
	bool ended;
	uint64_t left_out; /* steps at the beginning that have no counterpart */
};

struct tracer {
	const struct upset_trace_request *request;
	struct upset_trace *trace;
	struct run golden, faulty;
	struct upset_injector_step last;
};

/* --- what the injectors say ------------------------------------------------------------------- */

static const struct upset_fault *fault_of_run(void *context, uint64_t item, unsigned int fault)
{
	const struct upset_faults *faults = ((const struct run *)context)->request->faults;

	return item == 0 && fault < faults->count ? &faults->faults[fault] : NULL;
}

static void take_message(void *context, const struct upset_injector_message *message, int fds[2])
{
	struct run *r = context;

	if (message->kind == UPSET_INJECTOR_MAPPED && fds[0] >= 0) {
		if (r->maps_fd >= 0)
			(void)close(r->maps_fd);
		r->maps_fd = fds[0];
	} else if (fds[0] >= 0) {
		(void)close(fds[0]);
	}
	if (fds[1] >= 0)
		(void)close(fds[1]);
}

/* --- comparing -------------------------------------------------------------------------------- */

static uint64_t available(const struct run *r)
{
	const struct upset_injector_trace *t = &r->session.shm->trace;

	return atomic_load_explicit(&t->written, memory_order_acquire) - atomic_load(&t->taken);
}

static const struct upset_injector_step *next_step(const struct run *r)
{
	return &upset_injector_ring(
		r->session.shm)[atomic_load(&r->session.shm->trace.taken) % UPSET_INJECTOR_RING];
}

static void take_steps(struct run *r, uint64_t count)
{
	atomic_fetch_add_explicit(&r->session.shm->trace.taken, count, memory_order_release);
}

static void set_step(
	struct upset_traced *traced, const struct upset_injector_step *step, const struct run *of)
{
	*traced = (struct upset_traced){.known = true,
		.isa = upset_isa_at(of->session.shm->isa),
		.insn = step->insn,
		.address = step->address,
		.size = step->size};
	memcpy(traced->bytes, step->bytes, sizeof(traced->bytes));
}

/* Compare the states before the same instruction: what differs comes of the one before it. */
static void compare_states(struct tracer *t, const struct upset_injector_step *golden,
	const struct upset_injector_step *faulty)
{
	struct upset_trace *trace = t->trace;

	if (trace->steps == 0)
		return;
	if (!trace->spread.known && golden->registers != faulty->registers)
		set_step(&trace->spread, &t->last, &t->faulty);
	if (!trace->wrote.known && golden->output != faulty->output)
		set_step(&trace->wrote, &t->last, &t->faulty);
}

/* Compare the steps that both have told; false: it is known how it ends. */
static bool compare(struct tracer *t, uint64_t count)
{
	struct upset_trace *trace = t->trace;

	for (uint64_t i = 0; i < count; i++) {
		const struct upset_injector_step *golden = next_step(&t->golden),
						 *faulty = next_step(&t->faulty);

		if (golden->address != faulty->address)
			return false;
		if (trace->steps == t->request->steps) {
			trace->end = UPSET_TRACE_STEPS;
			return false;
		}
		compare_states(t, golden, faulty);
		trace->steps++;
		t->last = *golden;
		take_steps(&t->golden, 1);
		take_steps(&t->faulty, 1);
	}
	return true;
}

static void leave_out(struct run *r)
{
	uint64_t count = available(r);

	if (count > r->left_out)
		count = r->left_out;
	take_steps(r, count);
	r->left_out -= count;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void attend(struct run *r, bool idle)
{
	if (!r->ended)
		r->ended = !qemu_session_attend(&r->session, idle ? WAIT_MS : 0);
}

/* Until it is known how it ends. */
static void follow(struct tracer *t)
{
	uint64_t start_ns = 0;
	bool over = false;

	t->trace->end = UPSET_TRACE_DIVERGED;
	while (!over) {
		/* What has ended has told all before. */
		bool ended[2] = {t->golden.ended, t->faulty.ended};
		uint64_t golden, faulty;

		leave_out(&t->golden);
		golden = available(&t->golden);
		faulty = available(&t->faulty);
		if (start_ns == 0 && least(golden, faulty) > 0)
			start_ns = upset_now_ns();
		if (least(golden, faulty) > 0) {
			over = !compare(t, least(golden, faulty));
		} else if ((ended[0] && golden == 0) || (ended[1] && faulty == 0)) {
			over = (ended[0] || golden > 0) && (ended[1] || faulty > 0);
			if (over && golden == 0 && faulty == 0)
				t->trace->end = UPSET_TRACE_SAME;
		}
		/* Wait for the one that is behind. */
		attend(&t->golden, golden == 0);
		attend(&t->faulty, faulty == 0 && golden > 0);
	}
	t->trace->host_time_ns = start_ns == 0 ? 0 : upset_now_ns() - start_ns;
}

/* --- running ---------------------------------------------------------------------------------- */

/* All but the one that has the fault; of an operand it is not known which one it is. */
static void choose_registers(struct upset_injector_trace *trace, const struct upset_fault *fault)
{
	trace->hashes = fault->location != UPSET_FAULT_OPERAND;
	trace->left_out = UPSET_RESOURCE_NONE;
	if (fault->location == UPSET_FAULT_REGISTER)
		trace->left_out = fault->resource;
}

static int start(struct tracer *t, struct run *r, const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error)
{
	char *text = request->faults->count > 0 ? upset_faults_print(request->faults) : strdup("");
	int rc;

	if (text == NULL)
		return upset_error_set(error, ENOMEM, "no memory for faults");
	r->request = request;
	result->injections = r->injections;
	r->session = (struct qemu_session){.request = request,
		.result = result,
		.error = error,
		.fault = fault_of_run,
		.tell = take_message,
		.context = r};
	r->session.trace.insn = t->request->insn;
	r->session.trace.fault = t->request->fault;
	choose_registers(&r->session.trace, &t->request->faulty->faults->faults[t->request->fault]);
	rc = qemu_session_start(&r->session, UPSET_INJECTOR_TRACE, &text, NULL, 1, 0);
	free(text);
	return rc;
}

static const struct run no_run = {.session = {.shm = MAP_FAILED,
					  .shm_fd = -1,
					  .sockets = {-1, -1},
					  .process = {.end_fd = -1}},
	.maps_fd = -1};

static void stop(struct run *r)
{
	if (r->session.process.end_fd < 0)
		return;
	if (!r->ended)
		(void)kill(r->session.process.pid, SIGKILL);
	while (qemu_session_attend(&r->session, WAIT_MS))
		;
	(void)qemu_session_finish(&r->session);
}

/* --- the result ------------------------------------------------------------------------------- */

static int name(const struct run *r, struct upset_traced *traced, struct upset_error *error)
{
	int copy = r->maps_fd < 0 ? -1 : dup(r->maps_fd);
	FILE *maps = copy < 0 ? NULL : fdopen(copy, "r");
	int rc = 0;

	if (maps != NULL && traced->known) {
		(void)fseek(maps, 0, SEEK_SET);
		rc = upset_place_name(
			maps, traced->address, &traced->module, &traced->module_address);
	}
	if (maps != NULL)
		(void)fclose(maps);
	else if (copy >= 0)
		(void)close(copy);
	return rc == 0 ? 0 : upset_error_set(error, ENOMEM, "no memory for a trace");
}

static int tell(struct tracer *t, struct upset_error *error)
{
	const struct upset_injector_trace *used = &t->faulty.session.shm->trace;
	struct upset_trace *trace = t->trace;
	struct upset_traced *all[] = {
		&trace->last, &trace->faulty, &trace->used, &trace->spread, &trace->wrote};
	int rc = 0;

	if (trace->steps > 0)
		set_step(&trace->last, &t->last, &t->faulty);
	if (trace->end == UPSET_TRACE_DIVERGED && available(&t->golden) > 0)
		set_step(&trace->golden, next_step(&t->golden), &t->golden);
	if (trace->end == UPSET_TRACE_DIVERGED && available(&t->faulty) > 0)
		set_step(&trace->faulty, next_step(&t->faulty), &t->faulty);
	if (used->use != UPSET_INJECTOR_UNUSED)
		set_step(&trace->used, &used->used, &t->faulty);
	trace->overwritten = used->use == UPSET_INJECTOR_OVERWRITTEN;
	for (size_t i = 0; rc == 0 && i < sizeof(all) / sizeof(all[0]); i++)
		rc = name(&t->faulty, all[i], error);
	return rc == 0 ? name(&t->golden, &trace->golden, error) : rc;
}

static void tear_down(struct run *r)
{
	qemu_session_end(&r->session);
	if (r->maps_fd >= 0)
		(void)close(r->maps_fd);
}

int qemu_trace(const struct upset_trace_request *request, struct upset_trace *trace,
	struct upset_error *error)
{
	struct tracer t = {.request = request, .trace = trace, .golden = no_run, .faulty = no_run};
	const struct upset_fault *fault = &request->faulty->faults->faults[request->fault];
	int rc;

	*trace = (struct upset_trace){0};
	/* The other run comes to what is behind the skipped instruction one step later. */
	t.golden.left_out = fault->model == UPSET_FAULT_SKIP ? 1 : 0;
	rc = start(&t, &t.golden, request->golden, &trace->golden_result, error);
	if (rc == 0)
		rc = start(&t, &t.faulty, request->faulty, &trace->faulty_result, error);
	if (rc == 0)
		follow(&t);
	stop(&t.golden);
	stop(&t.faulty);
	if (rc == 0 && t.golden.session.rc != 0)
		rc = t.golden.session.rc;
	if (rc == 0 && t.faulty.session.rc != 0)
		rc = t.faulty.session.rc;
	if (rc == 0 && upset_stop_reason(request->golden->stop) != 0)
		rc = upset_error_set(error, EINTR, "interrupted");
	if (rc == 0)
		rc = tell(&t, error);
	tear_down(&t.golden);
	tear_down(&t.faulty);
	return rc;
}
