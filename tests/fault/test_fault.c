/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of faults: what it means, that it round-trips, and where mistakes are. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fault/fault.h"
#include "isa/isa.h"
#include "isa/x86/x86.h"

static void parse(const char *text, struct upset_faults *faults)
{
	struct upset_error error = {0};
	unsigned int column;

	if (upset_faults_parse(text, faults, &column, &error) != 0)
		fail_msg("'%s': column %u: %s", text, column, error.message);
}

static const struct {
	const char *text, *canonical;
} forms[] = {
	{"flip:17 rax @ insn=12345", "flip:17 rax @ insn=12345"},
	{"  flip:0x11\trax@insn=0x10  ", "flip:17 rax @ insn=16"},
	{"flip:7,3 rbx @ insn=0", "flip:3,7 rbx @ insn=0"},
	{"flip:4-6 r15 @ insn=1", "flip:4-6 r15 @ insn=1"},
	{"flip:6,4,5,9 r15 @ insn=1", "flip:4-6,9 r15 @ insn=1"},
	{"flip:0-63 rip @ insn=1", "flip:0-63 rip @ insn=1"},
	{"flip:12 fs_base @ insn=1", "flip:12 fs_base @ insn=1"},
	{"flip zf @ insn=1", "flip:0 zf @ insn=1"},
	{"flip:0 zf @ insn=1", "flip:0 zf @ insn=1"},
	{"flip:127 xmm3 @ insn=1", "flip:127 xmm3 @ insn=1"},
	{"flip:255 ymm3 @ insn=1", "flip:255 ymm3 @ insn=1"},
	{"flip:79 st0 @ insn=1", "flip:79 st0 @ insn=1"},
	{"set:10 rax @ insn=1", "set:0xa rax @ insn=1"},
	{"set:0x00ff rax @ insn=1", "set:0xff rax @ insn=1"},
	{"set:0 rax @ insn=1", "set:0x0 rax @ insn=1"},
	{"set:0x0102030405060708090A xmm1 @ insn=1", "set:0x102030405060708090a xmm1 @ insn=1"},
	{"stuck0:1 rax @ insn=5 for 10", "stuck0:1 rax @ insn=5 for 10"},
	{"stuck1:1 rax @ insn=5 forever", "stuck1:1 rax @ insn=5 forever"},
	{"flip:3 mem[0x601040] @ insn=5", "flip:3 mem[0x601040] @ insn=5"},
	{"flip:3 mem[table+8] @ insn=5", "flip:3 mem[table+0x8] @ insn=5"},
	{"flip:3 mem[table+0] @ insn=5", "flip:3 mem[table] @ insn=5"},
	{"flip:3 mem[lib.so.1!table,8] @ insn=5", "flip:3 mem[lib.so.1!table] @ insn=5"},
	{"set:7 mem[table,1] @ insn=5", "set:0x7 mem[table,1] @ insn=5"},
	{"flip:511 mem[table,64] @ insn=5", "flip:511 mem[table,64] @ insn=5"},
	{"flip:3 operand[1] @ pc=main", "flip:3 operand[1] @ pc=main #1"},
	{"flip:3 code[main+4] @ insn=0", "flip:3 code[main+0x4] @ insn=0"},
	{"flip:3 rax @ pc=0x401000 #7", "flip:3 rax @ pc=0x401000 #7"},
	{"flip:3 rax @ pc=main+0x10#2 thread=3", "flip:3 rax @ pc=main+0x10 #2 thread=3"},
	{"flip:3 rax @ pc=libc++.so!_Z3a+b", "flip:3 rax @ pc=libc++.so!_Z3a+b #1"},
	{"flip:3 rax @ pc=puts@plt", "flip:3 rax @ pc=puts@plt #1"},
	{"flip:3 rax @ insn=5 thread=0", "flip:3 rax @ insn=5 thread=0"},
	{"flip:3 rax @ pc=main thread=any", "flip:3 rax @ pc=main #1 thread=any"},
	{"skip @ pc=check #2", "skip @ pc=check #2"},
	{"none rax @ insn=5", "none rax @ insn=5"},
	{"none zf @ pc=main", "none zf @ pc=main #1"},
	{"none mem[table,1] @ pc=main forever", "none mem[table,1] @ pc=main #1 forever"},
	{"none operand[1] @ insn=5 for 3", "none operand[1] @ insn=5 for 3"},
	{"flip:1 rax @ insn=1;flip:2 rbx @ insn=2", "flip:1 rax @ insn=1; flip:2 rbx @ insn=2"},
};

