/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draining the records of a block: see block.h. */
#include "engine/qemu/block.h"

#include <errno.h>
#include <string.h>

#include "profile/profile.h"

enum { R = UPSET_BUCKET_RECORDS };

/* A bucket being drained: columns of stored lanes, and room for derived ones. */
struct drain {
	const struct upset_shm_block *block;
	const struct upset_shm_lane *lanes;
	const uint64_t *bucket;
	uint64_t (*derived)[R];
	unsigned int n;
};

static const uint64_t *column(const struct drain *d, unsigned int lane)
{
	const struct upset_shm_lane *l = &d->lanes[lane];

	return l->derived ? d->derived[l->column] : d->bucket + (size_t)l->column * R;
}

static struct upset_column input(const struct drain *d, const struct upset_shm_value *v)
{
	if (v->lane == UPSET_SHM_CONSTANT)
		return (struct upset_column){.constant = v->constant};
	return (struct upset_column){.values = column(d, v->lane), .bytes = 8};
}

static void derive_lanes(const struct drain *d)
{
	for (unsigned int i = 0; i < d->block->lane_count; i++) {
		const struct upset_shm_lane *l = &d->lanes[i];

		if (l->derived) {
			const struct upset_derivation derivation = {
				.kind = (enum upset_derive_kind)l->kind,
				.bits = l->bits,
				.amount = l->amount,
				.a = input(d, &l->a),
				.b = input(d, &l->b),
				.displacement = l->displacement,
			};

			upset_derive(d->derived[l->column], 8, &derivation, d->n);
		}
	}
}

static void count_flags(const struct drain *d, struct upset_shm *shm)
{
	const struct upset_shm_flags *flags = upset_shm_at(shm, d->block->flags);
	uint64_t(*counts)[UPSET_FLAG_COUNT] = upset_shm_at(shm, d->block->flag_counts);

	for (unsigned int i = 0; i < d->block->flags_count; i++) {
		const struct upset_flags f = {
			.kind = (enum upset_flags_kind)flags[i].kind,
			.bits = flags[i].bits,
			.shift = flags[i].shift,
			.a = input(d, &flags[i].a),
			.b = input(d, &flags[i].b),
			.r = input(d, &flags[i].r),
		};

		upset_flags_count(counts[i], &f, d->n);
	}
}

int upset_block_prepare(struct upset_shm *shm, struct upset_shm_block *block)
{
	if (block->lane_count > 0 && block->states == 0) {
		block->states =
			upset_shm_alloc(shm, block->lane_count * upset_bitcount_state_bytes(8));
		if (block->states == 0)
			return -ENOMEM;
	}
	if (block->flags_count > 0 && block->flag_counts == 0) {
		block->flag_counts =
			upset_shm_alloc(shm, (uint64_t)block->flags_count * UPSET_FLAG_COUNT * 8);
		if (block->flag_counts == 0)
			return -ENOMEM;
	}
	if (shm->detail == UPSET_DETAIL_FULL && block->ranges == 0) {
		uint64_t(*ranges)[2];

		block->ranges = upset_shm_alloc(shm, ((uint64_t)block->row_count + 1) * 16);
		if (block->ranges == 0)
			return -ENOMEM;
		ranges = upset_shm_at(shm, block->ranges);
		for (unsigned int i = 0; i < block->row_count; i++)
			ranges[i][0] = UINT64_MAX;
	}
	return 0;
}

static void count_lanes(const struct drain *d, struct upset_shm *shm)
{
	const size_t state_bytes = upset_bitcount_state_bytes(8);
	char *states = upset_shm_at(shm, d->block->states);

	for (unsigned int i = 0; i < d->block->lane_count; i++) {
		if (d->lanes[i].counted)
			upset_bitcount_drain(states + i * state_bytes, column(d, i), d->n, 8);
	}
}

/* --- pages ---------------------------------------------------------------------- */

