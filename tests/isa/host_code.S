/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads a register state, runs the instruction that host.c puts into the slot,
 * and stores the state after it.  Copied to where the states lie at fixed
 * distances; addresses only relative to itself.
 */
#include "tests/isa/host.h"

#define BEFORE(offset) host_code_begin + HOST_BEFORE + (offset)(%rip)
#define AFTER(offset) host_code_begin + HOST_AFTER + (offset)(%rip)

	.section .rodata
	.balign 64
	.globl host_code_begin, host_code_slot, host_code_end
	.hidden host_code_begin, host_code_slot, host_code_end

host_code_begin:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, host_code_begin + HOST_STACK(%rip)
	fxrstor64 BEFORE(HOST_FXSAVE)
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovdqu BEFORE(HOST_YMM + 32 * \n), %ymm\n
	.endr
	cmpq $0, BEFORE(HOST_HAS_MASKS)
	je 1f
	.irp n, 1, 2, 3, 4, 5, 6, 7
	kmovq BEFORE(HOST_MASK), %k\n
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
	mov host_code_begin + HOST_STACK(%rip), %rsp
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
host_code_end:

	.section .note.GNU-stack, "", @progbits
