/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: x87 and MMX.  Loads and stores of every format, exact and
 * rounded arithmetic, comparison, control.  Operands are ordinary numbers, and
 * what an emulator need not keep (last instruction pointers, C0 to C3 where
 * undefined) is not looked at.  Transcendental functions: x87_transcendental.S.
 */
#include "guest.inc"

	.set	ROUNDS, 10

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	formats
	call	arithmetic
	call	compare
	call	adjust
	call	control
	call	whole_stack
	call	mmx
	dec	r12d
	jnz	round
	FINISH
END _start

/* Pop st(0) as 80 bits and fold it; clobbers rax. */
FUNCTION fold_st0
	fstp	tbyte ptr [rdi + 256]
	mov	rax, [rdi + 256]
	MIX	rax
	movzx	eax, word ptr [rdi + 264]
	MIX	rax
	ret
END fold_st0

/* Three numbers: st(0), st(1), st(2) from 16, 32 and 64-bit integers. */
FUNCTION load_numbers
	or	byte ptr [rsi + 16], 1
	or	byte ptr [rsi + 24], 1
	or	byte ptr [rsi + 32], 1
	fild	qword ptr [rsi + 32]
	fild	dword ptr [rsi + 24]
	fild	word ptr [rsi + 16]
	ret
END load_numbers

FUNCTION formats
	fild	word ptr [rsi]
	fst	dword ptr [rdi]
	fst	qword ptr [rdi + 8]
	fistp	word ptr [rdi + 16]
	fild	dword ptr [rsi + 8]
	fist	dword ptr [rdi + 20]
	fstp	tbyte ptr [rdi + 24]
	fild	qword ptr [rsi + 16]
	fistp	qword ptr [rdi + 40]
	fild	qword ptr [rsi + 24]
	fstp	dword ptr [rdi + 48]
	fld	dword ptr [rdi]
	fld	qword ptr [rdi + 8]
	fld	tbyte ptr [rdi + 24]
	fld	dword ptr [rdi + 48]
	call	fold_st0
	call	fold_st0
	fisttp	dword ptr [rdi + 52]
	fisttp	word ptr [rdi + 56]
	/* 18 decimal digits hold 59 bits. */
	mov	rax, [rsi + 40]
	sar	rax, 5
	mov	[rdi + 64], rax
	fild	qword ptr [rdi + 64]
	fbstp	tbyte ptr [rdi + 72]
	fbld	tbyte ptr [rdi + 72]
	fistp	qword ptr [rdi + 64]
	fld	tbyte ptr [rdi + 24]
	fld	st(0)
	fstp	st(1)
	fst	st(0)
	fisttp	qword ptr [rdi + 88]
	/* Across a page. */
	fild	qword ptr [rsi + 48]
	fst	qword ptr [rdi + 4096 - 3]
	fstp	tbyte ptr [rdi + 4096 - 5]
	fld	tbyte ptr [rdi + 4096 - 5]
	fistp	qword ptr [rdi + 96]
	mov	ecx, 12
1:	mov	rax, [rdi + rcx * 8]
	MIX	rax
	dec	ecx
	jns	1b
	.irp	op, fld1, fldz, fldpi, fldl2e, fldl2t, fldlg2, fldln2
	\op
	call	fold_st0
	.endr
	ret
END formats

FUNCTION arithmetic
	call	load_numbers
	fstp	dword ptr [rdi]
	fst	qword ptr [rdi + 8]
	mov	dword ptr [rdi + 16], 12345
	mov	word ptr [rdi + 20], -321
	fld1
	.irp	op, fadd, fmul, fsub, fsubr, fdiv, fdivr
	fld	st(0)
	\op	dword ptr [rdi]
	\op	qword ptr [rdi + 8]
	\op	st, st(1)
	\op	st(1), st
	\op	st, st(0)
	call	fold_st0
	fld	st(0)
	call	fold_st0
	fstp	st(0)
	fild	dword ptr [rsi + 56]
	.endr
	.irp	op, fiadd, fimul, fisub, fisubr, fidiv, fidivr
	\op	dword ptr [rdi + 16]
	\op	word ptr [rdi + 20]
	fld	st(0)
	call	fold_st0
	.endr
	.irp	op, faddp, fmulp, fsubp, fsubrp, fdivp, fdivrp
	fild	word ptr [rdi + 20]
	\op	st(1), st
	fld	st(0)
	call	fold_st0
	.endr
	fstp	st(0)
	fstp	st(0)
	fstp	st(0)
	/* Square roots, exact and not. */
	mov	dword ptr [rdi], 1089
	fild	dword ptr [rdi]
	fsqrt
	call	fold_st0
	fild	dword ptr [rsi + 60]
	fabs
	fsqrt
	call	fold_st0
	ret
END arithmetic

/*
 * The condition codes of a comparison.  From a fresh state on, so that C1 and
 * the exception bits of the status word are 0 whoever keeps them.
 */
.macro COMPARES body:vararg
	fninit
	call	load_numbers
	\body
	fnstsw	ax
	and	eax, 0x4700
	MIX	rax
.endm

