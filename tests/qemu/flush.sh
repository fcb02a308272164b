#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Counts outlive the emulator's translated code: flush.sh UPSET GUEST.  The guest
# rewrites a function before each of 40,000 calls; half of the numbers written
# are odd.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
guest=$1
calls=40000
# QEMU reads the size of its cache, in MiB, from here.
export QEMU_TB_SIZE=4

golden "$dir/study" --engine qemu -- "$guest"
expect "text printed" "$(cat "$dir/study.out")" "$("$guest")"
expect lost "$(value "$dir/study" lost)" 0

# executions CONDITION
executions()
{
	sqlite3 "$dir/study" "SELECT sum(executions) FROM instructions WHERE $1"
}

# Five in each step of the loop.
expect "loop" "$(executions "function = '_start' AND executions = $calls")" $((5 * calls))
# mov, test, jz, lea, ret always, add when odd: all contents of the mov together.
expect "rewritten function" "$(executions "function = 'written'")" $((5 * calls + calls / 2))
expect "rewritten mov" "$(executions "function = 'written' AND text LIKE 'mov eax%'")" $calls
expect "contents of the mov" "$(sqlite3 "$dir/study" "SELECT count(*) FROM instructions
	WHERE function = 'written' AND text LIKE 'mov eax%'")" $calls
expect "branch taken" "$(sqlite3 "$dir/study" "SELECT sum(taken) FROM instructions
	WHERE function = 'written'")" $((calls / 2))
