/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For libFuzzer targets: what they are given, as a file. */
#ifndef UPSET_FUZZ_FILE_H
#define UPSET_FUZZ_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Have @look look at an executable file with @data[@size], which is gone afterwards. */
static inline int fuzz_file(const uint8_t *data, size_t size, void (*look)(const char *path))
{
	char path[64];
	int fd = memfd_create("upset-fuzz", 0);

	if (fd < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size && fchmod(fd, 0755) == 0)
		look(path);
	(void)close(fd);
	return 0;
}

#endif
