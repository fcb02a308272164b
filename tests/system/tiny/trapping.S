/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Divides by 2 with division by zero not masked, writes the quotient and ends; xmm2 holds the 2
   from instruction 2 on. */
	.globl	_start
_start:	ldmxcsr	control(%rip)
	movsd	two(%rip), %xmm2
	movsd	one(%rip), %xmm1
	divsd	%xmm2, %xmm1
	movsd	%xmm1, quotient(%rip)
	mov	$1, %eax
	mov	$1, %edi
	lea	quotient(%rip), %rsi
	mov	$8, %edx
	syscall
	mov	$60, %eax
	xor	%edi, %edi
	syscall

	.data
control: .long	0x1d80
one:	.double	1
two:	.double	2
quotient: .double 0
