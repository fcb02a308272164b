/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: every transfer of control.  Conditional branches taken
 * and not, near and across pages, loops, calls and returns of every form, and
 * instructions and blocks that lie across a page boundary.
 */
#include "guest.inc"

	.set	ROUNDS, 16

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	conditionals
	call	loops
	call	indirect
	call	nest
	call	pages
	dec	r12d
	jnz	round
	FINISH
END _start

/* Both encodings: a short branch, and one to another page. */
FUNCTION conditionals
	mov	ebx, 8
1:	mov	rax, [rsi + rbx * 8]
	mov	rdx, [rsi + rbx * 8 + 64]
	test	bl, 3
	cmovz	rdx, rax
	mov	r8d, 0
	.irp	cc, o, no, c, nc, z, nz, na, a, s, ns, p, np, l, nl, ng, g
	cmp	rax, rdx
	j\cc	2f
	add	r8, 3
2:	lea	r8, [r8 + r8 * 2]
	cmp	rax, rdx
	j\cc	far_\cc
back_\cc:
	inc	r8
	.endr
	MIX	r8
	dec	ebx
	jnz	1b
	ret
END conditionals

FUNCTION loops
	/* One instruction that is a whole block and its own target. */
	mov	ecx, 17
1:	loop	1b
	mov	ecx, 5
	mov	eax, 0
2:	add	eax, ecx
	loop	2b
	MIX	rax
	mov	rbx, 0
	mov	ecx, 40
3:	inc	ebx
	mov	rax, [rsi + rcx * 8]
	test	al, 7
	loopne	3b
	MIX	rcx
	mov	ecx, 40
4:	mov	rax, [rsi + rcx * 8]
	test	al, 0x81
	loope	4b
	MIX	rcx
	/* With a 32-bit counter the upper half is cleared. */
	mov	rcx, 0x700000003
5:	addr32 loop 5b
	MIX	rcx
	mov	ecx, 3
6:	jrcxz	7f
	dec	rcx
	jmp	6b
7:	mov	rcx, 0x100000000
	jrcxz	8f
	add	ebx, 5
	jecxz	8f
	add	ebx, 7
8:	MIX	rbx
	/* A block that jumps to itself. */
	mov	ecx, 9
	mov	eax, 1
9:	lea	eax, [rax + rax * 2 + 1]
	dec	ecx
	jnz	9b
	MIX	rax
	ret
END loops

FUNCTION add_three
	add	r8, 3
	ret
END add_three

FUNCTION add_five
	add	r8, 5
	ret
END add_five

/* Takes two stack arguments away. */
FUNCTION add_arguments
	add	r8, [rsp + 8]
	sub	r8, [rsp + 16]
	ret	16
END add_arguments

FUNCTION indirect
	mov	r8d, 0
	mov	ebx, 7
1:	mov	rax, [rsi + rbx * 8]
	mov	ecx, eax
	and	ecx, 1
	call	[function_table + rcx * 8]
	mov	rdx, [function_table + rcx * 8]
	call	rdx
	push	rax
	push	rcx
	call	add_arguments
	shr	eax, 4
	and	eax, 3
	jmp	[jump_table + rax * 8]
case_0:	inc	r8
case_1:	inc	r8
	jmp	case_3
case_2:	mov	r9, offset case_3
	shl	r8, 1
	jmp	r9
case_3:	MIX	r8
	dec	ebx
	jnz	1b
	/* A return to an address that was pushed. */
	mov	rax, offset 2f
	push	rax
	ret
	ud2
2:	push	offset 3f
	mov	r9d, 0
	jmp	near_target
3:	MIX	r9
	ret
END indirect

FUNCTION near_target
	add	r9, 11
	ret
END near_target

/* Calls nine deep, each level twice at the bottom. */
FUNCTION nest
	mov	ecx, 9
	mov	r8d, 0
	call	nest_level
	MIX	r8
	ret
END nest

FUNCTION nest_level
	dec	ecx
	jz	1f
	push	rcx
	call	nest_level
	pop	rcx
	lea	r8, [r8 + r8 * 4 + 1]
	cmp	ecx, 2
	ja	1f
	push	rcx
	call	nest_level_two
	pop	rcx
1:	ret
END nest_level

FUNCTION nest_level_two
	xor	r8, rcx
	ret
END nest_level_two

FUNCTION pages
	mov	r8d, 1
	mov	ecx, 5
	call	across_1
	call	across_2
	call	across_3
	call	across_4
	MIX	r8
	ret
END pages

	/* Functions whose instructions cross a page boundary after 1, 2, 3 and 9 bytes. */
.macro ACROSS name, before
	.balign	4096
	.skip	4096 - 4 - \before, 0x90
FUNCTION \name
	lea	r8, [r8 + r8 * 2]
	mov	rax, 0x1122334455667788
	add	r8, rax
	test	r8b, 1
	jz	1f
	inc	r8
1:	ret
END \name
.endm
	ACROSS	across_1, 1
	ACROSS	across_2, 2
	ACROSS	across_3, 3
	ACROSS	across_4, 9

	/* Two blocks that follow each other over a boundary, and a branch across it. */
	.balign	4096
	.skip	4096 - 2, 0x90
	.irp	cc, o, no, c, nc, z, nz, na, a, s, ns, p, np, l, nl, ng, g
far_\cc:
	add	r8, 7
	jmp	back_\cc
	.endr

	.section .rodata
	.balign	8
function_table:
	.quad	add_three, add_five
jump_table:
	.quad	case_0, case_1, case_2, case_3

	GUEST_DATA
