/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: the two-operand integer instructions in every form, with
 * 8, 16, 32 and 64 bits, register, memory and immediate, and moves, stack and
 * flag instructions.  Shifts, multiplication and bits: bits.S.
 */
#include "guest.inc"

	.set	ROUNDS, 12

.macro LOAD_REGISTERS
	mov	rax, [rsi + \@ % 32 * 8]
	mov	rbx, [rsi + (\@ + 5) % 32 * 8]
	mov	rcx, [rsi + (\@ + 11) % 32 * 8]
	mov	rdx, [rsi + (\@ + 17) % 32 * 8]
	mov	r8, [rsi + (\@ + 23) % 32 * 8]
	mov	r9, [rsi + (\@ + 29) % 32 * 8]
	mov	[rdi], rax
	mov	[rdi + 8], rcx
	mov	[rdi + 16], rdx
.endm

.macro MIX_REGISTERS
	.irp	r, rbx, rcx, rdx, r8, r9
	MIX	\r
	.endr
	mov	rax, [rdi]
	MIX	rax
	mov	rax, [rdi + 8]
	MIX	rax
.endm

/* One operation in all its forms and widths. */
.macro BINARY op
	LOAD_REGISTERS
	\op	al, bl
	{load} \op cl, dl
	\op	ah, ch
	\op	bh, dl
	\op	r8b, r9b
	\op	bl, 0x5a
	\op	al, 0x35
	\op	dl, [rdi]
	\op	[rdi + 1], cl
	\op	[rdi + 2], dh
	\op	byte ptr [rdi + 3], 0x7f
	\op	ax, bx
	{load} \op cx, dx
	\op	bx, 0x1234
	\op	ax, 0x4321
	\op	cx, -3
	\op	dx, [rdi + 5]
	\op	[rdi + 6], cx
	\op	word ptr [rdi], 0x1234
	\op	word ptr [rdi + 2], -5
	LOAD_REGISTERS
	\op	eax, ebx
	{load} \op r8d, edx
	\op	ebx, 0x12345678
	\op	eax, 0x7edcba98
	\op	ecx, -7
	\op	edx, [rdi + 4]
	\op	[rdi + 8], ecx
	\op	dword ptr [rdi], 0x12345678
	\op	dword ptr [rdi + 12], -9
	LOAD_REGISTERS
	\op	rax, rbx
	{load} \op r9, rdx
	\op	rbx, 0x12345678
	\op	rax, -0x12345678
	\op	rcx, -7
	\op	rdx, [rdi + rbp * 4 + 4]
	\op	[rdi + 8], rcx
	\op	qword ptr [rdi], 0x12345678
	\op	qword ptr [rdi + 16], -9
	MIX_REGISTERS
.endm

.macro UNARY op
	LOAD_REGISTERS
	\op	al
	\op	bh
	\op	r9b
	\op	cx
	\op	edx
	\op	r8
	\op	byte ptr [rdi]
	\op	word ptr [rdi + 2]
	\op	dword ptr [rdi + 4]
	\op	qword ptr [rdi + 8]
	MIX_REGISTERS
.endm

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	binary_arithmetic
	call	binary_logic
	call	chains
	call	conditions
	call	moves
	call	exchanges
	call	stack_forms
	call	flag_forms
	dec	r12d
	jnz	round
	FINISH
END _start

FUNCTION binary_arithmetic
	.irp	op, add, adc, sub, sbb, cmp
	BINARY	\op
	LOAD_REGISTERS
	\op	al, bl
	MIX_FLAGS
	LOAD_REGISTERS
	\op	cx, dx
	MIX_FLAGS
	\op	ebx, ecx
	MIX_FLAGS
	LOAD_REGISTERS
	\op	r8, r9
	MIX_FLAGS
	.endr
	.irp	op, inc, dec, neg
	UNARY	\op
	LOAD_REGISTERS
	cmp	r8, r9
	\op	bl
	MIX_FLAGS
	\op	rcx
	MIX_FLAGS
	.endr
	ret
