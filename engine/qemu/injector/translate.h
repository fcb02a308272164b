/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: translated code, as QEMU calls back. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_TRANSLATE_H
#define UPSET_ENGINE_QEMU_INJECTOR_TRANSLATE_H

#include "engine/qemu/injector/core.h"

/* A block is translated. */
void injector_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
/* A block was left in the middle, before @pc: give back what it did not execute. */
void injector_unwind(qemu_plugin_id_t id, unsigned int vcpu_index, uint64_t pc);

#endif
