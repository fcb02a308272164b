/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory by region: a page belongs to the region of the latest mapping that covered it. */
#include <errno.h>
#include <stdlib.h>

#include "profile/derive.h"
#include "profile/index.h"

enum { PAGE_BYTES = 4096 };

struct turn {
	uint64_t turn; /* when the mapping was last added */
	uint32_t mapping;
};

static int compare_pages(const void *left, const void *right)
{
	const struct upset_page *a = left, *b = right;

	return (a->address > b->address) - (a->address < b->address);
}

static int compare_turns(const void *left, const void *right)
{
	const struct turn *a = left, *b = right;

	return (a->turn < b->turn) - (a->turn > b->turn);
}

/* The mappings, latest first. */
static struct turn *sort_mappings(const struct upset_profile *profile)
{
	struct turn *turns = calloc(profile->mapping_count + 1, sizeof(*turns));

	if (turns == NULL)
		return NULL;
	for (size_t i = 0; i < profile->mapping_count; i++)
		turns[i] = (struct turn){
			.turn = profile->index->mapping_turns[i],
			.mapping = (uint32_t)i,
		};
	qsort(turns, profile->mapping_count, sizeof(*turns), compare_turns);
	return turns;
}

/* The first page whose last byte is at or after @address. */
static size_t find_page(const struct upset_profile *profile, uint64_t address)
{
	size_t low = 0, high = profile->page_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (profile->pages[middle].address + (PAGE_BYTES - 1) < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first page at or after @page that has no region yet; next[page] > page once it has one. */
static size_t skip(size_t *next, size_t page)
{
	while (next[page] != page) {
		next[page] = next[next[page]];
		page = next[page];
	}
	return page;
}

static void paint(struct upset_profile *profile, const struct upset_mapping *mapping, size_t *next)
{
	size_t page = skip(next, find_page(profile, mapping->start));

	while (page < profile->page_count && profile->pages[page].address < mapping->end) {
		profile->pages[page].region = mapping->region;
		next[page] = page + 1;
		page = skip(next, page);
	}
}

static void paint_all(struct upset_profile *profile, const struct turn *turns, size_t *next)
{
	for (size_t i = 0; i <= profile->page_count; i++)
		next[i] = i;
	for (size_t i = 0; i < profile->page_count; i++)
		profile->pages[i].region = UPSET_REGION_MAPPING;
	for (size_t i = 0; i < profile->mapping_count; i++)
		paint(profile, &profile->mappings[turns[i].mapping], next);
}

int upset_profile_derive_regions(struct upset_profile *profile)
{
	struct turn *turns = sort_mappings(profile);
	size_t *next = calloc(profile->page_count + 1, sizeof(*next));
	int result = -ENOMEM;

	if (profile->detail != UPSET_DETAIL_FULL)
		profile->page_count = 0;
	if (turns != NULL && next != NULL) {
		if (profile->page_count > 0)
			qsort(profile->pages, profile->page_count, sizeof(*profile->pages),
				compare_pages);
		paint_all(profile, turns, next);
		result = 0;
	}
	free(turns);
	free(next);
	for (size_t i = 0; i < profile->page_count && result == 0; i++) {
		const struct upset_page *page = &profile->pages[i];

		profile->region_bytes_read[page->region] += page->bytes_read;
		profile->region_bytes_written[page->region] += page->bytes_written;
	}
	return result;
}
