/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor as oracle, or what emulates it.  Runs random encodings of every
 * instruction of a table of rows on random states and checks their rows: nothing
 * changes outside the write rows, what is written depends on nothing outside the
 * read rows, memory arguments are where and as wide as they say, effects are what
 * is computed; and what the table does not have is no instruction.  A program of that
 * instruction set that needs nothing but the C library; see black_box.sh.  With
 * --some a processor need not have all of them.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/isa/effects.h"
#include "tests/isa/machine.h"
#include "tests/isa/random.h"

enum { TRIES = 2000, RUNS_OF_ALL = 12000, RUNS_LEAST = 5, STRAYS = 4000 };

/* All that rows can name, or a mask of bits in it. */
struct image {
	struct upset_state registers;
	uint8_t memory[MACHINE_WINDOW];
};

struct masks {
	struct image read, written, fixed;
};

static unsigned int failures;
static struct image before, after, varied, after_varied;

/* --- random states ------------------------------------------------------------------ */

/* A double, a single in its box, or anything. */
static uint64_t random_float(void)
{
	double number = (double)(int64_t)(random_next() % 2000) / 7 - 100;
	float single = (float)number;
	uint32_t low;
	uint64_t value;

	switch (random_next() % 3) {
	case 0:
		return random_number();
	case 1:
		memcpy(&value, &number, sizeof(value));
		return value;
	default:
		memcpy(&low, &single, sizeof(low));
		return low | UINT64_C(0xffffffff) << 32;
	}
}

static void fill_resource(struct upset_state *state, unsigned int resource)
{
	const struct upset_resource *r = &machine_isa->resources[resource];
	const bool is_float = r->kind == UPSET_RESOURCE_FLOAT || r->kind == UPSET_RESOURCE_VECTOR;

	for (unsigned int at = 0; at < r->bits; at += 64) {
		uint64_t value = is_float ? random_float() : random_number();

		upset_state_put(state, resource, at, r->bits - at < 64 ? r->bits - at : 64,
			(const uint8_t *)&value);
	}
}

/* Registers that rows can name. */
static bool is_compared(unsigned int resource)
{
	switch (machine_isa->resources[resource].kind) {
	case UPSET_RESOURCE_GENERAL:
	case UPSET_RESOURCE_FLAG:
	case UPSET_RESOURCE_FLOAT:
	case UPSET_RESOURCE_VECTOR:
	case UPSET_RESOURCE_CONTROL:
		return true;
	default:
		return false;
	}
}

static void fill(struct image *image)
{
	memset(image, 0, sizeof(*image));
	upset_state_init(&image->registers, machine_isa);
	for (unsigned int r = 0; r < machine_isa->resource_count; r++) {
		if (is_compared(r))
			fill_resource(&image->registers, r);
	}
	machine_limit(&image->registers);
	for (unsigned int i = 0; i < MACHINE_WINDOW; i += 8) {
		uint64_t value = i % 16 ? random_number() : random_float();

		memcpy(image->memory + i, &value, sizeof(value));
	}
}

/* Change bits that are neither read nor have to stay. */
static void flip_outside(struct image *image, const struct masks *masks)
{
	struct image other;

	fill(&other);
	for (unsigned int i = 0; i < machine_isa->state_bytes; i++) {
		unsigned char keep =
			masks->read.registers.image[i] | masks->fixed.registers.image[i];

		image->registers.image[i] = (unsigned char)((image->registers.image[i] & keep) |
							    (other.registers.image[i] & ~keep));
	}
	for (unsigned int i = 0; i < MACHINE_WINDOW; i++) {
		unsigned char keep = masks->read.memory[i] | masks->fixed.memory[i];

		image->memory[i] ^= (unsigned char)(random_next() & ~(unsigned int)keep);
	}
}

/* --- comparing ------------------------------------------------------------------------ */

static void report(const struct upset_insn *insn, const char *what, const char *where)
{
	char text[64] = "";

	failures++;
	machine_isa->format(insn, text, sizeof(text));
	printf("%02x%02x%02x%02x %s: %s %s\n", insn->bytes[3], insn->bytes[2], insn->bytes[1],
		insn->bytes[0], text, what, where);
}

static bool differ(const unsigned char *a, const unsigned char *b, const unsigned char *mask,
	size_t size, bool within)
{
	for (size_t i = 0; i < size; i++) {
		if ((a[i] ^ b[i]) & (within ? mask[i] : (unsigned char)~mask[i]))
			return true;
	}
	return false;
}

