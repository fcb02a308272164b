/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of the program expire before a certain instruction.  As long as none was
 * ever set, translated code knows nothing of that: it is translated anew with the
 * first one, and from then on blocks take their instructions from a budget.
 */
#include "engine/qemu/guest/timers.h"
#include "engine/qemu/guest/guest.h"
#include "engine/qemu/plugin/plugin.h"

/* More than any thread executes. */
#define FAR_AWAY (1ULL << 62)

void plugin_timers_begin(struct vcpu *vcpu)
{
	vcpu->shm->left = FAR_AWAY;
}

static void give_budget(struct vcpu *vcpu)
{
	uint64_t next = timers_next(), now = guest_executed(vcpu->index);

	vcpu->shm->left = next == TIMERS_NEVER ? FAR_AWAY : next > now ? next - now : 0;
}

void plugin_timers_plan(qemu_plugin_id_t id, unsigned int vcpu_index)
{
	if (plugin.child || (!plugin.budgeted && timers_next() == TIMERS_NEVER))
		return;
	if (!plugin.budgeted)
		qemu_plugin_reset(id, plugin_register);
	plugin.budgeted = true;
	/* What other threads still have is from before there were any: far away. */
	give_budget(plugin_vcpu(vcpu_index));
}

/* Outside of translated code, with the budget used up. */
static void at_boundary(unsigned int vcpu_index, void *userdata)
{
	(void)userdata;
	timers_expire(guest_executed(vcpu_index));
	give_budget(plugin_vcpu(vcpu_index));
}

bool plugin_timers_leave(unsigned int vcpu_index, const struct block *block)
{
	struct upset_shm_thread *t = plugin_vcpu(vcpu_index)->shm;

	if (!plugin.budgeted || t->left >= block->shm->insn_count)
		return false;
	if (plugin.child) {
		t->left = FAR_AWAY;
		return true;
	}
	qemu_plugin_vcpu_leave((unsigned int)t->left, at_boundary, NULL);
}
