/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counting what a block recorded: full and partly filled buckets, executions
 * that ended in the middle, samples taken by callbacks.  Used by the plugin
 * while the program runs and by the driver for what is left when it has ended.
 */
#ifndef UPSET_ENGINE_QEMU_BLOCK_H
#define UPSET_ENGINE_QEMU_BLOCK_H

#include "engine/qemu/shm.h"

/*
 * Count the records in the bucket of @slot into @block and empty the bucket.
 * Takes the block's lock.  0, or -ENOMEM: nothing was counted.
 */
int upset_block_drain(
	struct upset_shm *shm, struct upset_shm_block *block, struct upset_shm_slot *slot);

/* Take back what @thread has counted of the work of all but the first @done instructions. */
void upset_block_undo_work(const struct upset_shm *shm, const struct upset_shm_block *block,
	struct upset_shm_thread *thread, unsigned int done);

/*
 * Count one execution that completed only the first @done instructions and
 * began at @time; its record is number @record of @bucket (NULL: no values).
 * Takes the block's lock.
 */
int upset_block_partial(struct upset_shm *shm, struct upset_shm_block *block, const void *bucket,
	unsigned int record, unsigned int done, uint64_t time);

/* One sample of slow row @row (of the block); @value: its bits, little-endian; NULL: none. -ENOMEM.
 */
int upset_block_sample(
	struct upset_shm *shm, struct upset_shm_block *block, unsigned int row, const void *value);
/* Widen the range of a slow memory row by [@low, @high].  -ENOMEM. */
int upset_block_range(struct upset_shm *shm, struct upset_shm_block *block, unsigned int row,
	uint64_t low, uint64_t high);

/* Count @n repeats of the REP instruction at the block's end. */
void upset_block_repeats(struct upset_shm_block *block, uint64_t n);

/* Count accesses to the page of @address; takes shm->lock. */
int upset_shm_count_page(struct upset_shm *shm, uint64_t address, uint64_t reads, uint64_t writes,
	uint64_t bytes_read, uint64_t bytes_written);

/* Bytes of a bucket of @block. */
static inline uint64_t upset_block_bucket_bytes(const struct upset_shm_block *block)
{
	return (uint64_t)(block->column_count == 0 ? 1 : block->column_count) *
	       UPSET_BUCKET_RECORDS * 8;
}

/* Instructions of a thread so far; without a clock (detail counts) they are those of the blocks. */
uint64_t upset_shm_instructions(const struct upset_shm *shm, const struct upset_shm_thread *thread);

/* Merge what is left in @slot (a thread's, of @block) into the block.  -ENOMEM. */
int upset_block_end_slot(
	struct upset_shm *shm, struct upset_shm_block *block, struct upset_shm_slot *slot);
/* A system call that does not return leaves its number as its result. */
int upset_shm_finish_syscall(struct upset_shm *shm, struct upset_shm_thread *thread);
/* Merge all of @thread: slots, pending system call, dead points, instructions. */
int upset_shm_end_thread(struct upset_shm *shm, struct upset_shm_thread *thread);

/* Make counters on the first use; caller holds the lock.  0 or -ENOMEM. */
int upset_block_prepare(struct upset_shm *shm, struct upset_shm_block *block);

#endif
