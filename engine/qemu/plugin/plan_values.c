/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The values that a block knows: lanes, what is computed of them, and which of them
 * each resource holds.  Knows what instructions compute from their effects alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/qemu/plugin/plan_internal.h"

bool plan_grow(struct planner *p, void **array, unsigned int *room, unsigned int count, size_t size)
{
	unsigned int wanted = *room == 0 ? 64 : *room * 2;
	void *grown;

	if (count < *room)
		return true;
	grown = reallocarray(*array, wanted, size);
	if (grown == NULL) {
		p->error = -ENOMEM;
		return false;
	}
	*array = grown;
	*room = wanted;
	return true;
}

#define GROW(p, array, room, count)                                                                \
	plan_grow((p), (void **)&(p)->plan->array, &(p)->plan->room, (p)->plan->count,             \
		sizeof(*(p)->plan->array))

/* --- lanes ------------------------------------------------------------------------------------ */

static struct upset_shm_lane *new_lane(struct planner *p)
{
	struct upset_shm_lane *lane;

	if (p->plan->lane_count >= PLAN_LANES_MAX || !GROW(p, lanes, lane_room, lane_count))
		return NULL;
	lane = &p->plan->lanes[p->plan->lane_count++];
	memset(lane, 0, sizeof(*lane));
	return lane;
}

uint16_t plan_new_lanes(struct planner *p, unsigned int n)
{
	unsigned int first = p->plan->lane_count;

	for (unsigned int i = 0; i < n; i++) {
		struct upset_shm_lane *lane = new_lane(p);

		if (lane == NULL)
			return UPSET_SHM_UNKNOWN;
		lane->column = (uint16_t)p->plan->column_count++;
	}
	return (uint16_t)first;
}

void plan_emit(struct planner *p, unsigned int point, unsigned int kind, unsigned int resource,
	unsigned int part, unsigned int lane)
{
	if (GROW(p, emits, emit_room, emit_count))
		p->plan->emits[p->plan->emit_count++] = (struct upset_plan_emit){
			.insn = (uint16_t)p->i,
			.point = (uint8_t)point,
			.kind = (uint8_t)kind,
			.resource = (uint8_t)resource,
			.part = (uint8_t)part,
			.lane = (uint16_t)lane,
		};
}

static struct upset_shm_value fold(const struct upset_derivation *d)
{
	uint64_t out;

	upset_derive(&out, 8, d, 1);
	return plan_constant(out);
}

struct upset_shm_value plan_derive(struct planner *p, unsigned int kind, unsigned int bits,
	unsigned int amount, struct upset_shm_value a, struct upset_shm_value b,
	uint64_t displacement)
{
	struct upset_shm_lane *lane;

	if (!plan_known(a) || !plan_known(b) || a.shift != 0 || b.shift != 0)
		return plan_unknown;
	if (a.lane == UPSET_SHM_CONSTANT && b.lane == UPSET_SHM_CONSTANT) {
		const struct upset_derivation d = {
			.kind = (enum upset_derive_kind)kind,
			.bits = (uint8_t)bits,
			.amount = (uint8_t)amount,
			.a = {.constant = a.constant},
			.b = {.constant = b.constant},
			.displacement = displacement,
		};

		return fold(&d);
	}
	if (p->plan->derived_count >= UPSET_SHM_DERIVED)
		return plan_unknown;
	lane = new_lane(p);
	if (lane == NULL)
		return plan_unknown;
	*lane = (struct upset_shm_lane){
		.derived = 1,
		.kind = (uint8_t)kind,
		.bits = (uint8_t)bits,
		.amount = (uint8_t)amount,
		.column = (uint16_t)p->plan->derived_count++,
		.a = a,
		.b = b,
		.displacement = displacement,
	};
	return (struct upset_shm_value){0, (uint16_t)(p->plan->lane_count - 1), 0};
}

struct upset_shm_value plan_shifted(struct upset_shm_value v, unsigned int shift)
{
	if (v.lane == UPSET_SHM_CONSTANT) {
		v.constant = shift < 64 ? v.constant >> shift : 0;
	} else if (plan_known(v)) {
		v.lane = (uint16_t)(v.lane + (v.shift + shift) / 64);
		v.shift = (uint8_t)((v.shift + shift) % 64);
	}
	return v;
}

/* --- registers -------------------------------------------------------------------------------- */

bool plan_is_stored(const struct upset_isa *isa, unsigned int resource)
{
	const struct upset_resource *r = &isa->resources[resource];

	switch (r->kind) {
	case UPSET_RESOURCE_GENERAL:
	case UPSET_RESOURCE_VECTOR:
	case UPSET_RESOURCE_FLOAT:
	case UPSET_RESOURCE_CONTROL:
		return r->qemu != NULL && r->ring == UPSET_RESOURCE_NONE;
	default:
		return false;
	}
}

