/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of machines: what it means, that it round-trips, and where mistakes are. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "machine/machine.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* All that is needed, but for what a test adds. */
#define NEEDED "upset-machine 1\narch x86_64\nboard pc\nprocessor max\nmemory 128M\nkernel kernel\n"

static void parse(const char *text, struct upset_machine *machine)
{
	struct upset_error error = {0};

	if (upset_machine_parse(machine, "box", text, strlen(text), &error) != 0)
		fail_msg("%s", error.message);
}

static void test_meaning(void **state)
{
	struct upset_machine m;

	(void)state;
	parse("# a comment\n\n  upset-machine\t1  \narch x86_64\nboard pc,acpi=on\nprocessor max\n"
	      "memory 1G\nkernel /boot/vmlinuz\nvmlinux v\ninitrd i\nappend a  b=\"c d\" #e\n"
	      "disk one,two\ndisk /three\ndevice virtio-rng-pci\nregion marks\nresult serial",
		&m);
	assert_string_equal(m.arch->name, "x86_64");
	assert_string_equal(m.board, "pc,acpi=on");
	assert_string_equal(m.processor, "max");
	assert_int_equal(m.memory_bytes, 1ULL << 30);
	assert_string_equal(m.kernel, "/boot/vmlinuz");
	assert_string_equal(m.vmlinux, "v");
	assert_string_equal(m.initrd, "i");
	assert_string_equal(m.append, "a  b=\"c d\" #e");
	assert_int_equal(m.disks.count, 2);
	assert_string_equal(m.disks.items[0], "one,two");
	assert_string_equal(m.disks.items[1], "/three");
	assert_int_equal(m.devices.count, 1);
	assert_string_equal(m.devices.items[0], "virtio-rng-pci");
	assert_int_equal(m.region, UPSET_MACHINE_REGION_MARKS);
	assert_int_equal(m.result, UPSET_MACHINE_RESULT_SERIAL);
	upset_machine_fini(&m);
}

/* What is not said is nothing. */
static void test_usual(void **state)
{
	struct upset_machine m;

	(void)state;
	parse(NEEDED, &m);
	assert_null(m.initrd);
	assert_null(m.vmlinux);
	assert_null(m.append);
	assert_int_equal(m.disks.count + m.devices.count, 0);
	assert_int_equal(m.region, UPSET_MACHINE_REGION_PROGRAM);
	assert_int_equal(m.result, UPSET_MACHINE_RESULT_NONE);
	upset_machine_fini(&m);
}

static void test_round_trip(void **state)
{
	static const char text[] = NEEDED "vmlinux v\ninitrd i\nappend quiet\ndisk d\ndisk e\n"
					  "device f\nregion marks\nresult none\n";
	struct upset_machine m;
	char *printed;

	(void)state;
	parse(text, &m);
	printed = upset_machine_print(&m);
	assert_string_equal(printed, text);
	free(printed);
	upset_machine_fini(&m);
}

static const struct {
	const char *text, *message;
} mistakes[] = {
	{"", "box:1:1: this is no machine: it is empty"},
	{"arch x86_64\n", "box:1:1: this is no machine: its first line is 'upset-machine 1'"},
	{"\n  \x7f\x45LF\n", "box:2:3: this is no machine: its first line is 'upset-machine 1'"},
	{"upset-machine 2\n", "box:1:15: version '2' of machines is not known, 1 is"},
	{"upset-machine\n", "box:1:14: 'upset-machine' needs a value"},
	{NEEDED "bord pc\n", "box:7:1: unknown word 'bord', did you mean 'board'?"},
	{NEEDED "\n board pc\n", "box:8:2: 'board' is there a second time"},
	{NEEDED "append  \t\n", "box:7:7: 'append' needs a value"},
	{NEEDED "region boot\n", "box:7:8: the region is program or marks, not 'boot'"},
	{NEEDED "result disk\n", "box:7:8: the result is on serial, or there is none, not 'disk'"},
	{NEEDED "append a\x01\n", "box:7:9: a byte 0x01, which no text has"},
	{NEEDED "append a\r\n", "box:7:9: a byte 0x0d, which no text has"},
	{"upset-machine 1\narch vax\n", "box:2:6: there are no machines for 'vax', but for x86_64"},
	{"upset-machine 1\nmemory 128\n",
		"box:2:8: memory is a number with K, M or G, at least 1M, not '128'"},
	{"upset-machine 1\narch x86_64\nboard pc\nprocessor max\nmemory 1M\n",
		"box:6:1: there is no line 'kernel'"},
};

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		struct upset_error error = {0};
		struct upset_machine m;

		assert_int_equal(upset_machine_parse(&m, "box", mistakes[i].text,
					 strlen(mistakes[i].text), &error),
			-EPROTO);
		assert_string_equal(error.message, mistakes[i].message);
		upset_machine_fini(&m);
	}
}

static void test_memory(void **state)
{
	static const char *const refused[] = {
		"", "M", "128", "128m", "-1M", " 1M", "1MB", "1023K", "9223372036854775807G", "0G"};
	uint64_t bytes;
	char text[32];

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_int_equal(upset_machine_memory_parse(refused[i], &bytes), -EINVAL);
	assert_int_equal(upset_machine_memory_parse("1025K", &bytes), 0);
	assert_int_equal(bytes, 1025 * 1024);
	upset_machine_memory_print(bytes, text);
	assert_string_equal(text, "1025K");
	upset_machine_memory_print(96ULL << 20, text);
	assert_string_equal(text, "96M");
	upset_machine_memory_print(2ULL << 30, text);
	assert_string_equal(text, "2G");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_usual),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
