/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets in struct host_context, which host.c and host_code.S share. */
#ifndef UPSET_TESTS_ISA_RISCV_HOST_H
#define UPSET_TESTS_ISA_RISCV_HOST_H

#define HOST_STACK 0
#define HOST_RETURN 8
#define HOST_BEFORE 16
#define HOST_STATE_BYTES 640
#define HOST_AFTER 656

#endif
