/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From operands to rows: one per access of one argument.  doc/operands.md is
 * the definition that this file implements.
 */
#include <assert.h>

#include "isa/x86/internal.h"

uint8_t x86_resource(ZydisRegister reg)
{
	unsigned int id = (unsigned char)ZydisRegisterGetId(reg);

	switch (ZydisRegisterGetClass(reg)) {
	case ZYDIS_REGCLASS_GPR8:
		/* Zydis orders them al cl dl bl, ah ch dh bh, spl .. r15b. */
		if (reg >= ZYDIS_REGISTER_SPL)
			return (uint8_t)(X86_RSP + (reg - ZYDIS_REGISTER_SPL));
		return (uint8_t)(X86_RAX + (reg - ZYDIS_REGISTER_AL) % 4);
	case ZYDIS_REGCLASS_GPR16:
	case ZYDIS_REGCLASS_GPR32:
	case ZYDIS_REGCLASS_GPR64:
		return (uint8_t)(X86_RAX + id);
	case ZYDIS_REGCLASS_XMM:
	case ZYDIS_REGCLASS_YMM:
	case ZYDIS_REGCLASS_ZMM:
		return id < 16 ? (uint8_t)(X86_YMM0 + id) : UPSET_RESOURCE_NONE;
	case ZYDIS_REGCLASS_X87:
		if (reg < ZYDIS_REGISTER_ST0 || reg > ZYDIS_REGISTER_ST7)
			return UPSET_RESOURCE_NONE;
		return (uint8_t)(X86_ST0 + id);
	case ZYDIS_REGCLASS_MMX:
		return (uint8_t)(X86_MM0 + id);
	default:
		return UPSET_RESOURCE_NONE;
	}
}

static bool is_high_byte(ZydisRegister reg)
{
	return reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH;
}

static bool is_flags(const ZydisDecodedOperand *operand)
{
	return operand->type == ZYDIS_OPERAND_TYPE_REGISTER &&
	       ZydisRegisterGetClass(operand->reg.value) == ZYDIS_REGCLASS_FLAGS;
}

/*
 * The most rows: 10 operands with 2 each, of which the flags' have 14, 4 address
 * registers; vzeroall has 16.
 */
static void add_row(struct upset_insn *insn, struct upset_operand row)
{
	assert(insn->operand_count < UPSET_INSN_MAX_OPERANDS);
	row.effect = UPSET_NO_EFFECT;
	insn->operands[insn->operand_count++] = row;
}

/* The rows of one argument: what is read and written, in that order. */
static void add_accesses(
	struct upset_insn *insn, struct upset_operand row, ZydisOperandActions actions)
{
	bool write = actions & ZYDIS_OPERAND_ACTION_MASK_WRITE;
	bool zero_extends = row.zero_extends;

	/* What is written on a condition only is kept otherwise, that is, read. */
	if (actions & (ZYDIS_OPERAND_ACTION_MASK_READ | ZYDIS_OPERAND_ACTION_CONDWRITE)) {
		row.access = UPSET_READ;
		row.zero_extends = false;
		add_row(insn, row);
	}
	if (write) {
		row.access = UPSET_WRITE;
		row.zero_extends = zero_extends;
		add_row(insn, row);
	}
}

static bool zero_extends(const struct x86_code *code, uint8_t resource, unsigned int bits)
{
	switch (x86_describe(code, resource)->kind) {
	case UPSET_RESOURCE_GENERAL:
		return bits == 32 && code->isa->word_bits == 64;
	case UPSET_RESOURCE_VECTOR:
		return bits < 256 && code->insn.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY;
	default:
		return false;
	}
}

/*
 * Whether the register keeps all 64 bits when a write of 32 does not happen.
 * cmov, shld and shrd then clear the upper half all the same.
 */
static bool may_keep_register(const struct x86_code *code, ZydisOperandActions actions)
{
	if (!(actions & ZYDIS_OPERAND_ACTION_CONDWRITE))
		return false;
	return code->insn.meta.category != ZYDIS_CATEGORY_CMOV &&
	       code->insn.mnemonic != ZYDIS_MNEMONIC_SHLD &&
	       code->insn.mnemonic != ZYDIS_MNEMONIC_SHRD;
}

/* How many of @bits of a register lie in @resource, which is the lower half of a zmm register. */
static unsigned int bits_in_resource(
	const struct x86_code *code, uint8_t resource, unsigned int bits)
{
	const struct upset_resource *r = x86_describe(code, resource);

	return bits > r->bits && r->kind == UPSET_RESOURCE_VECTOR ? r->bits : bits;
}

