/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a machine: see initrd.h.  They are sorted by path, however they were found. */
#include "machine/initrd.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/loader.h"
#include "engine/process.h"
#include "machine/cpio.h"
#include "machine/guest/run.h"

/* Programs of machines, which lie in upset itself; see machine/meson.build. */
extern const char upset_machine_init[], upset_machine_init_end[];
extern const char upset_machine_mark[], upset_machine_mark_end[];

enum { FOLDER = S_IFDIR | 0755, PROGRAM = S_IFREG | 0755, DATA = S_IFREG | 0644 };

struct files {
	struct upset_cpio_entry *items; /* path and file are owned */
	size_t count;
	char *const *environment; /* of the program */
	struct upset_error *error;
};

static int no_memory(struct files *f)
{
	return upset_error_set(f->error, ENOMEM, "out of memory");
}

/* --- the list --------------------------------------------------------------------------------- */

/* @path without the slash before it; what is there already stays.  1: it was there. */
static int add(struct files *f, const struct upset_cpio_entry *entry)
{
	const char *path = entry->path + strspn(entry->path, "/");
	struct upset_cpio_entry *grown;

	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->items[i].path, path) == 0)
			return 1;
	}
	grown = reallocarray(f->items, f->count + 1, sizeof(*grown));
	if (grown == NULL)
		return no_memory(f);
	f->items = grown;
	grown[f->count] = *entry;
	grown[f->count].path = strdup(path);
	grown[f->count].file = entry->file == NULL ? NULL : strdup(entry->file);
	f->count++;
	return grown[f->count - 1].path != NULL &&
			       (entry->file == NULL || grown[f->count - 1].file != NULL)
		       ? 0
		       : no_memory(f);
}

/* All folders on the way to @path, and that itself if @whole. */
static int add_folders(struct files *f, const char *path, bool whole)
{
	char folder[PATH_MAX];
	const char *slash = path;

	while (slash != NULL && (slash = strchr(slash + 1, '/')) != NULL) {
		(void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		if (add(f, &(struct upset_cpio_entry){.path = folder, .mode = FOLDER}) < 0)
			return -ENOMEM;
	}
	if (!whole || path[1] == '\0')
		return 0;
	return add(f, &(struct upset_cpio_entry){.path = path, .mode = FOLDER}) < 0 ? -ENOMEM : 0;
}

static int add_entry(struct files *f, const struct upset_cpio_entry *entry)
{
	int rc = add_folders(f, entry->path, false);

	return rc == 0 ? add(f, entry) : rc;
}

static int add_bytes(struct files *f, const char *path, mode_t mode, const char *bytes, size_t size)
{
	return add_entry(f, &(struct upset_cpio_entry){
				    .path = path, .mode = mode, .bytes = bytes, .size = size});
}

/* --- files of this machine -------------------------------------------------------------------- */

static int add_library(void *context, const char *path)
{
	struct files *f = context;
	int rc = add_entry(
		f, &(struct upset_cpio_entry){.path = path, .mode = PROGRAM, .file = path});

	return rc < 0 ? rc : 0;
}

/* What the file is linked with, and what tells its loader where libraries are. */
static int add_libraries(struct files *f, const char *path)
{
	static const char cache[] = "/etc/ld.so.cache";
	char loader[PATH_MAX];
	int rc;

	upset_process_interpreter(path, loader);
	if (loader[0] == '\0')
		return 0;
	rc = add_library(f, loader);
	if (rc == 0)
		rc = upset_loader_list(loader, path, f->environment, add_library, f, f->error);
	if (rc == 0 && access(cache, R_OK) == 0)
		rc = add_entry(
			f, &(struct upset_cpio_entry){.path = cache, .mode = DATA, .file = cache});
	return rc < 0 ? rc : 0;
}

/* What the first process mounts upon, so that nothing else is seen there. */
static int check_place(struct files *f, const char *path)
{
	static const char *const mounts[] = {"/dev", "/proc", "/sys"};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		if (upset_path_is_below(path, mounts[i]))
			return upset_error_set(f->error, ENOTSUP,
				"cannot take '%s' into the machine: what is below %s is its "
				"kernel's; move it",
				path, mounts[i]);
	}
	return 0;
}

/* "/a/./b" and "/a//b" are other names of what is in a machine once. */
static int simplify(const char *path, char simple[PATH_MAX])
{
	size_t n = 0, size;

	for (; *path != '\0'; path += size + (path[size] == '/')) {
		size = strcspn(path, "/");
		if (size == 0 || (size == 1 && path[0] == '.'))
			continue;
		if (size == 2 && path[0] == '.' && path[1] == '.') {
			while (n > 0 && simple[--n] != '/')
				;
			continue;
		}
		if (n + size + 2 > PATH_MAX)
			return -ENAMETOOLONG;
		n += (size_t)sprintf(simple + n, "/%.*s", (int)size, path);
	}
	simple[n] = '\0';
	return n == 0 ? -EISDIR : 0;
}

/* Where the file @path lies: @all.  -EXDEV: behind a link ".." leads to somewhere else. */
static int find_file(const char *folder, const char *path, char all[PATH_MAX], struct stat *info)
{
	char joined[2 * PATH_MAX];
	struct stat named;
	int rc;

	if (snprintf(joined, sizeof(joined), "%s/%s", path[0] == '/' ? "" : folder, path) >=
		(int)sizeof(joined))
		return -ENAMETOOLONG;
	rc = simplify(joined, all);
	if (rc == 0 && stat(joined, &named) != 0)
		rc = -errno;
	if (rc != 0)
		return rc;
	return stat(all, info) == 0 && info->st_dev == named.st_dev && info->st_ino == named.st_ino
		       ? 0
		       : -EXDEV;
}

