/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside engine/gdb only: experiments, see engine/engine.h. */
#ifndef UPSET_ENGINE_GDB_EXPERIMENT_H
#define UPSET_ENGINE_GDB_EXPERIMENT_H

#include "engine/engine.h"

int gdb_check(const struct upset_faults *faults, struct upset_error *error);
int gdb_experiment(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error);

#endif
