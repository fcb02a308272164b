/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: every way from one function to another and back.  What the
 * tree of calls must be stands in tests/system/calls.sh, which counts on ROUNDS.
 */
#include "guest.inc"

	.set	ROUNDS, 3

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, ROUNDS
round:
	call	recursion
	call	mutual
	call	tails
	call	indirect
	call	linked
	call	far_jumps
	call	odd_returns
	call	stacks
	dec	r12d
	jnz	round
	FINISH
END _start

FUNCTION leaf
	inc	dword ptr [checksum]
	ret
END leaf

/* Itself from two places, and what it calls on the way. */
FUNCTION recursion
	mov	ecx, 6
	call	recurse
	ret
END recursion

FUNCTION recurse
	dec	ecx
	jz	1f
	test	ecx, 1
	jz	2f
	call	recurse
	call	leaf
1:	ret
2:	call	recurse
	ret
END recurse

FUNCTION mutual
	mov	ecx, 5
	call	even
	ret
END mutual

FUNCTION even
	dec	ecx
	jz	1f
	call	odd
1:	ret
END even

FUNCTION odd
	dec	ecx
	jz	1f
	call	even
1:	call	leaf
	ret
END odd

/* Jumps to functions: what they execute is the jumping function's. */
FUNCTION tails
	call	tail_direct
	call	tail_indirect
	ret
END tails

FUNCTION tail_direct
	jmp	tail_target
END tail_direct

FUNCTION tail_indirect
	mov	rax, offset tail_target
	jmp	rax
END tail_indirect

FUNCTION tail_target
	call	leaf
	ret
END tail_target

/* One site, several functions. */
FUNCTION indirect
	mov	ebx, 2
1:	call	[table + rbx * 8]
	dec	ebx
	jns	1b
	ret
END indirect

FUNCTION one
	ret
END one

FUNCTION two
	call	leaf
	ret
END two

/* Through a procedure linkage table: bound at once, with endbr64, and late, by a resolver. */
FUNCTION linked
	call	stub_bound
	call	stub_guarded
	call	stub_late
	call	stub_late
	call	stub_self
	mov	rax, offset stub_late_resolve
	mov	[slot_late], rax
	ret
END linked

FUNCTION stub_bound
	jmp	[rip + slot_bound]
END stub_bound

FUNCTION stub_guarded
	endbr64
	jmp	[rip + slot_bound]
END stub_guarded

FUNCTION stub_late
	jmp	[rip + slot_late]
stub_late_resolve:
	push	7
	jmp	table_head
END stub_late

FUNCTION table_head
	push	0
	jmp	[rip + slot_resolver]
END table_head

FUNCTION resolver
	push	rax
	call	fixup
	mov	r11, rax
	pop	rax
	add	rsp, 16
	jmp	r11
END resolver

FUNCTION fixup
	mov	rax, offset far_function
	mov	[slot_late], rax
	ret
END fixup

FUNCTION far_function
	call	leaf
	ret
END far_function

/* A function that calls itself through the table. */
FUNCTION stub_self
	jmp	[rip + slot_self]
END stub_self

FUNCTION self
	mov	ecx, 3
self_again:
	dec	ecx
	jz	1f
	push	rcx
	call	stub_again
	pop	rcx
1:	ret
END self

FUNCTION stub_again
	jmp	[rip + slot_again]
END stub_again

/* longjmp: back by an indirect jump over three frames, and then on as if they had returned. */
FUNCTION far_jumps
	mov	[far_stack], rsp
	mov	rax, offset 1f
	mov	[far_place], rax
	call	far_down
	ud2
1:	call	leaf
	ret
END far_jumps

FUNCTION far_down
	push	rbx
	call	far_deeper
	ud2
END far_down

FUNCTION far_deeper
	call	far_back
	ud2
END far_deeper

FUNCTION far_back
	call	leaf
	mov	rsp, [far_stack]
	jmp	[far_place]
END far_back

/* Its own address; a return that was pushed; a thunk that returns elsewhere; ret with a number. */
FUNCTION odd_returns
	call	1f
1:	pop	rax
	call	leaf
	mov	rax, offset 2f
	push	rax
	ret
2:	mov	rax, offset two
	call	thunk
	push	1
	push	2
	call	two_arguments
	call	dropped
3:	call	leaf
	ret
END odd_returns

FUNCTION thunk
	call	2f
1:	pause
	jmp	1b
2:	mov	[rsp], rax
	ret
END thunk

FUNCTION two_arguments
	call	leaf
	ret	16
END two_arguments

/* Leaves its caller alone and jumps to behind the call. */
FUNCTION dropped
	pop	rax
	call	leaf
	jmp	rax
END dropped

/* On a stack below and one above, and back. */
FUNCTION stacks
	mov	rbp, rsp
	mov	rsp, offset low_stack_top
	call	on_another
	mov	rsp, offset high_stack_top
	call	on_another
	mov	rsp, rbp
	call	leaf
	ret
END stacks

FUNCTION on_another
	call	leaf
	ret
END on_another

	.data
	.balign	8
table:
	.quad	one, two, one
slot_bound:
	.quad	far_function
slot_late:
	.quad	stub_late_resolve
slot_resolver:
	.quad	resolver
slot_self:
	.quad	self
slot_again:
	.quad	self_again

	.bss
	.balign	16
	.skip	4096
low_stack_top:
	.skip	64
far_stack:
	.skip	8
far_place:
	.skip	8

GUEST_DATA

	.bss
	.balign	16
	.skip	4096
high_stack_top:
	.skip	64
