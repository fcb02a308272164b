/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page with the data in its place: see html.h. */
#include "report/html/html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/html/internal.h"

extern const char upset_page[], upset_page_end[];

/* Where the data goes; page/template.html has it once. */
static const char mark[] = "@UPSET-DATA@";

static int write_tables(const struct upset_html_study *study, enum upset_view_scope scope,
	int64_t owner, FILE *json, struct upset_error *error)
{
	int result = 0;

	for (size_t i = 0; result == 0 && owner != 0 && i < upset_html_table_count; i++) {
		const struct upset_html_table *table = &upset_html_tables[i];

		if (table->scope != scope)
			continue;
		(void)fprintf(json, ",\n\"%s\":", table->name);
		result = upset_html_write_table(study->store, table, owner, json, error);
	}
	return result;
}

static int write_study(const struct upset_html_study *study, FILE *json, struct upset_error *error)
{
	int result;

	(void)fputs("{\"name\":", json);
	upset_write_json_text(study->name, strlen(study->name), json);
	result = write_tables(study, UPSET_SCOPE_RUN, study->run, json, error);
	if (result == 0)
		result = write_tables(study, UPSET_SCOPE_CAMPAIGN, study->campaign, json, error);
	(void)fputc('}', json);
	return result;
}

static void write_real(const char *name, double value, FILE *json)
{
	char number[32];

	upset_format_real(value, number, sizeof(number));
	(void)fprintf(json, ",\"%s\":%s", name, number);
}

static void write_difference(const struct upset_html_difference *difference, FILE *json)
{
	(void)fprintf(json, "{\"study\":%zu,\"outcome\":", difference->study);
	upset_write_json_text(difference->outcome, strlen(difference->outcome), json);
	(void)fprintf(json, ",\"extrapolated\":%s", difference->extrapolated ? "true" : "false");
	write_real("difference", difference->difference, json);
	write_real("low", difference->low, json);
	write_real("high", difference->high, json);
	(void)fputc('}', json);
}

static int write_data(const struct upset_html_report *report, FILE *json, struct upset_error *error)
{
	int result = 0;

	(void)fputs("{\"version\":", json);
	upset_write_json_text(report->version, strlen(report->version), json);
	write_real("confidence", report->confidence, json);
	(void)fputs(",\"differences\":[", json);
	for (size_t i = 0; i < report->difference_count; i++) {
		(void)fputs(i > 0 ? ",\n" : "", json);
		write_difference(&report->differences[i], json);
	}
	(void)fputs("],\n\"studies\":[", json);
	for (size_t i = 0; result == 0 && i < report->study_count; i++) {
		(void)fputs(i > 0 ? ",\n" : "", json);
		result = write_study(&report->studies[i], json, error);
	}
	(void)fputs("]}", json);
	return result;
}

/* In a page, what begins with '<' could end the element that holds the data. */
static void write_escaped(const char *json, size_t size, FILE *out)
{
	while (size > 0) {
		const char *bracket = memchr(json, '<', size);
		size_t length = bracket != NULL ? (size_t)(bracket - json) : size;

		(void)fwrite(json, 1, length, out);
		if (bracket == NULL)
			return;
		(void)fputs("\\u003c", out);
		json += length + 1;
		size -= length + 1;
	}
}

static void write_page(const char *json, size_t size, FILE *out)
{
	size_t page_size = (size_t)(upset_page_end - upset_page);
	const char *place = memmem(upset_page, page_size, mark, sizeof(mark) - 1);
	const char *rest = place + sizeof(mark) - 1;

	(void)fwrite(upset_page, 1, (size_t)(place - upset_page), out);
	write_escaped(json, size, out);
	(void)fwrite(rest, 1, (size_t)(upset_page_end - rest), out);
}

int upset_html_write(const struct upset_html_report *report, FILE *out, struct upset_error *error)
{
	char *json = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&json, &size);
	int result;

	if (stream == NULL)
		return upset_error_set(error, ENOMEM, "cannot make the report: out of memory");
	result = write_data(report, stream, error);
	if (fclose(stream) != 0 && result == 0)
		result = upset_error_set(error, ENOMEM, "cannot make the report: out of memory");
	if (result == 0) {
		write_page(json, size, out);
		result = upset_report_finish(out, result, error);
	}
	free(json);
	return result;
}
