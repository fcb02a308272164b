/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan becomes inline actions and callbacks of the translated block. */
#include <stddef.h>
#include <stdlib.h>

#include "engine/qemu/plugin/plugin.h"
#include "engine/qemu/registers.h"

struct emitter {
	struct qemu_plugin_tb *tb;
	struct block *block;
	const struct upset_plan *plan;
	const struct upset_plan_insn *insns;
	ptrdiff_t slot; /* offset of the block's slot from the base */
	unsigned int last;
};

static struct qemu_plugin_insn *insn_of(const struct emitter *e, unsigned int i)
{
	return qemu_plugin_tb_get_insn(e->tb, i);
}

/*
 * Where the last instruction has completed: a direct jump cannot fail, and what
 * stands behind it is not reached; a call, return or indirect jump may fail and
 * has one way out; a repeated instruction is done on its second way out.
 */
static enum qemu_plugin_point end_point(const struct emitter *e)
{
	const struct upset_insn *insn = &e->insns[e->last].insn;

	if (insn->classes & UPSET_CLASS_REP)
		return QEMU_PLUGIN_POINT_EXIT1;
	if (!(insn->classes & UPSET_CLASS_BRANCH))
		return QEMU_PLUGIN_POINT_AFTER;
	if ((insn->classes & UPSET_CLASS_CONDITIONAL) ||
		(insn->branch_target != 0 && !(insn->classes & UPSET_CLASS_CALL)))
		return QEMU_PLUGIN_POINT_BEFORE;
	return QEMU_PLUGIN_POINT_EXIT0;
}

/* Do @action once instruction @i has completed. */
static void when_done(
	const struct emitter *e, unsigned int i, const struct qemu_plugin_inline *action)
{
	if (i < e->last)
		qemu_plugin_insn_inline(insn_of(e, i + 1), QEMU_PLUGIN_POINT_BEFORE, action);
	else
		qemu_plugin_insn_inline(insn_of(e, i), end_point(e), action);
}

static ptrdiff_t lane_offset(const struct emitter *e, unsigned int lane)
{
	return (ptrdiff_t)e->plan->lanes[lane].column * UPSET_BUCKET_RECORDS * 8;
}

static ptrdiff_t work_offset(enum upset_work_kind kind)
{
	return (ptrdiff_t)(offsetof(struct upset_shm_thread, work) + kind * sizeof(uint64_t));
}

/* Where translated code counts the thread's instructions; -1: nowhere. */
static ptrdiff_t clock_offset(const struct emitter *e)
{
	if (e->plan->detail != UPSET_DETAIL_COUNTS)
		return offsetof(struct upset_shm_thread, clock);
	return plugin.shm->calls != 0 ? work_offset(UPSET_WORK_INSTRUCTIONS) : -1;
}

/* Before the block is current: then what is taken back has been counted. */
static void count_accesses(const struct emitter *e)
{
	const struct qemu_plugin_inline count = {
		.kind = QEMU_PLUGIN_INLINE_ADD_EACH,
		.size = sizeof(e->block->accesses),
		.offset = work_offset(UPSET_WORK_REGISTER_READS),
		.addends = e->block->accesses,
	};

	qemu_plugin_insn_inline(insn_of(e, 0), QEMU_PLUGIN_POINT_BEFORE, &count);
}

static void begin_block(const struct emitter *e)
{
	bool counts = e->plan->detail == UPSET_DETAIL_COUNTS;
	const struct qemu_plugin_record record = {
		.clock = clock_offset(e),
		.insns = e->plan->insn_count,
		.cursor =
			counts ? -1 : e->slot + (ptrdiff_t)offsetof(struct upset_shm_slot, cursor),
		.step = 8,
		.budget = plugin.budgeted ? (ptrdiff_t)offsetof(struct upset_shm_thread, left) : -1,
		.full = plugin_full,
		.userdata = e->block,
	};
	const struct qemu_plugin_inline current = {
		.kind = QEMU_PLUGIN_INLINE_SET,
		.size = 8,
		.offset = offsetof(struct upset_shm_thread, current),
		.imm = e->block->shm->id + 1,
	};
	const struct qemu_plugin_inline progress = {
		.kind = QEMU_PLUGIN_INLINE_SET,
		.size = 8,
		.offset = offsetof(struct upset_shm_thread, progress),
	};
	const struct qemu_plugin_inline execution = {
		.kind = QEMU_PLUGIN_INLINE_ADD,
		.size = 8,
		.offset = e->slot + (ptrdiff_t)offsetof(struct upset_shm_slot, cursor),
		.imm = 1,
	};

	qemu_plugin_tb_record(e->tb, &record);
	if (plugin.shm->calls != 0)
		count_accesses(e);
	qemu_plugin_insn_inline(insn_of(e, 0), QEMU_PLUGIN_POINT_BEFORE, &current);
	if (counts)
		qemu_plugin_insn_inline(insn_of(e, 0), QEMU_PLUGIN_POINT_BEFORE, &execution);
	if (e->block->sites != NULL)
		qemu_plugin_insn_inline(insn_of(e, 0), QEMU_PLUGIN_POINT_BEFORE, &progress);
}

