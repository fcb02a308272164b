/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The public face of the decoder of x86-64 and i386: bytes to struct upset_insn, classes of
 * instructions, and their text.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "isa/x86/internal.h"

static int decode(struct x86_code *code, const struct upset_isa *isa, uint64_t address,
	const uint8_t *bytes, size_t size)
{
	ZydisDecoder decoder;
	ZyanStatus status;

	code->isa = isa;
	if (isa->word_bits == 64)
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	else
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
	status = ZydisDecoderDecodeFull(&decoder, bytes, size, &code->insn, code->operands);
	if (status == ZYDIS_STATUS_NO_MORE_DATA)
		return -ENODATA;
	/* PadLock exists on VIA's processors only and has more arguments than there is room for. */
	if (!ZYAN_SUCCESS(status) || code->insn.meta.category == ZYDIS_CATEGORY_PADLOCK)
		return -EILSEQ;
	code->address = address;
	return 0;
}

bool x86_is_repeated(const struct x86_code *code)
{
	return code->insn.attributes &
	       (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE);
}

bool x86_is_system_call(const struct x86_code *code)
{
	switch (code->insn.mnemonic) {
	case ZYDIS_MNEMONIC_SYSCALL:
	case ZYDIS_MNEMONIC_SYSENTER:
		return true;
	case ZYDIS_MNEMONIC_INT:
		return code->operands[0].imm.value.u == 0x80;
	default:
		return false;
	}
}

static unsigned int branch_classes(const struct x86_code *code)
{
	switch (code->insn.meta.category) {
	case ZYDIS_CATEGORY_CALL:
		return UPSET_CLASS_BRANCH | UPSET_CLASS_CALL;
	case ZYDIS_CATEGORY_RET:
		return UPSET_CLASS_BRANCH | UPSET_CLASS_RETURN;
	case ZYDIS_CATEGORY_UNCOND_BR:
		return code->insn.mnemonic == ZYDIS_MNEMONIC_JMP ? UPSET_CLASS_BRANCH : 0;
	case ZYDIS_CATEGORY_COND_BR:
		/* The category also holds xbegin and xend. */
		if (code->insn.meta.isa_ext != ZYDIS_ISA_EXT_BASE)
			return 0;
		return UPSET_CLASS_BRANCH | UPSET_CLASS_CONDITIONAL;
	default:
		return 0;
	}
}

/* Linux lets programs raise these alone; others fault.  into and bound mostly do not raise any. */
static unsigned int trap_classes(const struct x86_code *code)
{
	const uint64_t number = code->operands[0].imm.value.u;

	if (x86_is_system_call(code))
		return UPSET_CLASS_SYSCALL;
	switch (code->insn.mnemonic) {
	case ZYDIS_MNEMONIC_INT3:
	case ZYDIS_MNEMONIC_INT1:
		return UPSET_CLASS_TRAP;
	case ZYDIS_MNEMONIC_INT:
		return number == 3 || number == 4 ? UPSET_CLASS_TRAP : 0;
	default:
		return 0;
	}
}

static bool is_locked(const struct x86_code *code)
{
	if (code->insn.attributes & ZYDIS_ATTRIB_HAS_LOCK)
		return true;
	return code->insn.mnemonic == ZYDIS_MNEMONIC_XCHG &&
	       code->operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY;
}

static unsigned int string_classes(const struct x86_code *code)
{
	unsigned int classes = 0;

	if (code->insn.meta.category == ZYDIS_CATEGORY_STRINGOP ||
		code->insn.meta.category == ZYDIS_CATEGORY_IOSTRINGOP)
		classes |= UPSET_CLASS_STRING;
	if (x86_is_repeated(code))
		classes |= UPSET_CLASS_REP;
	return classes;
}

/* The whole floating-point and vector state. */
static bool saves_state(const struct x86_code *code)
{
	switch (code->insn.meta.isa_ext) {
	case ZYDIS_ISA_EXT_XSAVE:
	case ZYDIS_ISA_EXT_XSAVEC:
	case ZYDIS_ISA_EXT_XSAVEOPT:
	case ZYDIS_ISA_EXT_XSAVES:
		return code->insn.mnemonic != ZYDIS_MNEMONIC_XGETBV &&
		       code->insn.mnemonic != ZYDIS_MNEMONIC_XSETBV;
	default:
		break;
	}
	switch (code->insn.mnemonic) {
	case ZYDIS_MNEMONIC_FXSAVE:
	case ZYDIS_MNEMONIC_FXSAVE64:
	case ZYDIS_MNEMONIC_FXRSTOR:
	case ZYDIS_MNEMONIC_FXRSTOR64:
		return true;
	default:
		return false;
	}
}

