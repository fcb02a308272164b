/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile that is stored can be read back, field by field, with plain SQL. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/utf8.h"
#include "tests/store/fixture.h"

static const char sixty_four_b[] =
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

static void test_run_and_provenance(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT id||engine||engine_version||detail FROM run", "1native1.2.3full"},
		{"SELECT upset_version||program||folder FROM run", "9.9/opt/my program/home"},
		{"SELECT program_sha256 = replace(hex(zeroblob(32)),'0','f') FROM run", "1"},
		{"SELECT host_system||host_cpu FROM run", "Linux 6CPU"},
		{"SELECT started||ended FROM run",
			"2026-01-02T03:04:05.678Z2026-01-02T03:04:11.678Z"},
		{"SELECT \"end\"||status FROM run", "signaled11"},
		{"SELECT instructions||' '||block_executions||' '||calls||' '||branches FROM run",
			"303 202 12 101"},
		{"SELECT children_not_counted||' '||lost FROM run", "7 8"},
		{"SELECT stdout_bytes||' '||stderr_bytes FROM run", "3 4"},
		{"SELECT stdout_sha256 FROM run", sixty_four_b},
		{"SELECT stderr_sha256 = replace(stdout_sha256,'b','c') FROM run", "1"},
		{"SELECT peak_memory_bytes||' '||host_time_ns FROM run", "5000000 6000000000"},
		{"SELECT count(*) FROM argument WHERE run = 1", "2"},
		{"SELECT value FROM argument WHERE position = 0", "prog"},
		{"SELECT typeof(value) FROM argument WHERE position = 1", "blob"},
		{"SELECT value FROM argument WHERE position = 1", HOSTILE},
		{"SELECT value FROM environment WHERE position = 0", "A=1"},
		{"SELECT path||bytes||substr(sha256,1,2) FROM input WHERE position = 0",
			"/home1dd"},
		{"SELECT path FROM input WHERE position = 1", HOSTILE},
		{"SELECT path||present||bytes||substr(sha256,1,2) FROM written_file "
		 "WHERE position = 0",
			"/lib/" HOSTILE "177aa"},
		{"SELECT present||(bytes IS NULL)||(sha256 IS NULL) FROM written_file "
		 "WHERE position = 1",
			"011"},
	};

	fixture_init(*state, UPSET_DETAIL_FULL);
	assert_int_equal(fixture_store(*state, "s.upset"), 1);
	FIXTURE_CHECK(expected);
}

static void test_code(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT path||sha256||build_id||load_bias FROM module WHERE number = 0",
			"/opt/my program12abcafe93823560581120"},
		{"SELECT (sha256 IS NULL)||(build_id IS NULL) FROM module WHERE number = 1", "11"},
		{"SELECT \"start\"||' '||\"end\"||' '||\"offset\"||region||permissions||path "
		 "FROM mapping WHERE number = 0",
			"4096 12288 512coder-x/opt/my program"},
		{"SELECT region||permissions FROM mapping WHERE number = 1", "heaprw-"},
		{"SELECT count(*) FROM instruction", "3"},
		{"SELECT hex(bytes)||\"text\" FROM instruction WHERE address = 4096",
			"4801D8add rax, rbx"},
		{"SELECT executions||' '||first_index||' '||last_index||' '||repeats||' '||taken "
		 "FROM instruction WHERE address = 4099",
			"101 11 1001 6 41"},
		{"SELECT function||file||line FROM instructions WHERE address = 4096",
			"main/src/main.c4096"},
		{"SELECT \"text\" FROM instruction WHERE address = 4099", "jz 0x1003"},
		{"SELECT function FROM instructions WHERE address = 4099", HOSTILE},
		{"SELECT (file IS NULL)||(line IS NULL) FROM instructions WHERE address = 8192",
			"11"},
		{"SELECT count(*) FROM function", "2"},
		{"SELECT count(*) FROM source", "1"},
		{"SELECT instructions||' '||size||' '||executions FROM block WHERE number = 0",
			"2 5 100"},
		{"SELECT address FROM blocks WHERE number = 1", "8192"},
	};

	fixture_init(*state, UPSET_DETAIL_FULL);
	(void)fixture_store(*state, "s.upset");
	FIXTURE_CHECK(expected);
}

