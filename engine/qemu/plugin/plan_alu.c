/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What instructions compute, as far as the planner can do it again from other
 * values: results of moves, sums, logic and shifts, and the flags they leave.
 * Tables by mnemonic; whatever is not here is stored by translated code.
 */
#include <string.h>

#include <Zydis/Mnemonic.h>

#include "engine/qemu/plugin/plan_internal.h"
#include "isa/x86/x86.h"
#include "profile/profile.h"

/* --- results of two-argument instructions ------------------------------------------------ */

struct alu {
	uint16_t mnemonic;
	int8_t derive; /* enum upset_derive_kind, -1: none */
	int8_t flags;  /* enum upset_flags_kind, -1: none */
	uint8_t form;
};
enum {		    /* a and b of an alu: */
	FORM_TWO,   /* arguments 0 and 1 */
	FORM_ONE,   /* argument 0 and the constant 1 */
	FORM_NEG,   /* the constant 0 and argument 0 */
	FORM_SHIFT, /* argument 0; the amount is a constant */
	FORM_CARRY, /* arguments 0 and 1 and the carry flag: the result is not derived */
};

static const struct alu alus[] = {
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
	{ZYDIS_MNEMONIC_NOT, UPSET_DERIVE_NOT, -1, FORM_ONE},
	{ZYDIS_MNEMONIC_SHL, UPSET_DERIVE_SHL, UPSET_FLAGS_SHL, FORM_SHIFT},
	{ZYDIS_MNEMONIC_SHR, UPSET_DERIVE_SHR, UPSET_FLAGS_SHR, FORM_SHIFT},
	{ZYDIS_MNEMONIC_SAR, UPSET_DERIVE_SAR, UPSET_FLAGS_SAR, FORM_SHIFT},
	{ZYDIS_MNEMONIC_ADC, -1, UPSET_FLAGS_ADD, FORM_CARRY},
	{ZYDIS_MNEMONIC_SBB, -1, UPSET_FLAGS_SUB, FORM_CARRY},
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
static bool is_zeroing(const struct planner *p)
{
	return plan_find_row(p, 0, UPSET_READ) < 0 && plan_find_row(p, 0, UPSET_WRITE) >= 0 &&
	       (p->insn->form == ZYDIS_MNEMONIC_XOR || p->insn->form == ZYDIS_MNEMONIC_SUB);
}

/* Width of argument 0 in bits, 0 when it has no row. */
static unsigned int argument_bits(const struct planner *p, unsigned int index)
{
	int row = plan_find_row(p, index, UPSET_READ);

	if (row < 0)
		row = plan_find_row(p, index, UPSET_WRITE);
	return row < 0 ? 0 : p->insn->operands[row].bits;
}

struct alu_inputs {
	struct upset_shm_value a, b;
	unsigned int bits, amount;
};

static bool has_constant_amount(const struct planner *p)
{
	return p->insn->immediate_index == 1;
}

static bool alu_inputs(const struct planner *p, const struct alu *alu, struct alu_inputs *in)
{
	in->bits = argument_bits(p, 0);
	in->amount = 0;
	in->a = plan_argument(p, 0);
	in->b = plan_constant(0);
	switch (alu->form) {
	case FORM_TWO:
	case FORM_CARRY:
		in->b = plan_argument(p, 1);
		break;
	case FORM_ONE:
		in->b = plan_constant(1);
		break;
	case FORM_NEG:
		in->b = in->a;
		in->a = plan_constant(0);
		break;
	case FORM_SHIFT:
		if (!has_constant_amount(p))
			return false;
		in->amount = (unsigned int)p->insn->immediate & (in->bits == 64 ? 63 : 31);
		if (in->amount >= in->bits)
			return false;
		break;
	default:
		return false;
	}
	return in->bits != 0 && plan_known(in->a) && plan_known(in->b) && in->a.shift == 0 &&
	       in->b.shift == 0;
}

static struct upset_shm_value alu_result(struct planner *p, const struct alu *alu)
{
	struct alu_inputs in;

	if (alu->derive < 0 || !alu_inputs(p, alu, &in))
		return plan_unknown;
	return plan_derive(p, (unsigned int)alu->derive, in.bits, in.amount, in.a, in.b, 0);
}

/* --- moves --------------------------------------------------------------------------------- */

static struct upset_shm_value extend(struct planner *p, unsigned int kind, unsigned int bits)
{
	return plan_derive(p, kind, bits, 0, plan_argument(p, 1), plan_constant(0), 0);
}

static struct upset_shm_value moved(struct planner *p, const struct upset_operand *o)
{
	struct upset_shm_value v = plan_argument(p, 1);

	if (o->bits == 64)
		return v.shift == 0 ? v : plan_unknown;
	/* Lanes of memory accesses hold nothing above the access. */
	if (plan_find_row(p, 1, UPSET_READ) >= 0 &&
		p->insn->operands[plan_find_row(p, 1, UPSET_READ)].resource == UPSET_MEMORY)
		return v;
	return extend(p, UPSET_DERIVE_ZERO_EXTEND, 32);
}

static struct upset_shm_value zero_extended(struct planner *p)
{
	int row = plan_find_row(p, 1, UPSET_READ);

	if (row >= 0 && p->insn->operands[row].resource == UPSET_MEMORY)
		return p->rows[row].value;
	return extend(p, UPSET_DERIVE_ZERO_EXTEND, argument_bits(p, 1));
}

static struct upset_shm_value effective_address(struct planner *p, const struct upset_operand *o)
{
	const struct upset_memory *m = &p->insn->memory[0];
	struct upset_shm_value base = plan_constant(0), index = plan_constant(0);

	if (m->address_bits != 64)
		return plan_unknown;
	if (m->base != UPSET_RESOURCE_NONE)
		base = plan_read_general(p, m->base);
	if (m->index != UPSET_RESOURCE_NONE)
		index = plan_read_general(p, m->index);
	return plan_derive(
		p, UPSET_DERIVE_ADDRESS, o->bits, m->shift, base, index, (uint64_t)m->displacement);
}

/* --- the stack pointer ------------------------------------------------------------------------ */

/* @resource as the instruction found it, plus @n. */
static struct upset_shm_value plus(struct planner *p, unsigned int resource, uint64_t n)
{
	struct upset_shm_value v = plan_unknown;

	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (o->resource == resource && o->access == UPSET_READ &&
			p->rows[k].kind == UPSET_ROW_VALUE)
			v = p->rows[k].value;
	}
	return plan_derive(p, UPSET_DERIVE_ADD, 64, 0, v, plan_constant(n), 0);
}

