/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What signals mean to commands that run programs. */
#ifndef UPSET_CLI_SIGNALS_H
#define UPSET_CLI_SIGNALS_H

#include "base/stop.h"

/* Its reason is the signal by which the user wants the run to stop. */
extern struct upset_stop upset_stop;

/*
 * From now on SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU and SIGALRM set upset_stop; of the first
 * three a second one ends this process.
 */
void upset_signals_catch_stop(void);

/* From now on a write fails with EPIPE or EFBIG; a program that is run does not inherit it. */
void upset_signals_catch_failed_writes(void);

#endif
