/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine `native` against hand-computed counts: values, flags, indices, live
 * points, REP, vector state, code that changes.  Read beside guests/.
 */
#include <stdio.h>

#include "isa/x86/x86.h"
#include "tests/engine/run.h"

/* 2 + 3 * 3 + 1 + 3 instructions: add at 2, 5, 8; dec at 3, 6, 9; jnz at 4, 7, 10. */
static void counts_a_loop(void **state)
{
	struct upset_profile *profile = run_guest("loop", NULL);
	const struct upset_profile_insn *add = find_insn(profile, "add rbx, rcx");
	const struct upset_profile_insn *dec = find_insn(profile, "dec ecx");
	const struct upset_profile_insn *jnz;

	(void)state;
	assert_int_equal(profile->run.seen.end, UPSET_END_EXITED);
	assert_int_equal(profile->run.seen.status, 7);
	assert_int_equal(profile->instructions, 15);
	assert_int_equal(profile->thread_count, 1);
	assert_int_equal(profile->insn_count, 9);
	assert_int_equal(add->executions, 3);
	assert_int_equal(add->first_index, 2);
	assert_int_equal(add->last_index, 8);
	assert_row(add, UPSET_READ, X86_RCX, 3, "0:2 1:2");	 /* 3 2 1 */
	assert_row(add, UPSET_READ, X86_RBX, 3, "0:2 1:1 2:1");	 /* 0 3 5 */
	assert_row(add, UPSET_WRITE, X86_RBX, 3, "0:2 1:2 2:2"); /* 3 5 6 */
	assert_row(dec, UPSET_WRITE, X86_ZF, 3, "0:1");
	assert_row(dec, UPSET_WRITE, X86_PF, 3, "0:1"); /* of 2, 1, 0 only 0 is even */
	jnz = profile->insns[4];
	assert_int_equal(jnz->executions, 3);
	assert_int_equal(jnz->taken, 2);
	assert_int_equal(jnz->last_index, 10);
	assert_row(jnz, UPSET_READ, X86_ZF, 3, "0:1");
	assert_int_equal(profile->branches, 3);
	upset_profile_free(profile);
}

static void counts_memory(void **state)
{
	struct upset_profile *profile = run_guest("loop", NULL);
	const struct upset_profile_insn *store = profile->insns[5];
	const struct upset_tally *row = find_row(store, UPSET_WRITE, UPSET_MEMORY);

	(void)state;
	assert_int_equal(store->first_index, 11);
	assert_row(store, UPSET_WRITE, UPSET_MEMORY, 1, "1:1 2:1"); /* 6 */
	assert_int_equal(row->address_max, row->address_min + 7);
	assert_int_equal(profile->page_count, 1);
	assert_int_equal(profile->pages[0].address, row->address_min & ~UINT64_C(4095));
	assert_int_equal(profile->pages[0].writes, 1);
	assert_int_equal(profile->pages[0].reads, 0);
	assert_int_equal(profile->pages[0].bytes_written, 8);
	assert_int_equal(profile->pages[0].region, UPSET_REGION_BSS);
	upset_profile_free(profile);
}

/* rcx = the next address, r11 = the flags (0x246 after the last dec), rax = its number: exit. */
static void counts_a_call_that_does_not_return(void **state)
{
	struct upset_profile *profile = run_guest("loop", NULL);
	const struct upset_profile_insn *call = find_insn(profile, "syscall");
	uint64_t next = call->insn.address + 2, rcx = 0;
	const struct upset_tally *row = find_row(call, UPSET_WRITE, X86_RCX);

	(void)state;
	assert_row(call, UPSET_READ, X86_RAX, 1, "2:1 3:1 4:1 5:1"); /* 60 */
	assert_row(call, UPSET_WRITE, X86_RAX, 1, "2:1 3:1 4:1 5:1");
	assert_row(call, UPSET_WRITE, X86_R11, 1, "1:1 2:1 6:1 9:1");
	for (unsigned int bit = 0; bit < 64; bit++)
		rcx |= row->ones[bit] << bit;
	assert_int_equal(rcx, next);
	assert_int_equal(syscalls_of(profile, 60), 1);
	assert_int_equal(all_syscalls(profile), 1);
	upset_profile_free(profile);
}

/*
 * rbx is written at 0 and read last at 11: live at 1 .. 11.  rcx is written at 1,
 * read last at 9, written at 14: 2 .. 9; its upper half is cleared by each dec
 * without being read, which leaves 2, 4, 5, 7, 8.
 */
