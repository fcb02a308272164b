/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What flagcount_kernels.c and flagcount_derive.c share: bringing their inputs
 * to the one form that they work on, R values of 64 bits or a constant.
 */
#ifndef UPSET_PROFILE_FLAGCOUNT_COLUMNS_H
#define UPSET_PROFILE_FLAGCOUNT_COLUMNS_H

#include <string.h>

#include "profile/flagcount_level.h"

enum { R = UPSET_BUCKET_RECORDS };

typedef uint8_t u8 __attribute__((may_alias));
typedef uint16_t u16 __attribute__((may_alias));
typedef uint32_t u32 __attribute__((may_alias));
typedef uint64_t u64 __attribute__((may_alias));

#define CONVERT(to, from)                                                                          \
	static inline void from##_##to(                                                            \
		__typeof__(to) *restrict out, const __typeof__(from) *restrict in, unsigned int n) \
	{                                                                                          \
		for (unsigned int i = 0; i < n; i++)                                               \
			out[i] = (to)in[i];                                                        \
	}
CONVERT(u64, u8)
CONVERT(u64, u16)
CONVERT(u64, u32)

/* The column's values, full or not, as R values of 64 bits with zeroes behind them, in @buffer. */
static inline void widen(uint64_t buffer[R], const struct upset_column *column, unsigned int n)
{
	memset(buffer + n, 0, (R - n) * sizeof(*buffer));
	switch (column->bytes) {
	case 1:
		u8_u64(buffer, column->values, n);
		break;
	case 2:
		u16_u64(buffer, column->values, n);
		break;
	case 4:
		u32_u64(buffer, column->values, n);
		break;
	default:
		memcpy(buffer, column->values, n * sizeof(*buffer));
		break;
	}
}

#endif
