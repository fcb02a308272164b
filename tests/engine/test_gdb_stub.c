/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stubs answer, and descriptions of registers: what is right, and what is not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/gdb/stub.h"
#include "tests/engine/stub.h"

static struct gdb_stub stub;
static struct script script;

/* A stub that was opened, and will answer with @answers[] up to NULL, and close. */
static void talk(const char *const *answers)
{
	script_begin(&script, "", 0, 0);
	for (; *answers != NULL; answers++)
		script_answer(&script, *answers);
	script_close(&script);
	stub = (struct gdb_stub){.name = "at test",
		.packet_bytes = 64,
		.packets = {.fd = script.fd, .acknowledged = true}};
}

#define TALK(...) talk((const char *const[]){__VA_ARGS__, NULL})

/* --- descriptions ----------------------------------------------------------------------------- */

struct documents {
	const char *name[3], *text[3];
};

static int give(void *context, const char *name, char **text, size_t *size)
{
	const struct documents *documents = context;

	for (unsigned int i = 0; i < 3 && documents->name[i] != NULL; i++) {
		if (strcmp(documents->name[i], name) != 0)
			continue;
		*text = strdup(documents->text[i]);
		*size = strlen(documents->text[i]);
		return *text == NULL ? -ENOMEM : 0;
	}
	return -ENOENT;
}

static int describe(const char *text, struct gdb_description *d)
{
	struct documents documents = {{"target.xml"}, {text}};
	struct upset_error error = {0};

	return gdb_description_read(d, give, &documents, &error);
}

static void reads_what_it_includes(void **state)
{
	struct documents documents = {{"target.xml", "a.xml", "b.xml"},
		{"<?xml version='1.0'?><!DOCTYPE target SYSTEM 'gdb-target.dtd'><target>"
		 "<architecture>riscv:rv64</architecture><xi:include href='a.xml'/>"
		 "<xi:include href='b.xml'/></target>",
			"<feature name='f'><reg name='zero' bitsize='64' type='int'/>"
			"<reg name='ra' bitsize='64'/></feature>",
			"<feature name='g'><reg name='late' bitsize='8' regnum='70'/>"
			"<reg name='pc' bitsize='32' regnum='32'/>"
			"<reg name='ft0' bitsize='64'/></feature>"}};
	struct gdb_description d;
	struct upset_error error = {0};

	(void)state;
	assert_int_equal(gdb_description_read(&d, give, &documents, &error), 0);
	assert_string_equal(d.architecture, "riscv:rv64");
	assert_int_equal(d.count, 5);
	assert_string_equal(d.registers[1].name, "ra");
	assert_int_equal(d.registers[1].number, 1);
	assert_string_equal(d.registers[2].name, "pc");
	assert_int_equal(d.registers[2].number, 32);
	assert_int_equal(d.registers[2].bits, 32);
	assert_string_equal(d.registers[3].name, "ft0");
	assert_int_equal(d.registers[3].number, 33);
	assert_string_equal(d.registers[4].name, "late");
	gdb_description_fini(&d);
}

static void refuses_bad_descriptions(void **state)
{
	static const char *const bad[] = {
		"",
		"<target>",
		"<target/>",
		"no XML",
		"<target><reg bitsize='8'/></target>",
		"<target><reg name='' bitsize='8'/></target>",
		"<target><reg name='a'/></target>",
		"<target><reg name='a' bitsize='0'/></target>",
		"<target><reg name='a' bitsize='7'/></target>",
		"<target><reg name='a' bitsize='-8'/></target>",
		"<target><reg name='a' bitsize='99999999999999999999999'/></target>",
		"<target><reg name='a' bitsize='8' regnum='x'/></target>",
		"<target><reg name='a' bitsize='8' regnum='4294967296'/></target>",
		"<target><reg name='a23456789012345678901234567890123' bitsize='8'/></target>",
		"<t><reg name='a' bitsize='8'/><reg name='b' bitsize='8' regnum='0'/></t>",
		"<target><xi:include/></target>",
		"<target><xi:include href='target.xml'/></target>",
		"<target><reg name='a' bitsize='8'/></target><target/>",
	};
	struct gdb_description d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (describe(bad[i], &d) != -EPROTO)
			fail_msg("%s", bad[i]);
		gdb_description_fini(&d);
	}
	assert_int_equal(describe("<t><xi:include href='none'/></t>", &d), -ENOENT);
	gdb_description_fini(&d);
}

/* --- the beginning ---------------------------------------------------------------------------- */

