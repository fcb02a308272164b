/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags of a block: those of an instruction follow from its inputs and its result
 * (profile/flagcount.h), are constants or bits of values, or are stored together.
 */
#include "engine/qemu/plugin/plan_internal.h"

static bool is_flag(const struct planner *p, const struct upset_operand *o)
{
	return upset_isa_is_flag(p->isa, o->resource);
}

static bool writes_flag(const struct planner *p, const struct upset_operand *o)
{
	return o->access == UPSET_WRITE && is_flag(p, o);
}

/* Store the flags here, and let those that are not known, or all, have that as their version. */
static void store_flags(struct planner *p, unsigned int point, bool only_unknown)
{
	uint16_t lane = plan_new_lanes(p, 1);

	if (lane == UPSET_SHM_UNKNOWN)
		return;
	plan_emit(p, point, UPSET_PLAN_FLAGS, p->isa->flags, 0, lane);
	p->plan->lanes[lane].counted = 1;
	for (unsigned int r = 0; r < p->isa->resource_count; r++) {
		if (!upset_isa_is_flag(p->isa, r) ||
			(only_unknown && p->versions[r].kind != UPSET_ROW_UNCOUNTED))
			continue;
		p->versions[r].kind = UPSET_ROW_VALUE;
		p->versions[r].value =
			(struct upset_shm_value){0, lane, p->isa->resources[r].flag_bit};
	}
}

static void name_version(struct planner *p, unsigned int row)
{
	const struct plan_version *version = &p->versions[p->insn->operands[row].resource];

	p->rows[row].kind = version->kind;
	p->rows[row].value = version->value;
}

void plan_read_flags(struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (o->access != UPSET_READ || !is_flag(p, o))
			continue;
		if (p->versions[o->resource].kind == UPSET_ROW_UNCOUNTED)
			store_flags(p, UPSET_PLAN_BEFORE, true);
		name_version(p, k);
	}
}

/* --- flags that are one bit of a value, or constant ------------------------------------------- */

/* Set all flags that are written by their own effects; false: one has none. */
static bool set_from_effects(struct planner *p)
{
	struct upset_shm_value values[UPSET_INSN_MAX_OPERANDS] = {0};

	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		if (!writes_flag(p, &p->insn->operands[k]))
			continue;
		values[k] = plan_effect(p, k);
		if (!plan_known(values[k]))
			return false;
	}
	plan_forget_kind(p, UPSET_RESOURCE_FLAG);
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		if (!writes_flag(p, &p->insn->operands[k]))
			continue;
		plan_set(p, p->insn->operands[k].resource, 1, values[k]);
		if (values[k].lane != UPSET_SHM_CONSTANT)
			p->plan->lanes[values[k].lane].counted = 1;
	}
	return true;
}

/* --- flags that follow from inputs and a result ----------------------------------------------- */

/* Whether a kernel has all flags that the instruction writes. */
static bool has_kernels(const struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (writes_flag(p, o) && p->isa->resources[o->resource].kernel == UPSET_FLAG_COUNT)
			return false;
	}
	return true;
}

static struct upset_shm_value result_of(struct planner *p, const struct upset_flags_effect *e,
	struct upset_shm_value a, struct upset_shm_value b)
{
	struct upset_shm_value r = plan_input(p, e->result, 0);

	/* A row of fewer bits may be one of a part. */
	if (e->derive != UPSET_FROM_NOTHING && (!plan_known(r) || e->bits < 32))
		r = plan_derive(p, e->derive, e->bits, e->amount, a, b, 0);
	return r.shift == 0 ? r : plan_unknown;
}

/* A new element of plan->flags for the current instruction, or -1. */
static int add_kernel(struct planner *p)
{
	const struct upset_flags_effect *e = &p->insn->flags;
	struct upset_plan *plan = p->plan;
	const struct upset_shm_value a = plan_input(p, e->a, 0), b = plan_input(p, e->b, 0);
	struct upset_shm_value r;

	if (e->kind == UPSET_FROM_NOTHING || !plan_known(a) || !plan_known(b) || a.shift != 0 ||
		b.shift != 0 || !has_kernels(p))
		return -1;
	r = result_of(p, e, a, b);
	if (!plan_known(r) || !plan_grow(p, (void **)&plan->flags, &plan->flags_room,
				      plan->flags_count, sizeof(*plan->flags)))
		return -1;
	plan->flags[plan->flags_count] = (struct upset_shm_flags){
		.kind = e->kind,
		.bits = e->bits,
		.shift = e->amount,
		.a = a,
		.b = b,
		.r = r,
	};
	return (int)plan->flags_count++;
}

static void set_from_kernel(struct planner *p, int kernel)
{
	const bool subtracts = p->insn->flags.kind == UPSET_FLAGS_SUB;

	plan_forget_kind(p, UPSET_RESOURCE_FLAG);
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const unsigned int r = p->insn->operands[k].resource;

		if (!writes_flag(p, &p->insn->operands[k]))
			continue;
		p->versions[r].kind = UPSET_ROW_FLAG;
		p->versions[r].value = (struct upset_shm_value){
			.constant = subtracts && p->isa->resources[r].inverted,
			.lane = (uint16_t)kernel,
			.shift = p->isa->resources[r].kernel,
		};
	}
}

static bool writes_flags(const struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		if (writes_flag(p, &p->insn->operands[k]))
			return true;
	}
	return false;
}

void plan_write_flags(struct planner *p)
{
	int kernel;

	if (!writes_flags(p))
		return;
	if (!set_from_effects(p)) {
		kernel = add_kernel(p);
		if (kernel >= 0)
			set_from_kernel(p, kernel);
		else
			store_flags(p, UPSET_PLAN_AFTER, false);
	}
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		if (writes_flag(p, &p->insn->operands[k]))
			name_version(p, k);
	}
}
