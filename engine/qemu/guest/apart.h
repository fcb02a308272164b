/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors and limits of the process are the program's, but some are set apart
 * for upset.  The program neither sees them nor takes them away.
 */
#ifndef UPSET_ENGINE_QEMU_GUEST_APART_H
#define UPSET_ENGINE_QEMU_GUEST_APART_H

#include <stdbool.h>
#include <stdint.h>

/* How many numbers of descriptors are set apart. */
enum { APART_DESCRIPTORS = 16 };

/* Begin: the numbers from @first on are set apart, with what is open there. */
void apart_begin(int first);

/* Set descriptor @fd apart, which is not closed.  Its number there, or -errno. */
int apart_keep(int fd);
/* Close @fd, which is set apart. */
void apart_close(int fd);
/* Whether @fd is one of them, and not closed. */
bool apart_is(int fd);

/*
 * While the program's limits on descriptors, sizes of files and processes are in
 * the way: lift them, as often as they are put back.
 */
void apart_lift_limits(void);
void apart_put_back_limits(void);

struct call;

/* As guest_answer(), of what is set apart. */
bool apart_answer(const struct call *call, int64_t *result);
/* limits.c: the part of it that asks for limits and sets them, of a process that is @self. */
void apart_begin_limits(void);
bool apart_answer_limits(const struct call *call, int self, int64_t *result);

#endif
