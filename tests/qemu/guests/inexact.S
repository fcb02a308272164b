/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: what engines may honestly disagree on in values, and must
 * agree on in counts.  Flags and registers that the manuals leave undefined, and
 * what emulators are known to get wrong: results at lower x87 precision, C1 and
 * exception bits of the status word, vector stores that fault half-way.  Nothing is printed that depends on them.
 */
#include "guest.inc"
#include "signal.inc"

	.set	ROUNDS, 10

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	rdi, offset alternate_stack
	mov	esi, 0
	CALL_KERNEL SYS_sigaltstack
	HANDLE	SIGSEGV
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	undefined_flags
	call	undefined_results
	call	precision
	call	half_done
	dec	r12d
	jnz	round
	FINISH
END _start

/* Store all flags after @body. */
.macro FLAGS_OF body:vararg
	mov	rax, [rsi]
	mov	rbx, [rsi + 8]
	mov	rcx, [rsi + 16]
	mov	rdx, 0
	or	rbx, 1
	cmp	rax, rcx
	\body
	pushfq
	pop	[rdi]
.endm

FUNCTION undefined_flags
	FLAGS_OF mul rbx
	FLAGS_OF imul rbx, rcx
	FLAGS_OF div rbx
	FLAGS_OF and rax, rbx
	FLAGS_OF shl rax, 5
	FLAGS_OF shr al, cl
	FLAGS_OF shl ax, cl
	FLAGS_OF sar eax, cl
	FLAGS_OF rol rax, cl
	FLAGS_OF rcr eax, 3
	FLAGS_OF shld rax, rbx, 9
	FLAGS_OF shrd ax, bx, 11
	FLAGS_OF bsf rax, rbx
	FLAGS_OF bsr rax, rbx
	FLAGS_OF bt rax, rbx
	FLAGS_OF tzcnt rax, rbx
	FLAGS_OF blsi rax, rbx
	FLAGS_OF bzhi rax, rbx, rcx
	FLAGS_OF bextr rax, rbx, rcx
	ret
END undefined_flags

FUNCTION undefined_results
	mov	rax, [rsi]
	mov	rbx, 0
	bsf	rax, rbx
	mov	[rdi], rax
	bsr	eax, ebx
	mov	[rdi], rax
	mov	ecx, 25
	mov	rax, [rsi + 8]
	shld	ax, dx, cl
	shrd	dx, ax, 21
	mov	[rdi], eax
	fninit
	fnstenv	[rdi]
	fldpi
	fxam
	fnsave	[rdi]
	fxsave	[rdi + 512]
	rcpps	xmm0, [rsi]
	rsqrtss	xmm1, xmm0
	movaps	[rdi], xmm0
	ret
END undefined_results

FUNCTION precision
	fninit
	.irp	mode, 0x027f, 0x007f
	mov	word ptr [rdi], \mode
	fldcw	[rdi]
	fild	qword ptr [rsi + 8]
	fidiv	dword ptr [rsi + 24]
	fst	qword ptr [rdi + 8]
	frndint
	fabs
	fcom	qword ptr [rsi]
	fnstsw	[rdi + 16]
	fstp	tbyte ptr [rdi + 24]
	.endr
	mov	dword ptr [rdi], 0x7fa00000
	fld	dword ptr [rdi]
	fstp	qword ptr [rdi]
	fninit
	ret
END precision

FUNCTION half_done
	mov	[resume_stack], rsp
	PROTECT_BAD_PAGE 0
	mov	rdi, offset bad_page
	RESUME_AT 1f
	vmovdqu	[rdi - 31], ymm0
	ud2
1:	vmovdqu	ymm1, [bad_page - 32]
	PROTECT_BAD_PAGE 3
	ret
END half_done

	GUEST_DATA
	SIGNAL_DATA
