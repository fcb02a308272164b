/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor as oracle, or what emulates it.  Runs random encodings of every
 * instruction of riscv.rows on random states and checks their rows: nothing
 * changes outside the write rows, what is written depends on nothing outside the
 * read rows, and memory arguments are where and as wide as they say.  A program of
 * RISC-V that needs nothing but the C library; see host.sh.  With --some a processor
 * need not have all of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "isa/riscv/internal.h"
#include "isa/state.h"
#include "tests/isa/random.h"

enum { RUNS = 60, TRIES = 2000 };

/* All that rows can name, or a mask of bits in it. */
struct image {
	uint64_t x[32], f[32];
	uint64_t fcsr;
	uint8_t memory[HOST_WINDOW];
};

struct masks {
	struct image read, written, fixed;
};

static unsigned int failures;

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

/* Any exceptions so far, a rounding mode that is one. */
static void fill(struct image *image)
{
	for (unsigned int i = 1; i < 32; i++)
		image->x[i] = random_number();
	image->x[0] = 0;
	for (unsigned int i = 0; i < 32; i++)
		image->f[i] = random_float();
	image->fcsr = random_next() % 32 | random_next() % 5 << 5;
	for (unsigned int i = 0; i < HOST_WINDOW; i += 8) {
		uint64_t value = i % 16 ? random_number() : random_float();

		memcpy(image->memory + i, &value, sizeof(value));
	}
}

static void flip_outside(struct image *image, const struct masks *masks)
{
	const uint8_t *keep = (const uint8_t *)&masks->read, *also = (const uint8_t *)&masks->fixed;
	uint8_t *bytes = (uint8_t *)image;

	for (size_t i = 0; i < sizeof(*image); i++)
		bytes[i] ^= (uint8_t)(random_next() & ~((unsigned int)keep[i] | also[i]));
	image->x[0] = 0;
	image->fcsr &= 0xff;
}

/* The first byte in which @a and @b differ within, or else outside of, @mask; -1: none. */
static long difference(
	const struct image *a, const struct image *b, const struct image *mask, bool within)
{
	const uint8_t *x = (const uint8_t *)a, *y = (const uint8_t *)b, *m = (const uint8_t *)mask;

	for (size_t i = 0; i < sizeof(*a); i++) {
		if ((x[i] ^ y[i]) & (within ? m[i] : (uint8_t)~m[i]))
			return (long)i;
	}
	return -1;
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

/* A store conditional has its reservation taken just before it. */
static size_t make_code(const struct upset_insn *insn, uint8_t code[8])
{
	uint32_t load;

	memcpy(code, insn->bytes, insn->size);
	if (insn->memory_count == 0 || !insn->operands[insn->operand_count - 1].resource ||
		strncmp(riscv_table.insns[insn->form].name, "sc.", 3) != 0)
		return insn->size;
	load = 0x1000002f | (uint32_t)insn->memory[0].base << 15 |
	       (insn->memory[0].bits == 64 ? 3u : 2u) << 12; /* lr zero, (base) */
	memcpy(code, &load, 4);
	memcpy(code + 4, insn->bytes, 4);
	return 8;
}

static int run(const struct upset_insn *insn, unsigned int kept, const struct image *before,
	struct image *after)
{
	struct host_state in = {.fcsr = before->fcsr}, out;
	uint8_t code[8];
	size_t size = make_code(insn, code);
	int number;

	memcpy(in.x, before->x, sizeof(in.x));
	memcpy(in.f, before->f, sizeof(in.f));
	memcpy(host_window(), before->memory, HOST_WINDOW);
	number = host_run(code, size, kept, &in, &out);
	if (number)
		return number;
	memcpy(after->x, out.x, sizeof(out.x));
	memcpy(after->f, out.f, sizeof(out.f));
	after->fcsr = out.fcsr;
	memcpy(after->memory, host_window(), HOST_WINDOW);
	return 0;
}

/* Let the memory argument end @beyond bytes behind the end of the page. */
static bool place(const struct upset_insn *insn, struct image *image, unsigned int beyond)
{
	const struct upset_memory *m = &insn->memory[0];

	if (insn->memory_count == 0)
		return true;
	if (m->base == UPSET_RESOURCE_NONE)
		return false;
	image->x[m->base] = (uintptr_t)host_window() + HOST_WINDOW - m->bits / 8 + beyond -
			    (uint64_t)m->displacement;
	return true;
}

/* --- rows to masks ---------------------------------------------------------------------- */

static void set_bits(void *bytes, unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < first + count; i++)
		((uint8_t *)bytes)[i / 8] |= (uint8_t)(1u << i % 8);
}

