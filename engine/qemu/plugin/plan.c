/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: rows and versions of one block.  See plan.h. */
#include "engine/qemu/plugin/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <Zydis/Mnemonic.h>

#include "engine/qemu/plugin/plan_internal.h"
#include "isa/x86/x86.h"
#include "profile/profile.h"

enum { LANES_MAX = 16000 };

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

static struct upset_shm_lane *new_lane(struct planner *p)
{
	struct upset_shm_lane *lane;

	if (p->plan->lane_count >= LANES_MAX || !GROW(p, lanes, lane_room, lane_count))
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

/* --- registers ----------------------------------------------------------------------- */

static struct upset_shm_value store_general(
	struct planner *p, unsigned int resource, unsigned int point)
{
	uint16_t lane = plan_new_lanes(p, 1);

	if (lane == UPSET_SHM_UNKNOWN)
		return plan_unknown;
	plan_emit(p, point, UPSET_PLAN_STATE, resource, 0, lane);
	return (struct upset_shm_value){0, lane, 0};
}

struct upset_shm_value plan_read_general(struct planner *p, unsigned int resource)
{
	struct upset_shm_value *v = &p->general[resource];

	if (!plan_known(*v))
		*v = store_general(p, resource, UPSET_PLAN_BEFORE);
	return *v;
}

static void store_vector(struct planner *p, const struct upset_operand *o, unsigned int point)
{
	unsigned int lanes = (o->bits + 63U) / 64;
	uint16_t first = plan_new_lanes(p, lanes);

	for (unsigned int i = 0; i < lanes && first != UPSET_SHM_UNKNOWN; i++)
		plan_emit(p, point, UPSET_PLAN_STATE, o->resource, i, first + i);
	p->vector[o->resource - X86_YMM0] = (struct plan_vector){first, (uint16_t)(lanes * 64)};
}

static struct upset_shm_value read_vector(struct planner *p, const struct upset_operand *o)
{
	struct plan_vector *v = &p->vector[o->resource - X86_YMM0];

	if (v->lane == UPSET_SHM_UNKNOWN || v->bits < o->bits)
		store_vector(p, o, UPSET_PLAN_BEFORE);
	return (struct upset_shm_value){0, v->lane, 0};
}

/* --- rows ------------------------------------------------------------------------------ */

int plan_find_row(const struct planner *p, unsigned int index, unsigned int access)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (o->index == index && o->access == access)
			return (int)k;
	}
	return -1;
}

struct upset_shm_value plan_argument(const struct planner *p, unsigned int index)
{
	int row = plan_find_row(p, index, UPSET_READ);

	if (row >= 0)
		return p->rows[row].kind == UPSET_ROW_VALUE ? p->rows[row].value : plan_unknown;
	return index == p->insn->immediate_index ? plan_constant(p->insn->immediate) : plan_unknown;
}

static void set_value(struct planner *p, unsigned int row, struct upset_shm_value v)
{
	const struct upset_operand *o = &p->insn->operands[row];

	p->rows[row].kind = UPSET_ROW_VALUE;
	p->rows[row].value = v;
	for (unsigned int lane = v.lane; v.lane != UPSET_SHM_CONSTANT && plan_known(v) &&
					 lane <= v.lane + (o->bits + v.shift - 1U) / 64;
		lane++)
		p->plan->lanes[lane].counted = 1;
}

static struct upset_shm_value shifted(struct upset_shm_value v, unsigned int shift)
{
	if (v.lane == UPSET_SHM_CONSTANT)
		v.constant >>= shift;
	else
		v.shift = (uint8_t)(v.shift + shift);
	return v;
}

static void read_registers(struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (o->access != UPSET_READ)
			continue;
		if (o->resource < X86_CF)
			set_value(p, k, shifted(plan_read_general(p, o->resource), o->bit_offset));
		else if (o->resource >= X86_YMM0 && o->resource < X86_ST0)
			set_value(p, k, read_vector(p, o));
	}
}

static void write_general(struct planner *p, unsigned int row)
{
	const struct upset_operand *o = &p->insn->operands[row];
	struct upset_shm_value v = plan_result(p, o);

	if (!plan_known(v))
		v = store_general(p, o->resource, UPSET_PLAN_AFTER);
	p->general[o->resource] = v;
	set_value(p, row, shifted(v, o->bit_offset));
}

static void write_vector(struct planner *p, unsigned int row)
{
	const struct upset_operand *o = &p->insn->operands[row];
	struct plan_vector *v = &p->vector[o->resource - X86_YMM0];
	struct upset_shm_value source = plan_unknown;

	if (plan_is_vector_copy(p->insn) && o->index == 0)
		source = plan_argument(p, 1);
	if (plan_known(source) && source.lane != UPSET_SHM_CONSTANT)
		*v = (struct plan_vector){source.lane, o->bits};
	else
		store_vector(p, o, UPSET_PLAN_AFTER);
	set_value(p, row, (struct upset_shm_value){0, v->lane, 0});
}

static void write_registers(struct planner *p)
{
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];

		if (o->access != UPSET_WRITE)
			continue;
		if (o->resource < X86_CF)
			write_general(p, k);
		else if (o->resource >= X86_YMM0 && o->resource < X86_ST0)
			write_vector(p, k);
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

