/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Experiments that are missing: see missing.h. */
#include "cli/missing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum { RANGES_TOLD = 10 };

int campaign_missing_init(struct campaign_missing *m, uint64_t shards, struct upset_error *error)
{
	*m = (struct campaign_missing){.shards = shards};
	m->again = shards > 0 ? calloc(shards, sizeof(*m->again)) : NULL;
	m->out = open_memstream(&m->words, &m->words_size);
	if (m->out != NULL && (shards == 0 || m->again != NULL))
		return 0;
	return upset_error_set(error, ENOMEM, "out of memory");
}

int campaign_missing_add(void *missing, uint64_t first, uint64_t last)
{
	struct campaign_missing *m = missing;

	m->count += last - first + 1;
	if (m->ranges++ < RANGES_TOLD) {
		fprintf(m->out, "%s%" PRIu64, m->ranges > 1 ? ", " : "", first);
		if (last > first)
			fprintf(m->out, "-%" PRIu64, last);
	}
	for (uint64_t i = first; m->again != NULL && i <= last && i - first < m->shards; i++)
		m->again[i % m->shards] = true;
	return 0;
}

int campaign_missing_end(struct campaign_missing *m, struct upset_error *error)
{
	int rc;

	if (m->ranges > RANGES_TOLD)
		fprintf(m->out, " and %" PRIu64 " more ranges", m->ranges - RANGES_TOLD);
	rc = fclose(m->out);
	m->out = NULL;
	return rc == 0 ? 0 : upset_error_set(error, ENOMEM, "out of memory");
}

void campaign_missing_print_shards(const struct campaign_missing *m, FILE *out)
{
	for (uint64_t i = 0, told = 0; i < m->shards; i++) {
		if (m->again[i])
			fprintf(out, "%s%" PRIu64 "/%" PRIu64, told++ > 0 ? ", " : "", i,
				m->shards);
	}
}

void campaign_missing_fini(struct campaign_missing *m)
{
	if (m->out != NULL)
		(void)fclose(m->out);
	free(m->words);
	free(m->again);
	*m = (struct campaign_missing){0};
}
