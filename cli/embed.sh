#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Print assembly that has the bytes of a file between two symbols: embed.sh FILE SYMBOL
# The sum makes it another when the bytes are others, so that it is assembled again.
cat <<END
	# $(cksum <"$1")
	.section .rodata
	.globl	$2, $2_end
	.hidden	$2, $2_end
$2:
	.incbin	"$(realpath "$1")"
$2_end:
	.section .note.GNU-stack, "", @progbits
END
