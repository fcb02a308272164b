/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux as programs of another instruction set see it: the numbers of system calls and the
 * layout of what these pass.  The host's own, x86-64's, are what everything else works with.
 */
#ifndef UPSET_LINUX_ABI_H
#define UPSET_LINUX_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers from here on stand for calls that the host does not have. */
#define UPSET_ABI_FOREIGN (INT64_C(1) << 32)

struct upset_abi_call;

/* How a call differs from the host's that has its number. */
enum upset_abi_form {
	UPSET_ABI_SAME,
	UPSET_ABI_OLD,	      /* what it fills in has no place for what there is today */
	UPSET_ABI_SIZED,      /* its second argument more is the size of what it fills in */
	UPSET_ABI_IN_MEMORY,  /* its arguments are words at its only one */
	UPSET_ABI_OF_SOCKETS, /* it is one of many, by the first; the other's arguments lie there */
};

/* Where the parts of struct stat lie that tell where and when a file was; bytes. */
struct upset_abi_stat {
	uint8_t bytes;
	uint8_t device_bytes; /* of the device, which is the first */
	uint8_t inode, inode_bytes;
	uint8_t mode, links, links_bytes;
	uint8_t accessed, modified, changed; /* seconds and nanoseconds, a word each */
};

struct upset_abi {
	const char *isa;		    /* "aarch64": as QEMU names it */
	const struct upset_abi_call *calls; /* [call_count], by number */
	size_t call_count;
	unsigned int word_bytes; /* of pointers, long, and each half of struct iovec */
	/* struct sigaction as the kernel takes it; the handler is its first word */
	unsigned int sigaction_flags, sigaction_bytes;
	/* of stat, lstat, fstat and newfstatat, or those that a 32-bit set has for them with 64
	   in their names; and of those without */
	struct upset_abi_stat stat, old_stat;
	bool arm_open_flags;
};

/* That of an instruction set; NULL when it has none here. Static. */
const struct upset_abi *upset_abi_find(const char *isa);

/*
 * The host's number, a SYS_ constant, of the call that has @number there and whose
 * arguments mean the same.  A number that names no call, or one that the host has not,
 * becomes one that is no SYS_ constant, another one for each.
 */
int64_t upset_abi_canonical(const struct upset_abi *abi, int64_t number);

enum upset_abi_form upset_abi_form(const struct upset_abi *abi, int64_t number);

/* Of UPSET_ABI_OF_SOCKETS: the host's number of the @which of them, -1: there is none, and
   how many arguments it has. */
int64_t upset_abi_socket_call(uint64_t which, unsigned int *count);

/*
 * Flags of open() as the host has them, of which some sets have four in other places: from
 * those that @abi has, or the other way round, which is the same.
 */
uint64_t upset_abi_open_flags(const struct upset_abi *abi, uint64_t flags);

/* Bytes of seconds and of their fraction in the times that a call is given and gives. */
unsigned int upset_abi_time_bytes(const struct upset_abi *abi, int64_t number);

/* Its name there, "openat"; NULL when it has none. Static. */
const char *upset_abi_call_name(const struct upset_abi *abi, int64_t number);

/* The number of the call that is called @name there; -1: none is. */
int64_t upset_abi_number(const struct upset_abi *abi, const char *name);

/* The word that lies at @bytes, of the size that words have there. */
uint64_t upset_abi_word(const struct upset_abi *abi, const void *bytes);

#endif
