/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: code that changes.  Patched in a loop, patched just ahead
 * of itself, generated, replaced, unmapped and mapped anew, the same at two
 * addresses, not executable at first, and bytes that are two programs at once.
 */
#include "guest.inc"
#include "signal.inc"

	.set	ROUNDS, 6
#define PROT_RWX 7
#define MAP_PRIVATE_FIXED_ANONYMOUS 0x32
#define FIRST_MAPPING 0x10000000
#define SECOND_MAPPING 0x10200000

.macro PROTECT address, size, protection
	mov	rdi, \address
	mov	esi, \size
	mov	edx, \protection
	CALL_KERNEL SYS_mprotect
.endm

.macro MAP address, protection
	mov	rdi, \address
	mov	esi, 4096
	mov	edx, \protection
	mov	r10d, MAP_PRIVATE_FIXED_ANONYMOUS
	mov	r8, -1
	mov	r9d, 0
	CALL_KERNEL SYS_mmap
	MIX	rax
.endm

/* Copy template @name to @address. */
.macro PLACE name, address
	mov	rsi, offset \name
	mov	rdi, \address
	mov	ecx, offset \name\()_end - \name
	rep movsb
.endm

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	PROTECT	"offset patched_code", 8192, PROT_RWX
	PROTECT	"offset generated_page", 4096, PROT_RWX
	mov	rdi, offset alternate_stack
	mov	esi, 0
	CALL_KERNEL SYS_sigaltstack
	HANDLE	SIGSEGV
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	patch_immediate
	call	patch_ahead
	mov	ebx, 0
	call	ahead_across
	MIX	rbx
	call	generate
	call	two_mappings
	call	not_executable
	call	two_in_one
	dec	r12d
	jnz	round
	FINISH
END _start

/* The immediate and then the operation of code in another page. */
FUNCTION patch_immediate
	mov	ebx, 12
1:	mov	rax, [random_data + rbx * 8]
	mov	[patched_immediate + 2], eax
	mov	ecx, 3
	mov	edx, 0
	call	patched_immediate
	MIX	rdx
	dec	ebx
	jnz	1b
	/* add (01), sub (29), xor (31), or (09) of edx, eax */
	.irp	opcode, 0x01, 0x29, 0x31, 0x09
	mov	byte ptr [patched_operation], \opcode
	mov	eax, [random_data + \opcode]
	mov	edx, [random_data + 8]
	call	patched_operation
	MIX	rdx
	.endr
	ret
END patch_immediate

/* A function in the writable page that changes what follows it in the same block. */
FUNCTION patch_ahead
	mov	ebx, 6
1:	mov	rdx, [random_data + rbx * 8]
	call	ahead
	MIX	rax
	mov	ecx, 4
	mov	eax, ebx
	call	ahead_in_loop
	MIX	rax
	dec	ebx
	jnz	1b
	ret
END patch_ahead

/* Functions made from templates at one place, one after the other. */
FUNCTION generate
	mov	ebx, 5
1:	.irp	name, template_a, template_b, template_a, template_c
	PLACE	\name, "offset generated_page"
	mov	eax, ebx
	mov	r8, offset generated_page
	call	r8
	MIX	rax
	mov	eax, ebx
	call	r8
	MIX	rax
	.endr
	dec	ebx
	jnz	1b
	/* At the end of the page, every place once. */
	mov	ebx, 9
2:	mov	r8, offset generated_page + 3000
	add	r8, rbx
	PLACE	template_a, r8
	mov	eax, ebx
	call	r8
	MIX	rax
	dec	ebx
	jnz	2b
	ret
END generate

