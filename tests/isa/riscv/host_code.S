/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * void host_call(void *code, struct host_context *context): calls code that may
 * change every register and then goes to host_return with the context in t0.
 */
#include "host.h"

	.text
	.globl host_call, host_return
host_call:
	addi sp, sp, -208
	sd ra, 0(sp)
	sd gp, 8(sp)
	sd tp, 16(sp)
	sd s0, 24(sp)
	sd s1, 32(sp)
	.irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sd s\n, 24 + 8 * \n(sp)
	.endr
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	fsd fs\n, 120 + 8 * \n(sp)
	.endr
	addi sp, sp, -16
	fsd fs10, 0(sp)
	fsd fs11, 8(sp)
	sd sp, HOST_STACK(a1)
	jr a0
host_return:
	ld sp, HOST_STACK(t0)
	fscsr zero
	fld fs10, 0(sp)
	fld fs11, 8(sp)
	addi sp, sp, 16
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	fld fs\n, 120 + 8 * \n(sp)
	.endr
	.irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	ld s\n, 24 + 8 * \n(sp)
	.endr
	ld s1, 32(sp)
	ld s0, 24(sp)
	ld tp, 16(sp)
	ld gp, 8(sp)
	ld ra, 0(sp)
	addi sp, sp, 208
	ret

	.section .note.GNU-stack, "", @progbits
