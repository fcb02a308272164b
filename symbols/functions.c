/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions from ELF symbol tables: see functions.h. */
#include "symbols/functions.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

/* Ranks add up; names without a version suffix first, then by type and binding. */
enum { RANK_WEAK = 1, RANK_GLOBAL = 2, RANK_FUNCTION = 4, RANK_PLAIN_NAME = 8 };

int upset_functions_add(struct upset_functions *functions, const struct upset_function *function)
{
	if (functions->count == functions->room) {
		size_t room = functions->room == 0 ? FIRST_ROOM : 2 * functions->room;
		struct upset_function *items = reallocarray(functions->items, room, sizeof(*items));

		if (items == NULL)
			return -ENOMEM;
		functions->items = items;
		functions->room = room;
	}
	functions->items[functions->count++] = *function;
	return 0;
}

/* --- symbol tables ----------------------------------------------------------------- */

/* The section header of @symbol when it holds code. */
static bool code_section(Elf *elf, const GElf_Sym *symbol, GElf_Shdr *header)
{
	Elf_Scn *section;

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= SHN_LORESERVE)
		return false;
	section = elf_getscn(elf, symbol->st_shndx);
	return section != NULL && gelf_getshdr(section, header) != NULL &&
	       (header->sh_flags & SHF_EXECINSTR) != 0 && (header->sh_flags & SHF_ALLOC) != 0 &&
	       symbol->st_value >= header->sh_addr &&
	       symbol->st_value - header->sh_addr < header->sh_size;
}

static uint8_t rank_of(const GElf_Sym *symbol, const char *name)
{
	unsigned int rank = 0;

	if (GELF_ST_TYPE(symbol->st_info) != STT_NOTYPE)
		rank |= RANK_FUNCTION;
	if (GELF_ST_BIND(symbol->st_info) == STB_WEAK)
		rank |= RANK_WEAK;
	else if (GELF_ST_BIND(symbol->st_info) != STB_LOCAL)
		rank |= RANK_GLOBAL;
	if (strchr(name, '@') == NULL)
		rank |= RANK_PLAIN_NAME;
	return (uint8_t)rank;
}

static bool is_code_type(const GElf_Sym *symbol)
{
	unsigned int type = GELF_ST_TYPE(symbol->st_info);

	return type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
}

static int add_symbol(
	struct upset_functions *functions, Elf *elf, const GElf_Sym *symbol, size_t strings)
{
	struct upset_function function = {.start = symbol->st_value, .size = symbol->st_size};
	GElf_Shdr header;
	uint64_t left;

	if (!is_code_type(symbol) || !code_section(elf, symbol, &header))
		return 0;
	function.name = elf_strptr(elf, strings, symbol->st_name);
	if (function.name == NULL || function.name[0] == '\0')
		return 0;
	left = header.sh_size - (symbol->st_value - header.sh_addr);
	if (left > UINT64_MAX - function.start)
		return 0;
	function.limit = function.start + left;
	if (function.size > left)
		function.size = left;
	function.rank = rank_of(symbol, function.name);
	return upset_functions_add(functions, &function);
}

static int read_table(
	struct upset_functions *functions, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t entry = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
	int result = 0;

	if (data == NULL || entry == 0)
		return 0;
	for (size_t i = 0; i < data->d_size / entry && i < INT32_MAX && result == 0; i++) {
		GElf_Sym symbol;

		if (gelf_getsym(data, (int)i, &symbol) == NULL)
			break;
		result = add_symbol(functions, elf, &symbol, header->sh_link);
	}
	return result;
}

static int read_tables(struct upset_functions *functions, Elf *elf)
{
	Elf_Scn *section = NULL;
	int result = 0;

	while (elf != NULL && result == 0 && (section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) != NULL &&
			(header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
			result = read_table(functions, elf, section, &header);
	}
	return result;
}

/* --- order and extent ---------------------------------------------------------------- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* By start, sized ones first, then worst to best. */
static int compare_functions(const void *left, const void *right)
{
	const struct upset_function *a = left, *b = right;
	int order = compare_numbers(a->start, b->start);

	if (order == 0)
		order = compare_numbers(b->size, a->size);
	if (order == 0)
		order = compare_numbers(a->rank, b->rank);
	if (order == 0)
		order = compare_numbers(strspn(b->name, "_"), strspn(a->name, "_"));
	return order != 0 ? order : strcmp(b->name, a->name);
}

static void sort_functions(struct upset_functions *functions)
{
	if (functions->count > 0)
		qsort(functions->items, functions->count, sizeof(*functions->items),
			compare_functions);
}

/* The ranges of the functions; those without a size only where no other one is. */
static size_t make_spans(const struct upset_functions *functions, struct upset_span *spans)
{
	uint64_t next = UINT64_MAX, covered = 0;
	size_t count = 0;

	for (size_t i = functions->count; i-- > 0;) {
		const struct upset_function *function = &functions->items[i];

		if (i + 1 < functions->count && functions->items[i + 1].start > function->start)
			next = functions->items[i + 1].start;
		spans[i] = (struct upset_span){
			.start = function->start,
			.end = function->limit < next ? function->limit : next,
			.number = (uint32_t)i,
		};
	}
	for (size_t i = 0; i < functions->count; i++) {
		const struct upset_function *function = &functions->items[i];

		if (function->size > 0)
			spans[i].end = function->start + function->size;
		if (function->size > 0 && spans[i].end > covered)
			covered = spans[i].end;
		if (function->size > 0 || function->start >= covered)
			spans[count++] = spans[i];
	}
	return count;
}

static int make_map(struct upset_functions *functions)
{
	struct upset_span *spans = calloc(functions->count + 1, sizeof(*spans));
	int result;

	if (spans == NULL)
		return -ENOMEM;
	result = upset_spans_build(&functions->spans, spans, make_spans(functions, spans));
	free(spans);
	return result;
}

int upset_functions_read(struct upset_functions *functions, Elf *module, Elf *debug)
{
	int result;

	*functions = (struct upset_functions){0};
	result = read_tables(functions, module);
	if (result == 0)
		result = read_tables(functions, debug);
	if (result != 0)
		return result;
	sort_functions(functions);
	result = upset_plt_read(functions, module);
	if (result != 0)
		return result;
	sort_functions(functions);
	return make_map(functions);
}

void upset_functions_free(struct upset_functions *functions)
{
	for (size_t i = 0; i < functions->name_count; i++)
		free(functions->names[i]);
	free(functions->names);
	free(functions->items);
	upset_spans_free(&functions->spans);
	*functions = (struct upset_functions){0};
}

const struct upset_function *upset_functions_find(
	struct upset_functions *functions, uint64_t address)
{
	uint32_t number = upset_spans_find(&functions->spans, address);

	return number != UPSET_SPAN_NONE ? &functions->items[number] : NULL;
}
