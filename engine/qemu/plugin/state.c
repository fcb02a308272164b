/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest registers in QEMU's memory, read by callbacks and named in inline stores. */
#include <stdlib.h>
#include <string.h>

#include "engine/qemu/plugin/plugin.h"

static struct {
	const struct qemu_plugin_storage *general[16], *vector[16], *fpr[8];
	const struct qemu_plugin_storage *fpstt, *fs_base, *gs_base;
} storages;

static const struct qemu_plugin_storage *find(const char *name)
{
	const struct qemu_plugin_storage *s = qemu_plugin_find_storage(name);

	if (s == NULL) {
		qemu_plugin_outs("upset: this QEMU does not know a register it must know\n");
		abort();
	}
	return s;
}

void plugin_find_state(void)
{
	char name[8];

	if (storages.fpstt != NULL)
		return;
	for (unsigned int i = 0; i < 16; i++) {
		storages.general[i] = find(upset_isa_resource(i)->name);
		storages.vector[i] = find(upset_isa_resource(UPSET_YMM0 + i)->name);
	}
	for (unsigned int i = 0; i < 8; i++) {
		(void)g_snprintf(name, sizeof(name), "fpr%u", i);
		storages.fpr[i] = find(name);
	}
	storages.fs_base = find("fs_base");
	storages.gs_base = find("gs_base");
	storages.fpstt = find("fpstt");
}

const struct qemu_plugin_storage *plugin_storage(unsigned int resource)
{
	return resource < UPSET_CF ? storages.general[resource]
				   : storages.vector[resource - UPSET_YMM0];
}

static void copy(
	const struct vcpu *vcpu, void *to, const struct qemu_plugin_storage *from, size_t size)
{
	memcpy(to, qemu_plugin_storage_ptr(vcpu->index, from), size);
}

static void read_x87(const struct vcpu *vcpu, struct state *state)
{
	uint32_t top;

	copy(vcpu, &top, storages.fpstt, sizeof(top));
	for (unsigned int i = 0; i < 8; i++) {
		copy(vcpu, state->st[i], storages.fpr[(top + i) & 7], 10);
		copy(vcpu, state->mm[i], storages.fpr[i], 8);
	}
}

void plugin_read_state(const struct vcpu *vcpu, const struct upset_insn *insn, struct state *state)
{
	for (unsigned int i = 0; i < 16; i++)
		copy(vcpu, &state->general[i], storages.general[i], 8);
	copy(vcpu, &state->fs_base, storages.fs_base, 8);
	copy(vcpu, &state->gs_base, storages.gs_base, 8);
	state->flags = qemu_plugin_read_flags();
	for (unsigned int i = 0; i < 16 && (insn->classes & UPSET_CLASS_VECTOR); i++)
		copy(vcpu, state->vector[i], storages.vector[i], 32);
	if (insn->classes & UPSET_CLASS_X87)
		read_x87(vcpu, state);
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
