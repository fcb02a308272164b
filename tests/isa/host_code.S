/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads a register state of x86-64, runs the instruction that host_program.c puts into
 * the slot, and stores the state after it, see host_program.h.
 */
#include "tests/isa/host.h"

#define BEFORE(offset) host_before + (offset)(%rip)
#define AFTER(offset) host_after + (offset)(%rip)

	.text
	.globl host_code, host_recover, host_code_page, host_code_slot
	.hidden host_before, host_after, host_has_masks, host_mask

host_recover:
	cld /* emulators may forget to */
	ret

	.balign 4096
host_code_page:
host_code:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, stack(%rip)
	fxrstor64 BEFORE(HOST_FXSAVE)
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovdqu BEFORE(HOST_YMM + 32 * \n), %ymm\n
	.endr
	cmpl $0, host_has_masks(%rip)
	je 1f
	.irp n, 1, 2, 3, 4, 5, 6, 7
	kmovq host_mask(%rip), %k\n
	.endr
	.irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vpxorq %zmm\n, %zmm\n, %zmm\n
	.endr
1:
	pushq BEFORE(HOST_RFLAGS)
	popfq
	mov BEFORE(HOST_GPR + 8 * 0), %rax
	mov BEFORE(HOST_GPR + 8 * 1), %rcx
	mov BEFORE(HOST_GPR + 8 * 2), %rdx
	mov BEFORE(HOST_GPR + 8 * 3), %rbx
	mov BEFORE(HOST_GPR + 8 * 4), %rsp
	mov BEFORE(HOST_GPR + 8 * 5), %rbp
	mov BEFORE(HOST_GPR + 8 * 6), %rsi
	mov BEFORE(HOST_GPR + 8 * 7), %rdi
	.irp n, 8, 9, 10, 11, 12, 13, 14, 15
	mov BEFORE(HOST_GPR + 8 * \n), %r\n
	.endr
host_code_slot:
	.fill 15, 1, 0x90
	mov %rax, AFTER(HOST_GPR + 8 * 0)
	mov %rcx, AFTER(HOST_GPR + 8 * 1)
	mov %rdx, AFTER(HOST_GPR + 8 * 2)
	mov %rbx, AFTER(HOST_GPR + 8 * 3)
	mov %rsp, AFTER(HOST_GPR + 8 * 4)
	mov %rbp, AFTER(HOST_GPR + 8 * 5)
	mov %rsi, AFTER(HOST_GPR + 8 * 6)
	mov %rdi, AFTER(HOST_GPR + 8 * 7)
	.irp n, 8, 9, 10, 11, 12, 13, 14, 15
	mov %r\n, AFTER(HOST_GPR + 8 * \n)
	.endr
	mov stack(%rip), %rsp
	pushfq
	popq AFTER(HOST_RFLAGS)
	cld
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovdqu %ymm\n, AFTER(HOST_YMM + 32 * \n)
	.endr
	fxsave64 AFTER(HOST_FXSAVE)
	fninit
	vzeroupper
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret
	.balign 4096

	.bss
	.balign 8
stack:
	.fill 8

	.section .note.GNU-stack, "", @progbits
