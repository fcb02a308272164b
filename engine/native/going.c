/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a thread of an experiment goes on from where it stands, freely, by steps or up to
 * int3, and where it has come to when it stops.  Knows nothing of other threads.
 */
#include <Zydis/Zydis.h>
#include <signal.h>
#include <sys/ptrace.h>

#include "engine/native/experiment.h"
#include "engine/native/registers.h"

static void look_at_instruction(const struct experiment *e, struct thread *t)
{
	struct user_regs_struct regs;
	uint8_t bytes[15];
	size_t n = native_read_memory(&e->trace, t->at, bytes, sizeof(bytes));

	t->decoded = upset_isa_decode(e->request->target.isa, &t->insn, 0, t->at, bytes, n) == 0;
	if (e->survey != NULL)
		native_survey_step(e->survey, t->tid, t->decoded ? &t->insn : NULL);
	if (t->decoded && (native_mnemonic_needs(&t->insn) & NATIVE_PUSHES_FLAGS) != 0 &&
		native_read_registers(t->tid, &regs))
		t->flags = regs.eflags;
}

bool native_thread_is_of(const struct thread *t, unsigned int class)
{
	return t->decoded && (t->insn.classes & class) != 0;
}

/* How the thread goes on from where it stands. */
static void decide(struct experiment *e, struct thread *t)
{
	t->passing = false;
	t->stepping = native_faults_must_step(e, t);
	if (t->stepping || e->means == NATIVE_HARDWARE || !native_faults_wait(e, t))
		return;
	t->stepping = !native_faults_plant(e, t);
	t->passing = native_is_planted(&e->planted, t->at) && (t->counted || t->resumes);
	if (t->passing)
		native_lift(&e->planted, &e->trace);
}

void native_thread_block_trap(struct thread *t, bool block)
{
	const uint64_t bit = UINT64_C(1) << (SIGTRAP - 1);
	uint64_t set;

	if (ptrace(PTRACE_GETSIGMASK, t->tid, sizeof(set), &set) != 0)
		return;
	if (!t->mask_known)
		t->trap_blocked = (set & bit) != 0;
	t->mask_known = true;
	if (!t->trap_blocked)
		return;
	set = block ? set | bit : set & ~bit;
	t->unblocked = ptrace(PTRACE_SETSIGMASK, t->tid, sizeof(set), &set) == 0 && !block;
}

void native_thread_resume(const struct experiment *e, struct thread *t, int signal)
{
	int how = PTRACE_CONT;

	if ((t->stepping || t->passing) && !t->calling)
		how = PTRACE_SINGLESTEP;
	else if (t->calling || e->planted.count > 0 || t->in_syscall || !native_faults_resolved(e))
		how = PTRACE_SYSCALL;
	if (how == PTRACE_SINGLESTEP && signal == 0 && (!t->mask_known || t->trap_blocked))
		native_thread_block_trap(t, false);
	t->mask_known &= signal == 0;
	(void)ptrace(how, t->tid, NULL, signal);
}

/* What the trap flag of steps would show in. */
static void hide_steps(
	const struct experiment *e, const struct thread *t, struct user_regs_struct *regs)
{
	if (!t->decoded)
		return;
	if (t->insn.form == ZYDIS_MNEMONIC_SYSCALL)
		native_hide_trap_flag(t->tid, regs);
	if ((native_mnemonic_needs(&t->insn) & NATIVE_PUSHES_FLAGS) != 0)
		native_hide_pushed_trap_flag(&e->trace, t->flags, regs->rsp);
}

/* An instruction of a thread that is stepped is done, and it stands at @pc. */
static void step_done(struct experiment *e, struct thread *t, uint64_t pc)
{
	t->instructions++;
	t->at = pc;
	native_faults_after(e, t);
	if (native_thread_is_of(t, UPSET_CLASS_SYSCALL) && !native_faults_resolved(e))
		native_faults_resolve(e);
}

/* Carry a popf out in place of the processor; true: the thread stands behind it. */
static bool pop_flags(struct experiment *e, struct thread *t)
{
	struct user_regs_struct regs;

	if (!t->decoded || (native_mnemonic_needs(&t->insn) & NATIVE_POPS_FLAGS) == 0 ||
		!native_read_registers(t->tid, &regs) ||
		!native_pop_flags(&e->trace, t->tid, &t->insn, &regs))
		return false;
	if (t->stepping)
		step_done(e, t, regs.rip);
	if (!native_read_registers(t->tid, &regs))
		return false;
	t->at = regs.rip;
	t->resumes = false;
	native_faults_before(e, t);
	return true;
}

void native_thread_go_on(struct experiment *e, struct thread *t, int signal)
{
	/* A system call is to see the program as it is. */
	if (t->in_syscall && e->means != NATIVE_HARDWARE) {
		t->stepping = t->passing = false;
		native_thread_resume(e, t, signal);
		return;
	}
	decide(e, t);
	if (t->stepping && !t->counted && !t->postponed && signal == 0 &&
		e->means != NATIVE_HARDWARE) {
		native_faults_before(e, t);
		decide(e, t);
	}
	t->calling = false;
	for (;;) {
		t->ran |= !t->stepping;
		if (!t->stepping && t->counted)
			native_faults_pass(e, t);
		t->counted &= t->stepping || t->passing;
		if (!t->stepping && !t->passing)
			break;
		look_at_instruction(e, t);
		t->calling = signal == 0 && native_thread_is_of(t, UPSET_CLASS_SYSCALL);
		if (signal != 0 || !pop_flags(e, t))
			break;
		decide(e, t);
	}
	native_thread_resume(e, t, signal);
}

void native_thread_note_place(struct experiment *e, struct thread *t, int code)
{
	struct user_regs_struct regs;
	bool moved;

	if (!native_read_registers(t->tid, &regs))
		return;
	moved = regs.rip != t->at ||
		(code == TRAP_TRACE && !native_thread_is_of(t, UPSET_CLASS_REP));
	if ((t->stepping || t->passing) && code != 0 && moved) {
		hide_steps(e, t, &regs);
		if (t->stepping)
			step_done(e, t, regs.rip);
		/* What was held may be the program counter. */
		if (!native_read_registers(t->tid, &regs))
			return;
		t->counted = false;
	}
	if (regs.rip != t->at)
		t->counted = false;
	t->at = regs.rip;
	t->resumes = (regs.eflags & NATIVE_RESUME_FLAG) != 0;
}
