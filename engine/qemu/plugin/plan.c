/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: rows and versions of one block.  See plan.h. */
#include "engine/qemu/plugin/plan.h"

#include <stdlib.h>
#include <string.h>

#include "engine/qemu/plugin/plan_internal.h"
#include "profile/profile.h"

#define GROW(p, array, room, count)                                                                \
	plan_grow((p), (void **)&(p)->plan->array, &(p)->plan->room, (p)->plan->count,             \
		sizeof(*(p)->plan->array))

/* --- registers ---------------------------------------------------------------------------- */

/* How many low bits of a register have lanes for row @o: of a general one, which has one, all. */
static unsigned int lane_bits(const struct planner *p, const struct upset_operand *o)
{
	const struct upset_resource *r = &p->isa->resources[o->resource];

	return r->kind == UPSET_RESOURCE_GENERAL ? r->bits : (unsigned int)o->bit_offset + o->bits;
}

static void read_registers(struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (o->access == UPSET_READ && plan_is_stored(p->isa, o->resource))
			plan_set_row(p, k,
				plan_shifted(
					plan_read(p, o->resource, lane_bits(p, o)), o->bit_offset));
	}
}

static void write_register(struct planner *p, unsigned int row)
{
	const struct upset_operand *o = &p->insn->operands[row];
	struct upset_shm_value v = plan_effect(p, row);

	if (plan_known(v))
		plan_set(p, o->resource, lane_bits(p, o), v);
	else
		v = plan_observe(p, o->resource, lane_bits(p, o));
	plan_set_row(p, row, plan_shifted(v, o->bit_offset));
}

static void write_registers(struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		if (p->insn->operands[k].access == UPSET_WRITE &&
			plan_is_stored(p->isa, p->insn->operands[k].resource))
			write_register(p, k);
	}
}

/* --- memory rows --------------------------------------------------------------------------- */

/* The only memory row of a direction, or -1; -2 when there are several. */
static int only_memory_row(const struct upset_insn *insn, unsigned int access)
{
	int found = -1;

	for (unsigned int k = 0; k < insn->operand_count; k++) {
		if (insn->operands[k].resource != UPSET_MEMORY ||
			insn->operands[k].access != access)
			continue;
		if (found != -1)
			return -2;
		found = (int)k;
	}
	return found;
}

/*
 * Whether the accesses of one direction that the translated code makes are those of the row.
 * Each begins where a lane does, or all of them lie in one.
 */
static bool accesses_match(const struct upset_plan_insn *in, unsigned int access)
{
	int row = only_memory_row(&in->insn, access);
	unsigned int bytes = 0;

	if (row == -2)
		return false;
	for (unsigned int i = 0; i < in->access_count; i++) {
		if (in->accesses[i].store != (access == UPSET_WRITE))
			continue;
		if (bytes % 8 != 0 && (row == -1 || in->insn.operands[row].bits > 64))
			return false;
		bytes += in->accesses[i].bytes;
	}
	return row == -1 || bytes * 8 == in->insn.operands[row].bits;
}

/* @low, and @lane above its @bytes. */
static struct upset_shm_value join(
	struct planner *p, struct upset_shm_value low, unsigned int bytes, uint16_t lane)
{
	const struct upset_shm_value high = plan_derive(p, UPSET_DERIVE_SHL, 64, bytes * 8,
		(struct upset_shm_value){0, lane, 0}, plan_constant(0), 0);

	return plan_derive(p, UPSET_DERIVE_OR, 64, 0, low, high, 0);
}

/* An access for each of the lanes, or several that are one. */
static void record_accesses(struct planner *p, unsigned int row)
{
	const struct upset_plan_insn *in = &p->insns[p->i];
	const struct upset_operand *o = &p->insn->operands[row];
	uint16_t lane = plan_new_lanes(p, (o->bits + 63U) / 64);
	struct upset_shm_value v = {0, lane, 0};
	unsigned int at = 0;

	for (unsigned int i = 0; i < in->access_count && lane != UPSET_SHM_UNKNOWN; i++) {
		if (in->accesses[i].store != (o->access == UPSET_WRITE))
			continue;
		if (at % 8 != 0) {
			lane = plan_new_lanes(p, 1);
			v = join(p, v, at, lane);
		}
		plan_emit(p, UPSET_PLAN_BEFORE, UPSET_PLAN_ACCESS, UPSET_MEMORY, i, lane + at / 8);
		at += in->accesses[i].bytes;
	}
	if (lane != UPSET_SHM_UNKNOWN)
		plan_set_row(p, row, v);
}

