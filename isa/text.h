/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing the text of an instruction piece by piece, cut off where the buffer ends. */
#ifndef UPSET_ISA_TEXT_H
#define UPSET_ISA_TEXT_H

#include <stddef.h>

struct text {
	char *at;
	size_t left; /* the end included; > 0 */
};

void text_put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
