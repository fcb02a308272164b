/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the decoders that QEMU's decodetree.py makes expect: a context, which here
 * keeps the name and the fields of what was decoded, and functions on bits.
 */
#ifndef UPSET_TESTS_ISA_DECODETREE_H
#define UPSET_TESTS_ISA_DECODETREE_H

#include <stdint.h>

typedef struct {
	const char *name;
	unsigned int count;
	struct {
		const char *name;
		int value;
	} fields[10];
} DisasContext;

static void record(DisasContext *ctx, const char *name, int value)
{
	ctx->fields[ctx->count].name = name;
	ctx->fields[ctx->count].value = value;
	ctx->count++;
}

static uint32_t extract32(uint32_t value, int start, int length)
{
	return value >> start & (UINT32_MAX >> (32 - length));
}

static int32_t sextract32(uint32_t value, int start, int length)
{
	return (int32_t)(value << (32 - length - start)) >> (32 - length);
}

static uint32_t deposit32(uint32_t value, int start, int length, uint32_t field)
{
	uint32_t mask = (UINT32_MAX >> (32 - length)) << start;

	return (value & ~mask) | (field << start & mask);
}

#endif
