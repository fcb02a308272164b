/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call paths: tells profile/calls.h what threads do.  Translated code calls back
 * at calls, returns and indirect jumps; of signals QEMU says when they come, and
 * rt_sigaction where they lead to.
 */
#include <string.h>
#include <sys/syscall.h>

#include "engine/qemu/guest/guest.h"
#include "engine/qemu/plugin/plugin.h"

/* Of each signal; 0: none. */
static _Atomic uint64_t handlers[UPSET_SHM_SIGNALS];

enum { SIGNALS_IGNORED = 1 }; /* SIG_DFL is 0, SIG_IGN 1 */

/*
 * As plugin_begin_counting(), but often: no memory is shared between threads
 * here, and there is no barrier, for which the driver has one.
 */
static void begin_following(const struct vcpu *vcpu)
{
	atomic_store_explicit(&vcpu->shm->following, 1, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	if (atomic_load(&plugin.shm->stop) == UPSET_SHM_RUNS)
		return;
	atomic_store(&vcpu->shm->following, 0);
	plugin_begin_counting();
}

static void end_following(const struct vcpu *vcpu)
{
	atomic_store_explicit(&vcpu->shm->following, 0, memory_order_release);
}

void plugin_calls_begin(struct vcpu *vcpu)
{
	if (plugin.shm->calls != 0 && !plugin.child)
		upset_calls_begin(&vcpu->calls, plugin.isa,
			upset_shm_at(plugin.shm, plugin.shm->calls), &vcpu->shm->calls);
}

void plugin_calls_end(struct vcpu *vcpu)
{
	upset_calls_fini(&vcpu->calls);
}

/* What the thread has done. */
static const struct upset_work *now(const struct vcpu *vcpu)
{
	if (plugin.detail != UPSET_DETAIL_COUNTS)
		vcpu->shm->work.of[UPSET_WORK_INSTRUCTIONS] = vcpu->shm->clock;
	return &vcpu->shm->work;
}

static bool is_followed(const struct vcpu *vcpu)
{
	return vcpu != NULL && vcpu->calls.calls != NULL && !plugin.child;
}

void plugin_calls_followed(unsigned int vcpu_index, void *userdata)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);
	const struct upset_insn *insn = &((const struct site *)userdata)->insn;

	if (!is_followed(vcpu))
		return;
	begin_following(vcpu);
	upset_calls_insn(&vcpu->calls, insn, now(vcpu), plugin_stack_pointer(vcpu),
		insn->branch_target != 0 ? insn->branch_target : plugin_program_counter(vcpu));
	end_following(vcpu);
}

void plugin_calls_signal(struct vcpu *vcpu, int signal)
{
	uint64_t handler = atomic_load(&handlers[signal]);

	if (!is_followed(vcpu) || handler <= SIGNALS_IGNORED)
		return;
	begin_following(vcpu);
	upset_calls_signal(&vcpu->calls, now(vcpu), handler, plugin_stack_pointer(vcpu));
	end_following(vcpu);
}

static bool makes_threads(int64_t number)
{
	return number == SYS_clone || number == SYS_clone3;
}

/* What rt_sigaction is given may be overwritten by what it gives. */
void plugin_calls_syscall(struct vcpu *vcpu)
{
	if (!is_followed(vcpu))
		return;
	if (makes_threads(vcpu->syscall_number))
		upset_calls_share(vcpu->calls.calls);
	if (vcpu->syscall_number != SYS_rt_sigaction || vcpu->syscall_arguments[1] == 0)
		return;
	vcpu->handler = 0;
	(void)guest_read(vcpu->syscall_arguments[1], &vcpu->handler, guest_abi()->word_bytes);
}

void plugin_calls_syscall_return(struct vcpu *vcpu, int64_t result)
{
	uint64_t signal = vcpu->syscall_arguments[0];

	if (!is_followed(vcpu))
		return;
	if (vcpu->syscall_number == SYS_rt_sigreturn) {
		begin_following(vcpu);
		upset_calls_sigreturn(&vcpu->calls, now(vcpu));
		end_following(vcpu);
	} else if (vcpu->syscall_number == SYS_rt_sigaction && result == 0 &&
		   vcpu->syscall_arguments[1] != 0 && signal < UPSET_SHM_SIGNALS) {
		atomic_store(&handlers[signal], vcpu->handler);
	}
}
