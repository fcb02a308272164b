/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine `native` where the flow is broken: faults, traps, signals, restarted calls. */
#include <stdio.h>

#include "isa/x86/x86.h"
#include "tests/engine/run.h"

/*
 * The faulting load is never counted.  The REP is one instruction with nine
 * repeats, done after its handler: 25 instructions, 8 of the handler, then it.
 */
static void counts_around_faults(void **state)
{
	struct upset_profile *profile = run_guest("fault", NULL);
	const struct upset_profile_insn *rep = find_insn(profile, "rep stosb");

	(void)state;
	assert_int_equal(profile->run.seen.status, 0);
	assert_int_equal(profile->instructions, 37);
	assert_int_equal(profile->insns[6]->insn.size, 2); /* xor ebx, ebx */
	assert_int_equal(profile->insns[7]->insn.address, profile->insns[6]->insn.address + 5);
	assert_int_equal(rep->executions, 1);
	assert_int_equal(rep->repeats, 9);
	assert_int_equal(rep->first_index, 33);
	assert_int_equal(rep->last_index, 33);
	assert_row(rep, UPSET_WRITE, UPSET_MEMORY, 9, "0:9");
	assert_row(rep, UPSET_READ, X86_RCX, 1, "0:1 3:1"); /* 9, not what was left */
	assert_row(rep, UPSET_WRITE, X86_RCX, 1, "");
	assert_int_equal(count_insns(profile, "ret"), 2);
	upset_profile_free(profile);
}

static void counts_signals_and_calls(void **state)
{
	struct upset_profile *profile = run_guest("fault", NULL);

	(void)state;
	assert_int_equal(signals_of(profile, 11), 2);
	assert_int_equal(all_signals(profile), 2);
	assert_int_equal(syscalls_of(profile, 13), 2);
	assert_int_equal(syscalls_of(profile, 10), 2);
	assert_int_equal(syscalls_of(profile, 15), 2);
	assert_int_equal(syscalls_of(profile, 60), 1);
	assert_int_equal(all_syscalls(profile), 7);
	upset_profile_free(profile);
}

/* The guest itself looks for traces of the tracer. */
static void stays_hidden(void **state)
{
	struct upset_profile *profile = run_guest("trap", NULL);

	(void)state;
	assert_int_equal(profile->run.seen.end, UPSET_END_EXITED);
	assert_int_equal(profile->run.seen.status, 0);
	assert_int_equal(count_insns(profile, "int3"), 2);
	assert_int_equal(find_insn(profile, "inc ebx")->executions, 2);
	assert_int_equal(signals_of(profile, 5), 2);
	assert_row(find_insn(profile, "pushfq"), UPSET_WRITE, UPSET_MEMORY, 1,
		"1:1 2:1 6:1 9:1"); /* 0x246: after comparing equal */
	upset_profile_free(profile);
}

/* Two writes of ss, each of which hides the step of what follows. */
static void counts_in_the_shadow_of_ss(void **state)
{
	struct upset_profile *profile = run_guest("shadow", NULL);
	const struct upset_profile_insn *inc = find_insn(profile, "inc ecx");
	const struct upset_profile_insn *mov = find_insn(profile, "mov edx, ecx");

	(void)state;
	assert_int_equal(profile->instructions, 9);
	assert_int_equal(inc->first_index, 3);
	assert_row(inc, UPSET_READ, X86_RCX, 1, "0:1 2:1");  /* 5 */
	assert_row(inc, UPSET_WRITE, X86_RCX, 1, "1:1 2:1"); /* 6 */
	assert_int_equal(mov->first_index, 5);
	assert_row(mov, UPSET_WRITE, X86_RDX, 1, "1:1 2:1");
	upset_profile_free(profile);
}

static void ends_by_a_signal(void **state)
{
	struct upset_profile *profile = run_guest("illegal", NULL);

	(void)state;
	assert_int_equal(profile->run.seen.end, UPSET_END_SIGNALED);
	assert_int_equal(profile->run.seen.status, 4);
	assert_int_equal(profile->instructions, 1);
	assert_int_equal(signals_of(profile, 4), 1);
	assert_int_equal(all_signals(profile), 1);
	upset_profile_free(profile);
}

/*
 * The first read is made twice: its rax is the number (0) when it is started
 * again, then 1.  The second returns -EINTR, which becomes the exit status.
 */
static void counts_restarted_calls(void **state)
{
	struct upset_profile *profile = run_guest("restart", NULL);
	const struct upset_profile_insn *first = NULL;

	(void)state;
	assert_int_equal(profile->run.seen.status, 4);
	assert_int_equal(syscalls_of(profile, 0), 3);
	assert_int_equal(signals_of(profile, 14), 2);
	for (size_t i = 0; i < profile->insn_count; i++)
		if (profile->insns[i]->executions == 2 &&
			(profile->insns[i]->insn.classes & UPSET_CLASS_SYSCALL) != 0 &&
			first == NULL)
			first = profile->insns[i];
	assert_non_null(first);
	assert_row(first, UPSET_WRITE, X86_RAX, 2, "0:1");
	upset_profile_free(profile);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_around_faults),
		cmocka_unit_test(counts_signals_and_calls),
		cmocka_unit_test(stays_hidden),
		cmocka_unit_test(counts_in_the_shadow_of_ss),
		cmocka_unit_test(ends_by_a_signal),
		cmocka_unit_test(counts_restarted_calls),
	};

	if (argc != 2)
		return 2;
	if (!can_trace())
		return 77; /* Meson: skipped */
	guest_folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