static uint64_t stack_bytes(const struct upset_insn *insn)
{
	for (unsigned int k = 0; k < insn->operand_count; k++) {
		const struct upset_operand *o = &insn->operands[k];

		if (o->resource == UPSET_MEMORY && insn->memory[o->memory].base == X86_RSP &&
			o->index > 0)
			return o->bits / 8;
	}
	return insn->operand_count > 0 ? 8 : 0;
}

static struct upset_shm_value stack_pointer(struct planner *p)
{
	const struct upset_insn *insn = p->insn;

	switch (insn->form) {
	case ZYDIS_MNEMONIC_PUSH:
	case ZYDIS_MNEMONIC_PUSHFQ:
	case ZYDIS_MNEMONIC_CALL:
		return plus(p, X86_RSP, -stack_bytes(insn));
	case ZYDIS_MNEMONIC_POPFQ:
		return plus(p, X86_RSP, stack_bytes(insn));
	case ZYDIS_MNEMONIC_POP:
		/* pop rsp writes it twice. */
		if (insn->operands[0].resource == X86_RSP && insn->operands[0].index == 0)
			return plan_unknown;
		return plus(p, X86_RSP, argument_bits(p, 0) / 8);
	case ZYDIS_MNEMONIC_RET:
		return plus(p, X86_RSP, 8 + insn->immediate);
	case ZYDIS_MNEMONIC_LEAVE:
		return plus(p, X86_RBP, 8);
	default:
		return plan_unknown;
	}
}

