/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What translated code does for faults.  Each block takes its instructions from the
 * thread's budget; when that ends within the block, the thread executes as many as
 * are left and leaves translated code.  Instructions that a fault's trigger names
 * stop the thread in the same way when it comes to them the right time.
 */
#include "engine/qemu/injector/translate.h"

#include <stddef.h>
#include <stdlib.h>

#include "engine/qemu/guest/timers.h"
#include "engine/qemu/injector/budget.h"
#include "engine/qemu/injector/state.h"
#include "isa/isa.h"
#include "isa/x86/x86.h"

/* An instruction that is looked for. */
struct site {
	const struct code *code;
	unsigned int index;
	void *sought; /* the mode's */
};

/*
 * The thread is outside of translated code, before an instruction; at one that is looked for
 * when @site is not NULL, else its budget is used up.
 */
static void at_boundary(unsigned int vcpu_index, void *site)
{
	struct thread *t = injector_thread(vcpu_index);
	/* Not where a REP instruction used the budget up. */
	bool stepped = site == NULL && injector_executed(t) > t->since;

	injector_check_limits(t);
	if (injector.mode->at_boundary != NULL)
		injector.mode->at_boundary(t, stepped);
	if (t->resumed != injector_program_counter(t))
		t->resumed = 0;
	if (injector_is_single())
		timers_expire(injector_executed(t));
	injector_plan(t);
}

/* The budget does not last for the block that begins at @code. */
static void out_of_budget(unsigned int vcpu_index, void *userdata)
{
	struct thread *t = injector_thread(vcpu_index);

	(void)userdata;
	if (injector.child) {
		t->left = t->target = INJECTOR_FAR_AWAY;
		return;
	}
	t->leaving = true;
	qemu_plugin_vcpu_leave((unsigned int)t->left, at_boundary, NULL);
}

/* The thread comes to an instruction that is looked for. */
static void at_site(unsigned int vcpu_index, void *userdata)
{
	struct thread *t = injector_thread(vcpu_index);
	struct site *site = userdata;
	uint64_t pc = site->code->addresses[site->index];
	/* The block has paid for this instruction and those behind it. */
	unsigned int behind = site->code->count - site->index;

	if (injector.child)
		return;
	if (t->resumed == pc) {
		t->resumed = 0;
		return;
	}
	if (!injector.mode->arrive(t, site->sought, pc, injector_executed(t) - behind))
		return;
	t->left += behind;
	t->resumed = pc;
	t->leaving = true;
	qemu_plugin_vcpu_leave(0, at_boundary, site);
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

static void watch(
	struct qemu_plugin_insn *insn, const struct code *code, unsigned int index, void *sought)
{
	struct site *site = malloc(sizeof(*site));

	if (site == NULL)
		injector_give_up("out of memory");
	*site = (struct site){code, index, sought};
	qemu_plugin_register_vcpu_point_cb(
		insn, QEMU_PLUGIN_POINT_BEFORE, at_site, QEMU_PLUGIN_CB_RW_REGS, site);
}

static void watch_sought(struct qemu_plugin_tb *tb, const struct code *code)
{
	for (unsigned int i = 0; i < code->count; i++) {
		void *sought = injector.mode->sought(code->addresses[i]);

		if (sought != NULL)
			watch(qemu_plugin_tb_get_insn(tb, i), code, i, sought);
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

	if (upset_isa_decode(injector.isa, &insn, 0, qemu_plugin_insn_vaddr(last), bytes, size) !=
		0)
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
	if (!injector.child && injector.mode->mapped != NULL &&
		atomic_exchange(&injector.mapped, false))
		injector.mode->mapped();
	*code = (struct code){.count = (unsigned int)n};
	for (unsigned int i = 0; i < n; i++)
		code->addresses[i] = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, i));
	qemu_plugin_tb_record(tb, &record);
	qemu_plugin_insn_inline(qemu_plugin_tb_get_insn(tb, 0), QEMU_PLUGIN_POINT_BEFORE, &current);
	if (injector.mode->sought != NULL)
		watch_sought(tb, code);
	if (injector.mode->translated != NULL)
		injector.mode->translated(tb, code);
	look_at_last(qemu_plugin_tb_get_insn(tb, n - 1), code);
}