static void mask_row(const struct upset_operand *row, struct masks *masks)
{
	struct image *mask = row->access == UPSET_READ ? &masks->read : &masks->written;

	if (row->resource == UPSET_MEMORY) {
		set_bits(mask->memory + HOST_WINDOW - row->bits / 8, 0, row->bits);
		/* What a conditional write leaves alone keeps its value: do not vary it. */
		if (row->conditional)
			memcpy(masks->fixed.memory, mask->memory, HOST_WINDOW);
	} else if (row->resource == RISCV_FFLAGS) {
		set_bits(&mask->fcsr, 0, row->bits);
	} else if (row->resource == RISCV_FRM) {
		set_bits(&mask->fcsr, 5, row->bits);
	} else if (row->resource >= RISCV_F0) {
		set_bits(&mask->f[row->resource - RISCV_F0], row->bit_offset, row->bits);
	} else {
		set_bits(&mask->x[row->resource], row->bit_offset, row->bits);
	}
}

/* --- checks ------------------------------------------------------------------------------- */

static void report(const struct upset_insn *insn, const char *what, long byte)
{
	static const char *const parts[] = {"x", "f", "fcsr"};
	char text[64] = "";
	long word = byte / 8;

	failures++;
	riscv_format(insn, text, sizeof(text));
	if (word <= 64)
		printf("%s: %s: %s%ld, byte %ld\n", text, what, parts[word / 32], word % 32,
			byte % 8);
	else
		printf("%s: %s: memory, byte %ld\n", text, what,
			byte - (long)offsetof(struct image, memory) - HOST_WINDOW);
}

static struct image before, after, varied, after_varied;

/* The value of a row of at most 64 bits, or of the whole register that it is in. */
static uint64_t value_of(const struct image *image, const struct upset_operand *row, bool whole)
{
	uint64_t value = 0;

	if (row->resource == UPSET_MEMORY) {
		memcpy(&value, image->memory + HOST_WINDOW - row->bits / 8, row->bits / 8);
		return value;
	}
	value = row->resource >= RISCV_F0 ? image->f[row->resource - RISCV_F0]
					  : image->x[row->resource];
	return whole || row->bits == 64 ? value : value & ((UINT64_C(1) << row->bits) - 1);
}

static uint64_t input(const struct upset_insn *insn, uint8_t from)
{
	if (from == UPSET_FROM_IMMEDIATE)
		return insn->immediate;
	return from == UPSET_FROM_ZERO ? 0 : value_of(&before, &insn->operands[from], false);
}

static uint64_t derived(const struct upset_insn *insn, const struct upset_effect *e)
{
	uint64_t a = input(insn, e->a), b = input(insn, e->b);

	switch (e->derive) {
	case UPSET_DERIVE_ADD:
		return a + b;
	case UPSET_DERIVE_SUB:
		return a - b;
	case UPSET_DERIVE_AND:
		return a & b;
	case UPSET_DERIVE_OR:
		return a | b;
	case UPSET_DERIVE_XOR:
		return a ^ b;
	case UPSET_DERIVE_SHL:
		return a << e->amount;
	case UPSET_DERIVE_SHR:
		return a >> e->amount;
	case UPSET_DERIVE_SAR:
		return (uint64_t)((int64_t)a >> e->amount);
	case UPSET_DERIVE_SIGN_EXTEND:
		return (uint64_t)((int64_t)(a << (64 - e->bits)) >> (64 - e->bits));
	case UPSET_DERIVE_ADDRESS:
		return a + (b << e->amount) + e->value;
	default: /* UPSET_DERIVE_ZERO_EXTEND */
		return a;
	}
}

/* What the instruction says that it computes is what it leaves. */
static void check_effect(const struct upset_insn *insn)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];
		const struct upset_effect *e = &insn->effects[row->effect];
		uint64_t value;

		if (row->effect == UPSET_NO_EFFECT)
			continue;
		if (e->kind == UPSET_EFFECT_CONSTANT)
			value = e->value;
		else if (e->kind == UPSET_EFFECT_COPY)
			value = input(insn, e->a);
		else
			value = derived(insn, e);
		if (value != value_of(&after, row, true))
			report(insn, "computes another value than it says", 0);
	}
}

