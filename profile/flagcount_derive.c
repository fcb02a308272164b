/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns computed from others: plain loops over R values of 64 bits, for the
 * compiler to vectorise.  Narrower columns are widened before and narrowed
 * after.  Compiled once for each SIMD level, with that level's compiler options.
 */
#include <string.h>

#include "profile/flagcount_level.h"

enum { R = UPSET_BUCKET_RECORDS };

typedef uint8_t u8 __attribute__((may_alias));
typedef uint16_t u16 __attribute__((may_alias));
typedef uint32_t u32 __attribute__((may_alias));
typedef uint64_t u64 __attribute__((may_alias));

typedef void convert_function(void *restrict out, const void *restrict in);

#define CONVERT(to, from)                                                                          \
	static void from##_##to(void *restrict out, const void *restrict in)                       \
	{                                                                                          \
		to *restrict o = out;                                                              \
		const from *restrict v = in;                                                       \
                                                                                                   \
		for (unsigned int i = 0; i < R; i++)                                               \
			o[i] = (to)v[i];                                                           \
	}
CONVERT(u64, u8)
CONVERT(u64, u16)
CONVERT(u64, u32)
CONVERT(u8, u64)
CONVERT(u16, u64)
CONVERT(u32, u64)

/* By log2 of the bytes of a value; those of 8 bytes stay where they are. */
static convert_function *const widen[3] = {u8_u64, u16_u64, u32_u64};
static convert_function *const narrow[3] = {u64_u8, u64_u16, u64_u32};

/* The column's values with 8 bytes each, where they are or in @buffer. */
static const u64 *load(const struct upset_column *column, u64 buffer[R])
{
	if (column->bytes == 8)
		return column->values;
	widen[__builtin_ctz(column->bytes)](buffer, column->values);
	return buffer;
}

/* --- operations ------------------------------------------------------------------------ */

#define EACH(expression)                                                                           \
	for (unsigned int i = 0; i < R; i++)                                                       \
		out[i] = (expression)&mask;                                                        \
	break

/* The kinds of two inputs, where B is the second. */
#define COMPUTE_TWO(B)                                                                             \
	switch (d->kind) {                                                                         \
	case UPSET_DERIVE_ADD:                                                                     \
		EACH(a[i] + B);                                                                    \
	case UPSET_DERIVE_SUB:                                                                     \
		EACH(a[i] - B);                                                                    \
	case UPSET_DERIVE_AND:                                                                     \
		EACH(a[i] & B);                                                                    \
	case UPSET_DERIVE_OR:                                                                      \
		EACH(a[i] | B);                                                                    \
	case UPSET_DERIVE_XOR:                                                                     \
		EACH(a[i] ^ B);                                                                    \
	default:                                                                                   \
		EACH(a[i] + ((B) << amount) + d->displacement);                                    \
	}

static void compute_columns(u64 *restrict out, const u64 *restrict a, const u64 *restrict b,
	const struct upset_derivation *d, uint64_t mask)
{
	unsigned int amount = d->amount;

	COMPUTE_TWO(b[i])
}

static void compute_constant(u64 *restrict out, const u64 *restrict a, uint64_t b,
	const struct upset_derivation *d, uint64_t mask)
{
	unsigned int amount = d->amount;

	COMPUTE_TWO(b)
}

/* Bits below the sign, moved right by @amount, and the sign copied above them. */
static void compute_signed(u64 *restrict out, const u64 *restrict a, unsigned int amount,
	uint64_t mask, uint64_t result_mask)
{
	uint64_t sign = ((mask >> 1) + 1) >> amount;

	for (unsigned int i = 0; i < R; i++)
		out[i] = ((((a[i] & mask) >> amount) ^ sign) - sign) & result_mask;
}

static void compute_one(
	u64 *restrict out, const u64 *restrict a, const struct upset_derivation *d, uint64_t mask)
{
	unsigned int amount = d->amount;

	switch (d->kind) {
	case UPSET_DERIVE_NOT:
		EACH(~a[i]);
	case UPSET_DERIVE_NEG:
		EACH(0 - a[i]);
	case UPSET_DERIVE_SHL:
		EACH(a[i] << amount);
	case UPSET_DERIVE_SHR:
		EACH((a[i] & mask) >> amount);
	case UPSET_DERIVE_SAR:
		compute_signed(out, a, amount, mask, mask);
		break;
	case UPSET_DERIVE_SIGN_EXTEND:
		compute_signed(out, a, 0, mask, UINT64_MAX);
		break;
	default:
		EACH(a[i]);
	}
}

static int has_second(enum upset_derive_kind kind)
{
	return kind <= UPSET_DERIVE_XOR || kind == UPSET_DERIVE_ADDRESS;
}

/* As upset_derive(), of R values and with a column as first input. */
static void derive_full(void *out, unsigned int out_bytes, const struct upset_derivation *d)
{
	uint64_t buffers[3][R];
	uint64_t mask = UINT64_MAX >> (64 - d->bits);
	const u64 *a = load(&d->a, buffers[0]);
	u64 *r = out_bytes == 8 ? out : buffers[2];

	if (!has_second(d->kind))
		compute_one(r, a, d, mask);
	else if (d->b.values)
		compute_columns(r, a, load(&d->b, buffers[1]), d, mask);
	else
		compute_constant(r, a, d->b.constant, d, mask);
	if (out_bytes != 8)
		narrow[__builtin_ctz(out_bytes)](out, r);
}

/* Make @column one of R values, those from @n on zero, in @buffer. */
static void pad(struct upset_column *column, uint64_t buffer[R], unsigned int n)
{
	memset(buffer, 0, R * sizeof(uint64_t));
	memcpy(buffer, column->values, (size_t)n * column->bytes);
	column->values = buffer;
}

void UPSET_LEVEL(upset_derive)(
	void *out, unsigned int out_bytes, const struct upset_derivation *d, unsigned int n)
{
	uint64_t buffers[3][R];
	struct upset_derivation full = *d;

	if (!d->a.values) {
		for (unsigned int i = 0; i < R; i++)
			buffers[0][i] = d->a.constant;
		full.a = (struct upset_column){.values = buffers[0], .bytes = 8};
	} else if (n < R) {
		pad(&full.a, buffers[0], n);
	}
	if (n == R) {
		derive_full(out, out_bytes, &full);
		return;
	}
	if (has_second(d->kind) && d->b.values)
		pad(&full.b, buffers[1], n);
	derive_full(buffers[2], out_bytes, &full);
	memcpy(out, buffers[2], (size_t)n * out_bytes);
}
