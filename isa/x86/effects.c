/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What instructions compute (isa/effect.h): results of moves, sums, logic and
 * shifts, and the flags they leave.  Whatever is not here is observed.
 */
#include "isa/x86/internal.h"

/* --- what the others use ---------------------------------------------------------------------- */

/* The last row in which @resource is accessed so. */
static uint8_t find_resource(
	const struct upset_insn *insn, unsigned int resource, unsigned int access)
{
	uint8_t found = UPSET_FROM_NOTHING;

	for (unsigned int k = 0; k < insn->operand_count; k++) {
		if (insn->operands[k].resource == resource && insn->operands[k].access == access)
			found = (uint8_t)k;
	}
	return found;
}

/* Argument @index as an input. */
static uint8_t argument(const struct upset_insn *insn, unsigned int index)
{
	uint8_t row = upset_insn_row(insn, index, UPSET_READ);

	if (row == UPSET_FROM_NOTHING && index == insn->immediate_index)
		return UPSET_FROM_IMMEDIATE;
	return row;
}

/* Width of an argument in bits, 0 when it has no row. */
static unsigned int argument_bits(const struct upset_insn *insn, unsigned int index)
{
	uint8_t row = upset_insn_row(insn, index, UPSET_READ);

	if (row == UPSET_FROM_NOTHING)
		row = upset_insn_row(insn, index, UPSET_WRITE);
	return row == UPSET_FROM_NOTHING ? 0 : insn->operands[row].bits;
}

/* Row @row, if there is one, leaves what @effect says. */
static void add(struct upset_insn *insn, uint8_t row, struct upset_effect effect)
{
	if (row == UPSET_FROM_NOTHING || insn->effect_count == UPSET_INSN_MAX_EFFECTS)
		return;
	insn->operands[row].effect = insn->effect_count;
	insn->effects[insn->effect_count++] = effect;
}

static void add_constant(struct upset_insn *insn, uint8_t row, uint64_t value)
{
	add(insn, row, (struct upset_effect){.kind = UPSET_EFFECT_CONSTANT, .value = value});
}

static void add_copy(struct upset_insn *insn, uint8_t row, uint8_t from, unsigned int bits)
{
	if (from != UPSET_FROM_NOTHING)
		add(insn, row,
			(struct upset_effect){
				.kind = UPSET_EFFECT_COPY, .bits = (uint8_t)bits, .a = from});
}

/* A general register of @bits becomes the one in row @from plus @n. */
static void add_sum(
	struct upset_insn *insn, unsigned int bits, unsigned int resource, uint8_t from, uint64_t n)
{
	if (from != UPSET_FROM_NOTHING)
		add(insn, find_resource(insn, resource, UPSET_WRITE),
			(struct upset_effect){.kind = UPSET_EFFECT_DERIVE,
				.derive = UPSET_DERIVE_ADD,
				.bits = (uint8_t)bits,
				.a = from,
				.b = UPSET_FROM_VALUE,
				.value = n});
}

/* The row of the destination where it is the whole of a general register. */
static uint8_t destination(const struct upset_insn *insn)
{
	const uint8_t row = upset_insn_row(insn, 0, UPSET_WRITE);
	const struct upset_operand *o = insn->operands + row;

	return row != UPSET_FROM_NOTHING && o->resource <= X86_R15 && o->bits >= 32
		       ? row
		       : UPSET_FROM_NOTHING;
}

/* --- arithmetic ------------------------------------------------------------------------------- */

enum { NONE = UPSET_FROM_NOTHING };

enum form {	    /* a and b of an alu: */
	FORM_TWO,   /* arguments 0 and 1 */
	FORM_ONE,   /* argument 0 and the constant 1 */
	FORM_NEG,   /* the constant 0 and argument 0 */
	FORM_SHIFT, /* argument 0; the amount is a constant */
};

