/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns computed from others: plain loops over R values of 64 bits, for the
 * compiler to vectorise.  Narrower columns are widened before and narrowed
 * after.  Compiled once for each SIMD level, with that level's compiler options.
 */
#include "profile/flagcount_columns.h"

CONVERT(u8, u64)
CONVERT(u16, u64)
CONVERT(u32, u64)

/* --- operations ------------------------------------------------------------------------ */

#define EACH(expression)                                                                           \
	for (unsigned int i = 0; i < R; i++)                                                       \
		out[i] = mask & (expression);                                                      \
	break

#define EACH_SIGNED(expression)                                                                    \
	for (unsigned int i = 0; i < R; i++)                                                       \
		out[i] = ((mask & (expression)) ^ sign) - sign;                                    \
	break

/* The kinds of two inputs, where B is the second. */
#define COMPUTE_TWO(B)                                                                             \
	switch (d->kind) {                                                                         \
	case UPSET_DERIVE_ADD:                                                                     \
		EACH(a[i] + (B));                                                                  \
	case UPSET_DERIVE_SUB:                                                                     \
		EACH(a[i] - (B));                                                                  \
	case UPSET_DERIVE_AND:                                                                     \
		EACH(a[i] & (B));                                                                  \
	case UPSET_DERIVE_OR:                                                                      \
		EACH(a[i] | (B));                                                                  \
	case UPSET_DERIVE_XOR:                                                                     \
		EACH(a[i] ^ (B));                                                                  \
	case UPSET_DERIVE_SIGNED_ADD:                                                              \
		EACH_SIGNED(a[i] + (B));                                                           \
	case UPSET_DERIVE_SIGNED_SUB:                                                              \
		EACH_SIGNED(a[i] - (B));                                                           \
	default:                                                                                   \
		EACH(a[i] + ((B) << amount) + displacement);                                       \
	}

static void compute_columns(u64 *restrict out, const u64 *restrict a, const u64 *restrict b,
	const struct upset_derivation *d, uint64_t mask)
{
	const unsigned int amount = d->amount;
	const uint64_t displacement = d->displacement, sign = (mask >> 1) + 1;

	COMPUTE_TWO(b[i])
}

static void compute_constant(u64 *restrict out, const u64 *restrict a, uint64_t b,
	const struct upset_derivation *d, uint64_t mask)
{
	const unsigned int amount = d->amount;
	const uint64_t displacement = d->displacement, sign = (mask >> 1) + 1;

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
	return kind <= UPSET_DERIVE_SIGNED_SUB || kind == UPSET_DERIVE_ADDRESS;
}

static __attribute__((noinline)) const u64 *prepare(
	const struct upset_column *column, uint64_t buffer[R], unsigned int n)
{
	if (column->values)
		widen(buffer, column, n);
	else
		for (unsigned int i = 0; i < R; i++)
			buffer[i] = column->constant;
	return buffer;
}

/* The R values of an input: where they are, or in @buffer. */
static inline const u64 *load(const struct upset_column *column, uint64_t buffer[R], unsigned int n)
{
	if (column->values && column->bytes == 8 && n == R)
		return column->values;
	return prepare(column, buffer, n);
}

/* Write @n of the R values at @from as @bytes each. */
static void store(void *out, unsigned int bytes, const uint64_t *from, unsigned int n)
{
	switch (bytes) {
	case 1:
		u64_u8(out, from, n);
		break;
	case 2:
		u64_u16(out, from, n);
		break;
	case 4:
		u64_u32(out, from, n);
		break;
	default:
		memcpy(out, from, n * sizeof(*from));
		break;
	}
}

void UPSET_LEVEL(upset_derive)(
	void *out, unsigned int out_bytes, const struct upset_derivation *d, unsigned int n)
{
	uint64_t buffers[3][R];
	uint64_t mask = UINT64_MAX >> (64 - d->bits);
	int direct = out_bytes == 8 && n == R;
	const u64 *a = load(&d->a, buffers[0], n);
	u64 *r = direct ? out : buffers[2];

	if (!has_second(d->kind))
		compute_one(r, a, d, mask);
	else if (d->b.values)
		compute_columns(r, a, load(&d->b, buffers[1], n), d, mask);
	else
		compute_constant(r, a, d->b.constant, d, mask);
	if (!direct)
		store(out, out_bytes, buffers[2], n);
}
