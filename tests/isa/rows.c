/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text forms and invariants of decoded instructions, see rows.h; the notation
 * is explained in instructions.txt.
 */
#include "tests/isa/rows.h"

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

static bool is_flag(const struct upset_isa *isa, const struct upset_operand *row)
{
	return upset_isa_resource(isa, row->resource)->kind == UPSET_RESOURCE_FLAG;
}

/* All flag rows of one access, as "2:w:cpazso"; they share one index. */
static void append_flags(const struct upset_isa *isa, const struct upset_insn *insn,
	enum upset_access access, char *text)
{
	bool first = true;

	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];

		if (!is_flag(isa, row) || row->access != access)
			continue;
		if (first)
			append(text, "%s%u:%c:", text[0] ? " " : "", row->index,
				access == UPSET_READ ? 'r' : 'w');
		append(text, "%c", upset_isa_resource(isa, row->resource)->name[0]);
		first = false;
	}
}

static void append_row(const struct upset_isa *isa, const struct upset_operand *row, char *text)
{
	append(text, "%s%u:%c:", text[0] ? " " : "", row->index,
		row->access == UPSET_READ ? 'r' : 'w');
	if (row->resource == UPSET_MEMORY)
		append(text, "m%u", row->memory);
	else
		append(text, "%s", upset_isa_resource(isa, row->resource)->name);
	append(text, ":%u", row->bits);
	if (row->bit_offset)
		append(text, "+%u", row->bit_offset);
	append(text, "%s%s", row->zero_extends ? "z" : "", row->conditional ? "?" : "");
}

void rows_format(const struct upset_isa *isa, const struct upset_insn *insn, char *text)
{
	bool flags_done = false;

	text[0] = '\0';
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];

		if (!is_flag(isa, row)) {
			append_row(isa, row, text);
		} else if (!flags_done) {
			append_flags(isa, insn, UPSET_READ, text);
			append_flags(isa, insn, UPSET_WRITE, text);
			flags_done = true;
		}
	}
}

/* Of a part of a register how it is extended to the address. */
static void append_index(const struct upset_isa *isa, const struct upset_memory *m, char *text)
{
	if (m->index_bits == 8)
		append(text, "al");
	else
		append(text, "%s", upset_isa_resource(isa, m->index)->name);
	if (m->index_bits == 32 && m->address_bits == 64)
		append(text, ":%c32", m->index_signed ? 's' : 'u');
	append(text, "*%u", 1U << m->shift);
}

static void append_memory(const struct upset_isa *isa, const struct upset_memory *m, char *text)
{
	const char *plus = "";

	append(text, "%s", text[0] ? " " : "");
	if (m->segment != UPSET_RESOURCE_NONE) /* fs_base is fs */
		append(text, "%.2s:", upset_isa_resource(isa, m->segment)->name);
	append(text, "[");
	if (m->base != UPSET_RESOURCE_NONE) {
		append(text, "%s", upset_isa_resource(isa, m->base)->name);
		plus = "+";
	}
	if (m->index != UPSET_RESOURCE_NONE) {
		append(text, "%s", plus);
		append_index(isa, m, text);
		plus = "+";
	}
	if (m->bit_string != UPSET_RESOURCE_NONE) {
		append(text, "%sbit(%s)", plus, upset_isa_resource(isa, m->bit_string)->name);
		plus = "+";
	}
	if (m->absolute)
		append(text, "=0x%" PRIx64, (uint64_t)m->displacement);
	else if (m->displacement < 0)
		append(text, "-%" PRIu64, -(uint64_t)m->displacement);
	else if (m->displacement > 0)
		append(text, "%s%" PRId64, plus, m->displacement);
	append(text, "]");
	if (m->cleared_bits)
		append(text, "&-%u", 1U << m->cleared_bits);
	append(text, "%s:%u", m->address_bits == 32 ? "32" : "", m->bits);
}

void rows_format_memory(const struct upset_isa *isa, const struct upset_insn *insn, char *text)
{
	text[0] = '\0';
	for (unsigned int i = 0; i < insn->memory_count; i++)
		append_memory(isa, &insn->memory[i], text);
}

/* Whether @resource is of this kind, or none. */
static bool is_kind(
	const struct upset_isa *isa, unsigned int resource, enum upset_resource_kind kind)
{
	const struct upset_resource *r = upset_isa_resource(isa, resource);

	return resource == UPSET_RESOURCE_NONE || (r && r->kind == kind);
}

static const char *broken_memory(const struct upset_isa *isa, const struct upset_memory *m)
{
	if (!is_kind(isa, m->base, UPSET_RESOURCE_GENERAL))
		return "base is a general register";
	if (!is_kind(isa, m->index, m->scattered ? UPSET_RESOURCE_VECTOR : UPSET_RESOURCE_GENERAL))
		return "index is a general register, of a gather a vector register";
	if (!is_kind(isa, m->bit_string, UPSET_RESOURCE_GENERAL))
		return "bit string is a general register";
	if (m->shift > 4)
		return "scale is 1, 2, 4, 8 or 16";
	if (m->address_bits != 32 && m->address_bits != 64)
		return "address has 32 or 64 bits";
	if (!is_kind(isa, m->segment, UPSET_RESOURCE_HIDDEN))
		return "segment is a hidden register";
	if (m->absolute && (m->base != UPSET_RESOURCE_NONE || m->index != UPSET_RESOURCE_NONE))
		return "an absolute address has no registers";
	return NULL;
}

static const char *broken_row(
	const struct upset_isa *isa, const struct upset_insn *insn, const struct upset_operand *row)
{
	const struct upset_resource *resource = upset_isa_resource(isa, row->resource);

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

static const char *broken_order(
	const struct upset_isa *isa, const struct upset_insn *insn, unsigned int i)
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
	if (i > 0 && is_flag(isa, row) && is_flag(isa, row - 1) && row[-1].resource > row->resource)
		return "flags are in the order of their number";
	return NULL;
}

const char *rows_broken_invariant(
	const struct upset_isa *isa, const struct upset_insn *insn, size_t size)
{
	if (insn->size == 0 || insn->size > isa->insn_bytes_max || insn->size > size)
		return "size is at most that of the longest, and within what was given";
	if (insn->size % isa->insn_alignment)
		return "size is a multiple of the alignment";
	if (insn->operand_count > UPSET_INSN_MAX_OPERANDS)
		return "rows fit";
	if (insn->memory_count > UPSET_INSN_MAX_MEMORY)
		return "memory arguments fit";
	if ((insn->classes & UPSET_CLASS_CONDITIONAL) && !(insn->classes & UPSET_CLASS_BRANCH))
		return "a conditional branch is a branch";
	for (unsigned int i = 0; i < insn->memory_count; i++) {
		const char *broken = broken_memory(isa, &insn->memory[i]);

		if (broken)
			return broken;
	}
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const char *broken = broken_row(isa, insn, &insn->operands[i]);

		if (!broken)
			broken = broken_order(isa, insn, i);
		if (broken)
			return broken;
	}
	return NULL;
}
