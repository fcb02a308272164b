/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in the studies of a plan's shards: see status.h. */
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/record.h"
#include "cli/status.h"
#include "store/store.h"

/* --- one study -------------------------------------------------------------------------------- */

struct reading {
	struct campaign_status *status;
	struct campaign_shard_status *shard;
	int64_t campaign;
	bool same; /* as the plan's */
};

static int take_campaign(void *context, struct upset_store_cursor *cursor)
{
	struct reading *r = context;

	r->campaign = upset_store_integer(cursor, 0);
	r->same = r->status->identity == NULL ||
		  strcmp(upset_store_text(cursor, 1, NULL), r->status->identity) == 0;
	r->shard->planned = (uint64_t)upset_store_integer(cursor, 2);
	r->shard->shard = (uint64_t)upset_store_integer(cursor, 3);
	if (r->shard->shards == 0)
		r->shard->shards = (uint64_t)upset_store_integer(cursor, 4);
	if (r->status->identity == NULL) {
		r->status->identity = campaign_record_copy(cursor, 1);
		return r->status->identity == NULL ? -ENOMEM : 0;
	}
	return 0;
}

static int read_campaign(struct reading *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"id", "identity", "planned", "shard", "shards"};
	const struct upset_store_query query = {.view = "campaign",
		.columns = columns,
		.column_count = sizeof(columns) / sizeof(columns[0]),
		.order = "id DESC",
		.limit = 1};

	return campaign_record_each(store, &query, take_campaign, r, error);
}

static int take_number(void *context, struct upset_store_cursor *cursor)
{
	struct reading *r = context;
	uint64_t i = (uint64_t)upset_store_integer(cursor, 0);
	uint8_t bit = (uint8_t)(1U << i % 8);

	r->shard->made++;
	if (i < r->status->planned && !(r->status->bits[i / 8] & bit)) {
		r->status->bits[i / 8] |= bit;
		r->status->made++;
	}
	return 0;
}

static int read_numbers(struct reading *r, struct upset_store *store, struct upset_error *error)
{
	static const char *const columns[] = {"number"};
	const struct upset_store_query query = {.view = "experiment",
		.columns = columns,
		.column_count = 1,
		.campaign = r->campaign,
		.limit = -1};

	return campaign_record_each(store, &query, take_number, r, error);
}

/* Experiments i < @planned with i mod @shards = @shard. */
static uint64_t part_of(uint64_t planned, uint64_t shard, uint64_t shards)
{
	return shards == 0 ? planned : planned / shards + (shard < planned % shards ? 1 : 0);
}

static int read_study(struct reading *r, struct upset_error *error)
{
	struct upset_store *store = NULL;
	int rc = upset_store_open(&store, r->shard->study, error);

	if (rc == 0)
		rc = read_campaign(r, store, error);
	if (rc == 0 && (r->campaign == 0 || !r->same))
		rc = upset_error_set(error, ENOTSUP, "%s is no part of this plan", r->shard->study);
	if (rc == 0)
		rc = read_numbers(r, store, error);
	upset_store_close(store);
	return rc;
}

/* How fast it is, by what it has stored since it began, until it stored it. */
static void find_rate(struct campaign_shard_status *shard)
{
	struct stat file;
	double seconds;

	if (shard->state != CAMPAIGN_SHARD_RUNNING || !shard->holder.has_before ||
		shard->made <= shard->holder.before || stat(shard->study, &file) != 0)
		return;
	seconds = (double)(file.st_mtim.tv_sec - shard->holder.since) +
		  (double)file.st_mtim.tv_nsec / 1e9;
	if (seconds > 0)
		shard->rate = (double)(shard->made - shard->holder.before) / seconds;
}

static void find_state(struct campaign_shard_status *shard)
{
	if (shard->why != NULL)
		shard->state = CAMPAIGN_SHARD_UNREADABLE;
	else if (shard->locked && !shard->holder.gone)
		shard->state = CAMPAIGN_SHARD_RUNNING;
	else if (shard->made >= shard->planned)
		shard->state = CAMPAIGN_SHARD_COMPLETE;
	else
		shard->state = shard->locked ? CAMPAIGN_SHARD_KILLED : CAMPAIGN_SHARD_STOPPED;
	find_rate(shard);
}

