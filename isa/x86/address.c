/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory arguments: from the decoder's form to one that is computed from the
 * registers before the instruction.
 */
#include "isa/x86/internal.h"

static bool is_stack_pointer(ZydisRegister reg)
{
	return x86_resource(reg) == X86_RSP;
}

/* The implicit slot of push, call, pushf and enter, below rsp. */
static bool is_pushed_slot(const ZydisDecodedOperand *operand)
{
	return operand->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
	       is_stack_pointer(operand->mem.base) &&
	       (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE);
}

/* pop [rsp + x] addresses with the rsp after the pop. */
static bool is_popped_destination(const struct x86_code *code, const ZydisDecodedOperand *operand)
{
	return code->insn.mnemonic == ZYDIS_MNEMONIC_POP &&
	       operand->visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT &&
	       is_stack_pointer(operand->mem.base);
}

static uint8_t bit_string_register(const struct x86_code *code)
{
	const ZydisDecodedOperand *bit = &code->operands[1];

	switch (code->insn.mnemonic) {
	case ZYDIS_MNEMONIC_BT:
	case ZYDIS_MNEMONIC_BTS:
	case ZYDIS_MNEMONIC_BTR:
	case ZYDIS_MNEMONIC_BTC:
		if (bit->type == ZYDIS_OPERAND_TYPE_REGISTER)
			return x86_resource(bit->reg.value);
		return UPSET_RESOURCE_NONE;
	default:
		return UPSET_RESOURCE_NONE;
	}
}

static uint8_t address_bits(const struct x86_code *code, const ZydisDecodedOperandMem *mem)
{
	ZydisRegister reg = mem->base != ZYDIS_REGISTER_NONE ? mem->base : mem->index;

	if (mem->type == ZYDIS_MEMOP_TYPE_VSIB && mem->base == ZYDIS_REGISTER_NONE)
		reg = ZYDIS_REGISTER_NONE;
	if (reg == ZYDIS_REGISTER_NONE)
		return code->insn.address_width == 32 ? 32 : 64;
	return ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, reg) == 32 ? 32 : 64;
}

static uint8_t segment(ZydisRegister reg)
{
	if (reg == ZYDIS_REGISTER_FS)
		return X86_FS_BASE;
	return reg == ZYDIS_REGISTER_GS ? X86_GS_BASE : UPSET_RESOURCE_NONE;
}

static void resolve_absolute(
	const struct x86_code *code, const ZydisDecodedOperandMem *mem, struct upset_memory *memory)
{
	uint64_t address = (uint64_t)memory->displacement;

	if (mem->base == ZYDIS_REGISTER_RIP || mem->base == ZYDIS_REGISTER_EIP)
		address += code->address + code->insn.length;
	if (memory->address_bits == 32)
		address = (uint32_t)address;
	memory->displacement = (int64_t)address;
}

bool x86_is_short_address(const struct x86_code *code, const ZydisDecodedOperandMem *mem)
{
	return code->insn.address_width == 16 &&
	       ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LEGACY_32, mem->base) != 32;
}

struct upset_memory x86_memory(const struct x86_code *code, const ZydisDecodedOperand *operand)
{
	const ZydisDecodedOperandMem *mem = &operand->mem;
	struct upset_memory memory = {
		.base = x86_resource(mem->base),
		.index = x86_resource(mem->index),
		.shift = mem->scale ? (uint8_t)__builtin_ctz(mem->scale) : 0,
		.index_bits = 64,
		.address_bits = address_bits(code, mem),
		.segment = segment(mem->segment),
		.scattered = mem->type == ZYDIS_MEMOP_TYPE_VSIB,
		.bit_string = bit_string_register(code),
		.displacement = mem->disp.value,
		.bits = operand->size,
	};

	if (code->insn.mnemonic == ZYDIS_MNEMONIC_XLAT) {
		memory.index = X86_RAX;
		memory.index_bits = 8;
	}
	/* 16 bits of each register: nobody computes these, and nobody uses them. */
	if (x86_is_short_address(code, mem)) {
		memory.base = memory.index = UPSET_RESOURCE_NONE;
		memory.scattered = true;
		memory.address_bits = 32;
	}
	if (is_pushed_slot(operand))
		memory.displacement -= operand->size / 8;
	if (is_popped_destination(code, operand))
		memory.displacement += operand->size / 8;
	memory.absolute = memory.base == UPSET_RESOURCE_NONE &&
			  memory.index == UPSET_RESOURCE_NONE && !memory.scattered;
	if (memory.absolute)
		resolve_absolute(code, mem, &memory);
	return memory;
}