END binary_arithmetic

FUNCTION binary_logic
	.irp	op, and, or, xor
	BINARY	\op
	LOAD_REGISTERS
	\op	rax, rbx
	MIX_LOGIC_FLAGS
	.endr
	UNARY	not
	LOAD_REGISTERS
	test	al, bl
	test	bh, cl
	test	al, 0x11
	test	dl, 0x22
	test	cx, bx
	test	ax, 0x1234
	test	ebx, 0x12345678
	test	rbx, rcx
	test	rax, 0x7fffffff
	test	[rdi], al
	test	byte ptr [rdi], 3
	test	[rdi], edx
	test	qword ptr [rdi + 3], -2
	MIX_LOGIC_FLAGS
	/* Zeroing and one-ing idioms. */
	xor	eax, eax
	sub	ecx, ecx
	or	rdx, -1
	sbb	ebx, ebx
	MIX	rdx
	MIX	rbx
	ret
END binary_logic

/* 256-bit addition, subtraction and negation through the carry. */
FUNCTION chains
	.irp	pair, 0, 1
	mov	rax, [rsi + 32 + \pair * 8]
	add	rax, [rsi + 64]
	mov	[rdi + 64], rax
	mov	rax, [rsi + 40]
	adc	rax, [rsi + 72]
	mov	[rdi + 72], rax
	mov	rax, [rsi + 48]
	adc	rax, [rsi + 80]
	mov	[rdi + 80], rax
	mov	rax, [rdi + 64]
	sub	[rdi + 72], rax
	sbb	qword ptr [rdi + 80], 0
	adc	rax, 0
	MIX	rax
	mov	rax, [rdi + 80]
	MIX	rax
	.endr
	mov	rax, [rsi + 96]
	mov	rdx, [rsi + 104]
	neg	rax
	adc	rdx, 0
	neg	rdx
	adcx	rax, [rsi + 112]
	adox	rdx, [rsi + 120]
	adcx	eax, edx
	adox	r8d, eax
	MIX	rax
	MIX	rdx
	MIX	r8
	ret
END chains

/* Every condition, on fresh flags, true and false in some round. */
FUNCTION conditions
	.irp	offset, 0, 72
	mov	rax, [rsi + \offset]
	mov	rdx, [rsi + \offset + 16]
	mov	rbx, [rsi + \offset + 24]
	cmp	rax, rdx
	.irp	cc, o, no, c, nc, z, nz, na, a, s, ns, p, np, l, nl, ng, g
	set\cc	bl
	set\cc	[rdi + rbp + 32]
	cmov\cc	rcx, rbx
	cmov\cc	r8d, ebx
	cmov\cc	r9w, bx
	cmov\cc	r10, [rsi + 40]
	cmov\cc	r11d, [rsi + 44]
	.endr
	setz	ah
	movzx	eax, ah
	MIX	rax
	.irp	r, rcx, r8, r9, r10, r11
	MIX	\r
	.endr
	.endr
	/* Equal operands: the conditions that random data never meets. */
	mov	rax, [rsi]
	cmp	rax, [rsi]
	.irp	cc, z, nz, be, a, le, g
	set\cc	cl
	cmov\cc	rdx, rax
	.endr
	MIX	rcx
	MIX	rdx
	ret
END conditions

