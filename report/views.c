/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All views, and finding one. */
#include <string.h>

#include "report/internal.h"

const struct upset_view *upset_view_at(size_t i)
{
	if (i < upset_run_view_count)
		return &upset_run_views[i];
	i -= upset_run_view_count;
	return i < upset_campaign_view_count ? &upset_campaign_views[i] : NULL;
}

/* A hyphen is as good as the '_' that names have in SQL. */
static bool is_name(const char *name, const char *typed)
{
	while (*name != '\0' && (*name == *typed || (*name == '_' && *typed == '-'))) {
		name++;
		typed++;
	}
	return *name == '\0' && *typed == '\0';
}

const struct upset_view *upset_view_find(const char *name)
{
	const struct upset_view *view;

	for (size_t i = 0; (view = upset_view_at(i)) != NULL; i++)
		if (is_name(view->name, name))
			return view;
	return NULL;
}

const struct upset_column *upset_view_column(const struct upset_view *view, const char *name)
{
	for (size_t i = 0; i < view->column_count; i++)
		if (strcmp(view->columns[i].name, name) == 0)
			return &view->columns[i];
	return NULL;
}

bool upset_column_is_number(const struct upset_column *column)
{
	switch (column->type) {
	case UPSET_COLUMN_TEXT:
	case UPSET_COLUMN_NAME:
	case UPSET_COLUMN_FILE:
	case UPSET_COLUMN_TIMESTAMP:
	case UPSET_COLUMN_ADDRESS:
	case UPSET_COLUMN_ONES:
		return false;
	default:
		return true;
	}
}
