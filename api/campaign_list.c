/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of faults for a campaign, looked through before anything of it is made. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/campaign.h"
#include "base/mistakes.h"
#include "symbols/symbols.h"

struct entry {
	char *text;
	unsigned int line;
};

struct campaign_list {
	char *path;
	struct entry *entries;
	uint64_t count;
};

/* --- what can be said before the program runs ------------------------------------------------- */

struct reading {
	struct campaign_list *list;
	const struct upset_engine *engine;
	const struct upset_target *target;
	struct upset_symbols *symbols; /* of the program */
};

/* The places of a fault: where it is, and where its trigger is. */
static const struct upset_fault_place *place_of(const struct upset_fault *f, unsigned int which)
{
	return which == 0 ? &f->place : &f->trigger_place;
}

static int check_symbols(
	const struct reading *r, const struct upset_faults *faults, struct upset_error *mistake)
{
	for (size_t i = 0; i < 2 * faults->count; i++) {
		const struct upset_fault_place *p = place_of(&faults->faults[i / 2], i % 2);
		uint64_t address;
		int rc;

		if (p->module != NULL || p->symbol == NULL)
			continue;
		rc = upset_symbols_address(r->symbols, p->symbol, &address);
		if (rc == -ENOENT)
			return upset_error_set(mistake, EINVAL, "%s has no symbol '%s'",
				r->target->program, p->symbol);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int add(struct campaign_list *list, unsigned int line, const struct upset_faults *faults)
{
	struct entry *grown = list->entries;

	if ((list->count & (list->count + 1)) == 0) /* full: 0, 1, 3, 7, ... */
		grown = reallocarray(grown, 2 * list->count + 1, sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	list->entries = grown;
	grown[list->count] = (struct entry){upset_faults_print(faults), line};
	return grown[list->count++].text == NULL ? -ENOMEM : 0;
}

static int visit(void *context, unsigned int line, const struct upset_faults *faults,
	struct upset_error *mistake)
{
	struct reading *r = context;
	int rc = r->engine->check(faults, mistake);

	if (rc == 0)
		rc = upset_faults_check(faults, r->target->isa, mistake);
	if (rc == 0)
		rc = check_symbols(r, faults, mistake);
	return rc == 0 ? add(r->list, line, faults) : rc;
}

static int read_all(struct reading *r, const char *path, struct upset_error *error)
{
	FILE *file = fopen(path, "re");
	int rc;

	if (file == NULL)
		return upset_error_set(error, errno, "cannot read the list of faults %s: %s", path,
			strerror(errno));
	r->symbols = upset_symbols_open(r->target->program);
	r->list->path = strdup(path);
	rc = r->symbols == NULL || r->list->path == NULL
		     ? -ENOMEM
		     : upset_faults_read(file, path, visit, r, error);
	upset_symbols_close(r->symbols);
	(void)fclose(file);
	if (rc == -ENOMEM)
		(void)upset_error_set(error, ENOMEM, "no memory for the list of faults");
	if (rc == 0 && r->list->count == 0)
		rc = upset_error_set(error, EINVAL, "there are no faults in %s", path);
	return rc;
}

int campaign_list_read(struct campaign_list **list, const char *path,
	const struct upset_engine *engine, const struct upset_target *program,
	struct upset_error *error)
{
	struct reading r = {.list = calloc(1, sizeof(**list)), .engine = engine, .target = program};
	int rc;

	if (r.list == NULL)
		return upset_error_set(error, ENOMEM, "no memory for the list of faults");
	rc = read_all(&r, path, error);
	if (rc != 0) {
		campaign_list_free(r.list);
		return rc;
	}
	*list = r.list;
	return 0;
}

/* --- what depends on the files that it maps --------------------------------------------------- */

struct module {
	char *name, *path; /* path NULL: it is not mapped */
};

struct look {
	const struct campaign_list *list;
	const struct upset_subject *subject;
	const struct upset_trial *golden;
	struct module *modules;
	size_t count;
	struct upset_mistakes mistakes;
	struct upset_error *error;
};

/* The module called @name, for which the program is run when it is a new one.  NULL: failed. */
static struct module *find_module(struct look *l, const char *name)
{
	struct module *grown;

	for (size_t i = 0; i < l->count; i++) {
		if (strcmp(l->modules[i].name, name) == 0)
			return &l->modules[i];
	}
	grown = reallocarray(l->modules, l->count + 1, sizeof(*grown));
	if (grown == NULL)
		return NULL;
	l->modules = grown;
	grown += l->count;
	*grown = (struct module){.name = strdup(name)};
	if (grown->name == NULL)
		return NULL;
	l->count++;
	return upset_trial_find_module(l->subject, name, l->golden, &grown->path, l->error) == 0
		       ? grown
		       : NULL;
}

static int look_at_place(
	struct look *l, const struct entry *entry, const struct upset_fault_place *place)
{
	struct module *module;
	uint64_t address;

	/* "*" is no module, but all addresses. */
	if (place->module == NULL || strcmp(place->module, "*") == 0)
		return 0;
	module = find_module(l, place->module);
	if (module == NULL)
		return l->error->code != 0 ? -l->error->code : -ENOMEM;
	if (module->path == NULL)
		upset_mistakes_add(&l->mistakes, "%s:%u: the program maps no file called '%s'",
			l->list->path, entry->line, place->module);
	else if (place->symbol != NULL &&
		 !upset_symbols_address_in(NULL, module->path, place->symbol, &address))
		upset_mistakes_add(&l->mistakes, "%s:%u: %s has no symbol '%s'", l->list->path,
			entry->line, module->path, place->symbol);
	return 0;
}

static int look_at(struct look *l, const struct entry *entry)
{
	struct upset_faults faults;
	unsigned int column;
	int rc = upset_faults_parse(entry->text, &faults, &column, NULL);

	for (size_t i = 0; rc == 0 && i < 2 * faults.count; i++)
		rc = look_at_place(l, entry, place_of(&faults.faults[i / 2], i % 2));
	upset_faults_free(&faults);
	return rc;
}

int campaign_list_check_modules(const struct campaign_list *list,
	const struct upset_subject *subject, const struct upset_trial *golden,
	struct upset_error *error)
{
	struct upset_error mistakes = {0};
	struct look l = {.list = list,
		.subject = subject,
		.golden = golden,
		.mistakes = {.error = &mistakes},
		.error = error};
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < list->count; i++)
		rc = look_at(&l, &list->entries[i]);
	if (rc == -ENOMEM)
		(void)upset_error_set(error, ENOMEM, "no memory for the list of faults");
	if (rc == 0 && upset_mistakes_end(&l.mistakes) != 0)
		rc = upset_error_set(error, EINVAL, "%s", mistakes.message);
	for (size_t i = 0; i < l.count; i++) {
		free(l.modules[i].name);
		free(l.modules[i].path);
	}
	free(l.modules);
	return rc;
}

/* --- reading it ------------------------------------------------------------------------------- */

uint64_t campaign_list_count(const struct campaign_list *list)
{
	return list->count;
}

int campaign_list_get(const struct campaign_list *list, uint64_t i, struct upset_faults *faults)
{
	unsigned int column;

	return upset_faults_parse(list->entries[i].text, faults, &column, NULL);
}

void campaign_list_free(struct campaign_list *list)
{
	if (list == NULL)
		return;
	for (uint64_t i = 0; i < list->count; i++)
		free(list->entries[i].text);
	free(list->entries);
	free(list->path);
	free(list);
}
