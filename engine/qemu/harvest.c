/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the counts of a run out of the shared memory: see harvest.h. */
#include "engine/qemu/harvest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/process.h"
#include "engine/qemu/block.h"

struct harvest {
	struct upset_shm *shm;
	struct upset_profile *profile;
	struct upset_error *error;
	uint64_t (*lanes)[64]; /* ones of the current block's lanes */
	unsigned int lane_room;
};

/* --- threads and what is counted for the whole run ------------------------------------- */

/* Whoever held a lock is dead. */
static void break_locks(struct upset_shm *shm)
{
	unsigned int blocks = atomic_load(&shm->block_count);

	atomic_store(&shm->lock, 0);
	for (unsigned int i = 0; i < blocks; i++) {
		struct upset_shm_block *b = upset_shm_at(shm, shm->blocks[i]);

		if (b != NULL)
			b->torn = atomic_exchange(&b->lock, 0);
	}
}

static int end_threads(struct upset_shm *shm)
{
	unsigned int n = atomic_load(&shm->thread_slots);
	int rc = 0;

	for (unsigned int i = 0; i < n && rc == 0; i++) {
		struct upset_shm_thread *t = upset_shm_at(shm, shm->threads[i]);

		if (atomic_load(&t->running) == UPSET_SHM_RUNNING)
			rc = upset_shm_end_thread(shm, t);
	}
	return rc;
}

static int take_threads(const struct harvest *h)
{
	const struct upset_shm_ended *t = upset_shm_find(h->shm, h->shm->ended);
	int rc = 0;

	for (; t != NULL && rc == 0; t = upset_shm_find(h->shm, t->next))
		rc = upset_profile_add_thread(h->profile, t->number, t->instructions);
	return rc;
}

static int take_numbers(const struct harvest *h)
{
	int rc = 0;

	for (int i = 0; i < UPSET_SHM_SYSCALLS && rc == 0; i++) {
		if (h->shm->syscalls[i] > 0)
			rc = upset_profile_add_syscall(h->profile, i, h->shm->syscalls[i]);
	}
	for (int i = 0; i < UPSET_SHM_ODD_SYSCALLS && rc == 0; i++) {
		if (h->shm->odd_syscalls[i].count > 0)
			rc = upset_profile_add_syscall(h->profile, h->shm->odd_syscalls[i].number,
				h->shm->odd_syscalls[i].count);
	}
	for (int i = 0; i < UPSET_SHM_SIGNALS && rc == 0; i++) {
		if (h->shm->signals[i] > 0)
			rc = upset_profile_add_signal(h->profile, i, h->shm->signals[i]);
	}
	return rc;
}

static int take_pages(const struct harvest *h)
{
	const struct upset_shm_page *pages = upset_shm_at(h->shm, h->shm->pages);
	int rc = 0;

	for (uint64_t i = 0; i < h->shm->page_capacity && rc == 0; i++) {
		if (pages[i].address != 0)
			rc = upset_profile_add_page(h->profile, pages[i].address & ~4095ULL,
				pages[i].reads, pages[i].writes, pages[i].bytes_read,
				pages[i].bytes_written);
	}
	return rc;
}

static int take_files(const struct harvest *h)
{
	const struct upset_shm_text *t = upset_shm_find(h->shm, h->shm->files);
	int rc = 0;

	for (; t != NULL && rc == 0; t = upset_shm_find(h->shm, t->next))
		rc = upset_profile_add_file(h->profile, t->text);
	return rc;
}

static void take_live_of(struct upset_profile *profile, unsigned int resource,
	const uint64_t sum[UPSET_CELLS_MAX], uint64_t instructions)
{
	const struct upset_resource *r = &profile->isa->resources[resource];

	for (unsigned int part = 0; part < UPSET_LIVE_PARTS && r->part_ends[part] != 0; part++) {
		const uint64_t cell = sum[r->cell + part];

		if (upset_shm_cell_counts(profile->isa, resource, UPSET_READ))
			profile->live[resource][part] += cell;
		else if (cell < instructions)
			profile->live[resource][part] += instructions - cell;
	}
}

static void take_live(const struct harvest *h)
{
	uint64_t sum[UPSET_CELLS_MAX], instructions = 0;
	unsigned int blocks = atomic_load(&h->shm->block_count);

	memcpy(sum, h->shm->ended_sum, sizeof(sum));
	for (unsigned int i = 0; i < blocks; i++) {
		const struct upset_shm_block *b = upset_shm_at(h->shm, h->shm->blocks[i]);
		const struct upset_shm_live *live = upset_shm_at(h->shm, b->live);

		for (unsigned int k = 0; k < b->live_count; k++)
			sum[live[k].cell] += live[k].points * b->executions;
	}
	for (size_t i = 0; i < h->profile->thread_count; i++)
		instructions += h->profile->threads[i].instructions;
	for (unsigned int r = 0; r < h->profile->isa->resource_count; r++)
		take_live_of(h->profile, r, sum, instructions);
}

/* --- blocks ---------------------------------------------------------------------------------- */

