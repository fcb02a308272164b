/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much memory a kernel's file says that it needs. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "machine/kernel.h"

static int needs(const void *bytes, size_t size, uint64_t *needed)
{
	char path[] = "/tmp/upset-kernel-XXXXXX";
	const int fd = mkstemp(path);
	int rc;

	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	rc = machine_kernel_needs(path, needed, NULL);
	(void)close(fd);
	(void)unlink(path);
	return rc;
}

static void put(unsigned char *to, const void *bytes, size_t size)
{
	memcpy(to, bytes, size);
}

/* Where it is to lie, and how much it needs there. */
static void test_needs(void **state)
{
	unsigned char file[0x400] = {0};
	uint64_t needed;

	(void)state;
	put(file + 0x202, "HdrS\x0f\x02", 6);
	put(file + 0x258, "\0\0\0\x01\0\0\0\0", 8);
	put(file + 0x260, "\0\x10\x20\x03", 4);
	assert_int_equal(needs(file, sizeof(file), &needed), 0);
	assert_int_equal(needed, 0x1000000 + 0x3201000);
	/* Older ones do not say it. */
	file[0x206] = 9;
	assert_int_equal(needs(file, sizeof(file), &needed), 0);
	assert_int_equal(needed, 0);
}

static void test_others(void **state)
{
	static const unsigned char elf[0x400] = {0x7f, 'E', 'L', 'F'}, none[0x400] = {0};
	uint64_t needed;

	(void)state;
	assert_int_equal(needs(elf, sizeof(elf), &needed), 0);
	assert_int_equal(needed, 0);
	assert_int_equal(needs(none, sizeof(none), &needed), -ENOEXEC);
	assert_int_equal(needs(none, 10, &needed), -ENOEXEC);
	assert_int_equal(needs(none, 0, &needed), -ENOEXEC);
	assert_int_equal(machine_kernel_needs("/nowhere", &needed, NULL), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needs),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
