/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collects what the program writes to its standard output and error: a thread
 * reads two pipes, hashes, counts and passes on.  Knows nothing of the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "engine/process.h"

enum { STREAMS = 2 };

struct stream {
	int read_fd, child_fd; /* the pipe's ends; -1 when closed */
	int pass_fd;	       /* -1: nowhere */
	int pass_errno;	       /* why passing on stopped, else 0 */
	uint64_t bytes;
	struct upset_hash *hash;
};

struct upset_output {
	struct stream streams[STREAMS];
	int finish_fd; /* eventfd: 1 + the grace in ms once upset_output_finish() was called */
	sem_t reads;   /* posted when the reader waits for output */
	pthread_t reader;
};

static int64_t now_ms(void)
{
	return (int64_t)(upset_now_ns() / 1000000);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void pass_on(struct stream *stream, const char *data, size_t size)
{
	while (size > 0 && stream->pass_fd >= 0 && stream->pass_errno == 0) {
		ssize_t n = write(stream->pass_fd, data, size);

		if (n >= 0) {
			data += n;
			size -= (size_t)n;
		} else if (errno == EAGAIN) {
			struct pollfd wait = {.fd = stream->pass_fd, .events = POLLOUT};

			(void)poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			stream->pass_errno = errno;
		}
	}
}

/* Take what is there; close at end of file. */
static void take(struct stream *stream)
{
	char data[65536];
	ssize_t n = read(stream->read_fd, data, sizeof(data));

	if (n > 0) {
		upset_hash_update(stream->hash, data, (size_t)n);
		stream->bytes += (uint64_t)n;
		pass_on(stream, data, (size_t)n);
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		close_fd(&stream->read_fd);
	}
}

static void *read_all(void *argument)
{
	struct upset_output *output = argument;
	int64_t deadline = -1;
	eventfd_t grace_ms;

	(void)sem_post(&output->reads);
	for (;;) {
		struct pollfd fds[STREAMS + 1] = {
			{.fd = output->streams[0].read_fd, .events = POLLIN},
			{.fd = output->streams[1].read_fd, .events = POLLIN},
			{.fd = deadline < 0 ? output->finish_fd : -1, .events = POLLIN},
		};
		int64_t left = deadline < 0 ? -1 : deadline - now_ms();

		if (output->streams[0].read_fd < 0 && output->streams[1].read_fd < 0)
			return NULL;
		if (deadline >= 0 && left < 0)
			left = 0;
		if (poll(fds, STREAMS + 1, (int)left) == 0)
			return NULL;
		for (int i = 0; i < STREAMS; i++)
			if (fds[i].fd >= 0 && fds[i].revents != 0)
				take(&output->streams[i]);
		if (left == 0) /* what a pipe holds was one take; who writes on is not waited for */
			return NULL;
		if (deadline < 0 && fds[STREAMS].revents != 0 &&
			eventfd_read(output->finish_fd, &grace_ms) == 0)
			deadline = now_ms() + (int64_t)grace_ms - 1;
	}
}

static void free_output(struct upset_output *output)
{
	for (int i = 0; i < STREAMS; i++) {
		close_fd(&output->streams[i].read_fd);
		close_fd(&output->streams[i].child_fd);
		upset_hash_free(output->streams[i].hash);
	}
	close_fd(&output->finish_fd);
	(void)sem_destroy(&output->reads);
	free(output);
}

/*
 * A broken pipe shows as EPIPE to the thread, and signals go to the caller's
 * threads.  Once it reads, the thread allocates nothing: the caller may fork, also
 * where the allocator of a sanitizer does not care for forks.
 */
static int start_reader(struct upset_output *output)
{
	sigset_t all, before;
	int result;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&output->reader, NULL, read_all, output);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	while (result == 0 && sem_wait(&output->reads) != 0)
		;
	return -result;
}

static int open_stream(struct stream *stream, int pass_fd)
{
	int fds[2];

	stream->pass_fd = pass_fd;
	stream->hash = upset_hash_new();
	if (stream->hash == NULL)
		return -ENOMEM;
	if (pipe2(fds, O_CLOEXEC) != 0)
		return -errno;
	stream->read_fd = fds[0];
	stream->child_fd = fds[1];
	return 0;
}

struct upset_output *upset_output_open(
	int out_fd, int err_fd, int child_fds[2], struct upset_error *error)
{
	struct upset_output *output = calloc(1, sizeof(*output));
	int result;

	if (output == NULL) {
		(void)upset_error_set(error, ENOMEM, "no memory to collect the program's output");
		return NULL;
	}
	for (int i = 0; i < STREAMS; i++)
		output->streams[i].read_fd = output->streams[i].child_fd = -1;
	(void)sem_init(&output->reads, 0, 0);
	output->finish_fd = eventfd(0, EFD_CLOEXEC);
	result = output->finish_fd < 0 ? -errno : 0;
	if (result == 0)
		result = open_stream(&output->streams[0], out_fd);
	if (result == 0)
		result = open_stream(&output->streams[1], err_fd);
	if (result == 0)
		result = start_reader(output);
	if (result != 0) {
		(void)upset_error_set(error, -result,
			"cannot make the pipes for the program's output: %s", strerror(-result));
		free_output(output);
		return NULL;
	}
	child_fds[0] = output->streams[0].child_fd;
	child_fds[1] = output->streams[1].child_fd;
	return output;
}

void upset_output_close_child_ends(struct upset_output *output)
{
	for (int i = 0; i < STREAMS; i++)
		close_fd(&output->streams[i].child_fd);
}

void upset_output_finish(struct upset_output *output, int grace_ms, struct upset_run *run)
{
	struct upset_channel *results[STREAMS] = {&run->seen.out, &run->seen.err};

	upset_output_close_child_ends(output);
	(void)eventfd_write(output->finish_fd, 1 + (eventfd_t)(grace_ms > 0 ? grace_ms : 0));
	pthread_join(output->reader, NULL);
	for (int i = 0; i < STREAMS; i++) {
		results[i]->bytes = output->streams[i].bytes;
		results[i]->pass_errno = output->streams[i].pass_errno;
		upset_hash_finish(output->streams[i].hash, results[i]->sha256);
	}
	free_output(output);
}
