/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: what a GDB stub says, to a golden run of an x86-64 program.  After a first
 * byte of 'L' each line is the data of a packet, after any other byte they are bytes as they come.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/gdb/golden.h"
#include "isa/x86/x86.h"

enum { MOST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t put(char *text, size_t at, const char *from, size_t size)
{
	if (size > MOST - at)
		return at;
	memcpy(text + at, from, size);
	return at + size;
}

static size_t make_packets(char *text, const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	size_t at = 0;

	while (data < end) {
		const uint8_t *line = memchr(data, '\n', (size_t)(end - data));
		char sum_text[4];
		uint8_t sum = 0;

		line = line == NULL ? end : line;
		for (const uint8_t *c = data; c < line; c++)
			sum = (uint8_t)(sum + *c);
		(void)snprintf(sum_text, sizeof(sum_text), "#%02x", sum);
		at = put(text, at, "+$", 2);
		at = put(text, at, (const char *)data, (size_t)(line - data));
		at = put(text, at, sum_text, 3);
		data = line + 1;
	}
	return at;
}

static void run(int fd)
{
	static char *const arguments[] = {(char *)(uintptr_t) "fuzz", NULL};
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_FULL);
	const struct upset_golden_request request = {.target = {.isa = &upset_isa_x86_64,
							     .program = "/proc/self/exe",
							     .arguments = arguments,
							     .in_fd = -1},
		.detail = UPSET_DETAIL_FULL,
		.calls = true,
		.out_fd = -1,
		.err_fd = -1};
	struct upset_error error = {0};

	if (profile == NULL)
		abort();
	if (gdb_golden_on(&request, profile, fd, "of the fuzzer", &error) != 0) {
		if (error.code == 0)
			abort();
	} else if (upset_profile_finish(profile, &error) != 0 && error.code != EPROTO) {
		abort(); /* a stub that lies can contradict itself, which is told */
	}
	upset_profile_free(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[MOST];
	size_t bytes;
	int ends[2];

	if (size == 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return 0;
	if (data[0] == 'L')
		bytes = make_packets(text, data + 1, size - 1);
	else
		bytes = put(text, 0, (const char *)data + 1, size - 1);
	(void)send(ends[1], text, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)shutdown(ends[1], SHUT_WR);
	run(ends[0]);
	(void)close(ends[1]);
	return 0;
}
