/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions of a module: from its symbol tables, and then from its linkage table. */
#include <errno.h>
#include <gelf.h>
#include <string.h>

#include "symbols/functions.h"

/* Ranks add up; names without a version suffix first, then by type and binding. */
enum { RANK_WEAK = 1, RANK_GLOBAL = 2, RANK_FUNCTION = 4, RANK_PLAIN_NAME = 8 };

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

/* Symbols that only tell where code and data begin, as the ABIs of Arm and RISC-V have them. */
static bool is_mark(const GElf_Sym *symbol, const char *name)
{
	return GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE &&
	       GELF_ST_BIND(symbol->st_info) == STB_LOCAL && name[0] == '$' &&
	       (name[1] == 'a' || name[1] == 'd' || name[1] == 't' || name[1] == 'x') &&
	       (name[2] == '\0' || name[2] == '.' || strncmp(name, "$xrv", 4) == 0);
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
	if (function.name == NULL || function.name[0] == '\0' || is_mark(symbol, function.name))
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

int upset_functions_read(struct upset_functions *functions, Elf *module, Elf *debug)
{
	int result;

	*functions = (struct upset_functions){0};
	result = read_tables(functions, module);
	if (result == 0)
		result = read_tables(functions, debug);
	if (result != 0)
		return result;
	upset_functions_sort(functions);
	result = upset_plt_read(functions, module);
	if (result != 0)
		return result;
	upset_functions_sort(functions);
	return upset_functions_map(functions);
}
