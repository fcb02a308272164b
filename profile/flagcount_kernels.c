/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags of one instruction over columns, and the range of addresses.  All flags
 * but ZF follow from the topmost and the lowest byte of the sources and the
 * result, so these bytes are taken out of the columns first and the formulas
 * work on vectors of bytes.  Compiled once for each SIMD level, with that
 * level's compiler options.  Knows nothing of how a level is chosen.
 */
#include <string.h>

#include "profile/flagcount_level.h"

enum { R = UPSET_BUCKET_RECORDS };

typedef uint8_t u8 __attribute__((may_alias));
typedef uint16_t u16 __attribute__((may_alias));
typedef uint32_t u32 __attribute__((may_alias));
typedef uint64_t u64 __attribute__((may_alias));
typedef uint64_t vector __attribute__((vector_size(32)));

enum { VECTORS = R * 2 / sizeof(vector) };

/* --- taking the bytes and bits that matter out of a column --------------------------- */

/* Of each value the top byte in bits 0 .. 7 and the low byte in bits 8 .. 15. */
struct ends {
	union {
		uint16_t values[R];
		vector vectors[VECTORS];
	};
};

static const uint64_t TOP_SIGNS = 0x0080008000800080, LOW_SIGNS = 0x8000800080008000;

#define TAKE(type)                                                                                 \
	static void take_##type(                                                                   \
		uint16_t *restrict out, const type *restrict in, unsigned int top, uint16_t mask)  \
	{                                                                                          \
		for (unsigned int i = 0; i < R; i++)                                               \
			out[i] = (uint16_t)((in[i] >> top & mask) | (in[i] & 0xff) << 8);          \
	}                                                                                          \
                                                                                                   \
	static unsigned int zeroes_##type(const type *in, type mask)                               \
	{                                                                                          \
		type zeroes = 0;                                                                   \
                                                                                                   \
		for (unsigned int i = 0; i < R; i++)                                               \
			zeroes = (type)(zeroes + ((in[i] & mask) == 0));                           \
		return (unsigned int)zeroes;                                                       \
	}
TAKE(u8)
TAKE(u16)
TAKE(u32)
TAKE(u64)

/* Take the byte that begins at bit @top, and the low byte, of each value. */
static void take(struct ends *ends, const struct upset_column *column, unsigned int top)
{
	int narrow = top >= column->bytes * 8u;
	uint16_t mask = narrow ? 0 : 0xff;

	if (!column->values) {
		uint64_t both = (column->constant >> top & 0xff) | (column->constant & 0xff) << 8;

		for (unsigned int i = 0; i < VECTORS; i++)
			ends->vectors[i] = (vector){0} + both * 0x0001000100010001;
		return;
	}
	top = narrow ? 0 : top;
	switch (column->bytes) {
	case 1:
		take_u8(ends->values, column->values, top, mask);
		break;
	case 2:
		take_u16(ends->values, column->values, top, mask);
		break;
	case 4:
		take_u32(ends->values, column->values, top, mask);
		break;
	default:
		take_u64(ends->values, column->values, top, mask);
		break;
	}
}

/* How many of the values have no 1 in their low @bits. */
static unsigned int count_zeroes(const struct upset_column *column, unsigned int bits)
{
	uint64_t mask = UINT64_MAX >> (64 - bits);

	if (!column->values)
		return column->constant & mask ? 0 : R;
	switch (column->bytes) {
	case 1:
		return zeroes_u8(column->values, (uint8_t)mask);
	case 2:
		return zeroes_u16(column->values, (uint16_t)mask);
	case 4:
		return zeroes_u32(column->values, (uint32_t)mask);
	default:
		return zeroes_u64(column->values, mask);
	}
}

/* How many of the bits @signs, one in each 16, are 1. */
static unsigned int count_signs(const vector v[VECTORS], uint64_t signs)
{
	unsigned int shift = signs == TOP_SIGNS ? 7 : 15;
	vector sums = {0};
	uint64_t sum;

	for (unsigned int i = 0; i < VECTORS; i++)
		sums += v[i] >> shift & 0x0001000100010001;
	sum = sums[0] + sums[1] + sums[2] + sums[3];
	return (unsigned int)(sum * 0x0001000100010001 >> 48);
}

/* --- formulas: each flag ends in the sign of the top or of the low byte --------------- */

static void count_sums(uint64_t *counts, const struct upset_flags *flags, const struct ends *r)
{
	struct ends a, b;
	vector carry[VECTORS], overflow[VECTORS], adjust[VECTORS];

	take(&a, &flags->a, flags->bits - 8u);
	take(&b, &flags->b, flags->bits - 8u);
	for (unsigned int i = 0; i < VECTORS; i++) {
		vector x = a.vectors[i], y = b.vectors[i], z = r->vectors[i];

		adjust[i] = (x ^ y ^ z) << 3;
		if (flags->kind == UPSET_FLAGS_ADD) {
			carry[i] = (x & y) | ((x | y) & ~z);
			overflow[i] = (x ^ z) & (y ^ z);
		} else {
			carry[i] = (~x & y) | ((~x | y) & z);
			overflow[i] = (x ^ y) & (x ^ z);
		}
	}
	counts[UPSET_FLAG_CF] += count_signs(carry, TOP_SIGNS);
	counts[UPSET_FLAG_AF] += count_signs(adjust, LOW_SIGNS);
	counts[UPSET_FLAG_OF] += count_signs(overflow, TOP_SIGNS);
}