FUNCTION moves
	LOAD_REGISTERS
	mov	al, bl
	{load} mov cl, dl
	mov	ah, bl
	mov	bh, ah
	mov	sil, sil
	mov	r8b, 0x77
	mov	dh, 0x11
	mov	cx, bx
	mov	dx, 0x2233
	mov	r9d, ebx
	mov	ecx, 0x80000001
	mov	rdx, -2
	movabs	rbx, 0x1122334455667788
	mov	byte ptr [rdi], 0x12
	mov	word ptr [rdi + 2], 0x1234
	mov	dword ptr [rdi + 4], 0x12345678
	mov	qword ptr [rdi + 8], -3
	mov	[rdi + 7], bl
	mov	[rdi + 8], bh
	mov	[rdi + 9], bx
	mov	[rdi + 13], ebx
	mov	[rdi + 4091], rbx
	mov	r10, [rdi + 4093]
	mov	ax, [rdi + 4095]
	MIX	r10
	movabs	al, [scratch]
	movabs	ax, [scratch + 1]
	movabs	eax, [scratch + 2]
	movabs	rax, [scratch + 3]
	movabs	[scratch + 24], rax
	movabs	[scratch + 19], al
	MIX	rax
	movnti	[rdi + 32], rbx
	movnti	[rdi + 40], ebx
	movbe	rax, [rsi]
	movbe	ecx, [rsi + 8]
	movbe	dx, [rsi + 16]
	movbe	[rdi + 48], rax
	movbe	[rdi + 56], ecx
	movbe	[rdi + 60], dx
	MIX	rax
	movsx	ax, bl
	movsx	eax, bh
	movsx	rcx, bl
	movsx	edx, bx
	movsx	r8, bx
	movsxd	r9, ebx
	movzx	ax, bl
	movzx	r10d, r9b
	movzx	r11d, word ptr [rsi + 3]
	movzx	rax, byte ptr [rsi]
	MIX	rax
	movsx	rax, byte ptr [rsi + 9]
	MIX	rax
	movsx	rax, word ptr [rsi + 9]
	MIX	rax
	movsxd	rax, dword ptr [rsi + 9]
	MIX	rax
	mov	rax, [rsi + 24]
	cbw
	cwde
	cdqe
	MIX	rax
	mov	rax, [rsi + 32]
	cwd
	MIX	rdx
	mov	rdx, [rsi + 32]
	cdq
	MIX	rdx
	cqo
	MIX	rdx
	.irp	r, rcx, r8, r9, r10, r11
	MIX	\r
	.endr
	mov	rbx, [rsi + 40]
	mov	rcx, [rsi + 48]
	lea	rax, [rbx + rcx * 8 - 0x1234]
	lea	edx, [rbx + rcx * 4 + 0x7fffffff]
	lea	r8w, [rbx + 2]
	lea	r9, [ebx + ecx * 2 + 5]
	lea	r10, [rip + moves]
	lea	r11, [rcx * 4]
	MIX	rax
	.irp	r, rdx, r8, r9, r10, r11
	MIX	\r
	.endr
	mov	rax, [rsi + 8]
	push	rbx
	mov	rbx, rsi
	xlatb
	pop	rbx
	MIX	rax
	mov	rax, [rsi + 56]
	bswap	rax
	bswap	ebx
	bswap	r9
	bswap	r12d
	bswap	r12d
	MIX	rax
	MIX	rbx
	nop
	xchg	ax, ax
	nop	word ptr [rax + rax]
	pause
	prefetcht0 [rsi]
	lfence
	sfence
	mfence
	/* 32-bit addresses. */
	mov	eax, [esi + 4]
	mov	[edi + 96], eax
	add	[edi + 96], esi
	MIX	rax
	ret
END moves

