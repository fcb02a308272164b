/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The environment that programs get in campaigns: see environment.h. */
#include "api/environment.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const of_a_login[] = {"_=*", "SHLVL=*", "OLDPWD=*", "PWD=*", "COLUMNS=*",
	"LINES=*", "WINDOWID=*", "TERM=*", "TERM_*=*", "COLORTERM=*", "SSH_*=*", "TMUX=*",
	"TMUX_*=*", "STY=*", "XDG_SESSION_*=*", "XDG_RUNTIME_DIR=*", "DBUS_SESSION_*=*",
	"DISPLAY=*", "WAYLAND_DISPLAY=*", "XAUTHORITY=*", "INVOCATION_ID=*", "JOURNAL_STREAM=*",
	"MAKEFLAGS=*", "MFLAGS=*", "MAKELEVEL=*", "MAKE_TERMOUT=*", "MAKE_TERMERR=*"};

static bool is_left_out(const char *variable)
{
	for (size_t i = 0; i < sizeof(of_a_login) / sizeof(of_a_login[0]); i++) {
		if (fnmatch(of_a_login[i], variable, 0) == 0)
			return true;
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int upset_environment_make(char ***environment, struct upset_error *error)
{
	size_t n = 0, kept = 0;
	char **made;

	while (environ[n] != NULL)
		n++;
	made = calloc(n + 1, sizeof(*made));
	if (made == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (!is_left_out(environ[i]))
			made[kept++] = environ[i];
	}
	qsort(made, kept, sizeof(*made), compare);
	*environment = made;
	return 0;
}

void upset_environment_free(char **environment)
{
	free(environment);
}
