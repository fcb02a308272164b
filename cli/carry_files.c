/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files a plan takes along: the program, what it is linked with, its input; see carry.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/target.h"
#include "cli/carry.h"
#include "engine/process.h"
#include "store/carried.h"

enum { LINKS_MOST = 40 };

struct files {
	struct upset_carried_file *items;
	size_t count;
	struct upset_error *error;
	int rc;
};

/* --- the list --------------------------------------------------------------------------------- */

static void add(struct files *f, const char *path, const char *sha256)
{
	struct upset_carried_file *grown;

	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->items[i].path, path) == 0)
			return;
	}
	grown = f->rc == 0 ? reallocarray(f->items, f->count + 1, sizeof(*grown)) : NULL;
	if (grown != NULL) {
		f->items = grown;
		grown[f->count] = (struct upset_carried_file){.path = strdup(path)};
		if (sha256 != NULL)
			(void)snprintf(grown[f->count].sha256, UPSET_HASH_HEX_SIZE, "%s", sha256);
		if (grown[f->count].path != NULL) {
			f->count++;
			return;
		}
	}
	if (f->rc == 0)
		f->rc = campaign_record_no_memory(f->error);
}

/* --- names ------------------------------------------------------------------------------------ */

/* What is known of a name, and what is not yet looked at. */
struct way {
	char done[PATH_MAX], rest[2 * PATH_MAX];
	unsigned int links;
};

/* Take the first part of the rest. */
static bool take_part(struct way *w, char part[PATH_MAX])
{
	size_t start = strspn(w->rest, "/"), n = strcspn(w->rest + start, "/");

	if (n == 0 || n >= PATH_MAX)
		return false;
	memcpy(part, w->rest + start, n);
	part[n] = '\0';
	memmove(w->rest, w->rest + start + n, strlen(w->rest + start + n) + 1);
	return true;
}

/* Go on with what the link at @path says.  False: too far. */
static bool follow(struct way *w, const char *path)
{
	char target[PATH_MAX], rest[2 * PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0 || w->links++ == LINKS_MOST)
		return false;
	target[n] = '\0';
	if (target[0] == '/')
		w->done[0] = '\0';
	if (snprintf(rest, sizeof(rest), "%s/%s", target, w->rest) >= (int)sizeof(rest))
		return false;
	memcpy(w->rest, rest, sizeof(rest));
	return true;
}

/*
 * Add the file that is called @name in @folder, and the symbolic links on the way to it.  What
 * is not there is left out: the golden run did without it.
 */
static void add_name(struct files *f, const char *folder, const char *name, const char *sha256)
{
	struct way w = {.done = ""};
	char part[PATH_MAX], path[2 * PATH_MAX];
	struct stat info = {0};

	if (snprintf(w.rest, sizeof(w.rest), "%s/%s", name[0] == '/' ? "" : folder, name) >=
		(int)sizeof(w.rest))
		return;
	while (take_part(&w, part)) {
		char *slash = strrchr(w.done, '/');

		if (strcmp(part, ".") == 0)
			continue;
		if (strcmp(part, "..") == 0) {
			if (slash != NULL)
				*slash = '\0';
			continue;
		}
		if (snprintf(path, sizeof(path), "%s/%s", w.done, part) >= PATH_MAX ||
			lstat(path, &info) != 0)
			return;
		if (!S_ISLNK(info.st_mode)) {
			memcpy(w.done, path, PATH_MAX);
			continue;
		}
		add(f, path, NULL);
		if (!follow(&w, path))
			return;
	}
	if (lstat(w.done, &info) == 0 && S_ISREG(info.st_mode))
		add(f, w.done, sha256);
}

static bool is_taken(const struct files *f, const char *path)
{
	for (size_t i = 0; path != NULL && i < f->count; i++) {
		if (strcmp(f->items[i].path, path) == 0)
			return true;
	}
	return false;
}

/* Libraries are looked for by names that are links: those in @folder to what is taken along. */
static void add_links_in(struct files *f, const char *folder)
{
	DIR *stream = opendir(folder[0] == '\0' ? "/" : folder);
	const struct dirent *entry;
	char link[2 * PATH_MAX];

	while (stream != NULL && (entry = readdir(stream)) != NULL) {
		char *real;

		if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
			continue;
		(void)snprintf(link, sizeof(link), "%s/%s", folder, entry->d_name);
		real = realpath(link, NULL);
		if (is_taken(f, real))
			add_name(f, "", link, NULL);
		free(real);
	}
	if (stream != NULL)
		(void)closedir(stream);
}

static size_t folder_size(const struct files *f, size_t i)
{
	return (size_t)(strrchr(f->items[i].path, '/') - f->items[i].path);
}

