#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Engine gdb with stubs of others: the same counts as with its own, and what goes wrong is told in
# one sentence and leaves nothing half done.  gdb.sh UPSET QEMU SUM ENDLESS VECTORS THREADS CALLS
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
qemu=$1 sum=$(realpath "$2") endless=$(realpath "$3") vectors=$(realpath "$4")
threads=$(realpath "$5") calls=$(realpath "$6")
[ -x "$qemu" ] || skip "there is no $qemu"
cd "$dir"
stub=
trap '[ -z "$stub" ] || kill -s KILL "$stub" 2>/dev/null || :; rm -rf "$dir"' EXIT

# stub ADDRESS GUEST: QEMU's, in the background, its process in $stub.
stub()
{
	"$qemu" -cpu max -seed 1 -g "$1" "$2" >stub.out 2>stub.err &
	stub=$!
}

# stub_at GUEST: likewise, listening at ./socket.
stub_at()
{
	rm -f socket
	stub "$dir/socket" "$1"
	for _ in $(seq 600); do
		[ ! -S socket ] || return 0
		sleep 0.05
	done
	fail "QEMU does not listen: $(cat stub.err)"
}

end_stub()
{
	kill -s KILL "$stub" 2>/dev/null || :
	wait "$stub" 2>/dev/null || :
	stub=
}

# refused WHAT STATUS MESSAGE ARGUMENTS...: a golden run that fails with one line, and no study.
refused()
{
	what=$1 wanted=$2 message=$3
	shift 3
	status=0
	"$upset" golden -o none.upset "$@" >out 2>err </dev/null || status=$?
	expect "$what: status" "$status" "$wanted"
	grep -q "$message" err || fail "$what: '$message' is not said: $(cat err)"
	[ ! -e none.upset ] || fail "$what: a study is left"
}

# The same as in a QEMU that upset starts, but for the program's output, which is the stub's.
golden own --engine gdb --calls -- "$calls"
stub_at "$calls"
golden remote --engine gdb --calls --remote ./socket -- "$calls"
wait "$stub" || fail "the program ended otherwise in the stub"
stub=
"$upset" diff --ignore run own remote >differ || fail "runs differ: $(cat differ)"
cmp -s own.out stub.out || fail "the program prints something else in the stub"
expect "output of the remote run" "$(value remote stdout_bytes)" 0

# How the program ends comes over the connection.
stub_at "$sum"
golden remote --engine gdb --remote "$dir/socket" -- "$sum"
expect "end" "$(value remote end) $(value remote status)" "exited 8"
end_stub

# By TCP, at a port that is free.
port=$((20000 + $$ % 20000)) listens=
for _ in 1 2 3 4 5; do
	port=$((port + 1))
	stub $port "$sum"
	sleep 0.5
	for _ in $(seq 100); do
		kill -0 "$stub" 2>/dev/null || break
		if grep -q "$(printf ':%04X 00000000:0000 0A' $port)" /proc/net/tcp; then
			listens=1
			break
		fi
		sleep 0.05
	done
	[ -z "$listens" ] || break
	end_stub
done
[ -n "$listens" ] || fail "QEMU does not listen at any port: $(cat stub.err)"
golden tcp --engine gdb --remote localhost:$port -- "$sum"
expect "end by TCP" "$(value tcp status)" 8
expect "instructions by TCP" "$(value tcp instructions)" "$(value remote instructions)"
end_stub

refused "nobody there" 3 "cannot connect to the GDB stub at ./nobody: No such file" \
	--engine gdb --remote ./nobody -- "$sum"
refused "no address" 2 "'here' is no address of a GDB stub; give HOST:PORT" \
	--engine gdb --remote here -- "$sum"
refused "another engine" 2 "only engine gdb runs programs in a GDB stub" \
	--engine native --remote ./nobody -- "$sum"

# A stub that lacks what an instruction needs, and a program that does what is not followed.
refused "AVX" 3 "the stub of QEMU does not tell all of register ymm0, which 'vmovdqu ymm0" \
	--engine gdb -- "$vectors"
refused "threads" 3 "the program starts a second thread at 0x" --engine gdb -- "$threads"
status=0
"$upset" inject --engine gdb -f 'flip:0 rax @ insn=100000' -- "$threads" >out 2>err </dev/null || status=$?
expect "threads before a fault: status" "$status" 3
grep -q "the program starts a second thread at 0x" err || fail "threads before a fault: $(cat err)"

# A stub that is lost leaves a study as it was, and no other.
stub_at "$endless"
cp own before
"$upset" golden --engine gdb --remote ./socket -o own -- "$endless" >out 2>err </dev/null &
run=$!
sleep 1
end_stub
status=0
wait $run || status=$?
expect "lost: status" "$status" 3
grep -q "the stub at ./socket closed the connection before the program ended" err ||
	fail "lost: not said: $(cat err)"
cmp -s own before || fail "lost: the study is another one"
stub_at "$endless"
(
	sleep 1
	kill -s KILL "$stub"
) &
refused "lost, new study" 3 "closed the connection" --engine gdb --remote ./socket -- "$endless"
stub=

# Interrupted: what was counted is kept.
# In the foreground timeout signals the command alone, and once: a second time would end it at once.
timeout --foreground -s INT 2 "$upset" golden --engine gdb -o stopped -- "$endless" >out 2>err </dev/null || :
expect "interrupted" "$(value stopped end)" interrupted
[ "$(value stopped instructions)" -gt 10 ] || fail "interrupted: nothing was counted"
expect "interrupted: executions" \
	"$(sqlite3 stopped 'SELECT sum(executions) FROM instruction')" "$(value stopped instructions)"
