#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs of another instruction set, from golden runs to campaigns: run.sh UPSET SET GUESTS.
# shellcheck source=tests/sets/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$2
test_name="set $set"

# What tiny programs count, worked out by hand.
assemble "$here/$set/count.S" "$dir/count" -Wl,-Ttext=0x401000,-Tbss=0x402000
TINY_ENGINES="qemu gdb" "$here/../system/tiny.sh" "$upset" "$dir/count" "$here/$set/count.csv" || exit 1

# Faults of every kind, whose end is known.
cd "$dir" || exit 1
sed -n 's/.* # exits with //p' "$here/$set/faults.txt" >wanted
for way in '' --fresh; do
	rm -f known.upset
	"$upset" campaign -q $way -f "$here/$set/faults.txt" -o known.upset -- ./count ||
		fail "no campaign of known faults"
	sqlite3 known.upset 'SELECT status FROM experiments ORDER BY experiment' | cmp -s - wanted ||
		fail "known faults $way: $(sqlite3 known.upset 'SELECT fault, "end", status
			FROM experiments ORDER BY experiment')"
done

# Engine against engine, every table equal to the bit.
"$compiler" -O1 -ffreestanding -fno-stack-protector -fno-tree-loop-distribute-patterns -fno-pic \
	-nostdlib -static -no-pie "$root/tests/qemu/targets/guest.c" -o guest 2>linked ||
	fail "$(cat linked)"
for engine in qemu gdb; do
	golden "$dir/$engine.upset" --engine $engine --calls -- ./guest
	expect "status under $engine" "$(value $engine.upset status)" 49
done
"$upset" diff qemu.upset gdb.upset >differ || fail "qemu and gdb differ: $(head -60 differ)"

# The same programs print the same on all sets, and each detail counts the same.
printf 'The quick brown fox jumps over the lazy dog' >input
for name in fib aes md5 nbody; do
	"$compiler" -O2 -g -static "$root/guests/$name.c" -o $name -lm
	case $name in
	fib) argument=12 ;;
	aes) argument=5 ;;
	nbody) argument=20 ;;
	*) argument=input ;;
	esac
	"$guests/$name" $argument >plain || fail "$name fails on this processor"
	for detail in counts operands full; do
		golden "$dir/$name.upset" --detail $detail --calls -- "./$name" $argument
		expect "status of $name" "$golden_status" 0
		cmp plain "$name.upset.out" || fail "$name prints $(cat "$name.upset.out")"
	done
	[ "$(sqlite3 $name.upset 'SELECT count(DISTINCT instructions) FROM run')" = 1 ] ||
		fail "details count other numbers of instructions of $name"
	for sum in 'o.samples' 'i.executions'; do
		[ "$(sqlite3 $name.upset "SELECT count(DISTINCT n) FROM (SELECT total($sum) AS n
			FROM instruction i LEFT JOIN operand o ON o.instruction = i.id
			GROUP BY i.run)")" = 1 ] || fail "details differ in $sum of $name"
	done
	[ "$(sqlite3 $name.upset "SELECT count(DISTINCT n) FROM (SELECT total(inclusive) AS n
		FROM call_path GROUP BY run)")" = 1 ] || fail "details differ in calls of $name"
	expect "instruction set" "$(sqlite3 $name.upset 'SELECT DISTINCT isa FROM runs')" "$set"
done
[ "$(sqlite3 md5.upset "SELECT count(*) FROM syscall WHERE name IS NULL")" = 0 ] ||
	fail "system calls without a name"
sqlite3 md5.upset "SELECT name FROM syscall" | grep -qx exit_group || fail "no exit_group"
"$upset" annotate fib.upset main | grep -q 'fib\.c' || fail "no source lines"

locations=gpr,simd,code
[ "$set" = riscv64 ] || locations=gpr,flags,code # which RISC-V has not
# With shared libraries, which the sysroot has; stubs of procedure linkage tables are no functions.
sysroot=/usr/${compiler%-gcc}
"$compiler" -O1 -g "$root/guests/md5.c" -o shared
golden "$dir/shared.upset" --sysroot "$sysroot" --calls -- ./shared input
"$guests/md5" input | cmp - shared.upset.out || fail "shared: $(cat shared.upset.out shared.upset.err)"
[ "$(sqlite3 shared.upset "SELECT count(*) FROM instruction i JOIN function f ON f.id = i.function
	WHERE f.name LIKE '%@plt'")" -gt 10 ] || fail "no names of stubs"
