/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The side of host.h that asks: starts the program that executes instructions, and talks
 * to it over its standard input and output.
 */
#include "tests/isa/host.h"

#include <assert.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
	int to, from;
	pid_t pid;
	struct host_hello hello;
} host;

static void receive(void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t got = read(host.from, (uint8_t *)bytes + done, size - done);

		if (got <= 0)
			fail_msg("the program that executes instructions has ended");
		done += (size_t)got;
	}
}

static void start(char **command)
{
	int to[2], from[2];

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	host.pid = fork();
	assert_true(host.pid >= 0);
	if (host.pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		close(to[1]);
		close(from[0]);
		execvp(command[0], command);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	host.to = to[1];
	host.from = from[0];
}

bool host_open(char **command)
{
	signal(SIGPIPE, SIG_IGN);
	start(command);
	receive(&host.hello, sizeof(host.hello));
	return host.hello.has_avx;
}

void host_close(void)
{
	int status = -1;

	close(host.to);
	close(host.from);
	waitpid(host.pid, &status, 0);
	assert_int_equal(status, 0);
}

uint64_t host_window(unsigned int i)
{
	return host.hello.windows[i];
}

uint64_t host_slot(void)
{
	return host.hello.slot;
}

void host_state_init(struct host_state *state, unsigned int depth)
{
	unsigned int top = (8 - depth) % 8;
	uint16_t control = 0x37f, status = (uint16_t)(top << 11);
	uint32_t mxcsr = 0x1f80;

	memset(state, 0, sizeof(*state));
	state->rflags = 0x202;
	memcpy(state->fxsave, &control, 2);
	memcpy(state->fxsave + 2, &status, 2);
	state->fxsave[4] = (uint8_t)(0xff << top & 0xff);
	memcpy(state->fxsave + 24, &mxcsr, 4);
}

unsigned int host_top(const struct host_state *state)
{
	return state->fxsave[3] >> 3 & 7;
}

uint8_t *host_x87(struct host_state *state, unsigned int i)
{
	unsigned int from_top = (i - host_top(state)) & 7;

	return state->fxsave + 32 + 16 * (size_t)from_top;
}

void host_run(struct host_task *task)
{
	ssize_t written = write(host.to, task, sizeof(*task));

	assert_int_equal(written, sizeof(*task));
	receive(task, sizeof(*task));
}
