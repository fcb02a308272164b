/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset plan: all that a campaign needs, once, so that its parts can be made anywhere. */
#include "cli/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "cli/commands.h"
#include "cli/signals.h"
#include "sandbox/shown.h"

const char upset_plan_notes[] =
	"It takes the options of `upset campaign` that results depend on, makes the\n"
	"golden run and the sample, and no experiments.  `upset campaign --plan FILE\n"
	"--shard K/N` makes a part of them, on any machine that has the same program and\n"
	"libraries in the same place, with --carry-files on any; `upset merge` makes the\n"
	"parts one.";

/* --- taking one ------------------------------------------------------------------------------- */

static size_t count_words(char *const *words)
{
	size_t n = 0;

	while (words != NULL && words[n] != NULL)
		n++;
	return n;
}

static int make_arguments(
	struct campaign_plan_taken *plan, int argc, char **argv, struct upset_error *error)
{
	const struct campaign_record *r = &plan->record;
	size_t options = count_words(r->words), arguments = count_words(r->arguments), at = 0;

	plan->arguments = calloc(options + arguments + (size_t)argc + 2, sizeof(*plan->arguments));
	if (plan->arguments == NULL)
		return campaign_record_no_memory(error);
	plan->arguments[at++] = argv[0];
	for (size_t i = 0; i < options; i++)
		plan->arguments[at++] = r->words[i];
	for (int i = 1; i < argc; i++)
		plan->arguments[at++] = argv[i];
	plan->arguments[at++] = (char *)(uintptr_t) "--";
	for (size_t i = 0; i < arguments; i++)
		plan->arguments[at++] = r->arguments[i];
	plan->count = (int)at;
	return 0;
}

int campaign_plan_read(struct campaign_plan_taken *plan, const char *path, int argc, char **argv,
	struct upset_error *error)
{
	struct upset_store *store = NULL;
	int rc = upset_store_open(&store, path, error);

	*plan = (struct campaign_plan_taken){.in_fd = -1, .carried = {.folder_fd = -1}};
	if (rc == 0)
		rc = campaign_record_load(&plan->record, store, 0, error);
	upset_store_close(store);
	return rc == 0 ? make_arguments(plan, argc, argv, error) : rc;
}

void campaign_plan_release(struct campaign_plan_taken *plan)
{
	if (plan->in_fd >= 0)
		(void)close(plan->in_fd);
	campaign_carry_leave(&plan->carried);
	free(plan->path);
	free(plan->output);
	free(plan->scratch);
	free(plan->arguments);
	campaign_record_fini(&plan->record);
}

/* --- the same files --------------------------------------------------------------------------- */

static int check_file(
	const char *what, const char *path, const char *sha256, struct upset_error *error)
{
	char hash[UPSET_HASH_HEX_SIZE];

	if (sha256 == NULL || upset_hash_file(path, hash, NULL) == 0) {
		if (sha256 == NULL || strcmp(hash, sha256) == 0)
			return 0;
		return upset_error_set(error, ENOTSUP,
			"%s %s is another one here than where the plan was made (SHA-256 %.12s..., "
			"not %.12s...): bring the same file here, or plan on this machine",
			what, path, hash, sha256);
	}
	return upset_error_set(error, ENOTSUP,
		"%s %s of the plan cannot be read here: %s; bring it here, or plan on this machine",
		what, path, strerror(errno));
}

struct modules {
	struct upset_error *error;
	int rc;
};

/* One of the files that the golden run had mapped. */
static int take_module(void *context, struct upset_store_cursor *cursor)
{
	struct modules *m = context;
	char *path = campaign_record_copy(cursor, 0), *sha256 = campaign_record_copy(cursor, 1);

	if (path == NULL)
		m->rc = campaign_record_no_memory(m->error);
	else if (m->rc == 0)
		m->rc = check_file("library", path, sha256, m->error);
	free(path);
	free(sha256);
	return 0;
}

static int check_modules(const struct campaign_plan_taken *plan, struct upset_error *error)
{
	static const char *const columns[] = {"module", "sha256"};
	const struct upset_store_query query = {.view = "modules",
		.columns = columns,
		.column_count = 2,
		.run = plan->record.run,
		.condition = "sha256 IS NOT NULL",
		.limit = -1};
	struct modules m = {.error = error};
	struct upset_store *store = NULL;
	int rc;

	if (plan->record.run == 0)
		return 0;
	rc = upset_store_open(&store, plan->path, error);
	if (rc == 0)
		rc = campaign_record_each(store, &query, take_module, &m, error);
	upset_store_close(store);
	return rc == 0 ? m.rc : rc;
}

static int open_input(struct campaign_plan_taken *plan, struct upset_error *error)
{
	const struct campaign_record *r = &plan->record;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->input_count; i++) {
		const struct campaign_record_input *input = &r->inputs[i];

		rc = check_file("input", input->path, input->sha256, error);
		if (rc == 0 && input->position == 0) {
			plan->in_fd = open(input->path, O_RDONLY | O_CLOEXEC);
			if (plan->in_fd < 0)
				rc = upset_error_set(error, errno, "cannot read %s: %s",
					input->path, strerror(errno));
		}
	}
	return rc;
}

