/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: instructions that do not complete.  Loads, stores, stack
 * and string instructions that fault in the middle of a block, exceptions, and
 * handlers that jump away or have the instruction retried.
 */
#include "guest.inc"
#include "signal.inc"

	.set	ROUNDS, 8

/*
 * Run @body, whose last instruction faults; what follows must not be executed.
 * Checks by rbx that everything before it was.
 */
.macro FAULTS body:vararg
	RESUME_AT 9f
	mov	ebx, 1
	lea	rbx, [rbx + rbx * 4]
	add	rbx, [rsi]
	\body
	mov	rbx, 0
	add	qword ptr [checksum], 1
	ud2
9:	MIX	rbx
	MIX	rdi
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
.endm

	.text
	.globl	_start
FUNCTION _start
	DEFINE_STATE
	sub	rsp, 64
	HANDLE_FAULTS
	mov	r12d, ROUNDS
round:
	RANDOMIZE
	call	loads_and_stores
	call	stack_faults
	call	fetch_faults
	call	exceptions
	call	alignment
	call	retried
	call	strings_abandoned
	call	strings_retried
	call	jumps_by_hand
	dec	r12d
	jnz	round
	mov	ebx, [signals_seen + SIGSEGV * 4]
	MIX	rbx
	mov	ebx, [signals_seen + SIGILL * 4]
	MIX	rbx
	FINISH
END _start

FUNCTION loads_and_stores
	mov	[resume_stack], rsp
	PROTECT_BAD_PAGE 0
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
	FAULTS	mov rcx, [rdi]
	FAULTS	mov [rdi + 8], rcx
	FAULTS	add rbx, [rdi]
	FAULTS	mov bl, [rdi + 4095]
	FAULTS	mov rbx, [rdi - 3]
	FAULTS	mov [rdi - 3], rbx
	FAULTS	add [rdi - 1], ebx
	FAULTS	vmovdqu ymm1, [rdi - 31]
	FAULTS	cmovz rbx, [rdi]
	FAULTS	lock inc qword ptr [rdi]
	FAULTS	cmpxchg16b [rdi + 16]
	FAULTS	xlatb
	FAULTS	bts [rdi], rbx
	/* Nothing of a store that crosses into the page is done. */
	mov	rax, [rdi - 8]
	MIX	rax
	/* Vector stores may be done in pieces by an emulator: the memory is written anew. */
	FAULTS	vmovdqu [rdi - 31], ymm0
	FAULTS	movups [rdi - 15], xmm0
	mov	ecx, 32
1:	mov	byte ptr [rdi + rcx - 33], 0x5c
	dec	ecx
	jnz	1b
	PROTECT_BAD_PAGE 1
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
	FAULTS	mov [rdi], ebx
	FAULTS	mov word ptr [rdi + 100], 7
	FAULTS	add [rdi + 8], rbx
	FAULTS	xchg [rdi + 16], rbx
	FAULTS	xadd [rdi + 16], rbx
	FAULTS	cmpxchg [rdi + 16], rbx
	FAULTS	lock or byte ptr [rdi + 5], 1
	FAULTS	not dword ptr [rdi]
	FAULTS	setc [rdi]
	FAULTS	movups [rdi + 3], xmm0
	mov	rax, [rdi + 16]
	MIX	rax
	PROTECT_BAD_PAGE 3
	ret
END loads_and_stores

FUNCTION stack_faults
	mov	[resume_stack], rsp
	PROTECT_BAD_PAGE 0
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
	mov	rsp, offset after_page
	FAULTS	push rbx
	mov	rsp, offset after_page
	FAULTS	push qword ptr [rsi]
	mov	rsp, offset after_page
	FAULTS	pushfq
	mov	rsp, offset after_page
	FAULTS	call loads_and_stores
	mov	rsp, offset bad_page
	FAULTS	pop rbx
	mov	rsp, offset bad_page
	FAULTS	ret
	mov	rsp, offset bad_page - 8
	FAULTS	pop [rdi]
	mov	rsp, offset after_page
	FAULTS	enter 16, 0
	mov	rbp, offset bad_page
	FAULTS	leave
	mov	rbp, 0
	PROTECT_BAD_PAGE 3
	ret
END stack_faults

