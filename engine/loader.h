/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program is linked with, as its loader says. */
#ifndef UPSET_ENGINE_LOADER_H
#define UPSET_ENGINE_LOADER_H

#include "base/error.h"

/*
 * Call @take with the path of each library that the loader @loader finds for the file @program in
 * @environment, the loader itself among them, until it returns another value than 0.  0; that
 * value; -ENOTSUP: the loader finds one of them nowhere; -errno of starting the loader.
 */
int upset_loader_list(const char *loader, const char *program, char *const *environment,
	int (*take)(void *context, const char *path), void *context, struct upset_error *error);

#endif
