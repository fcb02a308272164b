/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that are sampled by callbacks, because their values cannot be
 * stored by translated code: x87, locked and conditional accesses, whatever
 * QEMU does in helper functions.  A sample is counted when the instruction has
 * completed.
 */
#include <string.h>

#include "engine/qemu/plugin/plugin.h"

void plugin_sample(const struct site *site, unsigned int row, const void *value)
{
	const struct upset_shm_insn *insns = upset_shm_at(plugin.shm, site->block->shm->insns);
	const struct upset_shm_row *rows = upset_shm_at(plugin.shm, site->block->shm->rows);
	unsigned int r = insns[site->index].first_row + row;

	if (rows[r].kind == UPSET_ROW_SLOW && !plugin.child &&
		upset_block_sample(plugin.shm, site->block->shm, r, value) != 0)
		plugin_out_of_memory();
}

void plugin_touch(const struct site *site, unsigned int row, uint64_t address)
{
	const struct upset_shm_insn *insns = upset_shm_at(plugin.shm, site->block->shm->insns);
	const struct upset_operand *o = &site->insn.operands[row];
	uint64_t bytes = site->insn.memory[o->memory].bits / 8;
	bool write = o->access == UPSET_WRITE;

	if (plugin.detail != UPSET_DETAIL_FULL || plugin.child)
		return;
	if (upset_block_range(plugin.shm, site->block->shm, insns[site->index].first_row + row,
		    address, address + bytes - 1) != 0 ||
		upset_shm_count_page(plugin.shm, address, !write, write, write ? 0 : bytes,
			write ? bytes : 0) != 0)
		plugin_out_of_memory();
}

void plugin_slow_before(unsigned int vcpu_index, void *userdata)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);
	const struct site *site = userdata;

	vcpu->active = site;
	vcpu->event_count = 0;
	plugin_read_state(vcpu, &site->insn, &vcpu->before);
}

static void keep_event(struct vcpu *vcpu, qemu_plugin_meminfo_t info, uint64_t address)
{
	const qemu_plugin_mem_value v = qemu_plugin_mem_get_value(info);
	struct event *e = &vcpu->events[vcpu->event_count];

	if (vcpu->event_count == EVENTS_MAX)
		return;
	vcpu->event_count++;
	e->address = address;
	e->bytes = 1U << qemu_plugin_mem_size_shift(info);
	e->store = qemu_plugin_mem_is_store(info);
	switch (v.type) {
	case QEMU_PLUGIN_MEM_VALUE_U128:
		memcpy(e->value, &v.data.u128.low, 8);
		memcpy(e->value + 8, &v.data.u128.high, 8);
		break;
	default:
		memcpy(e->value, &v.data.u64, 8);
		break;
	}
	/* The value is the number; what lies in memory are its bytes, for movbe the other way. */
	for (unsigned int i = 0; qemu_plugin_mem_is_big_endian(info) && i < e->bytes / 2; i++) {
		unsigned char byte = e->value[i];

		e->value[i] = e->value[e->bytes - 1 - i];
		e->value[e->bytes - 1 - i] = byte;
	}
}

void plugin_slow_access(
	unsigned int vcpu_index, qemu_plugin_meminfo_t info, uint64_t address, void *userdata)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);
	const struct site *site = userdata;

	if (vcpu->active != site)
		return;
	keep_event(vcpu, info, address);
	if (site->insn.classes & UPSET_CLASS_REP)
		plugin_rep_access(vcpu, site);
}

/*
 * Put together what the accesses of one direction moved at [@address, + @bytes).
 * QEMU's x87 helpers access memory unseen by plugins: what no access moved is
 * read from memory, where the instruction has left it.
 */