static int read_shard(struct campaign_status *s, struct campaign_shard_status *shard, bool named,
	struct upset_error *error)
{
	struct upset_error own = {0};
	struct reading r = {.status = s, .shard = shard};
	struct stat file;
	int rc = 0;

	/* First, so that what has come to its end meanwhile is not taken for killed. */
	shard->locked = upset_lock_read(shard->study, &shard->holder) == 0;
	if (shard->locked && shard->holder.shards > 0) {
		shard->shard = shard->holder.shard;
		shard->shards = shard->holder.shards;
	}
	if (!shard->locked || stat(shard->study, &file) == 0)
		rc = read_study(&r, &own);
	shard->planned = part_of(s->planned, shard->shard, shard->shards);
	if (rc != 0 && named)
		return upset_error_set(error, -rc, "%s", own.message);
	if (rc != 0 && (shard->why = strdup(own.message)) == NULL)
		return campaign_record_no_memory(error);
	find_state(shard);
	return 0;
}

/* --- which studies there are ------------------------------------------------------------------ */

static int add(struct campaign_status *s, const char *study, size_t length)
{
	struct campaign_shard_status *grown;

	for (size_t i = 0; i < s->count; i++) {
		if (strncmp(s->shards[i].study, study, length) == 0 &&
			s->shards[i].study[length] == '\0')
			return 0;
	}
	grown = reallocarray(s->shards, s->count + 1, sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	s->shards = grown;
	grown[s->count] = (struct campaign_shard_status){.study = strndup(study, length)};
	return grown[s->count++].study == NULL ? -ENOMEM : 0;
}

/* @text, none of whose characters stands for others. */
static void escape(const char *text, size_t length, char *pattern)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr("*?[]\\", text[i]) != NULL)
			*pattern++ = '\\';
		*pattern++ = text[i];
	}
	*pattern = '\0';
}

/* Studies that match, also those of which there is only a lock yet. */
static int add_matching(struct campaign_status *s, const char *stem, const char *rest)
{
	glob_t found = {0};
	char *pattern = NULL;
	int rc = asprintf(&pattern, "%s%s", stem, rest) < 0 ? -ENOMEM : 0;

	if (rc == 0 && glob(pattern, 0, NULL, &found) == GLOB_NOSPACE)
		rc = -ENOMEM;
	for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++) {
		size_t length = strlen(found.gl_pathv[i]);
		bool is_lock = length > 5 && strcmp(&found.gl_pathv[i][length - 5], ".lock") == 0;

		rc = add(s, found.gl_pathv[i], is_lock ? length - 5 : length);
	}
	globfree(&found);
	free(pattern);
	return rc;
}

static int find_studies(struct campaign_status *s, const char *plan)
{
	static const char *const rests[] = {".upset", "-[0-9]*.upset", "-[0-9]*.upset.lock"};
	const char *name = strrchr(plan, '/'), *end;
	char *stem = malloc(2 * strlen(plan) + 1);
	int rc = stem == NULL ? -ENOMEM : 0;

	name = name == NULL ? plan : name + 1;
	end = strrchr(name, '.');
	if (rc == 0)
		escape(plan, end == NULL || end == name ? strlen(plan) : (size_t)(end - plan),
			stem);
	for (size_t i = 0; rc == 0 && i < sizeof(rests) / sizeof(rests[0]); i++)
		rc = add_matching(s, stem, rests[i]);
	free(stem);
	/* The plan itself may be called so. */
	for (size_t i = 0; rc == 0 && i < s->count; i++) {
		if (strcmp(s->shards[i].study, plan) == 0) {
			free(s->shards[i].study);
			s->shards[i--] = s->shards[--s->count];
		}
	}
	return rc;
}

/* --- all of them ------------------------------------------------------------------------------ */

