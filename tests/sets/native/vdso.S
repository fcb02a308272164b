/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls by way of the kernel's vdso, which makes them by the fastest instruction that the
 * processor has; one is interrupted by a timer, whose handler fills the pipe that is read from,
 * and started again, and by one whose call is not.  Exits with 4 (EINTR).
 */
	.intel_syntax noprefix
	.set	AT_SYSINFO, 32

.macro FAST number
	mov	eax, \number
	call	[entry]
.endm

	.text
	.globl	_start
_start:
	lea	esi, [esp + 4]
1:	lodsd	/* arguments */
	test	eax, eax
	jnz	1b
2:	lodsd	/* the environment */
	test	eax, eax
	jnz	2b
3:	lodsd	/* the auxiliary vector */
	mov	edx, eax
	lodsd
	cmp	edx, AT_SYSINFO
	je	4f
	test	edx, edx
	jnz	3b
	mov	ebx, 99
	mov	eax, 1
	int	0x80
4:	mov	[entry], eax
	FAST	20 /* getpid */
	mov	ebp, eax
	FAST	20
	cmp	eax, ebp
	jne	failed
	mov	ebx, offset pipe
	FAST	42 /* pipe */
	call	interrupted
	cmp	eax, 1
	jne	failed
	mov	dword ptr [action], offset nothing
	mov	dword ptr [action + 4], 0x04000000 /* SA_RESTORER */
	call	interrupted
	neg	eax
	mov	ebx, eax
	FAST	252 /* exit_group */
failed:
	mov	ebx, 98
	mov	eax, 1
	int	0x80

	.type interrupted, @function
interrupted:
	mov	ebx, 14 /* SIGALRM */
	mov	ecx, offset action
	mov	edx, 0
	mov	esi, 8
	FAST	174 /* rt_sigaction */
	mov	ebx, 0
	mov	ecx, offset timer
	mov	edx, 0
	FAST	104 /* setitimer */
	mov	ebx, [pipe]
	mov	ecx, offset letter
	mov	edx, 1
	FAST	3 /* read */
	ret
	.size interrupted, . - interrupted

fill:
	mov	ebx, [pipe + 4]
	mov	ecx, offset letter
	mov	edx, 1
	mov	eax, 4 /* write */
	int	0x80
nothing:
	ret
back:
	pop	eax
	mov	eax, 119 /* sigreturn */
	int	0x80

	.data
action:	.long	fill, 0x14000000, back, 0, 0 /* SA_RESTART, SA_RESTORER */
timer:	.long	0, 0, 3, 0	/* long after the read has begun, however slowly it is stepped */
entry:	.long	0
pipe:	.long	0, 0
letter:	.long	0
	.section .note.GNU-stack, "", @progbits