/*
 * add rax, rbx: its first row reads or writes rax, with ones (bit + number) % 7.
 * Row 0 then has 0 1 2 3 4 5 6 0 1 ..: nine whole rounds of 21 and bit 63 = 0,
 * which is left out, so 63 bytes for 64 bits.
 */
static void test_operands(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT ones FROM operands WHERE address = 4096 AND number = 0", "189"},
		{"SELECT length(ones_by_bit) FROM operands WHERE address = 4096 AND number = 0",
			"63"},
		{"SELECT hex(substr(ones_by_bit, 1, 9)) FROM operands "
		 "WHERE address = 4096 AND number = 0",
			"000102030405060001"},
		{"SELECT resource||access||bits||' '||samples||bit_offset FROM operands "
		 "WHERE address = 4096 AND number = 0",
			"raxr64 1000"},
		{"SELECT count(*) FROM operands WHERE address = 4096 AND resource = 'zf' "
		 "AND access = 'w' AND bits = 1",
			"1"},
		{"SELECT printf('%llx %llx', address_min, address_max) FROM operands "
		 "WHERE resource = 'memory'",
			"ffffffffff600000 ffffffffff600007"},
		{"SELECT count(*) FROM operands WHERE resource <> 'memory' "
		 "AND address_min IS NOT NULL",
			"0"},
		{"SELECT bytes||' '||loads||' '||stores FROM access_size", "8 102 0"},
	};

	fixture_init(*state, UPSET_DETAIL_FULL);
	(void)fixture_store(*state, "s.upset");
	FIXTURE_CHECK(expected);
}

static void test_counts(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT count(*) FROM register", "55"},
		{"SELECT reads||' '||writes FROM registers WHERE register = 'rbx'",
			"5000000000 20"},
		/* 4999999999 = 0x12a05f1ff, then 62 bits of 0, then 1 */
		{"SELECT hex(substr(read_ones_by_bit, 1, 6))||length(read_ones_by_bit) "
		 "FROM registers WHERE register = 'rbx'",
			"FFE397D0120068"},
		{"SELECT hex(write_ones_by_bit) FROM registers WHERE register = 'rbx'", "0014"},
		{"SELECT length(read_ones_by_bit) FROM registers WHERE register = 'r9'", "0"},
		{"SELECT live_share FROM registers WHERE register = 'rbx'", "0.1"},
		{"SELECT bytes||' '||points FROM live_part WHERE resource = 3 AND part = 3",
			"4 303"},
		{"SELECT count(*) FROM live_part WHERE resource = 16", "1"},
		{"SELECT region||reads||writes||bytes_read||bytes_written FROM page "
		 "WHERE address = 4096",
			"data1234"},
		{"SELECT reads||writes||bytes_read||bytes_written FROM region WHERE name = 'stack'",
			"5608"},
		{"SELECT instructions FROM thread WHERE number = 1", "53"},
		{"SELECT name||\"count\" FROM syscall WHERE number = 1", "write9"},
		{"SELECT (name IS NULL)||\"count\" FROM syscall WHERE number = 99999", "11"},
		{"SELECT name||\"count\" FROM signal WHERE number = 11", "SIGSEGV1"},
	};

	fixture_init(*state, UPSET_DETAIL_FULL);
	(void)fixture_store(*state, "s.upset");
	FIXTURE_CHECK(expected);
}

static void test_less_detail(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT count(*) FROM operand WHERE ones IS NOT NULL OR ones_by_bit IS NOT NULL "
		 "OR address_min IS NOT NULL OR address_max IS NOT NULL",
			"0"},
		{"SELECT count(*) FROM instruction WHERE first_index IS NOT NULL "
		 "OR last_index IS NOT NULL",
			"0"},
		{"SELECT count(*) FROM register WHERE read_ones_by_bit IS NOT NULL "
		 "OR write_ones_by_bit IS NOT NULL OR live_share IS NOT NULL",
			"0"},
		{"SELECT count(*) FROM live_part", "0"},
	};

	fixture_init(*state, UPSET_DETAIL_COUNTS);
	(void)fixture_store(*state, "s.upset");
	FIXTURE_CHECK(expected);
}

