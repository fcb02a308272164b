/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads that signals do not cut short: see read.h. */
#include "base/read.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

/* From @offset on; from the file's position on when it is negative. */
static bool read_on(int fd, uint8_t *buffer, size_t size, int64_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = offset < 0 ? read(fd, buffer + done, size - done)
				       : pread(fd, buffer + done, size - done,
						 (off_t)offset + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

bool upset_read_whole(int fd, void *buffer, size_t size)
{
	return read_on(fd, buffer, size, -1);
}

bool upset_read_whole_at(int fd, void *buffer, size_t size, uint64_t offset)
{
	return offset <= (uint64_t)INT64_MAX - size && read_on(fd, buffer, size, (int64_t)offset);
}