/* Addresses that cannot be executed; an instruction whose second half cannot. */
FUNCTION fetch_faults
	mov	[resume_stack], rsp
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
	FAULTS	jmp rdi
	FAULTS	call rdi
	mov	rax, 0x1000
	FAULTS	jmp rax
	PROTECT_BAD_PAGE 0
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
	FAULTS	jmp rdi
	PROTECT_BAD_PAGE 3
	ret
END fetch_faults

FUNCTION exceptions
	mov	[resume_stack], rsp
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
	mov	r8d, 0
	mov	eax, 7
	mov	edx, 0
	FAULTS	div r8d
	mov	eax, 7
	mov	edx, 9
	mov	r8d, 3
	FAULTS	div r8d
	mov	rax, 0x8000000000000000
	mov	rdx, -1
	mov	r8, -1
	FAULTS	idiv r8
	mov	[rdi], r12
	mov	eax, 0x7fff
	FAULTS	idiv byte ptr [rdi + 6]
	FAULTS	ud2
	FAULTS	int3
	FAULTS	int 3
	FAULTS	hlt
	FAULTS	cli
	FAULTS	in al, dx
	FAULTS	.byte 0x0f, 0x0b
	mov	r9, 0x8000000000000000
	FAULTS	mov rcx, [r9]
	FAULTS	lock xchg [r9], rcx
	ret
END exceptions

FUNCTION alignment
	mov	[resume_stack], rsp
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
	FAULTS	movaps xmm1, [rsi + 8]
	FAULTS	movaps [rdi + 1], xmm1
	FAULTS	movdqa xmm1, [rsi + 4]
	FAULTS	paddb xmm1, [rsi + 8]
	FAULTS	vmovaps ymm1, [rsi + 16]
	FAULTS	vmovdqa [rdi + 16], ymm1
	FAULTS	cmpxchg16b [rdi + 8]
	ret
END alignment

/* The handler makes the page accessible, and the instruction is done after all. */
FUNCTION retried
	mov	[resume_stack], rsp
	.irp	body, "mov rbx, [rdi]", "mov [rdi + 8], rbx", "add [rdi + 16], rbx", "add rbx, [rdi - 3]", "mov [rdi - 5], rbx", "lock xadd [rdi + 32], rbx", "xchg [rdi], rbx", "cmovnz rbx, [rdi + 16]"
	PROTECT_BAD_PAGE 0
	mov	rsi, offset random_data
	mov	rdi, offset bad_page
	mov	rax, [rsi + 8]
	mov	rdx, [rsi + 16]
	mov	rcx, [rsi + 24]
	mov	r11, [rsi + 32]
	RETRY_AT 1f
	mov	rbx, [rsi + 40]
	cmp	rax, rax
	mov	ebx, [rsi + 44]
1:	\body
	lea	rcx, [rcx + r11 * 2]
	lea	rax, [rax + rdx * 2]
	MIX	rbx
	MIX	rcx
	MIX	rax
	.endr
	/* A push and a call, whose stack page is not there at first. */
	PROTECT_BAD_PAGE 0
	mov	rax, [random_data]
	mov	r8, rsp
	mov	rsp, offset after_page
	RETRY_AT 2f
2:	push	rax
	pop	rbx
	MIX	rbx
	mov	rsp, r8
	PROTECT_BAD_PAGE 0
	mov	r8, rsp
	mov	rsp, offset after_page
	RETRY_AT 3f
3:	call	add_to_checksum
	mov	rsp, r8
	PROTECT_BAD_PAGE 1
	mov	rdi, offset bad_page
	mov	rax, [random_data]
	RETRY_AT 4f
	mov	ecx, 3
4:	add	[rdi + rcx * 8], rax
	mov	rbx, [rdi + 24]
	MIX	rbx
	ret
END retried

FUNCTION add_to_checksum
	add	qword ptr [checksum], 99
	ret
END add_to_checksum

/* REP that faults after some repeats, and is left there. */
FUNCTION strings_abandoned
	mov	[resume_stack], rsp
	PROTECT_BAD_PAGE 0
	.irp	body, "rep movsb", "rep stosb"
	RESUME_AT 1f
	mov	rsi, offset random_data
	mov	rdi, offset bad_page - 37
	mov	ecx, 100
	mov	eax, 0x77
	\body
	ud2
