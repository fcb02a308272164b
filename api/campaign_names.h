/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside api/campaign_select.c and what belongs to it only: a name by which instructions
 * are selected, and what it has met.
 */
#ifndef UPSET_API_CAMPAIGN_NAMES_H
#define UPSET_API_CAMPAIGN_NAMES_H

#include "api/campaign_select.h"
#include "base/mistakes.h"

enum { OFFERS = 3 };

/* By which option it came. */
enum name_kind { NAME_FUNCTION, NAME_MODULE, NAME_LINES, NAME_EXCLUDED, NAME_KINDS };

struct name {
	enum name_kind kind;
	char *text;	   /* as it was given */
	char *module;	   /* of MODULE!FUNCTION; else NULL */
	char *subject;	   /* the name of the function or module, or the end of the file's path */
	uint64_t from, to; /* lines */
	/* What it has met. */
	uint64_t functions, modules, lines; /* instructions that it names, by what they are */
	uint64_t used;			    /* of them, that it selects, or leaves out */
	bool meets;			    /* the place that is looked at */
	bool file_met;
	uint64_t below, above; /* the nearest executed lines of its file; 0: none */
	struct {
		char *name;
		size_t distance;
	} offers[OFFERS]; /* names that are like it, the nearest first */
};

/* Parse @text[@size] for @kind.  0, -EINVAL with a message, -ENOMEM; name_fini() in any case. */
int name_parse(struct name *name, enum name_kind kind, const char *text, size_t size,
	struct upset_error *error);
void name_fini(struct name *name);

/* Whether it names @place of a run of @program, which is counted. */
bool name_meets(struct name *name, const struct campaign_place *place, const char *program);
/* Note what is like it. */
int name_offer(struct name *name, const struct campaign_place *place);

/* What is wrong with it at the end, if anything. */
void name_judge(const struct name *name, const char *program, struct upset_mistakes *mistakes);

/* The option that it came by. */
const char *name_option(enum name_kind kind);
/* Whether the file at @path is called @name, which is "program" for @program. */
bool name_is_module(const char *name, const char *path, const char *program);

#endif
