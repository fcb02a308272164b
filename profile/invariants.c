/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold of every finished profile, see "Invariants" in
 * doc/statistics.md.  A profile that breaks one is an error of the engine.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "profile/derive.h"

/* What a message says of an instruction: its place and its text. */
struct described {
	char text[256];
};

static struct described describe(
	const struct upset_profile *profile, const struct upset_profile_insn *insn)
{
	const char *module = insn->module < profile->module_count
				     ? profile->modules[insn->module].path
				     : "unknown module";
	struct described described;
	char code[96];

	upset_isa_format(profile->isa, &insn->insn, code, sizeof(code));
	(void)snprintf(described.text, sizeof(described.text), "0x%" PRIx64 " in %.120s (%s)",
		insn->address, module, code);
	return described;
}

static const char *access_name(const struct upset_operand *operand)
{
	return operand->access == UPSET_WRITE ? "write" : "read";
}

/* --- one row ----------------------------------------------------------------------- */

static int check_samples(const struct upset_profile *profile, const struct upset_profile_insn *insn,
	unsigned int row, struct upset_error *error)
{
	const struct upset_operand *operand = &insn->insn.operands[row];
	uint64_t samples = insn->tallies[row].samples;

	if (profile->run.lost > 0 || operand->conditional || samples == insn->executions)
		return 0;
	return upset_error_set(error, EPROTO,
		"row %u (%s) of %s has %" PRIu64 " samples in %" PRIu64 " executions", row,
		access_name(operand), describe(profile, insn).text, samples, insn->executions);
}

static int check_ones(const struct upset_profile *profile, const struct upset_profile_insn *insn,
	unsigned int row, struct upset_error *error)
{
	const struct upset_operand *operand = &insn->insn.operands[row];
	const struct upset_tally *tally = &insn->tallies[row];

	for (unsigned int bit = 0; tally->ones != NULL && bit < operand->bits; bit++) {
		if (tally->ones[bit] > tally->samples)
			return upset_error_set(error, EPROTO,
				"bit %u of row %u (%s) of %s was 1 in %" PRIu64 " of %" PRIu64
				" samples",
				bit, row, access_name(operand), describe(profile, insn).text,
				tally->ones[bit], tally->samples);
	}
	return 0;
}

/* Memory of a known place and size; a gather's addresses lie in a vector. */
static bool has_range(const struct upset_insn *insn, const struct upset_operand *operand)
{
	return operand->resource == UPSET_MEMORY && operand->bits > 0 &&
	       operand->memory < UPSET_INSN_MAX_MEMORY && !insn->memory[operand->memory].scattered;
}

static int check_range(const struct upset_profile *profile, const struct upset_profile_insn *insn,
	unsigned int row, struct upset_error *error)
{
	const struct upset_operand *operand = &insn->insn.operands[row];
	const struct upset_tally *tally = &insn->tallies[row];

	if (profile->detail != UPSET_DETAIL_FULL || !has_range(&insn->insn, operand) ||
		tally->samples == 0 || tally->address_min <= tally->address_max)
		return 0;
	return upset_error_set(error, EPROTO,
		"row %u (%s) of %s has %" PRIu64
		" samples of memory but the address range 0x%" PRIx64 " to 0x%" PRIx64,
		row, access_name(operand), describe(profile, insn).text, tally->samples,
		tally->address_min, tally->address_max);
}

/* --- one instruction ----------------------------------------------------------------- */

static int check_indices(const struct upset_profile *profile, const struct upset_profile_insn *insn,
	uint64_t longest_thread, struct upset_error *error)
{
	if (profile->detail != UPSET_DETAIL_FULL || insn->executions == 0 ||
		(insn->first_index <= insn->last_index && insn->last_index < longest_thread))
		return 0;
	return upset_error_set(error, EPROTO,
		"%s has first index %" PRIu64 " and last index %" PRIu64
		", the longest thread %" PRIu64 " instructions",
		describe(profile, insn).text, insn->first_index, insn->last_index, longest_thread);
}

static int check_taken(const struct upset_profile *profile, const struct upset_profile_insn *insn,
	struct upset_error *error)
{
	if (insn->taken <= insn->executions)
		return 0;
	return upset_error_set(error, EPROTO,
		"%s was taken %" PRIu64 " times in %" PRIu64 " executions",
		describe(profile, insn).text, insn->taken, insn->executions);
}

