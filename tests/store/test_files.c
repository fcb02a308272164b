/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Studies that are missing, damaged, older, newer, read-only, or on a full disk. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/internal.h"
#include "tests/store/fixture.h"

static void write_file(const char *path, const char *text, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

typedef int (*opener)(struct upset_store **, const char *, struct upset_error *);

static void expect_refusal(opener open_it, const char *path, int code, const char *part)
{
	struct upset_error error = {0};
	struct upset_store *store = NULL;
	int result = open_it(&store, path, &error);

	if (result != -code || strstr(error.message, part) == NULL)
		fail_msg("%s: %d '%s', expected %d '%s'", path, result, error.message, -code, part);
	assert_null(store);
}

static void test_missing(void **state)
{
	(void)state;
	expect_refusal(upset_store_open, "none.upset", ENOENT, "none.upset");
	assert_int_equal(access("none.upset", F_OK), -1);
	expect_refusal(upset_store_create, "no/folder.upset", ENOENT,
		"cannot make no/folder.upset in its folder: No such file");
}

static void test_folder(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d", 0777), 0);
	expect_refusal(upset_store_open, "d", EISDIR, "is a folder");
	expect_refusal(upset_store_create, "d", EISDIR, "is a folder");
}

static void test_other_files(void **state)
{
	static const char text[] = "This is a text and no database, whatever its name says.\n";

	(void)state;
	write_file("text.upset", text, sizeof(text) - 1);
	expect_refusal(upset_store_open, "text.upset", ENOTSUP, "not a study");
	expect_refusal(upset_store_create, "text.upset", ENOTSUP, "not a study");
	fixture_run_sql("other.db", "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
	expect_refusal(upset_store_open, "other.db", ENOTSUP, "another kind");
	expect_refusal(upset_store_create, "other.db", ENOTSUP, "another kind");
	assert_string_equal(fixture_value("other.db", "SELECT x FROM t"), "1");
}

static void test_newer(void **state)
{
	fixture_init(*state, UPSET_DETAIL_FULL);
	(void)fixture_store(*state, "s.upset");
	fixture_run_sql("s.upset", "PRAGMA user_version = 6");
	expect_refusal(upset_store_open, "s.upset", ENOTSUP, "newer upset");
	expect_refusal(upset_store_create, "s.upset", ENOTSUP, "newer upset");
	assert_string_equal(fixture_value("s.upset", "PRAGMA user_version"), "6");
}

static void test_damaged(void **state)
{
	struct upset_store_query query = {.view = "operands",
		.columns = (const char *const[]){"ones_by_bit"},
		.column_count = 1,
		.limit = -1};
	struct upset_store_cursor *cursor = NULL;
	struct upset_error error = {0};
	struct upset_store *store = NULL;
	char junk[8192];
	struct stat status;
	FILE *file;
	int result;

	fixture_init(*state, UPSET_DETAIL_FULL);
	(void)fixture_store(*state, "s.upset");
	assert_int_equal(stat("s.upset", &status), 0);
	memset(junk, 0xa5, sizeof(junk));
	file = fopen("s.upset", "r+b");
	for (long at = 8192; at < status.st_size; at += 8192) {
		assert_int_equal(fseek(file, at, SEEK_SET), 0);
		assert_int_equal(fwrite(junk, 1, sizeof(junk), file), sizeof(junk));
	}
	assert_int_equal(fclose(file), 0);
	result = upset_store_open(&store, "s.upset", &error);
	if (result == 0)
		result = upset_store_select(store, &query, &cursor, &error);
	if (result == 0)
		result = upset_store_next(cursor, &error);
	assert_int_equal(result, -EIO);
	assert_non_null(strstr(error.message, "damaged"));
	upset_store_cursor_close(cursor);
	upset_store_close(store);
}

static void test_is_new(void **state)
{
	struct upset_error error = {0};
	struct upset_store *store;

	(void)state;
	assert_int_equal(upset_store_create(&store, "s.upset", &error), 0);
	assert_true(upset_store_is_new(store));
	upset_store_close(store);
	assert_string_equal(fixture_value("s.upset", "PRAGMA application_id"), "1431327572");
	assert_string_equal(fixture_value("s.upset", "PRAGMA user_version"), "5");
	assert_int_equal(upset_store_create(&store, "s.upset", &error), 0);
	assert_false(upset_store_is_new(store));
	upset_store_close(store);
}

/* An empty study of version 0, with a table that someone added: both stay. */
static void test_older(void **state)
{
	struct upset_error error = {0};
	struct upset_store *store;

	fixture_run_sql("s.upset", "PRAGMA application_id = 1431327572; CREATE TABLE mine (x); "
				   "INSERT INTO mine VALUES (42)");
	assert_int_equal(upset_store_open(&store, "s.upset", &error), 0);
	upset_store_close(store);
	assert_string_equal(fixture_value("s.upset", "PRAGMA user_version"), "5");
	assert_string_equal(fixture_value("s.upset", "SELECT x FROM mine"), "42");
	fixture_init(*state, UPSET_DETAIL_FULL);
	assert_int_equal(fixture_store(*state, "s.upset"), 1);
}

/* Steps made up for the test: 0 -> 1 -> 2, then one that fails half way. */
static void test_steps(void **state)
{
	static const char *const steps[] = {"CREATE TABLE a (x); INSERT INTO a VALUES (1)",
		"ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1",
		"CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)"};
	struct upset_store store = {.path = (char[]){'s', '.', 'u', 'p', 's', 'e', 't', 0}};
	struct upset_error error = {0};

	(void)state;
	assert_int_equal(sqlite3_open("s.upset", &store.db), SQLITE_OK);
	assert_int_equal(upset_store_migrate(&store, steps, 1, &error), 0);
	assert_string_equal(fixture_value("s.upset", "PRAGMA user_version"), "1");
	assert_int_equal(upset_store_migrate(&store, steps, 2, &error), 0);
	assert_string_equal(fixture_value("s.upset", "SELECT x||y FROM a"), "12");
	assert_string_equal(fixture_value("s.upset", "PRAGMA user_version"), "2");
	assert_int_equal(upset_store_migrate(&store, steps, 3, &error), -EIO);
	assert_string_equal(fixture_value("s.upset", "PRAGMA user_version"), "2");
	assert_string_equal(
		fixture_value("s.upset", "SELECT count(*) FROM sqlite_master WHERE name = 'b'"),
		"0");
	error.code = 0;
	assert_int_equal(upset_store_migrate(&store, steps, 1, &error), -ENOTSUP);
	sqlite3_close(store.db);
}

static void as_nobody(void (*check)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(99);
		check();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void check_read_only(void)
{
	struct upset_error error = {0};
	struct upset_store *store;
	int64_t run;

	expect_refusal(upset_store_create, "s.upset", EACCES, "Permission denied");
	expect_refusal(upset_store_create, "new.upset", EACCES,
		"cannot make new.upset in its folder: Permission denied");
	expect_refusal(upset_store_open, "hidden.upset", EACCES, "Permission denied");
	expect_refusal(upset_store_open, "old.upset", EROFS, "read-only");
	assert_int_equal(upset_store_open(&store, "s.upset", &error), 0);
	assert_int_equal(upset_store_find_run(store, 0, &run, &error), 0);
	upset_store_close(store);
}

static void test_read_only(void **state)
{
	fixture_init(*state, UPSET_DETAIL_FULL);
	(void)fixture_store(*state, "s.upset");
	write_file("hidden.upset", "x", 1);
	fixture_run_sql("old.upset", "PRAGMA application_id = 1431327572; CREATE TABLE mine (x)");
	assert_int_equal(chmod("s.upset", 0444), 0);
	assert_int_equal(chmod("old.upset", 0444), 0);
	assert_int_equal(chmod("hidden.upset", 0), 0);
	assert_int_equal(chmod(".", 0555), 0);
	as_nobody(check_read_only);
	assert_int_equal(chmod(".", 0755), 0);
}

static int add_run(struct upset_store *store, void *context, struct upset_error *error)
{
	struct fixture *f = context;
	int64_t run;

	return upset_store_add_run(store, &f->provenance, &f->profile, NULL, NULL, &run, error);
}

static void test_full(void **state)
{
	struct fixture *f = *state;
	struct upset_error error = {0};
	struct upset_store *store;
	char *arguments[2000] = {NULL};
	char argument[200];

	fixture_init(f, UPSET_DETAIL_FULL);
	(void)fixture_store(f, "s.upset");
	memset(argument, 'x', sizeof(argument) - 1);
	argument[sizeof(argument) - 1] = '\0';
	for (size_t i = 0; i + 1 < 2000; i++)
		arguments[i] = argument;
	f->provenance.arguments = arguments;
	fixture_check_full(add_run, f);
	assert_int_equal(upset_store_open(&store, "s.upset", &error), 0);
	upset_store_close(store);
	assert_string_equal(fixture_value("s.upset", "SELECT count(*) FROM run"), "1");
	assert_string_equal(fixture_value("s.upset", "SELECT count(*) FROM argument"), "2");
	assert_string_equal(fixture_value("s.upset", "PRAGMA integrity_check"), "ok");
	assert_int_equal(fixture_store(f, "s.upset"), 2);
}

static struct upset_store *create(const char *path)
{
	struct upset_error error = {0};
	struct upset_store *store = NULL;

	assert_int_equal(upset_store_create(&store, path, &error), 0);
	return store;
}

/* One of two that made the study fails: what the other stored before, or stores later, stays. */
static void test_discard(void **state)
{
	struct fixture *f = *state;
	struct upset_error error = {0};
	struct upset_store *mine, *theirs;

	fixture_init(f, UPSET_DETAIL_COUNTS);
	upset_store_discard(create("s.upset"), 0);
	assert_int_equal(access("s.upset", F_OK), -1);

	mine = create("s.upset");
	(void)fixture_store(f, "s.upset");
	upset_store_discard(mine, 0);
	assert_string_equal(fixture_value("s.upset", "SELECT count(*) FROM run"), "1");
	upset_store_discard(create("s.upset"), 1); /* it was there before */
	assert_string_equal(fixture_value("s.upset", "SELECT count(*) FROM run"), "1");
	assert_int_equal(unlink("s.upset"), 0);

	mine = create("s.upset");
	theirs = create("s.upset");
	upset_store_discard(mine, 0);
	assert_int_equal(access("s.upset", F_OK), -1);
	assert_int_equal(add_run(theirs, f, &error), 0);
	upset_store_close(theirs);
	assert_string_equal(fixture_value("s.upset", "SELECT count(*) FROM run"), "1");
}

/* A run that a campaign made for itself goes with the study, but not with anybody's beside it. */
static void test_discard_run(void **state)
{
	struct fixture *f = *state;
	struct upset_error error = {0};
	struct upset_store *store = create("s.upset");

	fixture_init(f, UPSET_DETAIL_COUNTS);
	assert_int_equal(add_run(store, f, &error), 0);
	upset_store_discard(store, 1);
	assert_int_equal(access("s.upset", F_OK), -1);

	store = create("s.upset");
	assert_int_equal(add_run(store, f, &error), 0);
	(void)fixture_store(f, "s.upset");
	upset_store_discard(store, 1);
	assert_string_equal(fixture_value("s.upset", "SELECT count(*) FROM run"), "2");
}

/* Somebody removes a study that is in use. */
static void test_removed(void **state)
{
	struct fixture *f = *state;
	struct upset_error error = {0};
	struct upset_store *store = create("s.upset");

	fixture_init(f, UPSET_DETAIL_COUNTS);
	assert_int_equal(add_run(store, f, &error), 0);
	assert_int_equal(unlink("s.upset"), 0);
	assert_int_equal(add_run(store, f, &error), -ESTALE);
	assert_non_null(strstr(error.message, "s.upset was removed or replaced"));
	upset_store_close(store);
	assert_int_equal(access("s.upset", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_missing, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_folder, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_other_files, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_newer, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_damaged, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_is_new, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_older, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_steps, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_read_only, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_full, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_discard, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_discard_run, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_removed, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
