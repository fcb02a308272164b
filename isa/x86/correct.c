/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where Zydis's operand tables are wrong or too coarse, and which operands do
 * not matter although they are encoded.  Each entry says why; doc/operands.md
 * lists them for users.
 */
#include "isa/x86/internal.h"

enum {
	NONE = 0,
	R = ZYDIS_OPERAND_ACTION_READ,
	W = ZYDIS_OPERAND_ACTION_WRITE,
	RW = ZYDIS_OPERAND_ACTION_READWRITE,
	KEPT_OR_W = ZYDIS_OPERAND_ACTION_READ_CONDWRITE,
	ANY = 0, /* any number of visible operands */
};

/* The operand's real actions, and whether it is the whole register that they concern. */
struct correction {
	ZydisMnemonic mnemonic;
	uint8_t visible; /* only for forms with that many visible operands */
	uint8_t operand;
	ZydisOperandActions actions;
	bool whole_register;
};

static const struct correction corrections[] = {
	/* They move a half other than the lowest; a row's bits begin at bit 0. */
	{ZYDIS_MNEMONIC_MOVHPS, ANY, 0, RW, true},
	{ZYDIS_MNEMONIC_MOVHPD, ANY, 0, RW, true},
	{ZYDIS_MNEMONIC_MOVLHPS, ANY, 0, RW, true},
	{ZYDIS_MNEMONIC_MOVHPS, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_MOVHPD, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_MOVHLPS, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_VMOVHPS, 2, 1, R, true},
	{ZYDIS_MNEMONIC_VMOVHPD, 2, 1, R, true},
	{ZYDIS_MNEMONIC_VMOVLPS, 3, 1, R, true},
	{ZYDIS_MNEMONIC_VMOVLPD, 3, 1, R, true},
	{ZYDIS_MNEMONIC_VMOVHLPS, 3, 1, R, true},
	{ZYDIS_MNEMONIC_VMOVHLPS, 3, 2, R, true},
	{ZYDIS_MNEMONIC_PUNPCKHBW, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_PUNPCKHWD, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_PUNPCKHDQ, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_PUNPCKHQDQ, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_UNPCKHPS, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_UNPCKHPD, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_VEXTRACTF128, ANY, 1, R, true},
	{ZYDIS_MNEMONIC_VEXTRACTI128, ANY, 1, R, true},
	/* They keep a part of the destination. */
	{ZYDIS_MNEMONIC_EXTRQ, ANY, 0, RW, true},
	{ZYDIS_MNEMONIC_INSERTQ, ANY, 0, RW, true},
	/* They replace what they write; Zydis, or Zydis 4.1 alone, lists it as read, too. */
	{ZYDIS_MNEMONIC_CVTSI2SD, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_CVTSI2SS, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_CVTSD2SS, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_CVTSS2SD, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_SQRTSS, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_SQRTSD, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_RCPSS, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_RSQRTSS, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_ROUNDSS, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_ROUNDSD, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_MOVLPS, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_MOVLPD, ANY, 0, W, false},
	{ZYDIS_MNEMONIC_MOVHLPS, ANY, 0, W, false},
	/* The destination keeps its value when the source is zero. */
	{ZYDIS_MNEMONIC_BSF, ANY, 0, KEPT_OR_W, false},
	{ZYDIS_MNEMONIC_BSR, ANY, 0, KEPT_OR_W, false},
	/* Without shadow stacks they change nothing. */
	{ZYDIS_MNEMONIC_RDSSPD, ANY, 0, KEPT_OR_W, false},
	{ZYDIS_MNEMONIC_RDSSPQ, ANY, 0, KEPT_OR_W, false},
	/* al is the index into the table as well. */
	{ZYDIS_MNEMONIC_XLAT, ANY, 1, RW, false},
	/* The new rsp comes from rbp. */
	{ZYDIS_MNEMONIC_LEAVE, ANY, 2, W, false},
	/* They test, and do not change st0. */
	{ZYDIS_MNEMONIC_FTST, ANY, 0, R, false},
	{ZYDIS_MNEMONIC_FXAM, ANY, 0, R, false},
	/* They change the register's tag only. */
	{ZYDIS_MNEMONIC_FFREE, ANY, 0, NONE, false},
	{ZYDIS_MNEMONIC_FFREEP, ANY, 0, NONE, false},
	/* They act on a cache line and not on its content. */
	{ZYDIS_MNEMONIC_CLFLUSH, ANY, 0, NONE, false},
	{ZYDIS_MNEMONIC_CLFLUSHOPT, ANY, 0, NONE, false},
	{ZYDIS_MNEMONIC_CLWB, ANY, 0, NONE, false},
};

