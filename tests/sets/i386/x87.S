/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: the x87's stack, formats, arithmetic, comparisons and control, and MMX.
 * What an emulator need not keep (pointers to the last instruction, C0 to C3 where undefined) is
 * not looked at.
 */
#include "guest.inc"

START
	mov	esi, offset random
	mov	edi, offset scratch
	mov	ebp, 2
1:	call	formats
	call	arithmetic
	call	compared
	call	adjusted
	call	control
	call	whole_stack
	call	mmx
	add	esi, 64
	dec	ebp
	jnz	1b
	FINISH

/* Pop st(0) and fold it; clobbers eax. */
FUNCTION fold_st0
	fstp	tbyte ptr [edi + 256]
	mov	eax, [edi + 256]
	MIX	eax
	mov	eax, [edi + 260]
	MIX	eax
	movzx	eax, word ptr [edi + 264]
	MIX	eax
	ret
END fold_st0

FUNCTION load_numbers
	or	byte ptr [esi + 16], 1
	or	byte ptr [esi + 24], 1
	fild	qword ptr [esi + 32]
	fild	dword ptr [esi + 24]
	fild	word ptr [esi + 16]
	ret
END load_numbers

FUNCTION formats
	fninit
	fild	word ptr [esi]
	fst	dword ptr [edi]
	fst	qword ptr [edi + 8]
	fistp	word ptr [edi + 16]
	fild	dword ptr [esi + 8]
	fist	dword ptr [edi + 20]
	fstp	tbyte ptr [edi + 24]
	fild	qword ptr [esi + 16]
	fistp	qword ptr [edi + 40]
	fld	dword ptr [edi]
	fld	qword ptr [edi + 8]
	fld	tbyte ptr [edi + 24]
	call	fold_st0
	call	fold_st0
	fisttp	dword ptr [edi + 52]
	fild	dword ptr [esi + 40]
	fbstp	tbyte ptr [edi + 72]
	fbld	tbyte ptr [edi + 72]
	fst	st(3)
	fstp	st(1)
	/* Across a page. */
	fld	st(0)
	fst	qword ptr [edi + 4096 - 3]
	fstp	tbyte ptr [edi + 4096 - 5]
	fld	tbyte ptr [edi + 4096 - 5]
	call	fold_st0
	.irp	op, fld1, fldz, fldpi, fldl2e, fldl2t, fldlg2, fldln2
	\op
	call	fold_st0
	.endr
	fninit
	ret
END formats

FUNCTION arithmetic
	call	load_numbers
	fstp	dword ptr [edi]
	fst	qword ptr [edi + 8]
	mov	dword ptr [edi + 16], 12345
	mov	word ptr [edi + 20], -321
	fld1
	.irp	op, fadd, fmul, fsub, fsubr, fdiv, fdivr
	fld	st(0)
	\op	dword ptr [edi]
	\op	qword ptr [edi + 8]
	\op	st, st(1)
	\op	st(1), st
	call	fold_st0
	.endr
	.irp	op, fiadd, fimul, fisub, fisubr, fidiv, fidivr
	\op	dword ptr [edi + 16]
	\op	word ptr [edi + 20]
	.endr
	.irp	op, faddp, fmulp, fsubp, fsubrp, fdivp, fdivrp
	fild	word ptr [edi + 20]
	\op	st(1), st
	.endr
	fld	st(0)
	call	fold_st0
	fabs
	fsqrt
	call	fold_st0
	fninit
	ret
END arithmetic

.macro COMPARES body:vararg
	fninit
	call	load_numbers
	\body
	fnstsw	ax
	and	eax, 0x4700
	MIX	eax
.endm

FUNCTION compared
	fninit
	call	load_numbers
	fst	dword ptr [edi]
	.irp	op, fcomi, fucomi
	\op	st, st(1)
	seta	cl
	setz	ch
	MIX	ecx
	.endr
	COMPARES fcom st(2)
	COMPARES fucom st(1)
	COMPARES fcom dword ptr [edi]
	COMPARES ficom word ptr [esi + 16]
	COMPARES ftst
	COMPARES fxam
	COMPARES fcompp
	COMPARES fucompp
	COMPARES ficomp dword ptr [esi]
	fninit
	call	load_numbers
	fcom	st(1)
	fnstsw	ax
	sahf
	fcmovb	st, st(1)
	fcmovnb	st, st(2)
	fcmove	st, st(1)
	fcmovne	st, st(2)
	fcmovbe	st, st(1)
	fcmovnbe st, st(2)
	fcmovu	st, st(1)
	fcmovnu	st, st(1)
	call	fold_st0
	fcomip	st, st(1)
	setc	cl
	MIX	ecx
	fninit
	ret
END compared

FUNCTION adjusted
	call	load_numbers
	fchs
	fabs
	fxch
	fxch	st(2)
	fdiv	st, st(1)
	fld	st(0)
	frndint
	call	fold_st0
	fxtract
	call	fold_st0
	fild	word ptr [esi + 2]
	fxch
	fprem
	call	fold_st0
	fincstp
	fdecstp
	ffree	st(0)
	fninit
	ret
END adjusted

FUNCTION control
	.irp	mode, 0x037f, 0x077f, 0x0b7f, 0x0f7f
	mov	word ptr [edi + 2], \mode
	fldcw	[edi + 2]
	fild	qword ptr [esi + 8]
	fidiv	dword ptr [esi + 24]
	fist	dword ptr [edi + 4]
	fst	qword ptr [edi + 8]
	fst	dword ptr [edi + 16]
	frndint
	call	fold_st0
	mov	eax, [edi + 8]
	MIX	eax
	.endr
	fnstcw	[edi]
	fnclex
	fnop
	fwait
	fnsave	[edi + 512]
	frstor	[edi + 512]
	fxsave	[edi + 1024]
	fxrstor	[edi + 1024]
	fninit
	ret
END control

/* Eight deep, and exchanged with every place. */
FUNCTION whole_stack
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	fild	dword ptr [esi + \n * 4 + 100]
	.endr
	.irp	n, 1, 2, 3, 4, 5, 6, 7
	fxch	st(\n)
	fadd	st(\n), st
	fsub	st, st(\n)
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	fstp	qword ptr [edi + \n * 8]
	.endr
	mov	eax, [edi + 20]
	MIX	eax
	ret
END whole_stack

FUNCTION mmx
	movq	mm0, [esi]
	movq	mm1, [esi + 8]
	.irp	op, paddb, paddsw, paddusb, psubd, psubusw, pmullw, pmulhw, pmaddwd, pand, pandn, por, pxor, pcmpeqb, pcmpgtw, packssdw, packuswb, punpckhbw, punpckldq, pavgb, pminub, pmaxsw, psadbw, pmuludq, pshufb
	movq	mm2, mm0
	\op	mm2, mm1
	\op	mm2, [esi + 16]
	paddb	mm7, mm2
	.endr
	psllw	mm2, 3
	psrad	mm2, 5
	psrlq	mm2, mm1
	pshufw	mm3, mm2, 0x1b
	pinsrw	mm3, eax, 2
	pextrw	ecx, mm3, 1
	pmovmskb edx, mm7
	movd	mm4, ecx
	movd	eax, mm7
	MIX	ecx
	MIX	edx
	MIX	eax
	movq	[edi], mm7
	movq2dq	xmm0, mm7
	movdq2q	mm5, xmm0
	cvtpi2ps xmm1, mm4
	emms
	ret
END mmx

GUEST_DATA
