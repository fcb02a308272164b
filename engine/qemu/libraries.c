/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU with libraries of its own: see libraries.h.  Its loader, as that lists them, is started with
 * a folder that has all of them.
 */
#include "engine/qemu/libraries.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "engine/loader.h"
#include "engine/process.h"
#include "engine/qemu/driver.h"

static struct {
	char folder[PATH_MAX], loader[PATH_MAX]; /* loader "": none is needed */
	char **paths;				 /* where the copies are from */
	size_t count;
	bool used;
} kept;

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static int in_folder(const char *path, char copy[PATH_MAX])
{
	int n = snprintf(copy, PATH_MAX, "%s/%s", kept.folder, name_of(path));

	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int copy_bytes(int from, int to)
{
	ssize_t n;

	while ((n = sendfile(to, from, NULL, 1 << 24)) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
	}
	return 0;
}

static int copy_file(const char *path, struct upset_error *error)
{
	char copy[PATH_MAX] = "";
	int from = open(path, O_RDONLY | O_CLOEXEC), to = -1, rc = from < 0 ? -errno : 0;

	if (rc == 0)
		rc = in_folder(path, copy);
	if (rc == 0) {
		to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
		rc = to < 0 ? -errno : copy_bytes(from, to);
	}
	if (from >= 0)
		(void)close(from);
	if (to >= 0)
		(void)close(to);
	if (rc != 0)
		return upset_error_set(error, -rc, "cannot copy QEMU's library %s to %s: %s", path,
			kept.folder, strerror(-rc));
	return 0;
}

static int take_library(void *error, const char *path)
{
	char **grown = reallocarray(kept.paths, kept.count + 1, sizeof(*kept.paths));

	if (grown == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	kept.paths = grown;
	kept.paths[kept.count] = strdup(path);
	if (kept.paths[kept.count] == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	return copy_file(kept.paths[kept.count++], error);
}

int upset_qemu_keep_libraries(
	const struct upset_isa *isa, const char *folder, struct upset_error *error)
{
	char qemu[PATH_MAX], loader[PATH_MAX];
	int rc = qemu_find_for(isa->qemu, qemu, error);

	if (rc != 0)
		return rc;
	(void)snprintf(kept.folder, sizeof(kept.folder), "%s", folder);
	upset_process_interpreter(qemu, loader);
	if (loader[0] == '\0')
		return 0;
	rc = in_folder(loader, kept.loader);
	return rc == 0 ? upset_loader_list(loader, qemu, environ, take_library, error, error) : rc;
}

/* Whether the copy is no longer what lies where it is from. */
static bool is_another(const char *path)
{
	char copy[PATH_MAX], one[UPSET_HASH_HEX_SIZE], other[UPSET_HASH_HEX_SIZE];

	return in_folder(path, copy) != 0 || upset_hash_file(path, one, NULL) != 0 ||
	       upset_hash_file(copy, other, NULL) != 0 || strcmp(one, other) != 0;
}

void upset_qemu_use_libraries(void)
{
	for (size_t i = 0; i < kept.count; i++) {
		kept.used |= is_another(kept.paths[i]);
		free(kept.paths[i]);
	}
	free(kept.paths);
	kept.paths = NULL;
	kept.count = 0;
}

size_t qemu_load(char **line)
{
	size_t n = 0;

	if (!kept.used)
		return 0;
	line[n++] = kept.loader;
	line[n++] = (char *)(uintptr_t) "--library-path";
	line[n++] = kept.folder;
	return n;
}
