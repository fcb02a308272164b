/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a study says of an experiment: see replay.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/check.h"
#include "cli/replay.h"
#include "store/campaign.h"

enum { CONDITION_SIZE = 64 };

static int no_memory(struct upset_error *error)
{
	return upset_error_set(error, ENOMEM, "out of memory");
}

/* A copy of column @i; NULL when it is null, or there is no memory. */
static char *copy(struct upset_store_cursor *cursor, unsigned int i)
{
	size_t size;
	const char *text = upset_store_text(cursor, i, &size);

	return upset_store_is_null(cursor, i) ? NULL : strndup(text, size);
}

/* Call @take for each row. */
static int each(struct replay_record *r, struct upset_store *store,
	const struct upset_store_query *query,
	int (*take)(struct replay_record *r, struct upset_store_cursor *cursor),
	struct upset_error *error)
{
	struct upset_store_cursor *cursor = NULL;
	int rc = upset_store_select(store, query, &cursor, error);

	while (rc == 0 && (rc = upset_store_next(cursor, error)) == 1)
		rc = take(r, cursor) == 0 ? 0 : no_memory(error);
	upset_store_cursor_close(cursor);
	return rc;
}

/* --- the campaign ----------------------------------------------------------------------------- */

static int take_campaign(struct replay_record *r, struct upset_store_cursor *cursor)
{
	r->engine = copy(cursor, 0);
	r->program = copy(cursor, 1);
	r->program_sha256 = copy(cursor, 2);
	r->folder = copy(cursor, 3);
	r->options = copy(cursor, 4);
	r->golden_end = copy(cursor, 5);
	r->golden_status = upset_store_integer(cursor, 6);
	r->golden_instructions = (uint64_t)upset_store_integer(cursor, 7);
	r->stdout_sha256 = copy(cursor, 8);
	r->stderr_sha256 = copy(cursor, 9);
	return r->engine == NULL || r->program == NULL || r->folder == NULL || r->options == NULL ||
			       r->golden_end == NULL || r->stdout_sha256 == NULL ||
			       r->stderr_sha256 == NULL
		       ? -ENOMEM
		       : 0;
}

static int load_campaign(
	struct replay_record *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"engine", "program", "program_sha256", "folder",
		"options", "golden_end", "golden_status", "golden_instructions", "stdout_sha256",
		"stderr_sha256"};
	char condition[CONDITION_SIZE];
	const struct upset_store_query query = {.view = "campaign",
		.columns = columns,
		.column_count = sizeof(columns) / sizeof(columns[0]),
		.condition = condition,
		.limit = -1};

	(void)snprintf(condition, sizeof(condition), "id = %" PRId64, r->campaign);
	return each(r, store, &query, take_campaign, error);
}

/* Add @text, which may be NULL when there is no memory, to a list. */
static int append(char ***list, char *text)
{
	size_t n = 0;
	char **grown;

	while (*list != NULL && (*list)[n] != NULL)
		n++;
	grown = text == NULL ? NULL : reallocarray(*list, n + 2, sizeof(*grown));
	if (grown == NULL) {
		free(text);
		return -ENOMEM;
	}
	grown[n] = text;
	grown[n + 1] = NULL;
	*list = grown;
	return 0;
}

static int take_argument(struct replay_record *r, struct upset_store_cursor *cursor)
{
	return append(&r->arguments, copy(cursor, 0));
}

static int take_variable(struct replay_record *r, struct upset_store_cursor *cursor)
{
	return append(&r->environment, copy(cursor, 0));
}

static int load_strings(struct replay_record *r, struct upset_store *store, const char *table,
	int (*take)(struct replay_record *r, struct upset_store_cursor *cursor),
	struct upset_error *error)
{
	static const char *const columns[] = {"value"};
	const struct upset_store_query query = {.view = table,
		.columns = columns,
		.column_count = 1,
		.campaign = r->campaign,
		.order = "position",
		.limit = -1};

