/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decoded instruction in the notation of instructions.txt, and the invariants
 * that every decoded instruction keeps.  Shared by the tests and the fuzzer.
 */
#ifndef UPSET_TESTS_ISA_ROWS_H
#define UPSET_TESTS_ISA_ROWS_H

#include "isa/isa.h"

enum { ROWS_TEXT_SIZE = 2048 };

/* Write classes, rows and memory arguments as text into @text[ROWS_TEXT_SIZE]. */
void rows_format_classes(const struct upset_insn *insn, char *text);
void rows_format(const struct upset_isa *isa, const struct upset_insn *insn, char *text);
void rows_format_memory(const struct upset_isa *isa, const struct upset_insn *insn, char *text);

/* NULL, or the invariant that @insn, decoded from bytes of which @size were there, breaks. */
const char *rows_broken_invariant(
	const struct upset_isa *isa, const struct upset_insn *insn, size_t size);

#endif
