#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The tables of system calls are those of the QEMU that is built.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
source=$root/build/qemu/src
if [ ! -d "$source/linux-user" ]; then
	echo "skipped: no source of QEMU in $source"
	exit 77
fi
status=0
for isa in x86_64 aarch64 riscv64 i386; do
	python3 "$root/linux/numbers.py" "$source" $isa | diff -u "$root/linux/$isa.inc" - || status=1
done
[ $status -eq 0 ] || echo "linux/numbers.py makes other tables of this QEMU: put them in place"
exit $status