static int check_insn(const struct upset_profile *profile, const struct upset_profile_insn *insn,
	uint64_t longest_thread, struct upset_error *error)
{
	int result = check_taken(profile, insn, error);

	if (result == 0)
		result = check_indices(profile, insn, longest_thread, error);
	for (unsigned int row = 0; row < insn->insn.operand_count && result == 0; row++) {
		result = check_samples(profile, insn, row, error);
		if (result == 0)
			result = check_ones(profile, insn, row, error);
		if (result == 0)
			result = check_range(profile, insn, row, error);
	}
	return result;
}

static int check_insns(const struct upset_profile *profile, struct upset_error *error)
{
	uint64_t longest_thread = 0;
	int result = 0;

	for (size_t i = 0; i < profile->thread_count; i++) {
		if (profile->threads[i].instructions > longest_thread)
			longest_thread = profile->threads[i].instructions;
	}
	for (size_t i = 0; i < profile->insn_count && result == 0; i++)
		result = check_insn(profile, profile->insns[i], longest_thread, error);
	return result;
}

/* --- the run --------------------------------------------------------------------------- */

/* Every executed instruction lies in exactly one block, which was executed as often. */
static int check_tiles(const struct upset_profile *profile, struct upset_error *error)
{
	size_t block = 0, left = 0; /* instructions left in the block before @block */

	for (size_t i = 0; i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];

		if (insn->executions == 0 && left == 0)
			continue;
		if (left == 0 && block < profile->block_count && profile->blocks[block].first == i)
			left = profile->blocks[block++].instruction_count;
		if (left == 0)
			return upset_error_set(
				error, EPROTO, "%s lies in no block", describe(profile, insn).text);
		if (profile->blocks[block - 1].executions != insn->executions)
			return upset_error_set(error, EPROTO,
				"%s was executed %" PRIu64 " times, its block %" PRIu64 " times",
				describe(profile, insn).text, insn->executions,
				profile->blocks[block - 1].executions);
		left--;
	}
	if (block != profile->block_count || left != 0)
		return upset_error_set(error, EPROTO, "a block ends after the last instruction");
	return 0;
}

static int check_total(const struct upset_profile *profile, struct upset_error *error)
{
	uint64_t threads = 0, blocks = 0;

	for (size_t i = 0; i < profile->thread_count; i++)
		threads += profile->threads[i].instructions;
	for (size_t i = 0; i < profile->block_count; i++)
		blocks += profile->blocks[i].executions * profile->blocks[i].instruction_count;
	if (profile->instructions != threads)
		return upset_error_set(error, EPROTO,
			"the run has %" PRIu64 " instructions, its threads have %" PRIu64,
			profile->instructions, threads);
	if (blocks != threads && profile->run.lost == 0)
		return upset_error_set(error, EPROTO,
			"the blocks hold %" PRIu64
			" executed instructions, the threads retired %" PRIu64,
			blocks, threads);
	return 0;
}

static const char *register_name(const struct upset_profile *profile, unsigned int resource)
{
	const struct upset_resource *description = upset_isa_resource(profile->isa, resource);

	return description != NULL ? description->name : "(none)";
}

static int check_register(const struct upset_profile *profile,
	const struct upset_register_counts *sums, unsigned int resource, struct upset_error *error)
{
	const struct upset_register_counts *counts = &profile->registers[resource];

	if (counts->reads != sums->reads || counts->writes != sums->writes)
		return upset_error_set(error, EPROTO,
			"register %s has %" PRIu64 " reads and %" PRIu64
			" writes, the rows naming it %" PRIu64 " and %" PRIu64,
			register_name(profile, resource), counts->reads, counts->writes,
			sums->reads, sums->writes);
	for (unsigned int bit = 0; bit < sizeof(sums->read_ones) / sizeof(sums->read_ones[0]);
		bit++) {
		if (counts->read_ones[bit] != sums->read_ones[bit] ||
			counts->write_ones[bit] != sums->write_ones[bit])
			return upset_error_set(error, EPROTO,
				"bit %u of register %s was 1 in %" PRIu64 " reads and %" PRIu64
				" writes, of the rows naming it in %" PRIu64 " and %" PRIu64,
				bit, register_name(profile, resource), counts->read_ones[bit],
				counts->write_ones[bit], sums->read_ones[bit],
				sums->write_ones[bit]);
	}
	return 0;
}

static int check_registers(const struct upset_profile *profile, struct upset_error *error)
{
	struct upset_register_counts *sums = calloc(UPSET_RESOURCES_MAX, sizeof(*sums));
	int result = 0;

	if (sums == NULL)
		return upset_error_set(error, ENOMEM, "not enough memory to check the registers");
	upset_profile_sum_registers(profile, sums);
	for (unsigned int i = 0; i < profile->isa->resource_count && result == 0; i++)
		result = check_register(profile, &sums[i], i, error);
	free(sums);
	return result;
}

