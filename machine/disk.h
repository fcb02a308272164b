/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside machine/ only: files that are disks. */
#ifndef UPSET_MACHINE_DISK_H
#define UPSET_MACHINE_DISK_H

#include "base/error.h"

/*
 * What the emulator calls the format of the disk in the file @path: *@format.  0; -ENOTSUP: its
 * content lies in other files, too, so that it is not known by that of this one; -errno of reading.
 */
int machine_disk_format(const char *path, const char **format, struct upset_error *error);

#endif
