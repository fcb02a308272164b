/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the injector only: what saves copies page faults.  They live for a millisecond or
 * less, and on virtual machines a page fault can take a hundredth of that and more.
 */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_WARM_H
#define UPSET_ENGINE_QEMU_INJECTOR_WARM_H

/* From now on copies have the pages of the emulator's files that this process has. */
void warm_files(void);

/* What copies allocate next lies close together, not in gaps all over the heap. */
void warm_heap(void);

#endif