static void record_memory(struct planner *p, unsigned int access)
{
	int row = only_memory_row(p->insn, access);
	struct upset_shm_value v = plan_unknown;

	if (row < 0)
		return;
	if (access == UPSET_WRITE)
		v = plan_effect(p, (unsigned int)row);
	if (plan_known(v))
		plan_set_row(p, (unsigned int)row, v);
	else
		record_accesses(p, (unsigned int)row);
}

/* --- addresses, detail full ------------------------------------------------------------------- */

/* Whether the address is a sum that can be derived. */
static bool is_sum(const struct planner *p, const struct upset_memory *m)
{
	if (m->segment != UPSET_RESOURCE_NONE || m->bit_string != UPSET_RESOURCE_NONE ||
		m->scattered || m->cleared_bits || m->address_bits != p->isa->word_bits)
		return false;
	return m->index == UPSET_RESOURCE_NONE ||
	       (m->index_bits >= m->address_bits && !m->index_negative);
}

static struct upset_shm_value address_of(struct planner *p, const struct upset_memory *m)
{
	struct upset_shm_value base = plan_constant(0), index = plan_constant(0);

	if (!is_sum(p, m))
		return plan_unknown;
	if (m->base != UPSET_RESOURCE_NONE)
		base = plan_read(p, m->base, m->address_bits);
	if (m->index != UPSET_RESOURCE_NONE)
		index = plan_read(p, m->index, m->address_bits);
	if (m->base == UPSET_RESOURCE_NONE && m->index == UPSET_RESOURCE_NONE)
		return plan_constant((uint64_t)m->displacement);
	if (m->index == UPSET_RESOURCE_NONE && m->displacement == 0)
		return base;
	return plan_derive(p, UPSET_DERIVE_ADDRESS, m->address_bits, m->shift, base, index,
		(uint64_t)m->displacement);
}

static struct upset_shm_value store_address(struct planner *p, unsigned int access)
{
	const struct upset_plan_insn *in = &p->insns[p->i];
	uint16_t lane = plan_new_lanes(p, 1);

	for (unsigned int i = 0; i < in->access_count && lane != UPSET_SHM_UNKNOWN; i++) {
		if (in->accesses[i].store != (access == UPSET_WRITE))
			continue;
		plan_emit(p, UPSET_PLAN_BEFORE, UPSET_PLAN_ADDRESS, UPSET_MEMORY, i, lane);
		return (struct upset_shm_value){0, lane, 0};
	}
	return plan_unknown;
}

static void record_addresses(struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];
		struct upset_shm_value v;

		if (o->resource != UPSET_MEMORY)
			continue;
		v = address_of(p, &p->insn->memory[o->memory]);
		if (!plan_known(v))
			v = store_address(p, o->access);
		p->rows[k].address = v.lane;
		p->rows[k].address_constant = v.constant;
		if (plan_known(v) && GROW(p, addresses, address_room, address_count))
			p->plan->addresses[p->plan->address_count++] =
				p->plan->row_count - p->insn->operand_count + k;
	}
}

/* --- instructions that callbacks sample --------------------------------------------------------
 */

static bool has_conditional_rows(const struct upset_insn *insn)
{
	for (unsigned int k = 0; k < insn->operand_count; k++) {
		if (insn->operands[k].conditional)
			return true;
	}
	return false;
}

/* Whether a row names a register that translated code cannot store. */
static bool has_hidden_values(const struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const unsigned int resource = p->insn->operands[k].resource;

		if (resource != UPSET_MEMORY && !upset_isa_is_flag(p->isa, resource) &&
			!plan_is_stored(p->isa, resource))
			return true;
	}
	return false;
}

static bool is_slow(const struct planner *p)
{
	const struct upset_insn *insn = p->insn;

	if (p->plan->detail == UPSET_DETAIL_COUNTS)
		return has_conditional_rows(insn) || (insn->classes & UPSET_CLASS_REP);
	if (insn->classes & (UPSET_CLASS_X87 | UPSET_CLASS_REP | UPSET_CLASS_LOCK |
				    UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP))
		return true;
	if (has_conditional_rows(insn) || (insn->quirks & UPSET_QUIRK_CALLBACKS) ||
		has_hidden_values(p))
		return true;
	if (p->plan->lane_count > PLAN_LANES_MAX - 64 ||
		p->plan->derived_count > UPSET_SHM_DERIVED - 64)
		return true;
	return !accesses_match(&p->insns[p->i], UPSET_READ) ||
	       !accesses_match(&p->insns[p->i], UPSET_WRITE);
}

