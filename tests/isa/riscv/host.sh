#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compile test_host.c for RISC-V and run it under this project's qemu-riscv64.  On
# a board the program that it makes runs by itself.  Skipped (77) where there is no
# compiler or no such QEMU.
# Usage: host.sh ROOT TABLE.c [EMULATOR]
set -eu

root=$1
table=$2
emulator=${3:-$root/build/qemu/obj/qemu-riscv64}
compiler=riscv64-linux-gnu-gcc

if ! command -v "$compiler" >/dev/null; then
	echo "skipped: there is no $compiler, see setup/packages.list"
	exit 77
fi
if [ ! -x "$emulator" ]; then
	echo "skipped: there is no $emulator, see doc/building.md"
	exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
here=$root/tests/isa/riscv
"$compiler" -static -O1 -g -D_GNU_SOURCE -Wl,--no-relax -I"$root" -I"$root/include" -I"$here" \
	-o "$folder/test_host" "$here/test_host.c" "$here/host.c" "$here/host_code.S" "$table" \
	"$root/isa/table.c" "$root/isa/state.c" "$root"/isa/riscv/*.c
"$emulator" -cpu rv64,v=off,zicbom=off,zicboz=off,zicond=on,zcb=on "$folder/test_host"
