/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels' files: see kernel.h.  What is at which byte is from the kernel's documentation of the
 * x86 boot protocol.
 */
#include "machine/kernel.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/read.h"

enum {
	HEADER_SIZE = 0x264,
	MAGIC_AT = 0x202,
	PROTOCOL_AT = 0x206,
	PREFERRED_AT = 0x258,
	NEEDED_AT = 0x260,
	PROTOCOL_WITH_NEEDED = 0x20a,
};

static uint64_t number(const unsigned char *at, unsigned int bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | at[bytes];
	return value;
}

static int read_header(const char *path, unsigned char header[HEADER_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;

	if (fd < 0)
		return -errno;
	errno = 0;
	if (!upset_read_whole_at(fd, header, HEADER_SIZE, 0))
		rc = errno != 0 ? -errno : -ENOEXEC;
	(void)close(fd);
	return rc;
}

int machine_kernel_needs(const char *path, uint64_t *bytes, struct upset_error *error)
{
	unsigned char header[HEADER_SIZE] = {0};
	int rc = read_header(path, header);

	*bytes = 0;
	if (rc != 0 && rc != -ENOEXEC)
		return upset_error_set(
			error, -rc, "cannot read the kernel %s: %s", path, strerror(-rc));
	if (rc == 0 && memcmp(header, ELFMAG, SELFMAG) == 0)
		return 0;
	if (rc != 0 || memcmp(header + MAGIC_AT, "HdrS", 4) != 0)
		return upset_error_set(error, ENOEXEC,
			"%s is no kernel: name a bzImage, such as a distribution's vmlinuz", path);
	if (number(header + PROTOCOL_AT, 2) >= PROTOCOL_WITH_NEEDED)
		*bytes = number(header + PREFERRED_AT, 8) + number(header + NEEDED_AT, 4);
	return 0;
}
