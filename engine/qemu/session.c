/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QEMU with the injector, from start to end: see session.h. */
#include "engine/qemu/session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/ending.h"
#include "engine/places.h"

enum { POLL_MS = 50, FDS_MOST = 2 };

/* --- what is shared --------------------------------------------------------------------------- */

static int map_memory(struct qemu_session *s, size_t size)
{
	int rc = qemu_process_share(size, "faults", (void **)&s->shm, &s->shm_fd, s->error);

	if (rc != 0)
		return rc;
	s->shm->magic = UPSET_INJECTOR_MAGIC;
	s->shm->size = size;
	return 0;
}

static size_t rounded(size_t size)
{
	return (size + 63) & ~(size_t)63;
}

static int share(struct qemu_session *s, enum upset_injector_mode mode, char *const *texts,
	const struct upset_trigger *triggers, size_t count, unsigned int jobs)
{
	size_t runs = rounded(sizeof(*s->shm)),
	       blocks = runs + rounded((jobs + 1) * sizeof(struct upset_injector_run)),
	       items = blocks +
		       (jobs > 0 ? UPSET_INJECTOR_BLOCKS : 0) * sizeof(struct upset_injector_block),
	       text = items + count * sizeof(struct upset_injector_item), size = text;
	int rc;

	for (size_t i = 0; i < count; i++)
		size += strlen(texts[i]) + 1;
	if (mode == UPSET_INJECTOR_TRACE) {
		s->trace.ring = size = rounded(size);
		size += UPSET_INJECTOR_RING * sizeof(struct upset_injector_step);
	}
	rc = map_memory(s, size);
	if (rc != 0)
		return rc;
	s->shm->mode = mode;
	s->shm->jobs = jobs;
	s->shm->watched = s->request->target.sandbox != NULL;
	s->shm->limit = s->request->limit_instructions;
	s->shm->limit_repeats = s->request->limit_repeats;
	s->shm->limit_slept_ns = s->request->limit_slept_ns;
	s->shm->limit_ns = s->request->limit_ns;
	s->shm->runs = runs;
	s->shm->blocks = jobs > 0 ? blocks : 0;
	s->shm->items = items;
	s->shm->item_count = count;
	s->shm->trace = s->trace;
	for (size_t i = 0; i < count; i++) {
		struct upset_injector_item *item = &upset_injector_items(s->shm)[i];

		if (triggers != NULL)
			item->trigger = triggers[i];
		item->faults = text;
		memcpy((char *)s->shm + text, texts[i], strlen(texts[i]) + 1);
		text += strlen(texts[i]) + 1;
	}
	return 0;
}

/* --- starting --------------------------------------------------------------------------------- */

static int launch(struct qemu_session *s)
{
	const struct qemu_launch with = {.qemu = s->paths.qemu,
		.plugin = s->paths.injector,
		.target = &s->request->target,
		.out_fd = s->request->out_fd,
		.err_fd = s->request->err_fd,
		.shm_fd = s->shm_fd,
		.socket_fd = s->sockets[1]};
	int rc = qemu_process_start(&s->process, &with, s->error);

	(void)close(s->sockets[1]);
	s->sockets[1] = -1;
	return rc;
}

/* --- messages --------------------------------------------------------------------------------- */

static void close_fds(int fds[FDS_MOST])
{
	for (int i = 0; i < FDS_MOST; i++) {
		if (fds[i] >= 0)
			(void)close(fds[i]);
		fds[i] = -1;
	}
}

