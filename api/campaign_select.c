/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which instructions are sampled: those that are named by each of --functions, --modules and
 * --lines that was given, and not by --exclude.
 */
#include "api/campaign_select.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/campaign_names.h"

/* Names of what was met, each once. */
struct names {
	char **items;
	size_t count;
};

struct campaign_selection {
	const char *program;
	struct name *names;
	size_t count;
	bool given[NAME_KINDS];
	struct names met[NAME_KINDS]; /* taken; of NAME_EXCLUDED: left out */
	char *last[3];		      /* module, function and file of the place before */
};

/* --- names ------------------------------------------------------------------------------------ */

static int add_name(struct campaign_selection *s, enum name_kind kind, const char *text,
	size_t size, struct upset_error *error)
{
	struct name *grown = reallocarray(s->names, s->count + 1, sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	s->names = grown;
	s->given[kind] = true;
	return name_parse(&grown[s->count++], kind, text, size, error);
}

static int add_names(struct campaign_selection *s, enum name_kind kind, const char *list,
	struct upset_error *error)
{
	int rc = 0;

	while (list != NULL && rc == 0) {
		size_t n = strcspn(list, ",");

		rc = add_name(s, kind, list, n, error);
		list = list[n] == ',' ? list + n + 1 : NULL;
	}
	return rc;
}

int campaign_selection_new(struct campaign_selection **selection,
	const struct upset_campaign_options *o, const char *program, struct upset_error *error)
{
	const char *const lists[NAME_KINDS] = {[NAME_FUNCTION] = o->functions,
		[NAME_MODULE] = o->modules,
		[NAME_LINES] = o->lines,
		[NAME_EXCLUDED] = o->exclude};
	struct campaign_selection *s = calloc(1, sizeof(*s));
	int rc = s == NULL ? -ENOMEM : 0;

	for (unsigned int kind = 0; rc == 0 && kind < NAME_KINDS; kind++)
		rc = add_names(s, (enum name_kind)kind, lists[kind], error);
	if (rc == -ENOMEM)
		(void)upset_error_set(error, ENOMEM, "no memory for names");
	if (rc != 0) {
		campaign_selection_free(s);
		return rc;
	}
	s->program = program;
	*selection = s;
	return 0;
}

void campaign_selection_free(struct campaign_selection *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++)
		name_fini(&s->names[i]);
	for (unsigned int kind = 0; kind < NAME_KINDS; kind++) {
		for (size_t i = 0; i < s->met[kind].count; i++)
			free(s->met[kind].items[i]);
		free(s->met[kind].items);
	}
	for (unsigned int i = 0; i < 3; i++)
		free(s->last[i]);
	free(s->names);
	free(s);
}

/* --- places ----------------------------------------------------------------------------------- */

static int note(struct names *met, const char *text)
{
	char **grown;

	for (size_t i = met->count; i-- > 0;) {
		if (strcmp(met->items[i], text) == 0)
			return 0;
	}
	grown = reallocarray(met->items, met->count + 1, sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	met->items = grown;
	grown[met->count] = strdup(text);
	return grown[met->count] == NULL ? -ENOMEM : (met->count++, 0);
}

/* What @name, which has met @place, took or left out of it. */
static int note_met(
	struct campaign_selection *s, const struct name *name, const struct campaign_place *place)
{
	char *lines = NULL;
	int rc;

	if (name->functions > 0)
		return note(&s->met[name->kind], place->function);
	if (name->modules > 0)
		return note(&s->met[name->kind], place->module);
	if (asprintf(&lines, "%s%s", place->file, strrchr(name->text, ':')) < 0)
		return -ENOMEM;
	rc = note(&s->met[name->kind], lines);
	free(lines);
	return rc;
}

/* Whether it is another module, function or file than that of the place before. */
static int look_for_change(
	struct campaign_selection *s, const struct campaign_place *place, bool *changed)
{
	const char *const now[3] = {place->module, place->function, place->file};

	*changed = false;
	for (unsigned int i = 0; i < 3; i++) {
		if (s->last[i] != NULL && strcmp(s->last[i], now[i]) == 0)
			continue;
		*changed = true;
		free(s->last[i]);
		s->last[i] = strdup(now[i]);
		if (s->last[i] == NULL)
			return -ENOMEM;
	}
	return 0;
}

int campaign_selection_look(
	struct campaign_selection *s, const struct campaign_place *place, bool *taken)
{
	bool meets[NAME_KINDS] = {false}, changed, inside = true;
	int rc = look_for_change(s, place, &changed);

	for (size_t i = 0; rc == 0 && i < s->count; i++) {
		s->names[i].meets = name_meets(&s->names[i], place, s->program);
		meets[s->names[i].kind] |= s->names[i].meets;
		if (changed)
			rc = name_offer(&s->names[i], place);
	}
	for (unsigned int kind = 0; kind < NAME_EXCLUDED; kind++)
		inside &= !s->given[kind] || meets[kind];
	*taken = inside && !meets[NAME_EXCLUDED];
	for (size_t i = 0; rc == 0 && i < s->count; i++) {
		struct name *name = &s->names[i];

		if (!name->meets || (name->kind == NAME_EXCLUDED ? !inside : !*taken))
			continue;
		name->used++;
		rc = note_met(s, name, place);
	}
	return rc;
}

/* --- afterwards ------------------------------------------------------------------------------- */

int campaign_selection_check(const struct campaign_selection *s, struct upset_error *error)
{
	struct upset_error own = {0};
	struct upset_mistakes mistakes = {.error = &own};

	for (size_t i = 0; i < s->count; i++)
		name_judge(&s->names[i], s->program, &mistakes);
	return upset_mistakes_end(&mistakes) == 0
		       ? 0
		       : upset_error_set(error, EINVAL, "%s", own.message);
}

/* Append @mark and @text, if there is room for them and for how many more there are. */
static bool append(char *to, size_t size, const char *mark, const char *text)
{
	enum { REST = 32 };
	size_t used = strlen(to);

	if (used + strlen(mark) + strlen(text) + REST > size)
		return false;
	(void)snprintf(to + used, size - used, "%s%s", mark, text);
	return true;
}

static void describe(const struct names *met, const char *title, char *text, size_t size)
{
	size_t told = 0, used;

	if (met->count == 0 || !append(text, size, text[0] != '\0' ? "; " : "", title))
		return;
	while (told < met->count && append(text, size, told > 0 ? ", " : " ", met->items[told]))
		told++;
	used = strlen(text);
	if (told < met->count)
		(void)snprintf(text + used, size - used, " and %zu more", met->count - told);
}

void campaign_selection_describe(const struct campaign_selection *s, char *text, size_t size)
{
	static const char *const titles[NAME_KINDS] = {
		[NAME_FUNCTION] = "functions",
		[NAME_MODULE] = "modules",
		[NAME_LINES] = "lines",
		[NAME_EXCLUDED] = "without",
	};

	text[0] = '\0';
	for (unsigned int kind = 0; kind < NAME_KINDS; kind++)
		describe(&s->met[kind], titles[kind], text, size);
}