/* Register @reg as an argument: @bits of it, from its lowest (ah: its second byte) on. */
static void add_register(struct upset_insn *insn, const struct x86_code *code, uint8_t index,
	ZydisRegister reg, unsigned int bits, ZydisOperandActions actions)
{
	struct upset_operand row = {.index = index, .resource = x86_resource(reg)};

	/* On i386 syscall is said to write r11, which is not there, and rcx without a width. */
	if (row.resource == UPSET_RESOURCE_NONE ||
		x86_describe(code, row.resource)->kind == UPSET_RESOURCE_NOTHING)
		return;
	if (bits == 0)
		bits = x86_describe(code, row.resource)->bits;
	bits = bits_in_resource(code, row.resource, bits);
	if (bits > x86_describe(code, row.resource)->bits)
		return;
	if (bits == 32 && may_keep_register(code, actions))
		bits = code->isa->word_bits;
	row.bits = (uint16_t)bits;
	row.bit_offset = is_high_byte(reg) ? 8 : 0;
	row.zero_extends = zero_extends(code, row.resource, bits);
	add_accesses(insn, row, actions);
}

/* An x87 register of an instruction that pops: its write row names it as it is after the pop. */
static void add_popped(struct upset_insn *insn, const struct x86_code *code, uint8_t index,
	const ZydisDecodedOperand *operand)
{
	ZydisRegister reg = operand->reg.value;

	if (operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ)
		add_register(insn, code, index, reg, operand->size, ZYDIS_OPERAND_ACTION_READ);
	if ((operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) && reg > ZYDIS_REGISTER_ST0)
		add_register(insn, code, index, (ZydisRegister)(reg - 1), operand->size,
			ZYDIS_OPERAND_ACTION_WRITE);
}

static void add_flags(struct upset_insn *insn, const struct x86_code *code, uint8_t index)
{
	struct x86_flags flags = x86_flags(code);

	for (unsigned int resource = X86_CF; resource <= X86_OF; resource++) {
		uint32_t mask = UINT32_C(1) << x86_describe(code, (uint8_t)resource)->flag_bit;
		struct upset_operand row = {
			.index = index, .resource = (uint8_t)resource, .bits = 1};
		unsigned int actions = 0;

		if (flags.read & mask)
			actions |= ZYDIS_OPERAND_ACTION_READ;
		if (flags.write & mask)
			actions |= ZYDIS_OPERAND_ACTION_WRITE;
		add_accesses(insn, row, (ZydisOperandActions)actions);
	}
}

/* Whether the memory argument may stay untouched although the instruction is executed. */
static bool is_conditional(const struct x86_code *code, const ZydisDecodedOperand *operand)
{
	ZydisRegister mask = code->insn.avx.mask.reg;

	if (x86_is_repeated(code) || operand->mem.type == ZYDIS_MEMOP_TYPE_VSIB ||
		x86_is_short_address(code, &operand->mem))
		return true;
	if (mask != ZYDIS_REGISTER_NONE && mask != ZYDIS_REGISTER_K0)
		return true;
	switch (code->insn.mnemonic) {
	case ZYDIS_MNEMONIC_MASKMOVQ:
	case ZYDIS_MNEMONIC_MASKMOVDQU:
	case ZYDIS_MNEMONIC_VMASKMOVDQU:
	case ZYDIS_MNEMONIC_VMASKMOVPS:
	case ZYDIS_MNEMONIC_VMASKMOVPD:
	case ZYDIS_MNEMONIC_VPMASKMOVD:
	case ZYDIS_MNEMONIC_VPMASKMOVQ:
		return true;
	default:
		return false;
	}
}

static bool is_popped_memory(const struct x86_code *code, const ZydisDecodedOperand *operand)
{
	return operand->type == ZYDIS_OPERAND_TYPE_MEMORY &&
	       (code->insn.mnemonic == ZYDIS_MNEMONIC_POPA ||
		       code->insn.mnemonic == ZYDIS_MNEMONIC_POPAD);
}

/* popa passes over the place of esp, which is between three other registers and four. */
static void add_popped_registers(struct upset_insn *insn, const struct x86_code *code,
	uint8_t index, const ZydisDecodedOperand *operand)
{
	static const struct {
		uint8_t first, count;
	} parts[] = {{0, 3}, {4, 4}};
	const unsigned int bits = operand->size / 8u;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct upset_memory *memory = &insn->memory[insn->memory_count];
		const struct upset_operand row = {
			.index = i == 0 ? index : code->insn.operand_count,
			.resource = UPSET_MEMORY,
			.memory = insn->memory_count,
			.bits = (uint16_t)(parts[i].count * bits)};

		*memory = x86_memory(code, operand);
		memory->displacement += parts[i].first * bits / 8;
		memory->bits = row.bits;
		insn->memory_count++;
		add_accesses(insn, row, ZYDIS_OPERAND_ACTION_READ);
	}
}

