/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions and lines of known programs; nm, objdump and addr2line are the
 * second opinion.  Arguments: the position-independent target, the static one,
 * and their source file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "symbols/symbols.h"

enum { TARGET_PIE, TARGET_STATIC, TARGETS };

static char *targets[TARGETS], *source;

static FILE *run(const char *command, const char *argument)
{
	char line[1024];
	FILE *output;

	(void)snprintf(line, sizeof(line), command, argument);
	output = popen(line, "r"); /* NOLINT(cert-env33-c): fixed commands on our own files */
	assert_non_null(output);
	return output;
}

static void run_silently(const char *command, const char *argument)
{
	FILE *output = run(command, argument);

	assert_int_equal(fgetc(output), EOF);
	assert_int_equal(pclose(output), 0);
}

/* The hexadecimal number at *@text, which is moved behind it; false when there is none. */
static bool take_number(const char **text, uint64_t *number)
{
	char *end;

	*number = strtoull(*text, &end, 16);
	if (end == *text)
		return false;
	*text = end;
	return true;
}

/* Where nm says that symbol @name of @path is: "ADDRESS T NAME". */
static uint64_t address_of(const char *path, const char *name)
{
	FILE *output = run("nm '%s'", path);
	uint64_t address, found = 0;
	char line[512];

	while (fgets(line, sizeof(line), output) != NULL) {
		const char *rest = line;

		line[strcspn(line, "\n")] = '\0';
		if (take_number(&rest, &address) && strlen(rest) > 3 && strcmp(rest + 3, name) == 0)
			found = address;
	}
	assert_int_equal(pclose(output), 0);
	assert_true(found != 0);
	return found;
}

/* The line of the source file that holds "line: @name". */
static uint32_t line_of(const char *name)
{
	FILE *file = fopen(source, "r");
	char text[256], mark[64];
	uint32_t line = 0, found = 0;

	assert_non_null(file);
	(void)snprintf(mark, sizeof(mark), "line: %s ", name);
	while (fgets(text, sizeof(text), file) != NULL) {
		line++;
		if (strstr(text, mark) != NULL)
			found = line;
	}
	assert_int_equal(fclose(file), 0);
	assert_true(found != 0);
	return found;
}

static bool ends_with(const char *text, const char *end)
{
	return text != NULL && strlen(text) >= strlen(end) &&
	       strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static void expect_function(struct upset_symbols *symbols, uint64_t address, const char *function)
{
	struct upset_place place;

	assert_int_equal(upset_symbols_find(symbols, address, &place), 0);
	if (function == NULL)
		assert_null(place.function);
	else if (place.function == NULL || strcmp(place.function, function) != 0)
		fail_msg("0x%llx is %s, not %s", (unsigned long long)address,
			place.function != NULL ? place.function : "unknown", function);
}

static void functions_have_their_names_and_lines(void **state)
{
	static const char *const names[] = {"target_global", "target_local", "main"};

	(void)state;
	for (int target = 0; target < TARGETS; target++) {
		struct upset_symbols *symbols = upset_symbols_open(targets[target]);

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			uint64_t address = address_of(targets[target], names[i]);
			struct upset_place place;

			assert_int_equal(upset_symbols_find(symbols, address, &place), 0);
			assert_string_equal(place.function, names[i]);
			assert_int_equal(place.function_address, address);
			assert_true(ends_with(place.file, "/target.c"));
			/* The declaration, the brace or the first statement. */
			assert_in_range(place.line, line_of(names[i]) - 1, line_of(names[i]) + 1);
			assert_int_equal(upset_symbols_find(symbols, address + 1, &place), 0);
			assert_string_equal(place.function, names[i]);
			assert_int_equal(place.function_address, address);
		}
		upset_symbols_close(symbols);
	}
}

