/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One experiment, told in full: what `upset inject` and `upset replay` share. */
#ifndef UPSET_CLI_TELL_H
#define UPSET_CLI_TELL_H

#include <stdio.h>

#include "api/experiment.h"

/* Print what was changed, how both runs ended, and the outcome. */
void upset_experiment_tell(
	const struct upset_experiment *experiment, const struct upset_trial *golden);

/* Write the @bits of @value, as "0x1f". */
void upset_experiment_print_value(FILE *out, const uint8_t *value, unsigned int bits);
/* Write how a run ended, as "exit status 0". */
void upset_end_print(FILE *out, enum upset_end end, int status);
void upset_experiment_print_end(FILE *out, const struct upset_experiment_result *result);

#endif
