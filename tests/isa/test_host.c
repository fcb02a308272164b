/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor as oracle, or what emulates it.  Runs the instructions of instructions.txt
 * on random states and checks their rows: nothing changes outside the write rows, what is
 * written depends on nothing outside the read rows, zero-extension clears,
 * memory arguments lie where and are as wide as they say, and effects are what is
 * computed.  For x86-64 and i386.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "isa/state.h"
#include "isa/x86/x86.h"
#include "tests/isa/effects.h"
#include "tests/isa/host_insn.h"
#include "tests/isa/image.h"
#include "tests/isa/rows.h"

enum { TRIES = 4000, X87_DEPTH = 5, SIGNAL_TRIES = 3 };

static const struct upset_isa *isa;
static unsigned int wanted_runs, least;
static char **files, **command; /* files up to command - 1 */

struct masks {
	struct image read, written, zeroed, undefined, fixed;
};

/* --- running ---------------------------------------------------------------- */

static bool uses_mmx(const struct upset_insn *insn)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		if (upset_isa_resource(isa, insn->operands[i].resource)->kind == UPSET_RESOURCE_MMX)
			return true;
	}
	return false;
}

static int run_once(const struct upset_insn *insn, const struct image *before, struct image *after,
	unsigned int tops[2])
{
	struct host_task task = {.size = insn->size};
	struct host_state *state = &task.state;

	host_state_init(state, uses_mmx(insn) ? 0 : X87_DEPTH);
	memcpy(state->gpr, before->gpr, sizeof(state->gpr));
	memcpy(state->ymm, before->ymm, sizeof(state->ymm));
	state->rflags |= before->rflags;
	for (unsigned int i = 0; i < 8; i++)
		memcpy(host_x87(state, i), before->x87[i], 10);
	memcpy(task.memory, before->memory, sizeof(task.memory));
	memcpy(task.code, insn->bytes, insn->size);
	tops[UPSET_READ] = host_top(state);
	host_run(&task);
	memcpy(after->gpr, state->gpr, sizeof(state->gpr));
	memcpy(after->ymm, state->ymm, sizeof(state->ymm));
	after->rflags = state->rflags & IMAGE_FLAGS;
	for (unsigned int i = 0; i < 8; i++)
		memcpy(after->x87[i], host_x87(state, i), 10);
	memcpy(after->memory, task.memory, sizeof(task.memory));
	tops[UPSET_WRITE] = host_top(state);
	return (int)task.signal;
}

/*
 * What raises a signal is tried again: some kernels end a thread that is interrupted
 * while there is no address in its stack pointer.
 */
static int run(const struct upset_insn *insn, const struct image *before, struct image *after,
	unsigned int tops[2])
{
	int number = 0;

	for (unsigned int i = 0; i < SIGNAL_TRIES; i++) {
		number = run_once(insn, before, after, tops);
		if (number == 0)
			break;
	}
	return number;
}

static bool is_repeated(const struct upset_insn *insn)
{
	return insn->classes & UPSET_CLASS_REP;
}

/* But for x87 registers, of which nothing is computed. */
static struct upset_state state_of(const struct image *image)
{
	struct upset_state state;

	upset_state_init(&state, isa);
	upset_state_set_word(&state, isa->flags, image->rflags);
	for (unsigned int i = 0; i < 16; i++) {
		if (upset_isa_resource(isa, X86_RAX + i))
			upset_state_set_word(&state, X86_RAX + i, image->gpr[i]);
		if (upset_isa_resource(isa, X86_YMM0 + i))
			memcpy(upset_state_place(&state, X86_YMM0 + i), image->ymm[i], 32);
	}
	return state;
}

static uint64_t address_in(const struct image *image, const struct upset_memory *memory)
{
	const struct upset_state state = state_of(image);

	return upset_state_address(&state, memory);
}

