/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: a file that claims to be a program, for everything that
 * reads programs: the check before a run, segments and build id, symbols and lines.
 */
#include <stdlib.h>

#include "engine/process.h"
#include "fuzz/file.h"
#include "profile/elf_file.h"
#include "symbols/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_program(const char *path)
{
	struct upset_error error = {0};
	struct upset_elf_file file;

	(void)upset_process_check_program(path, NULL, &error);
	(void)upset_elf_file_read(path, &file);
	upset_elf_file_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_file(data, size, read_program);
}
