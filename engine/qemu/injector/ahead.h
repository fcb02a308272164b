/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the injector only: copies share what is translated before they are made.  So one of
 * them, the scout, runs ahead without a fault and tells what it translates; and what came of it
 * tells whether copies do what the program does.
 */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_AHEAD_H
#define UPSET_ENGINE_QEMU_INJECTOR_AHEAD_H

#include "engine/qemu/injector/core.h"

/* Before there is a program, which is to find memory as it always does. */
void ahead_begin(void);
/* Send a scout in @mode, once; true in it.  Else it has ended as the golden run does. */
bool ahead_scout(const struct injector_mode *mode);
/* In the scout: a block is translated.  See struct injector_mode. */
void ahead_translated(struct qemu_plugin_tb *tb, const struct code *code);
/* In the scout: it ends, and tells which blocks go on with which. */
void ahead_ends(void);
/* Translate and link what the scout did, as far as it is mapped by now; whether any was. */
bool ahead_translate(void);

#endif
