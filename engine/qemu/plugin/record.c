/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records: making room when a bucket is full, and taking back what translated
 * code counted for a block that was then left in the middle.
 */
#include <stdatomic.h>
#include <unistd.h>

#include "engine/qemu/plugin/plugin.h"

static void begin_bucket(struct upset_shm_slot *slot)
{
	uint64_t *bucket = upset_shm_at(plugin.shm, slot->bucket);

	slot->cursor = (uint64_t)(uintptr_t)bucket;
	slot->limit = slot->cursor + (uint64_t)UPSET_BUCKET_RECORDS * 8;
}

/*
 * What belongs together is not to be cut short: when the driver is about to
 * kill the program, do not begin it.
 */
void plugin_begin_counting(void)
{
	atomic_fetch_add(&plugin.shm->counting, 1);
	if (atomic_load(&plugin.shm->stop) == UPSET_SHM_RUNS)
		return;
	atomic_fetch_sub(&plugin.shm->counting, 1);
	while (true)
		(void)pause();
}

void plugin_end_counting(void)
{
	atomic_fetch_sub(&plugin.shm->counting, 1);
}

static void drain(const struct block *block, struct upset_shm_slot *slot)
{
	plugin_begin_counting();
	if (upset_block_drain(plugin.shm, block->shm, slot) != 0)
		plugin_out_of_memory();
	plugin_end_counting();
}

void plugin_full(unsigned int vcpu_index, void *userdata)
{
	const struct block *block = userdata;
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);
	struct upset_shm_slot *slot = plugin_slot(vcpu, block);

	if (plugin_timers_leave(vcpu_index, block))
		return;
	if (slot->bucket == 0) {
		slot->bucket = plugin_take_bucket(block->shm);
		if (slot->bucket == 0)
			plugin_out_of_memory();
	}
	if (slot->limit == 0) {
		slot->first = vcpu->shm->clock;
		slot->seen = 1;
	} else if (!plugin.child) {
		drain(block, slot);
		slot->seen = 2;
	}
	begin_bucket(slot);
}

/* --- live cells of a block that was left in the middle ------------------------------------- */

struct replay {
	struct upset_shm_thread *thread;
	bool open[UPSET_CELLS_MAX];    /* not stamped by translated code */
	bool counted[UPSET_CELLS_MAX]; /* its first access was accounted for by translated code */
};

static void replay_operand(struct replay *r, const struct upset_operand *o, uint64_t time)
{
	const unsigned int cell = plugin.isa->resources[o->resource].cell;

	for (unsigned int mask = upset_live_parts(plugin.isa, o); mask != 0; mask &= mask - 1) {
		const unsigned int c = cell + (unsigned int)__builtin_ctz(mask);

		if (!r->open[c])
			continue;
		if (upset_shm_cell_counts(plugin.isa, o->resource, o->access) && !r->counted[c])
			r->thread->sum[c] += time - r->thread->last[c];
		r->thread->last[c] = time;
		r->counted[c] = false;
	}
}

static void replay_insn(struct replay *r, const struct upset_shm_insn *i, uint64_t time)
{
	struct upset_insn insn;

	if (upset_isa_decode(plugin.isa, &insn, i->mode, i->address, i->bytes, i->size) != 0)
		return;
	for (unsigned int access = UPSET_READ; access <= UPSET_WRITE; access++) {
		for (unsigned int k = 0; k < insn.operand_count; k++) {
			if (insn.operands[k].access == access)
				replay_operand(r, &insn.operands[k], time);
		}
	}
}

/*
 * The first @done instructions of @b were executed, from @time on.  Translated
 * code accounts for an access when the next instruction begins, for those of
 * the last instruction on the way out of the block, which was not reached.
 */
static void replay_live(struct upset_shm_thread *t, const struct upset_shm_block *b,
	unsigned int done, uint64_t time)
{
	const struct upset_shm_insn *insns = upset_shm_at(plugin.shm, b->insns);
	const struct upset_shm_live *live = upset_shm_at(plugin.shm, b->live);
	unsigned int accounted = done < b->insn_count ? done : b->insn_count - 1U;
	struct replay r = {.thread = t};

	for (unsigned int i = 0; i < b->live_count; i++) {
		r.counted[live[i].cell] = live[i].first < accounted;
		r.open[live[i].cell] = live[i].last >= accounted;
		if (live[i].last < accounted)
			t->sum[live[i].cell] += live[i].points;
	}
	for (unsigned int i = 0; i < done; i++)
		replay_insn(&r, &insns[i], time + i + 1);
}

/* --- taking back ------------------------------------------------------------------------------ */

static void take_back_counts(struct vcpu *vcpu, struct block *block, unsigned int done)
{
	struct upset_shm_slot *slot = plugin_slot(vcpu, block);

	slot->cursor--;
	vcpu->shm->clock += done;
	if (upset_block_partial(plugin.shm, block->shm, NULL, 0, done, 0) != 0)
		plugin_out_of_memory();
}

void plugin_take_back(struct vcpu *vcpu, struct block *block, unsigned int done)
{
	struct upset_shm_slot *slot = plugin_slot(vcpu, block);
	struct upset_shm_thread *t = vcpu->shm;
	unsigned int record, insns = block->shm->insn_count;
	uint64_t time;

	t->current = 0;
	t->left += insns - done;
	upset_block_undo_work(plugin.shm, block->shm, t, done);
	if (plugin.detail == UPSET_DETAIL_COUNTS) {
		take_back_counts(vcpu, block, done);
		return;
	}
	time = t->clock - insns;
	t->clock = time + done;
	slot->cursor -= 8;
	record = upset_shm_slot_records(slot);
	if (done > 0 && upset_block_partial(plugin.shm, block->shm,
				upset_shm_at(plugin.shm, slot->bucket), record, done, time) != 0)
		plugin_out_of_memory();
	if (plugin.detail == UPSET_DETAIL_FULL)
		replay_live(t, block->shm, done, time);
	/* It was the first one: the next one is to be that. */
	if (record == 0 && slot->seen == 1)
		slot->cursor = slot->limit = 0;
}

/* Instruction @i of the block, if it is one that is done when it leaves the block; else NULL. */
static const struct site *trap_at(const struct block *block, unsigned int i)
{
	const unsigned int traps = UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP;

	if (i >= block->shm->insn_count || block->sites == NULL ||
		(block->sites[i].insn.classes & traps) == 0)
		return NULL;
	return &block->sites[i];
}

static void unwind(struct vcpu *vcpu, struct block *block, uint64_t pc)
{
	const struct upset_shm_insn *insns = upset_shm_at(plugin.shm, block->shm->insns);
	const struct site *trap;
	unsigned int done = 0;

	while (done < block->shm->insn_count && insns[done].address != pc)
		done++;
	/* Some sets have the program counter behind a system call already. */
	trap = trap_at(block, done);
	if (trap == NULL && done == block->shm->insn_count)
		trap = trap_at(block, done - 1);
	if (trap != NULL) {
		plugin_take_back(vcpu, block, trap->index + 1);
		plugin_trap(vcpu, trap);
		return;
	}
	plugin_slow_stop(vcpu);
	plugin_take_back(vcpu, block, done);
}

void plugin_unwind(qemu_plugin_id_t id, unsigned int vcpu_index, uint64_t pc)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);

	(void)id;
	if (vcpu == NULL || plugin.child || vcpu->shm->current == 0)
		return;
	plugin_begin_counting();
	unwind(vcpu, plugin_block((unsigned int)vcpu->shm->current - 1), pc);
	plugin_end_counting();
}
