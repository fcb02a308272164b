/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A golden run, from options to a study: see upset/golden.h. */
#include "upset/golden.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/program.h"
#include "api/run.h"
#include "sandbox/sandbox.h"

struct golden {
	const struct upset_golden_options *options;
	const struct upset_engine *engine;
	struct upset_engine_info info;
	struct program program;
	struct upset_provenance provenance;
	struct upset_store *store;
	struct upset_profile *profile;
	struct upset_error *error;
};

void upset_golden_options_init(struct upset_golden_options *options)
{
	*options = (struct upset_golden_options){
		.engine = "qemu", .detail = UPSET_DETAIL_FULL, .out_fd = -1, .err_fd = -1};
}

static int check(struct golden *g)
{
	const struct upset_golden_options *o = g->options;
	int rc = program_choose_engine(&g->engine, o->engine, false, g->error);

	if (rc == 0 && o->study == NULL)
		rc = upset_error_set(g->error, EINVAL, "a golden run needs a study");
	if (rc == 0 && !o->sandbox && o->program.in_fd != STDIN_FILENO)
		rc = upset_error_set(g->error, EINVAL,
			"without a sandbox the program reads this process's standard input");
	if (rc == 0 && o->sandbox && g->engine != &upset_engine_qemu)
		rc = upset_error_set(
			g->error, EINVAL, "only engine qemu makes golden runs in a sandbox");
	if (rc == 0 && o->remote != NULL && g->engine != &upset_engine_gdb)
		rc = upset_error_set(
			g->error, EINVAL, "only engine gdb runs programs in a GDB stub");
	return rc;
}

/* Everything that can be wrong before the program runs. */
static int prepare(struct golden *g)
{
	const struct upset_golden_options *o = g->options;
	static const struct upset_limits nothing = {0};
	const struct upset_limits limits = upset_sandbox_limits_for(&nothing, NULL);
	struct upset_program program = o->program;
	int rc = check(g);

	if (rc == 0)
		rc = program_find(&g->program, &program, g->error);
	if (rc == 0)
		rc = program_probe_engine(
			g->engine, g->program.subject.target.isa, &g->info, g->error);
	if (rc == 0 && o->sandbox)
		rc = upset_sandbox_probe(g->error);
	if (rc == 0 && o->sandbox)
		rc = program_prepare(&g->program, &program, &limits, g->error);
	if (rc == 0)
		rc = upset_provenance_init(&g->provenance, g->program.path, program.arguments,
			g->program.subject.target.environment, o->program.in_fd, UPSET_VERSION,
			g->error);
	g->provenance.sysroot = g->program.sysroot;
	if (rc == 0)
		rc = upset_store_create(&g->store, o->study, g->error);
	if (rc == 0) {
		g->profile = upset_profile_new(g->program.subject.target.isa, o->detail);
		if (g->profile == NULL)
			rc = upset_error_set(g->error, ENOMEM, "out of memory");
	}
	return rc;
}

static int execute(struct golden *g)
{
	const struct upset_golden_options *o = g->options;
	const struct upset_golden_request request = {
		.target = g->program.subject.target,
		.detail = o->detail,
		.calls = o->calls,
		.remote = o->remote,
		.out_fd = o->out_fd,
		.err_fd = o->err_fd,
		.stop = o->stop,
		.progress = o->progress,
		.progress_context = o->context,
	};
	struct upset_run *run = &g->profile->run;
	int rc =
		upset_run_make(g->engine, &g->info, &request, &g->provenance, g->profile, g->error);
	int reason;

	/* From a terminal the program gets the same signal, and may be the first to go. */
	reason = upset_stop_reason(o->stop);
	if (rc == 0 && reason != 0 && run->seen.end == UPSET_END_SIGNALED &&
		run->seen.status == reason)
		run->seen.end = UPSET_END_INTERRUPTED;
	return rc;
}

static void fill(const struct golden *g, struct upset_golden_result *result)
{
	const struct upset_run *run = &g->profile->run;

	result->ran = true;
	result->made_study = upset_store_is_new(g->store);
	result->end = run->seen.end;
	result->status = run->seen.status;
	result->obstacle = run->seen.obstacle;
	memcpy(result->reason, run->seen.reason, sizeof(result->reason));
	result->host_time_ns = run->seen.host_time_ns;
	result->children_not_counted = run->children_not_counted;
	result->lost = run->lost;
	result->calls_lost = g->profile->calls_lost;
}

/* Not all that the program wrote has reached the caller: it is told, and the run is kept. */
static int tell_unpassed(const struct golden *g, const struct upset_golden_result *result)
{
	const struct upset_run *run = &g->profile->run;
	const bool is_out = run->seen.out.pass_errno != 0;
	const int code = is_out ? run->seen.out.pass_errno : run->seen.err.pass_errno;

	if (code == 0)
		return 0;
	return upset_error_set(g->error, EPIPE,
		"what the program wrote to its standard %s could not all be passed on: %s; run "
		"%lld "
		"is complete and stored",
		is_out ? "output" : "error", strerror(code), (long long)result->run);
}

int upset_golden(const struct upset_golden_options *options, struct upset_golden_result *result,
	struct upset_error *error)
{
	struct golden g = {.options = options, .program = PROGRAM_NONE, .error = error};
	int rc = prepare(&g);

	*result = (struct upset_golden_result){0};
	if (rc == 0)
		rc = execute(&g);
	if (rc == 0) {
		fill(&g, result);
		rc = upset_run_store(g.store, &g.provenance, g.profile, &result->run, error);
		result->instructions = g.profile->instructions;
	}
	if (rc == 0)
		rc = tell_unpassed(&g, result);
	if (result->run == 0)
		upset_store_discard(g.store, 0);
	else
		upset_store_close(g.store);
	upset_profile_free(g.profile);
	upset_provenance_fini(&g.provenance);
	program_fini(&g.program);
	return rc;
}
