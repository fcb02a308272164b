/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets in struct host_context, which host.c and host_code.S share. */
#ifndef UPSET_TESTS_ISA_AARCH64_HOST_H
#define UPSET_TESTS_ISA_AARCH64_HOST_H

#define HOST_STACK 0
#define HOST_RETURN 8
#define HOST_BEFORE 16
#define HOST_STATE_BYTES 1024
#define HOST_AFTER 1040

#endif
