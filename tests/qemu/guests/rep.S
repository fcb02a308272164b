/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: string instructions of every size, alone and with each
 * prefix, forwards and backwards, with counts of zero, small and large, across
 * pages, on overlapping memory and with 32-bit addresses.
 */
#include "guest.inc"

	.set	ROUNDS, 6
	.set	LARGE, 5000

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	single
	call	copies
	call	fills
	call	compares
	call	scans
	call	backwards
	call	narrow
	dec	r12d
	jnz	round
	call	large
	call	fold_area
	FINISH
END _start

/* Fold the first 512 bytes of the area that the copies write. */
FUNCTION fold_area
	mov	ecx, 64
1:	mov	rax, [area + rcx * 8 - 8]
	MIX	rax
	dec	ecx
	jnz	1b
	ret
END fold_area

FUNCTION single
	.irp	size, b, w, d, q
	mov	rsi, offset random_data + 3
	mov	rdi, offset area + 5
	movs\size
	movs\size
	mov	rax, [random_data + 16]
	stos\size
	stos\size
	mov	rax, [random_data + 24]
	lods\size
	MIX	rax
	lods\size
	MIX	rax
	cmps\size
	setc	r8b
	seto	r9b
	setp	r10b
	cmps\size
	sets	r11b
	setz	bl
	mov	rax, [random_data + 32]
	scas\size
	setc	cl
	scas\size
	sets	ch
	setz	dl
	movzx	ecx, cx
	.irp	r, rsi, rdi, r8, r9, r10, r11, rbx, rcx, rdx
	MIX	\r
	.endr
	std
	mov	rsi, offset random_data + 123
	mov	rdi, offset area + 145
	movs\size
	stos\size
	lods\size
	cmps\size
	scas\size
	cld
	setl	cl
	setz	ch
	movzx	ecx, cx
	.irp	r, rsi, rdi, rax, rcx
	MIX	\r
	.endr
	.endr
	ret
END single

/* rep movs of @count elements between unaligned addresses. */
FUNCTION copies
	.irp	count, 0, 1, 2, 7, 31
	.irp	size, b, w, d, q
	mov	rsi, offset random_data + 1
	mov	rdi, offset area + 6
	mov	ecx, \count
	rep movs\size
	lea	rax, [rsi + rdi * 2]
	add	rax, rcx
	MIX	rax
	.endr
	.endr
	/* Overlapping: each copied element is read again later. */
	mov	rsi, offset area + 6
	mov	rdi, offset area + 9
	mov	ecx, 40
	rep movsb
	mov	rsi, offset area + 6
	mov	rdi, offset area + 9
	mov	ecx, 20
	rep movsw
	mov	rsi, offset area + 100
	mov	rdi, offset area + 94
	mov	ecx, 20
	rep movsq
	MIX	rdi
	/* Across a page, with single elements that lie on both. */
	mov	rsi, offset random_data
	mov	rdi, offset area + 4096 - 29
	mov	ecx, 9
	rep movsq
	mov	rsi, offset area + 4096 - 31
	mov	rdi, offset area + 12
	mov	ecx, 15
	rep movsd
	mov	rax, [area + 4092]
	MIX	rax
	jmp	fold_area
END copies

FUNCTION fills
	.irp	count, 0, 1, 5, 37
	.irp	size, b, w, d, q
	mov	rax, [random_data + \count * 8]
	mov	rdi, offset area + 11 + \count
	mov	ecx, \count
	rep stos\size
	MIX	rdi
	MIX	rcx
	mov	rsi, offset random_data + 3
	mov	ecx, \count
	rep lods\size
	MIX	rsi
	MIX	rax
	.endr
	.endr
	mov	rdi, offset area + 8192 - 21
	mov	ecx, 12
	rep stosd
	mov	rdi, offset area + 8192 - 19
	mov	ecx, 3
	rep stosw
	mov	rax, [area + 8188]
	MIX	rax
	jmp	fold_area
END fills