/* What differs between @a and @b within, or else outside of, @mask; NULL: nothing. */
static const char *difference(const struct image *a, const struct image *b,
	const struct image *mask, unsigned int kept, bool within)
{
	unsigned char x[64], y[64], m[64];

	for (unsigned int r = 0; r < machine_isa->resource_count; r++) {
		const unsigned int bits = machine_isa->resources[r].bits;

		if (!is_compared(r) || r == kept)
			continue;
		upset_state_get(&a->registers, r, 0, bits, x);
		upset_state_get(&b->registers, r, 0, bits, y);
		upset_state_get(&mask->registers, r, 0, bits, m);
		if (differ(x, y, m, (bits + 7) / 8, within))
			return machine_isa->resources[r].name;
	}
	if (differ(a->memory, b->memory, mask->memory, MACHINE_WINDOW, within))
		return "memory";
	return NULL;
}

/* --- running -------------------------------------------------------------------------- */

static bool names(const struct upset_insn *insn, unsigned int reg)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		if (insn->operands[i].resource == reg)
			return true;
	}
	return false;
}

static int run(const struct upset_insn *insn, unsigned int kept, const struct image *from,
	struct image *to)
{
	uint8_t code[MACHINE_CODE_MAX];
	size_t size = machine_code(insn, code);
	int number;

	memcpy(machine_window(), from->memory, MACHINE_WINDOW);
	*to = *from;
	number = machine_run(code, size, kept, &from->registers, &to->registers);
	memcpy(to->memory, machine_window(), MACHINE_WINDOW);
	return number;
}

/* Where the memory argument begins in the window: it ends where that does. */
static size_t place_of(const struct upset_memory *m)
{
	return MACHINE_WINDOW - m->bits / 8;
}

/* Let the memory argument end @beyond bytes behind the end of the page; false: it cannot. */
static bool place(const struct upset_insn *insn, struct image *image, unsigned int beyond)
{
	const struct upset_memory *m = &insn->memory[0];
	const uint64_t wanted = (uintptr_t)machine_window() + place_of(m) + beyond;
	uint64_t base;

	if (insn->memory_count == 0)
		return true;
	if (m->base == UPSET_RESOURCE_NONE || m->cleared_bits) {
		if (m->base != UPSET_RESOURCE_NONE)
			upset_state_set_word(&image->registers, m->base,
				wanted + random_next() % (UINT64_C(1) << m->cleared_bits));
		return upset_state_address(&image->registers, m) == wanted;
	}
	base = upset_state_word(&image->registers, m->base);
	upset_state_set_word(&image->registers, m->base,
		base + wanted - upset_state_address(&image->registers, m));
	return upset_state_address(&image->registers, m) == wanted;
}

/* --- rows to masks ---------------------------------------------------------------------- */

static void set_bits(uint8_t *bytes, unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < first + count; i++)
		bytes[i / 8] |= (uint8_t)(1u << i % 8);
}

static void mask_row(
	const struct upset_insn *insn, const struct upset_operand *row, struct masks *masks)
{
	struct image *mask = row->access == UPSET_READ ? &masks->read : &masks->written;
	const struct upset_resource *r = &machine_isa->resources[row->resource];
	unsigned int bits = row->bits;

	if (row->resource == UPSET_MEMORY) {
		set_bits(mask->memory + place_of(&insn->memory[row->memory]), 0, bits);
		/* What a conditional write leaves alone keeps its value: do not vary it. */
		if (row->conditional)
			memcpy(masks->fixed.memory, mask->memory, MACHINE_WINDOW);
		return;
	}
	if (row->zero_extends)
		bits = r->bits - row->bit_offset;
	set_bits(mask->registers.image + r->offset, r->flag_bit + row->bit_offset, bits);
}

static void make_masks(const struct upset_insn *insn, struct masks *masks)
{
	memset(masks, 0, sizeof(*masks));
	masks->read.registers.isa = masks->written.registers.isa = machine_isa;
	masks->fixed.registers.isa = machine_isa;
	for (unsigned int i = 0; i < insn->operand_count; i++)
		mask_row(insn, &insn->operands[i], masks);
}

/* --- checks ------------------------------------------------------------------------------- */

static struct effects_state effects_state(const struct upset_insn *insn, const struct image *image)
{
	struct effects_state state = {.registers = &image->registers};

	for (unsigned int m = 0; m < insn->memory_count; m++)
		state.memory[m] = image->memory + place_of(&insn->memory[m]);
	return state;
}

static void check_effects(const struct upset_insn *insn)
{
	const struct effects_state from = effects_state(insn, &before);
	const struct effects_state to = effects_state(insn, &after);
	const char *where, *what = effects_wrong(insn, &from, &to, &where);

	if (what)
		report(insn, what, where);
}

/* One random state and a variation of it: 0, or the signal that kept it from running. */
static int check_once(const struct upset_insn *insn, unsigned int kept)
{
	static struct masks masks;
	const char *where;
	int number;

	fill(&before);
	if (!place(insn, &before, 0))
		return SIGSEGV;
	number = run(insn, kept, &before, &after);
	if (number)
		return number;
	make_masks(insn, &masks);
	where = difference(&before, &after, &masks.written, kept, false);
	if (where)
		report(insn, "changes outside of its write rows", where);
	check_effects(insn);
	varied = before;
	flip_outside(&varied, &masks);
	if (run(insn, kept, &varied, &after_varied)) {
		report(insn, "raises a signal depending on", "what it does not read");
		return 0;
	}
	where = difference(&after, &after_varied, &masks.written, kept, true);
	if (where)
		report(insn, "depends on what it does not read in", where);
	return 0;
}