/* Registers that the instruction changes without rows that say so. */
static void forget_spoilt(struct planner *p)
{
	if (p->insn->quirks & UPSET_QUIRK_SPOILS_VECTORS)
		plan_forget_kind(p, UPSET_RESOURCE_VECTOR);
	if (p->insn->quirks & UPSET_QUIRK_RENAMES)
		plan_forget_kind(p, UPSET_RESOURCE_GENERAL);
}

static void plan_slow(struct planner *p)
{
	bool flags = p->plan->detail == UPSET_DETAIL_FULL;

	p->plan->insns[p->i].slow = 1;
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (o->access == UPSET_WRITE)
			p->versions[o->resource].kind = UPSET_ROW_UNCOUNTED;
		if ((upset_isa_is_flag(p->isa, o->resource) && !flags) ||
			(p->plan->detail == UPSET_DETAIL_COUNTS && !o->conditional))
			continue;
		p->rows[k].kind = UPSET_ROW_SLOW;
		p->rows[k].value.lane = (uint16_t)p->plan->slow_count++;
	}
	if (p->insn->classes & UPSET_CLASS_VECTOR)
		plan_forget_kind(p, UPSET_RESOURCE_VECTOR);
	plan_forget_kind(p, UPSET_RESOURCE_FLAG);
	forget_spoilt(p);
}

/* --- the block
 * ------------------------------------------------------------------------------------- */

static bool add_rows(struct planner *p)
{
	struct upset_plan *plan = p->plan;

	while (plan->row_count + p->insn->operand_count > plan->row_room) {
		if (!plan_grow(p, (void **)&plan->rows, &plan->row_room, plan->row_room,
			    sizeof(*plan->rows)))
			return false;
	}
	p->rows = plan->rows + plan->row_count;
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		p->rows[k] = (struct upset_shm_row){
			.kind = UPSET_ROW_UNCOUNTED,
			.access = o->access,
			.bits = upset_operand_is_counted(o) ? o->bits : 0,
			.bytes = o->resource == UPSET_MEMORY ? p->insn->memory[o->memory].bits / 8
							     : 0,
			.value = plan_unknown,
			.address = UPSET_SHM_UNKNOWN,
		};
		if (plan->detail == UPSET_DETAIL_COUNTS)
			p->rows[k].bits = 0;
	}
	plan->row_count += p->insn->operand_count;
	return true;
}

static void plan_fast(struct planner *p)
{
	bool full = p->plan->detail == UPSET_DETAIL_FULL;

	read_registers(p);
	record_memory(p, UPSET_READ);
	if (full) {
		record_addresses(p);
		plan_read_flags(p);
	}
	record_memory(p, UPSET_WRITE);
	write_registers(p);
	forget_spoilt(p);
	if (full)
		plan_write_flags(p);
}

static void plan_insn(struct planner *p)
{
	struct upset_plan *plan = p->plan;

	p->insn = &p->insns[p->i].insn;
	if (!GROW(p, insns, insn_room, insn_count))
		return;
	plan->insns[plan->insn_count] = (struct upset_shm_insn){
		.address = p->insn->address,
		.first_row = plan->row_count,
		.row_count = p->insn->operand_count,
		.size = p->insn->size,
		.mode = p->insn->mode,
	};
	memcpy(plan->insns[plan->insn_count++].bytes, p->insn->bytes, sizeof(p->insn->bytes));
	if (!add_rows(p))
		return;
	if (is_slow(p))
		plan_slow(p);
	else if (plan->detail != UPSET_DETAIL_COUNTS)
		plan_fast(p);
}

int upset_plan_make(struct upset_plan *plan, const struct upset_isa *isa, unsigned int detail,
	const struct upset_plan_insn *insns, unsigned int count)
{
	struct planner p = {.isa = isa, .plan = plan, .insns = insns, .count = count};

	plan->detail = detail;
	plan->insn_count = plan->row_count = plan->lane_count = plan->column_count = 0;
	plan->derived_count = plan->flags_count = plan->emit_count = plan->live_count = 0;
	plan->slow_count = plan->address_count = 0;
	for (p.i = 0; p.i < count && p.error == 0; p.i++)
		plan_insn(&p);
	if (p.error == 0 && detail == UPSET_DETAIL_FULL)
		plan_live(&p);
	return p.error;
}

void upset_plan_fini(struct upset_plan *plan)
{
	free(plan->insns);
	free(plan->rows);
	free(plan->lanes);
	free(plan->flags);
	free(plan->emits);
	free(plan->live);
	free(plan->addresses);
	memset(plan, 0, sizeof(*plan));
}
