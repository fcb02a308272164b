/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of the process, from their beginning to their end: see copies.h. */
#include "engine/qemu/injector/copies.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/guest.h"
#include "engine/qemu/guest/timers.h"
#include "engine/qemu/injector/messages.h"

enum { WAIT_NS = 20 * 1000 * 1000 };

static struct copy *copies; /* [jobs] */
static unsigned int running;

int copies_begin(void)
{
	copies = calloc(injector.shm->jobs, sizeof(*copies));
	return copies == NULL ? -ENOMEM : files_begin();
}

/* --- ends ------------------------------------------------------------------------------------- */

bool copy_is_late(struct copy *c)
{
	const uint64_t limit_ns = injector.shm->limit_ns;

	return upset_patience_look(&c->patience, c->pid, upset_now_ns()) > limit_ns &&
	       limit_ns != 0;
}

static void tell_end(struct copy *c, int status)
{
	struct upset_injector_run *run = &upset_injector_runs(injector.shm)[c - copies];
	struct upset_injector_message message = {
		.kind = UPSET_INJECTOR_ENDED,
		.item = c->item,
		.status = status,
		.hung = c->late || atomic_load(&run->hung) != 0,
		.left_out = atomic_load(&run->left_out),
		.instructions = atomic_load(&run->instructions),
		.state = run->state,
		.host_time_ns = upset_now_ns() - c->begin_ns,
		.injection = run->injections[0],
	};

	injector_tell(&message, NULL, 0);
	c->pid = 0;
	running--;
}

static void look_at_copies(void)
{
	for (unsigned int i = 0; i < injector.shm->jobs; i++) {
		struct copy *c = &copies[i];
		int status;

		if (c->pid == 0)
			continue;
		if (waitpid(c->pid, &status, WNOHANG) == c->pid) {
			tell_end(c, status);
		} else if (!c->late && copy_is_late(c)) {
			c->late = true;
			(void)kill(c->pid, SIGKILL);
		}
	}
}

/* Wait until at most @most copies run. */
static void wait_for_copies(unsigned int most)
{
	const struct timespec pause = {.tv_nsec = WAIT_NS};
	sigset_t child, before;

	if (running <= most)
		return;
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)pthread_sigmask(SIG_BLOCK, &child, &before);
	look_at_copies();
	while (running > most) {
		(void)sigtimedwait(&child, NULL, &pause);
		look_at_copies();
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void copies_wait(void)
{
	wait_for_copies(0);
}

void copies_stop(const char *why)
{
	(void)snprintf(injector.shm->why, sizeof(injector.shm->why), "%s", why);
	wait_for_copies(0);
	_exit(0);
}

/* --- beginnings ------------------------------------------------------------------------------- */

static struct copy *free_copy(void)
{
	struct copy *c = copies;

	wait_for_copies(injector.shm->jobs - 1);
	while (c->pid != 0)
		c++;
	return c;
}

bool copy_make(struct copy *c, unsigned int number, const struct injector_mode *mode,
	int outputs[FILES_OUTPUTS])
{
	memset(&upset_injector_runs(injector.shm)[number], 0, sizeof(struct upset_injector_run));
	apart_lift_limits();
	files_before_copy(outputs);
	c->begin_ns = upset_now_ns();
	upset_patience_begin(&c->patience, c->begin_ns);
	timers_before_copy();
	c->pid = qemu_plugin_vcpu_fork();
	timers_after_copy(c->pid == 0);
	if (c->pid < 0)
		injector_give_up("no process for a copy");
	if (c->pid > 0) {
		apart_put_back_limits();
		return false;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	injector.mode = mode;
	injector.copy = true;
	injector.child = false;
	injector.run = &upset_injector_runs(injector.shm)[number];
	guest_is_copy();
	files_in_copy(outputs);
	apart_close(injector.socket);
	apart_put_back_limits();
	return true;
}

bool copies_start(uint64_t item, const struct injector_mode *mode)
{
	const struct upset_injector_message message = {
		.kind = UPSET_INJECTOR_STARTED, .item = item};
	struct copy *c = free_copy();
	int outputs[FILES_OUTPUTS];

	*c = (struct copy){.item = item};
	if (copy_make(c, (unsigned int)(c - copies), mode, outputs))
		return true;
	running++;
	injector_tell(&message, outputs, FILES_OUTPUTS);
	for (int i = 0; i < FILES_OUTPUTS; i++)
		(void)close(outputs[i]);
	return false;
}
