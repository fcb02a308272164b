/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset campaign: many experiments, and what share of them came to what. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "campaign/interval.h"
#include "cli/campaign.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/run.h"
#include "cli/signals.h"
#include "cli/target.h"
#include "engine/input.h"
#include "engine/process.h"
#include "sandbox/sandbox.h"

const char upset_campaign_notes[] =
	"Without --faults, faults are sampled: before each executed instruction, in each bit\n"
	"of the locations, all with the same probability.  LOCATIONS are some of gpr, flags,\n"
	"simd, memory, code; MODELS some of flip, stuck0, stuck1; with commas.\n"
	"Given again, the command goes on where it was stopped.\n"
	"The exit status is 1 when the condition of --fail-if holds, 3 when not all experiments\n"
	"were made.";

enum { BATCH = 4096 };

struct campaign {
	struct campaign_options options;
	char *program, *study, **environment;
	struct upset_provenance provenance;
	struct upset_store *store;
	struct campaign_source *source;
	struct upset_subject subject;
	struct upset_outcome_rules rules;
	struct upset_campaign run;
	struct campaign_keeper *keeper;
	struct campaign_tally tally;
	char identity[UPSET_HASH_HEX_SIZE];
	char outputs[2][UPSET_HASH_HEX_SIZE]; /* of the campaign that this one goes on with */
	int64_t id, golden; /* of the campaign and of the run that is sampled; 0: none yet */
	struct upset_error *error;
	int rc; /* of keeping results */
};

/* --- setting up ------------------------------------------------------------------------------- */

/* Everything that can be wrong before the program runs. */
static int prepare(struct campaign *c)
{
	struct campaign_options *o = &c->options;
	char detail[512] = "";
	int rc = upset_target_find(o->arguments[0], &c->program, c->error);

	if (rc == 0)
		rc = upset_process_check_program(c->program, c->error);
	if (rc == 0)
		rc = upset_target_study(c->program, o->output, &c->study, c->error);
	if (rc == 0 && c->options.found->probe(detail, sizeof(detail)) != 0)
		rc = upset_error_set(c->error, ENOSYS,
			"engine %s is not usable here: %s; see `upset doctor`",
			c->options.found->name, detail);
	if (rc == 0 && !o->no_sandbox)
		rc = upset_sandbox_probe(c->error);
	if (rc == 0 && o->list != NULL)
		rc = campaign_source_list(&c->source, o->list, c->error);
	if (rc == 0)
		rc = upset_environment_make(&c->environment, c->error);
	if (rc == 0)
		rc = upset_provenance_init(&c->provenance, c->program, o->arguments, c->environment,
			UPSET_VERSION, c->error);
	if (rc == 0)
		rc = campaign_options_identify(o, &c->provenance, c->source, c->identity, c->error);
	if (rc == 0)
		rc = upset_store_create(&c->store, c->study, c->error);
	return rc;
}

/* The run that samples are drawn from: the one of the campaign, or a new one. */
static int run_golden(struct campaign *c)
{
	const struct upset_run_request request = {
		.engine = upset_engine_find("qemu"),
		.program = c->program,
		.arguments = c->options.arguments,
		.environment = c->environment,
		.detail = c->options.location_bits & UPSET_SAMPLE_MEMORY ? UPSET_DETAIL_FULL
									 : UPSET_DETAIL_COUNTS,
		.in_fd = c->subject.in_fd,
		.sandbox = c->subject.sandbox,
		.provenance = &c->provenance,
	};

	return upset_run_and_store(&request, c->store, &c->golden, c->error);
}

