/* SPDX-License-Identifier: GPL-2.0-or-later */
/* REP: three repeats, none, three of ten, and two of which one crosses into the next page. */
#include "guest.inc"
_start:
	lea	rsi, [rip + source]
	lea	rdi, [rip + area]
	mov	ecx, 3
	rep movsb
	rep stosw
	mov	eax, 7
	lea	rdi, [rip + source]
	mov	ecx, 10
	repne scasb
	lea	rdi, [rip + area + 4096 - 12]
	mov	ecx, 2
	rep stosq
	EXIT	0
	.data
source:	.byte	1, 3, 7, 15
	.bss
	.balign	4096
area:	.skip	8192
