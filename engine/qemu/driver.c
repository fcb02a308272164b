/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine `qemu`: run the program under QEMU with the plugin, wait for its
 * end, read the counts out of the memory that both share.
 */
#include "engine/qemu/driver.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/ending.h"
#include "engine/process.h"
#include "engine/qemu/harvest.h"
#include "engine/qemu/process.h"
#include "engine/qemu/shm.h"
#include "sandbox/sandbox.h"

enum {
	OUTPUT_GRACE_MS = 500,
	POLL_MS = 100,
	COUNTING_MS = 1000,
};

struct run {
	const struct upset_golden_request *request;
	struct upset_profile *profile;
	struct upset_error *error;
	struct qemu_paths paths;
	struct upset_shm *shm;
	int shm_fd;
	struct qemu_process process;
};

/* --- shared memory -------------------------------------------------------------------- */

static int make_shm(struct run *run)
{
	int rc = qemu_process_share(
		UPSET_SHM_BYTES, "counts", (void **)&run->shm, &run->shm_fd, run->error);

	if (rc != 0)
		return rc;
	run->shm->version = UPSET_SHM_VERSION;
	run->shm->detail = run->request->detail;
	run->shm->isa = upset_isa_index(run->profile->isa);
	atomic_store(&run->shm->top, (sizeof(struct upset_shm) + 4095) & ~4095ULL);
	if (run->request->calls)
		run->shm->calls = upset_shm_alloc(run->shm, sizeof(struct upset_calls));
	run->shm->magic = UPSET_SHM_MAGIC;
	return 0;
}

static void free_shm(struct run *run)
{
	if (run->shm != MAP_FAILED)
		(void)munmap(run->shm, UPSET_SHM_BYTES);
	if (run->shm_fd >= 0)
		(void)close(run->shm_fd);
}

/* --- starting QEMU ------------------------------------------------------------------------ */

static int launch(struct run *run, const int child_fds[2])
{
	const struct qemu_launch with = {.qemu = run->paths.qemu,
		.plugin = run->paths.plugin,
		.target = &run->request->target,
		.out_fd = child_fds[0],
		.err_fd = child_fds[1],
		.shm_fd = run->shm_fd,
		.socket_fd = -1};

	return qemu_process_start(&run->process, &with, run->error);
}

/* --- waiting --------------------------------------------------------------------------------- */

static uint64_t count_instructions(const struct upset_shm *shm)
{
	unsigned int n = atomic_load(&shm->thread_slots);
	uint64_t sum = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct upset_shm_thread *t = upset_shm_at(shm, shm->threads[i]);

		sum += t->clock;
	}
	return sum;
}

/* Kill the program, but not while it counts: what belongs together is to be complete. */
static void stop_program(const struct run *run)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	atomic_store(&run->shm->stop, UPSET_SHM_STOPS);
	/* From here on threads see that, or it can be seen that they count. */
	(void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	for (int i = 0; i < COUNTING_MS && upset_shm_is_counting(run->shm); i++)
		(void)nanosleep(&ms, NULL);
	if (!upset_shm_is_counting(run->shm))
		atomic_store(&run->shm->stop, UPSET_SHM_RESTS);
	(void)kill(run->process.pid, SIGKILL);
}

static void watch(const struct run *run)
{
	const struct upset_golden_request *request = run->request;
	struct pollfd fd = {.fd = run->process.end_fd, .events = POLLIN};

	while (poll(&fd, 1, POLL_MS) == 0 || fd.revents == 0) {
		if (upset_stop_reason(request->stop) != 0) {
			stop_program(run);
			return;
		}
		if (request->progress != NULL)
			request->progress(request->progress_context, count_instructions(run->shm));
	}
}

