/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside engine/qemu only: finding QEMU, starting it, waiting for it. */
#ifndef UPSET_ENGINE_QEMU_DRIVER_H
#define UPSET_ENGINE_QEMU_DRIVER_H

#include <limits.h>
#include <stddef.h>

#include "engine/engine.h"

struct qemu_paths {
	char qemu[PATH_MAX], plugin[PATH_MAX], injector[PATH_MAX];
};

/* Find the QEMU for @target, as QEMU names it: @path[PATH_MAX].  -ENOENT with a message. */
int qemu_find_for(const char *target, char *path, struct upset_error *error);
/* Find the one for programs of @isa, and the plugins.  -ENOENT with a message. */
int qemu_find(struct qemu_paths *paths, const struct upset_isa *isa, struct upset_error *error);
/* Write the version of the QEMU found into @version[@size].  -errno. */
int qemu_version(const struct qemu_paths *paths, char *version, size_t size);
/* See engine/engine.h. */
int qemu_check(const struct upset_faults *faults, struct upset_error *error);
int qemu_experiment(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error);
int qemu_locate(const struct upset_experiment_request *request,
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers,
	struct upset_experiment_result *result, struct upset_error *error);
int qemu_carry(const struct upset_carry_request *request, struct upset_experiment_result *result,
	char *why, size_t size, struct upset_error *error);
int qemu_trace(const struct upset_trace_request *request, struct upset_trace *trace,
	struct upset_error *error);

#endif
