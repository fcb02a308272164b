/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines: every subcommand describes its options in one table, from
 * which they are parsed and its --help is printed.
 */
#ifndef UPSET_CLI_OPTIONS_H
#define UPSET_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the shell gets to see. */
enum upset_exit {
	UPSET_EXIT_DONE = 0,
	UPSET_EXIT_GATE = 1, /* what was asked for did not hold, such as equality */
	UPSET_EXIT_USAGE = 2,
	UPSET_EXIT_FAILED = 3, /* could not run, or was interrupted */
	UPSET_EXIT_AGAIN = 75, /* was told to end, and is to be called again; as of sysexits.h */
};

struct upset_command {
	const char *name;
	const char *summary; /* one line */
	const char *usage;   /* what follows "upset NAME" */
	const char *notes;   /* printed below the options; may be NULL */
	int (*run)(const struct upset_command *command, int argc, char **argv); /* an exit status */
};

/* The subcommands, ended by one without a name. */
extern const struct upset_command upset_commands[];

struct upset_list {
	const char **items; /* room for argc; the parser's caller frees it */
	size_t count;
};

enum upset_option_type {
	UPSET_OPTION_FLAG,
	UPSET_OPTION_TEXT,
	UPSET_OPTION_NUMBER,
	UPSET_OPTION_LIST,
	UPSET_OPTION_NAMES /* with commas; given again it adds to them */
};

struct upset_option {
	const char *name; /* without the dashes */
	char letter;	  /* of the short form, or 0 */
	enum upset_option_type type;
	const char *argument; /* its name in the help; NULL for flags */
	const char *help;
	void *target; /* bool, const char *, int64_t (>= 0), struct upset_list; of
			 NAMES a char *, freed by the parser's caller */
};

/*
 * Parse argv[1 .. argc-1] by @options (@count of them).  What is no option goes to
 * @rest, all that is behind "--" too.  Where a program follows, which has options of
 * its own, @rest is NULL, and *@end is the index of its name, argc when it has none.
 * -1 to go on, else an exit status: of --help, or of a mistake that has been reported.
 */
int upset_options_parse(const struct upset_command *command, const struct upset_option *options,
	size_t count, int argc, char **argv, struct upset_list *rest, int *end);

/* Report a mistake in how @command was called; returns UPSET_EXIT_USAGE. */
int upset_usage_error(const struct upset_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Print "upset: MESSAGE" to standard error, its control characters made harmless. */
void upset_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From now on say paths that begin with @prefix, which must last, without it: users do not know it.
 */
void upset_say_without(const char *prefix);

/* Report @error and return the exit status that fits it. */
struct upset_error;
int upset_report_error(const struct upset_error *error);

#endif
