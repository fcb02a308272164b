#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The same faults under both engines: the same values before and after, the
# same end and the same outcome.  Of values that are no addresses: where the
# stack lies is another thing in an emulator.
# agree_faults.sh UPSET GUESTS-FOLDER
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$1
cd "$dir"
head -c 700 "$upset" >input

# told ENGINE FAULT COMMAND...: all that is said but times, counts, why a fault is masked (native
# does not look at the state at the end), and the values of addresses.
told()
{
	told_engine=$1 told_fault=$2
	shift 2
	"$upset" inject --engine "$told_engine" --fault "$told_fault" -- "$@" 2>&1 |
		awk '$1 == "latency" { next }
			{ sub(/masked \(.*\)/, "masked"); sub(/, [0-9.]* ms$/, ""); sub(/, [0-9]* instructions/, "") }
			$1 == "fault" { address = 0 }
			$1 == "before" && $2 ~ /^0x0000(7f|2a)/ { address = 1 }
			address && ($1 == "before" || $1 == "after" || $1 == "read") { $2 = "address" }
			{ print }'
}

# same FAULT COMMAND...
same()
{
	told qemu "$@" >qemu
	told native "$@" >native
	cmp -s qemu native || fail "$1: $(diff qemu native)"
	outcomes="$outcomes $(sed -n 's/^outcome *\([a-z-]*\).*/\1/p' qemu)"
	[ "$(grep -c '^outcome' qemu)" = 1 ] || fail "$1: $(cat qemu)"
}

"$upset" inject --engine native --fault 'skip @ pc=main' -- "$guests/fib" 1 >first 2>&1 ||
	skip "$(cat first)"
outcomes=
# A flip of a high bit of the argument lets fib recurse until the stack is full: engine qemu
# counts instructions and says earlier that it hangs.
for bit in 0 3 63; do
	for hit in 1 2 30; do
		same "flip:$bit rdi @ pc=fib #$hit" "$guests/fib" 8
		same "flip:$bit rax @ pc=fib #$hit" "$guests/fib" 8
	done
	same "stuck1:$bit rdi @ pc=fib #3 for 20" "$guests/fib" 8
	same "set:$bit rsi @ pc=md5_update #1" "$guests/md5" input
	same "flip:$bit operand[0] @ pc=transform #2" "$guests/md5" input
	same "flip:$((bit % 8)) code[md5_update] @ pc=main" "$guests/md5" input
done
for flag in cf zf sf of pf; do
	same "flip $flag @ pc=fib+3 #5" "$guests/fib" 8
done
same "skip @ pc=fib #4" "$guests/fib" 8
same "skip @ pc=transform #2" "$guests/md5" input
# They are not all the same.
for outcome in masked sdc due; do
	echo "$outcomes" | grep -q "$outcome" || fail "no $outcome among$outcomes"
done
