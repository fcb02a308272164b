/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing command lines and saying what is wrong with them: see options.h. */
#include "cli/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "report/format.h"

static const char *hidden_prefix = "";

void upset_say_without(const char *prefix)
{
	hidden_prefix = prefix;
}

/* Paths in @message without the prefix. */
static void leave_out_prefix(char *message)
{
	size_t n = strlen(hidden_prefix);
	char *at = message;

	while (n > 0 && (at = strstr(at, hidden_prefix)) != NULL) {
		if (at[n] == '/' && (at == message || strchr(" '(", at[-1]) != NULL))
			memmove(at, at + n, strlen(at + n) + 1);
		at++;
	}
}

void upset_say(const char *format, ...)
{
	char message[2048], clean[4096];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	leave_out_prefix(message);
	upset_text_clean(message, strlen(message), clean, sizeof(clean));
	(void)fprintf(stderr, "upset: %s\n", clean);
}

int upset_usage_error(const struct upset_command *command, const char *format, ...)
{
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	upset_say("%s: %s; see `upset %s --help`", command->name, message, command->name);
	return UPSET_EXIT_USAGE;
}

int upset_report_error(const struct upset_error *error)
{
	if (error->code == EPIPE) /* the reader has seen enough */
		return UPSET_EXIT_DONE;
	upset_say("%s", error->message);
	return error->code == EINVAL ? UPSET_EXIT_USAGE : UPSET_EXIT_FAILED;
}

static void print_help(
	const struct upset_command *command, const struct upset_option *options, size_t count)
{
	(void)printf(
		"usage: upset %s %s\n\n%s.\n\n", command->name, command->usage, command->summary);
	for (size_t i = 0; i < count; i++) {
		char left[64];

		(void)snprintf(left, sizeof(left), "%c%c%s--%s%s%s", options[i].letter ? '-' : ' ',
			options[i].letter ? options[i].letter : ' ',
			options[i].letter ? ", " : "  ", options[i].name,
			options[i].argument != NULL ? " " : "",
			options[i].argument != NULL ? options[i].argument : "");
		(void)printf("  %-26s %s\n", left, options[i].help);
	}
	(void)printf("      %-22s %s\n", "--help", "print this");
	if (command->notes != NULL)
		(void)printf("\n%s\n", command->notes);
}

static const struct upset_option *find_option(const struct upset_option *options, size_t count,
	const char *name, size_t length, char letter)
{
	for (size_t i = 0; i < count; i++) {
		if (letter != 0 && options[i].letter == letter)
			return &options[i];
		if (letter == 0 && strlen(options[i].name) == length &&
			strncmp(options[i].name, name, length) == 0)
			return &options[i];
	}
	return NULL;
}

static int unknown_option(const struct upset_command *command, const struct upset_option *options,
	size_t count, const char *text, size_t length)
{
	char name[64];
	const char *nearest = NULL;

	(void)snprintf(name, sizeof(name), "%.*s", (int)length, text + strspn(text, "-"));
	if (count > 0)
		nearest = upset_nearest(name, &options[0].name, count, sizeof(options[0]));
	return upset_usage_error(command, "unknown option '%s'%s%s%s", text,
		nearest != NULL ? ", did you mean '--" : "", nearest != NULL ? nearest : "",
		nearest != NULL ? "'?" : "");
}

static int set_number(
	const struct upset_command *command, const struct upset_option *option, const char *value)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || number < 0)
		return upset_usage_error(
			command, "--%s takes a number from 0, not '%s'", option->name, value);
	*(int64_t *)option->target = number;
	return -1;
}

static int add_names(
	const struct upset_command *command, const struct upset_option *option, const char *value)
{
	char **names = option->target, *all = NULL;

	if (asprintf(&all, "%s%s%s", *names != NULL ? *names : "", *names != NULL ? "," : "",
		    value) < 0) {
		upset_say("%s: out of memory", command->name);
		return UPSET_EXIT_FAILED;
	}
	free(*names);
	*names = all;
	return -1;
}

static int set_value(
	const struct upset_command *command, const struct upset_option *option, const char *value)
{
	struct upset_list *list;

	switch (option->type) {
	case UPSET_OPTION_FLAG:
		*(bool *)option->target = true;
		break;
	case UPSET_OPTION_TEXT:
		*(const char **)option->target = value;
		break;
	case UPSET_OPTION_LIST:
		list = option->target;
		list->items[list->count++] = value;
		break;
	case UPSET_OPTION_NAMES:
		return add_names(command, option, value);
	case UPSET_OPTION_NUMBER:
		return set_number(command, option, value);
	}
	return -1;
}

struct parser {
	const struct upset_command *command;
	const struct upset_option *options;
	size_t count;
	int argc;
	char **argv;
	int at;
};

/* Parse the option argv[at], and its value in the same or the next argument. */
static int parse_option(struct parser *p)
{
	const char *text = p->argv[p->at];
	bool is_long = text[1] == '-';
	size_t length = is_long ? strcspn(text + 2, "=") : 1;
	const char *value = text + (is_long ? 2 : 1) + length;
	const struct upset_option *option = find_option(
		p->options, p->count, text + 2, length, (char)(is_long ? '\0' : text[1]));

	if (option == NULL)
		return unknown_option(p->command, p->options, p->count, text, length);
	if (option->type == UPSET_OPTION_FLAG) {
		if (*value != '\0')
			return upset_usage_error(p->command, "--%s takes no value", option->name);
		return set_value(p->command, option, NULL);
	}
	if (*value != '\0')
		return set_value(p->command, option, value + (is_long ? 1 : 0));
	if (p->at + 1 == p->argc)
		return upset_usage_error(
			p->command, "--%s needs a value: %s", option->name, option->argument);
	p->at++;
	return set_value(p->command, option, p->argv[p->at]);
}

int upset_options_parse(const struct upset_command *command, const struct upset_option *options,
	size_t count, int argc, char **argv, struct upset_list *rest, int *end)
{
	struct parser p = {command, options, count, argc, argv, 1};

	for (; p.at < argc; p.at++) {
		const char *text = argv[p.at];
		int result = -1;

		if (strcmp(text, "--") == 0) {
			p.at++;
			break;
		}
		if (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0) {
			print_help(command, options, count);
			return UPSET_EXIT_DONE;
		}
		if (text[0] == '-' && text[1] != '\0')
			result = parse_option(&p);
		else if (rest == NULL)
			break;
		else
			rest->items[rest->count++] = text;
		if (result >= 0)
			return result;
	}
	for (; rest != NULL && p.at < argc; p.at++)
		rest->items[rest->count++] = argv[p.at];
	if (end != NULL)
		*end = p.at;
	return -1;
}
