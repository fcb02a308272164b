/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash of a program's state: two runs with the same one go on in the same way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/qemu/injector/injector.h"
#include "isa/isa.h"

enum {
	LANES = 4,
	PIECE = 1 << 16,	/* bytes that are read at once */
	RED_ZONE = 128,		/* bytes below the stack pointer that are in use */
	MEMORY_MOST = 64 << 20, /* bytes; with more it is not worth the time */
};

struct range {
	uint64_t start, end;
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

/* Without flags: at a system call they are in r11, elsewhere QEMU may not have worked them out. */
static void add_registers(struct hash *h, const struct upset_inject_state *state)
{
	uint8_t value[UPSET_INJECT_BYTES];

	for (unsigned int r = 0; r < UPSET_ST0; r++) {
		memset(value, 0, sizeof(value));
		if (upset_isa_resource(r) != NULL && !(r >= UPSET_CF && r <= UPSET_OF))
			(void)state->read_register(state->context, r, value);
		add(h, value, sizeof(value));
	}
}

static bool add_memory(struct hash *h, const struct upset_inject_state *state,
	const struct range *range, uint8_t *piece)
{
	const uint64_t place[2] = {range->start, range->end};

	add(h, (const uint8_t *)place, sizeof(place));
	for (uint64_t at = range->start, n; at < range->end; at += n) {
		n = range->end - at < PIECE ? range->end - at : PIECE;
		if (h->bytes > MEMORY_MOST ||
			!state->read_memory(state->context, at, piece, (size_t)n))
			return false;
		add(h, piece, (size_t)n);
	}
	return true;
}

/* The next mapping that can be read. */
static bool next_range(FILE *maps, struct range *range)
{
	char line[512], permissions[8];

	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &range->start, &range->end, permissions) == 3 &&
			permissions[0] == 'r')
			return true;
	}
	return false;
}

/*
 * All that can be read: what a fault has changed may be code.  Mappings side by
 * side count as one: the kernel unites them in one run and not in another.
 */
static bool add_mappings(struct hash *h, const struct upset_inject_state *state, FILE *maps)
{
	struct range range = {0}, next;
	uint64_t stack = 0;
	uint8_t *piece = malloc(PIECE);
	bool whole =
		piece != NULL && state->read_register(state->context, UPSET_RSP, (uint8_t *)&stack);

	stack = (stack - RED_ZONE) & ~7ULL;
	while (whole && next_range(maps, &next)) {
		if (next.start <= stack && stack < next.end)
			next.start = stack;
		if (next.start == range.end) {
			range.end = next.end;
			continue;
		}
		whole = add_memory(h, state, &range, piece);
		range = next;
	}
	whole = whole && add_memory(h, state, &range, piece);
	free(piece);
	return whole;
}

uint64_t injector_hash_state(struct thread *thread)
{
	const struct upset_inject_state state = injector_state(thread);
	struct hash h = {{1, 2, 3, 4}, 0};
	int fd = memfd_create("maps", MFD_CLOEXEC);
	FILE *maps;
	bool whole;
	uint64_t value;

	if (fd < 0)
		return 0;
	qemu_plugin_write_maps(fd);
	maps = fdopen(fd, "r");
	if (maps == NULL) {
		(void)close(fd);
		return 0;
	}
	rewind(maps);
	add_registers(&h, &state);
	whole = add_mappings(&h, &state, maps);
	(void)fclose(maps);
	value = mix(mix(h.lanes[0], h.lanes[1]), mix(h.lanes[2], h.lanes[3]));
	return !whole ? 0 : value != 0 ? value : 1;
}