/* --- entering --------------------------------------------------------------------------------- */

/* From wherever this process is. */
static char *absolute(const char *path)
{
	char folder[PATH_MAX], *all = NULL;

	if (path[0] == '/')
		return strdup(path);
	if (getcwd(folder, sizeof(folder)) == NULL || asprintf(&all, "%s/%s", folder, path) < 0)
		return NULL;
	return all;
}

/* The folder that the file at @path is in, without symbolic links; NULL: no memory. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path)), *real;

	real = folder == NULL ? NULL : realpath(folder, NULL);
	if (real == NULL)
		return folder;
	free(folder);
	return real;
}

/* *@path where it may be written to, whatever is shown in its @folder. */
static int keep(char **path, const char *folder, struct upset_error *error)
{
	char *kept = NULL;

	if (asprintf(&kept, UPSET_SHOWN_KEPT "%s%s", strcmp(folder, "/") == 0 ? "" : folder,
		    strrchr(*path, '/')) < 0)
		return campaign_record_no_memory(error);
	free(*path);
	*path = kept;
	return 0;
}

/* The files that it takes along, shown; plan, study and scratch as they are, whatever is shown. */
static int take_carried(struct campaign_plan_taken *plan, struct upset_error *error)
{
	char **const paths[] = {&plan->path, &plan->output, &plan->scratch};
	const size_t count = plan->scratch != NULL ? 3 : 2;
	char *kept[3] = {folder_of(plan->path), folder_of(plan->output),
		plan->scratch != NULL ? folder_of(plan->scratch) : NULL};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = kept[i] == NULL ? campaign_record_no_memory(error) : 0;
	if (rc == 0)
		rc = campaign_carry_enter(&plan->carried, plan->path, &plan->record,
			(const char *const *)kept, count, error);
	for (size_t i = 0; rc == 0 && plan->carried.shown && i < count; i++)
		rc = keep(paths[i], kept[i], error);
	if (plan->carried.shown)
		upset_say_without(UPSET_SHOWN_KEPT);
	for (size_t i = 0; i < count; i++)
		free(kept[i]);
	return rc;
}

int campaign_plan_enter(struct campaign_plan_taken *plan, const char *path, const char *output,
	struct upset_campaign_options *asked, struct upset_error *error)
{
	const struct campaign_record *r = &plan->record;
	int rc;

	plan->path = absolute(path);
	plan->output = absolute(output);
	plan->scratch = asked->scratch != NULL ? absolute(asked->scratch) : NULL;
	if (plan->path == NULL || plan->output == NULL ||
		(asked->scratch != NULL && plan->scratch == NULL))
		return campaign_record_no_memory(error);
	rc = take_carried(plan, error);
	if (rc != 0)
		return rc;
	if (chdir(r->folder) != 0)
		rc = upset_error_set(error, ENOTSUP,
			"the plan was made in %s, which cannot be entered here: %s", r->folder,
			strerror(errno));
	if (rc == 0)
		rc = check_file("program", r->program, r->program_sha256, error);
	if (rc == 0)
		rc = open_input(plan, error);
	if (rc == 0)
		rc = check_modules(plan, error);
	asked->from = plan->path;
	asked->scratch = plan->scratch;
	asked->program.environment = r->environment;
	asked->program.sysroot = r->sysroot;
	if (plan->in_fd >= 0)
		asked->program.in_fd = plan->in_fd;
	return rc;
}

/* --- making one ------------------------------------------------------------------------------- */

static int make(
	struct campaign_options *o, struct upset_campaign_state *state, struct upset_error *error)
{
	bool is_new;
	int rc;

	o->asked.study = o->output;
	o->asked.plan = true;
	o->asked.stop = &upset_stop;
	upset_signals_catch_stop();
	upset_signals_catch_failed_writes();
	is_new = access(o->output, F_OK) != 0;
	rc = upset_campaign(&o->asked, state, error);
	if (rc != 0)
		return rc;
	rc = o->carry ? campaign_carry_add(o->output, error)
		      : campaign_carry_drop(o->output, error);
	if (rc != 0 && is_new)
		(void)unlink(o->output);
	return rc;
}

int upset_plan_main(const struct upset_command *command, int argc, char **argv)
{
	struct upset_campaign_state state = {0};
	struct upset_error error = {0};
	struct campaign_options o;
	int result;

	campaign_options_init(&o, argc);
	o.planning = true;
	result = campaign_options_parse(command, &o, argc, argv);
	if (result < 0 && o.output == NULL)
		result = upset_usage_error(command, "where to? Name a file with -o");
	else if (result < 0 && make(&o, &state, &error) != 0)
		result = upset_report_error(&error);
	if (result < 0) {
		result = UPSET_EXIT_DONE;
		if (!o.quiet)
			upset_say("%" PRIu64 " experiments are planned in %s", state.planned,
				o.output);
	}
	campaign_options_free(&o);
	return result;
}
