/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for entries of the procedure linkage table: an entry jumps
 * through a slot of the global offset table, and a relocation says which symbol
 * that slot is for.
 */
#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/functions.h"
#include "symbols/plt_entry.h"

enum { SHORT_ENTRY_BYTES = 8, ENTRY_BYTES = 16 };

struct relocation {
	uint64_t slot; /* address of the GOT slot */
	uint64_t addend;
	const char *name; /* NULL: none, as of IRELATIVE */
};

struct relocations {
	const struct upset_plt_kind *kind;
	struct relocation *items;
	size_t count, room;
};

/* --- relocations ------------------------------------------------------------------- */

static const char *symbol_name(Elf *elf, Elf_Scn *table, size_t index)
{
	Elf_Data *data = table != NULL ? elf_getdata(table, NULL) : NULL;
	GElf_Shdr header;
	GElf_Sym symbol;

	if (data == NULL || index > INT32_MAX || gelf_getshdr(table, &header) == NULL ||
		(header.sh_type != SHT_DYNSYM && header.sh_type != SHT_SYMTAB) ||
		gelf_getsym(data, (int)index, &symbol) == NULL)
		return NULL;
	return elf_strptr(elf, header.sh_link, symbol.st_name);
}

static int add_relocation(struct relocations *relocations, const struct relocation *relocation)
{
	if (relocations->count == relocations->room) {
		size_t room = relocations->room == 0 ? ENTRY_BYTES : 2 * relocations->room;
		struct relocation *items = reallocarray(relocations->items, room, sizeof(*items));

		if (items == NULL)
			return -ENOMEM;
		relocations->items = items;
		relocations->room = room;
	}
	relocations->items[relocations->count++] = *relocation;
	return 0;
}

static int read_relocation(
	struct relocations *relocations, Elf *elf, Elf_Scn *symbols, const GElf_Rela *rela)
{
	struct relocation relocation = {
		.slot = rela->r_offset,
		.addend = (uint64_t)rela->r_addend,
	};
	const uint64_t type = GELF_R_TYPE(rela->r_info);

	if (type == relocations->kind->jump_slot || type == relocations->kind->global_data)
		relocation.name = symbol_name(elf, symbols, GELF_R_SYM(rela->r_info));
	else if (type != relocations->kind->irelative)
		return 0;
	return add_relocation(relocations, &relocation);
}

static bool read_without_addend(Elf_Data *data, int index, GElf_Rela *rela)
{
	GElf_Rel rel;

	if (gelf_getrel(data, index, &rel) == NULL)
		return false;
	rela->r_offset = rel.r_offset;
	rela->r_info = rel.r_info;
	return true;
}

