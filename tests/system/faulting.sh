#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions that must fault, and floating-point exceptions that are not masked: the signals
# that the processor's manuals and Linux say, under engine qemu as on the processor; and a fault
# that makes a program divide by zero where that traps.
# faulting.sh UPSET FAULTING TRAPPING
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
faulting=$(realpath "$1") trapping=$(realpath "$2")
cd "$dir"

cat >wanted <<'TEXT'
invd SEGV 128
wbinvd SEGV 128
into ILL 2
ldmxcsr SEGV 128
misaligned BUS 1
noncanonical SEGV 128
sse-invalid FPE 7
sse-zero FPE 3
sse-overflow FPE 4
sse-underflow FPE 5
sse-inexact FPE 6
sse-masked none
x87-zero FPE 3
TEXT
"$faulting" >processor || fail "the program ends with $?"
diff wanted processor >out || fail "the processor: $(cat out)"
"$upset" golden -q -d counts -o faulting.upset -- "$faulting" >emulated || fail "golden ends with $?"
diff wanted emulated >out || fail "engine qemu: $(cat out)"

for engine in qemu native; do
	"$upset" inject -e $engine -f 'set:0 xmm2 @ insn=3' -- "$trapping" >out || fail "$engine: inject"
	grep -q '^outcome   due (signal)$' out || fail "$engine: $(cat out)"
	grep -q '^faulty .*SIGFPE' out || fail "$engine: $(cat out)"
done
