/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * REP string instructions: one instruction however often it repeats and however
 * often it is interrupted.  Memory rows get a sample for each repeat, register
 * rows one for the whole instruction.
 */
#include <string.h>

#include "engine/qemu/plugin/plugin.h"
#include "engine/qemu/registers.h"

void plugin_rep_before(unsigned int vcpu_index, void *userdata)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);
	const struct site *site = userdata;
	struct rep *rep = &vcpu->rep;

	vcpu->active = site;
	vcpu->event_count = 0;
	plugin_read_state(vcpu, &site->insn, &vcpu->before);
	if (rep->active && rep->pc == site->insn.address &&
		rep->sp == upset_state_word(&vcpu->before, plugin.isa->sp) &&
		rep->counter == upset_state_word(&vcpu->before, plugin.isa->counter)) {
		upset_state_copy(&vcpu->before, &rep->before);
		return;
	}
	rep->active = true;
	rep->pc = site->insn.address;
	rep->sp = upset_state_word(&vcpu->before, plugin.isa->sp);
	rep->counter = upset_state_word(&vcpu->before, plugin.isa->counter);
	upset_state_copy(&rep->before, &vcpu->before);
}

static unsigned int memory_rows(const struct upset_insn *insn)
{
	unsigned int n = 0;

	for (unsigned int k = 0; k < insn->operand_count; k++)
		n += insn->operands[k].resource == UPSET_MEMORY;
	return n;
}

/* The event that belongs to @row: that of its direction, of its argument where there are two. */
static const struct event *row_event(
	const struct vcpu *vcpu, const struct upset_insn *insn, unsigned int row)
{
	const struct upset_operand *o = &insn->operands[row];

	for (unsigned int i = 0; i < vcpu->event_count; i++) {
		const struct event *e = &vcpu->events[i];

		if (e->store != (o->access == UPSET_WRITE))
			continue;
		/* cmps: two loads, of the second argument first. */
		if (memory_rows(insn) == 2 && insn->memory_count == 2 &&
			insn->operands[0].access == UPSET_READ &&
			insn->operands[1].access == UPSET_READ &&
			insn->operands[1].resource == UPSET_MEMORY && (i == 0) != (o->memory == 1))
			continue;
		return e;
	}
	return NULL;
}

static void sample_repeat(struct vcpu *vcpu, const struct site *site)
{
	const struct upset_insn *insn = &site->insn;

	for (unsigned int k = 0; k < insn->operand_count; k++) {
		const struct upset_operand *o = &insn->operands[k];
		const struct event *e;

		if (o->resource != UPSET_MEMORY || insn->memory[o->memory].scattered)
			continue;
		e = row_event(vcpu, insn, k);
		if (e == NULL)
			continue;
		plugin_touch(site, k, e->address);
		plugin_sample(site, k, e->value);
	}
	if (plugin.child)
		return;
	upset_block_repeats(site->block->shm, 1);
	if (plugin.shm->calls != 0)
		upset_work_add_repeat(&vcpu->shm->work, insn);
}

/* Called after each access: count the repeat when it has made all of them. */
void plugin_rep_access(struct vcpu *vcpu, const struct site *site)
{
	if (vcpu->event_count < memory_rows(&site->insn))
		return;
	sample_repeat(vcpu, site);
	vcpu->event_count = 0;
}

void plugin_rep_done(unsigned int vcpu_index, void *userdata)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);
	const struct site *site = userdata;
	unsigned char value[64];

	vcpu->active = NULL;
	vcpu->rep.active = false;
	plugin_begin_counting();
	plugin_read_state(vcpu, &site->insn, &vcpu->after);
	for (unsigned int k = 0; k < site->insn.operand_count; k++) {
		const struct upset_operand *o = &site->insn.operands[k];

		if (o->resource == UPSET_MEMORY)
			continue;
		upset_state_operand(
			o->access == UPSET_READ ? &vcpu->before : &vcpu->after, o, value);
		plugin_sample(site, k, value);
	}
	vcpu->shm->progress = site->index + 1;
	plugin_end_counting();
}

/* It has not ended: remember where it goes on. */
void plugin_rep_stop(struct vcpu *vcpu)
{
	vcpu->rep.counter = qemu_registers_word(vcpu->index, plugin.isa->counter);
	vcpu->rep.sp = plugin_stack_pointer(vcpu);
}

/* QEMU leaves a long repetition now and then, to come back to the same instruction. */
void plugin_rep_again(unsigned int vcpu_index, void *userdata)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);
	const struct site *site = userdata;

	plugin_rep_stop(vcpu);
	vcpu->active = NULL;
	if (!plugin.child)
		plugin_take_back(vcpu, site->block, site->index);
}
