/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Never ends: spins, or with an argument waits for a signal that does not come. */
#include "guest.inc"
_start:
	cmp	qword ptr [rsp], 1
1:	je	1b
	mov	eax, 34
	syscall
