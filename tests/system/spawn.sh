#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that start others by posix_spawn() and vfork(), which share memory with
# the child, do what they do without upset.
# spawn.sh UPSET PROGRAM
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
program=$(realpath "$1")
cd "$dir"

status=0
"$program" || status=$?
[ "$status" = 0 ] || skip "this machine's own processes: $status"
golden golden.upset "$program"
expect 'golden run' "$golden_status $(cat golden.upset.err)" '0 '
status=0
"$upset" inject -f 'flip:63 r15 @ insn=1000000000' -- "$program" >out 2>&1 || status=$?
expect 'with the injector' "$(grep -c 'exit status 0' out)" 2