static void labels_reach_as_far_as_documented(void **state)
{
	(void)state;
	for (int target = 0; target < TARGETS; target++) {
		struct upset_symbols *symbols = upset_symbols_open(targets[target]);
		uint64_t start = address_of(targets[target], "bare_label");
		static const char *const names[] = {
			"bare_label",
			"bare_label",
			"bare_label",
			"bare_label",
			"sized_after",
			"sized_after",
			"sized_after",
			"sized_after",
			NULL,
			NULL,
			NULL,
			NULL,
			"sized_outer",
			"sized_outer",
			"sized_outer",
			"sized_outer",
			"sized_inner",
			"sized_inner",
			"sized_outer",
			"sized_outer",
			"last_label",
		};

		for (size_t i = sizeof(names) / sizeof(names[0]); i-- > 0;)
			expect_function(symbols, start + i, names[i]);
		upset_symbols_close(symbols);
	}
}

/* objdump -d prints "0000000000001040 <strtol@plt>:" at each entry. */
static void plt_entries_are_named_as_objdump_names_them(void **state)
{
	struct upset_symbols *symbols = upset_symbols_open(targets[TARGET_PIE]);
	FILE *output = run("objdump -d '%s'", targets[TARGET_PIE]);
	unsigned int entries = 0;
	bool strtol_seen = false;
	uint64_t address;
	char line[512];

	(void)state;
	while (fgets(line, sizeof(line), output) != NULL) {
		const char *name = line;

		if (!take_number(&name, &address) || strncmp(name, " <", 2) != 0)
			continue;
		name += 2;
		line[strcspn(line, ">")] = '\0';
		if (!ends_with(name, "@plt") || strchr(name, '*') != NULL)
			continue;
		expect_function(symbols, address, name);
		expect_function(symbols, address + 6, name);
		/* Newer C libraries call it __isoc23_strtol. */
		strtol_seen |= ends_with(name, "strtol@plt");
		entries++;
	}
	assert_int_equal(pclose(output), 0);
	assert_true(strtol_seen);
	assert_true(entries >= 1);
	upset_symbols_close(symbols);
}

/* Where readelf -r says that the resolver for GOT slot @slot is: "SLOT INFO TYPE RESOLVER". */
static uint64_t resolver_of(const char *path, uint64_t slot)
{
	static const char type[] = " R_X86_64_IRELATIVE";
	FILE *output = run("readelf -rW '%s'", path);
	uint64_t at, info, resolver, found = 0;
	char line[512];

	while (fgets(line, sizeof(line), output) != NULL) {
		const char *rest = line;

		if (!take_number(&rest, &at) || at != slot || !take_number(&rest, &info) ||
			strncmp(rest, type, strlen(type)) != 0)
			continue;
		rest += strlen(type);
		if (take_number(&rest, &resolver))
			found = resolver;
	}
	assert_int_equal(pclose(output), 0);
	assert_true(found != 0);
	return found;
}

/*
 * Static programs call string functions through slots that resolvers fill in:
 * "  401018:	ff 25 e2 2f 0a 00    	jmp    *0xa2fe2(%rip)  # 4a4000 <...>".
 */
static void static_plt_entries_are_named_after_resolvers(void **state)
{
	const char *path = targets[TARGET_STATIC];
	struct upset_symbols *symbols = upset_symbols_open(path);
	FILE *output = run("objdump -d -j .plt '%s'", path);
	uint64_t address, slot;
	unsigned int entries = 0;
	char line[512], name[256];

	(void)state;
	while (fgets(line, sizeof(line), output) != NULL) {
		const char *start = line, *comment = strstr(line, "# ");
		struct upset_place place;

		if (comment == NULL || !take_number(&start, &address))
			continue;
		comment += 2;
		assert_true(take_number(&comment, &slot));
		assert_int_equal(upset_symbols_find(symbols, address, &place), 0);
		assert_true(ends_with(place.function, "@plt"));
		(void)snprintf(name, sizeof(name), "%.*s", (int)strlen(place.function) - 4,
			place.function);
		assert_int_equal(address_of(path, name), resolver_of(path, slot));
		entries++;
	}
	assert_int_equal(pclose(output), 0);
	assert_true(entries >= 1);
	upset_symbols_close(symbols);
}

