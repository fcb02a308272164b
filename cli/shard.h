/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which part of a campaign a command is to make, and for how long. */
#ifndef UPSET_CLI_SHARD_H
#define UPSET_CLI_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/*
 * K/N, or auto or auto/N: the place of this task among those that a scheduler has started, as
 * its environment tells it.  0; -EINVAL with a message.
 */
int upset_shard_parse(
	const char *text, uint64_t *shard, uint64_t *shards, struct upset_error *error);

/* SECONDS, or as 90s, 30m, 12h, 2d.  False: it is none of them, or 0. */
bool upset_duration_parse(const char *text, unsigned int *seconds);

#endif