static const struct alu {
	ZydisMnemonic mnemonic;
	uint8_t derive; /* enum upset_derive_kind, NONE with carry */
	uint8_t flags;	/* enum upset_flags_kind, NONE */
	enum form form;
} alus[] = {
	{ZYDIS_MNEMONIC_ADD, UPSET_DERIVE_ADD, UPSET_FLAGS_ADD, FORM_TWO},
	{ZYDIS_MNEMONIC_SUB, UPSET_DERIVE_SUB, UPSET_FLAGS_SUB, FORM_TWO},
	{ZYDIS_MNEMONIC_CMP, UPSET_DERIVE_SUB, UPSET_FLAGS_SUB, FORM_TWO},
	{ZYDIS_MNEMONIC_AND, UPSET_DERIVE_AND, UPSET_FLAGS_LOGIC, FORM_TWO},
	{ZYDIS_MNEMONIC_TEST, UPSET_DERIVE_AND, UPSET_FLAGS_LOGIC, FORM_TWO},
	{ZYDIS_MNEMONIC_OR, UPSET_DERIVE_OR, UPSET_FLAGS_LOGIC, FORM_TWO},
	{ZYDIS_MNEMONIC_XOR, UPSET_DERIVE_XOR, UPSET_FLAGS_LOGIC, FORM_TWO},
	{ZYDIS_MNEMONIC_INC, UPSET_DERIVE_ADD, UPSET_FLAGS_ADD, FORM_ONE},
	{ZYDIS_MNEMONIC_DEC, UPSET_DERIVE_SUB, UPSET_FLAGS_SUB, FORM_ONE},
	{ZYDIS_MNEMONIC_NEG, UPSET_DERIVE_SUB, UPSET_FLAGS_SUB, FORM_NEG},
	{ZYDIS_MNEMONIC_NOT, UPSET_DERIVE_NOT, NONE, FORM_ONE},
	{ZYDIS_MNEMONIC_SHL, UPSET_DERIVE_SHL, UPSET_FLAGS_SHL, FORM_SHIFT},
	{ZYDIS_MNEMONIC_SHR, UPSET_DERIVE_SHR, UPSET_FLAGS_SHR, FORM_SHIFT},
	{ZYDIS_MNEMONIC_SAR, UPSET_DERIVE_SAR, UPSET_FLAGS_SAR, FORM_SHIFT},
	{ZYDIS_MNEMONIC_ADC, NONE, UPSET_FLAGS_ADD, FORM_TWO},
	{ZYDIS_MNEMONIC_SBB, NONE, UPSET_FLAGS_SUB, FORM_TWO},
};

static const struct alu *find_alu(unsigned int mnemonic)
{
	for (size_t i = 0; i < sizeof(alus) / sizeof(alus[0]); i++) {
		if (alus[i].mnemonic == mnemonic)
			return &alus[i];
	}
	return NULL;
}

/* xor r,r and the like read nothing: their result does not depend on what was there. */
static bool is_zeroing(const struct upset_insn *insn)
{
	return (insn->form == ZYDIS_MNEMONIC_XOR || insn->form == ZYDIS_MNEMONIC_SUB) &&
	       upset_insn_row(insn, 0, UPSET_READ) == NONE &&
	       upset_insn_row(insn, 0, UPSET_WRITE) != NONE;
}

/* What @alu computes of; false: of something that is not known here. */
static bool find_inputs(
	const struct upset_insn *insn, const struct alu *alu, struct upset_flags_effect *in)
{
	const unsigned int bits = argument_bits(insn, 0);

	*in = (struct upset_flags_effect){.kind = alu->flags,
		.bits = (uint8_t)bits,
		.a = argument(insn, 0),
		.b = UPSET_FROM_ZERO,
		.result = upset_insn_row(insn, 0, UPSET_WRITE),
		.derive = alu->derive};
	if (alu->form == FORM_TWO)
		in->b = argument(insn, 1);
	if (alu->form == FORM_ONE)
		in->b = UPSET_FROM_ONE;
	if (alu->form == FORM_NEG) {
		in->b = in->a;
		in->a = UPSET_FROM_ZERO;
	}
	if (alu->form == FORM_SHIFT) {
		const uint64_t amount = insn->immediate & (bits == 64 ? 63 : 31);

		in->amount = (uint8_t)amount;
		if (insn->immediate_index != 1 || amount >= bits)
			return false;
	}
	return bits != 0 && in->a != NONE && in->b != NONE;
}

