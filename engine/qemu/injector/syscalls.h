/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: before and after system calls, as QEMU calls back. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_SYSCALLS_H
#define UPSET_ENGINE_QEMU_INJECTOR_SYSCALLS_H

#include "engine/qemu/injector/core.h"

bool injector_filter_syscall(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number,
	uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
	uint64_t a8, uint64_t *result);
void injector_after_syscall(
	qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number, int64_t result);

#endif