static void has_one_canonical_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct upset_faults faults;
		char *text;

		parse(forms[i].text, &faults);
		text = upset_faults_print(&faults);
		assert_non_null(text);
		assert_string_equal(text, forms[i].canonical);
		upset_faults_free(&faults);
		parse(text, &faults);
		free(text);
		text = upset_faults_print(&faults);
		assert_string_equal(text, forms[i].canonical);
		free(text);
		upset_faults_free(&faults);
	}
}

static void means_what_it_says(void **state)
{
	struct upset_faults faults;
	const struct upset_fault *f;

	(void)state;
	parse("stuck1:3,64 ymm2 @ pc=libm.so.6!exp+0x20 #9 thread=1 for 100; "
	      "set:0x1234 mem[0x10,2] @ insn=7",
		&faults);
	assert_int_equal(faults.count, 2);
	f = &faults.faults[0];
	assert_int_equal(f->model, UPSET_FAULT_STUCK1);
	assert_int_equal(f->bits[0], 8);
	assert_int_equal(f->bits[1], 1);
	assert_int_equal(f->location, UPSET_FAULT_REGISTER);
	assert_int_equal(f->resource, X86_YMM0 + 2);
	assert_int_equal(f->location_bits, 256);
	assert_int_equal(f->trigger, UPSET_FAULT_AT_PLACE);
	assert_string_equal(f->trigger_place.module, "libm.so.6");
	assert_string_equal(f->trigger_place.symbol, "exp");
	assert_int_equal(f->trigger_place.offset, 0x20);
	assert_int_equal(f->count, 9);
	assert_int_equal(f->thread, 1);
	assert_int_equal(f->duration, UPSET_FAULT_FOR);
	assert_int_equal(f->duration_count, 100);
	f = &faults.faults[1];
	assert_int_equal(f->value[0], 0x34);
	assert_int_equal(f->value[1], 0x12);
	assert_int_equal(f->location, UPSET_FAULT_MEMORY);
	assert_int_equal(f->location_bits, 16);
	assert_null(f->place.symbol);
	assert_int_equal(f->place.offset, 0x10);
	assert_int_equal(f->trigger, UPSET_FAULT_AT_INSN);
	assert_int_equal(f->count, 7);
	assert_int_equal(f->thread, -1);
	assert_int_equal(f->duration, UPSET_FAULT_TRANSIENT);
	upset_faults_free(&faults);
}