static void add_memory(struct upset_insn *insn, const struct x86_code *code, uint8_t index,
	const ZydisDecodedOperand *operand)
{
	struct upset_operand row = {.index = index, .resource = UPSET_MEMORY};
	ZydisOperandActions actions = operand->actions;

	if (operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN)
		insn->memory[0] = x86_memory(code, operand);
	if (!actions || operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN)
		return;
	assert(insn->memory_count < UPSET_INSN_MAX_MEMORY);
	row.memory = insn->memory_count;
	row.bits = operand->size;
	row.conditional = is_conditional(code, operand);
	/* A conditional write to memory either happens or leaves nothing to read. */
	if (row.conditional && !(actions & ZYDIS_OPERAND_ACTION_MASK_READ))
		actions = ZYDIS_OPERAND_ACTION_WRITE;
	insn->memory[insn->memory_count++] = x86_memory(code, operand);
	add_accesses(insn, row, actions);
}

static void add_operand(struct upset_insn *insn, const struct x86_code *code, unsigned int i)
{
	const ZydisDecodedOperand *operand = &code->operands[i];
	ZydisOperandActions actions = operand->actions;

	if (is_flags(operand)) {
		add_flags(insn, code, (uint8_t)i);
	} else if (is_popped_memory(code, operand)) {
		add_popped_registers(insn, code, (uint8_t)i, operand);
	} else if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY) {
		add_memory(insn, code, (uint8_t)i, operand);
	} else if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER) {
		if (x86_is_idiom(code))
			actions &= ZYDIS_OPERAND_ACTION_MASK_WRITE;
		if (x86_pops_x87(code->insn.mnemonic) &&
			x86_resource(operand->reg.value) != UPSET_RESOURCE_NONE)
			add_popped(insn, code, (uint8_t)i, operand);
		else
			add_register(
				insn, code, (uint8_t)i, operand->reg.value, operand->size, actions);
	}
}

static bool has_row(const struct upset_insn *insn, enum upset_access access, uint8_t resource,
	unsigned int bits)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];

		if (row->resource == resource && row->access == access && row->bits >= bits)
			return true;
	}
	return false;
}

/* A register that forms an address is read, once; a string instruction also advances it. */
static void add_address_register(
	struct upset_insn *insn, const struct x86_code *code, ZydisRegister reg, uint8_t *index)
{
	bool is_string = code->insn.meta.category == ZYDIS_CATEGORY_STRINGOP ||
			 code->insn.meta.category == ZYDIS_CATEGORY_IOSTRINGOP;
	unsigned int bits = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, reg);
	uint8_t resource = x86_resource(reg);
	unsigned int actions = 0;

	if (resource == UPSET_RESOURCE_NONE)
		return;
	bits = bits_in_resource(code, resource, bits);
	if (!has_row(insn, UPSET_READ, resource, bits))
		actions |= ZYDIS_OPERAND_ACTION_READ;
	if (is_string && !has_row(insn, UPSET_WRITE, resource, bits))
		actions |= x86_is_repeated(code) ? ZYDIS_OPERAND_ACTION_CONDWRITE
						 : ZYDIS_OPERAND_ACTION_WRITE;
	if (!actions)
		return;
	add_register(insn, code, (*index)++, reg, bits, (ZydisOperandActions)actions);
}

void x86_build_rows(struct upset_insn *insn, const struct x86_code *code)
{
	struct x86_extra extra = x86_extra_operands(code);
	uint8_t index = code->insn.operand_count;

	if (x86_is_hint(code))
		return;
	for (unsigned int i = 0; i < code->insn.operand_count; i++)
		add_operand(insn, code, i);
	for (unsigned int i = 0; i < extra.count; i++) {
		ZydisRegister reg = (ZydisRegister)(extra.first + i);

		add_register(insn, code, index++, reg,
			ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, reg), extra.actions);
	}
	for (unsigned int i = 0; i < code->insn.operand_count; i++) {
		const ZydisDecodedOperand *operand = &code->operands[i];

		if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY)
			continue;
		add_address_register(insn, code, operand->mem.base, &index);
		add_address_register(insn, code, operand->mem.index, &index);
	}
}