/* Let argument @m end @beyond bytes behind the end of page @m (REP: lie in its middle). */
static bool place_argument(
	const struct upset_insn *insn, struct image *image, unsigned int m, unsigned int beyond)
{
	const struct upset_memory *memory = &insn->memory[m];
	uint64_t target = host_window(m) + HOST_WINDOW - memory->bits / 8 + beyond;

	if (memory->segment != UPSET_RESOURCE_NONE || memory->scattered ||
		memory->bits > 8 * HOST_WINDOW)
		return false;
	if (memory->absolute) /* see host_insn_move() */
		return beyond == 0 && address_in(image, memory) == target;
	if (memory->base == UPSET_RESOURCE_NONE || memory->base == memory->index)
		return false;
	if (is_repeated(insn))
		target = host_window(m) + HOST_WINDOW / 2;
	if (memory->index != UPSET_RESOURCE_NONE && memory->index_bits == 64)
		image->gpr[memory->index] = image_random() % 64;
	if (memory->bit_string != UPSET_RESOURCE_NONE)
		image->gpr[memory->bit_string] = image_random() % 4096 - 2048;
	image->gpr[memory->base] = 0;
	image->gpr[memory->base] = target - address_in(image, memory);
	if (memory->address_bits == 32) /* the upper half is not part of the address */
		image->gpr[memory->base] += image_random() << 32;
	return true;
}

/* Whether argument @m lies where another one that is farther behind makes it. */
static bool is_beside_another(const struct upset_insn *insn, unsigned int m)
{
	const struct upset_memory *memory = &insn->memory[m];

	for (unsigned int i = 0; i < insn->memory_count; i++) {
		if (i != m && insn->memory[i].base == memory->base &&
			insn->memory[i].displacement >= memory->displacement)
			return true;
	}
	return false;
}

static bool place(const struct upset_insn *insn, struct image *image, unsigned int argument,
	unsigned int beyond)
{
	if (is_repeated(insn))
		image->gpr[X86_RCX] = image_random() % 4;
	for (unsigned int m = 0; m < insn->memory_count; m++) {
		if (is_beside_another(insn, m))
			continue;
		if (!place_argument(insn, image, m, m == argument ? beyond : 0))
			return false;
	}
	return true;
}

/* --- rows to masks ------------------------------------------------------------ */

static void set_bits(void *bytes, unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < first + count; i++)
		((uint8_t *)bytes)[i / 8] |= (uint8_t)(1u << i % 8);
}

/* Where @address is in the windows' memory; -1: nowhere. */
static long place_in_windows(uint64_t address)
{
	for (unsigned int i = 0; i < HOST_WINDOWS; i++) {
		if (address - host_window(i) < HOST_WINDOW)
			return (long)(address - host_window(i) + (uint64_t)i * HOST_WINDOW);
	}
	return -1;
}

static bool mask_memory(const struct upset_insn *insn, const struct upset_operand *row,
	const struct image *before, struct image *mask, struct image *fixed)
{
	long place = place_in_windows(address_in(before, &insn->memory[row->memory]));
	long window = place / HOST_WINDOW;

	if (place < 0)
		return false;
	if (is_repeated(insn))
		memset(mask->memory[window], 0xff, HOST_WINDOW);
	else
		set_bits(mask->memory, (unsigned int)place * 8, row->bits);
	/* What a conditional write leaves alone keeps its value: do not vary it. */
	if (row->conditional && row->access == UPSET_WRITE)
		memcpy(fixed->memory[window], mask->memory[window], HOST_WINDOW);
	return true;
}

