/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instruction list in its final order, each instruction once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "profile/derive.h"

/* What is compared most, side by side in memory. */
struct key {
	uint64_t address;
	uint32_t module, mapping;
	struct upset_profile_insn *insn;
};

static bool has_counts(const struct upset_profile_insn *insn)
{
	if (insn->executions > 0 || insn->repeats > 0)
		return true;
	for (unsigned int row = 0; row < insn->insn.operand_count; row++) {
		if (insn->tallies[row].samples > 0)
			return true;
	}
	return false;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Order of (module, address, size, bytes); 0 for the same instruction. */
static int compare_places(const struct key *a, const struct key *b)
{
	int order = compare_numbers(a->module, b->module);

	if (order == 0)
		order = compare_numbers(a->address, b->address);
	if (order == 0)
		order = compare_numbers(a->insn->insn.size, b->insn->insn.size);
	if (order == 0)
		order = memcmp(a->insn->insn.bytes, b->insn->insn.bytes, a->insn->insn.size);
	return order;
}

static int compare_keys(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int order = compare_places(a, b);

	if (order == 0)
		order = compare_numbers(a->mapping, b->mapping);
	if (order == 0)
		order = compare_numbers(a->insn->insn.address, b->insn->insn.address);
	return order;
}

static void merge_tally(struct upset_tally *into, const struct upset_tally *from, unsigned int bits)
{
	into->samples += from->samples;
	if (from->address_min < into->address_min)
		into->address_min = from->address_min;
	if (from->address_max > into->address_max)
		into->address_max = from->address_max;
	if (into->ones == NULL) {
		into->ones = from->ones;
		return;
	}
	for (unsigned int bit = 0; bit < bits && from->ones != NULL; bit++)
		into->ones[bit] += from->ones[bit];
}

static void merge_insn(struct upset_profile_insn *into, const struct upset_profile_insn *from)
{
	into->executions += from->executions;
	into->repeats += from->repeats;
	into->taken += from->taken;
	if (from->first_index < into->first_index)
		into->first_index = from->first_index;
	if (from->last_index > into->last_index)
		into->last_index = from->last_index;
	for (unsigned int row = 0; row < into->insn.operand_count; row++)
		merge_tally(
			&into->tallies[row], &from->tallies[row], into->insn.operands[row].bits);
}

/* The same values whatever the engine left in fields that have no meaning. */
static void clear_meaningless(enum upset_detail detail, struct upset_profile_insn *insn)
{
	if (detail != UPSET_DETAIL_FULL || insn->executions == 0) {
		insn->first_index = 0;
		insn->last_index = 0;
	}
	for (unsigned int row = 0; row < insn->insn.operand_count; row++) {
		struct upset_tally *tally = &insn->tallies[row];

		if (detail != UPSET_DETAIL_FULL ||
			insn->insn.operands[row].resource != UPSET_MEMORY || tally->samples == 0) {
			tally->address_min = UINT64_MAX;
			tally->address_max = 0;
		}
	}
}

static size_t make_keys(const struct upset_profile *profile, struct key *keys)
{
	size_t count = 0;

	for (size_t i = 0; i < profile->insn_count; i++) {
		struct upset_profile_insn *insn = profile->insns[i];

		if (has_counts(insn))
			keys[count++] = (struct key){
				.address = insn->address,
				.module = insn->module,
				.mapping = insn->mapping,
				.insn = insn,
			};
	}
	return count;
}

int upset_profile_order_insns(struct upset_profile *profile)
{
	struct key *keys = malloc((profile->insn_count + 1) * sizeof(*keys));
	size_t count, kept = 0;

	if (keys == NULL)
		return -ENOMEM;
	count = make_keys(profile, keys);
	qsort(keys, count, sizeof(*keys), compare_keys);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && compare_places(&keys[i - 1], &keys[i]) == 0)
			merge_insn(profile->insns[kept - 1], keys[i].insn);
		else
			profile->insns[kept++] = keys[i].insn;
	}
	free(keys);
	profile->insn_count = kept;
	for (size_t i = 0; i < kept; i++)
		clear_meaningless(profile->detail, profile->insns[i]);
	return 0;
}