/* What is in flight when the program is killed can be told from what has ended. */
static void end_block(const struct emitter *e)
{
	when_done(e, e->last,
		&(struct qemu_plugin_inline){
			.kind = QEMU_PLUGIN_INLINE_SET,
			.size = 8,
			.offset = offsetof(struct upset_shm_thread, current),
		});
}

/* Behind the end of the block: a call that is in the tree has been executed. */
static void follow_calls(const struct emitter *e)
{
	if (e->block->transfer != NULL)
		qemu_plugin_register_vcpu_point_cb(insn_of(e, e->last), end_point(e),
			plugin_calls_followed, QEMU_PLUGIN_CB_R_REGS, e->block->transfer);
}

static void count_taken(const struct emitter *e)
{
	const struct qemu_plugin_inline taken = {
		.kind = QEMU_PLUGIN_INLINE_ADD,
		.size = 8,
		.offset = e->slot + (ptrdiff_t)offsetof(struct upset_shm_slot, taken),
		.imm = 1,
	};

	if (e->block->shm->conditional)
		qemu_plugin_insn_inline(
			insn_of(e, e->last), qemu_plugin_tb_taken_exit(e->tb), &taken);
}

static void emit_state(const struct emitter *e, const struct upset_plan_emit *emit)
{
	struct qemu_plugin_inline store = {
		.kind = QEMU_PLUGIN_INLINE_FLAGS,
		.size = 8,
		.offset = lane_offset(e, emit->lane),
	};

	if (emit->kind == UPSET_PLAN_STATE) {
		store.kind = QEMU_PLUGIN_INLINE_STATE;
		store.storage = qemu_registers_storage(emit->resource);
		store.storage_offset = (size_t)emit->part * 8;
		/* What is narrower leaves the rest of the lane 0, as the bucket was made. */
		if (plugin.isa->resources[emit->resource].bits < 64)
			store.size = 4;
	}
	qemu_plugin_insn_inline(insn_of(e, emit->insn),
		emit->point == UPSET_PLAN_BEFORE ? QEMU_PLUGIN_POINT_BEFORE
						 : QEMU_PLUGIN_POINT_AFTER,
		&store);
}

static void emit_access(const struct emitter *e, const struct upset_plan_emit *emit)
{
	unsigned int bytes = e->insns[emit->insn].accesses[emit->part].bytes;
	ptrdiff_t at = lane_offset(e, emit->lane);

	if (emit->kind == UPSET_PLAN_ADDRESS)
		qemu_plugin_insn_inline_access(insn_of(e, emit->insn), emit->part, -1, -1, at);
	else
		qemu_plugin_insn_inline_access(insn_of(e, emit->insn), emit->part, at,
			bytes == 16 ? lane_offset(e, emit->lane + 1U) : -1, -1);
}

static void emit_stores(const struct emitter *e)
{
	for (unsigned int i = 0; i < e->plan->emit_count; i++) {
		const struct upset_plan_emit *emit = &e->plan->emits[i];

		switch (emit->kind) {
		case UPSET_PLAN_STATE:
		case UPSET_PLAN_FLAGS:
			emit_state(e, emit);
			break;
		default:
			emit_access(e, emit);
			break;
		}
	}
}

