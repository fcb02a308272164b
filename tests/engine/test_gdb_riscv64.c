/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Engine gdb against counts of a RISC-V program worked out by hand.  Read beside guests/. */
#include <stdio.h>
#include <unistd.h>

#include "isa/riscv/riscv.h"
#include "tests/engine/run.h"

/* Instructions of the guest by their places. */
enum {
	ADD = 2,
	ADDI,
	BNEZ,
	SD = 7,
	LW,
	FCVT_6,
	FCVT_4 = 11,
	FDIV_EXACT,
	FDIV_INEXACT,
	FRFLAGS,
	AMOADD = 17,
	JAL,
	ECALL = 20,
	SLLI,
	RET,
	INSNS,
};

/* exit's number in the program's own table. */
#define EXIT 93

static struct upset_profile *run(void)
{
	const struct guest_run guest = {.engine = &upset_engine_gdb,
		.isa = &upset_isa_riscv64,
		.name = "riscv64",
		.detail = UPSET_DETAIL_FULL,
		.out_fd = -1};

	return run_guest_with(&guest);
}

/* 2 + 3 * 3 + 13 + 1 + 2 + 2 instructions. */
static void counts_a_loop(void **state)
{
	struct upset_profile *profile = run();
	const struct upset_profile_insn *add, *bnez;

	(void)state;
	assert_int_equal(profile->run.seen.end, UPSET_END_EXITED);
	assert_int_equal(profile->run.seen.status, 12);
	assert_int_equal(profile->insn_count, INSNS);
	assert_int_equal(profile->instructions, 29);
	add = profile->insns[ADD];
	bnez = profile->insns[BNEZ];
	assert_ptr_equal(find_insn(profile, "add a0,a0,t0"), add);
	assert_int_equal(add->executions, 3);
	assert_int_equal(add->first_index, 2);
	assert_int_equal(add->last_index, 8);
	assert_row(add, UPSET_READ, RISCV_T0, 3, "0:2 1:2");		       /* 3 2 1 */
	assert_row(add, UPSET_READ, RISCV_A0, 3, "0:2 1:1 2:1");	       /* 0 3 5 */
	assert_row(add, UPSET_WRITE, RISCV_A0, 3, "0:2 1:2 2:2");	       /* 3 5 6 */
	assert_row(profile->insns[ADDI], UPSET_WRITE, RISCV_T0, 3, "0:1 1:1"); /* 2 1 0 */
	assert_int_equal(bnez->taken, 2);
	assert_int_equal(profile->thread_count, 1);
	upset_profile_free(profile);
}

/* A store of 6, which is loaded, and an atomic addition to it. */
static void counts_memory(void **state)
{
	struct upset_profile *profile = run();
	const struct upset_tally *store = find_row(profile->insns[SD], UPSET_WRITE, UPSET_MEMORY);

	(void)state;
	assert_row(profile->insns[SD], UPSET_WRITE, UPSET_MEMORY, 1, "1:1 2:1");
	assert_row(profile->insns[LW], UPSET_READ, UPSET_MEMORY, 1, "1:1 2:1");
	assert_int_equal(store->address_min & 4095, 8);
	assert_int_equal(store->address_max, store->address_min + 7);
	assert_row(profile->insns[AMOADD], UPSET_READ, UPSET_MEMORY, 1, "1:1 2:1");
	assert_row(profile->insns[AMOADD], UPSET_WRITE, UPSET_MEMORY, 1, "2:1 3:1"); /* 12 */
	assert_int_equal(profile->page_count, 1);
	assert_int_equal(profile->pages[0].writes, 2);
	assert_int_equal(profile->pages[0].reads, 2);
	assert_int_equal(profile->pages[0].bytes_read, 12);
	assert_int_equal(profile->pages[0].region, UPSET_REGION_BSS);
	upset_profile_free(profile);
}

/* Registers that the stub does not tell together with the others. */
static void counts_floats(void **state)
{
	struct upset_profile *profile = run();
	const struct upset_profile_insn *exact = profile->insns[FDIV_EXACT];
	const struct upset_profile_insn *inexact = profile->insns[FDIV_INEXACT];

	(void)state;
	/* 4018000000000000, 4010000000000000, 3ff8000000000000 and 3fe5555555555555. */
	assert_row(profile->insns[FCVT_6], UPSET_WRITE, RISCV_F0, 1, "51:1 52:1 62:1");
	assert_row(profile->insns[FCVT_4], UPSET_WRITE, RISCV_F0 + 1, 1, "52:1 62:1");
	assert_row(exact, UPSET_READ, RISCV_F0, 1, "51:1 52:1 62:1");
	assert_row(exact, UPSET_READ, RISCV_F0 + 1, 1, "52:1 62:1");
	assert_row(exact, UPSET_WRITE, RISCV_F0 + 2, 1,
		"51:1 52:1 53:1 54:1 55:1 56:1 57:1 58:1 59:1 60:1 61:1");
	assert_row(exact, UPSET_WRITE, RISCV_FFLAGS, 1, "");
	assert_row(inexact, UPSET_WRITE, RISCV_F0 + 3, 1,
		"0:1 2:1 4:1 6:1 8:1 10:1 12:1 14:1 16:1 18:1 20:1 22:1 24:1 26:1 28:1 30:1 32:1 "
		"34:1 36:1 38:1 40:1 42:1 44:1 46:1 48:1 50:1 53:1 54:1 55:1 56:1 57:1 58:1 59:1 "
		"60:1 61:1");
	assert_row(inexact, UPSET_WRITE, RISCV_FFLAGS, 1, "0:1");
	assert_row(profile->insns[FRFLAGS], UPSET_READ, RISCV_FFLAGS, 1, "0:1");
	upset_profile_free(profile);
}

static void counts_calls(void **state)
{
	struct upset_profile *profile = run();
	const struct upset_profile_insn *jal = profile->insns[JAL], *ecall = profile->insns[ECALL];
	const struct upset_tally *link = find_row(jal, UPSET_WRITE, RISCV_RA);
	uint64_t ra = 0;

	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++)
		ra |= link->ones[bit] << bit;
	assert_int_equal(ra, jal->insn.address + 4);
	assert_int_equal(profile->calls, 1);
	assert_int_equal(ecall->last_index, 28);
	/* exit does not return: a0 stays 12. */
	assert_row(ecall, UPSET_READ, RISCV_A7, 1, "0:1 2:1 3:1 4:1 6:1");
	assert_row(ecall, UPSET_WRITE, RISCV_A0, 1, "2:1 3:1");
	assert_int_equal(syscalls_of(profile, EXIT), 1);
	assert_int_equal(all_syscalls(profile), 1);
	assert_int_equal(all_signals(profile), 0);
	upset_profile_free(profile);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_a_loop),
		cmocka_unit_test(counts_memory),
		cmocka_unit_test(counts_floats),
		cmocka_unit_test(counts_calls),
	};

	guest_folder = argc > 2 ? argv[1] : ".";
	if (argc < 3 || access(argv[2], X_OK) != 0) {
		(void)fprintf(stderr, "skipped: there is no QEMU for riscv64\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
