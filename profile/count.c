/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting into a profile while the program runs: samples, pages, calls to the system. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "profile/index.h"
#include "profile/profile.h"

enum { PAGE_BYTES = 4096 };

/* --- operand rows ---------------------------------------------------------------- */

/* The ones of a row whose values are collected, made on the first call; NULL: no values. */
static uint64_t *row_ones(
	struct upset_profile *profile, struct upset_profile_insn *insn, unsigned int row)
{
	struct upset_tally *tally = &insn->tallies[row];
	const struct upset_operand *operand = &insn->insn.operands[row];

	if (tally->ones != NULL)
		return tally->ones;
	if (!upset_profile_has_values(profile, operand))
		return NULL;
	tally->ones = upset_arena_alloc(&profile->index->arena, operand->bits * sizeof(uint64_t));
	if (tally->ones == NULL)
		profile->index->out_of_memory = true;
	return tally->ones;
}

static void count_word(uint64_t *ones, uint64_t word)
{
	for (; word != 0; word &= word - 1)
		ones[__builtin_ctzll(word)]++;
}

static void count_bits(uint64_t *ones, const uint8_t *value, unsigned int bits)
{
	uint64_t word;

	for (; bits >= 64; bits -= 64, value += 8, ones += 64) {
		memcpy(&word, value, sizeof(word));
		count_word(ones, word);
	}
	if (bits == 0)
		return;
	word = 0;
	memcpy(&word, value, (bits + 7) / 8);
	count_word(ones, word & (UINT64_MAX >> (64 - bits)));
}

void upset_profile_add_sample(struct upset_profile *profile, struct upset_profile_insn *insn,
	unsigned int row, const void *value)
{
	uint64_t *ones = value != NULL ? row_ones(profile, insn, row) : NULL;

	insn->tallies[row].samples++;
	if (ones != NULL)
		count_bits(ones, value, insn->insn.operands[row].bits);
}

void upset_profile_add_samples(struct upset_profile *profile, struct upset_profile_insn *insn,
	unsigned int row, uint64_t n, const uint64_t *ones)
{
	uint64_t *sums = ones != NULL && n > 0 ? row_ones(profile, insn, row) : NULL;

	insn->tallies[row].samples += n;
	if (sums == NULL)
		return;
	for (unsigned int bit = 0; bit < insn->insn.operands[row].bits; bit++)
		sums[bit] += ones[bit];
}

void upset_profile_add_range(
	struct upset_profile_insn *insn, unsigned int row, uint64_t low, uint64_t high)
{
	struct upset_tally *tally = &insn->tallies[row];

	if (low < tally->address_min)
		tally->address_min = low;
	if (high > tally->address_max)
		tally->address_max = high;
}

/* --- pages ------------------------------------------------------------------------- */

static uint64_t hash_known_page(const void *context, uint32_t i)
{
	const struct upset_profile *profile = context;

	return upset_table_hash(0, profile->pages[i].address);
}

static uint32_t find_page(const struct upset_profile *profile, uint64_t address, uint64_t hash)
{
	const struct upset_profile_index *index = profile->index;
	size_t cursor = 0;
	uint32_t i = index->last_page;

	if (i < profile->page_count && profile->pages[i].address == address)
		return i;
	while ((i = upset_table_next(&index->pages, hash, &cursor)) != UPSET_TABLE_NONE) {
		if (profile->pages[i].address == address)
			return i;
	}
	return UPSET_TABLE_NONE;
}

static struct upset_page *get_page(struct upset_profile *profile, uint64_t address)
{
	struct upset_profile_index *index = profile->index;
	uint64_t hash = upset_table_hash(0, address);
	uint32_t i = find_page(profile, address, hash);

	if (i == UPSET_TABLE_NONE) {
		if (upset_profile_grow(&profile->pages, &index->page_room, profile->page_count,
			    sizeof(*profile->pages)) != 0 ||
			upset_table_reserve(&index->pages, hash_known_page, profile) != 0)
			return NULL;
		i = (uint32_t)profile->page_count++;
		profile->pages[i] = (struct upset_page){.address = address};
		upset_table_add(&index->pages, hash, i);
	}
	index->last_page = i;
	return &profile->pages[i];
}

int upset_profile_add_page(struct upset_profile *profile, uint64_t address, uint64_t reads,
	uint64_t writes, uint64_t bytes_read, uint64_t bytes_written)
{
	struct upset_page *page = get_page(profile, address - address % PAGE_BYTES);

	if (page == NULL) {
		profile->index->out_of_memory = true;
		return -ENOMEM;
	}
	page->reads += reads;
	page->writes += writes;
	page->bytes_read += bytes_read;
	page->bytes_written += bytes_written;
	return 0;
}

/* --- the run ------------------------------------------------------------------------- */

/* Programs use some dozens of numbers at most, so that a scan is the fastest search. */
static int add_number(struct upset_profile_index *index, struct upset_number_count **counts,
	size_t *used, size_t *room, struct upset_number_count added)
{
	for (size_t i = 0; i < *used; i++) {
		if ((*counts)[i].number == added.number) {
			(*counts)[i].count += added.count;
			return 0;
		}
	}
	if (upset_profile_grow(counts, room, *used, sizeof(added)) != 0) {
		index->out_of_memory = true;
		return -ENOMEM;
	}
	(*counts)[(*used)++] = added;
	return 0;
}

int upset_profile_add_syscall(struct upset_profile *profile, int64_t number, uint64_t count)
{
	struct upset_number_count added = {.number = number, .count = count};

	return add_number(profile->index, &profile->syscalls, &profile->syscall_count,
		&profile->index->syscall_room, added);
}

int upset_profile_add_signal(struct upset_profile *profile, int64_t number, uint64_t count)
{
	struct upset_number_count added = {.number = number, .count = count};

	return add_number(profile->index, &profile->signals, &profile->signal_count,
		&profile->index->signal_room, added);
}

int upset_profile_add_thread(struct upset_profile *profile, uint32_t number, uint64_t instructions)
{
	struct upset_profile_index *index = profile->index;

	if (upset_profile_grow(&profile->threads, &index->thread_room, profile->thread_count,
		    sizeof(*profile->threads)) != 0) {
		index->out_of_memory = true;
		return -ENOMEM;
	}
	profile->threads[profile->thread_count++] =
		(struct upset_thread){.number = number, .instructions = instructions};
	return 0;
}

int upset_profile_add_file(struct upset_profile *profile, const char *path)
{
	struct upset_profile_index *index = profile->index;
	struct upset_run *run = &profile->run;
	char *copy;

	for (size_t i = 0; i < run->file_count; i++) {
		if (strcmp(run->files[i].path, path) == 0)
			return 0;
	}
	copy = strdup(path);
	if (copy == NULL || upset_profile_grow(&run->files, &index->file_room, run->file_count,
				    sizeof(*run->files)) != 0) {
		free(copy);
		index->out_of_memory = true;
		return -ENOMEM;
	}
	run->files[run->file_count++] = (struct upset_written_file){.path = copy};
	return 0;
}

void upset_profile_add_live(
	struct upset_profile *profile, const struct upset_live *live, uint64_t instructions)
{
	for (unsigned int resource = 0; resource < profile->isa->resource_count; resource++) {
		for (unsigned int part = 0; part < UPSET_LIVE_PARTS; part++) {
			if (upset_live_part_bytes(profile->isa, resource, part) > 0)
				profile->live[resource][part] +=
					upset_live_points(live, resource, part, instructions);
		}
	}
}
