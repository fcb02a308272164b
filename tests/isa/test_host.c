/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor as oracle.  Runs the instructions of instructions.txt on random
 * states and checks their rows: nothing changes outside the write rows, what is
 * written depends on nothing outside the read rows, zero-extension clears, and
 * memory arguments lie where and are as wide as they say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <Zydis/Zydis.h>

#include "isa/state.h"
#include "isa/x86/x86.h"
#include "tests/isa/image.h"
#include "tests/isa/rows.h"

enum { RUNS = 100, TRIES = 4000, X87_DEPTH = 5, SIGNAL_TRIES = 3 };

static const char *file_name;

struct masks {
	struct image read, written, zeroed, undefined, fixed;
};

/* --- running ---------------------------------------------------------------- */

static bool uses_mmx(const struct upset_insn *insn)
{
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		if (upset_isa_resource(&upset_isa_x86_64, insn->operands[i].resource)->kind ==
			UPSET_RESOURCE_MMX)
			return true;
	}
	return false;
}

static int run_once(const struct upset_insn *insn, const struct image *before, struct image *after,
	unsigned int tops[2])
{
	struct host_state in, out;
	int number;

	host_state_init(&in, uses_mmx(insn) ? 0 : X87_DEPTH);
	memcpy(in.gpr, before->gpr, sizeof(in.gpr));
	memcpy(in.ymm, before->ymm, sizeof(in.ymm));
	in.rflags |= before->rflags;
	for (unsigned int i = 0; i < 8; i++)
		memcpy(host_x87(&in, i), before->x87[i], 10);
	for (unsigned int i = 0; i < HOST_WINDOWS; i++)
		memcpy(host_window(i), before->memory[i], HOST_WINDOW);
	number = host_run(insn->bytes, insn->size, &in, &out);
	if (number)
		return number;
	memcpy(after->gpr, out.gpr, sizeof(out.gpr));
	memcpy(after->ymm, out.ymm, sizeof(out.ymm));
	after->rflags = out.rflags & IMAGE_FLAGS;
	for (unsigned int i = 0; i < 8; i++)
		memcpy(after->x87[i], host_x87(&out, i), 10);
	for (unsigned int i = 0; i < HOST_WINDOWS; i++)
		memcpy(after->memory[i], host_window(i), HOST_WINDOW);
	tops[UPSET_READ] = host_top(&in);
	tops[UPSET_WRITE] = host_top(&out);
	return 0;
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

static uint64_t address_in(const struct image *image, const struct upset_memory *memory)
{
	struct upset_state state;

	upset_state_init(&state, &upset_isa_x86_64);
	for (unsigned int i = 0; i < 16; i++)
		upset_state_set_word(&state, i, image->gpr[i]);
	return upset_state_address(&state, memory);
}

/* Let argument @m end @beyond bytes behind the end of page @m (REP: lie in its middle). */
static bool place_argument(
	const struct upset_insn *insn, struct image *image, unsigned int m, unsigned int beyond)
{
	const struct upset_memory *memory = &insn->memory[m];
	uint64_t target = (uintptr_t)host_window(m) + HOST_WINDOW - memory->bits / 8 + beyond;

	if (memory->base == UPSET_RESOURCE_NONE || memory->base == memory->index ||
		memory->segment != UPSET_RESOURCE_NONE || memory->scattered ||
		memory->bits > 8 * HOST_WINDOW)
		return false;
	if (is_repeated(insn))
		target = (uintptr_t)host_window(m) + HOST_WINDOW / 2;
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

static bool place(const struct upset_insn *insn, struct image *image, unsigned int argument,
	unsigned int beyond)
{
	if (is_repeated(insn))
		image->gpr[X86_RCX] = image_random() % 4;
	for (unsigned int m = 0; m < insn->memory_count; m++) {
		if (m > 0 && insn->memory[m].base == insn->memory[0].base)
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

static bool mask_memory(const struct upset_insn *insn, const struct upset_operand *row,
	const struct image *before, struct image *mask, struct image *fixed)
{
	uint64_t address = address_in(before, &insn->memory[row->memory]);

	for (unsigned int i = 0; i < HOST_WINDOWS; i++) {
		uint64_t offset = address - (uintptr_t)host_window(i);

		if (offset >= HOST_WINDOW)
			continue;
		if (is_repeated(insn))
			memset(mask->memory[i], 0xff, HOST_WINDOW);
		else
			set_bits(mask->memory[i], (unsigned int)offset * 8, row->bits);
		/* What a conditional write leaves alone keeps its value: do not vary it. */
		if (row->conditional && row->access == UPSET_WRITE)
			memcpy(fixed->memory[i], mask->memory[i], HOST_WINDOW);
		return true;
	}
	return false;
}

static void mask_register(
	const struct upset_operand *row, unsigned int top, struct image *mask, struct image *zeroed)
{
	const struct upset_resource *resource =
		upset_isa_resource(&upset_isa_x86_64, row->resource);
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

/* The flags that Zydis calls undefined; of those, the ones with a row are defined after all. */
static uint64_t undefined_flags(const struct upset_insn *insn)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction decoded;
	ZydisDecoder decoder;
	uint64_t undefined;

	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	ZydisDecoderDecodeFull(&decoder, insn->bytes, insn->size, &decoded, operands);
	undefined = decoded.cpu_flags ? decoded.cpu_flags->undefined : 0;
	/* Shifts by the operand's width or more; Zydis does not look at the count. */
	if (decoded.meta.category == ZYDIS_CATEGORY_SHIFT && decoded.raw.imm[0].size &&
		(decoded.raw.imm[0].value.u & 31) >= decoded.operand_width)
		undefined = IMAGE_FLAGS;
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_resource *resource =
			upset_isa_resource(&upset_isa_x86_64, insn->operands[i].resource);

		if (resource->kind == UPSET_RESOURCE_FLAG)
			undefined &= ~(UINT64_C(1) << resource->flag_bit);
	}
	return undefined & IMAGE_FLAGS;
}

static bool build_masks(const struct upset_insn *insn, const struct image *before,
	const unsigned int tops[2], struct masks *masks)
{
	memset(masks, 0, sizeof(*masks));
	masks->undefined.rflags = undefined_flags(insn);
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

/* One random state and a variation of it: false when it could not be run. */
static bool check_once(const struct upset_insn *insn, const char *text)
{
	unsigned int tops[2];
	long byte;

	image_fill(&before);
	if (!place(insn, &before, 0, 0) || run(insn, &before, &after, tops) ||
		!build_masks(insn, &before, tops, &masks))
		return false;
	byte = image_difference(&before, &after, &masks.written, false, &masks.undefined);
	if (byte >= 0)
		report_at(text, "changes outside of its write rows", byte);
	byte = image_difference(&after, &nothing, &masks.zeroed, true, &nothing);
	if (byte >= 0)
		report_at(text, "does not zero-extend", byte);
	varied = before;
	image_flip_outside(&varied, &masks.read, &masks.fixed);
	if (run(insn, &varied, &after_varied, tops)) {
		failures++;
		print_error("%s: raises a signal depending on what it does not read\n", text);
		return true;
	}
	byte = image_difference(&after, &after_varied, &masks.written, true, &masks.undefined);
	if (byte >= 0)
		report_at(text, "depends on what it does not read", byte);
	return true;
}

/* An argument that begins one byte later must leave its page. */
static void check_widths(const struct upset_insn *insn, const char *text)
{
	unsigned int tops[2];

	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];

		if (row->resource != UPSET_MEMORY || row->conditional || row->memory > 1 ||
			(row->memory == 1 && insn->memory[0].base == insn->memory[1].base))
			continue;
		image_fill(&before);
		if (place(insn, &before, row->memory, 1) && !run(insn, &before, &after, tops))
			fail_msg("%s: memory argument %u is narrower than %u bits", text,
				row->memory, row->bits);
	}
}

/*
 * Instructions whose effect is not in their rows (state beyond registers and
 * memory), whose results differ each time, or that disturb the test.
 */
static const char *const not_run[] = {"vzeroupper", "emms", "fincstp", "fdecstp", "ffree", "ffreep",
	"fninit", "fnclex", "fxsave", "fxrstor64", "xsave", "xsavec64", "xsaveopt", "xrstor",
	"xrstors", "fnsave", "frstor", "fnstenv", "fldenv", "fldcw", "fnstcw", "fnstsw", "ldmxcsr",
	"vldmxcsr", "stmxcsr", "rdfsbase", "wrfsbase", "popf", "popfq", "pushf", "pushfq", "rdpid",
	"xgetbv", "rdpkru", "wrpkru", "sldt", "str", "smsw", "sgdt", "lar", "lsl", "verr", "rdtsc",
	"rdtscp", "cpuid", "rdrand", "rdseed", "umonitor", "tpause", "monitor", "mwait", "clzero",
	"xbegin", "xend", "xabort", "xtest", "incsspq", "ptwrite"};

static bool names_segment(const struct upset_insn *insn)
{
	/* push fs, pop fs, mov with a segment register */
	return insn->bytes[0] == 0x0f || insn->bytes[0] == 0x8c || insn->bytes[0] == 0x8e ||
	       insn->bytes[1] == 0x8c;
}

static bool can_run(const struct upset_insn *insn)
{
	const char *name = ZydisMnemonicGetString((ZydisMnemonic)insn->form);

	if (insn->classes & (UPSET_CLASS_BRANCH | UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP))
		return false;
	if (strcmp(name, "enter") == 0)
		return insn->bytes[3] == 0; /* nested ones push more than their row */
	if (strcmp(name, "mov") == 0 || strcmp(name, "push") == 0 || strcmp(name, "pop") == 0)
		return !names_segment(insn);
	for (size_t i = 0; i < sizeof(not_run) / sizeof(not_run[0]); i++) {
		if (strcmp(not_run[i], name) == 0)
			return false;
	}
	return insn->memory_count <= HOST_WINDOWS;
}

static bool check_instruction(const char *hex)
{
	unsigned int byte, runs = 0, failures_before = failures;
	struct upset_insn insn;
	uint8_t bytes[15];
	size_t size = 0;
	char text[128];

	while (size < 15 && sscanf(hex + 2 * size, "%2x", &byte) == 1)
		bytes[size++] = (uint8_t)byte;
	assert_int_equal(upset_isa_decode(&upset_isa_x86_64, &insn, 0, 0x401000, bytes, size), 0);
	upset_isa_format(&upset_isa_x86_64, &insn, text, sizeof(text));
	if (!can_run(&insn))
		return false;
	for (unsigned int i = 0;
		i < TRIES && runs < RUNS && failures == failures_before && (runs || i < TRIES / 10);
		i++)
		runs += check_once(&insn, text);
	if (runs)
		check_widths(&insn, text);
	else
		print_message("not run here: %s\n", text);
	return runs > 0;
}

static void test_rows(void **state)
{
	unsigned int checked = 0;
	char line[2048];
	FILE *file;

	(void)state;
	if (!host_open()) {
		print_message("this processor has no AVX\n");
		skip();
	}
	file = fopen(file_name, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (line[0] != '#' && line[0] != '\n')
			checked += check_instruction(line);
	}
	fclose(file);
	host_close();
	print_message("%u instructions checked\n", checked);
	assert_int_equal(failures, 0);
	assert_true(checked > 500);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	if (argc != 2) {
		fprintf(stderr, "usage: %s instructions.txt\n", argv[0]);
		return 2;
	}
	file_name = argv[1];
	return cmocka_run_group_tests_name("isa host", tests, NULL, NULL);
}