static int grow_pages(struct upset_shm *shm)
{
	uint64_t capacity = shm->page_capacity == 0 ? 4096 : shm->page_capacity * 2;
	upset_ref ref = upset_shm_alloc(shm, capacity * sizeof(struct upset_shm_page));
	struct upset_shm_page *to = upset_shm_find(shm, ref);
	const struct upset_shm_page *from = upset_shm_at(shm, shm->pages);

	if (to == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < shm->page_capacity; i++) {
		uint64_t at = (from[i].address >> 12) * 0x9e3779b97f4a7c15ULL >> 20;

		if (from[i].address == 0)
			continue;
		while (to[at & (capacity - 1)].address != 0)
			at++;
		to[at & (capacity - 1)] = from[i];
	}
	shm->pages = ref;
	shm->page_capacity = capacity;
	return 0;
}

static struct upset_shm_page *find_page(struct upset_shm *shm, uint64_t address)
{
	uint64_t key = (address & ~4095ULL) | 1;
	uint64_t at = (key >> 12) * 0x9e3779b97f4a7c15ULL >> 20;
	struct upset_shm_page *pages;

	if (shm->page_count * 2 >= shm->page_capacity && grow_pages(shm) != 0)
		return NULL;
	pages = upset_shm_at(shm, shm->pages);
	while (pages[at & (shm->page_capacity - 1)].address != key) {
		struct upset_shm_page *page = &pages[at & (shm->page_capacity - 1)];

		if (page->address == 0) {
			page->address = key;
			shm->page_count++;
			return page;
		}
		at++;
	}
	return &pages[at & (shm->page_capacity - 1)];
}

int upset_shm_count_page(struct upset_shm *shm, uint64_t address, uint64_t reads, uint64_t writes,
	uint64_t bytes_read, uint64_t bytes_written)
{
	struct upset_shm_page *page;

	upset_shm_lock(&shm->lock);
	page = find_page(shm, address);
	if (page != NULL) {
		page->reads += reads;
		page->writes += writes;
		page->bytes_read += bytes_read;
		page->bytes_written += bytes_written;
	}
	upset_shm_unlock(&shm->lock);
	return page == NULL ? -ENOMEM : 0;
}

/* @n accesses of @row begin in the page of @address. */
static int count_page(
	struct upset_shm *shm, uint64_t address, uint64_t n, const struct upset_shm_row *row)
{
	return row->access == UPSET_READ
		       ? upset_shm_count_page(shm, address, n, 0, n * row->bytes, 0)
		       : upset_shm_count_page(shm, address, 0, n, 0, n * row->bytes);
}

static int count_pages(struct upset_shm *shm, const uint64_t *addresses, unsigned int n,
	const struct upset_shm_row *row)
{
	int rc = 0;

	for (unsigned int i = 0; i < n && rc == 0;) {
		uint64_t page = addresses[i] & ~4095ULL;
		unsigned int same = 1;

		while (i + same < n && (addresses[i + same] & ~4095ULL) == page)
			same++;
		rc = count_page(shm, page, same, row);
		i += same;
	}
	return rc;
}

/* --- addresses of memory rows ------------------------------------------------------ */

static void widen(uint64_t range[2], uint64_t low, uint64_t high)
{
	if (low < range[0])
		range[0] = low;
	if (high > range[1])
		range[1] = high;
}

static int count_row_addresses(const struct drain *d, struct upset_shm *shm,
	const struct upset_shm_row *row, uint64_t range[2])
{
	uint64_t low = row->address_constant, high = low;
	const uint64_t *addresses = &row->address_constant;

	if (row->address != UPSET_SHM_CONSTANT) {
		addresses = column(d, row->address);
		low = UINT64_MAX;
		high = 0;
		upset_addresses_range(addresses, d->n, &low, &high);
	}
	widen(range, low, high + row->bytes - 1);
	if (low >> 12 == high >> 12)
		return count_page(shm, low, d->n, row);
	return count_pages(shm, addresses, d->n, row);
}

/* @rows_below: only rows before this one. */
static int count_addresses(const struct drain *d, struct upset_shm *shm, unsigned int rows_below)
{
	const struct upset_shm_row *rows = upset_shm_at(shm, d->block->rows);
	const uint32_t *list = upset_shm_at(shm, d->block->addresses);
	uint64_t(*ranges)[2] = upset_shm_at(shm, d->block->ranges);
	int rc = 0;

	for (unsigned int i = 0; i < d->block->address_count && rc == 0; i++) {
		if (list[i] < rows_below)
			rc = count_row_addresses(d, shm, &rows[list[i]], ranges[list[i]]);
	}
	return rc;
}