1:	MIX	rcx
	.endr
	.irp	body, "rep movsq", "rep stosq", "repe cmpsq", "repne scasq"
	RESUME_AT 1f
	mov	rsi, offset bad_page - 40
	mov	rdi, offset bad_page - 40
	mov	ecx, 12
	mov	rax, 0x1234567890
	\body
	ud2
1:	MIX	rcx
	.endr
	/* At the first element, backwards, and with none to do. */
	RESUME_AT 1f
	mov	rdi, offset bad_page
	mov	ecx, 5
	rep stosd
	ud2
1:	MIX	rcx
	RESUME_AT 1f
	mov	rdi, offset after_page + 12
	mov	ecx, 9
	std
	rep stosd
	ud2
1:	cld
	MIX	rcx
	mov	rdi, offset bad_page
	mov	ecx, 0
	rep stosd
	MIX	rdi
	RESUME_AT 1f
	mov	rsi, offset bad_page
	lodsb
	ud2
1:	mov	rax, [bad_page - 24]
	MIX	rax
	PROTECT_BAD_PAGE 3
	ret
END strings_abandoned

/* REP that faults after some repeats and goes on from there. */
FUNCTION strings_retried
	PROTECT_BAD_PAGE 0
	/* What the registers will be at the fault: 37 bytes are done. */
	mov	eax, 0x55
	mov	edx, 0
	mov	rsi, offset random_data + 37
	mov	rdi, offset bad_page
	RETRY_AT 1f
	mov	rsi, offset random_data
	mov	rdi, offset bad_page - 37
	mov	ecx, 100
	cmp	eax, eax
1:	rep movsb
	MIX	rcx
	MIX	rsi
	mov	rax, [rdi - 8]
	MIX	rax
	/* Vector stores may be done in pieces by an emulator: the memory is written anew. */
	FAULTS	vmovdqu [rdi - 31], ymm0
	FAULTS	movups [rdi - 15], xmm0
	mov	ecx, 32
1:	mov	byte ptr [rdi + rcx - 33], 0x5c
	dec	ecx
	jnz	1b
	PROTECT_BAD_PAGE 1
	mov	rax, [random_data + 8]
	mov	edx, 0
	mov	esi, 0
	mov	rdi, offset bad_page
	RETRY_AT 2f
	mov	rdi, offset bad_page - 6 * 8
	mov	ecx, 11
2:	rep stosq
	mov	rax, [rdi - 8]
	MIX	rax
	MIX	rdi
	/* Equal memory up to the page and after it. */
	mov	rsi, offset bad_page - 32
	mov	rdi, offset good_page
	mov	ecx, 16
	rep movsd
	PROTECT_BAD_PAGE 0
	mov	eax, 0
	mov	edx, 0
	mov	rsi, offset bad_page
	mov	rdi, offset good_page + 32
	RETRY_AT 3f
	mov	rsi, offset bad_page - 32
	mov	rdi, offset good_page
	mov	ecx, 20
3:	repe cmpsd
	MIX	rcx
	MIX	rsi
	ret
END strings_retried

/* setjmp and longjmp: out of a loop, two calls deep, with a value. */
FUNCTION jumps_by_hand
	mov	ebx, 5
	mov	r13d, 0
	call	set_jump
	cmp	eax, 4
	ja	1f
	lea	r13, [r13 + rax * 2 + 1]
	mov	edi, eax
	inc	edi
	mov	ebx, 77
	call	jump_from_below
	ud2
1:	MIX	rbx
	MIX	rax
	MIX	r13
	ret
END jumps_by_hand

FUNCTION jump_from_below
	push	rbx
	push	rdi
	call	long_jump
	ud2
END jump_from_below

/* Save rbx, rsp, rbp and the return address; r13 counts and is not saved. */
FUNCTION set_jump
	pop	rdx
	mov	[jump_buffer], rbx
	mov	[jump_buffer + 8], rsp
	mov	[jump_buffer + 16], rbp
	mov	[jump_buffer + 24], rdx
	mov	eax, 0
	jmp	rdx
END set_jump

FUNCTION long_jump
	mov	eax, edi
	mov	rbx, [jump_buffer]
	mov	rsp, [jump_buffer + 8]
	mov	rbp, [jump_buffer + 16]
	jmp	[jump_buffer + 24]
END long_jump

	GUEST_DATA
	SIGNAL_DATA
	.bss
jump_buffer:
	.skip	32
