/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks from the counts alone, so that every engine has the same ones: an
 * instruction goes on with the block of the one before it when the two lie side
 * by side, were executed equally often, and no known transfer of control leaves
 * after the one or enters at the other.
 */
#include <errno.h>
#include <stdlib.h>

#include "profile/derive.h"

enum {
	LEAVING_CLASSES = UPSET_CLASS_BRANCH | UPSET_CLASS_CALL | UPSET_CLASS_RETURN |
			  UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP,
};

/* The first instruction of @module at or after @address; insn_count when there is none. */
static size_t find_insn(const struct upset_profile *profile, uint32_t module, uint64_t address)
{
	size_t low = 0, high = profile->insn_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct upset_profile_insn *insn = profile->insns[middle];

		if (insn->module < module || (insn->module == module && insn->address < address))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Set entered[i] for every instruction that is the target of an executed direct branch. */
static void mark_targets(const struct upset_profile *profile, bool *entered)
{
	for (size_t i = 0; i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];
		uint64_t target = insn->address + (insn->insn.branch_target - insn->insn.address);

		if (insn->insn.branch_target == 0 || insn->executions == 0)
			continue;
		for (size_t at = find_insn(profile, insn->module, target);
			at < profile->insn_count && profile->insns[at]->module == insn->module &&
			profile->insns[at]->address == target;
			at++)
			entered[at] = true;
	}
}

static bool continues(
	const struct upset_profile_insn *before, const struct upset_profile_insn *insn)
{
	return before->module == insn->module &&
	       before->address + before->insn.size == insn->address &&
	       before->executions == insn->executions &&
	       (before->insn.classes & LEAVING_CLASSES) == 0;
}

static size_t cut(
	const struct upset_profile *profile, const bool *entered, struct upset_block *blocks)
{
	size_t count = 0;

	for (size_t i = 0; i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];

		if (insn->executions == 0)
			continue;
		if (i == 0 || entered[i] || !continues(profile->insns[i - 1], insn))
			blocks[count++] = (struct upset_block){
				.first = (uint32_t)i,
				.executions = insn->executions,
			};
		blocks[count - 1].instruction_count++;
		blocks[count - 1].size += insn->insn.size;
	}
	return count;
}

int upset_profile_derive_blocks(struct upset_profile *profile)
{
	bool *entered = calloc(profile->insn_count + 1, sizeof(*entered));
	struct upset_block *blocks = calloc(profile->insn_count + 1, sizeof(*blocks));
	struct upset_block *fitting;

	if (entered == NULL || blocks == NULL) {
		free(entered);
		free(blocks);
		return -ENOMEM;
	}
	mark_targets(profile, entered);
	profile->block_count = cut(profile, entered, blocks);
	free(entered);
	fitting = reallocarray(blocks, profile->block_count + 1, sizeof(*blocks));
	profile->blocks = fitting != NULL ? fitting : blocks;
	for (size_t i = 0; i < profile->block_count; i++)
		profile->block_executions += profile->blocks[i].executions;
	return 0;
}