static int find_lanes(struct harvest *h, const struct upset_shm_block *b)
{
	const struct upset_shm_lane *lanes = upset_shm_at(h->shm, b->lanes);
	char *states = upset_shm_find(h->shm, b->states);

	if (b->lane_count > h->lane_room) {
		void *grown = reallocarray(h->lanes, b->lane_count, sizeof(*h->lanes));

		if (grown == NULL)
			return -ENOMEM;
		h->lanes = grown;
		h->lane_room = b->lane_count;
	}
	for (unsigned int i = 0; i < b->lane_count; i++) {
		memset(h->lanes[i], 0, sizeof(h->lanes[i]));
		if (states != NULL && lanes[i].counted)
			upset_bitcount_finish(
				states + i * upset_bitcount_state_bytes(8), 8, h->lanes[i]);
	}
	return 0;
}

static void value_ones(const struct harvest *h, const struct upset_shm_block *b,
	const struct upset_shm_row *row, uint64_t *ones)
{
	const struct upset_shm_value *v = &row->value;

	for (unsigned int bit = 0; bit < row->bits; bit++) {
		unsigned int at = bit + v->shift;

		if (v->lane == UPSET_SHM_CONSTANT)
			ones[bit] += at < 64 && v->constant >> at & 1 ? b->executions : 0;
		else
			ones[bit] += h->lanes[v->lane + at / 64][at % 64];
	}
}

static void row_ones(const struct harvest *h, const struct upset_shm_block *b,
	const struct upset_shm_row *row, uint64_t *ones)
{
	const uint64_t(*flags)[UPSET_FLAG_COUNT] = upset_shm_find(h->shm, b->flag_counts);

	if (row->kind == UPSET_ROW_VALUE)
		value_ones(h, b, row, ones);
	else if (row->kind == UPSET_ROW_FLAG && flags != NULL)
		ones[0] += row->value.constant != 0
				   ? b->executions - flags[row->value.lane][row->value.shift]
				   : flags[row->value.lane][row->value.shift];
}

struct row_context {
	const struct upset_shm_block *block;
	const struct upset_shm_row *row;
	const struct upset_shm_partial *partial; /* of the instruction, or NULL */
	const uint64_t *partial_ones;
	const uint64_t *range;
};

static void take_slow_row(const struct harvest *h, const struct row_context *c,
	struct upset_profile_insn *insn, unsigned int k)
{
	const struct upset_shm_tally *t = upset_shm_find(h->shm, c->block->tallies);

	if (t == NULL)
		return;
	t += c->row->value.lane;
	upset_profile_add_samples(h->profile, insn, k, t->samples, upset_shm_find(h->shm, t->ones));
	if (t->address_min <= t->address_max)
		upset_profile_add_range(insn, k, t->address_min, t->address_max);
}

static void take_row(const struct harvest *h, const struct row_context *c,
	struct upset_profile_insn *insn, unsigned int k)
{
	uint64_t ones[UPSET_COUNTED_BITS_MAX] = {0};
	uint64_t samples = c->block->executions;
	bool counted = c->row->kind != UPSET_ROW_UNCOUNTED && c->row->bits > 0;

	if (c->partial != NULL) {
		samples += c->partial->count;
		memcpy(ones, c->partial_ones, c->row->bits * sizeof(*ones));
	}
	if (samples == 0)
		return;
	row_ones(h, c->block, c->row, ones);
	upset_profile_add_samples(h->profile, insn, k, samples, counted ? ones : NULL);
	if (c->range != NULL && c->range[0] <= c->range[1])
		upset_profile_add_range(insn, k, c->range[0], c->range[1]);
}

static void add_index(
	struct upset_profile_insn *insn, uint64_t before, uint64_t first, uint64_t last)
{
	if (before == 0 || first < insn->first_index)
		insn->first_index = first;
	if (before == 0 || last > insn->last_index)
		insn->last_index = last;
}

static void take_executions(struct upset_profile_insn *insn, const struct upset_shm_block *b,
	unsigned int i, const struct upset_shm_partial *partial)
{
	if (b->executions > 0) {
		add_index(insn, insn->executions, b->first + i, b->last + i);
		insn->executions += b->executions;
	}
	if (partial != NULL && partial->count > 0) {
		add_index(insn, insn->executions, partial->first, partial->last);
		insn->executions += partial->count;
	}
	if (i + 1U == b->insn_count) {
		insn->taken += b->taken;
		insn->repeats += b->rep_repeats;
	}
}

