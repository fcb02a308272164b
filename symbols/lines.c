/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source lines through libdw: see lines.h. */
#include "symbols/lines.h"

#include <dwarf.h>
#include <errno.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

/* --- the ranges of the units --------------------------------------------------------- */

struct ranges {
	struct upset_span *items;
	size_t count, room;
};

static int add_range(struct ranges *ranges, uint64_t start, uint64_t end, size_t unit)
{
	if (ranges->count == ranges->room) {
		size_t room = ranges->room == 0 ? FIRST_ROOM : 2 * ranges->room;
		struct upset_span *items = reallocarray(ranges->items, room, sizeof(*items));

		if (items == NULL)
			return -ENOMEM;
		ranges->items = items;
		ranges->room = room;
	}
	ranges->items[ranges->count++] = (struct upset_span){
		.start = start,
		.end = end,
		.number = (uint32_t)unit,
	};
	return 0;
}

static int add_unit(struct upset_lines *lines, const Dwarf_Die *die)
{
	if (lines->unit_count == lines->unit_room) {
		size_t room = lines->unit_room == 0 ? FIRST_ROOM : 2 * lines->unit_room;
		struct upset_line_unit *units = reallocarray(lines->units, room, sizeof(*units));

		if (units == NULL)
			return -ENOMEM;
		lines->units = units;
		lines->unit_room = room;
	}
	lines->units[lines->unit_count++] = (struct upset_line_unit){.die = *die};
	return 0;
}

static void read_unit(struct upset_line_unit *unit)
{
	if (!unit->read && dwarf_getsrclines(&unit->die, &unit->lines, &unit->line_count) != 0)
		unit->lines = NULL;
	if (unit->lines == NULL)
		unit->line_count = 0;
	unit->read = true;
}

static uint64_t line_address(const struct upset_line_unit *unit, size_t at)
{
	Dwarf_Addr address = 0;

	(void)dwarf_lineaddr(dwarf_onesrcline(unit->lines, at), &address);
	return address;
}

/* A unit that does not say where its code lies: ask its line table. */
static int add_line_ranges(struct ranges *ranges, struct upset_line_unit *unit, size_t number)
{
	uint64_t start = 0;
	bool open = false;

	read_unit(unit);
	for (size_t i = 0; i < unit->line_count; i++) {
		bool end = false;

		(void)dwarf_lineendsequence(dwarf_onesrcline(unit->lines, i), &end);
		if (!open)
			start = line_address(unit, i);
		if (end && add_range(ranges, start, line_address(unit, i), number) != 0)
			return -ENOMEM;
		open = !end;
	}
	return 0;
}

static int add_ranges(struct upset_lines *lines, struct ranges *ranges, Dwarf_Die *die)
{
	size_t number = lines->unit_count, before = ranges->count;
	Dwarf_Addr base, start, end;
	ptrdiff_t offset = 0;

	if (number >= UPSET_SPAN_NONE || dwarf_hasattr(die, DW_AT_stmt_list) == 0)
		return 0;
	if (add_unit(lines, die) != 0)
		return -ENOMEM;
	while ((offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0) {
		if (add_range(ranges, start, end, number) != 0)
			return -ENOMEM;
	}
	return ranges->count > before ? 0 : add_line_ranges(ranges, &lines->units[number], number);
}

static int read_units(struct upset_lines *lines, struct ranges *ranges)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;
	uint8_t type;
	int result = 0;

	while (result == 0 &&
		dwarf_get_units(lines->dwarf, unit, &unit, NULL, &type, &die, NULL) == 0) {
		if (type == DW_UT_compile || type == DW_UT_skeleton)
			result = add_ranges(lines, ranges, &die);
	}
	return result;
}

/* --- what libdw takes on trust ---------------------------------------------------------- */

