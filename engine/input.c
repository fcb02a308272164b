/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard input that can be read again: see input.h. */
#include "engine/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, MOST_BYTES = 1 << 30 };

static int cannot_read(int code, struct upset_error *error)
{
	return upset_error_set(error, code, "cannot read standard input: %s", strerror(code));
}

static bool write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0)
			return false;
		bytes += n;
		size -= (size_t)n;
	}
	return true;
}

static int copy(int from, int to, struct upset_error *error)
{
	char buffer[READ_BYTES];
	size_t size = 0;
	ssize_t n;

	while ((n = read(from, buffer, sizeof(buffer))) > 0) {
		size += (size_t)n;
		if (size > MOST_BYTES)
			return upset_error_set(error, EFBIG,
				"standard input has more than a gigabyte; put it into a file");
		if (!write_all(to, buffer, (size_t)n))
			return upset_error_set(error, ENOMEM,
				"no memory to keep standard input: %s", strerror(errno));
	}
	if (n < 0 && errno == EINTR)
		return upset_error_set(error, EINTR, "interrupted");
	return n < 0 ? cannot_read(EIO, error) : 0;
}

static int keep(int fd, struct upset_error *error)
{
	int memory = memfd_create("input", MFD_CLOEXEC), rc;

	if (memory < 0)
		return cannot_read(errno, error);
	rc = copy(fd, memory, error);
	if (rc == 0)
		return memory;
	(void)close(memory);
	return rc;
}

int upset_input_open(int fd, struct upset_error *error)
{
	struct stat info;
	bool closed = fstat(fd, &info) != 0;
	int again;

	if (!closed && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode)))
		return keep(fd, error);
	if (closed || isatty(fd))
		again = open("/dev/null", O_RDONLY | O_CLOEXEC);
	else
		again = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return again >= 0 ? again : cannot_read(errno, error);
}

bool upset_input_take(int fd)
{
	struct stat info;
	char path[32];
	int again = -1;

	if (fd < 0)
		return true;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		again = open(path, O_RDONLY | O_CLOEXEC);
	}
	return again >= 0 ? dup2(again, 0) == 0 : fd == 0 || dup2(fd, 0) == 0;
}
