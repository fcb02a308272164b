/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: shifts, rotates, multiplication, division, single bits,
 * bit counts, BMI1, BMI2 and CRC32.  Counts stay below the operand's width where
 * a larger one leaves CF undefined; sources of BSF and BSR are never zero.
 */
#include "guest.inc"

	.set	ROUNDS, 24

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
	.irp	r, rax, rbx, rdx, r8, r9
	MIX	\r
	.endr
	mov	rax, [rdi]
	MIX	rax
	mov	rax, [rdi + 8]
	MIX	rax
.endm

/* CF alone; the rest may be undefined.  Clobbers rax. */
.macro MIX_CARRY
	setc	al
	movzx	eax, al
	MIX	rax
.endm

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	shifts
	call	double_shifts
	call	products
	call	quotients
	call	single_bits
	call	counts
	call	bmi
	dec	r12d
	jnz	round
	FINISH
END _start

FUNCTION shifts
	.irp	op, shl, shr, sar, rol, ror, rcl, rcr
	LOAD_REGISTERS
	cmp	rbx, rdx
	\op	al, 1
	\op	bx, 1
	\op	edx, 1
	\op	r8, 1
	\op	byte ptr [rdi], 1
	\op	qword ptr [rdi + 3], 1
	setc	r10b
	seto	r11b
	MIX	r10
	MIX	r11
	\op	bh, 3
	\op	ax, 5
	\op	ebx, 17
	\op	r9, 43
	\op	byte ptr [rdi + 1], 4
	\op	word ptr [rdi + 4], 9
	\op	dword ptr [rdi + 8], 30
	\op	qword ptr [rdi + 16], 33
	MIX_REGISTERS
	LOAD_REGISTERS
	mov	r10, rcx
	and	ecx, 7
	\op	al, cl
	\op	byte ptr [rdi], cl
	mov	ecx, r10d
	shr	ecx, 9
	and	ecx, 15
	\op	bx, cl
	\op	word ptr [rdi + 6], cl
	mov	ecx, r10d
	\op	edx, cl
	\op	dword ptr [rdi + 8], cl
	shr	rcx, 20
	\op	r8, cl
	\op	qword ptr [rdi + 13], cl
	MIX_CARRY
	MIX_REGISTERS
	.endr
	/* A count of zero, also after masking, keeps all flags. */
	mov	rbx, [rsi]
	mov	rdx, [rsi + 8]
	mov	ecx, 0x1240
	cmp	rbx, rdx
	.irp	op, shl, shr, sar, rol, ror, rcl, rcr
	\op	rbx, cl
	\op	qword ptr [rdi], cl
	.endr
	shld	rbx, rdx, cl
	mov	cl, 0x20
	shl	ebx, cl
	shr	dl, cl
	MIX_FLAGS
	MIX	rbx
	MIX	rdx
	/* Shifts by one, all of whose flags but AF are defined. */
	.irp	op, shl, shr, sar
	mov	rbx, [rsi + 16]
	\op	rbx, 1
	MIX_LOGIC_FLAGS
	.endr
	ret
END shifts

FUNCTION double_shifts
	.irp	op, shld, shrd
	LOAD_REGISTERS
	\op	ax, bx, 7
	\op	edx, ebx, 13
	\op	r8, r9, 51
	\op	[rdi], bx, 3
	\op	[rdi + 4], ebx, 31
	\op	[rdi + 8], rbx, 32
	\op	rbx, rdx, 1
	mov	r10d, ecx
	\op	r9, r8, cl
	\op	[rdi + 16], r8, cl
	\op	ebx, edx, cl
	and	ecx, 15
	\op	ax, bx, cl
	MIX_REGISTERS
	.endr
	ret
END double_shifts

