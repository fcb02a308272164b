/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names by which instructions are selected: see campaign_names.h. */
#include "api/campaign_names.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "symbols/symbols.h"

const char *name_option(enum name_kind kind)
{
	static const char *const options[NAME_KINDS] = {
		[NAME_FUNCTION] = "--functions",
		[NAME_MODULE] = "--modules",
		[NAME_LINES] = "--lines",
		[NAME_EXCLUDED] = "--exclude",
	};

	return options[kind];
}

/* --- text ------------------------------------------------------------------------------------- */

static const char *parse_line(const char *at, uint64_t *line)
{
	char *end;

	if (!isdigit((unsigned char)*at))
		return NULL;
	errno = 0;
	*line = strtoull(at, &end, 10);
	return errno == 0 && *line > 0 && *line <= INT64_MAX ? end : NULL;
}

/* FILE:FROM-TO, or FILE:LINE. */
static int parse_lines(struct name *n, struct upset_error *error)
{
	char *colon = strrchr(n->subject, ':');
	const char *end =
		colon == NULL || colon == n->subject ? NULL : parse_line(colon + 1, &n->from);

	n->to = n->from;
	if (end != NULL && *end == '-')
		end = parse_line(end + 1, &n->to);
	if (end == NULL || *end != '\0' || n->to < n->from)
		return upset_error_set(error, EINVAL,
			"--lines, at '%s': it is FILE:FROM-TO or FILE:LINE, as in main.c:10-20",
			n->text);
	*colon = '\0';
	return 0;
}

/* FUNCTION, or MODULE!FUNCTION. */
static int split(struct name *n, struct upset_error *error)
{
	char *mark = strrchr(n->text, '!');

	if (mark == NULL)
		return 0;
	if (mark == n->text || mark[1] == '\0')
		return upset_error_set(error, EINVAL,
			"%s, at '%s': before and behind '!' stand a module and a function",
			name_option(n->kind), n->text);
	free(n->subject);
	n->module = strndup(n->text, (size_t)(mark - n->text));
	n->subject = strdup(mark + 1);
	return n->module == NULL || n->subject == NULL ? -ENOMEM : 0;
}

int name_parse(struct name *n, enum name_kind kind, const char *text, size_t size,
	struct upset_error *error)
{
	*n = (struct name){
		.kind = kind, .text = strndup(text, size), .subject = strndup(text, size)};
	if (n->text == NULL || n->subject == NULL)
		return -ENOMEM;
	if (size == 0)
		return upset_error_set(
			error, EINVAL, "%s has an empty name in it", name_option(kind));
	if (kind == NAME_LINES)
		return parse_lines(n, error);
	return kind == NAME_MODULE ? 0 : split(n, error);
}

void name_fini(struct name *n)
{
	free(n->text);
	free(n->module);
	free(n->subject);
	for (unsigned int i = 0; i < OFFERS; i++)
		free(n->offers[i].name);
}

/* --- what it means ---------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool name_is_module(const char *name, const char *path, const char *program)
{
	if (strcmp(name, "program") == 0)
		return strcmp(path, program) == 0;
	return strcmp(path, name) == 0 || strcmp(base_name(path), name) == 0;
}

/* A part of a name, behind a dot, by which compilers name what they make of a function. */
static bool is_made(const char *part, size_t size)
{
	static const char *const words[] = {"cold", "constprop", "isra", "part", "lto_priv",
		"localalias", "clone", "llvm", "__uniq", "_omp_fn", "default", "resolver"};
	static const char *const levels[] = {"arch_", "avx", "sse", "fma"};

	if (size > 0 && strspn(part, "0123456789") >= size)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i]) == size && memcmp(part, words[i], size) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strncmp(part, levels[i], strlen(levels[i])) == 0)
			return true;
	}
	return false;
}

/* Whether @function is @name, or what a compiler made of it, as name.part.0. */
static bool is_function(const char *name, const char *function)
{
	while (*name != '\0') {
		if (*name++ != *function++)
			return false;
	}
	while (*function == '.') {
		size_t n = strcspn(function + 1, ".");

		if (!is_made(function + 1, n))
			return false;
		function += n + 1;
	}
	return *function == '\0';
}

/* Whether the path @file ends with the names in @end. */
static bool is_file(const char *end, const char *file)
{
	size_t n = strlen(end), size = strlen(file);

	return size >= n && strcmp(file + size - n, end) == 0 &&
	       (size == n || end[0] == '/' || file[size - n - 1] == '/');
}

static bool meets_lines(struct name *n, const struct campaign_place *p)
{
	if (p->line == 0 || !is_file(n->subject, p->file))
		return false;
	n->file_met = true;
	if (p->line < n->from && p->line > n->below)
		n->below = p->line;
	if (p->line > n->to && (n->above == 0 || p->line < n->above))
		n->above = p->line;
	return p->line >= n->from && p->line <= n->to;
}

