/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux as programs of another instruction set see it: the numbers of system calls and the
 * layout of what these pass.  The host's own, x86-64's, are what everything else works with.
 */
#ifndef UPSET_LINUX_ABI_H
#define UPSET_LINUX_ABI_H

#include <stddef.h>
#include <stdint.h>

/* Numbers from here on stand for calls that the host does not have. */
#define UPSET_ABI_FOREIGN (INT64_C(1) << 32)

struct upset_abi_call;

struct upset_abi {
	const char *isa;		    /* "aarch64": as QEMU names it */
	const struct upset_abi_call *calls; /* [call_count], by number */
	size_t call_count;
	unsigned int word_bytes; /* of pointers, long, and each half of struct iovec */
	/* struct sigaction as the kernel takes it; the handler is its first word */
	unsigned int sigaction_flags, sigaction_bytes;
};

/* That of an instruction set; NULL when it has none here. Static. */
const struct upset_abi *upset_abi_find(const char *isa);

/*
 * The host's number, a SYS_ constant, of the call that has @number there and whose
 * arguments mean the same.  A number that names no call, or one that the host has not,
 * becomes one that is no SYS_ constant, another one for each.
 */
int64_t upset_abi_canonical(const struct upset_abi *abi, int64_t number);

/* Its name there, "openat"; NULL when it has none. Static. */
const char *upset_abi_call_name(const struct upset_abi *abi, int64_t number);

/* The word that lies at @bytes, of the size that words have there. */
uint64_t upset_abi_word(const struct upset_abi *abi, const void *bytes);

#endif
