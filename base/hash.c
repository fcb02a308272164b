/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 through nettle: see hash.h. */
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024 };

struct upset_hash {
	struct sha256_ctx context;
};

struct upset_hash *upset_hash_new(void)
{
	struct upset_hash *hash = malloc(sizeof(*hash));

	if (hash != NULL)
		sha256_init(&hash->context);
	return hash;
}

void upset_hash_update(struct upset_hash *hash, const void *data, size_t size)
{
	sha256_update(&hash->context, size, data);
}

void upset_hash_finish(struct upset_hash *hash, char hex[UPSET_HASH_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(&hash->context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * sizeof(digest)] = '\0';
}

void upset_hash_free(struct upset_hash *hash)
{
	free(hash);
}

/* Open @path when it is a regular file: a descriptor or -errno. */
static int open_regular(const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) != 0)
		error = errno;
	else if (!S_ISREG(status.st_mode))
		error = EINVAL;
	if (error == 0)
		return fd;
	(void)close(fd);
	return -error;
}

static int hash_stream(int fd, struct upset_hash *hash, uint64_t *bytes)
{
	uint8_t *buffer = malloc(READ_BYTES);
	ssize_t got;
	int error = 0;

	if (buffer == NULL)
		return -ENOMEM;
	for (;;) {
		got = read(fd, buffer, READ_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			error = errno;
		if (got <= 0)
			break;
		upset_hash_update(hash, buffer, (size_t)got);
		*bytes += (uint64_t)got;
	}
	free(buffer);
	return -error;
}

int upset_hash_file(const char *path, char hex[UPSET_HASH_HEX_SIZE], uint64_t *bytes)
{
	struct upset_hash *hash;
	uint64_t size = 0;
	int fd, result;

	hex[0] = '\0';
	if (bytes != NULL)
		*bytes = 0;
	fd = open_regular(path);
	if (fd < 0)
		return fd;
	hash = upset_hash_new();
	result = hash != NULL ? hash_stream(fd, hash, &size) : -ENOMEM;
	if (result == 0) {
		upset_hash_finish(hash, hex);
		if (bytes != NULL)
			*bytes = size;
	}
	upset_hash_free(hash);
	(void)close(fd);
	return result;
}