static int check_live(const struct upset_profile *profile, struct upset_error *error)
{
	for (unsigned int resource = 0; resource < profile->isa->resource_count; resource++) {
		for (unsigned int part = 0; part < UPSET_LIVE_PARTS; part++) {
			if (profile->live[resource][part] > profile->instructions)
				return upset_error_set(error, EPROTO,
					"part %u of register %s was live at %" PRIu64 " of %" PRIu64
					" instructions",
					part, register_name(profile, resource),
					profile->live[resource][part], profile->instructions);
		}
	}
	return 0;
}

/* --- the tree of calls ---------------------------------------------------------------- */

/* A program that was killed may not have come from a call to its target, in each thread. */
static uint64_t calls_unfinished(const struct upset_profile *profile)
{
	return profile->run.seen.end == UPSET_END_EXITED ? 0 : profile->thread_count;
}

/* Instructions and samples of all rows, as the run has them. */
static struct upset_work sum_work(const struct upset_profile *profile)
{
	struct upset_work sums = {.of = {[UPSET_WORK_INSTRUCTIONS] = profile->instructions}};

	for (size_t i = 0; i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];

		for (unsigned int row = 0; row < insn->insn.operand_count; row++)
			sums.of[upset_work_kind_of(&insn->insn.operands[row])] +=
				insn->tallies[row].samples;
	}
	return sums;
}

static int check_call_sums(const struct upset_profile *profile, struct upset_error *error)
{
	static const char *const names[UPSET_WORK_KINDS] = {
		[UPSET_WORK_INSTRUCTIONS] = "instructions",
		[UPSET_WORK_REGISTER_READS] = "reads of registers",
		[UPSET_WORK_REGISTER_WRITES] = "writes of registers",
		[UPSET_WORK_LOADS] = "loads",
		[UPSET_WORK_STORES] = "stores",
	};
	/* Of a program that was killed, accesses that a thread was about to make may be missing. */
	unsigned int kinds = profile->run.seen.end == UPSET_END_EXITED
				     ? UPSET_WORK_KINDS
				     : UPSET_WORK_INSTRUCTIONS + 1;
	const struct upset_work wanted = sum_work(profile);
	uint64_t calls = profile->calls_lost;
	struct upset_work work = {0};

	for (size_t i = 0; i < profile->call_path_count; i++) {
		if (profile->call_paths[i].site.address != 0)
			calls += profile->call_paths[i].calls;
		upset_work_add(&work, &profile->call_paths[i].own);
	}
	for (unsigned int k = 0; k < kinds; k++) {
		if (work.of[k] != wanted.of[k])
			return upset_error_set(error, EPROTO,
				"the tree of calls holds %" PRIu64 " %s, the run %" PRIu64,
				work.of[k], names[k], wanted.of[k]);
	}
	if (calls > profile->calls || profile->calls - calls > calls_unfinished(profile))
		return upset_error_set(error, EPROTO,
			"the tree of calls holds %" PRIu64 " calls, the run %" PRIu64, calls,
			profile->calls);
	return 0;
}

static int check_calls(const struct upset_profile *profile, struct upset_error *error)
{
	const struct upset_call_path *paths = profile->call_paths;

	if (profile->call_path_count == 0 || profile->run.lost > 0)
		return 0;
	for (size_t i = 0; i < profile->call_path_count; i++) {
		if (i == 0 ? paths[i].parent != UPSET_NONE : paths[i].parent >= i)
			return upset_error_set(error, EPROTO,
				"node %zu of the tree of calls stands before its parent", i);
		if (paths[i].inclusive.of[UPSET_WORK_INSTRUCTIONS] <
			paths[i].own.of[UPSET_WORK_INSTRUCTIONS])
			return upset_error_set(error, EPROTO,
				"node %zu of the tree of calls holds less than its own "
				"instructions",
				i);
	}
	return check_call_sums(profile, error);
}

int upset_profile_check(const struct upset_profile *profile, struct upset_error *error)
{
	int result = check_insns(profile, error);

	if (result == 0)
		result = check_tiles(profile, error);
	if (result == 0)
		result = check_total(profile, error);
	if (result == 0)
		result = check_registers(profile, error);
	if (result == 0)
		result = check_live(profile, error);
	if (result == 0)
		result = check_calls(profile, error);
	return result;
}
