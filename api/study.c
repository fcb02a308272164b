/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading studies: see upset/study.h. */
#include "upset/study.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/interval.h"
#include "report/report.h"
#include "store/campaign.h"

enum { COLUMNS_MOST = 64 };

struct upset_study {
	struct upset_store *store;
};

struct upset_rows {
	struct upset_store_cursor *cursor;
	const struct upset_column *columns[COLUMNS_MOST];
	const char *names[COLUMNS_MOST];
	unsigned int count;
};

int upset_study_open(struct upset_study **study, const char *path, struct upset_error *error)
{
	struct upset_study *opened = calloc(1, sizeof(*opened));
	int rc = opened == NULL ? upset_error_set(error, ENOMEM, "out of memory")
				: upset_store_open(&opened->store, path, error);

	*study = rc == 0 ? opened : NULL;
	if (rc != 0)
		free(opened);
	return rc;
}

void upset_study_close(struct upset_study *study)
{
	if (study == NULL)
		return;
	upset_store_close(study->store);
	free(study);
}

int upset_study_find_run(
	struct upset_study *study, int64_t wanted, int64_t *run, struct upset_error *error)
{
	return upset_store_find_run(study->store, wanted, run, error);
}

int upset_study_find_campaign(
	struct upset_study *study, int64_t wanted, int64_t *campaign, struct upset_error *error)
{
	return upset_store_choose_campaign(study->store, wanted, campaign, error);
}

/* --- rows ------------------------------------------------------------------------------------- */

const char *upset_view_name(size_t i)
{
	const struct upset_view *view = upset_view_at(i);

	return view != NULL ? view->name : NULL;
}

static void choose_columns(struct upset_rows *rows, const struct upset_view *view)
{
	for (size_t i = 0; i < view->column_count && rows->count < COLUMNS_MOST; i++) {
		if (view->columns[i].terminal_only)
			continue;
		rows->columns[rows->count] = &view->columns[i];
		rows->names[rows->count++] = view->columns[i].name;
	}
}

static int select_rows(struct upset_rows *rows, struct upset_store *store,
	const struct upset_view *view, int64_t number, struct upset_error *error)
{
	struct upset_store_query query = {.view = view->relation,
		.columns = rows->names,
		.column_count = rows->count,
		.order = view->order,
		.limit = -1};
	int rc = 0;

	if (view->scope == UPSET_SCOPE_RUN)
		rc = upset_store_find_run(store, number, &query.run, error);
	else if (view->scope == UPSET_SCOPE_CAMPAIGN)
		rc = upset_store_choose_campaign(store, number, &query.campaign, error);
	return rc == 0 ? upset_store_select(store, &query, &rows->cursor, error) : rc;
}

int upset_study_read(struct upset_study *study, const char *name, int64_t number,
	struct upset_rows **rows, struct upset_error *error)
{
	const struct upset_view *view = upset_view_find(name);
	struct upset_rows *opened;
	int rc;

	*rows = NULL;
	if (view == NULL)
		return upset_error_set(error, EINVAL, "there is no view '%s'", name);
	opened = calloc(1, sizeof(*opened));
	if (opened == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	choose_columns(opened, view);
	rc = select_rows(opened, study->store, view, number, error);
	if (rc == 0)
		*rows = opened;
	else
		upset_rows_close(opened);
	return rc;
}

int upset_rows_next(struct upset_rows *rows, struct upset_error *error)
{
	return upset_store_next(rows->cursor, error);
}

unsigned int upset_rows_columns(const struct upset_rows *rows)
{
	return rows->count;
}

const char *upset_rows_name(const struct upset_rows *rows, unsigned int i)
{
	return i < rows->count ? rows->names[i] : NULL;
}

int upset_rows_find(const struct upset_rows *rows, const char *name)
{
	for (unsigned int i = 0; i < rows->count; i++) {
		if (strcmp(rows->names[i], name) == 0)
			return (int)i;
	}
	return -1;
}

bool upset_rows_is_null(struct upset_rows *rows, unsigned int i)
{
	return i >= rows->count || upset_store_is_null(rows->cursor, i);
}

int64_t upset_rows_integer(struct upset_rows *rows, unsigned int i)
{
	return i < rows->count ? upset_store_integer(rows->cursor, i) : 0;
}

double upset_rows_real(struct upset_rows *rows, unsigned int i)
{
	return i < rows->count ? upset_store_real(rows->cursor, i) : 0;
}

const char *upset_rows_text(struct upset_rows *rows, unsigned int i, size_t *size)
{
	if (i < rows->count)
		return upset_store_text(rows->cursor, i, size);
	if (size != NULL)
		*size = 0;
	return "";
}

int upset_rows_counts(struct upset_rows *rows, unsigned int i, uint64_t *counts, unsigned int bits,
	struct upset_error *error)
{
	size_t size;
	const char *blob;

