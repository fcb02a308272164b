/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for what is sampled: locations and models. */
#include <errno.h>
#include <string.h>

#include "api/campaign.h"

struct word {
	const char *name;
	unsigned int bit;
};

static const struct word location_words[] = {{"gpr", UPSET_SAMPLE_GENERAL},
	{"flags", UPSET_SAMPLE_FLAGS}, {"simd", UPSET_SAMPLE_VECTOR},
	{"memory", UPSET_SAMPLE_MEMORY}, {"code", UPSET_SAMPLE_CODE}};
static const struct word model_words[] = {{"flip", 1 << UPSET_FAULT_FLIP},
	{"stuck0", 1 << UPSET_FAULT_STUCK0}, {"stuck1", 1 << UPSET_FAULT_STUCK1}};

/* Words with commas between them; NULL, or where it makes no sense. */
static const char *parse_words(
	const char *text, const struct word *words, size_t count, unsigned int *bits)
{
	do {
		size_t n = strcspn(text, ","), i = 0;

		while (i < count &&
			(strlen(words[i].name) != n || strncmp(text, words[i].name, n) != 0))
			i++;
		if (i == count)
			return text;
		*bits |= words[i].bit;
		text += n;
	} while (*text++ == ',');
	return NULL;
}

int campaign_words(const struct upset_campaign_options *o, unsigned int *locations,
	unsigned int *models, struct upset_error *error)
{
	const char *wrong;

	*locations = *models = 0;
	wrong = parse_words(o->locations, location_words,
		sizeof(location_words) / sizeof(location_words[0]), locations);
	if (wrong != NULL)
		return upset_error_set(error, EINVAL,
			"--locations, at '%s': it is gpr, flags, simd, memory or code", wrong);
	wrong = parse_words(
		o->models, model_words, sizeof(model_words) / sizeof(model_words[0]), models);
	if (wrong != NULL)
		return upset_error_set(
			error, EINVAL, "--models, at '%s': it is flip, stuck0 or stuck1", wrong);
	return 0;
}
