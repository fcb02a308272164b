/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: how far a thread may go, and how far threads have come. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_BUDGET_H
#define UPSET_ENGINE_QEMU_INJECTOR_BUDGET_H

#include "engine/qemu/injector/core.h"

/* Set the thread's budget to the next instruction before which something is to be done. */
void injector_plan(struct thread *t);

/* Nothing but the code ahead will look at its registers before it is executed. */
bool injector_is_alone(const struct thread *t);

/* End the program where the thread is beyond a limit. */
void injector_check_limits(const struct thread *t);
/* The program hangs: end it. */
void injector_hang(void) __attribute__((noreturn));
/* The program ends: tell how far threads have come. */
void injector_end(void);

#endif
