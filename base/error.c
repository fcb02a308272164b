/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The error object: see error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

int upset_error_set(struct upset_error *error, int code, const char *format, ...)
{
	if (error != NULL && error->code == 0) {
		va_list arguments;

		error->code = code;
		va_start(arguments, format);
		(void)vsnprintf(error->message, sizeof(error->message), format, arguments);
		va_end(arguments);
	}
	return -code;
}
