/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads a register state of i386, runs the instruction that host_program.c puts into the
 * slot, and stores the state after it, see host_program.h.  Where things lie is part of
 * the code, which is linked to one place, so that no register is needed.  What the
 * instruction may have put into segment registers is put right: the stack's stays.
 */
#include "tests/isa/host.h"

#define BEFORE(offset) host_before + (offset)
#define AFTER(offset) %ss:host_after + (offset)

	.text
	.globl host_code, host_recover, host_code_page, host_code_slot

/* Changes no flags. */
	.macro put_segments_right
	mov %ss, %eax
	mov %eax, %ds
	mov %eax, %es
	mov segment_fs, %fs
	mov segment_gs, %gs
	.endm

host_recover:
	put_segments_right
	cld /* emulators may forget to */
	ret

	.balign 4096
host_code_page:
host_code:
	push %ebx
	push %ebp
	push %esi
	push %edi
	mov %esp, stack
	mov %fs, segment_fs
	mov %gs, segment_gs
	fxrstor BEFORE(HOST_FXSAVE)
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7
	vmovdqu BEFORE(HOST_YMM + 32 * \n), %ymm\n
	.endr
	cmpl $0, host_has_masks
	je 1f
	.irp n, 1, 2, 3, 4, 5, 6, 7
	kmovq host_mask, %k\n
	.endr
1:
	pushl BEFORE(HOST_RFLAGS)
	popfl
	mov BEFORE(HOST_GPR + 8 * 0), %eax
	mov BEFORE(HOST_GPR + 8 * 1), %ecx
	mov BEFORE(HOST_GPR + 8 * 2), %edx
	mov BEFORE(HOST_GPR + 8 * 3), %ebx
	mov BEFORE(HOST_GPR + 8 * 4), %esp
	mov BEFORE(HOST_GPR + 8 * 5), %ebp
	mov BEFORE(HOST_GPR + 8 * 6), %esi
	mov BEFORE(HOST_GPR + 8 * 7), %edi
host_code_slot:
	.fill 15, 1, 0x90
	mov %eax, AFTER(HOST_GPR + 8 * 0)
	mov %ecx, AFTER(HOST_GPR + 8 * 1)
	mov %edx, AFTER(HOST_GPR + 8 * 2)
	mov %ebx, AFTER(HOST_GPR + 8 * 3)
	mov %esp, AFTER(HOST_GPR + 8 * 4)
	mov %ebp, AFTER(HOST_GPR + 8 * 5)
	mov %esi, AFTER(HOST_GPR + 8 * 6)
	mov %edi, AFTER(HOST_GPR + 8 * 7)
	put_segments_right
	mov stack, %esp
	pushfl
	popl AFTER(HOST_RFLAGS)
	cld
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7
	vmovdqu %ymm\n, AFTER(HOST_YMM + 32 * \n)
	.endr
	fxsave AFTER(HOST_FXSAVE)
	fninit
	vzeroupper
	pop %edi
	pop %esi
	pop %ebp
	pop %ebx
	ret
	.balign 4096

	.bss
	.balign 4
stack:
	.fill 4
segment_fs:
	.fill 4
segment_gs:
	.fill 4

	.section .note.GNU-stack, "", @progbits
