/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and making a study, and finding its runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

/* Whether a file can be made at @path, where there is none. */
static int check_folder(const char *path, struct upset_error *error)
{
	const char *end = strrchr(path, '/');
	char *folder = end == NULL ? strdup(".") : strndup(path, (size_t)(end - path) + 1);
	int code = folder == NULL ? ENOMEM : access(folder, W_OK | X_OK) == 0 ? 0 : errno;

	free(folder);
	if (code == 0)
		return 0;
	return upset_error_set(error, code,
		"cannot make %s in its folder: %s; use another file with -o", path, strerror(code));
}

/* A message for what SQLite would only call "unable to open database file". */
static int check_path(const char *path, bool writing, struct upset_error *error)
{
	struct stat status;

	if (stat(path, &status) != 0) {
		int code = errno;

		if (writing && code == ENOENT)
			return check_folder(path, error);
		return upset_error_set(error, code,
			code == ENOENT
				? "%s: %s; make a study with `upset golden -o FILE -- PROGRAM`"
				: "cannot open %s: %s",
			path, strerror(code));
	}
	if (S_ISDIR(status.st_mode))
		return upset_error_set(error, EISDIR,
			"%s is a folder, not a study; name a file, such as %s/NAME.upset", path,
			path);
	if (!S_ISREG(status.st_mode))
		return upset_error_set(error, ENOTSUP, "%s is no regular file; name a study", path);
	if (access(path, writing ? R_OK | W_OK : R_OK) != 0) {
		int code = errno;

		return upset_error_set(error, code, "cannot %s %s: %s; %s",
			writing ? "write to" : "read", path, strerror(code),
			writing ? "use another file with -o" : "check its permissions");
	}
	return 0;
}

static struct upset_store *new_store(const char *path, struct upset_error *error)
{
	struct upset_store *store = calloc(1, sizeof(*store));

	if (store != NULL && (store->path = strdup(path)) != NULL)
		return store;
	free(store);
	(void)upset_error_set(error, ENOMEM, "cannot open %s: out of memory", path);
	return NULL;
}

static int open_database(
	struct upset_store **store, const char *path, int flags, struct upset_error *error)
{
	*store = new_store(path, error);
	return *store == NULL ? -ENOMEM : upset_store_connect(*store, flags, error);
}

static int open_for_reading(
	struct upset_store **store, const char *path, int64_t *version, struct upset_error *error)
{
	int result = open_database(store, path, SQLITE_OPEN_READONLY, error);

	if (result == 0)
		result = upset_store_check_application(*store, error);
	if (result == 0)
		result = upset_store_query_integer(*store, "PRAGMA user_version", version, error);
	return result;
}

int upset_store_open(struct upset_store **store, const char *path, struct upset_error *error)
{
	struct upset_error first = {0};
	struct upset_store *opened = NULL;
	int64_t version = 0;
	int result = check_path(path, false, error);

	*store = NULL;
	if (result != 0)
		return result;
	result = open_for_reading(&opened, path, &version, &first);
	/* What a process left half done that was killed is undone by the next one that may. */
	if (result == -EROFS || (result == 0 && version < UPSET_STORE_VERSION)) {
		upset_store_close(opened);
		opened = NULL;
		result = open_database(&opened, path, SQLITE_OPEN_READWRITE, error);
	} else if (result != 0) {
		(void)upset_error_set(error, -result, "%s", first.message);
	}
	if (result == 0)
		result = upset_store_migrate(
			opened, upset_store_migrations, UPSET_STORE_VERSION, error);
	if (result != 0) {
		upset_store_close(opened);
		return result;
	}
	*store = opened;
	return 0;
}

int upset_store_create(struct upset_store **store, const char *path, struct upset_error *error)
{
	struct upset_store *opened = NULL;
	int result = check_path(path, true, error);

	*store = NULL;
	if (result != 0)
		return result;
	opened = new_store(path, error);
	if (opened == NULL)
		return -ENOMEM;
	result = upset_store_connect_for_writing(opened, error);
	if (result != 0) {
		upset_store_discard(opened, 0);
		return result;
	}
	*store = opened;
	return 0;
}

bool upset_store_is_new(const struct upset_store *store)
{
	return store->is_new;
}

static int explain_missing_run(struct upset_store *store, int64_t wanted, struct upset_error *error)
{
	int64_t count = 0, last = 0;
	int result = upset_store_query_integer(store, "SELECT count(*) FROM run", &count, error);

	if (result == 0)
		result = upset_store_query_integer(
			store, "SELECT coalesce(max(id), 0) FROM run", &last, error);
	if (result != 0)
		return result;
	if (count == 0)
		return upset_error_set(error, ENOENT,
			"%s holds no runs; add one with `upset golden -o FILE -- PROGRAM`",
			store->path);
	return upset_error_set(error, ENOENT,
		"%s has no run %lld: it holds %lld, the last is %lld; list them with `upset show "
		"FILE "
		"runs`",
		store->path, (long long)wanted, (long long)count, (long long)last);
}

int upset_store_find_run(
	struct upset_store *store, int64_t wanted, int64_t *run, struct upset_error *error)
{
	char sql[96] = "SELECT coalesce(max(id), 0) FROM run";
	int result;

	if (wanted != 0)
		(void)snprintf(sql, sizeof(sql),
			"SELECT coalesce(max(id), 0) FROM run WHERE id = %lld", (long long)wanted);
	result = upset_store_query_integer(store, sql, run, error);
	if (result == 0 && *run == 0)
		return explain_missing_run(store, wanted, error);
	return result;
}
