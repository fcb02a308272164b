#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Check rows of i386 with a program that executes instructions, compiled here: under this
# project's QEMU, or on this processor.  Skipped (77) where there is no compiler, no such
# QEMU, or a kernel that runs no 32-bit programs.
# Usage: host.sh ROOT UPSET TEST_HOST emulated|native
set -eu

root=$1
upset=$2
test_host=$3
how=$4
runs=100 least=500
compiler=i686-linux-gnu-gcc
emulator=$root/build/qemu/obj/qemu-i386
here=$root/tests/isa

skip()
{
	echo "skipped: $*"
	exit 77
}

command -v "$compiler" >/dev/null || skip "there is no $compiler, see setup/packages.list"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
program=$scratch/host_program
"$upset" doctor >"$scratch/doctor" || true
case $how in
emulated)
	[ -x "$emulator" ] || skip "there is no $emulator, see doc/building.md"
	cpu=$(sed -n 's/^emulated processor for i386: //p' "$scratch/doctor")
	runs=40 least=600 # it is slower, and has the same instructions everywhere
	set -- "$emulator" -cpu "$cpu" "$program"
	;;
native)
	grep -q '^native for i386: ptrace' "$scratch/doctor" ||
		skip "$(grep '^native for i386' "$scratch/doctor")"
	set -- "$program"
	;;
esac
"$compiler" -static -O1 -g -D_GNU_SOURCE -I"$root" -o "$program" \
	"$here/host_program.c" "$here/i386/host_code.S"
"$test_host" i386 "$runs" "$least" "$here/instructions.txt" "$here/i386/instructions.txt" -- "$@"
