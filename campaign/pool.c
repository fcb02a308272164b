/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workers are processes: what happens to one, or to the sandbox that it has made,
 * happens to one experiment.  They get numbers and send back what came of them.
 */
#include "campaign/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "campaign/made.h"
#include "fault/fault.h"

enum { POLL_MS = 100 };

/* What a worker sends, followed by the injections. */
struct answer {
	int code; /* 0, or -errno with a message: no result */
	char message[256];
	struct upset_made made;
};

struct worker {
	pid_t pid;
	int socket;
	bool busy;
	size_t item; /* of planned[] */
};

struct pool {
	struct upset_campaign *campaign;
	const struct upset_planned *planned;
	const size_t *chosen;
	size_t count, next, running;
	struct worker *workers;
	unsigned int worker_count;
	size_t answer_size;
	struct upset_error *error;
	int rc;
};

/* --- in a worker ------------------------------------------------------------------------------ */

static void keep_made(void *context, const struct upset_made *made)
{
	struct answer *answer = context;

	answer->made = *made;
}

static void make(const struct pool *p, size_t item, struct answer *answer)
{
	const struct upset_planned *planned = &p->planned[item];
	struct upset_injection *injections = (struct upset_injection *)(answer + 1);
	struct upset_campaign own = *p->campaign;
	struct upset_trial trial = UPSET_TRIAL_NONE;
	struct upset_error error = {0};

	own.done = keep_made;
	own.context = answer;
	answer->code = upset_trial_run(&trial, own.subject, &planned->faults, &planned->trigger,
		injections, &own.golden, &error);
	if (answer->code == 0)
		upset_made_report(&own, planned, &trial, false);
	else
		memcpy(answer->message, error.message,
			sizeof(error.message) < sizeof(answer->message) ? sizeof(error.message)
									: sizeof(answer->message));
	answer->message[sizeof(answer->message) - 1] = '\0';
	upset_trial_end(&trial);
}

static void __attribute__((noreturn)) work(const struct pool *p, int socket)
{
	struct answer *answer = malloc(p->answer_size);
	size_t item;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (answer != NULL && recv(socket, &item, sizeof(item), 0) == sizeof(item)) {
		memset(answer, 0, p->answer_size);
		make(p, item, answer);
		if (send(socket, answer, p->answer_size, MSG_NOSIGNAL) != (ssize_t)p->answer_size)
			break;
	}
	_exit(0);
}

/* --- outside ---------------------------------------------------------------------------------- */

static bool start_worker(struct pool *p, struct worker *w)
{
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
		return false;
	w->pid = fork();
	if (w->pid == 0) {
		/* The others' ends close with the others. */
		for (const struct worker *other = p->workers; other < w; other++)
			(void)close(other->socket);
		(void)close(sockets[0]);
		work(p, sockets[1]);
	}
	(void)close(sockets[1]);
	w->socket = sockets[0];
	return w->pid > 0;
}

static void stop_worker(struct worker *w, bool at_once)
{
	if (w->pid <= 0)
		return;
	if (at_once)
		(void)kill(w->pid, SIGKILL);
	/* A worker that another thread has forked meanwhile may have a copy of it. */
	(void)shutdown(w->socket, SHUT_RDWR);
	(void)close(w->socket);
	(void)upset_wait(w->pid, NULL, 0);
	w->pid = 0;
}

static void give_work(struct pool *p, struct worker *w)
{
	const struct upset_subject *subject = p->campaign->subject;

	if (p->rc != 0 || p->next == p->count || upset_stop_reason(subject->stop) != 0)
		return;
	w->item = p->chosen[p->next++];
	w->busy = send(w->socket, &w->item, sizeof(w->item), MSG_NOSIGNAL) == sizeof(w->item);
	p->running += w->busy;
	if (!w->busy)
		p->rc = upset_error_set(p->error, EIO, "a worker has ended");
}

