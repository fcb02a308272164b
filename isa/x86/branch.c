/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a conditional branch is taken, from the state before it.
 */
#include "isa/x86/internal.h"

/* Condition codes as encoded in the opcode; the lowest bit negates. */
static const struct {
	ZydisMnemonic mnemonic;
	uint8_t condition;
} conditions[] = {
	{ZYDIS_MNEMONIC_JO, 0},
	{ZYDIS_MNEMONIC_JNO, 1},
	{ZYDIS_MNEMONIC_JB, 2},
	{ZYDIS_MNEMONIC_JNB, 3},
	{ZYDIS_MNEMONIC_JZ, 4},
	{ZYDIS_MNEMONIC_JNZ, 5},
	{ZYDIS_MNEMONIC_JBE, 6},
	{ZYDIS_MNEMONIC_JNBE, 7},
	{ZYDIS_MNEMONIC_JS, 8},
	{ZYDIS_MNEMONIC_JNS, 9},
	{ZYDIS_MNEMONIC_JP, 10},
	{ZYDIS_MNEMONIC_JNP, 11},
	{ZYDIS_MNEMONIC_JL, 12},
	{ZYDIS_MNEMONIC_JNL, 13},
	{ZYDIS_MNEMONIC_JLE, 14},
	{ZYDIS_MNEMONIC_JNLE, 15},
};

static bool flag(const struct upset_state *state, unsigned int resource)
{
	return upset_state_word(state, resource) != 0;
}

static bool condition_holds(unsigned int condition, const struct upset_state *state)
{
	bool less = flag(state, X86_SF) != flag(state, X86_OF);
	bool holds;

	switch (condition >> 1) {
	case 0:
		holds = flag(state, X86_OF);
		break;
	case 1:
		holds = flag(state, X86_CF);
		break;
	case 2:
		holds = flag(state, X86_ZF);
		break;
	case 3:
		holds = flag(state, X86_CF) || flag(state, X86_ZF);
		break;
	case 4:
		holds = flag(state, X86_SF);
		break;
	case 5:
		holds = flag(state, X86_PF);
		break;
	case 6:
		holds = less;
		break;
	default:
		holds = less || flag(state, X86_ZF);
		break;
	}
	return holds != (condition & 1);
}

/* loop and jrcxz look at rcx, ecx or cx, as wide as addresses are. */
static uint64_t counter(const struct upset_insn *insn, uint64_t rcx, uint64_t decrement)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		if (insn->operands[i].resource == X86_RCX && insn->operands[i].bits == 32)
			return (uint32_t)(rcx - decrement);
		if (insn->operands[i].resource == X86_RCX && insn->operands[i].bits == 16)
			return (uint16_t)(rcx - decrement);
	}
	return rcx - decrement;
}

bool x86_taken(const struct upset_insn *insn, const struct upset_state *state)
{
	const uint64_t rcx = upset_state_word(state, X86_RCX);

	switch (insn->form) {
	case ZYDIS_MNEMONIC_JRCXZ:
	case ZYDIS_MNEMONIC_JECXZ:
	case ZYDIS_MNEMONIC_JCXZ:
		return counter(insn, rcx, 0) == 0;
	case ZYDIS_MNEMONIC_LOOP:
		return counter(insn, rcx, 1) != 0;
	case ZYDIS_MNEMONIC_LOOPE:
		return counter(insn, rcx, 1) != 0 && flag(state, X86_ZF);
	case ZYDIS_MNEMONIC_LOOPNE:
		return counter(insn, rcx, 1) != 0 && !flag(state, X86_ZF);
	default:
		break;
	}
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		if (conditions[i].mnemonic == insn->form)
			return condition_holds(conditions[i].condition, state);
	}
	return false;
}
