/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limits of sandboxes on the command line: see limit_options.h. */
#include "cli/limit_options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A number from 1, with a letter behind it for a size: K, M, G or T, of 1024 each. */
static bool parse(const char *text, bool is_size, uint64_t *value)
{
	static const char letters[] = "KMGT";
	const char *letter;
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno != 0 || !isdigit((unsigned char)text[0]) || *value == 0 || *value > INT64_MAX)
		return false;
	letter = is_size && *end != '\0' ? strchr(letters, *end) : NULL;
	if (letter != NULL) {
		unsigned int bits = 10 * (unsigned int)(letter - letters + 1);

		if (*value > (uint64_t)INT64_MAX >> bits)
			return false;
		*value <<= bits;
		end++;
	}
	return *end == '\0';
}

int upset_limits_parse(const struct upset_command *command, const struct upset_limit_texts *texts,
	struct upset_limits *limits)
{
	const struct {
		const char *name, *text;
		bool is_size;
		uint64_t *value;
	} all[] = {{"memory", texts->memory, true, &limits->memory_bytes},
		{"file", texts->file, true, &limits->file_bytes},
		{"cpu", texts->cpu, false, &limits->cpu_seconds},
		{"processes", texts->processes, false, &limits->processes}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].text != NULL && !parse(all[i].text, all[i].is_size, all[i].value))
			return upset_usage_error(command,
				"--limit-%s takes a number from 1%s, not '%s'", all[i].name,
				all[i].is_size ? ", such as 64M or 8G" : "", all[i].text);
	}
	return -1;
}
