/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash of a program's state: two runs with the same one go on in the same way. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/injector/messages.h"
#include "engine/qemu/injector/state.h"
#include "engine/ranges.h"
#include "isa/isa.h"

enum {
	LANES = 4,
	MEMORY_MOST = 64 << 20, /* bytes; with more it is not worth the time */
	PAGES_MOST = 4 << 20,	/* of a mapping, that is of what is only reserved, too */
};

struct hash {
	uint64_t lanes[LANES];
	uint64_t bytes;
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)(a ^ 0x9e3779b97f4a7c15ULL) * (b ^ 0xbf58476d1ce4e5b9ULL);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* @size is a multiple of 8. */
static void add(struct hash *h, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
		unsigned int lane = (unsigned int)(i / sizeof(uint64_t)) % LANES;
		uint64_t word;

		memcpy(&word, bytes + i, sizeof(word));
		h->lanes[lane] = mix(h->lanes[lane], word + lane);
	}
	h->bytes += size;
}

/* Where the thread is the place tells at which states are compared. */
static bool is_hashed(const struct upset_isa *isa, unsigned int resource)
{
	switch (isa->resources[resource].kind) {
	case UPSET_RESOURCE_GENERAL:
	case UPSET_RESOURCE_VECTOR:
	case UPSET_RESOURCE_FLOAT:
	case UPSET_RESOURCE_CONTROL:
		return true;
	case UPSET_RESOURCE_HIDDEN:
		return resource != isa->pc && resource != isa->next_pc;
	default:
		return false;
	}
}

static void add_registers(struct hash *h, const struct upset_inject_state *state)
{
	const struct upset_isa *isa = state->isa;
	uint8_t value[UPSET_INJECT_BYTES];
	uint64_t flags = 0;

	for (unsigned int r = 0; r < isa->resource_count; r++) {
		if (!is_hashed(isa, r))
			continue;
		memset(value, 0, sizeof(value));
		(void)state->read_register(state->context, r, value);
		add(h, value, (size_t)(isa->resources[r].bits + 63U) / 64 * 8);
	}
	/* QEMU may not have worked them out where registers lie. */
	if (isa->flags != UPSET_RESOURCE_NONE)
		flags = qemu_plugin_read_flags();
	add(h, (const uint8_t *)&flags, sizeof(flags));
}

/* --- pages ------------------------------------------------------------------------------------ */

enum { PAGE = 4096, PAGES_AT_ONCE = 512 };

/* What the kernel tells of a page: see its Documentation/admin-guide/mm/pagemap.rst. */
static const uint64_t page_there = 3ULL << 62, page_of_file = 1ULL << 61;

struct walk {
	struct hash *hash;
	const struct upset_inject_state *state;
	int pagemap;	/* -1: the kernel has none, or addresses are not those of the host */
	uint8_t *piece; /* PAGE bytes */
};

static bool add_page(struct walk *w, uint64_t address)
{
	static const uint8_t zeros[PAGE];

	if (w->hash->bytes > MEMORY_MOST ||
		!w->state->read_memory(w->state->context, address, w->piece, PAGE))
		return false;
	/* One that was never touched is like one that holds zeros. */
	if (memcmp(w->piece, zeros, PAGE) == 0)
		return true;
	add(w->hash, (const uint8_t *)&address, sizeof(address));
	add(w->hash, w->piece, PAGE);
	return true;
}

/* Whether a page can be other than it was in its file, or than zeros. */
static bool is_of_interest(const struct upset_range *range, uint64_t page)
{
	if (range->writable && range->inode != 0)
		return true;
	if (range->writable)
		return (page & page_there) != 0;
	return (page & page_there) != 0 && (page & page_of_file) == 0;
}

