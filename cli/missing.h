/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which experiments of a campaign are missing, as ranges and as shards. */
#ifndef UPSET_CLI_MISSING_H
#define UPSET_CLI_MISSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

struct campaign_missing {
	uint64_t count, ranges;
	uint64_t shards; /* 0: there are none */
	bool *again;	 /* [shards]: has missing ones */
	char *words;	 /* the first ranges, and how many more there are */
	size_t words_size;
	FILE *out; /* to them */
};

/* For a campaign in @shards.  0, -ENOMEM; end with campaign_missing_fini() in any case. */
int campaign_missing_init(
	struct campaign_missing *missing, uint64_t shards, struct upset_error *error);
/* Of this one (struct campaign_missing) @first .. @last are missing, too; in order.  0. */
int campaign_missing_add(void *missing, uint64_t first, uint64_t last);
/* No more are; the words are ready then.  0, -ENOMEM. */
int campaign_missing_end(struct campaign_missing *missing, struct upset_error *error);
/* Print "3/64, 5/64", the shards to make again. */
void campaign_missing_print_shards(const struct campaign_missing *missing, FILE *out);
void campaign_missing_fini(struct campaign_missing *missing);

#endif