/* addr2line on every byte of the functions of the source file. */
static void lines_are_those_of_addr2line(void **state)
{
	static const char *const names[] = {"target_global", "target_local", "main"};
	struct upset_symbols *symbols = upset_symbols_open(targets[TARGET_PIE]);
	unsigned int lines = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t start = address_of(targets[TARGET_PIE], names[i]);
		char command[1024], text[512];
		FILE *output;

		(void)snprintf(command, sizeof(command),
			"for i in $(seq %llu %llu); do printf '%%%%x\\n' $i; done | "
			"addr2line -e '%%s'",
			(unsigned long long)start, (unsigned long long)start + 15);
		output = run(command, targets[TARGET_PIE]);
		for (uint64_t address = start; fgets(text, sizeof(text), output) != NULL;
			address++) {
			const char *colon = strrchr(text, ':');
			struct upset_place place;

			assert_int_equal(upset_symbols_find(symbols, address, &place), 0);
			assert_non_null(colon);
			assert_int_equal(place.line, strtoul(colon + 1, NULL, 10));
			lines += place.line != 0;
		}
		assert_int_equal(pclose(output), 0);
	}
	assert_true(lines > 20);
	upset_symbols_close(symbols);
}

/* A stripped copy beside which its debug information lies, and that of another program. */
static void separate_debug_files_are_found(void **state)
{
	static const char script[] =
		"program='%s'; cd %s && cp \"$program\" program && mkdir .debug && "
		"objcopy --only-keep-debug program .debug/program.debug && "
		"objcopy --strip-all --remove-section=.note.gnu.build-id program && "
		"(cd .debug && objcopy --add-gnu-debuglink=program.debug ../program)";
	uint64_t address = address_of(targets[TARGET_PIE], "target_local");
	char folder[] = "/tmp/upset-symbols-XXXXXX", command[1024], path[64];
	struct upset_symbols *symbols;
	struct upset_place place;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(command, sizeof(command), script, targets[TARGET_PIE], folder);
	run_silently("%s", command);
	(void)snprintf(path, sizeof(path), "%s/program", folder);
	symbols = upset_symbols_open(path);
	assert_int_equal(upset_symbols_find(symbols, address, &place), 0);
	assert_string_equal(place.function, "target_local");
	assert_true(ends_with(place.file, "/target.c"));
	upset_symbols_close(symbols);

	run_silently("echo >> %s/.debug/program.debug", folder);
	symbols = upset_symbols_open(path);
	assert_int_equal(upset_symbols_find(symbols, address, &place), 0);
	assert_null(place.function);
	assert_null(place.file);
	upset_symbols_close(symbols);
	run_silently("rm -r %s", folder);
}

static void other_files_have_no_symbols(void **state)
{
	static const char *const paths[] = {
		"[anon]", "/nonexistent", "/", "/dev/null", "/proc/self/maps", ""};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct upset_symbols *symbols = upset_symbols_open(paths[i]);

		expect_function(symbols, 0x1000, NULL);
		expect_function(symbols, UINT64_MAX, NULL);
		upset_symbols_close(symbols);
	}
	upset_symbols_close(upset_symbols_open(source));
	upset_symbols_close(NULL);
}

static void a_million_lookups_are_fast(void **state)
{
	enum { LOOKUPS = 1000000 };
	struct upset_symbols *symbols = upset_symbols_open(targets[TARGET_STATIC]);
	uint64_t start = address_of(targets[TARGET_STATIC], "_start");
	clock_t before = clock();
	unsigned int named = 0;
	double seconds;

	(void)state;
	for (uint64_t i = 0; i < LOOKUPS; i++) {
		struct upset_place place;

		assert_int_equal(upset_symbols_find(symbols, start + i / 2, &place), 0);
		named += place.function != NULL;
	}
	seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
	print_message("%.2f s, %u of %u named\n", seconds, named, LOOKUPS);
	assert_true(named > LOOKUPS / 2);
	assert_true(seconds < 5);
	upset_symbols_close(symbols);
}

/* --- all lines --- */