/* The same code at two addresses, and other code where code was. */
FUNCTION two_mappings
	MAP	FIRST_MAPPING, PROT_RWX
	MAP	SECOND_MAPPING, PROT_RWX
	PLACE	template_b, FIRST_MAPPING
	PLACE	template_b, SECOND_MAPPING
	mov	r8, FIRST_MAPPING
	mov	r9, SECOND_MAPPING
	mov	eax, 77
	call	r8
	call	r9
	call	r8
	MIX	rax
	mov	rdi, FIRST_MAPPING
	mov	esi, 4096
	CALL_KERNEL SYS_munmap
	MAP	FIRST_MAPPING, PROT_RWX
	PLACE	template_c, FIRST_MAPPING
	PROTECT	FIRST_MAPPING, 4096, 5
	mov	eax, 77
	mov	r8, FIRST_MAPPING
	mov	r9, SECOND_MAPPING
	call	r8
	call	r9
	MIX	rax
	/* New pages over the old ones. */
	MAP	SECOND_MAPPING, PROT_RWX
	PLACE	template_a, SECOND_MAPPING
	mov	r9, SECOND_MAPPING
	mov	eax, 78
	call	r9
	MIX	rax
	.irp	address, FIRST_MAPPING, SECOND_MAPPING
	mov	rdi, \address
	mov	esi, 4096
	CALL_KERNEL SYS_munmap
	.endr
	ret
END two_mappings

/* A page that may be executed only after the fault; then read-only; then gone. */
FUNCTION not_executable
	mov	[resume_stack], rsp
	PLACE	template_b, "offset bad_page"
	mov	r8, offset bad_page
	mov	eax, 5
	RESUME_AT 1f
	jmp	r8
1:	PROTECT	"offset bad_page", 4096, 5
	mov	eax, 5
	mov	r8, offset bad_page
	call	r8
	MIX	rax
	PROTECT	"offset bad_page", 4096, 0
	RESUME_AT 2f
	mov	r8, offset bad_page
	jmp	r8
2:	PROTECT	"offset bad_page", 4096, 3
	ret
END not_executable

/* Jumps into the middle of an instruction: its immediate is code as well. */
FUNCTION two_in_one
	mov	ebx, 6
	mov	edx, 0
1:	test	ebx, 1
	jnz	2f + 1
2:	mov	eax, 0x9007c283		/* within: add edx, 7; nop */
	inc	edx
	dec	ebx
	jnz	1b
	MIX	rdx
	ret
END two_in_one

FUNCTION template_a
	lea	eax, [rax + rax * 4 + 3]
	ret
template_a_end:
END template_a

FUNCTION template_b
	imul	eax, eax, 7
	xor	eax, 0x1234
	test	al, 1
	jz	1f
	inc	eax
1:	ret
template_b_end:
END template_b

FUNCTION template_c
	mov	ecx, 3
1:	add	eax, ecx
	loop	1b
	ret
template_c_end:
END template_c

	/* Two pages of text that the guest makes writable. */
	.balign	4096
patched_code:
FUNCTION patched_immediate
	add	edx, 0x11223344
	dec	ecx
	jnz	patched_immediate
	ret
END patched_immediate

FUNCTION patched_operation
	add	edx, eax
	ret
END patched_operation

FUNCTION ahead
	mov	[ahead_target + 1], edx
	nop
ahead_target:
	mov	eax, 0
	add	dword ptr [ahead_target_2 + 2], 3
ahead_target_2:
	add	eax, 0x10000
	ret
END ahead

/* A loop that changes itself in every pass. */
FUNCTION ahead_in_loop
	add	byte ptr [1f + 2], 1
1:	lea	eax, [rax + 5]
	and	byte ptr [1b + 2], 0x3f
	dec	ecx
	jnz	ahead_in_loop
	ret
END ahead_in_loop

	/* The change lies in the next page, the block goes on into it. */
	.skip	4096 - (. - patched_code) - 18, 0x90
FUNCTION ahead_across
	add	byte ptr [ahead_across_target + 2], 1
	nop
	nop
	nop
	nop
	nop
	nop
	nop
	nop
	nop
	nop
ahead_across_target:
	add	ebx, 5
	ret
END ahead_across
	.balign	4096

	GUEST_DATA
	SIGNAL_DATA
	.bss
	.balign	4096
generated_page:
	.skip	4096
