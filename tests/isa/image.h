/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register and memory contents, or masks of bits in them, as one object that is
 * filled at random, varied and compared byte by byte.  For test_host.c.
 */
#ifndef UPSET_TESTS_ISA_IMAGE_H
#define UPSET_TESTS_ISA_IMAGE_H

#include "tests/isa/host.h"

enum { IMAGE_FLAGS = 0xcd5 }; /* cf pf af zf sf df of */

/* All that rows can name, or a mask of bits in it. */
struct image {
	uint64_t gpr[16];
	uint64_t rflags;
	uint8_t ymm[16][32];
	uint8_t x87[8][10];			   /* physical registers */
	uint8_t memory[HOST_WINDOWS][HOST_WINDOW]; /* what can be accessed around arguments */
};

uint64_t image_random(void);
void image_fill(struct image *image);
/* Change bits at random, but none that is in @mask or @fixed. */
void image_flip_outside(struct image *image, const struct image *mask, const struct image *fixed);
/* The first byte in which @a and @b differ within, or else outside of, @mask; -1: none. */
long image_difference(const struct image *a, const struct image *b, const struct image *mask,
	bool within, const struct image *ignored);

#endif
