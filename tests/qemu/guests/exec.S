/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: works, has a vforked child execute a program, fails to
 * execute one that does not exist, and then becomes another program itself.
 */
#include "guest.inc"

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	RANDOMIZE
	mov	ecx, 20
1:	mov	rax, [random_data + rcx * 8]
	MIX	rax
	dec	ecx
	jnz	1b
	call	kernel_vfork
	test	ecx, ecx
	jz	vfork_child
	call	kernel_wait_child
	movzx	eax, word ptr [status]
	MIX	rax
	mov	rdi, offset missing_path
	call	execute
	MIX	rax
	call	print_checksum
	mov	rdi, offset true_path
	call	execute
	ud2
END _start

/* Execute the program at rdi with no arguments but its name and an empty environment. */
FUNCTION execute
	mov	[arguments], rdi
	mov	rsi, offset arguments
	mov	rdx, offset environment
	CALL_KERNEL SYS_execve
	ret
END execute

FUNCTION vfork_child
	mov	rsp, offset child_stack_top
	mov	rdi, offset false_path
	call	execute
	ud2
END vfork_child

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

	GUEST_DATA
	.section .rodata
true_path:
	.asciz	"/bin/true"
false_path:
	.asciz	"/bin/false"
missing_path:
	.asciz	"/nonexistent/program"
	.data
	.balign	8
arguments:
	.quad	0, 0
environment:
	.quad	0
	.bss
	.balign	8
status:
	.skip	8
	.skip	4096
child_stack_top:
	.skip	64