static const struct {
	const char *text;
	unsigned int column;
	const char *message;
} mistakes[] = {
	{"", 1, "no fault model"},
	{"flop:3 rax @ insn=1", 1, "'flop:3' is no fault model"},
	{"flip:x rax @ insn=1", 6, "a bit is a number"},
	{"flip:3x rax @ insn=1", 7, "no digit"},
	{"flip:0x rax @ insn=1", 7, "no digit"},
	{"flip:5-3 rax @ insn=1", 6, "begins with the lower"},
	{"flip:3,3 rax @ insn=1", 8, "named twice"},
	{"flip:512 rax @ insn=1", 6, "bits are 0 to 511"},
	{"flip:99999999999999999999 rax @ insn=1", 6, "too large"},
	{"flip:64 rax @ insn=1", 6, "has 64 bits"},
	{"flip:128 xmm0 @ insn=1", 6, "has 128 bits"},
	{"flip rax @ insn=1", 6, "which bit"},
	{"flip:3 rxa @ insn=1", 8, "'rxa' is no location"},
	{"flip:3 @ insn=1", 8, "is no location"},
	{"flip:3 rex @ insn=1", 8, "'rex' is no location"},
	{"flip:3 mm0 @ insn=1", 8, "no location"},
	{"flip:3 memory @ insn=1", 8, "no location"},
	{"flip:3 mem[] @ insn=1", 12, "address or a symbol is missing"},
	{"flip:3 mem[x @ insn=1", 13, "']' is missing"},
	{"flip:3 mem[x,65] @ insn=1", 14, "1 to 64"},
	{"flip:3 mem[x,0] @ insn=1", 14, "1 to 64"},
	{"flip:8 mem[x,1] @ insn=1", 6, "has 8 bits"},
	{"flip:3 mem[!x] @ insn=1", 12, "module's name is missing"},
	{"flip:3 mem[a!] @ insn=1", 14, "symbol is missing"},
	{"flip:3 mem[+3] @ insn=1", 12, "symbol's name is missing"},
	{"flip:120 code[main] @ insn=1", 6, "has 120 bits"},
	{"flip:3 operand[256] @ insn=1", 16, "no operand"},
	{"flip:3 operand[a] @ insn=1", 16, "a number"},
	{"set rax @ insn=1", 4, "needs a value"},
	{"set:-1 rax @ insn=1", 5, "a number"},
	{"set:0x10000000000000000 rax @ insn=1", 5, "does not fit into 64 bits"},
	{"set:2 zf @ insn=1", 5, "does not fit into 1 bits"},
	{"set:0xzz rax @ insn=1", 7, "no digit"},
	{"skip:3 @ insn=1", 5, "skip has no bits"},
	{"none:3 rax @ insn=1", 5, "none has no bits"},
	{"none @ insn=1", 6, "no location"},
	{"skip rax @ insn=1", 6, "'@' is missing"},
	{"flip:3 rax insn=1", 12, "'@' is missing"},
	{"flip:3 rax @ time=1", 14, "'time=1' is no trigger"},
	{"flip:3 rax @ insn=-1", 19, "a number"},
	{"flip:3 rax @ pc=", 17, "missing"},
	{"flip:3 rax @ pc=main #0", 23, "counted from 1"},
	{"flip:3 rax @ pc=main #", 23, "a hit is a number"},
	{"flip:3 rax @ insn=1 thread=x", 28, "a number"},
	{"flip:3 rax @ insn=1 thread=any", 28, "counted by thread"},
	{"flip:3 rax @ insn=1 for 3", 21, "happens once"},
	{"stuck0:3 rax @ insn=1 for 0", 23, "at least one"},
	{"stuck0:3 rax @ insn=1 for", 26, "a number"},
	{"stuck0:3 rax @ insn=1 always", 23, "'always' is too much"},
	{"flip:3 rax @ insn=1;", 21, "no fault model"},
	{"flip:3 rax @ insn=1; flip:3 rax @ insn=q", 40, "a number"},
};

static void points_at_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct upset_error error = {0};
		struct upset_faults faults;
		unsigned int column;
		int rc = upset_faults_parse(mistakes[i].text, &faults, &column, &error);

		upset_faults_free(&faults);
		if (rc != -EINVAL || column != mistakes[i].column ||
			strstr(error.message, mistakes[i].message) == NULL)
			fail_msg("'%s': %d, column %u, not %u: %s", mistakes[i].text, rc, column,
				mistakes[i].column, error.message);
	}
}

/* --- lists -------------------------------------------------------------------------------------
 */

struct seen {
	unsigned int lines[8];
	unsigned int count;
};

static int see(void *context, unsigned int line, const struct upset_faults *faults,
	struct upset_error *mistake)
{
	struct seen *seen = context;

	assert_true(faults->count > 0);
	if (faults->faults[0].model == UPSET_FAULT_STUCK0)
		return upset_error_set(mistake, EINVAL, "nothing is stuck here");
	seen->lines[seen->count++] = line;
	return seen->count == 4 ? -ECANCELED : 0;
}

static int read_list(const char *text, size_t size, struct seen *seen, struct upset_error *error)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, size, "r");
	int rc;

	assert_non_null(file);
	rc = upset_faults_read(file, "list", see, seen, error);
	(void)fclose(file);
	return rc;
}

