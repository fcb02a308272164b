/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RISC-V instructions as text, the way binutils write them: names of the calling
 * convention for registers, pseudo-instructions where one fits.
 */
#include <inttypes.h>

#include "isa/riscv/internal.h"
#include "isa/text.h"

static const char *const x_names[32] = {"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0",
	"s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7",
	"s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
static const char *const f_names[32] = {"ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7",
	"fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7", "fs2", "fs3", "fs4",
	"fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
static const char *const rounding_names[8] = {
	"rne", "rtz", "rdn", "rup", "rmm", "unknown", "unknown", ""};
/* Control registers that a program may read. */
static const struct {
	uint16_t number;
	const char *name;
} csrs[] = {{0x001, "fflags"}, {0x002, "frm"}, {0x003, "fcsr"}, {0x008, "vstart"}, {0x009, "vxsat"},
	{0x00a, "vxrm"}, {0x00f, "vcsr"}, {0x015, "seed"}, {0x017, "jvt"}, {0xc00, "cycle"},
	{0xc01, "time"}, {0xc02, "instret"}, {0xc20, "vl"}, {0xc21, "vtype"}, {0xc22, "vlenb"}};
/* What fli loads; the second one depends on the format. */
static const double constants[32] = {-1, 0, 0x1p-16, 0x1p-15, 0x1p-8, 0x1p-7, 0.0625, 0.125, 0.25,
	0.3125, 0.375, 0.4375, 0.5, 0.625, 0.75, 0.875, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 8, 16,
	128, 256, 0x1p15, 0x1p16, 0, 0};

static void put_csr(struct text *text, unsigned int number)
{
	for (size_t i = 0; i < sizeof(csrs) / sizeof(csrs[0]); i++) {
		if (csrs[i].number == number) {
			text_put(text, "%s", csrs[i].name);
			return;
		}
	}
	if (number >= 0xc03 && number <= 0xc1f)
		text_put(text, "hpmcounter%u", number - 0xc00);
	else
		text_put(text, "0x%x", number);
}

static void put_fence(struct text *text, unsigned int set)
{
	text_put(text, "%s%s%s%s%s", set & 8 ? "i" : "", set & 4 ? "o" : "", set & 2 ? "r" : "",
		set & 1 ? "w" : "", set == 0 ? "unknown" : "");
}

static void put_constant(struct text *text, unsigned int number)
{
	static const char *const names[] = {[1] = "min", [30] = "inf", [31] = "nan"};

	if (number < sizeof(names) / sizeof(names[0]) && names[number])
		text_put(text, "%s", names[number]);
	else
		text_put(text, "%a", constants[number]);
}

static void put_memory(
	struct text *text, const struct riscv_code *code, const struct table_operand *operand)
{
	if (operand->second != TABLE_NONE)
		text_put(text, "%" PRId64, riscv_field(code, operand->second));
	text_put(text, "(%s)", x_names[riscv_register(code, operand)]);
}

/* Of what lui and auipc load the upper 20 bits are written. */
static void put_hexadecimal(
	struct text *text, const struct riscv_code *code, const struct table_operand *operand)
{
	int64_t value = riscv_field(code, operand->field);

	if (riscv_table.fields[operand->field].factor > 1)
		value = value / riscv_table.fields[operand->field].factor & 0xfffff;
	text_put(text, "0x%" PRIx64, (uint64_t)value);
}

static void put_operand(
	struct text *text, const struct riscv_code *code, const struct table_operand *operand)
{
	int64_t value = operand->field == TABLE_NONE ? 0 : riscv_field(code, operand->field);

	switch (operand->kind) {
	case RISCV_X:
		text_put(text, "%s", x_names[value]);
		break;
	case RISCV_F:
		text_put(text, "%s", f_names[value]);
		break;
	case RISCV_M:
		put_memory(text, code, operand);
		break;
	case RISCV_IMM:
		text_put(text, "%" PRId64, value);
		break;
	case RISCV_HEX:
		put_hexadecimal(text, code, operand);
		break;
	case RISCV_TARGET:
		text_put(text, "0x%" PRIx64, code->address + (uint64_t)value);
		break;
	case RISCV_CSR:
		put_csr(text, (unsigned int)value);
		break;
	case RISCV_RM:
		if (value != RISCV_ROUNDING_DYNAMIC)
			text_put(text, ",%s", rounding_names[value]);
		break;
	case RISCV_FENCE:
		put_fence(text, (unsigned int)value);
		break;
	case RISCV_FLI:
		put_constant(text, (unsigned int)value);
		break;
	default:
		break;
	}
}

static const char *order(const struct riscv_code *code)
{
	static const char *const names[4] = {"", ".rl", ".aq", ".aqrl"};
	const struct table_shape *shape = riscv_shape(code);

	for (unsigned int i = 0; i < shape->operand_count; i++) {
		if (shape->operands[i].kind == RISCV_ORDER)
			return names[riscv_field(code, shape->operands[i].field)];
	}
	return "";
}

void riscv_format(const struct upset_insn *insn, char *buffer, size_t size)
{
	struct text text = {.at = buffer, .left = size};
	const struct table_alias *alias;
	const struct table_shape *shape;
	struct riscv_code code;
	const char *template;

	if (riscv_code(&code, insn->address, insn->bytes, insn->size))
		return;
	shape = riscv_shape(&code);
	alias = table_alias(&riscv_table, code.number, code.word);
	template = alias ? alias->text : shape->text;
	text_put(&text, "%s%s%s", alias ? alias->name : riscv_table.insns[code.number].name,
		order(&code), template[0] ? " " : "");
	for (; *template; template ++) {
		unsigned char c = (unsigned char)*template;

		if (c >= 0x80)
			put_operand(&text, &code, &shape->operands[c - 0x80]);
		else
			text_put(&text, "%c", c);
	}
}