/* False: there was no message. */
static bool receive(
	const struct qemu_session *s, struct upset_injector_message *message, int fds[FDS_MOST])
{
	struct iovec part = {message, sizeof(*message)};
	union {
		char bytes[CMSG_SPACE(FDS_MOST * sizeof(int))];
		struct cmsghdr header;
	} control;
	struct msghdr packet = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	const struct cmsghdr *header;
	ssize_t n = recvmsg(s->sockets[0], &packet, MSG_CMSG_CLOEXEC);

	fds[0] = fds[1] = -1;
	if (n < 0)
		return false;
	header = CMSG_FIRSTHDR(&packet);
	if (header != NULL && header->cmsg_type == SCM_RIGHTS)
		memcpy(fds, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
	if (n == sizeof(*message))
		return true;
	close_fds(fds);
	return false;
}

/* Answer a question; the memory map that came with it is closed.  False: it makes no sense. */
static bool answer(struct qemu_session *s, const struct upset_injector_message *question, int fd)
{
	const struct upset_fault *fault = s->fault(s->context, question->item, question->fault);
	struct upset_injector_answer answer = {0};
	FILE *maps = fd < 0 ? NULL : fdopen(fd, "r");
	bool found = false;

	if (maps == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	(void)fseek(maps, 0, SEEK_SET);
	if (s->rc == 0 && fault != NULL)
		s->rc = upset_place_find(maps, s->program,
			question->kind == UPSET_INJECTOR_FIND_TRIGGER ? &fault->trigger_place
								      : &fault->place,
			s->request, &found, &answer.address, s->error);
	(void)fclose(maps);
	answer.found = found;
	return fault != NULL &&
	       send(s->sockets[0], &answer, sizeof(answer), MSG_NOSIGNAL) == sizeof(answer);
}

/* Whether to go on after what the scout did. */
static bool answer_scout(const struct qemu_session *s, const struct upset_injector_message *message,
	int fds[FDS_MOST])
{
	struct upset_injector_answer answer = {0};

	answer.found = s->scouted != NULL && s->scouted(s->context, message, fds);
	close_fds(fds);
	return send(s->sockets[0], &answer, sizeof(answer), MSG_NOSIGNAL) == sizeof(answer);
}

/* Take a message; false: there was none, or it makes no sense. */
static bool handle(struct qemu_session *s)
{
	struct upset_injector_message message;
	int fds[FDS_MOST];

	if (!receive(s, &message, fds))
		return false;
	if (message.kind == UPSET_INJECTOR_FIND_TRIGGER ||
		message.kind == UPSET_INJECTOR_FIND_LOCATION)
		return answer(s, &message, fds[0]);
	if (message.kind == UPSET_INJECTOR_SCOUTED)
		return answer_scout(s, &message, fds);
	if (s->tell == NULL) {
		close_fds(fds);
		return false;
	}
	s->tell(s->context, &message, fds);
	return true;
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* After the end of the program: everything in its sandbox ends, too. */
static void reap(struct qemu_session *s)
{
	struct upset_sandbox_ending ending;

	qemu_process_end(&s->process, &ending);
	if (s->request->target.sandbox != NULL)
		upset_ending_take_sandbox(s->result, s->request->target.sandbox, &ending);
	if (atomic_load(&s->shm->run.hung) != 0)
		s->result->seen.end = UPSET_END_HUNG;
	upset_ending_take_status(s->result, ending.status);
	upset_ending_take_illegal(s->result, &s->shm->run.illegal, "engine qemu");
}

bool qemu_session_attend(struct qemu_session *s, int timeout_ms)
{
	struct pollfd fds[2] = {{.fd = s->process.end_fd, .events = POLLIN},
		{.fd = s->silent ? -1 : s->sockets[0], .events = POLLIN}};

	uint64_t passed_ns = 0;

	(void)poll(fds, 2, timeout_ms);
	/* Copies have limits of their own. */
	if (s->shm->mode != UPSET_INJECTOR_CARRY)
		passed_ns = upset_patience_look(&s->patience, s->process.pid, upset_now_ns());
	upset_ending_check_limits(s->request, s->result, passed_ns, s->rc != 0, s->process.pid);
	/* None came, and none will. */
	if (fds[1].revents != 0 && ((fds[1].revents & POLLIN) == 0 || !handle(s)))
		s->silent = true;
	return (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0;
}

/* Whether QEMU has run the program at all, and the injector to its end. */
static int check_injector(struct qemu_session *s)
{
	if (atomic_load(&s->shm->run.started) == 0 && s->result->seen.end == UPSET_END_EXITED)
		return upset_error_set(s->error, EIO,
			"QEMU did not start the program: exit status %d; see `upset doctor`",
			s->result->seen.status);
	if (s->shm->mode == UPSET_INJECTOR_CARRY || atomic_load(&s->shm->run.left_out) == 0)
		return 0;
	s->shm->why[sizeof(s->shm->why) - 1] = '\0';
	return upset_error_set(s->error, EIO, "the injector gave up: %s", s->shm->why);
}

int qemu_session_finish(struct qemu_session *s)
{
	struct pollfd fd = {.fd = s->sockets[0], .events = POLLIN};

	/* What was said before the end. */
	while (!s->silent && poll(&fd, 1, 0) > 0 && (fd.revents & POLLIN) && handle(s))
		;
	s->result->seen.host_time_ns = upset_now_ns() - s->begin_ns;
	reap(s);
	s->result->instructions = atomic_load(&s->shm->run.instructions);
	s->result->repeats = s->shm->run.repeats;
	s->result->slept_ns = s->shm->run.slept_ns;
	s->result->threaded = atomic_load(&s->shm->run.threaded) != 0;
	s->result->seen.overwritten = atomic_load(&s->shm->run.overwritten) != 0;
	s->result->seen.state = s->shm->run.state;
	if (s->rc == 0)
		s->rc = check_injector(s);
	return s->rc;
}

int qemu_session_start(struct qemu_session *s, enum upset_injector_mode mode, char *const *texts,
	const struct upset_trigger *triggers, size_t count, unsigned int jobs)
{
	int rc;

	s->shm = MAP_FAILED;
	s->shm_fd = s->sockets[0] = s->sockets[1] = -1;
	s->process = QEMU_PROCESS_NONE;
	s->result->seen.end = UPSET_END_EXITED;
	s->result->seen.files[0] = '\0';
	rc = qemu_find(&s->paths, s->request->target.isa, s->error);
	if (rc == 0)
		rc = qemu_check_limits(s->error);
	if (rc == 0)
		rc = share(s, mode, texts, triggers, count, jobs);
	if (rc == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s->sockets) != 0)
		rc = upset_error_set(s->error, errno, "cannot make a socket: %s", strerror(errno));
	if (rc == 0) {
		s->program = realpath(s->request->target.program, NULL);
		rc = launch(s);
	}
	s->begin_ns = upset_now_ns();
	upset_patience_begin(&s->patience, s->begin_ns);
	return rc;
}

int qemu_session_run(struct qemu_session *s, enum upset_injector_mode mode, char *const *texts,
	const struct upset_trigger *triggers, size_t count, unsigned int jobs)
{
	int rc = qemu_session_start(s, mode, texts, triggers, count, jobs);

	if (rc != 0)
		return rc;
	while (qemu_session_attend(s, POLL_MS))
		;
	return qemu_session_finish(s);
}

void qemu_session_end(struct qemu_session *s)
{
	if (s->shm != MAP_FAILED)
		(void)munmap(s->shm, s->shm->size);
	for (int i = 0; i < 2; i++) {
		if (s->sockets[i] >= 0)
			(void)close(s->sockets[i]);
	}
	if (s->shm_fd >= 0)
		(void)close(s->shm_fd);
	free(s->program);
}
