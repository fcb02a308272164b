/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine `gdb`: a golden run by single steps over GDB's remote protocol, of a program that
 * stands in somebody's stub or in that of a QEMU that this engine starts.  The oracle where there
 * is no processor of the program's instruction set, and the way to a real board.
 */
#include "engine/engine.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/gdb/connect.h"
#include "engine/gdb/experiment.h"
#include "engine/gdb/golden.h"
#include "engine/gdb/launch.h"
#include "engine/gdb/run.h"
#include "engine/process.h"

enum { OUTPUT_GRACE_MS = 500, WAIT_MS = 100, NAME_BYTES = 256 };

static const uint64_t ENDS_NS = UINT64_C(10) * 1000000000;

static int probe(const struct upset_isa *isa, struct upset_engine_info *info)
{
	(void)isa;
	*info = (struct upset_engine_info){0};
	(void)snprintf(info->version, sizeof(info->version), UPSET_VERSION);
	(void)snprintf(info->detail, sizeof(info->detail),
		"single steps over GDB's remote protocol, in a stub or in QEMU's");
	return 0;
}

/* --- counting --------------------------------------------------------------------------------- */

static bool read_memory(void *context, uint64_t address, uint8_t *bytes, size_t size)
{
	struct gdb_run *run = context;
	int result =
		run->unread != 0 ? run->unread : gdb_stub_read(&run->stub, address, bytes, size);

	if (result != 0 && result != -EFAULT)
		run->unread = result;
	return result == 0;
}

