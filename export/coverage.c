/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Executions of lines and functions: see coverage.h. */
#include "export/coverage.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

enum { FIRST_ROOM = 1024 };

static int out_of_memory(struct upset_error *error)
{
	return upset_error_set(error, ENOMEM, "out of memory");
}

/* Room for one more of @count items; *@items may move. */
static bool make_room(void **items, size_t size, size_t count, size_t *room)
{
	size_t wanted = *room == 0 ? FIRST_ROOM : 2 * *room;
	void *moved;

	if (count < *room)
		return true;
	moved = reallocarray(*items, wanted, size);
	if (moved == NULL)
		return false;
	*items = moved;
	*room = wanted;
	return true;
}

int upset_coverage_add_line(struct upset_coverage *c, const char *file, int64_t line, size_t owner,
	uint64_t count, struct upset_error *error)
{
	size_t number = upset_names_add(&c->files, file);
	void *items = c->lines;
	bool ok = number != 0 && make_room(&items, sizeof(*c->lines), c->line_count, &c->line_room);

	c->lines = items;
	if (!ok)
		return out_of_memory(error);
	c->lines[c->line_count++] = (struct upset_coverage_line){number, line, owner, count};
	return 0;
}

int upset_coverage_add_function(struct upset_coverage *c, const char *file, int64_t line,
	const char *name, uint64_t count, struct upset_error *error)
{
	size_t number = upset_names_add(&c->files, file), name_number;
	void *items = c->functions;
	bool ok = number != 0 &&
		  make_room(&items, sizeof(*c->functions), c->function_count, &c->function_room);

	name_number = upset_names_add(&c->names, name);
	c->functions = items;
	if (!ok || name_number == 0)
		return out_of_memory(error);
	c->functions[c->function_count++] =
		(struct upset_coverage_function){number, name_number, line, count};
	return 0;
}

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_lines(const void *a, const void *b)
{
	const struct upset_coverage_line *one = a, *other = b;
	int result = order(one->file, other->file);

	if (result == 0)
		result = order((uint64_t)one->line, (uint64_t)other->line);
	return result != 0 ? result : order(one->owner, other->owner);
}

static int compare_functions(const void *a, const void *b)
{
	const struct upset_coverage_function *one = a, *other = b;
	int result = order(one->file, other->file);

	if (result == 0)
		result = order(one->name, other->name);
	return result != 0 ? result : order((uint64_t)one->line, (uint64_t)other->line);
}

static int compare_functions_by_line(const void *a, const void *b)
{
	const struct upset_coverage_function *one = a, *other = b;
	int result = order(one->file, other->file);

	if (result == 0)
		result = order((uint64_t)one->line, (uint64_t)other->line);
	return result != 0 ? result : order(one->name, other->name);
}

/* Of one function the most, of several the sum. */
static void merge_lines(struct upset_coverage *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->line_count;) {
		struct upset_coverage_line line = c->lines[i];

		line.count = 0;
		while (i < c->line_count && c->lines[i].file == line.file &&
			c->lines[i].line == line.line) {
			uint64_t most = 0;
			size_t owner = c->lines[i].owner;

			for (; i < c->line_count && c->lines[i].owner == owner &&
				c->lines[i].file == line.file && c->lines[i].line == line.line;
				i++)
				if (c->lines[i].count > most)
					most = c->lines[i].count;
			line.count += most;
		}
		c->lines[kept++] = line;
	}
	c->line_count = kept;
}

static void merge_functions(struct upset_coverage *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->function_count; i++) {
		struct upset_coverage_function *last = &c->functions[kept > 0 ? kept - 1 : 0];

		if (kept > 0 && last->file == c->functions[i].file &&
			last->name == c->functions[i].name)
			last->count += c->functions[i].count;
		else
			c->functions[kept++] = c->functions[i];
	}
	c->function_count = kept;
}

void upset_coverage_finish(struct upset_coverage *c)
{
	if (c->line_count > 0)
		qsort(c->lines, c->line_count, sizeof(*c->lines), compare_lines);
	merge_lines(c);
	if (c->function_count > 0)
		qsort(c->functions, c->function_count, sizeof(*c->functions), compare_functions);
	merge_functions(c);
	if (c->function_count > 0)
		qsort(c->functions, c->function_count, sizeof(*c->functions),
			compare_functions_by_line);
}

void upset_coverage_fini(struct upset_coverage *c)
{
	upset_names_fini(&c->files);
	upset_names_fini(&c->names);
	free(c->lines);
	free(c->functions);
	*c = (struct upset_coverage){0};
}