/* Equal for a while, then not; equal throughout; different at once; a count of zero. */
FUNCTION compares
	mov	rsi, offset random_data
	mov	rdi, offset area
	mov	ecx, 25
	rep movsq
	mov	byte ptr [area + 101], 0x5a
	.irp	size, b, w, d, q
	.irp	count, 0, 3, 180 / 8, 180
	.irp	prefix, repe, repne
	mov	rsi, offset random_data
	mov	rdi, offset area
	mov	eax, 1
	cmp	eax, 2
	mov	ecx, \count
	\prefix cmps\size
	setc	al
	setz	ah
	sets	dl
	seto	dh
	movzx	eax, ax
	movzx	edx, dx
	MIX	rsi
	MIX	rcx
	MIX	rax
	MIX	rdx
	.endr
	.endr
	.endr
	ret
END compares

FUNCTION scans
	.irp	size, b, w, d, q
	.irp	count, 0, 2, 60
	.irp	prefix, repe, repne
	mov	rdi, offset random_data
	mov	rax, [random_data + 40]
	mov	ecx, \count
	cmp	ecx, 7
	\prefix scas\size
	setc	al
	setz	ah
	movzx	eax, ax
	MIX	rdi
	MIX	rcx
	MIX	rax
	.endr
	.endr
	.endr
	/* A run of equal elements. */
	mov	rdi, offset area + 600
	mov	eax, 0x41414141
	mov	ecx, 10
	rep stosd
	mov	byte ptr [area + 633], 0x42
	mov	rdi, offset area + 600
	mov	ecx, 60
	cmp	ecx, eax
	repe scasb
	MIX	rcx
	ret
END scans

FUNCTION backwards
	std
	.irp	size, b, w, d, q
	mov	rsi, offset random_data + 300
	mov	rdi, offset area + 304
	mov	ecx, 21
	rep movs\size
	mov	rax, [random_data]
	mov	rdi, offset area + 400
	mov	ecx, 5
	rep stos\size
	mov	ecx, 4
	rep lods\size
	MIX	rax
	mov	rsi, offset random_data + 300
	mov	rdi, offset area + 304
	mov	ecx, 30
	cmp	ecx, 7
	repe cmps\size
	MIX	rcx
	mov	rax, [random_data + 200]
	mov	rdi, offset random_data + 330
	mov	ecx, 50
	cmp	ecx, 70
	repne scas\size
	MIX	rcx
	MIX	rdi
	.endr
	mov	rsi, offset area + 20
	mov	rdi, offset area + 25
	mov	ecx, 18
	rep movsb
	mov	rdi, offset area + 4096 + 3
	mov	ecx, 9
	rep stosw
	cld
	jmp	fold_area
END backwards

/* 32-bit addresses and counter: upper halves are not used, and are cleared. */
FUNCTION narrow
	mov	rbx, 0x100000000
	mov	rsi, offset random_data
	mov	rdi, offset area
	mov	ecx, 6
	add	rsi, rbx
	add	rdi, rbx
	add	rcx, rbx
	addr32 rep movsd
	MIX	rsi
	MIX	rdi
	MIX	rcx
	mov	rsi, offset random_data
	add	rsi, rbx
	mov	rdi, offset area + 40
	addr32 movsq
	addr32 lodsd
	addr32 stosw
	MIX	rsi
	MIX	rdi
	MIX	rax
	mov	rcx, rbx
	mov	rdi, offset area
	addr32 rep stosb
	MIX	rcx
	ret
END narrow

FUNCTION large
	mov	rax, [random_data]
	mov	rdi, offset large_area + 1
	mov	ecx, LARGE
	rep stosq
	mov	rsi, offset large_area + 3
	mov	rdi, offset large_area + 40003
	mov	ecx, LARGE
	rep movsb
	mov	rsi, offset large_area + 1
	mov	rdi, offset large_area + 9
	mov	ecx, LARGE - 2
	cmp	ecx, 7
	repe cmpsq
	MIX	rcx
	mov	eax, 0
	mov	rdi, offset area
	mov	ecx, 16384
	rep stosb
	mov	rdi, offset area
	mov	ecx, LARGE
	mov	eax, 0
	cmp	ecx, 7
	repe scasb
	MIX	rcx
	MIX	rdi
	ret
END large

	GUEST_DATA
	.bss
	.balign	4096
area:
	.skip	16384
large_area:
	.skip	65536