/* One random state and a variation of it: false when it could not be run. */
static bool check_once(const struct upset_insn *insn, unsigned int kept)
{
	struct masks masks;
	long byte;

	fill(&before);
	if (!place(insn, &before, 0) || run(insn, kept, &before, &after))
		return false;
	memset(&masks, 0, sizeof(masks));
	for (unsigned int i = 0; i < insn->operand_count; i++)
		mask_row(&insn->operands[i], &masks);
	byte = difference(&before, &after, &masks.written, false);
	if (byte >= 0)
		report(insn, "changes outside of its write rows", byte);
	check_effect(insn);
	varied = before;
	flip_outside(&varied, &masks);
	if (run(insn, kept, &varied, &after_varied)) {
		report(insn, "raises a signal depending on what it does not read", 0);
		return true;
	}
	byte = difference(&after, &after_varied, &masks.written, true);
	if (byte >= 0)
		report(insn, "depends on what it does not read", byte);
	return true;
}

/* An argument that begins one byte later must leave its page. */
static void check_width(const struct upset_insn *insn, unsigned int kept)
{
	/* Emulators may end at an atomic access that is not aligned. */
	if (insn->memory_count == 0 || (insn->classes & UPSET_CLASS_LOCK))
		return;
	fill(&before);
	if (place(insn, &before, 1) && !run(insn, kept, &before, &after))
		report(insn, "accesses less than its memory argument", 0);
}

/* What cannot be run so, or has another result each time; control registers with a row alone. */
static bool can_run(const struct upset_insn *insn)
{
	const char *name = riscv_table.insns[insn->form].name;

	if (insn->classes & (UPSET_CLASS_BRANCH | UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP))
		return false;
	if (strncmp(name, "csr", 3) == 0)
		return insn->classes & UPSET_CLASS_VECTOR;
	return true;
}

static unsigned int pick_kept(const struct upset_insn *insn)
{
	unsigned int kept;

	do
		kept = 5 + (unsigned int)(random_next() % 27);
	while (names(insn, kept));
	return kept;
}

/* A random encoding with these bits fixed that can be run; false: there is none. */
static bool pick(struct upset_insn *insn, uint32_t mask, uint32_t match, size_t size)
{
	for (unsigned int i = 0; i < TRIES; i++) {
		uint32_t word = ((uint32_t)random_next() & ~mask) | match;
		uint8_t bytes[4];

		/* Control registers that there are. */
		if ((word & 0x7f) == 0x73 && mask >> 20 == 0)
			word = (word & 0xfffff) | (uint32_t)(1 + random_next() % 3) << 20;
		memcpy(bytes, &word, 4);
		if (!riscv_decode(insn, 0, host_address(), bytes, size) && can_run(insn))
			return true;
	}
	return false;
}

/* Some encodings: 1, 0 when they cannot be run here, -1 when that is as it should be. */
static int check_encodings(uint32_t mask, uint32_t match, size_t size)
{
	unsigned int runs = 0, failures_before = failures;
	struct upset_insn insn;

	for (unsigned int i = 0; i < TRIES && runs < RUNS && failures == failures_before; i++) {
		if (!pick(&insn, mask, match, size))
			return -1;
		if (check_once(&insn, pick_kept(&insn))) {
			runs++;
			check_width(&insn, pick_kept(&insn));
		} else if (runs == 0 && i == TRIES / 10) {
			break;
		}
	}
	if (runs == 0) {
		char text[64] = "";

		riscv_format(&insn, text, sizeof(text));
		printf("not run: %s\n", text);
	}
	return runs > 0;
}

int main(int argc, char **argv)
{
	unsigned int checked = 0, missed = 0;
	bool all = argc < 2 || strcmp(argv[1], "--some") != 0;

	host_open();
	for (unsigned int i = 0; i < riscv_table.insn_count; i++) {
		const struct table_insn *insn = &riscv_table.insns[i];
		int result = check_encodings(insn->mask, insn->match, 4);

		checked += result > 0;
		missed += result == 0;
	}
	for (unsigned int i = 0; i < riscv_table.short_count; i++) {
		const struct table_short *s = &riscv_table.shorts[i];
		int result = check_encodings(s->mask | 0xffff0000, s->match, 2);

		checked += result > 0;
		missed += result == 0;
	}
	printf("%u instructions checked, %u could not be run, %u failures\n", checked, missed,
		failures);
	return failures || (all && missed) ? EXIT_FAILURE : EXIT_SUCCESS;
}