	if (i >= rows->count || rows->columns[i]->type != UPSET_COLUMN_ONES ||
		bits > UPSET_COUNTED_BITS_MAX)
		return upset_error_set(
			error, EINVAL, "column %u has no counts of %u bits", i, bits);
	blob = upset_store_text(rows->cursor, i, &size);
	if (upset_ones_decode((const uint8_t *)blob, size, bits, counts) != 0)
		return upset_error_set(
			error, EIO, "the study is damaged: counts by bit that do not decode");
	return 0;
}

void upset_rows_close(struct upset_rows *rows)
{
	if (rows == NULL)
		return;
	upset_store_cursor_close(rows->cursor);
	free(rows);
}

/* --- shares ----------------------------------------------------------------------------------- */

void upset_share_interval(uint64_t hits, uint64_t n, double confidence, double *low, double *high)
{
	const struct upset_interval interval = upset_interval_wilson(hits, n, confidence);

	*low = interval.low;
	*high = interval.high;
}

/* What was planned. */
static int load_plan(struct upset_study *study, struct upset_shares *s, struct upset_error *error)
{
	struct upset_rows *rows = NULL;
	int rc = upset_study_read(study, "campaign", s->campaign, &rows, error);

	if (rows == NULL)
		return rc;
	rc = upset_rows_next(rows, error);
	if (rc == 1) {
		s->planned = (uint64_t)upset_rows_integer(
			rows, (unsigned int)upset_rows_find(rows, "planned"));
		s->population = (uint64_t)upset_rows_integer(
			rows, (unsigned int)upset_rows_find(rows, "population"));
		s->confidence =
			upset_rows_real(rows, (unsigned int)upset_rows_find(rows, "confidence"));
		rc = 0;
	}
	upset_rows_close(rows);
	return rc;
}

static void fill_detection(struct upset_shares *s)
{
	struct upset_share *share = &s->detection;
	uint64_t n =
		s->outcomes[UPSET_OUTCOME_DETECTED].count + s->outcomes[UPSET_OUTCOME_SDC].count;

	share->count = s->outcomes[UPSET_OUTCOME_DETECTED].count;
	share->share = n == 0 ? 0 : (double)share->count / (double)n;
	upset_share_interval(share->count, n, s->confidence, &share->low, &share->high);
}

int upset_study_shares(struct upset_study *study, int64_t wanted, struct upset_shares *s,
	struct upset_error *error)
{
	int rc;

	*s = (struct upset_shares){0};
	rc = upset_store_choose_campaign(study->store, wanted, &s->campaign, error);
	if (rc == 0)
		rc = load_plan(study, s, error);
	for (unsigned int o = 0; rc == 0 && o < UPSET_OUTCOMES; o++) {
		rc = upset_store_count_experiments(study->store, s->campaign,
			upset_outcome_name((enum upset_outcome)o), NULL, &s->outcomes[o].count,
			error);
		s->made += s->outcomes[o].count;
		s->results += o <= UPSET_OUTCOME_DUE ? s->outcomes[o].count : 0;
	}
	for (unsigned int o = 0; rc == 0 && o <= UPSET_OUTCOME_DUE; o++) {
		struct upset_share *share = &s->outcomes[o];

		share->share = s->results == 0 ? 0 : (double)share->count / (double)s->results;
		upset_share_interval(
			share->count, s->results, s->confidence, &share->low, &share->high);
	}
	if (rc == 0)
		fill_detection(s);
	return rc;
}