/* An argument that begins one byte later must leave its page. */
static void check_width(const struct upset_insn *insn, unsigned int kept)
{
	/* Emulators may end at an atomic access that is not aligned; blocks always are. */
	if (insn->memory_count == 0 || (insn->classes & UPSET_CLASS_LOCK) ||
		insn->memory[0].cleared_bits || insn->memory[0].absolute)
		return;
	fill(&before);
	if (place(insn, &before, 1) && !run(insn, kept, &before, &after))
		report(insn, "accesses less than its", "memory argument");
}

static unsigned int pick_kept(const struct upset_insn *insn)
{
	const unsigned int count = machine_last_kept - machine_first_kept + 1;
	unsigned int kept;

	do
		kept = machine_first_kept + (unsigned int)(random_next() % count);
	while (names(insn, kept));
	return kept;
}

/* A random encoding with these bits fixed that can be run; false: there is none. */
static bool pick(struct upset_insn *insn, uint32_t mask, uint32_t match, size_t size)
{
	for (unsigned int i = 0; i < TRIES; i++) {
		uint32_t word = machine_adjust(((uint32_t)random_next() & ~mask) | match, mask);
		uint8_t bytes[4];

		memcpy(bytes, &word, 4);
		if (!machine_isa->decode(insn, 0, machine_address(), bytes, size) &&
			machine_can_run(insn))
			return true;
	}
	return false;
}

/* Some encodings: 1, 0 when they cannot be run here, -1 when that is as it should be. */
static int check_encodings(uint32_t mask, uint32_t match, size_t size, unsigned int wanted)
{
	unsigned int runs = 0, failures_before = failures;
	struct upset_insn insn;
	bool illegal = false;

	for (unsigned int i = 0; i < TRIES && runs < wanted && failures == failures_before; i++) {
		int number;

		if (!pick(&insn, mask, match, size))
			return -1;
		number = check_once(&insn, pick_kept(&insn));
		illegal |= number == SIGILL;
		if (number == 0) {
			runs++;
			check_width(&insn, pick_kept(&insn));
		} else if (runs == 0 && i == TRIES / 10) {
			break;
		}
	}
	if (runs == 0)
		report(&insn, "cannot be", "run");
	else if (illegal)
		report(&insn, "is no instruction", "with other fields");
	failures -= runs == 0; /* which counts apart */
	return runs > 0;
}

/* What is near an instruction, and none, raises SIGILL. */
static void check_stray(void)
{
	const struct table_insn *insn =
		&machine_table->insns[random_next() % machine_table->insn_count];
	uint32_t word = ((uint32_t)random_next() & ~insn->mask) | insn->match;
	struct upset_insn decoded = {0};

	for (unsigned int flips = 1 + (unsigned int)(random_next() % 3); flips > 0; flips--)
		word ^= UINT32_C(1) << random_next() % 32;
	word = machine_adjust(word, 0);
	memcpy(decoded.bytes, &word, 4);
	decoded.size = 4;
	if (machine_isa->decode(&decoded, 0, machine_address(), decoded.bytes, 4) != -EILSEQ)
		return;
	fill(&before);
	memcpy(decoded.bytes, &word, 4);
	decoded.size = 4;
	if (run(&decoded, machine_last_kept, &before, &after) != SIGILL) {
		failures++;
		printf("%08x is no instruction here, but can be run\n", word);
	}
}

int main(int argc, char **argv)
{
	unsigned int checked = 0, missed = 0, runs;
	bool all = argc < 2 || strcmp(argv[1], "--some") != 0;

	runs = RUNS_OF_ALL / (machine_table->insn_count + machine_table->short_count);
	if (runs < RUNS_LEAST)
		runs = RUNS_LEAST;
	machine_open();
	for (unsigned int i = 0; i < machine_table->insn_count; i++) {
		const struct table_insn *insn = &machine_table->insns[i];
		int result = check_encodings(insn->mask, insn->match, 4, runs);

		checked += result > 0;
		missed += result == 0;
	}
	for (unsigned int i = 0; i < machine_table->short_count; i++) {
		const struct table_short *s = &machine_table->shorts[i];
		int result = check_encodings(s->mask | 0xffff0000, s->match, 2, runs);

		checked += result > 0;
		missed += result == 0;
	}
	for (unsigned int i = 0; i < STRAYS && all; i++)
		check_stray();
	printf("%u instructions checked, %u could not be run, %u failures\n", checked, missed,
		failures);
	return failures || (all && missed) ? EXIT_FAILURE : EXIT_SUCCESS;
}
