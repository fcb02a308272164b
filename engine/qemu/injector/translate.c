/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What translated code does for faults.  Each block takes its instructions from the
 * thread's budget; when that ends within the block, the thread executes as many as
 * are left and leaves translated code.  Instructions that a fault's trigger names
 * stop the thread in the same way when it comes to them the right time.
 */
#include <stddef.h>
#include <stdlib.h>

#include "engine/qemu/injector/injector.h"
#include "isa/isa.h"

/* A translated block. */
struct code {
	unsigned int count;
	bool completes; /* its last instruction is done when it leaves the block */
	uint64_t addresses[];
};

/* An instruction that is the trigger of a fault. */
struct site {
	const struct code *code;
	unsigned int index;
	void *sought; /* of locate.c */
};

/* The budget does not last for the block that begins at @code. */
static void out_of_budget(unsigned int vcpu_index, void *userdata)
{
	struct thread *t = injector_thread(vcpu_index);
	const struct code *code = userdata;

	if (injector.child) {
		t->left = t->target = INJECTOR_FAR_AWAY;
		return;
	}
	t->leaving = true;
	qemu_plugin_vcpu_leave(
		code->addresses[0], (unsigned int)t->left, injector_at_boundary, NULL);
}

/* The thread comes to an instruction that triggers name. */
static void at_site(unsigned int vcpu_index, void *userdata)
{
	struct thread *t = injector_thread(vcpu_index);
	const struct site *site = userdata;
	uint64_t pc = site->code->addresses[site->index];
	bool due = false;

	if (injector.child)
		return;
	if (site->sought != NULL) {
		locate_arrive(site->sought, t->number,
			injector_executed(t) - (site->code->count - site->index));
		return;
	}
	if (t->resumed == pc) {
		t->resumed = 0;
		return;
	}
	for (unsigned int i = 0; i < injector.faults.count; i++)
		due |= upset_armed_arrive(&injector.armed[i], t->number, pc);
	if (!due)
		return;
	/* The block has paid for this instruction and those behind it. */
	t->left += site->code->count - site->index;
	t->resumed = pc;
	t->leaving = true;
	qemu_plugin_vcpu_leave(pc, 0, injector_at_boundary, t);
}

void injector_unwind(qemu_plugin_id_t id, unsigned int vcpu_index, uint64_t pc)
{
	struct thread *t = injector_thread(vcpu_index);
	const struct code *code;
	unsigned int done = 0;

	(void)id;
	if (t == NULL)
		return;
	if (t->leaving) {
		t->leaving = false;
		return;
	}
	if (t->current == 0)
		return;
	code = (const struct code *)(uintptr_t)t->current;
	while (done < code->count && code->addresses[done] != pc)
		done++;
	if (done + 1 == code->count && code->completes)
		done++;
	t->left += code->count - done;
}

/* --- translation ------------------------------------------------------------------------------ */

static bool is_trigger(uint64_t address)
{
	if (injector.mode == UPSET_INJECTOR_LOCATE)
		return locate_at(address) != NULL;
	for (unsigned int i = 0; i < injector.faults.count; i++) {
		if (injector.armed[i].resolved && injector.armed[i].pc == address)
			return true;
	}
	return false;
}

static void watch(struct qemu_plugin_insn *insn, const struct code *code, unsigned int index)
{
	struct site *site = malloc(sizeof(*site));

	if (site == NULL)
		injector_give_up("out of memory");
	*site = (struct site){code, index,
		injector.mode == UPSET_INJECTOR_LOCATE ? locate_at(code->addresses[index]) : NULL};
	qemu_plugin_register_vcpu_point_cb(
		insn, QEMU_PLUGIN_POINT_BEFORE, at_site, QEMU_PLUGIN_CB_R_REGS, site);
}

static void watch_steps(struct qemu_plugin_tb *tb, const struct code *code)
{
	for (unsigned int i = 0; i < code->count; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint8_t bytes[16];
		size_t size = qemu_plugin_insn_data(insn, bytes, sizeof(bytes));

		qemu_plugin_register_vcpu_point_cb(insn, QEMU_PLUGIN_POINT_BEFORE, trace_step,
			QEMU_PLUGIN_CB_R_REGS,
			trace_site_new(code->addresses[i], bytes, size, code->count - i));
	}
}

/* What the last instruction is decides what leaving the block behind it means. */
static void look_at_last(struct qemu_plugin_insn *last, struct code *code)
{
	const struct qemu_plugin_inline again = {
		.kind = QEMU_PLUGIN_INLINE_ADD,
		.size = 8,
		.offset = offsetof(struct thread, target),
		.imm = -1,
	};
	struct upset_insn insn;
	uint8_t bytes[16];
	size_t size = qemu_plugin_insn_data(last, bytes, sizeof(bytes));

	if (upset_isa_decode(&insn, qemu_plugin_insn_vaddr(last), bytes, size) != 0)
		return;
	code->completes = (insn.classes & (UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP)) != 0;
	/*
	 * A repeated instruction is one, however often the block is entered for it.  Each
	 * repeat takes from the budget all the same, so that one without end is noticed.
	 */
	if (insn.classes & UPSET_CLASS_REP)
		qemu_plugin_insn_inline(last, QEMU_PLUGIN_POINT_EXIT0, &again);
}

void injector_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	struct code *code = malloc(sizeof(*code) + n * sizeof(uint64_t));
	uint8_t byte;
	struct qemu_plugin_record record = {
		.clock = -1,
		.cursor = -1,
		.insns = n,
		.budget = offsetof(struct thread, left),
		.full = out_of_budget,
		.userdata = code,
	};
	struct qemu_plugin_inline current = {
		.kind = QEMU_PLUGIN_INLINE_SET,
		.size = 8,
		.offset = offsetof(struct thread, current),
		.imm = (int64_t)(uintptr_t)code,
	};

	(void)id;
	if (code == NULL)
		injector_give_up("out of memory");
	/* A call of the vsyscall page is carried out by QEMU; there is no instruction. */
	if (qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, 0), &byte, 1) == 0) {
		free(code);
		return;
	}
	/* QEMU translates one block at a time. */
	injector_find_state();
	if (!injector.child)
		injector_resolve();
	*code = (struct code){.count = (unsigned int)n};
	for (unsigned int i = 0; i < n; i++)
		code->addresses[i] = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, i));
	qemu_plugin_tb_record(tb, &record);
	qemu_plugin_insn_inline(qemu_plugin_tb_get_insn(tb, 0), QEMU_PLUGIN_POINT_BEFORE, &current);
	for (unsigned int i = 0; i < n; i++) {
		if (is_trigger(code->addresses[i]))
			watch(qemu_plugin_tb_get_insn(tb, i), code, i);
	}
	if (trace_is_on())
		watch_steps(tb, code);
	look_at_last(qemu_plugin_tb_get_insn(tb, n - 1), code);
	if (injector.scout)
		carrier_note_block(code->addresses[0],
			code->addresses[n - 1] +
				qemu_plugin_insn_size(qemu_plugin_tb_get_insn(tb, n - 1)) - 1);
}
