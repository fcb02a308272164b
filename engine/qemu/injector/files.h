/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: what descriptors of the program become in copies. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_FILES_H
#define UPSET_ENGINE_QEMU_INJECTOR_FILES_H

#include "engine/qemu/injector/core.h"

enum { FILES_OUTPUTS = 2 }; /* standard output and error */

/* Keep the outputs as they were given to the program.  0 or -errno. */
int files_begin(void);
/* The program has opened descriptor @fd. */
void files_opened(int fd);
/* Whether @fd is one of the outputs. */
bool files_is_output(int fd);

/* Before a copy is made: note what is open, and make @outputs[], with what was written so far. */
void files_before_copy(int outputs[FILES_OUTPUTS]);
/* In the copy: put @outputs[] in place of the outputs, and open other files anew. */
void files_in_copy(const int outputs[FILES_OUTPUTS]);

#endif
