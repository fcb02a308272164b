/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: string instructions of every size, alone and repeated, forwards and
 * backwards, with a count of 0, across pages, on memory that overlaps, and with a fault in
 * the middle after which they go on.
 */
#include "guest.inc"

#define SIGSEGV 11
#define SA_SIGINFO 4
#define SA_RESTORER 0x04000000

	.set	SOME, 7

START
	mov	ebx, SIGSEGV
	mov	ecx, offset action
	mov	edx, 0
	mov	esi, 8
	CALL_KERNEL SYS_rt_sigaction
	call	single
	call	repeated
	call	compared
	call	backwards
	call	interrupted
	FINISH

FUNCTION single
	.irp	size, b, w, d
	mov	esi, offset random + 3
	mov	edi, offset scratch + 5
	movs\size
	lods\size
	stos\size
	cmps\size
	seta	dl
	scas\size
	setl	dh
	MIX	eax
	MIX	edx
	MIX	esi
	.endr
	ret
END single

FUNCTION repeated
	.irp	size, b, w, d
	.irp	count, 0, 1, SOME, 20
	mov	esi, offset random + 1
	mov	edi, offset scratch + 4096 - 3
	mov	ecx, \count
	rep movs\size
	mov	edi, offset scratch + 2
	mov	ecx, \count
	rep stos\size
	mov	ecx, \count
	rep lods\size
	MIX	eax
	MIX	edi
	.endr
	.endr
	/* Overlapping: each element copied is read again. */
	mov	esi, offset scratch + 6
	mov	edi, offset scratch + 8
	mov	ecx, 30
	rep movsb
	mov	ecx, 0x10000
	addr16 rep stosb		/* cx is 0 */
	ret
END repeated

/* Equal for a while, at once not, and with no element at all. */
FUNCTION compared
	mov	esi, offset random
	mov	edi, offset scratch
	mov	ecx, 16
	rep movsd
	mov	byte ptr [scratch + 21], 0x5a
	.irp	size, b, w, d
	.irp	count, 0, 3, 40
	mov	esi, offset random
	mov	edi, offset scratch
	mov	eax, 5
	cmp	eax, 6
	mov	ecx, \count
	repe cmps\size
	seta	dl
	setz	dh
	MIX	ecx
	mov	ecx, \count
	repne cmps\size
	setb	al
	MIX	edx
	mov	edi, offset random
	mov	eax, [random + 20]
	mov	ecx, \count
	cmp	ecx, 7
	repne scas\size
	setz	dl
	MIX	edi
	mov	edi, offset random
	mov	ecx, \count
	repe scas\size
	MIX	ecx
	.endr
	.endr
	ret
END compared

FUNCTION backwards
	std
	.irp	size, b, w, d
	mov	esi, offset random + 100
	mov	edi, offset scratch + 4096 + 7
	mov	ecx, SOME
	rep movs\size
	mov	ecx, SOME
	rep stos\size
	mov	ecx, 2
	rep lods\size
	MIX	esi
	.endr
	cld
	ret
END backwards

.macro FORBID
	mov	ebx, offset scratch + 4096
	mov	ecx, 4096
	mov	edx, 0
	CALL_KERNEL SYS_mprotect
.endm

/* The second page is forbidden; the handler permits it. */
FUNCTION interrupted
	FORBID
	mov	esi, offset random
	mov	edi, offset scratch + 4096 - 13
	mov	ecx, 7
	rep movsd
	MIX	ecx
	FORBID
	mov	edi, offset scratch + 4096 - 5
	mov	ecx, 9
	mov	eax, 0x77
	rep stosb
	FORBID
	mov	esi, offset scratch + 4096 - 6
	mov	ecx, 5
	rep lodsw
	MIX	eax
	FORBID
	mov	edi, offset scratch + 4096 - 9
	mov	ecx, 20
	mov	eax, 0x1234
	cmp	eax, 7
	repne scasb
	MIX	edi
	ret
END interrupted

FUNCTION permit
	inc	dword ptr [faults]
	push	ebx
	mov	ebx, offset scratch + 4096
	mov	ecx, 4096
	mov	edx, 3
	CALL_KERNEL SYS_mprotect
	pop	ebx
	ret
END permit

FUNCTION restorer
	CALL_KERNEL SYS_rt_sigreturn
END restorer

GUEST_DATA
	.data
action:
	.long	permit, SA_SIGINFO | SA_RESTORER, restorer, 0, 0
faults:
	.long	0