static void reads_lists(void **state)
{
	static const char good[] = "# faults\n\nflip:3 rax @ pc=main #2 # the second time\r\n"
				   "  # none\n\tflip:1 rbx @ insn=1; skip @ insn=2\nskip @ insn=3";
	static const char bad[] = "skip @ insn=1\nflip:3 rxa @ insn=1\n";
	static const char wrong[] = "stuck0 cf @ insn=1\nskip @ insn=1\nx\n\0\nskip @ insn=3\n";
	static const char many[] =
		"skip @ insn=1\nskip @ insn=1\nskip @ insn=1\nskip @ insn=1\nx\n";
	struct upset_error error = {0};
	struct seen seen = {0};

	(void)state;
	assert_int_equal(read_list(good, sizeof(good) - 1, &seen, &error), 0);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.lines[0], 3);
	assert_int_equal(seen.lines[1], 5);
	assert_int_equal(seen.lines[2], 6);
	seen = (struct seen){0};
	assert_int_equal(read_list(bad, sizeof(bad) - 1, &seen, &error), -EINVAL);
	assert_int_equal(seen.count, 1);
	assert_int_equal(strncmp(error.message, "list:2:8: 'rxa'", 15), 0);
	error = (struct upset_error){0};
	seen = (struct seen){0};
	assert_int_equal(read_list(wrong, sizeof(wrong) - 1, &seen, &error), -EINVAL);
	assert_string_equal(error.message,
		"list:1: nothing is stuck here; list:3:1: 'x' is no fault model: flip, stuck0, "
		"stuck1, set, skip or none; list:4: a line with a zero byte");
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.lines[1], 5);
	error = (struct upset_error){0};
	seen = (struct seen){0};
	assert_int_equal(read_list(many, sizeof(many) - 1, &seen, &error), -ECANCELED);
	error = (struct upset_error){0};
	seen = (struct seen){0};
	assert_int_equal(read_list("skip\0 @ insn=1\n", 15, &seen, &error), -EINVAL);
}

/* Of more mistakes than a message has room for it says how many there are. */
static void tells_of_many_mistakes(void **state)
{
	struct upset_error error = {0};
	struct seen seen = {0};
	char list[40 * 2 + 1] = "";
	size_t told = 0;

	(void)state;
	for (unsigned int i = 0; i < 40; i++)
		strcat(list, "x\n");
	assert_int_equal(read_list(list, strlen(list), &seen, &error), -EINVAL);
	for (const char *at = error.message; (at = strstr(at, "list:")) != NULL; at++)
		told++;
	assert_in_range(told, 4, 39);
	assert_int_equal(strtol(strstr(error.message, "; and ") + 6, NULL, 10), 40 - told);
	assert_non_null(strstr(error.message, " more"));
}

/* i386 has eax, programs of x86-64 do not, and with 32 bits of it not rax. */
static void registers_are_of_the_program(void **state)
{
	struct upset_error error = {0};
	struct upset_faults faults;
	unsigned int column;

	(void)state;
	assert_int_equal(upset_faults_parse("flip:3 eax @ insn=1", &faults, &column, &error), 0);
	assert_int_equal(upset_faults_check(&faults, upset_isa_find("i386"), &error), 0);
	assert_int_equal(upset_faults_check(&faults, upset_isa_find("x86-64"), &error), -EINVAL);
	assert_string_equal(error.message,
		"the program is one of x86-64, which has no register eax of 32 bits");
	upset_faults_free(&faults);
	/* 64 bits of RISC-V, 32 of AArch64. */
	error = (struct upset_error){0};
	assert_int_equal(upset_faults_parse("flip:39 s9 @ insn=1", &faults, &column, &error), 0);
	assert_int_equal(upset_faults_check(&faults, upset_isa_find("riscv64"), &error), 0);
	assert_int_equal(upset_faults_check(&faults, upset_isa_find("aarch64"), &error), -EINVAL);
	assert_string_equal(error.message,
		"the program is one of aarch64, where register s9 has 32 bits, from 0");
	upset_faults_free(&faults);
	assert_int_equal(upset_faults_parse("flip:31 s9 @ insn=1", &faults, &column, &error), 0);
	assert_int_equal(upset_faults_check(&faults, upset_isa_find("riscv64"), &error), 0);
	assert_int_equal(upset_faults_check(&faults, upset_isa_find("aarch64"), &error), 0);
	upset_faults_free(&faults);
	assert_int_equal(upset_faults_parse("flip:3 xmm3 @ insn=1", &faults, &column, &error), 0);
	assert_int_equal(upset_faults_check(&faults, upset_isa_find("i386"), &error), 0);
	upset_faults_free(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_many_mistakes),
		cmocka_unit_test(has_one_canonical_form),
		cmocka_unit_test(means_what_it_says),
		cmocka_unit_test(points_at_mistakes),
		cmocka_unit_test(registers_are_of_the_program),
		cmocka_unit_test(reads_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
