/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many experiments in one run: where a fault comes, the process is copied, and
 * the copy gets the fault and runs on.  Copies have their own files' offsets and
 * their own outputs; what else they would share with others, they may not touch.
 * Faults in a register that is overwritten before it is read need no copy.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/lookahead.h"
#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/guest.h"
#include "engine/qemu/guest/timers.h"
#include "engine/qemu/injector/injector.h"

enum {
	OUTPUTS = 2,
	WAIT_NS = 20 * 1000 * 1000,
};

/* A file of the program that a copy opens anew. */
struct file {
	int fd, status_flags, fd_flags;
	int output; /* which one it is; -1: none */
	off_t offset;
};

/* A copy that runs. */
struct copy {
	pid_t pid; /* 0: none */
	uint64_t item, start_ns;
	bool late;
};

static struct {
	uint64_t next;	     /* item */
	struct copy *copies; /* [jobs] */
	unsigned int running;
	int outputs[OUTPUTS]; /* as they were given to the program */
	struct stat output_info[OUTPUTS];
	int highest_fd;
	struct file *files; /* [highest_fd + 1] at most */
	size_t file_count;
	bool scouted;
	atomic_bool mapped; /* something, since blocks were translated ahead */
	uint64_t *waiting;  /* numbers of blocks that are not translated yet */
	size_t waiting_count;
} carrier;

static struct upset_injector_item *item_at(uint64_t i)
{
	return &upset_injector_items(injector.shm)[i];
}

/* --- descriptors ------------------------------------------------------------------------------ */

static int which_output(const struct stat *info)
{
	for (int i = 0; i < OUTPUTS; i++) {
		if (info->st_dev == carrier.output_info[i].st_dev &&
			info->st_ino == carrier.output_info[i].st_ino)
			return i;
	}
	return -1;
}

bool carrier_is_output(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 && which_output(&info) >= 0;
}

void carrier_mapped(void)
{
	atomic_store(&carrier.mapped, true);
}

void carrier_opened(int fd)
{
	if (fd > carrier.highest_fd)
		carrier.highest_fd = fd;
}

/* What a copy will open anew, with the offsets of now. */
static void note_files(void)
{
	free(carrier.files);
	carrier.file_count = 0;
	carrier.files = calloc((size_t)carrier.highest_fd + 1, sizeof(*carrier.files));
	if (carrier.files == NULL)
		injector_give_up("no memory for files");
	for (int fd = 0; fd <= carrier.highest_fd; fd++) {
		struct file *f = &carrier.files[carrier.file_count];
		struct stat info;

		if (apart_is(fd) || fstat(fd, &info) != 0 ||
			!(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)))
			continue;
		*f = (struct file){fd, fcntl(fd, F_GETFL), fcntl(fd, F_GETFD), which_output(&info),
			lseek(fd, 0, SEEK_CUR)};
		carrier.file_count++;
	}
}

/* A new output with what was written to output @i so far. */
static int continue_output(int i)
{
	int fd = memfd_create("output", MFD_CLOEXEC);
	struct stat info;
	off_t offset = 0;

	if (fd < 0 || fstat(carrier.outputs[i], &info) != 0)
		injector_give_up("no memory for an output");
	while (offset < info.st_size) {
		if (sendfile(fd, carrier.outputs[i], &offset, (size_t)(info.st_size - offset)) <= 0)
			injector_give_up("no memory for an output");
	}
	return fd;
}

/* In a copy: open descriptor @fd's file anew; what tells of its process is to tell of this one. */
static int open_again(int fd, int flags)
{
	char link[32], parent[32], path[PATH_MAX], own[PATH_MAX + 16];
	int length = snprintf(parent, sizeof(parent), "/proc/%d/", (int)getppid());
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= length || strncmp(path, parent, (size_t)length) != 0)
		return open(link, flags);
	path[n] = '\0';
	(void)snprintf(own, sizeof(own), "/proc/self/%s", path + length);
	return open(own, flags);
}

static void reopen(const struct file *f, const int outputs[OUTPUTS])
{
	int fd = f->output >= 0
			 ? outputs[f->output]
			 : open_again(f->fd, (f->status_flags & ~(O_CREAT | O_TRUNC)) | O_CLOEXEC);

	if (fd < 0 || dup3(fd, f->fd, f->fd_flags & FD_CLOEXEC ? O_CLOEXEC : 0) < 0 ||
		(f->offset >= 0 && lseek(f->fd, f->offset, SEEK_SET) < 0))
		injector_give_up("a copy cannot open its files");
	if (f->output < 0)
		(void)close(fd);
}

/* --- the end of copies ------------------------------------------------------------------------ */

static void tell_end(struct copy *c, int status)
{
	struct upset_injector_run *run = &upset_injector_runs(injector.shm)[c - carrier.copies];
	struct upset_injector_message message = {
		.kind = UPSET_INJECTOR_ENDED,
		.item = c->item,
		.status = status,
		.hung = c->late || atomic_load(&run->hung) != 0,
		.left_out = atomic_load(&run->left_out),
		.instructions = atomic_load(&run->instructions),
		.state = run->state,
		.host_time_ns = upset_now_ns() - c->start_ns,
		.injection = run->injections[0],
	};

	injector_tell(&message, NULL, 0);
	c->pid = 0;
	carrier.running--;
}