static void take_end(const struct run *run, const struct upset_sandbox_ending *ending)
{
	struct upset_run *to = &run->profile->run;
	const int status = ending->status;

	to->seen.obstacle = ending->obstacle;
	upset_ending_explain_limit(ending->obstacle, run->request->target.sandbox, to->seen.reason,
		sizeof(to->seen.reason));
	if (upset_stop_reason(run->request->stop) != 0) {
		to->seen.end = UPSET_END_INTERRUPTED;
	} else if (run->shm->exec_pending) {
		to->seen.end = UPSET_END_EXEC;
		to->seen.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	} else if (WIFSIGNALED(status)) {
		to->seen.end = UPSET_END_SIGNALED;
		to->seen.status = WTERMSIG(status);
		if (to->seen.status == SIGILL &&
			upset_illegal_explain(&run->shm->illegal, "engine qemu", to->seen.reason,
				sizeof(to->seen.reason)))
			to->seen.obstacle = UPSET_OBSTACLE_INSTRUCTION;
	} else {
		to->seen.end = UPSET_END_EXITED;
		to->seen.status = WEXITSTATUS(status);
	}
}

static int wait_for_end(struct run *run)
{
	struct upset_sandbox_ending ending;

	watch(run);
	qemu_process_end(&run->process, &ending);
	run->profile->run.peak_memory_bytes = (uint64_t)ending.usage.ru_maxrss * 1024;
	take_end(run, &ending);
	if (run->shm->lost > 0)
		return upset_error_set(run->error, ENOMEM,
			"out of memory while counting; --detail counts needs less");
	if (atomic_load(&run->shm->block_count) == 0 &&
		run->profile->run.seen.end != UPSET_END_INTERRUPTED)
		return upset_error_set(
			run->error, EIO, "QEMU did not start the program; what it said is above");
	return 0;
}

static int run_qemu(struct run *run)
{
	struct upset_output *output;
	int child_fds[2], rc;
	uint64_t start_ns = upset_now_ns();

	output = upset_output_open(
		run->request->out_fd, run->request->err_fd, child_fds, run->error);
	if (output == NULL)
		return -EIO;
	rc = launch(run, child_fds);
	upset_output_close_child_ends(output);
	if (rc == 0)
		rc = wait_for_end(run);
	run->profile->run.seen.host_time_ns = upset_now_ns() - start_ns;
	upset_output_finish(output, OUTPUT_GRACE_MS, &run->profile->run);
	return rc;
}

static int golden(const struct upset_golden_request *request, struct upset_profile *profile,
	struct upset_error *error)
{
	struct run run = {.request = request,
		.profile = profile,
		.error = error,
		.shm = MAP_FAILED,
		.shm_fd = -1,
		.process = QEMU_PROCESS_NONE};
	int rc = qemu_find(&run.paths, request->target.isa, error);

	if (rc == 0)
		rc = qemu_check_limits(error);
	if (rc == 0)
		rc = make_shm(&run);
	if (rc == 0)
		rc = run_qemu(&run);
	if (rc == 0)
		rc = upset_harvest(run.shm, profile, error);
	free_shm(&run);
	return rc;
}

static int probe(const struct upset_isa *isa, struct upset_engine_info *info)
{
	struct upset_error error = {0};
	struct qemu_paths paths;
	char version[32];
	int rc = qemu_find(&paths, isa, &error);

	*info = (struct upset_engine_info){0};
	if (rc == 0)
		rc = qemu_version(&paths, version, sizeof(version));
	if (rc != 0) {
		(void)snprintf(info->detail, sizeof(info->detail), "%s",
			error.code != 0 ? error.message : "QEMU tells no version");
		return rc;
	}
	(void)snprintf(info->version, sizeof(info->version), "%s+upset" UPSET_VERSION, version);
	(void)snprintf(info->detail, sizeof(info->detail), "%s %s", isa->qemu, paths.qemu);
	return 0;
}

const struct upset_engine upset_engine_qemu = {
	.name = "qemu",
	.probe = probe,
	.golden = golden,
	.check = qemu_check,
	.experiment = qemu_experiment,
	.locate = qemu_locate,
	.carry = qemu_carry,
	.trace = qemu_trace,
};
