/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several mistakes in one error: see mistakes.h. */
#include "base/mistakes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { REST = 32 }; /* room for how many more there are */

/* Append @text where there is room for it, and for how many more there are. */
static void tell(struct upset_mistakes *m, const char *text)
{
	size_t used = m->count == 1 ? 0 : strlen(m->error->message);

	if (m->count > 1 && used + strlen(text) + REST > sizeof(m->error->message))
		return;
	m->error->code = EINVAL;
	(void)snprintf(m->error->message + used, sizeof(m->error->message) - used, "%s%s",
		used > 0 ? "; " : "", text);
	m->told++;
}

void upset_mistakes_add(struct upset_mistakes *m, const char *format, ...)
{
	char text[sizeof(m->error->message) - REST];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	m->count++;
	/* None behind one that was left out. */
	if (m->error != NULL && m->told + 1 == m->count)
		tell(m, text);
}

int upset_mistakes_end(struct upset_mistakes *m)
{
	size_t used;

	if (m->count == 0)
		return 0;
	if (m->error == NULL || m->told == m->count)
		return -EINVAL;
	used = strlen(m->error->message);
	(void)snprintf(m->error->message + used, sizeof(m->error->message) - used, "; and %zu more",
		m->count - m->told);
	return -EINVAL;
}
