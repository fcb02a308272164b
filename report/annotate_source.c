/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source files for eyes.  Their paths come from the program: only regular files are read. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/read.h"
#include "report/annotate_internal.h"

enum { SOURCE_BYTES_MAX = 64 << 20 };

/* The whole file with a NUL at its end. */
static char *read_text(const char *path, struct stat *info)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = NULL;
	size_t size = 0;

	if (fd < 0)
		return NULL;
	if (fstat(fd, info) == 0 && S_ISREG(info->st_mode) && info->st_size <= SOURCE_BYTES_MAX) {
		size = (size_t)info->st_size;
		text = malloc(size + 1);
	}
	if (text != NULL && !upset_read_whole(fd, text, size)) {
		free(text);
		text = NULL;
	}
	(void)close(fd);
	if (text != NULL)
		text[size] = '\0';
	return text;
}

static bool split(struct upset_source *source)
{
	size_t count = 1;
	char *at = source->text;

	for (const char *c = source->text; *c != '\0'; c++)
		count += *c == '\n';
	source->lines = calloc(count, sizeof(*source->lines));
	if (source->lines == NULL)
		return false;
	while (at != NULL && source->count < count)
		source->lines[source->count++] = strsep(&at, "\n");
	return true;
}

static bool is_newer(const struct stat *info, const char *started)
{
	struct tm time = {0};

	return strptime(started, "%Y-%m-%dT%H:%M:%S", &time) != NULL &&
	       info->st_mtime > timegm(&time);
}

void upset_source_read(struct upset_source *source, const char *path, const char *started)
{
	struct stat info = {0};

	*source = (struct upset_source){.text = read_text(path, &info)};
	if (source->text == NULL)
		return;
	if (!split(source)) {
		upset_source_fini(source);
		return;
	}
	source->newer = is_newer(&info, started);
}

void upset_source_fini(struct upset_source *source)
{
	free(source->text);
	free(source->lines);
	*source = (struct upset_source){0};
}

const char *upset_source_line(const struct upset_source *source, int64_t number)
{
	if (source->text == NULL || number < 1 || (uint64_t)number > source->count)
		return NULL;
	return source->lines[number - 1];
}
