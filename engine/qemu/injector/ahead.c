/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translating ahead of copies: see ahead.h. */
#include "engine/qemu/injector/ahead.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/qemu/injector/copies.h"
#include "engine/qemu/injector/messages.h"

enum { PAUSE_NS = 2 * 1000 * 1000, LINKS = 2 * UPSET_INJECTOR_BLOCKS };

/* Of the scout's blocks, in memory that it shares with the process that sent it. */
struct links {
	size_t count;
	struct qemu_plugin_link links[LINKS];
};

static struct {
	bool scouted;
	struct links *links; /* NULL: no memory, and copies take longer */
	uint64_t *waiting;   /* numbers of blocks that are not translated yet */
	size_t waiting_count;
} ahead;

void ahead_begin(void)
{
	ahead.links = mmap(NULL, sizeof(*ahead.links), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (ahead.links == MAP_FAILED)
		ahead.links = NULL;
}

void ahead_translated(struct qemu_plugin_tb *tb, const struct code *code)
{
	unsigned int i = atomic_fetch_add(&injector.shm->block_count, 1), last = code->count - 1;
	size_t size = qemu_plugin_insn_size(qemu_plugin_tb_get_insn(tb, last));

	if (i < UPSET_INJECTOR_BLOCKS)
		upset_injector_blocks(injector.shm)[i] = (struct upset_injector_block){
			code->addresses[0], code->addresses[last] + size - 1};
}

static void note_link(const struct qemu_plugin_link *link, void *userdata)
{
	struct links *links = userdata;

	if (links->count < LINKS)
		links->links[links->count++] = *link;
}

void ahead_ends(void)
{
	if (ahead.links != NULL)
		qemu_plugin_links(note_link, ahead.links);
}

/* Wait for the end of the scout, which is the copy behind those of experiments; its status. */
static int wait_for_scout(struct copy *scout)
{
	const struct timespec pause = {.tv_nsec = PAUSE_NS};
	int status = 0;

	while (waitpid(scout->pid, &status, WNOHANG) == 0) {
		scout->late = copy_is_late(scout);
		if (scout->late)
			(void)kill(scout->pid, SIGKILL);
		(void)nanosleep(&pause, NULL);
	}
	return status;
}

/* Whether the scout did what the golden run did, or did what copies may not. */
static bool is_scout_golden(const struct copy *scout, int status, const int outputs[FILES_OUTPUTS])
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

	return atomic_load(&run->left_out) != 0 || injector_ask(&message, outputs, FILES_OUTPUTS);
}

/* What the scout has translated is to be translated here. */
static void note_blocks(void)
{
	unsigned int count = atomic_load(&injector.shm->block_count);

	if (count > UPSET_INJECTOR_BLOCKS)
		count = UPSET_INJECTOR_BLOCKS;
	ahead.waiting = calloc(count + 1, sizeof(*ahead.waiting));
	for (unsigned int i = 0; ahead.waiting != NULL && i < count; i++)
		ahead.waiting[ahead.waiting_count++] = i;
}

bool ahead_scout(const struct injector_mode *mode)
{
	struct copy c = {0};
	int outputs[FILES_OUTPUTS];
	bool golden;

	if (ahead.scouted)
		return false;
	ahead.scouted = true;
	if (copy_make(&c, injector.shm->jobs, mode, outputs))
		return true;
	golden = is_scout_golden(&c, wait_for_scout(&c), outputs);
	/* A copy with a fault may write anywhere. */
	if (ahead.links != NULL && mprotect(ahead.links, sizeof(*ahead.links), PROT_READ) != 0)
		ahead.links = NULL;
	for (int i = 0; i < FILES_OUTPUTS; i++)
		(void)close(outputs[i]);
	if (!golden)
		copies_stop("");
	note_blocks();
	return false;
}

bool ahead_translate(void)
{
	size_t kept = 0, before = ahead.waiting_count;

	if (ahead.waiting_count == 0 || !atomic_exchange(&injector.mapped, false))
		return false;
	for (size_t i = 0; i < ahead.waiting_count; i++) {
		const struct upset_injector_block *b =
			&upset_injector_blocks(injector.shm)[ahead.waiting[i]];

		if (!qemu_plugin_vcpu_translate(b->first, b->last))
			ahead.waiting[kept++] = ahead.waiting[i];
	}
	ahead.waiting_count = kept;
	if (kept == before)
		return false;
	for (size_t i = 0; ahead.links != NULL && i < ahead.links->count; i++)
		qemu_plugin_vcpu_link(&ahead.links->links[i]);
	return true;
}
