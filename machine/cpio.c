/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpio's format "newc": see cpio.h, and the kernel's documentation of initramfs buffers. */
#include "machine/cpio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { ALIGNMENT = 4, CHUNK = 65536 };

static const char trailer[] = "TRAILER!!!";

static int write_failed(const struct upset_cpio *cpio, struct upset_error *error)
{
	return upset_error_set(error, errno, "cannot write %s: %s", cpio->name, strerror(errno));
}

static bool put(struct upset_cpio *cpio, const void *bytes, size_t size)
{
	return size == 0 || fwrite(bytes, 1, size, cpio->out) == size;
}

/* Up to the next multiple of the alignment behind @size bytes. */
static bool fill(struct upset_cpio *cpio, uint64_t size)
{
	static const char zeros[ALIGNMENT];

	return put(cpio, zeros, (size_t)(-size % ALIGNMENT));
}

static bool put_header(struct upset_cpio *cpio, const struct upset_cpio_entry *entry,
	uint32_t inode, uint64_t size)
{
	const size_t name_size = strlen(entry->path) + 1;
	/* Of links to one inode there is one, but for folders, whose count nobody reads. */
	int n = fprintf(cpio->out, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		inode, (unsigned int)entry->mode, 0U, 0U, 1U, 0U, (unsigned int)size, 0U, 0U,
		entry->major, entry->minor, (unsigned int)name_size, 0U);

	return n > 0 && put(cpio, entry->path, name_size) && fill(cpio, (uint64_t)n + name_size);
}

static int put_content(
	struct upset_cpio *cpio, const char *path, int fd, uint64_t size, struct upset_error *error)
{
	char chunk[CHUNK];

	for (uint64_t left = size; left > 0;) {
		ssize_t n = read(fd, chunk, left < CHUNK ? (size_t)left : CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return upset_error_set(error, n < 0 ? errno : EIO, "cannot read %s: %s",
				path, n < 0 ? strerror(errno) : "it became shorter meanwhile");
		if (!put(cpio, chunk, (size_t)n))
			return write_failed(cpio, error);
		left -= (uint64_t)n;
	}
	return fill(cpio, size) ? 0 : write_failed(cpio, error);
}

static int add_file(struct upset_cpio *cpio, const struct upset_cpio_entry *entry, int fd,
	struct upset_error *error)
{
	struct stat info;

	if (fstat(fd, &info) != 0)
		return upset_error_set(
			error, errno, "cannot read %s: %s", entry->file, strerror(errno));
	if (!S_ISREG(info.st_mode))
		return upset_error_set(
			error, ENOTSUP, "%s is no regular file: name the files in it", entry->file);
	if (info.st_size > UINT32_MAX)
		return upset_error_set(error, EFBIG,
			"%s has more than the 4 GiB that a file of a machine can have",
			entry->file);
	if (!put_header(cpio, entry, ++cpio->inodes, (uint64_t)info.st_size))
		return write_failed(cpio, error);
	return put_content(cpio, entry->file, fd, (uint64_t)info.st_size, error);
}

static int add_bytes(struct upset_cpio *cpio, const struct upset_cpio_entry *entry, uint32_t inode,
	struct upset_error *error)
{
	if (entry->size > UINT32_MAX)
		return upset_error_set(error, EFBIG, "%s is too long", entry->path);
	if (put_header(cpio, entry, inode, entry->size) && put(cpio, entry->bytes, entry->size) &&
		fill(cpio, entry->size))
		return 0;
	return write_failed(cpio, error);
}

int upset_cpio_add(
	struct upset_cpio *cpio, const struct upset_cpio_entry *entry, struct upset_error *error)
{
	int fd, rc;

	if (entry->file == NULL)
		return add_bytes(cpio, entry, ++cpio->inodes, error);
	/* A pipe is not waited for. */
	fd = open(entry->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return upset_error_set(
			error, errno, "cannot read %s: %s", entry->file, strerror(errno));
	rc = add_file(cpio, entry, fd, error);
	(void)close(fd);
	return rc;
}

int upset_cpio_end(struct upset_cpio *cpio, struct upset_error *error)
{
	const struct upset_cpio_entry last = {.path = trailer};
	int rc = add_bytes(cpio, &last, 0, error);

	return rc == 0 && fflush(cpio->out) != 0 ? write_failed(cpio, error) : rc;
}
