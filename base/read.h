/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads that signals do not cut short. */
#ifndef UPSET_BASE_READ_H
#define UPSET_BASE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read exactly @size bytes into @buffer; false when @fd ends before, or cannot be read. */
bool upset_read_whole(int fd, void *buffer, size_t size);

/* The same from @offset on; the file's position stays. */
bool upset_read_whole_at(int fd, void *buffer, size_t size, uint64_t offset);

#endif