FUNCTION exchanges
	LOAD_REGISTERS
	xchg	al, bl
	xchg	ah, cl
	xchg	cx, dx
	xchg	ebx, eax
	xchg	r8, r9
	xchg	rax, rcx
	xchg	[rdi], al
	xchg	[rdi + 2], bx
	xchg	[rdi + 4], ecx
	xchg	[rdi + 9], rdx
	xadd	al, bl
	xadd	cx, dx
	xadd	ebx, ecx
	xadd	r8, r9
	xadd	rdx, rdx
	xadd	[rdi], al
	xadd	[rdi + 2], bx
	xadd	[rdi + 4], ecx
	lock xadd [rdi + 8], rdx
	MIX_FLAGS
	MIX_REGISTERS
	LOAD_REGISTERS
	/* Not equal, then equal. */
	cmpxchg	bl, cl
	cmpxchg	bl, dl
	cmpxchg	bx, cx
	cmpxchg	bx, dx
	cmpxchg	ebx, ecx
	cmpxchg	ebx, edx
	cmpxchg	r8, r9
	cmpxchg	r8, rcx
	cmpxchg	[rdi], cl
	cmpxchg	[rdi], dl
	cmpxchg	[rdi], cx
	cmpxchg	[rdi], dx
	cmpxchg	[rdi], ecx
	cmpxchg	[rdi], edx
	lock cmpxchg [rdi], r9
	MIX_FLAGS
	mov	rax, [rdi]
	lock cmpxchg [rdi], r8
	MIX_FLAGS
	mov	rax, [rdi]
	mov	rbx, [rsi + 40]
	mov	rcx, [rsi + 48]
	cmpxchg8b [rdi + 64]
	lock cmpxchg8b [rdi + 64]
	setz	r8b
	MIX	rax
	MIX	rdx
	cmpxchg16b [rdi + 80]
	setz	r9b
	lock cmpxchg16b [rdi + 80]
	setz	r10b
	MIX	rax
	MIX	rdx
	mov	rax, [rdi + 88]
	MIX	rax
	/* The locked forms of the rest. */
	.irp	op, add, adc, sub, sbb, and, or, xor
	lock \op [rdi + 8], rbx
	lock \op dword ptr [rdi + 20], 77
	lock \op [rdi + 27], cl
	.endr
	.irp	op, inc, dec, neg, not
	lock \op word ptr [rdi + 30]
	lock \op qword ptr [rdi + 8]
	.endr
	MIX_REGISTERS
	ret
END exchanges

FUNCTION stack_forms
	LOAD_REGISTERS
	push	rax
	push	bx
	push	0x12
	push	-0x12345678
	push	[rsi + 16]
	push	word ptr [rsi + 24]
	push	rsp
	push	[rsp + 8]
	push	r13
	pop	r13
	pop	[rsp + 24]
	pop	rcx
	sub	rcx, rsp
	MIX	rcx
	pop	word ptr [rdi]
	pop	[rdi + 16]
	pop	[rdi + 8]
	pop	rdx
	pop	cx
	pop	r8
	MIX_REGISTERS
	push	rbp
	mov	rbp, 0x5555
	enter	48, 0
	mov	[rbp - 8], rax
	push	rcx
	leave
	enter	16, 1
	mov	[rbp - 24], rax
	leave
	mov	rbx, rsp
	push	rbx
	pop	rsp
	MIX	rbp
	pop	rbp
	MIX	rbx
	mov	rbp, 0
	ret
END stack_forms

FUNCTION flag_forms
	mov	rax, [rsi]
	mov	rbx, [rsi + 8]
	.irp	op, stc, clc, cmc, std, cld
	cmp	rax, rbx
	\op
	pushfq
	cld
	pop	rcx
	and	ecx, 0xcd5
	MIX	rcx
	.endr
	cmp	eax, ebx
	lahf
	movzx	ecx, ah
	MIX	rcx
	mov	rax, [rsi + 16]
	cmp	eax, ebx
	sahf
	setc	cl
	seto	ch
	setp	dl
	MIX	rcx
	MIX	rdx
	mov	rax, [rsi + 24]
	and	eax, 0x8d5
	or	eax, 0x202
	push	rax
	popfq
	setg	cl
	pushfw
	pop	ax
	and	eax, 0x8d5
	MIX	rax
	MIX	rcx
	mov	ax, 0x8d5
	push	ax
	popfw
	MIX_FLAGS
	ret
END flag_forms

	GUEST_DATA
