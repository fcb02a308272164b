/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files a program writes to, as engines that step see it from outside. */
#ifndef UPSET_ENGINE_WRITTEN_H
#define UPSET_ENGINE_WRITTEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "profile/profile.h"

/* Whether open() with @flags is for writing. */
bool upset_written_opens(uint64_t flags);

/* Add the file that is open as @fd in process @pid, if it is one that has a name.  0, -ENOMEM. */
int upset_written_add(struct upset_profile *profile, pid_t pid, int fd);

#endif