static void mask_register(
	const struct upset_operand *row, unsigned int top, struct image *mask, struct image *zeroed)
{
	const struct upset_resource *resource = upset_isa_resource(isa, row->resource);
	void *bytes = NULL, *upper = NULL;

	switch (resource->kind) {
	case UPSET_RESOURCE_GENERAL:
		bytes = &mask->gpr[row->resource];
		upper = &zeroed->gpr[row->resource];
		break;
	case UPSET_RESOURCE_FLAG:
		mask->rflags |= UINT64_C(1) << resource->flag_bit;
		return;
	case UPSET_RESOURCE_VECTOR:
		bytes = mask->ymm[row->resource - X86_YMM0];
		upper = zeroed->ymm[row->resource - X86_YMM0];
		break;
	case UPSET_RESOURCE_X87:
		bytes = mask->x87[(top + row->resource - X86_ST0) % 8];
		break;
	case UPSET_RESOURCE_MMX:
		bytes = mask->x87[row->resource - X86_MM0];
		break;
	default:
		return;
	}
	set_bits(bytes, row->bit_offset, row->bits);
	if (row->zero_extends) {
		set_bits(bytes, row->bits, resource->bits - row->bits);
		set_bits(upper, row->bits, resource->bits - row->bits);
	}
}

static bool build_masks(const struct upset_insn *insn, const struct image *before,
	const unsigned int tops[2], struct masks *masks)
{
	memset(masks, 0, sizeof(*masks));
	masks->undefined.rflags = host_insn_undefined_flags(isa, insn) & IMAGE_FLAGS;
	/* MMX writes may set the x87 exponent, which no resource has. */
	for (unsigned int i = 0; i < 8 && uses_mmx(insn); i++)
		memset(masks->undefined.x87[i] + 8, 0xff, 2);
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];
		struct image *mask = row->access == UPSET_READ ? &masks->read : &masks->written;

		if (row->resource != UPSET_MEMORY)
			mask_register(row, tops[row->access], mask, &masks->zeroed);
		else if (!mask_memory(insn, row, before, mask, &masks->fixed))
			return false;
	}
	return true;
}

/* --- checks -------------------------------------------------------------------- */

static unsigned int failures;

static void report_at(const char *text, const char *what, long byte)
{
	static const struct {
		const char *name;
		size_t first, size;
	} parts[] = {
		{"general register", offsetof(struct image, gpr), 8},
		{"flags", offsetof(struct image, rflags), 8},
		{"vector register", offsetof(struct image, ymm), 32},
		{"x87 register", offsetof(struct image, x87), 10},
		{"memory", offsetof(struct image, memory), HOST_WINDOW},
	};
	unsigned int part = 4;

	while (part > 0 && parts[part].first > (size_t)byte)
		part--;
	failures++;
	print_error("%s: %s: %s %zu, byte %zu\n", text, what, parts[part].name,
		((size_t)byte - parts[part].first) / parts[part].size,
		((size_t)byte - parts[part].first) % parts[part].size);
}

static struct image before, after, varied, after_varied, nothing;
static struct masks masks;

/* What instructions say that they compute; repeated ones say nothing. */
static void check_effects(const struct upset_insn *insn, const char *text)
{
	const struct upset_state registers[2] = {state_of(&before), state_of(&after)};
	struct effects_state from = {.registers = &registers[0]}, to = {.registers = &registers[1]};
	const char *where, *what;

	for (unsigned int m = 0; m < insn->memory_count; m++) {
		long place = place_in_windows(address_in(&before, &insn->memory[m]));

		if (place < 0)
			continue;
		from.memory[m] = before.memory[0] + place;
		to.memory[m] = after.memory[0] + place;
	}
	what = effects_wrong(insn, &from, &to, &where);
	if (what) {
		failures++;
		print_error("%s: %s %s\n", text, what, where);
	}
}

/* One random state and a variation of it: 0, or the signal that kept it from running. */
static int check_once(const struct upset_insn *insn, const char *text)
{
	unsigned int tops[2];
	int number;
	long byte;

	image_fill(&before);
	if (!place(insn, &before, 0, 0))
		return SIGSEGV;
	number = run(insn, &before, &after, tops);
	if (number)
		return number;
	if (!build_masks(insn, &before, tops, &masks))
		return SIGSEGV;
	byte = image_difference(&before, &after, &masks.written, false, &masks.undefined);
	if (byte >= 0)
		report_at(text, "changes outside of its write rows", byte);
	byte = image_difference(&after, &nothing, &masks.zeroed, true, &nothing);
	if (byte >= 0)
		report_at(text, "does not zero-extend", byte);
	check_effects(insn, text);
	varied = before;
	image_flip_outside(&varied, &masks.read, &masks.fixed);
	if (run(insn, &varied, &after_varied, tops)) {
		failures++;
		print_error("%s: raises a signal depending on what it does not read\n", text);
		return 0;
	}
	byte = image_difference(&after, &after_varied, &masks.written, true, &masks.undefined);
	if (byte >= 0)
		report_at(text, "depends on what it does not read", byte);
	return 0;
}

