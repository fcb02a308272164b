/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all formats need of the job they are in: see internal.h. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "export/internal.h"

void upset_export_note(const struct upset_export_job *job, const char *format, ...)
{
	char message[1024];
	va_list arguments;

	if (job->options->note == NULL)
		return;
	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	job->options->note(job->options->context, message);
}

int upset_export_check_stop(const struct upset_export_job *job, struct upset_error *error)
{
	if (job->options->stopped == NULL || !job->options->stopped())
		return 0;
	return upset_error_set(
		error, EINTR, "interrupted; %s was not written", job->options->output);
}

void upset_export_write_name(const char *text, const char *reserved, FILE *out)
{
	if (text == NULL || *text == '\0')
		text = "???";
	for (const char *start = text; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte < 0x20 || byte == 0x7f || (byte == ' ' && text == start) ||
			strchr(reserved, *text) != NULL)
			(void)fprintf(out, "\\x%02x", byte);
		else
			(void)fputc(byte, out);
	}
}
