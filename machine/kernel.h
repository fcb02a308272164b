/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside machine/ only: what a kernel's file says of itself. */
#ifndef UPSET_MACHINE_KERNEL_H
#define UPSET_MACHINE_KERNEL_H

#include <stdint.h>

#include "base/error.h"

/*
 * How much memory the kernel in the file @path needs to begin, without what is given to it.  0 and
 * *@bytes, 0 of a kernel that does not say it; -ENOEXEC: it is no kernel; -errno of reading it.
 */
int machine_kernel_needs(const char *path, uint64_t *bytes, struct upset_error *error);

#endif
