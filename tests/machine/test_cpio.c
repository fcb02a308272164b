/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Archives, byte by byte, as the kernel's documentation of them has it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "machine/cpio.h"

struct archive {
	char *bytes;
	size_t size;
	struct upset_cpio cpio;
};

static void begin(struct archive *a)
{
	*a = (struct archive){0};
	a->cpio = (struct upset_cpio){.out = open_memstream(&a->bytes, &a->size), .name = "it"};
	assert_non_null(a->cpio.out);
}

static void add(struct archive *a, const struct upset_cpio_entry *entry)
{
	struct upset_error error = {0};

	if (upset_cpio_add(&a->cpio, entry, &error) != 0)
		fail_msg("%s", error.message);
}

static void end(struct archive *a)
{
	assert_int_equal(upset_cpio_end(&a->cpio, NULL), 0);
	assert_int_equal(fclose(a->cpio.out), 0);
}

/* Header of 110 bytes, name and content each up to a multiple of four. */
static const char expected[] = "070701"
			       "00000001"
			       "000041ED"
			       "00000000"
			       "00000000"
			       "00000001"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000004"
			       "00000000"
			       "dev\0\0\0"
			       "070701"
			       "00000002"
			       "00002180"
			       "00000000"
			       "00000000"
			       "00000001"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000005"
			       "00000001"
			       "0000000C"
			       "00000000"
			       "dev/console\0\0\0"
			       "070701"
			       "00000003"
			       "000081A4"
			       "00000000"
			       "00000000"
			       "00000001"
			       "00000000"
			       "00000005"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000002"
			       "00000000"
			       "f\0"
			       "hello\0\0\0"
			       "070701"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000001"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000000"
			       "00000000"
			       "0000000B"
			       "00000000"
			       "TRAILER!!!\0\0\0";

static void test_bytes(void **state)
{
	struct archive a;

	(void)state;
	begin(&a);
	add(&a, &(struct upset_cpio_entry){.path = "dev", .mode = S_IFDIR | 0755});
	add(&a, &(struct upset_cpio_entry){
			.path = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1});
	add(&a, &(struct upset_cpio_entry){
			.path = "f", .mode = S_IFREG | 0644, .bytes = "hello", .size = 5});
	end(&a);
	assert_int_equal(a.size, sizeof(expected));
	assert_memory_equal(a.bytes, expected, a.size);
	free(a.bytes);
}

/* Of a file nothing but its content is taken. */
static void test_file(void **state)
{
	char path[] = "/tmp/upset-cpio-XXXXXX";
	const int fd = mkstemp(path);
	struct archive a, b;

	(void)state;
	assert_int_equal(write(fd, "some bytes", 10), 10);
	begin(&a);
	begin(&b);
	add(&a, &(struct upset_cpio_entry){.path = "f", .mode = S_IFREG | 0755, .file = path});
	add(&b, &(struct upset_cpio_entry){
			.path = "f", .mode = S_IFREG | 0755, .bytes = "some bytes", .size = 10});
	end(&a);
	end(&b);
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.bytes, b.bytes, a.size);
	free(a.bytes);
	free(b.bytes);
	(void)close(fd);
	(void)unlink(path);
}

static void test_failures(void **state)
{
	struct upset_error error = {0};
	struct upset_cpio full = {.out = fopen("/dev/full", "w"), .name = "it"};
	struct archive a;

	(void)state;
	begin(&a);
	assert_int_equal(
		upset_cpio_add(&a.cpio, &(struct upset_cpio_entry){.path = "f", .file = "/nowhere"},
			&error),
		-ENOENT);
	assert_string_equal(error.message, "cannot read /nowhere: No such file or directory");
	error = (struct upset_error){0};
	assert_int_equal(upset_cpio_add(&a.cpio,
				 &(struct upset_cpio_entry){.path = "f", .file = "/tmp"}, &error),
		-ENOTSUP);
	assert_string_equal(error.message, "/tmp is no regular file: name the files in it");
	end(&a);
	free(a.bytes);
	error = (struct upset_error){0};
	assert_int_equal(upset_cpio_end(&full, &error), -ENOSPC);
	assert_string_equal(error.message, "cannot write it: No space left on device");
	(void)fclose(full.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
