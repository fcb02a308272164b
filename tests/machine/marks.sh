#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Marks are the instructions that upset-machine(5) tells of, and do nothing on a processor.
# Arguments: the program, its source, the folder of headers.
set -eu
program=$1 source=$2 headers=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail()
{
	echo "marks: $*" >&2
	exit 1
}

"$program" || fail "the program with marks ended with $?"

# marks_of COMPILER PATTERN: how many of its instructions are marks.
marks_of()
{
	"$1" -O1 -I "$headers" -S -o "$dir/out.s" "$source" || fail "$1 does not compile it"
	tr -s '\t' ' ' <"$dir/out.s" | grep -c -E -- "$2" || true
}

[ "$(marks_of cc '^ ?cpuid')" = 2 ] || fail "not two of x86-64"
if command -v aarch64-linux-gnu-gcc >/dev/null; then
	[ "$(marks_of aarch64-linux-gnu-gcc 'hint #?10[12]$')" = 2 ] || fail "not two of AArch64"
fi
if command -v riscv64-linux-gnu-gcc >/dev/null; then
	[ "$(marks_of riscv64-linux-gnu-gcc 'slti x0, x0, 179[34]$')" = 2 ] || fail "not two of RISC-V"
fi
