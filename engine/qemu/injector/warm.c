/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fewer page faults in copies: see warm.h. */
#include "engine/qemu/injector/warm.h"

/* <link.h> finds QEMU's <elf.h>, which wants these. */
#include <stdint.h>

#include <link.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, UNIT = 8, LARGEST = 64 * 1024 };

/* --- files ------------------------------------------------------------------------------------ */

/*
 * Linux's fork() leaves out the page tables of private mappings of files in which nothing was
 * ever written.  So write what is there already.  Where that is forbidden, copies just take longer.
 */
static void write_in_segment(uintptr_t start, const ElfW(Phdr) * segment)
{
	uintptr_t first = (start + segment->p_vaddr) & ~(uintptr_t)(PAGE - 1);
	size_t size = start + segment->p_vaddr + segment->p_memsz - first;
	int protection = (segment->p_flags & PF_R ? PROT_READ : 0) |
			 (segment->p_flags & PF_X ? PROT_EXEC : 0);
	volatile unsigned char *byte = (volatile unsigned char *)first;

	if (mprotect((void *)first, size, protection | PROT_WRITE) != 0)
		return;
	*byte = *byte;
	(void)mprotect((void *)first, size, protection);
}

static int write_in_object(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size, (void)data;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && segment->p_flags & PF_R &&
			!(segment->p_flags & PF_W))
			write_in_segment(info->dlpi_addr, segment);
	}
	return 0;
}

void warm_files(void)
{
	(void)dl_iterate_phdr(write_in_object, NULL);
}

/* --- heap ------------------------------------------------------------------------------------- */

/* Allocate what is free below @top in pieces of @size bytes, for good; at most @most bytes. */
static size_t take_gaps(size_t size, const char *top, size_t most)
{
	size_t taken = 0;

	while (taken + size <= most) {
		char *gap = malloc(size);

		if (gap == NULL || gap >= top) {
			free(gap);
			break;
		}
		taken += size;
	}
	return taken;
}

void warm_heap(void)
{
	struct mallinfo2 info = mallinfo2();
	const char *top = (char *)sbrk(0) - info.keepcost;
	size_t left = info.arena;

	for (size_t size = LARGEST; size >= UNIT && left > 0; size -= UNIT)
		left -= take_gaps(size, top, left);
}
