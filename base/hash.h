/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 of files and of streams, as lower-case hexadecimal text.  Knows
 * nothing of what the bytes mean.
 */
#ifndef UPSET_BASE_HASH_H
#define UPSET_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { UPSET_HASH_HEX_SIZE = 65 }; /* 64 digits and the terminator */

struct upset_hash;

/* A new hash of no bytes; NULL: out of memory. Free with upset_hash_free(). */
struct upset_hash *upset_hash_new(void);
/* Continue with @size bytes at @data. */
void upset_hash_update(struct upset_hash *hash, const void *data, size_t size);
/* Write the hash of all bytes so far into @hex; @hash begins anew with no bytes. */
void upset_hash_finish(struct upset_hash *hash, char hex[UPSET_HASH_HEX_SIZE]);
/* Free; NULL is allowed. */
void upset_hash_free(struct upset_hash *hash);

/*
 * Hash the regular file @path into @hex and store its size into *@bytes (may be
 * NULL).  Symbolic links are followed; never waits on a pipe or a device.  0,
 * -EINVAL when it is no regular file, or the errno of opening or reading it;
 * then @hex is "" and *@bytes 0.
 */
int upset_hash_file(const char *path, char hex[UPSET_HASH_HEX_SIZE], uint64_t *bytes);

#endif
