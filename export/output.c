/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outputs that are there as a whole or not at all: see output.h. */
#include "export/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 100 };

static int failed(const struct upset_export_output *output, int code, struct upset_error *error)
{
	return upset_error_set(error, code, "cannot write %s: %s", output->path, strerror(code));
}

static int out_of_memory(struct upset_error *error)
{
	return upset_error_set(error, ENOMEM, "out of memory");
}

/* Another name beside output->path that is not taken: a folder or an empty file there. */
static int make_beside(struct upset_export_output *output, struct upset_error *error)
{
	for (int i = 0; i < TRIES; i++) {
		int result;

		if (asprintf(&output->made, "%s.%ld-%d.part", output->path, (long)getpid(), i) <
			0) {
			output->made = NULL;
			return out_of_memory(error);
		}
		if (output->folder)
			result = mkdir(output->made, 0777);
		else
			result = open(output->made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (result >= 0) {
			if (!output->folder)
				(void)close(result);
			return 0;
		}
		free(output->made);
		output->made = NULL;
		if (errno != EEXIST)
			break;
	}
	return failed(output, errno, error);
}

/* A file keeps its links: what @path leads to is replaced, not the link. */
static char *resolve(const char *path, bool folder)
{
	char *found = folder ? NULL : realpath(path, NULL);
	size_t length;

	if (found == NULL)
		found = strdup(path);
	length = found != NULL ? strlen(found) : 0;
	while (folder && length > 1 && found[length - 1] == '/')
		found[--length] = '\0';
	return found;
}

static bool is_empty_folder(const char *path)
{
	DIR *folder = opendir(path);
	int count = 0;

	if (folder == NULL)
		return false;
	while (readdir(folder) != NULL)
		count++;
	(void)closedir(folder);
	return count <= 2;
}

static int begin(struct upset_export_output *output, struct upset_error *error)
{
	struct stat info;
	bool exists = stat(output->path, &info) == 0;

	if (output->folder && exists && !is_empty_folder(output->path))
		return upset_error_set(error, EEXIST,
			"%s is there already; name a folder that is not, or that is empty",
			output->path);
	if (!output->folder && exists && S_ISDIR(info.st_mode))
		return upset_error_set(error, EISDIR, "%s is a folder; name a file", output->path);
	if (exists && !output->folder && !S_ISREG(info.st_mode))
		return 0;
	return make_beside(output, error);
}

int upset_export_output_open(struct upset_export_output *output, const char *path, bool folder,
	struct upset_error *error)
{
	int result;

	*output = (struct upset_export_output){.path = resolve(path, folder), .folder = folder};
	if (output->path == NULL)
		return out_of_memory(error);
	result = begin(output, error);
	if (result != 0)
		free(output->path);
	return result;
}

int upset_export_output_file(
	struct upset_export_output *output, const char *name, FILE **out, struct upset_error *error)
{
	const char *path = output->made != NULL ? output->made : output->path;
	char *inside = NULL;

	if (name != NULL && asprintf(&inside, "%s/%s", path, name) < 0)
		return out_of_memory(error);
	*out = fopen(name != NULL ? inside : path, "we");
	free(inside);
	return *out != NULL ? 0 : failed(output, errno, error);
}

int upset_export_output_close_file(
	struct upset_export_output *output, FILE *out, int result, struct upset_error *error)
{
	bool written = fflush(out) == 0 && !ferror(out);
	int code = errno;

	if (fclose(out) != 0 && written) {
		written = false;
		code = errno;
	}
	if (result != 0 || written)
		return result;
	return failed(output, code != 0 ? code : EIO, error);
}

/* Files in a folder of ours, which has no folders in it. */
static void empty_folder(const char *path)
{
	DIR *folder = opendir(path);
	const int fd = folder != NULL ? dirfd(folder) : -1;
	const struct dirent *entry;

	while (fd >= 0 && (entry = readdir(folder)) != NULL)
		(void)unlinkat(fd, entry->d_name, 0);
	if (folder != NULL)
		(void)closedir(folder);
}

int upset_export_output_finish(
	struct upset_export_output *output, int result, struct upset_error *error)
{
	if (result == 0 && output->made != NULL && rename(output->made, output->path) != 0)
		result = failed(output, errno, error);
	if (result != 0 && output->made != NULL) {
		if (output->folder)
			empty_folder(output->made);
		(void)remove(output->made);
	}
	free(output->made);
	free(output->path);
	*output = (struct upset_export_output){0};
	return result;
}