static unsigned int register_classes(const struct x86_code *code)
{
	unsigned int classes = 0;

	if (code->insn.meta.isa_ext == ZYDIS_ISA_EXT_X87 ||
		code->insn.meta.category == ZYDIS_CATEGORY_X87_ALU ||
		code->insn.meta.isa_ext == ZYDIS_ISA_EXT_MMX)
		classes |= UPSET_CLASS_X87;
	if (saves_state(code))
		classes |= UPSET_CLASS_X87 | UPSET_CLASS_VECTOR;
	if (code->insn.mnemonic == ZYDIS_MNEMONIC_VZEROUPPER ||
		code->insn.mnemonic == ZYDIS_MNEMONIC_VZEROALL)
		classes |= UPSET_CLASS_VECTOR;
	for (unsigned int i = 0; i < code->insn.operand_count; i++) {
		if (code->operands[i].type != ZYDIS_OPERAND_TYPE_REGISTER)
			continue;
		switch (ZydisRegisterGetClass(code->operands[i].reg.value)) {
		case ZYDIS_REGCLASS_XMM:
		case ZYDIS_REGCLASS_YMM:
		case ZYDIS_REGCLASS_ZMM:
			classes |= UPSET_CLASS_VECTOR;
			break;
		case ZYDIS_REGCLASS_X87:
		case ZYDIS_REGCLASS_MMX:
			classes |= UPSET_CLASS_X87;
			break;
		default:
			break;
		}
	}
	return classes;
}

static uint64_t branch_target(const struct x86_code *code)
{
	const ZydisDecodedOperand *operand = &code->operands[0];
	uint64_t target;

	if (code->insn.operand_count == 0 || operand->type != ZYDIS_OPERAND_TYPE_IMMEDIATE ||
		!operand->imm.is_relative)
		return 0;
	target = code->address + code->insn.length + (uint64_t)operand->imm.value.s;
	return code->isa->word_bits == 64 ? target : (uint32_t)target;
}

static void set_immediate(struct upset_insn *insn, const struct x86_code *code)
{
	insn->immediate_index = UPSET_RESOURCE_NONE;
	for (unsigned int i = 0; i < code->insn.operand_count; i++) {
		if (code->operands[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
			insn->immediate = code->operands[i].imm.value.u;
			insn->immediate_index = (uint8_t)i;
			break;
		}
	}
}

static uint8_t quirks_of(const struct x86_code *code)
{
	switch (code->insn.mnemonic) {
	/* QEMU writes memory whether they do or not, or in helpers, or the bytes turned round. */
	case ZYDIS_MNEMONIC_CMPXCHG:
	case ZYDIS_MNEMONIC_ENTER:
	case ZYDIS_MNEMONIC_MOVBE:
		return UPSET_QUIRK_CALLBACKS;
	case ZYDIS_MNEMONIC_VZEROUPPER:
		return UPSET_QUIRK_SPOILS_VECTORS;
	default:
		return 0;
	}
}

static int decode_insn(struct upset_insn *insn, const struct upset_isa *isa, uint64_t address,
	const uint8_t *bytes, size_t size)
{
	struct x86_code code;
	int result = decode(&code, isa, address, bytes, size);
	unsigned int classes;

	if (result)
		return result;
	classes = branch_classes(&code) | trap_classes(&code) | string_classes(&code) |
		  register_classes(&code);
	if (is_locked(&code))
		classes |= UPSET_CLASS_LOCK;
	x86_correct_operands(&code);
	memset(insn, 0, sizeof(*insn));
	insn->address = address;
	insn->size = code.insn.length;
	insn->form = (uint16_t)code.insn.mnemonic;
	insn->quirks = quirks_of(&code);
	insn->classes = (uint16_t)classes;
	if (classes & UPSET_CLASS_BRANCH)
		insn->branch_target = branch_target(&code);
	set_immediate(insn, &code);
	memcpy(insn->bytes, bytes, code.insn.length);
	x86_build_rows(insn, &code);
	x86_find_effects(insn, isa);
	return 0;
}

int x86_decode(struct upset_insn *insn, unsigned int mode, uint64_t address, const uint8_t *bytes,
	size_t size)
{
	(void)mode;
	return decode_insn(insn, &upset_isa_x86_64, address, bytes, size);
}

int x86_decode_32(struct upset_insn *insn, unsigned int mode, uint64_t address,
	const uint8_t *bytes, size_t size)
{
	(void)mode;
	return decode_insn(insn, &upset_isa_i386, address, bytes, size);
}

/* Short hexadecimal numbers in lower case, as binutils writes them. */
static void init_formatter(ZydisFormatter *formatter)
{
	ZydisFormatterInit(formatter, ZYDIS_FORMATTER_STYLE_INTEL);
	ZydisFormatterSetProperty(formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
	ZydisFormatterSetProperty(
		formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED);
	ZydisFormatterSetProperty(
		formatter, ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED);
	ZydisFormatterSetProperty(
		formatter, ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
}

static void format(
	const struct upset_insn *insn, const struct upset_isa *isa, char *text, size_t size)
{
	ZydisFormatter formatter;
	struct x86_code code;

	if (decode(&code, isa, insn->address, insn->bytes, insn->size))
		return;
	init_formatter(&formatter);
	if (!ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &code.insn, code.operands,
		    code.insn.operand_count_visible, text, size, insn->address, NULL)))
		snprintf(text, size, "%s", ZydisMnemonicGetString(code.insn.mnemonic));
}

void x86_format(const struct upset_insn *insn, char *text, size_t size)
{
	format(insn, &upset_isa_x86_64, text, size);
}

void x86_format_32(const struct upset_insn *insn, char *text, size_t size)
{
	format(insn, &upset_isa_i386, text, size);
}
