/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A campaign, from options to experiments in a study: see upset/campaign.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "api/campaign.h"
#include "api/ends.h"
#include "api/judging.h"
#include "api/program.h"
#include "api/run.h"
#include "base/clock.h"
#include "base/hash.h"
#include "campaign/control.h"
#include "campaign/interval.h"
#include "sandbox/sandbox.h"

enum { BATCH = 4096, HANDFUL = 16, MANY = 8 * HANDFUL, STOPPED = -1 };

struct campaign {
	const struct upset_campaign_options *options;
	const struct upset_engine *engine;
	struct upset_engine_info info;
	struct program program;
	struct upset_provenance provenance;
	struct campaign_home home;
	struct upset_store *store;
	struct campaign_source *source;
	struct upset_outcome_rules rules;
	struct upset_campaign run;
	struct upset_stop stop; /* by the caller's, or because nothing more can or shall be made */
	struct campaign_keeper *keeper;
	struct upset_campaign_state *state;
	struct campaign_pace pace; /* of the first ones, when @paced */
	bool paced, reached;	   /* the place of any fault */
	char identity[UPSET_HASH_HEX_SIZE];
	char outputs[2][UPSET_HASH_HEX_SIZE]; /* of the campaign that this one goes on with */
	int64_t golden;			      /* the run that is sampled; 0: none yet */
	struct upset_error *error;
	int rc; /* of keeping results */
};

/* --- setting up ------------------------------------------------------------------------------- */

static int read_list(struct campaign *c)
{
	struct campaign_list *list = NULL;
	int rc = campaign_list_read(
		&list, c->options->faults, c->engine, &c->program.subject.target, c->error);

	if (rc != 0)
		return rc;
	c->source = campaign_source_list(list, c->program.subject.target.isa);
	if (c->source != NULL)
		return 0;
	campaign_list_free(list);
	return upset_error_set(c->error, ENOMEM, "no memory for the list of faults");
}

/* Everything that can be wrong before the program runs. */
static int prepare(struct campaign *c)
{
	const struct upset_campaign_options *o = c->options;
	int rc = upset_campaign_check(o, c->error);

	if (rc == 0)
		rc = program_choose_engine(&c->engine, o->engine, true, c->error);
	if (rc == 0)
		rc = program_find(&c->program, &o->program, c->error);
	if (rc == 0)
		rc = program_probe_engine(
			c->engine, c->program.subject.target.isa, &c->info, c->error);
	if (rc == 0 && !o->no_sandbox)
		rc = upset_sandbox_probe(c->error);
	if (rc == 0 && o->faults != NULL)
		rc = read_list(c);
	if (rc == 0)
		rc = upset_provenance_init(&c->provenance, c->program.path, o->program.arguments,
			c->program.subject.target.environment, o->program.in_fd, UPSET_VERSION,
			c->error);
	c->provenance.sysroot = c->program.sysroot;
	if (rc == 0)
		rc = campaign_options_identify(o, &c->provenance, c->source, c->identity, c->error);
	if (rc == 0)
		rc = campaign_home_take(&c->home, o, c->identity, c->state, c->error);
	if (rc == 0)
		rc = upset_store_create(&c->store, c->home.path, c->error);
	return rc;
}

/* The run that samples are drawn from: the one of the campaign, or a new one. */
static int run_golden(struct campaign *c)
{
	const struct upset_limits limits = upset_trial_limits(&c->program.subject, NULL);
	struct upset_engine_info info = c->info;
	unsigned int locations, models;
	int rc = campaign_words(c->options, &locations, &models, c->error);
	struct upset_golden_request request = {
		.target = c->program.subject.target,
		.detail = locations & UPSET_SAMPLE_MEMORY ? UPSET_DETAIL_FULL : UPSET_DETAIL_COUNTS,
		.out_fd = -1,
		.err_fd = -1,
		.stop = &c->stop,
	};
	struct upset_profile *profile;

	if (request.target.sandbox != NULL)
		request.target.sandbox = &limits;
	if (rc == 0 && c->engine != &upset_engine_qemu)
		rc = program_probe_engine(&upset_engine_qemu, request.target.isa, &info, c->error);
	if (rc != 0)
		return rc;
	profile = upset_profile_new(request.target.isa, request.detail);
	if (profile == NULL)
		return upset_error_set(c->error, ENOMEM, "out of memory");
	rc = upset_run_make(&upset_engine_qemu, &info, &request, &c->provenance, profile, c->error);
	if (rc == 0 && profile->run.seen.end == UPSET_END_INTERRUPTED)
		rc = upset_error_set(c->error, EINTR, "interrupted");
	if (rc == 0)
		rc = upset_run_store(c->store, &c->provenance, profile, &c->golden, c->error);
	upset_profile_free(profile);
	return rc;
}

