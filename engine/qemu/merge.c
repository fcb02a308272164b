/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a thread: what it still holds goes into its blocks.  The plugin
 * does it for threads that end, the driver for those that were running when
 * the program ended, and for the rest of one that the plugin was ending then: what
 * has gone into a block is taken from the thread.
 */
#include <errno.h>

#include "engine/qemu/block.h"
#include "profile/profile.h"

static void end_taken(struct upset_shm_block *block, struct upset_shm_slot *slot)
{
	block->taken += slot->taken;
	slot->taken = 0;
}

static int end_counts(struct upset_shm_block *block, struct upset_shm_slot *slot)
{
	upset_shm_lock(&block->lock);
	block->executions += slot->cursor;
	slot->cursor = 0;
	end_taken(block, slot);
	upset_shm_unlock(&block->lock);
	return 0;
}

/* The program died while this bucket was being counted: some of its values are missing. */
static void end_torn(
	struct upset_shm *shm, struct upset_shm_block *block, struct upset_shm_slot *slot)
{
	block->executions += UPSET_BUCKET_RECORDS;
	shm->lost += UPSET_BUCKET_RECORDS;
	block->torn = 0;
	slot->cursor = slot->limit - (uint64_t)UPSET_BUCKET_RECORDS * 8;
}

int upset_block_end_slot(
	struct upset_shm *shm, struct upset_shm_block *block, struct upset_shm_slot *slot)
{
	unsigned int n = upset_shm_slot_records(slot);
	int rc = 0;

	if (shm->detail == UPSET_DETAIL_COUNTS)
		return end_counts(block, slot);
	if (block->torn && n == UPSET_BUCKET_RECORDS)
		end_torn(shm, block, slot);
	else
		rc = upset_block_drain(shm, block, slot);
	upset_shm_lock(&block->lock);
	end_taken(block, slot);
	if (n > 0 || slot->seen == 2) {
		if (block->last_valid == 0 || slot->first < block->first)
			block->first = slot->first;
		if (block->last_valid == 0 || slot->last > block->last)
			block->last = slot->last;
		block->last_valid = 1;
	}
	upset_shm_unlock(&block->lock);
	return rc;
}

int upset_shm_finish_syscall(struct upset_shm *shm, struct upset_shm_thread *thread)
{
	struct upset_shm_block *block;

	if (thread->syscall_block == 0)
		return 0;
	block = upset_shm_at(shm, shm->blocks[thread->syscall_block - 1]);
	thread->syscall_block = 0;
	return upset_block_sample(
		shm, block, (unsigned int)thread->syscall_row, &thread->syscall_before);
}

/* The thread's cells of @resource; what is not read any more is dead. */
static void end_cells(struct upset_shm *shm, const struct upset_isa *isa, unsigned int resource,
	const struct upset_shm_thread *thread)
{
	const struct upset_resource *r = &isa->resources[resource];

	for (unsigned int part = 0; part < UPSET_LIVE_PARTS && r->part_ends[part] != 0; part++) {
		const unsigned int c = r->cell + part;

		shm->ended_sum[c] += thread->sum[c];
		if (upset_shm_cell_counts(isa, resource, UPSET_WRITE))
			shm->ended_sum[c] += thread->clock - thread->last[c];
	}
}

static int add_ended(struct upset_shm *shm, struct upset_shm_thread *thread)
{
	const struct upset_isa *isa = upset_shm_isa(shm);
	upset_ref ref = upset_shm_alloc(shm, sizeof(struct upset_shm_ended));
	struct upset_shm_ended *ended = upset_shm_find(shm, ref);

	if (ended == NULL)
		return -ENOMEM;
	ended->number = thread->number;
	ended->instructions = thread->clock;
	upset_shm_lock(&shm->lock);
	ended->next = shm->ended;
	shm->ended = ref;
	for (unsigned int r = 0; r < isa->resource_count; r++)
		end_cells(shm, isa, r, thread);
	atomic_store(&thread->running, UPSET_SHM_ENDED);
	upset_shm_unlock(&shm->lock);
	return 0;
}

uint64_t upset_shm_instructions(const struct upset_shm *shm, const struct upset_shm_thread *thread)
{
	unsigned int blocks = atomic_load(&shm->block_count);
	uint64_t instructions = thread->clock;

	for (unsigned int i = 0; i < blocks && shm->detail == UPSET_DETAIL_COUNTS; i++) {
		const struct upset_shm_block *block = upset_shm_at(shm, shm->blocks[i]);

		instructions += thread->slots[i].cursor * block->insn_count;
	}
	return instructions;
}

/*
 * The program was ended while @thread was in the middle of a block: take it back
 * to where it is known to have come.  What it has done to the live share is off
 * by that block.
 */
static int end_flight(struct upset_shm *shm, struct upset_shm_thread *thread)
{
	struct upset_shm_block *block = upset_shm_at(shm, shm->blocks[thread->current - 1]);
	struct upset_shm_slot *slot = &thread->slots[thread->current - 1];
	unsigned int done = (unsigned int)thread->progress;
	uint64_t time = thread->clock - block->insn_count;

	thread->current = 0;
	upset_block_undo_work(shm, block, thread, done);
	if (shm->detail == UPSET_DETAIL_COUNTS) {
		slot->cursor--;
		thread->clock += done;
		return upset_block_partial(shm, block, NULL, 0, done, 0);
	}
	slot->cursor -= 8;
	thread->clock = time + done;
	for (unsigned int c = 0; c < UPSET_CELLS_MAX; c++) {
		if (thread->last[c] > thread->clock)
			thread->last[c] = thread->clock;
	}
	return upset_block_partial(shm, block, upset_shm_at(shm, slot->bucket),
		upset_shm_slot_records(slot), done, time);
}

int upset_shm_end_thread(struct upset_shm *shm, struct upset_shm_thread *thread)
{
	unsigned int blocks = atomic_load(&shm->block_count);
	int rc = upset_shm_finish_syscall(shm, thread);

	if (rc == 0 && thread->current != 0)
		rc = end_flight(shm, thread);
	for (unsigned int i = 0; i < blocks && rc == 0; i++) {
		struct upset_shm_block *block = upset_shm_at(shm, shm->blocks[i]);
		struct upset_shm_slot *slot = &thread->slots[i];

		if (shm->detail == UPSET_DETAIL_COUNTS)
			thread->clock += slot->cursor * block->insn_count;
		if (slot->cursor != 0 || slot->seen != 0)
			rc = upset_block_end_slot(shm, block, slot);
	}
	thread->work.of[UPSET_WORK_INSTRUCTIONS] = thread->clock;
	if (shm->calls != 0)
		upset_calls_end(upset_shm_at(shm, shm->calls), &thread->calls, &thread->work);
	return rc == 0 ? add_ended(shm, thread) : rc;
}
