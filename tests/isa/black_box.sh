#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compile black_box.c for an instruction set and run it under this project's QEMU.
# On a board the program that it makes runs by itself.  Skipped (77) where there is
# no compiler or no such QEMU.
# Usage: black_box.sh ROOT FOLDER COMPILER QEMU UPSET TABLE.c
set -eu

root=$1
folder=$2
compiler=$3
emulator=$root/build/qemu/obj/$4
name=${4#qemu-}
upset=$5
table=$6

if ! command -v "$compiler" >/dev/null; then
	echo "skipped: there is no $compiler, see setup/packages.list"
	exit 77
fi
if [ ! -x "$emulator" ]; then
	echo "skipped: there is no $emulator, see doc/building.md"
	exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
here=$root/tests/isa
set -- -static -O1 -g -D_GNU_SOURCE -I"$root" -I"$root/include" -I"$here/$folder"
if [ "$folder" = riscv ]; then
	set -- "$@" -Wl,--no-relax # gp is changed
fi
"$compiler" "$@" -o "$scratch/black_box" "$here/black_box.c" "$here/effects.c" \
	"$here/$folder/host.c" "$here/$folder/host_code.S" "$table" "$root/isa/table.c" \
	"$root/isa/state.c" "$root/isa/text.c" "$root/isa/$folder"/*.c
cpu=$("$upset" doctor | sed -n "s/^emulated processor for $name: //p")
"$emulator" -cpu "$cpu" "$scratch/black_box"