static int add_campaign(struct campaign *c)
{
	const struct upset_trial *golden = &c->run.golden;
	char out_hash[UPSET_HASH_HEX_SIZE], err_hash[UPSET_HASH_HEX_SIZE];
	char *options = campaign_options_print(&c->options);
	char version[256] = "";
	int rc;

	(void)c->options.found->probe(version, sizeof(version));
	rc = upset_run_hash_outputs(golden, out_hash, err_hash, c->error);
	if (options == NULL)
		rc = upset_error_set(c->error, ENOMEM, "out of memory");
	if (rc == 0) {
		const struct upset_campaign_row row = {
			.identity = c->identity,
			.engine = c->options.engine,
			.engine_version = version,
			.source = c->options.list != NULL ? "list" : "sample",
			.options = options,
			.seed = (uint64_t)c->options.seed,
			.planned = campaign_source_count(c->source),
			.population = campaign_source_population(c->source),
			.confidence = c->options.confidence,
			.z = upset_interval_z(c->options.confidence),
			.run = c->golden,
			.golden_end = golden->result.end == UPSET_EXPERIMENT_SIGNALED ? "signaled"
										      : "exited",
			.golden_status = golden->result.status,
			.golden_instructions = golden->result.instructions,
			.golden_time_ns = golden->result.host_time_ns,
			.stdout_bytes = golden->seen.out_size,
			.stderr_bytes = golden->seen.err_size,
			.stdout_sha256 = out_hash,
			.stderr_sha256 = err_hash,
		};

		rc = upset_store_add_campaign(c->store, &row, &c->provenance, &c->id, c->error);
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
	int rc = upset_store_find_campaign(c->store, c->identity, &c->id, c->error);

	if (rc != 0)
		return rc == -ENOENT ? 0 : rc;
	(void)snprintf(condition, sizeof(condition), "id = %" PRId64, c->id);
	rc = upset_store_select(c->store, &query, &cursor, c->error);
	if (rc == 0)
		rc = upset_store_next(cursor, c->error);
	if (rc == 1)
		c->tally.planned = (uint64_t)upset_store_integer(cursor, 0);
	if (rc == 1 && !upset_store_is_null(cursor, 1))
		c->golden = upset_store_integer(cursor, 1);
	for (unsigned int i = 0; rc == 1 && i < 2; i++)
		(void)snprintf(c->outputs[i], sizeof(c->outputs[i]), "%s",
			upset_store_text(cursor, 2 + i, NULL));
	upset_store_cursor_close(cursor);
	return rc == 1 ? campaign_tally_load(&c->tally, c->store, c->id, c->error) : rc;
}

/* What experiments are compared with must be what earlier ones were compared with. */
static int check_outputs(struct campaign *c)
{
	char now[2][UPSET_HASH_HEX_SIZE];
	int rc = upset_run_hash_outputs(&c->run.golden, now[0], now[1], c->error);

	if (rc != 0 || c->options.judging.check != NULL)
		return rc;
	if ((c->options.judging.ignore_stdout || strcmp(now[0], c->outputs[0]) == 0) &&
		(c->options.judging.ignore_stderr || strcmp(now[1], c->outputs[1]) == 0))
		return 0;
	return upset_error_set(c->error, ENOTSUP,
		"without faults the program writes something else than when campaign %" PRId64
		" was begun; begin another one in another study, with -o",
		c->id);
}

static int begin(struct campaign *c)
{
	int rc = find_campaign(c);

	if (rc == 0)
		rc = upset_campaign_begin(&c->run, c->error);
	if (rc == 0 && c->id != 0)
		rc = check_outputs(c);
	if (rc == 0 && c->source == NULL && c->golden == 0)
		rc = run_golden(c);
	if (rc == 0 && c->source == NULL)
		rc = campaign_source_sample(&c->source, &c->options, c->store, c->golden,
			c->provenance.program, c->error);
	if (rc == 0 && c->id == 0)
		rc = add_campaign(c);
	if (rc != 0)
		return rc;
	c->tally.planned = campaign_source_count(c->source);
	c->tally.population = campaign_source_population(c->source);
	c->tally.confidence = c->options.confidence;
	c->keeper = campaign_keeper_new(c->store, c->id, c->provenance.program);
	if (c->keeper == NULL)
		return upset_error_set(c->error, ENOMEM, "out of memory");
	return 0;
}

/* --- making experiments ----------------------------------------------------------------------- */

static void take(void *context, const struct upset_made *made)
{
	struct campaign *c = context;

	if (c->rc != 0)
		return;
	c->rc = campaign_keeper_add(c->keeper, made, c->error);
	campaign_tally_add(&c->tally, made);
	/* What is shown is safe. */
	if (c->rc == 0 && campaign_keeper_is_due(c->keeper)) {
		c->rc = campaign_keeper_flush(c->keeper, c->error);
		if (c->rc == 0)
			campaign_tally_show(&c->tally, false);
	}
	/* Nothing can be kept: nothing more is to be made. */
	if (c->rc != 0)
		atomic_store(&upset_stop, -1);
}

static int plan(struct campaign *c, uint64_t first, size_t n, const bool *done,
	struct upset_planned *planned, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		struct upset_planned *p = &planned[*count];

		if (done[i])
			continue;
		p->number = first + i;
		if (campaign_source_get(c->source, first + i, &p->faults) != 0)
			return upset_error_set(c->error, ENOMEM, "no memory for faults");
		(*count)++;
	}
	return 0;
}