/* Whether a file before @i lies beside it. */
static bool is_looked_in(const struct files *f, size_t i)
{
	const size_t n = folder_size(f, i);

	for (size_t k = 0; k < i; k++) {
		if (f->items[k].sha256[0] != '\0' && folder_size(f, k) == n &&
			memcmp(f->items[k].path, f->items[i].path, n) == 0)
			return true;
	}
	return false;
}

/* In all folders that files with a hash are in. */
static void add_links(struct files *f)
{
	const size_t count = f->count;
	char folder[PATH_MAX];

	for (size_t i = 0; i < count; i++) {
		if (f->items[i].sha256[0] == '\0' || is_looked_in(f, i))
			continue;
		(void)snprintf(
			folder, sizeof(folder), "%.*s", (int)folder_size(f, i), f->items[i].path);
		add_links_in(f, folder);
	}
}

/* --- of a plan -------------------------------------------------------------------------------- */

static int take_module(void *context, struct upset_store_cursor *cursor)
{
	struct files *f = context;
	char *path = campaign_record_copy(cursor, 0), *sha256 = campaign_record_copy(cursor, 1);

	if (path != NULL && sha256 != NULL && path[0] == '/')
		add_name(f, "", path, sha256);
	free(path);
	free(sha256);
	return f->rc;
}

static void add_program(struct files *f, const struct campaign_record *r)
{
	char interpreter[PATH_MAX], inside[2 * PATH_MAX], *found = NULL;

	if (upset_target_find(r->arguments[0], &found, NULL) == 0)
		add_name(f, r->folder, found, r->program_sha256);
	free(found);
	add_name(f, r->folder, r->program, r->program_sha256);
	upset_process_interpreter(r->program, interpreter);
	if (interpreter[0] == '\0')
		return;
	/* What tells the interpreter where libraries are. */
	add_name(f, "", interpreter, NULL);
	add_name(f, "", "/etc/ld.so.cache", NULL);
	if (r->sysroot == NULL)
		return;
	(void)snprintf(inside, sizeof(inside), "%s/%s", r->sysroot, interpreter);
	add_name(f, "", inside, NULL);
	(void)snprintf(inside, sizeof(inside), "%s/etc/ld.so.cache", r->sysroot);
	add_name(f, "", inside, NULL);
}

static int add_modules(struct files *f, struct upset_store *store, const struct campaign_record *r)
{
	static const char *const columns[] = {"module", "sha256"};
	const struct upset_store_query query = {.view = "modules",
		.columns = columns,
		.column_count = 2,
		.run = r->run,
		.condition = "sha256 IS NOT NULL",
		.limit = -1};

	return campaign_record_each(store, &query, take_module, f, f->error);
}

static int collect(struct files *f, struct upset_store *store, const struct campaign_record *r)
{
	int rc;

	if (r->no_sandbox)
		return upset_error_set(f->error, ENOTSUP,
			"files are taken along for programs in a sandbox: leave --no-sandbox out");
	if (r->run == 0)
		return upset_error_set(f->error, ENOTSUP,
			"a plan of a list of faults does not know its libraries, and cannot take "
			"files along: sample faults, or bring the files to each machine");
	add_program(f, r);
	for (size_t i = 0; i < r->input_count; i++)
		add_name(f, r->folder, r->inputs[i].path, r->inputs[i].sha256);
	rc = f->rc == 0 ? add_modules(f, store, r) : f->rc;
	if (rc == 0)
		add_links(f);
	return rc == 0 ? f->rc : rc;
}

int campaign_carry_add(const char *path, struct upset_error *error)
{
	struct files f = {.error = error};
	struct campaign_record record = {0};
	struct upset_store *store = NULL;
	int rc = upset_store_create(&store, path, error);

	if (rc == 0)
		rc = campaign_record_load(&record, store, 0, error);
	if (rc == 0)
		rc = collect(&f, store, &record);
	if (rc == 0)
		rc = upset_carried_add(store, f.items, f.count, error);
	for (size_t i = 0; i < f.count; i++)
		free(f.items[i].path);
	free(f.items);
	campaign_record_fini(&record);
	upset_store_close(store);
	return rc;
}

int campaign_carry_drop(const char *path, struct upset_error *error)
{
	struct upset_store *store = NULL;
	bool any = false;
	int rc = upset_store_create(&store, path, error);

	if (rc == 0)
		rc = upset_carried_any(store, &any, error);
	if (rc == 0 && any)
		rc = upset_carried_add(store, NULL, 0, error);
	upset_store_close(store);
	return rc;
}
