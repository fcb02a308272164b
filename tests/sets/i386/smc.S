/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: code that it writes: another instruction at the same place each time, the
 * next one in its own block, its own bytes, a page that was data and becomes code.
 */
#include "guest.inc"

START
	mov	ebx, offset patched
	mov	ecx, 4096
	mov	edx, 7
	CALL_KERNEL SYS_mprotect
	call	rewritten
	call	patched_loop
	call	itself
	call	mapped
	FINISH

/* add eax, 1 .. 6; each is another instruction at one address. */
FUNCTION rewritten
	mov	eax, 100
	mov	ecx, 6
1:	mov	[patched + 2], cl
	call	patched
	call	patched
	loop	1b
	MIX	eax
	ret
END rewritten

FUNCTION mapped
	mov	esi, 3
1:	push	esi
	mov	ebx, 0x20000000
	mov	ecx, 8192
	mov	edx, 3
	mov	esi, 0x32
	mov	edi, -1
	mov	ebp, 0
	CALL_KERNEL SYS_mmap2
	pop	esi
	mov	dword ptr [ebx], 0xc300c083	/* add eax, 0; ret */
	mov	edx, esi
	mov	[ebx + 2], dl
	mov	ecx, 4096
	mov	edx, 5
	CALL_KERNEL SYS_mprotect
	call	ebx
	MIX	eax
	mov	ecx, 8192
	CALL_KERNEL SYS_munmap
	dec	esi
	jnz	1b
	ret
END mapped

	.balign	4096
FUNCTION patched
	add	eax, 0x7f
	ret
END patched

/* The instruction behind the store. */
FUNCTION patched_loop
	mov	ecx, 4
	mov	eax, 0
1:	mov	[2f + 2], cl
2:	add	eax, 0x7f
	dec	ecx
	jnz	1b
	MIX	eax
	ret
END patched_loop

/* A repeated store that ends in the page that it is in, and one into the constant behind it. */
FUNCTION itself
	mov	edi, offset patched + 2048
	mov	ecx, 9
	mov	eax, 0x90909090
	rep stosd
	mov	byte ptr [edi], 0xc3
	call	patched + 2048
	mov	edi, offset 1f + 1
	mov	eax, 5
	stosb
1:	mov	edx, 0x7f
	MIX	edx
	ret
END itself
	.balign	4096

GUEST_DATA