static _Thread_local uint64_t derived_columns[UPSET_SHM_DERIVED][R] __attribute__((aligned(64)));

int upset_block_drain(
	struct upset_shm *shm, struct upset_shm_block *block, struct upset_shm_slot *slot)
{
	const struct drain d = {block, upset_shm_at(shm, block->lanes),
		upset_shm_at(shm, slot->bucket), derived_columns, upset_shm_slot_records(slot)};
	int rc;

	if (d.n == 0)
		return 0;
	upset_shm_lock(&block->lock);
	rc = upset_block_prepare(shm, block);
	if (rc == 0) {
		derive_lanes(&d);
		count_lanes(&d, shm);
		if (shm->detail == UPSET_DETAIL_FULL) {
			count_flags(&d, shm);
			rc = count_addresses(&d, shm, UINT32_MAX);
		}
		/* A program that is killed before this has its bucket drained by nobody else. */
		slot->cursor = slot->limit - (uint64_t)R * 8;
		block->executions += d.n;
	}
	upset_shm_unlock(&block->lock);
	return rc;
}

/* --- executions that ended in the middle --------------------------------------------- */

static int prepare_partials(struct upset_shm *shm, struct upset_shm_block *block)
{
	const struct upset_shm_row *rows = upset_shm_at(shm, block->rows);
	uint64_t bits = 1;

	if (block->partials != 0)
		return 0;
	for (unsigned int i = 0; i < block->row_count; i++)
		bits += rows[i].bits;
	block->partial_ones = upset_shm_alloc(shm, bits * 8);
	block->partials =
		upset_shm_alloc(shm, block->insn_count * sizeof(struct upset_shm_partial));
	return block->partials == 0 || block->partial_ones == 0 ? -ENOMEM : 0;
}

static void add_value(const struct drain *d, const struct upset_shm_row *row, uint64_t *ones)
{
	const struct upset_shm_value *v = &row->value;

	for (unsigned int bit = 0; bit < row->bits; bit++) {
		unsigned int at = bit + v->shift;
		uint64_t word = v->lane == UPSET_SHM_CONSTANT ? (at < 64 ? v->constant : 0)
							      : column(d, v->lane + at / 64)[0];

		ones[bit] += word >> (at % 64) & 1;
	}
}

static void add_flag(const struct drain *d, struct upset_shm *shm, const struct upset_shm_row *row,
	uint64_t *ones)
{
	const struct upset_shm_flags *f = upset_shm_at(shm, d->block->flags);
	uint64_t counts[UPSET_FLAG_COUNT] = {0};
	struct upset_flags flags;

	f += row->value.lane;
	flags = (struct upset_flags){.kind = (enum upset_flags_kind)f->kind,
		.bits = f->bits,
		.shift = f->shift,
		.a = input(d, &f->a),
		.b = input(d, &f->b),
		.r = input(d, &f->r)};
	upset_flags_count(counts, &flags, 1);
	ones[0] +=
		row->value.constant != 0 ? 1 - counts[row->value.shift] : counts[row->value.shift];
}

static void add_partial_rows(const struct drain *d, struct upset_shm *shm, unsigned int end)
{
	const struct upset_shm_row *rows = upset_shm_at(shm, d->block->rows);
	uint64_t *ones = upset_shm_at(shm, d->block->partial_ones);

	for (unsigned int i = 0; i < end; i++) {
		if (rows[i].kind == UPSET_ROW_VALUE)
			add_value(d, &rows[i], ones);
		else if (rows[i].kind == UPSET_ROW_FLAG)
			add_flag(d, shm, &rows[i], ones);
		ones += rows[i].bits;
	}
}

static void add_partial_insns(
	struct upset_shm *shm, struct upset_shm_block *block, unsigned int done, uint64_t time)
{
	struct upset_shm_partial *partials = upset_shm_at(shm, block->partials);

	for (unsigned int i = 0; i < done; i++) {
		struct upset_shm_partial *p = &partials[i];

		if (p->count == 0 || time + i < p->first)
			p->first = time + i;
		if (p->count == 0 || time + i > p->last)
			p->last = time + i;
		p->count++;
	}
}