static void opens(void **state)
{
	static const char wanted[] = "$QStartNoAckMode#b0";
	struct upset_error error = {0};
	char asked[2048];
	const char *at;

	(void)state;
	TALK("PacketSize=100;QStartNoAckMode+;multiprocess+", "OK", "T05thread:1c;", "QC1c",
		"vCont;c;C;s;S", "",
		"l<target><reg name='a' bitsize='16'/><reg name='b' bitsize='8'/></target>");
	assert_int_equal(gdb_stub_open(&stub, script.fd, &error), 0);
	assert_int_equal(stub.packet_bytes, 0x100);
	assert_false(stub.packets.acknowledged);
	assert_int_equal(stub.process, 0x1c);
	assert_true(stub.resumes_threads);
	assert_false(stub.steps_far);
	assert_int_equal(stub.description.count, 2);
	script_asked(&script, asked, sizeof(asked));
	at = strstr(asked, wanted);
	assert_non_null(at);
	/* From here on nothing is confirmed. */
	assert_non_null(strstr(at, "#b0+$?#3f$qC#b4$vCont?#49$qqemu.sstepbits#"));
	gdb_description_fini(&stub.description);
	script_end(&script);
}

static void says_why_it_does_not_open(void **state)
{
	static const struct {
		const char *answers[8], *message;
	} cases[] = {
		{{NULL}, "closed the connection"},
		{{"PacketSize=zz", NULL}, "answers 'PacketSize=zz' to 'qSupported"},
		{{"", "W00", NULL}, "answers 'W00' to '?'"},
		{{"", "what", NULL}, "answers 'what' to '?'"},
		{{"", "T05", "QC1", "", "", "", NULL}, "does not describe its registers"},
		{{"", "T05", "QC1", "", "", "E00", NULL}, "does not describe its registers"},
		{{"", "T05", "QC1", "", "", "m", NULL}, "answers 'm' to 'qXfer"},
		{{"", "T05", "QC1", "", "", "l<target>", NULL}, "damaged"},
		{{"", "T05", "QC1", "", NULL}, "closed the connection"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upset_error error = {0};

		talk(cases[i].answers);
		assert_true(gdb_stub_open(&stub, script.fd, &error) < 0);
		if (strstr(error.message, cases[i].message) == NULL)
			fail_msg("case %zu: %s", i, error.message);
		gdb_description_fini(&stub.description);
		script_end(&script);
	}
}

/* --- registers and memory --------------------------------------------------------------------- */

static void reads_memory_in_parts(void **state)
{
	uint8_t bytes[40];
	char asked[256];

	(void)state;
	/* 28 bytes fit into a packet of 64. */
	TALK("000102030405060708090a0b0c0d0e0f101112131415161718191a1b",
		"1c1d1e1f2021222324252627");
	assert_int_equal(gdb_stub_read(&stub, 0xfffffffffffff000, bytes, 40), 0);
	for (uint8_t i = 0; i < 40; i++)
		assert_int_equal(bytes[i], i);
	script_asked(&script, asked, sizeof(asked));
	assert_non_null(strstr(asked, "$mfffffffffffff000,1c#"));
	assert_non_null(strstr(asked, "$mfffffffffffff01c,c#"));
	script_end(&script);
}

static void tells_memory_that_is_not_there(void **state)
{
	uint8_t bytes[4];

	(void)state;
	TALK("E14", "", "0011", "E.no such", "0011223344", "001122zz", "00112", "00 1122");
	assert_int_equal(gdb_stub_read(&stub, 0, bytes, 4), -EFAULT);
	assert_int_equal(gdb_stub_read(&stub, 0, bytes, 4), -EFAULT);
	assert_int_equal(gdb_stub_read(&stub, 0, bytes, 4), -EFAULT);
	assert_int_equal(gdb_stub_read(&stub, 0, bytes, 4), -EFAULT);
	assert_int_equal(gdb_stub_read(&stub, 0, bytes, 4), -EPROTO);
	assert_int_equal(gdb_stub_read(&stub, 0, bytes, 4), -EPROTO);
	assert_int_equal(gdb_stub_read(&stub, 0, bytes, 2), -EPROTO);
	assert_int_equal(gdb_stub_read(&stub, 0, bytes, 3), -EPROTO);
	assert_int_equal(gdb_stub_read(&stub, 0, bytes, 3), -EPIPE);
	script_end(&script);
}

static void reads_registers(void **state)
{
	const char *digits;
	size_t size;

	(void)state;
	TALK("0011xx", "ff", "E45", "", "f");
	assert_int_equal(gdb_stub_registers(&stub, &digits, &size), 0);
	assert_int_equal(size, 3);
	assert_int_equal(gdb_stub_byte(digits + 2), 0x11);
	assert_int_equal(gdb_stub_byte(digits + 4), -1);
	assert_int_equal(gdb_stub_register(&stub, 0x42, &digits, &size), 0);
	assert_int_equal(gdb_stub_byte(digits), 0xff);
	assert_int_equal(gdb_stub_register(&stub, 1, &digits, &size), -ENODATA);
	assert_int_equal(gdb_stub_register(&stub, 1, &digits, &size), -ENODATA);
	assert_int_equal(gdb_stub_register(&stub, 1, &digits, &size), -EPROTO);
	script_end(&script);
}

/* --- running ---------------------------------------------------------------------------------- */

static void understands_stops(void **state)
{
	static const struct {
		const char *answer;
		enum gdb_stop_kind kind;
		int value;
	} cases[] = {
		{"S05", GDB_STOP_SIGNAL, 5},
		{"T0bthread:1;06:00;", GDB_STOP_SIGNAL, 11},
		{"T05syscall_entry:f;thread:1;", GDB_STOP_SYSCALL_ENTRY, 5},
		{"T05thread:1;syscall_return:f;", GDB_STOP_SYSCALL_RETURN, 5},
		{"W2a", GDB_STOP_EXITED, 42},
		{"Wff;process:1", GDB_STOP_EXITED, 255},
		{"X0b", GDB_STOP_KILLED, 11},
	};
	struct gdb_stop stop;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		TALK(cases[i].answer);
		assert_int_equal(gdb_stub_go(&stub, true, 0, &stop), 0);
		assert_int_equal(stop.kind, cases[i].kind);
		assert_int_equal(stop.value, cases[i].value);
		script_end(&script);
	}
}

