/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which flags an instruction reads and writes.  Zydis's tables, with
 * corrections after the Intel manual, and with what its tables cannot say:
 * shifts and rotates, where it depends on the count.
 */
#include "isa/x86/internal.h"

enum {
	CF = ZYDIS_CPUFLAG_CF,
	PF = ZYDIS_CPUFLAG_PF,
	AF = ZYDIS_CPUFLAG_AF,
	ZF = ZYDIS_CPUFLAG_ZF,
	SF = ZYDIS_CPUFLAG_SF,
	DF = ZYDIS_CPUFLAG_DF,
	OF = ZYDIS_CPUFLAG_OF,
	KNOWN = CF | PF | AF | ZF | SF | DF | OF,
};

/* Flags written beyond those that Zydis names. */
static const struct {
	ZydisMnemonic mnemonic;
	uint32_t write;
} also_written[] = {
	{ZYDIS_MNEMONIC_SBB, AF},		    /* set like sub's; Zydis calls it undefined */
	{ZYDIS_MNEMONIC_BEXTR, CF | OF},	    /* cleared; Zydis calls them undefined */
	{ZYDIS_MNEMONIC_VPTEST, OF | SF | AF | PF}, /* cleared, as by ptest */
	{ZYDIS_MNEMONIC_VTESTPS, OF | SF | AF | PF},
	{ZYDIS_MNEMONIC_VTESTPD, OF | SF | AF | PF},
};

/* Shifts and rotates: the flags after a count of 1, and after a larger one. */
static const struct shift {
	ZydisMnemonic mnemonic;
	uint32_t by_one, by_more;
	bool carry_lost;    /* cf is undefined when the count reaches the operand's size */
	bool through_carry; /* counts modulo the operand's size plus one */
	uint8_t count;	    /* operand number of the count */
} shifts[] = {
	{ZYDIS_MNEMONIC_SHL, CF | PF | ZF | SF | OF, CF | PF | ZF | SF, true, false, 1},
	{ZYDIS_MNEMONIC_SHR, CF | PF | ZF | SF | OF, CF | PF | ZF | SF, true, false, 1},
	{ZYDIS_MNEMONIC_SAR, CF | PF | ZF | SF | OF, CF | PF | ZF | SF, false, false, 1},
	{ZYDIS_MNEMONIC_SHLD, CF | PF | ZF | SF | OF, CF | PF | ZF | SF, false, false, 2},
	{ZYDIS_MNEMONIC_SHRD, CF | PF | ZF | SF | OF, CF | PF | ZF | SF, false, false, 2},
	{ZYDIS_MNEMONIC_ROL, CF | OF, CF, false, false, 1},
	{ZYDIS_MNEMONIC_ROR, CF | OF, CF, false, false, 1},
	{ZYDIS_MNEMONIC_RCL, CF | OF, CF, false, true, 1},
	{ZYDIS_MNEMONIC_RCR, CF | OF, CF, false, true, 1},
};

static const struct shift *find_shift(ZydisMnemonic mnemonic)
{
	for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
		if (shifts[i].mnemonic == mnemonic)
			return &shifts[i];
	}
	return NULL;
}

static struct x86_flags shift_by_constant(
	const struct shift *shift, unsigned int count, unsigned int bits)
{
	struct x86_flags flags = {0, 0};
	bool double_width = shift->count == 2;

	count &= bits == 64 ? 63 : 31;
	if (count == 0 || (shift->through_carry && count % (bits + 1) == 0))
		return flags;
	if (double_width && count > bits)
		return flags;
	flags.write = count == 1 ? shift->by_one : shift->by_more;
	if (shift->carry_lost && count >= bits)
		flags.write &= ~(uint32_t)CF;
	if (shift->through_carry)
		flags.read = CF;
	return flags;
}

static struct x86_flags shift_flags(const struct shift *shift, const struct x86_code *code)
{
	const ZydisDecodedOperand *count = &code->operands[shift->count];

	if (count->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
		return shift_by_constant(
			shift, (uint8_t)count->imm.value.u, code->operands[0].size);
	/* By cl: a count of 0 keeps the flags; of is defined for a count of 1 only. */
	return (struct x86_flags){shift->by_more, shift->by_more};
}

struct x86_flags x86_flags(const struct x86_code *code)
{
	const ZydisAccessedFlags *accessed = code->insn.cpu_flags;
	const struct shift *shift = find_shift(code->insn.mnemonic);
	struct x86_flags flags;

	if (shift)
		return shift_flags(shift, code);
	/* The kernel returns with the flags of before, whatever the instruction says. */
	if (!accessed || x86_is_system_call(code))
		return (struct x86_flags){0, 0};
	flags.read = accessed->tested;
	flags.write = accessed->modified | accessed->set_0 | accessed->set_1;
	for (size_t i = 0; i < sizeof(also_written) / sizeof(also_written[0]); i++) {
		if (also_written[i].mnemonic == code->insn.mnemonic)
			flags.write |= also_written[i].write;
	}
	/* cmps and scas compare nothing when the count is 0. */
	if (x86_is_repeated(code))
		flags.read |= flags.write;
	flags.read &= KNOWN;
	flags.write &= KNOWN;
	return flags;
}
