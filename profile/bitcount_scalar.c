/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference for the bit counting kernels: one value and one bit at a time,
 * as plainly as it can be said.  Knows nothing of vectors.
 */
#include "profile/bitcount_level.h"

static void drain(
	struct upset_bitcount_state *state, const void *column, unsigned int n, unsigned int width)
{
	const uint8_t *value = column;

	for (unsigned int i = 0; i < n; i++, value += width)
		for (unsigned int bit = 0; bit < width * 8; bit++)
			state->counters[upset_bitcount_counter(width, bit)] +=
				value[bit / 8] >> bit % 8 & 1;
}

static void drain_batch(void *states, const void *columns, const struct upset_bitcount_item *items,
	unsigned int count, unsigned int n)
{
	for (const struct upset_bitcount_item *item = items; item < items + count; item++)
		drain((void *)((char *)states + item->state_offset),
			(const char *)columns + item->column_offset, n, item->width_bytes);
}

static void spill_planes(
	uint64_t *counters, uint64_t (*planes)[4], unsigned int width, unsigned int shift)
{
	for (unsigned int plane = 0; plane < UPSET_BITCOUNT_PLANES; plane++) {
		for (unsigned int lane = 0; lane < UPSET_BITCOUNT_PLANE_BYTES * 8; lane++) {
			uint64_t bit = planes[plane][lane / 64] >> lane % 64 & 1;

			counters[upset_bitcount_counter(width, lane % (width * 8))] +=
				bit << (plane + shift);
		}
		for (unsigned int i = 0; i < UPSET_BITCOUNT_PLANE_BYTES / 8; i++)
			planes[plane][i] = 0;
	}
}

static void spill(struct upset_bitcount_state *state, unsigned int width)
{
	spill_planes(state->counters, state->planes, width, 0);
	spill_planes(state->counters, state->high_planes, width, UPSET_BITCOUNT_HIGH_SHIFT);
}

const struct upset_bitcount_level upset_bitcount_scalar = {drain, drain_batch, spill};
