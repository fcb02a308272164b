/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers from the operand rows that name them, and their live shares. */
#include <math.h>
#include <string.h>

#include "profile/derive.h"

enum { REGISTER_BITS = 256 };

/* Add the ones of a row to those of its register, at the row's place in it. */
static void add_ones(uint64_t ones[REGISTER_BITS], const struct upset_operand *operand,
	const struct upset_tally *tally)
{
	for (unsigned int bit = 0; bit < operand->bits; bit++) {
		unsigned int at = operand->bit_offset + bit;

		if (at < REGISTER_BITS)
			ones[at] += tally->ones[bit];
	}
}

static void add_row(struct upset_register_counts *sum, const struct upset_operand *operand,
	const struct upset_tally *tally)
{
	bool write = operand->access == UPSET_WRITE;

	if (write)
		sum->writes += tally->samples;
	else
		sum->reads += tally->samples;
	if (tally->ones != NULL)
		add_ones(write ? sum->write_ones : sum->read_ones, operand, tally);
}

void upset_profile_sum_registers(
	const struct upset_profile *profile, struct upset_register_counts sums[UPSET_RESOURCES_MAX])
{
	memset(sums, 0, UPSET_RESOURCES_MAX * sizeof(sums[0]));
	for (size_t i = 0; i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];

		for (unsigned int row = 0; row < insn->insn.operand_count; row++) {
			const struct upset_operand *operand = &insn->insn.operands[row];

			if (operand->resource != UPSET_MEMORY)
				add_row(&sums[operand->resource], operand, &insn->tallies[row]);
		}
	}
}

static double live_share(const struct upset_profile *profile, unsigned int resource)
{
	double live = 0, all = 0;

	if (profile->detail != UPSET_DETAIL_FULL || profile->instructions == 0)
		return NAN;
	for (unsigned int part = 0; part < UPSET_LIVE_PARTS; part++) {
		double bytes = upset_live_part_bytes(profile->isa, resource, part);

		live += bytes * (double)profile->live[resource][part];
		all += bytes * (double)profile->instructions;
	}
	return all > 0 ? live / all : NAN;
}

void upset_profile_derive_registers(struct upset_profile *profile)
{
	upset_profile_sum_registers(profile, profile->registers);
	for (unsigned int resource = 0; resource < profile->isa->resource_count; resource++)
		profile->registers[resource].live_share = live_share(profile, resource);
}