static int add_campaign(struct campaign *c)
{
	const struct upset_trial *golden = &c->run.golden;
	char out_hash[UPSET_HASH_HEX_SIZE], err_hash[UPSET_HASH_HEX_SIZE];
	char *options = campaign_options_print(c->options);
	int rc = upset_run_hash_outputs(golden, out_hash, err_hash, c->error);

	if (options == NULL)
		rc = upset_error_set(c->error, ENOMEM, "out of memory");
	if (rc == 0) {
		const struct upset_campaign_row row = {
			.identity = c->identity,
			.engine = c->options->engine,
			.engine_version = c->info.version,
			.source = c->options->faults != NULL ? "list" : "sample",
			.options = options,
			.isa = c->program.subject.target.isa->name,
			.selection = c->state->selection,
			.seed = c->options->seed,
			.planned = campaign_source_count(c->source),
			.shard = c->options->shard,
			.shards = c->options->shards,
			.population = campaign_source_population(c->source),
			.confidence = c->options->confidence,
			.z = upset_interval_z(c->options->confidence),
			.run = c->golden,
			.golden_end = golden->result.seen.end == UPSET_END_SIGNALED ? "signaled"
										    : "exited",
			.golden_status = golden->result.seen.status,
			.golden_reason = golden->result.seen.reason,
			.golden_instructions = golden->result.instructions,
			.golden_time_ns = golden->result.seen.host_time_ns,
			.stdout_bytes = golden->result.seen.out.bytes,
			.stderr_bytes = golden->result.seen.err.bytes,
			.stdout_sha256 = out_hash,
			.stderr_sha256 = err_hash,
		};

		rc = upset_store_add_campaign(
			c->store, &row, &c->provenance, &c->state->campaign, c->error);
	}
	free(options);
	return rc;
}

/* The campaign in the study that this one goes on with, if there is one. */
static int find_campaign(struct campaign *c)
{
	static const char *const columns[] = {"planned", "run", "stdout_sha256", "stderr_sha256"};
	char condition[64];
	struct upset_store_query query = {.view = "campaign",
		.columns = columns,
		.column_count = 4,
		.condition = condition,
		.limit = 1};
	struct upset_store_cursor *cursor = NULL;
	int rc = upset_store_find_campaign(c->store, c->identity, &c->state->campaign, c->error);

	if (rc == -ENOENT && c->options->from != NULL)
		return upset_error_set(c->error, ENOTSUP,
			"%s holds no campaign with these options, this program, environment and "
			"input: leave out options that results depend on",
			c->options->study);
	if (rc != 0)
		return rc == -ENOENT ? 0 : rc;
	(void)snprintf(condition, sizeof(condition), "id = %" PRId64, c->state->campaign);
	rc = upset_store_select(c->store, &query, &cursor, c->error);
	if (rc == 0)
		rc = upset_store_next(cursor, c->error);
	if (rc == 1)
		c->state->planned = campaign_shard_count((uint64_t)upset_store_integer(cursor, 0),
			c->options->shard, c->options->shards);
	if (rc == 1 && !upset_store_is_null(cursor, 1))
		c->golden = upset_store_integer(cursor, 1);
	for (unsigned int i = 0; rc == 1 && i < 2; i++)
		(void)snprintf(c->outputs[i], sizeof(c->outputs[i]), "%s",
			upset_store_text(cursor, 2 + i, NULL));
	upset_store_cursor_close(cursor);
	if (rc == 1)
		rc = campaign_state_load(c->state, c->store, c->error);
	c->state->before = c->state->made;
	upset_lock_note(&c->home.lock, "before", c->state->before);
	return rc;
}

/* What experiments are compared with must be what earlier ones were compared with. */
static int check_outputs(struct campaign *c)
{
	char now[2][UPSET_HASH_HEX_SIZE];
	int rc = upset_run_hash_outputs(&c->run.golden, now[0], now[1], c->error);

	if (rc != 0 || c->options->judging.check != NULL)
		return rc;
	if ((c->options->judging.ignore_stdout || strcmp(now[0], c->outputs[0]) == 0) &&
		(c->options->judging.ignore_stderr || strcmp(now[1], c->outputs[1]) == 0))
		return 0;
	return upset_error_set(c->error, ENOTSUP,
		"without faults the program writes something else than when campaign %" PRId64
		" was begun; begin another one in another study, with -o",
		c->state->campaign);
}

static int take_golden(struct campaign *c)
{
	const struct upset_experiment_result *golden = &c->run.golden.result;

	c->state->golden_end = golden->seen.end;
	c->state->golden_status = golden->seen.status;
	memcpy(c->state->golden_reason, golden->seen.reason, sizeof(c->state->golden_reason));
	return ends_accept(golden, c->options->golden_ends, c->error);
}