static int add_file(struct files *f, const char *folder, const char *path)
{
	char all[PATH_MAX];
	struct stat info;
	int rc = find_file(folder, path, all, &info);

	if (rc == -EXDEV)
		return upset_error_set(f->error, ENOTSUP,
			"cannot take '%s' into the machine: it has '..' behind a link; name the "
			"file without",
			path);
	if (rc == 0 && S_ISDIR(info.st_mode))
		rc = -EISDIR;
	if (rc != 0)
		return upset_error_set(f->error, -rc,
			"cannot take '%s' into the machine: %s; name files", path, strerror(-rc));
	rc = check_place(f, all);
	if (rc == 0)
		rc = add_entry(f, &(struct upset_cpio_entry){.path = all,
					  .mode = info.st_mode & S_IXUSR ? PROGRAM : DATA,
					  .file = all});
	if (rc == 0 && info.st_mode & S_IXUSR)
		rc = add_libraries(f, all);
	return rc < 0 ? rc : 0;
}

/* --- files of the machine's own --------------------------------------------------------------- */

static int print_run(const struct upset_machine_program *p, char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);
	int count = 0;

	if (out == NULL)
		return -errno;
	while (p->arguments[count] != NULL)
		count++;
	(void)fprintf(out, "%s%c%s%c%d%c", p->folder, 0, p->path, 0, count, 0);
	for (int i = 0; i < count; i++)
		(void)fprintf(out, "%s%c", p->arguments[i], 0);
	for (char *const *e = p->environment; e != NULL && *e != NULL; e++)
		(void)fprintf(out, "%s%c", *e, 0);
	return fclose(out) == 0 ? 0 : -errno;
}

static size_t count_texts(const char *bytes, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		n += bytes[i] == '\0';
	return n;
}

static int add_own(struct files *f, const char *module, const char *run, size_t run_size)
{
	/* The kernel opens it before there is anything else. */
	const struct upset_cpio_entry console = {
		.path = "/dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1};
	int rc = add_bytes(f, "/init", PROGRAM, upset_machine_init,
		(size_t)(upset_machine_init_end - upset_machine_init));

	if (rc >= 0)
		rc = add_bytes(f, "/bin/upset-mark", PROGRAM, upset_machine_mark,
			(size_t)(upset_machine_mark_end - upset_machine_mark));
	if (rc >= 0)
		rc = add_bytes(f, MACHINE_RUN_FILE, DATA, run, run_size);
	if (rc >= 0)
		rc = add_entry(f, &console);
	if (rc >= 0)
		rc = add_folders(f, "/tmp", true);
	if (rc >= 0 && module != NULL)
		rc = add_entry(
			f, &(struct upset_cpio_entry){
				   .path = MACHINE_MODULES "/0", .mode = DATA, .file = module});
	return rc < 0 ? rc : 0;
}

static int collect(struct files *f, const struct upset_machine_program *p)
{
	int rc = check_place(f, p->folder);

	if (rc == 0)
		rc = add_folders(f, p->folder, true);
	if (rc == 0)
		rc = add_file(f, "/", p->path);
	for (size_t i = 0; rc == 0 && i < p->file_count; i++)
		rc = add_file(f, p->folder, p->files[i]);
	return rc;
}

/* --- writing ---------------------------------------------------------------------------------- */

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct upset_cpio_entry *)a)->path,
		((const struct upset_cpio_entry *)b)->path);
}

static int write_all(struct files *f, FILE *out, const char *name)
{
	struct upset_cpio cpio = {.out = out, .name = name};
	int rc = 0;

	qsort(f->items, f->count, sizeof(*f->items), by_path);
	for (size_t i = 0; rc == 0 && i < f->count; i++)
		rc = upset_cpio_add(&cpio, &f->items[i], f->error);
	return rc == 0 ? upset_cpio_end(&cpio, f->error) : rc;
}

int machine_initrd_write(FILE *out, const char *name, const struct upset_machine_program *program,
	const char *module, struct upset_error *error)
{
	static char *const none[] = {NULL};
	struct files f = {.environment = program->environment != NULL ? program->environment : none,
		.error = error};
	char *run = NULL;
	size_t run_size = 0;
	int rc = print_run(program, &run, &run_size) == 0 ? 0 : no_memory(&f);

	if (rc == 0 &&
		(run_size > MACHINE_RUN_MOST || count_texts(run, run_size) > MACHINE_WORDS_MOST))
		rc = upset_error_set(error, E2BIG,
			"arguments and environment are more than the %d bytes or %d texts that a "
			"machine takes",
			MACHINE_RUN_MOST, MACHINE_WORDS_MOST);
	if (rc == 0)
		rc = add_own(&f, module, run, run_size);
	if (rc == 0)
		rc = collect(&f, program);
	if (rc == 0)
		rc = write_all(&f, out, name);
	for (size_t i = 0; i < f.count; i++) {
		free((char *)(uintptr_t)f.items[i].path);
		free((char *)(uintptr_t)f.items[i].file);
	}
	free(f.items);
	free(run);
	return rc;
}
