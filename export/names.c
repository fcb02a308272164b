/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts and their numbers: see names.h. */
#include "export/names.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

struct name {
	size_t number;
	char text[];
};

static int compare(const void *a, const void *b)
{
	const struct name *one = a, *other = b;

	return strcmp(one->text, other->text);
}

static struct name *make(const char *text, size_t number)
{
	size_t size = strlen(text) + 1;
	struct name *name = malloc(sizeof(*name) + size);

	if (name != NULL) {
		name->number = number;
		memcpy(name->text, text, size);
	}
	return name;
}

static bool make_room(struct upset_names *names)
{
	size_t room = names->room == 0 ? FIRST_ROOM : 2 * names->room;
	const char **items;

	if (names->count < names->room)
		return true;
	items = reallocarray(names->items, room, sizeof(*items));
	if (items == NULL)
		return false;
	names->items = items;
	names->room = room;
	return true;
}

size_t upset_names_add(struct upset_names *names, const char *text)
{
	struct name *made = make(text, names->count + 1);
	struct name **found;

	if (made == NULL || !make_room(names)) {
		free(made);
		return 0;
	}
	found = tsearch(made, &names->tree, compare);
	if (found == NULL || *found != made)
		free(made);
	else
		names->items[names->count++] = made->text;
	return found != NULL ? (*found)->number : 0;
}

void upset_names_fini(struct upset_names *names)
{
	tdestroy(names->tree, free);
	free(names->items);
	*names = (struct upset_names){0};
}