static void apply(const struct correction *c, struct x86_code *code)
{
	ZydisDecodedOperand *operand = &code->operands[c->operand];

	if (code->insn.mnemonic != c->mnemonic || c->operand >= code->insn.operand_count)
		return;
	if (c->visible != ANY && c->visible != code->insn.operand_count_visible)
		return;
	if (c->whole_register) {
		if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER)
			return;
		operand->size =
			ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, operand->reg.value);
	}
	operand->actions = c->actions;
}

/*
 * An x87 instruction that pops leaves its result one register lower than Zydis
 * names it, since Zydis names the register before the pop.
 */
static const ZydisMnemonic popping[] = {
	ZYDIS_MNEMONIC_FADDP,
	ZYDIS_MNEMONIC_FMULP,
	ZYDIS_MNEMONIC_FSUBP,
	ZYDIS_MNEMONIC_FSUBRP,
	ZYDIS_MNEMONIC_FDIVP,
	ZYDIS_MNEMONIC_FDIVRP,
	ZYDIS_MNEMONIC_FSTP,
	ZYDIS_MNEMONIC_FSTPNCE,
	ZYDIS_MNEMONIC_FPATAN,
	ZYDIS_MNEMONIC_FYL2X,
	ZYDIS_MNEMONIC_FYL2XP1,
};

bool x86_pops_x87(ZydisMnemonic mnemonic)
{
	for (size_t i = 0; i < sizeof(popping) / sizeof(popping[0]); i++) {
		if (popping[i] == mnemonic)
			return true;
	}
	return false;
}

/* In 32-bit mode programs return to where they have the same privileges: no stack is restored. */
static void correct_interrupt_return(struct x86_code *code)
{
	if (code->isa->word_bits != 32 || (code->insn.mnemonic != ZYDIS_MNEMONIC_IRET &&
						  code->insn.mnemonic != ZYDIS_MNEMONIC_IRETD))
		return;
	for (unsigned int i = 0; i < code->insn.operand_count; i++) {
		if (code->operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY)
			code->operands[i].size = 3 * code->insn.operand_width;
	}
}

void x86_correct_operands(struct x86_code *code)
{
	correct_interrupt_return(code);
	for (size_t i = 0; i < sizeof(corrections) / sizeof(corrections[0]); i++)
		apply(&corrections[i], code);
}

/*
 * Instructions that make a constant of two equal sources: 0, or for pcmpeq all
 * ones.  The sources' values do not matter, so they are not read.
 */