/* The value that a pop loads, from its memory row. */
static struct upset_shm_value loaded(const struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (o->resource == UPSET_MEMORY && o->access == UPSET_READ)
			return p->rows[k].kind == UPSET_ROW_VALUE ? p->rows[k].value : plan_unknown;
	}
	return plan_unknown;
}

static bool is_loop(unsigned int mnemonic)
{
	return mnemonic == ZYDIS_MNEMONIC_LOOP || mnemonic == ZYDIS_MNEMONIC_LOOPE ||
	       mnemonic == ZYDIS_MNEMONIC_LOOPNE;
}

static struct upset_shm_value hidden_result(struct planner *p, const struct upset_operand *o)
{
	const struct upset_insn *insn = p->insn;

	if (is_loop(insn->form))
		return plan_derive(p, UPSET_DERIVE_ADD, o->bits, 0, plan_read_general(p, X86_RCX),
			plan_constant((uint64_t)-1), 0);
	if (insn->form == ZYDIS_MNEMONIC_LEAVE && o->resource == X86_RBP)
		return loaded(p);
	if (o->resource == X86_RSP)
		return stack_pointer(p);
	return plan_unknown;
}

struct upset_shm_value plan_result(struct planner *p, const struct upset_operand *o)
{
	const struct upset_insn *insn = p->insn;
	const struct alu *alu = find_alu(insn->form);

	if (o->index != 0 || is_loop(insn->form) || insn->form == ZYDIS_MNEMONIC_LEAVE ||
		insn->form == ZYDIS_MNEMONIC_RET)
		return hidden_result(p, o);
	if (o->bits < 32 || o->bit_offset != 0)
		return plan_unknown;
	if (is_zeroing(p))
		return plan_constant(0);
	if (alu != NULL)
		return alu_result(p, alu);
	switch (insn->form) {
	case ZYDIS_MNEMONIC_MOV:
		return moved(p, o);
	case ZYDIS_MNEMONIC_MOVZX:
		return zero_extended(p);
	case ZYDIS_MNEMONIC_MOVSX:
	case ZYDIS_MNEMONIC_MOVSXD:
		return o->bits == 64 ? extend(p, UPSET_DERIVE_SIGN_EXTEND, argument_bits(p, 1))
				     : plan_unknown;
	case ZYDIS_MNEMONIC_LEA:
		return effective_address(p, o);
	case ZYDIS_MNEMONIC_POP:
		return o->resource == X86_RSP ? plan_unknown : loaded(p);
	default:
		return plan_unknown;
	}
}

struct upset_shm_value plan_stored(struct planner *p, const struct upset_operand *o)
{
	const struct upset_insn *insn = p->insn;
	struct upset_shm_value v;

	switch (insn->form) {
	case ZYDIS_MNEMONIC_MOV:
		return plan_argument(p, 1);
	case ZYDIS_MNEMONIC_PUSH:
		if (o->index == 0)
			return plan_unknown;
		v = plan_argument(p, 0);
		return o->bits == argument_bits(p, 0) || argument_bits(p, 0) == 0 ? v
										  : plan_unknown;
	case ZYDIS_MNEMONIC_CALL:
		return plan_constant(insn->address + insn->size);
	default:
		break;
	}
	if (plan_is_vector_copy(insn) && o->index == 0)
		return plan_argument(p, 1);
	return plan_unknown;
}

