/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text forms and invariants of decoded instructions, see rows.h; the notation
 * is explained in instructions.txt.
 */
#include "tests/isa/rows.h"
#include "isa/x86/x86.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void append(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(char *text, const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + used, ROWS_TEXT_SIZE - used, format, arguments);
	va_end(arguments);
}

void rows_format_classes(const struct upset_insn *insn, char *text)
{
	static const char *const names[] = {"branch", "conditional", "call", "return", "syscall",
		"string", "rep", "lock", "x87", "vector", "trap"};

	text[0] = '\0';
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (insn->classes >> i & 1)
			append(text, "%s%s", text[0] ? " " : "", names[i]);
	}
}

static bool is_flag(const struct upset_operand *row)
{
	return upset_isa_resource(&upset_isa_x86_64, row->resource)->kind == UPSET_RESOURCE_FLAG;
}

/* All flag rows of one access, as "2:w:cpazso"; they share one index. */
static void append_flags(const struct upset_insn *insn, enum upset_access access, char *text)
{
	bool first = true;

	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];

		if (!is_flag(row) || row->access != access)
			continue;
		if (first)
			append(text, "%s%u:%c:", text[0] ? " " : "", row->index,
				access == UPSET_READ ? 'r' : 'w');
		append(text, "%c", upset_isa_resource(&upset_isa_x86_64, row->resource)->name[0]);
		first = false;
	}
}

static void append_row(const struct upset_operand *row, char *text)
{
	append(text, "%s%u:%c:", text[0] ? " " : "", row->index,
		row->access == UPSET_READ ? 'r' : 'w');
	if (row->resource == UPSET_MEMORY)
		append(text, "m%u", row->memory);
	else
		append(text, "%s", upset_isa_resource(&upset_isa_x86_64, row->resource)->name);
	append(text, ":%u", row->bits);
	if (row->bit_offset)
		append(text, "+%u", row->bit_offset);
	append(text, "%s%s", row->zero_extends ? "z" : "", row->conditional ? "?" : "");
}

void rows_format(const struct upset_insn *insn, char *text)
{
	bool flags_done = false;

	text[0] = '\0';
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];

		if (!is_flag(row)) {
			append_row(row, text);
		} else if (!flags_done) {
			append_flags(insn, UPSET_READ, text);
			append_flags(insn, UPSET_WRITE, text);
			flags_done = true;
		}
	}
}

static void append_memory(const struct upset_memory *m, char *text)
{
	const char *segment = m->segment == X86_FS_BASE	  ? "fs:"
			      : m->segment == X86_GS_BASE ? "gs:"
							  : "";
	const char *plus = "";

	append(text, "%s%s[", text[0] ? " " : "", segment);
	if (m->base != UPSET_RESOURCE_NONE) {
		append(text, "%s", upset_isa_resource(&upset_isa_x86_64, m->base)->name);
		plus = "+";
	}
	if (m->index != UPSET_RESOURCE_NONE) {
		append(text, "%s%s*%u", plus,
			m->index_bits == 8 ? "al"
					   : upset_isa_resource(&upset_isa_x86_64, m->index)->name,
			1U << m->shift);
		plus = "+";
	}
	if (m->bit_string != UPSET_RESOURCE_NONE) {
		append(text, "%sbit(%s)", plus,
			upset_isa_resource(&upset_isa_x86_64, m->bit_string)->name);
		plus = "+";
	}
	if (m->absolute)
		append(text, "=0x%" PRIx64, (uint64_t)m->displacement);
	else if (m->displacement < 0)
		append(text, "-%" PRIu64, -(uint64_t)m->displacement);
	else if (m->displacement > 0)
		append(text, "%s%" PRId64, plus, m->displacement);
	append(text, "]%s:%u", m->address_bits == 32 ? "32" : "", m->bits);
}

void rows_format_memory(const struct upset_insn *insn, char *text)
{
	text[0] = '\0';
	for (unsigned int i = 0; i < insn->memory_count; i++)
		append_memory(&insn->memory[i], text);
}

static const char *broken_memory(const struct upset_memory *m)
{
	if (m->base >= 16 && m->base != UPSET_RESOURCE_NONE)
		return "base is a general register";
	if (m->scattered) {
		if (m->index != UPSET_RESOURCE_NONE &&
			(m->index < X86_YMM0 || m->index >= X86_YMM0 + 16))
			return "gather index is a vector register";
	} else if (m->index >= 16 && m->index != UPSET_RESOURCE_NONE) {
		return "index is a general register";
	}
	if (m->bit_string >= 16 && m->bit_string != UPSET_RESOURCE_NONE)
		return "bit string is a general register";
	if (m->shift > 3)
		return "scale is 1, 2, 4 or 8";
	if (m->address_bits != 32 && m->address_bits != 64)
		return "address has 32 or 64 bits";
	if (m->segment != UPSET_RESOURCE_NONE && m->segment != X86_FS_BASE &&
		m->segment != X86_GS_BASE)
		return "segment is none, fs or gs";
	if (m->absolute && (m->base != UPSET_RESOURCE_NONE || m->index != UPSET_RESOURCE_NONE))
		return "an absolute address has no registers";
	return NULL;
}

static const char *broken_row(const struct upset_insn *insn, const struct upset_operand *row)
{
	const struct upset_resource *resource =
		upset_isa_resource(&upset_isa_x86_64, row->resource);

	if (!resource)
		return "row names a resource";
	if (row->access != UPSET_READ && row->access != UPSET_WRITE)
		return "access is read or write";
	if (row->zero_extends && row->access != UPSET_WRITE)
		return "only writes zero-extend";
	if (row->resource == UPSET_MEMORY) {
		if (row->memory >= insn->memory_count)
			return "memory row names a memory argument";
		if (row->bits != insn->memory[row->memory].bits)
			return "memory row and argument have one width";
		return row->bit_offset || row->zero_extends ? "memory row is plain" : NULL;
	}
	if (row->conditional)
		return "only memory rows are conditional";
	if (row->bits == 0 || row->bit_offset + row->bits > resource->bits)
		return "row lies in its resource";
	return NULL;
}

static const char *broken_order(const struct upset_insn *insn, unsigned int i)
{
	const struct upset_operand *row = &insn->operands[i];

	for (unsigned int k = 0; k < i; k++) {
		const struct upset_operand *other = &insn->operands[k];

		if (other->index > row->index)
			return "rows are in the order of their index";
		if (other->index == row->index && other->access == row->access &&
			other->resource == row->resource)
			return "index, access and resource name one row";
	}
	if (i > 0 && is_flag(row) && is_flag(row - 1) && row[-1].resource > row->resource)
		return "flags are in the order of their number";
	return NULL;
}

const char *rows_broken_invariant(const struct upset_insn *insn, size_t size)
{
	if (insn->size == 0 || insn->size > 15 || insn->size > size)
		return "size is 1 to 15 and within what was given";
	if (insn->operand_count > UPSET_INSN_MAX_OPERANDS)
		return "rows fit";
	if (insn->memory_count > UPSET_INSN_MAX_MEMORY)
		return "memory arguments fit";
	if ((insn->classes & UPSET_CLASS_CONDITIONAL) && !(insn->classes & UPSET_CLASS_BRANCH))
		return "a conditional branch is a branch";
	for (unsigned int i = 0; i < insn->memory_count; i++) {
		const char *broken = broken_memory(&insn->memory[i]);

		if (broken)
			return broken;
	}
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const char *broken = broken_row(insn, &insn->operands[i]);

		if (!broken)
			broken = broken_order(insn, i);
		if (broken)
			return broken;
	}
	return NULL;
}
