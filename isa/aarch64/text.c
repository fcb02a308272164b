/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A64 instructions as text, the way binutils write them.
 */
#include <inttypes.h>
#include <string.h>

#include "isa/aarch64/internal.h"
#include "isa/text.h"

/* What is written, and where. */
struct writer {
	struct text text;
	const struct aarch64_code *code;
};

/* --- registers ------------------------------------------------------------------------------ */

static void put_general(struct writer *to, unsigned int reg, unsigned int bits, bool is_sp)
{
	if (reg == AARCH64_31)
		text_put(&to->text, "%s%s", bits > 32 ? "" : "w",
			is_sp	    ? "sp"
			: bits > 32 ? "xzr"
				    : "zr");
	else
		text_put(&to->text, "%c%u", bits > 32 ? 'x' : 'w', reg);
}

static char letter(unsigned int bits)
{
	switch (bits) {
	case 8:
		return 'b';
	case 16:
		return 'h';
	case 32:
		return 's';
	case 64:
		return 'd';
	default:
		return 'q';
	}
}

static void put_arrangement(struct writer *to, const struct table_operand *operand)
{
	text_put(&to->text, ".%u%c", operand->bits / operand->part, letter(operand->part));
}

static void put_vector(struct writer *to, const struct table_operand *operand, unsigned int reg)
{
	if (operand->part == 0) {
		text_put(&to->text, "%c%u", letter(operand->bits), reg);
		return;
	}
	text_put(&to->text, "v%u", reg);
	put_arrangement(to, operand);
}

static void put_element(struct writer *to, const struct table_operand *operand, unsigned int reg)
{
	text_put(&to->text, "v%u", reg);
	if (operand->kind == AARCH64_COMPLEX)
		text_put(&to->text, ".%c", letter(operand->part));
	else if (operand->part)
		put_arrangement(to, operand);
	else
		text_put(&to->text, ".%c", letter(operand->bits));
	text_put(&to->text, "[%" PRId64 "]", aarch64_field(to->code, operand->second));
}

static void put_list_member(
	struct writer *to, const struct table_operand *operand, unsigned int reg)
{
	text_put(&to->text, "v%u", reg % 32);
	if (operand->part)
		put_arrangement(to, operand);
	else
		text_put(&to->text, ".%c", letter(operand->bits));
}

static void put_list(struct writer *to, const struct table_operand *operand, unsigned int reg)
{
	text_put(&to->text, "{");
	put_list_member(to, operand, reg);
	if (operand->number > 2 && reg + operand->number <= 32) {
		text_put(&to->text, "-");
		put_list_member(to, operand, reg + operand->number - 1);
	} else {
		for (unsigned int i = 1; i < operand->number; i++) {
			text_put(&to->text, ", ");
			put_list_member(to, operand, reg + i);
		}
	}
	text_put(&to->text, "}");
	if (operand->kind == AARCH64_ELEMENTS)
		text_put(&to->text, "[%" PRId64 "]", aarch64_field(to->code, operand->second));
}

static void put_pair(struct writer *to, const struct table_operand *operand, unsigned int reg)
{
	put_general(to, reg, operand->bits, false);
	text_put(&to->text, ", ");
	put_general(to, reg + 1, operand->bits, false);
}

static void put_register(struct writer *to, const struct table_operand *operand)
{
	const unsigned int reg = aarch64_register(to->code, operand);

	switch (operand->kind) {
	case AARCH64_R:
	case AARCH64_LOW:
		put_general(to, reg, operand->bits, false);
		break;
	case AARCH64_S:
		put_general(to, reg, operand->bits, true);
		break;
	case AARCH64_BIT:
		put_general(to, reg, operand->bits, false);
		break;
	case AARCH64_PAIR:
		put_pair(to, operand, reg);
		break;
	case AARCH64_VECTOR:
	case AARCH64_UPPER:
	case AARCH64_NEXT:
		put_vector(to, operand, reg);
		break;
	case AARCH64_ELEMENT:
	case AARCH64_COMPLEX:
		put_element(to, operand, reg);
		break;
	default:
		put_list(to, operand, reg);
		break;
	}
}

/* --- memory --------------------------------------------------------------------------------- */