/* An argument that begins one byte later must leave its page. */
static void check_widths(const struct upset_insn *insn, const char *text)
{
	unsigned int tops[2];

	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];

		if (row->resource != UPSET_MEMORY || row->conditional || row->memory > 1 ||
			is_beside_another(insn, row->memory))
			continue;
		image_fill(&before);
		if (place(insn, &before, row->memory, 1) && !run(insn, &before, &after, tops))
			fail_msg("%s: memory argument %u is narrower than %u bits", text,
				row->memory, row->bits);
	}
}

/* False: it is none of this set, or more than one. */
static bool decode(struct upset_insn *insn, const char *hex)
{
	uint8_t bytes[UPSET_INSN_MAX_BYTES];
	unsigned int byte;
	size_t size = 0;

	while (size < sizeof(bytes) && sscanf(hex + 2 * size, "%2x", &byte) == 1)
		bytes[size++] = (uint8_t)byte;
	return upset_isa_decode(isa, insn, 0, host_slot(), bytes, size) == 0 && insn->size == size;
}

/* How often it could be run, of @wanted_runs. */
static unsigned int check_often(const struct upset_insn *insn, const char *text)
{
	unsigned int runs = 0, failures_before = failures;

	for (unsigned int i = 0; i < TRIES && runs < wanted_runs && failures == failures_before;
		i++) {
		int number = check_once(insn, text);

		runs += number == 0;
		if (runs == 0 && (number == SIGILL || i == TRIES / 10))
			break;
	}
	return runs;
}

static bool check_instruction(const char *hex)
{
	struct upset_insn insn;
	char text[128];

	if (!decode(&insn, hex))
		return false;
	if (insn.memory_count == 1)
		host_insn_move(isa, &insn, host_window(0) + HOST_WINDOW - insn.memory[0].bits / 8);
	upset_isa_format(isa, &insn, text, sizeof(text));
	if (!host_insn_is_runnable(isa, &insn))
		return false;
	if (check_often(&insn, text) == 0) {
		print_message("not run here: %s\n", text);
		return false;
	}
	check_widths(&insn, text);
	return true;
}

static unsigned int check_file(const char *name)
{
	FILE *file = fopen(name, "r");
	unsigned int checked = 0;
	char line[2048];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (line[0] != '#' && line[0] != '\n')
			checked += check_instruction(line);
	}
	fclose(file);
	return checked;
}

static void test_rows(void **state)
{
	unsigned int checked = 0;

	(void)state;
	if (!host_open(command)) {
		print_message("this processor has no AVX\n");
		skip();
	}
	for (char **name = files; name < command - 1; name++)
		checked += check_file(*name);
	host_close();
	print_message("%u instructions checked\n", checked);
	assert_int_equal(failures, 0);
	assert_true(checked >= least);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	for (command = argv; *command && strcmp(*command, "--") != 0;)
		command++;
	isa = argc > 1 ? upset_isa_find(argv[1]) : NULL;
	if (!isa || command - argv < 5 || !command[0] || !command[1]) {
		fprintf(stderr, "usage: %s SET RUNS LEAST INSTRUCTIONS... -- COMMAND...\n",
			argv[0]);
		return 2;
	}
	wanted_runs = (unsigned int)strtoul(argv[2], NULL, 10);
	least = (unsigned int)strtoul(argv[3], NULL, 10);
	files = argv + 4;
	command++;
	return cmocka_run_group_tests_name("isa host", tests, NULL, NULL);
}
