/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says the same by another way where there is a file called way. */
	.data
way:	.asciz	"way"
said:	.ascii	"said\n"

	.text
	.globl	_start
_start:
	mov	$21, %eax		/* access */
	lea	way, %rdi
	xor	%esi, %esi
	syscall
	mov	$100000, %ecx
	test	%eax, %eax
	jz	there
missing:
	lea	7(%rcx, %rcx, 4), %rbx
	add	%rbx, %rdx
	dec	%ecx
	jnz	missing
	jmp	done
there:
	imul	$9, %rcx, %rbx
	xor	%rbx, %rdx
	shr	$1, %rdx
	dec	%ecx
	jnz	there
done:
	mov	$1, %eax		/* write */
	mov	$1, %edi
	lea	said, %rsi
	mov	$5, %edx
	syscall
	mov	$60, %eax		/* exit */
	xor	%edi, %edi
	syscall
