/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address of a symbol by its name, functions and data alike. */
#include <gelf.h>
#include <string.h>

#include "symbols/elf_open.h"

/* Which of several symbols of one name is meant: global before weak before local. */
static int rank(const GElf_Sym *symbol)
{
	switch (GELF_ST_BIND(symbol->st_info)) {
	case STB_GLOBAL:
		return 3;
	case STB_WEAK:
		return 2;
	default:
		return 1;
	}
}

static bool has_address(const GElf_Sym *symbol)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
	       (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE ||
		       type == STT_GNU_IFUNC);
}

static int search(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *name, int best,
	uint64_t *address)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = header->sh_entsize == 0 ? 0 : header->sh_size / header->sh_entsize;
	GElf_Sym symbol;

	for (size_t i = 0; i < count && gelf_getsym(data, (int)i, &symbol) != NULL; i++) {
		const char *its = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (its == NULL || !has_address(&symbol) || rank(&symbol) <= best ||
			strcmp(its, name) != 0)
			continue;
		best = rank(&symbol);
		*address = symbol.st_value;
	}
	return best;
}

bool upset_elf_address(Elf *elf, const char *name, uint64_t *address)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int best = 0;

	while (elf != NULL && (section = elf_nextscn(elf, section)) != NULL) {
		if (gelf_getshdr(section, &header) != NULL &&
			(header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
			best = search(elf, section, &header, name, best, address);
	}
	return best > 0;
}