	return each(r, store, &query, take, error);
}

static int take_input(struct replay_record *r, struct upset_store_cursor *cursor)
{
	struct replay_input *grown =
		reallocarray(r->inputs, r->input_count + 1, sizeof(*r->inputs));

	if (grown == NULL)
		return -ENOMEM;
	r->inputs = grown;
	grown += r->input_count++;
	*grown = (struct replay_input){
		upset_store_integer(cursor, 0), copy(cursor, 1), copy(cursor, 2)};
	return grown->path == NULL || grown->sha256 == NULL ? -ENOMEM : 0;
}

static int load_inputs(
	struct replay_record *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"position", "path", "sha256"};
	const struct upset_store_query query = {.view = "campaign_input",
		.columns = columns,
		.column_count = 3,
		.campaign = r->campaign,
		.order = "position",
		.limit = -1};

	return each(r, store, &query, take_input, error);
}

/* --- its options ------------------------------------------------------------------------------ */

/* The next word of a shell's command line, without its quotes; NULL: no memory. */
static char *next_word(const char **at)
{
	char *word = malloc(strlen(*at) + 1), *end = word;
	bool quoted = false;

	for (; word != NULL && **at != '\0' && (quoted || **at != ' '); (*at)++) {
		if (**at == '\'')
			quoted = !quoted;
		else if (!quoted && **at == '\\' && (*at)[1] != '\0')
			*end++ = *++*at;
		else
			*end++ = **at;
	}
	if (word != NULL)
		*end = '\0';
	return word;
}

static int split_options(struct replay_record *r, const char *at)
{
	int rc = 0;

	while (rc == 0 && at != NULL && *at != '\0') {
		if (*at == ' ')
			at++;
		else
			rc = append(&r->words, next_word(&at));
	}
	return rc;
}

static void read_limit(struct upset_limits *limits, const char *option, const char *value)
{
	const struct {
		const char *option;
		uint64_t *value;
	} all[] = {{"--limit-memory", &limits->memory_bytes}, {"--limit-file", &limits->file_bytes},
		{"--limit-cpu", &limits->cpu_seconds}, {"--limit-processes", &limits->processes}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(option, all[i].option) == 0)
			*all[i].value = strtoull(value, NULL, 10);
	}
}

/* What outcomes depend on. */
static int read_options(struct replay_record *r, struct upset_error *error)
{
	int rc = split_options(r, r->options);

	r->rules.detected_exit = -1;
	for (char *const *w = r->words; rc == 0 && w != NULL && *w != NULL; w++) {
		r->rules.ignore_stdout |= strcmp(*w, "--ignore-stdout") == 0;
		r->rules.ignore_stderr |= strcmp(*w, "--ignore-stderr") == 0;
		r->rules.ignore_files |= strcmp(*w, "--ignore-files") == 0;
		r->no_sandbox |= strcmp(*w, "--no-sandbox") == 0;
		if (w[1] == NULL)
			break;
		read_limit(&r->limits, *w, w[1]);
		if (strcmp(*w, "--detected") == 0) {
			r->rules.detected_pattern = *++w;
		} else if (strcmp(*w, "--detected-exit") == 0) {
			r->rules.detected_exit = atoi(*++w);
		} else if (strcmp(*w, "--check") == 0) {
			r->rules.check = upset_check_command;
			r->rules.check_context = *++w;
		}
	}
	return rc == 0 ? 0 : no_memory(error);
}

/* --- the experiment --------------------------------------------------------------------------- */

static int take_experiment(struct replay_record *r, struct upset_store_cursor *cursor)
{
	r->faults = copy(cursor, 0);
	r->outcome = copy(cursor, 1);
	r->cause = copy(cursor, 2);
	r->end = copy(cursor, 3);
	r->status = upset_store_integer(cursor, 4);
	return r->faults == NULL || r->outcome == NULL ? -ENOMEM : 0;
}

