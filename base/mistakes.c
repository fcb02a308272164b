/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several mistakes in one error: see mistakes.h. */
#include "base/mistakes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { REST = 32 }; /* room for how many more there are */

void upset_mistakes_add(struct upset_mistakes *m, const char *format, ...)
{
	char text[sizeof(m->error->message)];
	size_t used;
	va_list arguments;

	m->count++;
	if (m->error == NULL || m->told + 1 < m->count)
		return;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text) - REST, format, arguments);
	va_end(arguments);
	used = m->count == 1 ? 0 : strlen(m->error->message);
	if (m->count > 1 && used + strlen(text) + REST > sizeof(m->error->message))
		return;
	m->error->code = EINVAL;
	(void)snprintf(m->error->message + used, sizeof(m->error->message) - used, "%s%s",
		used > 0 ? "; " : "", text);
	m->told++;
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
