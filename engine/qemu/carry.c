/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Experiments in copies of one running program: the driver's side. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/ending.h"
#include "engine/qemu/session.h"

/* Descriptors that upset needs besides, at most. */
enum { OWN_FDS = 24 };

struct carry {
	const struct upset_carry_request *request;
	size_t *order; /* [count]: items by rising instruction -> experiments */
	char **texts;  /* [count], of items */
	struct upset_trigger *triggers;
	int (*fds)[2]; /* [count], of items: outputs while they run, else -1 */
	bool *ended;   /* [count], of items */
};

static const struct upset_fault *fault_of_item(void *context, uint64_t item, unsigned int fault)
{
	const struct carry *c = context;

	if (item >= c->request->count || fault != 0)
		return NULL;
	return &c->request->experiments[c->order[item]].faults[0];
}

static void close_outputs(struct carry *c, uint64_t item)
{
	for (int i = 0; i < 2; i++) {
		if (c->fds[item][i] >= 0)
			(void)close(c->fds[item][i]);
		c->fds[item][i] = -1;
	}
}

static struct upset_experiment_result result_of(
	const struct upset_injector_message *message, struct upset_injection *injection)
{
	struct upset_experiment_result result = {
		.seen.end = message->same   ? UPSET_END_SAME
			    : message->hung ? UPSET_END_HUNG
					    : UPSET_END_EXITED,
		.injections = injection,
		.instructions = message->instructions,
		.seen.host_time_ns = message->host_time_ns,
		.seen.overwritten = message->overwritten != 0,
		.seen.state = message->state,
	};

	upset_ending_take_status(&result, message->status);
	return result;
}

static bool take_scout(void *context, const struct upset_injector_message *message, int fds[2])
{
	const struct carry *c = context;
	struct upset_experiment_result result = result_of(message, NULL);

	return c->request->scouted(c->request->context, &result, fds[0], fds[1]);
}

static void take_end(struct carry *c, const struct upset_injector_message *message)
{
	struct upset_injection injection = message->injection;
	struct upset_experiment_result result = result_of(message, &injection);

	c->request->done(c->request->context, c->order[message->item], &result,
		c->fds[message->item][0], c->fds[message->item][1]);
}

static void take_message(void *context, const struct upset_injector_message *message, int fds[2])
{
	struct carry *c = context;

	if (message->item >= c->request->count || c->ended[message->item]) {
		for (int i = 0; i < 2; i++) {
			if (fds[i] >= 0)
				(void)close(fds[i]);
		}
		return;
	}
	if (message->kind == UPSET_INJECTOR_STARTED) {
		close_outputs(c, message->item);
		memcpy(c->fds[message->item], fds, 2 * sizeof(int));
	} else if (message->kind == UPSET_INJECTOR_ENDED) {
		c->ended[message->item] = true;
		if (!message->left_out)
			take_end(c, message);
		close_outputs(c, message->item);
	}
}

/* --- setting up ------------------------------------------------------------------------------- */

static int compare(const void *x, const void *y, void *context)
{
	const struct upset_trigger *triggers = context;
	size_t a = *(const size_t *)x, b = *(const size_t *)y;

	if (triggers[a].insn != triggers[b].insn)
		return triggers[a].insn < triggers[b].insn ? -1 : 1;
	return a < b ? -1 : a > b;
}

static int prepare(struct carry *c)
{
	const struct upset_carry_request *request = c->request;
	size_t n = request->count + 1;

	c->order = calloc(n, sizeof(*c->order));
	c->texts = calloc(n, sizeof(*c->texts));
	c->triggers = calloc(n, sizeof(*c->triggers));
	c->fds = calloc(n, sizeof(*c->fds));
	c->ended = calloc(n, sizeof(*c->ended));
	if (c->order == NULL || c->texts == NULL || c->triggers == NULL || c->fds == NULL ||
		c->ended == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < request->count; i++) {
		c->order[i] = i;
		c->fds[i][0] = c->fds[i][1] = -1;
	}
	qsort_r(c->order, request->count, sizeof(*c->order), compare,
		(void *)(uintptr_t)request->triggers);
	for (size_t i = 0; i < request->count; i++) {
		c->triggers[i] = request->triggers[c->order[i]];
		c->texts[i] = upset_faults_print(&request->experiments[c->order[i]]);
		if (c->texts[i] == NULL)
			return -ENOMEM;
	}
	return 0;
}

static void tear_down(struct carry *c)
{
	for (size_t i = 0; i < c->request->count; i++) {
		if (c->texts != NULL)
			free(c->texts[i]);
		if (c->fds != NULL)
			close_outputs(c, i);
	}
	free(c->order);
	free(c->texts);
	free(c->triggers);
	free(c->fds);
	free(c->ended);
}

/* How many copies at one time: each has two outputs that are open here. */
static unsigned int count_jobs(unsigned int asked)
{
	struct rlimit limit;
	rlim_t most = UPSET_INJECTOR_JOBS;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / 2 < most + OWN_FDS / 2)
		most = limit.rlim_cur > OWN_FDS + 2 ? (limit.rlim_cur - OWN_FDS) / 2 : 1;
	return asked < most ? asked : (unsigned int)most;
}

/* Why some were not begun; "": all were. */
static void tell_why(const struct carry *c, const char *injector, const struct upset_seen *seen,
	char *why, size_t size)
{
	bool all = true;

	for (size_t i = 0; i < c->request->count; i++)
		all = all && c->ended[i];
	if (injector[0] != '\0' || all || seen->end != UPSET_END_SIGNALED)
		(void)snprintf(why, size, "%s", injector);
	else
		(void)snprintf(why, size, "what is copied was ended by signal %d", seen->status);
}

int qemu_carry(const struct upset_carry_request *request, struct upset_experiment_result *result,
	char *why, size_t size, struct upset_error *error)
{
	struct carry c = {.request = request};
	struct qemu_session s = {.request = request->run,
		.result = result,
		.error = error,
		.fault = fault_of_item,
		.scouted = take_scout,
		.tell = take_message,
		.context = &c};
	unsigned int jobs = count_jobs(request->jobs);
	int rc = prepare(&c);

	why[0] = '\0';
	if (rc != 0) {
		rc = upset_error_set(error, ENOMEM, "no memory for experiments");
	} else {
		rc = qemu_session_run(
			&s, UPSET_INJECTOR_CARRY, c.texts, c.triggers, request->count, jobs);
		if (rc == 0) {
			s.shm->why[sizeof(s.shm->why) - 1] = '\0';
			tell_why(&c, s.shm->why, &result->seen, why, size);
		}
		qemu_session_end(&s);
	}
	tear_down(&c);
	return rc;
}