static void counts_live_points(void **state)
{
	struct upset_profile *profile = run_guest("loop", NULL);

	(void)state;
	assert_int_equal(profile->live[X86_RBX][0], 11);
	assert_int_equal(profile->live[X86_RBX][3], 11);
	assert_int_equal(profile->live[X86_RCX][0], 8);
	assert_int_equal(profile->live[X86_RCX][3], 5);
	assert_int_equal(profile->live[X86_R12][0], 0);
	upset_profile_free(profile);
}

static void counts_repeats(void **state)
{
	struct upset_profile *profile = run_guest("rep", NULL);
	const struct upset_profile_insn *insn = find_insn(profile, "rep movsb");
	const struct upset_tally *row;

	(void)state;
	assert_int_equal(profile->instructions, 15);
	assert_int_equal(insn->executions, 1);
	assert_int_equal(insn->repeats, 3);
	assert_row(insn, UPSET_READ, UPSET_MEMORY, 3, "0:3 1:2 2:1"); /* 1 3 7 */
	assert_row(insn, UPSET_WRITE, UPSET_MEMORY, 3, "0:3 1:2 2:1");
	assert_row(insn, UPSET_READ, X86_RCX, 1, "0:1 1:1"); /* 3 */
	assert_row(insn, UPSET_WRITE, X86_RCX, 1, "");	     /* 0 */
	insn = find_insn(profile, "rep stosw");
	assert_int_equal(insn->executions, 1);
	assert_int_equal(insn->repeats, 0);
	assert_row(insn, UPSET_WRITE, UPSET_MEMORY, 0, "");
	assert_row(insn, UPSET_READ, X86_RCX, 1, "");
	insn = find_insn(profile, "repne scasb");
	assert_int_equal(insn->executions, 1);
	assert_int_equal(insn->repeats, 3);
	assert_row(insn, UPSET_READ, UPSET_MEMORY, 3, "0:3 1:2 2:1");
	assert_row(insn, UPSET_WRITE, X86_RCX, 1, "0:1 1:1 2:1"); /* 10 - 3 */
	assert_row(insn, UPSET_WRITE, X86_ZF, 1, "0:1");
	insn = find_insn(profile, "rep stosq");
	assert_int_equal(insn->first_index, 11);
	assert_int_equal(insn->repeats, 2);
	assert_row(insn, UPSET_WRITE, UPSET_MEMORY, 2, "0:2 1:2 2:2"); /* 7 */
	row = find_row(insn, UPSET_WRITE, UPSET_MEMORY);
	assert_int_equal(row->address_min & 4095, 4096 - 12);
	assert_int_equal(row->address_max, row->address_min + 15);
	upset_profile_free(profile);
}

/* Accesses belong to the page in which they begin: 3 bytes, and two of 8 at its end. */
static void counts_pages(void **state)
{
	struct upset_profile *profile = run_guest("rep", NULL);
	uint64_t reads = 0, bytes_read = 0;

	(void)state;
	assert_int_equal(profile->page_count, 2); /* data, which is only read, and bss */
	for (size_t i = 0; i < profile->page_count; i++) {
		const struct upset_page *page = &profile->pages[i];

		reads += page->reads;
		bytes_read += page->bytes_read;
		if (page->writes == 0) {
			assert_int_equal(page->region, UPSET_REGION_DATA);
			continue;
		}
		assert_int_equal(page->region, UPSET_REGION_BSS);
		assert_int_equal(page->writes, 5);
		assert_int_equal(page->bytes_written, 19);
		assert_int_equal(page->reads, 0);
	}
	assert_int_equal(reads, 6);
	assert_int_equal(bytes_read, 6);
	upset_profile_free(profile);
}

static void sees_vector_state(void **state)
{
	struct upset_profile *profile = run_guest("vector", NULL);
	const struct upset_profile_insn *insn = find_insn(profile, "psrlq xmm1, 0x3f");

	(void)state;
	assert_row(insn, UPSET_WRITE, X86_YMM0 + 1, 1, "0:1 64:1");
	insn = find_insn(profile, "paddq xmm2, xmm1");
	assert_row(insn, UPSET_READ, X86_YMM0 + 2, 1, "0:1 64:1");
	assert_row(insn, UPSET_WRITE, X86_YMM0 + 2, 1, "1:1 65:1");
	insn = find_insn(profile, "faddp st1, st0");
	/* 1.0 + 1.0: the integer bit, and an exponent of 0x4000 */
	assert_row(insn, UPSET_WRITE, X86_ST0, 1, "63:1 78:1");
	insn = find_insn(profile, "movd mm3, eax");
	assert_row(insn, UPSET_WRITE, X86_MM0 + 3, 1, "0:1 2:1"); /* 5 */
	insn = find_insn(profile, "movq rcx, mm3");
	assert_row(insn, UPSET_READ, X86_MM0 + 3, 1, "0:1 2:1");
	assert_row(insn, UPSET_WRITE, X86_RCX, 1, "0:1 2:1");
	upset_profile_free(profile);
}