static void look_at_copies(void)
{
	uint64_t now = upset_now_ns(), limit = injector.shm->limit_ns;

	for (unsigned int i = 0; i < injector.shm->jobs; i++) {
		struct copy *c = &carrier.copies[i];
		int status;

		if (c->pid == 0)
			continue;
		if (waitpid(c->pid, &status, WNOHANG) == c->pid) {
			tell_end(c, status);
		} else if (limit != 0 && !c->late && now - c->start_ns > limit) {
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

	if (carrier.running <= most)
		return;
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)pthread_sigmask(SIG_BLOCK, &child, &before);
	look_at_copies();
	while (carrier.running > most) {
		(void)sigtimedwait(&child, NULL, &pause);
		look_at_copies();
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void carrier_finish(void)
{
	wait_for_copies(0);
}

void carrier_stop(const char *why)
{
	(void)snprintf(injector.shm->why, sizeof(injector.shm->why), "%s", why);
	wait_for_copies(0);
	_exit(0);
}

/* --- experiments ------------------------------------------------------------------------------ */

static void tell_same(uint64_t item, const struct upset_injection *injection, bool overwritten)
{
	const struct upset_injector_message message = {
		.kind = UPSET_INJECTOR_ENDED,
		.item = item,
		.same = 1,
		.overwritten = overwritten,
		.injection = *injection,
	};

	injector_tell(&message, NULL, 0);
}

/*
 * Carry the fault out here, look whether it matters, and take it back.  True when
 * it is known what comes of it.
 */
static bool foresee(struct thread *t, uint64_t item)
{
	const struct upset_fault *f = &injector.faults.faults[0];
	const struct upset_inject_state state = injector_state(t);
	struct upset_injection injection = {
		.address = injector_program_counter(t), .insn = injector_executed(t)};
	uint8_t before[UPSET_INJECT_BYTES];
	struct upset_inject_target target;
	bool overwritten = false, known;

	if (f->duration != UPSET_FAULT_TRANSIENT || f->model == UPSET_FAULT_SKIP ||
		f->model == UPSET_FAULT_NONE ||
		(f->location != UPSET_FAULT_REGISTER && f->location != UPSET_FAULT_OPERAND))
		return false;
	if (upset_inject_find(f, 0, &state, &target, &injection) != 0) {
		tell_same(item, &injection, false);
		return true;
	}
	if (target.memory || target.after ||
		!state.read_register(state.context, target.resource, before))
		return false;
	upset_inject_apply(f, &target, &state, &injection);
	known = injection.state != UPSET_INJECTION_DONE || !upset_lookahead_is_changed(&injection);
	if (!known && injector_is_alone(t))
		known = overwritten = upset_lookahead_is_overwritten(
			&target, &injection, &state, injector_program_counter(t));
	(void)state.write_register(state.context, target.resource, before);
	if (known)
		tell_same(item, &injection, overwritten);
	return known;
}

static struct copy *free_copy(void)
{
	struct copy *c = carrier.copies;

	wait_for_copies(injector.shm->jobs - 1);
	while (c->pid != 0)
		c++;
	return c;
}

/* Copy the process as number @number; true in the copy, whose outputs are @outputs[]. */
static bool copy_process(struct copy *c, unsigned int number, int outputs[OUTPUTS])
{
	memset(&upset_injector_runs(injector.shm)[number], 0, sizeof(struct upset_injector_run));
	apart_lift_limits();
	note_files();
	for (int i = 0; i < OUTPUTS; i++)
		outputs[i] = continue_output(i);
	c->start_ns = upset_now_ns();
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
	injector.copy = true;
	injector.child = false;
	guest_is_copy();
	injector.run = &upset_injector_runs(injector.shm)[number];
	for (size_t i = 0; i < carrier.file_count; i++)
		reopen(&carrier.files[i], outputs);
	for (int i = 0; i < OUTPUTS; i++) {
		struct stat before = carrier.output_info[i];

		(void)fstat(outputs[i], &carrier.output_info[i]);
		guest_replaces(&before, &carrier.output_info[i]);
		(void)close(outputs[i]);
		apart_close(carrier.outputs[i]);
	}
	apart_close(injector.socket);
	apart_put_back_limits();
	return true;
}

/* Start an experiment; true in the copy. */
static bool start(struct thread *t, uint64_t item, const uint64_t *place)
{
	const struct upset_injector_message message = {
		.kind = UPSET_INJECTOR_STARTED, .item = item};
	struct copy *c = free_copy();
	int outputs[OUTPUTS];

	*c = (struct copy){.item = item};
	if (copy_process(c, (unsigned int)(c - carrier.copies), outputs)) {
		injector.armed[0].injection = &injector.run->injections[0];
		injector_fire(t, 0, place);
		return true;
	}
	carrier.running++;
	injector_tell(&message, outputs, OUTPUTS);
	for (int i = 0; i < OUTPUTS; i++)
		(void)close(outputs[i]);
	return false;
}

/* Make the experiment of @item; true in the copy. */
static bool make(struct thread *t, uint64_t item)
{
	uint64_t place = 0;
	bool found = false;

	if (injector_arm(item) != 0)
		injector_give_up("a fault makes no sense");
	if (foresee(t, item))
		return false;
	if (upset_armed_has_place(&injector.armed[0]))
		found = injector_find(item, 0, false, &place);
	return start(t, item, found ? &place : NULL);
}

/* --- translating ahead ------------------------------------------------------------------------ */

void carrier_note_block(uint64_t first, uint64_t last)
{
	unsigned int i = atomic_fetch_add(&injector.shm->block_count, 1);

	if (i < UPSET_INJECTOR_BLOCKS)
		upset_injector_blocks(injector.shm)[i] = (struct upset_injector_block){first, last};
}

/* Wait for the end of the scout, which is the copy behind those of experiments; its status. */
static int wait_for_scout(struct copy *scout)
{
	const struct timespec pause = {.tv_nsec = WAIT_NS / 10};
	uint64_t limit = injector.shm->limit_ns;
	int status = 0;

	while (waitpid(scout->pid, &status, WNOHANG) == 0) {
		scout->late = limit != 0 && upset_now_ns() - scout->start_ns > limit;
		if (scout->late)
			(void)kill(scout->pid, SIGKILL);
		(void)nanosleep(&pause, NULL);
	}
	return status;
}

/* Whether the scout did what the golden run did, or did what copies may not. */
static bool is_scout_golden(const struct copy *scout, int status, const int outputs[OUTPUTS])
{
	const struct upset_injector_run *run =
		&upset_injector_runs(injector.shm)[injector.shm->jobs];
	const struct upset_injector_message message = {
		.kind = UPSET_INJECTOR_SCOUTED,
		.status = status,
		.hung = scout->late || atomic_load(&run->hung) != 0,
		.instructions = atomic_load(&run->instructions),
		.state = run->state,
	};

	return atomic_load(&run->left_out) != 0 || injector_ask(&message, outputs, OUTPUTS);
}

/*
 * Copies share what is translated before they are made.  So one of them, without a
 * fault, runs ahead and tells what it translates; and what came of it tells whether
 * copies do what the program does.  True in it.
 */
static bool scout(void)
{
	struct copy c = {0};
	int outputs[OUTPUTS];
	unsigned int count;
	bool golden;

	carrier.scouted = true;
	if (copy_process(&c, injector.shm->jobs, outputs)) {
		injector.faults.count = 0;
		injector.scout = true;
		return true;
	}
	golden = is_scout_golden(&c, wait_for_scout(&c), outputs);
	for (int i = 0; i < OUTPUTS; i++)
		(void)close(outputs[i]);
	if (!golden)
		carrier_stop("");
	count = atomic_load(&injector.shm->block_count);
	if (count > UPSET_INJECTOR_BLOCKS)
		count = UPSET_INJECTOR_BLOCKS;
	carrier.waiting = calloc(count + 1, sizeof(*carrier.waiting));
	for (unsigned int i = 0; carrier.waiting != NULL && i < count; i++)
		carrier.waiting[carrier.waiting_count++] = i;
	return false;
}

/* Translate what the scout did, as far as it is mapped by now. */
static void translate_ahead(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < carrier.waiting_count; i++) {
		const struct upset_injector_block *b =
			&upset_injector_blocks(injector.shm)[carrier.waiting[i]];

		if (!qemu_plugin_vcpu_translate(b->first, b->last))
			carrier.waiting[kept++] = carrier.waiting[i];
	}
	carrier.waiting_count = kept;
}

/* --- the order of experiments ----------------------------------------------------------------- */

uint64_t carrier_next(void)
{
	if (injector.copy || carrier.next >= injector.shm->item_count)
		return UINT64_MAX;
	return item_at(carrier.next)->trigger.insn;
}

bool carrier_at(struct thread *t)
{
	if (!carrier.scouted && scout())
		return true;
	if (carrier.waiting_count > 0 && atomic_exchange(&carrier.mapped, false))
		translate_ahead();
	while (carrier_next() <= injector_executed(t)) {
		if (carrier_next() == injector_executed(t) && make(t, carrier.next))
			return true;
		carrier.next++;
	}
	injector.faults.count = 0;
	if (carrier_next() == UINT64_MAX)
		carrier_stop("");
	return false;
}

int carrier_begin(void)
{
	carrier.copies = calloc(injector.shm->jobs, sizeof(*carrier.copies));
	if (carrier.copies == NULL)
		return -ENOMEM;
	for (int i = 0; i < OUTPUTS; i++) {
		carrier.outputs[i] = apart_keep(i + 1);
		if (carrier.outputs[i] < 0 ||
			fstat(carrier.outputs[i], &carrier.output_info[i]) != 0)
			return -errno;
	}
	carrier.highest_fd = 2;
	carrier_mapped();
	return 0;
}
