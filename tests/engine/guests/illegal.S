/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dies of an instruction that is none. */
#include "guest.inc"
_start:
	nop
	ud2
