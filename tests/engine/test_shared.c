/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shared memory of engine qemu, used by several threads at once as the
 * program's threads do: nothing is lost.  Run under the thread sanitizer too.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "engine/qemu/block.h"
#include "profile/profile.h"

enum { THREADS = 4, BUCKETS = 60, R = UPSET_BUCKET_RECORDS, BITS = 32, PAGE = 4096 };
enum { LANE_VALUE, LANE_ADDRESS, LANES };
enum { ROW_MEMORY, ROW_CONSTANT, ROW_FLAG, ROW_SLOW, ROWS };

static const size_t shm_bytes = 256U << 20;

struct fixture {
	struct upset_shm *shm;
	struct upset_shm_block *block;
};

struct worker {
	const struct fixture *f;
	unsigned int number;
	pthread_t thread;
	int error;
};

static void *make(struct upset_shm *shm, upset_ref *ref, size_t bytes)
{
	*ref = upset_shm_alloc(shm, bytes);
	assert_true(*ref != 0);
	return upset_shm_at(shm, *ref);
}

/*
 * A block of one instruction that stands for nothing: it reads 4 bytes of
 * memory, a constant, ZF of a logic instruction, and a row that callbacks sample.
 */
static void make_block(struct fixture *f)
{
	struct upset_shm *shm = f->shm;
	struct upset_shm_insn *insn;
	struct upset_shm_lane *lanes;
	struct upset_shm_flags *flags;
	struct upset_shm_row *rows;
	uint32_t *addresses;
	upset_ref ref;

	f->block = make(shm, &ref, sizeof(*f->block));
	shm->blocks[0] = ref;
	atomic_store(&shm->block_count, 1);
	insn = make(shm, &f->block->insns, sizeof(*insn));
	*insn = (struct upset_shm_insn){.row_count = ROWS, .size = 1};
	lanes = make(shm, &f->block->lanes, LANES * sizeof(*lanes));
	lanes[LANE_VALUE].counted = 1;
	lanes[LANE_ADDRESS].column = LANE_ADDRESS;
	flags = make(shm, &f->block->flags, sizeof(*flags));
	*flags = (struct upset_shm_flags){.kind = UPSET_FLAGS_LOGIC,
		.bits = BITS,
		.a = {.lane = UPSET_SHM_CONSTANT},
		.b = {.lane = UPSET_SHM_CONSTANT},
		.r = {.lane = UPSET_SHM_CONSTANT}};
	rows = make(shm, &f->block->rows, ROWS * sizeof(*rows));
	rows[ROW_MEMORY] = (struct upset_shm_row){
		.kind = UPSET_ROW_VALUE, .bits = BITS, .bytes = BITS / 8, .address = LANE_ADDRESS};
	rows[ROW_CONSTANT] = (struct upset_shm_row){.kind = UPSET_ROW_VALUE, .bits = BITS};
	rows[ROW_CONSTANT].value.lane = UPSET_SHM_CONSTANT;
	rows[ROW_FLAG] = (struct upset_shm_row){.kind = UPSET_ROW_FLAG, .bits = 1};
	rows[ROW_FLAG].value.shift = UPSET_FLAG_ZF;
	rows[ROW_SLOW] = (struct upset_shm_row){.kind = UPSET_ROW_SLOW, .bits = BITS};
	addresses = make(shm, &f->block->addresses, sizeof(*addresses));
	addresses[0] = ROW_MEMORY;
	f->block->insn_count = 1;
	f->block->lane_count = f->block->column_count = LANES;
	f->block->flags_count = f->block->slow_count = 1;
	f->block->row_count = ROWS;
	f->block->address_count = 1;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->shm = mmap(NULL, shm_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(f->shm != MAP_FAILED);
	f->shm->detail = UPSET_DETAIL_FULL;
	atomic_store(&f->shm->top, (sizeof(struct upset_shm) + 63) & ~63ULL);
	make_block(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	(void)munmap(f->shm, shm_bytes);
	free(f);
	return 0;
}

/* Thread t writes its number's value, at addresses that walk through its own and a common page. */
static void fill(const struct worker *w, uint64_t *bucket, unsigned int round)
{
	for (unsigned int i = 0; i < R; i++) {
		bucket[(size_t)LANE_VALUE * R + i] = 1ULL << w->number;
		bucket[(size_t)LANE_ADDRESS * R + i] =
			(i & 1 ? 0 : (uint64_t)(w->number + 1) * PAGE) + round * 8ULL;
	}
}

static void *work(void *context)
{
	struct worker *w = context;
	struct upset_shm *shm = w->f->shm;
	const uint32_t slow = 1U << w->number;
	struct upset_shm_slot slot = {
		.bucket = upset_shm_alloc(shm, upset_block_bucket_bytes(w->f->block))};

	for (unsigned int round = 0; round < BUCKETS && w->error == 0; round++) {
		uint64_t *bucket = upset_shm_at(shm, slot.bucket);

		fill(w, bucket, round);
		slot.limit = (uint64_t)(uintptr_t)bucket + (uint64_t)R * 8;
		slot.cursor = slot.limit;
		w->error |= upset_block_drain(shm, w->f->block, &slot);
		w->error |= upset_block_sample(shm, w->f->block, ROW_SLOW, &slow);
		w->error |= upset_block_range(shm, w->f->block, ROW_SLOW, w->number, w->number);
		w->error |= upset_block_partial(
			shm, w->f->block, bucket, 0, 1, round * (uint64_t)THREADS + w->number);
		upset_block_repeats(w->f->block, 2);
	}
	return NULL;
}

static const struct upset_shm_page *find_page(const struct upset_shm *shm, uint64_t address)
{
	const struct upset_shm_page *pages = upset_shm_at(shm, shm->pages);

	for (uint64_t i = 0; i < shm->page_capacity; i++) {
		if (pages[i].address == (address | 1))
			return &pages[i];
	}
	return NULL;
}

static void check_values(const struct fixture *f)
{
	const struct upset_shm_tally *tally = upset_shm_at(f->shm, f->block->tallies);
	const uint64_t *slow = upset_shm_at(f->shm, tally->ones);
	const uint64_t *partial = upset_shm_at(f->shm, f->block->partial_ones);
	uint64_t ones[64] = {0};

	upset_bitcount_finish(upset_shm_at(f->shm, f->block->states), 8, ones);
	assert_int_equal(tally->samples, THREADS * BUCKETS);
	assert_int_equal(tally->address_min, 0);
	assert_int_equal(tally->address_max, THREADS - 1);
	for (unsigned int bit = 0; bit < BITS; bit++) {
		assert_int_equal(ones[bit], bit < THREADS ? BUCKETS * R : 0);
		assert_int_equal(slow[bit], bit < THREADS ? BUCKETS : 0);
		assert_int_equal(partial[bit], bit < THREADS ? BUCKETS : 0);
	}
}

static void check_counts(const struct fixture *f)
{
	const struct upset_shm_partial *partial = upset_shm_at(f->shm, f->block->partials);
	const uint64_t(*flags)[UPSET_FLAG_COUNT] = upset_shm_at(f->shm, f->block->flag_counts);

	assert_int_equal(f->block->executions, THREADS * BUCKETS * R);
	assert_int_equal(f->block->rep_repeats, THREADS * BUCKETS * 2);
	assert_int_equal(partial->count, THREADS * BUCKETS);
	assert_int_equal(partial->first, 0);
	assert_int_equal(partial->last, THREADS * BUCKETS - 1);
	assert_int_equal(flags[0][UPSET_FLAG_ZF], THREADS * BUCKETS * R);
}

static void check_pages(const struct fixture *f)
{
	const struct upset_shm_page *page = find_page(f->shm, 0);

	/* Executions that ended in the middle have the first record's address. */
	assert_int_equal(f->shm->page_count, THREADS + 1);
	assert_non_null(page);
	assert_int_equal(page->reads, THREADS * BUCKETS * R / 2);
	for (unsigned int t = 0; t < THREADS; t++) {
		page = find_page(f->shm, (t + 1) * (uint64_t)PAGE);
		assert_non_null(page);
		assert_int_equal(page->reads, BUCKETS * (R / 2 + 1));
		assert_int_equal(page->bytes_read, BUCKETS * (R / 2 + 1) * (BITS / 8));
	}
}

static void threads_lose_nothing(void **state)
{
	const struct fixture *f = *state;
	struct worker workers[THREADS];

	for (unsigned int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.f = f, .number = i};
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (unsigned int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
		assert_int_equal(workers[i].error, 0);
	}
	check_values(f);
	check_counts(f);
	check_pages(f);
}

/* A thread of which the program's end left it open how far its end had come. */
static void what_has_ended_does_not_end_again(void **state)
{
	const struct fixture *f = *state;
	struct upset_shm_slot slot = {.taken = 5};
	struct upset_shm_thread *thread;
	upset_ref ref;

	assert_int_equal(upset_block_end_slot(f->shm, f->block, &slot), 0);
	assert_int_equal(upset_block_end_slot(f->shm, f->block, &slot), 0);
	assert_int_equal(f->block->taken, 5);

	f->shm->detail = UPSET_DETAIL_COUNTS;
	thread = make(f->shm, &ref, sizeof(*thread) + sizeof(slot));
	atomic_store(&thread->running, UPSET_SHM_RUNNING);
	thread->slots[0] = (struct upset_shm_slot){.cursor = 7, .taken = 3};
	f->block->insn_count = 2;
	assert_int_equal(upset_block_end_slot(f->shm, f->block, &thread->slots[0]), 0);
	thread->clock = 14;
	assert_int_equal(upset_shm_end_thread(f->shm, thread), 0);
	assert_int_equal(f->block->executions, 7);
	assert_int_equal(f->block->taken, 8);
	assert_int_equal(thread->clock, 14);
	assert_int_equal(atomic_load(&thread->running), UPSET_SHM_ENDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(threads_lose_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_has_ended_does_not_end_again, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
