/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest registers in QEMU's memory, read by callbacks and named in inline stores. */
#include <string.h>

#include "engine/qemu/plugin/plugin.h"
#include "engine/qemu/registers.h"

static struct qemu_registers registers;

void plugin_find_state(void)
{
	qemu_registers_find(&registers);
}

const struct qemu_plugin_storage *plugin_storage(unsigned int resource)
{
	return resource < UPSET_CF ? registers.general[resource]
				   : registers.vector[resource - UPSET_YMM0];
}

static void copy(
	const struct vcpu *vcpu, void *to, const struct qemu_plugin_storage *from, size_t size)
{
	memcpy(to, qemu_plugin_storage_ptr(vcpu->index, from), size);
}

static void read_x87(const struct vcpu *vcpu, struct state *state)
{
	uint32_t top;

	copy(vcpu, &top, registers.fpstt, sizeof(top));
	for (unsigned int i = 0; i < 8; i++) {
		copy(vcpu, state->st[i], registers.fpr[(top + i) & 7], 10);
		copy(vcpu, state->mm[i], registers.fpr[i], 8);
	}
}

void plugin_read_state(const struct vcpu *vcpu, const struct upset_insn *insn, struct state *state)
{
	for (unsigned int i = 0; i < 16; i++)
		copy(vcpu, &state->general[i], registers.general[i], 8);
	copy(vcpu, &state->fs_base, registers.fs_base, 8);
	copy(vcpu, &state->gs_base, registers.gs_base, 8);
	state->flags = qemu_plugin_read_flags();
	for (unsigned int i = 0; i < 16 && (insn->classes & UPSET_CLASS_VECTOR); i++)
		copy(vcpu, state->vector[i], registers.vector[i], 32);
	if (insn->classes & UPSET_CLASS_X87)
		read_x87(vcpu, state);
}

uint64_t plugin_stack_pointer(const struct vcpu *vcpu)
{
	uint64_t value;

	copy(vcpu, &value, registers.general[UPSET_RSP], sizeof(value));
	return value;
}

uint64_t plugin_program_counter(const struct vcpu *vcpu)
{
	uint64_t value;

	copy(vcpu, &value, registers.rip, sizeof(value));
	return value;
}

void plugin_operand_value(
	const struct state *state, const struct upset_operand *o, unsigned char value[64])
{
	uint64_t word;

	if (o->resource < UPSET_CF) {
		word = state->general[o->resource] >> o->bit_offset;
		memcpy(value, &word, 8);
	} else if (o->resource <= UPSET_OF) {
		value[0] = state->flags >> upset_isa_resource(o->resource)->flag_bit & 1;
	} else if (o->resource < UPSET_ST0) {
		memcpy(value, state->vector[o->resource - UPSET_YMM0], 32);
	} else if (o->resource < UPSET_MM0) {
		memcpy(value, state->st[o->resource - UPSET_ST0], 10);
	} else {
		memcpy(value, state->mm[o->resource - UPSET_MM0], 8);
	}
}
