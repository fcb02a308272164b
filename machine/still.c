/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that stand still: see still.h.  The kernel tells of each of their threads. */
#include "machine/still.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MOST = 1024 };

/* Whether the thread of which the file @path tells sleeps; its time is added to *@ticks. */
static bool sleeps(const char *path, uint64_t *ticks)
{
	char line[LINE_MOST] = "", state = '\0';
	FILE *file = fopen(path, "re");
	const char *behind;
	uint64_t user, system;
	bool read;

	if (file == NULL)
		return false;
	read = fgets(line, sizeof(line), file) != NULL;
	(void)fclose(file);
	/* Its name may have blanks and parentheses. */
	behind = read ? strrchr(line, ')') : NULL;
	if (behind == NULL ||
		sscanf(behind + 1,
			" %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64 " %" SCNu64, &state,
			&user, &system) != 3)
		return false;
	*ticks += user + system;
	return state == 'S';
}

void machine_still_look(struct machine_still *still, pid_t pid)
{
	char folder[64], path[sizeof(folder) + sizeof(((struct dirent *)NULL)->d_name) + 8];
	const struct dirent *entry;
	uint64_t ticks = 0;
	bool all = true;
	unsigned int threads = 0;
	DIR *tasks;

	(void)snprintf(folder, sizeof(folder), "/proc/%d/task", pid);
	tasks = opendir(folder);
	while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s/stat", folder, entry->d_name);
		all &= sleeps(path, &ticks);
		threads++;
	}
	if (tasks != NULL)
		(void)closedir(tasks);
	still->looks = threads > 0 && all && ticks == still->ticks ? still->looks + 1 : 0;
	still->ticks = ticks;
}
