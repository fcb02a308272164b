/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: fork and vfork.  Three children run, work, write and end;
 * none of their instructions counts, and what they write to memory is theirs
 * (but for vfork's).  Process numbers appear in functions named kernel_* only.
 */
#include "guest.inc"

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	RANDOMIZE
	mov	ebx, 2
1:	call	work
	call	kernel_fork
	test	ecx, ecx
	jz	child
	call	work
	call	kernel_wait_child
	movzx	eax, word ptr [status]
	MIX	rax
	dec	ebx
	jnz	1b
	call	kernel_vfork
	test	ecx, ecx
	jz	vfork_child
	call	kernel_wait_child
	movzx	eax, word ptr [status]
	MIX	rax
	call	work
	FINISH
END _start

FUNCTION work
	mov	ecx, 50
1:	mov	rax, [random_data + rcx * 8]
	xor	rax, [checksum]
	MIX	rax
	dec	ecx
	jnz	1b
	ret
END work

/* rcx = 0 in the child, 1 in the parent. */
FUNCTION kernel_fork
	CALL_KERNEL SYS_fork
	mov	ecx, 0
	test	rax, rax
	jz	1f
	mov	ecx, 1
	jns	1f
	ud2
1:	ret
END kernel_fork

/* The child must not return from here before the parent does: it has its address in rdx. */
FUNCTION kernel_vfork
	pop	rdx
	CALL_KERNEL SYS_vfork
	mov	ecx, 0
	test	rax, rax
	jz	1f
	mov	ecx, 1
	jns	1f
	ud2
1:	jmp	rdx
END kernel_vfork

FUNCTION kernel_wait_child
	mov	rdi, -1
	mov	rsi, offset status
	mov	edx, 0
	mov	r10d, 0
	CALL_KERNEL SYS_wait4
	ret
END kernel_wait_child

FUNCTION child
	call	work
	call	work
	mov	edi, 1
	mov	rsi, offset child_text
	mov	edx, 6
	CALL_KERNEL SYS_write
	lea	edi, [rbx + 40]
	CALL_KERNEL SYS_exit_group
	ud2
END child

/*
 * Shares the parent's memory on the processor and has a copy of it under QEMU,
 * whose vfork is a fork: what it writes must not be looked at.
 */
FUNCTION vfork_child
	mov	qword ptr [from_child], 0x1357
	mov	edi, 7
	CALL_KERNEL SYS_exit
	ud2
END vfork_child

	GUEST_DATA
	.section .rodata
child_text:
	.ascii	"child\n"
	.bss
	.balign	8
status:
	.skip	8
from_child:
	.skip	8
