/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the shared memory of a run that has ended to its profile. */
#ifndef UPSET_ENGINE_QEMU_HARVEST_H
#define UPSET_ENGINE_QEMU_HARVEST_H

#include "base/error.h"
#include "engine/qemu/shm.h"
#include "profile/profile.h"

/*
 * Count what is left in the buckets of @shm and fill @profile.  To be called
 * once, when nothing else uses the memory any more.  -ENOMEM, or -EPROTO when
 * the memory holds what it cannot.
 */
int upset_harvest(struct upset_shm *shm, struct upset_profile *profile, struct upset_error *error);

#endif
