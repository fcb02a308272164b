/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doc/schema.md tells the truth: the tables, columns, views and indexes of a
 * new study are those that the page has headings and rows for.  The page's path
 * is the program's argument.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/fixture.h"

static const char *page_path;
static char *page;

static int enter(void **state)
{
	FILE *file = fopen(page_path, "r");
	size_t size;

	(void)state;
	page = calloc(1, 1 << 20);
	size = fread(page, 1, (1 << 20) - 1, file);
	(void)fclose(file);
	fixture_enter();
	return size == 0;
}

static int leave(void **state)
{
	(void)state;
	free(page);
	fixture_leave();
	return 0;
}

/* "kind name" and "column table.name" lines of what the page has, sorted by SQLite later. */
static void read_page(sqlite3 *db)
{
	char kind[16] = "", name[64] = "", column[64];
	sqlite3_stmt *insert;
	char *rest = page;

	assert_int_equal(
		sqlite3_exec(db, "CREATE TEMP TABLE documented (line)", 0, 0, 0), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, "INSERT INTO documented VALUES (?)", -1, &insert, NULL),
		SQLITE_OK);
	for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
		char text[160] = "";

		if (strncmp(line, "## ", 3) == 0)
			kind[0] = '\0';
		if (sscanf(line, "### %15s `%63[a-z_]`", kind, name) == 2)
			(void)snprintf(text, sizeof(text), "%s %s", kind, name);
		else if (strcmp(kind, "Table") == 0 &&
			 sscanf(line, "| `%63[a-z_0-9]` |", column) == 1)
			(void)snprintf(text, sizeof(text), "Column %s.%s", name, column);
		else if (sscanf(line, "Index `%63[a-z_]`", column) == 1)
			(void)snprintf(text, sizeof(text), "Index %s", column);
		else
			continue;
		(void)sqlite3_bind_text(insert, 1, text, -1, SQLITE_TRANSIENT);
		assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
		(void)sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
}

static const char real[] =
	"CREATE TEMP TABLE actual AS "
	"SELECT upper(substr(type, 1, 1)) || substr(type, 2) || ' ' || name AS line "
	"FROM main.sqlite_master WHERE name NOT LIKE 'sqlite_%' "
	"UNION SELECT 'Column ' || m.name || '.' || c.name "
	"FROM main.sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";

static void expect_none(sqlite3 *db, const char *sql, const char *what)
{
	sqlite3_stmt *statement;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	if (sqlite3_step(statement) == SQLITE_ROW)
		fail_msg("%s: %s", what, sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
}

static void test_documented(void **state)
{
	struct upset_error error = {0};
	struct upset_store *store;
	sqlite3 *db;

	(void)state;
	assert_int_equal(upset_store_create(&store, "s.upset", &error), 0);
	upset_store_close(store);
	assert_int_equal(sqlite3_open("s.upset", &db), SQLITE_OK);
	read_page(db);
	assert_int_equal(sqlite3_exec(db, real, NULL, NULL, NULL), SQLITE_OK);
	expect_none(db, "SELECT 1 WHERE (SELECT count(*) FROM documented) < 150", "too few lines");
	expect_none(db, "SELECT * FROM actual EXCEPT SELECT * FROM documented", "not documented");
	expect_none(
		db, "SELECT * FROM documented EXCEPT SELECT * FROM actual", "not in the schema");
	expect_none(db, "SELECT line FROM documented GROUP BY line HAVING count(*) > 1", "twice");
	sqlite3_close(db);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_documented, enter, leave)};

	if (argc != 2)
		return 2;
	page_path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