static void gather(const struct vcpu *vcpu, bool store, uint64_t address, unsigned int bytes,
	unsigned char *value)
{
	GByteArray *memory;

	if (vcpu->event_count == 0) {
		memory = g_byte_array_new();
		if (qemu_plugin_read_memory_vaddr(address, memory, bytes))
			memcpy(value, memory->data, bytes);
		g_byte_array_unref(memory);
	}
	for (unsigned int i = 0; i < vcpu->event_count; i++) {
		const struct event *e = &vcpu->events[i];

		if (e->store != store)
			continue;
		for (unsigned int b = 0; b < e->bytes; b++) {
			if (e->address + b - address < bytes)
				value[e->address + b - address] = e->value[b];
		}
	}
}

static void sample_memory(struct vcpu *vcpu, const struct site *site, unsigned int row)
{
	const struct upset_operand *o = &site->insn.operands[row];
	const struct upset_memory *m = &site->insn.memory[o->memory];
	bool store = o->access == UPSET_WRITE;
	unsigned char value[64] = {0};
	uint64_t address;

	if (o->conditional || m->scattered)
		return;
	address = upset_state_address(&vcpu->before, m);
	plugin_touch(site, row, address);
	if (!upset_operand_is_counted(o)) {
		plugin_sample(site, row, NULL);
		return;
	}
	gather(vcpu, store, address, o->bits / 8, value);
	plugin_sample(site, row, value);
}

void plugin_slow_after(unsigned int vcpu_index, void *userdata)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);
	const struct site *site = userdata;
	unsigned char value[64];

	if (vcpu->active != site)
		return;
	vcpu->active = NULL;
	plugin_begin_counting();
	plugin_read_state(vcpu, &site->insn, &vcpu->after);
	for (unsigned int k = 0; k < site->insn.operand_count; k++) {
		const struct upset_operand *o = &site->insn.operands[k];

		if (o->resource == UPSET_MEMORY) {
			sample_memory(vcpu, site, k);
			continue;
		}
		upset_state_operand(
			o->access == UPSET_READ ? &vcpu->before : &vcpu->after, o, value);
		plugin_sample(site, k, value);
	}
	vcpu->shm->progress = site->index + 1;
	plugin_end_counting();
}

/* The instruction that had begun did not complete. */
void plugin_slow_stop(struct vcpu *vcpu)
{
	if (vcpu->active != NULL && (vcpu->active->insn.classes & UPSET_CLASS_REP))
		plugin_rep_stop(vcpu);
	vcpu->active = NULL;
}

/* --- system calls and traps: complete when they leave the block --------------------------------
 */

/* What the call leaves in registers: its result is known when it returns. */
static void sample_syscall_write(struct vcpu *vcpu, const struct site *site, unsigned int row)
{
	const struct upset_shm_insn *insns = upset_shm_at(plugin.shm, site->block->shm->insns);
	const struct upset_operand *o = &site->insn.operands[row];
	unsigned char value[64];

	if (o->resource == plugin.isa->syscall_result) {
		vcpu->shm->syscall_row = insns[site->index].first_row + row;
		vcpu->shm->syscall_before = upset_state_word(&vcpu->before, o->resource);
		vcpu->shm->syscall_block = site->block->shm->id + 1;
	} else if (upset_state_effect(&vcpu->before, &site->insn, o, value)) {
		plugin_sample(site, row, value);
	}
}

void plugin_trap(struct vcpu *vcpu, const struct site *site)
{
	unsigned char value[64];

	vcpu->active = NULL;
	plugin_read_state(vcpu, &site->insn, &vcpu->before);
	for (unsigned int k = 0; k < site->insn.operand_count; k++) {
		const struct upset_operand *o = &site->insn.operands[k];

		if (o->resource == UPSET_MEMORY)
			continue;
		if (o->access == UPSET_READ || !(site->insn.classes & UPSET_CLASS_SYSCALL)) {
			upset_state_operand(&vcpu->before, o, value);
			plugin_sample(site, k, value);
		} else if (plugin.detail != UPSET_DETAIL_COUNTS) {
			sample_syscall_write(vcpu, site, k);
		}
	}
}
