/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stub that has said all that it will say: see stub.h. */
#include "tests/engine/stub.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(const struct script *script, const char *text, size_t size)
{
	if (send(script->other, text, size, MSG_NOSIGNAL) != (ssize_t)size)
		abort();
}

void script_begin(struct script *script, const char *text, size_t size, int ends)
{
	int ends_of[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_of) != 0)
		abort();
	script->fd = ends_of[0];
	script->other = ends_of[1];
	if (size > 0)
		say(script, text, size);
	if (ends)
		script_close(script);
}

void script_answer(struct script *script, const char *data)
{
	char packet[4096];
	uint8_t sum = 0;

	for (const char *at = data; *at != '\0'; at++)
		sum = (uint8_t)(sum + (uint8_t)*at);
	(void)snprintf(packet, sizeof(packet), "+$%s#%02x", data, sum);
	say(script, packet, strlen(packet));
}

void script_close(struct script *script)
{
	(void)shutdown(script->other, SHUT_WR);
}

void script_asked(const struct script *script, char *text, size_t size)
{
	ssize_t n = recv(script->other, text, size - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
}

void script_end(struct script *script)
{
	(void)close(script->fd);
	(void)close(script->other);
}
