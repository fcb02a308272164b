/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of system calls, against those of the kernel's sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/syscall.h>

#include "linux/abi.h"

static const struct {
	const char *isa;
	int64_t number;
	const char *name;
	int64_t host; /* -1: none */
} calls[] = {
	{"x86_64", 0, "read", SYS_read},
	{"x86_64", 35, "nanosleep", SYS_nanosleep},
	{"x86_64", 334, "rseq", SYS_rseq},
	{"aarch64", 35, "unlinkat", SYS_unlinkat},
	{"aarch64", 34, "mkdirat", SYS_mkdirat},
	{"aarch64", 56, "openat", SYS_openat},
	{"aarch64", 79, "newfstatat", SYS_newfstatat},
	{"aarch64", 80, "fstat", SYS_fstat},
	{"aarch64", 97, "unshare", SYS_unshare},
	{"aarch64", 163, "getrlimit", SYS_getrlimit},
	{"aarch64", 221, "execve", SYS_execve},
	{"aarch64", 222, "mmap", SYS_mmap},
	{"aarch64", 38, "renameat", SYS_renameat},
	{"riscv64", 64, "write", SYS_write},
	{"riscv64", 113, "clock_gettime", SYS_clock_gettime},
	{"riscv64", 129, "kill", SYS_kill},
	{"riscv64", 259, "riscv_flush_icache", -1},
	{"i386", 5, "open", SYS_open},
	{"i386", 90, "mmap", SYS_mmap},
	{"i386", 67, "sigaction", SYS_rt_sigaction},
	{"i386", 82, "select", SYS_select},
	{"i386", 106, "stat", SYS_stat},
	{"i386", 268, "statfs64", SYS_statfs},
	{"i386", 192, "mmap2", SYS_mmap},
	{"i386", 102, "socketcall", -1},
	{"i386", 119, "sigreturn", SYS_rt_sigreturn},
	{"i386", 174, "rt_sigaction", SYS_rt_sigaction},
	{"i386", 195, "stat64", SYS_stat},
	{"i386", 221, "fcntl64", SYS_fcntl},
	{"i386", 265, "clock_gettime", SYS_clock_gettime},
	{"i386", 403, "clock_gettime64", SYS_clock_gettime},
};

static void test_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct upset_abi *abi = upset_abi_find(calls[i].isa);

		assert_non_null(abi);
		assert_string_equal(upset_abi_call_name(abi, calls[i].number), calls[i].name);
		assert_int_equal(upset_abi_number(abi, calls[i].name), calls[i].number);
		assert_int_equal(upset_abi_canonical(abi, calls[i].number),
			calls[i].host >= 0 ? calls[i].host : UPSET_ABI_FOREIGN + calls[i].number);
	}
}

static void test_forms(void **state)
{
	const struct upset_abi *abi = upset_abi_find("i386");
	unsigned int count;

	(void)state;
	assert_int_equal(upset_abi_form(abi, 195), UPSET_ABI_SAME);
	assert_int_equal(upset_abi_form(abi, 106), UPSET_ABI_OLD);
	assert_int_equal(upset_abi_form(abi, 268), UPSET_ABI_SIZED);
	assert_int_equal(upset_abi_form(abi, 82), UPSET_ABI_IN_MEMORY);
	assert_int_equal(upset_abi_form(abi, 102), UPSET_ABI_OF_SOCKETS);
	assert_int_equal(upset_abi_form(upset_abi_find("aarch64"), 82), UPSET_ABI_SAME);
	assert_int_equal(upset_abi_form(abi, -1), UPSET_ABI_SAME);
	/* By linux/net.h. */
	assert_int_equal(upset_abi_socket_call(3, &count), SYS_connect);
	assert_int_equal(count, 3);
	assert_int_equal(upset_abi_socket_call(20, &count), SYS_sendmmsg);
	assert_int_equal(count, 4);
	assert_int_equal(upset_abi_socket_call(0, &count), -1);
	assert_int_equal(upset_abi_socket_call(21, &count), -1);
}

static void test_host_is_itself(void **state)
{
	const struct upset_abi *abi = upset_abi_find("x86_64");

	(void)state;
	for (int64_t number = -5; number < 2000; number++)
		assert_int_equal(upset_abi_canonical(abi, number), number);
}

static void test_no_such_call(void **state)
{
	const struct upset_abi *abi = upset_abi_find("aarch64");
	const int64_t none[] = {-1, INT64_MIN, 244, 5000, INT32_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		int64_t host = upset_abi_canonical(abi, none[i]);

		assert_null(upset_abi_call_name(abi, none[i]));
		assert_true(host < 0 || host > INT32_MAX);
	}
	assert_int_equal(upset_abi_number(abi, "socketcall"), -1);
	assert_null(upset_abi_find("x86"));
}

static void test_words(void **state)
{
	const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 0x88};

	(void)state;
	assert_int_equal(upset_abi_word(upset_abi_find("i386"), bytes), 0x04030201);
	assert_int_equal(
		upset_abi_word(upset_abi_find("riscv64"), bytes), (int64_t)0x8807060504030201);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_host_is_itself),
		cmocka_unit_test(test_no_such_call),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