bool plan_is_vector_copy(const struct upset_insn *insn)
{
	static const uint16_t copies[] = {
		ZYDIS_MNEMONIC_MOVAPS,
		ZYDIS_MNEMONIC_MOVAPD,
		ZYDIS_MNEMONIC_MOVUPS,
		ZYDIS_MNEMONIC_MOVUPD,
		ZYDIS_MNEMONIC_MOVDQA,
		ZYDIS_MNEMONIC_MOVDQU,
		ZYDIS_MNEMONIC_LDDQU,
		ZYDIS_MNEMONIC_VMOVAPS,
		ZYDIS_MNEMONIC_VMOVAPD,
		ZYDIS_MNEMONIC_VMOVUPS,
		ZYDIS_MNEMONIC_VMOVUPD,
		ZYDIS_MNEMONIC_VMOVDQA,
		ZYDIS_MNEMONIC_VMOVDQU,
		ZYDIS_MNEMONIC_VLDDQU,
	};

	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
		if (insn->form == copies[i])
			return true;
	}
	return false;
}

/* --- flags
 * ---------------------------------------------------------------------------------------- */

static bool is_flag(const struct upset_operand *o)
{
	return o->resource >= X86_CF && o->resource <= X86_OF;
}

/* Store the flags register here, and let the flags in @mask have it as their version. */
static void store_flags(struct planner *p, unsigned int point, bool only_unknown)
{
	uint16_t lane = plan_new_lanes(p, 1);

	if (lane == UPSET_SHM_UNKNOWN)
		return;
	plan_emit(p, point, UPSET_PLAN_FLAGS, X86_CF, 0, lane);
	p->plan->lanes[lane].counted = 1;
	for (unsigned int f = 0; f <= X86_OF - X86_CF; f++) {
		if (only_unknown && p->flag[f].kind != UPSET_ROW_UNCOUNTED)
			continue;
		p->flag[f].kind = UPSET_ROW_VALUE;
		p->flag[f].value = (struct upset_shm_value){
			0, lane, upset_isa_resource(&upset_isa_x86_64, X86_CF + f)->flag_bit};
	}
}

void plan_read_flags(struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (!is_flag(o) || o->access != UPSET_READ)
			continue;
		if (p->flag[o->resource - X86_CF].kind == UPSET_ROW_UNCOUNTED)
			store_flags(p, UPSET_PLAN_BEFORE, true);
		p->rows[k].kind = p->flag[o->resource - X86_CF].kind;
		p->rows[k].value = p->flag[o->resource - X86_CF].value;
	}
}

static int kernel_flag(unsigned int resource)
{
	switch (resource) {
	case X86_CF:
		return UPSET_FLAG_CF;
	case X86_PF:
		return UPSET_FLAG_PF;
	case X86_AF:
		return UPSET_FLAG_AF;
	case X86_ZF:
		return UPSET_FLAG_ZF;
	case X86_SF:
		return UPSET_FLAG_SF;
	case X86_OF:
		return UPSET_FLAG_OF;
	default:
		return -1;
	}
}

/* The value of argument 0 after the instruction, for instructions that are not derived. */
static struct upset_shm_value written(const struct planner *p)
{
	int row = plan_find_row(p, 0, UPSET_WRITE);

	return row >= 0 && p->rows[row].kind == UPSET_ROW_VALUE ? p->rows[row].value : plan_unknown;
}

/* A new element of plan->flags for the current instruction, or -1. */
static int add_kernel(struct planner *p)
{
	const struct alu *alu = find_alu(p->insn->form);
	struct upset_plan *plan = p->plan;
	struct alu_inputs in;
	struct upset_shm_value r;

	if (alu == NULL || alu->flags < 0)
		return -1;
	if (is_zeroing(p))
		in = (struct alu_inputs){plan_constant(0), plan_constant(0), 64, 0};
	else if (!alu_inputs(p, alu, &in))
		return -1;
	if (alu->form == FORM_SHIFT && in.amount == 0)
		return -1;
	r = written(p);
	if (alu->derive >= 0 && (!plan_known(r) || in.bits < 32))
		r = plan_derive(p, (unsigned int)alu->derive, in.bits, in.amount, in.a, in.b, 0);
	if (!plan_known(r) || r.shift != 0 ||
		!plan_grow(p, (void **)&plan->flags, &plan->flags_room, plan->flags_count,
			sizeof(*plan->flags)))
		return -1;
	plan->flags[plan->flags_count] = (struct upset_shm_flags){
		.kind = (uint8_t)alu->flags,
		.bits = (uint8_t)in.bits,
		.shift = (uint8_t)in.amount,
		.a = in.a,
		.b = in.b,
		.r = r,
	};
	return (int)plan->flags_count++;
}

