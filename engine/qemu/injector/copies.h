/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the injector only: copies of the process, as many at one time as there are jobs.
 * Knows nothing of what they are made for.
 */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_COPIES_H
#define UPSET_ENGINE_QEMU_INJECTOR_COPIES_H

#include <sys/types.h>

#include "base/patience.h"
#include "engine/qemu/injector/files.h"

/* A copy that runs. */
struct copy {
	pid_t pid; /* 0: none */
	uint64_t item;
	uint64_t begin_ns;
	struct upset_patience patience;
	bool late;
};

/* 0 or -errno. */
int copies_begin(void);

/* Copy the process for @item, once fewer run than there are jobs.  True in the copy, which is in
   @mode; the driver is told of it, and of its end. */
bool copies_start(uint64_t item, const struct injector_mode *mode);
/* Wait for all copies. */
void copies_wait(void);
/* Make no more copies: @why; wait for those there are, and end. */
void copies_stop(const char *why) __attribute__((noreturn));

/* Copy the process into @c, which has run @number: true in the copy, with @outputs[] as its own;
   else they are the caller's, and so is its end. */
bool copy_make(struct copy *c, unsigned int number, const struct injector_mode *mode,
	int outputs[FILES_OUTPUTS]);
/* Whether it takes longer than a copy may. */
bool copy_is_late(struct copy *c);

#endif