FUNCTION products
	.irp	op, mul, imul
	LOAD_REGISTERS
	\op	bl
	MIX	rax
	\op	bh
	MIX	rax
	mov	rax, rcx
	\op	cx
	MIX	rax
	MIX	rdx
	mov	rax, rcx
	\op	r8d
	MIX	rdx
	\op	r9
	MIX	rdx
	\op	byte ptr [rdi + 3]
	\op	word ptr [rdi + 5]
	\op	dword ptr [rdi + 7]
	\op	qword ptr [rdi + 9]
	seto	cl
	setc	bl
	MIX	rcx
	MIX_REGISTERS
	.endr
	LOAD_REGISTERS
	imul	ax, bx
	imul	ebx, ecx
	imul	rcx, rdx
	imul	rdx, [rdi + 1]
	imul	r8w, [rdi]
	imul	ax, cx, 7
	imul	ebx, [rdi + 2], 0x12345
	imul	r9, rdx, -77
	imul	r8, [rdi + 8], 0x12345678
	seto	cl
	MIX	rcx
	MIX_REGISTERS
	ret
END products

FUNCTION quotients
	LOAD_REGISTERS
	or	bl, 1
	movzx	eax, al
	div	bl
	MIX	rax
	mov	rax, r8
	or	ch, 0x80
	and	ah, 0x7f
	div	ch
	MIX	rax
	mov	rax, r9
	or	bx, 0x8000
	and	dx, 0x7fff
	div	bx
	MIX	rax
	mov	rax, r9
	or	ebx, 0x80000000
	and	edx, 0x7fffffff
	div	ebx
	MIX	rax
	mov	rdx, [rsi + 8]
	mov	rax, r9
	bts	rbx, 63
	btr	rdx, 63
	div	rbx
	MIX	rax
	MIX	rdx
	/* A divisor from memory, and small quotients. */
	mov	rax, [rsi + 24]
	mov	edx, 0
	or	byte ptr [rdi + 4], 1
	div	dword ptr [rdi + 3]
	mov	edx, 0
	mov	rax, [rsi + 32]
	or	byte ptr [rdi + 8], 1
	div	qword ptr [rdi + 8]
	MIX	rax
	MIX	rdx
	/* Signed, by positive numbers that keep the quotient in range. */
	LOAD_REGISTERS
	and	bl, 0x7f
	or	bl, 1
	movsx	ax, al
	idiv	bl
	MIX	rax
	mov	rax, r8
	and	cx, 0x7fff
	or	cx, 1
	cwd
	idiv	cx
	MIX	rax
	MIX	rdx
	mov	rax, r9
	and	ebx, 0x7fffffff
	or	ebx, 1
	cdq
	idiv	ebx
	MIX	rax
	MIX	rdx
	mov	rax, r8
	mov	rcx, [rsi + 40]
	shl	rcx, 1
	shr	rcx, 1
	bts	rcx, 62
	mov	rdx, [rsi + 48]
	sar	rdx, 3
	idiv	rcx
	MIX	rax
	MIX	rdx
	mov	rax, r9
	cqo
	neg	rcx
	mov	[rdi + 24], rcx
	idiv	qword ptr [rdi + 24]
	MIX	rax
	MIX	rdx
	ret
END quotients

FUNCTION single_bits
	.irp	op, bt, bts, btr, btc
	LOAD_REGISTERS
	\op	ax, 5
	\op	ebx, 33
	\op	rdx, 62
	MIX_CARRY
	\op	ax, bx
	\op	ebx, ecx
	\op	r8, r9
	MIX_CARRY
	\op	word ptr [rdi], 13
	\op	dword ptr [rdi + 4], 29
	\op	qword ptr [rdi + 8], 47
	MIX_CARRY
	/* Bit strings: the address depends on the signed bit number. */
	mov	r10, 0x1234
	mov	r11, -0x2f
	mov	[rdi + 700], rbx
	\op	[rdi + 100], r10w
	\op	[rdi + 100], r11d
	\op	[rdi + 100], r10
	\op	[rdi + 100], r11
	MIX_CARRY
	and	r9d, 0xfff
	\op	[rdi + 200], r9
	\op	[rdi + 200], r9w
	MIX_CARRY
	mov	rax, [rdi + 682]
	MIX	rax
	mov	rax, [rdi + 94]
	MIX	rax
	MIX_REGISTERS
	.endr
	LOAD_REGISTERS
	lock bts dword ptr [rdi + 8], 7
	lock btr qword ptr [rdi + 8], 3
	lock btc word ptr [rdi + 8], 11
	and	ebx, 0x1ff
	lock bts [rdi + 8], rbx
	MIX_CARRY
	ret