static void put_index(struct writer *to, const struct table_operand *operand)
{
	static const char *const names[8] = {
		"uxtb", "uxth", "uxtw", "lsl", "sxtb", "sxth", "sxtw", "sxtx"};
	const unsigned int option = to->code->word >> 13 & 7;
	const bool is_shifted = to->code->word >> 12 & 1;
	/* Hints are of 64 bits. */
	const unsigned int bytes = operand->bits ? operand->bits / 8 : 8;

	text_put(&to->text, ", ");
	put_general(to, (unsigned int)aarch64_field(to->code, operand->second),
		option & 1 ? 64 : 32, false);
	if (is_shifted)
		text_put(&to->text, ", %s #%d", names[option], __builtin_ctz(bytes));
	else if (option != 3)
		text_put(&to->text, ", %s", names[option]);
}

static void put_memory(struct writer *to, const struct table_operand *operand)
{
	int64_t displacement = 0;

	if (operand->kind == AARCH64_LITERAL) {
		text_put(&to->text, "0x%" PRIx64,
			to->code->address + (uint64_t)aarch64_field(to->code, operand->field));
		return;
	}
	if (operand->kind == AARCH64_ZVA) {
		put_general(to, aarch64_register(to->code, operand), 64, false);
		return;
	}
	if (operand->second != TABLE_NONE)
		displacement = aarch64_field(to->code, operand->second);
	text_put(&to->text, "[");
	put_general(to, aarch64_register(to->code, operand), 64, true);
	if (operand->kind == AARCH64_MX)
		put_index(to, operand);
	else if (operand->kind == AARCH64_PRE || (operand->kind == AARCH64_M && displacement))
		text_put(&to->text, ", #%" PRId64, displacement);
	text_put(&to->text, operand->kind == AARCH64_PRE ? "]!" : "]");
	if (operand->kind == AARCH64_POST)
		text_put(&to->text, ", #%" PRId64, displacement);
	else if (operand->kind == AARCH64_POSTSIZE)
		text_put(&to->text, ", #%u", operand->bits / 8);
	else if (operand->kind == AARCH64_POSTREG)
		text_put(&to->text, ", x%" PRId64, displacement);
}

/* --- numbers ------------------------------------------------------------------------------ */

/* Sign, three bits of exponent, four of the fraction. */
static void put_float(struct writer *to, unsigned int bits)
{
	const int exponent = (int)(bits >> 4 & 3) + (bits & 0x40 ? -3 : 1);
	double value = (double)(16 + (bits & 15)) / 16;

	for (int i = 0; i < exponent; i++)
		value *= 2;
	for (int i = exponent; i < 0; i++)
		value /= 2;
	text_put(&to->text, "#%.18e", bits & 0x80 ? -value : value);
}

static void put_bytes(struct writer *to, unsigned int bits)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < 8; i++)
		value |= bits >> i & 1 ? UINT64_C(0xff) << 8 * i : 0;
	text_put(&to->text, "#0x%" PRIx64, value);
}

static void put_shifted(
	struct writer *to, const struct table_operand *operand, const char *separator)
{
	const int64_t place = aarch64_field(to->code, operand->second);

	text_put(&to->text, "#0x%" PRIx64, (uint64_t)aarch64_field(to->code, operand->field));
	if (place)
		text_put(&to->text, "%s#%" PRId64, separator, 16 * place);
}

/* --- numbers and names --------------------------------------------------------------------------
 */

static void put_number(struct writer *to, const struct table_operand *operand)
{
	const uint64_t value = aarch64_number(to->code, operand);

	switch (operand->kind) {
	case AARCH64_HEX:
	case AARCH64_BITMASK:
	case AARCH64_INVERSE:
	case AARCH64_WHOLE:
		text_put(&to->text, "#0x%" PRIx64, value);
		break;
	case AARCH64_PAGES:
		text_put(&to->text, "#0x%" PRIx64 ", lsl #12", value >> 12);
		break;
	case AARCH64_WIDE:
		put_shifted(to, operand, ", lsl ");
		break;
	case AARCH64_FLOAT:
		put_float(to, (unsigned int)value);
		break;
	case AARCH64_BYTES:
		put_bytes(to, (unsigned int)value);
		break;
	case AARCH64_TARGET:
		text_put(&to->text, "0x%" PRIx64, to->code->address + value);
		break;
	case AARCH64_PAGE:
		text_put(&to->text, "0x%" PRIx64, (to->code->address & ~UINT64_C(0xfff)) + value);
		break;
	default:
		text_put(&to->text, "#%" PRId64, (int64_t)value);
		break;
	}
}

