/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the injector only: registers and memory of a thread that is outside of translated
 * code, once registers were found.
 */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_STATE_H
#define UPSET_ENGINE_QEMU_INJECTOR_STATE_H

#include "engine/inject.h"
#include "engine/qemu/injector/core.h"

void injector_find_state(void);
struct upset_inject_state injector_state(struct thread *thread);
uint64_t injector_program_counter(const struct thread *thread);
/* Where a register lies that is no flag; it is up to date in callbacks with registers, too. */
const void *injector_register(const struct thread *thread, unsigned int resource);

/* hash.c: of all that the thread can still use: registers and memory; 0: too much, or unknown. */
uint64_t injector_hash_state(struct thread *thread);

#endif