END single_bits

FUNCTION counts
	LOAD_REGISTERS
	or	rbx, 0x1000
	or	qword ptr [rdi], 0x2000
	.irp	op, bsf, bsr, tzcnt, lzcnt, popcnt
	\op	cx, bx
	MIX	rcx
	\op	edx, ebx
	MIX	rdx
	\op	r8, rbx
	\op	r9w, [rdi]
	\op	r9d, [rdi]
	\op	r10, [rdi]
	setz	r11b
	MIX	r8
	MIX	r9
	MIX	r10
	MIX	r11
	.endr
	popcnt	rax, rbx
	MIX_FLAGS
	mov	ebx, 0
	tzcnt	rax, rbx
	MIX	rax
	lzcnt	eax, ebx
	MIX_CARRY
	lzcnt	ax, bx
	MIX	rax
	popcnt	rax, rbx
	MIX_FLAGS
	LOAD_REGISTERS
	crc32	eax, bl
	crc32	r8, cl
	crc32	eax, ch
	crc32	eax, byte ptr [rdi]
	crc32	r8, byte ptr [rdi + 3]
	MIX	rax
	MIX	r8
	LOAD_REGISTERS
	crc32	eax, bx
	crc32	eax, ebx
	crc32	rax, rbx
	crc32	rdx, qword ptr [rdi]
	crc32	edx, word ptr [rdi + 1]
	MIX	rdx
	MIX	rax
	ret
END counts

FUNCTION bmi
	LOAD_REGISTERS
	andn	rax, rbx, rdx
	setz	cl
	sets	ch
	andn	r10d, ebx, [rdi]
	MIX	r10
	blsi	rax, rbx
	setc	dl
	blsi	r10d, [rdi + 2]
	MIX	rax
	MIX	r10
	blsr	rax, rbx
	blsr	r10d, [rdi + 2]
	MIX	rax
	MIX	r10
	blsmsk	rax, rbx
	blsmsk	r10d, [rdi + 2]
	MIX	rax
	MIX	r10
	movzx	ecx, cx
	MIX	rcx
	mov	rcx, [rsi + 24]
	bextr	rax, rbx, rcx
	bextr	r10d, [rdi], ecx
	MIX	rax
	MIX	r10
	mov	ecx, 0x0c11
	bextr	rax, rbx, rcx
	MIX	rax
	and	ecx, 0x1f
	bzhi	rax, rbx, rcx
	bzhi	r10d, [rdi], ecx
	setc	cl
	MIX	rax
	MIX	r10
	LOAD_REGISTERS
	mulx	rax, r10, rbx
	MIX	rax
	MIX	r10
	mulx	eax, r10d, [rdi]
	MIX	rax
	MIX	r10
	pdep	rax, rbx, rdx
	pext	r10, rbx, rdx
	pdep	r11d, ebx, [rdi]
	MIX	rax
	MIX	r10
	MIX	r11
	pext	r11d, ebx, [rdi]
	MIX	r11
	rorx	rax, rbx, 29
	rorx	r10d, [rdi], 3
	MIX	rax
	MIX	r10
	.irp	op, sarx, shlx, shrx
	\op	rax, rbx, rcx
	\op	r10d, [rdi], ecx
	MIX	rax
	MIX	r10
	.endr
	ret
END bmi

	GUEST_DATA