/* How many there are to make, and of what. */
static void describe(struct campaign *c)
{
	const struct upset_campaign_options *o = c->options;
	struct upset_campaign_state *s = c->state;
	const uint64_t shards = o->shards > 0 ? o->shards : 1;
	const uint64_t controls = o->controls >= 0
					  ? (uint64_t)o->controls
					  : upset_control_count(campaign_source_count(c->source));

	campaign_source_describe(c->source, o->shard, shards, s);
	s->confidence = o->confidence;
	s->controls_planned = campaign_shard_count(controls, o->shard, shards);
}

static int begin(struct campaign *c)
{
	int rc = find_campaign(c);

	if (rc == 0)
		rc = upset_campaign_begin(&c->run, c->error);
	if (rc == 0)
		rc = take_golden(c);
	if (rc == 0 && c->state->campaign != 0)
		rc = check_outputs(c);
	else if (rc == 0 && c->source != NULL)
		rc = campaign_source_check(
			c->source, &c->program.subject, &c->run.golden, c->error);
	if (rc == 0 && c->source == NULL && c->golden == 0)
		rc = run_golden(c);
	if (rc == 0 && c->source == NULL)
		rc = campaign_source_sample(&c->source, c->options, c->store, c->golden,
			c->provenance.program, c->program.subject.target.isa, c->error);
	if (rc == 0)
		describe(c);
	if (rc == 0 && c->state->campaign == 0)
		rc = add_campaign(c);
	else if (rc == 0 && !c->options->plan)
		rc = upset_store_claim_shard(c->store, c->state->campaign, c->options->shard,
			c->options->shards, c->error);
	if (rc != 0)
		return rc;
	c->keeper = campaign_keeper_new(c->store, c->state->campaign, c->provenance.program);
	if (c->keeper == NULL)
		return upset_error_set(c->error, ENOMEM, "out of memory");
	return 0;
}

/* --- making experiments ----------------------------------------------------------------------- */

static void tell_state(struct campaign *c)
{
	if (c->options->kept != NULL)
		c->options->kept(c->options->context, c->state);
}

static void note_pace(struct campaign *c, const struct upset_made *made)
{
	c->reached |= made->cause != UPSET_CAUSE_NOT_REACHED;
	if (c->paced)
		return;
	if (made->carried) {
		c->pace.carried++;
	} else {
		c->pace.fresh++;
		c->pace.fresh_ns += made->result.seen.host_time_ns;
	}
}

static void take(void *context, const struct upset_made *made)
{
	struct campaign *c = context;

	if (c->rc != 0)
		return;
	c->rc = campaign_keeper_add(c->keeper, made, c->error);
	campaign_state_add(c->state, made);
	note_pace(c, made);
	/* What is told is safe. */
	if (c->rc == 0 && campaign_keeper_is_due(c->keeper)) {
		c->rc = campaign_keeper_flush(c->keeper, c->error);
		if (c->rc == 0)
			tell_state(c);
		if (c->rc == 0)
			c->rc = campaign_home_save(&c->home, c->error);
	}
	/* Nothing can be kept, or nothing more is wanted: nothing more is to be made. */
	if (c->rc != 0 || campaign_state_tell(c->options, made) != 0)
		atomic_store(&c->stop.reason, STOPPED);
}

/* What was made is kept, whatever happens then. */
static int keep_rest(struct campaign *c, int rc)
{
	if (c->rc == 0)
		c->rc = campaign_keeper_flush(c->keeper, rc == 0 ? c->error : NULL);
	return c->rc != 0 ? c->rc : rc;
}

static int run_plan(struct campaign *c, const struct campaign_plan *plan, size_t count)
{
	uint64_t start_ns = upset_now_ns();
	int rc = count == 0 ? 0 : upset_campaign_run(&c->run, plan->planned, count, c->error);

	c->pace.elapsed_ns = upset_now_ns() - start_ns;
	return keep_rest(c, rc);
}

/* Each of the sampled places was executed in the golden run. */
static int check_reached(struct campaign *c, size_t count)
{
	return c->reached || !c->run.sampled ? 0 : upset_campaign_lost(&c->run, count, c->error);
}

/* The first few tell who is told how long the others will take, in runs of their own. */
static int run_handful(struct campaign *c, struct campaign_plan *plan)
{
	uint64_t left = c->state->planned - c->state->made;
	size_t few = left < MANY ? (size_t)(left + 7) / 8 : HANDFUL;
	int rc;

	few = few > plan->experiments ? plan->experiments : few;
	if (few == 0)
		return 0;
	rc = run_plan(c, plan, few);
	c->pace.golden_ns = c->run.golden.result.seen.host_time_ns;
	c->pace.jobs = c->run.jobs;
	c->pace.batch = BATCH;
	c->pace.copies = c->run.why_fresh[0] == '\0';
	c->state->estimate_ns =
		campaign_estimate(&c->pace, left - few + c->state->controls_planned);
	c->paced = true;
	if (rc == 0)
		tell_state(c);
	return rc == 0 && few == HANDFUL ? check_reached(c, few) : rc;
}

