/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See text.h. */
#include "isa/text.h"

#include <stdarg.h>
#include <stdio.h>

void text_put(struct text *text, const char *format, ...)
{
	va_list arguments;
	size_t size;
	int count;

	va_start(arguments, format);
	count = vsnprintf(text->at, text->left, format, arguments);
	va_end(arguments);
	size = count < 0 ? 0 : (size_t)count;
	if (size >= text->left)
		size = text->left - 1;
	text->at += size;
	text->left -= size;
}