bool name_meets(struct name *n, const struct campaign_place *p, const char *program)
{
	bool function, module, lines;

	function = (n->kind == NAME_FUNCTION || n->kind == NAME_EXCLUDED) &&
		   is_function(n->subject, p->function) &&
		   (n->module == NULL || name_is_module(n->module, p->module, program));
	module = (n->kind == NAME_MODULE || (n->kind == NAME_EXCLUDED && n->module == NULL)) &&
		 name_is_module(n->subject, p->module, program);
	lines = n->kind == NAME_LINES && meets_lines(n, p);
	n->functions += function;
	n->modules += module;
	n->lines += lines;
	return function || module || lines;
}

/* --- what may have been meant ----------------------------------------------------------------- */

static int offer(struct name *n, const char *name)
{
	size_t distance = upset_nearest_distance(n->subject, name), at = OFFERS;

	if (distance == SIZE_MAX)
		return 0;
	for (size_t i = OFFERS; i-- > 0;) {
		if (n->offers[i].name != NULL && strcmp(n->offers[i].name, name) == 0)
			return 0;
		if (n->offers[i].name == NULL || n->offers[i].distance > distance)
			at = i;
	}
	if (at == OFFERS)
		return 0;
	free(n->offers[OFFERS - 1].name);
	memmove(&n->offers[at + 1], &n->offers[at], (OFFERS - 1 - at) * sizeof(n->offers[0]));
	n->offers[at].distance = distance;
	n->offers[at].name = strdup(name);
	return n->offers[at].name == NULL ? -ENOMEM : 0;
}

int name_offer(struct name *n, const struct campaign_place *p)
{
	int rc = 0;

	if (n->functions + n->modules + n->lines > 0)
		return 0;
	if (n->kind == NAME_FUNCTION || n->kind == NAME_EXCLUDED)
		rc = offer(n, p->function);
	if (rc == 0 && (n->kind == NAME_MODULE || n->kind == NAME_EXCLUDED))
		rc = offer(n, base_name(p->module));
	if (rc == 0 && n->kind == NAME_LINES && p->line > 0)
		rc = offer(n, base_name(p->file));
	return rc;
}

/* --- what is wrong with it -------------------------------------------------------------------- */

static void describe_offers(const struct name *n, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < OFFERS && n->offers[i].name != NULL; i++) {
		int length = snprintf(text + used, size - used, "%s'%s'",
			i == 0 ? ", did you mean " : ", ", n->offers[i].name);

		if (length < 0 || used + (size_t)length + 2 > size) {
			text[used] = '\0';
			break;
		}
		used += (size_t)length;
	}
	if (used > 0)
		(void)snprintf(text + used, size - used, "?");
}

static void judge_lines(const struct name *n, const char *offers, struct upset_mistakes *m)
{
	char near[112] = "";

	if (!n->file_met) {
		upset_mistakes_add(m, "the program executes nothing of a source file %s%s",
			n->subject, offers);
		return;
	}
	if (n->below > 0 && n->above > 0)
		(void)snprintf(near, sizeof(near),
			", the nearest lines that it executes are %" PRIu64 " and %" PRIu64,
			n->below, n->above);
	else
		(void)snprintf(near, sizeof(near),
			", the nearest line that it executes is %" PRIu64,
			n->below > 0 ? n->below : n->above);
	upset_mistakes_add(m, "the program executes nothing of %s%s", n->text, near);
}

static void judge_unknown(const struct name *n, const char *program, struct upset_mistakes *m)
{
	char offers[200];
	uint64_t address;

	describe_offers(n, offers, sizeof(offers));
	if (n->kind == NAME_LINES)
		judge_lines(n, offers, m);
	else if (n->kind == NAME_MODULE)
		upset_mistakes_add(
			m, "the program executes nothing of a file called %s%s", n->text, offers);
	else if (n->module == NULL && upset_symbols_address_in(NULL, program, n->subject, &address))
		upset_mistakes_add(m,
			"the program has a function called %s, but does not execute it", n->text);
	else
		upset_mistakes_add(m, "the program executes no function%s called %s%s",
			n->kind == NAME_EXCLUDED ? " and nothing of a file" : "", n->text, offers);
}

void name_judge(const struct name *n, const char *program, struct upset_mistakes *m)
{
	if (n->functions + n->modules + n->lines == 0)
		judge_unknown(n, program, m);
	else if (n->kind == NAME_EXCLUDED && n->functions > 0 && n->modules > 0)
		upset_mistakes_add(m,
			"--exclude %s is a function and a file: name the function MODULE!%s, or "
			"the "
			"file with its full path",
			n->text, n->text);
	else if (n->kind != NAME_EXCLUDED && n->used == 0)
		upset_mistakes_add(m, "of %s %s nothing is left by the other options",
			name_option(n->kind), n->text);
}
