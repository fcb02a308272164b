/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of faults: an experiment a line.  doc/faults.md has their grammar. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mistakes.h"
#include "fault/fault.h"

/* Cut a comment off: a '#' that no digit follows (that is a hit), at the beginning or behind a
 * blank. */
static void cut(char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
	for (char *c = line; *c != '\0'; c++) {
		bool begins = c == line || c[-1] == ' ' || c[-1] == '\t';

		if (*c == '#' && begins && !isdigit((unsigned char)c[1])) {
			*c = '\0';
			return;
		}
	}
}

struct reading {
	const char *name;
	unsigned int line;
	upset_faults_visit *visit;
	void *context;
	struct upset_mistakes mistakes;
};

/* Take the experiment in @text; its mistakes are noted, and no reason to end. */
static int read_line(struct reading *r, char *text)
{
	struct upset_error mistake = {0};
	struct upset_faults faults;
	unsigned int column;
	int rc;

	cut(text);
	if (text[strspn(text, " \t")] == '\0')
		return 0;
	rc = upset_faults_parse(text, &faults, &column, &mistake);
	if (rc == -EINVAL)
		upset_mistakes_add(&r->mistakes, "%s:%u:%u: %.400s", r->name, r->line, column,
			mistake.message);
	if (rc == 0) {
		rc = r->visit(r->context, r->line, &faults, &mistake);
		if (rc == -EINVAL)
			upset_mistakes_add(
				&r->mistakes, "%s:%u: %.400s", r->name, r->line, mistake.message);
	}
	upset_faults_free(&faults);
	return rc == -EINVAL ? 0 : rc;
}

int upset_faults_read(FILE *file, const char *name, upset_faults_visit *visit, void *context,
	struct upset_error *error)
{
	struct reading r = {
		.name = name, .visit = visit, .context = context, .mistakes = {.error = error}};
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = getline(&line, &room, file)) >= 0) {
		r.line++;
		if (strlen(line) != (size_t)n)
			upset_mistakes_add(
				&r.mistakes, "%s:%u: a line with a zero byte", name, r.line);
		else
			rc = read_line(&r, line);
	}
	free(line);
	if (rc == 0 && ferror(file))
		return upset_error_set(error, EIO, "cannot read %s", name);
	return rc != 0 ? rc : upset_mistakes_end(&r.mistakes);
}