/* The tree of calls is mostly never touched. */
static int begin_calls(struct gdb_run *run)
{
	void *calls = mmap(NULL, sizeof(struct upset_calls), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (calls == MAP_FAILED)
		return upset_error_set(run->error, ENOMEM, "no memory to follow calls");
	run->calls = calls;
	upset_calls_begin(&run->counting.calls, run->isa, calls, &run->calls_position);
	return 0;
}

static int begin_counting(struct gdb_run *run)
{
	struct upset_stepped *s = &run->counting;

	*s = (struct upset_stepped){.profile = run->profile,
		.detail = run->request->detail,
		.read_memory = read_memory,
		.context = run};
	if (s->detail == UPSET_DETAIL_FULL) {
		s->live = calloc(1, sizeof(*s->live));
		if (s->live == NULL)
			return upset_error_set(run->error, ENOMEM, "no memory to count");
	}
	return run->request->calls ? begin_calls(run) : 0;
}

/* The only thread has ended: what was counted goes into the profile. */
static int end_counting(struct gdb_run *run)
{
	struct upset_stepped *s = &run->counting;
	int result = upset_profile_add_thread(run->profile, 0, s->instructions);

	if (run->calls != NULL) {
		upset_calls_end(run->calls, &run->calls_position, &s->work);
		if (result == 0)
			result = upset_profile_take_calls(run->profile, run->calls);
	}
	if (s->live != NULL)
		upset_profile_add_live(run->profile, s->live, s->instructions);
	return result == 0 ? 0 : upset_error_set(run->error, -result, "no memory to keep counts");
}

void gdb_run_free(struct gdb_run *run)
{
	gdb_stub_close(&run->stub);
	upset_calls_fini(&run->counting.calls);
	if (run->calls != NULL)
		(void)munmap(run->calls, sizeof(*run->calls));
	free(run->counting.live);
	free(run->areas);
	free(run->their_path);
	free(run->path);
	free(run);
}

/* --- a run ------------------------------------------------------------------------------------ */

static int run_stub(struct gdb_run *run, int fd)
{
	int result = gdb_stub_open(&run->stub, fd, run->error);

	if (result == 0)
		result = gdb_layout_make(&run->layout, run->isa, &run->stub, run->error);
	if (result == 0)
		result = gdb_run_program(run);
	if (result == -EINTR && upset_stop_reason(run->request->stop) != 0) {
		run->profile->run.seen.end = UPSET_END_INTERRUPTED;
		if (!run->own)
			gdb_stub_detach(&run->stub);
		return 0;
	}
	return result;
}

struct gdb_run *gdb_run_new(const struct upset_golden_request *request,
	struct upset_profile *profile, const char *name, struct upset_error *error)
{
	struct gdb_run *run = calloc(1, sizeof(*run));

	if (run == NULL) {
		(void)upset_error_set(error, ENOMEM, "no memory to trace the program");
		return NULL;
	}
	run->request = request;
	run->isa = profile->isa;
	run->abi = upset_abi_find(profile->isa->qemu);
	run->profile = profile;
	run->error = error;
	run->stub.name = name;
	run->stub.packets.fd = -1;
	run->stub.packets.stop = request->stop;
	run->path = realpath(request->target.program, NULL);
	if (run->path == NULL || begin_counting(run) != 0) {
		(void)upset_error_set(error, ENOMEM, "no memory to trace the program");
		gdb_run_free(run);
		return NULL;
	}
	return run;
}

int gdb_golden_on(const struct upset_golden_request *request, struct upset_profile *profile, int fd,
	const char *name, struct upset_error *error)
{
	struct gdb_run *run = gdb_run_new(request, profile, name, error);
	int result;

	if (run == NULL) {
		(void)close(fd);
		return -ENOMEM;
	}
	result = run_stub(run, fd);
	if (result == 0)
		result = end_counting(run);
	gdb_run_free(run);
	return result;
}

/* Nobody has seen its output: that of a program without any. */
static int run_remote(const struct upset_golden_request *request, struct upset_profile *profile,
	struct upset_error *error)
{
	struct upset_output *output;
	char name[NAME_BYTES];
	int fds[2], fd;

	fd = gdb_connect(request->remote, error);
	if (fd < 0)
		return fd;
	output = upset_output_open(-1, -1, fds, error);
	if (output == NULL) {
		(void)close(fd);
		return -EIO;
	}
	upset_output_finish(output, 0, &profile->run);
	(void)snprintf(name, sizeof(name), "at %s", request->remote);
	return gdb_golden_on(request, profile, fd, name, error);
}

/* --- in a QEMU of its own --------------------------------------------------------------------- */

/* Until it has ended, or is to: it may have become another program. */
static void wait_for_end(const struct gdb_run *run, const struct gdb_launch *launch)
{
	struct pollfd end = {.fd = launch->process.end_fd, .events = POLLIN};
	const uint64_t deadline = upset_now_ns() + ENDS_NS;

	while (poll(&end, 1, WAIT_MS) <= 0) {
		if (upset_stop_reason(run->request->stop) != 0 ||
			(!run->replaced && upset_now_ns() > deadline))
			return;
	}
}

/* What QEMU's own end says of that of the program.  True: that explains a lost connection. */
static bool take_end(struct gdb_run *run)
{
	struct upset_run *to = &run->profile->run;
	const int status = run->ending.status;

	to->peak_memory_bytes = (uint64_t)run->ending.usage.ru_maxrss * 1024;
	if (to->seen.end == UPSET_END_INTERRUPTED || run->faults != NULL)
		return true;
	if (run->replaced) {
		to->seen.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		return true;
	}
	if (run->ended || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		return run->ended;
	to->seen.end = UPSET_END_SIGNALED;
	to->seen.status = SIGKILL;
	return upset_profile_add_signal(run->profile, SIGKILL, 1) == 0;
}

/* What went wrong is not told where QEMU's end explains it. */
int gdb_run_launched(struct gdb_run *run, const int child_fds[2])
{
	struct upset_error *error = run->error, meanwhile = {0};
	struct gdb_launch launch;
	int fd, result;

	fd = gdb_launch_start(&launch, &run->request->target, child_fds, run->request->stop, error);
	run->own = true;
	run->own_pid = launch.process.pid;
	run->error = &meanwhile;
	result = fd < 0 ? fd : run_stub(run, fd);
	if (run->ended || run->stub.packets.lost)
		wait_for_end(run, &launch);
	gdb_launch_end(&launch, &run->ending);
	if (fd >= 0 && take_end(run) && (result == 0 || run->stub.packets.lost))
		result = run->counting.result;
	if (result != 0 && meanwhile.code != 0)
		result = upset_error_set(error, -result, "%s", meanwhile.message);
	run->error = error;
	return result == 0 ? end_counting(run) : result;
}

static int run_own(const struct upset_golden_request *request, struct upset_profile *profile,
	struct upset_error *error)
{
	struct gdb_run *run = gdb_run_new(request, profile, "of QEMU", error);
	struct upset_output *output = NULL;
	int child_fds[2], result = -ENOMEM;

	if (run == NULL)
		return result;
	output = upset_output_open(request->out_fd, request->err_fd, child_fds, error);
	if (output != NULL) {
		result = gdb_run_launched(run, child_fds);
		upset_output_finish(output, OUTPUT_GRACE_MS, &profile->run);
	}
	gdb_run_free(run);
	return result;
}

static int golden(const struct upset_golden_request *request, struct upset_profile *profile,
	struct upset_error *error)
{
	const uint64_t begun_ns = upset_now_ns();
	const int result = request->remote != NULL ? run_remote(request, profile, error)
						   : run_own(request, profile, error);

	profile->run.seen.host_time_ns = upset_now_ns() - begun_ns;
	return result;
}

const struct upset_engine upset_engine_gdb = {
	.name = "gdb",
	.probe = probe,
	.golden = golden,
	.check = gdb_check,
	.experiment = gdb_experiment,
};
