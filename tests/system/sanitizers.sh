#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs built with sanitizers, which have memory of their own at fixed addresses,
# run under engine qemu as they do without it.
# sanitizers.sh UPSET COMPILER: the C compiler; ++ or g++ in its place is that of C++.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(cd "$(dirname "$0")" && pwd)
compiler=$1
test_name="sanitizers $compiler"
cd "$dir"
case $compiler in
gcc) compiler_cxx=g++ ;;
*) compiler_cxx=$compiler++ ;;
esac

# build COMPILER SANITIZER SOURCE PROGRAM: false where the compiler has no such library.
build()
{
	"$1" -O1 -g -pthread "-fsanitize=$2" -o "$4" "$source/$3" 2>err
}

command -v "$compiler" >/dev/null || skip "there is no $compiler"
build "$compiler" thread raced.c raced ||
	skip "$compiler builds nothing with the thread sanitizer: $(tail -1 err)"

# Threads in turns: nothing to be told of.
golden study -- ./raced
expect 'exit status' "$(value study end) $(value study status)" 'exited 3'
expect 'standard output' "$(cat study.out)" 249500
expect 'standard error' "$(cat study.err)" ''

# And not in turns.  Names of functions are looked up by another program, or for long.
golden race --detail counts --env TSAN_OPTIONS=symbolize=0 -- ./raced race
expect 'exit status of the race' "$(value race end) $(value race status)" 'exited 66'
expect 'warnings of the race' "$(grep -c 'WARNING: ThreadSanitizer: data race' race.err)" 1

# With a fault: the stack is where none can be.
"$upset" inject --fault 'flip:62 rsp @ pc=add thread=any' -- ./raced >inject.out 2>inject.err </dev/null ||
	fail "inject: $(cat inject.err)"
grep -q '^golden *exit status 3,' inject.out || fail "inject: $(cat inject.out)"
grep -q '^outcome *due ' inject.out || fail "inject: $(cat inject.out)"

"$upset" campaign -n 6 -o faults --controls 2 --functions add -- ./raced >out 2>&1 </dev/null ||
	fail "campaign: $(cat out)"
expect 'results' "$(sqlite3 faults "SELECT count(*) FROM experiments
	WHERE outcome IN ('masked', 'sdc', 'due', 'detected', 'hang')")" 6
expect 'controls' "$(sqlite3 faults "SELECT count(*) FROM controls WHERE result = 'equal'")" 2

# C++ has exceptions besides.
if command -v "$compiler_cxx" >/dev/null && build "$compiler_cxx" thread exceptions.cc exceptions; then
	"$compiler_cxx" -O1 -pthread -o plain "$source/exceptions.cc" || fail "cannot compile"
	./plain >plain.out || :
	golden cxx --detail counts -- ./exceptions
	expect 'exit status of C++' "$(value cxx end) $(value cxx status)" 'exited 3'
	cmp plain.out cxx.out || fail "C++: $(cat cxx.err)"
fi

# The memory sanitizer takes other addresses.
if build "$compiler" memory raced.c memory; then
	golden other --detail counts -- ./memory
	expect 'memory sanitizer' "$(cat other.out) $(value other status)" '249500 3'
fi