int upset_block_partial(struct upset_shm *shm, struct upset_shm_block *block, const void *bucket,
	unsigned int record, unsigned int done, uint64_t time)
{
	const struct upset_shm_insn *insns = upset_shm_at(shm, block->insns);
	const struct drain d = {block, upset_shm_at(shm, block->lanes),
		(const uint64_t *)bucket + record, derived_columns, 1};
	unsigned int end = done == 0 ? 0 : insns[done - 1].first_row + insns[done - 1].row_count;
	int rc;

	upset_shm_lock(&block->lock);
	rc = upset_block_prepare(shm, block);
	if (rc == 0)
		rc = prepare_partials(shm, block);
	if (rc == 0)
		add_partial_insns(shm, block, done, time);
	if (rc == 0 && bucket != NULL) {
		derive_lanes(&d);
		add_partial_rows(&d, shm, end);
		if (shm->detail == UPSET_DETAIL_FULL)
			rc = count_addresses(&d, shm, end);
	}
	upset_shm_unlock(&block->lock);
	return rc;
}

void upset_block_undo_work(const struct upset_shm *shm, const struct upset_shm_block *block,
	struct upset_shm_thread *thread, unsigned int done)
{
	const struct upset_shm_insn *insns = upset_shm_at(shm, block->insns);
	struct upset_work undone = {0};
	struct upset_insn insn;

	if (shm->calls == 0)
		return;
	for (unsigned int i = done; i < block->insn_count; i++) {
		if (upset_isa_decode(upset_shm_isa(shm), &insn, insns[i].mode, insns[i].address,
			    insns[i].bytes, insns[i].size) == 0)
			upset_work_add_insn(&undone, &insn);
	}
	upset_work_subtract(&thread->work, &undone);
}

/* --- rows sampled by callbacks ----------------------------------------------------------- */

static struct upset_shm_tally *tally(
	struct upset_shm *shm, struct upset_shm_block *block, unsigned int row)
{
	const struct upset_shm_row *rows = upset_shm_at(shm, block->rows);
	struct upset_shm_tally *tallies;

	if (block->tallies == 0) {
		block->tallies =
			upset_shm_alloc(shm, block->slow_count * sizeof(struct upset_shm_tally));
		if (block->tallies == 0)
			return NULL;
		tallies = upset_shm_at(shm, block->tallies);
		for (unsigned int i = 0; i < block->slow_count; i++)
			tallies[i].address_min = UINT64_MAX;
	}
	tallies = upset_shm_at(shm, block->tallies);
	return &tallies[rows[row].value.lane];
}

static int add_sample(struct upset_shm *shm, struct upset_shm_tally *t, unsigned int bits,
	const unsigned char *value)
{
	uint64_t *ones;

	t->samples++;
	if (value == NULL || bits == 0)
		return 0;
	if (t->ones == 0)
		t->ones = upset_shm_alloc(shm, bits * 8ULL);
	ones = upset_shm_find(shm, t->ones);
	if (ones == NULL)
		return -ENOMEM;
	for (unsigned int bit = 0; bit < bits; bit++)
		ones[bit] += (unsigned int)value[bit / 8] >> bit % 8 & 1;
	return 0;
}

int upset_block_sample(
	struct upset_shm *shm, struct upset_shm_block *block, unsigned int row, const void *value)
{
	const struct upset_shm_row *rows = upset_shm_at(shm, block->rows);
	struct upset_shm_tally *t;
	int rc;

	upset_shm_lock(&block->lock);
	t = tally(shm, block, row);
	rc = t == NULL ? -ENOMEM : add_sample(shm, t, rows[row].bits, value);
	upset_shm_unlock(&block->lock);
	return rc;
}

int upset_block_range(struct upset_shm *shm, struct upset_shm_block *block, unsigned int row,
	uint64_t low, uint64_t high)
{
	struct upset_shm_tally *t;

	upset_shm_lock(&block->lock);
	t = tally(shm, block, row);
	if (t != NULL && low < t->address_min)
		t->address_min = low;
	if (t != NULL && high > t->address_max)
		t->address_max = high;
	upset_shm_unlock(&block->lock);
	return t == NULL ? -ENOMEM : 0;
}

void upset_block_repeats(struct upset_shm_block *block, uint64_t n)
{
	upset_shm_lock(&block->lock);
	block->rep_repeats += n;
	upset_shm_unlock(&block->lock);
}