static int read_relocations(
	struct relocations *relocations, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	Elf_Scn *symbols = header->sh_link != 0 ? elf_getscn(elf, header->sh_link) : NULL;
	const bool addends = header->sh_type == SHT_RELA;
	size_t entry = gelf_fsize(elf, addends ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
	int result = 0;

	if (data == NULL || entry == 0)
		return 0;
	for (size_t i = 0; i < data->d_size / entry && i < INT32_MAX && result == 0; i++) {
		GElf_Rela rela = {0};

		/* Without an addend, what lies in the slot is one that nothing here looks at. */
		if (addends ? gelf_getrela(data, (int)i, &rela) == NULL
			    : !read_without_addend(data, (int)i, &rela))
			break;
		result = read_relocation(relocations, elf, symbols, &rela);
	}
	return result;
}

static int compare_relocations(const void *left, const void *right)
{
	const struct relocation *a = left, *b = right;

	return (a->slot > b->slot) - (a->slot < b->slot);
}

static int read_all_relocations(struct relocations *relocations, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int result = 0;

	while (result == 0 && (section = elf_nextscn(elf, section)) != NULL) {
		if (gelf_getshdr(section, &header) != NULL &&
			(header.sh_type == SHT_RELA || header.sh_type == SHT_REL) &&
			(header.sh_flags & SHF_ALLOC) != 0)
			result = read_relocations(relocations, elf, section, &header);
	}
	if (relocations->count > 0)
		qsort(relocations->items, relocations->count, sizeof(*relocations->items),
			compare_relocations);
	return result;
}

/* --- entries ------------------------------------------------------------------------- */

/* What names come from: relocations, and the functions that are sorted by start. */
struct sources {
	struct relocations relocations;
	size_t sorted;
	uint64_t got; /* that entries are relative to; 0: there is none */
};

/* The name of the function that begins at @address: the resolver of an IRELATIVE slot. */
static const char *function_name(
	const struct upset_functions *functions, size_t sorted, uint64_t address)
{
	size_t low = 0, high = sorted;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (functions->items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || functions->items[low - 1].start != address)
		return NULL;
	return functions->items[low - 1].name;
}

static const char *slot_name(
	const struct upset_functions *functions, const struct sources *sources, uint64_t slot)
{
	const struct relocations *relocations = &sources->relocations;
	struct relocation key = {.slot = slot};
	const struct relocation *found;

	if (relocations->count == 0)
		return NULL;
	found = bsearch(
		&key, relocations->items, relocations->count, sizeof(key), compare_relocations);
	if (found == NULL)
		return NULL;
	if (found->name != NULL)
		return found->name;
	return function_name(functions, sources->sorted, found->addend);
}

static char *make_name(struct upset_functions *functions, const char *target)
{
	char *name;

	if (functions->name_count == functions->name_room) {
		size_t room = functions->name_room == 0 ? ENTRY_BYTES : 2 * functions->name_room;
		char **names = reallocarray(functions->names, room, sizeof(*names));

		if (names == NULL)
			return NULL;
		functions->names = names;
		functions->name_room = room;
	}
	if (asprintf(&name, "%s@plt", target) < 0)
		return NULL;
	functions->names[functions->name_count++] = name;
	return name;
}

static int add_entry(
	struct upset_functions *functions, const char *target, uint64_t start, uint64_t size)
{
	struct upset_function function = {.start = start, .size = size, .limit = start + size};

	if (target == NULL || target[0] == '\0')
		return 0;
	function.name = make_name(functions, target);
	return function.name != NULL ? upset_functions_add(functions, &function) : -ENOMEM;
}

/* --- sections ------------------------------------------------------------------------ */

/* Linkers leave sh_entsize 0 in static programs; entries lie at multiples of their size. */
static size_t entry_bytes(const GElf_Shdr *header)
{
	uint64_t bytes = header->sh_entsize != 0 ? header->sh_entsize : header->sh_addralign;

	return bytes == SHORT_ENTRY_BYTES ? SHORT_ENTRY_BYTES : ENTRY_BYTES;
}

static int read_entries(struct upset_functions *functions, const struct sources *sources,
	const Elf_Data *data, const GElf_Shdr *header)
{
	size_t step = entry_bytes(header);
	int result = 0;

	for (size_t at = 0; at < data->d_size && result == 0; at += step) {
		size_t size = data->d_size - at < step ? data->d_size - at : step;
		uint64_t start = header->sh_addr + at;
		uint64_t slot = sources->relocations.kind->slot(
			(const uint8_t *)data->d_buf + at, size, start, sources->got);

		if (slot != 0 && start <= UINT64_MAX - size)
			result = add_entry(
				functions, slot_name(functions, sources, slot), start, size);
	}
	return result;
}

static bool is_plt(Elf *elf, size_t strings, const GElf_Shdr *header)
{
	const char *name = elf_strptr(elf, strings, header->sh_name);

	return name != NULL && header->sh_type == SHT_PROGBITS &&
	       (header->sh_flags & SHF_EXECINSTR) != 0 &&
	       (strncmp(name, ".plt", 4) == 0 || strcmp(name, ".iplt") == 0);
}

/* Where a register points to in entries of code that may lie anywhere. */
static uint64_t find_got(Elf *elf, size_t strings)
{
	Elf_Scn *section = NULL;
	uint64_t found = 0;

	while ((section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr header;
		const char *name;

		if (gelf_getshdr(section, &header) == NULL)
			continue;
		name = elf_strptr(elf, strings, header.sh_name);
		if (name != NULL && strcmp(name, ".got.plt") == 0)
			return header.sh_addr;
		if (name != NULL && strcmp(name, ".got") == 0)
			found = header.sh_addr;
	}
	return found;
}

static int read_sections(struct upset_functions *functions, struct sources *sources, Elf *elf)
{
	Elf_Scn *section = NULL;
	size_t strings;
	int result = 0;

	if (elf_getshdrstrndx(elf, &strings) != 0)
		return 0;
	sources->got = find_got(elf, strings);
	while (result == 0 && (section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr header;
		Elf_Data *data;

		if (gelf_getshdr(section, &header) == NULL || !is_plt(elf, strings, &header))
			continue;
		data = elf_rawdata(section, NULL);
		if (data != NULL && data->d_buf != NULL)
			result = read_entries(functions, sources, data, &header);
	}
	return result;
}

int upset_plt_read(struct upset_functions *functions, Elf *module)
{
	struct sources sources = {.sorted = functions->count};
	GElf_Ehdr header;
	int result;

	if (module == NULL || gelf_getehdr(module, &header) == NULL)
		return 0;
	sources.relocations.kind = upset_plt_kind(header.e_machine);
	if (sources.relocations.kind == NULL)
		return 0;
	result = read_all_relocations(&sources.relocations, module);
	if (result == 0)
		result = read_sections(functions, &sources, module);
	free(sources.relocations.items);
	return result;
}
