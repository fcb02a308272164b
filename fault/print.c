/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The canonical text of faults: what parses to the same and prints to itself. */
#include <inttypes.h>
#include <stdlib.h>

#include "fault/fault.h"
#include "fault/names.h"

static bool has_bit(const struct upset_fault *f, unsigned int bit)
{
	return bit < UPSET_FAULT_BITS && (f->bits[bit / 64] >> bit % 64 & 1);
}

static void print_bits(FILE *to, const struct upset_fault *f)
{
	char before = ':';

	for (unsigned int bit = 0, end; bit < UPSET_FAULT_BITS; bit = end + 1) {
		end = bit;
		if (!has_bit(f, bit))
			continue;
		while (has_bit(f, end + 1))
			end++;
		(void)fprintf(to, "%c%u", before, bit);
		if (end > bit)
			(void)fprintf(to, "-%u", end);
		before = ',';
	}
}

static void print_value(FILE *to, const struct upset_fault *f)
{
	unsigned int n = sizeof(f->value);

	while (n > 1 && f->value[n - 1] == 0)
		n--;
	(void)fprintf(to, ":0x%x", f->value[n - 1]);
	while (--n > 0)
		(void)fprintf(to, "%02x", f->value[n - 1]);
}

static void print_place(FILE *to, const struct upset_fault_place *place)
{
	if (place->module != NULL)
		(void)fprintf(to, "%s!", place->module);
	if (place->symbol == NULL)
		(void)fprintf(to, "0x%" PRIx64, place->offset);
	else if (place->offset == 0)
		(void)fprintf(to, "%s", place->symbol);
	else
		(void)fprintf(to, "%s+0x%" PRIx64, place->symbol, place->offset);
}

static void print_location(FILE *to, const struct upset_fault *f)
{
	switch (f->location) {
	case UPSET_FAULT_NOWHERE:
		break;
	case UPSET_FAULT_REGISTER:
		(void)fprintf(to, " %s", fault_register_name(f));
		break;
	case UPSET_FAULT_MEMORY:
		(void)fputs(" mem[", to);
		print_place(to, &f->place);
		if (f->location_bits != UPSET_FAULT_MEMORY_BYTES * 8)
			(void)fprintf(to, ",%d", f->location_bits / 8);
		(void)fputc(']', to);
		break;
	case UPSET_FAULT_OPERAND:
		(void)fprintf(to, " operand[%d]", f->operand);
		break;
	case UPSET_FAULT_CODE:
		(void)fputs(" code[", to);
		print_place(to, &f->place);
		(void)fputc(']', to);
		break;
	}
}

static void print_fault(FILE *to, const struct upset_fault *f)
{
	(void)fputs(upset_fault_model_name(f->model), to);
	if (f->model == UPSET_FAULT_SET)
		print_value(to, f);
	else if (f->model != UPSET_FAULT_SKIP)
		print_bits(to, f);
	print_location(to, f);
	if (f->trigger == UPSET_FAULT_AT_INSN) {
		(void)fprintf(to, " @ insn=%" PRIu64, f->count);
	} else {
		(void)fputs(" @ pc=", to);
		print_place(to, &f->trigger_place);
		(void)fprintf(to, " #%" PRIu64, f->count);
	}
	if (f->thread == UPSET_FAULT_ANY_THREAD)
		(void)fprintf(to, " thread=any");
	if (f->thread >= 0)
		(void)fprintf(to, " thread=%" PRId64, f->thread);
	if (f->duration == UPSET_FAULT_FOREVER)
		(void)fputs(" forever", to);
	else if (f->duration == UPSET_FAULT_FOR)
		(void)fprintf(to, " for %" PRIu64, f->duration_count);
}

char *upset_faults_print(const struct upset_faults *faults)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		return NULL;
	for (size_t i = 0; i < faults->count; i++) {
		if (i > 0)
			(void)fputs("; ", to);
		print_fault(to, &faults->faults[i]);
	}
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}