/* Flags that are one bit of a value, or constant. */
static bool simple_flag(struct planner *p, unsigned int resource, struct upset_shm_value *v)
{
	unsigned int bits = argument_bits(p, 0);

	switch (p->insn->form) {
	case ZYDIS_MNEMONIC_STC:
	case ZYDIS_MNEMONIC_STD:
		*v = plan_constant(1);
		return true;
	case ZYDIS_MNEMONIC_CLC:
	case ZYDIS_MNEMONIC_CLD:
		*v = plan_constant(0);
		return true;
	case ZYDIS_MNEMONIC_ROL:
	case ZYDIS_MNEMONIC_ROR:
		*v = written(p);
		if (resource != X86_CF || !has_constant_amount(p) || !plan_known(*v) ||
			v->shift != 0)
			return false;
		if (p->insn->form == ZYDIS_MNEMONIC_ROR && v->lane != UPSET_SHM_CONSTANT)
			v->shift = (uint8_t)(bits - 1);
		return v->lane != UPSET_SHM_CONSTANT;
	default:
		return false;
	}
}

static unsigned int written_flags(const struct upset_insn *insn)
{
	unsigned int mask = 0;

	for (unsigned int k = 0; k < insn->operand_count; k++) {
		if (is_flag(&insn->operands[k]) && insn->operands[k].access == UPSET_WRITE)
			mask |= 1U << (insn->operands[k].resource - X86_CF);
	}
	return mask;
}

static bool set_simple_flags(struct planner *p, unsigned int mask)
{
	struct plan_flag next[X86_OF - X86_CF + 1];

	memset(next, 0, sizeof(next));
	for (unsigned int f = 0; f <= X86_OF - X86_CF; f++) {
		if (!(mask & 1U << f))
			continue;
		if (!simple_flag(p, X86_CF + f, &next[f].value))
			return false;
		next[f].kind = UPSET_ROW_VALUE;
		if (next[f].value.lane != UPSET_SHM_CONSTANT)
			p->plan->lanes[next[f].value.lane].counted = 1;
	}
	memcpy(p->flag, next, sizeof(next));
	return true;
}

static void set_kernel_flags(struct planner *p, unsigned int mask, int kernel)
{
	memset(p->flag, 0, sizeof(p->flag));
	for (unsigned int f = 0; f <= X86_OF - X86_CF; f++) {
		if (!(mask & 1U << f))
			continue;
		p->flag[f].kind = UPSET_ROW_FLAG;
		p->flag[f].value = (struct upset_shm_value){
			0, (uint16_t)kernel, (uint8_t)kernel_flag(X86_CF + f)};
	}
}

void plan_write_flags(struct planner *p)
{
	unsigned int mask = written_flags(p->insn);
	int kernel;

	if (mask == 0)
		return;
	if (!set_simple_flags(p, mask)) {
		kernel = add_kernel(p);
		if (kernel >= 0)
			set_kernel_flags(p, mask, kernel);
		else
			store_flags(p, UPSET_PLAN_AFTER, false);
	}
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (is_flag(o) && o->access == UPSET_WRITE) {
			p->rows[k].kind = p->flag[o->resource - X86_CF].kind;
			p->rows[k].value = p->flag[o->resource - X86_CF].value;
		}
	}
}