static void test_more_runs(void **state)
{
	const struct fixture_expected expected[] = {
		{"SELECT group_concat(run) FROM runs", "1,2"},
		{"SELECT count(*) FROM instructions WHERE run = 2", "3"},
		{"SELECT count(*) FROM function", "2"},
		{"SELECT count(DISTINCT id) FROM module", "4"},
		{"SELECT min(instruction) FROM block WHERE run = 2", "4"},
		{"SELECT engine||detail FROM runs WHERE run = 2", "nativecounts"},
	};
	struct upset_error error = {0};
	struct upset_store *store;
	int64_t run = 0;

	fixture_init(*state, UPSET_DETAIL_FULL);
	assert_int_equal(fixture_store(*state, "s.upset"), 1);
	fixture_init(*state, UPSET_DETAIL_COUNTS);
	assert_int_equal(fixture_store(*state, "s.upset"), 2);
	FIXTURE_CHECK(expected);
	assert_int_equal(upset_store_open(&store, "s.upset", &error), 0);
	assert_int_equal(upset_store_find_run(store, 0, &run, &error), 0);
	assert_int_equal(run, 2);
	assert_int_equal(upset_store_find_run(store, 1, &run, &error), 0);
	assert_int_equal(run, 1);
	assert_int_equal(upset_store_find_run(store, 3, &run, &error), -ENOENT);
	assert_non_null(strstr(error.message, "has no run 3"));
	upset_store_close(store);
}

static void test_ones_blob(void **state)
{
	const uint64_t ones[5] = {0, 127, 128, UINT64_MAX, 0};
	const uint8_t expected[] = {
		0, 0x7f, 0x80, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
	const uint8_t too_large[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
	const uint8_t unended[] = {0x80};
	uint8_t blob[UPSET_ONES_BLOB_MAX];
	uint64_t decoded[5];

	(void)state;
	assert_int_equal(upset_ones_encode(ones, 5, blob), sizeof(expected));
	assert_memory_equal(blob, expected, sizeof(expected));
	assert_int_equal(upset_ones_decode(blob, sizeof(expected), 5, decoded), 0);
	assert_memory_equal(decoded, ones, sizeof(ones));
	assert_int_equal(upset_ones_encode(ones, 1, blob), 0);
	assert_int_equal(upset_ones_decode(blob, 0, 5, decoded), 0);
	assert_int_equal(decoded[1], 0);
	assert_int_equal(upset_ones_decode(expected, sizeof(expected), 3, decoded), -EIO);
	assert_int_equal(upset_ones_decode(too_large, sizeof(too_large), 5, decoded), -EIO);
	assert_int_equal(upset_ones_decode(unended, 1, 5, decoded), -EIO);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(upset_signal_name(9), "SIGKILL");
	assert_null(upset_signal_name(0));
	assert_null(upset_signal_name(64));
}

static void test_utf8(void **state)
{
	(void)state;
	assert_true(upset_utf8_is_valid("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 10));
	assert_true(upset_utf8_is_valid("", 0));
	assert_false(upset_utf8_is_valid("\xc3", 1));		  /* cut short */
	assert_false(upset_utf8_is_valid("\xc0\xaf", 2));	  /* over-long */
	assert_false(upset_utf8_is_valid("\xed\xa0\x80", 3));	  /* surrogate */
	assert_false(upset_utf8_is_valid("\xf4\x90\x80\x80", 4)); /* past the last */
	assert_false(upset_utf8_is_valid("\x80", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_run_and_provenance, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_code, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_operands, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_counts, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_less_detail, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_more_runs, fixture_setup, fixture_teardown),
		cmocka_unit_test(test_ones_blob),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