static int read_plan(struct campaign_status *s, const char *plan, struct upset_error *error)
{
	struct campaign_shard_status whole = {.study = (char *)(uintptr_t)plan};
	struct reading r = {.status = s, .shard = &whole};
	struct upset_store *store = NULL;
	int rc = upset_store_open(&store, plan, error);

	if (rc == 0)
		rc = read_campaign(&r, store, error);
	if (rc == 0 && r.campaign == 0)
		rc = upset_error_set(error, ENOTSUP,
			"%s holds no campaign: name a plan that `upset plan` made", plan);
	upset_store_close(store);
	s->planned = whole.planned;
	s->bits = rc == 0 ? calloc(s->planned / 8 + 1, 1) : NULL;
	return rc == 0 && s->bits == NULL ? campaign_record_no_memory(error) : rc;
}

static int compare(const void *a, const void *b)
{
	const struct campaign_shard_status *x = a, *y = b;

	if (x->shards != y->shards)
		return x->shards < y->shards ? -1 : 1;
	if (x->shard != y->shard)
		return x->shard < y->shard ? -1 : 1;
	return strcmp(x->study, y->study);
}

static void sum_up(struct campaign_status *s)
{
	bool differ = false;

	qsort(s->shards, s->count, sizeof(*s->shards), compare);
	for (size_t i = 0; i < s->count; i++) {
		const struct campaign_shard_status *shard = &s->shards[i];

		if (shard->shards != 0 && s->of != 0 && shard->shards != s->of)
			differ = true;
		if (shard->shards != 0)
			s->of = shard->shards;
		s->rate += shard->rate;
	}
	if (differ)
		s->of = 0;
}

static int find_missing(struct campaign_status *s, struct upset_error *error)
{
	int rc = campaign_missing_init(&s->missing, s->of, error);
	uint64_t first = 0;
	bool in_range = false;

	for (uint64_t i = 0; rc == 0 && i <= s->planned; i++) {
		bool made = i == s->planned || (s->bits[i / 8] >> i % 8 & 1);

		if (made && in_range)
			rc = campaign_missing_add(&s->missing, first, i - 1);
		if (!made && !in_range)
			first = i;
		in_range = !made;
	}
	if (rc == 0)
		rc = campaign_missing_end(&s->missing, error);
	for (size_t i = 0; rc == 0 && s->of > 0 && i < s->count; i++) {
		if (s->shards[i].shards == s->of && s->shards[i].state == CAMPAIGN_SHARD_RUNNING)
			s->missing.again[s->shards[i].shard] = false;
	}
	return rc;
}

int campaign_status_read(struct campaign_status *s, const char *plan, const char *const *studies,
	size_t count, struct upset_error *error)
{
	int rc;

	*s = (struct campaign_status){0};
	rc = read_plan(s, plan, error);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = add(s, studies[i], strlen(studies[i]));
	if (rc == 0 && studies == NULL)
		rc = find_studies(s, plan);
	if (rc == -ENOMEM)
		return campaign_record_no_memory(error);
	for (size_t i = 0; rc == 0 && i < s->count; i++)
		rc = read_shard(s, &s->shards[i], studies != NULL, error);
	if (rc != 0)
		return rc;
	sum_up(s);
	return find_missing(s, error);
}

void campaign_status_fini(struct campaign_status *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->shards[i].study);
		free(s->shards[i].why);
	}
	campaign_missing_fini(&s->missing);
	free(s->shards);
	free(s->bits);
	free(s->identity);
	*s = (struct campaign_status){0};
}

/* --- what follows from it --------------------------------------------------------------------- */

uint64_t campaign_status_count(const struct campaign_status *s, enum campaign_shard_state state)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->shards[i].shards > 0 && s->shards[i].state == state;
	return n;
}

uint64_t campaign_status_not_begun(const struct campaign_status *s)
{
	uint64_t begun = 0, last = UINT64_MAX;

	for (size_t i = 0; i < s->count; i++) {
		if (s->shards[i].shards == s->of && s->shards[i].shard != last)
			begun++;
		last = s->shards[i].shard;
	}
	return s->of > begun ? s->of - begun : 0;
}

double campaign_status_left(const struct campaign_status *s)
{
	return s->rate > 0 ? (double)(s->planned - s->made) / s->rate : 0;
}

const char *campaign_shard_state_name(enum campaign_shard_state state)
{
	static const char *const names[CAMPAIGN_SHARD_STATES] = {
		"complete", "running", "stopped", "killed", "unreadable"};

	return names[state];
}