/* The bit of the source that a shift moves out last; over 63: none. */
static unsigned int last_bit_out(const struct upset_flags *flags)
{
	unsigned int bits = flags->bits, shift = flags->shift;

	if (flags->kind == UPSET_FLAGS_SAR)
		return (shift < bits ? shift : bits) - 1;
	if (shift > bits)
		return 64;
	return flags->kind == UPSET_FLAGS_SHL ? bits - shift : shift - 1;
}

static void count_shifts(uint64_t *counts, const struct upset_flags *flags, const struct ends *r)
{
	unsigned int bit = last_bit_out(flags);
	struct ends a;
	vector carry[VECTORS], overflow[VECTORS];

	if (bit < 64)
		take(&a, &flags->a, bit & ~7u);
	else
		memset(&a, 0, sizeof(a));
	for (unsigned int i = 0; i < VECTORS; i++) {
		carry[i] = a.vectors[i] << (7 - bit % 8);
		overflow[i] = carry[i] ^ r->vectors[i];
	}
	counts[UPSET_FLAG_CF] += count_signs(carry, TOP_SIGNS);
	if (flags->kind == UPSET_FLAGS_SHL)
		counts[UPSET_FLAG_OF] += count_signs(overflow, TOP_SIGNS);
	if (flags->kind == UPSET_FLAGS_SHR && flags->shift == 1) {
		take(&a, &flags->a, flags->bits - 8u);
		counts[UPSET_FLAG_OF] += count_signs(a.vectors, TOP_SIGNS);
	}
}

static int has_second(enum upset_flags_kind kind)
{
	return kind == UPSET_FLAGS_ADD || kind == UPSET_FLAGS_SUB;
}

static void count_full(uint64_t *counts, const struct upset_flags *flags)
{
	struct ends r;
	vector odd[VECTORS];

	take(&r, &flags->r, flags->bits - 8u);
	for (unsigned int i = 0; i < VECTORS; i++) {
		vector v = r.vectors[i];

		v ^= v << 4;
		v ^= v << 2;
		odd[i] = v ^ v << 1;
	}
	counts[UPSET_FLAG_PF] += R - count_signs(odd, LOW_SIGNS);
	counts[UPSET_FLAG_SF] += count_signs(r.vectors, TOP_SIGNS);
	counts[UPSET_FLAG_ZF] += count_zeroes(&flags->r, flags->bits);
	if (has_second(flags->kind))
		count_sums(counts, flags, &r);
	else if (flags->kind != UPSET_FLAGS_LOGIC)
		count_shifts(counts, flags, &r);
}

/* Make @column one of R values, those from @n on zero, in @buffer. */
static void pad(struct upset_column *column, uint64_t buffer[R], unsigned int n)
{
	memset(buffer, 0, R * sizeof(uint64_t));
	if (column->values) {
		memcpy(buffer, column->values, (size_t)n * column->bytes);
	} else {
		column->bytes = 8;
		for (unsigned int i = 0; i < n; i++)
			buffer[i] = column->constant;
	}
	column->values = buffer;
}

static void flags_count(uint64_t *counts, const struct upset_flags *flags, unsigned int n)
{
	uint64_t buffers[3][R];
	struct upset_flags padded = *flags;

	if (n == R) {
		count_full(counts, flags);
		return;
	}
	if (flags->kind != UPSET_FLAGS_LOGIC)
		pad(&padded.a, buffers[0], n);
	if (has_second(flags->kind))
		pad(&padded.b, buffers[1], n);
	pad(&padded.r, buffers[2], n);
	count_full(counts, &padded);
	/* Of 0, 0 and 0 only these two flags are 1. */
	counts[UPSET_FLAG_PF] -= R - n;
	counts[UPSET_FLAG_ZF] -= R - n;
}

/* --- addresses -------------------------------------------------------------------------- */

static void addresses_range(const uint64_t *addresses, unsigned int n, uint64_t *min, uint64_t *max)
{
	uint64_t low = *min, high = *max;

	for (unsigned int i = 0; i < n; i++) {
		low = addresses[i] < low ? addresses[i] : low;
		high = addresses[i] > high ? addresses[i] : high;
	}
	*min = low;
	*max = high;
}

static int addresses_in_page(const uint64_t *addresses, unsigned int n)
{
	uint64_t differences = 0;

	for (unsigned int i = 0; i < n; i++)
		differences |= addresses[i] ^ addresses[0];
	return differences < 4096;
}

const struct upset_flagcount_level UPSET_LEVEL(upset_flagcount) = {
	flags_count, UPSET_LEVEL(upset_derive), addresses_range, addresses_in_page};
