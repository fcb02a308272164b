/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: the faults of one experiment, in the process that is to have them. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_FAULTS_H
#define UPSET_ENGINE_QEMU_INJECTOR_FAULTS_H

#include "engine/armed.h"
#include "engine/qemu/injector/core.h"

/* Parse the faults of @item, and await their triggers; what becomes of them goes to the run. */
int faults_arm(uint64_t item);
/* There are none any more. */
void faults_disarm(void);
/* Fault @number; NULL: there are none. */
const struct upset_armed *faults_armed(unsigned int number);
/* Fates go to the run that the process has now. */
void faults_move(void);
/* Carry fault @number out, before the instruction at which the thread is. */
void faults_fire(struct thread *t, unsigned int number, const uint64_t *place);

/* What modes with faults do: see struct injector_mode. */
int faults_begin(void);
void faults_mapped(void);
uint64_t faults_next(const struct thread *t);
void faults_at_boundary(struct thread *t, bool stepped);
void *faults_sought(uint64_t pc);
bool faults_arrive(struct thread *t, void *sought, uint64_t pc, uint64_t instructions);

#endif
