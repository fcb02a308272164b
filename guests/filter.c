/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest program: a low-pass filter over a signal of whole numbers, as a controller
 * would run it.  It is built twice.  With HARDENED each result is computed two
 * times, and a difference is reported: what doc/tutorial.md measures.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { TAPS = 16, LARGEST = 1000000, EVERY = 8, SHIFT = 10, DIFFERENT = 99 };

/* The impulse response, in parts of 1 << SHIFT. */
static const int32_t response[TAPS] = {
	5, 13, 29, 52, 78, 101, 116, 118, 118, 116, 101, 78, 52, 29, 13, 5};

/* A slow triangle with noise on it. */
static int32_t signal_at(uint32_t i, uint32_t *noise)
{
	int32_t wave = (int32_t)(i % 200) - 100;

	*noise = *noise * 1664525 + 1013904223;
	return (wave < 0 ? -wave : wave) * 100 + (int32_t)(*noise >> 25);
}

/* The weighted sum of the last TAPS values; @at is where the next one goes. */
static __attribute__((noinline)) int32_t filter(const int32_t ring[TAPS], unsigned int at)
{
	int32_t sum = 0;

	for (unsigned int k = 0; k < TAPS; k++)
		sum += ring[(at + k) % TAPS] * response[k];
	return sum >> SHIFT;
}

#ifdef HARDENED
static __attribute__((noinline)) int32_t apply(const int32_t ring[TAPS], unsigned int at)
{
	int32_t first = filter(ring, at), second;

	/* Or the compiler takes the second for the first. */
	__asm__ volatile("" : "+r"(ring), "+r"(at) : : "memory");
	second = filter(ring, at);
	if (first != second) {
		fprintf(stderr, "filter: two results differ\n");
		exit(DIFFERENT);
	}
	return first;
}
#else
static int32_t apply(const int32_t ring[TAPS], unsigned int at)
{
	return filter(ring, at);
}
#endif

static void run(uint32_t n)
{
	int32_t ring[TAPS] = {0};
	uint32_t noise = 1;

	for (uint32_t i = 0; i < n; i++) {
		int32_t value;

		ring[i % TAPS] = signal_at(i, &noise);
		value = apply(ring, (i + 1) % TAPS);
		if (i % EVERY == EVERY - 1)
			printf("%" PRId32 "\n", value);
	}
}

int main(int argc, char **argv)
{
	char *end = NULL;
	unsigned long n;

	if (argc != 2) {
		fprintf(stderr, "usage: filter SAMPLES (at most %d)\n", LARGEST);
		return 2;
	}
	errno = 0;
	n = strtoul(argv[1], &end, 10);
	if (errno != 0 || end == argv[1] || *end != '\0' || argv[1][0] == '-' || n > LARGEST) {
		fprintf(stderr, "filter: %s: not a number up to %d\n", argv[1], LARGEST);
		return 2;
	}
	run((uint32_t)n);
	return 0;
}
