/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freestanding guest: code that it writes: another instruction at the same place each time,
 * another one in its own block, a page that was data and becomes code and back, short instructions made long.
 */
#include "guest.inc"

	.set	ADDI_A0, 0x00050513	/* addi a0, a0, 0 */
	.set	RET, 0x00008067
	.set	C_ADDI_A0, 0x0505	/* c.addi a0, 1 */
	.set	C_RET, 0x8082
	.set	SYS_flush_icache, 259

START
	la	a0, patched
	li	a1, 4096
	li	a2, 7
	CALL_KERNEL SYS_mprotect
	call	rewritten
	call	own_block
	call	mapped
	call	lengths
	FINISH

/* addi a0, a0, 1 .. 6; each is another instruction at one address. */
FUNCTION rewritten
	mv	s0, ra
	li	s1, 6
	li	a0, 100
	la	s2, patched
1:	slli	a1, s1, 20
	li	a2, ADDI_A0
	or	a1, a1, a2
	sw	a1, (s2)
	fence.i
	call	patched
	call	patched
	addi	s1, s1, -1
	bnez	s1, 1b
	MIX	a0
	jr	s0
END rewritten

/* The next instruction but one. */
FUNCTION own_block
	mv	s0, ra
	la	s2, patched_loop
	jalr	s2
	MIX	a0
	jr	s0
END own_block

FUNCTION mapped
	mv	s0, ra
	li	s1, 3
	li	s2, 0x20000000
1:	mv	a0, s2
	li	a1, 8192
	li	a2, 3
	li	a3, 0x32
	li	a4, -1
	li	a5, 0
	CALL_KERNEL SYS_mmap
	li	a1, ADDI_A0
	slli	a2, s1, 20
	or	a1, a1, a2
	sw	a1, (s2)
	li	a1, RET
	sw	a1, 4(s2)
	mv	a0, s2
	li	a1, 4096
	li	a2, 5
	CALL_KERNEL SYS_mprotect
	mv	a0, s2
	addi	a1, s2, 8
	li	a2, 0
	CALL_KERNEL SYS_flush_icache
	jalr	s2
	mv	a0, s2
	li	a1, 8192
	CALL_KERNEL SYS_munmap
	addi	s1, s1, -1
	bnez	s1, 1b
	jr	s0
END mapped

FUNCTION lengths
	mv	s0, ra
	la	s2, patched
	li	a0, 0
	li	a1, C_ADDI_A0 | C_RET << 16
	sw	a1, (s2)
	fence.i
	call	patched
	li	a1, C_ADDI_A0
	sh	a1, (s2)
	li	a1, ADDI_A0 | 7 << 20
	sh	a1, 2(s2)
	srli	a1, a1, 16
	sh	a1, 4(s2)
	li	a1, C_RET
	sh	a1, 6(s2)
	fence.i
	call	patched
	MIX	a0
	jr	s0
END lengths

	.balign	4096
	.option	norvc
FUNCTION patched
	addi	a0, a0, 0
	ret
	ret
END patched

	.balign	64
FUNCTION patched_loop
	li	a4, 4
	la	a1, 2f
	li	a2, ADDI_A0
1:	slli	a3, a4, 20
	or	a3, a3, a2
	sw	a3, (a1)
	fence.i
2:	addi	a0, a0, 0
	addi	a4, a4, -1
	bnez	a4, 1b
	ret
END patched_loop
	.balign	4096

GUEST_DATA
