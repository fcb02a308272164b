/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stub that has said all that it will say, and what it was asked. */
#ifndef UPSET_TESTS_ENGINE_STUB_H
#define UPSET_TESTS_ENGINE_STUB_H

#include <stddef.h>

struct script {
	int fd;	   /* for who asks */
	int other; /* the stub's end */
};

/* It says @size bytes at @text and, if @ends, closes. */
void script_begin(struct script *script, const char *text, size_t size, int ends);
/* Say @data in a packet, after a '+' for the question. */
void script_answer(struct script *script, const char *data);
/* No more. */
void script_close(struct script *script);
/* What was said to it so far, in @text[@size], terminated. */
void script_asked(const struct script *script, char *text, size_t size);
void script_end(struct script *script);

#endif
