/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the study of a campaign is while experiments are added, and that nobody else does that:
 * in its place, or on a scratch, from which copies are put there.
 */
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/campaign.h"
#include "base/clock.h"
#include "store/merge.h"

enum { PUT_EVERY_S = 60, TRIES_S = 10 };

/* --- on the scratch --------------------------------------------------------------------------- */

/* A name that is the same each time, also where other studies have the same one. */
static int name_scratch(struct campaign_home *home, const char *scratch, struct upset_error *error)
{
	struct upset_hash *hash = upset_hash_new();
	const char *name = strrchr(home->study, '/');
	char folder[PATH_MAX] = "", hex[UPSET_HASH_HEX_SIZE];
	int n;

	if (hash == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	if (home->study[0] != '/' && getcwd(folder, sizeof(folder)) != NULL)
		upset_hash_update(hash, folder, strlen(folder));
	upset_hash_update(hash, home->study, strlen(home->study));
	upset_hash_finish(hash, hex);
	upset_hash_free(hash);
	n = snprintf(home->path, sizeof(home->path), "%s/upset-%.16s-%s", scratch, hex,
		name == NULL ? home->study : name + 1);
	return n < (int)sizeof(home->path) ? 0
					   : upset_error_set(error, ENAMETOOLONG,
						     "the name %.40s... is too long", home->study);
}

/* How many experiments of the campaign the study at @path has; -1: it is not there, or of no use.
 */
static int64_t count_made(const char *path, const char *identity)
{
	struct upset_store *store = NULL;
	int64_t campaign = 0;
	uint64_t count = 0;
	int rc = access(path, F_OK) != 0 ? -ENOENT : upset_store_open(&store, path, NULL);

	if (rc == 0)
		rc = upset_store_find_campaign(store, identity, &campaign, NULL);
	if (rc == 0)
		rc = upset_store_count_experiments(store, campaign, NULL, NULL, &count, NULL);
	upset_store_close(store);
	return rc == 0 ? (int64_t)count : -1;
}

static void remove_scratch(struct campaign_home *home)
{
	char journal[PATH_MAX + sizeof("-journal")];

	(void)snprintf(journal, sizeof(journal), "%s-journal", home->path);
	(void)unlink(home->path);
	(void)unlink(journal);
}

/* Copies that somebody did not bring to their end. */
static void remove_unfinished(const char *study)
{
	static const char special[] = "*?[]\\", rest[] = ".new-[0-9]*";
	char *pattern = malloc(2 * strlen(study) + sizeof(rest)), *to = pattern;
	glob_t found = {0};

	if (pattern == NULL)
		return;
	for (const char *at = study; *at != '\0'; at++) {
		if (strchr(special, *at) != NULL)
			*to++ = '\\';
		*to++ = *at;
	}
	memcpy(to, rest, sizeof(rest));
	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			(void)unlink(found.gl_pathv[i]);
	}
	globfree(&found);
	free(pattern);
}

/* What was left there by a command that could not put it in its place, or what is in place. */
static int fill_scratch(struct campaign_home *home, const char *from, const char *identity,
	struct upset_error *error)
{
	int64_t left = count_made(home->path, identity);
	bool is_there = access(home->study, F_OK) == 0;

	home->was_left = left >= 0 && left >= count_made(home->study, identity);
	if (home->was_left)
		return 0;
	remove_scratch(home);
	if (!is_there && from == NULL)
		return 0;
	return is_there ? upset_store_copy(home->study, home->path, false, error)
			: upset_store_copy_plan(from, home->path, error);
}

/* --- in its place ----------------------------------------------------------------------------- */

/* Which file is in place; one that was changed is another one. */
static struct campaign_file look(const char *path)
{
	struct stat file;

	if (stat(path, &file) != 0)
		return (struct campaign_file){0};
	return (struct campaign_file){true, file.st_dev, file.st_ino, file.st_size,
		(int64_t)file.st_mtim.tv_sec, (int64_t)file.st_mtim.tv_nsec};
}

static bool is_same(const struct campaign_file *a, const struct campaign_file *b)
{
	return a->is_there == b->is_there && a->device == b->device && a->number == b->number &&
	       a->size == b->size && a->seconds == b->seconds && a->ns == b->ns;
}

static int put(struct campaign_home *home, struct upset_error *error)
{
	struct campaign_file now = look(home->study);
	int rc = upset_lock_check(&home->lock, error);

	if (rc != 0)
		return rc;
	if (!is_same(&now, &home->file))
		return upset_error_set(error, ESTALE,
			"%s was changed by another process meanwhile; what was made is in %s: "
			"merge both into a new file with `upset merge`",
			home->study, home->path);
	rc = upset_store_copy(home->path, home->study, true, error);
	home->file = look(home->study);
	home->put_ns = upset_now_ns();
	return rc;
}

/* --- for the campaign ------------------------------------------------------------------------- */

static int take_scratch(struct campaign_home *home, const struct upset_campaign_options *o,
	const char *identity, struct upset_error *error)
{
	int rc = name_scratch(home, o->scratch, error);

	if (rc != 0)
		return rc;
	home->on_scratch = true;
	home->every_ns = (o->save_every > 0 ? o->save_every : PUT_EVERY_S) * UINT64_C(1000000000);
	home->put_ns = upset_now_ns();
	home->file = look(home->study);
	return fill_scratch(home, o->from, identity, error);
}

int campaign_home_take(struct campaign_home *home, const struct upset_campaign_options *o,
	const char *identity, struct upset_campaign_state *state, struct upset_error *error)
{
	int rc;

	home->study = o->study;
	if (snprintf(home->path, sizeof(home->path), "%s", o->study) >= (int)sizeof(home->path))
		return upset_error_set(
			error, ENAMETOOLONG, "the name %.40s... is too long", o->study);
	if (o->plan || (o->from == NULL && o->shards == 0 && o->scratch == NULL))
		return 0;
	rc = upset_lock_take(&home->lock, o->study, o->take_lock, error);
	(void)snprintf(state->former, sizeof(state->former), "%s", home->lock.former);
	if (rc == 0)
		remove_unfinished(o->study);
	if (rc == 0 && o->shards > 0) {
		upset_lock_note(&home->lock, "shard", o->shard);
		upset_lock_note(&home->lock, "shards", o->shards);
	}
	if (rc == 0 && o->scratch != NULL)
		rc = take_scratch(home, o, identity, error);
	else if (rc == 0 && o->from != NULL && access(o->study, F_OK) != 0)
		rc = upset_store_copy_plan(o->from, o->study, error);
	return rc;
}

int campaign_home_save(struct campaign_home *home, struct upset_error *error)
{
	if (!home->on_scratch || upset_now_ns() - home->put_ns < home->every_ns)
		return 0;
	return put(home, error);
}

int campaign_home_leave(struct campaign_home *home, bool begun, int rc, struct upset_error *error)
{
	struct upset_error own = {0};
	int failed = home->on_scratch && begun ? put(home, &own) : 0;

	/* What cannot be put in its place now is for the next one. */
	if (failed == 0 && home->on_scratch && (begun || !home->was_left))
		remove_scratch(home);
	if (failed != 0 && rc == 0)
		rc = upset_error_set(error, -failed,
			"%s; what was made is in %s: give the command "
			"again here when that can be, to put it in its "
			"place",
			own.message, home->path);
	upset_lock_release(&home->lock);
	return rc;
}
