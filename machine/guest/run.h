/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the machine's first process and the maker of its files agree on. */
#ifndef UPSET_MACHINE_GUEST_RUN_H
#define UPSET_MACHINE_GUEST_RUN_H

/*
 * Texts, each ended by a NUL: the working folder, the program's path, how many arguments it has,
 * its arguments, its environment.
 */
#define MACHINE_RUN_FILE "/upset/run"
enum {
	MACHINE_RUN_MOST = 1 << 17,   /* bytes of it, */
	MACHINE_WORDS_MOST = 1 << 12, /* and texts in it */
};
/* Kernel modules, in the order in which they are loaded: 0, 1, ... */
#define MACHINE_MODULES "/upset/modules"
enum { MACHINE_MODULE_COMPRESSED = 4 }; /* of finit_module() */

#define MACHINE_OUTPUT_LINE "/dev/ttyS0"
/* "exit STATUS", "signal NUMBER", or a step that failed and the number of its error. */
#define MACHINE_RESULT_LINE "/dev/ttyS1"

#endif
