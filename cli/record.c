/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a study says of a campaign: see record.h. */
#include "cli/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/check.h"
#include "store/campaign.h"

enum { CONDITION_SIZE = 64 };

int campaign_record_no_memory(struct upset_error *error)
{
	return upset_error_set(error, ENOMEM, "out of memory");
}

/* A copy of column @i; NULL when it is null, or there is no memory. */
char *campaign_record_copy(struct upset_store_cursor *cursor, unsigned int i)
{
	size_t size;
	const char *text = upset_store_text(cursor, i, &size);

	return upset_store_is_null(cursor, i) ? NULL : strndup(text, size);
}

/* Call @take for each row. */
int campaign_record_each(struct upset_store *store, const struct upset_store_query *query,
	campaign_record_take *take, void *context, struct upset_error *error)
{
	struct upset_store_cursor *cursor = NULL;
	int rc = upset_store_select(store, query, &cursor, error);

	while (rc == 0 && (rc = upset_store_next(cursor, error)) == 1)
		rc = take(context, cursor) == 0 ? 0 : campaign_record_no_memory(error);
	upset_store_cursor_close(cursor);
	return rc;
}

/* --- the campaign ----------------------------------------------------------------------------- */

static int take_campaign(void *context, struct upset_store_cursor *cursor)
{
	struct campaign_record *r = context;
	r->engine = campaign_record_copy(cursor, 0);
	r->program = campaign_record_copy(cursor, 1);
	r->program_sha256 = campaign_record_copy(cursor, 2);
	r->folder = campaign_record_copy(cursor, 3);
	r->options = campaign_record_copy(cursor, 4);
	r->golden_end = campaign_record_copy(cursor, 5);
	r->golden_status = upset_store_integer(cursor, 6);
	r->golden_instructions = (uint64_t)upset_store_integer(cursor, 7);
	r->stdout_sha256 = campaign_record_copy(cursor, 8);
	r->stderr_sha256 = campaign_record_copy(cursor, 9);
	r->run = upset_store_integer(cursor, 10);
	r->planned = (uint64_t)upset_store_integer(cursor, 11);
	r->identity = campaign_record_copy(cursor, 12);
	r->sysroot = campaign_record_copy(cursor, 13);
	r->isa = upset_isa_find(upset_store_text(cursor, 14, NULL));
	return r->engine == NULL || r->program == NULL || r->folder == NULL || r->options == NULL ||
			       r->golden_end == NULL || r->stdout_sha256 == NULL ||
			       r->stderr_sha256 == NULL
		       ? -ENOMEM
		       : 0;
}

static int load_campaign(
	struct campaign_record *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"engine", "program", "program_sha256", "folder",
		"options", "golden_end", "golden_status", "golden_instructions", "stdout_sha256",
		"stderr_sha256", "run", "planned", "identity", "sysroot", "isa"};
	char condition[CONDITION_SIZE];
	const struct upset_store_query query = {.view = "campaign",
		.columns = columns,
		.column_count = sizeof(columns) / sizeof(columns[0]),
		.condition = condition,
		.limit = -1};

	(void)snprintf(condition, sizeof(condition), "id = %" PRId64, r->number);
	return campaign_record_each(store, &query, take_campaign, r, error);
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

static int take_argument(void *context, struct upset_store_cursor *cursor)
{
	struct campaign_record *r = context;
	return append(&r->arguments, campaign_record_copy(cursor, 0));
}

static int take_variable(void *context, struct upset_store_cursor *cursor)
{
	struct campaign_record *r = context;
	return append(&r->environment, campaign_record_copy(cursor, 0));
}

static int load_strings(struct campaign_record *r, struct upset_store *store, const char *table,
	campaign_record_take *take, struct upset_error *error)
{
	static const char *const columns[] = {"value"};
	const struct upset_store_query query = {.view = table,
		.columns = columns,
		.column_count = 1,
		.campaign = r->number,
		.order = "position",
		.limit = -1};

	return campaign_record_each(store, &query, take, r, error);
}

static int take_input(void *context, struct upset_store_cursor *cursor)
{
	struct campaign_record *r = context;
	struct campaign_record_input *grown =
		reallocarray(r->inputs, r->input_count + 1, sizeof(*r->inputs));

	if (grown == NULL)
		return -ENOMEM;
	r->inputs = grown;
	grown += r->input_count++;
	*grown = (struct campaign_record_input){upset_store_integer(cursor, 0),
		campaign_record_copy(cursor, 1), campaign_record_copy(cursor, 2)};
	return grown->path == NULL || grown->sha256 == NULL ? -ENOMEM : 0;
}

static int load_inputs(
	struct campaign_record *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"position", "path", "sha256"};
	const struct upset_store_query query = {.view = "campaign_input",
		.columns = columns,
		.column_count = 3,
		.campaign = r->number,
		.order = "position",
		.limit = -1};

	return campaign_record_each(store, &query, take_input, r, error);
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

static int split_options(struct campaign_record *r, const char *at)
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
static int read_options(struct campaign_record *r, struct upset_error *error)
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
	return rc == 0 ? 0 : campaign_record_no_memory(error);
}

int campaign_record_load(struct campaign_record *r, struct upset_store *store, int64_t wanted,
	struct upset_error *error)
{
	int rc = upset_store_choose_campaign(store, wanted, &r->number, error);

	if (rc == 0)
		rc = load_campaign(r, store, error);
	if (rc == 0)
		rc = load_strings(r, store, "campaign_argument", take_argument, error);
	if (rc == 0)
		rc = load_strings(r, store, "campaign_environment", take_variable, error);
	if (rc == 0)
		rc = load_inputs(r, store, error);
	if (rc == 0 && (r->options == NULL || r->arguments == NULL))
		rc = upset_error_set(error, EIO,
			"the study is damaged: campaign %" PRId64 " has no program", r->number);
	/* An empty one is a list, too. */
	if (rc == 0 && r->environment == NULL) {
		r->environment = calloc(1, sizeof(*r->environment));
		if (r->environment == NULL)
			rc = campaign_record_no_memory(error);
	}
	return rc == 0 ? read_options(r, error) : rc;
}

static void free_list(char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}

void campaign_record_fini(struct campaign_record *r)
{
	char *texts[] = {r->engine, r->program, r->program_sha256, r->folder, r->options,
		r->sysroot, r->golden_end, r->stdout_sha256, r->stderr_sha256, r->identity};

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
	*r = (struct campaign_record){0};
}

int campaign_record_origin(
	const struct campaign_record *r, struct upset_provenance *origin, struct upset_error *error)
{
	*origin = (struct upset_provenance){.program = r->program,
		.arguments = r->arguments,
		.environment = r->environment,
		.folder = r->folder,
		.sysroot = r->sysroot,
		.inputs = calloc(r->input_count + 1, sizeof(*origin->inputs)),
		.input_count = r->input_count};
	if (origin->inputs == NULL)
		return campaign_record_no_memory(error);
	(void)snprintf(origin->program_sha256, sizeof(origin->program_sha256), "%s",
		r->program_sha256 != NULL ? r->program_sha256 : "");
	for (size_t i = 0; i < r->input_count; i++)
		(void)snprintf(origin->inputs[i].sha256, sizeof(origin->inputs[i].sha256), "%s",
			r->inputs[i].sha256 != NULL ? r->inputs[i].sha256 : "");
	return 0;
}