static void compute(struct upset_insn *insn, const struct alu *alu)
{
	struct upset_flags_effect in;

	if (!find_inputs(insn, alu, &in))
		return;
	if (alu->derive != NONE)
		add(insn, destination(insn),
			(struct upset_effect){.kind = UPSET_EFFECT_DERIVE,
				.derive = in.derive,
				.bits = in.bits,
				.amount = in.amount,
				.a = in.a,
				.b = in.b});
	if (alu->form != FORM_SHIFT || in.amount != 0)
		insn->flags = in;
}

static void make_zero(struct upset_insn *insn)
{
	add_constant(insn, destination(insn), 0);
	insn->flags = (struct upset_flags_effect){
		.kind = insn->form == ZYDIS_MNEMONIC_XOR ? UPSET_FLAGS_LOGIC : UPSET_FLAGS_SUB,
		.bits = 64,
		.a = UPSET_FROM_ZERO,
		.b = UPSET_FROM_ZERO,
		.result = upset_insn_row(insn, 0, UPSET_WRITE),
		.derive = insn->form == ZYDIS_MNEMONIC_XOR ? UPSET_DERIVE_XOR : UPSET_DERIVE_SUB,
	};
}

/* --- moves ------------------------------------------------------------------------------------ */

static void move(struct upset_insn *insn)
{
	const uint8_t to = upset_insn_row(insn, 0, UPSET_WRITE);

	if (to == NONE)
		return;
	if (insn->operands[to].resource == UPSET_MEMORY)
		add_copy(insn, to, argument(insn, 1), insn->operands[to].bits);
	else
		add_copy(insn, destination(insn), argument(insn, 1), insn->operands[to].bits);
}

static void sign_extend(struct upset_insn *insn)
{
	const uint8_t to = destination(insn), from = argument(insn, 1);

	if (to != NONE && from != NONE && insn->operands[to].bits == 64)
		add(insn, to,
			(struct upset_effect){.kind = UPSET_EFFECT_DERIVE,
				.derive = UPSET_DERIVE_SIGN_EXTEND,
				.bits = (uint8_t)argument_bits(insn, 1),
				.a = from,
				.b = UPSET_FROM_ZERO});
}

static uint8_t address_part(const struct upset_insn *insn, uint8_t resource)
{
	return resource == UPSET_RESOURCE_NONE ? UPSET_FROM_ZERO
					       : find_resource(insn, resource, UPSET_READ);
}

/* lea; its memory argument is not accessed, and is the first one all the same. */
static void load_address(struct upset_insn *insn, unsigned int bits)
{
	const struct upset_memory *m = &insn->memory[0];
	const uint8_t to = destination(insn), base = address_part(insn, m->base);
	const uint8_t index = address_part(insn, m->index);

	if (to == NONE || m->address_bits != bits || m->scattered || base == NONE || index == NONE)
		return;
	add(insn, to,
		(struct upset_effect){.kind = UPSET_EFFECT_DERIVE,
			.derive = UPSET_DERIVE_ADDRESS,
			.bits = (uint8_t)insn->operands[to].bits,
			.amount = m->shift,
			.a = base,
			.b = index,
			.value = (uint64_t)m->displacement});
}

/* Vectors that are moved as they are. */
static bool is_vector_copy(unsigned int mnemonic)
{
	switch (mnemonic) {
	case ZYDIS_MNEMONIC_MOVAPS:
	case ZYDIS_MNEMONIC_MOVAPD:
	case ZYDIS_MNEMONIC_MOVUPS:
	case ZYDIS_MNEMONIC_MOVUPD:
	case ZYDIS_MNEMONIC_MOVDQA:
	case ZYDIS_MNEMONIC_MOVDQU:
	case ZYDIS_MNEMONIC_LDDQU:
	case ZYDIS_MNEMONIC_VMOVAPS:
	case ZYDIS_MNEMONIC_VMOVAPD:
	case ZYDIS_MNEMONIC_VMOVUPS:
	case ZYDIS_MNEMONIC_VMOVUPD:
	case ZYDIS_MNEMONIC_VMOVDQA:
	case ZYDIS_MNEMONIC_VMOVDQU:
	case ZYDIS_MNEMONIC_VLDDQU:
		return true;
	default:
		return false;
	}
}

