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

static bool add_memory(struct hash *h, const struct upset_inject_state *state, uint64_t start,
	uint64_t end, uint8_t *piece)
{
	uint64_t place[2] = {start, end};

	add(h, (const uint8_t *)place, sizeof(place));
	for (size_t n; start < end; start += n) {
		n = end - start < PIECE ? end - start : PIECE;
		if (h->bytes > MEMORY_MOST || !state->read_memory(state->context, start, piece, n))
			return false;
		add(h, piece, n);
	}
	return true;
}

static bool add_mappings(struct hash *h, const struct upset_inject_state *state, FILE *maps)
{
	uint64_t start, end, stack = 0;
	uint8_t *piece = malloc(PIECE);
	char line[512], permissions[8];
	bool whole =
		piece != NULL && state->read_register(state->context, UPSET_RSP, (uint8_t *)&stack);

	stack = (stack - RED_ZONE) & ~7ULL;
	while (whole && fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &start, &end, permissions) != 3 ||
			permissions[1] != 'w')
			continue;
		if (start <= stack && stack < end)
			start = stack;
		whole = add_memory(h, state, start, end, piece);
	}
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
