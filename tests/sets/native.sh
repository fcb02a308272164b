#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs of i386 under engine native: native.sh UPSET.  Skips where the kernel runs none.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
compiler=i686-linux-gnu-gcc

command -v $compiler >/dev/null || skip "no $compiler; setup/packages.sh cross installs it"
"$upset" doctor >"$dir/doctor" || skip "no engine is usable"

# link NAME ARGUMENTS...: a program of no library
link()
{
	link_name=$1
	shift
	"$compiler" -nostdlib -static -no-pie -Wl,--build-id=none "$@" -o "$dir/$link_name" \
		2>"$dir/linked" || fail "$(cat "$dir/linked")"
}

# refused MESSAGE ARGUMENTS...: a golden run that cannot be
refused()
{
	refused_message=$1
	shift
	status=0
	"$upset" golden -o "$dir/none" --engine native "$@" >"$dir/out" 2>"$dir/err" || status=$?
	expect "status of: $*" $status 3
	grep -q "$refused_message" "$dir/err" || fail "$*: $(cat "$dir/err")"
	[ ! -e "$dir/none" ] || fail "a study of a run that was not"
}

link count -Wl,-Ttext=0x401000 -Wl,-Tbss=0x402000 "$here/i386/count.S"
if grep -q '^native ptrace' "$dir/doctor"; then
	refused 'not with those of a sysroot; link it statically' --sysroot / -- /bin/true
fi
if ! grep -q '^native for i386: ptrace' "$dir/doctor"; then
	refused 'engine native is not usable here: .*; see `upset doctor`' -- "$dir/count"
	grep -q '^native for i386: not usable: .' "$dir/doctor" || fail "no line: $(cat "$dir/doctor")"
	skip "$(grep '^native for i386' "$dir/doctor")"
fi
grep -qx 'programs for i386: usable' "$dir/doctor" || skip "no QEMU runs programs for i386"

# What tiny programs count, worked out by hand.
TINY_ENGINES=native "$here/../system/tiny.sh" "$upset" "$dir/count" "$here/i386/count.csv" || exit 1

# Faults of every kind, whose end is known; triggers by debug registers, by int3 and by steps.
cd "$dir" || exit 1
sed -n 's/.* # exits with //p' "$here/i386/faults.txt" >wanted
for means in '' software steps; do
	rm -f known.upset
	UPSET_BREAKPOINTS=$means "$upset" campaign -q --engine native -f "$here/i386/faults.txt" \
		-o known.upset -- ./count || fail "no campaign of known faults"
	sqlite3 known.upset 'SELECT status FROM experiments ORDER BY experiment' | cmp -s - wanted ||
		fail "known faults by $means: $(sqlite3 known.upset 'SELECT fault, "end", status
			FROM experiments ORDER BY experiment')"
done

# Engine against engine, every table equal to the bit.
link guest -O1 -ffreestanding -fno-stack-protector -fno-tree-loop-distribute-patterns -fno-pic \
	-Wl,-e,begin_known "$here/native/entry.S" "$root/tests/qemu/targets/guest.c"
for engine in qemu native; do
	golden "$dir/$engine.upset" --engine $engine --calls -- ./guest
	expect "status under $engine" "$(value $engine.upset status)" 49
	expect "lost samples under $engine" "$(value $engine.upset lost)" 0
done
"$upset" diff qemu.upset native.upset >differ || fail "qemu and native differ: $(head -60 differ)"

# agree MODE SOURCE: a guest, with the modes of tests/qemu/agree.sh
agree()
{
	agreed=$(basename "$2" .S)
	link "$agreed" -I "$here/i386" "$2"
	status=0
	"$here/../qemu/agree.sh" "$upset" "$dir/$agreed" "$1" native >"$dir/agreed" 2>&1 || status=$?
	[ $status -eq 0 ] || [ $status -eq 77 ] || fail "$agreed: $(cat "$dir/agreed")"
}

agree exact "$here/i386/branch.S"
agree exact "$here/i386/memory.S"
agree exact "$here/i386/smc.S"
agree kernel "$here/i386/signals.S"
agree killed "$here/i386/killed.S"
agree kernel "$here/native/units.S"

# System calls by way of the vdso, worked out by hand: of what is written there 10 are made by the
# instruction that the kernel has chosen; 3 and a read that is started again are made by int 0x80.
link vdso "$here/native/vdso.S"
golden "$dir/vdso.upset" --engine native --calls -- ./vdso
expect "status after interrupted calls" "$(value vdso.upset status)" 4
expect "lost samples of the vdso" "$(value vdso.upset lost)" 0
expect "system calls" "$(sqlite3 vdso.upset "SELECT group_concat(name || ' ' || count, ', ')
	FROM (SELECT * FROM syscall ORDER BY name)")" \
	"exit_group 1, getpid 2, pipe 1, read 3, rt_sigaction 2, setitimer 2, sigreturn 2, write 1"
fast="hex(bytes) IN ('0F05', '0F34')"
if [ "$(sqlite3 vdso.upset "SELECT count(*) FROM instruction WHERE $fast")" = 1 ]; then
	expect "fast calls and others" "$(sqlite3 vdso.upset "SELECT sum(executions * ($fast)),
		sum(executions * (hex(bytes) = 'CD80')) FROM instruction")" '10|4'
fi

# The same faults end in the same way, in a sandbox.
"$upset" campaign -q -n 40 --seed 5 -o qemu.campaign -- ./guest || fail "no campaign"
"$upset" faults qemu.campaign -o list || fail "no list of faults"
"$upset" campaign -q --faults list --engine native -o native.campaign -- ./guest ||
	fail "no campaign under native"
"$upset" agree qemu.campaign native.campaign --fail-if-below 100% >agreed || fail "$(cat agreed)"
grep -q '^on the outcome *40 of 40 ' agreed || fail "$(cat agreed)"
[ "$(sqlite3 native.campaign 'SELECT count(DISTINCT outcome) FROM experiments')" -ge 3 ] ||
	fail "hardly any outcomes"

# What such programs do to files stays in the sandbox.
link writes "$here/native/writes.S"
"$upset" inject --engine native -f 'none eax @ insn=0' -- ./writes >told 2>&1 || true
grep -q 'exit status 7' told || fail "no file was made: $(cat told)"
[ ! -e made ] || fail "a file was made outside of the sandbox"