static const ZydisMnemonic idioms[] = {
	ZYDIS_MNEMONIC_XOR,
	ZYDIS_MNEMONIC_SUB,
	ZYDIS_MNEMONIC_PXOR,
	ZYDIS_MNEMONIC_XORPS,
	ZYDIS_MNEMONIC_XORPD,
	ZYDIS_MNEMONIC_PSUBB,
	ZYDIS_MNEMONIC_PSUBW,
	ZYDIS_MNEMONIC_PSUBD,
	ZYDIS_MNEMONIC_PSUBQ,
	ZYDIS_MNEMONIC_PSUBSB,
	ZYDIS_MNEMONIC_PSUBSW,
	ZYDIS_MNEMONIC_PSUBUSB,
	ZYDIS_MNEMONIC_PSUBUSW,
	ZYDIS_MNEMONIC_PCMPGTB,
	ZYDIS_MNEMONIC_PCMPGTW,
	ZYDIS_MNEMONIC_PCMPGTD,
	ZYDIS_MNEMONIC_PCMPGTQ,
	ZYDIS_MNEMONIC_PCMPEQB,
	ZYDIS_MNEMONIC_PCMPEQW,
	ZYDIS_MNEMONIC_PCMPEQD,
	ZYDIS_MNEMONIC_PCMPEQQ,
	ZYDIS_MNEMONIC_VPXOR,
	ZYDIS_MNEMONIC_VXORPS,
	ZYDIS_MNEMONIC_VXORPD,
	ZYDIS_MNEMONIC_VPSUBB,
	ZYDIS_MNEMONIC_VPSUBW,
	ZYDIS_MNEMONIC_VPSUBD,
	ZYDIS_MNEMONIC_VPSUBQ,
	ZYDIS_MNEMONIC_VPSUBSB,
	ZYDIS_MNEMONIC_VPSUBSW,
	ZYDIS_MNEMONIC_VPSUBUSB,
	ZYDIS_MNEMONIC_VPSUBUSW,
	ZYDIS_MNEMONIC_VPCMPGTB,
	ZYDIS_MNEMONIC_VPCMPGTW,
	ZYDIS_MNEMONIC_VPCMPGTD,
	ZYDIS_MNEMONIC_VPCMPGTQ,
	ZYDIS_MNEMONIC_VPCMPEQB,
	ZYDIS_MNEMONIC_VPCMPEQW,
	ZYDIS_MNEMONIC_VPCMPEQD,
	ZYDIS_MNEMONIC_VPCMPEQQ,
};

static bool has_idiom(ZydisMnemonic mnemonic)
{
	for (size_t i = 0; i < sizeof(idioms) / sizeof(idioms[0]); i++) {
		if (idioms[i] == mnemonic)
			return true;
	}
	return false;
}

bool x86_is_idiom(const struct x86_code *code)
{
	/* The sources are the last two explicit operands: 0 and 1, with VEX 1 and 2. */
	unsigned int visible = code->insn.operand_count_visible;
	const ZydisDecodedOperand *a, *b;

	if (code->insn.encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX || visible < 2)
		return false;
	a = &code->operands[visible - 2];
	b = &code->operands[visible - 1];
	if (a->type != ZYDIS_OPERAND_TYPE_REGISTER || b->type != ZYDIS_OPERAND_TYPE_REGISTER)
		return false;
	return a->reg.value == b->reg.value && has_idiom(code->insn.mnemonic);
}

bool x86_is_hint(const struct x86_code *code)
{
	switch (code->insn.meta.category) {
	case ZYDIS_CATEGORY_NOP:
	case ZYDIS_CATEGORY_WIDENOP:
	case ZYDIS_CATEGORY_PREFETCH:
	case ZYDIS_CATEGORY_PREFETCHWT1:
	case ZYDIS_CATEGORY_CLDEMOTE:
		return true;
	default:
		return false;
	}
}

struct x86_extra x86_extra_operands(const struct x86_code *code)
{
	const ZydisDecodedInstruction *insn = &code->insn;
	bool is_64 = code->isa->word_bits == 64;

	/* The kernel takes a number in rax and returns a result there. */
	if (x86_is_system_call(code))
		return (struct x86_extra){is_64 ? ZYDIS_REGISTER_RAX : ZYDIS_REGISTER_EAX, 1, RW};
	/* Zydis lists nothing. */
	if (insn->mnemonic == ZYDIS_MNEMONIC_VZEROALL)
		return (struct x86_extra){ZYDIS_REGISTER_YMM0, is_64 ? 16 : 8, W};
	return (struct x86_extra){ZYDIS_REGISTER_NONE, 0, NONE};
}