/* --- names ---------------------------------------------------------------------------------- */

static void put_shift(struct writer *to)
{
	static const char *const names[4] = {"lsl", "lsr", "asr", "ror"};
	const unsigned int type = to->code->word >> 22 & 3, amount = to->code->word >> 10 & 63;

	if (type || amount)
		text_put(&to->text, ", %s #%u", names[type], amount);
}

/* Beside sp the extension that changes nothing is a shift. */
static void put_extend(struct writer *to)
{
	static const char *const names[8] = {
		"uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"};
	const struct table_shape *shape = aarch64_shape(to->code);
	const unsigned int option = to->code->word >> 13 & 7, amount = to->code->word >> 10 & 7;
	const bool whole = option == (shape->operands[0].bits == 64 ? 3 : 2);
	bool is_sp = false;

	for (unsigned int i = 0; i < 2; i++)
		is_sp |= shape->operands[i].kind == AARCH64_S &&
			 aarch64_register(to->code, &shape->operands[i]) == AARCH64_31;
	if (!(whole && is_sp))
		text_put(&to->text, ", %s", names[option]);
	else if (amount)
		text_put(&to->text, ", lsl");
	if (amount)
		text_put(&to->text, " #%u", amount);
}

static void put_condition(struct writer *to, unsigned int condition)
{
	static const char *const names[16] = {"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi",
		"ls", "ge", "lt", "gt", "le", "al", "nv"};

	text_put(&to->text, "%s", names[condition & 15]);
}

static void put_barrier(struct writer *to, unsigned int which)
{
	static const char *const names[16] = {NULL, "oshld", "oshst", "osh", NULL, "nshld", "nshst",
		"nsh", NULL, "ishld", "ishst", "ish", NULL, "ld", "st", "sy"};

	if (names[which & 15])
		text_put(&to->text, "%s", names[which & 15]);
	else
		text_put(&to->text, "#0x%02x", which);
}

static void put_prefetch(struct writer *to, unsigned int what)
{
	static const char *const types[4] = {"pld", "pli", "pst", NULL};

	if (types[what >> 3 & 3] && (what >> 1 & 3) != 3)
		text_put(&to->text, "%sl%u%s", types[what >> 3 & 3], (what >> 1 & 3) + 1,
			what & 1 ? "strm" : "keep");
	else
		text_put(&to->text, "#0x%02x", what);
}

/* By bits 15 .. 12 of instructions that load numbers into vectors. */
static void put_immediate_shift(struct writer *to, unsigned int mode)
{
	if (mode < 12)
		mode = mode < 8 ? mode >> 1 : mode >> 1 & 1;
	else
		mode = 16 + (mode & 1);
	if (mode >= 16)
		text_put(&to->text, ", msl #%u", mode == 16 ? 8 : 16);
	else if (mode)
		text_put(&to->text, ", lsl #%u", 8 * mode);
}

/* Op0, op1, CRn, CRm, op2. */
static void put_system_register(struct writer *to, unsigned int number)
{
	static const struct {
		uint16_t number;
		const char *name;
	} registers[] = {{0xc000, "midr_el1"}, {0xc005, "mpidr_el1"}, {0xc006, "revidr_el1"},
		{0xc020, "id_aa64pfr0_el1"}, {0xc028, "id_aa64dfr0_el1"},
		{0xc030, "id_aa64isar0_el1"}, {0xc031, "id_aa64isar1_el1"}, {0xd801, "ctr_el0"},
		{0xd807, "dczid_el0"}, {0xd920, "rndr"}, {0xd921, "rndrrs"}, {0xda10, "nzcv"},
		{0xda15, "dit"}, {0xda16, "ssbs"}, {0xda20, "fpcr"}, {0xda21, "fpsr"},
		{0xde82, "tpidr_el0"}, {0xde83, "tpidrro_el0"}, {0xdf00, "cntfrq_el0"},
		{0xdf02, "cntvct_el0"}};

	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		if (registers[i].number == number) {
			text_put(&to->text, "%s", registers[i].name);
			return;
		}
	}
	text_put(&to->text, "s%u_%u_c%u_c%u_%u", number >> 14, number >> 11 & 7, number >> 7 & 15,
		number >> 3 & 15, number & 7);
}