/* --- the stack -------------------------------------------------------------------------------- */

static uint64_t stack_bytes(const struct upset_insn *insn, unsigned int bits)
{
	for (unsigned int k = 0; k < insn->operand_count; k++) {
		const struct upset_operand *o = &insn->operands[k];

		if (o->resource == UPSET_MEMORY && insn->memory[o->memory].base == X86_RSP &&
			o->index > 0)
			return o->bits / 8;
	}
	return insn->operand_count > 0 ? bits / 8 : 0;
}

static void move_stack_pointer(struct upset_insn *insn, unsigned int bits, uint64_t bytes)
{
	add_sum(insn, bits, X86_RSP, find_resource(insn, X86_RSP, UPSET_READ), bytes);
}

static void push(struct upset_insn *insn, unsigned int word)
{
	const uint8_t slot = find_resource(insn, UPSET_MEMORY, UPSET_WRITE);
	const unsigned int bits = argument_bits(insn, 0);

	move_stack_pointer(insn, word, -stack_bytes(insn, word));
	if (slot != NONE && insn->operands[slot].index > 0 &&
		(bits == 0 || bits == insn->operands[slot].bits))
		add_copy(insn, slot, argument(insn, 0), insn->operands[slot].bits);
}

static void call(struct upset_insn *insn, unsigned int bits)
{
	move_stack_pointer(insn, bits, -stack_bytes(insn, bits));
	add_constant(
		insn, find_resource(insn, UPSET_MEMORY, UPSET_WRITE), insn->address + insn->size);
}

static void pop(struct upset_insn *insn, unsigned int bits)
{
	const uint8_t to = destination(insn), slot = find_resource(insn, UPSET_MEMORY, UPSET_READ);

	/* pop rsp writes it twice. */
	if (slot == NONE || (insn->operands[0].resource == X86_RSP && insn->operands[0].index == 0))
		return;
	move_stack_pointer(insn, bits, insn->operands[slot].bits / 8);
	if (to != NONE)
		add_copy(insn, to, slot, bits);
}

static void leave(struct upset_insn *insn, unsigned int bits)
{
	const uint8_t slot = find_resource(insn, UPSET_MEMORY, UPSET_READ);

	if (slot == NONE || insn->operands[slot].bits != bits)
		return;
	add_sum(insn, bits, X86_RSP, find_resource(insn, X86_RBP, UPSET_READ), bits / 8);
	add_copy(insn, find_resource(insn, X86_RBP, UPSET_WRITE), slot, bits);
}

static void loop(struct upset_insn *insn)
{
	const uint8_t to = find_resource(insn, X86_RCX, UPSET_WRITE);
	const uint8_t from = find_resource(insn, X86_RCX, UPSET_READ);

	if (to != NONE && from != NONE)
		add(insn, to,
			(struct upset_effect){.kind = UPSET_EFFECT_DERIVE,
				.derive = UPSET_DERIVE_SUB,
				.bits = (uint8_t)insn->operands[to].bits,
				.a = from,
				.b = UPSET_FROM_ONE});
}

/* --- flags that are one bit, or constant ------------------------------------------------------ */

static void set_flag(struct upset_insn *insn, unsigned int flag, uint64_t value)
{
	add_constant(insn, find_resource(insn, flag, UPSET_WRITE), value);
}

/* By a constant: cf becomes bit @bit of the result. */
static void rotate(struct upset_insn *insn, unsigned int bit)
{
	const uint8_t result = upset_insn_row(insn, 0, UPSET_WRITE);

	if (insn->immediate_index == 1 && result != NONE)
		add(insn, find_resource(insn, X86_CF, UPSET_WRITE),
			(struct upset_effect){
				.kind = UPSET_EFFECT_BIT, .amount = (uint8_t)bit, .a = result});
}

