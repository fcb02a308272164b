/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside `upset agree` only: two campaigns, and what is told of them. */
#ifndef UPSET_CLI_AGREE_H
#define UPSET_CLI_AGREE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "api/results.h"

/* An experiment; its text is owned by the side it belongs to. */
struct agree_made {
	const char *faults;
	uint64_t number;
	enum upset_outcome outcome;
	enum upset_cause cause;
	int status;
};

/* One of both campaigns. */
struct agree_side {
	const char *study;
	bool named; /* the campaign, not only the study */
	struct upset_experiments experiments;
	struct agree_made *made; /* [count], by fault and number */
	size_t count;
	uint64_t alone; /* of these, the other has none with the same faults */
};

/* The same faults in both. */
struct agree_pair {
	const struct agree_made *made[2];
	bool outcome, cause; /* whether they agree on it */
};

/* Yes in the one and not in the other, of pairs in which both have a result. */
struct agree_test {
	uint64_t only[2];
	double p; /* see campaign/mcnemar.h */
};

struct agreement {
	struct agree_side sides[2];
	struct agree_pair *pairs;
	size_t count;
	uint64_t matrix[UPSET_OUTCOMES][UPSET_OUTCOMES];
	uint64_t outcomes, causes; /* pairs that agree on the outcome, and on its cause, too */
	struct agree_test failure, sdc;
	double confidence;
};

/* Share of the pairs that agree on the outcome. */
double agree_share(const struct agreement *a);

/* For eyes: the matrix, the shares, the tests and each disagreement. */
void agree_print(const struct agreement *a, FILE *out);
/* All pairs. */
void agree_print_csv(const struct agreement *a, FILE *out);
/* What agree_print() tells, as an object. */
void agree_print_json(const struct agreement *a, FILE *out);

#endif
