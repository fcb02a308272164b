/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of abi.h; numbers.py makes those of calls. */
#include "linux/abi.h"

#include <string.h>
#include <sys/syscall.h>

struct upset_abi_call {
	const char *name;
	int16_t host; /* -1: none */
	uint8_t form;
};

static const struct upset_abi_call x86_64_calls[] = {
#include "linux/x86_64.inc"
};
static const struct upset_abi_call aarch64_calls[] = {
#include "linux/aarch64.inc"
};
static const struct upset_abi_call riscv64_calls[] = {
#include "linux/riscv64.inc"
};
static const struct upset_abi_call i386_calls[] = {
#include "linux/i386.inc"
};

/* That of the kernel's asm-generic/stat.h. */
#define GENERIC_STAT                                                                               \
	{                                                                                          \
		.bytes = 128, .device_bytes = 8, .inode = 8, .inode_bytes = 8, .mode = 16,         \
		.links = 20, .links_bytes = 4, .accessed = 72, .modified = 88, .changed = 104      \
	}

#define CALLS(table) .calls = (table), .call_count = sizeof(table) / sizeof((table)[0])

static const struct upset_abi abis[] = {
	{.isa = "x86_64",
		CALLS(x86_64_calls),
		.word_bytes = 8,
		.sigaction_flags = 8,
		.sigaction_bytes = 32,
		.stat = {.bytes = 144,
			.device_bytes = 8,
			.inode = 8,
			.inode_bytes = 8,
			.mode = 24,
			.links = 16,
			.links_bytes = 8,
			.accessed = 72,
			.modified = 88,
			.changed = 104}},
	{.isa = "aarch64",
		CALLS(aarch64_calls),
		.word_bytes = 8,
		.sigaction_flags = 8,
		.sigaction_bytes = 32,
		.stat = GENERIC_STAT,
		.arm_open_flags = true},
	{.isa = "riscv64", /* has no restorer */
		CALLS(riscv64_calls),
		.word_bytes = 8,
		.sigaction_flags = 8,
		.sigaction_bytes = 24,
		.stat = GENERIC_STAT},
	{.isa = "i386",
		CALLS(i386_calls),
		.word_bytes = 4,
		.sigaction_flags = 4,
		.sigaction_bytes = 20,
		.stat = {.bytes = 96,
			.device_bytes = 8,
			.inode = 88,
			.inode_bytes = 8,
			.mode = 16,
			.links = 20,
			.links_bytes = 4,
			.accessed = 64,
			.modified = 72,
			.changed = 80},
		.old_stat = {.bytes = 64,
			.device_bytes = 4,
			.inode = 4,
			.inode_bytes = 4,
			.mode = 8,
			.links = 10,
			.links_bytes = 2,
			.accessed = 32,
			.modified = 40,
			.changed = 48}},
};

const struct upset_abi *upset_abi_find(const char *isa)
{
	for (size_t i = 0; i < sizeof(abis) / sizeof(abis[0]); i++)
		if (strcmp(abis[i].isa, isa) == 0)
			return &abis[i];
	return NULL;
}

static const struct upset_abi_call *find_call(const struct upset_abi *abi, int64_t number)
{
	if (number < 0 || (uint64_t)number >= abi->call_count || abi->calls[number].name == NULL)
		return NULL;
	return &abi->calls[number];
}

int64_t upset_abi_canonical(const struct upset_abi *abi, int64_t number)
{
	const struct upset_abi_call *call = find_call(abi, number);

	/* The host's own calls, those that are newer than the table, too. */
	if (abi == &abis[0])
		return number;
	return call != NULL && call->host >= 0 ? call->host : UPSET_ABI_FOREIGN | number;
}

enum upset_abi_form upset_abi_form(const struct upset_abi *abi, int64_t number)
{
	const struct upset_abi_call *call = find_call(abi, number);

	return call != NULL ? call->form : UPSET_ABI_SAME;
}

int64_t upset_abi_socket_call(uint64_t which, unsigned int *count)
{
	static const struct {
		int16_t host;
		uint8_t arguments;
	} calls[] = {{-1, 0}, {SYS_socket, 3}, {SYS_bind, 3}, {SYS_connect, 3}, {SYS_listen, 2},
		{SYS_accept, 3}, {SYS_getsockname, 3}, {SYS_getpeername, 3}, {SYS_socketpair, 4},
		{SYS_sendto, 4}, {SYS_recvfrom, 4}, {SYS_sendto, 6}, {SYS_recvfrom, 6},
		{SYS_shutdown, 2}, {SYS_setsockopt, 5}, {SYS_getsockopt, 5}, {SYS_sendmsg, 3},
		{SYS_recvmsg, 3}, {SYS_accept4, 4}, {SYS_recvmmsg, 5}, {SYS_sendmmsg, 4}};

	if (which >= sizeof(calls) / sizeof(calls[0]))
		which = 0;
	*count = calls[which].arguments;
	return calls[which].host;
}

/* O_DIRECT, O_LARGEFILE, O_DIRECTORY and O_NOFOLLOW are four adjacent bits, halves swapped. */
uint64_t upset_abi_open_flags(const struct upset_abi *abi, uint64_t flags)
{
	const uint64_t low = 3U << 14, high = low << 2;

	if (!abi->arm_open_flags)
		return flags;
	return (flags & ~(low | high)) | (flags & low) << 2 | (flags & high) >> 2;
}

unsigned int upset_abi_time_bytes(const struct upset_abi *abi, int64_t number)
{
	const struct upset_abi_call *call = find_call(abi, number);
	size_t size;

	if (abi->word_bytes == sizeof(uint64_t) || call == NULL)
		return sizeof(uint64_t);
	size = strlen(call->name);
	return size > 2 && strcmp(call->name + size - 2, "64") == 0 ? sizeof(uint64_t)
								    : abi->word_bytes;
}

const char *upset_abi_call_name(const struct upset_abi *abi, int64_t number)
{
	const struct upset_abi_call *call = find_call(abi, number);

	return call != NULL ? call->name : NULL;
}

int64_t upset_abi_number(const struct upset_abi *abi, const char *name)
{
	for (size_t i = 0; i < abi->call_count; i++)
		if (abi->calls[i].name != NULL && strcmp(abi->calls[i].name, name) == 0)
			return (int64_t)i;
	return -1;
}

uint64_t upset_abi_word(const struct upset_abi *abi, const void *bytes)
{
	uint64_t word = 0;

	memcpy(&word, bytes, abi->word_bytes);
	return word;
}
