/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns computed from others.  Inputs are brought to the width of the
 * operation, the operation runs over R values, and its result is brought to the
 * width of the output.  Compiled once for each SIMD level, with that level's
 * compiler options; plain loops, for the compiler to vectorise.
 */
#include <string.h>

#include "profile/flagcount_level.h"

enum { R = UPSET_BUCKET_RECORDS };

typedef uint8_t u8 __attribute__((may_alias));
typedef uint16_t u16 __attribute__((may_alias));
typedef uint32_t u32 __attribute__((may_alias));
typedef uint64_t u64 __attribute__((may_alias));
typedef int8_t s8 __attribute__((may_alias));
typedef int16_t s16 __attribute__((may_alias));
typedef int32_t s32 __attribute__((may_alias));
typedef int64_t s64 __attribute__((may_alias));

/* --- from one width to another ------------------------------------------------------- */

#define CONVERT(to, from)                                                                          \
	static void from##_##to(void *restrict out, const void *restrict in)                       \
	{                                                                                          \
		to *restrict o = out;                                                              \
		const from *restrict v = in;                                                       \
                                                                                                   \
		for (unsigned int i = 0; i < R; i++)                                               \
			o[i] = (to)v[i];                                                           \
	}
#define CONVERT_FROM(from)                                                                         \
	CONVERT(u8, from) CONVERT(u16, from) CONVERT(u32, from) CONVERT(u64, from)
CONVERT_FROM(u8)
CONVERT_FROM(u16)
CONVERT_FROM(u32)
CONVERT_FROM(u64)
CONVERT(s16, s8)
CONVERT(s32, s8)
CONVERT(s64, s8)
CONVERT(s32, s16)
CONVERT(s64, s16)
CONVERT(s64, s32)

typedef void convert_function(void *restrict out, const void *restrict in);

/* By log2 of the bytes of the input and of the output. */
static convert_function *const zero_extend[4][4] = {
	{u8_u8, u8_u16, u8_u32, u8_u64},
	{u16_u8, u16_u16, u16_u32, u16_u64},
	{u32_u8, u32_u16, u32_u32, u32_u64},
	{u64_u8, u64_u16, u64_u32, u64_u64},
};
static convert_function *const sign_extend[4][4] = {
	{u8_u8, s8_s16, s8_s32, s8_s64},
	{u16_u8, u16_u16, s16_s32, s16_s64},
	{u32_u8, u32_u16, u32_u32, s32_s64},
	{u64_u8, u64_u16, u64_u32, u64_u64},
};

static unsigned int log2_of(unsigned int bytes)
{
	return (unsigned int)__builtin_ctz(bytes);
}

/* The column's values with @bytes each: where they are, or in @buffer. */
static const void *load(const struct upset_column *column, unsigned int bytes, void *buffer)
{
	if (!column->values) {
		for (unsigned int i = 0; i < R; i++)
			memcpy((char *)buffer + (size_t)i * bytes, &column->constant, bytes);
		return buffer;
	}
	if (column->bytes == bytes)
		return column->values;
	zero_extend[log2_of(column->bytes)][log2_of(bytes)](buffer, column->values);
	return buffer;
}

/* --- operations ------------------------------------------------------------------------ */

#define EACH(type, expression)                                                                     \
	for (unsigned int i = 0; i < R; i++)                                                       \
		out[i] = (type)(expression);                                                       \
	break

#define COMPUTE(type, signed_type)                                                                 \
	static void compute_##type(type *restrict out, const type *restrict a,                     \
		const type *restrict b, const struct upset_derivation *d)                          \
	{                                                                                          \
		unsigned int amount = d->amount;                                                   \
		type displacement = (type)d->displacement;                                         \
                                                                                                   \
		switch (d->kind) {                                                                 \
		case UPSET_DERIVE_ADD:                                                             \
			EACH(type, a[i] + b[i]);                                                   \
		case UPSET_DERIVE_SUB:                                                             \
			EACH(type, a[i] - b[i]);                                                   \
		case UPSET_DERIVE_AND:                                                             \
			EACH(type, a[i] & b[i]);                                                   \
		case UPSET_DERIVE_OR:                                                              \
			EACH(type, a[i] | b[i]);                                                   \
		case UPSET_DERIVE_XOR:                                                             \
			EACH(type, a[i] ^ b[i]);                                                   \
		case UPSET_DERIVE_NOT:                                                             \
			EACH(type, ~a[i]);                                                         \
		case UPSET_DERIVE_NEG:                                                             \
			EACH(type, 0 - a[i]);                                                      \
		case UPSET_DERIVE_SHL:                                                             \
			EACH(type, (uint64_t)a[i] << amount);                                      \
		case UPSET_DERIVE_SHR:                                                             \
			EACH(type, a[i] >> amount);                                                \
		case UPSET_DERIVE_SAR:                                                             \
			EACH(type, (signed_type)a[i] >> amount);                                   \
		case UPSET_DERIVE_ADDRESS:                                                         \
			EACH(type, a[i] + ((uint64_t)b[i] << amount) + displacement);              \
		default:                                                                           \
			EACH(type, a[i]);                                                          \
		}                                                                                  \
	}
COMPUTE(u8, s8)
COMPUTE(u16, s16)
COMPUTE(u32, s32)
COMPUTE(u64, s64)

static int has_second(enum upset_derive_kind kind)
{
	return kind <= UPSET_DERIVE_XOR || kind == UPSET_DERIVE_ADDRESS;
}

static void derive_full(void *out, unsigned int out_bytes, const struct upset_derivation *d)
{
	uint64_t buffers[3][R];
	unsigned int bytes = d->bits / 8u;
	const void *a = load(&d->a, bytes, buffers[0]);
	const void *b = has_second(d->kind) ? load(&d->b, bytes, buffers[1]) : a;
	void *r = bytes == out_bytes ? out : buffers[2];

	switch (bytes) {
	case 1:
		compute_u8(r, a, b, d);
		break;
	case 2:
		compute_u16(r, a, b, d);
		break;
	case 4:
		compute_u32(r, a, b, d);
		break;
	default:
		compute_u64(r, a, b, d);
		break;
	}
	if (r != out)
		(d->kind == UPSET_DERIVE_SIGN_EXTEND
				? sign_extend
				: zero_extend)[log2_of(bytes)][log2_of(out_bytes)](out, r);
}

static void pad(struct upset_column *column, void *buffer, unsigned int n)
{
	if (column->values) {
		memset(buffer, 0, R * sizeof(uint64_t));
		memcpy(buffer, column->values, (size_t)n * column->bytes);
		column->values = buffer;
	}
}

void UPSET_LEVEL(upset_derive)(
	void *out, unsigned int out_bytes, const struct upset_derivation *d, unsigned int n)
{
	uint64_t buffers[3][R];
	struct upset_derivation padded = *d;

	if (n == R) {
		derive_full(out, out_bytes, d);
		return;
	}
	pad(&padded.a, buffers[0], n);
	if (has_second(d->kind))
		pad(&padded.b, buffers[1], n);
	derive_full(buffers[2], out_bytes, &padded);
	memcpy(out, buffers[2], (size_t)n * out_bytes);
}
