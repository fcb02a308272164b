/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: talking to the driver. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_MESSAGES_H
#define UPSET_ENGINE_QEMU_INJECTOR_MESSAGES_H

#include "engine/qemu/injector/core.h"

/* Ask the driver where a place of fault @fault of item @item is.  False: not mapped. */
bool injector_find(uint64_t item, unsigned int fault, bool trigger, uint64_t *address);
/* A new file with the program's memory map, to be closed. */
int injector_write_maps(void);
/* Whether the driver takes what the scout did, with @count outputs, for a run like the golden one.
 */
bool injector_ask(const struct upset_injector_message *message, const int *fds, size_t count);
/* Tell the driver something, with @count descriptors. */
void injector_tell(const struct upset_injector_message *message, const int *fds, size_t count);

#endif