/* The kernel finds the return address and the flags there. */
static void call_system(struct upset_insn *insn)
{
	add_constant(insn, find_resource(insn, X86_RCX, UPSET_WRITE), insn->address + insn->size);
	add(insn, find_resource(insn, X86_R11, UPSET_WRITE),
		(struct upset_effect){.kind = UPSET_EFFECT_BEFORE, .a = X86_RFLAGS});
}

/* --- all of them ------------------------------------------------------------------------------ */

static void find_flag_effects(struct upset_insn *insn)
{
	switch (insn->form) {
	case ZYDIS_MNEMONIC_STC:
		set_flag(insn, X86_CF, 1);
		break;
	case ZYDIS_MNEMONIC_CLC:
		set_flag(insn, X86_CF, 0);
		break;
	case ZYDIS_MNEMONIC_STD:
		set_flag(insn, X86_DF, 1);
		break;
	case ZYDIS_MNEMONIC_CLD:
		set_flag(insn, X86_DF, 0);
		break;
	case ZYDIS_MNEMONIC_ROL:
		rotate(insn, 0);
		break;
	case ZYDIS_MNEMONIC_ROR:
		rotate(insn, argument_bits(insn, 0) - 1);
		break;
	default:
		break;
	}
}

static void find_stack_effects(struct upset_insn *insn, unsigned int bits)
{
	switch (insn->form) {
	case ZYDIS_MNEMONIC_PUSH:
		push(insn, bits);
		break;
	case ZYDIS_MNEMONIC_PUSHFD:
	case ZYDIS_MNEMONIC_PUSHFQ:
		move_stack_pointer(insn, bits, -stack_bytes(insn, bits));
		break;
	case ZYDIS_MNEMONIC_POPFD:
	case ZYDIS_MNEMONIC_POPFQ:
		move_stack_pointer(insn, bits, stack_bytes(insn, bits));
		break;
	case ZYDIS_MNEMONIC_CALL:
		call(insn, bits);
		break;
	case ZYDIS_MNEMONIC_POP:
		pop(insn, bits);
		break;
	case ZYDIS_MNEMONIC_RET:
		move_stack_pointer(insn, bits, stack_bytes(insn, bits) + insn->immediate);
		break;
	case ZYDIS_MNEMONIC_LEAVE:
		leave(insn, bits);
		break;
	default:
		break;
	}
}

static void find_move_effects(struct upset_insn *insn, unsigned int bits)
{
	switch (insn->form) {
	case ZYDIS_MNEMONIC_MOV:
		move(insn);
		break;
	case ZYDIS_MNEMONIC_MOVZX:
		add_copy(insn, destination(insn), argument(insn, 1), argument_bits(insn, 1));
		break;
	case ZYDIS_MNEMONIC_MOVSX:
	case ZYDIS_MNEMONIC_MOVSXD:
		sign_extend(insn);
		break;
	case ZYDIS_MNEMONIC_LEA:
		load_address(insn, bits);
		break;
	case ZYDIS_MNEMONIC_LOOP:
	case ZYDIS_MNEMONIC_LOOPE:
	case ZYDIS_MNEMONIC_LOOPNE:
		loop(insn);
		break;
	case ZYDIS_MNEMONIC_SYSCALL:
		call_system(insn);
		break;
	default:
		if (is_vector_copy(insn->form))
			add_copy(insn, upset_insn_row(insn, 0, UPSET_WRITE), argument(insn, 1), 0);
		break;
	}
}

void x86_find_effects(struct upset_insn *insn, const struct upset_isa *isa)
{
	const struct alu *alu = find_alu(insn->form);

	insn->flags.kind = UPSET_FROM_NOTHING;
	if (is_zeroing(insn))
		make_zero(insn);
	else if (alu != NULL)
		compute(insn, alu);
	else {
		find_flag_effects(insn);
		find_stack_effects(insn, isa->word_bits);
		find_move_effects(insn, isa->word_bits);
	}
}