void plan_set(struct planner *p, unsigned int resource, unsigned int bits, struct upset_shm_value v)
{
	p->versions[resource] =
		(struct plan_version){.kind = plan_known(v) ? UPSET_ROW_VALUE : UPSET_ROW_UNCOUNTED,
			.bits = (uint16_t)bits,
			.value = v};
}

void plan_forget_kind(struct planner *p, unsigned int kind)
{
	for (unsigned int r = 0; r < p->isa->resource_count; r++) {
		if (p->isa->resources[r].kind == kind)
			p->versions[r].kind = UPSET_ROW_UNCOUNTED;
	}
}

static struct upset_shm_value store(
	struct planner *p, unsigned int resource, unsigned int bits, unsigned int point)
{
	const unsigned int lanes = (bits + 63) / 64;
	const uint16_t first = plan_new_lanes(p, lanes);
	const struct upset_shm_value v = {0, first, 0};

	for (unsigned int i = 0; i < lanes && first != UPSET_SHM_UNKNOWN; i++)
		plan_emit(p, point, UPSET_PLAN_STATE, resource, i, first + i);
	plan_set(p, resource, lanes * 64, v);
	return v;
}

struct upset_shm_value plan_read(struct planner *p, unsigned int resource, unsigned int bits)
{
	const struct plan_version *version = &p->versions[resource];

	if (version->kind == UPSET_ROW_UNCOUNTED || version->bits < bits)
		return store(p, resource, bits, UPSET_PLAN_BEFORE);
	return version->value;
}

struct upset_shm_value plan_observe(struct planner *p, unsigned int resource, unsigned int bits)
{
	return store(p, resource, bits, UPSET_PLAN_AFTER);
}

/* --- rows and effects ------------------------------------------------------------------------- */

void plan_set_row(struct planner *p, unsigned int row, struct upset_shm_value v)
{
	const struct upset_operand *o = &p->insn->operands[row];

	p->rows[row].kind = UPSET_ROW_VALUE;
	p->rows[row].value = v;
	for (unsigned int lane = v.lane; v.lane != UPSET_SHM_CONSTANT && plan_known(v) &&
					 lane <= v.lane + (o->bits + v.shift - 1U) / 64;
		lane++)
		p->plan->lanes[lane].counted = 1;
}

struct upset_shm_value plan_input(const struct planner *p, unsigned int from, uint64_t value)
{
	switch (from) {
	case UPSET_FROM_IMMEDIATE:
		return plan_constant(p->insn->immediate);
	case UPSET_FROM_ZERO:
		return plan_constant(0);
	case UPSET_FROM_ONE:
		return plan_constant(1);
	case UPSET_FROM_VALUE:
		return plan_constant(value);
	default:
		return from < p->insn->operand_count && p->rows[from].kind == UPSET_ROW_VALUE
			       ? p->rows[from].value
			       : plan_unknown;
	}
}

/* Lanes of memory accesses hold nothing above the access. */
static bool is_memory(const struct planner *p, unsigned int from)
{
	return from < p->insn->operand_count && p->insn->operands[from].resource == UPSET_MEMORY;
}

static struct upset_shm_value copied(
	struct planner *p, const struct upset_effect *e, const struct upset_resource *to)
{
	struct upset_shm_value v = plan_input(p, e->a, e->value);

	if (to->kind == UPSET_RESOURCE_MEMORY)
		return v;
	if (to->kind != UPSET_RESOURCE_GENERAL)
		return v.lane != UPSET_SHM_CONSTANT && v.shift == 0 ? v : plan_unknown;
	if (is_memory(p, e->a))
		return v;
	if (e->bits >= to->bits)
		return v.shift == 0 ? v : plan_unknown;
	return plan_derive(p, UPSET_DERIVE_ZERO_EXTEND, e->bits, 0, v, plan_constant(0), 0);
}

static struct upset_shm_value bit_of(struct upset_shm_value v, unsigned int bit)
{
	if (!plan_known(v) || v.lane == UPSET_SHM_CONSTANT || v.shift != 0)
		return plan_unknown;
	return plan_shifted(v, bit);
}

struct upset_shm_value plan_effect(struct planner *p, unsigned int row)
{
	const struct upset_operand *o = &p->insn->operands[row];
	const struct upset_effect *e;

	if (o->effect == UPSET_NO_EFFECT)
		return plan_unknown;
	e = &p->insn->effects[o->effect];
	switch (e->kind) {
	case UPSET_EFFECT_CONSTANT:
		return plan_constant(e->value);
	case UPSET_EFFECT_COPY:
		return copied(p, e, &p->isa->resources[o->resource]);
	case UPSET_EFFECT_DERIVE:
		return plan_derive(p, e->derive, e->bits, e->amount, plan_input(p, e->a, e->value),
			plan_input(p, e->b, e->value),
			e->derive == UPSET_DERIVE_ADDRESS ? e->value : 0);
	case UPSET_EFFECT_BIT:
		return bit_of(plan_input(p, e->a, e->value), e->amount);
	default:
		return plan_unknown;
	}
}