/* Elements 0 and 2 of eight are doubled; what is stored has all of them. */
static void sees_lower_halves(void **state)
{
	const struct upset_profile_insn *insn;
	struct upset_profile *profile;

	(void)state;
	if (!__builtin_cpu_supports("avx512f")) {
		print_message("this processor has no AVX-512\n");
		skip();
	}
	profile = run_guest("avx512", NULL);
	assert_int_equal(profile->run.seen.status, 0);
	insn = find_insn(profile, "vpsrlq zmm2, zmm1, 0x3f");
	assert_row(insn, UPSET_WRITE, X86_YMM0 + 2, 1, "0:1 64:1 128:1 192:1");
	insn = find_insn(profile, "vpaddq zmm2 {k1}, zmm2, zmm2");
	assert_row(insn, UPSET_READ, X86_YMM0 + 2, 1, "0:1 64:1 128:1 192:1");
	assert_row(insn, UPSET_WRITE, X86_YMM0 + 2, 1, "1:1 64:1 129:1 192:1");
	insn = profile->insns[5];
	assert_row(insn, UPSET_READ, X86_YMM0 + 2, 1, "1:1 64:1 129:1 192:1");
	assert_row(
		insn, UPSET_WRITE, UPSET_MEMORY, 1, "1:1 64:1 129:1 192:1 256:1 320:1 384:1 448:1");
	upset_profile_free(profile);
}

/* The same address with four contents: 1 and 2 while writable, 3 and 9 when it is not. */
static void sees_code_that_changes(void **state)
{
	static const char *const texts[] = {
		"mov ecx, 0x1", "mov ecx, 0x2", "mov ecx, 0x3", "mov ecx, 0x9"};
	struct upset_profile *profile = run_guest("patch", NULL);
	const struct upset_profile_insn *first = find_insn(profile, texts[0]);

	(void)state;
	assert_int_equal(profile->run.seen.status, 9);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct upset_profile_insn *insn = find_insn(profile, texts[i]);

		assert_int_equal(insn->executions, 1);
		assert_int_equal(insn->insn.address, first->insn.address);
	}
	assert_int_equal(find_insn(profile, "ret")->executions, 4);
	upset_profile_free(profile);
}

static void collects_less_on_demand(void **state)
{
	struct guest_run run = {.name = "loop", .detail = UPSET_DETAIL_OPERANDS, .out_fd = -1};
	struct upset_profile *profile = run_guest_with(&run);
	const struct upset_profile_insn *insn = find_insn(profile, "add rbx, rcx");

	(void)state;
	assert_row(insn, UPSET_READ, X86_RCX, 3, "0:2 1:2");
	assert_row(insn, UPSET_WRITE, X86_ZF, 3, "");
	assert_int_equal(profile->page_count, 0);
	upset_profile_free(profile);

	run.detail = UPSET_DETAIL_COUNTS;
	profile = run_guest_with(&run);
	insn = find_insn(profile, "add rbx, rcx");
	assert_int_equal(profile->instructions, 15);
	assert_int_equal(insn->executions, 3);
	assert_row(insn, UPSET_READ, X86_RCX, 3, "");
	assert_int_equal(profile->insns[4]->taken, 2);
	upset_profile_free(profile);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_a_loop),
		cmocka_unit_test(counts_memory),
		cmocka_unit_test(counts_a_call_that_does_not_return),
		cmocka_unit_test(counts_live_points),
		cmocka_unit_test(counts_repeats),
		cmocka_unit_test(counts_pages),
		cmocka_unit_test(sees_vector_state),
		cmocka_unit_test(sees_lower_halves),
		cmocka_unit_test(sees_code_that_changes),
		cmocka_unit_test(collects_less_on_demand),
	};

	if (argc != 2)
		return 2;
	if (!can_trace())
		return 77; /* Meson: skipped */
	guest_folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
