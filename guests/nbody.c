/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest program: five bodies under gravity, stepped in double precision by the
 * leapfrog method.  Prints the energy before and after, which must stay.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BODIES = 5, AXES = 3 };

struct body {
	double position[AXES], velocity[AXES], mass;
};

/* A heavy body in the middle and four on near-circular, slightly inclined orbits (G = 1). */
static void place(struct body *body)
{
	static const double distance[BODIES] = {0, 1, 1.6, 2.5, 4.1};
	static const double mass[BODIES] = {1, 1e-3, 3e-4, 5e-5, 4e-5};

	for (int i = 0; i < BODIES; i++) {
		body[i] = (struct body){.mass = mass[i]};
		if (i == 0)
			continue;
		body[i].position[i % 2] = distance[i];
		body[i].velocity[1 - i % 2] = (i % 2 ? 1 : -1) * sqrt(1 / distance[i]);
		body[i].velocity[2] = 0.01 * i;
	}
}

static double square(const double *v)
{
	return v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
}

static double energy(const struct body *body)
{
	double sum = 0;

	for (int i = 0; i < BODIES; i++) {
		sum += body[i].mass * square(body[i].velocity) / 2;
		for (int j = i + 1; j < BODIES; j++) {
			double d[AXES];

			for (int a = 0; a < AXES; a++)
				d[a] = body[i].position[a] - body[j].position[a];
			sum -= body[i].mass * body[j].mass / sqrt(square(d));
		}
	}
	return sum;
}

static void kick(struct body *body, double step)
{
	for (int i = 0; i < BODIES; i++) {
		for (int j = i + 1; j < BODIES; j++) {
			double d[AXES], r2, pull;

			for (int a = 0; a < AXES; a++)
				d[a] = body[i].position[a] - body[j].position[a];
			r2 = square(d);
			pull = step / (r2 * sqrt(r2));
			for (int a = 0; a < AXES; a++) {
				body[i].velocity[a] -= d[a] * body[j].mass * pull;
				body[j].velocity[a] += d[a] * body[i].mass * pull;
			}
		}
	}
}

int main(int argc, char **argv)
{
	struct body body[BODIES];
	const double step = 1e-3;
	char *end = NULL;
	unsigned long steps;

	if (argc != 2) {
		fputs("usage: nbody STEPS\n", stderr);
		return 2;
	}
	errno = 0;
	steps = strtoul(argv[1], &end, 10);
	if (errno != 0 || end == argv[1] || *end != '\0') {
		fprintf(stderr, "nbody: %s: not a number of steps\n", argv[1]);
		return 2;
	}
	place(body);
	printf("%.15f\n", energy(body));
	for (; steps > 0; steps--) {
		kick(body, step / 2);
		for (int i = 0; i < BODIES; i++) {
			for (int a = 0; a < AXES; a++)
				body[i].position[a] += step * body[i].velocity[a];
		}
		kick(body, step / 2);
	}
	printf("%.15f\n", energy(body));
	return 0;
}
