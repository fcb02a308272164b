/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks: see disk.h.  What is at which byte is from QEMU's description of qcow2. */
#include "machine/disk.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum {
	VERSION_AT = 4,
	BACKING_AT = 8,
	FEATURES_AT = 72, /* without which it cannot be read; from version 3 on */
	HEADER_SIZE = 80,
	VERSION_WITH_FEATURES = 3,
	FEATURE_EXTERNAL_DATA = 1 << 2,
};

static uint64_t number(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return be64toh(value);
}

/* As much as there is of it; the rest stays 0. */
static int read_header(const char *path, unsigned char header[HEADER_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;

	if (fd < 0)
		return -errno;
	if (pread(fd, header, HEADER_SIZE, 0) < 0)
		rc = -errno;
	(void)close(fd);
	return rc;
}

int machine_disk_format(const char *path, const char **format, struct upset_error *error)
{
	unsigned char header[HEADER_SIZE] = {0};
	int rc = read_header(path, header);

	*format = "raw";
	if (rc != 0)
		return upset_error_set(
			error, -rc, "cannot read the disk %s: %s", path, strerror(-rc));
	if (memcmp(header, "QFI\xfb", 4) != 0)
		return 0;
	*format = "qcow2";
	if (number(header + BACKING_AT) == 0 &&
		(header[VERSION_AT + 3] < VERSION_WITH_FEATURES ||
			(number(header + FEATURES_AT) & FEATURE_EXTERNAL_DATA) == 0))
		return 0;
	return upset_error_set(error, ENOTSUP,
		"parts of the disk %s lie in another file; make one of them with `qemu-img "
		"convert -O qcow2`",
		path);
}