enum { VISITED_MAX = 512 };

struct visited {
	struct upset_symbols *symbols;
	uint32_t lines[VISITED_MAX]; /* of the source file */
	size_t count;
	unsigned int functions; /* whose first line was visited */
};

static int visit(void *context, uint64_t address, const struct upset_place *place)
{
	struct visited *v = context;
	struct upset_place found;

	assert_int_equal(upset_symbols_find(v->symbols, address, &found), 0);
	assert_int_equal(found.line, place->line);
	assert_string_equal(found.file, place->file);
	assert_string_equal(found.function, place->function);
	assert_int_equal(found.function_address, place->function_address);
	if (!ends_with(place->file, "target.c"))
		return 0;
	assert_int_equal(place->file[0], '/'); /* although it was compiled by another name */
	assert_true(v->count < VISITED_MAX);
	v->lines[v->count++] = place->line;
	v->functions += address == place->function_address;
	return 0;
}

static bool has_visited(const struct visited *v, uint32_t line)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->lines[i] == line)
			return true;
	return false;
}

/* Every line that an instruction of the function has. */
static void expect_all_visited(struct visited *v, const char *path, const char *function)
{
	uint64_t address = address_of(path, function);
	struct upset_place place;

	for (;; address++) {
		assert_int_equal(upset_symbols_find(v->symbols, address, &place), 0);
		if (place.function == NULL || strcmp(place.function, function) != 0)
			break;
		if (ends_with(place.file, "target.c"))
			assert_true(has_visited(v, place.line));
	}
}

static void every_line_is_visited(void **state)
{
	(void)state;
	for (int target = 0; target < TARGETS; target++) {
		struct visited v = {.symbols = upset_symbols_open(targets[target])};

		assert_int_equal(upset_symbols_visit_lines(v.symbols, visit, &v), 0);
		expect_all_visited(&v, targets[target], "target_global");
		expect_all_visited(&v, targets[target], "target_local");
		expect_all_visited(&v, targets[target], "main");
		assert_int_equal(v.functions, 3);
		upset_symbols_close(v.symbols);
	}
}

static int stop(void *context, uint64_t address, const struct upset_place *place)
{
	(void)address;
	(void)place;
	return ++*(int *)context == 2 ? 77 : 0;
}

static void visits_can_be_ended(void **state)
{
	struct upset_symbols *symbols = upset_symbols_open(targets[TARGET_PIE]);
	int calls = 0;

	(void)state;
	assert_int_equal(upset_symbols_visit_lines(symbols, stop, &calls), 77);
	assert_int_equal(calls, 2);
	upset_symbols_close(symbols);
	symbols = upset_symbols_open("[anon]");
	assert_int_equal(upset_symbols_visit_lines(symbols, stop, &calls), 0);
	assert_int_equal(calls, 2);
	upset_symbols_close(symbols);
}

static int free_paths(void **state)
{
	(void)state;
	for (int target = 0; target < TARGETS; target++)
		free(targets[target]);
	free(source);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_have_their_names_and_lines),
		cmocka_unit_test(labels_reach_as_far_as_documented),
		cmocka_unit_test(plt_entries_are_named_as_objdump_names_them),
		cmocka_unit_test(static_plt_entries_are_named_after_resolvers),
		cmocka_unit_test(lines_are_those_of_addr2line),
		cmocka_unit_test(separate_debug_files_are_found),
		cmocka_unit_test(every_line_is_visited),
		cmocka_unit_test(visits_can_be_ended),
		cmocka_unit_test(other_files_have_no_symbols),
		cmocka_unit_test(a_million_lookups_are_fast),
	};

	if (argc != 4)
		return 2;
	targets[TARGET_PIE] = realpath(argv[1], NULL);
	targets[TARGET_STATIC] = realpath(argv[2], NULL);
	source = realpath(argv[3], NULL);
	if (targets[TARGET_PIE] == NULL || targets[TARGET_STATIC] == NULL || source == NULL)
		return 2;
	return cmocka_run_group_tests(tests, NULL, free_paths);
}
