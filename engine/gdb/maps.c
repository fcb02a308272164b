/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the program's memory lies: as the stub's system tells (/proc/PID/maps), else as the
 * program's file says, with its stack around the stack pointer.
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/gdb/run.h"
#include "engine/maps.h"

enum { PAGE = 4096, STACK_ABOVE = 1 << 17, STACK_BELOW = 8 << 20 };

/* The path that the stub's machine has the program at. */
static int find_program(void *context, const struct upset_mapping *mapping, bool shared)
{
	struct gdb_run *run = context;

	(void)shared;
	if (mapping->start <= run->entry && run->entry < mapping->end && mapping->path[0] == '/' &&
		run->their_path == NULL)
		run->their_path = strdup(mapping->path);
	return 0;
}

static int add_area(void *context, const struct upset_mapping *mapping, bool shared)
{
	struct gdb_run *run = context;
	struct upset_mapping here = *mapping;
	struct gdb_area *areas;
	uint32_t index;

	if (run->their_path != NULL && strcmp(run->their_path, mapping->path) == 0)
		here.path = run->path;
	index = upset_profile_add_mapping(run->profile, &here);
	if (index == UINT32_MAX)
		return -ENOMEM;
	areas = reallocarray(run->areas, run->area_count + 1, sizeof(*areas));
	if (areas == NULL)
		return -ENOMEM;
	run->areas = areas;
	areas[run->area_count++] = (struct gdb_area){
		.start = mapping->start,
		.end = mapping->end,
		.mapping = index,
		.executable = mapping->executable,
		/* Shared memory can be writable at another address. */
		.can_change = mapping->writable || shared,
	};
	return 0;
}

static int take_text(struct gdb_run *run, char *text, size_t size)
{
	FILE *file = fmemopen(text, size, "r");
	int result = 0;

	if (file == NULL)
		return -ENOMEM;
	if (!run->own && run->their_path == NULL)
		result = upset_maps_parse(file, 0, find_program, run);
	rewind(file);
	if (result == 0)
		result = upset_maps_parse(file, 0, add_area, run);
	(void)fclose(file);
	return result;
}

/* --- by the program's file -------------------------------------------------------------------- */

/* Lines of segment @segment, moved by @bias, of the file at @path. */
static void print_segment(FILE *to, const GElf_Phdr *segment, uint64_t bias, const char *path)
{
	const uint64_t page = ~(uint64_t)(PAGE - 1), start = (segment->p_vaddr + bias) & page;
	const uint64_t in_file = (segment->p_vaddr + bias + segment->p_filesz + PAGE - 1) & page;
	const uint64_t end = (segment->p_vaddr + bias + segment->p_memsz + PAGE - 1) & page;
	char rights[5] = "---p";

	if ((segment->p_flags & PF_R) != 0)
		rights[0] = 'r';
	if ((segment->p_flags & PF_W) != 0)
		rights[1] = 'w';
	if ((segment->p_flags & PF_X) != 0)
		rights[2] = 'x';
	if (segment->p_filesz > 0 && in_file > start)
		(void)fprintf(to, "%" PRIx64 "-%" PRIx64 " %s %" PRIx64 " 00:00 1 %s\n", start,
			in_file, rights, segment->p_offset & page, path);
	if (end > in_file)
		(void)fprintf(to, "%" PRIx64 "-%" PRIx64 " %s 0 00:00 0\n",
			segment->p_filesz > 0 ? in_file : start, end, rights);
}

static void print_file(const struct gdb_run *run, FILE *to, Elf *elf)
{
	const uint64_t sp = upset_state_word(&run->before, run->isa->sp);
	bool stack_is_apart = sp > STACK_BELOW;
	uint64_t bias = 0;
	GElf_Ehdr header;
	size_t count = 0;

	if (gelf_getehdr(elf, &header) == NULL || elf_getphdrnum(elf, &count) != 0)
		return;
	if (header.e_type == ET_DYN)
		bias = run->entry - header.e_entry;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr segment;

		if (gelf_getphdr(elf, (int)i, &segment) == NULL || segment.p_type != PT_LOAD)
			continue;
		print_segment(to, &segment, bias, run->path);
		stack_is_apart &= sp + STACK_ABOVE < segment.p_vaddr + bias ||
				  sp - STACK_BELOW > segment.p_vaddr + bias + segment.p_memsz;
	}
	if (stack_is_apart)
		(void)fprintf(to, "%" PRIx64 "-%" PRIx64 " rw-p 0 00:00 0 [stack]\n",
			(sp - STACK_BELOW) & ~(uint64_t)(PAGE - 1),
			(sp + STACK_ABOVE) & ~(uint64_t)(PAGE - 1));
}

static int read_segments(struct gdb_run *run)
{
	const int file = open(run->path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	Elf *elf;
	int result = -ENOMEM;

	(void)elf_version(EV_CURRENT);
	elf = file < 0 ? NULL : elf_begin(file, ELF_C_READ, NULL);
	if (to != NULL && elf != NULL)
		print_file(run, to, elf);
	if (to != NULL && fclose(to) == 0)
		result = size > 0 ? take_text(run, text, size) : 0;
	(void)elf_end(elf);
	if (file >= 0)
		(void)close(file);
	free(text);
	return result;
}

/* --- by the stub ------------------------------------------------------------------------------ */

int gdb_maps_text(struct gdb_run *run, char **text, size_t *size)
{
	char path[64];

	if (run->stub.process == 0)
		return -ENOTSUP;
	(void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/maps", run->stub.process);
	return gdb_stub_file(&run->stub, path, text, size);
}

/* -ENOTSUP: it does not tell. */
static int read_told(struct gdb_run *run)
{
	char *text;
	size_t size;
	int result = gdb_maps_text(run, &text, &size);

	if (result != 0)
		return result;
	result = size > 0 ? take_text(run, text, size) : -ENOTSUP;
	free(text);
	return result;
}

int gdb_maps_read(struct gdb_run *run)
{
	int result;

	run->area_count = 0;
	run->maps_changed = false;
	result = run->maps_untold ? -ENOTSUP : read_told(run);
	if (result == 0)
		return 0;
	run->maps_untold = true;
	if (result != -ENOTSUP && result != -ENOENT && result != -ENOMEM)
		return gdb_stub_error(&run->stub, result, run->error);
	if (result != -ENOMEM)
		result = read_segments(run);
	return result == 0 ? 0
			   : upset_error_set(
				     run->error, -result, "no memory for the program's memory map");
}

/* --- finding ---------------------------------------------------------------------------------- */

static const struct gdb_area *search(const struct gdb_run *run, uint64_t address)
{
	size_t low = 0, high = run->area_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (run->areas[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == run->area_count || run->areas[low].start > address)
		return NULL;
	return &run->areas[low];
}

int gdb_maps_find(struct gdb_run *run, uint64_t address, const struct gdb_area **area)
{
	int result = run->maps_changed ? gdb_maps_read(run) : 0;

	*area = result == 0 ? search(run, address) : NULL;
	return result;
}