static void refuses_other_stops(void **state)
{
	static const char *const answers[] = {
		"", "S", "S5", "Szz", "OK", "E01", "N", "F1,2", "QC1"};
	struct gdb_stop stop;

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		TALK(answers[i]);
		if (gdb_stub_go(&stub, true, 0, &stop) != -EPROTO)
			fail_msg("'%s'", answers[i]);
		script_end(&script);
	}
}

static void goes_on_as_the_stub_can(void **state)
{
	struct gdb_stop stop;
	char asked[64];

	(void)state;
	TALK("O6869", "S05", "S05"); /* first it prints */
	assert_int_equal(gdb_stub_go(&stub, true, 0, &stop), 0);
	script_asked(&script, asked, sizeof(asked));
	assert_string_equal(asked, "$s#73++");
	stub.resumes_threads = true;
	assert_int_equal(gdb_stub_go(&stub, false, 11, &stop), 0);
	script_asked(&script, asked, sizeof(asked));
	assert_string_equal(asked, "$vCont;C0b#1a+");
	script_end(&script);
}

static void sets_breakpoints_and_catches(void **state)
{
	char asked[256];

	(void)state;
	TALK("OK", "OK", "", "E01", "what", "OK", "OK");
	assert_int_equal(gdb_stub_break(&stub, 0x401000, true), 0);
	assert_int_equal(gdb_stub_break(&stub, 0x401000, false), 0);
	assert_int_equal(gdb_stub_break(&stub, 1, true), -ENOTSUP);
	assert_int_equal(gdb_stub_break(&stub, 1, true), -ENOTSUP);
	assert_int_equal(gdb_stub_break(&stub, 1, true), -EPROTO);
	assert_int_equal(gdb_stub_catch(&stub, 15), 0);
	assert_int_equal(gdb_stub_catch(&stub, -1), 0);
	script_asked(&script, asked, sizeof(asked));
	assert_non_null(strstr(asked, "$Z0,401000,1#"));
	assert_non_null(strstr(asked, "$z0,401000,1#"));
	assert_non_null(strstr(asked, "$QCatchSyscalls:1;f#"));
	assert_non_null(strstr(asked, "$QCatchSyscalls:0#"));
	script_end(&script);
}

static void reads_files(void **state)
{
	char *text, asked[512];
	size_t size;

	(void)state;
	TALK("F5", "F3;abc", "F2;de", "F0;", "F0", "F-1,2", "", "Fx", "F5", "F4;abc", "F0");
	assert_int_equal(gdb_stub_file(&stub, "/a", &text, &size), 0);
	assert_int_equal(size, 5);
	assert_string_equal(text, "abcde");
	free(text);
	script_asked(&script, asked, sizeof(asked));
	assert_non_null(strstr(asked, "$vFile:open:2f61,0,0#"));
	assert_non_null(strstr(asked, "$vFile:pread:5,20,3#"));
	assert_int_equal(gdb_stub_file(&stub, "/a", &text, &size), -ENOENT);
	assert_int_equal(gdb_stub_file(&stub, "/a", &text, &size), -ENOTSUP);
	assert_int_equal(gdb_stub_file(&stub, "/a", &text, &size), -EPROTO);
	assert_int_equal(gdb_stub_file(&stub, "/a", &text, &size), -EPROTO);
	assert_null(text);
	script_end(&script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_includes),
		cmocka_unit_test(refuses_bad_descriptions),
		cmocka_unit_test(opens),
		cmocka_unit_test(says_why_it_does_not_open),
		cmocka_unit_test(reads_memory_in_parts),
		cmocka_unit_test(tells_memory_that_is_not_there),
		cmocka_unit_test(reads_registers),
		cmocka_unit_test(understands_stops),
		cmocka_unit_test(refuses_other_stops),
		cmocka_unit_test(goes_on_as_the_stub_can),
		cmocka_unit_test(sets_breakpoints_and_catches),
		cmocka_unit_test(reads_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
