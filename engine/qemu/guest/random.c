/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers that are the same in each run: of getrandom(), and read from the
 * devices for them.
 */
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#include "engine/qemu/guest/internal.h"

enum { MEMORY_DEVICES = 1, RANDOM = 8, URANDOM = 9 }; /* as Linux numbers devices */

static uint64_t given;	   /* words so far */
static bool device_opened; /* before that no descriptor need be looked at */

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static uint64_t next_word(void)
{
	uint64_t z = ++given * 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

void random_take(void *bytes, size_t size)
{
	for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
		uint64_t word = next_word();

		memcpy((char *)bytes + at, &word,
			size - at < sizeof(word) ? size - at : sizeof(word));
	}
}

static void give(uint64_t address, uint64_t size)
{
	char bytes[256];

	while (size > 0) {
		size_t n = size < sizeof(bytes) ? size : sizeof(bytes);

		random_take(bytes, n);
		(void)guest_write(address, bytes, n);
		address += n;
		size -= n;
	}
}

static void give_parts(uint64_t address, uint64_t count, uint64_t size)
{
	const uint64_t bytes = 2 * (uint64_t)guest_abi()->word_bytes;
	uint64_t part[2];

	for (uint64_t i = 0; i < count && size > 0; i++) {
		size_t n;

		if (!guest_read_words(address + i * bytes, part, 2))
			return;
		n = part[1] < size ? part[1] : size;
		give(part[0], n);
		size -= n;
	}
}

static bool is_device(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 && S_ISCHR(info.st_mode) &&
	       major(info.st_rdev) == MEMORY_DEVICES &&
	       (minor(info.st_rdev) == RANDOM || minor(info.st_rdev) == URANDOM);
}

void random_begin(void)
{
	for (int fd = 0; fd <= 2; fd++)
		device_opened |= is_device(fd);
}

void random_after(const struct call *call, int64_t result)
{
	if (result < 0)
		return;
	switch (call->number) {
	case SYS_getrandom:
		give(call->a1, (uint64_t)result);
		break;
	case SYS_open:
	case SYS_openat:
		device_opened = device_opened || is_device((int)result);
		break;
	case SYS_read:
	case SYS_pread64:
		if (device_opened && is_device((int)call->a1))
			give(call->a2, (uint64_t)result);
		break;
	case SYS_readv:
	case SYS_preadv:
		if (device_opened && is_device((int)call->a1))
			give_parts(call->a2, call->a3, (uint64_t)result);
		break;
	default:
		break;
	}
}
