/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest program: a low-pass filter over a signal of whole numbers, and a position that
 * follows it, as in a controller.  It is built three times, for doc/tutorial.md:
 *   as it is;
 *   DOUBLED: each result of the filter is computed twice;
 *   HARDENED: everything is computed twice, each time with a state of its own.
 * A difference is reported.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAPS = 16, LARGEST = 1000000, EVERY = 50, SHIFT = 10, DIFFERENT = 99 };

/* The impulse response, in parts of 1 << SHIFT. */
static const int32_t response[TAPS] = {
	5, 13, 29, 52, 78, 101, 116, 118, 118, 116, 101, 78, 52, 29, 13, 5};

struct state {
	int32_t ring[TAPS]; /* the last values of the signal */
	uint32_t noise;
	uint32_t i; /* of the next value */
	int64_t position;
};

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

#if defined(DOUBLED) || defined(HARDENED)
static void differ(void)
{
	fprintf(stderr, "filter: two results differ\n");
	exit(DIFFERENT);
}
#endif

static int32_t apply(const int32_t ring[TAPS], unsigned int at)
{
	int32_t result = filter(ring, at);

#ifdef DOUBLED
	/* Or the compiler takes the second for the first. */
	__asm__ volatile("" : "+r"(ring), "+r"(at) : : "memory");
	if (filter(ring, at) != result)
		differ();
#endif
	return result;
}

/* Go on by up to EVERY values, of @n in all. */
static __attribute__((noinline)) void advance(struct state *s, uint32_t n)
{
	for (uint32_t k = 0; k < EVERY && s->i < n; k++) {
		s->ring[s->i % TAPS] = signal_at(s->i, &s->noise);
		s->i++;
		s->position += apply(s->ring, s->i % TAPS);
	}
}

static void run(uint32_t n)
{
	struct state s = {.noise = 1};
#ifdef HARDENED
	struct state other = s;
#endif

	while (s.i < n) {
		advance(&s, n);
#ifdef HARDENED
		advance(&other, n);
		if (memcmp(&s, &other, sizeof(s)) != 0)
			differ();
#endif
		printf("%" PRId64 "\n", s.position);
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
