/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What standard output can show. */
#ifndef UPSET_CLI_TERMINAL_H
#define UPSET_CLI_TERMINAL_H

#include <stdbool.h>

/* Columns of the terminal, from 80 on; 80 for what is none. */
unsigned int upset_terminal_width(void);
/* Whether it is a terminal, and colours are wanted. */
bool upset_terminal_has_colour(void);

#endif
