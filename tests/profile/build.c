/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building small profiles by hand: see build.h. */
#include "tests/profile/build.h"

#include <string.h>

struct upset_insn build_insn(uint64_t address, uint8_t size, uint8_t byte, unsigned int classes)
{
	struct upset_insn insn;

	memset(&insn, 0, sizeof(insn));
	insn.address = address;
	insn.size = size;
	insn.classes = (uint16_t)classes;
	memset(insn.bytes, 0x90, size);
	insn.bytes[0] = byte;
	return insn;
}

unsigned int build_row(struct upset_insn *insn, enum upset_access access, unsigned int resource,
	unsigned int bits, unsigned int bit_offset)
{
	insn->operands[insn->operand_count] = (struct upset_operand){
		.index = insn->operand_count,
		.access = access,
		.resource = (uint8_t)resource,
		.bits = (uint16_t)bits,
		.bit_offset = (uint16_t)bit_offset,
	};
	return insn->operand_count++;
}

uint32_t build_mapping(
	struct upset_profile *profile, uint64_t start, uint64_t end, const char *path)
{
	struct upset_mapping mapping = {
		.start = start,
		.end = end,
		.region = UPSET_REGION_CODE,
		.readable = true,
		.executable = true,
		.path = (char *)path,
	};

	return upset_profile_add_mapping(profile, &mapping);
}

struct upset_profile_insn *build_executed(struct upset_profile *profile,
	const struct upset_insn *insn, uint32_t mapping, uint64_t executions)
{
	struct upset_profile_insn *record = upset_profile_get_insn(profile, insn, mapping);

	assert_non_null(record);
	record->executions = executions;
	if (executions > 0) {
		record->first_index = 0;
		record->last_index = executions - 1;
	}
	return record;
}

void build_finish(struct upset_profile *profile)
{
	struct upset_error error = {0};
	uint64_t instructions = 0;

	for (size_t i = 0; i < profile->insn_count; i++)
		instructions += profile->insns[i]->executions;
	assert_int_equal(upset_profile_add_thread(profile, 0, instructions), 0);
	if (upset_profile_finish(profile, &error) != 0)
		fail_msg("%s", error.message);
}

unsigned int build_random(unsigned int limit)
{
	static uint64_t seed = 1;

	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned int)((seed * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % limit;
}