static void report_error(struct pool *p, size_t item, struct answer *answer)
{
	struct upset_made made = {.number = p->planned[item].number,
		.control = p->planned[item].control,
		.faults = &p->planned[item].faults,
		.outcome = UPSET_OUTCOME_TOOL_ERROR,
		.cause = UPSET_CAUSE_ERROR,
		.result = {.injections = (struct upset_injection *)(answer + 1)}};

	p->campaign->done(p->campaign->context, &made);
}

static void take_answer(struct pool *p, struct worker *w, struct answer *answer)
{
	bool whole = recv(w->socket, answer, p->answer_size, 0) == (ssize_t)p->answer_size;

	w->busy = false;
	p->running--;
	if (!whole) {
		p->rc = upset_error_set(p->error, EIO, "a worker has ended");
	} else if (answer->code == 0) {
		answer->made.faults = &p->planned[w->item].faults;
		answer->made.result.injections = (struct upset_injection *)(answer + 1);
		p->campaign->done(p->campaign->context, &answer->made);
	} else if (answer->code == -EIO) {
		report_error(p, w->item, answer);
	} else if (answer->code != -EINTR && p->rc == 0) {
		p->rc = upset_error_set(p->error, -answer->code, "%s", answer->message);
	}
}

static void wait_for_answers(struct pool *p, struct pollfd *fds, struct answer *answer)
{
	for (unsigned int i = 0; i < p->worker_count; i++)
		fds[i] = (struct pollfd){
			.fd = p->workers[i].busy ? p->workers[i].socket : -1, .events = POLLIN};
	if (poll(fds, p->worker_count, POLL_MS) <= 0)
		return;
	for (unsigned int i = 0; i < p->worker_count; i++) {
		if (fds[i].revents != 0) {
			take_answer(p, &p->workers[i], answer);
			give_work(p, &p->workers[i]);
		}
	}
}

static bool is_stopped(const struct pool *p)
{
	return upset_stop_reason(p->campaign->subject->stop) != 0;
}

static void run(struct pool *p, struct pollfd *fds, struct answer *answer)
{
	for (unsigned int i = 0; i < p->worker_count; i++) {
		if (!start_worker(p, &p->workers[i])) {
			p->rc = upset_error_set(p->error, errno, "cannot start a worker");
			break;
		}
		give_work(p, &p->workers[i]);
	}
	while (p->running > 0 && p->rc == 0 && !is_stopped(p))
		wait_for_answers(p, fds, answer);
	if (p->rc == 0 && is_stopped(p))
		p->rc = upset_error_set(p->error, EINTR, "interrupted");
	for (unsigned int i = 0; i < p->worker_count; i++)
		stop_worker(&p->workers[i], p->rc != 0);
}

static size_t most_faults(const struct pool *p)
{
	size_t most = 1;

	for (size_t i = 0; i < p->count; i++) {
		if (p->planned[p->chosen[i]].faults.count > most)
			most = p->planned[p->chosen[i]].faults.count;
	}
	return most;
}

int upset_pool_run(struct upset_campaign *campaign, const struct upset_planned *planned,
	const size_t *chosen, size_t count, struct upset_error *error)
{
	struct pool p = {.campaign = campaign,
		.planned = planned,
		.chosen = chosen,
		.count = count,
		.error = error,
		.worker_count = campaign->jobs < count ? campaign->jobs : (unsigned int)count};
	struct pollfd *fds = calloc(p.worker_count, sizeof(*fds));
	struct answer *answer;

	p.answer_size = sizeof(*answer) + most_faults(&p) * sizeof(struct upset_injection);
	p.workers = calloc(p.worker_count, sizeof(*p.workers));
	answer = malloc(p.answer_size);
	if (fds == NULL || answer == NULL || p.workers == NULL)
		p.rc = upset_error_set(error, ENOMEM, "no memory for workers");
	else
		run(&p, fds, answer);
	free(fds);
	free(answer);
	free(p.workers);
	return p.rc;
}
