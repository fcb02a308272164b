/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random machine states and their comparison, see image.h.
 */
#include "tests/isa/image.h"

#include <string.h>

#include "tests/isa/random.h"

uint64_t image_random(void)
{
	return random_next();
}

/* A lane of a vector: a number, a double, or two floats. */
static uint64_t random_lane(void)
{
	double number = (double)(int64_t)(random_next() % 2000) / 7 - 100;
	float pair[2] = {(float)number, -(float)number / 3};
	uint64_t lane;

	switch (random_next() % 3) {
	case 0:
		return random_number();
	case 1:
		memcpy(&lane, &number, sizeof(lane));
		return lane;
	default:
		memcpy(&lane, pair, sizeof(lane));
		return lane;
	}
}

static void random_x87(uint8_t value[10])
{
	uint64_t mantissa = random_next() | UINT64_C(1) << 63;
	uint16_t exponent = (uint16_t)(0x3ff8 + random_next() % 16);

	memcpy(value, &mantissa, 8);
	memcpy(value + 8, &exponent, 2);
}

/* Now and then all operands are zero: equal, so that cmpxchg succeeds. */
void image_fill(struct image *image)
{
	bool zero = random_next() % 8 == 0;

	for (unsigned int i = 0; i < 16; i++) {
		image->gpr[i] = zero ? 0 : random_number();
		for (unsigned int k = 0; k < 4; k++) {
			uint64_t lane = random_lane();

			memcpy(image->ymm[i] + 8 * (size_t)k, &lane, 8);
		}
	}
	image->rflags = random_next() & IMAGE_FLAGS;
	for (unsigned int i = 0; i < 8; i++)
		random_x87(image->x87[i]);
	for (unsigned int i = 0; i < sizeof(image->memory); i += 8) {
		uint64_t lane = zero ? 0 : random_lane();

		memcpy(&image->memory[0][0] + i, &lane, 8);
	}
}

void image_flip_outside(struct image *image, const struct image *mask, const struct image *fixed)
{
	const uint8_t *keep = (const uint8_t *)mask, *also = (const uint8_t *)fixed;
	uint8_t *bytes = (uint8_t *)image;

	for (size_t i = 0; i < sizeof(*image); i++)
		bytes[i] ^= random_next() & ~((unsigned int)keep[i] | also[i]) & 0xff;
	image->rflags &= IMAGE_FLAGS;
}

long image_difference(const struct image *a, const struct image *b, const struct image *mask,
	bool within, const struct image *ignored)
{
	const uint8_t *x = (const uint8_t *)a, *y = (const uint8_t *)b;
	const uint8_t *m = (const uint8_t *)mask, *skip = (const uint8_t *)ignored;

	for (size_t i = 0; i < sizeof(*a); i++) {
		if ((x[i] ^ y[i]) & (within ? m[i] : (uint8_t)~m[i]) & (uint8_t)~skip[i])
			return (long)i;
	}
	return -1;
}