static void emit_slow(const struct emitter *e)
{
	for (unsigned int i = 0; i < e->plan->insn_count; i++) {
		struct qemu_plugin_insn *insn = insn_of(e, i);
		struct site *site;
		bool rep = e->insns[i].insn.classes & UPSET_CLASS_REP;

		if (!e->plan->insns[i].slow ||
			(e->insns[i].insn.classes & (UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP)))
			continue;
		site = &e->block->sites[i];
		qemu_plugin_register_vcpu_point_cb(insn, QEMU_PLUGIN_POINT_BEFORE,
			rep ? plugin_rep_before : plugin_slow_before, QEMU_PLUGIN_CB_R_REGS, site);
		if (e->insns[i].insn.memory_count > 0)
			qemu_plugin_register_vcpu_mem_cb(insn, plugin_slow_access,
				QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, site);
		if (rep) {
			qemu_plugin_register_vcpu_point_cb(insn, QEMU_PLUGIN_POINT_EXIT0,
				plugin_rep_again, QEMU_PLUGIN_CB_R_REGS, site);
			qemu_plugin_register_vcpu_point_cb(insn, QEMU_PLUGIN_POINT_EXIT1,
				plugin_rep_done, QEMU_PLUGIN_CB_R_REGS, site);
		} else {
			qemu_plugin_register_vcpu_point_cb(insn, QEMU_PLUGIN_POINT_AFTER,
				plugin_slow_after, QEMU_PLUGIN_CB_R_REGS, site);
		}
	}
}

/* --- live share ------------------------------------------------------------------------- */

/* How many cells from live[@i] on can be done by one action: adjacent, and alike in @first. */
static unsigned int run_length(const struct upset_plan *plan, unsigned int i, bool first)
{
	const struct upset_shm_live *live = plan->live;
	unsigned int n = 1;

	while (n < 4 && i + n < plan->live_count && live[i + n].cell == live[i].cell + n &&
		(first ? live[i + n].counts_first && live[i + n].first == live[i].first
		       : live[i + n].last == live[i].last))
		n++;
	/* Two cells are one aligned vector or none. */
	if (n == 4)
		return 4;
	return n >= 2 && live[i].cell % 2 == 0 ? 2 : 1;
}

static ptrdiff_t cell_offset(size_t array, unsigned int cell)
{
	return (ptrdiff_t)(array + cell * sizeof(uint64_t));
}

static void emit_elapsed(const struct emitter *e)
{
	const struct upset_shm_live *live = e->plan->live;
	unsigned int n;

	for (unsigned int i = 0; i < e->plan->live_count; i += n) {
		n = 1;
		if (!live[i].counts_first)
			continue;
		n = run_length(e->plan, i, true);
		when_done(e, live[i].first,
			&(struct qemu_plugin_inline){
				.kind = QEMU_PLUGIN_INLINE_ELAPSED,
				.size = n * 8,
				.offset = cell_offset(
					offsetof(struct upset_shm_thread, sum), live[i].cell),
				.since = cell_offset(
					offsetof(struct upset_shm_thread, last), live[i].cell),
				.imm = live[i].first + 1,
			});
	}
}

static void emit_stamps(const struct emitter *e)
{
	const struct upset_shm_live *live = e->plan->live;
	unsigned int n;

	for (unsigned int i = 0; i < e->plan->live_count; i += n) {
		n = run_length(e->plan, i, false);
		when_done(e, live[i].last,
			&(struct qemu_plugin_inline){
				.kind = QEMU_PLUGIN_INLINE_STAMP,
				.size = n * 8,
				.offset = cell_offset(
					offsetof(struct upset_shm_thread, last), live[i].cell),
				.imm = live[i].last + 1,
			});
	}
}

static void emit_time(const struct emitter *e)
{
	if (e->plan->detail != UPSET_DETAIL_FULL)
		return;
	when_done(e, e->last,
		&(struct qemu_plugin_inline){
			.kind = QEMU_PLUGIN_INLINE_STAMP,
			.size = 8,
			.offset = e->slot + (ptrdiff_t)offsetof(struct upset_shm_slot, last),
		});
	emit_elapsed(e);
	emit_stamps(e);
}

void plugin_emit(struct qemu_plugin_tb *tb, struct block *block, const struct upset_plan *plan,
	const struct upset_plan_insn *insns)
{
	const struct emitter e = {
		.tb = tb,
		.block = block,
		.plan = plan,
		.insns = insns,
		.slot = (ptrdiff_t)(offsetof(struct upset_shm_thread, slots) +
				    block->shm->id * sizeof(struct upset_shm_slot)),
		.last = plan->insn_count - 1,
	};

	begin_block(&e);
	emit_stores(&e);
	emit_slow(&e);
	emit_time(&e);
	count_taken(&e);
	end_block(&e);
	follow_calls(&e);
}