[ "$(sqlite3 shared.upset "SELECT count(*) FROM function WHERE name GLOB '\$[xd]*'")" = 0 ] ||
	fail "marks of code and data are functions"
[ "$("$upset" show shared.upset calls --csv | awk -F, '$8 ~ /@plt$/ && $11 > 0' | tee called |
	wc -l)" = 0 ] || fail "calls of stubs: $(cat called)"
"$upset" show shared.upset calls --csv | awk -F, '$8 == "printf" && $11 == 1' | grep -q . ||
	fail "no call of printf"
if [ "$set" != i386 ]; then # a loader of which may be here
	"$upset" golden -o no.upset -- ./shared input 2>err && fail "ran without a sysroot"
	grep -q 'name the folder that has it and the libraries with --sysroot' err || fail "$(cat err)"
fi

# System calls that this set alone has, or in forms of its own: the same in each run and in copies.
if [ "$set" = i386 ]; then
	"$compiler" -O1 -static "$here/i386/calls.c" -o calls
	mkdir folder
	echo some >folder/file
	touch -d @1577836800 folder/file
	golden "$dir/calls.upset" --detail counts -- ./calls wait
	cmp calls.upset.out "$here/i386/calls.txt" || fail "calls: $(diff calls.upset.out "$here/i386/calls.txt")"
	for way in '' --fresh; do
		"$upset" campaign -n 20 --seed 2 $way -o "made$way" -- ./calls >"said$way" 2>&1 ||
			fail "no campaign $way: $(cat "said$way")"
		rows "made$way" >"made$way.txt"
	done
	cmp made.txt made--fresh.txt || fail "experiments differ: $(diff made.txt made--fresh.txt)"
	grep -q '^20 in copies' said || fail "not all in copies: $(cat said)"
	"$upset" campaign -n 5 -o waits -- ./calls wait >said 2>&1 || fail "no campaign: $(cat said)"
	! grep -q '^5 in copies' said || fail "copies wait for children: $(cat said)"
fi

# Campaigns: the same in copies, in processes of their own, and each time.
"$upset" campaign -q -n 40 --seed 3 --locations $locations -o one -- ./md5 input ||
	fail "no campaign"
"$upset" campaign -q -n 40 --seed 3 --locations $locations --jobs 2 \
	--fresh -o other -- ./md5 input || fail "no campaign without copies"
for study in one other; do
	sqlite3 $study "SELECT experiment, fault, outcome, cause, status, instructions
		FROM experiments ORDER BY experiment" >$study.txt
done
cmp one.txt other.txt || fail "experiments differ: $(diff one.txt other.txt)"
expect "experiments" "$(wc -l <one.txt)" 40
[ "$(sqlite3 one "SELECT count(*) FROM controls WHERE result != 'equal'")" = 0 ] ||
	fail "controls differ from the golden run"
expect "experiments not made in copies" \
	"$(sqlite3 one "SELECT count(*) FROM experiments WHERE way != 'carried'")" 0
expect "faults that were not made" "$(sqlite3 one "SELECT count(*) FROM not_injected")" 0
[ "$(sqlite3 one "SELECT count(DISTINCT outcome) FROM experiments")" -gt 1 ] || fail "one outcome alone"
for format in callgrind csv; do
	"$upset" export -f $format -o "exported-$format" fib.upset >/dev/null || fail "no export as $format"
done
"$upset" report -o page.html one >/dev/null 2>&1 || fail "no report"
experiment=$(sqlite3 one "SELECT experiment FROM experiments WHERE outcome IN ('sdc', 'due') LIMIT 1")
"$upset" replay one "$experiment" >replayed 2>&1 || fail "another replay: $(cat replayed)"
grep -q '^compared ' replayed || fail "runs were not compared: $(cat replayed)"
