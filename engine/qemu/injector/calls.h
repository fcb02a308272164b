/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: what is known of a call that the program's only thread makes. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_CALLS_H
#define UPSET_ENGINE_QEMU_INJECTOR_CALLS_H

#include "engine/qemu/guest/guest.h"

/* permit.c: what a copy may do, which shares files and processes with others. */
/* Whether a copy may make @call, and be copied behind it. */
bool permit_allows(const struct call *call);
/* Instead of @call: true if it was answered with *@result. */
bool permit_answer(const struct call *call, int64_t *result);
/* After @call: what it opened. */
void permit_after(const struct call *call, int64_t result);

/* forever.c: waiting that nothing can end. */
/* Before @call: true if the program waits for ever. */
bool forever_begins(const struct call *call);

#endif