static int take_insn(const struct harvest *h, const struct upset_shm_block *b, unsigned int i,
	uint32_t mapping, const uint64_t **partial_ones)
{
	const struct upset_shm_insn *from = upset_shm_at(h->shm, b->insns);
	const struct upset_shm_partial *partials = upset_shm_find(h->shm, b->partials);
	const struct upset_shm_row *rows = upset_shm_at(h->shm, b->rows);
	const uint64_t(*ranges)[2] = upset_shm_find(h->shm, b->ranges);
	struct upset_profile_insn *insn;
	struct upset_insn decoded;

	from += i;
	if (upset_isa_decode(h->profile->isa, &decoded, from->mode, from->address, from->bytes,
		    from->size) != 0 ||
		decoded.operand_count != from->row_count)
		return upset_error_set(
			h->error, EPROTO, "a block of the run holds bytes that are no instruction");
	insn = upset_profile_get_insn(h->profile, &decoded, mapping);
	if (insn == NULL)
		return -ENOMEM;
	take_executions(insn, b, i, partials == NULL ? NULL : &partials[i]);
	for (unsigned int k = 0; k < from->row_count; k++) {
		const unsigned int r = from->first_row + k;
		const struct row_context c = {
			.block = b,
			.row = &rows[r],
			.partial = partials == NULL ? NULL : &partials[i],
			.partial_ones = *partial_ones,
			.range = ranges == NULL ? NULL : ranges[r],
		};

		if (rows[r].kind == UPSET_ROW_SLOW)
			take_slow_row(h, &c, insn, k);
		else
			take_row(h, &c, insn, k);
		if (*partial_ones != NULL)
			*partial_ones += rows[r].bits;
	}
	return 0;
}

/* The mapping that holds @address: the latest of a file's code, else the latest at all. */
static uint32_t find_mapping(struct upset_profile *profile, uint64_t address)
{
	struct upset_mapping page = {
		.start = address & ~4095ULL,
		.end = (address & ~4095ULL) + 4096,
		.region = UPSET_REGION_MAPPING,
		.readable = true,
		.executable = true,
		.path = (char[]){"[anon]"},
	};
	uint32_t found = UINT32_MAX;

	for (size_t i = 0; i < profile->mapping_count; i++) {
		const struct upset_mapping *m = &profile->mappings[i];

		if (address >= m->start && address < m->end &&
			(found == UINT32_MAX || m->executable))
			found = (uint32_t)i;
	}
	return found != UINT32_MAX ? found : upset_profile_add_mapping(profile, &page);
}

static int take_block(struct harvest *h, const struct upset_shm_block *b)
{
	const uint64_t *partial_ones = upset_shm_find(h->shm, b->partial_ones);
	uint32_t mapping;
	int rc;

	if (b->executions == 0 && b->partials == 0 && b->tallies == 0)
		return 0;
	mapping = find_mapping(h->profile, b->address);
	rc = mapping == UINT32_MAX ? -ENOMEM : find_lanes(h, b);
	for (unsigned int i = 0; i < b->insn_count && rc == 0; i++)
		rc = take_insn(h, b, i, mapping, &partial_ones);
	return rc;
}

/* --- snapshots of the memory map, each with the blocks that it explains ----------------------- */

static int read_snapshot(const struct harvest *h, const struct upset_shm_text *text)
{
	int fd = memfd_create("upset-maps", MFD_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text->text, text->size) != (ssize_t)text->size || lseek(fd, 0, SEEK_SET) != 0)
		rc = -EIO;
	if (rc == 0)
		rc = upset_process_read_maps(0, fd, NULL, h->profile);
	(void)close(fd);
	return rc;
}

static const struct upset_shm_text *find_snapshot(const struct harvest *h, uint32_t number)
{
	const struct upset_shm_text *t = upset_shm_find(h->shm, h->shm->maps);

	while (t != NULL && t->number != number)
		t = upset_shm_find(h->shm, t->next);
	return t;
}

static int take_blocks(struct harvest *h)
{
	unsigned int blocks = atomic_load(&h->shm->block_count), next = 0;
	int rc = 0;

	/* Blocks are published in order of time, so their snapshots ascend. */
	for (uint32_t s = 1; s <= h->shm->maps_count && rc == 0; s++) {
		const struct upset_shm_text *text = find_snapshot(h, s);

		if (text != NULL)
			rc = read_snapshot(h, text);
		while (next < blocks && rc == 0) {
			const struct upset_shm_block *b =
				upset_shm_at(h->shm, h->shm->blocks[next]);

			if (b->maps > s)
				break;
			rc = take_block(h, b);
			next++;
		}
	}
	return rc;
}

int upset_harvest(struct upset_shm *shm, struct upset_profile *profile, struct upset_error *error)
{
	struct harvest h = {.shm = shm, .profile = profile, .error = error};
	int rc;

	/* Killed by somebody else in the middle of counting: what, is not known. */
	if (upset_shm_is_counting(shm) && atomic_load(&shm->stop) != UPSET_SHM_RESTS)
		shm->lost++;
	break_locks(shm);
	rc = end_threads(shm);
	if (rc == 0)
		rc = take_blocks(&h);
	if (rc == 0)
		rc = take_threads(&h);
	if (rc == 0)
		rc = take_numbers(&h);
	if (rc == 0)
		rc = take_pages(&h);
	if (rc == 0)
		rc = take_files(&h);
	if (rc == 0 && shm->calls != 0)
		rc = upset_profile_take_calls(profile, upset_shm_at(shm, shm->calls));
	if (rc == 0 && shm->detail == UPSET_DETAIL_FULL)
		take_live(&h);
	profile->run.children_not_counted = shm->children;
	profile->run.lost = shm->lost;
	free(h.lanes);
	if (rc == -ENOMEM)
		return upset_error_set(error, ENOMEM, "out of memory while reading the counts");
	return rc;
}
