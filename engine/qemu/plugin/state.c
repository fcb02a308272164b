/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Register images of the running thread, for callbacks. */
#include "engine/qemu/plugin/plugin.h"
#include "engine/qemu/registers.h"

/* Resources by the class of instruction for which an image has them. */
struct group {
	unsigned int count;
	uint8_t members[UPSET_RESOURCES_MAX];
};

static struct group always, of_vectors, of_x87;

static struct group *group_of(const struct upset_resource *r)
{
	switch (r->kind) {
	case UPSET_RESOURCE_GENERAL:
	case UPSET_RESOURCE_HIDDEN:
		return &always;
	case UPSET_RESOURCE_VECTOR:
	case UPSET_RESOURCE_FLOAT:
	case UPSET_RESOURCE_CONTROL:
		return &of_vectors;
	case UPSET_RESOURCE_X87:
	case UPSET_RESOURCE_MMX:
		return &of_x87;
	default:
		return NULL;
	}
}

void plugin_find_state(void)
{
	const struct upset_isa *isa = plugin.isa;

	if (always.count > 0)
		return;
	qemu_registers_find(isa);
	for (unsigned int i = 0; i < isa->resource_count; i++) {
		struct group *group = group_of(&isa->resources[i]);

		if (group != NULL && isa->resources[i].qemu != NULL)
			group->members[group->count++] = (uint8_t)i;
	}
}

static void read_group(
	const struct vcpu *vcpu, const struct group *group, struct upset_state *state)
{
	for (unsigned int i = 0; i < group->count; i++)
		(void)qemu_registers_read(vcpu->index, group->members[i],
			upset_state_place(state, group->members[i]));
}

static void read_flags(struct upset_state *state)
{
	if (plugin.isa->flags != UPSET_RESOURCE_NONE)
		upset_state_set_word(state, plugin.isa->flags, qemu_plugin_read_flags());
}

static void read_one(const struct vcpu *vcpu, unsigned int resource, struct upset_state *state)
{
	if (resource < plugin.isa->resource_count)
		(void)qemu_registers_read(
			vcpu->index, resource, upset_state_place(state, resource));
}

/* What rows and addresses name. */
static void read_named(
	const struct vcpu *vcpu, const struct upset_insn *insn, struct upset_state *state)
{
	bool has_flags = false;

	for (unsigned int k = 0; k < insn->operand_count; k++) {
		const unsigned int resource = insn->operands[k].resource;

		if (resource == UPSET_MEMORY)
			continue;
		if (upset_isa_is_flag(plugin.isa, resource))
			has_flags = true;
		else
			read_one(vcpu, resource, state);
	}
	for (unsigned int i = 0; i < insn->memory_count; i++) {
		read_one(vcpu, insn->memory[i].base, state);
		read_one(vcpu, insn->memory[i].index, state);
		read_one(vcpu, insn->memory[i].segment, state);
		read_one(vcpu, insn->memory[i].bit_string, state);
	}
	if (has_flags)
		read_flags(state);
}

/* Rows of the x87 stack, and what these leave or repeat, follow from more than they name. */
static const unsigned int reads_groups =
	UPSET_CLASS_X87 | UPSET_CLASS_REP | UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP;

void plugin_read_state(
	const struct vcpu *vcpu, const struct upset_insn *insn, struct upset_state *state)
{
	state->isa = plugin.isa;
	if (!(insn->classes & reads_groups)) {
		read_named(vcpu, insn, state);
		return;
	}
	read_group(vcpu, &always, state);
	read_flags(state);
	if (insn->classes & UPSET_CLASS_VECTOR)
		read_group(vcpu, &of_vectors, state);
	if (insn->classes & UPSET_CLASS_X87)
		read_group(vcpu, &of_x87, state);
}

uint64_t plugin_stack_pointer(const struct vcpu *vcpu)
{
	return qemu_registers_word(vcpu->index, plugin.isa->sp);
}

uint64_t plugin_program_counter(const struct vcpu *vcpu)
{
	return qemu_registers_word(vcpu->index, plugin.isa->pc);
}
