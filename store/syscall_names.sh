#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Print the system calls of x86-64 Linux as lines of a C array: [0] = "read",
# Arguments: the C compiler.
set -eu
names=$(printf '#include <asm/unistd_64.h>\n' | "$@" -E -dM -x c - |
	sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/[\2] = "\1",/p')
case $names in
*'[0] = "read",'*) printf '%s\n' "$names" ;;
*) echo "no system call numbers in asm/unistd_64.h: install linux-libc-dev" >&2 && exit 1 ;;
esac