static bool add_range(struct walk *w, const struct upset_range *range)
{
	uint64_t pages[PAGES_AT_ONCE];
	uint64_t count = (range->end - range->start) / PAGE;

	if (count > PAGES_MOST)
		return false;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t at = range->start + i * PAGE, k = i % PAGES_AT_ONCE;
		uint64_t n = count - i < PAGES_AT_ONCE ? count - i : PAGES_AT_ONCE;
		off_t from = (off_t)(at / PAGE * sizeof(pages[0]));

		if (w->pagemap < 0)
			pages[k] = page_there;
		else if (k == 0 && pread(w->pagemap, pages, n * sizeof(pages[0]), from) !=
					   (ssize_t)(n * sizeof(pages[0])))
			return false;
		if (is_of_interest(range, pages[k]) && !add_page(w, at))
			return false;
	}
	return true;
}

/* The stack from the stack pointer on, or what is behind it is the same by chance alone. */
static bool add_stack(struct walk *w, uint64_t from)
{
	uint64_t end = (from + PAGE) & ~(uint64_t)(PAGE - 1);

	if (!w->state->read_memory(w->state->context, from, w->piece, (size_t)(end - from)))
		return false;
	add(w->hash, (const uint8_t *)&from, sizeof(from));
	add(w->hash, w->piece, (size_t)(end - from));
	return true;
}

/* The next mapping that can be read; without its path. */
static bool next_range(FILE *maps, struct upset_range *range)
{
	char line[512];

	while (fgets(line, sizeof(line), maps) != NULL) {
		if (upset_range_read(line, range) && range->readable) {
			range->path = NULL;
			return true;
		}
	}
	return false;
}

/* All memory that the program has changed, code included. */
static bool add_mappings(struct walk *w, FILE *maps)
{
	struct upset_range range;
	uint64_t stack = 0;
	bool whole =
		w->state->read_register(w->state->context, w->state->isa->sp, (uint8_t *)&stack);

	stack = (stack - w->state->isa->red_zone_bytes) & ~7ULL;
	while (whole && next_range(maps, &range)) {
		if (range.writable && range.start <= stack && stack < range.end) {
			whole = add_stack(w, stack);
			range.start = (stack + PAGE) & ~(uint64_t)(PAGE - 1);
		}
		whole = whole && add_range(w, &range);
	}
	return whole;
}

/* The program's addresses are QEMU's own where nothing had to be moved. */
static int open_pagemap(const struct upset_inject_state *state, uint64_t pc)
{
	uint8_t seen[16], own[16];
	int fd;
	const struct iovec to = {own, sizeof(own)};
	const struct iovec from = {(void *)(uintptr_t)pc, sizeof(own)};

	if (!state->read_memory(state->context, pc, seen, sizeof(seen)) ||
		process_vm_readv(getpid(), &to, 1, &from, 1, 0) != sizeof(own) ||
		memcmp(seen, own, sizeof(own)) != 0)
		return -1;
	apart_lift_limits();
	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	apart_put_back_limits();
	return fd;
}

uint64_t injector_hash_state(struct thread *thread)
{
	const struct upset_inject_state state = injector_state(thread);
	struct hash h = {{1, 2, 3, 4}, 0};
	struct walk w = {&h, &state, -1, malloc(PAGE)};
	int fd = injector_write_maps();
	FILE *maps = fdopen(fd, "r");
	bool whole = maps != NULL && w.piece != NULL;
	uint64_t value;

	if (whole) {
		w.pagemap = open_pagemap(&state, injector_program_counter(thread));
		(void)fseek(maps, 0, SEEK_SET);
		add_registers(&h, &state);
		whole = add_mappings(&w, maps);
	}
	if (maps != NULL)
		(void)fclose(maps);
	else
		(void)close(fd);
	if (w.pagemap >= 0)
		(void)close(w.pagemap);
	free(w.piece);
	value = mix(mix(h.lanes[0], h.lanes[1]), mix(h.lanes[2], h.lanes[3]));
	return !whole ? 0 : value != 0 ? value : 1;
}