/* Of dc and ic, by CRm. */
static void put_system_operation(struct writer *to, unsigned int number)
{
	static const char *const names[16] = {[4] = "zva",
		[5] = "ivau",
		[10] = "cvac",
		[11] = "cvau",
		[12] = "cvap",
		[13] = "cvadp",
		[14] = "civac"};

	text_put(&to->text, "%s", names[number >> 3 & 15]);
}

static void put_named(struct writer *to, const struct table_operand *operand)
{
	unsigned int value = 0;

	if (operand->field != TABLE_NONE)
		value = (unsigned int)aarch64_field(to->code, operand->field);
	switch (operand->kind) {
	case AARCH64_COND:
		put_condition(to, value);
		break;
	case AARCH64_OPPOSITE:
		put_condition(to, value ^ 1);
		break;
	case AARCH64_SHIFT:
		put_shift(to);
		break;
	case AARCH64_EXTEND:
		put_extend(to);
		break;
	case AARCH64_BARRIER:
		put_barrier(to, value);
		break;
	case AARCH64_PREFETCH:
		put_prefetch(to, value);
		break;
	case AARCH64_IMMSHIFT:
		put_immediate_shift(to, value);
		break;
	case AARCH64_SYSREG:
		put_system_register(to, value);
		break;
	case AARCH64_SYSOP:
		put_system_operation(to, value);
		break;
	default:
		break;
	}
}

static void put_operand(struct writer *to, const struct table_operand *operand)
{
	if (operand->kind <= AARCH64_ELEMENTS)
		put_register(to, operand);
	else if (operand->kind >= AARCH64_M && operand->kind <= AARCH64_ZVA)
		put_memory(to, operand);
	else if (operand->kind >= AARCH64_IMM && operand->kind <= AARCH64_BYTES)
		put_number(to, operand);
	else
		put_named(to, operand);
}

/* Whether a single number of 16 bits, or its inverse, is moved by another instruction. */
static bool is_wide(uint64_t value, unsigned int bits)
{
	const uint64_t all = bits == 64 ? UINT64_MAX : UINT32_MAX;

	for (unsigned int place = 0; place < bits; place += 16) {
		const uint64_t rest = all & ~(UINT64_C(0xffff) << place);

		if ((value & rest) == 0 || (~value & rest) == 0)
			return true;
	}
	return false;
}

/* How it is written, NULL: as what it is. */
static const struct table_alias *find_alias(const struct aarch64_code *code)
{
	const struct table_alias *alias = table_alias(&aarch64_table, code->number, code->word);
	const struct table_shape *shape = aarch64_shape(code);

	if (alias && strcmp(alias->name, "mov") == 0 && shape->operand_count > 2 &&
		shape->operands[2].kind == AARCH64_BITMASK &&
		is_wide(aarch64_number(code, &shape->operands[2]), shape->operands[0].bits))
		return NULL;
	return alias;
}

void aarch64_format(const struct upset_insn *insn, char *buffer, size_t size)
{
	struct aarch64_code code;
	struct writer to = {.text = {.at = buffer, .left = size}, .code = &code};
	const struct table_alias *alias;
	const struct table_shape *shape;
	const char *template;

	if (aarch64_code(&code, insn->address, insn->bytes, insn->size))
		return;
	shape = aarch64_shape(&code);
	alias = find_alias(&code);
	template = alias ? alias->text : shape->text;
	text_put(&to.text, "%s%s", alias ? alias->name : aarch64_table.insns[code.number].name,
		template[0] ? " " : "");
	for (; *template; template ++) {
		unsigned char c = (unsigned char)*template;

		if (c >= 0x80)
			put_operand(&to, &shape->operands[c - 0x80]);
		else
			text_put(&to.text, "%c", c);
	}
}