static int run_batch(struct campaign *c, uint64_t first, struct upset_planned *planned)
{
	uint64_t left = c->tally.planned - first;
	size_t n = left < BATCH ? (size_t)left : BATCH, count = 0;
	bool done[BATCH];
	int rc = upset_store_experiments_done(c->store, c->id, first, n, done, c->error);

	if (rc == 0)
		rc = plan(c, first, n, done, planned, &count);
	if (rc == 0 && count > 0)
		rc = upset_campaign_run(&c->run, planned, count, c->error);
	/* What was made is kept, whatever happened then. */
	if (c->rc == 0)
		c->rc = campaign_keeper_flush(c->keeper, rc == 0 ? c->error : NULL);
	if (c->rc != 0)
		rc = c->rc;
	for (size_t i = 0; i < count; i++)
		upset_faults_free(&planned[i].faults);
	return rc;
}

/* What could not be kept does not count. */
static void recount(struct campaign *c)
{
	uint64_t before = c->tally.before;

	c->tally.made = 0;
	(void)campaign_tally_load(&c->tally, c->store, c->id, NULL);
	c->tally.before = before;
}

static int run_all(struct campaign *c)
{
	struct upset_planned *planned = calloc(BATCH, sizeof(*planned));
	int rc = 0;

	if (planned == NULL)
		return upset_error_set(c->error, ENOMEM, "out of memory");
	c->tally.start_ns = upset_now_ns();
	for (uint64_t first = 0; rc == 0 && first < c->tally.planned; first += BATCH)
		rc = run_batch(c, first, planned);
	if (c->rc != 0)
		recount(c);
	if (c->tally.json)
		campaign_tally_show(&c->tally, true);
	campaign_tally_wipe(&c->tally);
	free(planned);
	return rc;
}

static int run(struct campaign *c)
{
	const struct campaign_options *o = &c->options;
	int rc = prepare(c);

	if (rc != 0)
		return rc;
	c->subject = (struct upset_subject){
		.engine = o->found,
		.program = c->program,
		.arguments = o->arguments,
		.environment = c->environment,
		.sandbox = o->no_sandbox ? NULL : &upset_sandbox_default_limits,
		.stop = &upset_stop,
	};
	c->rules = upset_judging_rules(&o->judging);
	c->run = (struct upset_campaign){
		.subject = &c->subject,
		.rules = &c->rules,
		.jobs = (unsigned int)o->jobs,
		.fresh = o->fresh,
		.done = take,
		.context = c,
		.golden = UPSET_TRIAL_NONE,
	};
	upset_signals_catch_stop();
	c->subject.in_fd = upset_input_open(STDIN_FILENO, c->error);
	rc = c->subject.in_fd < 0 ? c->subject.in_fd : 0;
	if (rc == 0)
		rc = begin(c);
	return rc == 0 ? run_all(c) : rc;
}

/* --- the end ---------------------------------------------------------------------------------- */

static int finish(struct campaign *c, int rc)
{
	const struct campaign_options *o = &c->options;

	if (c->id == 0 && c->store != NULL && upset_store_is_new(c->store))
		(void)unlink(c->study);
	if (rc != 0) {
		if (c->tally.made > 0)
			upset_say("%" PRIu64 " of %" PRIu64
				  " experiments are in %s; give the command again to go on",
				c->tally.made, c->tally.planned, c->study);
		return upset_report_error(c->error);
	}
	if (!o->quiet) {
		campaign_tally_summarise(&c->tally, c->run.why_fresh);
		upset_say("campaign %" PRId64 " is in %s", c->id, c->study);
	}
	if (o->fail_if != NULL && campaign_gate_holds(&o->gate, &c->tally)) {
		upset_say("it holds that %s", o->fail_if);
		return UPSET_EXIT_GATE;
	}
	return UPSET_EXIT_DONE;
}

int upset_campaign_main(const struct upset_command *command, int argc, char **argv)
{
	struct upset_error error = {0};
	struct campaign c = {
		.options = {.engine = "qemu",
			.locations = "gpr",
			.models = "flip",
			.confidence_text = "95%",
			.margin = 0.03,
			.count = -1,
			.seed = 1,
			.jobs = get_nprocs(),
			.judging.detected_exit = -1},
		.run = {.golden = UPSET_TRIAL_NONE},
		.error = &error,
	};
	int result = campaign_options_parse(command, &c.options, argc, argv);

	if (result >= 0)
		return result;
	c.tally.json = c.options.json_progress;
	c.tally.visible =
		!c.options.quiet && !c.options.json_progress && isatty(STDERR_FILENO) != 0;
	result = finish(&c, run(&c));
	campaign_keeper_free(c.keeper);
	upset_campaign_end(&c.run);
	campaign_source_free(c.source);
	upset_store_close(c.store);
	upset_provenance_fini(&c.provenance);
	upset_environment_free(c.environment);
	free(c.program);
	free(c.study);
	return result;
}