FUNCTION compare
	fninit
	call	load_numbers
	fst	dword ptr [rdi]
	fst	qword ptr [rdi + 8]
	.irp	op, fcomi, fucomi
	\op	st, st(1)
	seta	cl
	setc	ch
	setz	dl
	setp	dh
	MIX	rcx
	MIX	rdx
	.endr
	fninit
	COMPARES fcom st(2)
	COMPARES fucom st(1)
	COMPARES fcom dword ptr [rdi]
	COMPARES fcom qword ptr [rdi + 8]
	COMPARES ficom word ptr [rsi + 16]
	COMPARES ficom dword ptr [rsi + 20]
	COMPARES ftst
	COMPARES fxam
	COMPARES fcomp st(1)
	COMPARES fucomp st(2)
	COMPARES fcompp
	COMPARES fucompp
	COMPARES ficomp dword ptr [rsi]
	fninit
	call	load_numbers
	fcom	st(1)
	fnstsw	[rdi + 16]
	fnstsw	ax
	sahf
	setz	cl
	seta	ch
	movzx	ecx, cx
	MIX	rcx
	fcmovb	st, st(1)
	fcmovnb	st, st(2)
	fcmove	st, st(1)
	fcmovne	st, st(2)
	fcmovbe	st, st(1)
	fcmovnbe st, st(2)
	fcmovu	st, st(1)
	fcmovnu	st, st(1)
	fld	st(0)
	call	fold_st0
	fld	st(1)
	fcomip	st, st(1)
	setc	cl
	fld	st(2)
	fucomip	st, st(2)
	setz	ch
	MIX	rcx
	fninit
	ret
END compare

FUNCTION adjust
	call	load_numbers
	fchs
	fld	st(0)
	call	fold_st0
	fabs
	fxch
	fxch	st(2)
	fdiv	st, st(1)
	fld	st(0)
	frndint
	call	fold_st0
	fld	st(0)
	fxtract
	call	fold_st0
	call	fold_st0
	mov	word ptr [rdi], -37
	fild	word ptr [rdi]
	fxch
	fscale
	call	fold_st0
	fstp	st(0)
	fincstp
	fdecstp
	fstp	st(0)
	fstp	st(0)
	/* Exact remainders of what the quotient's 63 bits allow. */
	fild	word ptr [rsi + 16]
	fild	dword ptr [rsi + 24]
	fprem
	call	fold_st0
	fild	dword ptr [rsi + 32]
	fprem1
	call	fold_st0
	fstp	st(0)
	ret
END adjust

/* Rounding control; lower precision is in inexact.S. */
FUNCTION control
	fnstcw	[rdi]
	mov	eax, [rdi]
	and	eax, 0xffff
	MIX	rax
	.irp	mode, 0x037f, 0x077f, 0x0b7f, 0x0f7f
	mov	word ptr [rdi + 2], \mode
	fldcw	[rdi + 2]
	fild	qword ptr [rsi + 8]
	fidiv	dword ptr [rsi + 24]
	fist	dword ptr [rdi + 4]
	fst	qword ptr [rdi + 8]
	fst	dword ptr [rdi + 16]
	frndint
	call	fold_st0
	mov	rax, [rdi + 8]
	MIX	rax
	mov	eax, [rdi + 16]
	MIX	rax
	.endr
	mov	word ptr [rdi + 2], 0x037f
	fldcw	[rdi + 2]
	fnclex
	fnop
	fwait
	fldpi
	ffree	st(0)
	fincstp
	fninit
	ret
END control

/* Eight deep, and exchanged with every place. */
FUNCTION whole_stack
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	fild	dword ptr [rsi + \n * 4 + 100]
	.endr
	.irp	n, 1, 2, 3, 4, 5, 6, 7
	fxch	st(\n)
	fadd	st(\n), st
	fsub	st, st(\n)
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	call	fold_st0
	.endr
	ret
END whole_stack

.macro MMX op
	movq	mm0, [rsi + \@ % 16 * 8]
	movq	mm1, [rsi + \@ % 16 * 8 + 8]
	\op	mm0, mm1
	\op	mm1, [rsi + 3]
	paddb	mm7, mm0
	pxor	mm7, mm1
.endm

FUNCTION mmx
	pxor	mm7, mm7
	.irp	op, addb, addw, addd, addq, addsb, addsw, addusb, addusw, subb, subw, subd, subq, subsb, subsw, subusb, subusw
	MMX	p\op
	.endr
	.irp	op, mullw, mulhw, mulhuw, muludq, maddwd, avgb, avgw, minub, minsw, maxub, maxsw, sadbw, and, andn, or, xor
	MMX	p\op
	.endr
	.irp	op, cmpeqb, cmpeqw, cmpeqd, cmpgtb, cmpgtw, cmpgtd, ackssdw, acksswb, ackuswb, unpckhbw, unpckhwd, unpckhdq
	MMX	p\op
	.endr
	.irp	op, shufb, haddw, hsubd, maddubsw, mulhrsw, signb, absw
	MMX	p\op
	.endr
	mov	rbx, [rsi + 40]
	movd	mm2, ebx
	movq	mm3, rbx
	psllw	mm2, 3
	psrld	mm3, 5
	psraw	mm3, 2
	psllq	mm2, 7
	punpcklbw mm2, mm3
	punpcklwd mm3, [rsi + 5]
	pshufw	mm4, mm3, 0x1b
	palignr	mm4, mm2, 3
	pinsrw	mm4, ebx, 2
	pextrw	eax, mm4, 3
	pmovmskb ecx, mm4
	MIX	rax
	MIX	rcx
	movd	edx, mm2
	movq	rax, mm3
	movq	[rdi], mm4
	movd	[rdi + 8], mm7
	movntq	[rdi + 16], mm7
	MIX	rax
	MIX	rdx
	.irp	offset, 0, 16
	mov	rax, [rdi + \offset]
	MIX	rax
	.endr
	movq2dq	xmm0, mm4
	movdq2q	mm5, xmm0
	cvtpi2ps xmm1, mm2
	cvtpi2pd xmm2, mm2
	cvtps2pi mm6, xmm1
	cvttpd2pi mm1, xmm2
	paddd	mm6, mm1
	paddd	mm6, mm5
	movq	rax, mm6
	MIX	rax
	emms
	ret
END mmx

	GUEST_DATA
