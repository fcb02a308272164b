/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See written.h. */
#include "engine/written.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool upset_written_opens(uint64_t flags)
{
	return (flags & O_PATH) == 0 && (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != O_RDONLY;
}

int upset_written_add(struct upset_profile *profile, pid_t pid, int fd)
{
	char link[64], path[PATH_MAX];
	struct stat status;
	ssize_t size;

	(void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, fd);
	size = readlink(link, path, sizeof(path) - 1);
	if (size <= 0 || path[0] != '/' || stat(link, &status) != 0 || !S_ISREG(status.st_mode) ||
		status.st_nlink == 0) /* nobody can find it any more */
		return 0;
	path[size] = '\0';
	return upset_profile_add_file(profile, path);
}