/* Whether the accesses of one direction that the translated code makes are those of the row. */
static bool accesses_match(const struct upset_plan_insn *in, unsigned int access)
{
	int row = only_memory_row(&in->insn, access);
	unsigned int bytes = 0;

	if (row == -2)
		return false;
	for (unsigned int i = 0; i < in->access_count; i++) {
		if (in->accesses[i].store == (access == UPSET_WRITE))
			bytes += in->accesses[i].bytes;
	}
	return row == -1 || bytes * 8 == in->insn.operands[row].bits;
}

static void record_accesses(struct planner *p, unsigned int row)
{
	const struct upset_plan_insn *in = &p->insns[p->i];
	const struct upset_operand *o = &p->insn->operands[row];
	uint16_t lane = plan_new_lanes(p, (o->bits + 63U) / 64);
	unsigned int at = 0;

	if (lane == UPSET_SHM_UNKNOWN)
		return;
	for (unsigned int i = 0; i < in->access_count; i++) {
		if (in->accesses[i].store != (o->access == UPSET_WRITE))
			continue;
		plan_emit(p, UPSET_PLAN_BEFORE, UPSET_PLAN_ACCESS, UPSET_MEMORY, i, lane + at / 8);
		at += in->accesses[i].bytes;
	}
	set_value(p, row, (struct upset_shm_value){0, lane, 0});
}

static void record_memory(struct planner *p, unsigned int access)
{
	int row = only_memory_row(p->insn, access);
	struct upset_shm_value v = plan_unknown;

	if (row < 0)
		return;
	if (access == UPSET_WRITE)
		v = plan_stored(p, &p->insn->operands[row]);
	if (plan_known(v))
		set_value(p, (unsigned int)row, v);
	else
		record_accesses(p, (unsigned int)row);
}

/* --- addresses, detail full ------------------------------------------------------------------- */

static struct upset_shm_value address_of(struct planner *p, const struct upset_memory *m)
{
	struct upset_shm_value base = plan_constant(0), index = plan_constant(0);

	if (m->segment != UPSET_RESOURCE_NONE || m->scattered ||
		(m->index != UPSET_RESOURCE_NONE && m->index_bits != 64) || m->address_bits != 64 ||
		m->bit_string != UPSET_RESOURCE_NONE)
		return plan_unknown;
	if (m->base != UPSET_RESOURCE_NONE)
		base = plan_read_general(p, m->base);
	if (m->index != UPSET_RESOURCE_NONE)
		index = plan_read_general(p, m->index);
	if (m->base == UPSET_RESOURCE_NONE && m->index == UPSET_RESOURCE_NONE)
		return plan_constant((uint64_t)m->displacement);
	if (m->index == UPSET_RESOURCE_NONE && m->displacement == 0)
		return base;
	return plan_derive(
		p, UPSET_DERIVE_ADDRESS, 64, m->shift, base, index, (uint64_t)m->displacement);
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

static bool is_slow(const struct planner *p)
{
	const struct upset_insn *insn = p->insn;

	if (p->plan->detail == UPSET_DETAIL_COUNTS)
		return has_conditional_rows(insn) || (insn->classes & UPSET_CLASS_REP);
	if (insn->classes & (UPSET_CLASS_X87 | UPSET_CLASS_REP | UPSET_CLASS_LOCK |
				    UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP))
		return true;
	if (has_conditional_rows(insn) || insn->form == ZYDIS_MNEMONIC_CMPXCHG ||
		insn->form == ZYDIS_MNEMONIC_ENTER || insn->form == ZYDIS_MNEMONIC_MOVBE)
		return true;
	if (p->plan->lane_count > LANES_MAX - 64 || p->plan->derived_count > UPSET_SHM_DERIVED - 64)
		return true;
	return !accesses_match(&p->insns[p->i], UPSET_READ) ||
	       !accesses_match(&p->insns[p->i], UPSET_WRITE);
}

static void forget(struct planner *p, const struct upset_operand *o)
{
	if (o->resource < X86_CF)
		p->general[o->resource] = plan_unknown;
	else if (o->resource >= X86_YMM0 && o->resource < X86_ST0)
		p->vector[o->resource - X86_YMM0].lane = UPSET_SHM_UNKNOWN;
}

/* Registers that the instruction changes without rows that say so. */
static void forget_vectors(struct planner *p)
{
	for (unsigned int i = 0; i < 16; i++)
		p->vector[i].lane = UPSET_SHM_UNKNOWN;
}

static void plan_slow(struct planner *p)
{
	bool flags = p->plan->detail == UPSET_DETAIL_FULL;

	p->plan->insns[p->i].slow = 1;
	for (unsigned int k = 0; k < p->insn->operand_count; k++) {
		const struct upset_operand *o = &p->insn->operands[k];
		bool is_flag = o->resource >= X86_CF && o->resource <= X86_OF;

		if (o->access == UPSET_WRITE)
			forget(p, o);
		if ((is_flag && !flags) ||
			(p->plan->detail == UPSET_DETAIL_COUNTS && !o->conditional))
			continue;
		p->rows[k].kind = UPSET_ROW_SLOW;
		p->rows[k].value.lane = (uint16_t)p->plan->slow_count++;
	}
	if (p->insn->classes & UPSET_CLASS_VECTOR)
		forget_vectors(p);
	memset(p->flag, 0, sizeof(p->flag));
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
	if (p->insn->form == ZYDIS_MNEMONIC_VZEROUPPER)
		forget_vectors(p);
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
	for (unsigned int i = 0; i < 16; i++) {
		p.general[i] = plan_unknown;
		p.vector[i].lane = UPSET_SHM_UNKNOWN;
	}
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
