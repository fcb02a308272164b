/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: signals that instructions raise and handlers that step over them, let them
 * be done again, or are interrupted themselves; on the program's stack and on another; with frames
 * of both kinds; signals that the program sends itself, blocked ones too.
 */
#include "guest.inc"

#define SIGILL 4
#define SIGTRAP 5
#define SIGBUS 7
#define SIGFPE 8
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define UC_EIP 76
#define SA_SIGINFO 4
#define SA_RESTORER 0x04000000
#define SA_ONSTACK 0x08000000
#define SA_NODEFER 0x40000000

.macro HANDLE signal, handler, flags
	mov	dword ptr [action], offset \handler
	mov	dword ptr [action + 4], SA_SIGINFO | SA_RESTORER | \flags
	mov	dword ptr [action + 8], offset restorer
	mov	ebx, \signal
	mov	ecx, offset action
	mov	edx, 0
	mov	esi, 8
	CALL_KERNEL SYS_rt_sigaction
.endm

/* Whose handler returns by sigreturn. */
.macro HANDLE_SHORT signal, handler
	mov	dword ptr [action], offset \handler
	mov	dword ptr [action + 4], SA_RESTORER
	mov	dword ptr [action + 8], offset short_restorer
	mov	ebx, \signal
	mov	ecx, offset action
	mov	edx, 0
	mov	esi, 8
	CALL_KERNEL SYS_rt_sigaction
.endm

/* By number; to nobody else. */
.macro SEND signal
	mov	ecx, \signal
	call	kernel_send
.endm

.macro BLOCK how
	mov	ebx, \how
	mov	ecx, offset blocked
	mov	edx, 0
	mov	esi, 8
	CALL_KERNEL SYS_rt_sigprocmask
.endm

START
	mov	ebx, offset other_stack
	mov	ecx, 0
	CALL_KERNEL SYS_sigaltstack
	call	skipped
	call	raised
	call	retried
	call	sent
	call	nested
	mov	eax, [seen]
	MIX	eax
	FINISH

/* What is stepped over leaves its registers alone. */
FUNCTION skipped
	HANDLE	SIGSEGV, skip, SA_ONSTACK
	HANDLE	SIGILL, skip, SA_ONSTACK
	HANDLE	SIGFPE, skip, 0
	mov	edi, 64
	mov	esi, offset random
	.irp	body, "mov ebx, [edi]", "mov [edi + 8], ebx", "add dword ptr [edi], 5", "push [edi]", "pop [edi]", "xchg ebx, [edi]", "lock xadd [edi], ebx", "rep movsb", "movups xmm1, [edi]", "fld qword ptr [edi]", "call [edi]", "div edx", "idiv dl", "aam 0", "hlt", "ud2", "mov ebx, cr0", ".byte 0xf0, 0x90", "popad"
	mov	dword ptr [skip_bytes], offset 2f - 1f
	mov	ecx, 3
	mov	edx, 0
	mov	eax, 77
	cmp	eax, 80
	.ifc	\body, popad
	mov	ebp, esp
	mov	esp, edi
	.endif
1:	\body
2:	.ifc	\body, popad
	mov	esp, ebp
	.endif
	setb	bl
	adc	eax, ecx
	MIX	eax
	MIX	ebx
	.endr
	ret
END skipped

/* Traps come behind their instruction; so does single stepping. */
FUNCTION raised
	HANDLE	SIGTRAP, count, SA_NODEFER
	mov	eax, 7
	int3
	add	eax, 3
	.byte	0xcd, 3			/* int 3 */
	add	eax, 3
	MIX	eax
	HANDLE	SIGSEGV, skip, 0
	mov	dword ptr [skip_bytes], 2
	int	0x21
	add	eax, 1
	into				/* which does nothing */
	MIX	eax
	ret
END raised

/* The handler makes the page accessible. */
FUNCTION retried
	HANDLE	SIGSEGV, permit, SA_ONSTACK
	.irp	body, "mov ebx, [edi]", "mov [edi + 8], ebx", "add dword ptr [edi - 2], 5", "push [edi]", "lock xadd [edi], ebx", "movups [edi - 7], xmm2", "fistp dword ptr [edi]", "rep movsb"
	mov	ebx, offset page
	mov	ecx, 4096
	mov	edx, 0
	CALL_KERNEL SYS_mprotect
	fld1
	mov	edi, offset page
	mov	esi, offset random
	mov	ecx, 5
	mov	edx, esp
	cmp	ecx, 9
	\body
	mov	esp, edx
	setb	al
	MIX	ebx
	fninit
	.endr
	ret
END retried

FUNCTION sent
	HANDLE_SHORT SIGUSR1, count
	HANDLE	SIGUSR2, count, SA_ONSTACK
	SEND	SIGUSR1
	SEND	SIGUSR2
	BLOCK	0
	SEND	SIGUSR1
	SEND	SIGUSR2
	add	eax, 7
	BLOCK	1
	mov	eax, 0
	ret
END sent

/* A handler that is interrupted by its own signal, and by another one. */
FUNCTION nested
	HANDLE	SIGUSR1, sends, SA_NODEFER
	HANDLE	SIGUSR2, count, 0
	HANDLE	SIGILL, skip, 0
	mov	dword ptr [skip_bytes], 2
	SEND	SIGUSR1
	ret
END nested

/* The process number is another one in each engine. */
FUNCTION kernel_send
	CALL_KERNEL SYS_getpid
	mov	ebx, eax
	CALL_KERNEL SYS_kill
	mov	ebx, 0
	mov	eax, 0
	ret
END kernel_send

FUNCTION count
	cld
	mov	eax, [seen]
	lea	eax, [eax * 8]
	add	eax, [esp + 4]
	mov	[seen], eax
	fninit
	pxor	xmm2, xmm2
	std
	ret
END count

FUNCTION skip
	mov	edx, [esp + 12]
	mov	eax, [skip_bytes]
	add	[edx + UC_EIP], eax
	ret
END skip

FUNCTION permit
	mov	ebx, offset page
	mov	ecx, 4096
	mov	edx, 3
	CALL_KERNEL SYS_mprotect
	ret
END permit

FUNCTION sends
	ud2
	SEND	SIGUSR2
	dec	dword ptr [depth]
	jz	1f
	SEND	SIGUSR1
1:	ret
END sends

FUNCTION restorer
	CALL_KERNEL SYS_rt_sigreturn
END restorer

FUNCTION short_restorer
	pop	eax
	CALL_KERNEL SYS_sigreturn
END short_restorer

GUEST_DATA
	.data
	.balign	16
action:
	.long	0, 0, 0, 0, 0
other_stack:
	.long	alternate, 0, 16384
blocked:
	.long	1 << (SIGUSR1 - 1) | 1 << (SIGUSR2 - 1), 0
seen:
	.long	0
depth:
	.long	3
skip_bytes:
	.long	0
	.bss
	.balign	4096
	.skip	4096
page:
	.skip	4096
alternate:
	.skip	16384