static int run_batch(struct campaign *c, uint64_t first)
{
	uint64_t left = c->state->planned - first, shards = c->options->shards;
	const struct campaign_part part = {.store = c->store,
		.campaign = c->state->campaign,
		.source = c->source,
		.first = first,
		.count = left < BATCH ? (size_t)left : BATCH,
		.shard = c->options->shard,
		.shards = shards > 0 ? shards : 1,
		.planned = c->state->planned,
		.controls = c->state->controls_planned};
	struct campaign_plan plan;
	int rc = campaign_plan_make(&plan, &part, c->error);

	if (rc == 0 && !c->paced && c->options->kept != NULL) {
		rc = run_handful(c, &plan);
		campaign_plan_free(&plan);
		if (rc == 0)
			rc = campaign_plan_make(&plan, &part, c->error);
	}
	if (rc == 0)
		rc = run_plan(c, &plan, plan.count);
	if (rc == 0 && plan.experiments >= MANY)
		rc = check_reached(c, plan.experiments);
	campaign_plan_free(&plan);
	return rc;
}

static int run_all(struct campaign *c)
{
	int rc = 0;

	tell_state(c);
	for (uint64_t first = 0; rc == 0 && first < c->state->planned; first += BATCH) {
		if (upset_stop_reason(&c->stop) != 0)
			rc = upset_error_set(c->error, EINTR, "interrupted");
		else
			rc = run_batch(c, first);
	}
	/* What could not be kept does not count. */
	if (c->rc != 0)
		(void)campaign_state_load(c->state, c->store, NULL);
	else if (c->state->made > c->state->before)
		tell_state(c);
	return rc;
}

/* What all of it is worth, when all were made. */
static int judge(struct campaign *c)
{
	const struct upset_campaign_state *s = c->state;
	int rc = campaign_state_explain(c->state, c->store, c->error);

	if (rc != 0 || campaign_state_results(s) > 0 || s->planned == 0)
		return rc;
	return upset_error_set(c->error, ENODATA,
		"no experiment has a result: %" PRIu64 " of %" PRIu64
		" faults were not injected (%s), "
		"%" PRIu64 " could not be run; see `upset show %s not_injected`",
		s->outcomes[UPSET_OUTCOME_NOT_INJECTED], s->made, s->not_injected,
		s->outcomes[UPSET_OUTCOME_TOOL_ERROR], c->options->study);
}

static int run(struct campaign *c)
{
	const struct upset_campaign_options *o = c->options;
	int rc = prepare(c);

	if (rc == 0)
		rc = program_prepare(
			&c->program, &o->program, o->no_sandbox ? NULL : &o->limits, c->error);
	if (rc != 0)
		return rc;
	c->program.subject.engine = c->engine;
	c->program.subject.stop = &c->stop;
	c->rules = upset_judging_rules(&o->judging);
	c->run = (struct upset_campaign){
		.sampled = c->options->faults == NULL,
		.subject = &c->program.subject,
		.rules = &c->rules,
		.jobs = o->jobs > 0 ? o->jobs : (unsigned int)get_nprocs(),
		.fresh = o->fresh,
		.done = take,
		.context = c,
		.golden = UPSET_TRIAL_NONE,
	};
	rc = begin(c);
	if (rc != 0 || o->plan)
		return rc;
	rc = run_all(c);
	return rc == 0 ? judge(c) : rc;
}

int upset_campaign(const struct upset_campaign_options *options, struct upset_campaign_state *state,
	struct upset_error *error)
{
	struct upset_error own = {0};
	struct campaign c = {.options = options,
		.program = PROGRAM_NONE,
		.run = {.golden = UPSET_TRIAL_NONE},
		.stop = {.also = options->stop},
		.state = state,
		.error = error != NULL ? error : &own};
	int rc;

	*state = (struct upset_campaign_state){0};
	rc = run(&c);
	(void)snprintf(state->why_fresh, sizeof(state->why_fresh), "%s", c.run.why_fresh);
	campaign_keeper_free(c.keeper);
	upset_campaign_end(&c.run);
	campaign_source_free(c.source);
	if (state->campaign == 0)
		upset_store_discard(c.store, c.golden);
	else
		upset_store_close(c.store);
	rc = campaign_home_leave(&c.home, state->campaign != 0, rc, c.error);
	upset_provenance_fini(&c.provenance);
	program_fini(&c.program);
	return rc;
}
