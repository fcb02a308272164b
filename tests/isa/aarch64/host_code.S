/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * void host_call(void *code, struct host_context *context): calls code that may
 * change every register and then goes to host_return with the context in x0.
 */
#include "host.h"

	.text
	.globl host_call, host_return
host_call:
	stp x29, x30, [sp, #-160]!
	stp x19, x20, [sp, #16]
	stp x21, x22, [sp, #32]
	stp x23, x24, [sp, #48]
	stp x25, x26, [sp, #64]
	stp x27, x28, [sp, #80]
	stp d8, d9, [sp, #96]
	stp d10, d11, [sp, #112]
	stp d12, d13, [sp, #128]
	stp d14, d15, [sp, #144]
	mov x2, sp
	str x2, [x1, #HOST_STACK]
	br x0
host_return:
	ldr x2, [x0, #HOST_STACK]
	mov sp, x2
	msr fpcr, xzr
	ldp d14, d15, [sp, #144]
	ldp d12, d13, [sp, #128]
	ldp d10, d11, [sp, #112]
	ldp d8, d9, [sp, #96]
	ldp x27, x28, [sp, #80]
	ldp x25, x26, [sp, #64]
	ldp x23, x24, [sp, #48]
	ldp x21, x22, [sp, #32]
	ldp x19, x20, [sp, #16]
	ldp x29, x30, [sp], #160
	ret

	.section .note.GNU-stack, "", @progbits
