/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Function, file and line of an address: see symbols.h. */
#include "symbols/symbols.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/elf_open.h"
#include "symbols/functions.h"
#include "symbols/lines.h"

struct upset_symbols {
	char *path;
	bool read;
	int error; /* of reading: 0 or -ENOMEM */
	struct upset_elf module, debug;
	struct upset_functions functions;
	struct upset_lines lines;
};

struct upset_symbols *upset_symbols_open(const char *path)
{
	struct upset_symbols *symbols = calloc(1, sizeof(*symbols));

	if (symbols == NULL)
		return NULL;
	symbols->module.fd = -1;
	symbols->debug.fd = -1;
	symbols->path = strdup(path);
	if (symbols->path == NULL) {
		free(symbols);
		return NULL;
	}
	return symbols;
}

void upset_symbols_close(struct upset_symbols *symbols)
{
	if (symbols == NULL)
		return;
	upset_functions_free(&symbols->functions);
	upset_lines_free(&symbols->lines);
	upset_elf_close(&symbols->debug);
	upset_elf_close(&symbols->module);
	free(symbols->path);
	free(symbols);
}

/* Lines of the debug file when it has some, else of the module. */
static int read_lines(struct upset_symbols *symbols)
{
	int result = upset_lines_read(&symbols->lines, symbols->debug.elf);

	if (result != 0 || symbols->lines.unit_count > 0)
		return result;
	upset_lines_free(&symbols->lines);
	return upset_lines_read(&symbols->lines, symbols->module.elf);
}

static int read_module(struct upset_symbols *symbols)
{
	int result;

	symbols->module = upset_elf_open(symbols->path);
	if (symbols->module.elf == NULL)
		return 0;
	symbols->debug = upset_elf_open_debug(&symbols->module, symbols->path);
	result = upset_functions_read(&symbols->functions, symbols->module.elf, symbols->debug.elf);
	return result == 0 ? read_lines(symbols) : result;
}

static int read_once(struct upset_symbols *symbols)
{
	if (!symbols->read) {
		symbols->read = true;
		symbols->error = read_module(symbols);
	}
	return symbols->error;
}

int upset_symbols_address(struct upset_symbols *symbols, const char *name, uint64_t *address)
{
	if (read_once(symbols) != 0)
		return symbols->error;
	return upset_elf_address(symbols->module.elf, name, address) ||
			       upset_elf_address(symbols->debug.elf, name, address)
		       ? 0
		       : -ENOENT;
}

bool upset_symbols_address_in(void *context, const char *path, const char *name, uint64_t *address)
{
	struct upset_symbols *symbols = upset_symbols_open(path);
	bool found = symbols != NULL && upset_symbols_address(symbols, name, address) == 0;

	(void)context;
	upset_symbols_close(symbols);
	return found;
}

int upset_symbols_find(struct upset_symbols *symbols, uint64_t address, struct upset_place *place)
{
	const struct upset_function *function;

	*place = (struct upset_place){0};
	if (read_once(symbols) != 0)
		return symbols->error;
	function = upset_functions_find(&symbols->functions, address);
	if (function != NULL) {
		place->function = function->name;
		place->function_address = function->start;
	}
	upset_lines_find(&symbols->lines, address, &place->file, &place->line);
	return 0;
}

struct visitor {
	struct upset_symbols *symbols;
	int (*visit)(void *context, uint64_t address, const struct upset_place *place);
	void *context;
};

/* Line tables also have lines of functions that were not linked. */
static int visit_line(void *context, uint64_t address, const char *file, uint32_t line)
{
	const struct visitor *v = context;
	const struct upset_function *function =
		upset_functions_find(&v->symbols->functions, address);
	struct upset_place place = {.file = file, .line = line};

	if (function == NULL)
		return 0;
	place.function = function->name;
	place.function_address = function->start;
	return v->visit(v->context, address, &place);
}

int upset_symbols_visit_lines(struct upset_symbols *symbols,
	int (*visit)(void *context, uint64_t address, const struct upset_place *place),
	void *context)
{
	struct visitor v = {symbols, visit, context};

	if (read_once(symbols) != 0)
		return symbols->error;
	return upset_lines_visit(&symbols->lines, visit_line, &v);
}