static bool is_string_section(const char *name)
{
	static const char *const names[] = {
		".debug_line_str", ".debug_str", ".zdebug_line_str", ".zdebug_str"};

	for (size_t i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/*
 * Whether the last strings of @elf end: libdw 0.188 reads on behind the section
 * otherwise.  To be asked after dwarf_begin_elf(), which unpacks the sections.
 */
static bool strings_end(Elf *elf)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return false;
	while ((section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr header;
		Elf_Data *data;

		if (gelf_getshdr(section, &header) == NULL || header.sh_type == SHT_NOBITS ||
			!is_string_section(elf_strptr(elf, names, header.sh_name)))
			continue;
		data = elf_rawdata(section, NULL);
		if (data != NULL && data->d_buf != NULL && data->d_size > 0 &&
			((const char *)data->d_buf)[data->d_size - 1] != '\0')
			return false;
	}
	return true;
}

int upset_lines_read(struct upset_lines *lines, Elf *elf)
{
	struct ranges ranges = {0};
	int result;

	*lines = (struct upset_lines){0};
	if (elf == NULL)
		return 0;
	lines->dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (lines->dwarf != NULL && !strings_end(elf)) {
		(void)dwarf_end(lines->dwarf);
		lines->dwarf = NULL;
	}
	if (lines->dwarf == NULL)
		return 0;
	result = read_units(lines, &ranges);
	if (result == 0)
		result = upset_spans_build(&lines->spans, ranges.items, ranges.count);
	free(ranges.items);
	return result;
}

void upset_lines_free(struct upset_lines *lines)
{
	for (size_t u = 0; u < lines->unit_count; u++) {
		for (size_t i = 0; i < lines->units[u].file_count; i++)
			free(lines->units[u].files[i].path);
		free(lines->units[u].files);
	}
	free(lines->units);
	upset_spans_free(&lines->spans);
	(void)dwarf_end(lines->dwarf);
	*lines = (struct upset_lines){0};
}

/* --- one address ------------------------------------------------------------------------ */

static bool holds(const struct upset_line_unit *unit, size_t at, uint64_t address)
{
	return at < unit->line_count && line_address(unit, at) <= address &&
	       (at + 1 == unit->line_count || address < line_address(unit, at + 1));
}

/* The last line of @unit that begins at or before @address; NULL: none. */
static Dwarf_Line *find_line(struct upset_line_unit *unit, uint64_t address)
{
	size_t low = 0, high = unit->line_count;

	if (holds(unit, unit->cursor, address))
		return dwarf_onesrcline(unit->lines, unit->cursor);
	if (holds(unit, unit->cursor + 1, address))
		return dwarf_onesrcline(unit->lines, ++unit->cursor);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (line_address(unit, middle) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	unit->cursor = low - 1;
	return dwarf_onesrcline(unit->lines, unit->cursor);
}

/*
 * @relative behind the folder that the unit was compiled in, which libdw leaves out for
 * DWARF 5; @relative itself when there is none, or no memory.
 */
static const char *join_folder(struct upset_line_unit *unit, const char *relative)
{
	Dwarf_Attribute attribute;
	const char *folder = dwarf_formstring(dwarf_attr(&unit->die, DW_AT_comp_dir, &attribute));
	struct upset_line_file *files;
	char *path;

	for (size_t i = 0; i < unit->file_count; i++)
		if (unit->files[i].relative == relative)
			return unit->files[i].path;
	if (folder == NULL || *folder != '/' || asprintf(&path, "%s/%s", folder, relative) < 0)
		return relative;
	files = reallocarray(unit->files, unit->file_count + 1, sizeof(*files));
	if (files == NULL) {
		free(path);
		return relative;
	}
	unit->files = files;
	files[unit->file_count++] = (struct upset_line_file){relative, path};
	return path;
}

/* What a row of a line table says; nothing of the end of a sequence. */
static void read_line(
	struct upset_line_unit *unit, Dwarf_Line *row, const char **file, uint32_t *line)
{
	bool end = false;
	int value = 0;

	if (dwarf_lineendsequence(row, &end) != 0 || end || dwarf_lineno(row, &value) != 0)
		return;
	*file = dwarf_linesrc(row, NULL, NULL);
	if (*file != NULL && strcmp(*file, "???") == 0)
		*file = NULL;
	if (*file != NULL && **file != '/')
		*file = join_folder(unit, *file);
	if (*file != NULL && value > 0)
		*line = (uint32_t)value;
}

void upset_lines_find(
	struct upset_lines *lines, uint64_t address, const char **file, uint32_t *line)
{
	uint32_t number = upset_spans_find(&lines->spans, address);
	Dwarf_Line *found;

	*file = NULL;
	*line = 0;
	if (number == UPSET_SPAN_NONE)
		return;
	read_unit(&lines->units[number]);
	found = find_line(&lines->units[number], address);
	if (found != NULL)
		read_line(&lines->units[number], found, file, line);
}

/* --- all of them ------------------------------------------------------------------------ */

/* Of several that begin at one address the last one counts, as in find_line(). */
static bool is_covered(const struct upset_line_unit *unit, size_t at)
{
	return at + 1 < unit->line_count && line_address(unit, at) == line_address(unit, at + 1);
}

int upset_lines_visit(struct upset_lines *lines,
	int (*visit)(void *context, uint64_t address, const char *file, uint32_t line),
	void *context)
{
	for (size_t u = 0; u < lines->unit_count; u++) {
		struct upset_line_unit *unit = &lines->units[u];

		read_unit(unit);
		for (size_t i = 0; i < unit->line_count; i++) {
			uint64_t address = line_address(unit, i);
			const char *file = NULL;
			uint32_t line = 0;
			int result = 0;

			read_line(unit, dwarf_onesrcline(unit->lines, i), &file, &line);
			if (line != 0 && !is_covered(unit, i) &&
				upset_spans_find(&lines->spans, address) == u)
				result = visit(context, address, file, line);
			if (result != 0)
				return result;
		}
	}
	return 0;
}