static int load_experiment(
	struct replay_record *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"fault", "outcome", "cause", "end", "status"};
	char condition[CONDITION_SIZE];
	const struct upset_store_query query = {.view = "experiments",
		.columns = columns,
		.column_count = 5,
		.campaign = r->campaign,
		.condition = condition,
		.limit = 1};
	int rc;

	(void)snprintf(condition, sizeof(condition), "experiment = %" PRId64, r->number);
	rc = each(r, store, &query, take_experiment, error);
	if (rc == 0 && r->faults == NULL)
		rc = upset_error_set(error, ENOENT,
			"campaign %" PRId64 " has no experiment %" PRId64
			"; see `upset show STUDY experiments`",
			r->campaign, r->number);
	return rc;
}

static int take_injection(struct replay_record *r, struct upset_store_cursor *cursor)
{
	struct replay_injection *grown =
		reallocarray(r->injections, r->injection_count + 1, sizeof(*r->injections));

	if (grown == NULL)
		return -ENOMEM;
	r->injections = grown;
	grown += r->injection_count++;
	*grown = (struct replay_injection){
		.state = copy(cursor, 0),
		.reached = !upset_store_is_null(cursor, 1),
		.address = (uint64_t)upset_store_integer(cursor, 1),
		.values = {copy(cursor, 2), copy(cursor, 3), copy(cursor, 4)},
	};
	return grown->state == NULL ? -ENOMEM : 0;
}

static int load_injections(
	struct replay_record *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {
		"state", "address", "old_value", "new_value", "read_back"};
	char condition[CONDITION_SIZE];
	const struct upset_store_query query = {.view = "faults",
		.columns = columns,
		.column_count = 5,
		.campaign = r->campaign,
		.condition = condition,
		.order = "position",
		.limit = -1};

	(void)snprintf(condition, sizeof(condition), "experiment = %" PRId64, r->number);
	return each(r, store, &query, take_injection, error);
}

/* --- all -------------------------------------------------------------------------------------- */

int replay_record_load(struct replay_record *r, struct upset_store *store, int64_t campaign,
	int64_t number, struct upset_error *error)
{
	int rc = upset_store_choose_campaign(store, campaign, &r->campaign, error);

	r->number = number;
	if (rc == 0)
		rc = load_campaign(r, store, error);
	if (rc == 0)
		rc = load_strings(r, store, "campaign_argument", take_argument, error);
	if (rc == 0)
		rc = load_strings(r, store, "campaign_environment", take_variable, error);
	if (rc == 0)
		rc = load_inputs(r, store, error);
	if (rc == 0)
		rc = load_experiment(r, store, error);
	if (rc == 0)
		rc = load_injections(r, store, error);
	if (rc == 0 && (r->options == NULL || r->arguments == NULL))
		rc = upset_error_set(error, EIO,
			"the study is damaged: campaign %" PRId64 " has no program", r->campaign);
	if (rc == 0 && r->environment == NULL)
		rc = append(&r->environment, strdup("")) == 0 ? 0 : no_memory(error);
	return rc == 0 ? read_options(r, error) : rc;
}

static void free_list(char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}

void replay_record_fini(struct replay_record *r)
{
	char *texts[] = {r->engine, r->program, r->program_sha256, r->folder, r->options,
		r->golden_end, r->stdout_sha256, r->stderr_sha256, r->faults, r->outcome, r->cause,
		r->end};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	free_list(r->arguments);
	free_list(r->environment);
	free_list(r->words);
	for (size_t i = 0; i < r->input_count; i++) {
		free(r->inputs[i].path);
		free(r->inputs[i].sha256);
	}
	free(r->inputs);
	for (size_t i = 0; i < r->injection_count; i++) {
		free(r->injections[i].state);
		for (int v = 0; v < REPLAY_VALUES; v++)
			free(r->injections[i].values[v]);
	}
	free(r->injections);
	*r = (struct replay_record){0};
}
